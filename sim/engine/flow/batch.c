#include "sim/engine/flow/batch.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

struct weir_batch *weir_batch_new(struct weir_batch_pool *pool, int room)
{
    unsigned class = 0;
    while ((1 << class) < room)
        class ++;
    struct weir_batch *batch = pool->idle[class];
    if (batch) {
        pool->idle[class] = batch->next;
    } else {
        batch = weir_alloc_lines(sizeof *batch + ((size_t)1 << class) * sizeof batch->items[0]);
        batch->size_class = class;
        WEIR_ONE_MORE(pool->all, pool->all_count, pool->all_capacity);
        pool->all[pool->all_count++] = batch;
    }
    batch->count = 0;
    batch->next = NULL;
    batch->segments = NULL;
    batch->inbox = NULL;
    return batch;
}

void weir_batch_tag(struct weir_batch *batch, struct weir_segments *segments, unsigned segment)
{
    batch->segments = segments;
    batch->segment = segment;
    batch->epoch = segments ? segments->epoch : 0;
    if (segments)
        weir_segments_alive(segments, segment, 1);
}

void weir_batch_like(struct weir_batch *piece, const struct weir_batch *of)
{
    weir_batch_tag(piece, of->segments, of->segment);
    piece->epoch = of->epoch;
}

void weir_batch_pool_fini(struct weir_batch_pool *pool)
{
    for (size_t i = 0; i < pool->all_count; i++)
        free(pool->all[i]);
    free(pool->all);
    memset(pool, 0, sizeof *pool);
}

void weir_batch_append(struct weir_batch *batch, const struct weir_batch *from, int i)
{
    batch->items[batch->count++] = from->items[i];
}

struct weir_batch *weir_batch_slice(struct weir_batch_pool *pool, const struct weir_batch *batch, int first, int count)
{
    struct weir_batch *slice = weir_batch_new(pool, count);
    memcpy(slice->items, batch->items + first, (size_t)count * sizeof batch->items[0]);
    slice->count = count;
    slice->edge = batch->edge;
    slice->out_edge = batch->out_edge;
    weir_batch_like(slice, batch);
    slice->item_bytes = batch->item_bytes;
    return slice;
}

void weir_batch_behead(struct weir_batch *batch, int count)
{
    batch->count -= count;
    memmove(batch->items, batch->items + count, (size_t)batch->count * sizeof batch->items[0]);
}

struct weir_served weir_batch_serve(struct weir_batch *batch, struct weir_track *track, const double *flops,
                                    double s_per_flop, double each_s, double now_s)
{
    struct weir_served served = {0};
    if (batch->count)
        weir_track_begin(track, batch->items[0].at, now_s);
    for (int i = 0; i < batch->count; i++) {
        double at = batch->items[i].at, work_s = flops ? flops[i] * s_per_flop : each_s;
        double end_s = weir_track_take(track, at, work_s);
        if (end_s > now_s) /* by rounding, or when contention was uneven within the batch */
            end_s = now_s;
        if (work_s > end_s - at)
            work_s = end_s - at;
        double waiting_s = end_s - at - work_s;
        batch->items[i].waiting += waiting_s;
        batch->items[i].service += work_s;
        served.waiting_s += waiting_s;
        served.service_s += work_s;
        batch->items[i].at = end_s;
        if (end_s > served.end_s)
            served.end_s = end_s;
    }
    return served;
}

void weir_batch_carry(struct weir_batch *batch, struct weir_track *wire, double each_s, double latency_s, double now_s)
{
    if (batch->count)
        weir_track_begin(wire, batch->items[0].at, now_s);
    for (int i = 0; i < batch->count; i++) {
        double at = batch->items[i].at;
        double there_s = weir_track_take(wire, at, each_s) + latency_s;
        if (there_s > now_s)
            there_s = now_s;
        batch->items[i].network += there_s - at;
        batch->items[i].at = there_s;
    }
}
