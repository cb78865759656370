/* All subtasks at the source or at the sink. docs/policies/nearest-offload.md. */
#include "policies/offload/offload.h"

static const struct weir_param params[] = {
    WEIR_OFFLOAD_PARAMS,
    {0},
};

static int place(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                 struct offload_trace *trace)
{
    return offload_nearest(problem, placement);
}

static const struct weir_offload_rules rules = {.name = "nearest-offload", .solo = place};

static int create(void *state, const struct weir_policy_env *env)
{
    return weir_offload_create(state, env, &rules);
}

const struct weir_policy weir_policy_nearest_offload = {
    .abi = WEIR_POLICY_ABI,
    .name = "nearest-offload",
    .summary = "Places all operators of a job at its source or its sink, where more data are.",
    .source = "jiang-2023",
    .state_size = sizeof(struct weir_offload),
    .params = params,
    .create = create,
    WEIR_OFFLOAD_HOOKS,
};
