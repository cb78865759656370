/* The forecaster "svr": the figures of Hu et al.'s experiment as the reference makes them, and its life. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/catalog.h"
#include "policies/learn/svr/svr.h"
#include "sim/base/csv.h"
#include "sim/base/error.h"
#include "tests/support/test.h"

enum { FIRST = 100, FORECASTS = 160 };

static struct forecaster *make(const char *text)
{
    struct forecaster *made;
    struct forecaster_env env = {.step_s = 60, .seed = 1, .catalog = forecaster_catalog};
    CU_ASSERT_FATAL(forecaster_make_text(&env, text, &made) == WEIR_OK);
    return made;
}

/* Mean absolute error of 160 forecasts one step ahead after a fit to the first 100 values. */
static double error_of(const char *text, const double *v)
{
    struct forecaster *forecaster = make(text);
    double sum = 0, mean;
    CU_ASSERT(forecaster_fit(forecaster, v, FIRST) == WEIR_OK);
    for (int t = FIRST; t < FIRST + FORECASTS; t++) {
        CU_ASSERT(forecaster_predict(forecaster, 1, &mean, NULL) == WEIR_OK);
        CU_ASSERT(forecaster_push(forecaster, v[t]) == WEIR_OK);
        sum += fabs(mean - v[t]);
    }
    forecaster_free(forecaster);
    return sum / FORECASTS;
}

/* svr_table.py, first segment of each series: C = 1; C = 10; C = 10 with weights 0.97^age; all tuned. */
static void reference(void)
{
    static const struct {
        const char *file;
        double from; /* timestamp of the first value taken */
        double mae[4];
    } series[] = {
        {"worldcup98/worldcup98_hourly.csv", 893973600, {6743.1382, 7611.5298, 8328.4919, 6667.4254}},
        {"worldcup98/worldcup98_minute.csv.gz", 893973600, {95.8771, 82.8329, 81.9219, 81.1067}},
        {"poland_load/poland_load_hourly_2019_2020_JanApr.csv", -INFINITY, {793.2658, 785.9168, 1102.2434, 372.4796}},
        {"darwin_slp/darwin_slp_monthly.csv", -INFINITY, {1.0334, 1.2814, 1.4243, 0.9251}}};
    static const char *const how[] = {"svr:c=1", "svr", "svr:ageing=exponential:rate=0.97", "svr:tune=all"};
    for (size_t s = 0; s < sizeof series / sizeof *series; s++) {
        char *path = weir_test_shared(series[s].file);
        struct weir_series read;
        if (!path)
            return;
        CU_ASSERT_FATAL(weir_series_read(path, NULL, NULL, &read) == WEIR_OK);
        size_t begin = 0;
        while (read.start_s + read.time_s[begin] < series[s].from)
            begin++;
        CU_ASSERT_FATAL(begin + FIRST + FORECASTS <= read.count);
        /* Tuning everything is slow; once is enough. */
        for (int h = 0; h < (s == 3 ? 4 : 3); h++)
            CHECK_NEAR(error_of(how[h], read.value + begin), series[s].mae[h], 1e-4 + 1e-6 * series[s].mae[h]);
        weir_series_fini(&read);
        free(path);
    }
}

static void daily(double *v, int count)
{
    for (int t = 0; t < count; t++)
        v[t] = 100 + 40 * sin(2 * 3.141592653589793 * t / 24) + 3 * sin(1.7 * t);
}

/* Several steps ahead it goes on from its own forecasts; the same as one step ahead with those pushed. */
static void steps_ahead(void)
{
    double v[200], ahead[6], spread[6], one, mean = 0;
    daily(v, 200);
    struct forecaster *forecaster = make("svr:gamma=1:eps=0.01");
    CU_ASSERT(forecaster_fit(forecaster, v, 194) == WEIR_OK);
    CU_ASSERT(forecaster_predict(forecaster, 6, ahead, spread) == WEIR_OK);
    CU_ASSERT(forecaster_predict(forecaster, 1, &one, NULL) == WEIR_OK);
    CHECK_NEAR(one, ahead[0], 0);
    for (int k = 0; k < 6; k++) {
        mean += fabs(ahead[k] - v[194 + k]) / 6;
        CU_ASSERT(spread[k] > 0);
    }
    CHECK_NEAR(mean, 0, 5); /* the swing is 80; the newest value going on is off by 30 */
    forecaster_free(forecaster);
}

/* Forward validation by its definition, without a thought of speed: the mean over blocks 2 to 5 of the mean square
 * error one step ahead of `values` values, each learnt on all blocks before, the first 24 values being lags only. */
