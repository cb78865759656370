/* The kind "transfer": what sources are worth, and what fine-tuning is when a load changes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/catalog.h"
#include "policies/learn/forecast/forecaster.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "tests/support/test.h"

enum { SOURCE = 1000, COUNT = 1200, KNOWN = 72 };

static struct forecaster_env env = {.step_s = 60, .seed = 3, .catalog = forecaster_catalog};

/* A wave with a harmonic, of a certain level, height, period, phase and noise. */
static double value_at(int t, double level, double height, double period, double phase, struct weir_stream *noise)
{
    double s = sin(2 * M_PI * t / period + phase) + 0.4 * sin(8 * M_PI * t / period + 2 * phase);
    return level + height * (s + 0.1 * weir_stream_normal(noise, 0, 1));
}

/* Three sources as files: one of the period of 48 that the target has, two of others. The names, by comma; owned. */
static char *write_sources(void)
{
    static const double periods[] = {19, 48, 31};
    struct weir_text list = {0};
    for (int i = 0; i < 3; i++) {
        struct weir_text text = {0};
        struct weir_stream noise = weir_stream_open(1, "source");
        char name[32];
        weir_text_add(&text, "time,value\n");
        for (int t = 0; t < SOURCE; t++)
            weir_text_addf(&text, "%d,%.6f\n", 60 * t, value_at(t, 5000, 900, periods[i], 0.3, &noise));
        snprintf(name, sizeof name, "source-%d.csv", i);
        weir_text_addf(&list, "%s%s", i ? "," : "", weir_test_file(name, weir_text_string(&text)));
        weir_text_fini(&text);
    }
    return list.data;
}

static struct forecaster *make(const char *text)
{
    struct forecaster *made;
    int code = forecaster_make_text(&env, text, &made);
    if (code)
        printf("%s\n", weir_error_message());
    CU_ASSERT_EQUAL_FATAL(code, 0);
    return made;
}

/* Fits to the first values and goes on; the mean error one step ahead over the values from..to. */
static double walk(struct forecaster *made, const double *values, int from, int to)
{
    double mean, sum = 0;
    CU_ASSERT_EQUAL(forecaster_fit(made, values, KNOWN), 0);
    for (int i = KNOWN; i < to; i++) {
        CU_ASSERT_EQUAL(forecaster_predict(made, 1, &mean, NULL), 0);
        CU_ASSERT_EQUAL(forecaster_push(made, values[i]), 0);
        sum += i < from ? 0 : fabs(mean - values[i]);
    }
    return sum / (to - from);
}

/* Of 72 known values and other loads, against the 72 values alone. */
static void sources(void)
{
    double values[400];
    struct weir_stream noise = weir_stream_open(2, "target");
    for (int t = 0; t < 400; t++)
        values[t] = value_at(t, 100, 10, 48, 1.1, &noise);
    char *list = write_sources(), *text = weir_format("transfer:sources=%s:epochs=15:quantile=0:drift=0", list);
    struct forecaster *with = make(text), *without = make("transfer:drift=0");
    double brought = walk(with, values, KNOWN, 400), alone = walk(without, values, KNOWN, 400);
    if (!(brought < 0.9 * alone))
        printf("with sources %g, without %g\n", brought, alone);
    CU_ASSERT(brought < 0.9 * alone);
    char *about = forecaster_describe(with);
    CU_ASSERT_PTR_NOT_NULL(strstr(about, "1 of 3 sources learnt"));
    free(about);
    forecaster_free(with);
    forecaster_free(without);
    free(text);
    free(list);
}

/* Where every source is too far, the series is learnt as if there were none. */
static void rejects(void)
{
    double values[200];
    struct weir_stream noise = weir_stream_open(2, "target");
    for (int t = 0; t < 200; t++)
        values[t] = value_at(t, 100, 10, 48, 1.1, &noise);
    char *list = write_sources(), *text = weir_format("transfer:sources=%s:within=0.001:quantile=1:drift=0", list);
    struct forecaster *with = make(text), *without = make("transfer:drift=0");
    CHECK_NEAR(walk(with, values, KNOWN, 200), walk(without, values, KNOWN, 200), 0);
    char *about = forecaster_describe(with);
    CU_ASSERT_PTR_NOT_NULL(strstr(about, "0 of 3 sources learnt"));
    free(about);
    forecaster_free(with);
    forecaster_free(without);
    free(text);
    free(list);
}

/* After 300 values the level doubles and the shape is another. Over the end, when it had time to learn: fine-tuned on
 * drift against not. A run without a change calls none. */
static void regime(void)
{
    double values[COUNT];
    struct weir_stream noise = weir_stream_open(2, "target");
    for (int t = 0; t < COUNT; t++)
        values[t] = t < 300 ? value_at(t, 100, 10, 48, 1.1, &noise) : value_at(t, 200, 30, 36, 0.2, &noise);
    struct forecaster *adapted = make("transfer"), *fixed = make("transfer:drift=0");
    double with = walk(adapted, values, 900, COUNT), without = walk(fixed, values, 900, COUNT);
    if (!(with < 0.7 * without))
        printf("adapted %g, not adapted %g\n", with, without);
    CU_ASSERT(with < 0.7 * without);
    char *about = forecaster_describe(fixed);
    CU_ASSERT_PTR_NOT_NULL(strstr(about, "drift called 0 times"));
    free(about);
    about = forecaster_describe(adapted);
    CU_ASSERT_PTR_NULL(strstr(about, "drift called 0 times"));
    free(about);
    forecaster_free(adapted);
    forecaster_free(fixed);
}

/* A run of the net: 24 steps of 16 kernels of 3 and of 3 x 24 units on 16 and 24 numbers, and 24 at the end; sources of
 * 1000 values, two of three, 5 passes alone and 5 of both; 40 passes over 80 % of the series. */
static void costs(void)
{
    const double once = 24 * 2.0 * (16 * 3 + 3 * 24 * (16 + 24)) + 2 * 24;
    char *list = write_sources(), *text = weir_format("transfer:sources=%s", list);
    struct forecaster *made = make(text);
    struct forecaster_cost cost = forecaster_cost(made, 100, 7);
    CHECK_NEAR(cost.predict_flops, 7 * once, 0);
    CHECK_NEAR(cost.push_flops, once, 0);
    CHECK_NEAR(cost.fit_flops, 3 * once * (2 * 1000 * 5 * 3 + 0.8 * 100 * 40), 1);
    forecaster_free(made);
    free(text);
    free(list);
}

static void refuses(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"transfer:sources=no/such.csv", "sources: no/such.csv: "},
        {"transfer:sources=%s", "values are too few for a window of 24; leave it out"},
        {"transfer:quantile=2", "quantile"},
    };
    const char *path = weir_test_file("tiny.csv", "time,value\n0,1\n60,2\n120,3\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct forecaster *made;
        char *text = i == 1 ? weir_format("transfer:sources=%s", path) : weir_copy(rows[i].text);
        CU_ASSERT_EQUAL(forecaster_make_text(&env, text, &made), WEIR_EINPUT);
        CHECK_MESSAGE(rows[i].message);
        free(text);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"sources", sources}, {"rejects", rejects}, {"regime", regime},
                                             {"costs", costs},     {"refuses", refuses}, {0}};
    return weir_test_main("learn/forecast/transfer", cases, argc, argv);
}
