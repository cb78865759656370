/* When an offloading policy decides, for whom, and which of the moves are worth their price. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/offload/offload.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"

const char *const weir_offload_replans[] = {"arrival", "window", NULL};
const char *const weir_offload_holds[] = {"workflows", "all", "none", NULL};
const char *const weir_offload_share_names[] = {"subtask", "user", NULL};
const char *const weir_offload_rate_names[] = {"flow", "model", NULL};
const char *const weir_offload_units[] = {"auto", "item", "rate", NULL};

int weir_offload_create(struct weir_offload *self, const struct weir_policy_env *env,
                        const struct weir_offload_rules *rules)
{
    self->rules = rules;
    self->seed = weir_stream_key(env->seed, env->stream);
    return WEIR_OK;
}

static void decision_fini(struct weir_offload_decision *decision)
{
    weir_offload_game_fini(&decision->game);
    offload_trace_fini(&decision->trace);
    free(decision->placement);
    free(decision->left_out);
    *decision = (struct weir_offload_decision){0};
}

void weir_offload_destroy(void *state)
{
    struct weir_offload *self = state;
    decision_fini(&self->last);
    offload_network_free(self->network);
    free(self->bytes_per_s);
    free(self->done);
}

/* First subtask of a user and that of the next. */
static int subtasks_of(const struct weir_offload_game *game, int user, int *first)
{
    *first = offload_problem_first_subtask(game->problem, user);
    int end = user + 1 < game->user_count ? offload_problem_first_subtask(game->problem, user + 1)
                                          : offload_problem_subtasks(game->problem);
    return end - *first;
}

int weir_offload_place_rest(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                            struct offload_trace *trace)
{
    int users = offload_problem_users(problem);
    bool *which = weir_alloc((size_t)users, sizeof *which);
    for (int u = 0; u < users; u++)
        which[u] = placement[offload_problem_first_subtask(problem, u)] < 0;
    int code = offload_heu_wo_place(problem, which, placement);
    free(which);
    return code;
}

/* Whether somebody has no place. */
static bool somebody_waits(const struct weir_offload_game *game)
{
    for (int u = 0; u < game->user_count; u++) {
        int first;
        if (subtasks_of(game, u, &first) > 0 && game->present[first] < 0)
            return true;
    }
    return false;
}

/* Each user without a place by itself. */
static int place_alone(struct weir_offload *self, const struct weir_view *view, const struct weir_plan *plan,
                       struct weir_offload_decision *decision)
{
    const struct weir_offload_game *game = &decision->game;
    int code = WEIR_OK;
    for (int u = 0; u < game->user_count && code == WEIR_OK; u++) {
        int first, count = subtasks_of(game, u, &first);
        if (count == 0 || decision->placement[first] >= 0)
            continue;
        struct offload_problem *alone = NULL;
        struct weir_stream seed = weir_stream_at(self->seed, (uint64_t)game->users[u].job);
        code = weir_offload_game_solo(self, view, plan, game, u, &alone);
        if (code == WEIR_OK)
            code =
                self->rules->solo(self, alone, weir_stream_bits(&seed), decision->placement + first, &decision->trace);
        offload_problem_free(alone);
    }
    return code;
}

/* Mean price of a user's moves for an item, in seconds: items that come in the stall D of an operator wait D/2 and are
 * a share D/H of those of the horizon. INFINITY if state cannot travel. */
static double price_s(const struct weir_offload *self, const struct weir_view *view,
                      const struct weir_offload_game *game, const int *placement, int user)
{
    const struct weir_job_view *job = &view->jobs[game->users[user].job];
    int first, count = subtasks_of(game, user, &first);
    double sum = 0;
    for (int o = 0; o < count; o++) {
        const struct weir_operator_view *op = &job->operators[o];
        int from = game->present[first + o], to = placement[first + o];
        if (from == to || !(op->stateful || op->state_bytes > 0))
            continue;
        double state = isfinite(op->state_bytes) ? op->state_bytes : 0;
        double stall = (view->restart_s ? view->restart_s(view) : 0) + state / view->route_bytes_per_s(view, from, to);
        sum += stall * stall / (2 * self->horizon_s);
    }
    return sum >= 0 ? sum : INFINITY;
}

/* A user's cost at a placement, in seconds an item, and what counts for a move: that, or the sum of all. */
static double cost_of(const struct weir_offload *self, const struct weir_offload_game *game, const int *placement,
                      int user, double *costs, double *counts_s)
{
    struct offload_evaluation evaluation = {.cost_s = costs};
    if (offload_evaluate(game->problem, placement, &evaluation) != WEIR_OK)
        return *counts_s = INFINITY;
    double own_s = costs[user] / game->users[user].scale;
    *counts_s = own_s;
    for (int u = 0; self->rules->for_all && u < game->user_count; u++)
        *counts_s += u == user ? 0 : costs[u] / game->users[u].scale;
    return own_s;
}

