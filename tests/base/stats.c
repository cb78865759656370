/* Moments, intervals, histograms. */
#include "sim/base/stats.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/bootstrap.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/student.h"
#include "tests/support/test.h"

static void moments(void)
{
    struct weir_moments m = {0};
    CU_ASSERT_EQUAL(weir_moments_deviation(&m), 0);
    CU_ASSERT(isnan(weir_moments_half_width(&m, 0.95)));
    static const double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
    for (int i = 0; i < 8; i++)
        weir_moments_add(&m, values[i]);
    /* mean 40 / 8 = 5; squared distances 9+1+1+1+0+0+4+16 = 32; deviation sqrt(32 / 7) = 2.13809 */
    CHECK_NEAR(m.mean, 5, 1e-12);
    CHECK_NEAR(weir_moments_deviation(&m), sqrt(32.0 / 7), 1e-12);
    /* Student's t at 0.975 with 7 degrees of freedom is 2.364624 (tables) */
    CHECK_NEAR(weir_moments_half_width(&m, 0.95), 2.364624 * sqrt(32.0 / 7) / sqrt(8), 1e-5);
    struct weir_moments one = {0};
    weir_moments_add(&one, 3);
    CU_ASSERT_EQUAL(weir_moments_deviation(&one), 0);
    CU_ASSERT(isnan(weir_moments_half_width(&one, 0.95)));
}

static void moments_keep_small_differences(void)
{
    /* 1e9 + {4, 7, 13, 16}: variance 30 exactly, where the textbook sum of squares loses it all. */
    struct weir_moments m = {0};
    for (int i = 0; i < 4; i++)
        weir_moments_add(&m, 1e9 + (int[]){4, 7, 13, 16}[i]);
    CHECK_NEAR(weir_moments_deviation(&m), sqrt(30), 1e-9);
}

static void free_histogram(struct weir_histogram *histogram)
{
    weir_histogram_fini(histogram);
    free(histogram);
}

static struct weir_histogram *new_histogram(void)
{
    return weir_alloc(1, sizeof(struct weir_histogram));
}

static void single_values(void)
{
    struct weir_histogram *h = new_histogram();
    CU_ASSERT(isnan(weir_histogram_quantile(h, 0.5)));
    /* One small value, one large: the smaller is found within 1/128 of itself, whatever it is. */
    for (double value = 1.1e-9; value < 1e6; value *= 1.37) {
        weir_histogram_clear(h);
        weir_histogram_add(h, value, 1);
        weir_histogram_add(h, 1e6, 1);
        CHECK_NEAR(weir_histogram_quantile(h, 0.5) / value, 1, 1.0 / 128);
        CU_ASSERT_EQUAL(weir_histogram_quantile(h, 1), 1e6);
    }
    /* Powers of two and their neighbours stand at the edges of buckets. */
    for (int exponent = -30; exponent < 20; exponent++)
        for (int side = -1; side <= 1; side++) {
            double value = ldexp(1 + side * 0x1p-52, exponent);
            if (value < 0x1p-30)
                continue;
            weir_histogram_clear(h);
            weir_histogram_add(h, value, 1);
            weir_histogram_add(h, 1e9, 1);
            CHECK_NEAR(weir_histogram_quantile(h, 0.5) / value, 1, 1.0 / 128 + 1e-12);
        }
    free_histogram(h);
}

