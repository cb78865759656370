/* GSL's library of products has the C names of OpenBLAS's, and which of the two answers to them is up to the order of
 * libraries in a program; the Fortran names are OpenBLAS's alone. They speak of columns: c = a b in rows is c' = b' a'
 * in columns. */
#define _GNU_SOURCE /* dladdr */
#include "policies/learn/nn/blas.h"

#include <cblas.h>
#include <dlfcn.h>
#include <f77blas.h>

#ifdef NN_DOUBLE
#define GEMM BLASFUNC(dgemm)
#else
#define GEMM BLASFUNC(sgemm)
#endif

void nn_product(bool turn_a, bool turn_b, int m, int n, int k, const nn_real *a, int lda, const nn_real *b, int ldb,
                nn_real keep, nn_real *c, int ldc)
{
    nn_real one = 1;
    /* its arguments are not const, but are not written either */
    GEMM(turn_b ? "T" : "N", turn_a ? "T" : "N", &n, &m, &k, &one, (nn_real *)b, &ldb, (nn_real *)a, &lda, &keep, c,
         &ldc);
}

void nn_blas_one_thread(void)
{
    if (openblas_get_num_threads() != 1)
        openblas_set_num_threads(1);
}

const char *nn_blas_library(void)
{
    Dl_info found;
    return dladdr((void *)GEMM, &found) ? found.dli_fname : NULL;
}
