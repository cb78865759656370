#include "policies/learn/offload/game.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

void offload_game_init(struct offload_game *game, const struct offload_problem *problem, int *placement, double others)
{
    const struct offload_network *network = problem->network;
    size_t nodes = (size_t)network->nodes, resources = nodes + (size_t)network->links;
    int largest = network->out.largest > network->in.largest ? network->out.largest : network->in.largest;
    *game = (struct offload_game){.problem = problem,
                                  .network = network,
                                  .placement = placement,
                                  .of_user = problem->shares == OFFLOAD_SHARE_OF_USER,
                                  .others = others,
                                  .user = -1};
    game->pull = weir_alloc(resources, sizeof *game->pull);
    for (size_t r = 0; r < resources; r++) {
        game->pull[r].per_capacity = network->per_capacity[r];
        game->pull[r].latency_s = r < nodes ? 0 : network->latency_s[r - nodes];
    }
    game->own_placement = weir_alloc((size_t)problem->longest, sizeof *game->own_placement);
    game->own = weir_alloc(resources, sizeof *game->own);
    game->own_count = weir_alloc(resources, sizeof *game->own_count);
    game->own_list = weir_alloc(resources, sizeof *game->own_list);
    game->own_listed = weir_alloc(resources, sizeof *game->own_listed);
    game->walk = weir_alloc((size_t)largest, sizeof *game->walk);
    game->key = weir_alloc(nodes, sizeof *game->key);
    game->saved = weir_alloc(resources, sizeof *game->saved);
    game->spare = weir_alloc(resources, sizeof *game->spare);
}

void offload_game_fini(struct offload_game *game)
{
    free(game->pull);
    free(game->own_placement);
    free(game->own);
    free(game->own_count);
    free(game->own_list);
    free(game->own_listed);
    free(game->walk);
    free(game->key);
    free(game->saved);
    free(game->spare);
}

/* ---- the mover's own load ---- */

void offload_game_add(struct offload_game *game, int resource, double item)
{
    if (!game->own_listed[resource]) {
        game->own_listed[resource] = true;
        game->own_list[game->own_touched++] = resource;
    }
    game->own[resource] += item;
    game->own_count[resource]++;
}

void offload_game_take(struct offload_game *game, int resource, double item)
{
    game->own[resource] = --game->own_count[resource] == 0 ? 0 : game->own[resource] - item;
}

void offload_game_add_transfer(struct offload_game *game, int transfer, int from, int to)
{
    const struct offload_network *network = game->network;
    const int *parent = offload_tree_parent(&network->out, from), *link = offload_tree_link(&network->out, from);
    double item = offload_item(game, game->problem->bytes[transfer]), delay_s = 0;
    for (int i = offload_tree_at(&network->out, network->nodes, from)[to]; i > 0; i = parent[i]) {
        offload_game_add(game, network->nodes + link[i], item);
        delay_s += network->latency_s[link[i]];
    }
    game->own_delay_s += delay_s * game->problem->omega[game->user];
}

void offload_game_take_transfer(struct offload_game *game, int transfer, int from, int to)
{
    const struct offload_network *network = game->network;
    const int *parent = offload_tree_parent(&network->out, from), *link = offload_tree_link(&network->out, from);
    double item = offload_item(game, game->problem->bytes[transfer]), delay_s = 0;
    for (int i = offload_tree_at(&network->out, network->nodes, from)[to]; i > 0; i = parent[i]) {
        offload_game_take(game, network->nodes + link[i], item);
        delay_s += network->latency_s[link[i]];
    }
    game->own_delay_s -= delay_s * game->problem->omega[game->user];
}

void offload_game_clear(struct offload_game *game)
{
    for (int i = 0; i < game->own_touched; i++) {
        int r = game->own_list[i];
        game->own[r] = 0;
        game->own_count[r] = 0;
        game->own_listed[r] = false;
    }
    game->own_touched = 0;
    game->own_delay_s = 0;
}

/* Its items anew from own_placement. */
static void gather_own(struct offload_game *game)
{
    const struct offload_problem *problem = game->problem;
    int u = game->user, first = problem->first_subtask[u];
    offload_game_clear(game);
    for (int s = first; s < problem->first_subtask[u + 1]; s++) {
        int node = game->own_placement[s - first];
        offload_game_add(game, node, offload_work_item(game, s, node));
    }
    for (int t = problem->first_transfer[u]; t < problem->first_transfer[u + 1]; t++)
        offload_game_add_transfer(game, t, offload_transfer_source(problem, u, game->own_placement, t),
                                  offload_transfer_target(problem, u, game->own_placement, t));
}

/* Adds what is being tried to the loads, `sign` times. */
static void load_own(struct offload_game *game, double sign)
{
    for (int i = 0; i < game->own_touched; i++) {
        int r = game->own_list[i];
        game->pull[r].load += sign * game->others * offload_weight(game, game->own[r]);
    }
}

/* ---- all ways from a node, or to it ---- */

