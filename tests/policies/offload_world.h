/* Small cases of offloading, and a model of their costs of its own: networks of five nodes in which ways share links,
 * three users of three operators, weights; all 5^9 placements can be looked at. */
#ifndef WEIR_TESTS_POLICIES_OFFLOAD_WORLD_H
#define WEIR_TESTS_POLICIES_OFFLOAD_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#define NODES   5
#define JOBS    3
#define STEPS   3
#define PLACES  125 /* NODES ^ STEPS */
#define WIRES   10  /* pairs of nodes */
#define LINKS   20  /* both directions of each */
#define LATENCY 1e-3

/* A drawn case: what the model knows of it. */
struct world {
    bool wire[NODES][NODES]; /* a < b: joined */
    double bytes_per_s[NODES][NODES], flops[NODES];
    int next[NODES][NODES]; /* first stop of the way */
    int source[JOBS], sink[JOBS];
    double arrive_s[JOBS], omega[JOBS];
    double work[JOBS][STEPS], data[JOBS][STEPS + 1];
    int slots; /* of a host; 0: no limit */
};

/* What a user loads at a placement: w by node, then by direction of wires; and the seconds of its links. */
struct strategy {
    double load[NODES + NODES * NODES], delay_s;
};

/* All there is to know of three users: <w, w> of their placements. */
struct table {
    struct strategy strategies[JOBS][PLACES];
    double alone[JOBS][PLACES]; /* omega T_u if alone */
    double product[JOBS][JOBS][PLACES][PLACES];
};

/* Case `number`; with weights of users, or all 1. */
struct world weir_offload_world_draw(uint64_t number, bool weights);

/* Owned. */
struct table *weir_offload_tabulate(const struct world *world);

/* omega T of user u, and of all, where at[u] is the number of u's placement. */
double weir_offload_cost(const struct table *table, const int *at, int u);
double weir_offload_cost_of_all(const struct table *table, const int *at);

/* The least of all placements. */
double weir_offload_least(const struct table *table);

/* The least that user u could cost while the others stay. */
double weir_offload_best_response(const struct table *table, const int *at, int u);

#endif
