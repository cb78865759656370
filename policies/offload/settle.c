/* What a decision must hold back: moves of jobs that run already and do not pay, and jobs for which a host has no room
 * beside the others. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/offload/offload.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* A gain below this share of the cost is rounding. */
#define ROUNDING 1e-12

/* Mean price of a user's moves for an item, in seconds: items that come in the stall D of an operator wait D/2 and are
 * a share D/H of those of the horizon. INFINITY if state cannot travel. */
static double price_s(const struct weir_offload *self, const struct weir_view *view,
                      const struct weir_offload_game *game, const int *placement, int user)
{
    const struct weir_job_view *job = &view->jobs[game->users[user].job];
    int first, count = weir_offload_subtasks(game, user, &first);
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

/* What the game counts for a user at a placement: its own cost, or the sum of all, times the weights. */
static double counts(const struct weir_offload *self, const struct weir_offload_game *game, const int *placement,
                     int user, double *costs)
{
    struct offload_evaluation evaluation = {.cost_s = costs};
    if (offload_evaluate(game->problem, placement, &evaluation) != WEIR_OK)
        return INFINITY;
    return self->rules->for_all ? evaluation.cost_sum_s : game->users[user].weight * costs[user];
}

/* Whether a move is worth its price and what the policy is told to save at least. `other` is the decision; it is left
 * as it was. */
static bool pays(const struct weir_offload *self, const struct weir_view *view,
                 const struct weir_offload_decision *decision, int user, int *other, double *costs)
{
    const struct weir_offload_game *game = &decision->game;
    const struct weir_offload_user *who = &game->users[user];
    int first, count = weir_offload_subtasks(game, user, &first);
    size_t size = (size_t)count * sizeof *other;
    double moved = counts(self, game, other, user, costs);
    memcpy(other + first, game->present + first, size);
    double stayed = counts(self, game, other, user, costs), own = who->weight * costs[user];
    memcpy(other + first, decision->placement + first, size);
    double gain = stayed - moved;
    double price = who->weight * who->scale * price_s(self, view, game, decision->placement, user);
    double needed = fmax(self->least_gain * own, price);
    return needed > 0 ? gain > needed : gain >= -ROUNDING * own;
}

/* Users whose moves do not pay stay. */
static void hold_back(struct weir_offload *self, const struct weir_view *view,
                      const struct weir_offload_decision *decision, struct weir_offload_question *question)
{
    const struct weir_offload_game *game = &decision->game;
    size_t subtasks = (size_t)offload_problem_subtasks(game->problem);
    double *costs = weir_alloc((size_t)game->user_count, sizeof *costs);
    int *other = weir_alloc(subtasks, sizeof *other);
    memcpy(other, decision->placement, subtasks * sizeof *other);
    for (int u = 0; u < game->user_count; u++) {
        const struct weir_offload_user *user = &game->users[u];
        int first, count = weir_offload_subtasks(game, u, &first);
        bool moves = count > 0 && !user->arriving && !user->stays && game->present[first] >= 0 &&
                     memcmp(other + first, game->present + first, (size_t)count * sizeof *other) != 0;
        if (!moves || pays(self, view, decision, u, other, costs))
            continue;
        question->again |= !question->stays[user->job];
        question->stays[user->job] = true;
    }
    weir_error_clear();
    free(other);
    free(costs);
}

/* Instances of an operator that are planned. */
static int instances_of(const struct weir_plan *plan, int job, int op)
{
    int count;
    weir_plan_get(plan, job, op, &count);
    return count;
}

/* The host is closed to the operator. */
static void close_to(const struct weir_view *view, struct weir_offload_question *question, int job, int op, int host)
{
    size_t hosts = (size_t)view->host_count;
    if (!question->closed)
        question->closed = weir_alloc((size_t)view->job_count, sizeof *question->closed);
    if (!question->closed[job])
        question->closed[job] = weir_alloc((size_t)view->jobs[job].operator_count * hosts, sizeof(bool));
    bool *closed = &question->closed[job][(size_t)op * hosts + (size_t)host];
    question->again |= !*closed; /* where it is closed already, nothing else would come of it */
    *closed = true;
}

/* Whether an operator runs on the host already. */
static bool is_there(const struct weir_offload_game *game, int user, int subtask, int host)
{
    return !game->users[user].arriving && game->present[subtask] == host;
}

/* Slots of a host that a decision leaves. Those that others leave are free only when these have gone. */
static long room_on(const struct weir_view *view, const struct weir_plan *plan,
                    const struct weir_offload_decision *decision, int host)
{
    const struct weir_offload_game *game = &decision->game;
    long room = weir_plan_free_slots(plan, host);
    for (int u = 0; u < game->user_count; u++) {
        int first, count = weir_offload_subtasks(game, u, &first), job = game->users[u].job;
        room += game->users[u].arriving ? weir_offload_own_on(view, plan, job, host) : 0;
        for (int o = 0; o < count; o++)
            if (decision->placement[first + o] == host && !is_there(game, u, first + o, host))
                room -= instances_of(plan, job, o);
    }
    return room;
}

/* Hosts are closed to the last operators of the last jobs, of those that have not been there, until the rest has room.
 */
static void close_full(const struct weir_view *view, const struct weir_plan *plan,
                       const struct weir_offload_decision *decision, struct weir_offload_question *question)
{
    const struct weir_offload_game *game = &decision->game;
    for (int h = 0; h < view->host_count; h++) {
        long room = view->hosts[h].slots > 0 ? room_on(view, plan, decision, h) : 0;
        for (int u = game->user_count - 1; u >= 0 && room < 0; u--) {
            int first, count = weir_offload_subtasks(game, u, &first);
            for (int o = count - 1; o >= 0 && room < 0; o--) {
                if (decision->placement[first + o] != h || is_there(game, u, first + o, h))
                    continue;
                close_to(view, question, game->users[u].job, o, h);
                room += instances_of(plan, game->users[u].job, o);
            }
        }
    }
}

void weir_offload_settle(struct weir_offload *self, const struct weir_view *view, const struct weir_plan *plan,
                         const struct weir_offload_decision *decision, struct weir_offload_question *question)
{
    if (!self->rules->solo)
        hold_back(self, view, decision, question);
    close_full(view, plan, decision, question);
}
