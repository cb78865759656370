/* DS2: the parallelism of every operator at once, from true rates and one pass through the graph (Kalavri et al., OSDI
 * 2018). docs/policies/ds2.md. */
#include <math.h>
#include <stdlib.h>

#include "policies/support/demand.h"
#include "policies/support/memo.h"
#include "policies/support/patience.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

struct ds2 {
    double overprovision;
    double drain_s;
    double min_items;
    struct weir_patience_rule patience;
    double margin;
    double cooldown_s;

    struct weir_memo memo; /* of struct weir_patience */
};

#define ROW(key, kind, quantity, field, text, low_end, high_end, sentence)                                             \
    {                                                                                                                  \
        .name = key, .type = kind, .unit = quantity, .offset = offsetof(struct ds2, field), .fallback = text,          \
        .min = low_end, .max = high_end, .help = sentence                                                              \
    }
static const struct weir_param params[] = {
    ROW("overprovision", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, overprovision, "0.2", 0, 100,
        "Share of instances added to what the demand needs."),
    ROW("drain", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, drain_s, "60s", 0, 1e9,
        "Time in which the source's backlog shall be worked off; 0: the backlog is not looked at."),
    ROW("min_items", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, min_items, "10", 0, 1e9,
        "Items in a window below which the declared speed stands for the measured rate."),
    ROW("up_windows", WEIR_PARAM_INT, WEIR_UNIT_NONE, patience.up.windows, "1", 1, 1000000,
        "Windows in a row with too few instances before an operator grows."),
    ROW("down_windows", WEIR_PARAM_INT, WEIR_UNIT_NONE, patience.down.windows, "3", 1, 1000000,
        "Windows in a row with too many instances before an operator shrinks."),
    ROW("margin", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, margin, "0.1", 0, 100,
        "Share added to the demand when it is asked whether an operator may shrink."),
    ROW("cooldown", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, cooldown_s, "30s", 0, 1e9,
        "Least time between two changes of an operator."),
    {0},
};

static void forget(void *record)
{
    weir_patience_fini(record);
}

static int create(void *state, const struct weir_policy_env *env)
{
    struct ds2 *self = state;
    self->memo.record_size = sizeof(struct weir_patience);
    self->memo.fini = forget;
    self->patience.up.cooldown_s = self->patience.down.cooldown_s = self->cooldown_s;
    return WEIR_OK;
}

static int limited(int instances, int max)
{
    return instances > max ? max : instances;
}

/* What the window asks for: what the demand needs, and what is there if that is no more than a margin above it. */
static int wanted_of(const struct ds2 *self, double instances, int count, int max)
{
    int least = limited(weir_ds2_round(instances, 1 + self->overprovision), max);
    int most = limited(weir_ds2_round(instances, (1 + self->overprovision) * (1 + self->margin)), max);
    return count < least ? least : count > most ? most : count;
}

static void decide(struct ds2 *self, const struct weir_view *view, struct weir_plan *plan, int j, int o,
                   const struct weir_ds2_operator *model, const struct weir_ds2_demand *demand)
{
    const struct weir_operator_view *op = &view->jobs[j].operators[o];
    struct weir_patience *patience = weir_memo_at(&self->memo, view, j, o);
    int count;
    weir_plan_get(plan, j, o, &count);
    if (op->changing || count == 0 || op->max_parallelism < 1) {
        weir_patience_pass(patience);
        return;
    }
    int wanted = wanted_of(self, demand->instances, count, op->max_parallelism);
    wanted = weir_patience_ask(patience, &self->patience, view->time_s, count, wanted);
    if (wanted == count)
        return;
    weir_plan_scale(plan, j, o, wanted, "in %.4g/s, true rate %.4g/s an instance: %d instances", demand->input,
                    model->rate, wanted);
    int planned;
    weir_plan_get(plan, j, o, &planned);
    if (planned != count) /* else there was no room */
        weir_patience_acted(patience, view->time_s);
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct ds2 *self = state;
    for (int j = 0; j < view->job_count; j++) {
        const struct weir_job_view *job = &view->jobs[j];
        if (!job->running || job->operator_count == 0)
            continue;
        struct weir_ds2_operator *model = weir_alloc((size_t)job->operator_count, sizeof *model);
        struct weir_ds2_demand *demand = weir_alloc((size_t)job->operator_count, sizeof *demand);
        weir_job_demand(view, plan, j, weir_ingress_wanted(job, self->drain_s), self->min_items, model, demand);
        for (int o = 0; o < job->operator_count; o++)
            decide(self, view, plan, j, o, &model[o], &demand[o]);
        free(demand);
        free(model);
    }
    return WEIR_OK;
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
    struct ds2 *self = state;
    weir_memo_forget(&self->memo, job);
}

static void destroy(void *state)
{
    struct ds2 *self = state;
    weir_memo_fini(&self->memo);
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
