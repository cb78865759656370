/* Small random networks and users of every kind, with ways and a model of costs of their own: what the library says of
 * them is compared with that, or with all placements tried one by one. */
#ifndef WEIR_TESTS_LEARN_OFFLOAD_DRAWN_H
#define WEIR_TESTS_LEARN_OFFLOAD_DRAWN_H

#include <stdint.h>

#include "policies/learn/offload/problem.h"

enum {
    DRAWN_NODES = 72,
    DRAWN_USERS = 8,
    DRAWN_STEPS = 5,
    DRAWN_LINKS = 400,
    DRAWN_TRANSFERS = 14,
    DRAWN_ALL = 40,
    DRAWN_HOPS = 24
};

enum drawn_features {
    DRAWN_LATE = 1,    /* links have latencies */
    DRAWN_WEIGHTS = 2, /* users have weights */
    DRAWN_KINDS = 4,   /* subtasks of two kinds; some nodes cannot do the second, one hosts nothing */
    DRAWN_HOSTS = 8,   /* users that may not be everywhere */
    DRAWN_GRAPHS = 16, /* every second user is no chain */
    DRAWN_OF_USERS = 32,
    DRAWN_ONE_WAY = 64, /* links from lower to higher nodes, most users from the first to the last */
    DRAWN_GIVEN = 128,  /* given ways, some of which are longer than need be: they make no tree */
    DRAWN_HOP = 256,    /* single hops, with two links between some nodes */
    DRAWN_BARE = 512,   /* some users without raw data or results, some transfers and works of nothing */
};

struct drawn {
    int nodes, kinds, links, users;
    double flops[DRAWN_NODES], by_kind[2 * DRAWN_NODES];
    struct offload_link link[DRAWN_LINKS];
    int way[DRAWN_NODES][DRAWN_NODES][DRAWN_HOPS], hops[DRAWN_NODES][DRAWN_NODES]; /* -1: no way */
    struct offload_user user[DRAWN_USERS];
    double work[DRAWN_USERS][DRAWN_STEPS];
    int kind[DRAWN_USERS][DRAWN_STEPS];
    unsigned char hosts[DRAWN_USERS][DRAWN_STEPS * DRAWN_NODES];
    struct offload_transfer transfer[DRAWN_USERS][DRAWN_TRANSFERS];
    bool of_users;
    struct offload_network *network;
    struct offload_problem *problem;
};

struct drawn_costs {
    double cost_s[DRAWN_USERS], latency_s[DRAWN_USERS], load[DRAWN_NODES + DRAWN_LINKS];
    double sum, potential;
    double share[DRAWN_ALL], least_share[8 * DRAWN_TRANSFERS], flow[8 * DRAWN_TRANSFERS], time_s[8 * DRAWN_TRANSFERS];
};

/* Case `number` with so many subtasks a user at most; false: its users do not fit the network. Free by drawn_free. */
bool drawn_make(struct drawn *drawn, uint64_t number, int features, int nodes, int users, int steps);
void drawn_free(struct drawn *drawn);

/* Of `cases` cases, beginning with number `first`, the one after *number that can be made, whose features are those of
 * nine sets in turn; false: there is none. *number begins at 0. */
enum { DRAWN_SETS = 9 };
bool drawn_case(struct drawn *drawn, int *number, uint64_t first, int cases, int nodes, int users, int steps);

/* The way of GIVEN networks, as offload_network_spec has it. */
int drawn_way(void *data, int from, int to, const int **links);

/* (17) to (19), (4), (5), (25) of a placement; users without one (-1) load nothing. False: it cannot be. */
bool drawn_evaluate(const struct drawn *drawn, const int *at, struct drawn_costs *costs);

/* What a user weighs; and the root of omega times its subtask's work, as a node of the speed for all has it. */
double drawn_omega(const struct drawn *drawn, int user);
double drawn_item(const struct drawn *drawn, int user, int subtask, int node);

/* First of a user's subtasks in a placement, and of all; how many subtasks all have. */
int drawn_first(const struct drawn *drawn, int user);
int drawn_subtasks(const struct drawn *drawn);

/* A random placement that can be; false: none is found. */
bool drawn_place(const struct drawn *drawn, uint64_t number, int *at);

/* The next placement of subtasks from..to-1 in the order of numbers to the base of the nodes, the last fastest; false
 * after the last, when all are 0 again. */
bool drawn_next(const struct drawn *drawn, int *at, int from, int to);

/* The least omega T of a user over all of its placements, the others as they are, and the first that has it. */
double drawn_best(const struct drawn *drawn, const int *at, int user, int *best);

#endif
