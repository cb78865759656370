/* Kinds whose parameters are searched for, on series that are made of what they look for. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/catalog.h"
#include "sim/base/error.h"
#include "sim/base/random.h"
#include "tests/support/test.h"

#define COUNT  600
#define SEASON 12

static const struct forecaster_env env = {.step_s = 60, .season_s = SEASON * 60, .catalog = forecaster_catalog};

static struct forecaster *fitted(const char *text, const double *values, size_t count)
{
    struct forecaster *made;
    int code = forecaster_make_text(&env, text, &made);
    if (code == WEIR_OK)
        code = forecaster_fit(made, values, count);
    if (code != WEIR_OK)
        printf("%s\n", weir_error_message());
    CU_ASSERT_EQUAL_FATAL(code, WEIR_OK);
    return made;
}

static void check_text(struct forecaster *made, const char *wanted)
{
    char *text = forecaster_describe(made);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, wanted));
    if (!strstr(text, wanted))
        printf("%s is not in %s\n", wanted, text);
    free(text);
}

/* A line under a wave, without noise: followed exactly. 5 + 0.5 t + 3 sin. */
static void holt_winters_exact(void)
{
    double values[COUNT], mean[30], spread[30];
    for (int i = 0; i < COUNT; i++)
        values[i] = 5 + 0.5 * i + 3 * sin(2 * M_PI * i / SEASON);
    struct forecaster *made = fitted("holt-winters:damped=false", values, 300);
    CU_ASSERT_EQUAL(forecaster_predict(made, 30, mean, spread), WEIR_OK);
    for (int h = 0; h < 30; h++)
        CHECK_NEAR(mean[h], values[300 + h], 0.05);
    check_text(made, "phi 1, season of 12 steps");
    forecaster_free(made);
    made = fitted("holt-winters:damped=false:seasonal=false", values, 300);
    check_text(made, "phi 1");
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, mean, spread), WEIR_OK);
    CHECK_NEAR(mean[0], values[300], 2);
    forecaster_free(made);
}

/* Under a constant with noise of deviation 2 the best weights are near 0: the spread is 2 at every horizon. */
static void holt_winters_noise(void)
{
    struct weir_stream stream = weir_stream_open(5, "noise");
    double values[COUNT], mean[20], spread[20];
    for (int i = 0; i < COUNT; i++)
        values[i] = 100 + weir_stream_normal(&stream, 0, 2);
    struct forecaster *made = fitted("holt-winters:seasonal=false", values, COUNT);
    CU_ASSERT_EQUAL(forecaster_predict(made, 20, mean, spread), WEIR_OK);
    CHECK_NEAR(mean[19], 100, 0.5);
    CHECK_NEAR(spread[0], 2, 0.2);
    CHECK_NEAR(spread[19], 2, 0.3);
    forecaster_free(made);
}

/* x_t = 0.8 x_(t-1) + e, e of deviation 1, about 50: forecasts fall back to 50 by 0.8 a step, and the spread grows to
 * 1 / sqrt(1 - 0.64) = 1.67. Estimates of 0.8 from 3000 values have an error of sqrt(0.36/3000) = 0.011. */
static void arima_autoregression(void)
{
    struct weir_stream stream = weir_stream_open(11, "noise");
    double values[3000], mean[50], spread[50];
    values[0] = 50;
    for (int i = 1; i < 3000; i++)
        values[i] = 50 + 0.8 * (values[i - 1] - 50) + weir_stream_normal(&stream, 0, 1);
    struct forecaster *made = fitted("arima:p=1:d=0:q=0", values, 3000);
    check_text(made, "order (1,0,0)");
    forecaster_push(made, 60);
    CU_ASSERT_EQUAL(forecaster_predict(made, 50, mean, spread), WEIR_OK);
    double phi = (mean[2] - mean[1]) / (mean[1] - mean[0]), level = mean[49];
    CHECK_NEAR(phi, 0.8, 0.035);
    CHECK_NEAR(level, 50, 0.3); /* the mean of 3000 such values has an error of 5/sqrt(3000) = 0.09 */
    CHECK_NEAR(mean[0], level + phi * (60 - level), 0.01);
    CHECK_NEAR(spread[0], 1, 0.04);
    CHECK_NEAR(spread[1], spread[0] * sqrt(1 + phi * phi), 1e-6);
    CHECK_NEAR(spread[49], spread[0] / sqrt(1 - phi * phi), 1e-3);
    forecaster_free(made);
}

/* A random walk with a drift of 0.5 and steps of deviation 0.1: one difference, and the drift goes on. */
static void arima_drift(void)
{
    struct weir_stream stream = weir_stream_open(12, "noise");
    double values[COUNT], mean[10], spread[10];
    values[0] = 0;
    for (int i = 1; i < COUNT; i++)
        values[i] = values[i - 1] + 0.5 + weir_stream_normal(&stream, 0, 0.1);
    struct forecaster *made = fitted("arima:p=0:q=0", values, COUNT);
    check_text(made, "order (0,1,0)");
    CU_ASSERT_EQUAL(forecaster_predict(made, 10, mean, spread), WEIR_OK);
    CHECK_NEAR(mean[9], values[COUNT - 1] + 5, 0.2); /* drift known to 0.1/sqrt(600) = 0.004 */
    CHECK_NEAR(spread[9] / spread[0], sqrt(10), 1e-9);
    CHECK_NEAR(spread[0], 0.1, 0.01);
    forecaster_free(made);
}

