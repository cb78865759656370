/* DS2: the parallelism of every operator at once, from true rates and one pass through the graph (Kalavri et al., OSDI
 * 2018). docs/policies/ds2.md. */
#include <stdio.h>
#include <stdlib.h>

#include "policies/support/demand.h"
#include "policies/support/scaler.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

struct ds2 {
    double overprovision;
    double drain_s;
    double min_items;
    double margin;
    double cooldown_s;
    struct weir_scaler scaler;
};

static const struct weir_param params[] = {
    WEIR_PARAM_ROW(struct ds2, "overprovision", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, overprovision, "0.2", 0, 100,
                   "Share of instances added to what the demand needs."),
    WEIR_PARAM_ROW(struct ds2, "drain", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, drain_s, "60s", 0, 1e9,
                   "Time in which the source's backlog shall be worked off; 0: the backlog is not looked at."),
    WEIR_PARAM_ROW(struct ds2, "min_items", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, min_items, "10", 0, 1e9,
                   "Items in a window below which the declared speed stands for the measured rate."),
    WEIR_PARAM_ROW(struct ds2, "up_windows", WEIR_PARAM_INT, WEIR_UNIT_NONE, scaler.patience.up.windows, "1", 1,
                   1000000, "Windows in a row with too few instances before an operator grows."),
    WEIR_PARAM_ROW(struct ds2, "down_windows", WEIR_PARAM_INT, WEIR_UNIT_NONE, scaler.patience.down.windows, "3", 1,
                   1000000, "Windows in a row with too many instances before an operator shrinks."),
    WEIR_PARAM_ROW(struct ds2, "margin", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, margin, "0.1", 0, 100,
                   "Share added to the demand when it is asked whether an operator may shrink."),
    WEIR_PARAM_ROW(struct ds2, "reserve", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, scaler.reserve_s, "1min", 0, 1e9,
                   "Time in which all windows must ask for growth that noise alone could ask for."),
    WEIR_PARAM_ROW(
        struct ds2, "stabilization", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, scaler.patience.down.stabilize_s, "2min", 0,
        1e9,
        "An operator shrinks to the most that the windows of so long asked for; twice what a change takes, at least."),
    WEIR_PARAM_ROW(struct ds2, "remember", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, scaler.remember_s, "10min", 0, 1e9,
                   "Time for which growth that brought nothing is not tried again; 0: it is not judged."),
    WEIR_PARAM_ROW(struct ds2, "cooldown", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, cooldown_s, "30s", 0, 1e9,
                   "Least time between two changes of an operator."),
    {0},
};

static int create(void *state, const struct weir_policy_env *env)
{
    struct ds2 *self = state;
    self->scaler.patience.up.cooldown_s = self->scaler.patience.down.cooldown_s = self->cooldown_s;
    self->scaler.spare = 1;
    self->scaler.reserve = self->overprovision;
    weir_scaler_init(&self->scaler);
    return WEIR_OK;
}

/* What the window asks for: what the demand needs, and what is there if that is no more than a margin above it. */
static struct weir_scaler_wish wish_of(const struct ds2 *self, const struct weir_reach *reach, int op, double input)
{
    return (struct weir_scaler_wish){
        .least = weir_reach_size(reach, op, input, 1 + self->overprovision),
        .urgent = weir_reach_size(reach, op, input, 1 + self->overprovision / 2),
        .most = weir_reach_size(reach, op, input, (1 + self->overprovision) * (1 + self->margin)),
    };
}

static void decide(struct ds2 *self, const struct weir_view *view, struct weir_plan *plan, int j, int o,
                   const struct weir_reach *reach, double input)
{
    char why[200];
    int count;
    weir_plan_get(plan, j, o, &count);
    const struct weir_reach_operator *of = &reach->operators[o];
    int used = input > of->let ? snprintf(why, sizeof why, "in %.4g/s, of which %.4g/s can come", input, of->let)
                               : snprintf(why, sizeof why, "in %.4g/s", input);
    snprintf(why + used, sizeof why - (size_t)used, ", true rate %.4g/s an instance", of->rate);
    struct weir_scaler_wish wish = wish_of(self, reach, o, input);
    int wanted = weir_scaler_ask(&self->scaler, view, plan, j, o, reach, &wish, why, sizeof why);
    if (wanted == count)
        return;
    weir_plan_scale(plan, j, o, wanted, "%s: %d instances", why, wanted);
    weir_scaler_acted(&self->scaler, view, plan, j, o, count);
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct ds2 *self = state;
    for (int j = 0; j < view->job_count; j++) {
        const struct weir_job_view *job = &view->jobs[j];
        if (!job->running || job->operator_count == 0)
            continue;
        const struct weir_settle *settle = weir_scaler_window(&self->scaler, view, j);
        double ingress = weir_ingress_wanted(job, 0);
        if (self->drain_s > 0)
            ingress += weir_settle_backlog(settle, job) / self->drain_s;
        struct weir_ds2_operator *model = weir_alloc((size_t)job->operator_count, sizeof *model);
        struct weir_ds2_demand *demand = weir_alloc((size_t)job->operator_count, sizeof *demand);
        struct weir_reach reach;
        weir_job_demand(view, plan, j, ingress, self->min_items, model, demand);
        weir_reach_init(&reach, view, plan, j, model);
        for (int o = 0; o < job->operator_count; o++)
            decide(self, view, plan, j, o, &reach, demand[o].input);
        weir_reach_fini(&reach);
        free(demand);
        free(model);
    }
    return WEIR_OK;
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
    struct ds2 *self = state;
    weir_scaler_forget(&self->scaler, job);
}

static void destroy(void *state)
{
    struct ds2 *self = state;
    weir_scaler_fini(&self->scaler);
}

const struct weir_policy weir_policy_ds2 = {
    .abi = WEIR_POLICY_ABI,
    .name = "ds2",
    .summary = "Gives every operator the instances that the propagated demand needs at its true rate.",
    .source = "ds2-2018",
    .state_size = sizeof(struct ds2),
    .params = params,
    .create = create,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
};
