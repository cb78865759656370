/* Forecasters that know the same: run at once as one by one, taught as one, apart again when one learns alone. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/catalog.h"
#include "policies/learn/forecast/forecaster.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/test.h"

enum { COUNT = 150, PERIOD = 25, STEPS = 12, MANY = 101 };

static const struct forecaster_env env = {
    .step_s = 60, .season_s = 60 * PERIOD, .seed = 5, .catalog = forecaster_catalog, .ahead = 5};

static const char *const kinds[] = {"gru:hidden=12:epochs=6", "gru:hidden=9:layers=1:epochs=6:reset=before:ahead=1",
                                    "cnn:channels=8:epochs=6", "mlp:epochs=6"};

static struct forecaster *make(const char *text)
{
    struct forecaster *made;
    CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&env, text, &made), WEIR_OK);
    return made;
}

static void wave(double *values, double mean, double height, int from)
{
    for (int i = 0; i < COUNT; i++)
        values[i] = mean + height * sin(2 * M_PI * (from + i) / PERIOD);
}

static struct forecaster *twin(const struct forecaster *of)
{
    struct forecaster *made;
    CU_ASSERT_EQUAL_FATAL(forecaster_twin(&env, of, &made), WEIR_OK);
    return made;
}

/* Twins that have seen different values since say the same, to the last bit, prepared or not, in whatever number of
 * rows. */
static void at_once_as_one_by_one(void)
{
    double values[COUNT], mean[2][STEPS];
    wave(values, 100, 20, 0);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct forecaster *made = make(kinds[i]), *prepared[MANY], *alone[MANY];
        CU_ASSERT_EQUAL(forecaster_fit(made, values, COUNT), WEIR_OK);
        CU_ASSERT(forecaster_shares(made));
        for (int k = 0; k < MANY; k++) {
            prepared[k] = twin(made);
            alone[k] = twin(made);
            for (int n = 0; n < k % 7; n++) {
                CU_ASSERT_EQUAL(forecaster_push(prepared[k], 90 + k + 3 * n), WEIR_OK);
                CU_ASSERT_EQUAL(forecaster_push(alone[k], 90 + k + 3 * n), WEIR_OK);
            }
        }
        forecaster_prepare(prepared, MANY, STEPS);
        double last = NAN;
        for (int k = 0; k < MANY; k++) {
            CU_ASSERT_EQUAL(forecaster_predict(prepared[k], STEPS, mean[0], NULL), WEIR_OK);
            CU_ASSERT_EQUAL(forecaster_predict(alone[k], STEPS, mean[1], NULL), WEIR_OK);
            CU_ASSERT_EQUAL(memcmp(mean[0], mean[1], sizeof mean[0]), 0);
            CU_ASSERT(k % 7 == 0 || mean[0][0] != last); /* each its own */
            last = mean[0][0];
            /* what was prepared is not said again once another value has come */
            CU_ASSERT_EQUAL(forecaster_push(prepared[k], 140), WEIR_OK);
            CU_ASSERT_EQUAL(forecaster_push(alone[k], 140), WEIR_OK);
            CU_ASSERT_EQUAL(forecaster_predict(prepared[k], 3, mean[0], NULL), WEIR_OK);
            CU_ASSERT_EQUAL(forecaster_predict(alone[k], 3, mean[1], NULL), WEIR_OK);
            CU_ASSERT_EQUAL(memcmp(mean[0], mean[1], 3 * sizeof mean[0][0]), 0);
            forecaster_free(prepared[k]);
            forecaster_free(alone[k]);
        }
        forecaster_free(made);
    }
}

/* Two nets that know different things are asked at once: each says its own. */
static void each_its_own(void)
{
    double values[2][COUNT], mean[2][STEPS];
    struct forecaster *made[2], *alone[2];
    for (int k = 0; k < 2; k++) {
        wave(values[k], 100, 20 + 50 * k, 7 * k);
        made[k] = make(kinds[0]);
        CU_ASSERT_EQUAL(forecaster_fit(made[k], values[k], COUNT), WEIR_OK);
        alone[k] = twin(made[k]);
    }
    forecaster_prepare(made, 2, STEPS);
    for (int k = 0; k < 2; k++) {
        CU_ASSERT_EQUAL(forecaster_predict(made[k], STEPS, mean[0], NULL), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_predict(alone[k], STEPS, mean[1], NULL), WEIR_OK);
        CU_ASSERT_EQUAL(memcmp(mean[0], mean[1], sizeof mean[0]), 0);
        forecaster_free(alone[k]);
    }
    forecaster_free(made[0]);
    forecaster_free(made[1]);
}

