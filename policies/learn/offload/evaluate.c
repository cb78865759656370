#include <stdlib.h>

#include "policies/learn/given.h"
#include "policies/learn/offload/game.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

int offload_check_user_placement(const struct offload_problem *problem, int u, const int *own)
{
    const struct offload_network *network = problem->network;
    char who[OFFLOAD_NAME_SIZE], from[OFFLOAD_NAME_SIZE], to[OFFLOAD_NAME_SIZE];
    int count = problem->first_subtask[u + 1] - problem->first_subtask[u];
    for (int s = 0; s < count; s++) {
        if (own[s] < 0 || own[s] >= network->nodes)
            return weir_error(WEIR_EINPUT, "placement: subtask %d of %s is on node %d; nodes are 0 to %d", s,
                              offload_user_name(problem, u, who), own[s], network->nodes - 1);
        if (!offload_problem_may_host(problem, u, s, own[s]))
            return weir_error(WEIR_EINPUT, "placement: subtask %d of %s is on %s, which cannot host it", s,
                              offload_user_name(problem, u, who), offload_node_name(network, own[s], to));
    }
    for (int t = problem->first_transfer[u]; t < problem->first_transfer[u + 1]; t++) {
        int source = offload_transfer_source(problem, u, own, t), target = offload_transfer_target(problem, u, own, t);
        if (!offload_network_reaches(network, source, target))
            return weir_error(WEIR_EINPUT, "placement: transfer %d of %s has no way from %s to %s",
                              t - problem->first_transfer[u], offload_user_name(problem, u, who),
                              offload_node_name(network, source, from), offload_node_name(network, target, to));
    }
    return WEIR_OK;
}

int offload_check_placement(const struct offload_problem *problem, const int *placement)
{
    for (int u = 0; u < problem->users; u++)
        if (offload_check_user_placement(problem, u, placement + problem->first_subtask[u]) < 0)
            return weir_error_code();
    return WEIR_OK;
}

/* Share of a resource that the mover's items, or one of them, hold: (17), (18). */
static double share(const struct offload_game *game, int resource, double item)
{
    double whole = offload_weight(game, game->own[resource]);
    double mine = game->of_user ? whole : item;
    return mine > 0 ? mine / (game->pull[resource].load + whole) : 0;
}

/* Time of a subtask by (1); its share of the node into *held. */
static double work_time(const struct offload_game *game, int subtask, double *held)
{
    const struct offload_problem *problem = game->problem;
    int node = game->own_placement[subtask - problem->first_subtask[game->user]];
    double factor = offload_factor(problem, subtask)[node], work = problem->work[subtask].square * factor * factor;
    *held = work > 0 ? share(game, node, problem->work[subtask].root * factor) : 0;
    return work > 0 ? work * game->pull[node].per_capacity / (*held * problem->omega[game->user]) : 0;
}

/* A transfer by (3). */
static struct offload_flow flow(const struct offload_game *game, int transfer)
{
    const struct offload_problem *problem = game->problem;
    const struct offload_network *network = game->network;
    int u = game->user, from = offload_transfer_source(problem, u, game->own_placement, transfer);
    int to = offload_transfer_target(problem, u, game->own_placement, transfer);
    const int *parent = offload_tree_parent(&network->out, from), *link = offload_tree_link(&network->out, from);
    struct offload_flow flow = {.least_share = 1, .bytes_per_s = INFINITY};
    struct offload_amount bytes = problem->bytes[transfer];
    for (int i = offload_tree_at(&network->out, network->nodes, from)[to]; i > 0; i = parent[i]) {
        int r = network->nodes + link[i];
        double held = bytes.root > 0 ? share(game, r, bytes.root) : 0;
        double bytes_per_s = held * network->bytes_per_s[link[i]];
        flow.link_count++;
        flow.time_s += network->latency_s[link[i]];
        if (bytes.root > 0)
            flow.time_s += bytes.square / problem->omega[u] / bytes_per_s;
        if (held < flow.least_share)
            flow.least_share = held;
        if (bytes_per_s < flow.bytes_per_s)
            flow.bytes_per_s = bytes_per_s;
    }
    return flow;
}

