/* Every kind of the catalogue through the same cases: whatever the series, its forecasts are finite, or an error names
 * it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "tests/support/test.h"

#define COUNT   240
#define SEASON  24
#define HORIZON 30

static struct forecaster *make(const struct forecaster_kind *kind)
{
    static const struct forecaster_env env = {
        .step_s = 3600, .season_s = SEASON * 3600, .seed = 7, .catalog = forecaster_catalog};
    struct forecaster *made;
    char text[100];
    bool trained = false; /* a kind trained in epochs gets two: it is not its quality that is looked at here */
    for (const struct weir_param *p = kind->params; p && p->name; p++)
        trained |= strcmp(p->name, "epochs") == 0;
    snprintf(text, sizeof text, "%s%s", kind->name, trained ? ":epochs=2" : "");
    CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&env, text, &made), WEIR_OK);
    return made;
}

/* A daily wave of mean 100 with some noise. */
static double *wave(void)
{
    double *values = weir_alloc(COUNT + HORIZON, sizeof *values);
    struct weir_stream stream = weir_stream_open(3, "wave");
    for (int i = 0; i < COUNT + HORIZON; i++)
        values[i] = 100 + 30 * sin(2 * M_PI * i / SEASON) + weir_stream_normal(&stream, 0, 2);
    return values;
}

/* Fits, forecasts, learns on; fails unless all is finite. The last forecast's mean of means is returned. */
static double run(const struct forecaster_kind *kind, const double *values, size_t fitted, size_t count)
{
    double mean[HORIZON], spread[HORIZON], sum = 0;
    struct forecaster *made = make(kind);
    int code = forecaster_fit(made, values, fitted);
    for (size_t i = fitted; i <= count && code == WEIR_OK; i++) {
        code = forecaster_predict(made, HORIZON, mean, spread);
        if (code == WEIR_OK && i < count)
            code = forecaster_push(made, values[i]);
    }
    if (code != WEIR_OK)
        printf("%s: %s\n", kind->name, weir_error_message());
    CU_ASSERT_EQUAL(code, WEIR_OK);
    for (int h = 0; h < HORIZON && code == WEIR_OK; h++) {
        CU_ASSERT(isfinite(mean[h]) && isfinite(spread[h]) && spread[h] >= 0);
        sum += mean[h] / HORIZON;
    }
    forecaster_free(made);
    return sum;
}

static void well_formed(void)
{
    for (const struct forecaster_kind *const *k = forecaster_catalog; *k; k++) {
        const struct forecaster_kind *kind = *k;
        CU_ASSERT(kind->fit && kind->push && kind->predict && kind->summary && kind->source);
        CU_ASSERT_EQUAL(!kind->save, !kind->load);
        if (kind->params)
            CU_ASSERT_EQUAL(weir_param_check(kind->params, kind->state_size), WEIR_OK);
        for (const struct weir_param *p = kind->params; p && p->name; p++)
            CU_ASSERT(strcmp(p->name, "name") != 0 && strcmp(p->name, "outliers") != 0);
        CU_ASSERT_PTR_EQUAL(forecaster_find(forecaster_catalog, kind->name), kind);
        struct forecaster *made = make(kind);
        forecaster_free(made); /* created, never fitted */
        made = make(kind);
        struct forecaster_cost cost = forecaster_cost(made, 1000, 10);
        CU_ASSERT(cost.fit_flops >= 0 && cost.push_flops >= 0 && cost.predict_flops >= 0);
        CU_ASSERT(forecaster_need(made) >= 1 && forecaster_need(made) <= COUNT);
        forecaster_free(made);
    }
}

static void usual(void)
{
    double *values = wave();
    for (const struct forecaster_kind *const *k = forecaster_catalog; *k; k++) {
        double mean = run(*k, values, COUNT, COUNT + HORIZON);
        CU_ASSERT(mean > 50 && mean < 150);
    }
    free(values);
}

static void flat(void)
{
    static const double levels[] = {0, 250, 1e-9, 1e12};
    double values[COUNT + HORIZON];
    for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
        for (int i = 0; i < COUNT + HORIZON; i++)
            values[i] = levels[l];
        for (const struct forecaster_kind *const *k = forecaster_catalog; *k; k++) {
            double mean = run(*k, values, COUNT, COUNT + HORIZON);
            CHECK_NEAR(mean, levels[l], 0.01 * levels[l] + 1e-9);
            if (fabs(mean - levels[l]) > 0.01 * levels[l] + 1e-9)
                printf("%s at %g\n", (*k)->name, levels[l]);
        }
    }
}

/* A constant that jumps after it was fitted: forecasts stay finite. */
static void jump(void)
{
    double values[COUNT + HORIZON];
    for (int i = 0; i < COUNT + HORIZON; i++)
        values[i] = i < COUNT ? 5 : 500;
    for (const struct forecaster_kind *const *k = forecaster_catalog; *k; k++)
        run(*k, values, COUNT, COUNT + HORIZON);
}

static void outlier(void)
{
    double *values = wave();
    values[COUNT / 2] = 1e6; /* while fitted */
    for (const struct forecaster_kind *const *k = forecaster_catalog; *k; k++)
        run(*k, values, COUNT, COUNT + HORIZON);
    values[COUNT / 2] = 100;
    values[COUNT + 3] = 1e6; /* while it runs */
    for (const struct forecaster_kind *const *k = forecaster_catalog; *k; k++)
        run(*k, values, COUNT, COUNT + HORIZON);
    free(values);
}

