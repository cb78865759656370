/* Forecasters: fitted to the first part of a series, asked for the next steps, told what came; then tried on the whole
 * of it, as `weir forecast` does. */
#include <stdio.h>
#include <stdlib.h>

#include <weir/learn/learn.h>

#define VALUES 120
#define TRAIN  100
#define STEPS  3

/* A load with a trend and a weekday that is busier: one value a day. */
static double load(int day)
{
    return 10 + 2 * day + (day % 7 == 0 ? 30 : 0);
}

static int next_days(const char *kind, const double *values)
{
    struct forecaster_env env = {.step_s = 86400, .season_s = 7 * 86400.0, .seed = 1};
    struct forecaster *forecaster;
    double mean[STEPS], spread[STEPS];
    int code = forecaster_make_text(&env, kind, &forecaster);
    if (code == 0)
        code = forecaster_fit(forecaster, values, TRAIN);
    if (code == 0)
        code = forecaster_push(forecaster, values[TRAIN]); /* one more day has come */
    if (code == 0)
        code = forecaster_predict(forecaster, STEPS, mean, spread);
    for (int i = 0; code == 0 && i < STEPS; i++)
        printf("%s day %d: %.6f\n", kind, TRAIN + 1 + i, mean[i]);
    forecaster_free(forecaster);
    return code;
}

/* The mean absolute error so many steps ahead, over the days after the first part. */
static int errors(const char *kind, const double *values)
{
    struct forecaster_env env = {.step_s = 86400, .season_s = 7 * 86400.0, .seed = 1};
    struct forecaster_trial trial = {.values = values, .count = VALUES, .train = TRAIN, .horizon = 2};
    struct forecaster_result result = {0};
    struct forecaster *forecaster;
    int code = forecaster_make_text(&env, kind, &forecaster);
    if (code == 0)
        code = forecaster_try(forecaster, &trial, &result);
    for (size_t h = 0; code == 0 && h < trial.horizon; h++)
        printf("%s error %zu ahead: %.6f\n", kind, h + 1, result.measures[h].mae);
    forecaster_result_fini(&result);
    forecaster_free(forecaster);
    return code;
}

int main(void)
{
    double values[VALUES];
    for (int day = 0; day < VALUES; day++)
        values[day] = load(day);
    if (next_days("last", values) || next_days("seasonal", values) || next_days("linear:window=8", values) ||
        errors("last", values) || errors("seasonal", values)) {
        fprintf(stderr, "%s\n", weir_error_message());
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
