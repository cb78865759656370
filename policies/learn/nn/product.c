#include "policies/learn/nn/product.h"

#include <stddef.h>

#include "policies/learn/nn/isa.h"

/* Numbers in 16 bytes, the vectors that each processor has. */
#ifdef NN_DOUBLE
#define SMALL_LANES 2
#else
#define SMALL_LANES 4
#endif
typedef nn_real small_vector __attribute__((vector_size(16), aligned(sizeof(nn_real)), may_alias));

#define KERNEL(name) name##_default
#define LANES        SMALL_LANES
#include "policies/learn/nn/product_kernel.inc"
#undef KERNEL
#undef LANES

#ifdef NN_WIDER
#pragma GCC push_options
#pragma GCC target("avx2")
#define KERNEL(name) name##_avx2
#define LANES        (2 * SMALL_LANES)
#include "policies/learn/nn/product_kernel.inc"
#undef KERNEL
#undef LANES
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f")
#define KERNEL(name) name##_avx512f
#define LANES        (4 * SMALL_LANES)
#include "policies/learn/nn/product_kernel.inc"
#undef KERNEL
#undef LANES
#pragma GCC pop_options
#endif

/* Steps of k at a time, so that the rows of b that a strip of columns reads stay in the first cache. */
#define DEPTH 64

static void run(size_t m, size_t n, size_t k, const nn_real *a, size_t row, size_t step, const nn_real *b, size_t ldb,
                bool keep, nn_real *c, size_t ldc)
{
    switch (nn_isa()) {
#ifdef NN_WIDER
    case NN_ISA_AVX512F:
        run_avx512f(m, n, k, a, row, step, b, ldb, keep, c, ldc);
        return;
    case NN_ISA_AVX2:
        run_avx2(m, n, k, a, row, step, b, ldb, keep, c, ldc);
        return;
#endif
    default:
        run_default(m, n, k, a, row, step, b, ldb, keep, c, ldc);
    }
}

void nn_turn(int rows, int columns, const nn_real *from, int ldf, nn_real *turned, int ldt)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
            turned[(size_t)j * (size_t)ldt + (size_t)i] = from[(size_t)i * (size_t)ldf + (size_t)j];
}

/* A product with b given as n x k: a part of b is turned, then multiplied with. */
static void run_turned(size_t m, size_t n, size_t k, const nn_real *a, size_t row, size_t step, const nn_real *b,
                       size_t ldb, bool keep, nn_real *c, size_t ldc)
{
    enum { STRIP = 64 };
    nn_real part[DEPTH * STRIP];
    for (size_t j = 0; j < n; j += STRIP) {
        size_t columns = n - j < STRIP ? n - j : STRIP;
        nn_turn((int)columns, (int)k, b + j * ldb, (int)ldb, part, (int)columns);
        run(m, columns, k, a, row, step, part, columns, keep, c + j, ldc);
    }
}

void nn_product(bool turn_a, bool turn_b, int m, int n, int k, const nn_real *a, int lda, const nn_real *b, int ldb,
                bool keep, nn_real *c, int ldc)
{
    size_t row = turn_a ? 1 : (size_t)lda, step = turn_a ? (size_t)lda : 1;
    int p = 0;
    do { /* once at least: without keep, c is 0 for no k */
        size_t depth = (size_t)(k - p < DEPTH ? k - p : DEPTH);
        const nn_real *left = a + (size_t)p * step;
        if (turn_b)
            run_turned((size_t)m, (size_t)n, depth, left, row, step, b + p, (size_t)ldb, keep, c, (size_t)ldc);
        else
            run((size_t)m, (size_t)n, depth, left, row, step, b + (size_t)p * (size_t)ldb, (size_t)ldb, keep, c,
                (size_t)ldc);
        keep = true;
        p += DEPTH;
    } while (p < k);
}
