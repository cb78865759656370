/* The parts of weir calibrate, against arithmetic. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/analysis/fit.h"
#include "sim/analysis/fit_algebra.h"
#include "sim/analysis/fit_cache.h"
#include "sim/analysis/fit_search.h"
#include "sim/analysis/fit_walk.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/test.h"

static void keys_as_users_write_them(void)
{
    struct fit_key key;
    CU_ASSERT_EQUAL(fit_key_parse("costs.start=1s..60s", &key), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(key.path, "costs.start");
    CU_ASSERT_STRING_EQUAL(key.unit, "s");
    CU_ASSERT(key.is_log); /* 60 times as much */
    CHECK_NEAR(fit_key_value(&key, 0.5), sqrt(60), 1e-12);
    fit_key_fini(&key);
    CU_ASSERT_EQUAL(fit_key_parse("//link[@id='up']/@latency=10..20ms,as=way", &key), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(key.path, "//link[@id='up']/@latency");
    CU_ASSERT_STRING_EQUAL(key.name, "way");
    CU_ASSERT(key.is_xpath && !key.is_log);
    CHECK_NEAR(fit_key_value(&key, 0.25), 12.5, 1e-12);
    char *text = fit_key_text(&key, 12.5);
    CU_ASSERT_STRING_EQUAL(text, "12.5ms");
    free(text);
    fit_key_fini(&key);
    CU_ASSERT_EQUAL(fit_key_parse("backlog.capacity=1..100,integer", &key), WEIR_OK);
    CHECK_NEAR(fit_key_value(&key, 0.3), 31, 0); /* 30.7 */
    fit_key_fini(&key);
}

