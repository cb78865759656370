/* A computing network: nodes that compute, links between them, and one fixed way between any two nodes. The resources
 * of the game are the nodes, 0..node_count-1, and then the links [jiang-2023].
 *
 * Ways are kept as a tree of prefixes per node from which they leave and a tree of suffixes per node where they end, so
 * that the cost of the ways to all nodes, or from all, takes one walk of a tree: O(nodes), however long the ways are.
 * Memory: about 24 bytes a pair of nodes. */
#ifndef WEIR_LEARN_OFFLOAD_NETWORK_H
#define WEIR_LEARN_OFFLOAD_NETWORK_H

#include <stdbool.h>

/* A directed link. A link that two directions share is one link that ways in both directions name. */
struct offload_link {
    int from, to;       /* nodes at its ends; -1: not a node. A graph needs both; given ways only serve offload_lawa */
    double bytes_per_s; /* > 0 */
    double latency_s; /* >= 0; 0 in the paper's model. Added to each transfer that takes the link, whatever its load */
};

enum offload_routing {
    OFFLOAD_SHORTEST,   /* the way of least sum of 1 / bandwidth over the links */
    OFFLOAD_SINGLE_HOP, /* a link or nothing: nodes without one cannot reach each other (the paper's network) */
    OFFLOAD_GIVEN,      /* asked of `way` */
};

/* Most nodes. */
#define OFFLOAD_NODES 30000

struct offload_network_spec {
    int node_count;                /* 1 to OFFLOAD_NODES */
    const char *const *node_names; /* for messages; NULL: "node 3" */
    const double *flops_per_s;     /* [node_count], >= 0; 0: hosts nothing (a router) */
    int kind_count;                /* kinds of subtasks ("cpu", "gpu"); 0 is the same as 1 */
    const double
        *kind_flops_per_s; /* [kind_count][node_count]: speed for a kind, 0: cannot host it. NULL: flops_per_s */
    int link_count;        /* may be 0 */
    const struct offload_link *links; /* [link_count] */
    enum offload_routing routing;
    /* OFFLOAD_GIVEN: the links of the way from one node to another, in order; returns their number (0: nothing in
     * between), or -1 if there is no way. Asked once for each pair of different nodes; *links is borrowed until the
     * next call. */
    int (*way)(void *data, int from, int to, const int **links);
    void *data;
};

struct offload_network;

/* Copies the spec and finds the ways. Errors: WEIR_EINPUT with the node or link that is wrong. */
int offload_network_new(const struct offload_network_spec *spec, struct offload_network **network);
void offload_network_free(struct offload_network *network);

/* 0 for NULL. */
int offload_network_nodes(const struct offload_network *network);
int offload_network_links(const struct offload_network *network);
/* False for nodes that are not there. */
bool offload_network_reaches(const struct offload_network *network, int from, int to);
/* Links from one node to another, in order, into links[room]; returns their number, which may exceed the room; -1: no
 * way, no such node. */
int offload_network_way(const struct offload_network *network, int from, int to, int *links, int room);

#endif