/* Takes back what does not pay: moves of jobs that run already. */
static void take_back(struct weir_offload *self, const struct weir_view *view, struct weir_offload_decision *decision)
{
    const struct weir_offload_game *game = &decision->game;
    double *costs = weir_alloc((size_t)game->user_count, sizeof *costs);
    int *other = weir_alloc((size_t)offload_problem_subtasks(game->problem), sizeof *other);
    memcpy(other, decision->placement, (size_t)offload_problem_subtasks(game->problem) * sizeof *other);
    for (int u = 0; u < game->user_count; u++) {
        int first, count = subtasks_of(game, u, &first);
        size_t size = (size_t)count * sizeof *other;
        if (count == 0 || game->users[u].arriving || game->present[first] < 0 ||
            memcmp(decision->placement + first, game->present + first, size) == 0)
            continue;
        double moved_s, stayed_s;
        cost_of(self, game, other, u, costs, &moved_s);
        memcpy(other + first, game->present + first, size);
        double own_s = cost_of(self, game, other, u, costs, &stayed_s), gain_s = stayed_s - moved_s;
        self->stale |= !game->users[u].movable;
        if (game->users[u].movable && gain_s > self->least_gain * own_s &&
            gain_s > price_s(self, view, game, decision->placement, u))
            memcpy(other + first, decision->placement + first, size);
        else
            memcpy(decision->placement + first, game->present + first, size);
    }
    weir_error_clear();
    free(other);
    free(costs);
}

/* Decides, for all users or only for those without a place, and writes the plan. */
static int decide(struct weir_offload *self, const struct weir_view *view, int arriving, bool all,
                  struct weir_plan *plan)
{
    const struct weir_offload_rules *rules = self->rules;
    struct weir_offload_decision decision = {.time_s = view->time_s};
    if (view->host_count == 0)
        return WEIR_OK;
    int code = weir_offload_update_network(self, view);
    if (code == WEIR_OK)
        code = weir_offload_game_make(self, view, plan, arriving, &decision.game, &decision.left_out);
    if (code != WEIR_OK || !decision.game.problem || (!all && !somebody_waits(&decision.game))) {
        decision_fini(&decision);
        return code;
    }
    size_t subtasks = (size_t)offload_problem_subtasks(decision.game.problem);
    decision.placement = weir_alloc(subtasks, sizeof *decision.placement);
    memcpy(decision.placement, decision.game.present, subtasks * sizeof *decision.placement);
    struct weir_stream key = weir_stream_at(self->seed, (uint64_t)arriving + 1);
    if (rules->solo)
        code = place_alone(self, view, plan, &decision);
    else
        code = (all || !rules->one ? rules->all : rules->one)(self, decision.game.problem, weir_stream_bits(&key),
                                                              decision.placement, &decision.trace);
    if (code != WEIR_OK) {
        decision_fini(&decision);
        return code;
    }
    self->stale = false;
    take_back(self, view, &decision);
    weir_offload_carry(self, view, plan, &decision.game, decision.placement);
    decision_fini(&self->last);
    self->last = decision;
    return WEIR_OK;
}

int weir_offload_job_arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    struct weir_offload *self = state;
    if ((size_t)job < self->job_count)
        self->done[job] = false;
    return decide(self, view, job, self->replan == WEIR_OFFLOAD_ARRIVAL, plan);
}

/* Workflows whose one result has come are no users any more. */
static void note_done(struct weir_offload *self, const struct weir_view *view)
{
    self->done = weir_grow(self->done, (size_t)view->job_count, &self->job_capacity, sizeof *self->done);
    for (; self->job_count < (size_t)view->job_count; self->job_count++)
        self->done[self->job_count] = false;
    for (int j = 0; j < view->job_count; j++) {
        const struct weir_job_view *job = &view->jobs[j];
        if (self->done[j] || !job->running || job->declared_items != 1 || !(job->delivered_rate > 0))
            continue;
        self->done[j] = true;
        self->stale = true;
    }
}

int weir_offload_window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct weir_offload *self = state;
    note_done(self, view);
    return decide(self, view, -1, self->replan == WEIR_OFFLOAD_WINDOW || self->stale, plan);
}

void weir_offload_job_departs(void *state, const struct weir_view *view, int job)
{
    struct weir_offload *self = state;
    self->stale = true;
}
