/* All placements of the user being tried, depth first over its subtasks in their order. A cost only grows with further
 * items, so that what costs too much is left early: of a chain, what its rest costs at least by the programme over
 * runs, which leaves out what runs do to each other. */
#include <stdlib.h>
#include <string.h>

#include "policies/learn/offload/game.h"
#include "sim/base/memory.h"

struct enumeration {
    struct offload_game *game;
    int first, count; /* subtasks */
    double *rest;     /* [subtasks + 1]: what the work of subtask s and later costs at least */
    /* Of a chain, [subtasks + 1][nodes]: what subtasks s and later cost at least if s - 1 is on a node and s is not;
     * NULL otherwise. */
    double *leave;
    double *item; /* [subtasks][nodes], INFINITY: it may not be there */
    const double *below;
    offload_keep *keep;
    void *context;
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

/* ---- what the rest costs at least ---- */

/* Subtasks from s on, if all from s to some later one follow on a node with so much of the user's own on it, and then
 * leave it. */
static double least_rest(const struct enumeration *enumeration, int s, int node, double own)
{
    const struct offload_game *game = enumeration->game;
    size_t nodes = (size_t)game->network->nodes;
    const struct offload_pull *pull = &game->pull[node];
    double before = offload_price(game, pull, own), least = INFINITY;
    for (int next = s;; next++) {
        double there =
            offload_price(game, pull, own) - before + enumeration->leave[(size_t)next * nodes + (size_t)node];
        least = there < least ? there : least;
        if (next == enumeration->count || !(enumeration->item[(size_t)next * nodes + (size_t)node] < INFINITY))
            return least;
        own += enumeration->item[(size_t)next * nodes + (size_t)node];
    }
}

static void fill_items(const struct enumeration *enumeration)
{
    const struct offload_game *game = enumeration->game;
    double *item = enumeration->item;
    for (int s = enumeration->first; s < enumeration->first + enumeration->count; s++) {
        const unsigned char *allowed = game->problem->allowed[s];
        for (int m = 0; m < game->network->nodes; m++) {
            double here = offload_work_item(game, s, m);
            *item++ = (allowed && !allowed[m]) || !(here < INFINITY) ? INFINITY : here;
        }
    }
}

/* From the last subtask to the first: a run that begins at s on a node, then the ways to it. */
static void fill_leave(const struct enumeration *enumeration)
{
    struct offload_game *game = enumeration->game;
    const struct offload_network *network = game->network;
    const struct offload_problem *problem = game->problem;
    size_t nodes = (size_t)network->nodes;
    double *begin = weir_alloc(nodes, sizeof *begin);
    int result = offload_chain_transfer(problem, game->user, enumeration->count);
    if (result >= 0)
        offload_game_add_ways(game, &network->in, problem->end[game->user], result,
                              enumeration->leave + (size_t)enumeration->count * nodes);
    for (int s = enumeration->count - 1; s > 0; s--) {
        double *leave = enumeration->leave + (size_t)s * nodes;
        for (size_t n = 0; n < nodes; n++)
            leave[n] = INFINITY; /* at s itself it does not leave yet */
        for (size_t n = 0; n < nodes; n++)
            begin[n] = least_rest(enumeration, s, (int)n, 0);
        for (size_t m = 0; m < nodes; m++) {
            const int *at = offload_tree_at(&network->out, network->nodes, (int)m);
            offload_game_walk(game, &network->out, (int)m, offload_chain_transfer(problem, game->user, s));
            double least = INFINITY;
            for (size_t n = 0; n < nodes; n++)
                if (n != m && at[n] >= 0 && begin[n] + game->walk[at[n]] < least)
                    least = begin[n] + game->walk[at[n]];
            leave[m] = least;
        }
    }
    free(begin);
}

/* ---- depth first ---- */

static double rest_of(const struct enumeration *enumeration, int local, int node)
{
    if (enumeration->leave)
        return least_rest(enumeration, local, node, enumeration->game->own[node]);
    return enumeration->rest[local];
}

static void descend(const struct enumeration *enumeration, int local, double cost)
{
    struct offload_game *game = enumeration->game;
    if (local == enumeration->count) {
        enumeration->keep(enumeration->context, cost);
        return;
    }
    for (int m = 0; m < game->network->nodes; m++) {
        int s = enumeration->first + local;
        if (!offload_fits(game->problem, game->user, s, game->own_placement, m))
            continue;
        game->own_placement[local] = m;
        double further = cost + change(game, s, m, false);
        /* The result is a part of what the last subtask brings. */
        double rest = local + 1 < enumeration->count ? rest_of(enumeration, local + 1, m) : 0;
        if (further + rest < *enumeration->below)
            descend(enumeration, local + 1, further);
        change(game, s, m, true);
    }
}

void offload_game_each(struct offload_game *game, const double *below, offload_keep *keep, void *context)
{
    int first = game->problem->first_subtask[game->user], count = game->problem->first_subtask[game->user + 1] - first;
    size_t rows = (size_t)count + 1, nodes = (size_t)game->network->nodes;
    struct enumeration enumeration = {
        .game = game, .first = first, .count = count, .below = below, .keep = keep, .context = context};
    enumeration.rest = weir_alloc(rows, sizeof *enumeration.rest);
    for (int s = count - 1; s >= 0; s--)
        enumeration.rest[s] = enumeration.rest[s + 1] + offload_game_least_work(game, first + s);
    offload_game_clear(game);
    if (game->problem->chain[game->user] && !game->of_user) {
        enumeration.leave = weir_alloc(rows * nodes, sizeof *enumeration.leave);
        enumeration.item = weir_alloc(rows * nodes, sizeof *enumeration.item);
        fill_items(&enumeration);
        fill_leave(&enumeration);
    }
    descend(&enumeration, 0, 0);
    free(enumeration.rest);
    free(enumeration.leave);
    free(enumeration.item);
}

/* ---- the best of them ---- */

struct best {
    const struct offload_game *game;
    int *placement; /* [subtasks] */
    int count;
    double cost;
};

static void take_better(void *context, double cost)
{
    struct best *best = context;
    best->cost = cost;
    memcpy(best->placement, best->game->own_placement, (size_t)best->count * sizeof *best->placement);
}

double offload_game_enumerate(struct offload_game *game)
{
    offload_game_try(game, game->own_placement);
    struct best best = {.game = game, .cost = offload_game_cost(game)};
    best.count = game->problem->first_subtask[game->user + 1] - game->problem->first_subtask[game->user];
    best.placement = weir_alloc((size_t)best.count, sizeof *best.placement);
    memcpy(best.placement, game->own_placement, (size_t)best.count * sizeof *best.placement);
    offload_game_each(game, &best.cost, take_better, &best);
    offload_game_try(game, best.placement);
    free(best.placement);
    return offload_game_cost(game);
}