static double validated_on(const double *z, int values, int lags, const struct svr_weights *weights, double gamma)
{
    enum { LAGS = 24, BLOCKS = 5 };
    double sum = 0;
    for (int block = 1; block < BLOCKS; block++) {
        int begin = LAGS + (values - LAGS) * block / BLOCKS, end = LAGS + (values - LAGS) * (block + 1) / BLOCKS;
        struct svr *svr =
            svr_new(&(struct svr_settings){.inputs = lags, .capacity = values, .gamma = gamma, .jitter = 1e-6});
        for (int t = LAGS; t < begin; t++)
            CU_ASSERT(svr_slide(svr, weights, z + t - lags, z[t]) == WEIR_OK);
        for (int t = begin; t < end; t++) {
            double off = svr_predict(svr, z + t - lags) - z[t];
            sum += off * off / (end - begin) / (BLOCKS - 1);
        }
        svr_free(svr);
    }
    return sum;
}

static double validated(const double *z, int lags, const struct svr_weights *weights, double gamma)
{
    return validated_on(z, 100, lags, weights, gamma);
}

/* What a fit says that it has chosen. */
struct said {
    int lags;
    struct svr_weights weights;
    double gamma;
};

static struct said said_of(struct forecaster *forecaster)
{
    struct said said = {.weights = {.ageing = SVR_UNIFORM, .rate = 1, .widest = 4}};
    static const char *const names[] = {"uniform", "exponential", "linear", "sigmoid"};
    char *text = forecaster_describe(forecaster), name[20] = "uniform";
    int got = sscanf(text, "%d lags, C %lf, eps %lf, gamma %lf, %*d samples, ageing %19s of rate %lf", &said.lags,
                     &said.weights.c, &said.weights.eps, &said.gamma, name, &said.weights.rate);
    CU_ASSERT(got == 4 || got == 6);
    for (int a = 0; a < 4; a++)
        if (strcmp(name, names[a]) == 0)
            said.weights.ageing = (enum svr_ageing)a;
    free(text);
    return said;
}

/* `tune` and `ageing` choose what brute force over the candidates finds least: on a load that swings, and on one that
 * becomes another, where old samples mislead and weights that fall with age are better. */
static void chooses_the_least(void)
{
    static const double cs[] = {1, 10, 100}, widths[] = {0.01, 0.03, 0.1}, gammas[] = {0.01, 0.05, 0.2, 1, 5, 20};
    static const int lags[] = {1, 2, 3, 4, 6, 8, 12, 24};
    static const struct svr_weights ages[] = {{SVR_UNIFORM, 0, 0, 1, 4},        {SVR_EXPONENTIAL, 0, 0, 0.99, 4},
                                              {SVR_EXPONENTIAL, 0, 0, 0.97, 4}, {SVR_EXPONENTIAL, 0, 0, 0.9, 4},
                                              {SVR_LINEAR, 0, 0, 0.1, 4},       {SVR_SIGMOID, 0, 0, 2, 4}};
    int aged = 0;
    for (int drifts = 0; drifts < 2; drifts++) {
        double v[120], z[100], low = INFINITY, high = -INFINITY, least = INFINITY;
        daily(v, 120);
        for (int t = 0; t < 120 && drifts; t++)
            v[t] = 60 + t + (t < 60 ? 25 * sin(t / 2.0) : 25 * cos(t / 1.3));
        for (int t = 0; t < 120; t++) {
            low = fmin(low, v[t]);
            high = fmax(high, v[t]);
        }
        for (int t = 0; t < 100; t++)
            z[t] = (v[20 + t] - low) / (high - low);
        struct forecaster *forecaster = make("svr:tune=all:ageing=tuned");
        CU_ASSERT(forecaster_fit(forecaster, v, 120) == WEIR_OK);
        struct said said = said_of(forecaster);
        forecaster_free(forecaster);
        for (int i = 0; i < 8 * 3 * 3 * 6; i++) {
            struct svr_weights plain = {SVR_UNIFORM, cs[i / 18 % 3], widths[i / 6 % 3], 1, 4};
            least = fmin(least, validated(z, lags[i / 54], &plain, gammas[i % 6]));
        }
        struct svr_weights of = said.weights;
        of.ageing = SVR_UNIFORM;
        CHECK_NEAR(validated(z, said.lags, &of, said.gamma), least, 1e-9 * least);
        double chosen = validated(z, said.lags, &said.weights, said.gamma);
        for (int a = 0; a < 6; a++) {
            of = ages[a];
            of.c = said.weights.c;
            of.eps = said.weights.eps;
            CU_ASSERT(chosen <= validated(z, said.lags, &of, said.gamma) * (1 + 1e-9));
        }
        aged += said.weights.ageing != SVR_UNIFORM;
    }
    CU_ASSERT(aged > 0);
}

/* Of the last values as many as are remembered say what is chosen, but 100 at least and 400 at most: brute force over
 * the lags. Each third of the series asks for other lags (12, 24, and 8 of all), so that another
 * number of values would choose otherwise. */
