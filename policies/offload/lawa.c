/* Runs of subtasks along the way from the source to the sink, as if the user were alone. docs/policies/lawa.md. */
#include "policies/offload/offload.h"

static const struct weir_param params[] = {
    WEIR_OFFLOAD_PARAMS,
    {0},
};

static int place(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                 struct offload_trace *trace)
{
    return offload_lawa(problem, placement);
}

static const struct weir_offload_rules rules = {.name = "lawa", .solo = place};

static int create(void *state, const struct weir_policy_env *env)
{
    return weir_offload_create(state, env, &rules);
}

const struct weir_policy weir_policy_lawa = {
    .abi = WEIR_POLICY_ABI,
    .name = "lawa",
    .summary = "Places the operators of a job in runs along the way from its source to its sink.",
    .source = "jiang-2023",
    .state_size = sizeof(struct weir_offload),
    .params = params,
    .create = create,
    WEIR_OFFLOAD_HOOKS,
};
