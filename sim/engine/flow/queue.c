#include "sim/engine/flow/queue.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/ack.h"
#include "sim/engine/flow/barrier.h"
#include "sim/engine/flow/call.h"
#include "sim/engine/flow/expiry.h"
#include "sim/engine/flow/full.h"
#include "sim/engine/flow/order.h"
#include "sim/engine/flow/packed.h"
#include "sim/engine/flow/peers.h"
#include "sim/engine/flow/ranks.h"
#include "sim/engine/flow/recent.h"
#include "sim/engine/flow/waiting.h"

static struct weir_flow *flow_of(const struct weir_inbox *inbox)
{
    return inbox->job->flow;
}

void weir_op_queue_changed(struct weir_op *op, long items, double now_s)
{
    op->counts.queue_area += (double)op->queued * (now_s - op->queue_since_s);
    op->queue_since_s = now_s;
    op->queued += items;
}

void weir_discard(struct weir_run_job *job, struct weir_op *op, struct weir_batch *batch, long *counter)
{
    *counter -= batch->count;
    if (op)
        op->counts.lost_on_way += (uint64_t)batch->count;
    else
        job->counts.lost += (uint64_t)batch->count;
    weir_batch_release(&job->flow->pool, batch);
}

struct weir_inbox *weir_inbox_new(struct weir_op *op, int host)
{
    struct weir_inbox *inbox = weir_alloc_lines(sizeof *inbox);
    inbox->op = op;
    inbox->job = op->job;
    inbox->host = host;
    inbox->room = weir_alloc_lines((size_t)op->in_edges * sizeof *inbox->room);
    for (int e = 0; e < op->in_edges; e++) {
        inbox->room[e].capacity = (int)weir_operator_capacity(op->spec, op->upstream_bytes[e]);
        inbox->room[e].limit = inbox->room[e].capacity;
        inbox->room[e].low = (int)op->spec->low_watermark;
        inbox->room[e].full_s = -INFINITY;
    }
    weir_expiry_init(inbox);
    weir_ranks_init(inbox);
    inbox->apart = inbox->ranks || op->calls;
    inbox->cuts = inbox->watched = isfinite(op->spec->cut_off_s);
    if (op->spec->breaker_failures > 0)
        inbox->breaker = weir_alloc(1, sizeof *inbox->breaker);
    inbox->next = op->inboxes;
    op->inboxes = inbox;
    return inbox;
}

void weir_inbox_free(struct weir_inbox *inbox)
{
    for (int e = 0; e < inbox->op->in_edges; e++)
        if (inbox->room[e].taken) {
            free(inbox->room[e].taken->ring);
            free(inbox->room[e].taken);
        }
    free(inbox->room);
    weir_expiry_fini(inbox);
    weir_packed_free(inbox);
    weir_ranks_fini(inbox);
    weir_acks_fini(inbox);
    weir_peers_free(inbox->peers);
    free(inbox->breaker);
    free(inbox);
}

int weir_room_wanted(const struct weir_room *room, int count)
{
    long half = room->capacity > 1 ? room->capacity / 2 : 1;
    return count < half ? count : (int)half;
}

void weir_room_wake(struct weir_clock *clock, const struct weir_room *room)
{
    const struct weir_waiter *first = room->waiters.first;
    if (first && weir_room_free(room) >= first->need)
        weir_waiters_wake_first(clock, &room->waiters);
}

void weir_inbox_wake_instance(struct weir_inbox *inbox)
{
    struct weir_instance *idle = inbox->idle_first;
    if (!idle || !inbox->first)
        return;
    inbox->idle_first = idle->idle_next;
    if (!inbox->idle_first)
        inbox->idle_last = NULL;
    idle->in_idle_list = false;
    weir_soon(flow_of(inbox)->clock, &idle->go);
}

void weir_inbox_append(struct weir_inbox *inbox, struct weir_batch *batch)
{
    batch->next = NULL;
    if (inbox->last)
        inbox->last->next = batch;
    else
        inbox->first = batch;
    inbox->last = batch;
}

static void count_in(struct weir_inbox *inbox, struct weir_room *room, int count)
{
    room->used += count;
    weir_room_changed(room);
    if (room->used > room->most)
        room->most = (int)room->used;
    inbox->op->counts.arrived += (uint64_t)count;
    weir_op_queue_changed(inbox->op, count, flow_of(inbox)->clock->now_s);
}

void weir_inbox_count_in(struct weir_inbox *inbox, unsigned edge, bool again)
{
    inbox->op->counts.arrived -= again;
    count_in(inbox, &inbox->room[edge], 1);
}

