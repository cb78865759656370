/* The instances of tests/data/offload-reference.txt, one after the other. */
#ifndef WEIR_TESTS_LEARN_OFFLOAD_INSTANCES_H
#define WEIR_TESTS_LEARN_OFFLOAD_INSTANCES_H

#include "policies/learn/offload/problem.h"

#define INSTANCE_MOST 128 /* users' subtasks, and a user's transfers */

struct instance_result {
    char name[32];
    int at[INSTANCE_MOST];
    double cost_s[INSTANCE_MOST], latency_s[INSTANCE_MOST]; /* by user */
    double sum_s, potential;
    int rounds, moves;               /* -1: not a game */
    double shares[INSTANCE_MOST];    /* by subtask */
    double flows[4 * INSTANCE_MOST]; /* least share and time, by transfer */
    bool has_latency, has_shares;
};

struct instance {
    bool graph, of_user, single_hop;
    struct offload_network *network;
    struct offload_problem *problem;
    struct instance_result results[16];
    int result_count;
};

/* Opens the file; instance_next frees the instance before and reads the next; false after the last. */
struct instance_file;
struct instance_file *instance_open(void);
bool instance_next(struct instance_file *file, struct instance *instance);
void instance_close(struct instance_file *file);

/* The result of that name, NULL: the instance has none. */
const struct instance_result *instance_result(const struct instance *instance, const char *name);

#endif
