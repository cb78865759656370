#include "policies/learn/optimise/max_flow.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"

/* Edge 2 i is the i-th that was added, 2 i + 1 its way back. */
struct arc {
    int to, next; /* the next arc out of the same node, -1 at the end */
    double left;  /* capacity that is left */
    double cost;
};

struct max_flow {
    int nodes, source;
    int *first;  /* [nodes] */
    int *level;  /* [nodes] distance from the source in arcs that have room, -1 out of reach */
    int *at;     /* [nodes] the arc to try next */
    int *queue;  /* [nodes]; of paths, the arc into each node */
    double *sum; /* [nodes] room up to a node; of paths, the potentials */
    double *far; /* [nodes] distances of paths */
    struct arc *arcs;
    double *capacity; /* of edge i */
    size_t arc_count, arc_room, edge_room;
    double least; /* room below this is none: rounding */
    long looks;   /* at arcs, of the last max_flow_solve */
    int *heap;    /* [nodes] of paths */
    int *place;   /* [nodes] in the heap, -1 outside */
};

struct max_flow *max_flow_new(int nodes)
{
    assert(nodes >= 2);
    size_t n = (size_t)nodes;
    struct max_flow *f = weir_alloc(1, sizeof *f);
    f->nodes = nodes;
    f->first = weir_alloc(n, sizeof(int));
    f->level = weir_alloc(n, sizeof(int));
    f->at = weir_alloc(n, sizeof(int));
    f->queue = weir_alloc(n, sizeof(int));
    f->sum = weir_alloc(n, sizeof(double));
    f->far = weir_alloc(n, sizeof(double));
    f->heap = weir_alloc(n, sizeof(int));
    f->place = weir_alloc(n, sizeof(int));
    for (int i = 0; i < nodes; i++)
        f->first[i] = -1;
    return f;
}

void max_flow_free(struct max_flow *f)
{
    if (!f)
        return;
    free(f->first);
    free(f->level);
    free(f->at);
    free(f->queue);
    free(f->sum);
    free(f->far);
    free(f->arcs);
    free(f->capacity);
    free(f->heap);
    free(f->place);
    free(f);
}

static void add_arc(struct max_flow *f, int from, int to, double cost)
{
    f->arcs = weir_grow(f->arcs, f->arc_count + 1, &f->arc_room, sizeof *f->arcs);
    f->arcs[f->arc_count] = (struct arc){.to = to, .next = f->first[from], .cost = cost};
    f->first[from] = (int)f->arc_count++;
}

int max_flow_edge(struct max_flow *f, int from, int to, double capacity, double cost)
{
    assert(from >= 0 && from < f->nodes && to >= 0 && to < f->nodes);
    assert(capacity >= 0 && isfinite(capacity) && cost >= 0 && isfinite(cost));
    size_t edge = f->arc_count / 2;
    f->capacity = weir_grow(f->capacity, edge + 1, &f->edge_room, sizeof *f->capacity);
    f->capacity[edge] = capacity;
    add_arc(f, from, to, cost);
    add_arc(f, to, from, -cost);
    return (int)edge;
}

static void reset(struct max_flow *f, int source, int sink)
{
    double largest = 0;
    assert(source != sink && source >= 0 && source < f->nodes && sink >= 0 && sink < f->nodes);
    for (size_t i = 0; i < f->arc_count / 2; i++) {
        f->arcs[2 * i].left = f->capacity[i];
        f->arcs[2 * i + 1].left = 0;
        largest = fmax(largest, f->capacity[i]);
    }
    f->source = source;
    f->least = largest * 1e-13;
    f->looks = 0;
}

/* Levels by breadth; whether the sink is in reach. */
static bool find_levels(struct max_flow *f, int sink)
{
    int head = 0, tail = 0;
    for (int i = 0; i < f->nodes; i++)
        f->level[i] = -1;
    f->level[f->source] = 0;
    f->queue[tail++] = f->source;
    while (head < tail) {
        int node = f->queue[head++];
        for (int a = f->first[node]; a >= 0; a = f->arcs[a].next) {
            int to = f->arcs[a].to;
            f->looks++;
            if (f->level[to] < 0 && f->arcs[a].left > f->least) {
                f->level[to] = f->level[node] + 1;
                f->queue[tail++] = to;
            }
        }
    }
    return f->level[sink] >= 0;
}

/* A flow that leaves no way open along rising levels. queue[] holds the arcs of the way so far, so that long ways need
 * no deep stack. */
