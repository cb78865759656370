/* DS2: the parallelism of every operator at once, from true rates and one pass through the graph (Kalavri et al., OSDI
 * 2018). docs/policies/ds2.md. */
#include <math.h>
#include <stdlib.h>

#include "policies/support/demand.h"
#include "policies/support/memo.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

struct ds2 {
    double overprovision;
    double drain_s;
    double min_items;
    int up_windows, down_windows;
    double margin;
    double cooldown_s;

    struct weir_memo memo; /* of struct streak */
};

/* Of an operator: windows in a row in which it had too few or too many instances. */
struct streak {
    int up, down;
    int down_to; /* the most that a window of the streak asked for */
    bool acted;
    double acted_s;
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
    ROW("up_windows", WEIR_PARAM_INT, WEIR_UNIT_NONE, up_windows, "1", 1, 1000000,
        "Windows in a row with too few instances before an operator grows."),
    ROW("down_windows", WEIR_PARAM_INT, WEIR_UNIT_NONE, down_windows, "3", 1, 1000000,
        "Windows in a row with too many instances before an operator shrinks."),
    ROW("margin", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, margin, "0.1", 0, 100,
        "Share added to the demand when it is asked whether an operator may shrink."),
    ROW("cooldown", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, cooldown_s, "30s", 0, 1e9,
        "Least time between two changes of an operator."),
    {0},
};

static int create(void *state, const struct weir_policy_env *env)
{
    struct ds2 *self = state;
    self->memo.record_size = sizeof(struct streak);
    return WEIR_OK;
}

static int limited(int instances, int max)
{
    return instances > max ? max : instances;
}

/* The number of instances that the operator shall have now. */
static int wanted_now(const struct ds2 *self, struct streak *streak, double instances, int count, int max)
{
    int up_to = limited(weir_ds2_round(instances, 1 + self->overprovision), max);
    int down_to = limited(weir_ds2_round(instances, (1 + self->overprovision) * (1 + self->margin)), max);
    streak->up = up_to > count ? streak->up + 1 : 0;
    if (down_to < count) {
        streak->down_to = streak->down == 0 || down_to > streak->down_to ? down_to : streak->down_to;
        streak->down++;
    } else {
        streak->down = 0;
    }
    if (streak->up >= self->up_windows)
        return up_to;
    return streak->down >= self->down_windows ? streak->down_to : count;
}

static void decide(struct ds2 *self, const struct weir_view *view, struct weir_plan *plan, int j, int o,
                   const struct weir_ds2_operator *model, const struct weir_ds2_demand *demand)
{
    const struct weir_operator_view *op = &view->jobs[j].operators[o];
    struct streak *streak = weir_memo_at(&self->memo, view, j, o);
    int count;
    weir_plan_get(plan, j, o, &count);
    if (op->changing || count == 0 || op->max_parallelism < 1) {
        streak->up = streak->down = 0;
        return;
    }
    int wanted = wanted_now(self, streak, demand->instances, count, op->max_parallelism);
    if (wanted == count || (streak->acted && view->time_s - streak->acted_s < self->cooldown_s))
        return;
    weir_plan_scale(plan, j, o, wanted, "in %.4g/s, true rate %.4g/s an instance: %d instances", demand->input,
                    model->rate, wanted);
    int planned;
    weir_plan_get(plan, j, o, &planned);
    if (planned != count) /* else there was no room */
        *streak = (struct streak){.acted = true, .acted_s = view->time_s};
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
