/* Named streams: reproducible, independent by name and by id, and with the moments they promise. */
#include "sim/base/random.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/stats.h"
#include "tests/support/test.h"

#define DRAWS 200000

static void known_sequence(void)
{
    /* splitmix64 from state 1234567, as published with the reference code. */
    static const uint64_t wanted[] = {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL,
                                      4593380528125082431ULL, 16408922859458223821ULL};
    struct weir_stream stream = {1234567};
    for (int i = 0; i < 5; i++)
        CU_ASSERT_EQUAL(weir_stream_bits(&stream), wanted[i]);
}

static void names_and_copies(void)
{
    struct weir_stream a = weir_stream_open(7, "arrivals/job-3"), b = weir_stream_open(7, "arrivals/job-3");
    struct weir_stream other_name = weir_stream_open(7, "arrivals/job-4");
    struct weir_stream other_seed = weir_stream_open(8, "arrivals/job-3");
    CU_ASSERT_EQUAL(a.state, weir_stream_key(7, "arrivals/job-3"));
    int same = 0, as_name = 0, as_seed = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t bits = weir_stream_bits(&a);
        same += bits == weir_stream_bits(&b);
        as_name += bits == weir_stream_bits(&other_name);
        as_seed += bits == weir_stream_bits(&other_seed);
    }
    CU_ASSERT_EQUAL(same, 1000);
    CU_ASSERT_EQUAL(as_name + as_seed, 0);
    struct weir_stream fork = a;
    CU_ASSERT_EQUAL(weir_stream_bits(&fork), weir_stream_bits(&a));
    CU_ASSERT_NOT_EQUAL(weir_stream_at(3, 1).state, weir_stream_at(3, 2).state);
    CU_ASSERT_NOT_EQUAL(weir_stream_at(3, 1).state, weir_stream_at(4, 1).state);
    CU_ASSERT_EQUAL(weir_stream_at(3, 1).state, weir_stream_at(3, 1).state);
}

static void uniform_is_open(void)
{
    /* Both ends: the extreme bits give the middles of the first and last of 2^52 cells, exactly representable. */
    struct weir_stream stream = weir_stream_open(1, "u");
    double least = 1, most = 0;
    for (int i = 0; i < DRAWS; i++) {
        double u = weir_stream_uniform(&stream);
        least = fmin(least, u);
        most = fmax(most, u);
    }
    CU_ASSERT(least > 0 && least < 1e-4);
    CU_ASSERT(most < 1 && most > 1 - 1e-4);
}

#define CELLS 64

/* Chi-square of counts in equal cells, as a p-value. */
static double uniformity(const unsigned *counts, int cells, double total)
{
    double sum = 0, expected = total / cells;
    for (int i = 0; i < cells; i++)
        sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    return gsl_cdf_chisq_Q(sum, cells - 1);
}

/* First and second draws of successive ids, and of the same id under two keys, are uniform and unrelated: chi-square of
 * single values and of pairs, and linear correlation (standard error 1/sqrt(200000) = 0.0022; 5 of them = 0.011). */
static void fields_are_independent(void)
{
    static unsigned single[CELLS], pairs[CELLS * CELLS], draws[CELLS * CELLS], keys[CELLS * CELLS];
    uint64_t key = weir_stream_key(1, "service/a"), other = weir_stream_key(1, "service/b");
    double previous = 0.5, lag = 0, within = 0, across = 0;
    for (uint64_t id = 0; id < DRAWS; id++) {
        struct weir_stream stream = weir_stream_at(key, id), second = weir_stream_at(other, id);
        double u = weir_stream_uniform(&stream), v = weir_stream_uniform(&stream), w = weir_stream_uniform(&second);
        single[(int)(u * CELLS)]++;
        pairs[(int)(u * CELLS) * CELLS + (int)(previous * CELLS)]++;
        draws[(int)(u * CELLS) * CELLS + (int)(v * CELLS)]++;
        keys[(int)(u * CELLS) * CELLS + (int)(w * CELLS)]++;
        lag += 12 * (u - 0.5) * (previous - 0.5); /* a uniform has variance 1/12 */
        within += 12 * (u - 0.5) * (v - 0.5);
        across += 12 * (u - 0.5) * (w - 0.5);
        previous = u;
    }
    CU_ASSERT(uniformity(single, CELLS, DRAWS) > 1e-4);
    CU_ASSERT(uniformity(pairs, CELLS * CELLS, DRAWS) > 1e-4);
    CU_ASSERT(uniformity(draws, CELLS * CELLS, DRAWS) > 1e-4);
    CU_ASSERT(uniformity(keys, CELLS * CELLS, DRAWS) > 1e-4);
    CHECK_NEAR(lag / DRAWS, 0, 0.011);
    CHECK_NEAR(within / DRAWS, 0, 0.011);
    CHECK_NEAR(across / DRAWS, 0, 0.011);
}

