/* What the files of this folder know of networks and problems. Private. */
#ifndef WEIR_LEARN_OFFLOAD_INSIDE_H
#define WEIR_LEARN_OFFLOAD_INSIDE_H

#include <stddef.h>

#include "policies/learn/offload/problem.h"

/* A tree a node. Entry 0 of a tree is its root; parents stand before their children, so that one pass sums along all
 * ways. */
struct offload_forest {
    size_t *first; /* [nodes + 1]: where the tree of a node starts in parent and link */
    int *parent;   /* entry in the same tree; -1 at the root */
    int *link;     /* between the parent and the entry; -1 at the root */
    int *at;       /* [nodes][nodes]: entry of the other node in this node's tree, -1: no way */
    int largest;   /* entries of the largest tree */
    size_t room;
};

struct offload_network {
    int nodes, links, kinds;
    char **names;           /* [nodes] or NULL */
    double *per_capacity;   /* [nodes + links]: 1 / (flop/s), 1 / (bytes/s); 1 for nodes that host nothing */
    double *bytes_per_s;    /* [links] */
    double *latency_s;      /* [links] */
    int *link_to;           /* [links]: node or -1 */
    double *factor;         /* [kinds][nodes]: sqrt(F / F_kind); INFINITY: cannot host */
    unsigned char *hosts;   /* [kinds][nodes] */
    bool *hosts_everywhere; /* [kinds] */
    bool all_reachable, any_latency;
    struct offload_forest out; /* by the node from which ways leave: walking up gives the last link first */
    struct offload_forest in;  /* by the node where they end: walking up gives the first link first */
    double *span;              /* [nodes][nodes]: sum of 1 / bandwidth along the way, INFINITY: none */
    double *delay_s;           /* [nodes][nodes]: sum of latencies; NULL if there are none */
};

/* Parents, links of a node's tree. */
static inline const int *offload_tree_parent(const struct offload_forest *forest, int node)
{
    return forest->parent + forest->first[node];
}
static inline const int *offload_tree_link(const struct offload_forest *forest, int node)
{
    return forest->link + forest->first[node];
}
static inline int offload_tree_count(const struct offload_forest *forest, int node)
{
    return (int)(forest->first[node + 1] - forest->first[node]);
}
static inline const int *offload_tree_at(const struct offload_forest *forest, int nodes, int node)
{
    return forest->at + (size_t)node * (size_t)nodes;
}

/* Work of a subtask or bytes of a transfer, times omega, and the root of that. */
struct offload_amount {
    double root, square;
};

struct offload_problem {
    const struct offload_network *network;
    enum offload_shares shares;
    int users, subtasks, transfers;
    char **names;                        /* [users] or NULL */
    int *first_subtask, *first_transfer; /* [users + 1] */
    int *origin, *end;                   /* [users] */
    double *omega;                       /* [users] */
    bool *chain;                         /* [users] */
    struct offload_amount *work;         /* [subtasks] */
    int *kind;                           /* [subtasks] */
    /* [subtasks]: nodes that may host it and from which the rest can follow; NULL: all. */
    const unsigned char **allowed;
    unsigned char *allowed_rows;  /* those that are not the network's */
    struct offload_amount *bytes; /* [transfers] */
    int *from, *to;               /* [transfers]: subtask of the user, or -1 */
    /* Transfers into a subtask, and out of it: [subtasks + 1] and lists of transfers. */
    int *in_first, *in, *out_first, *out;
    int longest; /* subtasks of the largest user */
};

static inline const double *offload_factor(const struct offload_problem *problem, int subtask)
{
    return problem->network->factor + (size_t)problem->kind[subtask] * (size_t)problem->network->nodes;
}

/* "user 3 (camera)" and "node 2 (gateway)" for messages; `buffer` is returned. */
#define OFFLOAD_NAME_SIZE 112
const char *offload_user_name(const struct offload_problem *problem, int user, char buffer[OFFLOAD_NAME_SIZE]);
const char *offload_node_name(const struct offload_network *network, int node, char buffer[OFFLOAD_NAME_SIZE]);

/* The node at the other side of a transfer's end: of its subtask at `placement` (of the user), or origin or end. */
static inline int offload_transfer_source(const struct offload_problem *problem, int user, const int *placement, int t)
{
    return problem->from[t] < 0 ? problem->origin[user] : placement[problem->from[t]];
}
static inline int offload_transfer_target(const struct offload_problem *problem, int user, const int *placement, int t)
{
    return problem->to[t] < 0 ? problem->end[user] : placement[problem->to[t]];
}

/* Whether a subtask may be on a node, with the user's earlier ones at own[]. */
bool offload_fits(const struct offload_problem *problem, int user, int subtask, const int *own, int node);

/* Placements of one user, as far as nodes may host its subtasks. */
double offload_user_placements(const struct offload_problem *problem, int user);
/* Refuses users with too many of them. */
int offload_check_enumerable(const struct offload_problem *problem);

/* A placement that algorithms get: every subtask on a node that may host it, every transfer with a way. */
int offload_check_placement(const struct offload_problem *problem, const int *placement);
/* The same of one user, whose subtasks are at own[]. */
int offload_check_user_placement(const struct offload_problem *problem, int user, const int *own);

/* Not NULL if a placement is there, or none is needed: for learn_given. */
static inline const void *offload_placement_given(const struct offload_problem *problem, const int *placement)
{
    return placement || !problem || problem->subtasks > 0 ? (const void *)placement : problem;
}

/* Transfer j of a chain: 0 from the origin, s out of subtask s - 1; -1: there is none. */
static inline int offload_chain_transfer(const struct offload_problem *problem, int user, int j)
{
    int first = problem->first_subtask[user], count = problem->first_subtask[user + 1] - first;
    if (j < count)
        return problem->in_first[first + j] < problem->in_first[first + j + 1]
                   ? problem->in[problem->in_first[first + j]]
                   : -1;
    int last = first + count - 1;
    return problem->out_first[last] < problem->out_first[last + 1] ? problem->out[problem->out_first[last]] : -1;
}

#endif