static void gaps(void)
{
    double *values = wave();
    for (int i = 0; i < COUNT + HORIZON; i += 7)
        values[i] = NAN;
    for (int i = 50; i < 70; i++)
        values[i] = NAN;
    for (const struct forecaster_kind *const *k = forecaster_catalog; *k; k++) {
        double mean = run(*k, values, COUNT, COUNT + HORIZON);
        CU_ASSERT(mean > 50 && mean < 150);
    }
    free(values);
}

/* As short as it says it bears, and one value less. */
static void shortest(void)
{
    double *values = wave();
    for (const struct forecaster_kind *const *k = forecaster_catalog; *k; k++) {
        struct forecaster *made = make(*k);
        size_t need = forecaster_need(made);
        double mean;
        CU_ASSERT_EQUAL(forecaster_fit(made, values, need - 1), WEIR_EINPUT);
        CHECK_MESSAGE((*k)->name);
        forecaster_free(made);
        made = make(*k);
        int code = forecaster_fit(made, values, need);
        if (code == WEIR_OK)
            code = forecaster_predict(made, 1, &mean, NULL);
        if (code != WEIR_OK)
            printf("%s: %s\n", (*k)->name, weir_error_message());
        CU_ASSERT_EQUAL(code, WEIR_OK);
        forecaster_free(made);
    }
    free(values);
}

/* The same seed and series: the same forecasts, also after a detour over another series, and asked twice. */
static void deterministic(void)
{
    double *values = wave(), first[HORIZON], second[HORIZON], longer[2 * HORIZON];
    for (const struct forecaster_kind *const *k = forecaster_catalog; *k; k++) {
        struct forecaster *one = make(*k), *other = make(*k);
        CU_ASSERT_EQUAL(forecaster_fit(other, values + 30, COUNT - 30), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_push(other, 3), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_fit(one, values, COUNT), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_fit(other, values, COUNT), WEIR_OK);
        for (int i = 0; i < 5; i++) {
            CU_ASSERT_EQUAL(forecaster_push(one, values[COUNT + i]), WEIR_OK);
            CU_ASSERT_EQUAL(forecaster_push(other, values[COUNT + i]), WEIR_OK);
        }
        CU_ASSERT_EQUAL(forecaster_predict(one, 2 * HORIZON, longer, NULL), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_predict(one, HORIZON, first, NULL), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_predict(other, HORIZON, second, NULL), WEIR_OK);
        if (memcmp(first, second, sizeof first) != 0 || memcmp(first, longer, sizeof first) != 0)
            printf("%s differs\n", (*k)->name);
        CU_ASSERT(memcmp(first, second, sizeof first) == 0);
        CU_ASSERT(memcmp(first, longer, sizeof first) == 0);
        forecaster_free(one);
        forecaster_free(other);
    }
    free(values);
}

/* Saved and loaded: goes on as if nothing had happened. */
static void saved(void)
{
    static const struct forecaster_env env = {.season_s = SEASON * 3600, .seed = 7, .catalog = forecaster_catalog};
    double *values = wave(), first[HORIZON], second[HORIZON], spread[HORIZON], spread_too[HORIZON];
    for (const struct forecaster_kind *const *k = forecaster_catalog; *k; k++) {
        struct forecaster *one = make(*k), *other;
        const char *path = weir_test_file("model.weir", "");
        CU_ASSERT_EQUAL(forecaster_fit(one, values, COUNT - 10), WEIR_OK);
        for (int i = COUNT - 10; i < COUNT; i++)
            CU_ASSERT_EQUAL(forecaster_push(one, values[i]), WEIR_OK);
        if (!(*k)->save && !(*k)->kept) {
            CU_ASSERT_EQUAL(forecaster_save(one, path), WEIR_EINPUT);
            CHECK_MESSAGE("this kind cannot be saved");
            forecaster_free(one);
            continue;
        }
        CU_ASSERT_EQUAL(forecaster_save(one, path), WEIR_OK);
        int code = forecaster_load(&env, path, &other);
        if (code != WEIR_OK)
            printf("%s: %s\n", (*k)->name, weir_error_message());
        CU_ASSERT_EQUAL_FATAL(code, WEIR_OK);
        for (int i = 0; i < 5; i++) {
            CU_ASSERT_EQUAL(forecaster_push(one, values[COUNT + i]), WEIR_OK);
            CU_ASSERT_EQUAL(forecaster_push(other, values[COUNT + i]), WEIR_OK);
        }
        CU_ASSERT_EQUAL(forecaster_predict(one, HORIZON, first, spread), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_predict(other, HORIZON, second, spread_too), WEIR_OK);
        CU_ASSERT(memcmp(first, second, sizeof first) == 0);
        CU_ASSERT(memcmp(spread, spread_too, sizeof spread) == 0);
        CU_ASSERT_EQUAL(forecaster_fit(one, values + 7, COUNT - 7), WEIR_OK); /* and learns another series as well */
        CU_ASSERT_EQUAL(forecaster_fit(other, values + 7, COUNT - 7), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_predict(one, HORIZON, first, NULL), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_predict(other, HORIZON, second, NULL), WEIR_OK);
        CU_ASSERT(memcmp(first, second, sizeof first) == 0);
        forecaster_free(one);
        forecaster_free(other);
    }
    free(values);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"well formed", well_formed},
        {"usual", usual},
        {"flat", flat},
        {"jump", jump},
        {"outlier", outlier},
        {"gaps", gaps},
        {"shortest", shortest},
        {"deterministic", deterministic},
        {"saved", saved},
        {0},
    };
    return weir_test_main("learn/forecast/conformance", cases, argc, argv);
}
