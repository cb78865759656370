/* The largest flow from one node of a network to another, and the cheapest of that size. Capacities are doubles; whole
 * ones give whole flows. */
#ifndef WEIR_LEARN_OPTIMISE_MAX_FLOW_H
#define WEIR_LEARN_OPTIMISE_MAX_FLOW_H

#include <stdbool.h>

struct max_flow;

/* A network of nodes 0 to nodes - 1 without edges; nodes >= 2. */
struct max_flow *max_flow_new(int nodes);
void max_flow_free(struct max_flow *network);

/* Adds an edge; returns its number, from 0 in the order of the calls. 0 <= capacity, finite; the cost of a unit must
 * not be negative, and counts only for max_flow_cheapest. Edges side by side and loops are allowed. */
int max_flow_edge(struct max_flow *network, int from, int to, double capacity, double cost);

/* The largest flow from source to sink (Dinic's algorithm [dinic-1970]: at most `nodes` phases, O(nodes^2 edges), far
 * fewer on networks of few layers). Forgets the flow of an earlier call. Source and sink must differ. */
double max_flow_solve(struct max_flow *network, int source, int sink);

/* How often the last max_flow_solve looked at an arc: what it took, on any machine. */
long max_flow_looks(const struct max_flow *network);

/* The cheapest flow of the size `wanted`, or of the largest that there is if that is less (successive shortest paths);
 * *cost (may be NULL) gets what it costs. Each path fills at least one edge: O(paths edges log nodes). */
double max_flow_cheapest(struct max_flow *network, int source, int sink, double wanted, double *cost);

/* Flow along an edge, after one of the above. */
double max_flow_on(const struct max_flow *network, int edge);

/* After max_flow_solve: side[nodes] tells the nodes on the source's side of a smallest cut. The capacities across it
 * add up to the flow. */
void max_flow_cut(const struct max_flow *network, bool *side);

#endif