static void keys_that_are_refused(void)
{
    static const char *const wrong[][2] = {
        {"costs.start", "write PATH=MIN..MAX, as in costs.start=1s..60s"},
        {"=1..2", "write PATH=MIN..MAX"},
        {"costs.start=60s..1s", "the lower end, 60, is not below the upper one, 1; write them the other way round"},
        {"costs.start=1s..60ms", "the units of both ends differ (\"s\" and \"ms\")"},
        {"costs.start=a..b", "\"a\" and \"b\" are no range"},
        {"costs.start=0s..1s,log", "a logarithmic range must begin above 0"},
        {"costs.start=1s..9s,lag", "\"lag\" is no option of a range"},
        {"n=1..9.5,integer", "whole ends"},
        {"seeds=1..9", "\"seeds\" is no number"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct fit_key key;
        CU_ASSERT_EQUAL(fit_key_parse(wrong[i][0], &key), WEIR_EUSAGE);
        CHECK_MESSAGE(wrong[i][1]);
        fit_key_fini(&key);
    }
}

/* A problem of one case with one match and so many bins of 10 s. */
static void small(struct fit_problem *problem, enum fit_by by, const double *measured, int bins)
{
    *problem = (struct fit_problem){.case_count = 1, .match_count = 1, .apart = 0.1};
    problem->matches[0] = (struct fit_match){.by = by, .weight = 1, .factor = 1, .threshold = 10};
    problem->cases[0] = (struct fit_case){.fitted = true, .bins = bins, .bin_s = 10};
    problem->cases[0].measured = weir_alloc((size_t)bins, sizeof(double));
    memcpy(problem->cases[0].measured, measured, (size_t)bins * sizeof(double));
}

/* The loss is the mean of (asinh(10 e) / 10)^2. */
static double bent(double e)
{
    return pow(asinh(10 * e) / 10, 2);
}

static void losses(void)
{
    static const double measured[] = {10, 20, NAN, 30}, simulated[] = {11, 20, 5, 24};
    struct fit_problem problem;
    double *series[1];
    series[0] = (double *)simulated;
    small(&problem, FIT_RELATIVE, measured, 4); /* the mean is 20: errors 0.05, 0, -0.3 */
    CHECK_NEAR(fit_loss(&problem, series), (bent(0.05) + bent(0.3)) / 3, 1e-12);
    struct fit_agreement a;
    fit_agree(&problem, &problem.cases[0], 0, simulated, &a);
    CHECK_NEAR(a.misfit, sqrt((0.05 * 0.05 + 0.3 * 0.3) / 3), 1e-12);
    CHECK_NEAR(a.p50, 0, 1e-12);
    CHECK_NEAR(a.peak, -0.2, 1e-12);
    CU_ASSERT_EQUAL(a.rows, 3);
    problem.matches[0].by = FIT_LOG;
    problem.matches[0].weight = 2;
    CHECK_NEAR(fit_loss(&problem, series), 2 * (bent(log(1.1)) + bent(log(0.8))) / 3, 1e-12);
    free(problem.cases[0].measured);
}

/* Quantiles do not mind the order; nothing simulated counts as a factor of e^3. */
static void losses_without_order(void)
{
    static const double measured[] = {1, 2, 3, 4, 5}, turned[] = {5, 4, 3, 2, 1}, none[] = {NAN, NAN, NAN, NAN, NAN};
    struct fit_problem problem;
    double *series[1];
    series[0] = (double *)turned;
    small(&problem, FIT_QUANTILES, measured, 5);
    CHECK_NEAR(fit_loss(&problem, series), 0, 1e-15);
    series[0] = (double *)none;
    CHECK_NEAR(fit_loss(&problem, series), bent(3), 1e-12);
    free(problem.cases[0].measured);
}

/* Above 10 from 20 s and from 60 s on; simulated from 30 s on, and once more at 90 s. The run is 100 s long, so that an
 * onset 10 s off is no longer the same one (2 s); in a run of 1000 s it is half off. */
static void onsets(void)
{
    static const double measured[] = {0, 0, 11, 11, 0, 0, 11, 0, 0, 0}, simulated[] = {0, 0, 0, 11, 0, 0, 11, 0, 0, 11};
    struct fit_problem problem;
    double *series[1];
    series[0] = (double *)simulated;
    small(&problem, FIT_ONSETS, measured, 10);
    CHECK_NEAR(fit_loss(&problem, series), (bent(1) + bent(0) + bent(sqrt(2))) / 3, 1e-12);
    struct fit_agreement a;
    fit_agree(&problem, &problem.cases[0], 0, simulated, &a);
    CU_ASSERT_EQUAL(a.onsets_measured, 2);
    CU_ASSERT_EQUAL(a.onsets_simulated, 3);
    double far[100] = {0}, near[100] = {0};
    far[2] = near[3] = 11;
    free(problem.cases[0].measured);
    small(&problem, FIT_ONSETS, far, 100);
    series[0] = near;
    CHECK_NEAR(fit_loss(&problem, series), (bent(0.5) + bent(0)) / 2, 1e-12);
    free(problem.cases[0].measured);
}

/* [[2, 1], [1, 2]] has 1 along (1, -1) and 3 along (1, 1); the third stands alone. */
static void eigenvectors(void)
{
    double matrix[] = {2, 1, 0, 1, 2, 0, 0, 0, 2}, value[3], vector[9];
    fit_eigen(matrix, 3, value, vector);
    CHECK_NEAR(value[0], 1, 1e-12);
    CHECK_NEAR(value[1], 2, 1e-12);
    CHECK_NEAR(value[2], 3, 1e-12);
    CHECK_NEAR(vector[0] * vector[1], -0.5, 1e-12);
    CHECK_NEAR(fabs(vector[5]), 1, 1e-12);
    CHECK_NEAR(vector[6] * vector[7], 0.5, 1e-12);
}

/* Points and values of a function, as the walk asks for them. */
struct notes {
    int n, count;
    double u[200][2], value[200];
};

static bool noted(void *context, const double *u, double *value)
{
    const struct notes *notes = context;
    for (int i = 0; i < notes->count; i++) {
        if (memcmp(notes->u[i], u, (size_t)notes->n * sizeof *u) == 0) {
            *value = notes->value[i];
            return true;
        }
    }
    return false;
}

/* A valley with its bottom at 0.7 and 0.2. */
static void walk_to_the_bottom(void)
{
    for (int n = 1; n <= 2; n++) {
        struct notes notes = {.n = n};
        const double start[] = {0.3, 0.6};
        const struct fit_walk walk = {n, start, 0.1, 1e-4, 150, noted, &notes};
        double u[2], least = INFINITY;
        while (notes.count < 200 && fit_walk_next(&walk, u)) {
            double a = u[0] - 0.7, b = n == 2 ? u[1] - 0.2 : 0;
            memcpy(notes.u[notes.count], u, (size_t)n * sizeof *u);
            notes.value[notes.count] = a * a + 3 * b * b + a * b;
            least = fmin(least, notes.value[notes.count++]);
        }
        CU_ASSERT(notes.count > 3 && notes.count < 150);
        CU_ASSERT(least < 1e-6);
    }
}

/* What is cut off does not count, and the rest is there. */
static void runs_are_kept(void)
{
    static const double one[] = {1, 2, 3}, two[] = {4, NAN};
    char *path = weir_format("%s/kept", weir_test_folder());
    struct fit_cache *cache;
    CU_ASSERT_EQUAL(fit_cache_open(path, &cache), WEIR_OK);
    CU_ASSERT_EQUAL(fit_cache_keep(cache, 7, one, 3), WEIR_OK);
    CU_ASSERT_EQUAL(fit_cache_keep(cache, 8, two, 2), WEIR_OK);
    CU_ASSERT_EQUAL(fit_cache_close(cache), WEIR_OK);
    CU_ASSERT_EQUAL(truncate(path, 24 + 3 * 8 + 8 + 24 + 2 * 8 + 7), 0); /* the last byte is missing */
    CU_ASSERT_EQUAL(fit_cache_open(path, &cache), WEIR_OK);
    const double *kept = fit_cache_get(cache, 7, 3);
    CU_ASSERT(kept && kept[2] == 3);
    CU_ASSERT_PTR_NULL(fit_cache_get(cache, 7, 2));
    CU_ASSERT_PTR_NULL(fit_cache_get(cache, 8, 2));
    CU_ASSERT_EQUAL(fit_cache_keep(cache, 8, two, 2), WEIR_OK);
    CU_ASSERT_EQUAL(fit_cache_close(cache), WEIR_OK);
    CU_ASSERT_EQUAL(fit_cache_open(path, &cache), WEIR_OK);
    kept = fit_cache_get(cache, 8, 2);
    CU_ASSERT(kept && kept[0] == 4 && isnan(kept[1]));
    CU_ASSERT_EQUAL(fit_cache_close(cache), WEIR_OK);
    free(path);
}

/* Slopes that are made up: rows of residuals with noise of 1 %, of keys with these slopes. */
enum { ROWS = 100, KEYS = 4 };
static void tell(const double (*slope)[KEYS], struct fit_answer *answer)
{
    static struct fit_problem problem;
    static double curve[KEYS * KEYS], spread[KEYS * KEYS];
    bool interrupted = false;
    problem = (struct fit_problem){.key_count = KEYS, .apart = 0.1};
    for (int k = 0; k < KEYS; k++)
        problem.keys[k] = (struct fit_key){.min = 1, .max = 100, .is_log = true};
    for (int a = 0; a < KEYS; a++) {
        for (int b = 0; b < KEYS; b++) {
            curve[a * KEYS + b] = 0;
            for (int i = 0; i < ROWS; i++)
                curve[a * KEYS + b] += slope[i % 4][a] * slope[i % 4][b] / ROWS;
            spread[a * KEYS + b] = 0.01 * 0.01 / ROWS * curve[a * KEYS + b];
        }
    }
    const struct fit_slopes slopes = {.count = ROWS, .rows = ROWS, .curve = curve, .spread = spread};
    /* All that will be tried has been: the loss is 1 there. */
    struct fit_points points = {.problem = &problem, .interrupted = &interrupted};
    *answer = (struct fit_answer){0};
    for (int k = 0; k < KEYS; k++)
        answer->u[k] = 0.5;
    fit_groups(&points, &slopes, answer);
}

static bool names(const struct fit_group *group, int a, int b)
{
    return group->count == 2 &&
           ((group->keys[0] == a && group->keys[1] == b) || (group->keys[0] == b && group->keys[1] == a));
}

/* Rows of four kinds, each told by one key: an error of 1 % / sqrt(100 / 4) x 2 each, and no group. */
static void all_are_told(void)
{
    static const double slope[4][KEYS] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    struct fit_answer answer;
    tell(slope, &answer);
    CU_ASSERT_EQUAL(answer.group_count, 0);
    for (int k = 0; k < KEYS; k++)
        CHECK_NEAR(answer.error[k], 0.01 / sqrt(ROWS / 4.0), 1e-12);
}

/* Keys 0 and 2 are seen by their product, 1 and 3 by a sum of which 3 is three quarters. */
static void two_pairs_are_not(void)
{
    static const double slope[4][KEYS] = {{1, 0, 1, 0}, {0, 0.25, 0, 0.75}, {2, 0, 2, 0}, {0, 0.5, 0, 1.5}};
    struct fit_answer answer;
    tell(slope, &answer);
    CU_ASSERT_EQUAL(answer.group_count, 2);
    const struct fit_group *first = &answer.groups[0], *second = &answer.groups[1];
    CU_ASSERT((names(first, 0, 2) && names(second, 1, 3)) || (names(first, 1, 3) && names(second, 0, 2)));
    const struct fit_group *sum = names(first, 1, 3) ? first : second;
    CHECK_NEAR(sum->direction[1], 1, 1e-6);
    CHECK_NEAR(sum->direction[3], -1.0 / 3, 1e-6);
}

/* A product of three is one group; a key without any slope is one by itself. */
static void three_and_one(void)
{
    static const double slope[4][KEYS] = {{1, 1, 1, 0}, {1, 1, 1, 0}, {2, 2, 2, 0}, {1, 1, 1, 0}};
    struct fit_answer answer;
    tell(slope, &answer);
    CU_ASSERT_EQUAL(answer.group_count, 2);
    int sizes = answer.groups[0].count * 10 + answer.groups[1].count;
    CU_ASSERT(sizes == 31 || sizes == 13);
}

/* (1, -1, 1, -1) / 2 and (1, -1, -1, 1) / 2 span what (1, -1, 0, 0) and (0, 0, 1, -1) do. */
static void directions_of_few_keys(void)
{
    double open[] = {0.5, -0.5, 0.5, -0.5, 0.5, -0.5, -0.5, 0.5};
    static const double wanted[] = {1, -1, 0, 0, 0, 0, 1, -1};
    fit_simplify(open, 2, KEYS);
    for (int i = 0; i < 2 * KEYS; i++)
        CHECK_NEAR(open[i], wanted[i], 1e-12);
}

/* Two pairs, each row of slopes seeing all four keys: 0 and 2 by their product, 1 and 3 by theirs. Any mixture of both
 * directions has no curvature, and eigenvectors are mixtures. */
static void mixed_pairs(void)
{
    static const double slope[4][KEYS] = {{1, 1, 1, 1}, {1, -1, 1, -1}, {2, 1, 2, 1}, {1, 3, 1, 3}};
    struct fit_answer answer;
    tell(slope, &answer);
    CU_ASSERT_EQUAL(answer.group_count, 2);
    const struct fit_group *first = &answer.groups[0], *second = &answer.groups[1];
    CU_ASSERT((names(first, 0, 2) && names(second, 1, 3)) || (names(first, 1, 3) && names(second, 0, 2)));
}

/* Squares of what stands alone; of x(t) = 0.8 x(t - 1) + e, (1 + 0.8) / (1 - 0.8) = 9 times as much. */
static void sums_of_what_agrees_with_its_neighbours(void)
{
    enum { COUNT = 40000 };
    static double values[COUNT];
    double squares = 0, x = 0;
    unsigned long long state = 1;
    for (int t = 0; t < COUNT; t++)
        values[t] = t % 2 ? -1 : 1;
    CHECK_NEAR(fit_sum_variance(values, 100, 4), 100 * 100.0 / 96, 1e-9);
    for (int t = 0; t < COUNT; t++) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        x = 0.8 * x + (double)(state >> 33) / 2147483648.0 - 0.5;
        values[t] = x;
        squares += x * x;
    }
    double ratio = fit_sum_variance(values, COUNT, 0) / squares;
    CU_ASSERT(ratio > 0.9 * 9 && ratio < 1.1 * 9);
}

