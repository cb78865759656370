/* The neural kinds on the series of published.h, one step ahead over the last fifth, five seeds each, against what
 * other implementations of the same nets reach with the same inputs and settings (PyTorch, 3 to 10 seeds). The bounds
 * are two standard errors about their means, and the least and the largest single seed. */
#include <stdio.h>

#include "policies/learn/forecast/catalog.h"
#include "policies/learn/forecast/evaluate.h"
#include "sim/base/error.h"
#include "tests/learn/forecast/published.h"

#define SEEDS 5

struct expected {
    const char *forecaster;
    bool taxi;
    double least_mean, largest_mean; /* of the SMAPE over the seeds, % */
    double least, largest;           /* of a seed */
};

static const struct expected expectations[] = {
    {"gru", false, 2.65, 2.79, 2.50, 2.95},
    {"gru", true, 0.36, 0.48, 0.25, 0.59},
    {"gru:rate=0.001", false, 2.65, 2.79, 2.50, 2.95},
    {"gru:rate=0.001", true, 0.36, 0.71, 0.27, 0.79},
    {"cnn", false, 2.90, 3.05, 2.74, 3.21},
    {"cnn", true, 1.2, 1.9, 0.4, 2.68},
    {"gru:reset=before:rate=0.001", false, 2.65, 2.79, 2.50, 2.95}, /* as good as its sister */
    {"mlp", false, 2.5, 3.36, 2.5, 3.36},                           /* better than the last value */
};

/* SMAPE in % of one seed; the noise is of the series, the seed that of the net. */
static double smape_of(const struct expected *expected, const double *values, size_t count, unsigned long long seed,
                       double *fit_s)
{
    struct forecaster_env env = {.step_s = 300, .seed = seed, .catalog = forecaster_catalog};
    struct forecaster_trial trial = {.values = values, .count = count, .train = count * 4 / 5, .horizon = 1};
    struct forecaster_result result;
    struct forecaster *made;
    double smape = NAN;
    int code = forecaster_make_text(&env, expected->forecaster, &made);
    if (code == 0)
        code = forecaster_try(made, &trial, &result);
    if (code == 0) {
        smape = result.measures[0].smape;
        *fit_s += result.fit_s / SEEDS;
        forecaster_result_fini(&result);
    } else {
        printf("%s: %s\n", expected->forecaster, weir_error_message());
    }
    CU_ASSERT_EQUAL(code, 0);
    forecaster_free(made);
    return smape;
}

static void accuracy(void)
{
    size_t counts[2];
    double *series[] = {published_iot(&counts[0]), published_taxi(&counts[1])};
    for (size_t i = 0; series[0] && series[1] && i < sizeof expectations / sizeof *expectations; i++) {
        const struct expected *expected = &expectations[i];
        double sum = 0, square = 0, fit_s = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            double smape = smape_of(expected, series[expected->taxi], counts[expected->taxi], seed, &fit_s);
            if (!(smape >= expected->least && smape <= expected->largest))
                printf("%s, seed %d: SMAPE %.3f\n", expected->forecaster, seed, smape);
            CU_ASSERT(smape >= expected->least && smape <= expected->largest);
            sum += smape;
            square += smape * smape;
        }
        double mean = sum / SEEDS, deviation = sqrt(fmax(0, (square - sum * mean) / (SEEDS - 1)));
        printf("%-27s %-4s  SMAPE %.3f (sd %.3f), wanted %.2f to %.2f; %.2f s a fit\n", expected->forecaster,
               expected->taxi ? "taxi" : "iot", mean, deviation, expected->least_mean, expected->largest_mean, fit_s);
        CU_ASSERT(mean >= expected->least_mean && mean <= expected->largest_mean);
    }
    free(series[0]);
    free(series[1]);
}

/* The series themselves: mean and deviation as published, and the values of another program's first rows. */
static void inputs(void)
{
    size_t count;
    double *iot = published_iot(&count);
    if (!iot)
        return;
    struct series_scale scale = series_scale_standard(iot, count);
    CU_ASSERT_EQUAL(count, 6048);
    CHECK_NEAR(scale.offset, 111965, 0.5);
    CHECK_NEAR(scale.factor, 14784, 0.5);
    CHECK_NEAR(iot[0], 94425, 0);
    CHECK_NEAR(iot[1], 96051, 0);
    free(iot);
    double *taxi = published_taxi(&count);
    if (!taxi)
        return;
    CU_ASSERT_EQUAL(count, 6049);
    CHECK_NEAR(taxi[0], 124785.8565, 1e-4);
    free(taxi);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"inputs", inputs}, {"accuracy", accuracy}, {0}};
    return weir_test_main("learn/forecast/neural accuracy", cases, argc, argv);
}
