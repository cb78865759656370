/* The value of one season ago comes again. */
#include <math.h>

#include "policies/learn/forecast/support.h"
#include "sim/base/error.h"

struct seasonal {
    double period_s;

    size_t season;           /* in steps */
    double deviation;        /* root mean square of the differences to one season before; NaN if there are none */
    struct series_tail tail; /* one season */
};

static const struct weir_param params[] = {FORECASTER_PERIOD(struct seasonal, period_s), {0}};

static int create(void *state, const struct forecaster_env *env)
{
    struct seasonal *self = state;
    self->season = forecaster_season(env, self->period_s);
    return WEIR_OK;
}

static size_t need(const void *state)
{
    return ((const struct seasonal *)state)->season;
}

static int fit(void *state, const double *values, size_t count)
{
    struct seasonal *self = state;
    double square = 0;
    for (size_t i = self->season; i < count; i++)
        square += (values[i] - values[i - self->season]) * (values[i] - values[i - self->season]);
    self->deviation = count > self->season ? sqrt(square / (double)(count - self->season)) : NAN;
    series_tail_set(&self->tail, self->season, values, count);
    return WEIR_OK;
}

static int push(void *state, double value)
{
    struct seasonal *self = state;
    series_tail_push(&self->tail, value);
    return WEIR_OK;
}

static int predict(void *state, size_t horizon, double *mean, double *spread)
{
    const struct seasonal *self = state;
    const double *season = series_tail_last(&self->tail, self->season);
    for (size_t i = 0; i < horizon; i++) {
        size_t seasons = i / self->season + 1;
        mean[i] = season[i % self->season];
        spread[i] = self->deviation * sqrt((double)seasons);
    }
    return WEIR_OK;
}

static void cost(const void *state, size_t count, size_t horizon, struct forecaster_cost *cost)
{
    cost->fit_flops = 4 * (double)count;
}

static const struct forecaster_kept kept[] = {
    FORECASTER_KEEP(struct seasonal, deviation),
    FORECASTER_KEEP_TAIL(struct seasonal, tail),
    {0},
};

static int loaded(void *state)
{
    const struct seasonal *self = state;
    return self->tail.count >= self->season
               ? WEIR_OK
               : weir_error(WEIR_EINPUT, "what it saved is shorter than its season; save it anew");
}

const struct forecaster_kind forecaster_seasonal = {
    .name = "seasonal",
    .summary = "The value of one season ago comes again.",
    .source = "",
    .state_size = sizeof(struct seasonal),
    .params = params,
    .create = create,
    .need = need,
    .fit = fit,
    .push = push,
    .predict = predict,
    .cost = cost,
    .kept = kept,
    .loaded = loaded,
};