void weir_inbox_enqueue(struct weir_inbox *inbox, struct weir_batch *batch)
{
    struct weir_room *room = &inbox->room[batch->edge];
    const struct weir_flow *flow = flow_of(inbox);
    int count = batch->count;
    if (inbox->apart) {
        (inbox->ranks ? weir_order_enqueue : weir_calls_enter)(inbox, batch);
        return;
    }
    if (flow->one_by_one && inbox->first && (room->used >= WEIR_LOOSE_ITEMS || weir_inbox_has_packed(inbox)))
        weir_packed_put(inbox, batch);
    else
        weir_inbox_append(inbox, batch);
    count_in(inbox, room, count);
    if (inbox->expiry)
        weir_expiry_watch(inbox);
    weir_inbox_wake_instance(inbox);
}

bool weir_inbox_unpack(struct weir_inbox *inbox)
{
    if (!weir_inbox_has_packed(inbox))
        return false;
    weir_inbox_append(inbox, weir_packed_take(inbox));
    return true;
}

void weir_inbox_make_room(struct weir_inbox *inbox, int edge, long items)
{
    struct weir_room *room = &inbox->room[edge];
    double now_s = flow_of(inbox)->clock->now_s;
    if (room->used >= room->capacity)
        room->full_s = now_s;
    room->used -= items;
    weir_room_changed(room);
    if (room->taken)
        weir_recent_add(room->taken, now_s, items);
    weir_op_queue_changed(inbox->op, -items, now_s);
}

/* There is no room. True if the batch needs none, as it is before a barrier for which others are set aside. */
static bool put_all_the_same(struct weir_inbox *inbox, struct weir_batch **batch, struct weir_waiter *waiter,
                             long *counter)
{
    if (inbox->cuts)
        weir_cut_off_watch(inbox);
    if (!inbox->aside_first || (counter != &inbox->op->in_transit && !weir_barrier_is_before(inbox, *batch)))
        return false;
    weir_wait_over(waiter);
    *counter -= (*batch)->count;
    weir_inbox_enqueue(inbox, *batch);
    *batch = NULL;
    return true;
}

bool weir_inbox_put(struct weir_inbox *inbox, struct weir_batch **batch, struct weir_waiter *waiter, long *counter)
{
    struct weir_room *room = &inbox->room[(*batch)->edge];
    struct weir_clock *clock = flow_of(inbox)->clock;
    if ((*batch)->out_edge->spec->full != WEIR_FULL_BLOCK) {
        *counter -= (*batch)->count;
        weir_inbox_put_or_drop(inbox, *batch);
        *batch = NULL;
        return true;
    }
    if (weir_wait_turn(&room->waiters, waiter)) {
        long space = weir_room_free(room);
        if (space >= (*batch)->count) {
            weir_wait_over(waiter);
            *counter -= (*batch)->count;
            weir_inbox_enqueue(inbox, *batch);
            *batch = NULL;
            weir_room_wake(clock, room); /* what room is left goes to the next who waits */
            return true;
        }
        if (space >= weir_room_wanted(room, (*batch)->count)) {
            struct weir_batch *fits = weir_batch_slice(&flow_of(inbox)->pool, *batch, 0, (int)space);
            weir_batch_behead(*batch, (int)space);
            *counter -= space;
            weir_inbox_enqueue(inbox, fits);
        }
    }
    if (inbox->watched && put_all_the_same(inbox, batch, waiter, counter))
        return true;
    weir_wait_in(&room->waiters, waiter, weir_room_wanted(room, (*batch)->count));
    return false;
}

void weir_inbox_put_promised(struct weir_inbox *inbox, struct weir_batch *batch, long *counter)
{
    inbox->room[batch->edge].promised -= batch->count; /* which are used next */
    *counter -= batch->count;
    weir_inbox_enqueue(inbox, batch);
}

/* How many of the batches at the head go together: those of one edge, while their work fits into the time that a batch
 * spans. Only batches sized by time may be merged. */
static int head_batches(const struct weir_inbox *inbox, int *items)
{
    const struct weir_flow *flow = flow_of(inbox);
    const struct weir_batch *first = inbox->first;
    int batches = 1;
    *items = first->count;
    if (flow->scenario->items_per_batch > 0)
        return batches;
    const struct weir_host *host = &flow->platform->hosts[inbox->host];
    double speed = weir_platform_speed(host, inbox->op->spec->work_class);
    double item_s = inbox->op->spec->flops.mean / speed;
    for (const struct weir_batch *b = first->next; b; b = b->next, batches++) {
        if (b->edge != first->edge || b->segment != first->segment)
            break;
        int together = *items + b->count;
        if (together > inbox->job->batch_limit || together * item_s > flow->scenario->batch_span_s)
            break;
        *items = together;
    }
    return batches;
}

