#include "sim/generate/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

void weir_graph_fini(struct weir_graph *graph)
{
    free(graph->edge);
    *graph = (struct weir_graph){0};
}

void weir_graph_add(struct weir_graph *graph, int a, int b, double cost)
{
    graph->edge = weir_grow(graph->edge, graph->edge_count + 1, &graph->edge_capacity, sizeof *graph->edge);
    graph->edge[graph->edge_count++] = (struct weir_edge){a, b, cost};
}

void weir_ways_init(struct weir_ways *ways, const struct weir_graph *graph)
{
    size_t n = (size_t)graph->nodes;
    *ways = (struct weir_ways){.graph = graph,
                               .first = weir_alloc(n + 2, sizeof *ways->first),
                               .incident = weir_alloc(2 * graph->edge_count + 1, sizeof *ways->incident),
                               .cost = weir_alloc(n + 1, sizeof *ways->cost),
                               .hops = weir_alloc(n + 1, sizeof *ways->hops),
                               .back = weir_alloc(n + 1, sizeof *ways->back)};
    for (size_t e = 0; e < graph->edge_count; e++) {
        ways->first[graph->edge[e].a + 1]++;
        ways->first[graph->edge[e].b + 1]++;
    }
    for (size_t i = 0; i < n; i++)
        ways->first[i + 1] += ways->first[i];
    int *next = weir_alloc(n + 1, sizeof *next);
    memcpy(next, ways->first, n * sizeof *next);
    for (size_t e = 0; e < graph->edge_count; e++) {
        ways->incident[next[graph->edge[e].a]++] = (int)e;
        ways->incident[next[graph->edge[e].b]++] = (int)e;
    }
    free(next);
}

void weir_ways_fini(struct weir_ways *ways)
{
    free(ways->first);
    free(ways->incident);
    free(ways->cost);
    free(ways->hops);
    free(ways->back);
    *ways = (struct weir_ways){0};
}

static int other_end(const struct weir_edge *edge, int node)
{
    return edge->a == node ? edge->b : edge->a;
}

/* Whether (cost, hops, before) is better than how a node is reached so far. */
static bool better(const struct weir_ways *ways, int node, double cost, int hops, int before)
{
    if (cost != ways->cost[node])
        return cost < ways->cost[node];
    if (hops != ways->hops[node])
        return hops < ways->hops[node];
    return ways->back[node] >= 0 && before < other_end(&ways->graph->edge[ways->back[node]], node);
}

void weir_ways_from(struct weir_ways *ways, int from)
{
    const struct weir_graph *graph = ways->graph;
    bool *done = weir_alloc((size_t)graph->nodes, sizeof *done);
    for (int i = 0; i < graph->nodes; i++) {
        ways->cost[i] = INFINITY;
        ways->hops[i] = graph->nodes;
        ways->back[i] = -1;
    }
    ways->cost[from] = 0;
    ways->hops[from] = 0;
    for (;;) {
        int at = -1;
        for (int i = 0; i < graph->nodes; i++)
            if (!done[i] && isfinite(ways->cost[i]) &&
                (at < 0 || ways->cost[i] < ways->cost[at] ||
                 (ways->cost[i] == ways->cost[at] && ways->hops[i] < ways->hops[at])))
                at = i;
        if (at < 0)
            break;
        done[at] = true;
        for (int k = ways->first[at]; k < ways->first[at + 1]; k++) {
            const struct weir_edge *edge = &graph->edge[ways->incident[k]];
            int to = other_end(edge, at);
            if (!done[to] && better(ways, to, ways->cost[at] + edge->cost, ways->hops[at] + 1, at)) {
                ways->cost[to] = ways->cost[at] + edge->cost;
                ways->hops[to] = ways->hops[at] + 1;
                ways->back[to] = ways->incident[k];
            }
        }
    }
    free(done);
}

int weir_graph_unreached(const struct weir_graph *graph)
{
    struct weir_ways ways;
    int lost = -1;
    weir_ways_init(&ways, graph);
    if (graph->nodes > 0)
        weir_ways_from(&ways, 0);
    for (int i = 0; i < graph->nodes && lost < 0; i++)
        if (!isfinite(ways.cost[i]))
            lost = i;
    weir_ways_fini(&ways);
    return lost;
}

double weir_point_distance(const struct weir_point *a, const struct weir_point *b)
{
    double x = a->x - b->x, y = a->y - b->y, z = a->z - b->z;
    return sqrt(x * x + y * y + z * z);
}

/* Prim's algorithm; in[a * n + b] tells the edges. */
static void add_tree(struct weir_graph *graph, const struct weir_point *points, bool *in)
{
    int n = graph->nodes, *near = weir_alloc((size_t)n, sizeof *near);
    bool *done = weir_alloc((size_t)n, sizeof *done);
    double *distance = weir_alloc((size_t)n, sizeof *distance);
    for (int i = 1; i < n; i++)
        distance[i] = weir_point_distance(&points[0], &points[i]);
    for (int made = 1; made < n; made++) {
        int at = -1;
        for (int i = 1; i < n; i++)
            if (!done[i] && (at < 0 || distance[i] < distance[at]))
                at = i;
        done[at] = true;
        weir_graph_add(graph, near[at], at, distance[at]);
        in[(size_t)near[at] * (size_t)n + (size_t)at] = in[(size_t)at * (size_t)n + (size_t)near[at]] = true;
        for (int i = 1; i < n; i++) {
            double d = weir_point_distance(&points[at], &points[i]);
            if (!done[i] && d < distance[i]) {
                distance[i] = d;
                near[i] = at;
            }
        }
    }
    free(near);
    free(done);
    free(distance);
}

static bool is_gabriel(const struct weir_point *points, int n, int a, int b)
{
    double d = weir_point_distance(&points[a], &points[b]);
    for (int k = 0; k < n; k++) {
        double to_a = weir_point_distance(&points[a], &points[k]), to_b = weir_point_distance(&points[b], &points[k]);
        if (k != a && k != b && to_a * to_a + to_b * to_b < d * d)
            return false;
    }
    return true;
}

static int by_cost(const void *left, const void *right)
{
    const struct weir_edge *l = left, *r = right;
    if (l->cost != r->cost)
        return l->cost < r->cost ? -1 : 1;
    return l->a != r->a ? l->a - r->a : l->b - r->b;
}

void weir_graph_gabriel(struct weir_graph *graph, const struct weir_point *points, double degree)
{
    int n = graph->nodes;
    struct weir_graph more = {.nodes = n};
    bool *in = weir_alloc((size_t)n * (size_t)n + 1, sizeof *in);
    if (n > 1)
        add_tree(graph, points, in);
    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++)
            if (!in[(size_t)a * (size_t)n + (size_t)b] && is_gabriel(points, n, a, b))
                weir_graph_add(&more, a, b, weir_point_distance(&points[a], &points[b]));
    if (more.edge_count > 0)
        qsort(more.edge, more.edge_count, sizeof *more.edge, by_cost);
    for (size_t e = 0; e < more.edge_count && (degree <= 0 || 2. * (double)(graph->edge_count + 1) <= degree * n); e++)
        weir_graph_add(graph, more.edge[e].a, more.edge[e].b, more.edge[e].cost);
    weir_graph_fini(&more);
    free(in);
}