/* Orders are chosen: not fewer than the process has, and Akaike's criterion is no worse than that of the truth. */
static void arima_orders(void)
{
    struct weir_stream stream = weir_stream_open(13, "noise");
    double values[1000], last = 0, e = 0;
    for (int i = 0; i < 1000; i++) {
        double before = e;
        e = weir_stream_normal(&stream, 0, 1);
        last = 0.7 * last + e + 0.6 * before;
        values[i] = 100 + last;
    }
    struct forecaster *made = fitted("arima", values, 1000),
                      *quick = fitted("arima:likelihood=conditional", values, 1000);
    double mean, other;
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, &mean, NULL), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_predict(quick, 1, &other, NULL), WEIR_OK);
    CHECK_NEAR(mean, other, 0.1);
    char *text = forecaster_describe(made);
    CU_ASSERT(strncmp(text, "order (0,", 9) != 0 && strstr(text, ",0,") && !strstr(text, ",0,0)"));
    free(text);
    forecaster_free(made);
    forecaster_free(quick);
}

/* A bent line under a wave: 100 + t/10 up to step 300, then level; wave of 12 steps. */
static void prophet_line(void)
{
    double values[COUNT + 40], mean[40], spread[40];
    for (int i = 0; i < COUNT + 40; i++)
        values[i] = 100 + 0.1 * fmin(i, 300) + 5 * cos(2 * M_PI * i / SEASON);
    struct forecaster *made = fitted("prophet", values, COUNT);
    CU_ASSERT_EQUAL(forecaster_predict(made, 40, mean, spread), WEIR_OK);
    for (int h = 0; h < 40; h++) {
        CHECK_NEAR(mean[h], values[COUNT + h], 0.5);
        CU_ASSERT(spread[h] < 1);
    }
    check_text(made, "seasons of 84, 12 steps");
    /* it knows the time only: told nonsense, it says the same of a step as before */
    for (int i = 0; i < 10; i++)
        forecaster_push(made, 7);
    double later;
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, &later, NULL), WEIR_OK);
    CHECK_NEAR(later, mean[10], 1e-9);
    forecaster_free(made);

    made = fitted("prophet:refit=10min", values, COUNT); /* ten steps */
    for (int i = 0; i < 20; i++)
        forecaster_push(made, values[COUNT + i]);
    struct forecaster *anew = fitted("prophet", values, COUNT + 20);
    double wanted;
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, &later, NULL), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_predict(anew, 1, &wanted, NULL), WEIR_OK);
    CHECK_NEAR(later, wanted, 1e-9);
    forecaster_free(made);
    forecaster_free(anew);
}

/* A load that wanders, which the model knows nothing of: its own spreads have few of the values within, those that it
 * gives have 95 %, one step ahead and several, and after the wandering has become three times as fast. */
static void prophet_spreads(void)
{
    enum { TOLD = 3000, AHEAD = 5 };
    struct weir_stream stream = weir_stream_open(3, "wander");
    double values[COUNT + TOLD];
    int within[2][2] = {{0}};
    values[0] = 1e4;
    for (int i = 1; i < COUNT + TOLD; i++)
        values[i] = values[i - 1] + weir_stream_normal(&stream, 0, i < COUNT + TOLD / 2 ? 10 : 30);
    struct forecaster *made = fitted("prophet", values, COUNT);
    for (int i = 0; i < TOLD; i++) {
        double mean[AHEAD], spread[AHEAD];
        CU_ASSERT_EQUAL(forecaster_predict(made, AHEAD, mean, spread), WEIR_OK);
        for (int k = 0; k < 2 && i + AHEAD <= TOLD; k++) {
            int h = k ? AHEAD - 1 : 0;
            within[i >= TOLD / 2][k] += fabs(values[COUNT + i + h] - mean[h]) <= 1.96 * spread[h];
        }
        CU_ASSERT_EQUAL(forecaster_push(made, values[COUNT + i]), WEIR_OK);
    }
    for (int half = 0; half < 2; half++)
        for (int k = 0; k < 2; k++)
            CHECK_NEAR(within[half][k] / (TOLD / 2.0), 0.95, 0.03);
    forecaster_free(made);
}

/* The net that online regression is compared with ends at its error or after its cycles: [hu-2019] has 5000 or 0.005.
 */
