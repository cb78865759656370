/* Nets that know the same: weights in common, one training on the windows of several series, runs for all rows at once.
 */
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/neural.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Rows of a run: so many that the weights are read often for once that they are fetched, and so few that the gates of
 * all steps stay in the second cache. */
#define ROWS 48

void neural_leave(struct neural *self)
{
    struct neural_weights *weights = self->weights;
    self->weights = NULL;
    if (weights && --weights->users == 0) {
        nn_params_fini(&weights->params);
        free(weights);
    }
}

void neural_build(struct neural *self, struct weir_stream *stream)
{
    neural_leave(self);
    self->weights = weir_alloc(1, sizeof *self->weights);
    self->weights->users = 1;
    self->net->build(self, &self->weights->params, stream);
}

void neural_own(struct neural *self)
{
    struct neural_weights *old = self->weights;
    if (old->users == 1)
        return;
    struct weir_stream unused = self->fresh;
    old->users++; /* until they have been copied */
    neural_build(self, &unused);
    nn_params_copy(&self->weights->params, &old->params);
    old->users--;
}

void neural_share(struct neural *self, const struct neural *of)
{
    if (self->weights == of->weights)
        return;
    struct weir_stream unused = self->fresh;
    neural_build(self, &unused); /* the layers' places */
    neural_leave(self);
    self->weights = of->weights;
    self->weights->users++;
}

void neural_join(void *state, const void *of, const struct forecaster_series *series)
{
    struct neural *self = state;
    const struct neural *other = of;
    self->said_steps = 0;
    self->first_loss = other->first_loss;
    self->last_loss = other->last_loss;
    neural_share(self, other);
    if (!series)
        return;
    series_tail_set(&self->tail, (size_t)self->window, series->values, series->count);
    self->scale = series_scale_min_max(series->values, series->count);
    self->flat = neural_is_flat(series->values, series->count);
    self->fitted = true;
}

/* The windows of all series. Those of one end come together, the newest last, so that the last samples are the newest
 * of all. */
struct pool {
    struct nn_windows windows;
    nn_real *values;
    size_t *first;
    size_t count, longest; /* samples, and those of the longest series */
};

static void fill(struct pool *pool, struct neural *const *selves, const struct forecaster_series *series, size_t count)
{
    size_t total = 0, *begin = weir_alloc(count, sizeof *begin), *samples = weir_alloc(count, sizeof *samples);
    int window = selves[0]->window, ahead = selves[0]->ahead;
    for (size_t i = 0; i < count; i++)
        total += series[i].count;
    pool->values = weir_alloc(total, sizeof *pool->values);
    pool->first = weir_alloc(total, sizeof *pool->first);
    total = 0;
    for (size_t i = 0; i < count; i++) {
        begin[i] = total;
        for (size_t k = 0; k < series[i].count; k++)
            pool->values[total++] = (nn_real)series_scale_to(&selves[i]->scale, series[i].values[k]);
        samples[i] = selves[i]->flat ? 0 : nn_windows_count(series[i].count, window, ahead);
        pool->longest = samples[i] > pool->longest ? samples[i] : pool->longest;
    }
    for (size_t back = pool->longest; back > 0; back--)
        for (size_t i = 0; i < count; i++)
            if (samples[i] >= back)
                pool->first[pool->count++] = begin[i] + samples[i] - back;
    pool->windows = (struct nn_windows){.values = pool->values, .window = window, .ahead = ahead, .first = pool->first};
    free(begin);
    free(samples);
}

/* Whether there is anything that swings, and so is learnt. */
static bool take_series(struct neural *const *selves, const struct forecaster_series *series, size_t count, bool tune)
{
    bool swings = false;
    for (size_t i = 0; i < count; i++) {
        struct neural *self = selves[i];
        series_tail_set(&self->tail, (size_t)self->window, series[i].values, series[i].count);
        self->said_steps = 0;
        if (!tune || !self->fitted || self->flat) {
            self->scale = series_scale_min_max(series[i].values, series[i].count);
            self->flat = neural_is_flat(series[i].values, series[i].count);
        }
        swings |= !self->flat;
    }
    return swings;
}

