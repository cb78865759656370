#include "policies/learn/offload/chain.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

/* No sum here depends on the width of registers, so that results are the same on any processor. */
#define OFFLOAD_CLONES __attribute__((target_clones("avx2", "default")))

void offload_chain_init(struct offload_chain *chain, struct offload_game *game)
{
    size_t nodes = (size_t)game->network->nodes, rows = (size_t)game->problem->longest + 1;
    *chain = (struct offload_chain){.game = game};
    chain->node = weir_alloc(nodes, sizeof *chain->node);
    chain->some_span = weir_alloc(nodes * nodes, sizeof *chain->some_span);
    chain->some_delay_s = weir_alloc(game->network->delay_s ? nodes * nodes : 0, sizeof *chain->some_delay_s);
    chain->f = weir_alloc(rows * nodes, sizeof *chain->f);
    chain->g = weir_alloc(rows * nodes, sizeof *chain->g);
    chain->item = weir_alloc(rows * nodes, sizeof *chain->item);
    chain->load = weir_alloc(nodes, sizeof *chain->load);
    chain->per_capacity = weir_alloc(nodes, sizeof *chain->per_capacity);
    chain->total = weir_alloc(nodes, sizeof *chain->total);
    chain->queue = weir_alloc(nodes * nodes, sizeof *chain->queue);
    chain->queue_of = weir_alloc(nodes, sizeof *chain->queue_of);
    chain->pressure = weir_alloc((size_t)game->network->links, sizeof *chain->pressure);
    chain->rest = weir_alloc(rows, sizeof *chain->rest);
    chain->raw = weir_alloc(nodes, sizeof *chain->raw);
    chain->result = weir_alloc(nodes, sizeof *chain->result);
    chain->score = weir_alloc(nodes, sizeof *chain->score);
    chain->response = weir_alloc(rows, sizeof *chain->response);
}

void offload_chain_fini(struct offload_chain *chain)
{
    void *arrays[] = {chain->node,     chain->some_span, chain->some_delay_s, chain->f,     chain->g,
                      chain->item,     chain->load,      chain->per_capacity, chain->total, chain->queue,
                      chain->queue_of, chain->pressure,  chain->rest,         chain->raw,   chain->result,
                      chain->score,    chain->response};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        free(arrays[i]);
}

/* ---- candidates ---- */

/* Moves the `most` smallest of values[count], with their nodes, to the front. */
static void select_smallest(double *values, int *nodes, int count, int most)
{
    int low = 0, high = count - 1;
    while (low < high) {
        double pivot = values[low + (high - low) / 2];
        int i = low, j = high;
        while (i <= j) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i > j)
                break;
            double value = values[i];
            int node = nodes[i];
            values[i] = values[j];
            nodes[i++] = nodes[j];
            values[j] = value;
            nodes[j--] = node;
        }
        if (most <= j)
            high = j;
        else if (most >= i)
            low = i;
        else
            return;
    }
}

/* All nodes, in order. */
static void take_all(struct offload_chain *chain)
{
    const struct offload_network *network = chain->game->network;
    chain->count = network->nodes;
    for (int m = 0; m < network->nodes; m++)
        chain->node[m] = m;
    chain->span = network->span;
    chain->delay_s = network->delay_s;
    chain->stride = (size_t)network->nodes;
}

/* The runs for which a node is judged have this many subtasks of the mean work. */
#define RUN_JUDGED 3

/* One candidate in so many is any node. */
#define OTHERS 3

