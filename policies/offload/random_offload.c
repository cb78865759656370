/* Each subtask on a node drawn at random. docs/policies/random-offload.md. */
#include "policies/offload/offload.h"

static const struct weir_param params[] = {
    WEIR_OFFLOAD_PARAMS,
    {0},
};

static int place(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                 struct offload_trace *trace)
{
    return offload_random(problem, key, placement);
}

static const struct weir_offload_rules rules = {.name = "random-offload", .solo = place};

static int create(void *state, const struct weir_policy_env *env)
{
    return weir_offload_create(state, env, &rules);
}

const struct weir_policy weir_policy_random_offload = {
    .abi = WEIR_POLICY_ABI,
    .name = "random-offload",
    .summary = "Places each operator of a job on a host drawn at random, with shares of cores and links.",
    .source = "jiang-2023",
    .state_size = sizeof(struct weir_offload),
    .params = params,
    .create = create,
    WEIR_OFFLOAD_HOOKS,
};
