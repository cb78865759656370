/* Elementary functions against the C library's for long double, which have 11 binary digits more: the errors that
 * real.h states, over millions of arguments, and special values. */
#include "sim/base/real.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/random.h"
#include "tests/support/test.h"

/* In units in the last place of what is wanted. */
static double error_of(double got, long double wanted)
{
    double near = (double)wanted;
    if (isnan(near) || isinf(near) || near == 0)
        return (isnan(near) ? isnan(got) : got == near) ? 0 : INFINITY;
    int exponent;
    frexpl(wanted, &exponent);
    return (double)(fabsl((long double)got - wanted) / ldexpl(1, (exponent < -1021 ? -1021 : exponent) - 53));
}

struct function {
    const char *name;
    double (*ours)(double x);
    long double (*theirs)(long double x);
    double from, to; /* of arguments; `by_size`: evenly in the logarithm, of both signs if `from` is below 0 */
    int by_size;
    double limit;
};

static const struct function functions[] = {
    {"exp", weir_exp, expl, -708, 709.7, 0, 0.55},
    {"exp near 0", weir_exp, expl, -1, 1, 0, 0.55},
    {"exp of little", weir_exp, expl, -700, 700, 1, 0.55},
    {"exp, subnormal", weir_exp, expl, -745, -708, 0, 1.01},
    {"log", weir_log, logl, 1e-308, 1.7e308, 1, 0.51},
    {"log near 1", weir_log, logl, 0.5, 2, 0, 0.51},
    {"log nearer to 1", weir_log, logl, 0.99, 1.01, 0, 0.51},
    {"log, subnormal", weir_log, logl, 5e-324, 1e-308, 1, 0.51},
    {"log2", weir_log2, log2l, 1e-308, 1.7e308, 1, 0.51},
    {"log2 near 1", weir_log2, log2l, 0.5, 2, 0, 0.51},
    {"log10", weir_log10, log10l, 1e-308, 1.7e308, 1, 0.51},
    {"log10 near 1", weir_log10, log10l, 0.5, 2, 0, 0.51},
    {"log1p", weir_log1p, log1pl, -1, 3, 0, 0.7},
    {"log1p by size", weir_log1p, log1pl, 1e-300, 1e300, 1, 0.7},
    {"log1p below 0", weir_log1p, log1pl, -1, 1, 1, 0.7},
    {"tanh", weir_tanh, tanhl, -25, 25, 0, 5},
    {"tanh by size", weir_tanh, tanhl, -50, 50, 1, 5},
    {"sin", weir_sin, sinl, -10, 10, 0, 0.8},
    {"sin by size", weir_sin, sinl, -1e18, 1e18, 1, 0.8},
    {"cos", weir_cos, cosl, -10, 10, 0, 0.8},
    {"cos by size", weir_cos, cosl, -1e18, 1e18, 1, 0.8},
    {"asin", weir_asin, asinl, -1, 1, 0, 2.2},
    {"asin by size", weir_asin, asinl, -1, 1, 1, 2.2},
    {"erf", weir_erf, erfl, -7, 7, 0, 4},
    {"erf by size", weir_erf, erfl, -7, 7, 1, 4},
    {"erfc", weir_erfc, erfcl, -6, 26, 0, 8},
    {"gamma", weir_gamma, tgammal, 1e-300, 171.6, 1, 32},
    {"gamma evenly", weir_gamma, tgammal, 0.01, 171.6, 0, 32},
};

/* An argument of a range, evenly, or evenly in the logarithm; across 0, of sizes down to 1e-20. */
static double argument(const struct function *f, struct weir_stream *stream)
{
    double u = weir_stream_uniform(stream);
    if (!f->by_size)
        return f->from + (f->to - f->from) * u;
    double least = f->from > 0 ? f->from : 1e-20, most = f->to;
    double size = fmin(most, fmax(least, exp(log(least) + (log(most) - log(least)) * u)));
    return f->from < 0 && weir_stream_below(stream, 2) ? -size : size;
}

