/* All placements of the user being tried, depth first over its subtasks in their order. A cost only grows with further
 * items, so that what costs as much as the best so far is left early. */
#include <stdlib.h>
#include <string.h>

#include "policies/learn/offload/game.h"
#include "sim/base/memory.h"

struct enumeration {
    struct offload_game *game;
    double *rest; /* [subtasks + 1]: what the work of subtask s and later costs at least */
    int *best;    /* [subtasks] */
    double best_cost;
};

double offload_game_least_work(const struct offload_game *game, int subtask)
{
    double least = INFINITY;
    const unsigned char *allowed = game->problem->allowed[subtask];
    for (int m = 0; m < game->network->nodes; m++) {
        if (allowed && !allowed[m])
            continue;
        double item = offload_work_item(game, subtask, m);
        /* Shares of users: beside others of its own, it can cost as little as its own work. */
        double price = game->of_user ? item * game->pull[m].per_capacity : offload_price(game, &game->pull[m], item);
        least = price < least ? price : least;
    }
    return least;
}

/* Adds an item, returns what it costs more than before. */
static double add(struct offload_game *game, int resource, double item)
{
    double before = offload_price(game, &game->pull[resource], game->own[resource]);
    offload_game_add(game, resource, item);
    return offload_price(game, &game->pull[resource], game->own[resource]) - before;
}

/* Adds, or with `back` takes, what subtask s brings on a node: its work, what comes in, and what goes to the end.
 * Returns what adding costs. */
static double change(struct offload_game *game, int s, int node, bool back)
{
    const struct offload_problem *problem = game->problem;
    const struct offload_network *network = game->network;
    double item = offload_work_item(game, s, node), cost = 0;
    int ends[2] = {problem->in_first[s + 1], problem->out_first[s + 1]};
    if (back)
        offload_game_take(game, node, item);
    else
        cost = add(game, node, item);
    for (int side = 0; side < 2; side++)
        for (int i = side == 0 ? problem->in_first[s] : problem->out_first[s]; i < ends[side]; i++) {
            int t = side == 0 ? problem->in[i] : problem->out[i];
            if (side == 1 && problem->to[t] >= 0)
                continue;
            int from = side == 0 ? offload_transfer_source(problem, game->user, game->own_placement, t) : node;
            int to = side == 0 ? node : problem->end[game->user];
            const int *parent = offload_tree_parent(&network->out, from),
                      *link = offload_tree_link(&network->out, from);
            double bytes = offload_item(game, problem->bytes[t]), omega = problem->omega[game->user];
            for (int j = offload_tree_at(&network->out, network->nodes, from)[to]; j > 0; j = parent[j]) {
                if (back)
                    offload_game_take(game, network->nodes + link[j], bytes);
                else
                    cost += add(game, network->nodes + link[j], bytes) + omega * network->latency_s[link[j]];
            }
        }
    return cost;
}

static void descend(struct enumeration *enumeration, int local, double cost)
{
    struct offload_game *game = enumeration->game;
    int first = game->problem->first_subtask[game->user], count = game->problem->first_subtask[game->user + 1] - first;
    if (local == count) {
        enumeration->best_cost = cost;
        memcpy(enumeration->best, game->own_placement, (size_t)count * sizeof *enumeration->best);
        return;
    }
    for (int m = 0; m < game->network->nodes; m++) {
        if (!offload_fits(game->problem, game->user, first + local, game->own_placement, m))
            continue;
        game->own_placement[local] = m;
        double further = cost + change(game, first + local, m, false);
        if (further + enumeration->rest[local + 1] < enumeration->best_cost)
            descend(enumeration, local + 1, further);
        change(game, first + local, m, true);
    }
}

double offload_game_enumerate(struct offload_game *game)
{
    int first = game->problem->first_subtask[game->user], count = game->problem->first_subtask[game->user + 1] - first;
    struct enumeration enumeration = {.game = game, .best_cost = INFINITY};
    enumeration.rest = weir_alloc((size_t)count + 1, sizeof *enumeration.rest);
    enumeration.best = weir_alloc((size_t)count, sizeof *enumeration.best);
    for (int s = count - 1; s >= 0; s--)
        enumeration.rest[s] = enumeration.rest[s + 1] + offload_game_least_work(game, first + s);
    memcpy(enumeration.best, game->own_placement, (size_t)count * sizeof *enumeration.best);
    offload_game_clear(game);
    descend(&enumeration, 0, 0);
    offload_game_try(game, enumeration.best);
    free(enumeration.rest);
    free(enumeration.best);
    return offload_game_cost(game);
}