/* One bit of the id, the key or the seed flips each bit of the state with probability 1/2: over 256 samples the count
 * of each of the 64 x 64 pairs has mean 128 and deviation 8; 6 deviations = 48. */
static void every_bit_spreads(void)
{
    for (int what = 0; what < 3; what++) {
        unsigned worst = 0;
        for (int in = 0; in < 64; in++) {
            unsigned flips[64] = {0};
            for (uint64_t sample = 0; sample < 256; sample++) {
                uint64_t bit = 1ULL << in, changed;
                if (what == 0)
                    changed = weir_stream_at(9, sample).state ^ weir_stream_at(9, sample ^ bit).state;
                else if (what == 1)
                    changed = weir_stream_at(sample, 9).state ^ weir_stream_at(sample ^ bit, 9).state;
                else
                    changed = weir_stream_key(sample, "n") ^ weir_stream_key(sample ^ bit, "n");
                for (int out = 0; out < 64; out++)
                    flips[out] += changed >> out & 1;
            }
            for (int out = 0; out < 64; out++) {
                unsigned off = flips[out] > 128 ? flips[out] - 128 : 128 - flips[out];
                worst = off > worst ? off : worst;
            }
        }
        CU_ASSERT(worst <= 48);
    }
}

static void below_is_even(void)
{
    struct weir_stream stream = weir_stream_open(3, "below");
    unsigned counts[7] = {0};
    for (int i = 0; i < 70000; i++) {
        uint64_t value = weir_stream_below(&stream, 7);
        CU_ASSERT_FATAL(value < 7);
        counts[value]++;
    }
    CU_ASSERT(uniformity(counts, 7, 70000) > 1e-4);
    CU_ASSERT_EQUAL(weir_stream_below(&stream, 1), 0);
    /* Scaled by 3 * 2^62 / 2^64 = 3/4, four values of 64 bits fall on three results: without rejection the multiples of
     * three would come up twice as often as the others. */
    unsigned thirds[3] = {0};
    for (int i = 0; i < 30000; i++)
        thirds[weir_stream_below(&stream, 3ULL << 62) % 3]++;
    CU_ASSERT(uniformity(thirds, 3, 30000) > 1e-4);
}

/* The mean of n draws is off by cv / sqrt(n) of the mean; the deviation by sqrt((kurtosis - 1) / 4n) of itself. Five
 * standard errors are allowed; `kurtosis` is that of the distribution. */