static void take_some(struct offload_chain *chain, int most)
{
    const struct offload_game *game = chain->game;
    const struct offload_network *network = game->network;
    const struct offload_problem *problem = game->problem;
    int first = problem->first_subtask[game->user], next = problem->first_subtask[game->user + 1];
    double root = 0;
    for (int s = first; s < next; s++)
        root += problem->work[s].root / (next - first);
    for (int m = 0; m < network->nodes; m++) {
        chain->node[m] = m;
        chain->score[m] = RUN_JUDGED * root * (root + game->pull[m].load) * game->pull[m].per_capacity + chain->raw[m] +
                          chain->result[m];
    }
    for (int s = first; s < next; s++)
        chain->score[game->placement[s]] = -1;
    int near = most - most / OTHERS;
    select_smallest(chain->score, chain->node, network->nodes, near);
    /* Others change from turn to turn, so that none is left out for long. */
    for (int c = near; c < most; c++) {
        int other = c + (int)(((unsigned)chain->turn * 7919U + (unsigned)c * 104729U) % (unsigned)(network->nodes - c));
        int node = chain->node[c];
        chain->node[c] = chain->node[other];
        chain->node[other] = node;
    }
    chain->count = most;
    chain->stride = (size_t)most;
    chain->span = chain->some_span;
    chain->delay_s = network->delay_s ? chain->some_delay_s : NULL;
}

/* ---- ways ---- */

/* Where some nodes are candidates: what the network has of the ways from one to the others. */
static void gather_row(struct offload_chain *chain, size_t candidate)
{
    const struct offload_network *network = chain->game->network;
    size_t row = candidate * chain->stride, from = (size_t)chain->node[candidate] * (size_t)network->nodes;
    for (size_t c = 0; c < chain->stride; c++)
        chain->some_span[row + c] = network->span[from + (size_t)chain->node[c]];
    for (size_t c = 0; network->delay_s && c < chain->stride; c++)
        chain->some_delay_s[row + c] = network->delay_s[from + (size_t)chain->node[c]];
}

/* The row of sums of load / bandwidth from a candidate, reckoned once a turn, with those of span and delay. */
static const double *queue_from(struct offload_chain *chain, size_t candidate)
{
    const struct offload_game *game = chain->game;
    const struct offload_network *network = game->network;
    double *row = chain->queue + candidate * chain->stride;
    if (chain->queue_of[candidate] == chain->turn)
        return row;
    chain->queue_of[candidate] = chain->turn;
    if (chain->span == chain->some_span)
        gather_row(chain, candidate);
    int node = chain->node[candidate];
    const int *parent = offload_tree_parent(&network->out, node), *link = offload_tree_link(&network->out, node);
    const int *at = offload_tree_at(&network->out, network->nodes, node);
    double *walk = game->walk;
    int count = offload_tree_count(&network->out, node);
    walk[0] = 0;
    for (int i = 1; i < count; i++)
        walk[i] = walk[parent[i]] + chain->pressure[link[i]];
    for (int c = 0; c < chain->count; c++)
        row[c] = at[chain->node[c]] < 0 ? INFINITY : walk[at[chain->node[c]]];
    return row;
}

/* row[c] = min(row[c], here + a transfer's way to c). */
OFFLOAD_CLONES static void lower_row(double *restrict row, const double *restrict span, const double *restrict queue,
                                     size_t count, double here, double square, double root)
{
    for (size_t c = 0; c < count; c++) {
        double there = here + (square * span[c] + root * queue[c]);
        row[c] = there < row[c] ? there : row[c];
    }
}

/* The same with latencies. */
static void lower_row_late(double *row, const double *span, const double *queue, const double *delay_s, size_t count,
                           double here, double square, double root, double omega)
{
    for (size_t c = 0; c < count; c++) {
        double there = here + (square * span[c] + root * queue[c] + omega * delay_s[c]);
        row[c] = there < row[c] ? there : row[c];
    }
}

/* ---- the programme ---- */

