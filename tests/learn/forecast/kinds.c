/* Each kind on cases that can be reckoned by hand. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/catalog.h"
#include "sim/base/error.h"
#include "tests/support/test.h"

/* Made, and fitted to the values; a season of 4 steps. */
static struct forecaster *fitted(const char *text, const double *values, size_t count)
{
    static const struct forecaster_env env = {.step_s = 10, .season_s = 40, .seed = 1, .catalog = forecaster_catalog};
    struct forecaster *made;
    int code = forecaster_make_text(&env, text, &made);
    if (code == WEIR_OK)
        code = forecaster_fit(made, values, count);
    if (code != WEIR_OK)
        printf("%s\n", weir_error_message());
    CU_ASSERT_EQUAL_FATAL(code, WEIR_OK);
    return made;
}

static void forecasts(struct forecaster *made, const double *wanted, const double *spreads, size_t horizon,
                      double tolerance)
{
    double mean[64], spread[64];
    CU_ASSERT_EQUAL(forecaster_predict(made, horizon, mean, spread), WEIR_OK);
    for (size_t i = 0; i < horizon; i++) {
        CHECK_NEAR(mean[i], wanted[i], tolerance);
        if (spreads)
            CHECK_NEAR(spread[i], spreads[i], tolerance);
    }
}

static void last(void)
{
    /* steps 2 -2 2: root mean square 2 */
    struct forecaster *made = fitted("last", (double[]){1, 3, 1, 3}, 4);
    forecasts(made, (double[]){3, 3}, (double[]){2, 2 * sqrt(2)}, 2, 1e-12);
    forecaster_push(made, 7);
    forecasts(made, (double[]){7}, NULL, 1, 0);
    forecaster_free(made);
}

static void seasonal(void)
{
    /* one season of 4, repeated with 3 more: the differences are all 3 */
    struct forecaster *made = fitted("seasonal", (double[]){1, 2, 3, 4, 4, 5, 6, 7}, 8);
    forecasts(made, (double[]){4, 5, 6, 7, 4}, (double[]){3, 3, 3, 3, 3 * sqrt(2)}, 5, 1e-12);
    forecaster_push(made, 9);
    forecasts(made, (double[]){5, 6, 7, 9, 5}, NULL, 5, 0);
    forecaster_free(made);
    made = fitted("seasonal:period=20s", (double[]){1, 2, 3, 4}, 4); /* two steps */
    forecasts(made, (double[]){3, 4, 3}, (double[]){2, 2, 2 * sqrt(2)}, 3, 1e-12);
    forecaster_free(made);
    made = fitted("seasonal", (double[]){6, 6, 8, 8}, 4); /* one season only: the spread is that of the last value */
    forecasts(made, (double[]){6, 6}, (double[]){2 / sqrt(3), 2 * sqrt(2. / 3)}, 2, 1e-12);
    forecaster_free(made);
}

static void moving_average(void)
{
    /* errors of the mean of the two before: 4-1.5, 8-3 -> sqrt((6.25+25)/2) */
    struct forecaster *made = fitted("moving-average:length=2", (double[]){1, 2, 4, 8}, 4);
    double deviation = sqrt(31.25 / 2), weight = 2. / 3;
    forecasts(made, (double[]){6, 6}, (double[]){deviation, deviation * sqrt(1 + weight * weight)}, 2, 1e-12);
    forecaster_push(made, 10);
    forecasts(made, (double[]){9}, NULL, 1, 1e-12);
    forecaster_free(made);

    /* 0 3 6 0 3 6 ...: the mean of any three is 3, of two or four is further off; 3, 6, 9 are equal, the first wins */
    double values[60];
    for (int i = 0; i < 60; i++)
        values[i] = 100 + 3 * (i % 3);
    made = fitted("moving-average:longest=10", values, 60);
    char *text = forecaster_describe(made);
    CU_ASSERT_STRING_EQUAL(text, "length 3");
    free(text);
    forecasts(made, (double[]){103}, NULL, 1, 1e-12);
    forecaster_free(made);
}

