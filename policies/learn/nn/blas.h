/* Matrix products: the one door to OpenBLAS. Its kernels are those of the processor at hand, so that the last bits of a
 * product may differ between kinds of processors; on one machine they do not. */
#ifndef WEIR_LEARN_NN_BLAS_H
#define WEIR_LEARN_NN_BLAS_H

#include <stdbool.h>

#include "policies/learn/nn/real.h"

/* c (m x n) = a (m x k) b (k x n) + keep * c. Rows are lda, ldb, ldc numbers apart. With turn_a, a is given as k x m,
 * with turn_b, b as n x k. keep 0 does not read c. */
void nn_product(bool turn_a, bool turn_b, int m, int n, int k, const nn_real *a, int lda, const nn_real *b, int ldb,
                nn_real keep, nn_real *c, int ldc);

/* From now on OpenBLAS computes in the calling thread only. */
void nn_blas_one_thread(void);

/* Path of the library that answers products, for tests. NULL if it cannot be told. Borrowed. */
const char *nn_blas_library(void);

#endif
