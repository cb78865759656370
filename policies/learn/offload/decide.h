/* Decisions of where to place the subtasks of all users: a game played to its equilibrium (dwo), a heuristic with
 * weights on resources (heu-wo), and what they are compared with [jiang-2023]. All lower, or are judged by, the sum of
 * costs (19). Deterministic. */
#ifndef WEIR_LEARN_OFFLOAD_DECIDE_H
#define WEIR_LEARN_OFFLOAD_DECIDE_H

#include <stdint.h>

#include "policies/learn/offload/problem.h"

/* How a user finds its best response to the others' loads. */
enum offload_response {
    /* Chains: a dynamic programme over runs of consecutive subtasks on one node, O(S^2 M + S M^2); exact where no
     * placement returns to a node or link (single-hop directed networks), followed by moves of single subtasks
     * elsewhere. */
    OFFLOAD_SEGMENT,
    OFFLOAD_ENUMERATE, /* all placements of the user, with bounds; exact. At most OFFLOAD_ENUMERATE_LIMIT of them */
    OFFLOAD_VITERBI,   /* chains: layered shortest path, blind to what a user's own subtasks do to each other */
};
#define OFFLOAD_ENUMERATE_LIMIT 1e8
extern const char *const offload_response_names[]; /* "segment", "enumerate", "viterbi", NULL */

enum offload_start {
    OFFLOAD_START_RANDOM, /* uniform among feasible nodes, by the seed */
    OFFLOAD_START_HEU_WO,
    OFFLOAD_START_NEAREST,
    OFFLOAD_START_GIVEN, /* the placement on entry; users with -1 among theirs are placed as heu-wo would, after the
                            rest */
};
extern const char *const offload_start_names[]; /* "random", "heu-wo", "nearest", "given", NULL */

/* Zero-initialised: segment with polish from one random start with seed 0. */
struct offload_dwo_options {
    enum offload_response response;
    bool no_polish;           /* segment: without the moves of single subtasks */
    enum offload_start start; /* the first */
    int starts;               /* further ones are random; the equilibrium of least cost is taken. 0 is the same as 1 */
    uint64_t seed;
    /* Before the game, moves that lower the sum of all costs (the response to the others' loads counted twice), until
     * none does; the game starts there. Ours: gives better equilibria. */
    bool lower_sum_first;
    /* A user moves only if it lowers its cost by at least this share, 0 to 1; 0: by more than rounding (1e-12). The
     * game ends sooner, in an equilibrium in which nobody could gain more than that. */
    double least_gain;
    bool check; /* compare every move's gain with the change of the potential (always in debug builds) */
};

/* What happened: of the start that was taken. Zero-initialise; free by offload_trace_fini. */
struct offload_trace {
    int rounds;        /* the last one confirms that nobody moves */
    int moves;         /* accepted */
    int start;         /* 0 first */
    double *potential; /* [rounds + 1]: at the start, after each round. Owned by the trace */
    double *cost_s;    /* [rounds + 1]: the sum of costs likewise */
    /* Of all starts: */
    long checked;       /* moves that were checked */
    double worst_error; /* largest |change of cost - change of potential| over the cost before */
    long all_moves;
};
void offload_trace_fini(struct offload_trace *trace);

/* Algorithm 1: users in turn take their best response as long as it lowers their cost; ends in a Nash equilibrium for
 * OFFLOAD_ENUMERATE (and wherever segment is exact), in one with respect to the moves tried otherwise. Users that are
 * no chain take part by moves of single subtasks on the relaxed cost (19), or by OFFLOAD_ENUMERATE. On networks of more
 * than 64 nodes (ours): a user that has not moved rests for some rounds, and the programme looks at 64 of the nodes,
 * those near to the user and some others in turn. When nobody moves any more, all users respond among all nodes, and
 * only if nobody moves then, that is the end. placement[subtasks] is read for OFFLOAD_START_GIVEN and written; trace
 * may be NULL. Errors, WEIR_EINPUT: a given placement that is not feasible, too many placements to enumerate, no
 * feasible start found. */
int offload_dwo(const struct offload_problem *problem, const struct offload_dwo_options *options, int *placement,
                struct offload_trace *trace);

/* One user's best response to the others at `placement`, into response[subtasks of the user]; *cost_s its true cost
 * (19). */
int offload_best_response(const struct offload_problem *problem, const int *placement, int user,
                          enum offload_response kind, bool polish, int *response, double *cost_s);

