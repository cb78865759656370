#define _GNU_SOURCE /* dladdr */
#include "policies/learn/nn/blas.h"

#include <cblas.h>
#include <dlfcn.h>

#ifdef NN_DOUBLE
#define GEMM cblas_dgemm
#else
#define GEMM cblas_sgemm
#endif

void nn_product(bool turn_a, bool turn_b, int m, int n, int k, const nn_real *a, int lda, const nn_real *b, int ldb,
                nn_real keep, nn_real *c, int ldc)
{
    GEMM(CblasRowMajor, turn_a ? CblasTrans : CblasNoTrans, turn_b ? CblasTrans : CblasNoTrans, m, n, k, 1, a, lda, b,
         ldb, keep, c, ldc);
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