static double block(struct max_flow *f, int sink)
{
    double total = 0;
    int node = f->source, depth = 0;
    for (int i = 0; i < f->nodes; i++)
        f->at[i] = f->first[i];
    f->sum[0] = INFINITY;
    for (;;) {
        if (node == sink) {
            double room = f->sum[depth];
            int back = depth;
            total += room;
            for (int i = depth; i-- > 0;) {
                struct arc *arc = &f->arcs[f->queue[i]];
                arc->left -= room;
                f->arcs[f->queue[i] ^ 1].left += room;
                back = arc->left <= f->least ? i : back;
            }
            depth = back; /* go on before the first arc that is full now */
            for (int i = 0; i < depth; i++)
                f->sum[i + 1] = fmin(f->sum[i], f->arcs[f->queue[i]].left);
            node = depth > 0 ? f->arcs[f->queue[depth - 1]].to : f->source;
            continue;
        }
        int a = f->at[node];
        f->looks++;
        if (a < 0) { /* a dead end */
            if (depth == 0)
                return total;
            node = f->arcs[f->queue[--depth] ^ 1].to;
            f->at[node] = f->arcs[f->at[node]].next;
        } else if (f->arcs[a].left > f->least && f->level[f->arcs[a].to] == f->level[node] + 1) {
            f->queue[depth] = a;
            f->sum[depth + 1] = fmin(f->sum[depth], f->arcs[a].left);
            depth++;
            node = f->arcs[a].to;
        } else {
            f->at[node] = f->arcs[a].next;
        }
    }
}

double max_flow_solve(struct max_flow *f, int source, int sink)
{
    double total = 0;
    reset(f, source, sink);
    while (find_levels(f, sink))
        total += block(f, sink);
    return total;
}

/* A heap of nodes by distance. */
static void put(struct max_flow *f, int i, int node)
{
    f->heap[i] = node;
    f->place[node] = i;
}

static void rise(struct max_flow *f, int i)
{
    int node = f->heap[i];
    for (; i > 0 && f->far[f->heap[(i - 1) / 2]] > f->far[node]; i = (i - 1) / 2)
        put(f, i, f->heap[(i - 1) / 2]);
    put(f, i, node);
}

static int take_nearest(struct max_flow *f, int *size)
{
    int top = f->heap[0], node = f->heap[--*size], i = 0;
    f->place[top] = -1;
    while (*size > 0) {
        int child = 2 * i + 1;
        if (child + 1 < *size && f->far[f->heap[child + 1]] < f->far[f->heap[child]])
            child++;
        if (child >= *size || f->far[f->heap[child]] >= f->far[node]) {
            put(f, i, node);
            break;
        }
        put(f, i, f->heap[child]);
        i = child;
    }
    return top;
}

/* Dijkstra's distances in costs that the potentials sum[] make non-negative; queue[] gets the arc into each node. */
static bool find_path(struct max_flow *f, int sink)
{
    int size = 1;
    for (int i = 0; i < f->nodes; i++) {
        f->far[i] = INFINITY;
        f->place[i] = -1;
    }
    f->far[f->source] = 0;
    put(f, 0, f->source);
    while (size > 0) {
        int node = take_nearest(f, &size);
        for (int a = f->first[node]; a >= 0; a = f->arcs[a].next) {
            int to = f->arcs[a].to;
            double way = f->far[node] + fmax(0, f->arcs[a].cost + f->sum[node] - f->sum[to]);
            if (f->arcs[a].left <= f->least || way >= f->far[to])
                continue;
            f->far[to] = way;
            f->queue[to] = a;
            if (f->place[to] < 0)
                put(f, size++, to);
            rise(f, f->place[to]);
        }
    }
    if (isinf(f->far[sink]))
        return false;
    for (int i = 0; i < f->nodes; i++)
        f->sum[i] += fmin(f->far[i], f->far[sink]);
    return true;
}

double max_flow_cheapest(struct max_flow *f, int source, int sink, double wanted, double *cost)
{
    double total = 0;
    reset(f, source, sink);
    for (int i = 0; i < f->nodes; i++)
        f->sum[i] = 0; /* costs are not negative, so these will do */
    while (wanted - total > f->least && find_path(f, sink)) {
        double room = wanted - total;
        for (int node = sink; node != source; node = f->arcs[f->queue[node] ^ 1].to)
            room = fmin(room, f->arcs[f->queue[node]].left);
        for (int node = sink; node != source; node = f->arcs[f->queue[node] ^ 1].to) {
            f->arcs[f->queue[node]].left -= room;
            f->arcs[f->queue[node] ^ 1].left += room;
        }
        total += room;
    }
    if (cost) {
        *cost = 0;
        for (size_t i = 0; i < f->arc_count / 2; i++)
            *cost += f->arcs[2 * i + 1].left * f->arcs[2 * i].cost;
    }
    return total;
}

long max_flow_looks(const struct max_flow *f)
{
    return f->looks;
}

double max_flow_on(const struct max_flow *f, int edge)
{
    assert(edge >= 0 && (size_t)edge < f->arc_count / 2);
    return f->arcs[2 * edge + 1].left;
}

void max_flow_cut(const struct max_flow *f, bool *side)
{
    for (int i = 0; i < f->nodes; i++)
        side[i] = f->level[i] >= 0; /* what the last search reached */
}
