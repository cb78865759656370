/* The checks that hold for all kinds, tried on kinds that do what they should not. */
#include <math.h>
#include <stdlib.h>

#include "policies/learn/forecast/catalog.h"
#include "sim/base/error.h"
#include "tests/support/test.h"

/* A kind that forecasts whatever its parameter says, after the values it has seen. */
struct odd {
    double mean, spread;
    int what;
    double last;
};
enum { GOOD, NOT_A_NUMBER, TOO_LARGE, NEGATIVE, NEGATIVE_SPREAD, NO_SPREAD, FAILS, FAILS_TO_FIT, FAILS_TO_LEARN };
static const char *const whats[] = {"good",      "nan",   "large",        "negative",       "negative-spread",
                                    "no-spread", "fails", "fails-to-fit", "fails-to-learn", NULL};
static const struct weir_param params[] = {
    WEIR_PARAM("what", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, offsetof(struct odd, what), "good", 0, 0, whats,
               "what it does"),
    {0},
};

static int create(void *state, const struct forecaster_env *env)
{
    CU_ASSERT_STRING_EQUAL(env->stream, "forecast");
    CHECK_NEAR(env->season_s, 86400, 0);
    return WEIR_OK;
}

static size_t need(const void *state)
{
    return 3;
}

static int fit(void *state, const double *values, size_t count)
{
    struct odd *self = state;
    for (size_t i = 0; i < count; i++)
        CU_ASSERT(isfinite(values[i]));
    self->last = values[count - 1];
    return self->what == FAILS_TO_FIT ? weir_error(WEIR_ERUN, "no minimum") : WEIR_OK;
}

static int push(void *state, double value)
{
    struct odd *self = state;
    CU_ASSERT(isfinite(value));
    self->last = value;
    return self->what == FAILS_TO_LEARN ? weir_error(WEIR_ERUN, "no room") : WEIR_OK;
}

static int predict(void *state, size_t horizon, double *mean, double *spread)
{
    const struct odd *self = state;
    for (size_t i = 0; i < horizon; i++) {
        mean[i] = self->last;
        spread[i] = 1;
    }
    size_t end = horizon - 1;
    if (self->what == NOT_A_NUMBER)
        mean[end] = NAN;
    else if (self->what == TOO_LARGE)
        mean[end] = 1e6;
    else if (self->what == NEGATIVE)
        mean[end] = -1;
    else if (self->what == NEGATIVE_SPREAD)
        spread[end] = -1;
    else if (self->what == NO_SPREAD)
        spread[end] = NAN;
    return self->what == FAILS ? weir_error(WEIR_ERUN, "lost its way") : WEIR_OK;
}

static const struct forecaster_kind odd = {
    .name = "odd",
    .summary = "",
    .source = "",
    .state_size = sizeof(struct odd),
    .params = params,
    .create = create,
    .need = need,
    .fit = fit,
    .push = push,
    .predict = predict,
};
static const struct forecaster_kind *const catalog[] = {&odd, NULL};
static const struct forecaster_env env = {.step_s = 60, .catalog = catalog};

static struct forecaster *make(const char *text)
{
    struct forecaster *made;
    CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&env, text, &made), WEIR_OK);
    return made;
}

static const double series[] = {10, 20, 30, 20, 10};

static void refuses_results(void)
{
    static const struct {
        const char *text, *message;
        int code;
    } rows[] = {
        {"odd:what=nan", "forecaster odd: it diverged: step 4 of its forecast is nan, and the largest value seen is 30",
         WEIR_ERUN},
        {"odd:what=large", "odd: it diverged: step 4 of its forecast is 1e+06, and the largest value seen is 30",
         WEIR_ERUN},
        {"odd:what=negative-spread", "forecaster odd: it diverged: the spread of step 4 of its forecast is -1",
         WEIR_ERUN},
        {"odd:what=fails", "forecaster odd: lost its way", WEIR_ERUN},
    };
    double mean[4], spread[4];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct forecaster *made = make(rows[i].text);
        CU_ASSERT_EQUAL(forecaster_fit(made, series, 5), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_predict(made, 4, mean, spread), rows[i].code);
        CHECK_MESSAGE(rows[i].message);
        CU_ASSERT_EQUAL(forecaster_predict(made, 4, mean, NULL), rows[i].code);
        CHECK_MESSAGE(rows[i].message);
        CU_ASSERT_EQUAL(forecaster_push(made, NAN), WEIR_OK); /* its forecast fails: the last value stands in */
        CU_ASSERT_EQUAL(forecaster_counts(made).filled, 1);
        forecaster_free(made);
    }
    struct forecaster *made = make("odd:what=negative");
    CU_ASSERT_EQUAL(forecaster_fit(made, series, 5), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_predict(made, 4, mean, spread), WEIR_OK);
    CHECK_NEAR(mean[3], 0, 0); /* no value was negative: nor is a forecast */
    CU_ASSERT_EQUAL(forecaster_counts(made).raised, 1);
    CU_ASSERT_EQUAL(forecaster_push(made, -1), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_predict(made, 4, mean, spread), WEIR_OK);
    CHECK_NEAR(mean[3], -1, 0);
    forecaster_free(made);
}