int neural_fit_together(void *const *states, const struct forecaster_series *series, size_t count, bool tune)
{
    struct neural *const *selves = (struct neural *const *)states, *leader = selves[0];
    struct pool pool = {0};
    int code = WEIR_OK;
    tune = tune && leader->fitted && !leader->flat;
    bool swings = take_series(selves, series, count, tune);
    if (tune) {
        neural_own(leader);
    } else {
        leader->stream = leader->fresh;
        neural_build(leader, &leader->stream);
    }
    if (swings) {
        fill(&pool, selves, series, count);
        struct nn_training training = neural_training(leader, tune);
        training.most = pool.longest;
        code = neural_train(leader, &training, &pool.windows, pool.count);
    }
    for (size_t i = 0; i < count; i++) {
        selves[i]->fitted = code == WEIR_OK;
        neural_join(selves[i], leader, NULL);
    }
    free(pool.values);
    free(pool.first);
    return code;
}

/* Where a row's forecasts go, room for `steps`. */
static double *room(struct neural *self, size_t steps)
{
    if (steps > self->said_capacity)
        self->said = weir_grow(self->said, steps, &self->said_capacity, sizeof *self->said);
    self->said_steps = steps;
    return self->said;
}

static void go_on(struct neural *self, size_t steps)
{
    double *said = room(self, steps), newest = *series_tail_last(&self->tail, 1);
    for (size_t k = 0; k < steps; k++)
        said[k] = newest;
}

/* Forecasts of some that share their weights: a row each. */
static void run_rows(struct neural *const *rows, size_t count, size_t horizon)
{
    struct neural *leader = rows[0];
    size_t window = (size_t)leader->window, ahead = (size_t)leader->ahead;
    size_t steps = (horizon + ahead - 1) / ahead * ahead, length = window + steps, first[ROWS];
    nn_real *values = weir_alloc(count * length, sizeof *values);
    const struct nn_windows windows = {.values = values, .window = leader->window};
    for (size_t i = 0; i < count; i++) {
        const double *past = series_tail_last(&rows[i]->tail, window);
        for (size_t k = 0; k < window; k++)
            values[i * length + k] = (nn_real)series_scale_to(&rows[i]->scale, past[k]);
        room(rows[i], steps);
    }
    for (size_t at = 0; at < steps; at += ahead) {
        struct nn_tensor *x;
        for (size_t i = 0; i < count; i++)
            first[i] = i * length + at;
        nn_tape_start(&leader->tape, false);
        nn_windows_take(&leader->tape, &windows, first, count, &x, NULL);
        const nn_real *next = leader->net->run(leader, &leader->tape, x)->value;
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < ahead; k++) {
                nn_real value = next[i * ahead + k];
                values[i * length + window + at + k] = value;
                rows[i]->said[at + k] = series_scale_from(&rows[i]->scale, (double)value);
            }
    }
    free(values);
}

void neural_prepare(void *const *states, size_t count, size_t horizon)
{
    bool *done = weir_alloc(count, sizeof *done);
    for (size_t i = 0; i < count; i++) {
        struct neural *leader = states[i], *rows[ROWS];
        size_t taken = 0;
        for (size_t k = i; k < count; k++) {
            struct neural *self = states[k];
            if (done[k] || self->weights != leader->weights)
                continue;
            done[k] = true;
            if (self->said_steps >= horizon)
                continue;
            if (self->flat)
                go_on(self, horizon);
            else
                rows[taken++] = self;
            if (taken == ROWS) {
                run_rows(rows, taken, horizon);
                taken = 0;
            }
        }
        if (taken > 0)
            run_rows(rows, taken, horizon);
    }
    free(done);
}
