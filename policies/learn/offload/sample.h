/* Random networks and users, as studies of offloading draw them: for experiments with the delay model, tests and
 * benchmarks. */
#ifndef WEIR_LEARN_OFFLOAD_SAMPLE_H
#define WEIR_LEARN_OFFLOAD_SAMPLE_H

#include <stdint.h>

#include "policies/learn/offload/problem.h"

/* Quantities are uniform between two bounds. */
struct offload_sample {
    int nodes, users, subtasks;
    double links_per_node; /* undirected links, rounded; the network is connected whatever this is */
    /* False: links in both directions, shortest ways, users between any two nodes. True: the paper's network, links
     * from lower to higher nodes, single hops, all users from the first node to the last. */
    bool directed;
    double flops_per_s[2], bytes_per_s[2];
    double work_flop[2], data_bytes[2];
    /* 0: chains. Otherwise graphs in levels of about sqrt(subtasks), with that many edges a subtask. */
    double edges_per_subtask;
    enum offload_shares shares;
};

/* 100 to 500 Gflop/s, 100 Mbit/s to 1 Gbit/s, 5 to 30 Gflop, 0.5 to 5 MB, 1.5 links a node. */
struct offload_sample offload_sample_default(int nodes, int users, int subtasks);

/* Errors: as offload_problem_new; on directed networks the last node may be too far away. The caller frees both. */
int offload_sample_draw(const struct offload_sample *sample, uint64_t seed, struct offload_network **network,
                        struct offload_problem **problem);

#endif