/* y_t = 0.5 y_(t-1) + 0.25 y_(t-2) + 10 without noise: the weights are found, and so is every step ahead. */
static void linear(void)
{
    double values[60];
    values[0] = 100;
    values[1] = 80;
    for (int i = 2; i < 60; i++)
        values[i] = 0.5 * values[i - 1] + 0.25 * values[i - 2] + 10;
    struct forecaster *made = fitted("linear:window=2:ridge=1e-12:seasonal=false", values, 10);
    forecasts(made, values + 10, NULL, 20, 1e-4);
    for (int i = 10; i < 40; i++)
        forecaster_push(made, values[i]);
    forecasts(made, values + 40, NULL, 20, 1e-4);
    forecaster_free(made);

    /* alternating 0 and 2, window 1: standardised -1 and 1, weight -1/(1 + ridge); with a ridge of 1, -1/2:
     * after 2 (standardised 1) comes -1/2, which is 0.5. 41 values, 40 samples; the constant is 0 by symmetry up to
     * 1/41. */
    for (int i = 0; i < 41; i++)
        values[i] = i % 2 ? 0 : 2;
    made = fitted("linear:window=1:ridge=1:seasonal=false", values, 41);
    forecasts(made, (double[]){0.5, 1.25}, NULL, 2, 0.05);
    forecaster_free(made);
}

/* A season that a window of two cannot see: 9 at every fourth step, else pseudo-random digits of no pattern below 4. */
static void linear_seasonal(void)
{
    static const int digits[] = {3, 1, 4, 1, 2, 2, 3, 2, 1, 3, 0, 4, 2, 2, 3, 3, 1, 2};
    double values[64];
    for (int i = 0; i < 64; i++)
        values[i] = i % 8 == 7 ? 90 : digits[i * 5 % 18];
    struct forecaster *made = fitted("linear:window=2:period=80s", values, 63);
    char *text = forecaster_describe(made);
    CU_ASSERT_STRING_EQUAL(text, "5 lags, three of them 8 steps back");
    free(text);
    double mean;
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, &mean, NULL), WEIR_OK);
    CU_ASSERT(mean > 80 && mean < 100);
    forecaster_free(made);
    made = fitted("linear:window=2:period=80s:seasonal=false", values, 63);
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, &mean, NULL), WEIR_OK);
    CU_ASSERT(mean < 50);
    forecaster_free(made);
    made = fitted("linear:window=2:period=320s", values, 63); /* less than two seasons: left out */
    text = forecaster_describe(made);
    CU_ASSERT_STRING_EQUAL(text, "2 lags");
    free(text);
    forecaster_free(made);
}

/* The spread of an autoregression of weight w: sigma sqrt(1 + w^2 + w^4 ...). */
static void linear_spread(void)
{
    double values[400], mean[3], spread[3];
    unsigned noise = 1;
    values[0] = 0;
    for (int i = 1; i < 400; i++) {
        noise = noise * 1103515245 + 12345;
        values[i] = 0.6 * values[i - 1] + (noise >> 16 & 1 ? 1 : -1);
    }
    struct forecaster *made = fitted("linear:window=1:seasonal=false", values, 400);
    CU_ASSERT_EQUAL(forecaster_predict(made, 3, mean, spread), WEIR_OK);
    CHECK_NEAR(spread[0], 1, 0.02);
    double ratio = spread[1] / spread[0], weight = sqrt(ratio * ratio - 1);
    CHECK_NEAR(weight, 0.6, 0.1);
    CHECK_NEAR(spread[2] / spread[0], sqrt(1 + pow(weight, 2) + pow(weight, 4)), 1e-9);
    forecaster_free(made);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"last", last},
        {"seasonal", seasonal},
        {"moving average", moving_average},
        {"linear", linear},
        {"linear, seasonal", linear_seasonal},
        {"linear, spread", linear_spread},
        {0},
    };
    return weir_test_main("learn/forecast/kinds", cases, argc, argv);
}
