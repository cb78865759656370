/* The mean of the newest values goes on; how many, is chosen on the series that it is fitted to. */
#include <math.h>

#include "policies/learn/forecast/support.h"
#include "policies/learn/series/metrics.h"
#include "sim/base/error.h"

#define LEAST 2

struct moving_average {
    int length_given, longest;

    size_t length;
    double deviation; /* root mean square error one step ahead; NaN if none was seen */
    struct series_tail tail;
};

#define AT(field) offsetof(struct moving_average, field)
static const struct weir_param params[] = {
    WEIR_PARAM("length", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(length_given), "0", 0, 1e6, NULL,
               "Values in the mean; 0: the length with the least SMAPE on the fitted series."),
    WEIR_PARAM("longest", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(longest), "48", LEAST, 1e6, NULL, "Longest length tried."),
    {0},
};

static size_t need(const void *state)
{
    const struct moving_average *self = state;
    return self->length_given > 0 ? (size_t)self->length_given : LEAST + 1;
}

/* One-step forecasts of values[from..count) by means of `length` values, off the running sums of the distances from the
 * first value (which keeps digits). */
static void forecast(const double *sums, double first, size_t length, size_t from, size_t count, double *forecasts)
{
    for (size_t i = from; i < count; i++)
        forecasts[i - from] = first + (sums[i] - sums[i - length]) / (double)length;
}

static int fit(void *state, const double *values, size_t count)
{
    struct moving_average *self = state;
    double *sums = weir_alloc(count + 1, sizeof *sums), *forecasts = weir_alloc(count, sizeof *forecasts);
    double best = INFINITY;
    for (size_t i = 0; i < count; i++)
        sums[i + 1] = sums[i] + (values[i] - values[0]);
    self->length = (size_t)self->length_given;
    if (self->length == 0) {
        size_t longest = (size_t)self->longest < count - 1 ? (size_t)self->longest : count - 1;
        for (size_t length = LEAST; length <= longest; length++) {
            forecast(sums, values[0], length, longest, count, forecasts);
            double smape = series_smape(values + longest, forecasts, count - longest);
            if (smape < best) {
                best = smape;
                self->length = length;
            }
        }
    }
    double square = 0;
    forecast(sums, values[0], self->length, self->length, count, forecasts);
    for (size_t i = self->length; i < count; i++) {
        double error = values[i] - forecasts[i - self->length];
        square += error * error;
    }
    self->deviation = count > self->length ? sqrt(square / (double)(count - self->length)) : NAN;
    series_tail_set(&self->tail, self->length, values, count);
    free(sums);
    free(forecasts);
    return WEIR_OK;
}

static int push(void *state, double value)
{
    struct moving_average *self = state;
    series_tail_push(&self->tail, value);
    return WEIR_OK;
}

/* The spread is that of a level that wanders under noise, followed with the weight 2/(length+1) of an exponential mean
 * of the same age: variance 1 + (steps-1) weight^2. */
static int predict(void *state, size_t horizon, double *mean, double *spread)
{
    const struct moving_average *self = state;
    const double *values = series_tail_last(&self->tail, self->length);
    double sum = 0, weight = 2 / ((double)self->length + 1);
    for (size_t i = 0; i < self->length; i++)
        sum += values[i];
    for (size_t i = 0; i < horizon; i++) {
        mean[i] = sum / (double)self->length;
        spread[i] = self->deviation * sqrt(1 + (double)i * weight * weight);
    }
    return WEIR_OK;
}

static void cost(const void *state, size_t count, size_t horizon, struct forecaster_cost *cost)
{
    const struct moving_average *self = state;
    cost->fit_flops = (self->length_given > 0 ? 3.0 : 7.0 * self->longest) * (double)count;
    cost->predict_flops = (double)self->length;
}

static void describe(const void *state, struct weir_text *to)
{
    weir_text_addf(to, "length %zu", ((const struct moving_average *)state)->length);
}

static const struct forecaster_kept kept[] = {
    FORECASTER_KEEP(struct moving_average, length),
    FORECASTER_KEEP(struct moving_average, deviation),
    FORECASTER_KEEP_TAIL(struct moving_average, tail),
    {0},
};

static int loaded(void *state)
{
    const struct moving_average *self = state;
    return self->length >= 1 && self->tail.count >= self->length
               ? WEIR_OK
               : weir_error(WEIR_EINPUT, "what it saved is shorter than its mean; save it anew");
}

const struct forecaster_kind forecaster_moving_average = {
    .name = "moving-average",
    .summary = "The mean of the newest values goes on.",
    .source = "",
    .state_size = sizeof(struct moving_average),
    .params = params,
    .need = need,
    .fit = fit,
    .push = push,
    .predict = predict,
    .cost = cost,
    .describe = describe,
    .kept = kept,
    .loaded = loaded,
};