/* g[m] = min over n (other than m, unless `stay`) of f[n] + the way from n to m, for those f below `bound`. */
static void move(struct offload_chain *chain, int transfer, bool stay, double bound, const double *f, double *g)
{
    const struct offload_game *game = chain->game;
    struct offload_amount bytes = game->problem->bytes[transfer];
    size_t count = (size_t)chain->count;
    for (size_t m = 0; m < count; m++)
        g[m] = INFINITY;
    for (size_t n = 0; n < count; n++) {
        if (!(f[n] < bound))
            continue;
        const double *queue = queue_from(chain, n), *span = chain->span + n * chain->stride;
        double kept = g[n];
        if (chain->delay_s)
            lower_row_late(g, span, queue, chain->delay_s + n * chain->stride, count, f[n], bytes.square, bytes.root,
                           game->problem->omega[game->user]);
        else
            lower_row(g, span, queue, count, f[n], bytes.square, bytes.root);
        if (!stay)
            g[n] = kept;
    }
}

/* The n that gave g[m] in `move`. */
static size_t moved_from(struct offload_chain *chain, int transfer, bool stay, const double *f, double g, size_t m)
{
    const struct offload_problem *problem = chain->game->problem;
    struct offload_amount bytes = problem->bytes[transfer];
    double omega = problem->omega[chain->game->user], least = INFINITY;
    size_t best = m;
    for (size_t n = 0; n < (size_t)chain->count; n++) {
        if ((n == m && !stay) || !(f[n] <= g))
            continue;
        double queue = queue_from(chain, n)[m]; /* first: it fetches the rows of the others */
        double delay_s = chain->delay_s ? omega * chain->delay_s[n * chain->stride + m] : 0;
        double way = bytes.square * chain->span[n * chain->stride + m] + bytes.root * queue + delay_s;
        if (f[n] + way < least) {
            least = f[n] + way;
            best = n;
        }
    }
    return best;
}

/* f[c] = min(f[c], g[c] + what a run with these items costs on c). */
OFFLOAD_CLONES static void lower_run(double *restrict f, const double *restrict g, const double *restrict total,
                                     const double *restrict load, const double *restrict per_capacity, size_t count)
{
    for (size_t c = 0; c < count; c++) {
        double there = g[c] + total[c] * (total[c] + load[c]) * per_capacity[c];
        f[c] = there < f[c] ? there : f[c];
    }
}

static void lower_run_of_user(double *f, const double *g, const double *total, const double *load,
                              const double *per_capacity, size_t count)
{
    for (size_t c = 0; c < count; c++) {
        double weight = sqrt(total[c]);
        double there = g[c] + weight * (weight + load[c]) * per_capacity[c];
        f[c] = there < f[c] ? there : f[c];
    }
}

/* f[j][m] = min over the start i of the last run of g[i][m] + what the run costs on m; with `single`, i = j - 1. */
static void run(struct offload_chain *chain, int j, bool single)
{
    size_t count = (size_t)chain->count;
    double *f = chain->f + (size_t)j * count, *total = chain->total;
    for (size_t c = 0; c < count; c++) {
        f[c] = INFINITY;
        total[c] = 0;
    }
    for (int i = j - 1; i >= 0 && (i == j - 1 || !single); i--) {
        const double *g = chain->g + (size_t)i * count, *item = chain->item + (size_t)i * count;
        for (size_t c = 0; c < count; c++)
            total[c] += item[c];
        if (chain->game->of_user)
            lower_run_of_user(f, g, total, chain->load, chain->per_capacity, count);
        else
            lower_run(f, g, total, chain->load, chain->per_capacity, count);
    }
}

/* The start of the last run that gave f[j][c]. */
static int run_from(const struct offload_chain *chain, int j, bool single, size_t c)
{
    size_t count = (size_t)chain->count;
    double total = 0, least = INFINITY;
    int best = j - 1;
    for (int i = j - 1; i >= 0 && (i == j - 1 || !single); i--) {
        total += chain->item[(size_t)i * count + c];
        double weight = offload_weight(chain->game, total);
        double there = chain->g[(size_t)i * count + c] + weight * (weight + chain->load[c]) * chain->per_capacity[c];
        if (there < least) {
            least = there;
            best = i;
        }
    }
    return best;
}