/* b = 3 a + 7 is the same to a net that sees both from 0 to 1: the forecasts are each other's 3 times and 7 more. */
static void affine(struct forecaster *of_a, struct forecaster *of_b, bool same)
{
    double a[STEPS], b[STEPS], off = 0;
    CU_ASSERT_EQUAL(forecaster_predict(of_a, STEPS, a, NULL), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_predict(of_b, STEPS, b, NULL), WEIR_OK);
    for (int h = 0; h < STEPS; h++)
        off = fmax(off, fabs(b[h] - (3 * a[h] + 7)));
    CU_ASSERT_EQUAL(off < 1e-3, same);
}

/* Two loads of a shape are learnt as one. Then one learns alone, and the other knows what it knew. */
static void learn_as_one(void)
{
    double a[COUNT], b[COUNT], flat[COUNT], before[STEPS], after[STEPS];
    wave(a, 100, 20, 0);
    for (int i = 0; i < COUNT; i++) {
        b[i] = 3 * a[i] + 7;
        flat[i] = 42;
    }
    const struct forecaster_series series[] = {{a, COUNT}, {b, COUNT}, {flat, COUNT}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct forecaster *made[] = {make(kinds[i]), make(kinds[i]), make(kinds[i])};
        CU_ASSERT_EQUAL(forecaster_fit_together(made, series, 3, false), WEIR_OK);
        affine(made[0], made[1], true);
        CU_ASSERT_EQUAL(forecaster_predict(made[2], STEPS, after, NULL), WEIR_OK);
        for (int h = 0; h < STEPS; h++)
            CU_ASSERT_EQUAL(after[h], 42);
        CU_ASSERT_EQUAL(forecaster_fit_together(made, series, 2, true), WEIR_OK);
        affine(made[0], made[1], true);

        struct forecaster *late = make(kinds[i]), *again = twin(made[0]);
        CU_ASSERT_EQUAL(forecaster_join(late, made[0], &series[1]), WEIR_OK);
        affine(made[0], late, true);
        CU_ASSERT_EQUAL(forecaster_predict(made[1], STEPS, before, NULL), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_tune(made[0], flat, COUNT), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_tune(made[0], b, COUNT), WEIR_OK);
        affine(again, made[1], true);
        CU_ASSERT_EQUAL(forecaster_push(made[1], b[0]), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_push(late, b[0]), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_predict(made[1], STEPS, before, NULL), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_predict(late, STEPS, after, NULL), WEIR_OK);
        CU_ASSERT_EQUAL(memcmp(before, after, sizeof before), 0);
        for (int k = 0; k < 3; k++)
            forecaster_free(made[k]);
        forecaster_free(late);
        forecaster_free(again);
    }
}

/* Its mean error over the period after the series, in heights of the wave. */
static double error_of(struct forecaster *made, double mean, double height, int from)
{
    double said[PERIOD], sum = 0;
    CU_ASSERT_EQUAL(forecaster_predict(made, PERIOD, said, NULL), WEIR_OK);
    for (int i = 0; i < PERIOD; i++)
        sum += fabs(said[i] - mean - height * sin(2 * M_PI * (from + COUNT + i) / PERIOD)) / height;
    return sum / PERIOD;
}

/* Eight loads of one shape, in eight phases and heights: one net forecasts all of them, by far better than the mean of
 * the wave does (0.64 of its height), for the training that one of them takes. */
