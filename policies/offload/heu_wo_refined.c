/* Ours: local moves on top of heu-wo, nearest and lawa. docs/policies/heu-wo-refined.md. */
#include "policies/offload/offload.h"

static const struct weir_param params[] = {
    WEIR_OFFLOAD_REPLAN_PARAMS,
    WEIR_OFFLOAD_PARAMS,
    {0},
};

static int place(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                 struct offload_trace *trace)
{
    return offload_heu_wo_refined(problem, placement);
}

static const struct weir_offload_rules rules = {
    .name = "heu-wo-refined", .all = place, .one = weir_offload_place_rest, .for_all = true};

static int create(void *state, const struct weir_policy_env *env)
{
    return weir_offload_create(state, env, &rules);
}

const struct weir_policy weir_policy_heu_wo_refined = {
    .abi = WEIR_POLICY_ABI,
    .name = "heu-wo-refined",
    .summary = "Improves what heu-wo, nearest-offload and lawa would do by single moves, and takes the best.",
    .source = "jiang-2023",
    .state_size = sizeof(struct weir_offload),
    .params = params,
    .create = create,
    WEIR_OFFLOAD_HOOKS,
};
