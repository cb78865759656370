/* A policy as a shared object: thresholds on smoothed busy time. `make` builds it against an installed weir;
 *     weir compare SCENARIO --policy static --policy ./threshold.so
 * threshold.py is the same rule over the pipe. */
#include <weir/error.h>
#include <weir/policy.h>

#define JOBS_AT_MOST      64
#define OPERATORS_AT_MOST 16

struct threshold {
    /* Parameters, set from the scenario by the table below. */
    double high, low, memory;

    /* What it remembers: busy time of each operator, smoothed. */
    double smooth[JOBS_AT_MOST][OPERATORS_AT_MOST];
};

#define NUMBER(its_name, its_default, its_help)                                                                        \
    {                                                                                                                  \
        .name = #its_name, .type = WEIR_PARAM_DOUBLE, .offset = offsetof(struct threshold, its_name),                  \
        .fallback = its_default, .min = 0, .max = 1, .help = its_help                                                  \
    }
static const struct weir_param params[] = {
    NUMBER(high, "0.8", "Smoothed busy time above which an operator gets an instance more."),
    NUMBER(low, "0.3", "Smoothed busy time below which it gets one less."),
    NUMBER(memory, "0.5", "Weight of the past in the smoothing."),
    {0},
};

static int create(void *state, const struct weir_policy_env *env)
{
    const struct threshold *self = state;
    (void)env;
    if (self->low >= self->high)
        return weir_error(WEIR_EINPUT, "\"low\" (%g) must be below \"high\" (%g)", self->low, self->high);
    return 0;
}

static void decide(struct threshold *self, const struct weir_operator_view *op, struct weir_plan *plan, int job, int o)
{
    double *smooth = &self->smooth[job][o];
    int count;
    weir_plan_get(plan, job, o, &count);
    *smooth = self->memory * *smooth + (1 - self->memory) * op->busy;
    if (op->changing)
        return;
    if (*smooth > self->high && count < op->max_parallelism)
        weir_plan_scale(plan, job, o, count + 1, "busy %.2f > %.2f", *smooth, self->high);
    else if (*smooth < self->low && count > 1)
        weir_plan_scale(plan, job, o, count - 1, "busy %.2f < %.2f", *smooth, self->low);
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    if (view->job_count > JOBS_AT_MOST)
        return weir_error(WEIR_ERUN, "%d jobs; at most %d fit", view->job_count, JOBS_AT_MOST);
    for (int j = 0; j < view->job_count; j++)
        for (int o = 0; view->jobs[j].running && o < view->jobs[j].operator_count && o < OPERATORS_AT_MOST; o++)
            decide(state, &view->jobs[j].operators[o], plan, j, o);
    return 0;
}

const struct weir_policy weir_policy_plugin = {
    .abi = WEIR_POLICY_ABI,
    .name = "threshold",
    .summary = "Adds and drops instances by thresholds on smoothed busy time.",
    .source = "",
    .state_size = sizeof(struct threshold),
    .params = params,
    .create = create,
    .window_ends = window_ends,
};
