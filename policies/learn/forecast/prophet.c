/* Trend and seasons of taylor-2018 (Prophet), by the most probable parameters. It knows the time and not the newest
 * values: those count only when it is fitted anew. */
#include <math.h>

#include "policies/learn/forecast/prophet_map.h"
#include "policies/learn/forecast/support.h"
#include "sim/base/error.h"

struct prophet {
    int changes, yearly, weekly, daily;
    double tau, period_s, refit_s;

    double day;   /* in steps */
    size_t refit; /* in steps; 0: never */
    size_t since; /* values since the last fit */
    struct prophet_map map;
    double *history; /* all values, if it is fitted anew; owned */
    size_t history_count, history_capacity;
};

#define AT(field) offsetof(struct prophet, field)
#define ORDER(name, field, preset, help)                                                                               \
    WEIR_PARAM(name, WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(field), preset, 0, 100, NULL, help)
static const struct weir_param params[] = {
    WEIR_PARAM("changes", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(changes), "25", 0, 1000, NULL,
               "Places in the first 80 % of the series where the slope may change."),
    WEIR_PARAM("tau", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(tau), "0.05", 1e-6, 1e6, NULL,
               "Scale of the changes of slope; larger: the trend bends more."),
    ORDER("daily", daily, "4", "Pairs of sine and cosine of the season."),
    ORDER("weekly", weekly, "3", "Pairs of seven seasons, used if the series spans two of it."),
    ORDER("yearly", yearly, "10", "Pairs of 365.25 seasons, used if the series spans two of it."),
    WEIR_PARAM("refit", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, AT(refit_s), "0s", 0, 1e9, NULL,
               "Time after which it is fitted anew to all it has seen; 0: never."),
    FORECASTER_PERIOD(struct prophet, period_s),
    {0},
};

static int create(void *state, const struct forecaster_env *env)
{
    struct prophet *self = state;
    self->day = (self->period_s > 0 ? self->period_s : env->season_s) / env->step_s;
    self->refit = self->refit_s > 0 ? (size_t)fmax(1, round(self->refit_s / env->step_s)) : 0;
    return WEIR_OK;
}

static size_t need(const void *state)
{
    return 4;
}

static void learn(struct prophet *self, const double *values, size_t count)
{
    const struct prophet_season seasons[] = {
        {365.25 * self->day, self->yearly}, {7 * self->day, self->weekly}, {self->day, self->daily}};
    prophet_map_fit(&self->map, values, count, (size_t)self->changes, self->tau, seasons, 3);
    self->since = 0;
}

static int fit(void *state, const double *values, size_t count)
{
    struct prophet *self = state;
    learn(self, values, count);
    if (self->refit > 0) {
        self->history = weir_grow(self->history, count, &self->history_capacity, sizeof *self->history);
        memcpy(self->history, values, count * sizeof *values);
        self->history_count = count;
    }
    return WEIR_OK;
}

static int push(void *state, double value)
{
    struct prophet *self = state;
    self->since++;
    if (self->refit == 0)
        return WEIR_OK;
    self->history = weir_grow(self->history, self->history_count + 1, &self->history_capacity, sizeof *self->history);
    self->history[self->history_count++] = value;
    if (self->since >= self->refit)
        learn(self, self->history, self->history_count);
    return WEIR_OK;
}

/* The trend ahead may change as often and by as much as it did: changes come at a rate of one each 1/changes of the
 * series, with variance 2 b^2, b the mean of |delta|; after a time u (the series being 1) they have moved the trend by
 * a variance of changes 2 b^2 u^3 / 3. */
static int predict(void *state, size_t horizon, double *mean, double *spread)
{
    const struct prophet *self = state;
    const struct prophet_map *map = &self->map;
    double change = 0, last = (double)(map->count - 1);
    for (size_t j = 0; j < map->changes; j++)
        change += fabs(map->weights[2 + j]) / (double)map->changes;
    for (size_t i = 0; i < horizon; i++) {
        double ahead = (double)(self->since + i + 1), u = ahead / last;
        mean[i] = prophet_map_at(map, last + ahead);
        double trend = (double)map->changes * 2 * change * change * u * u * u / 3;
        spread[i] = map->scale * sqrt(map->sigma * map->sigma + trend);
    }
    return WEIR_OK;
}

static void cost(const void *state, size_t count, size_t horizon, struct forecaster_cost *cost)
{
    const struct prophet *self = state;
    double terms = 2 + self->changes + 2 * (self->yearly + self->weekly + self->daily);
    cost->fit_flops = (double)count * terms * (terms + 5 * 2) + 5 * 1000 * 2 * terms * terms; /* five rounds */
    cost->push_flops = self->refit > 0 ? cost->fit_flops / (double)self->refit : 0;
    cost->predict_flops = (double)horizon * terms * 22; /* a sine is some 20 */
}

static void describe(const void *state, struct weir_text *to)
{
    const struct prophet_map *map = &((const struct prophet *)state)->map;
    size_t used = 0;
    for (size_t j = 0; j < map->changes; j++)
        used += map->weights[2 + j] != 0;
    weir_text_addf(to, "%zu of %zu changes of slope, seasons of", used, map->changes);
    for (size_t s = 0; s < map->season_count; s++)
        weir_text_addf(to, "%s %g", s ? "," : "", map->seasons[s].period);
    weir_text_add(to, map->season_count ? " steps" : " no length");
}

static const struct forecaster_kept kept[] = {
    FORECASTER_KEEP(struct prophet, map.count),
    FORECASTER_KEEP(struct prophet, map.changes),
    FORECASTER_KEEP_VALUES(struct prophet, map.places, map.changes, 0),
    FORECASTER_KEEP(struct prophet, map.season_count),
    FORECASTER_KEEP(struct prophet, map.seasons),
    FORECASTER_KEEP(struct prophet, map.terms),
    FORECASTER_KEEP_VALUES(struct prophet, map.weights, map.terms, 0),
    FORECASTER_KEEP(struct prophet, map.sigma),
    FORECASTER_KEEP(struct prophet, map.scale),
    FORECASTER_KEEP(struct prophet, map.objective),
    FORECASTER_KEEP(struct prophet, map.rounds),
    FORECASTER_KEEP(struct prophet, since),
    FORECASTER_KEEP(struct prophet, history_count),
    FORECASTER_KEEP_VALUES(struct prophet, history, history_count, 0),
    {0},
};

static int loaded(void *state)
{
    struct prophet *self = state;
    const struct prophet_map *map = &self->map;
    size_t terms = 2 + map->changes;
    self->history_capacity = self->history_count;
    for (size_t s = 0; s < map->season_count && s < 3; s++)
        terms += 2 * (size_t)map->seasons[s].order;
    return map->count >= 2 && map->season_count <= 3 && map->terms == terms
               ? WEIR_OK
               : weir_error(WEIR_EINPUT, "what it saved does not fit this weir; save it anew");
}

const struct forecaster_kind forecaster_prophet = {
    .name = "prophet",
    .summary = "A bending line and waves of a day, a week and a year, by the most probable parameters.",
    .source = "taylor-2018",
    .state_size = sizeof(struct prophet),
    .params = params,
    .narrow = true,
    .create = create,
    .need = need,
    .fit = fit,
    .push = push,
    .predict = predict,
    .cost = cost,
    .describe = describe,
    .kept = kept,
    .loaded = loaded,
};
