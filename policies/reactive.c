/* Threshold autoscaling: an operator at a time, from what it shows itself. docs/policies/reactive.md. */
#include <math.h>
#include <stdio.h>

#include "policies/support/memo.h"
#include "policies/support/patience.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"

struct reactive {
    double high, low;
    double blocked;
    double backlog_s;
    struct weir_patience_rule patience;
    int step;
    double cooldown_s;
    int min_instances, max_instances;

    struct weir_memo memo; /* of struct weir_patience */
};

#define ROW(key, kind, quantity, field, text, low_end, high_end, sentence)                                             \
    {                                                                                                                  \
        .name = key, .type = kind, .unit = quantity, .offset = offsetof(struct reactive, field), .fallback = text,     \
        .min = low_end, .max = high_end, .help = sentence                                                              \
    }
static const struct weir_param params[] = {
    ROW("high", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, high, "0.8", 0, 1,
        "Share of busy time above which an operator grows."),
    ROW("low", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, low, "0.3", 0, 1,
        "Share of busy time below which an operator shrinks."),
    ROW("blocked", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, blocked, "0.1", 0, 1,
        "Share of time an upstream operator or the source is blocked above which an operator grows."),
    ROW("backlog", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, backlog_s, "5s", 0, 1e9,
        "Time to work off what waits at an operator above which it grows; it shrinks only below a tenth of it."),
    ROW("for_windows", WEIR_PARAM_INT, WEIR_UNIT_NONE, patience.up.windows, "2", 1, 1000000,
        "Windows in a row that must ask for growth."),
    ROW("down_windows", WEIR_PARAM_INT, WEIR_UNIT_NONE, patience.down.windows, "5", 1, 1000000,
        "Windows in a row that must allow shrinking."),
    ROW("step", WEIR_PARAM_INT, WEIR_UNIT_NONE, step, "1", 1, 1000, "Instances added or dropped at a time."),
    ROW("cooldown", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, cooldown_s, "30s", 0, 1e9,
        "Least time between two changes of an operator."),
    ROW("min_instances", WEIR_PARAM_INT, WEIR_UNIT_NONE, min_instances, "1", 1, 1000000,
        "Least number of instances of an operator."),
    ROW("max_instances", WEIR_PARAM_INT, WEIR_UNIT_NONE, max_instances, "0", 0, 1000000,
        "Greatest number of instances of an operator; 0: its own max_parallelism."),
    {0},
};

static void forget(void *record)
{
    weir_patience_fini(record);
}

static int create(void *state, const struct weir_policy_env *env)
{
    struct reactive *self = state;
    self->memo.record_size = sizeof(struct weir_patience);
    self->memo.fini = forget;
    self->patience.up.cooldown_s = self->patience.down.cooldown_s = self->cooldown_s;
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

/* One step up, one step down, or what is there; *why says it. */
static int wanted_of(const struct reactive *self, const struct weir_job_view *job, const struct weir_operator_view *op,
                     int count, char *why, size_t size)
{
    int most = op->max_parallelism;
    if (self->max_instances > 0 && self->max_instances < most)
        most = self->max_instances;
    if (should_grow(self, job, op, why, size))
        return most - count > self->step ? count + self->step : most > count ? most : count;
    if (!may_shrink(self, job, op, count))
        return count;
    snprintf(why, size, "busy %.2f < %.2f", op->busy, self->low);
    return count - self->step > self->min_instances ? count - self->step : self->min_instances;
}

static void decide(struct reactive *self, const struct weir_view *view, struct weir_plan *plan, int j, int o)
{
    const struct weir_job_view *job = &view->jobs[j];
    const struct weir_operator_view *op = &job->operators[o];
    struct weir_patience *patience = weir_memo_at(&self->memo, view, j, o);
    char why[160] = "";
    int count, planned;
    weir_plan_get(plan, j, o, &count);
    if (op->changing || op->instance_count == 0 || count == 0) {
        weir_patience_pass(patience); /* what was measured belongs to the old deployment */
        return;
    }
    int wanted = wanted_of(self, job, op, count, why, sizeof why);
    wanted = weir_patience_ask(patience, &self->patience, view->time_s, count, wanted);
    if (wanted == count)
        return;
    weir_plan_scale(plan, j, o, wanted, "%s for %d windows: %d instances", why,
                    wanted > count ? patience->up : patience->down, wanted);
    weir_plan_get(plan, j, o, &planned);
    if (planned != count) /* else there was no room */
        weir_patience_acted(patience, view->time_s);
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct reactive *self = state;
    for (int j = 0; j < view->job_count; j++)
        for (int o = 0; view->jobs[j].running && o < view->jobs[j].operator_count; o++)
            decide(self, view, plan, j, o);
    return WEIR_OK;
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
    struct reactive *self = state;
    weir_memo_forget(&self->memo, job);
}

static void destroy(void *state)
{
    struct reactive *self = state;
    weir_memo_fini(&self->memo);
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
