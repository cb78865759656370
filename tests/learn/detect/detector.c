/* Detectors behind their common checks: every kind through the same cases, and what is wrong with samples. */
#include "policies/learn/detect/catalog.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/detect/evaluate.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/test.h"

#define WIDTH 3
#define COUNT 400

/* A wave, its half and its opposite; from sample `from` on noise-like jumps five times as high, each for itself. */
static void make_rows(double rows[COUNT][WIDTH], int from)
{
    for (int i = 0; i < COUNT; i++)
        for (int n = 0; n < WIDTH; n++) {
            double wave = sin(0.5 * i) * (n == 0 ? 1 : n == 1 ? 0.5 : -1) + 0.01 * ((7 * i + 3 * n) % 5);
            rows[i][n] = i < from ? wave : 5 * sin(1.7 * i * i + 2.1 * n * i);
        }
}

static struct detector *make(const char *text, int width)
{
    struct detector *made;
    struct detector_env env = {.width = width, .seed = 1, .catalog = detector_catalog};
    CU_ASSERT_EQUAL_FATAL(detector_make_text(&env, text, &made), WEIR_OK);
    return made;
}

/* Settings with which a kind is quick here; the others have none. */
static char *quick(const struct detector_kind *kind)
{
    bool learns = strcmp(kind->name, "vgru") == 0 || strcmp(kind->name, "both") == 0;
    return weir_format("%s%s", kind->name, learns ? ":units=8:epochs=4" : "");
}

static void every_kind(void)
{
    double rows[COUNT][WIDTH], score[2][COUNT], took_s;
    bool flagged[2][COUNT];
    make_rows(rows, 300);
    struct detector_past pasts[] = {
        {rows[0], 120, 0}, {rows[0], 1, 0}, {rows[120], 80, 120}}; /* the second is too short */
    for (const struct detector_kind *const *k = detector_catalog; *k; k++) {
        char *text = quick(*k);
        struct detector *made = make(text, WIDTH);
        struct detector_result result;
        const double *window = rows[0];
        int length = detector_length(made), before = 0, after = 0;
        CU_ASSERT_EQUAL(detector_judge(made, &window, 1, &result), WEIR_EINPUT);
        char *wanted = weir_format("detector %s: it was not fitted yet", (*k)->name);
        CHECK_MESSAGE(wanted);
        free(wanted);
        for (int time = 0; time < 2; time++) {
            CU_ASSERT_EQUAL_FATAL(detector_fit(made, pasts, 3), WEIR_OK);
            CU_ASSERT_EQUAL_FATAL(detector_run(made, rows[0], COUNT, 0, score[time], flagged[time], &took_s), WEIR_OK);
        }
        CU_ASSERT(took_s > 0);
        /* The same twice, and nothing before the first whole window. */
        for (int i = 0; i < COUNT; i++) {
            CU_ASSERT(isnan(score[0][i]) == (i < length - 1));
            CU_ASSERT(isnan(score[0][i]) || score[0][i] == score[1][i]);
            CU_ASSERT(flagged[0][i] == flagged[1][i]);
            before += i < 300 && flagged[0][i];
            after += i >= 312 && flagged[0][i];
        }
        CU_ASSERT(before <= 30);
        CU_ASSERT(after >= 60);
        /* From the middle: the same scores. */
        CU_ASSERT_EQUAL(detector_run(made, rows[0], COUNT, 350, score[1], flagged[1], NULL), WEIR_OK);
        for (int i = 350; i < COUNT; i++)
            CHECK_NEAR(score[1][i - 350], score[0][i], 1e-6 * fmax(1, fabs(score[0][i])));
        char *about = detector_describe(made);
        CU_ASSERT_PTR_NOT_NULL(about);
        free(about);
        detector_free(made);
        free(text);
    }
}

