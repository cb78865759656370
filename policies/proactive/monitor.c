/* Monitor: the ingress of the windows that have closed goes into the knowledge base, and into the model. */
#include <math.h>

#include "policies/proactive/proactive.h"
#include "sim/base/error.h"

/* Weight of the newest error is one of so many. */
enum { ERRORS = 20 };

/* The error of the last forecast; whether errors have risen for good (Page and Hinkley's test, in shares of the load).
 */
static bool score(struct proactive_job *known, double value)
{
    if (isnan(known->next_per_s))
        return false;
    double off = fabs(value - known->next_per_s), size = fmax(fabs(value), fabs(known->next_per_s));
    known->recent[known->errors % PROACTIVE_RECENT] = off;
    known->errors++;
    known->error_per_s += (off - known->error_per_s) / (known->errors < ERRORS ? known->errors : ERRORS);
    known->contradicted = known->next_per_s - value > 2 * known->next_spread ? known->contradicted + 1 : 0;
    known->next_per_s = NAN;
    return known->drift.threshold > 0 && transfer_drift_push(&known->drift, size > 0 ? off / size : 0);
}

/* The number of windows that the model shall learn now, 0: none. */
static int lesson(const struct proactive *self, const struct weir_job_view *seen, struct proactive_job *known)
{
    int count = seen->history_count, need = (int)forecaster_need(known->model), lasts = count;
    if (!known->ready)
        return count >= (self->warm > need ? self->warm : need) ? count : 0;
    if (known->fallen)
        return known->again_at > 0 && count >= known->again_at ? count : 0;
    /* One that was trained before the run knows more until the run has shown as much. */
    bool again = self->refit > 0 && count - known->fitted_at >= self->refit && count >= known->trained;
    if (known->adapt_at > 0 && count >= known->adapt_at) {
        known->adapt_at = 0;
        again = true;
        if (known->trained > 0) { /* of the load as it is now; one that knows nothing else needs all there is */
            lasts = count - known->since;
            lasts = lasts > 2 * need ? lasts : 2 * need;
        }
    }
    return again && count >= need ? (lasts < count ? lasts : count) : 0;
}

/* Fits the model to what has been seen in the run, when there is enough of it or it is time again. */
static int learn(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job)
{
    const struct weir_job_view *seen = &view->jobs[job];
    struct proactive_job *known = self->jobs[job];
    int count = lesson(self, seen, known);
    if (count == 0)
        return WEIR_OK;
    if (known->fallen) {
        int code = proactive_renew(self, view, known);
        if (code != WEIR_OK)
            return code;
    }
    if (self->memory > 0 && count > self->memory && self->memory >= (int)forecaster_need(known->model))
        count = self->memory;
    const double *values = seen->ingress_history + seen->history_count - count;
    double flops = forecaster_cost(known->model, (size_t)count, 1).fit_flops;
    known->flops += flops;
    weir_plan_note(plan, job, "%s learns %d windows: %.3g flop", forecaster_kind_of(known->model)->name, count, flops);
    int code = known->ready && self->adapt != PROACTIVE_FIT ? forecaster_tune(known->model, values, (size_t)count)
                                                            : forecaster_fit(known->model, values, (size_t)count);
    known->ready = code == WEIR_OK;
    known->fitted_at = seen->history_count;
    known->taken = seen->history_count;
    return code;
}

/* A drift is answered at once, and again when the new load is better known. */
static void plan_lessons(const struct proactive *self, const struct weir_job_view *seen, struct proactive_job *known,
                         bool drift)
{
    int count = seen->history_count, better = known->since + self->warm;
    if (known->drift.threshold <= 0 && self->adapt != PROACTIVE_KEEP && known->ready)
        known->drift = transfer_drift_start(0.02, self->drift, self->warm);
    if (drift) {
        known->since = count - 1;
        known->adapt_at = count;
    } else if (known->since > 0 && known->fitted_at < better && count >= better) {
        known->adapt_at = count;
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
    if (known->spare && seen->history_count >= self->warm)
        proactive_choose(self, seen, known);
    int code = WEIR_OK;
    bool drift = false;
    for (; known->taken < seen->history_count && code == WEIR_OK; known->taken++) {
        double value = seen->ingress_history[known->taken];
        drift |= score(known, value);
        if (!known->ready)
            continue;
        known->flops += forecaster_cost(known->model, 1, 1).push_flops;
        code = forecaster_push(known->model, value);
    }
    plan_lessons(self, seen, known, drift);
    if (code == WEIR_OK)
        code = learn(self, view, plan, job);
    if (code != WEIR_OK)
        proactive_fall_back(self, view, plan, job);
    time_changes(self, view, job);
    if (self->sizing == PROACTIVE_TWRES)
        watch_throughput(self, view, job);
    return WEIR_OK;
}
