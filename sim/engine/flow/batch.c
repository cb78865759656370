#include "sim/engine/flow/batch.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/segments.h"

static void lay_out(struct weir_batch *batch, size_t room)
{
    double *arrays = (double *)(batch + 1);
    batch->id = (uint64_t *)arrays;
    batch->birth = arrays + room;
    batch->at = arrays + 2 * room;
    batch->waiting = arrays + 3 * room;
    batch->service = arrays + 4 * room;
    batch->network = arrays + 5 * room;
    batch->blocked = arrays + 6 * room;
    batch->path = (uint64_t *)(arrays + 7 * room);
}

struct weir_batch *weir_batch_new(struct weir_batch_pool *pool, int room)
{
    int class = 0;
    while ((1 << class) < room)
        class ++;
    struct weir_batch *batch = pool->idle[class];
    if (batch) {
        pool->idle[class] = batch->next;
    } else {
        size_t items = (size_t)1 << class, bytes = items * 8 * sizeof(double);
        batch = weir_alloc(1, sizeof *batch + bytes);
        lay_out(batch, items);
        batch->size_class = class;
        pool->all = weir_grow(pool->all, pool->all_count + 1, &pool->all_capacity, sizeof *pool->all);
        pool->all[pool->all_count++] = batch;
    }
    batch->count = 0;
    batch->next = NULL;
    batch->segments = NULL;
    batch->inbox = NULL;
    return batch;
}

void weir_batch_release(struct weir_batch_pool *pool, struct weir_batch *batch)
{
    if (batch->segments)
        weir_segments_alive(batch->segments, batch->segment, -1);
    batch->next = pool->idle[batch->size_class];
    pool->idle[batch->size_class] = batch;
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
    int to = batch->count++;
    batch->id[to] = from->id[i];
    batch->path[to] = from->path[i];
    batch->birth[to] = from->birth[i];
    batch->at[to] = from->at[i];
    batch->waiting[to] = from->waiting[i];
    batch->service[to] = from->service[i];
    batch->network[to] = from->network[i];
    batch->blocked[to] = from->blocked[i];
}

/* Moves count elements of each of the arrays from one place to another. */
static void move_items(struct weir_batch *to, int to_first, const struct weir_batch *from, int from_first, int count)
{
    size_t bytes = (size_t)count * sizeof(double);
    memmove(to->id + to_first, from->id + from_first, bytes);
    memmove(to->path + to_first, from->path + from_first, bytes);
    memmove(to->birth + to_first, from->birth + from_first, bytes);
    memmove(to->at + to_first, from->at + from_first, bytes);
    memmove(to->waiting + to_first, from->waiting + from_first, bytes);
    memmove(to->service + to_first, from->service + from_first, bytes);
    memmove(to->network + to_first, from->network + from_first, bytes);
    memmove(to->blocked + to_first, from->blocked + from_first, bytes);
}

struct weir_batch *weir_batch_slice(struct weir_batch_pool *pool, const struct weir_batch *batch, int first, int count)
{
    struct weir_batch *slice = weir_batch_new(pool, count);
    move_items(slice, 0, batch, first, count);
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
    move_items(batch, 0, batch, count, batch->count);
}

struct weir_served weir_batch_serve(struct weir_batch *batch, struct weir_track *track, const double *flops,
                                    double s_per_flop, double each_s, double now_s)
{
    struct weir_served served = {0};
    if (batch->count)
        weir_track_begin(track, batch->at[0], now_s);
    for (int i = 0; i < batch->count; i++) {
        double at = batch->at[i], work_s = flops ? flops[i] * s_per_flop : each_s;
        double end_s = weir_track_take(track, at, work_s);
        if (end_s > now_s) /* by rounding, or when contention was uneven within the batch */
            end_s = now_s;
        if (work_s > end_s - at)
            work_s = end_s - at;
        double waiting_s = end_s - at - work_s;
        batch->waiting[i] += waiting_s;
        batch->service[i] += work_s;
        served.waiting_s += waiting_s;
        served.service_s += work_s;
        batch->at[i] = end_s;
        if (end_s > served.end_s)
            served.end_s = end_s;
    }
    return served;
}

void weir_batch_carry(struct weir_batch *batch, struct weir_track *wire, double each_s, double latency_s, double now_s)
{
    if (batch->count)
        weir_track_begin(wire, batch->at[0], now_s);
    for (int i = 0; i < batch->count; i++) {
        double at = batch->at[i];
        double there_s = weir_track_take(wire, at, each_s) + latency_s;
        if (there_s > now_s)
            there_s = now_s;
        batch->network[i] += there_s - at;
        batch->at[i] = there_s;
    }
}