static void against_long_double(void)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        const struct function *f = &functions[i];
        struct weir_stream stream = weir_stream_open(i, f->name);
        double most = 0, at = 0;
        for (int draw = 0; draw < 200000; draw++) {
            double x = argument(f, &stream), error = error_of(f->ours(x), f->theirs((long double)x));
            if (error > most) {
                most = error;
                at = x;
            }
        }
        if (most > f->limit || getenv("SHOW"))
            fprintf(stderr, "%s: error %.4f at %a (%.9g), limit %g\n", f->name, most, at, at, f->limit);
        CU_ASSERT(most <= f->limit);
    }
}

/* Powers of all sizes, with results of all sizes; and of near 1 to large powers. */
static void powers(void)
{
    struct weir_stream stream = weir_stream_open(1, "powers");
    double most = 0, at = 0, to = 0;
    for (int draw = 0; draw < 1000000; draw++) {
        double x = exp(1400 * (weir_stream_uniform(&stream) - 0.5));
        if (draw % 4 == 1)
            x = 1 + ldexp(weir_stream_uniform(&stream) - 0.5, -(int)weir_stream_below(&stream, 40));
        if (draw % 4 == 2)
            x = (double)(2 + weir_stream_below(&stream, 1000));
        double y = 1400 * (weir_stream_uniform(&stream) - 0.5) / log(x);
        if (draw % 4 == 3)
            y = (double)weir_stream_below(&stream, 40) / 4 - 5;
        long double wanted = powl((long double)x, (long double)y);
        if (wanted < 0x1p-1022L || wanted > DBL_MAX)
            continue;
        double error = error_of(weir_pow(x, y), wanted);
        if (error > most) {
            most = error;
            at = x;
            to = y;
        }
    }
    if (most > 0.56 || getenv("SHOW"))
        fprintf(stderr, "pow: error %.4f at %a, %a\n", most, at, to);
    CU_ASSERT(most <= 0.56);
    for (int x = 2; x < 50; x++) { /* exact results come out exactly */
        double power = 1;
        for (int y = 0; power < 0x1p53; y++, power *= x) {
            CU_ASSERT(weir_pow(x, y) == power && weir_pow(-x, y) == (y % 2 ? -power : power));
            if (y > 0)
                CU_ASSERT(weir_pow(power, 1) == power);
        }
        CU_ASSERT(weir_pow(x * x, 0.5) == x && weir_pow(x, 2) == x * x && weir_pow((double)x * x * x * x, 0.25) == x);
    }
    for (int n = -1074; n < 1024; n++)
        CU_ASSERT(weir_pow(2, n) == ldexp(1, n) && weir_log2(ldexp(1, n)) == n);
    double ten = 1;
    for (int n = 0; n <= 22; n++, ten *= 10)
        CU_ASSERT(weir_log10(ten) == n && weir_pow(10, n) == ten);
}

static void angles(void)
{
    struct weir_stream stream = weir_stream_open(1, "angles");
    double most = 0;
    for (int draw = 0; draw < 500000; draw++) {
        double y = 2 * weir_stream_uniform(&stream) - 1, x = 2 * weir_stream_uniform(&stream) - 1;
        if (draw % 2)
            x = ldexp(x, (int)weir_stream_below(&stream, 200) - 100);
        most = fmax(most, error_of(weir_atan2(y, x), atan2l((long double)y, (long double)x)));
    }
    if (most > 1.1 || getenv("SHOW"))
        fprintf(stderr, "atan2: error %.4f\n", most);
    CU_ASSERT(most <= 1.1);
    const double large[] = {0x1.921fb54442d18p+0, 0x1.921fb54442d18p+1, 1e6, 0x1p20, 0x1p21 + 1, 1e22, 1e300, DBL_MAX};
    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        for (int sign = -1; sign <= 1; sign += 2) {
            double x = sign * large[i];
            CU_ASSERT(error_of(weir_sin(x), sinl((long double)x)) < 0.8);
            CU_ASSERT(error_of(weir_cos(x), cosl((long double)x)) < 0.8);
        }
    /* the double that is nearest to a multiple of pi / 2, of all (Muller, Elementary Functions): 2^-61 times a number
     */
    CU_ASSERT(weir_cos(6381956970095103 * 0x1p797) == -0x1.14ae72e6ba22fp-61);
}

