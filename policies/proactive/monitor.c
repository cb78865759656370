/* Monitor: the ingress of the windows that have closed goes into the knowledge base, and into the model. */
#include <math.h>

#include "policies/proactive/proactive.h"
#include "sim/base/error.h"

/* Weight of the newest error is one of so many. */
enum { ERRORS = 20 };

/* The error of the last forecast, for the job and for its group. */
static void score(struct proactive_job *known, double value)
{
    if (isnan(known->next_per_s))
        return;
    double off = fabs(value - known->next_per_s), size = fmax(fabs(value), fabs(known->next_per_s));
    known->recent[known->errors % PROACTIVE_RECENT] = off;
    known->errors++;
    known->error_per_s += (off - known->error_per_s) / (known->errors < ERRORS ? known->errors : ERRORS);
    known->contradicted = known->next_per_s - value > 2 * known->next_spread ? known->contradicted + 1 : 0;
    known->next_per_s = NAN;
    if (known->group) {
        known->group->off += size > 0 ? off / size : 0;
        known->group->offs++;
    }
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

/* Takes in the windows since the last decision. */
static int take_in(struct proactive_job *known, const struct weir_job_view *seen)
{
    int code = WEIR_OK;
    for (; known->taken < seen->history_count && code == WEIR_OK; known->taken++) {
        double value = seen->ingress_history[known->taken];
        score(known, value);
        if (!known->ready)
            continue;
        known->flops += forecaster_cost(known->model, 1, 1).push_flops;
        code = forecaster_push(known->model, value);
    }
    return code;
}

int proactive_monitor(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job)
{
    struct proactive_job *known = proactive_job_at(self, job);
    const struct weir_job_view *seen = &view->jobs[job];
    int code = WEIR_OK;
    known->flops = 0;
    if (!known->model)
        code = proactive_prepare(self, view, job);
    bool choice = self->history_count > 1 || (self->history_count > 0 && self->train_within > 0);
    if (code == WEIR_OK && choice && !known->chosen && seen->history_count >= self->warm)
        code = proactive_choose(self, view, plan, job);
    if (code == WEIR_OK && !known->group && known->again_at > 0 && seen->history_count >= known->again_at)
        code = proactive_renew(self, view, job);
    if (code != WEIR_OK)
        return code;
    if (take_in(known, seen) != WEIR_OK)
        proactive_fall_back(self, view, plan, job);
    time_changes(self, view, job);
    if (self->sizing == PROACTIVE_TWRES)
        watch_throughput(self, view, job);
    return WEIR_OK;
}
