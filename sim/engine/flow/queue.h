/* Inputs: room, order, what a full one does. */
#ifndef WEIR_ENGINE_QUEUE_H
#define WEIR_ENGINE_QUEUE_H

#include <limits.h>

#include "sim/engine/flow/flow.h"

struct weir_inbox *weir_inbox_new(struct weir_op *op, int host);
void weir_inbox_free(struct weir_inbox *inbox);

/* Items that find room; below 1: none. */
static inline long weir_room_free(const struct weir_room *room)
{
    return room->limit - room->used - room->promised;
}

/* What it holds, or has promised, has changed: rooms with a low watermark close when they are full, and open when they
 * have come down to it. */
static inline void weir_room_changed(struct weir_room *room)
{
    if (room->low < 0)
        return;
    bool closes = room->used + room->promised > (room->limit < 0 ? room->low : room->capacity - 1);
    room->limit = closes ? INT_MIN : room->capacity;
}

/* Items of room for which it pays to wait with a batch of `count` items: all of it, at most half of the room. */
int weir_room_wanted(const struct weir_room *room, int count);

/* Wakes the first who waits for room, if it finds enough. */
void weir_room_wake(struct weir_clock *clock, const struct weir_room *room);

/* Puts a batch in along its edge, as the edge says: waits for room in the order of coming, or drops. True if every item
 * is settled (*batch is NULL then); else *batch is what is left of it and the waiter stands in line. The counter is
 * less the items settled. */
bool weir_inbox_put(struct weir_inbox *inbox, struct weir_batch **batch, struct weir_waiter *waiter, long *counter);

/* Puts in a batch to which room has been promised. */
void weir_inbox_put_promised(struct weir_inbox *inbox, struct weir_batch *batch, long *counter);

/* Wakes an instance that rests, if something waits for one. */
void weir_inbox_wake_instance(struct weir_inbox *inbox);

/* Behind the others, as it is. */
void weir_inbox_append(struct weir_inbox *inbox, struct weir_batch *batch);
/* The key of a stream of draws of an operator. */
uint64_t weir_op_key(const struct weir_flow *flow, const char *what, const struct weir_op *op);

/* Takes the oldest out of what waits, where it still has its room; there must be one. */
struct weir_batch *weir_inbox_pop(struct weir_inbox *inbox);

/* Takes the oldest batch, or several short ones as one; NULL if there is none. */
struct weir_batch *weir_inbox_take(struct weir_inbox *inbox);

/* Takes the oldest, at most so many, of one checkpoint interval, as one batch; NULL if there is none. They move one by
 * one. */
struct weir_batch *weir_inbox_take_together(struct weir_inbox *inbox, long most);

/* Drops what leaves next by itself: the oldest batch, or by rank. */
void weir_inbox_drop_due(struct weir_inbox *inbox);

/* Puts a batch behind the others, or where its rank is; it is no longer the caller's. There is room. */
void weir_inbox_enqueue(struct weir_inbox *inbox, struct weir_batch *batch);
/* Counts an item that comes in along an input edge, for the first time or again, and items that leave one. */
void weir_inbox_count_in(struct weir_inbox *inbox, unsigned edge, bool again);
void weir_inbox_make_room(struct weir_inbox *inbox, int edge, long items);
/* Brings the oldest of what is packed to the rest; false if there is none. */
bool weir_inbox_unpack(struct weir_inbox *inbox);

/* Whoever waits to enter the operator looks how things are. */
void weir_op_wake_inputs(struct weir_op *op);

/* Drops all that waits, as a failure does. */
void weir_inbox_clear(struct weir_inbox *inbox);

/* Items come to wait at the operator's inputs, or leave them. */
void weir_op_queue_changed(struct weir_op *op, long items, double now_s);

/* Drops a stale batch on its way to the operator or (NULL) the sink of a job; the counter is less its items. */
void weir_discard(struct weir_run_job *job, struct weir_op *op, struct weir_batch *batch, long *counter);

static inline bool weir_batch_stale(const struct weir_run_job *job, const struct weir_batch *batch)
{
    return job->segments && batch->epoch != job->segments->epoch;
}

/* Something of the operator has come to rest. */
static inline void weir_op_at_rest(const struct weir_op *op)
{
    if (op->at_rest)
        op->at_rest(op->at_rest_context);
}

#endif