/* Loads of the candidates and what each subtask puts on them. */
static void gather_nodes(struct offload_chain *chain, int first, int subtasks)
{
    const struct offload_game *game = chain->game;
    double *item = chain->item;
    for (int c = 0; c < chain->count; c++) {
        chain->load[c] = game->pull[chain->node[c]].load;
        chain->per_capacity[c] = game->pull[chain->node[c]].per_capacity;
    }
    for (int s = first; s < first + subtasks; s++) {
        const unsigned char *allowed = game->problem->allowed[s];
        for (int c = 0; c < chain->count; c++)
            *item++ = allowed && !allowed[chain->node[c]] ? INFINITY : offload_work_item(game, s, chain->node[c]);
    }
}

/* What does not depend on the candidates: the ways from the origin and to the end, loads of links, and what the
 * subtasks from j on cost at least. */
static void prepare(struct offload_chain *chain)
{
    struct offload_game *game = chain->game;
    const struct offload_problem *problem = game->problem;
    const struct offload_network *network = game->network;
    int u = game->user, first = problem->first_subtask[u], count = problem->first_subtask[u + 1] - first;
    int raw = offload_chain_transfer(problem, u, 0), result = offload_chain_transfer(problem, u, count);
    memset(chain->raw, 0, (size_t)network->nodes * sizeof *chain->raw);
    memset(chain->result, 0, (size_t)network->nodes * sizeof *chain->result);
    if (raw >= 0)
        offload_game_add_ways(game, &network->out, problem->origin[u], raw, chain->raw);
    if (result >= 0)
        offload_game_add_ways(game, &network->in, problem->end[u], result, chain->result);
    for (int l = 0; l < network->links; l++)
        chain->pressure[l] = game->pull[network->nodes + l].load * game->pull[network->nodes + l].per_capacity;
    chain->rest[count] = 0;
    for (int j = count - 1; j >= 0; j--)
        chain->rest[j] = chain->rest[j + 1] + offload_game_least_work(game, first + j);
}

/* Follows the programme back from candidate `last` at the end. */
static void trace_back(struct offload_chain *chain, bool blind, size_t last)
{
    const struct offload_game *game = chain->game;
    size_t columns = (size_t)chain->count;
    int count = game->problem->first_subtask[game->user + 1] - game->problem->first_subtask[game->user];
    for (int j = count; j > 0;) {
        int start = run_from(chain, j, blind, last);
        for (int s = start; s < j; s++)
            chain->response[s] = chain->node[last];
        if (start > 0)
            last = moved_from(chain, offload_chain_transfer(game->problem, game->user, start), blind,
                              chain->f + (size_t)start * columns, chain->g[(size_t)start * columns + last], last);
        j = start;
    }
}

bool offload_chain_respond(struct offload_chain *chain, bool blind, int most, double bound)
{
    const struct offload_game *game = chain->game;
    const struct offload_problem *problem = game->problem;
    int first = problem->first_subtask[game->user], count = problem->first_subtask[game->user + 1] - first;
    chain->turn++;
    prepare(chain);
    if (most < game->network->nodes)
        take_some(chain, most);
    else
        take_all(chain);
    gather_nodes(chain, first, count);
    size_t columns = (size_t)chain->count;
    for (size_t c = 0; c < columns; c++)
        chain->g[c] = chain->raw[chain->node[c]];
    for (int j = 1; j <= count; j++) {
        run(chain, j, blind);
        if (j == count)
            break;
        move(chain, offload_chain_transfer(problem, game->user, j), blind, bound - chain->rest[j],
             chain->f + (size_t)j * columns, chain->g + (size_t)j * columns);
    }
    double *end = chain->f + (size_t)count * columns;
    size_t best = 0;
    for (size_t c = 0; c < columns; c++) {
        end[c] += chain->result[chain->node[c]];
        best = end[c] < end[best] ? c : best;
    }
    chain->value = end[best];
    if (!(end[best] < bound))
        return false;
    trace_back(chain, blind, best);
    return true;
}
