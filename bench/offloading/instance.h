/* Drawn cases of offloading, for the delay model and for the simulator alike: a network, users, the platform file and
 * the scenario that say the same. */
#ifndef WEIR_BENCH_OFFLOADING_INSTANCE_H
#define WEIR_BENCH_OFFLOADING_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "policies/learn/offload/problem.h"

/* What is drawn; pairs are bounds between which quantities are uniform. */
struct draw {
    int nodes, users, subtasks;
    double links_per_node; /* full-duplex links; a random tree joins all nodes */
    double speed_flops_per_s[2], bytes_per_s[2], work_flop[2], data_bytes[2];
    double edges_per_subtask; /* 0: chains */
    double gpu_factor;        /* of every second node; 0: no gpu */
    double gpu_share;         /* of subtasks */
    double arrive_every_s;    /* mean; 0: all at once, and their items when that is settled */
};
struct draw draw_default(void);

struct node {
    double speed_flops_per_s, gpu_flops_per_s;
};
struct edge {
    int from, to; /* subtasks; -1 */
    double bytes;
};
struct job {
    int origin, end;
    double arrive_s;
    double *work_flop; /* [subtask] */
    int *kinds;        /* [subtask] 1: gpu */
    struct edge *edges;
    int edge_count;
};
struct instance {
    struct draw draw;
    struct node *nodes;
    struct offload_link *links; /* 2 l there and 2 l + 1 back */
    int link_count;             /* directed */
    struct job *jobs;
    struct offload_network *network;
    struct offload_problem *problem;
    double mean_hops; /* of the ways between users' origins and ends */
};

/* Draws and builds; ends the program if the library refuses. */
struct instance instance_draw(const struct draw *draw, uint64_t number);
void instance_free(struct instance *instance);

/* Writes platform.xml and scenario.json into the folder. With `plain` all subtasks are of the class cpu. */
void instance_write(const struct instance *instance, const char *folder, bool plain);

/* Prints the library's or weir's last error and ends the program. */
_Noreturn void give_up(const char *what);

#endif