static void refuses_input(void)
{
    double mean[1];
    struct forecaster *made = make("odd");
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, mean, NULL), WEIR_EINPUT);
    CHECK_MESSAGE("forecaster odd: it must be fitted to a series first");
    CU_ASSERT_EQUAL(forecaster_push(made, 1), WEIR_EINPUT);
    CHECK_MESSAGE("forecaster odd: it must be fitted to a series first");
    CU_ASSERT_EQUAL(forecaster_fit(made, series, 2), WEIR_EINPUT);
    CHECK_MESSAGE("forecaster odd: the series has 2 values, and it needs 3; give a longer series or a smaller window");
    CU_ASSERT_EQUAL(forecaster_fit(made, (double[]){1, 2, INFINITY}, 3), WEIR_EINPUT);
    CHECK_MESSAGE("forecaster odd: value 3 of the series is infinite; leave it out");
    CU_ASSERT_EQUAL(forecaster_fit(made, (double[]){NAN, NAN, NAN}, 3), WEIR_EINPUT);
    CHECK_MESSAGE("forecaster odd: the series has no value at all");
    CU_ASSERT_EQUAL(forecaster_fit(made, series, 5), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_push(made, -INFINITY), WEIR_EINPUT);
    CHECK_MESSAGE("forecaster odd: the new value is infinite");
    CU_ASSERT_EQUAL(forecaster_predict(made, 0, mean, NULL), WEIR_EINPUT);
    CHECK_MESSAGE("a horizon of 0 steps; it must be 1 to 10000");
    CU_ASSERT_EQUAL(forecaster_predict(made, 10001, mean, NULL), WEIR_EINPUT);
    CHECK_MESSAGE("a horizon of 10001 steps");
    CU_ASSERT_EQUAL(forecaster_fit(made, series, 2), WEIR_EINPUT); /* and with it all before is gone */
    weir_error_clear();
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, mean, NULL), WEIR_EINPUT);
    CHECK_MESSAGE("it must be fitted");
    forecaster_free(made);

    made = make("odd:what=fails-to-fit");
    CU_ASSERT_EQUAL(forecaster_fit(made, series, 5), WEIR_ERUN);
    CHECK_MESSAGE("forecaster odd: no minimum");
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, mean, NULL), WEIR_EINPUT);
    CHECK_MESSAGE("it must be fitted");
    forecaster_free(made);
    made = make("odd:what=fails-to-learn");
    CU_ASSERT_EQUAL(forecaster_fit(made, series, 5), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_push(made, 1), WEIR_ERUN);
    CHECK_MESSAGE("forecaster odd: no room");
    forecaster_free(made);
}

static void gaps(void)
{
    double mean;
    struct forecaster *made = make("odd");
    CU_ASSERT_EQUAL(forecaster_fit(made, (double[]){10, NAN, 30, NAN}, 4), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_counts(made).filled, 2);
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, &mean, NULL), WEIR_OK);
    CHECK_NEAR(mean, 30, 0);
    CU_ASSERT_EQUAL(forecaster_push(made, 40), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_push(made, NAN), WEIR_OK); /* its forecast, 40, stands in */
    CU_ASSERT_EQUAL(forecaster_counts(made).filled, 3);
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, &mean, NULL), WEIR_OK);
    CHECK_NEAR(mean, 40, 0);
    forecaster_free(made);
}

static void seen_spread(void)
{
    double mean[2], spread[2];
    struct forecaster *made = make("odd:what=no-spread");
    CU_ASSERT_EQUAL(forecaster_fit(made, series, 5), WEIR_OK); /* steps of 10 */
    CU_ASSERT_EQUAL(forecaster_predict(made, 2, mean, spread), WEIR_OK);
    CHECK_NEAR(spread[0], 1, 0);               /* the kind's own */
    CHECK_NEAR(spread[1], 10 * sqrt(2), 1e-9); /* nothing seen: that of the last value */
    for (int i = 0; i < 10; i++) {
        CU_ASSERT_EQUAL(forecaster_predict(made, 2, mean, spread), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_push(made, i % 2 ? 13 : 10), WEIR_OK); /* two steps on: the value of the forecast */
    }
    CU_ASSERT_EQUAL(forecaster_predict(made, 2, mean, spread), WEIR_OK);
    CHECK_NEAR(spread[1], 0, 1e-9 + 3 / sqrt(9)); /* one of the nine was made from the fitted 10 */
    CU_ASSERT(spread[1] < 1.01);
    forecaster_free(made);
}