/* What a user could gain by placing itself anew while the others stay. */
struct offload_deviation {
    double cost_s;  /* (19) where it is */
    double best_s;  /* of the best place found for it, at most cost_s */
    double least_s; /* no place costs it less */
};
/* For each user, deviations[users], with where it would go: responses[subtasks]. Users with at most `enumerable`
 * placements: all of them are looked at, and least_s is best_s. Others: by the segment programme and moves of single
 * subtasks; least_s is then that programme's own reckoning, which leaves out what a user's own subtasks and transfers
 * do to each other where it comes back to a node or link, and is what the work alone costs for users that are no chain
 * and for OFFLOAD_SHARE_OF_USER. Errors as offload_evaluate. */
int offload_deviations(const struct offload_problem *problem, const int *placement, double enumerable,
                       struct offload_deviation *deviations, int *responses);
/* It gains by more than rounding. */
bool offload_deviation_gains(const struct offload_deviation *deviation);
/* Nothing gains more than what was found, but for rounding. */
bool offload_deviation_certain(const struct offload_deviation *deviation);

/* How far the sum of costs C of a placement A can be above the least one, C*. With
 *   (31) sum_u T_u(A*_u, A_-u) <= sum_r X*_r X_r / cap_r + sum_r sum_u w*_ur^2 / cap_r <= sqrt(C C*) + C*
 *   (36) C / C* <= rho^2, rho^2 = (1 + slack) (rho + 1): (3 + sqrt 5) / 2 for an equilibrium. */
struct offload_bounds {
    double cost_s;      /* C: sum of weight times cost */
    double slack;       /* no user costs more than 1 + slack times its best response; 0: an equilibrium */
    double anarchy;     /* (36) with that slack */
    double alone_s;     /* C* is at least this: each user's least cost as if alone, */
    double responses_s; /* and this: (31), with each user's best response to A in place of A*_u */
    double least_s;     /* the largest of these, and of C / anarchy; at most C */
};
int offload_bound(const struct offload_problem *problem, const int *placement, double enumerable,
                  struct offload_bounds *bounds);

/* Algorithm 2: for s = 0, 1, ..., users in turn place their s-th subtask where it ends first under the loads so far.
 * O(U S M). Its loads are those of OFFLOAD_SHARE_OF_SUBTASK, whatever the problem's. Errors, WEIR_EINPUT: a graph that
 * does not fit the ways of a network in which some nodes cannot reach each other. */
int offload_heu_wo(const struct offload_problem *problem, int *placement);

/* The same for the users of which[users] alone, beside the others, who are where `placement` says; those of them with a
 * subtask at -1 are nowhere. */
int offload_heu_wo_place(const struct offload_problem *problem, const bool *which, int *placement);

/* Moves of single subtasks that lower their user's cost (19), until none does: a local equilibrium of the same game,
 * for any graph. placement is feasible on entry. */
int offload_refine(const struct offload_problem *problem, int *placement, struct offload_trace *trace);

/* Ours: refine from heu-wo, nearest and lawa; of these the one with the least mean latency. */
int offload_heu_wo_refined(const struct offload_problem *problem, int *placement);

/* Runs of subtasks, in their order, on the nodes of the way from origin to end, for each user as if it were alone. A
 * user whose subtasks these nodes cannot host is placed as by nearest. */
int offload_lawa(const struct offload_problem *problem, int *placement);

/* All at the origin if there is at least as much raw data as result, else at the end; where that node cannot host a
 * subtask, the node of the cheapest ways from there and to the end. */
int offload_nearest(const struct offload_problem *problem, int *placement);

int offload_random(const struct offload_problem *problem, uint64_t seed, int *placement);

/* The placement of least sum of costs (19), by branch and bound over the users' placements. Refuses (WEIR_EINPUT, with
 * the number) if there are `limit` placements or more, 0: OFFLOAD_OPTIMAL_LIMIT, if a user has more than
 * OFFLOAD_ENUMERATE_LIMIT, or if those of single users that cannot be ruled out are too many for memory. `search` may
 * be NULL. */
#define OFFLOAD_OPTIMAL_LIMIT 1e12
struct offload_search {
    double placements; /* of the whole space */
    double visited;    /* partial placements that were looked at */
    bool whole;        /* it did not give up: nothing is better */
};
int offload_optimal(const struct offload_problem *problem, double limit, int *placement, struct offload_search *search);
/* The same, but after `most` partial placements it gives up, with the best so far. */
int offload_optimal_within(const struct offload_problem *problem, double limit, double most, int *placement,
                           struct offload_search *search);

#endif
