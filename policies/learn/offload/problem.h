/* Users with workflows on a computing network, what a placement of their subtasks costs, and the shares that it gives
 * [jiang-2023]. Equations by the paper's numbers:
 *   w_ur = sum of sqrt(work) of u's subtasks on node r, of sqrt(bytes) of u's transfers over link r;  X_r = sum_u w_ur
 *   (17)(18) share of a subtask or transfer: its sqrt over X_r;   (19) T_u = sum_r w_ur X_r / cap_r
 *   (4)(5)   latency of u: the longest way through its graph with these shares; for a chain it is (19)
 *   (25)     Phi = 1/2 sum_r [ X_r^2 + sum_u w_ur^2 ] / cap_r, which changes by exactly the mover's change of T_u
 * Additions of ours: links with latencies (a constant added to T_u and to Phi); speeds that depend on the kind of
 * subtask (work c at a node of speed F counts as c F / F_kind); weights omega_u of users (w_ur is multiplied by
 * sqrt(omega_u), and Phi changes by omega_u times the change of T_u); OFFLOAD_SHARE_OF_USER. */
#ifndef WEIR_LEARN_OFFLOAD_PROBLEM_H
#define WEIR_LEARN_OFFLOAD_PROBLEM_H

#include "policies/learn/offload/network.h"

/* Data from one subtask to another. from -1: raw data at the user's origin; to -1: a result for the user's end.
 * Otherwise from < to: subtasks are numbered in a topological order. The nodes must be reachable even for 0 bytes. */
struct offload_transfer {
    int from, to;
    double bytes; /* >= 0; 0 takes no share and no time but for latency */
};

struct offload_user {
    const char *name; /* for messages; NULL: "user 3" */
    int origin;       /* node; -1 if no transfer is from -1 */
    int end;          /* node; -1 if no transfer is to -1 */
    double weight;    /* omega_u > 0; 0 is taken as 1 */
    int subtask_count;
    const double *work_flop;    /* [subtask_count], >= 0; no work takes no share and no time */
    const int *kinds;           /* [subtask_count], below kind_count; NULL: 0 */
    const unsigned char *hosts; /* [subtask_count][node_count], 0: this node may not host; NULL: all that can */
    int transfer_count;
    const struct offload_transfer *transfers;
};

enum offload_shares {
    OFFLOAD_SHARE_OF_SUBTASK, /* each subtask and transfer holds a share of its own, as in the paper */
    /* A user holds one share of a resource for all its work there: w_ur = sqrt(sum of work). Right for chains that run
     * once, since their subtasks never run at the same time; not for streams nor for branches in parallel. */
    OFFLOAD_SHARE_OF_USER,
};

struct offload_problem;

/* Copies the users; borrows the network. Errors, WEIR_EINPUT: a number out of range, no node can host a subtask, the
 * origin cannot reach the end (or no placement of a chain connects them), each with the user's and subtask's name. */
int offload_problem_new(const struct offload_network *network, const struct offload_user *users, int user_count,
                        enum offload_shares shares, struct offload_problem **problem);
void offload_problem_free(struct offload_problem *problem);

/* 0 for NULL. */
int offload_problem_users(const struct offload_problem *problem);
/* Subtasks, or transfers, of all users; a placement is an int[subtasks] of nodes, users one after the other. */
int offload_problem_subtasks(const struct offload_problem *problem);
int offload_problem_transfers(const struct offload_problem *problem);
/* Of a user; -1: there is no such user. */
int offload_problem_first_subtask(const struct offload_problem *problem, int user);
int offload_problem_first_transfer(const struct offload_problem *problem, int user);
/* Subtask 0, 1, 2, ... with a transfer from each to the next, at most one from the origin and to the end. */
bool offload_problem_is_chain(const struct offload_problem *problem, int user);
/* False for users, subtasks and nodes that are not there. */
bool offload_problem_may_host(const struct offload_problem *problem, int user, int subtask, int node);

/* What a placement costs. Arrays may be NULL on entry: then they are not filled. Owned by the caller. */
struct offload_evaluation {
    double *cost_s;    /* [users]: T_u of (19) */
    double *latency_s; /* [users]: (4) and (5) with the same shares; at most cost_s */
    double *load;      /* [nodes + links]: X_r */
    double cost_sum_s; /* sum of weight times cost_s: what the algorithms lower */
    double cost_mean_s, latency_mean_s;
    double potential; /* (25) */
};
/* Errors, WEIR_EINPUT: a subtask on a node that cannot host it, a transfer between nodes without a way. */
int offload_evaluate(const struct offload_problem *problem, const int *placement,
                     struct offload_evaluation *evaluation);

/* A transfer of a placement with its share (18). */
struct offload_flow {
    int link_count;     /* 0: the nodes are the same, or nothing is in between */
    double least_share; /* of its links; 1 without links */
    double bytes_per_s; /* least of share times bandwidth: a flow over all links at once; INFINITY without links */
    double time_s;      /* the model's: links one after the other, latencies included */
};
/* Shares (17) of the subtasks' nodes into work_share[subtasks], 0 for no work; flows[transfers], each may be NULL. A
 * feasible placement, otherwise errors as above. */
int offload_shares(const struct offload_problem *problem, const int *placement, double *work_share,
                   struct offload_flow *flows);

#endif
