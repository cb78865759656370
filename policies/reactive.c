/* Threshold autoscaling: an operator at a time, from what it shows itself. docs/policies/reactive.md. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "policies/support/demand.h"
#include "policies/support/scaler.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Items in a window below which the declared speed stands for the measured rate. */
#define MIN_ITEMS 10

struct reactive {
    double high, low;
    double blocked;
    double backlog_s;
    int step;
    double cooldown_s;
    int min_instances, max_instances;

    struct weir_scaler scaler;
};

static const struct weir_param params[] = {
    WEIR_PARAM_ROW(struct reactive, "high", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, high, "0.8", 0, 1,
                   "Share of busy time above which an operator grows."),
    WEIR_PARAM_ROW(struct reactive, "low", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, low, "0.3", 0, 1,
                   "Share of busy time below which an operator shrinks."),
    WEIR_PARAM_ROW(struct reactive, "blocked", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, blocked, "0.1", 0, 1,
                   "Share of time an upstream operator or the source is blocked above which an operator grows."),
    WEIR_PARAM_ROW(
        struct reactive, "backlog", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, backlog_s, "5s", 0, 1e9,
        "Time to work off what waits at an operator above which it grows; it shrinks only below a tenth of it."),
    WEIR_PARAM_ROW(struct reactive, "for_windows", WEIR_PARAM_INT, WEIR_UNIT_NONE, scaler.patience.up.windows, "2", 1,
                   1000000, "Windows in a row that must ask for growth."),
    WEIR_PARAM_ROW(struct reactive, "down_windows", WEIR_PARAM_INT, WEIR_UNIT_NONE, scaler.patience.down.windows, "5",
                   1, 1000000, "Windows in a row that must allow shrinking."),
    WEIR_PARAM_ROW(struct reactive, "step", WEIR_PARAM_INT, WEIR_UNIT_NONE, step, "1", 1, 1000,
                   "Instances added or dropped at a time."),
    WEIR_PARAM_ROW(
        struct reactive, "stabilization", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, scaler.patience.down.stabilize_s, "2min",
        0, 1e9,
        "An operator shrinks to the most that the windows of so long asked for; twice what a change takes, at least."),
    WEIR_PARAM_ROW(struct reactive, "remember", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, scaler.remember_s, "10min", 0, 1e9,
                   "Time for which growth that brought nothing is not tried again; 0: it is not judged."),
    WEIR_PARAM_ROW(struct reactive, "cooldown", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, cooldown_s, "30s", 0, 1e9,
                   "Least time between two changes of an operator."),
    WEIR_PARAM_ROW(struct reactive, "min_instances", WEIR_PARAM_INT, WEIR_UNIT_NONE, min_instances, "1", 1, 1000000,
                   "Least number of instances of an operator."),
    WEIR_PARAM_ROW(struct reactive, "max_instances", WEIR_PARAM_INT, WEIR_UNIT_NONE, max_instances, "0", 0, 1000000,
                   "Greatest number of instances of an operator; 0: its own max_parallelism."),
    {0},
};

static int create(void *state, const struct weir_policy_env *env)
{
    struct reactive *self = state;
    self->scaler.patience.up.cooldown_s = self->scaler.patience.down.cooldown_s = self->cooldown_s;
    weir_scaler_init(&self->scaler);
    if (self->low >= self->high)
        return weir_error(WEIR_EINPUT, "\"low\" (%g) must be below \"high\" (%g)", self->low, self->high);
    if (self->max_instances > 0 && self->min_instances > self->max_instances)
        return weir_error(WEIR_EINPUT, "\"min_instances\" (%d) must not be above \"max_instances\" (%d)",
                          self->min_instances, self->max_instances);
    return WEIR_OK;
}

/* The greatest share of time that what feeds the operator is blocked. */
static double upstream_blocked(const struct weir_job_view *job, const struct weir_operator_view *op)
{
    double worst = 0;
    for (int u = 0; u < op->upstream_count; u++) {
        int from = op->upstream[u];
        double share = from < 0 ? job->source_backpressured : job->operators[from].backpressured;
        worst = share > worst ? share : worst;
    }
    return worst;
}

/* Time to work off what waits at the operator. */
static double waiting_s(const struct weir_operator_view *op)
{
    double rate = op->true_rate * op->instance_count;
    if (!(op->queued > 0))
        return 0;
    return rate > 0 ? op->queued / rate : INFINITY;
}

/* Whether the operator should grow; says why. One that is itself blocked is not the bottleneck. */
static bool should_grow(const struct reactive *self, const struct weir_job_view *job,
                        const struct weir_operator_view *op, char *why, size_t size)
{
    double blocked = upstream_blocked(job, op), wait = waiting_s(op);
    if (op->busy > self->high) {
        snprintf(why, size, "busy %.2f > %.2f", op->busy, self->high);
        return true;
    }
    if (op->backpressured > self->blocked)
        return false;
    if (blocked > self->blocked && op->busy > self->low) {
        snprintf(why, size, "upstream blocked %.2f > %.2f, busy %.2f", blocked, self->blocked, op->busy);
        return true;
    }
    if (wait > self->backlog_s) {
        snprintf(why, size, "%.4g items wait, %.3g s of work > %.3g s", op->queued, wait, self->backlog_s);
        return true;
    }
    return false;
}

