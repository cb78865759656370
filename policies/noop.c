/* The template of a policy: copy it, rename it, add it to policies/catalog.c and policies/CMakeLists.txt. It binds one
 * parameter, keeps one counter, looks at everything and decides nothing. */
#include "sim/api/policy.h"

#include "sim/base/error.h"

/* All that the policy remembers. The host allocates it, zeroed, before it sets the parameters; one for each run, so no
 * variable of the file may ever be written. */
struct noop {
    /* Parameters first, set from the scenario by the table below. */
    double every_s;

    /* What it remembers from hook to hook. */
    double last_s;
};

/* A row a parameter: name, type, unit, field, default, range in base units, help. `weir list policies` prints it. */
static const struct weir_param params[] = {
    {.name = "every",
     .type = WEIR_PARAM_DOUBLE,
     .unit = WEIR_UNIT_TIME,
     .offset = offsetof(struct noop, every_s),
     .fallback = "0s",
     .min = 0,
     .max = 1e9,
     .help = "Time between two looks; 0: at every window."},
    {0},
};

/* The parameters are set. Check what a range cannot say (one above another), open random streams, allocate.
 * An error is one sentence; the host adds which scenario and policy it is about. */
static int create(void *state, const struct weir_policy_env *env)
{
    struct noop *self = state;
    /* Random draws come from a stream of the policy's own: weir_stream_open(env->seed, env->stream). */
    self->last_s = -self->every_s;
    return WEIR_OK;
}

/* A job arrives and has no instances yet: where they go is free to choose. The plan holds the default placement. */
static int job_arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    for (int op = 0; op < view->jobs[job].operator_count; op++) {
        int count;
        const struct weir_placement *placed = weir_plan_get(plan, job, op, &count);
        /* To decide otherwise: weir_plan_set(plan, job, op, instances, count, "why, with figures"); */
        (void)placed;
    }
    return WEIR_OK;
}

/* A window has closed: the view shows what a monitor measured in it. */
static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct noop *self = state;
    if (view->time_s - self->last_s < self->every_s)
        return WEIR_OK;
    self->last_s = view->time_s;
    for (int j = 0; j < view->job_count; j++) {
        const struct weir_job_view *job = &view->jobs[j];
        if (!job->running) /* departed jobs keep their index */
            continue;
        for (int o = 0; o < job->operator_count; o++) {
            const struct weir_operator_view *op = &job->operators[o];
            if (op->changing) /* a change is under way: a wish would be refused */
                continue;
            int count; /* as the policies before this one in the stack have planned it */
            weir_plan_get(plan, j, o, &count);
            /* To decide: weir_plan_scale(plan, j, o, count + 1, "busy %.2f", op->busy);
             *            weir_plan_move(plan, j, o, host, "...");
             *            weir_plan_set(plan, j, o, instances, count, "..."); */
        }
    }
    return WEIR_OK;
}

/* A job has gone: forget what was kept for it. */
static void job_departs(void *state, const struct weir_view *view, int job)
{
}

/* Frees what create allocated, not the state itself; bears a state whose create failed. */
static void destroy(void *state)
{
}

const struct weir_policy weir_policy_noop = {
    .abi = WEIR_POLICY_ABI,
    .name = "noop",
    .summary = "Looks at everything and decides nothing: the template of a policy.",
    .source = "",
    .state_size = sizeof(struct noop),
    .params = params,
    .create = create,
    .job_arrives = job_arrives, /* hooks that would do nothing may be left out */
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
};