static void validates_on_what_it_remembers(void)
{
    enum { COUNT = 500 };
    static const int lags[] = {1, 2, 3, 4, 6, 8, 12, 24};
    static const struct {
        const char *text;
        int values;
    } cases[] = {{"svr:window=20:gamma=1", 100}, {"svr:window=240:gamma=1", 240}, {"svr:window=450:gamma=1", 400}};
    const struct svr_weights plain = {SVR_UNIFORM, 10, 0.1, 1, 4};
    double v[COUNT], z[COUNT];
    int chosen[3];
    for (int t = 0; t < COUNT; t++)
        v[t] = t < 260   ? 50 + 45 * sin(t * t / 11.0)
               : t < 410 ? 50 + 40 * (t % 6 < 2) + 10 * sin(1.3 * t)
                         : 50 + 40 * (t % 9 < 1);
    double low = INFINITY, high = -INFINITY;
    for (int t = 0; t < COUNT; t++) {
        low = fmin(low, v[t]);
        high = fmax(high, v[t]);
    }
    for (int t = 0; t < COUNT; t++)
        z[t] = (v[t] - low) / (high - low);
    for (int i = 0; i < 3; i++) {
        double least = INFINITY;
        int best = 0;
        for (int l = 0; l < 8; l++) {
            double error = validated_on(z + COUNT - cases[i].values, cases[i].values, lags[l], &plain, 1);
            best = error < least ? lags[l] : best;
            least = fmin(error, least);
        }
        struct forecaster *forecaster = make(cases[i].text);
        CU_ASSERT(forecaster_fit(forecaster, v, COUNT) == WEIR_OK);
        chosen[i] = said_of(forecaster).lags;
        CHECK_NEAR(chosen[i], best, 0);
        forecaster_free(forecaster);
    }
    CU_ASSERT(chosen[0] != chosen[1] && chosen[1] != chosen[2]); /* else it would say nothing */
}

static void saved_as(const char *text)
{
    double v[230], one[4], two[4];
    daily(v, 230);
    struct forecaster *forecaster = make(text), *again;
    struct forecaster_env env = {.step_s = 60, .seed = 1, .catalog = forecaster_catalog};
    const char *path = weir_test_file("svr.weir", "");
    CU_ASSERT(forecaster_fit(forecaster, v, 150) == WEIR_OK);
    CU_ASSERT(forecaster_save(forecaster, path) == WEIR_OK);
    CU_ASSERT_FATAL(forecaster_load(&env, path, &again) == WEIR_OK);
    for (int t = 150; t < 226; t++) {
        CU_ASSERT(forecaster_predict(forecaster, 4, one, NULL) == WEIR_OK);
        CU_ASSERT(forecaster_predict(again, 4, two, NULL) == WEIR_OK);
        for (int k = 0; k < 4; k++)
            CHECK_NEAR(two[k], one[k], 0); /* to the last bit */
        CU_ASSERT(forecaster_push(forecaster, v[t]) == WEIR_OK && forecaster_push(again, v[t]) == WEIR_OK);
    }
    forecaster_free(again);
    forecaster_free(forecaster);
}

static void saved(void)
{
    saved_as("svr:ageing=exponential");
    saved_as("svr:ageing=tuned");
}

static void bad_input(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {{"svr:rate=1.5:ageing=linear", "must not be above 1"},
                 {"svr:window=1", "window"},
                 {"svr:c=0", "c"},
                 {"svr:ageing=old", "ageing"}};
    struct forecaster *made;
    struct forecaster_env env = {.step_s = 60, .seed = 1, .catalog = forecaster_catalog};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CU_ASSERT(forecaster_make_text(&env, cases[i].text, &made) == WEIR_EINPUT);
        CHECK_MESSAGE(cases[i].message);
    }
    double v[120], mean;
    for (int t = 0; t < 120; t++)
        v[t] = 7;
    struct forecaster *forecaster = make("svr");
    CU_ASSERT(forecaster_fit(forecaster, v, 33) == WEIR_EINPUT); /* 24 lags and 5 blocks of 2 need 34 */
    CHECK_MESSAGE("svr");
    CU_ASSERT(forecaster_fit(forecaster, v, 120) == WEIR_OK); /* constant */
    CU_ASSERT(forecaster_push(forecaster, 1e6) == WEIR_OK);   /* an outlier */
    CU_ASSERT(forecaster_predict(forecaster, 1, &mean, NULL) == WEIR_OK);
    CU_ASSERT(isfinite(mean));
    forecaster_free(forecaster);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"reference", reference},
                                             {"steps_ahead", steps_ahead},
                                             {"chooses_the_least", chooses_the_least},
                                             {"saved", saved},
                                             {"bad_input", bad_input},
                                             {"validates_on_what_it_remembers", validates_on_what_it_remembers},
                                             {0}};
    return weir_test_main("learn/svr/forecast", cases, argc, argv);
}