/* (4), (5) of the user whose placement is being tried; finish[subtasks of the user] is room. */
static double latency(const struct offload_game *game, double *finish)
{
    const struct offload_problem *problem = game->problem;
    int first = problem->first_subtask[game->user], next = problem->first_subtask[game->user + 1];
    double last = 0;
    for (int s = first; s < next; s++) {
        double ready = 0, held;
        for (int i = problem->in_first[s]; i < problem->in_first[s + 1]; i++) {
            int t = problem->in[i];
            ready = fmax(ready, (problem->from[t] < 0 ? 0 : finish[problem->from[t]]) + flow(game, t).time_s);
        }
        finish[s - first] = ready + work_time(game, s, &held);
        last = fmax(last, finish[s - first]);
        for (int i = problem->out_first[s]; i < problem->out_first[s + 1]; i++)
            if (problem->to[problem->out[i]] < 0)
                last = fmax(last, finish[s - first] + flow(game, problem->out[i]).time_s);
    }
    return last;
}

int offload_evaluate(const struct offload_problem *problem, const int *placement, struct offload_evaluation *evaluation)
{
    if (learn_given(__func__, "problem placement evaluation", problem, offload_placement_given(problem, placement),
                    evaluation) != WEIR_OK)
        return WEIR_EINPUT;
    if (offload_check_placement(problem, placement) < 0)
        return weir_error_code();
    int *copy = weir_alloc((size_t)problem->subtasks, sizeof *copy);
    for (int s = 0; s < problem->subtasks; s++)
        copy[s] = placement[s];
    double *finish = weir_alloc((size_t)problem->longest, sizeof *finish);
    struct offload_game game;
    offload_game_init(&game, problem, copy, 1);
    offload_game_load(&game);
    for (int r = 0; evaluation->load && r < problem->network->nodes + problem->network->links; r++)
        evaluation->load[r] = game.pull[r].load;
    double costs = 0, latencies = 0;
    for (int u = 0; u < problem->users; u++) {
        offload_game_begin(&game, u);
        double cost_s = offload_game_cost(&game) / problem->omega[u], latency_s = latency(&game, finish);
        offload_game_end(&game);
        costs += cost_s;
        latencies += latency_s;
        if (evaluation->cost_s)
            evaluation->cost_s[u] = cost_s;
        if (evaluation->latency_s)
            evaluation->latency_s[u] = latency_s;
    }
    struct offload_totals totals = offload_game_totals(&game);
    evaluation->cost_sum_s = totals.cost;
    evaluation->potential = totals.potential;
    evaluation->cost_mean_s = problem->users > 0 ? costs / problem->users : 0;
    evaluation->latency_mean_s = problem->users > 0 ? latencies / problem->users : 0;
    offload_game_fini(&game);
    free(finish);
    free(copy);
    return WEIR_OK;
}

int offload_shares(const struct offload_problem *problem, const int *placement, double *work_share,
                   struct offload_flow *flows)
{
    if (learn_given(__func__, "problem placement", problem, offload_placement_given(problem, placement)) != WEIR_OK)
        return WEIR_EINPUT;
    if (offload_check_placement(problem, placement) < 0)
        return weir_error_code();
    int *copy = weir_alloc((size_t)problem->subtasks, sizeof *copy);
    for (int s = 0; s < problem->subtasks; s++)
        copy[s] = placement[s];
    struct offload_game game;
    offload_game_init(&game, problem, copy, 1);
    offload_game_load(&game);
    for (int u = 0; u < problem->users; u++) {
        offload_game_begin(&game, u);
        for (int s = problem->first_subtask[u]; work_share && s < problem->first_subtask[u + 1]; s++)
            work_time(&game, s, &work_share[s]);
        for (int t = problem->first_transfer[u]; flows && t < problem->first_transfer[u + 1]; t++)
            flows[t] = flow(&game, t);
        offload_game_end(&game);
    }
    offload_game_fini(&game);
    free(copy);
    return WEIR_OK;
}
