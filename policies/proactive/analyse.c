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

/* The most of the first `steps` forecasts with their margin of error; *at is the step. */
static double most(const struct proactive *self, size_t steps, size_t *at)
{
    double largest = 0;
    for (size_t k = 0; k < steps; k++) {
        double value = self->mean[k] + self->confidence * self->spread[k];
        if (k == 0 || value > largest) {
            largest = value;
            *at = k;
        }
    }
    return largest;
}

void proactive_analyse(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job,
                       struct proactive_outlook *outlook)
{
    struct proactive_job *known = self->jobs[job];
    const struct weir_job_view *seen = &view->jobs[job];
    double now = weir_ingress_wanted(seen, 0);
    *outlook = (struct proactive_outlook){.now_per_s = now,
                                          .horizon_s = horizon_s(self, view, job),
                                          .up_per_s = now,
                                          .down_per_s = now,
                                          .backlog_per_s = weir_ingress_wanted(seen, self->drain_s) - now};
    known->next_per_s = now;
    if (!known->ready)
        return;
    size_t up = (size_t)fmin(ceil(outlook->horizon_s / view->window_s - 1e-9), FORECASTER_HORIZON), at = 0;
    size_t down = (size_t)fmin(ceil(self->hold_s / view->window_s - 1e-9), FORECASTER_HORIZON);
    up = up > 0 ? up : 1;
    down = down > up ? down : up;
    if (down > self->step_capacity) {
        size_t capacity = self->step_capacity;
        self->mean = weir_grow(self->mean, down, &capacity, sizeof *self->mean);
        self->spread = weir_grow(self->spread, down, &self->step_capacity, sizeof *self->spread);
    }
    known->flops += forecaster_cost(known->model, 1, down).predict_flops;
    if (forecaster_predict(known->model, down, self->mean, self->spread) != WEIR_OK) {
        proactive_fall_back(self, view, plan, job);
        return;
    }
    known->next_per_s = self->mean[0];
    /* A forecast that the load falls is believed when it falls: what comes now has to be served. */
    outlook->down_per_s = fmax(most(self, down, &at), now);
    outlook->up_per_s = fmax(most(self, up, &at), now);
    outlook->spread_per_s = self->spread[at];
}