/* Two times that pull by 3 and -4, three seeds that pull by 1, 2 and 3: 9 + 16, times 2 / (2 - 1) for the key that was
 * fitted, and their variance 1 times 1 + 1 / 3. H^-1 is 1 / 10. */
static void errors_by_times_and_seeds(void)
{
    static double score[] = {3, -4}, pull[] = {1, 2, 3}, spread[] = {0};
    static const double row[] = {0.1};
    const struct fit_slopes slopes = {
        .spread = spread, .score = score, .score_count = 2, .pull = pull, .pull_count = 3};
    CHECK_NEAR(fit_error(&slopes, 1, row), sqrt((25 * 2 + 4.0 / 3) / 100), 1e-12);
    spread[0] = 70; /* by matches it is more */
    CHECK_NEAR(fit_error(&slopes, 1, row), sqrt((70 + 4.0 / 3) / 100), 1e-12);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"keys as users write them", keys_as_users_write_them},
        {"keys that are refused", keys_that_are_refused},
        {"losses", losses},
        {"losses without order", losses_without_order},
        {"onsets", onsets},
        {"eigenvectors", eigenvectors},
        {"walk to the bottom", walk_to_the_bottom},
        {"runs are kept", runs_are_kept},
        {"all are told", all_are_told},
        {"two pairs are not", two_pairs_are_not},
        {"three and one", three_and_one},
        {"directions of few keys", directions_of_few_keys},
        {"mixed pairs", mixed_pairs},
        {"sums of what agrees with its neighbours", sums_of_what_agrees_with_its_neighbours},
        {"errors by times and seeds", errors_by_times_and_seeds},
        {0},
    };
    return weir_test_main("analysis/fit", cases, argc, argv);
}