void offload_game_walk(struct offload_game *game, const struct offload_forest *forest, int node, int transfer)
{
    const struct offload_network *network = game->network;
    const int *parent = offload_tree_parent(forest, node), *link = offload_tree_link(forest, node);
    const struct offload_pull *pull = game->pull + network->nodes;
    double root = game->problem->bytes[transfer].root, omega = game->problem->omega[game->user], *walk = game->walk;
    int count = offload_tree_count(forest, node);
    walk[0] = 0;
    for (int i = 1; i < count && !network->any_latency; i++) {
        const struct offload_pull *p = &pull[link[i]];
        walk[i] = walk[parent[i]] + root * (root + p->load) * p->per_capacity;
    }
    for (int i = 1; i < count && network->any_latency; i++) {
        const struct offload_pull *p = &pull[link[i]];
        walk[i] = walk[parent[i]] + root * (root + p->load) * p->per_capacity + omega * p->latency_s;
    }
}

void offload_game_add_ways(struct offload_game *game, const struct offload_forest *forest, int node, int transfer,
                           double *row)
{
    const struct offload_network *network = game->network;
    const int *at = offload_tree_at(forest, network->nodes, node);
    offload_game_walk(game, forest, node, transfer);
    if (network->all_reachable)
        for (int m = 0; m < network->nodes; m++)
            row[m] += game->walk[at[m]];
    else
        for (int m = 0; m < network->nodes; m++)
            row[m] += at[m] < 0 ? INFINITY : game->walk[at[m]];
}

/* ---- the game ---- */

static void copy_own_placement(struct offload_game *game)
{
    int first = game->problem->first_subtask[game->user], next = game->problem->first_subtask[game->user + 1];
    memcpy(game->own_placement, game->placement + first, (size_t)(next - first) * sizeof *game->own_placement);
}

/* None of a user's subtasks is at -1. */
static bool is_placed(const struct offload_game *game, int user)
{
    bool whole = true;
    for (int s = game->problem->first_subtask[user]; s < game->problem->first_subtask[user + 1]; s++)
        whole = whole && game->placement[s] >= 0;
    return whole;
}

void offload_game_load(struct offload_game *game)
{
    const struct offload_problem *problem = game->problem;
    for (int r = 0; r < game->network->nodes + game->network->links; r++)
        game->pull[r].load = 0;
    for (int u = 0; u < problem->users; u++) {
        if (!is_placed(game, u))
            continue;
        game->user = u;
        copy_own_placement(game);
        gather_own(game);
        load_own(game, 1);
    }
    offload_game_clear(game);
    game->user = -1;
}

void offload_game_begin(struct offload_game *game, int user)
{
    game->user = user;
    copy_own_placement(game);
    gather_own(game);
    load_own(game, -1);
}

void offload_game_try(struct offload_game *game, const int *own_placement)
{
    int count = game->problem->first_subtask[game->user + 1] - game->problem->first_subtask[game->user];
    if (own_placement != game->own_placement)
        memcpy(game->own_placement, own_placement, (size_t)count * sizeof *own_placement);
    gather_own(game);
}

void offload_game_end(struct offload_game *game)
{
    load_own(game, 1);
    offload_game_clear(game);
    game->user = -1;
}

double offload_game_cost(const struct offload_game *game)
{
    double cost = game->own_delay_s;
    for (int i = 0; i < game->own_touched; i++)
        cost += offload_price(game, &game->pull[game->own_list[i]], game->own[game->own_list[i]]);
    return cost;
}

/* (19) and (25), with a game of its own, so that what is being tried here stays. */
struct offload_totals offload_game_totals(const struct offload_game *game)
{
    const struct offload_problem *problem = game->problem;
    int resources = game->network->nodes + game->network->links;
    double squares = 0, sum_of_squares = 0, delay_s = 0;
    struct offload_game other;
    offload_game_init(&other, problem, game->placement, 1);
    for (int u = 0; u < problem->users; u++) {
        if (!is_placed(&other, u))
            continue;
        other.user = u;
        copy_own_placement(&other);
        gather_own(&other);
        load_own(&other, 1);
        delay_s += other.own_delay_s;
        for (int i = 0; i < other.own_touched; i++) {
            double weight = offload_weight(&other, other.own[other.own_list[i]]);
            squares += weight * weight * other.pull[other.own_list[i]].per_capacity;
        }
    }
    for (int r = 0; r < resources; r++)
        sum_of_squares += other.pull[r].load * other.pull[r].load * other.pull[r].per_capacity;
    offload_game_fini(&other);
    struct offload_totals totals = {.cost = sum_of_squares + delay_s};
    totals.potential = game->others == 2 ? totals.cost : (sum_of_squares + squares) / 2 + delay_s;
    return totals;
}

double offload_placement_cost(const struct offload_problem *problem, int *placement)
{
    struct offload_game game;
    offload_game_init(&game, problem, placement, 1);
    double cost = offload_game_totals(&game).cost;
    offload_game_fini(&game);
    return cost;
}
