/* The product kernel for one instruction set; product.c includes this once for each, with
 *   KERNEL(name)   name with the instruction set's behind it
 *   LANES          numbers of a vector register
 * A block of c, 4 rows or 1 by a few vectors, stays in registers while k runs. What differs between the sets is how
 * many columns go side by side, and nothing else. No include guard: it is meant to be included again. */

typedef nn_real KERNEL(vector)
    __attribute__((vector_size(LANES * sizeof(nn_real)), aligned(sizeof(nn_real)), may_alias));

/* rows x (vectors * lanes) numbers of c. a's numbers are `row` apart from row to row and `step` along k. */
#define BLOCK(name, rows, vectors, vector)                                                                             \
    static inline __attribute__((always_inline)) void KERNEL(name)(size_t k, const nn_real *restrict a, size_t row,    \
                                                                   size_t step, const nn_real *restrict b, size_t ldb, \
                                                                   bool keep, nn_real *restrict c, size_t ldc)         \
    {                                                                                                                  \
        enum { lanes = sizeof(vector) / sizeof(nn_real) };                                                             \
        vector sum[rows][vectors];                                                                                     \
        _Pragma("GCC unroll 8") for (int i = 0; i < (rows); i++)                                                       \
            _Pragma("GCC unroll 8") for (int j = 0; j < (vectors); j++) sum[i][j] =                                    \
                keep ? *(const vector *)(c + (size_t)i * ldc + j * lanes) : (vector){0};                               \
        for (size_t p = 0; p < k; p++) {                                                                               \
            vector right[vectors];                                                                                     \
            _Pragma("GCC unroll 8") for (int j = 0; j < (vectors); j++) right[j] =                                     \
                *(const vector *)(b + p * ldb + j * lanes);                                                            \
            _Pragma("GCC unroll 8") for (int i = 0; i < (rows); i++)                                                   \
                _Pragma("GCC unroll 8") for (int j = 0; j < (vectors); j++) sum[i][j] +=                               \
                a[(size_t)i * row + p * step] * right[j];                                                              \
        }                                                                                                              \
        _Pragma("GCC unroll 8") for (int i = 0; i < (rows); i++)                                                       \
                _Pragma("GCC unroll 8") for (int j = 0; j < (vectors); j++) *                                          \
            (vector *)(c + (size_t)i * ldc + j * lanes) = sum[i][j];                                                   \
    }

/* All m rows of a strip of columns. */
#define STRIP(name, vectors, vector)                                                                                   \
    BLOCK(name##_by_4, 4, vectors, vector)                                                                             \
    BLOCK(name##_by_1, 1, vectors, vector)                                                                             \
    static void KERNEL(name)(size_t m, size_t k, const nn_real *restrict a, size_t row, size_t step,                   \
                             const nn_real *restrict b, size_t ldb, bool keep, nn_real *restrict c, size_t ldc)        \
    {                                                                                                                  \
        size_t i = 0;                                                                                                  \
        for (; i + 4 <= m; i += 4)                                                                                     \
            KERNEL(name##_by_4)(k, a + i * row, row, step, b, ldb, keep, c + i * ldc, ldc);                            \
        for (; i < m; i++)                                                                                             \
            KERNEL(name##_by_1)(k, a + i * row, row, step, b, ldb, keep, c + i * ldc, ldc);                            \
    }

BLOCK(eight_by_1, 1, 8, KERNEL(vector))
STRIP(two, 2, KERNEL(vector))
STRIP(one, 1, KERNEL(vector))
#if LANES > SMALL_LANES
STRIP(small, 1, small_vector)
#endif
STRIP(single, 1, nn_real)

/* c (m x n) = a b or c + a b, with k steps that fit into the cache. */
static void KERNEL(run)(size_t m, size_t n, size_t k, const nn_real *restrict a, size_t row, size_t step,
                        const nn_real *restrict b, size_t ldb, bool keep, nn_real *restrict c, size_t ldc)
{
    size_t j = 0;
    if (m == 1) /* one row has as many sums under way as it has vectors */
        for (; j + 8 * LANES <= n; j += 8 * LANES)
            KERNEL(eight_by_1)(k, a, row, step, b + j, ldb, keep, c + j, ldc);
    for (; j + 2 * LANES <= n; j += 2 * LANES)
        KERNEL(two)(m, k, a, row, step, b + j, ldb, keep, c + j, ldc);
    for (; j + LANES <= n; j += LANES)
        KERNEL(one)(m, k, a, row, step, b + j, ldb, keep, c + j, ldc);
#if LANES > SMALL_LANES
    for (; j + SMALL_LANES <= n; j += SMALL_LANES)
        KERNEL(small)(m, k, a, row, step, b + j, ldb, keep, c + j, ldc);
#endif
    for (; j < n; j++)
        KERNEL(single)(m, k, a, row, step, b + j, ldb, keep, c + j, ldc);
}

#undef BLOCK
#undef STRIP
