#include "sim/engine/flow/join.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"

struct slot {
    uint64_t id;
    int came;         /* 0: empty */
    unsigned segment; /* that of the source's item */
    uint64_t path;
    double birth, at, waiting, service, network, blocked; /* of the latest so far */
};

struct weir_join {
    struct slot *slots; /* open addressing; size is a power of two */
    size_t size, used;
    uint64_t pending;
};

struct weir_join *weir_join_new(void)
{
    struct weir_join *join = weir_alloc(1, sizeof *join);
    join->size = 64;
    join->slots = weir_alloc(join->size, sizeof *join->slots);
    return join;
}

void weir_join_free(struct weir_join *join)
{
    if (!join)
        return;
    free(join->slots);
    free(join);
}

uint64_t weir_join_pending(const struct weir_join *join)
{
    return join ? join->pending : 0;
}

static size_t place_of(const struct weir_join *join, uint64_t id)
{
    struct weir_stream mixed = weir_stream_at(0x6a6f696e, id);
    size_t i = weir_stream_bits(&mixed) & (join->size - 1);
    while (join->slots[i].came && join->slots[i].id != id)
        i = (i + 1) & (join->size - 1);
    return i;
}

static void grow(struct weir_join *join)
{
    struct slot *old = join->slots;
    size_t old_size = join->size;
    join->size *= 2;
    join->slots = weir_alloc(join->size, sizeof *join->slots);
    for (size_t i = 0; i < old_size; i++)
        if (old[i].came)
            join->slots[place_of(join, old[i].id)] = old[i];
    free(old);
}

/* Empties a slot and closes the gap, so that later look-ups still find what was pushed on by it. */
static void take_out(struct weir_join *join, size_t hole)
{
    join->slots[hole].came = 0;
    join->used--;
    for (size_t i = (hole + 1) & (join->size - 1); join->slots[i].came; i = (i + 1) & (join->size - 1)) {
        struct slot moved = join->slots[i];
        join->slots[i].came = 0;
        join->slots[place_of(join, moved.id)] = moved;
    }
}

struct weir_batch *weir_join_match(struct weir_op *op, struct weir_batch *batch)
{
    struct weir_join *join = op->join;
    struct weir_batch_pool *pool = &op->job->flow->pool;
    struct weir_batch *complete = weir_batch_new(pool, batch->count);
    for (int i = 0; i < batch->count; i++) {
        if (2 * (join->used + 1) > join->size)
            grow(join);
        size_t place = place_of(join, batch->items[i].id);
        struct slot *slot = &join->slots[place];
        if (!slot->came) {
            join->used++;
            slot->id = batch->items[i].id;
            slot->at = -1;
            slot->segment = batch->segment;
            if (batch->segments)
                weir_segments_alive(batch->segments, slot->segment, 1);
        }
        slot->came++;
        join->pending++;
        if (batch->items[i].at >= slot->at) {
            slot->path = batch->items[i].path;
            slot->birth = batch->items[i].birth;
            slot->at = batch->items[i].at;
            slot->waiting = batch->items[i].waiting;
            slot->service = batch->items[i].service;
            slot->network = batch->items[i].network;
            slot->blocked = batch->items[i].blocked;
        }
        if (slot->came < op->in_edges)
            continue;
        int to = complete->count++;
        complete->items[to].id = slot->id;
        complete->items[to].path = slot->path;
        complete->items[to].birth = slot->birth;
        complete->items[to].at = slot->at;
        complete->items[to].waiting = slot->waiting;
        complete->items[to].service = slot->service;
        complete->items[to].network = slot->network;
        complete->items[to].blocked = slot->blocked;
        if (batch->segments)
            weir_segments_alive(batch->segments, slot->segment, -1);
        join->pending -= (uint64_t)op->in_edges;
        take_out(join, place);
    }
    weir_batch_like(complete, batch);
    weir_batch_release(pool, batch);
    if (complete->count)
        return complete;
    weir_batch_release(pool, complete);
    return NULL;
}

uint64_t weir_join_clear(struct weir_run_job *job, struct weir_join *join)
{
    uint64_t pending = join->pending;
    for (size_t i = 0; i < join->size; i++)
        if (join->slots[i].came)
            weir_segments_alive(job->segments, join->slots[i].segment, -1);
    memset(join->slots, 0, join->size * sizeof *join->slots);
    join->used = 0;
    join->pending = 0;
    return pending;
}