static void ends(void)
{
    struct weir_histogram *h = new_histogram();
    weir_histogram_add(h, 0, 1);
    weir_histogram_add(h, -5, 1);
    weir_histogram_add(h, NAN, 1);
    weir_histogram_add(h, 1e-12, 1);
    CU_ASSERT_EQUAL(h->count, 4);
    CU_ASSERT_EQUAL(h->buckets[0], 4);
    CU_ASSERT_EQUAL(h->sum, 1e-12);
    CU_ASSERT_EQUAL(weir_histogram_quantile(h, 0.5), 0);
    CU_ASSERT_EQUAL(weir_histogram_quantile(h, 1), 1e-12);
    weir_histogram_add(h, 5e6, 10); /* beyond 2^20 s */
    CU_ASSERT_EQUAL(h->buckets[WEIR_HISTOGRAM_BUCKETS - 1], 10);
    CU_ASSERT_EQUAL(weir_histogram_quantile(h, 0.9), 5e6);
    weir_histogram_clear(h);
    weir_histogram_add(h, 3, 0);
    CU_ASSERT_EQUAL(h->count, 0);
    CU_ASSERT_EQUAL(h->max, 0);
    /* A constant is exact, wherever in its bucket it stands: quantiles lie between the minimum and the maximum. */
    for (double value = 1e-6; value < 1e5; value *= 3.7) {
        weir_histogram_clear(h);
        weir_histogram_add(h, value, 1000);
        for (double q = 0; q <= 1; q += 0.125)
            CU_ASSERT_EQUAL(weir_histogram_quantile(h, q), value);
    }
    weir_histogram_add(h, 7, 1000);
    CU_ASSERT_EQUAL(weir_histogram_quantile(h, 0), 7);
    free_histogram(h);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void against_sorting(void)
{
    enum { N = 100000 };
    double *values = weir_alloc(N, sizeof *values);
    struct weir_histogram *h = new_histogram(), *half = new_histogram();
    struct weir_stream stream = weir_stream_open(2, "histogram");
    double sum = 0;
    for (int i = 0; i < N; i++) {
        values[i] = exp(weir_stream_normal(&stream, -4, 2));
        sum += values[i];
        weir_histogram_add(i % 2 ? half : h, values[i], 1);
    }
    weir_histogram_merge(h, half);
    qsort(values, N, sizeof *values, compare);
    CU_ASSERT_EQUAL(h->count, N);
    CHECK_NEAR(h->sum / sum, 1, 1e-12);
    CU_ASSERT_EQUAL(h->max, values[N - 1]);
    static const double levels[] = {0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        int rank = (int)ceil(levels[i] * N);
        double exact = values[rank > 0 ? rank - 1 : 0];
        CHECK_NEAR(weir_histogram_quantile(h, levels[i]) / exact, 1, 1.0 / 64);
    }
    free(values);
    free_histogram(h);
    free_histogram(half);
}

/* Against the exact quantiles of 10^6 draws; and against those of 10^6 draws of the distribution itself. */
static void of_a_million_draws(void)
{
    enum { N = 1000000 };
    static const double levels[] = {0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99};
    double *values = weir_alloc(N, sizeof *values);
    for (int kind = 0; kind < 3; kind++) {
        struct weir_histogram *h = new_histogram();
        struct weir_stream stream = weir_stream_open(5, "quantiles");
        for (int i = 0; i < N; i++) {
            values[i] = kind == 0   ? weir_stream_exponential(&stream, 0.045)
                        : kind == 1 ? exp(weir_stream_normal(&stream, -4, 2))
                                    : 3 + weir_stream_uniform(&stream);
            weir_histogram_add(h, values[i], 1);
        }
        qsort(values, N, sizeof *values, compare);
        for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
            CHECK_NEAR(weir_histogram_quantile(h, levels[l]) / values[(int)(levels[l] * N) - 1], 1, 1e-3);
        free_histogram(h);
    }
    free(values);
}

/* p95 of 10^4 exponential draws of mean 1 is ln 20, with a deviation of sqrt(0.95 x 0.05 / 10^4) / 0.05 = 0.0436
 * between samples: more than a bucket's width, 0.031. Few of 400 samples have the same, their mean is right, and the
 * deviation is that of the samples. */
static void without_steps(void)
{
    enum { SAMPLES = 400, N = 10000 };
    struct weir_moments seen = {0};
    double values[SAMPLES];
    for (int s = 0; s < SAMPLES; s++) {
        struct weir_histogram *h = new_histogram();
        struct weir_stream stream = weir_stream_open((unsigned)s, "samples");
        for (int i = 0; i < N; i++)
            weir_histogram_add(h, weir_stream_exponential(&stream, 1), 1);
        values[s] = weir_histogram_quantile(h, 0.95);
        weir_moments_add(&seen, values[s]);
        free_histogram(h);
    }
    qsort(values, SAMPLES, sizeof *values, compare);
    int same = 0;
    for (int s = 1; s < SAMPLES; s++)
        same += values[s] == values[s - 1];
    printf("\n    %d of %d alike ", same, SAMPLES);
    CU_ASSERT(same < SAMPLES / 4);
    CHECK_NEAR(seen.mean, log(20), 3 * 0.0436 / sqrt(SAMPLES));
    CHECK_NEAR(weir_moments_deviation(&seen), 0.0436, 0.0436 * 3 / sqrt(2 * SAMPLES));
}

static void weights_count(void)
{
    struct weir_histogram *h = new_histogram();
    weir_histogram_add(h, 0.001, 99);
    weir_histogram_add(h, 1, 1);
    CU_ASSERT_EQUAL(h->count, 100);
    CHECK_NEAR(h->sum, 1.099, 1e-12); /* 99 * 0.001 + 1 */
    CHECK_NEAR(weir_histogram_quantile(h, 0.99), 0.001, 0.001 / 64);
    CHECK_NEAR(weir_histogram_quantile(h, 0.991), 1, 1.0 / 128);
    free_histogram(h);
}

/* More than 32 bits can count, in one bucket and in sums of histograms; and buckets far below those there are. */
static void many_items(void)
{
    struct weir_histogram *h = new_histogram(), *other = new_histogram();
    weir_histogram_add(h, 1, 5000000000);
    weir_histogram_add(h, 8, 1000000000);
    weir_histogram_add(other, 1, 3000000000);
    weir_histogram_add(other, 1e-6, 500000000);
    CHECK_NEAR(weir_histogram_quantile(h, 5.0 / 6 - 1e-9), 1, 1.0 / 64);
    CHECK_NEAR(weir_histogram_quantile(h, 5.0 / 6 + 1e-9), 8, 8.0 / 64);
    weir_histogram_merge(h, other);
    CHECK_NEAR((double)h->count, 9.5e9, 0);
    CHECK_NEAR(weir_histogram_quantile(h, 0.5 / 9.5 - 1e-9), 1e-6, 1e-6 / 64);
    CHECK_NEAR(weir_histogram_quantile(h, 8.5 / 9.5 - 1e-9), 1, 1.0 / 64);
    CHECK_NEAR(weir_histogram_quantile(h, 8.5 / 9.5 + 1e-9), 8, 8.0 / 64);
    weir_histogram_clear(h);
    CU_ASSERT(isnan(weir_histogram_quantile(h, 0.5)));
    weir_histogram_add(h, 2, 1);
    CHECK_NEAR(weir_histogram_quantile(h, 0.5), 2, 0);
    free_histogram(other);
    free_histogram(h);
}

/* 1, 2, 3: mean 2, s = 1, t = 2 sqrt(3) = 3.4641; with two degrees of freedom p = 1 - t / sqrt(2 + t^2) = 0.07418.
 */
static void p_values(void)
{
    struct weir_moments moments = {0}, same = {0}, zeros = {0};
    CU_ASSERT(isnan(weir_moments_p_value(&moments)));
    for (int i = 1; i <= 3; i++) {
        weir_moments_add(&moments, i);
        weir_moments_add(&same, 0.5);
        weir_moments_add(&zeros, 0);
    }
    CHECK_NEAR(weir_moments_p_value(&moments), 1 - 2 * sqrt(3) / sqrt(14), 1e-12);
    CHECK_NEAR(weir_moments_p_value(&same), 0, 0);
    CHECK_NEAR(weir_moments_p_value(&zeros), 1, 0);
}

/* The integral of the density from t on, by Simpson's rule in u = t / x. */
static double integral_above(double t, double n)
{
    enum { PARTS = 40000 };
    long double logs = lgammal(((long double)n + 1) / 2) - lgammal((long double)n / 2), sum = 0;
    long double factor = expl(logs) / sqrtl((long double)n * 3.14159265358979323846L);
    for (int i = 1; i <= PARTS; i++) {
        long double u = (long double)i / PARTS, x = (long double)t / u;
        long double value = expl(-((long double)n + 1) / 2 * log1pl(x * x / (long double)n)) * (long double)t / (u * u);
        sum += (i == PARTS ? 1 : i % 2 ? 4 : 2) * value;
    }
    return (double)(factor * sum / (3 * PARTS));
}

/* Student's distribution against that integral and, more coarsely, as far as it goes, GSL's; and back. */
/* Samples of 20 lognormal values (sigma 1, mean sqrt(e)): of 95 % intervals Student's hold the mean in 87 %, as the
 * long tail is mostly missed; the bootstrap's come nearer, and are longer to the right. Of normal values both hold it.
 */
static void intervals_by_bootstrap(void)
{
    enum { SAMPLES = 400, N = 20 };
    for (int normal = 0; normal < 2; normal++) {
        struct weir_stream stream = weir_stream_open(11, "bootstrap");
        double wanted = normal ? 3 : exp(0.5), values[N], low = 0, high = 0, right = 0;
        int student = 0, drawn = 0;
        for (int s = 0; s < SAMPLES; s++) {
            struct weir_moments m = {0};
            for (int i = 0; i < N; i++) {
                double z = weir_stream_normal(&stream, 0, 1);
                values[i] = normal ? 3 + z : exp(z);
                weir_moments_add(&m, values[i]);
            }
            student += fabs(m.mean - wanted) <= weir_moments_half_width(&m, 0.95);
            CU_ASSERT(weir_bootstrap_interval(values, N, 0.95, &low, &high));
            drawn += low <= wanted && wanted <= high;
            right += (high - m.mean) / (m.mean - low) / SAMPLES;
        }
        printf("\n    %s: Student's %.3f, bootstrap %.3f ", normal ? "normal" : "lognormal", student / (double)SAMPLES,
               drawn / (double)SAMPLES);
        if (normal) {
            CHECK_NEAR(drawn / (double)SAMPLES, 0.95, 0.035);
        } else {
            CU_ASSERT(student < 0.90 * SAMPLES && drawn > student + 0.03 * SAMPLES);
            CU_ASSERT(right > 1.5);
        }
    }
    double few[7] = {1, 2, 3, 4, 5, 6, 7}, same[8] = {3, 3, 3, 3, 3, 3, 3, 3}, low, high, again_low, again_high;
    double some[9] = {1, 2, 3, 4, 5, 6, 7, 8, 20};
    CU_ASSERT(!weir_bootstrap_interval(few, 7, 0.95, &low, &high));
    CU_ASSERT(!weir_bootstrap_interval(same, 8, 0.95, &low, &high));
    CU_ASSERT(weir_bootstrap_interval(some, 9, 0.95, &low, &high));
    CU_ASSERT(weir_bootstrap_interval(some, 9, 0.95, &again_low, &again_high));
    CU_ASSERT(low == again_low && high == again_high);
}

static void student(void)
{
    static const double degrees[] = {2, 3, 4, 5, 9, 10, 29, 30, 63, 64, 65, 99, 1000, 12345, 1, 0.5, 2.5, 1e6, 1e9};
    static const double places[] = {0.5, 1, 1.5, 2, 2.5, 3, 5, 8, 12, 20, 37, 0, 1e-9, 0.01, 1e3, 1e6, 1e20, 1e100};
    for (size_t i = 0; i < sizeof degrees / sizeof *degrees; i++)
        for (size_t j = 0; j < sizeof places / sizeof *places; j++) {
            double p = weir_student_above(places[j], degrees[i]), by_gsl = gsl_cdf_tdist_Q(places[j], degrees[i]);
            if (!(by_gsl > 1e-300))
                continue;
            CHECK_NEAR(p / by_gsl, 1, 2e-6);
            if (i < 14 && j < 11)
                CHECK_NEAR(p / integral_above(places[j], degrees[i]), 1,
                           places[j] > 5 ? 1e-8 : 1e-11); /* a steep fall */
            if (places[j] > 0.001 && p > 1e-280)
                CHECK_NEAR(weir_student_quantile_above(p, degrees[i]) / places[j], 1, 1e-11);
        }
    /* one degree: 1/2 - atan(t) / pi; two: (1 - t / sqrt(2 + t^2)) / 2 */
    CHECK_NEAR(weir_student_above(1, 1), 0.25, 1e-15);
    CHECK_NEAR(weir_student_above(2, 2), (1 - 2 / sqrt(6)) / 2, 1e-16);
    /* as tables have them */
    CHECK_NEAR(weir_student_quantile_above(0.025, 4), 2.776445105198, 1e-11);
    CHECK_NEAR(weir_student_quantile_above(0.025, 1), 12.706204736175, 1e-10);
    CHECK_NEAR(weir_student_quantile_above(0.5, 7), 0, 1e-15);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"moments", moments},
        {"moments keep small differences", moments_keep_small_differences},
        {"single values", single_values},
        {"ends", ends},
        {"against sorting", against_sorting},
        {"of a million draws, many items", of_a_million_draws},
        {"without steps", without_steps},
        {"weights count", weights_count},
        {"many items", many_items},
        {"p-values", p_values},
        {"intervals by bootstrap, many items", intervals_by_bootstrap},
        {"student", student},
        {NULL, NULL},
    };
    return weir_test_main("base/stats", cases, argc, argv);
}
