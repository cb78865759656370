/* The heuristic with weights on nodes and links, which grow as subtasks are placed. docs/policies/heu-wo.md. */
#include "policies/offload/offload.h"

static const struct weir_param params[] = {
    WEIR_OFFLOAD_REPLAN_PARAMS,
    WEIR_OFFLOAD_PARAMS,
    {0},
};

static int place(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                 struct offload_trace *trace)
{
    return offload_heu_wo(problem, placement);
}

static const struct weir_offload_rules rules = {
    .name = "heu-wo", .all = place, .one = weir_offload_place_rest, .for_all = true};

static int create(void *state, const struct weir_policy_env *env)
{
    return weir_offload_create(state, env, &rules);
}

const struct weir_policy weir_policy_heu_wo = {
    .abi = WEIR_POLICY_ABI,
    .name = "heu-wo",
    .summary = "Places operator after operator where it ends first under the loads so far.",
    .source = "jiang-2023",
    .state_size = sizeof(struct weir_offload),
    .params = params,
    .create = create,
    WEIR_OFFLOAD_HOOKS,
};