static void one_net_for_all(void)
{
    enum { LOADS = 8 };
    static double values[LOADS][COUNT];
    struct forecaster *made[LOADS];
    struct forecaster_series series[LOADS];
    for (int k = 0; k < LOADS; k++) {
        wave(values[k], 100 + 50 * k, 10 + 5 * k, 3 * k);
        made[k] = make("gru:hidden=16:layers=1:epochs=40:dropout=0");
        series[k] = (struct forecaster_series){values[k], COUNT};
    }
    CU_ASSERT_EQUAL(forecaster_fit_together(made, series, LOADS, false), WEIR_OK);
    for (int k = 0; k < LOADS; k++) {
        double error = error_of(made[k], 100 + 50 * k, 10 + 5 * k, 3 * k);
        if (!(error < 0.2))
            printf("load %d: %g\n", k, error);
        CU_ASSERT(error < 0.2);
        forecaster_free(made[k]);
    }
}

/* As many steps as the user asks for, no more than the net sees, and what was saved is what is loaded. */
static void taught_ahead(void)
{
    static const struct {
        const char *text;
        int ahead;
        size_t need; /* window + steps + 1 */
    } cases[] = {{"gru:window=8", 0, 10},
                 {"gru:window=8", 5, 14},
                 {"gru:window=8", 30, 17},
                 {"gru:window=8:ahead=2", 30, 11},
                 {"mlp:window=8", 3, 12}};
    double values[COUNT], mean[2][STEPS];
    struct forecaster *loaded, *made;
    wave(values, 100, 20, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct forecaster_env asks = env;
        asks.ahead = cases[i].ahead;
        CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&asks, cases[i].text, &made), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_need(made), cases[i].need);
        forecaster_free(made);
    }
    char *path = weir_format("%s/ahead.weir", weir_test_folder());
    made = make("mlp:epochs=3");
    CU_ASSERT_EQUAL(forecaster_fit(made, values, COUNT), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_save(made, path), WEIR_OK);
    struct forecaster_env other = env;
    other.ahead = 2;
    CU_ASSERT_EQUAL_FATAL(forecaster_load(&other, path, &loaded), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_predict(made, STEPS, mean[0], NULL), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_predict(loaded, STEPS, mean[1], NULL), WEIR_OK);
    CU_ASSERT_EQUAL(memcmp(mean[0], mean[1], sizeof mean[0]), 0);
    forecaster_free(made);
    forecaster_free(loaded);
    free(path);
}

static void refuses(void)
{
    double a[COUNT], mean[1];
    wave(a, 100, 20, 0);
    const struct forecaster_series series[] = {{a, COUNT}, {a, 10}};
    struct forecaster *made[] = {make(kinds[0]), make(kinds[0])}, *none;
    CU_ASSERT_EQUAL(forecaster_fit_together(made, series, 2, false), WEIR_EINPUT);
    CHECK_MESSAGE("the series has 10 values, and it needs 30");
    CU_ASSERT_EQUAL(forecaster_predict(made[0], 1, mean, NULL), WEIR_EINPUT);
    CU_ASSERT_EQUAL(forecaster_twin(&env, made[0], &none), WEIR_EINPUT);
    CHECK_MESSAGE("must be fitted");
    CU_ASSERT_PTR_NULL(none);
    forecaster_prepare(made, 2, 3); /* those that are not fitted are left out */
    forecaster_free(made[0]);
    forecaster_free(made[1]);
    made[0] = make("gru:hidden=8:rate=1e9");
    made[1] = make("gru:hidden=8:rate=1e9");
    const struct forecaster_series both[] = {{a, COUNT}, {a, COUNT}};
    int code = forecaster_fit_together(made, both, 2, false);
    if (code == WEIR_OK) /* weights that are finite and useless: the forecast is refused */
        code = forecaster_predict(made[1], STEPS, (double[STEPS]){0}, NULL);
    CU_ASSERT_EQUAL(code, WEIR_ERUN);
    CHECK_MESSAGE("diverged");
    forecaster_free(made[0]);
    forecaster_free(made[1]);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"at_once_as_one_by_one", at_once_as_one_by_one},
                                             {"each_its_own", each_its_own},
                                             {"learn_as_one", learn_as_one},
                                             {"one_net_for_all", one_net_for_all},
                                             {"taught_ahead", taught_ahead},
                                             {"refuses", refuses},
                                             {0}};
    return weir_test_main("learn/forecast/together", cases, argc, argv);
}
