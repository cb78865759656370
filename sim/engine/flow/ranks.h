/* What waits in an input whose operator has an order, or lets items go whose deadline has passed: each item by itself,
 * found by its rank and by when it leaves. The first of them is the inbox's `first`, which has no next. */
#ifndef WEIR_ENGINE_RANKS_H
#define WEIR_ENGINE_RANKS_H

#include "sim/engine/flow/flow.h"

/* NULL in the inbox of another operator. */
void weir_ranks_init(struct weir_inbox *inbox);
void weir_ranks_fini(struct weir_inbox *inbox);

static inline bool weir_rank_before(const struct weir_rank *a, const struct weir_rank *b)
{
    return a->key < b->key || (a->key == b->key && a->number < b->number);
}

/* The rank of an item that comes now, and when it leaves if it is not served by then; INFINITY: it stays. */
struct weir_rank weir_rank_of(const struct weir_inbox *inbox, const struct weir_item *item, double *leaves_s);

/* Puts a batch of one in. left: flops of it that are left, as its host's speed has them; below 0: all. */
void weir_ranks_put(struct weir_inbox *inbox, struct weir_batch *batch, struct weir_rank rank, double leaves_s,
                    double left);

/* Takes out the first by rank, or the first to leave; there must be one. Its rank and what is left of it are in
 * inbox->ranks->rank and ->left then. */
struct weir_batch *weir_ranks_take(struct weir_inbox *inbox);
struct weir_batch *weir_ranks_take_leaving(struct weir_inbox *inbox);

struct weir_rank weir_ranks_first(const struct weir_inbox *inbox); /* of the first; there must be one */
double weir_ranks_leave_s(const struct weir_inbox *inbox);         /* when the first to leave does; INFINITY: none */

struct weir_ranks {
    struct weir_ranked *list;       /* by place; those from count on are free, and their `batch` says nothing */
    unsigned *by_rank, *by_leaving; /* heaps of places: [count] */
    unsigned *free_places;
    size_t count, capacity, free_count;
    uint64_t number; /* items so far */
    struct weir_rank rank;
    double left; /* of what was taken last */
};

#endif
