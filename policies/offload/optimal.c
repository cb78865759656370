/* The placement of least sum of costs, by branch and bound; an error where there are too many placements.
 * docs/policies/optimal.md. */
#include "policies/offload/offload.h"

struct optimal {
    struct weir_offload shared; /* first */
    double limit;
};

static const struct weir_param params[] = {
    {.name = "limit",
     .type = WEIR_PARAM_DOUBLE,
     .offset = offsetof(struct optimal, limit),
     .fallback = "1e12",
     .min = 1,
     .max = 1e18,
     .help = "Placements from which on it refuses to search."},
    WEIR_OFFLOAD_REPLAN_PARAMS,
    WEIR_OFFLOAD_PARAMS,
    {0},
};

static int place(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                 struct offload_trace *trace)
{
    return offload_optimal(problem, ((const struct optimal *)state)->limit, placement, NULL);
}

static const struct weir_offload_rules rules = {.name = "optimal", .all = place, .for_all = true};

static int create(void *state, const struct weir_policy_env *env)
{
    struct optimal *self = state;
    return weir_offload_create(&self->shared, env, &rules);
}

const struct weir_policy weir_policy_optimal = {
    .abi = WEIR_POLICY_ABI,
    .name = "optimal",
    .summary = "Searches the placement of all operators with the least sum of costs; for small cases.",
    .source = "jiang-2023",
    .state_size = sizeof(struct optimal),
    .params = params,
    .create = create,
    WEIR_OFFLOAD_HOOKS,
};
