/* Numbers in two parts, whose sum is exact or nearly so; for the functions of real.h. Inline, and for files real*.c
 * only.
 */
#ifndef WEIR_BASE_REAL_PARTS_H
#define WEIR_BASE_REAL_PARTS_H

#include <stdint.h>
#include <string.h>

struct parts {
    double high, low;
};

static inline uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double of_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The first 26 binary digits of x. */
static inline double first_half(double x)
{
    return of_bits(bits_of(x) & 0xfffffffff8000000ULL);
}

/* a + b exactly, for |a| >= |b| or a = 0 (Dekker 1971). */
static inline struct parts sum_of(double a, double b)
{
    double high = a + b;
    return (struct parts){high, b - (high - a)};
}

/* a + b exactly (Knuth). */
static inline struct parts any_sum_of(double a, double b)
{
    double high = a + b, of_b = high - a;
    return (struct parts){high, (a - (high - of_b)) + (b - of_b)};
}

/* a b exactly, unless it overflows or comes near to the least numbers (Dekker 1971; digits cut, not rounded, so that
 * the last product is a rounding off). */
static inline struct parts product_of(double a, double b)
{
    double a_first = first_half(a), a_rest = a - a_first, b_first = first_half(b), b_rest = b - b_first;
    double high = a * b;
    return (struct parts){high, ((a_first * b_first - high) + (a_first * b_rest + a_rest * b_first)) + a_rest * b_rest};
}

/* exp(x.high + x.low) for |x.low| far below |x.high|; infinity and 0 beyond the range. */
double weir_exp_of_parts(struct parts x);

/* log(x) for a positive, finite x, to 2^-68 of itself. */
struct parts weir_log_in_parts(double x);

#endif
