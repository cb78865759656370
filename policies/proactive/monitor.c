/* Monitor: the ingress of the windows that have closed goes into the knowledge base, and into the model. */
#include <math.h>

#include "policies/proactive/proactive.h"
#include "sim/base/error.h"

/* Weight of the newest error is one of so many. */
enum { ERRORS = 20 };

static void score(struct proactive_job *known, double value)
{
    if (isnan(known->next_per_s))
        return;
    double off = fabs(value - known->next_per_s);
    known->errors += known->errors < ERRORS;
    known->error_per_s += (off - known->error_per_s) / known->errors;
    known->next_per_s = NAN;
}

/* Fits the model to what has been seen in the run, when there is enough of it or it is time again. */
static int fit(struct proactive *self, const struct weir_job_view *seen, struct proactive_job *known)
{
    int count = seen->history_count;
    bool again = known->ready && self->refit > 0 && count - known->fitted_at >= self->refit && !known->fallen;
    int need = (int)forecaster_need(known->model);
    if (known->ready ? !again : count < (self->warm > need ? self->warm : need))
        return WEIR_OK;
    int first = self->memory > 0 && count > self->memory ? count - self->memory : 0;
    if (count - first < need)
        return WEIR_OK;
    const double *values = seen->ingress_history + first;
    known->flops += forecaster_cost(known->model, (size_t)(count - first), 1).fit_flops;
    int code = again ? forecaster_tune(known->model, values, (size_t)(count - first))
                     : forecaster_fit(known->model, values, (size_t)(count - first));
    known->ready = code == WEIR_OK;
    known->fitted_at = count;
    known->taken = count;
    return code;
}

/* How long changes take: from the decision until the operators show them. */
static void time_changes(struct proactive *self, const struct weir_view *view, int job)
{
    struct proactive_job *known = self->jobs[job];
    for (int o = 0; o < view->jobs[job].operator_count; o++) {
        struct proactive_operator *op = weir_memo_at(&self->operators, view, job, o);
        if (!op->under_way || view->jobs[job].operators[o].changing)
            continue;
        double taken_s = view->time_s - op->acted_s;
        known->rescale_s = isnan(known->rescale_s) ? taken_s : (known->rescale_s + taken_s) / 2;
        op->under_way = false;
    }
}

/* What the instances sustained, where they were busy enough to tell. */
static void watch_throughput(struct proactive *self, const struct weir_view *view, int job)
{
    for (int o = 0; o < view->jobs[job].operator_count; o++) {
        const struct weir_operator_view *op = &view->jobs[job].operators[o];
        struct proactive_operator *known = weir_memo_at(&self->operators, view, job, o);
        int workers = op->instance_count;
        if (workers < 1 || workers > PROACTIVE_WORKERS || op->changing ||
            !(op->processed_rate * view->window_s >= self->min_items) || !(op->true_rate > 0) ||
            !isfinite(op->true_rate))
            continue;
        double rate = op->true_rate * workers, *mean = &known->sustained[workers];
        *mean = *mean > 0 ? 0.9 * *mean + 0.1 * rate : rate;
    }
}

int proactive_monitor(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job)
{
    struct proactive_job *known = proactive_job_at(self, job);
    const struct weir_job_view *seen = &view->jobs[job];
    known->flops = 0;
    if (!known->model) {
        int code = proactive_prepare(self, view, known);
        if (code != WEIR_OK)
            return code;
    }
    int code = WEIR_OK;
    for (; known->taken < seen->history_count && code == WEIR_OK; known->taken++) {
        double value = seen->ingress_history[known->taken];
        score(known, value);
        if (!known->ready)
            continue;
        known->flops += forecaster_cost(known->model, 1, 1).push_flops;
        code = forecaster_push(known->model, value);
    }
    if (code == WEIR_OK)
        code = fit(self, seen, known);
    if (code != WEIR_OK)
        proactive_fall_back(self, view, plan, job);
    time_changes(self, view, job);
    if (self->sizing == PROACTIVE_TWRES)
        watch_throughput(self, view, job);
    return WEIR_OK;
}