static void outliers(void)
{
    double values[40], mean;
    for (int i = 0; i < 40; i++)
        values[i] = 100 + i % 5; /* median 102, distances' median 1: bounds 102 +- 6 * 1.4826 */
    values[30] = 1e6;
    struct forecaster *made = make("odd:outliers=6");
    CU_ASSERT_EQUAL(forecaster_fit(made, values, 31), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_counts(made).clipped, 1);
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, &mean, NULL), WEIR_OK);
    CHECK_NEAR(mean, 102 + 6 * 1.4826, 1e-9);
    for (int i = 0; i < 30; i++)
        CU_ASSERT_EQUAL(forecaster_push(made, 1000), WEIR_OK); /* a new level, believed after 13 more or so */
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, &mean, NULL), WEIR_OK);
    CHECK_NEAR(mean, 1000, 0);
    CU_ASSERT(forecaster_counts(made).clipped > 10 && forecaster_counts(made).clipped < 16);
    forecaster_free(made);

    made = make("odd"); /* kept as they are by default */
    CU_ASSERT_EQUAL(forecaster_fit(made, values, 31), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_predict(made, 1, &mean, NULL), WEIR_OK);
    CHECK_NEAR(mean, 1e6, 0);
    CU_ASSERT_EQUAL(forecaster_counts(made).clipped, 0);
    forecaster_free(made);
}

static void slots(void)
{
    static const struct {
        const char *json, *message; /* NULL: right */
    } rows[] = {
        {"{\"f\": \"odd\"}", NULL},
        {"{\"f\": {\"name\": \"odd\", \"what\": \"nan\", \"outliers\": 5}}", NULL},
        {"{\"f\": \"od\"}", "s.json: f: there is no forecaster \"od\"; did you mean \"odd\"? (weir list forecasters)"},
        {"{\"f\": {\"name\": \"arimax\"}}", "s.json: f.name: there is no forecaster \"arimax\"; see weir list"},
        {"{\"f\": {\"what\": \"nan\"}}", "s.json: f: the key \"name\" is missing; add it"},
        {"{\"f\": {\"name\": 1}}", "s.json: f.name: expected a string"},
        {"{\"f\": {\"name\": \"odd\", \"wat\": 1}}", "s.json: f: unknown key \"wat\"; did you mean \"what\"?"},
        {"{\"f\": {\"name\": \"odd\", \"what\": \"x\"}}", "s.json: f.what: unknown value \"x\""},
        {"{\"f\": {\"name\": \"odd\", \"outliers\": -1}}", "s.json: f.outliers: -1 is negative"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct weir_json_doc *doc;
        struct forecaster *made;
        CU_ASSERT_EQUAL_FATAL(weir_json_parse(rows[i].json, "s.json", &doc), WEIR_OK);
        struct weir_json root = weir_json_root(doc), slot;
        CU_ASSERT(weir_json_get(&root, "f", &slot));
        CU_ASSERT_EQUAL(forecaster_make(&env, &slot, &made), rows[i].message ? WEIR_EINPUT : WEIR_OK);
        if (rows[i].message) {
            CHECK_MESSAGE(rows[i].message);
            CU_ASSERT_PTR_NULL(made);
        }
        forecaster_free(made);
        weir_json_free(doc);
    }
    struct forecaster *made;
    CU_ASSERT_EQUAL(forecaster_make_text(&env, "odd:what", &made), WEIR_EINPUT);
    CHECK_MESSAGE("forecaster odd: \"what\" is not KEY=VALUE, as in linear:window=12");
    CU_ASSERT_EQUAL(forecaster_make_text(&env, "od:what=nan", &made), WEIR_EINPUT);
    CHECK_MESSAGE("there is no forecaster \"od\"; did you mean \"odd\"?");
    CU_ASSERT_EQUAL(forecaster_make_text(&env, "", &made), WEIR_EINPUT);
    CHECK_MESSAGE("there is no forecaster");
    CU_ASSERT_EQUAL(forecaster_make_text(&env, "a\"b\\", &made), WEIR_EINPUT);
    CHECK_MESSAGE("there is no forecaster");
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"refuses results", refuses_results},
        {"refuses input", refuses_input},
        {"gaps", gaps},
        {"seen spread", seen_spread},
        {"outliers", outliers},
        {"slots", slots},
        {0},
    };
    return weir_test_main("learn/forecast/checks", cases, argc, argv);
}