struct weir_batch *weir_inbox_pop(struct weir_inbox *inbox)
{
    struct weir_batch *batch = inbox->first;
    if (inbox->ranks)
        return weir_ranks_take(inbox);
    inbox->first = batch->next;
    if (!inbox->first) {
        inbox->last = NULL;
        if (inbox->packed)
            weir_inbox_unpack(inbox);
    }
    return batch;
}

void weir_inbox_drop_due(struct weir_inbox *inbox)
{
    struct weir_batch *batch = inbox->ranks ? weir_ranks_take_leaving(inbox) : weir_inbox_pop(inbox);
    weir_inbox_make_room(inbox, batch->edge, batch->count);
    if (inbox->op->calls) {
        weir_room_wake(flow_of(inbox)->clock, &inbox->room[batch->edge]);
        weir_call_expires(inbox, batch);
        return;
    }
    inbox->op->counts.arrived -= (uint64_t)batch->count; /* dropped instead */
    weir_inbox_drop(inbox, batch->items, batch->count);
    weir_room_wake(flow_of(inbox)->clock, &inbox->room[batch->edge]);
    weir_batch_release(&flow_of(inbox)->pool, batch);
}

void weir_inbox_clear(struct weir_inbox *inbox)
{
    struct weir_op *op = inbox->op;
    weir_inbox_put_back(inbox);
    while (inbox->first) {
        struct weir_batch *batch = weir_inbox_pop(inbox);
        inbox->room[batch->edge].used -= batch->count;
        weir_room_changed(&inbox->room[batch->edge]);
        weir_op_queue_changed(op, -batch->count, flow_of(inbox)->clock->now_s);
        op->counts.lost_inside += op->calls ? weir_call_lost(batch) : (uint64_t)batch->count;
        weir_batch_release(&flow_of(inbox)->pool, batch);
    }
}

static struct weir_batch *merge(struct weir_inbox *inbox, int batches, int items)
{
    struct weir_batch_pool *pool = &flow_of(inbox)->pool;
    struct weir_batch *merged = weir_batch_new(pool, items);
    merged->edge = inbox->first->edge;
    weir_batch_like(merged, inbox->first);
    while (batches--) {
        struct weir_batch *batch = weir_inbox_pop(inbox);
        for (int i = 0; i < batch->count; i++)
            weir_batch_append(merged, batch, i);
        weir_batch_release(pool, batch);
    }
    return merged;
}

struct weir_batch *weir_inbox_take(struct weir_inbox *inbox)
{
    if (!inbox->first)
        return NULL;
    int items, batches = head_batches(inbox, &items);
    struct weir_batch *batch = batches > 1 ? merge(inbox, batches, items) : weir_inbox_pop(inbox);
    weir_inbox_make_room(inbox, batch->edge, batch->count);
    inbox->op->in_service += batch->count;
    inbox->serving += batch->count;
    weir_room_wake(flow_of(inbox)->clock, &inbox->room[batch->edge]);
    return batch;
}

struct weir_batch *weir_inbox_take_together(struct weir_inbox *inbox, long most)
{
    struct weir_flow *flow = flow_of(inbox);
    const struct weir_batch *first = inbox->first;
    if (!first)
        return NULL;
    long waiting = 0, taken = 0;
    for (int e = 0; e < inbox->op->in_edges; e++)
        waiting += inbox->room[e].used;
    struct weir_batch *together = weir_batch_new(&flow->pool, (int)(most < waiting ? most : waiting));
    unsigned segment = first->segment;
    together->edge = first->edge;
    weir_batch_like(together, first);
    while (inbox->first && taken < most && inbox->first->segment == segment) {
        struct weir_batch *batch = inbox->first; /* of one, mostly: results of a window come together */
        int edge = batch->edge, count = batch->count <= most - taken ? batch->count : (int)(most - taken);
        for (int i = 0; i < count; i++)
            weir_batch_append(together, batch, i);
        if (count < batch->count)
            weir_batch_behead(batch, count);
        else
            weir_batch_release(&flow->pool, weir_inbox_pop(inbox));
        weir_inbox_make_room(inbox, edge, count);
        weir_room_wake(flow->clock, &inbox->room[edge]);
        taken += count;
    }
    inbox->op->in_service += taken;
    inbox->serving += taken;
    return together;
}