static void spreads_keep_mean_and_cv(void)
{
    static const struct {
        enum weir_spread spread;
        double cv, kurtosis;
    } rows[] = {
        {WEIR_SPREAD_CONSTANT, 0, 0},      {WEIR_SPREAD_EXPONENTIAL, 1, 9}, {WEIR_SPREAD_UNIFORM, 0.3, 1.8},
        {WEIR_SPREAD_UNIFORM, 0.577, 1.8}, {WEIR_SPREAD_NORMAL, 0.1, 3},    {WEIR_SPREAD_NORMAL, 0.3, 3},
        {WEIR_SPREAD_NORMAL, 0.5, 3},      {WEIR_SPREAD_LOGNORMAL, 0.5, 9}, /* 8.04 */
        {WEIR_SPREAD_LOGNORMAL, 1, 41},    {WEIR_SPREAD_GAMMA, 0.5, 4.5},   /* 3 + 6 cv^2 */
        {WEIR_SPREAD_GAMMA, 2, 27},        {WEIR_SPREAD_PARETO, 0.2, 17},   /* shape 6.1 */
        {WEIR_SPREAD_PARETO, 0.3, 80},                                      /* shape 4.5 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct weir_distribution distribution = {0.02, rows[i].cv, rows[i].spread};
        struct weir_stream stream = weir_stream_open(11, weir_spread_names[rows[i].spread]);
        struct weir_moments moments = {0};
        double least = 1;
        for (int draw = 0; draw < DRAWS; draw++) {
            double value = weir_draw(&distribution, &stream);
            least = fmin(least, value);
            weir_moments_add(&moments, value);
        }
        CU_ASSERT(least > 0);
        double cv = weir_moments_deviation(&moments) / moments.mean;
        double error = rows[i].cv * sqrt(fmax(0, rows[i].kurtosis - 1) / (4.0 * DRAWS));
        if (fabs(cv - rows[i].cv) > 5 * error + 1e-9)
            fprintf(stderr, "\n%s at cv %g\n", weir_spread_names[rows[i].spread], rows[i].cv);
        CHECK_NEAR(moments.mean / 0.02, 1, 5 * rows[i].cv / sqrt(DRAWS) + 1e-9);
        CHECK_NEAR(cv, rows[i].cv, 5 * error + 1e-9);
    }
    CU_ASSERT_PTR_NULL(weir_spread_names[WEIR_SPREAD_COUNT]);
}

/* Kolmogorov-Smirnov against the distribution itself: D sqrt(n) above 2.23 has probability 1e-4. */
static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double normal_cdf(double x)
{
    return gsl_cdf_ugaussian_P(x);
}

static double gamma_cdf(double x)
{
    return gsl_cdf_gamma_P(x, 2.5, 2);
}

static double exponential_cdf(double x)
{
    return 1 - exp(-x / 3);
}

static void shapes(void)
{
    enum { N = 20000 };
    static double values[3][N];
    static double (*const cdfs[3])(double) = {normal_cdf, gamma_cdf, exponential_cdf};
    struct weir_stream stream = weir_stream_open(5, "shapes");
    for (int i = 0; i < N; i++) {
        values[0][i] = (weir_stream_normal(&stream, 10, 2) - 10) / 2;
        values[1][i] = weir_stream_gamma(&stream, 2.5, 2);
        values[2][i] = weir_stream_exponential(&stream, 3);
    }
    for (int which = 0; which < 3; which++) {
        qsort(values[which], N, sizeof(double), compare_doubles);
        double distance = 0;
        for (int i = 0; i < N; i++) {
            double p = cdfs[which](values[which][i]);
            distance = fmax(distance, fmax((i + 1.0) / N - p, p - (double)i / N));
        }
        CU_ASSERT(distance * sqrt(N) < 2.23);
    }
}

/* Generators for GSL over the bits of a stream. */

static unsigned long bits_for_gsl(void *state)
{
    struct weir_stream *stream = state;
    return weir_stream_bits(stream);
}

static double uniform_for_gsl(void *state)
{
    struct weir_stream *stream = state;
    return weir_stream_uniform(stream);
}

/* Draws are those of GSL's over the same bits but for rounding, and take as many bits; so their distributions are its.
 * A million normal draws reach the tail some 600 times. */
static void as_gsl(void)
{
    static const gsl_rng_type type = {
        .name = "stream", .max = ULONG_MAX, .size = 8, .get = bits_for_gsl, .get_double = uniform_for_gsl};
    struct weir_stream ours = weir_stream_open(3, "gsl"), theirs = ours;
    const gsl_rng generator = {&type, &theirs};
    int tail = 0;
    for (int i = 0; i < 1000000; i++) {
        double x = weir_stream_normal(&ours, 0, 3), y = gsl_ran_gaussian_ziggurat(&generator, 3);
        CU_ASSERT(fabs(x - y) <= 1e-14 * fabs(y) && ours.state == theirs.state);
        tail += fabs(x) > 3 * 3.4442865;
    }
    CHECK_NEAR(tail, 1e6 * 2 * gsl_cdf_ugaussian_Q(3.4442865), 5 * sqrt(573));
    static const double shapes[] = {0.02, 0.3, 0.99, 1, 2.5, 40, 1e6};
    for (size_t j = 0; j < sizeof shapes / sizeof *shapes; j++)
        for (int i = 0; i < 50000; i++) {
            double x = weir_stream_gamma(&ours, shapes[j], 2), y = gsl_ran_gamma(&generator, shapes[j], 2);
            CU_ASSERT(fabs(x - y) <= 1e-13 * y && ours.state == theirs.state);
            double scale = 5 / gsl_sf_gamma(1 + 1 / shapes[j]);
            x = weir_stream_weibull(&ours, 5, shapes[j]);
            y = gsl_ran_weibull(&generator, scale, shapes[j]);
            CU_ASSERT(fabs(x - y) <= 1e-12 * y && ours.state == theirs.state);
        }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"known sequence", known_sequence},
        {"names and copies", names_and_copies},
        {"uniform is open", uniform_is_open},
        {"fields are independent", fields_are_independent},
        {"every bit spreads", every_bit_spreads},
        {"below is even", below_is_even},
        {"spreads keep mean and cv", spreads_keep_mean_and_cv},
        {"shapes", shapes},
        {"as GSL", as_gsl},
        {NULL, NULL},
    };
    return weir_test_main("base/random", cases, argc, argv);
}
