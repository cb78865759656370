#include "policies/learn/offload/forest.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

/* ---- a forest that grows tree after tree ---- */

struct grower {
    struct offload_forest *forest;
    int nodes;
    size_t used;     /* entries of all trees so far */
    size_t start;    /* of the present tree */
    int *seen;       /* [links]: latest entry of the present tree with this link, -1: none */
    size_t *seen_in; /* [links]: start + 1 of the tree for which `seen` holds */
};

static void grower_init(struct grower *grower, struct offload_forest *forest, int nodes, int links)
{
    *grower = (struct grower){.forest = forest, .nodes = nodes};
    grower->seen = weir_alloc((size_t)links, sizeof *grower->seen);
    grower->seen_in = weir_alloc((size_t)links, sizeof *grower->seen_in);
    forest->first = weir_alloc((size_t)nodes + 1, sizeof *forest->first);
    forest->at = weir_alloc((size_t)nodes * (size_t)nodes, sizeof *forest->at);
}

static void grower_fini(struct grower *grower)
{
    free(grower->seen);
    free(grower->seen_in);
}

static int add_entry(struct grower *grower, int parent, int link)
{
    struct offload_forest *forest = grower->forest;
    if (grower->used == forest->room) {
        forest->room = forest->room ? 2 * forest->room : 1024;
        forest->parent = weir_resize(forest->parent, forest->room, sizeof *forest->parent);
        forest->link = weir_resize(forest->link, forest->room, sizeof *forest->link);
    }
    forest->parent[grower->used] = parent;
    forest->link[grower->used] = link;
    int entry = (int)(grower->used++ - grower->start);
    if (entry >= forest->largest)
        forest->largest = entry + 1;
    return entry;
}

/* Starts the tree of a node: its root, and no way to any other node. */
static void start_tree(struct grower *grower, int node)
{
    struct offload_forest *forest = grower->forest;
    grower->start = forest->first[node] = grower->used;
    int *at = forest->at + (size_t)node * (size_t)grower->nodes;
    for (int n = 0; n < grower->nodes; n++)
        at[n] = -1;
    at[node] = add_entry(grower, -1, -1);
    forest->first[node + 1] = grower->used;
}

static void end_tree(struct grower *grower, int node)
{
    grower->forest->first[node + 1] = grower->used;
}

/* The entry below `parent` by `link`, new if there is none. Most links stand in a tree once, so the latest is looked at
 * first. */
static int child(struct grower *grower, int parent, int link)
{
    const int *parents = grower->forest->parent + grower->start, *links = grower->forest->link + grower->start;
    if (grower->seen_in[link] == grower->start + 1) {
        int count = (int)(grower->used - grower->start);
        if (parents[grower->seen[link]] == parent)
            return grower->seen[link];
        for (int i = parent + 1; i < count; i++)
            if (parents[i] == parent && links[i] == link)
                return i;
    }
    grower->seen[link] = add_entry(grower, parent, link);
    grower->seen_in[link] = grower->start + 1;
    return grower->seen[link];
}

/* ---- ways of least sum of 1 / bandwidth ---- */

struct arcs {
    int *first; /* [nodes + 1] */
    int *link;
};

static struct arcs arcs_of(const struct offload_network_spec *spec)
{
    struct arcs arcs = {weir_alloc((size_t)spec->node_count + 2, sizeof(int)),
                        weir_alloc((size_t)spec->link_count, sizeof(int))};
    for (int l = 0; l < spec->link_count; l++)
        arcs.first[spec->links[l].from + 2]++;
    for (int m = 1; m <= spec->node_count; m++)
        arcs.first[m + 1] += arcs.first[m];
    for (int l = 0; l < spec->link_count; l++)
        arcs.link[arcs.first[spec->links[l].from + 1]++] = l;
    return arcs;
}

struct heap {
    int *node;
    double *key;
    int count;
};

static void heap_push(struct heap *heap, double key, int node)
{
    int i = heap->count++;
    for (; i > 0 && heap->key[(i - 1) / 2] > key; i = (i - 1) / 2) {
        heap->key[i] = heap->key[(i - 1) / 2];
        heap->node[i] = heap->node[(i - 1) / 2];
    }
    heap->key[i] = key;
    heap->node[i] = node;
}

static int heap_pop(struct heap *heap)
{
    int node = heap->node[0], last = heap->node[--heap->count], i = 0;
    double key = heap->key[heap->count];
    for (int c = 1; c < heap->count; c = 2 * i + 1) {
        if (c + 1 < heap->count && heap->key[c + 1] < heap->key[c])
            c++;
        if (heap->key[c] >= key)
            break;
        heap->key[i] = heap->key[c];
        heap->node[i] = heap->node[c];
        i = c;
    }
    heap->key[i] = key;
    heap->node[i] = last;
    return node;
}

