#include "policies/learn/nn/product.h"

#include <stdlib.h>
#include <string.h>

#include "policies/learn/nn/isa.h"
#include "sim/base/memory.h"

/* Numbers in 16 bytes, the vectors that each processor has. */
#ifdef NN_DOUBLE
#define SMALL_LANES 2
#else
#define SMALL_LANES 4
#endif

/* Steps of k at a time, so that a strip of b stays in the first cache; rows of c that use it before the next strip; and
 * how many steps and rows are few, so that copying parts of b does not pay. */
#define DEPTH     256
#define ROWS      64
#define FEW_STEPS 64

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
    enum { SIDE = 16 }; /* of what is turned at a time, so that lines of both are used whole */
    for (int top = 0; top < rows; top += SIDE)
        for (int left = 0; left < columns; left += SIDE)
            for (int j = left; j < columns && j < left + SIDE; j++)
                for (int i = top; i < rows && i < top + SIDE; i++)
                    turned[(size_t)j * (size_t)ldt + (size_t)i] = from[(size_t)i * (size_t)ldf + (size_t)j];
}

/* k <= DEPTH steps of a product. Of a large one with a given as k x m, a few rows at a time are turned: along k, each
 * number would lie in another page of memory. */
static void run_steps(bool turn_a, size_t m, size_t n, size_t k, const nn_real *a, size_t lda, const nn_real *b,
                      size_t ldb, bool keep, nn_real *c, size_t ldc)
{
    if (!turn_a || m <= ROWS) {
        run(m, n, k, a, turn_a ? 1 : lda, turn_a ? lda : 1, b, ldb, keep, c, ldc);
        return;
    }
    nn_real *part = weir_alloc(ROWS * k, sizeof *part);
    for (size_t i = 0; i < m; i += ROWS) {
        size_t rows = m - i < ROWS ? m - i : ROWS;
        nn_turn((int)k, (int)rows, a + i, (int)lda, part, (int)k);
        run(rows, n, k, part, k, 1, b, ldb, keep, c + i * ldc, ldc);
    }
    free(part);
}

/* The same with b given as n x k: a part of b is turned, then multiplied with. */
static void run_turned(bool turn_a, size_t m, size_t n, size_t k, const nn_real *a, size_t lda, const nn_real *b,
                       size_t ldb, bool keep, nn_real *c, size_t ldc)
{
    nn_real on_stack[4096], *part = on_stack;
    size_t most = n;
    if (n * k > sizeof on_stack / sizeof *on_stack) {
        most = n < 520 ? n : 520; /* no power of 2, whose multiples compete for places in caches */
        part = weir_alloc(most * k, sizeof *part);
    }
    for (size_t j = 0; j < n; j += most) {
        size_t columns = n - j < most ? n - j : most;
        nn_turn((int)columns, (int)k, b + j * ldb, (int)ldb, part, (int)columns);
        run_steps(turn_a, m, columns, k, a, lda, part, columns, keep, c + j, ldc);
    }
    if (part != on_stack)
        free(part);
}

void nn_product(bool turn_a, bool turn_b, int m, int n, int k, const nn_real *a, int lda, const nn_real *b, int ldb,
                bool keep, nn_real *c, int ldc)
{
    int p = 0, most = m > ROWS ? DEPTH : FEW_STEPS;
    do { /* once at least: without keep, c is 0 for no k */
        size_t depth = (size_t)(k - p < most ? k - p : most);
        const nn_real *left = a + (size_t)p * (turn_a ? (size_t)lda : 1);
        if (turn_b)
            run_turned(turn_a, (size_t)m, (size_t)n, depth, left, (size_t)lda, b + p, (size_t)ldb, keep, c,
                       (size_t)ldc);
        else
            run_steps(turn_a, (size_t)m, (size_t)n, depth, left, (size_t)lda, b + (size_t)p * (size_t)ldb, (size_t)ldb,
                      keep, c, (size_t)ldc);
        keep = true;
        p += most;
    } while (p < k);
}
