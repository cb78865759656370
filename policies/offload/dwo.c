/* Workflow offloading as a game: users in turn take their best response to the others, up to an equilibrium.
 * docs/policies/dwo.md. */
#include "policies/offload/offload.h"

#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

static const char *const start_names[] = {"present", "random", "heu-wo", "nearest", NULL};

struct dwo {
    struct weir_offload shared; /* first */
    int best_response;          /* index into offload_response_names */
    int start, starts;
    bool polish, lower_sum;
};

static const struct weir_param params[] = {
    {.name = "best_response",
     .type = WEIR_PARAM_CHOICE,
     .offset = offsetof(struct dwo, best_response),
     .fallback = "segment",
     .choices = offload_response_names,
     .help =
         "How a user finds its best place: runs of operators on one host, all placements, or operator by operator."},
    {.name = "polish",
     .type = WEIR_PARAM_BOOL,
     .offset = offsetof(struct dwo, polish),
     .fallback = "true",
     .help = "Segment tries moves of single operators, too."},
    {.name = "start",
     .type = WEIR_PARAM_CHOICE,
     .offset = offsetof(struct dwo, start),
     .fallback = "present",
     .choices = start_names,
     .help = "Where the first game starts."},
    {.name = "starts",
     .type = WEIR_PARAM_INT,
     .offset = offsetof(struct dwo, starts),
     .fallback = "1",
     .min = 1,
     .max = 10000,
     .help = "Games, further ones from random places; the equilibrium of least cost is taken."},
    {.name = "lower_sum",
     .type = WEIR_PARAM_BOOL,
     .offset = offsetof(struct dwo, lower_sum),
     .fallback = "false",
     .help = "Begin each game with moves that lower the sum of all costs."},
    WEIR_OFFLOAD_REPLAN_PARAMS,
    WEIR_OFFLOAD_PARAMS,
    {0},
};

static int play(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                struct offload_trace *trace)
{
    static const enum offload_start starts[] = {OFFLOAD_START_GIVEN, OFFLOAD_START_RANDOM, OFFLOAD_START_HEU_WO,
                                                OFFLOAD_START_NEAREST};
    const struct dwo *self = state;
    const struct offload_dwo_options options = {.response = (enum offload_response)self->best_response,
                                                .no_polish = !self->polish,
                                                .start = starts[self->start],
                                                .starts = self->starts,
                                                .seed = key,
                                                .lower_sum_first = self->lower_sum};
    return offload_dwo(problem, &options, placement, trace);
}

/* Users without a place: first as heu-wo would, then each by its best response. */
static int answer(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                  struct offload_trace *trace)
{
    const struct dwo *self = state;
    int users = offload_problem_users(problem), code = WEIR_OK;
    bool *waits = weir_alloc((size_t)users, sizeof *waits);
    for (int u = 0; u < users; u++)
        waits[u] = placement[offload_problem_first_subtask(problem, u)] < 0;
    code = weir_offload_place_rest(state, problem, key, placement, trace);
    for (int u = 0; u < users && code == WEIR_OK; u++) {
        double cost_s;
        if (waits[u])
            code = offload_best_response(problem, placement, u, (enum offload_response)self->best_response,
                                         self->polish, placement + offload_problem_first_subtask(problem, u), &cost_s);
    }
    free(waits);
    return code;
}

static const struct weir_offload_rules rules = {.name = "dwo", .all = play, .one = answer};

static int create(void *state, const struct weir_policy_env *env)
{
    struct dwo *self = state;
    return weir_offload_create(&self->shared, env, &rules);
}

const struct weir_policy weir_policy_dwo = {
    .abi = WEIR_POLICY_ABI,
    .name = "dwo",
    .summary = "Places the operators of all jobs as players of a game, each answering the others until nobody gains.",
    .source = "jiang-2023",
    .state_size = sizeof(struct dwo),
    .params = params,
    .create = create,
    WEIR_OFFLOAD_HOOKS,
};
