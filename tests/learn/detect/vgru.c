#include "policies/learn/detect/vgru.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/detect/scores.h"
#include "policies/learn/nn/file.h"
#include "sim/base/error.h"
#include "tests/learn/detect/telemetry.h"
#include "tests/support/test.h"

enum { SIZE = TELEMETRY_LENGTH * TELEMETRY_WIDTH };

/* A model of three days of healthy telemetry. */
static struct vgru *fit(uint64_t seed, int epochs)
{
    struct vgru_settings settings = vgru_defaults();
    settings.seed = seed;
    settings.epochs = epochs;
    size_t count;
    double *values = telemetry_healthy(seed, 4320), *windows = telemetry_windows(values, 4320, 4, &count);
    struct vgru *model;
    CU_ASSERT_EQUAL(vgru_fit(&model, windows, count, &settings), 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(model);
    CU_ASSERT_EQUAL(vgru_trained(model).windows, count);
    free(windows);
    free(values);
    return model;
}

static void bound_rises(void)
{
    struct vgru *model = fit(1, 8);
    struct vgru_trained trained = vgru_trained(model);
    CU_ASSERT_EQUAL(trained.epochs, 8);
    CU_ASSERT_EQUAL(trained.left_out, 0);
    /* a standard normal distribution of each number alone has -log(2 pi e) / 2 = -1.42 */
    if (!(trained.last_elbo > trained.first_elbo + 0.3 && trained.last_elbo > -1.1))
        printf("%g to %g\n", trained.first_elbo, trained.last_elbo);
    CU_ASSERT(trained.last_elbo > trained.first_elbo + 0.3);
    CU_ASSERT(trained.last_elbo > -1.1);
    CU_ASSERT_EQUAL(vgru_settings_of(model)->epochs, 8);
    vgru_free(model);
    vgru_free(NULL);
}

/* The best F1 of scores of windows that end in samples 11 on. */
static double best_f1(const bool *wrong, const double *score, size_t count)
{
    return detect_best(wrong + TELEMETRY_LENGTH - 1, score, count, NULL).f1;
}

/* Largest distance from the mean of the training, in deviations, and largest change, for the last sample. */
static void rivals(const double *healthy, const double *values, size_t count, double *z, double *change)
{
    double mean[TELEMETRY_WIDTH] = {0}, deviation[TELEMETRY_WIDTH] = {0}, step[TELEMETRY_WIDTH] = {0};
    for (size_t n = 0; n < TELEMETRY_WIDTH; n++) {
        for (size_t i = 0; i < 4320; i++)
            mean[n] += healthy[i * TELEMETRY_WIDTH + n] / 4320;
        for (size_t i = 1; i < 4320; i++) {
            const double *now = healthy + i * TELEMETRY_WIDTH + n;
            deviation[n] += pow(now[0] - mean[n], 2) / 4320;
            step[n] += pow(now[0] - now[-TELEMETRY_WIDTH], 2) / 4320;
        }
    }
    for (size_t i = 0; i < count; i++) {
        z[i] = change[i] = 0;
        for (size_t n = 0; n < TELEMETRY_WIDTH; n++) {
            const double *now = values + (i + TELEMETRY_LENGTH - 1) * TELEMETRY_WIDTH + n;
            z[i] = fmax(z[i], fabs(now[0] - mean[n]) / sqrt(deviation[n]));
            change[i] = fmax(change[i], fabs(now[0] - now[-TELEMETRY_WIDTH]) / sqrt(step[n]));
        }
    }
}

static void finds_anomalies(void)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct vgru *model = fit(seed, 30);
        size_t count, alarms = 0, healthy_count;
        double *healthy = telemetry_healthy(seed, 4320), *values = telemetry_healthy(100 + seed, 2880);
        double *windows = telemetry_windows(values, 2880, 1, &healthy_count);
        double *score = weir_alloc(4 * healthy_count, sizeof *score), *last = score + healthy_count;
        double *z = last + healthy_count, *change = z + healthy_count;
        vgru_score(model, windows, healthy_count, score, last);
        for (size_t i = 0; i < healthy_count; i++)
            alarms += score[i] > 0.3;
        free(windows);
        bool *wrong = telemetry_spoil(seed, values, 2880), *flagged = weir_alloc(2880, sizeof *flagged);
        windows = telemetry_windows(values, 2880, 1, &count);
        vgru_score(model, windows, count, score, last);
        rivals(healthy, values, count, z, change);
        for (size_t i = 0; i < count; i++)
            flagged[i] = last[i] > 0.3;
        double whole_f1 = best_f1(wrong, score, count), last_f1 = best_f1(wrong, last, count);
        double z_f1 = best_f1(wrong, z, count), change_f1 = best_f1(wrong, change, count);
        double own_f1 = detect_score(wrong + TELEMETRY_LENGTH - 1, flagged, count).f1;
        printf("\nseed %d: best F1 of windows %.3f, of last samples %.3f, z-score %.3f, change %.3f; F1 at eta %.3f; "
               "alarms on healthy windows %.4f",
               (int)seed, whole_f1, last_f1, z_f1, change_f1, own_f1, (double)alarms / (double)count);
        CU_ASSERT(last_f1 > z_f1 + 0.1 && last_f1 > change_f1 + 0.1 && whole_f1 > z_f1 && whole_f1 > change_f1);
        CU_ASSERT(own_f1 > 0.7);
        CU_ASSERT(alarms < healthy_count / 20);
        free(windows);
        free(flagged);
        free(wrong);
        free(score);
        free(values);
        free(healthy);
        vgru_free(model);
    }
}

