/* What single users could gain by placing themselves anew, and bounds of what a placement costs beyond the best one
 * [jiang-2023], equations (26) to (36). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/given.h"
#include "policies/learn/offload/chain.h"
#include "policies/learn/offload/decide.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Differences below this share are rounding. */
#define ROUNDING 1e-9

/* What a user costs at least wherever it is: the work of each subtask by itself. */
static double least_work(const struct offload_game *game)
{
    double sum = 0;
    for (int s = game->problem->first_subtask[game->user]; s < game->problem->first_subtask[game->user + 1]; s++)
        sum += offload_game_least_work(game, s);
    return sum;
}

/* The best that is found for the user whose turn it is, tried on return, and what nothing falls below; costs are times
 * omega. */
static struct offload_deviation seek(struct offload_game *game, struct offload_chain *chain, double enumerable)
{
    const struct offload_problem *problem = game->problem;
    int user = game->user;
    struct offload_deviation found = {.cost_s = offload_game_cost(game)};
    if (offload_user_placements(problem, user) <= enumerable) {
        found.best_s = found.least_s = offload_game_enumerate(game);
        return found;
    }
    found.best_s = offload_game_polish(game, false);
    found.least_s = least_work(game);
    if (!problem->chain[user] || !offload_chain_respond(chain, false, problem->network->nodes, INFINITY))
        return found;
    int count = problem->first_subtask[user + 1] - problem->first_subtask[user];
    int *polished = weir_alloc((size_t)count, sizeof *polished);
    memcpy(polished, game->own_placement, (size_t)count * sizeof *polished);
    /* What own items do to each other outside of runs is left out: it costs more, unless shares are of users. */
    if (!game->of_user)
        found.least_s = fmax(found.least_s, chain->value);
    offload_game_try(game, chain->response);
    double cost = offload_game_polish(game, false);
    if (cost < found.best_s)
        found.best_s = cost;
    else
        offload_game_try(game, polished);
    free(polished);
    return found;
}

int offload_deviations(const struct offload_problem *problem, const int *placement, double enumerable,
                       struct offload_deviation *deviations, int *responses)
{
    if (learn_given(__func__, "problem placement deviations responses", problem,
                    offload_placement_given(problem, placement), deviations, responses) != WEIR_OK)
        return WEIR_EINPUT;
    if (offload_check_placement(problem, placement) < 0)
        return weir_error_code();
    int *copy = weir_alloc((size_t)problem->subtasks, sizeof *copy);
    memcpy(copy, placement, (size_t)problem->subtasks * sizeof *copy);
    struct offload_game game;
    struct offload_chain chain;
    offload_game_init(&game, problem, copy, 1);
    offload_chain_init(&chain, &game);
    offload_game_load(&game);
    for (int u = 0; u < problem->users; u++) {
        int first = problem->first_subtask[u], count = problem->first_subtask[u + 1] - first;
        offload_game_begin(&game, u);
        struct offload_deviation found = seek(&game, &chain, enumerable);
        memcpy(responses + first, game.own_placement, (size_t)count * sizeof *responses);
        found.best_s = fmin(found.best_s, found.cost_s);
        found.least_s = fmin(found.least_s, found.best_s);
        deviations[u] = (struct offload_deviation){.cost_s = found.cost_s / problem->omega[u],
                                                   .best_s = found.best_s / problem->omega[u],
                                                   .least_s = found.least_s / problem->omega[u]};
        offload_game_try(&game, copy + first);
        offload_game_end(&game);
    }
    offload_chain_fini(&chain);
    offload_game_fini(&game);
    free(copy);
    return WEIR_OK;
}

bool offload_deviation_gains(const struct offload_deviation *deviation)
{
    return deviation && deviation->best_s < deviation->cost_s * (1 - ROUNDING);
}

bool offload_deviation_certain(const struct offload_deviation *deviation)
{
    return deviation && deviation->least_s >= deviation->best_s * (1 - ROUNDING);
}

/* What all users cost at least: each as if alone. */
static double least_alone(const struct offload_problem *problem, double enumerable)
{
    double sum = 0;
    struct offload_game game;
    struct offload_chain chain;
    int *own = weir_alloc((size_t)problem->subtasks, sizeof *own);
    offload_game_init(&game, problem, own, 1);
    offload_chain_init(&chain, &game);
    if (offload_nearest(problem, own) == WEIR_OK)
        for (int u = 0; u < problem->users; u++) {
            game.user = u;
            offload_game_try(&game, own + problem->first_subtask[u]);
            sum += seek(&game, &chain, enumerable).least_s;
            offload_game_clear(&game);
        }
    offload_chain_fini(&chain);
    offload_game_fini(&game);
    free(own);
    return sum;
}

int offload_bound(const struct offload_problem *problem, const int *placement, double enumerable,
                  struct offload_bounds *bounds)
{
    if (learn_given(__func__, "problem placement bounds", problem, offload_placement_given(problem, placement),
                    bounds) != WEIR_OK)
        return WEIR_EINPUT;
    size_t users = (size_t)problem->users;
    struct offload_deviation *deviations = weir_alloc(users, sizeof *deviations);
    int *responses = weir_alloc((size_t)problem->subtasks, sizeof *responses);
    int code = offload_deviations(problem, placement, enumerable, deviations, responses);
    *bounds = (struct offload_bounds){.slack = 0};
    double responses_s = 0;
    for (int u = 0; u < problem->users && code == WEIR_OK; u++) {
        bounds->cost_s += problem->omega[u] * deviations[u].cost_s;
        responses_s += problem->omega[u] * deviations[u].least_s;
        /* T_u(A) <= (1 + slack) T_u(any, A_-u) */
        if (deviations[u].cost_s > 0)
            bounds->slack = fmax(bounds->slack, deviations[u].cost_s / deviations[u].least_s - 1);
    }
    if (bounds->slack < ROUNDING)
        bounds->slack = 0;
    /* (31) with the slack: C <= (1 + slack) (sqrt(C C*) + C*), so that rho^2 <= (1 + slack) (rho + 1), rho^2 = C / C*.
     */
    double most = 1 + bounds->slack, rho = (most + sqrt(most * most + 4 * most)) / 2;
    bounds->anarchy = rho * rho;
    if (code == WEIR_OK) {
        bounds->alone_s = least_alone(problem, enumerable);
        /* Beside A, all users together cost at most what (31) says of the best placement: responses_s <= sqrt(C C*) +
         * C*. */
        double root = (-sqrt(bounds->cost_s) + sqrt(bounds->cost_s + 4 * responses_s)) / 2;
        bounds->responses_s = root * root;
        bounds->least_s =
            fmin(bounds->cost_s, fmax(fmax(bounds->alone_s, bounds->responses_s), bounds->cost_s / bounds->anarchy));
    }
    free(deviations);
    free(responses);
    return code;
}