/* Fits one of a kind to the first half and lets it judge the other. */
static void judge_half(const struct detector_kind *kind, double rows[COUNT][WIDTH], double *score, bool *flagged)
{
    char *text = quick(kind);
    struct detector *made = make(text, WIDTH);
    struct detector_past past = {rows[0], 200, 0};
    CU_ASSERT_EQUAL_FATAL(detector_fit(made, &past, 1), WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(detector_run(made, rows[0], COUNT, 200, score, flagged, NULL), WEIR_OK);
    detector_free(made);
    free(text);
}

static void gaps(void)
{
    double rows[COUNT][WIDTH], score[COUNT];
    bool flagged[COUNT];
    make_rows(rows, COUNT);
    for (int i = 0; i < COUNT; i++)
        rows[i][1] = NAN; /* a dimension that was never there */
    for (int n = 0; n < WIDTH; n++)
        rows[250][n] = NAN;
    for (const struct detector_kind *const *k = detector_catalog; *k; k++) {
        judge_half(*k, rows, score, flagged);
        CU_ASSERT(isnan(score[50]) && !flagged[50]); /* silence is no alarm */
        for (int i = 0; i < 200; i++)
            CU_ASSERT(!isinf(score[i]));
    }
}

static void constant(void)
{
    double rows[COUNT][WIDTH], score[COUNT];
    bool flagged[COUNT];
    for (int i = 0; i < COUNT; i++)
        for (int n = 0; n < WIDTH; n++)
            rows[i][n] = 10 * n;
    for (const struct detector_kind *const *k = detector_catalog; *k; k++) {
        judge_half(*k, rows, score, flagged);
        for (int i = 0; i < 200; i++)
            CU_ASSERT(isfinite(score[i]) && !flagged[i]);
    }
}

static void baselines(void)
{
    /* 0 and 2 in turn: mean 1, deviation 1. */
    double rows[] = {0, 2, 0, 2, 0, 2, 0, 2}, score[10];
    double later[] = {1, 6, NAN, 6, -2};
    bool flagged[10];
    struct detector_past past = {rows, 8, 0};
    struct detector *made = make("z-score", 1);
    CU_ASSERT_EQUAL(detector_fit(made, &past, 1), WEIR_OK);
    CU_ASSERT_EQUAL(detector_run(made, later, 5, 0, score, flagged, NULL), WEIR_OK);
    CHECK_NEAR(score[0], 0, 1e-15);
    CHECK_NEAR(score[1], 5, 1e-15);
    CU_ASSERT(isnan(score[2]));
    CHECK_NEAR(score[4], 3, 1e-15);
    CU_ASSERT(!flagged[0] && flagged[1] && !flagged[2] && flagged[3] && flagged[4]);
    detector_free(made);
    /* Differences 2, -2, ..., seven of them: mean 2/7, deviation sqrt(4 - 4/49) = 1.979487. From 1 to 6 is 5. */
    made = make("last-value", 1);
    CU_ASSERT_EQUAL(detector_fit(made, &past, 1), WEIR_OK);
    CU_ASSERT_EQUAL(detector_run(made, later, 5, 0, score, flagged, NULL), WEIR_OK);
    CHECK_NEAR(score[1], 5 / 1.9794866372215744, 1e-12);
    CU_ASSERT(isnan(score[0]) && isnan(score[2]) && isnan(score[3]) && !flagged[3]);
    CHECK_NEAR(score[4], 8 / 1.9794866372215744, 1e-12);
    detector_free(made);
    /* The mean and the largest of two dimensions, 5 and 1 deviations away. */
    double pairs[] = {0, 0, 2, 2, 0, 0, 2, 2}, odd[] = {6, 2};
    static const struct {
        const char *text;
        double score;
    } cases[] = {{"z-score", 3}, {"z-score:combine=max", 5}};
    past = (struct detector_past){pairs, 4, 0};
    for (size_t i = 0; i < 2; i++) {
        made = make(cases[i].text, 2);
        CU_ASSERT_EQUAL(detector_fit(made, &past, 1), WEIR_OK);
        CU_ASSERT_EQUAL(detector_run(made, odd, 1, 0, score, flagged, NULL), WEIR_OK);
        CHECK_NEAR(score[0], cases[i].score, 1e-15);
        detector_free(made);
    }
    /* Nine of ten windows learnt from stay under the threshold of 0.9: it is the ninth score. */
    double rise[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 100};
    past = (struct detector_past){rise, 10, 0};
    made = make("z-score:quantile=0.9", 1);
    CU_ASSERT_EQUAL(detector_fit(made, &past, 1), WEIR_OK);
    CU_ASSERT_EQUAL(detector_run(made, rise, 10, 0, score, flagged, NULL), WEIR_OK);
    CU_ASSERT(flagged[9] && !flagged[0]);
    detector_free(made);
}

static void refused(void)
{
    static double wide[100 * 65];
    double rows[] = {0, 1, INFINITY, 3};
    struct detector_past past = {rows, 4, 0};
    struct detector_env env = {.width = 1, .catalog = detector_catalog};
    struct detector *made = make("z-score", 1);
    CU_ASSERT_EQUAL(detector_fit(made, &past, 1), WEIR_EINPUT);
    CHECK_MESSAGE("detector z-score: sample 3 has an infinite value");
    detector_free(made);
    made = make("rules", 1);
    rows[2] = 2;
    CU_ASSERT_EQUAL(detector_fit(made, &past, 1), WEIR_EINPUT);
    CHECK_MESSAGE("detector rules: there are 4 samples to learn from, and a window has 12; give it more, or a shorter "
                  "window");
    CU_ASSERT_EQUAL(detector_fit(made, &past, 0), WEIR_EINPUT);
    CHECK_MESSAGE("detector rules: there are 0 samples to learn from");
    detector_free(made);
    past = (struct detector_past){wide, 100, 0};
    made = make("rules", 65);
    CU_ASSERT_EQUAL(detector_fit(made, &past, 1), WEIR_EINPUT);
    CHECK_MESSAGE("detector rules: it takes 64 dimensions at most, and there are 65; leave some out");
    detector_free(made);
    CU_ASSERT_EQUAL(detector_make_text(&env, "rule", &made), WEIR_EINPUT);
    CHECK_MESSAGE("there is no detector \"rule\"; did you mean \"rules\"? (weir list detectors)");
    CU_ASSERT_PTR_NULL(made);
    CU_ASSERT_EQUAL(detector_make_text(&env, "rules:window=1", &made), WEIR_EINPUT);
    CHECK_MESSAGE("detector rules: window: 1");
}

static void measures(void)
{
    /* Two series of four points; the run of anomalies at the end of the first does not go on in the second. */
    static const bool truth[] = {false, false, true, true, true, true, false, false};
    static const bool flagged[] = {false, true, false, true, false, false, false, false};
    static const double score[] = {1, 5, 2, 6, 3, NAN, 0, 0};
    static const size_t ends[] = {4, 8};
    struct detect_measures m;
    detect_measure(truth, flagged, score, ends, 2, &m);
    CU_ASSERT(m.points == 8 && m.anomalies == 4 && m.alarms == 2 && m.silent == 1);
    CHECK_NEAR(m.own.f1, 2. / 6, 1e-15);      /* 1 hit, 1 false alarm, 3 misses */
    CHECK_NEAR(m.adjusted.f1, 4. / 7, 1e-15); /* 2 hits, 1, 2 */
    /* Above 1: hits 6, 3, 2, false alarm 5, miss NaN: 6/8. */
    CHECK_NEAR(m.best.f1, 6. / 8, 1e-15);
    CHECK_NEAR(m.best_threshold, 1.5, 1e-15);
    /* Adjusted: 1 5 6 6 3 3 0 0; above 1 4 hits, 1 false alarm: 8/9. */
    CHECK_NEAR(m.adjusted_best.f1, 8. / 9, 1e-15);
    detect_measure(NULL, flagged, score, ends, 2, &m);
    CU_ASSERT(m.points == 8 && m.anomalies == 0 && m.alarms == 2 && m.silent == 1);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"every kind", every_kind},
                                             {"gaps", gaps},
                                             {"constant", constant},
                                             {"baselines", baselines},
                                             {"refused", refused},
                                             {"measures", measures},
                                             {0}};
    return weir_test_main("learn/detect/detector", cases, argc, argv);
}
