/* Matrix products. Each number of a result is one sum over k, from the first to the last, without fused operations: it
 * depends on its own row and column only, neither on the processor, nor on where in the result it stands, nor on the
 * shape. */
#ifndef WEIR_LEARN_NN_PRODUCT_H
#define WEIR_LEARN_NN_PRODUCT_H

#include <stdbool.h>

#include "policies/learn/nn/real.h"

/* c (m x n) = a (m x k) b (k x n), or with `keep` c + a b, summed from c on. Rows are lda, ldb, ldc numbers apart. With
 * turn_a, a is given as k x m, with turn_b, b as n x k: slower by turning it; who multiplies by the same b again turns
 * it once, by nn_turn. Without keep, c is not read. c overlaps neither a nor b. */
void nn_product(bool turn_a, bool turn_b, int m, int n, int k, const nn_real *a, int lda, const nn_real *b, int ldb,
                bool keep, nn_real *c, int ldc);

/* turned (columns x rows) = from (rows x columns) turned. Rows are `ldf` and `ldt` numbers apart. */
void nn_turn(int rows, int columns, const nn_real *from, int ldf, nn_real *turned, int ldt);

#endif