/* Scores of some windows, healthy and not. */
static double *some_scores(const struct vgru *model, size_t *count)
{
    double *values = telemetry_healthy(77, 600);
    free(telemetry_spoil(77, values, 600));
    double *windows = telemetry_windows(values, 600, 1, count), *score = weir_alloc(2 * *count, sizeof *score);
    vgru_score(model, windows, *count, score, score + *count);
    free(windows);
    free(values);
    return score;
}

static void repeats(void)
{
    struct vgru *a = fit(5, 2), *b = fit(5, 2), *c = fit(6, 2);
    size_t count;
    double *of_a = some_scores(a, &count), *again = some_scores(a, &count), *of_b = some_scores(b, &count),
           *of_c = some_scores(c, &count);
    CU_ASSERT(!memcmp(of_a, again, 2 * count * sizeof *of_a));
    CU_ASSERT(!memcmp(of_a, of_b, 2 * count * sizeof *of_a));
    CU_ASSERT(memcmp(of_a, of_c, 2 * count * sizeof *of_a) != 0);
    free(of_a);
    free(again);
    free(of_b);
    free(of_c);
    vgru_free(a);
    vgru_free(b);
    vgru_free(c);
}

/* One window alone gets what it gets among others, and each score what it gets without the other. */
static void alone(void)
{
    struct vgru *model = fit(1, 2);
    size_t count;
    double *values = telemetry_healthy(3, 700), *windows = telemetry_windows(values, 700, 1, &count);
    double *score = weir_alloc(2 * count, sizeof *score), *last = score + count, one;
    CU_ASSERT(count > 512); /* more than is scored at a time */
    vgru_score(model, windows, count, score, last);
    for (size_t i = 0; i < count; i += 100) {
        vgru_score(model, windows + i * SIZE, 1, &one, NULL);
        CHECK_NEAR(one, score[i], 1e-5);
        vgru_score(model, windows + i * SIZE, 1, NULL, &one);
        CHECK_NEAR(one, last[i], 1e-5);
    }
    vgru_score(model, windows, 0, NULL, NULL);
    free(score);
    free(windows);
    free(values);
    vgru_free(model);
}

/* One recent sample is the last one; the mean of all moves between the least and the highest; a gap stays a gap. */
static void recent(void)
{
    struct vgru *model = fit(1, 2);
    size_t count;
    double *values = telemetry_healthy(4, 60), *windows = telemetry_windows(values, 60, 1, &count);
    double last[64], one[64], three[64], all[64], more[64];
    CU_ASSERT_FATAL(count <= 64);
    windows[5 * SIZE] = NAN;
    vgru_score(model, windows, count, NULL, last);
    vgru_score_recent(model, windows, count, 1, one);
    vgru_score_recent(model, windows, count, 3, three);
    vgru_score_recent(model, windows, count, TELEMETRY_LENGTH, all);
    vgru_score_recent(model, windows, count, 1000, more);
    for (size_t i = 0; i < count; i++) {
        if (i == 5) {
            CU_ASSERT(isnan(one[i]) && isnan(three[i]) && isnan(all[i]));
            continue;
        }
        CHECK_NEAR(one[i], last[i], 1e-12);
        CHECK_NEAR(more[i], all[i], 1e-12);
        CU_ASSERT(three[i] >= last[i] / 3 && three[i] < (last[i] + 2) / 3 && all[i] >= 3 * three[i] / 12);
    }
    vgru_score_recent(model, windows, 0, 3, one);
    free(windows);
    free(values);
    vgru_free(model);
}