static void net_with_a_goal(void)
{
    double values[COUNT], one[3], other[3];
    for (int i = 0; i < COUNT; i++)
        values[i] = 100 + 20 * sin(2 * M_PI * i / SEASON);
    struct forecaster *made = fitted("mlp:epochs=5000:goal=0.005", values, COUNT);
    char *text = forecaster_describe(made);
    double first = 0, last = 1;
    CU_ASSERT_EQUAL(sscanf(strchr(text, ','), ", mean squared error %lg in the first epoch, %lg in", &first, &last), 2);
    CU_ASSERT(last <= 0.005 && last > 1e-4); /* 5000 passes would be far below */
    free(text);
    forecaster_free(made);
    /* Reached at once: as one pass. */
    made = fitted("mlp:epochs=5000:goal=1000", values, COUNT);
    struct forecaster *once = fitted("mlp:epochs=1", values, COUNT);
    CU_ASSERT_EQUAL(forecaster_predict(made, 3, one, NULL), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_predict(once, 3, other, NULL), WEIR_OK);
    for (int h = 0; h < 3; h++)
        CU_ASSERT_EQUAL(one[h], other[h]);
    forecaster_free(made);
    forecaster_free(once);
}

/* A season that repeats itself: the seasonal forecaster makes no error and gets all the weight; a change to a constant
 * that only the last value follows takes it away again. */
static void ensemble_weights(void)
{
    double values[COUNT], mean[5];
    for (int i = 0; i < COUNT; i++)
        values[i] = 10 + (i % SEASON) * (i % SEASON);
    struct forecaster *made = fitted("ensemble:members=last+seasonal", values, COUNT);
    check_text(made, "last 0.00, seasonal 1.00");
    CU_ASSERT_EQUAL(forecaster_predict(made, 5, mean, NULL), WEIR_OK);
    for (int h = 0; h < 5; h++)
        CHECK_NEAR(mean[h], values[COUNT - SEASON + h], 1e-9);
    struct weir_stream stream = weir_stream_open(1, "walk");
    double value = 10;
    for (int i = 0; i < 1000; i++) {
        value += weir_stream_normal(&stream, 0, 1); /* a random walk: one step errs by 1, a season by sqrt(12) */
        CU_ASSERT_EQUAL(forecaster_push(made, value), WEIR_OK);
    }
    char *text = forecaster_describe(made);
    double weight = 0;
    CU_ASSERT_EQUAL(sscanf(text, "weights one step ahead: last %lf", &weight), 1);
    CU_ASSERT(weight > 0.75 && weight < 0.98); /* 12 / 13, had the season erred by its mean */
    free(text);
    forecaster_free(made);
}

static void ensemble_refuses(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"ensemble:members=last+lats",
         "forecaster ensemble: members: forecaster lats: name: there is no forecaster \"lats\""},
        {"ensemble:members=last+ensemble", "forecaster ensemble: members: an ensemble cannot be a member of one"},
        {"ensemble:members=", "forecaster ensemble: members: forecaster : name: there is no forecaster \"\""},
    };
    struct forecaster *made;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_EQUAL(forecaster_make_text(&env, rows[i].text, &made), WEIR_EINPUT);
        CHECK_MESSAGE(rows[i].message);
    }
}

/* A member that fails to fit, or diverges, is left out; where all do, the error says so. */
static int no_fit(void *state, const double *values, size_t count)
{
    return weir_error(WEIR_ERUN, "no fit");
}

static int keep(void *state, double value)
{
    return WEIR_OK;
}

static int no_number(void *state, size_t horizon, double *mean, double *spread)
{
    return WEIR_OK; /* leaves NaN */
}

static void ensemble_survives(void)
{
    static const struct forecaster_kind failing = {
        .name = "failing", .state_size = 1, .fit = no_fit, .push = keep, .predict = no_number};
    extern const struct forecaster_kind forecaster_last, forecaster_ensemble;
    static const struct forecaster_kind *const catalog[] = {&failing, &forecaster_last, &forecaster_ensemble, NULL};
    struct forecaster_env own = {.step_s = 60, .catalog = catalog};
    struct forecaster *made;
    double mean;
    CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&own, "ensemble:members=failing+last", &made), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_fit(made, (double[]){1, 2, 3, 4, 5, 6}, 6), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, &mean, NULL), WEIR_OK);
    CHECK_NEAR(mean, 6, 0);
    forecaster_free(made);
    CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&own, "ensemble:members=failing+failing", &made), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_fit(made, (double[]){1, 2, 3, 4, 5, 6}, 6), WEIR_ERUN);
    CHECK_MESSAGE("forecaster ensemble: all members failed, the last with: forecaster failing: no fit");
    forecaster_free(made);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"holt-winters, exact", holt_winters_exact},
        {"holt-winters, noise", holt_winters_noise},
        {"arima, autoregression", arima_autoregression},
        {"arima, drift", arima_drift},
        {"arima, orders", arima_orders},
        {"prophet, line", prophet_line},
        {"prophet, spreads", prophet_spreads},
        {"a net with a goal", net_with_a_goal},
        {"ensemble, weights", ensemble_weights},
        {"ensemble, refuses", ensemble_refuses},
        {"ensemble, survives", ensemble_survives},
        {0},
    };
    return weir_test_main("learn/forecast/kinds_fitted", cases, argc, argv);
}