static bool may_shrink(const struct reactive *self, const struct weir_job_view *job,
                       const struct weir_operator_view *op, int count)
{
    if (count <= self->min_instances || !(op->busy < self->low) || op->backpressured > self->blocked)
        return false;
    int left = count - self->step > self->min_instances ? count - self->step : self->min_instances;
    return waiting_s(op) <= self->backlog_s / 10 && upstream_blocked(job, op) <= self->blocked &&
           op->busy * count < self->high * left; /* what is left must not have to grow again */
}

/* One step up, one step down, or what is there; *why says it. Growth ends where more would bring nothing. */
static int wanted_of(const struct reactive *self, const struct weir_job_view *job, const struct weir_settle *settle,
                     const struct weir_reach *reach, int o, int count, char *why, size_t size)
{
    const struct weir_operator_view *op = &job->operators[o];
    int most = op->max_parallelism;
    if (self->max_instances > 0 && self->max_instances < most)
        most = self->max_instances;
    if (should_grow(self, job, op, why, size)) {
        int worth = weir_reach_size(reach, o, INFINITY, self->high > 0 ? 1 / self->high : INFINITY);
        most = worth < most ? worth : most;
        if (settle->catching_up) /* what piled up in a pause gets fewer as it is */
            return count;
        int to = most - count > self->step ? count + self->step : most > count ? most : count;
        /* Ranges of keys may serve no more with one instance more, but with several. */
        while (to < most && weir_reach_capacity(reach, o, to) < 1.01 * weir_reach_capacity(reach, o, count))
            to++;
        return to;
    }
    if (!may_shrink(self, job, op, count))
        return count;
    snprintf(why, size, "busy %.2f < %.2f", op->busy, self->low);
    return count - self->step > self->min_instances ? count - self->step : self->min_instances;
}

static void decide(struct reactive *self, const struct weir_view *view, struct weir_plan *plan, int j, int o,
                   const struct weir_settle *settle, const struct weir_reach *reach)
{
    const struct weir_job_view *job = &view->jobs[j];
    char reason[160] = "", why[240];
    int count, planned = 0;
    weir_plan_get(plan, j, o, &count);
    if (job->operators[o].instance_count > 0)
        planned = wanted_of(self, job, settle, reach, o, count, reason, sizeof reason);
    const struct weir_patience *patience = weir_scaler_patience(&self->scaler, view, j, o);
    int streak = 1 + (planned > count ? patience->up : patience->down);
    snprintf(why, sizeof why, "%s for %d windows", reason, streak);
    struct weir_scaler_wish wish = {planned, planned, planned};
    int wanted = weir_scaler_ask(&self->scaler, view, plan, j, o, reach, &wish, why, sizeof why);
    if (wanted == count)
        return;
    weir_plan_scale(plan, j, o, wanted, "%s: %d instances", why, wanted);
    weir_scaler_acted(&self->scaler, view, plan, j, o, count);
}

static void scale(struct reactive *self, const struct weir_view *view, struct weir_plan *plan, int j)
{
    const struct weir_job_view *job = &view->jobs[j];
    const struct weir_settle *settle = weir_scaler_window(&self->scaler, view, j);
    struct weir_ds2_operator *model = weir_alloc((size_t)job->operator_count, sizeof *model);
    struct weir_ds2_demand *demand = weir_alloc((size_t)job->operator_count, sizeof *demand);
    struct weir_reach reach;
    weir_job_demand(view, plan, j, weir_ingress_wanted(job, 0), MIN_ITEMS, model, demand);
    weir_reach_init(&reach, view, plan, j, model);
    for (int o = 0; o < job->operator_count; o++)
        if (!settle->paused) /* else nothing can be seen; what was asked for before stands */
            decide(self, view, plan, j, o, settle, &reach);
    weir_reach_fini(&reach);
    free(demand);
    free(model);
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    for (int j = 0; j < view->job_count; j++)
        if (view->jobs[j].running && view->jobs[j].operator_count > 0)
            scale(state, view, plan, j);
    return WEIR_OK;
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
    struct reactive *self = state;
    weir_scaler_forget(&self->scaler, job);
}

static void destroy(void *state)
{
    struct reactive *self = state;
    weir_scaler_fini(&self->scaler);
}

const struct weir_policy weir_policy_reactive = {
    .abi = WEIR_POLICY_ABI,
    .name = "reactive",
    .summary = "Adds and drops instances by thresholds on busy time, backpressure and what waits.",
    .source = "",
    .state_size = sizeof(struct reactive),
    .params = params,
    .create = create,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
};