/* Dijkstra from one node; entries are made in the order in which nodes are settled. */
static void grow_shortest(struct grower *grower, const struct offload_network_spec *spec, const struct arcs *arcs,
                          int from, struct heap *heap, double *distance, int *by)
{
    int *at = grower->forest->at + (size_t)from * (size_t)grower->nodes;
    for (int n = 0; n < grower->nodes; n++)
        distance[n] = INFINITY;
    distance[from] = 0;
    heap->count = 0;
    heap_push(heap, 0, from);
    while (heap->count > 0) {
        int node = heap_pop(heap);
        if (node != from) {
            if (at[node] >= 0) /* settled already, by a shorter way */
                continue;
            at[node] = add_entry(grower, at[spec->links[by[node]].from], by[node]);
        }
        for (int a = arcs->first[node]; a < arcs->first[node + 1]; a++) {
            const struct offload_link *link = &spec->links[arcs->link[a]];
            double further = distance[node] + 1 / link->bytes_per_s;
            if (further < distance[link->to]) {
                distance[link->to] = further;
                by[link->to] = arcs->link[a];
                heap_push(heap, further, link->to);
            }
        }
    }
}

static void grow_single_hop(struct grower *grower, const struct offload_network_spec *spec, const struct arcs *arcs,
                            int from)
{
    int *at = grower->forest->at + (size_t)from * (size_t)grower->nodes;
    for (int a = arcs->first[from]; a < arcs->first[from + 1]; a++) {
        int link = arcs->link[a], to = spec->links[link].to;
        if (to == from)
            continue;
        if (at[to] < 0)
            at[to] = add_entry(grower, 0, link);
        else if (spec->links[grower->forest->link[grower->start + (size_t)at[to]]].bytes_per_s <
                 spec->links[link].bytes_per_s)
            grower->forest->link[grower->start + (size_t)at[to]] = link;
    }
}

static int grow_given(struct grower *grower, const struct offload_network_spec *spec, int from)
{
    int *at = grower->forest->at + (size_t)from * (size_t)grower->nodes;
    for (int to = 0; to < grower->nodes; to++) {
        const int *links = NULL;
        int count = to == from ? 0 : spec->way(spec->data, from, to, &links), entry = 0;
        if (count > 0 && !links)
            return weir_error(WEIR_EINPUT, "network: the way from node %d to %d has no links", from, to);
        for (int i = 0; i < count; i++) {
            if (links[i] < 0 || links[i] >= spec->link_count)
                return weir_error(WEIR_EINPUT, "network: the way from node %d to %d names link %d; links are 0 to %d",
                                  from, to, links[i], spec->link_count - 1);
            entry = child(grower, entry, links[i]);
        }
        at[to] = count < 0 ? -1 : entry;
    }
    return WEIR_OK;
}

int offload_forest_grow(struct offload_forest *out, const struct offload_network_spec *spec)
{
    int code = WEIR_OK;
    size_t nodes = (size_t)spec->node_count;
    struct grower grower;
    grower_init(&grower, out, spec->node_count, spec->link_count);
    struct arcs arcs = {NULL, NULL};
    struct heap heap = {weir_alloc((size_t)spec->link_count + 1, sizeof(int)),
                        weir_alloc((size_t)spec->link_count + 1, sizeof(double)), 0};
    double *distance = weir_alloc(nodes, sizeof *distance);
    int *by = weir_alloc(nodes, sizeof *by);
    if (spec->routing != OFFLOAD_GIVEN)
        arcs = arcs_of(spec);
    for (int m = 0; m < spec->node_count && code == WEIR_OK; m++) {
        start_tree(&grower, m);
        if (spec->routing == OFFLOAD_GIVEN)
            code = grow_given(&grower, spec, m);
        else if (spec->routing == OFFLOAD_SINGLE_HOP)
            grow_single_hop(&grower, spec, &arcs, m);
        else
            grow_shortest(&grower, spec, &arcs, m, &heap, distance, by);
        end_tree(&grower, m);
    }
    grower_fini(&grower);
    free(arcs.first);
    free(arcs.link);
    free(heap.node);
    free(heap.key);
    free(distance);
    free(by);
    return code;
}

void offload_forest_turn(struct offload_forest *in, const struct offload_forest *out, int nodes, int links)
{
    struct grower grower;
    grower_init(&grower, in, nodes, links);
    for (int to = 0; to < nodes; to++) {
        start_tree(&grower, to);
        int *at = in->at + (size_t)to * (size_t)nodes;
        for (int from = 0; from < nodes; from++) {
            const int *parent = offload_tree_parent(out, from), *link = offload_tree_link(out, from);
            int entry = offload_tree_at(out, nodes, from)[to];
            if (entry < 0)
                continue;
            int mine = 0;
            for (; entry > 0; entry = parent[entry])
                mine = child(&grower, mine, link[entry]);
            at[from] = mine;
        }
        end_tree(&grower, to);
    }
    grower_fini(&grower);
}

void offload_forest_fini(struct offload_forest *forest)
{
    free(forest->first);
    free(forest->parent);
    free(forest->link);
    free(forest->at);
    *forest = (struct offload_forest){0};
}
