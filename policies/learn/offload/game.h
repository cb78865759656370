/* The game as it stands: the loads of all resources, and the one user who is about to move, whose own load is taken out
 * and kept apart. Every cost in here is the user's T_u times its weight omega_u. Private. */
#ifndef WEIR_LEARN_OFFLOAD_GAME_H
#define WEIR_LEARN_OFFLOAD_GAME_H

#include <math.h>

#include "policies/learn/offload/inside.h"

/* A resource as the user who moves meets it. */
struct offload_pull {
    double load;         /* X_r, without the mover's; times `others` */
    double per_capacity; /* 1 / F or 1 / B */
    double latency_s;    /* of a link */
};

struct offload_game {
    const struct offload_problem *problem;
    const struct offload_network *network;
    int *placement; /* [subtasks], borrowed */
    bool of_user;   /* shares are of users */
    /* 1: each lowers its own cost. 2: each lowers the sum of all costs, which changes as if the others' load counted
     * twice. */
    double others;
    struct offload_pull *pull; /* [nodes + links] */

    /* The user who moves: */
    int user;
    int *own_placement; /* [longest]: as it is now being tried */
    double *own;        /* [nodes + links]: sum of roots (shares of subtasks) or of squares (shares of users) */
    int *own_count;     /* [nodes + links]: items in it, so that none left is 0 without rounding */
    int *own_list;      /* resources that have been touched; own_listed says which */
    bool *own_listed;
    int own_touched;
    double own_delay_s; /* latencies along its ways, times omega */

    double *walk;  /* [entries of the largest tree] */
    double *key;   /* [nodes] */
    double *saved; /* [nodes + links] */
    double *spare; /* [nodes + links], zero whenever it is not in use */
};

void offload_game_init(struct offload_game *game, const struct offload_problem *problem, int *placement, double others);
void offload_game_fini(struct offload_game *game);

/* Loads from the placement, anew: rounding does not pile up. Users of whom a subtask is at -1 are left out. */
void offload_game_load(struct offload_game *game);

/* Takes a user's load out of the others', and starts from its placement. */
void offload_game_begin(struct offload_game *game, int user);
/* Tries another placement of the user as a whole. */
void offload_game_try(struct offload_game *game, const int *own_placement);
/* Tries nothing: all its items are taken away. */
void offload_game_clear(struct offload_game *game);
/* Puts the load of what is being tried back; the caller has put it into the placement if it is to stay. */
void offload_game_end(struct offload_game *game);

/* The cost of what is being tried. */
double offload_game_cost(const struct offload_game *game);

/* Sum of costs, potential (or, with others = 2, the sum of costs again) of the whole placement, from scratch. */
struct offload_totals {
    double cost, potential;
};
struct offload_totals offload_game_totals(const struct offload_game *game);

/* The sum of costs of a placement that is feasible; of the users who have a place, if others have a subtask at -1. */
double offload_placement_cost(const struct offload_problem *problem, int *placement);

/* Moves as in the game, but of the sum of all costs, until none lowers it. The placement is feasible. */
void offload_lower_sum(const struct offload_problem *problem, int *placement);

/* What the work of a subtask costs the user at least, wherever it is and whatever else of the user is there. */
double offload_game_least_work(const struct offload_game *game, int subtask);

/* Moves of single subtasks of the user being tried, in their order, each to the node where the cost is least if that
 * lowers it by more than rounding: each subtask `once`, or until none moves. Returns the cost. */
double offload_game_polish(struct offload_game *game, bool once);

/* The true best response of a user by enumeration with bounds, tried on return; what is at own_placement if nothing is
 * better. Returns the cost. */
double offload_game_enumerate(struct offload_game *game);

/* Tells of each placement of the user that costs less than *below, as it is being tried; `keep` may lower that. What is
 * being tried is undefined on return. */
typedef void offload_keep(void *context, double cost);
void offload_game_each(struct offload_game *game, const double *below, offload_keep *keep, void *context);

/* ---- small parts ---- */

static inline double offload_item(const struct offload_game *game, struct offload_amount amount)
{
    return game->of_user ? amount.square : amount.root;
}

/* w of a sum of items. */
static inline double offload_weight(const struct offload_game *game, double own)
{
    return game->of_user ? sqrt(own) : own;
}

/* What a resource costs a user with this sum of items on it: w (w + Y) / cap. */
static inline double offload_price(const struct offload_game *game, const struct offload_pull *pull, double own)
{
    double weight = offload_weight(game, own);
    return weight * (weight + pull->load) * pull->per_capacity;
}

void offload_game_add(struct offload_game *game, int resource, double item);
void offload_game_take(struct offload_game *game, int resource, double item);

/* The item of a subtask on a node; INFINITY or NaN where the node cannot host it. */
static inline double offload_work_item(const struct offload_game *game, int subtask, int node)
{
    double factor = offload_factor(game->problem, subtask)[node];
    return game->of_user ? game->problem->work[subtask].square * factor * factor
                         : game->problem->work[subtask].root * factor;
}

/* What a transfer costs the user, if it has nothing else on the links, along all ways from a node (forest `out`) or to
 * it (forest `in`): walk[entries of its tree]. */
void offload_game_walk(struct offload_game *game, const struct offload_forest *forest, int node, int transfer);
/* Adds that to row[other node]; INFINITY where there is no way. */
void offload_game_add_ways(struct offload_game *game, const struct offload_forest *forest, int node, int transfer,
                           double *row);

/* Adds a transfer along the way between two nodes, or takes it away. */
void offload_game_add_transfer(struct offload_game *game, int transfer, int from, int to);
void offload_game_take_transfer(struct offload_game *game, int transfer, int from, int to);

#endif
