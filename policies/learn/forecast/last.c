/* The last value goes on: what every other forecaster has to beat. Under a random walk it is the best forecast, and its
 * spread grows with the square root of the steps. */
#include <math.h>

#include "policies/learn/forecast/forecaster.h"
#include "sim/base/error.h"

struct last {
    double value;
    double step; /* root mean square of the steps */
};

static int fit(void *state, const double *values, size_t count)
{
    struct last *self = state;
    double square = 0;
    for (size_t i = 1; i < count; i++)
        square += (values[i] - values[i - 1]) * (values[i] - values[i - 1]);
    self->step = count > 1 ? sqrt(square / (double)(count - 1)) : 0;
    self->value = values[count - 1];
    return WEIR_OK;
}

static int push(void *state, double value)
{
    struct last *self = state;
    self->value = value;
    return WEIR_OK;
}

static int predict(void *state, size_t horizon, double *mean, double *spread)
{
    const struct last *self = state;
    for (size_t i = 0; i < horizon; i++) {
        mean[i] = self->value;
        spread[i] = self->step * sqrt((double)(i + 1));
    }
    return WEIR_OK;
}

static const struct forecaster_kept kept[] = {
    FORECASTER_KEEP(struct last, value),
    FORECASTER_KEEP(struct last, step),
    {0},
};

static void cost(const void *state, size_t count, size_t horizon, struct forecaster_cost *cost)
{
    cost->fit_flops = 3 * (double)count;
}

const struct forecaster_kind forecaster_last = {
    .name = "last",
    .summary = "The newest value goes on.",
    .source = "",
    .state_size = sizeof(struct last),
    .fit = fit,
    .push = push,
    .predict = predict,
    .cost = cost,
    .kept = kept,
};
