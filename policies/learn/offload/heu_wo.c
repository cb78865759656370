/* Algorithm 2 of [jiang-2023]: places by the end that it foresees under the loads so far. Its own loads are those of
 * shares of subtasks, whatever the problem's are: it is a forecast. */
#include <stdlib.h>
#include <string.h>

#include "policies/learn/given.h"
#include "policies/learn/offload/decide.h"
#include "policies/learn/offload/game.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

struct heuristic {
    struct offload_game *game;
    double *end_s; /* [subtasks]: foreseen, times omega */
    double *ready; /* [nodes] */
    double *key;   /* [nodes] */
};

static void load_way(struct offload_game *game, int from, int to, int transfer)
{
    const struct offload_network *network = game->network;
    const int *parent = offload_tree_parent(&network->out, from), *link = offload_tree_link(&network->out, from);
    double root = game->problem->bytes[transfer].root;
    for (int i = offload_tree_at(&network->out, network->nodes, from)[to]; i > 0; i = parent[i])
        game->pull[network->nodes + link[i]].load += root;
}

/* ready[m]: when all that subtask s waits for has arrived at node m. */
static void fill_ready(struct heuristic *heuristic, int u, int s)
{
    struct offload_game *game = heuristic->game;
    const struct offload_problem *problem = game->problem;
    const struct offload_network *network = game->network;
    double *ready = heuristic->ready, *walk = game->walk;
    int first = problem->first_subtask[u];
    for (int m = 0; m < network->nodes; m++)
        ready[m] = 0;
    for (int i = problem->in_first[s]; i < problem->in_first[s + 1]; i++) {
        int t = problem->in[i], from = problem->from[t];
        int node = from < 0 ? problem->origin[u] : game->placement[first + from];
        double sent_s = from < 0 ? 0 : heuristic->end_s[first + from];
        const int *at = offload_tree_at(&network->out, network->nodes, node);
        offload_game_walk(game, &network->out, node, t);
        if (network->all_reachable) {
            for (int m = 0; m < network->nodes; m++) {
                double arrived_s = sent_s + walk[at[m]];
                ready[m] = arrived_s > ready[m] ? arrived_s : ready[m];
            }
            continue;
        }
        for (int m = 0; m < network->nodes; m++) {
            double arrived_s = at[m] < 0 ? INFINITY : sent_s + walk[at[m]];
            ready[m] = arrived_s > ready[m] ? arrived_s : ready[m];
        }
    }
}

/* Turns ready[m] into the end of subtask s on node m, and key[m] into that with the way of its results. */
static void fill_key(struct heuristic *heuristic, int u, int s)
{
    struct offload_game *game = heuristic->game;
    const struct offload_problem *problem = game->problem;
    const struct offload_network *network = game->network;
    const unsigned char *allowed = problem->allowed[s];
    const double *factor = offload_factor(problem, s);
    double *ready = heuristic->ready, *key = heuristic->key, root = problem->work[s].root;
    for (int m = 0; m < network->nodes; m++) {
        double item = root * factor[m];
        ready[m] += item * (item + game->pull[m].load) * game->pull[m].per_capacity;
    }
    for (int m = 0; m < network->nodes; m++)
        key[m] = allowed && !allowed[m] ? INFINITY : ready[m];
    for (int i = problem->out_first[s]; i < problem->out_first[s + 1]; i++) {
        int t = problem->out[i];
        if (problem->to[t] >= 0)
            continue;
        offload_game_add_ways(game, &network->in, problem->end[u], t, key);
    }
}

/* Lines 5 to 8. */
static int place(struct heuristic *heuristic, int u, int s)
{
    struct offload_game *game = heuristic->game;
    const struct offload_problem *problem = game->problem;
    int first = problem->first_subtask[u], best = 0;
    game->user = u;
    fill_ready(heuristic, u, s);
    fill_key(heuristic, u, s);
    for (int m = 1; m < game->network->nodes; m++)
        if (heuristic->key[m] < heuristic->key[best])
            best = m;
    if (!(heuristic->key[best] < INFINITY)) {
        char who[OFFLOAD_NAME_SIZE];
        return weir_error(WEIR_EINPUT,
                          "%s: no node is left for subtask %d after those before it; its graph does not fit the "
                          "network's ways",
                          offload_user_name(problem, u, who), s - first);
    }
    game->placement[s] = best;
    heuristic->end_s[s] = heuristic->ready[best];
    game->pull[best].load += problem->work[s].root * offload_factor(problem, s)[best];
    for (int i = problem->in_first[s]; i < problem->in_first[s + 1]; i++) {
        int from = problem->from[problem->in[i]];
        load_way(game, from < 0 ? problem->origin[u] : game->placement[first + from], best, problem->in[i]);
    }
    for (int i = problem->out_first[s]; i < problem->out_first[s + 1]; i++)
        if (problem->to[problem->out[i]] < 0)
            load_way(game, best, problem->end[u], problem->out[i]);
    return WEIR_OK;
}

/* Those who have a place have one that can be. */
static int check_others(const struct offload_problem *problem, const bool *which, const int *placement)
{
    int code = WEIR_OK;
    for (int u = 0; u < problem->users && code == WEIR_OK; u++) {
        bool placed = !which[u];
        for (int s = problem->first_subtask[u]; s < problem->first_subtask[u + 1]; s++)
            placed = placed && placement[s] != -1;
        if (placed)
            code = offload_check_user_placement(problem, u, placement + problem->first_subtask[u]);
    }
    return code;
}

int offload_heu_wo_place(const struct offload_problem *problem, const bool *which, int *placement)
{
    if (learn_given(__func__, "problem which placement", problem, which, offload_placement_given(problem, placement)) !=
        WEIR_OK)
        return WEIR_EINPUT;
    int code = check_others(problem, which, placement);
    if (code != WEIR_OK)
        return code;
    size_t nodes = (size_t)problem->network->nodes;
    struct offload_game game;
    offload_game_init(&game, problem, placement, 1);
    for (int u = 0; u < problem->users; u++)
        for (int s = problem->first_subtask[u]; which[u] && s < problem->first_subtask[u + 1]; s++)
            placement[s] = -1;
    offload_game_load(&game);
    struct heuristic heuristic = {.game = &game};
    heuristic.end_s = weir_alloc((size_t)problem->subtasks, sizeof *heuristic.end_s);
    heuristic.ready = weir_alloc(nodes, sizeof *heuristic.ready);
    heuristic.key = weir_alloc(nodes, sizeof *heuristic.key);
    for (int s = 0; s < problem->longest && code == WEIR_OK; s++)
        for (int u = 0; u < problem->users && code == WEIR_OK; u++)
            if (which[u] && s < problem->first_subtask[u + 1] - problem->first_subtask[u])
                code = place(&heuristic, u, problem->first_subtask[u] + s);
    free(heuristic.end_s);
    free(heuristic.ready);
    free(heuristic.key);
    offload_game_fini(&game);
    return code;
}

int offload_heu_wo(const struct offload_problem *problem, int *placement)
{
    if (learn_given(__func__, "problem placement", problem, offload_placement_given(problem, placement)) != WEIR_OK)
        return WEIR_EINPUT;
    bool *which = weir_alloc((size_t)problem->users, sizeof *which);
    memset(which, true, (size_t)problem->users * sizeof *which);
    int code = offload_heu_wo_place(problem, which, placement);
    free(which);
    return code;
}
