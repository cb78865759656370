/* What is particular to the neural kinds: divergence, fine-tuning, bad parameters, files. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/catalog.h"
#include "policies/learn/forecast/forecaster.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/test.h"

#define COUNT  300
#define PERIOD 25

static const struct forecaster_env env = {
    .step_s = 60, .season_s = 60 * PERIOD, .seed = 5, .catalog = forecaster_catalog};

/* A wave of a certain mean and height. */
static void wave(double *values, double mean, double height, int from)
{
    for (int i = 0; i < COUNT; i++)
        values[i] = mean + height * sin(2 * M_PI * (from + i) / PERIOD);
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

static const char *const small[] = {"gru:hidden=16:epochs=30:dropout=0",
                                    "gru:hidden=16:epochs=30:layers=1:reset=before",
                                    "cnn:channels=16:epochs=30:dropout=0", "mlp:epochs=60"};

/* Over the next period; relative to the height of the wave. */
static double error_of(struct forecaster *made, const double *values, size_t seen)
{
    double mean[PERIOD], sum = 0;
    CU_ASSERT_EQUAL(forecaster_predict(made, PERIOD, mean, NULL), 0);
    for (int i = 0; i < PERIOD; i++)
        sum += fabs(mean[i] - values[seen + (size_t)i]) / 20;
    return sum / PERIOD;
}

/* A wave without noise goes on, also many steps ahead, where forecasts are made from forecasts. */
static void learns(void)
{
    double values[COUNT];
    wave(values, 100, 20, 0);
    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        struct forecaster *made = make(small[i]);
        CU_ASSERT_EQUAL(forecaster_fit(made, values, COUNT - PERIOD), 0);
        double error = error_of(made, values, COUNT - PERIOD);
        if (!(error < 0.2))
            printf("%s: mean error %g of the height\n", small[i], error);
        CU_ASSERT(error < 0.2); /* the mean of the wave has 2 / pi = 0.64 */
        forecaster_free(made);
    }
}

/* Mean error one step ahead over the values from `seen` on, which it is told. */
static double step_error(struct forecaster *made, const double *values, int seen)
{
    double mean, sum = 0;
    for (int i = seen; i < COUNT; i++) {
        CU_ASSERT_EQUAL(forecaster_predict(made, 1, &mean, NULL), 0);
        CU_ASSERT_EQUAL(forecaster_push(made, values[i]), 0);
        sum += fabs(mean - values[i]) / (COUNT - seen);
    }
    return sum;
}

/* The load changes its shape: fine-tuned to the new one it is better than without. */
static void tunes(void)
{
    double values[COUNT], changed[COUNT];
    wave(values, 100, 20, 0);
    wave(changed, 100, 20, 0);
    for (int i = 0; i < COUNT; i++)
        changed[i] = 200 - changed[i] + 8 * sin(4 * M_PI * i / PERIOD); /* upside down, and of another shape */
    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        char *text = weir_format("%s:tune_epochs=40", small[i]);
        struct forecaster *made = make(text);
        CU_ASSERT_EQUAL(forecaster_fit(made, values, COUNT), 0);
        for (int k = 0; k < COUNT - PERIOD; k++)
            CU_ASSERT_EQUAL(forecaster_push(made, changed[k]), 0);
        double before = step_error(made, changed, COUNT - PERIOD);
        CU_ASSERT_EQUAL(forecaster_tune(made, changed, COUNT - PERIOD), 0);
        double after = step_error(made, changed, COUNT - PERIOD);
        if (!(after < 0.7 * before))
            printf("%s: tuned from %g to %g\n", small[i], before, after);
        CU_ASSERT(after < 0.7 * before);
        forecaster_free(made);
        free(text);
    }
}

static void diverges(void)
{
    static const char *const wild[] = {"gru:rate=1e9:hidden=8", "cnn:rate=1e9:channels=8"};
    double values[COUNT], mean[3];
    wave(values, 100, 20, 0);
    for (size_t i = 0; i < sizeof wild / sizeof *wild; i++) {
        struct forecaster *made = make(wild[i]);
        int code = forecaster_fit(made, values, COUNT);
        if (code == 0) /* weights that are finite and useless: the forecast is refused */
            code = forecaster_predict(made, 3, mean, NULL);
        CU_ASSERT_EQUAL(code, WEIR_ERUN);
        if (!strstr(weir_error_message(), "diverged"))
            printf("%s: \"%s\"\n", wild[i], weir_error_message());
        CU_ASSERT_PTR_NOT_NULL(strstr(weir_error_message(), "diverged"));
        CHECK_MESSAGE(forecaster_kind_of(made)->name);
        forecaster_free(made);
    }
}

static void parameters(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"cnn:window=6", "nothing is left of a window of 6 after 2 blocks of kernel 3"},
        {"gru:hiden=3", "hiden"},
        {"gru:layers=9", "layers"},
        {"gru:reset=during", "reset"},
        {"mlp:dropout=1", "dropout"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct forecaster *made;
        CU_ASSERT_EQUAL(forecaster_make_text(&env, rows[i].text, &made), WEIR_EINPUT);
        CHECK_MESSAGE(rows[i].message);
    }
}

/* More work for more values, layers and units; a GRU forecast of 24 steps and 2 x 64 units is 0.89 million
 * multiply-adds. */
static void costs(void)
{
    struct forecaster *made = make("gru");
    struct forecaster_cost cost = forecaster_cost(made, 124, 2);
    CHECK_NEAR(cost.predict_flops / (2 * 2 * 0.89e6), 1, 0.01);
    CHECK_NEAR(cost.fit_flops, 3 * 10 * 100 * cost.predict_flops / 2, 1);
    forecaster_free(made);
    /* mlp: 10 units of 8 inputs, and their sum: 2 * 10 * 9 */
    made = make("mlp");
    CHECK_NEAR(forecaster_cost(made, 100, 1).predict_flops, 180, 0);
    forecaster_free(made);
    /* cnn: 22 x 64 outputs of 3 inputs, 9 x 64 of 192, and 256 inputs of the unit */
    made = make("cnn");
    CHECK_NEAR(forecaster_cost(made, 100, 1).predict_flops, 2.0 * (22 * 64 * 3 + 9 * 64 * 192 + 256), 0);
    forecaster_free(made);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"learns", learns},         {"tunes", tunes}, {"diverges", diverges},
                                             {"parameters", parameters}, {"costs", costs}, {0}};
    return weir_test_main("learn/forecast/neural", cases, argc, argv);
}
