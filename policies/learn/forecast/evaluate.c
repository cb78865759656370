#include "policies/learn/forecast/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "policies/learn/given.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

static double now_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int check(const struct forecaster_trial *trial)
{
    if (trial->train < 1 || trial->train >= trial->count)
        return weir_error(WEIR_EINPUT, "a first part of %zu values leaves nothing of %zu to forecast", trial->train,
                          trial->count);
    if (trial->horizon < 1 || trial->horizon > trial->count - trial->train)
        return weir_error(WEIR_EINPUT,
                          "a horizon of %zu steps; the part to forecast has %zu values, so it must be from "
                          "1 to %zu",
                          trial->horizon, trial->count - trial->train, trial->count - trial->train);
    return WEIR_OK;
}

static int fit(struct forecaster *forecaster, const struct forecaster_trial *trial, size_t count,
               struct forecaster_result *result)
{
    double begin = now_s();
    int code = forecaster_fit(forecaster, trial->values, count);
    result->fit_s += now_s() - begin;
    result->fits++;
    return code;
}

/* Walks over the rest, filling means and spreads. */
static int walk(struct forecaster *forecaster, const struct forecaster_trial *trial, struct forecaster_result *result)
{
    size_t test = result->test, horizon = result->horizon;
    double *mean = weir_alloc(horizon, sizeof *mean), *spread = weir_alloc(horizon, sizeof *spread), spent = 0;
    int code = WEIR_OK;
    for (size_t i = 0; i < test && code == WEIR_OK; i++) {
        if (trial->refit && i > 0 && i % trial->refit == 0)
            code = fit(forecaster, trial, trial->train + i, result);
        size_t ahead = horizon < test - i ? horizon : test - i;
        double begin = now_s();
        if (code == WEIR_OK)
            code = forecaster_predict(forecaster, ahead, mean, spread);
        if (code == WEIR_OK)
            code = forecaster_push(forecaster, trial->values[trial->train + i]);
        spent += now_s() - begin;
        for (size_t h = 0; h < ahead && code == WEIR_OK; h++) {
            result->means[h * test + i + h] = mean[h];
            result->spreads[h * test + i + h] = spread[h];
        }
        if (code != WEIR_OK)
            weir_error_context("at value %zu", trial->train + i + 1);
    }
    result->predict_s = spent / (double)test;
    free(mean);
    free(spread);
    return code;
}

static double share_within(const double *values, const double *means, const double *spreads, size_t count)
{
    size_t inside = 0, seen = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]) || isnan(means[i]))
            continue;
        seen++;
        inside += fabs(values[i] - means[i]) <= 1.96 * spreads[i];
    }
    return seen > 0 ? (double)inside / (double)seen : NAN;
}

int forecaster_try(struct forecaster *forecaster, const struct forecaster_trial *trial,
                   struct forecaster_result *result)
{
    if (learn_given(__func__, "forecaster trial result", forecaster, trial, result) != WEIR_OK)
        return WEIR_EINPUT;
    *result = (struct forecaster_result){0};
    int code = learn_given(__func__, "values", trial->values);
    if (code == WEIR_OK)
        code = check(trial);
    if (code != WEIR_OK)
        return code;
    size_t test = trial->count - trial->train, cells = trial->horizon * test;
    *result = (struct forecaster_result){
        .horizon = trial->horizon,
        .test = test,
        .means = weir_alloc(cells, sizeof(double)),
        .spreads = weir_alloc(cells, sizeof(double)),
        .measures = weir_alloc(trial->horizon, sizeof(struct series_metrics)),
        .within = weir_alloc(trial->horizon, sizeof(double)),
    };
    for (size_t i = 0; i < cells; i++)
        result->means[i] = result->spreads[i] = NAN;
    if (!trial->fitted)
        code = fit(forecaster, trial, trial->train, result);
    if (code == WEIR_OK)
        code = walk(forecaster, trial, result);
    if (code != WEIR_OK) {
        forecaster_result_fini(result);
        return code;
    }
    const double *values = trial->values + trial->train;
    for (size_t h = 0; h < trial->horizon; h++) {
        result->measures[h] = series_measure(values, result->means + h * test, test);
        result->within[h] = share_within(values, result->means + h * test, result->spreads + h * test, test);
    }
    return WEIR_OK;
}

void forecaster_result_fini(struct forecaster_result *result)
{
    if (!result)
        return;
    free(result->means);
    free(result->spreads);
    free(result->measures);
    free(result->within);
    *result = (struct forecaster_result){0};
}
