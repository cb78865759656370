/* Analyse: what the load will be when a change that is decided now pays, and for as long as it should last. */
#include <math.h>

#include "policies/proactive/proactive.h"
#include "policies/support/demand.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* The time until a change that the next window's end decides would have been carried out: this decision has to hold for
 * so long. Before a change has been seen, what moving the largest state takes. */
static double horizon_s(const struct proactive *self, const struct weir_view *view, int job)
{
    const struct proactive_job *known = self->jobs[job];
    if (self->horizon_s > 0)
        return self->horizon_s;
    if (!isnan(known->rescale_s))
        return view->window_s + known->rescale_s;
    double most_s = 0;
    for (int o = 0; o < view->jobs[job].operator_count; o++)
        most_s = fmax(most_s, proactive_pause_s(view, job, o));
    return 2 * view->window_s + most_s;
}

/* Windows within the horizon, and those that the analysis looks at in all. */
static size_t looks_ahead(const struct proactive *self, const struct weir_view *view, int job, size_t *up)
{
    size_t down = (size_t)fmin(ceil(self->hold_s / view->window_s - 1e-9), FORECASTER_HORIZON);
    *up = (size_t)fmin(ceil(horizon_s(self, view, job) / view->window_s - 1e-9), FORECASTER_HORIZON);
    *up = *up > 0 ? *up : 1;
    return down > *up ? down : *up;
}

size_t proactive_looks_ahead(const struct proactive *self, const struct weir_view *view, int job)
{
    size_t up;
    return looks_ahead(self, view, job, &up);
}

/* The share of its margin that a forecast has earned: all of it, unless the last errors were all smaller. */
static double earned(const struct proactive_job *known)
{
    double largest = 0;
    if (known->errors < PROACTIVE_RECENT || !(known->next_spread > 0))
        return 1;
    for (int i = 0; i < PROACTIVE_RECENT; i++)
        largest = fmax(largest, known->recent[i]);
    return fmin(1, largest / known->next_spread);
}

/* The most of the first `steps` forecasts with their margin of error; *at is the step. */
static double most(const struct proactive *self, double margin, size_t steps, size_t *at)
{
    double largest = 0;
    for (size_t k = 0; k < steps; k++) {
        double value = self->mean[k] + margin * self->spread[k];
        if (k == 0 || value > largest) {
            largest = value;
            *at = k;
        }
    }
    return largest;
}

/* Forecasts `steps` windows into self->mean and self->spread. */
static bool forecast(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job,
                     size_t steps)
{
    struct proactive_job *known = self->jobs[job];
    if (steps > self->step_capacity) {
        size_t capacity = self->step_capacity;
        self->mean = weir_grow(self->mean, steps, &capacity, sizeof *self->mean);
        self->spread = weir_grow(self->spread, steps, &self->step_capacity, sizeof *self->spread);
    }
    known->flops += forecaster_cost(known->model, 1, steps).predict_flops;
    if (forecaster_predict(known->model, steps, self->mean, self->spread) == WEIR_OK) {
        known->next_per_s = self->mean[0];
        known->next_spread = self->spread[0];
        return true;
    }
    proactive_fall_back(self, view, plan, job);
    return false;
}

void proactive_analyse(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job,
                       const struct weir_settle *settle, struct proactive_outlook *outlook)
{
    struct proactive_job *known = self->jobs[job];
    const struct weir_job_view *seen = &view->jobs[job];
    double now = weir_ingress_wanted(seen, 0), backlog = weir_settle_backlog(settle, seen);
    *outlook = (struct proactive_outlook){.now_per_s = now,
                                          .horizon_s = horizon_s(self, view, job),
                                          .up_per_s = now,
                                          .down_per_s = now,
                                          .backlog_per_s = self->drain_s > 0 ? backlog / self->drain_s : 0};
    known->next_per_s = now;
    known->next_spread = INFINITY; /* the last value is no forecast that could be contradicted */
    if (!known->ready)
        return;
    if (self->doubt > 0 && known->contradicted >= self->doubt) { /* one step, to see whether it comes true again */
        forecast(self, view, plan, job, 1);
        return;
    }
    size_t up, down = looks_ahead(self, view, job, &up), at = 0;
    if (!forecast(self, view, plan, job, down))
        return;
    outlook->steps = down;
    double margin = self->confidence * earned(known);
    /* A forecast that the load falls is believed when it falls: what comes now has to be served. */
    outlook->down_per_s = fmax(most(self, margin, down, &at), now);
    outlook->up_per_s = fmax(most(self, margin, up, &at), now);
    outlook->spread_per_s = self->spread[at];
}