static void extremes(void)
{
    static const double hard[] = {INFINITY, -INFINITY, DBL_MAX, -DBL_MAX, 1e-310, 1e30, 0};
    struct vgru *model = fit(1, 2);
    double window[SIZE], score, last, raw;
    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) {
        for (int j = 0; j < SIZE; j++)
            window[j] = hard[(i + (size_t)j * (size_t)(i % 2)) % 7];
        vgru_score(model, window, 1, &score, &last);
        CU_ASSERT(score >= 0 && score < 1 && last >= 0 && last < 1);
        vgru_score_raw(model, window, 1, &raw, NULL);
        CU_ASSERT(isfinite(raw));
        CU_ASSERT(hard[i] == 0 || score > 0.3);
    }
    /* a gap anywhere, and the windows beside it are scored all the same */
    double *values = telemetry_healthy(9, 40), whole[29], newest[29], gap[29], newest_gap[29];
    size_t count;
    double *windows = telemetry_windows(values, 40, 1, &count);
    CU_ASSERT_EQUAL(count, 29);
    vgru_score(model, windows, count, whole, newest);
    values[20 * TELEMETRY_WIDTH + 2] = NAN; /* in windows 9 to 20 */
    free(windows);
    windows = telemetry_windows(values, 40, 1, &count);
    vgru_score(model, windows, count, gap, newest_gap);
    for (size_t i = 0; i < count; i++) {
        bool missing = i >= 9 && i <= 20;
        CU_ASSERT(missing ? isnan(gap[i]) && isnan(newest_gap[i])
                          : fabs(gap[i] - whole[i]) < 1e-5 && fabs(newest_gap[i] - newest[i]) < 1e-5);
    }
    free(windows);
    free(values);
    vgru_free(model);
}

/* Windows with gaps are left out of training; dimensions that never change, or have a huge level, do no harm. */
static void odd_training(void)
{
    struct vgru_settings settings = vgru_defaults();
    struct vgru *model;
    size_t count;
    double *values = telemetry_healthy(2, 400);
    for (size_t i = 0; i < 400; i++) {
        values[i * TELEMETRY_WIDTH] = 0;
        values[i * TELEMETRY_WIDTH + 1] = 7;
        values[i * TELEMETRY_WIDTH + 3] = 1e300 * (double)(i % 2);
    }
    values[100 * TELEMETRY_WIDTH] = NAN; /* 12 windows */
    values[200 * TELEMETRY_WIDTH] = INFINITY;
    double *windows = telemetry_windows(values, 400, 1, &count);
    settings.epochs = 2;
    CU_ASSERT_EQUAL(vgru_fit(&model, windows, count, &settings), 0);
    CU_ASSERT_EQUAL(vgru_trained(model).left_out, 24);
    CU_ASSERT_EQUAL(vgru_trained(model).windows, count - 24);
    CU_ASSERT(isfinite(vgru_trained(model).last_elbo));
    double one[SIZE], before, after;
    memcpy(one, windows, sizeof one);
    vgru_score_raw(model, one, 1, NULL, &before);
    one[SIZE - 3] = 21; /* 7 all along, and now three times that */
    vgru_score_raw(model, one, 1, NULL, &after);
    CU_ASSERT(after > before + 1);
    vgru_free(model);

    for (size_t i = 0; i < count * SIZE; i++)
        windows[i] = 3; /* nothing ever changes */
    CU_ASSERT_EQUAL(vgru_fit(&model, windows, count, &settings), 0);
    vgru_score(model, windows, 1, &before, NULL);
    CU_ASSERT(before >= 0 && before <= 0.3);
    vgru_free(model);
    free(windows);
    free(values);
}