/* Bits, so that -0 and 0 differ; NaN is NaN. */
static bool same(double a, double b)
{
    return isnan(a) ? isnan(b) : memcmp(&a, &b, sizeof a) == 0;
}

static void special_values(void)
{
    static const double values[] = {0,    1,       0.5,      2,   3,       1e-310, 4e-324,     1e308, 710, 746,
                                    1e20, DBL_MAX, INFINITY, NAN, DBL_MIN, 0x1p53, 0x1p53 - 1, 2.5,   100};
    enum { COUNT = sizeof values / sizeof *values };
    for (int i = 0; i < 2 * COUNT; i++) {
        double x = i % 2 ? -values[i / 2] : values[i / 2];
        struct {
            const char *name;
            double ours, theirs, limit;
        } rows[] = {
            {"exp", weir_exp(x), exp(x), 1},       {"log", weir_log(x), log(x), 1},
            {"log2", weir_log2(x), log2(x), 1},    {"log10", weir_log10(x), log10(x), 2},
            {"log1p", weir_log1p(x), log1p(x), 1}, {"tanh", weir_tanh(x), tanh(x), 6},
            {"sin", weir_sin(x), sin(x), 1},       {"cos", weir_cos(x), cos(x), 1},
            {"asin", weir_asin(x), asin(x), 3},    {"erf", weir_erf(x), erf(x), 5},
            {"erfc", weir_erfc(x), erfc(x), 9},
        };
        for (size_t j = 0; j < sizeof rows / sizeof *rows; j++) {
            bool plain = isfinite(rows[j].theirs) && rows[j].theirs != 0;
            bool good = plain ? error_of(rows[j].ours, (long double)rows[j].theirs) <= rows[j].limit
                              : same(rows[j].ours, rows[j].theirs);
            if (!good)
                fprintf(stderr, "%s(%g) = %g, wanted %g\n", rows[j].name, x, rows[j].ours, rows[j].theirs);
            CU_ASSERT(good);
        }
        for (int k = 0; k < 2 * COUNT; k++) {
            double y = k % 2 ? -values[k / 2] : values[k / 2];
            double powers[] = {weir_pow(x, y), pow(x, y)}, arcs[] = {weir_atan2(y, x), atan2(y, x)};
            bool plain = isfinite(powers[1]) && powers[1] != 0;
            bool good = plain ? error_of(powers[0], (long double)powers[1]) <= 1 : same(powers[0], powers[1]);
            good = good && (isfinite(arcs[1]) && arcs[1] != 0 ? error_of(arcs[0], (long double)arcs[1]) <= 2
                                                              : same(arcs[0], arcs[1]));
            if (!good)
                fprintf(stderr, "pow(%g, %g) = %g, wanted %g; atan2 %g, %g\n", x, y, powers[0], powers[1], arcs[0],
                        arcs[1]);
            CU_ASSERT(good);
        }
    }
    CU_ASSERT(fabs(weir_gamma(5) - 24) < 1e-14 && isinf(weir_gamma(172)) && isinf(weir_gamma(0)) &&
              isnan(weir_gamma(-1)));
    CU_ASSERT(isfinite(weir_gamma(171.6)));
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"against long double", against_long_double}, {"powers", powers}, {"angles", angles},
        {"special values", special_values},           {NULL, NULL},
    };
    return weir_test_main("base/real", cases, argc, argv);
}
