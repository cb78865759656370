#include "policies/learn/offload/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"

struct offload_sample offload_sample_default(int nodes, int users, int subtasks)
{
    return (struct offload_sample){.nodes = nodes,
                                   .users = users,
                                   .subtasks = subtasks,
                                   .links_per_node = 1.5,
                                   .flops_per_s = {100e9, 500e9},
                                   .bytes_per_s = {100e6 / 8, 1e9 / 8},
                                   .work_flop = {5e9, 30e9},
                                   .data_bytes = {0.5e6, 5e6}};
}

static double draw(struct weir_stream *stream, const double bounds[2])
{
    return bounds[0] + (bounds[1] - bounds[0]) * weir_stream_uniform(stream);
}

static int below(struct weir_stream *stream, int count)
{
    return (int)weir_stream_below(stream, (uint64_t)count);
}

/* ---- networks ---- */

static int draw_network(const struct offload_sample *sample, uint64_t seed, struct offload_network **network)
{
    struct weir_stream stream = weir_stream_open(seed, "network");
    size_t nodes = (size_t)sample->nodes;
    long most = (long)sample->nodes * (sample->nodes - 1) / 2;
    long wanted = lround(sample->links_per_node * sample->nodes), count = 0;
    wanted = wanted < sample->nodes - 1 ? sample->nodes - 1 : wanted > most ? most : wanted;
    unsigned char *linked = weir_alloc(nodes * nodes, 1);
    struct offload_link *links = weir_alloc(2 * (size_t)wanted, sizeof *links);
    double *flops_per_s = weir_alloc(nodes, sizeof *flops_per_s);
    while (count < wanted) {
        /* First each node to one of the two before it, then any pair. */
        int to = count + 1 < sample->nodes ? (int)count + 1 : below(&stream, sample->nodes);
        int from = count + 1 < sample->nodes ? to - 1 - below(&stream, to < 2 ? to : 2) : below(&stream, sample->nodes);
        if (from >= to || linked[(size_t)from * nodes + (size_t)to])
            continue;
        linked[(size_t)from * nodes + (size_t)to] = 1;
        links[count++] = (struct offload_link){.from = from, .to = to};
    }
    for (size_t m = 0; m < nodes; m++)
        flops_per_s[m] = draw(&stream, sample->flops_per_s);
    long directions = sample->directed ? 1 : 2;
    for (long l = 0; l < count * directions; l++) {
        if (l >= count)
            links[l] = (struct offload_link){.from = links[l - count].to, .to = links[l - count].from};
        links[l].bytes_per_s = draw(&stream, sample->bytes_per_s);
    }
    struct offload_network_spec spec = {.node_count = sample->nodes,
                                        .flops_per_s = flops_per_s,
                                        .link_count = (int)(count * directions),
                                        .links = links,
                                        .routing = sample->directed ? OFFLOAD_SINGLE_HOP : OFFLOAD_SHORTEST};
    int code = offload_network_new(&spec, network);
    free(linked);
    free(links);
    free(flops_per_s);
    return code;
}

/* ---- users ---- */

/* Transfers of a user, in room for all that there can be. */
struct graph {
    struct offload_transfer *transfers;
    int count;
    int *level;            /* [subtasks] */
    unsigned char *linked; /* [subtasks][subtasks] */
    bool *has_in, *has_out;
};

static void link_subtasks(struct graph *graph, int subtasks, int from, int to)
{
    graph->linked[from * subtasks + to] = 1;
    graph->has_out[from] = graph->has_in[to] = true;
    graph->transfers[graph->count++] = (struct offload_transfer){.from = from, .to = to};
}

static void draw_chain(struct graph *graph, int subtasks)
{
    for (int s = 0; s + 1 < subtasks; s++)
        link_subtasks(graph, subtasks, s, s + 1);
}

/* Levels of about sqrt(n) subtasks, 10 % more or less; each subtask below the first level has one from at most two
 * levels above; then more edges between such levels until there are enough. */
