/* A batch: the items that move together; one, mostly. It is carried as one piece of work or one transfer; each item
 * keeps its own times, so that results do not hang on the size of the batch.
 *
 * `at` is the item's own clock: when it would have been where the batch is now, had it moved alone behind the items
 * before it. It never runs ahead of the run's clock. For every item
 *     at - birth = waiting + service + network + blocked. */
#ifndef WEIR_ENGINE_BATCH_H
#define WEIR_ENGINE_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "sim/engine/flow/segments.h"
#include "sim/engine/flow/track.h"

struct weir_attempt;
struct weir_inbox;
struct weir_out_edge;
struct weir_segments;

struct weir_item {
    uint64_t id;   /* of the source's item that it comes from */
    uint64_t path; /* the way that it took so far: weir_paths_step */
    double birth, at;
    double waiting, service, network, blocked;
};

/* A batch of one is two lines of the cache. */
struct weir_batch {
    struct weir_batch *next;        /* in a queue */
    struct weir_segments *segments; /* whose items they are, where segments are counted (weir_batch_tag); else NULL */
    unsigned segment;               /* checkpoint interval of the oldest item */
    unsigned epoch;                 /* of the job: what was sent before a failure is stale after it */
    int count;
    unsigned size_class : 5;        /* room for 1 << size_class items */
    unsigned edge : 27;             /* the input edge of the operator it goes to; at the sink: the job's origin */
    struct weir_out_edge *out_edge; /* the edge it goes along */
    double item_bytes;              /* on the wire */
    union {
        struct weir_inbox *inbox;     /* where a piece of it goes */
        struct weir_attempt *attempt; /* call.h: in an input or in service */
        double left_bytes;            /* downlink.h: that the device has not got yet */
    };
    double since_s; /* it stands still, or is on its way, since then */
    struct weir_item items[];
};

/* Batches are recycled by size. */
#define WEIR_SIZE_CLASSES 32
struct weir_batch_pool {
    struct weir_batch *idle[WEIR_SIZE_CLASSES];
    struct weir_batch **all; /* every batch ever made, for the end */
    size_t all_count, all_capacity;
};

/* An empty batch with room for `room` items; contents undefined. */
struct weir_batch *weir_batch_new(struct weir_batch_pool *pool, int room);
static inline void weir_batch_release(struct weir_batch_pool *pool, struct weir_batch *batch)
{
    if (batch->segments)
        weir_segments_alive(batch->segments, batch->segment, -1);
    batch->next = pool->idle[batch->size_class];
    pool->idle[batch->size_class] = batch;
}
void weir_batch_pool_fini(struct weir_batch_pool *pool);

/* A piece of another batch, or what came of it: of the same job, segment and epoch. */
void weir_batch_like(struct weir_batch *piece, const struct weir_batch *of);

/* Says of which job (NULL: none whose segments are counted) and interval a new batch is, and that it is alive; its
 * release takes that back. */
void weir_batch_tag(struct weir_batch *batch, struct weir_segments *segments, unsigned segment);

/* Appends item i of another batch. The caller made room. */
void weir_batch_append(struct weir_batch *batch, const struct weir_batch *from, int i);

/* A copy of items first .. first + count - 1. */
struct weir_batch *weir_batch_slice(struct weir_batch_pool *pool, const struct weir_batch *batch, int first, int count);

/* Removes the first `count` items. */
void weir_batch_behead(struct weir_batch *batch, int count);

/* Items served by a server whose free time the track knows: each takes flops[i] * s_per_flop (flops NULL: each_s); adds
 * the waiting and the service, moves `at`, and sees to it that no item's clock passes now_s. Returns when the last one
 * is done, and the sums over the items. */
struct weir_served {
    double end_s, waiting_s, service_s;
};
struct weir_served weir_batch_serve(struct weir_batch *batch, struct weir_track *track, const double *flops,
                                    double s_per_flop, double each_s, double now_s);

/* Items sent over a connection: each takes each_s on the wire, when it is free, and then latency_s; all of it is
 * network time. */
void weir_batch_carry(struct weir_batch *batch, struct weir_track *wire, double each_s, double latency_s, double now_s);

/* All items stand still for so long, blocked by a full input. */
static inline void weir_batch_hold(struct weir_batch *batch, double blocked_s)
{
    if (blocked_s <= 0)
        return;
    for (int i = 0; i < batch->count; i++) {
        batch->items[i].blocked += blocked_s;
        batch->items[i].at += blocked_s;
    }
}

#endif
