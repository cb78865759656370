/* Undirected graphs of places: who reaches whom, cheapest ways, and the Gabriel graph. */
#ifndef WEIR_GENERATE_GRAPH_H
#define WEIR_GENERATE_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

struct weir_edge {
    int a, b;
    double cost; /* of the way, more than or equal to 0: what cheapest ways minimise */
};

struct weir_graph {
    int nodes;
    size_t edge_count, edge_capacity;
    struct weir_edge *edge;
};

void weir_graph_fini(struct weir_graph *graph);
void weir_graph_add(struct weir_graph *graph, int a, int b, double cost);

/* The smallest node that node 0 does not reach, -1 if the graph is connected. */
int weir_graph_unreached(const struct weir_graph *graph);

/* Cheapest ways from a node (Dijkstra; of equal ones that with fewer links, then the smaller node before): back[n] is
 * the edge by which the way to n ends, -1 for `from` and nodes out of reach. The graph's neighbours are found by
 * weir_ways_init once. */
struct weir_ways {
    const struct weir_graph *graph;
    int *first;       /* [nodes + 1]: where a node's edges begin in `incident` */
    int *incident;    /* [2 edges] */
    double *cost;     /* [nodes], of the last call */
    int *hops, *back; /* [nodes] */
};
void weir_ways_init(struct weir_ways *ways, const struct weir_graph *graph);
void weir_ways_fini(struct weir_ways *ways);
void weir_ways_from(struct weir_ways *ways, int from);

/* A point in space; of places on a sphere, too, whose chords then stand for their distances. */
struct weir_point {
    double x, y, z;
};
double weir_point_distance(const struct weir_point *a, const struct weir_point *b);

/* Adds edges between the points (one a node): the shortest spanning tree, and then the other edges of the Gabriel graph
 * (gabriel-1969: no third point in the ball over the edge), shortest first, until the mean degree is `degree`; 0: all.
 * Costs are distances. O(n^3). */
void weir_graph_gabriel(struct weir_graph *graph, const struct weir_point *points, double degree);

#endif
