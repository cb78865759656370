#include "policies/learn/offload/chain.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

void offload_chain_init(struct offload_chain *chain, struct offload_game *game)
{
    size_t nodes = (size_t)game->network->nodes, rows = (size_t)game->problem->longest + 1;
    *chain = (struct offload_chain){.game = game, .longest = game->problem->longest};
    chain->f = weir_alloc(rows * nodes, sizeof *chain->f);
    chain->g = weir_alloc(rows * nodes, sizeof *chain->g);
    chain->f_from = weir_alloc(rows * nodes, sizeof *chain->f_from);
    chain->g_from = weir_alloc(rows * nodes, sizeof *chain->g_from);
    chain->run = weir_alloc(nodes, sizeof *chain->run);
    chain->queue = weir_alloc(nodes * nodes, sizeof *chain->queue);
    chain->queue_of = weir_alloc(nodes, sizeof *chain->queue_of);
    chain->response = weir_alloc(rows, sizeof *chain->response);
}

void offload_chain_fini(struct offload_chain *chain)
{
    free(chain->f);
    free(chain->g);
    free(chain->f_from);
    free(chain->g_from);
    free(chain->run);
    free(chain->queue);
    free(chain->queue_of);
    free(chain->response);
}

/* The row of sums of load / bandwidth from a node, reckoned once a turn. */
static const double *queue_from(struct offload_chain *chain, int node)
{
    const struct offload_game *game = chain->game;
    const struct offload_network *network = game->network;
    double *row = chain->queue + (size_t)node * (size_t)network->nodes, *walk = game->walk;
    if (chain->queue_of[node] == chain->turn)
        return row;
    chain->queue_of[node] = chain->turn;
    const int *parent = offload_tree_parent(&network->out, node), *link = offload_tree_link(&network->out, node);
    const int *at = offload_tree_at(&network->out, network->nodes, node);
    const struct offload_pull *pull = game->pull + network->nodes;
    int count = offload_tree_count(&network->out, node);
    walk[0] = 0;
    for (int i = 1; i < count; i++)
        walk[i] = walk[parent[i]] + pull[link[i]].load * pull[link[i]].per_capacity;
    for (int m = 0; m < network->nodes; m++)
        row[m] = at[m] < 0 ? INFINITY : walk[at[m]];
    return row;
}

/* g[m] = min over n (other than m, unless `stay`) of f[n] + the way from n to m, for those f below `bound`. */
static void move(struct offload_chain *chain, int transfer, bool stay, double bound, const double *f, double *g,
                 int *g_from)
{
    const struct offload_game *game = chain->game;
    const struct offload_network *network = game->network;
    size_t nodes = (size_t)network->nodes;
    double square = game->problem->bytes[transfer].square, root = game->problem->bytes[transfer].root;
    double omega = game->problem->omega[game->user];
    for (size_t m = 0; m < nodes; m++)
        g[m] = INFINITY;
    for (size_t n = 0; n < nodes; n++) {
        if (!(f[n] < bound))
            continue;
        const double *queue = queue_from(chain, (int)n), *span = network->span + n * nodes;
        const double *delay_s = network->delay_s ? network->delay_s + n * nodes : NULL;
        double kept = g[n], here = f[n];
        int kept_from = g_from[n];
        if (delay_s)
            for (size_t m = 0; m < nodes; m++) {
                double there = here + square * span[m] + root * queue[m] + omega * delay_s[m];
                g_from[m] = there < g[m] ? (int)n : g_from[m];
                g[m] = there < g[m] ? there : g[m];
            }
        else
            for (size_t m = 0; m < nodes; m++) {
                double there = here + square * span[m] + root * queue[m];
                g_from[m] = there < g[m] ? (int)n : g_from[m];
                g[m] = there < g[m] ? there : g[m];
            }
        if (!stay) {
            g[n] = kept;
            g_from[n] = kept_from;
        }
    }
}

/* f[j][m] = min over the start i of the last run of g[i][m] + what the run costs on m. */
static void run(struct offload_chain *chain, int first, int j, bool single)
{
    const struct offload_game *game = chain->game;
    size_t nodes = (size_t)game->network->nodes;
    double *f = chain->f + (size_t)j * nodes, *total = chain->run;
    int *f_from = chain->f_from + (size_t)j * nodes;
    for (size_t m = 0; m < nodes; m++) {
        f[m] = INFINITY;
        total[m] = 0;
    }
    for (int i = j - 1; i >= 0 && (i == j - 1 || !single); i--) {
        const double *g = chain->g + (size_t)i * nodes, *factor = offload_factor(game->problem, first + i);
        const unsigned char *allowed = game->problem->allowed[first + i];
        struct offload_amount work = game->problem->work[first + i];
        for (size_t m = 0; m < nodes; m++)
            total[m] += game->of_user ? work.square * factor[m] * factor[m] : work.root * factor[m];
        if (allowed)
            for (size_t m = 0; m < nodes; m++)
                total[m] = allowed[m] ? total[m] : INFINITY;
        for (size_t m = 0; m < nodes; m++) {
            double there = g[m] + offload_price(game, &game->pull[m], total[m]);
            f_from[m] = there < f[m] ? i : f_from[m];
            f[m] = there < f[m] ? there : f[m];
        }
    }
}

bool offload_chain_respond(struct offload_chain *chain, bool blind, double bound)
{
    const struct offload_game *game = chain->game;
    const struct offload_problem *problem = game->problem;
    size_t nodes = (size_t)game->network->nodes;
    int u = game->user, first = problem->first_subtask[u], count = problem->first_subtask[u + 1] - first;
    int raw = offload_chain_transfer(problem, u, 0), result = offload_chain_transfer(problem, u, count);
    double rest = 0;
    chain->turn++;
    if (bound < INFINITY)
        for (int s = 1; s < count; s++)
            rest += offload_game_least_work(game, first + s);
    for (size_t m = 0; m < nodes; m++)
        chain->g[m] = 0;
    if (raw >= 0)
        offload_game_add_ways(chain->game, &game->network->out, problem->origin[u], raw, chain->g);
    for (int j = 1; j <= count; j++) {
        run(chain, first, j, blind);
        if (j == count)
            break;
        move(chain, offload_chain_transfer(problem, u, j), blind, bound - rest, chain->f + (size_t)j * nodes,
             chain->g + (size_t)j * nodes, chain->g_from + (size_t)j * nodes);
        if (bound < INFINITY)
            rest -= offload_game_least_work(game, first + j);
    }
    double *last = chain->f + (size_t)count * nodes;
    if (result >= 0)
        offload_game_add_ways(chain->game, &game->network->in, problem->end[u], result, last);
    size_t best = 0;
    for (size_t m = 1; m < nodes; m++)
        if (last[m] < last[best])
            best = m;
    if (!(last[best] < bound))
        return false;
    for (int j = count; j > 0;) {
        int start = chain->f_from[(size_t)j * nodes + best];
        for (int s = start; s < j; s++)
            chain->response[s] = (int)best;
        if (start > 0)
            best = (size_t)chain->g_from[(size_t)start * nodes + best];
        j = start;
    }
    return true;
}