static void draw_graph(struct graph *graph, const struct offload_sample *sample, struct weir_stream *stream)
{
    int subtasks = sample->subtasks, level = 0, wide = (int)sqrt(subtasks);
    long wanted = lround(sample->edges_per_subtask * subtasks);
    for (int s = 0; s < subtasks; level++) {
        int count = (int)lround(wide * (1 + 0.1 * (2 * weir_stream_uniform(stream) - 1)));
        for (int i = 0; i < (count > 1 ? count : 1) && s < subtasks; i++)
            graph->level[s++] = level;
    }
    for (int s = 0; s < subtasks; s++)
        while (graph->level[s] > 0 && !graph->has_in[s]) {
            int from = below(stream, s);
            if (graph->level[from] < graph->level[s] && graph->level[from] + 2 >= graph->level[s])
                link_subtasks(graph, subtasks, from, s);
        }
    for (int tries = 0; graph->count < wanted && tries < 100 * subtasks * subtasks; tries++) {
        int from = below(stream, subtasks), to = below(stream, subtasks);
        if (graph->level[from] < graph->level[to] && graph->level[from] + 2 >= graph->level[to] &&
            !graph->linked[from * subtasks + to])
            link_subtasks(graph, subtasks, from, to);
    }
}

static void draw_user(const struct offload_sample *sample, struct weir_stream *stream, struct graph *graph,
                      struct offload_user *user, double *work)
{
    int subtasks = sample->subtasks;
    graph->count = 0;
    memset(graph->linked, 0, (size_t)subtasks * (size_t)subtasks);
    memset(graph->has_in, 0, (size_t)subtasks * sizeof *graph->has_in);
    memset(graph->has_out, 0, (size_t)subtasks * sizeof *graph->has_out);
    if (sample->edges_per_subtask > 0)
        draw_graph(graph, sample, stream);
    else
        draw_chain(graph, subtasks);
    for (int s = 0; s < subtasks; s++) {
        work[s] = draw(stream, sample->work_flop);
        if (!graph->has_in[s])
            graph->transfers[graph->count++] = (struct offload_transfer){.from = -1, .to = s};
        if (!graph->has_out[s])
            graph->transfers[graph->count++] = (struct offload_transfer){.from = s, .to = -1};
    }
    for (int t = 0; t < graph->count; t++)
        graph->transfers[t].bytes = draw(stream, sample->data_bytes);
    *user = (struct offload_user){
        .end = sample->nodes - 1, .subtask_count = subtasks, .work_flop = work, .transfer_count = graph->count};
    user->transfers = memcpy(weir_alloc((size_t)graph->count, sizeof *user->transfers), graph->transfers,
                             (size_t)graph->count * sizeof *user->transfers);
    if (!sample->directed) {
        user->origin = below(stream, sample->nodes);
        do
            user->end = below(stream, sample->nodes);
        while (user->end == user->origin && sample->nodes > 1);
    }
}

int offload_sample_draw(const struct offload_sample *sample, uint64_t seed, struct offload_network **network,
                        struct offload_problem **problem)
{
    *network = NULL;
    *problem = NULL;
    if (draw_network(sample, seed, network) < 0)
        return weir_error_code();
    size_t subtasks = (size_t)sample->subtasks, users = (size_t)sample->users;
    struct graph graph = {.transfers = weir_alloc(subtasks * subtasks + 2 * subtasks, sizeof *graph.transfers),
                          .level = weir_alloc(subtasks, sizeof *graph.level),
                          .linked = weir_alloc(subtasks * subtasks, 1),
                          .has_in = weir_alloc(subtasks, sizeof *graph.has_in),
                          .has_out = weir_alloc(subtasks, sizeof *graph.has_out)};
    struct offload_user *drawn = weir_alloc(users, sizeof *drawn);
    double *work = weir_alloc(users * subtasks, sizeof *work);
    uint64_t key = weir_stream_key(seed, "user");
    for (size_t u = 0; u < users; u++) {
        struct weir_stream stream = weir_stream_at(key, u);
        draw_user(sample, &stream, &graph, &drawn[u], work + u * subtasks);
    }
    int code = offload_problem_new(*network, drawn, sample->users, sample->shares, problem);
    if (code < 0) {
        offload_network_free(*network);
        *network = NULL;
    }
    for (size_t u = 0; u < users; u++)
        free((void *)drawn[u].transfers);
    free(drawn);
    free(work);
    free(graph.transfers);
    free(graph.level);
    free(graph.linked);
    free(graph.has_in);
    free(graph.has_out);
    return code;
}