static void saves(void)
{
    struct vgru *model = fit(4, 2), *loaded;
    const char *path = weir_test_file("vgru.model", "");
    size_t count;
    CU_ASSERT_EQUAL(vgru_save(model, path), 0);
    CU_ASSERT_EQUAL_FATAL(vgru_load(&loaded, path), 0);
    double *before = some_scores(model, &count), *after = some_scores(loaded, &count);
    CU_ASSERT(!memcmp(before, after, 2 * count * sizeof *before));
    CU_ASSERT_EQUAL(vgru_settings_of(loaded)->seed, 4);
    CU_ASSERT_EQUAL(vgru_settings_of(loaded)->rate, vgru_settings_of(model)->rate);
    CU_ASSERT_EQUAL(vgru_trained(loaded).windows, 0);
    free(before);
    free(after);
    vgru_free(loaded);
    vgru_free(model);

    CU_ASSERT_EQUAL(vgru_load(&loaded, weir_test_file("text", "a,b\n1,2\n")), WEIR_EINPUT);
    CU_ASSERT_PTR_NULL(loaded);
    CHECK_MESSAGE("text: is not a model file");
    struct nn_file other = {0};
    nn_file_put_text(&other, "kind", "forecaster gru");
    CU_ASSERT_EQUAL(nn_file_save(&other, path), 0);
    CU_ASSERT_EQUAL(vgru_load(&loaded, path), WEIR_EINPUT);
    CHECK_MESSAGE("vgru.model: the file holds a \"forecaster gru\", not a \"detector vgru\"");
    nn_file_fini(&other);
    double wrong[16] = {-5, NAN, 1e300};
    nn_file_put_text(&other, "kind", "detector vgru");
    nn_file_put_doubles(&other, "settings", 1, 16, wrong);
    CU_ASSERT_EQUAL(nn_file_save(&other, path), 0);
    CU_ASSERT_EQUAL(vgru_load(&loaded, path), WEIR_EINPUT);
    CHECK_MESSAGE("vgru.model: detector vgru: length is 0; it must be 2 to 1000");
    nn_file_fini(&other);
}

static void refuses(void)
{
    static const struct {
        struct vgru_settings change; /* what is not 0 */
        const char *message;
    } rows[] = {
        {{.length = 1}, "detector vgru: length is 1; it must be 2 to 1000"},
        {{.width = -4}, "width is -4; it must be 1 to 10000"},
        {{.components = 1000}, "components is 1000; it must be 1 to 100"},
        {{.rate = 2}, "rate is 2; it must be above 0 and up to 1"},
        {{.lambda_to = -1}, "lambda_to is -1; it must be above 0"},
        {{.validation = 1}, "validation is 1; it must be 0 to 0.9"},
        {{.low_quantile = 0.999}, "low_quantile is 0.999; it must be from 0 and below high_quantile"},
        {{.eta = 1}, "eta is 1; it must be above 0 and below 1"},
    };
    static const double zero[20 * SIZE];
    struct vgru *model;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vgru_settings settings = vgru_defaults();
        const struct vgru_settings *change = &rows[i].change;
        settings.length = change->length ? change->length : settings.length;
        settings.width = change->width ? change->width : settings.width;
        settings.components = change->components ? change->components : settings.components;
        settings.rate = change->rate != 0 ? change->rate : settings.rate;
        settings.lambda_to = change->lambda_to != 0 ? change->lambda_to : settings.lambda_to;
        settings.validation = change->validation != 0 ? change->validation : settings.validation;
        settings.low_quantile = change->low_quantile != 0 ? change->low_quantile : settings.low_quantile;
        settings.eta = change->eta != 0 ? change->eta : settings.eta;
        CU_ASSERT_EQUAL(vgru_fit(&model, zero, 20, &settings), WEIR_EINPUT);
        CU_ASSERT_PTR_NULL(model);
        CHECK_MESSAGE(rows[i].message);
    }
    struct vgru_settings settings = vgru_defaults();
    CU_ASSERT_EQUAL(vgru_fit(&model, zero, 1, &settings), WEIR_EINPUT);
    CHECK_MESSAGE("detector vgru: 1 of 1 windows of 12 samples have no gap, and training needs 2 at least; give it a "
                  "longer healthy time or shorter windows");
    double gap[2 * SIZE] = {0};
    gap[5] = gap[2 * SIZE - 1] = NAN;
    CU_ASSERT_EQUAL(vgru_fit(&model, gap, 2, &settings), WEIR_EINPUT);
    CHECK_MESSAGE("0 of 2 windows");
    CU_ASSERT_EQUAL(vgru_fit(&model, NULL, 0, &settings), WEIR_EINPUT);
    CHECK_MESSAGE("0 of 0 windows");
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"bound rises", bound_rises},
                                             {"finds anomalies", finds_anomalies},
                                             {"repeats", repeats},
                                             {"alone", alone},
                                             {"recent", recent},
                                             {"extremes", extremes},
                                             {"odd training", odd_training},
                                             {"saves", saves},
                                             {"refuses", refuses},
                                             {0}};
    return weir_test_main("learn/detect/vgru", cases, argc, argv);
}
