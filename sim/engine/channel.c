/* Parking places, room at inputs, and the inboxes where batches wait. */
#include <simgrid/semaphore.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/parts.h"

void weir_parking_init(struct weir_parking *parking)
{
    parking->semaphore = sg_sem_init(0);
    parking->parked = false;
}

void weir_parking_fini(struct weir_parking *parking)
{
    if (parking->semaphore)
        sg_sem_destroy(parking->semaphore);
    parking->semaphore = NULL;
}

void weir_park(struct weir_parking *parking)
{
    parking->parked = true;
    sg_sem_acquire(parking->semaphore);
}

bool weir_park_until(struct weir_parking *parking, double date_s)
{
    double left_s = date_s - weir_now();
    if (!(left_s > 0))
        return false;
    parking->parked = true;
    bool timed_out = sg_sem_acquire_timeout(parking->semaphore, left_s) != 0;
    parking->parked = false;
    return !timed_out;
}

void weir_wake(struct weir_parking *parking)
{
    if (!parking->parked)
        return;
    parking->parked = false;
    sg_sem_release(parking->semaphore);
}

void weir_waiters_add(struct weir_waiters *waiters, struct weir_waiter *waiter)
{
    waiter->next = NULL;
    if (waiters->last)
        waiters->last->next = waiter;
    else
        waiters->first = waiter;
    waiters->last = waiter;
}

void weir_waiters_remove(struct weir_waiters *waiters, struct weir_waiter *waiter)
{
    struct weir_waiter *before = NULL;
    for (struct weir_waiter *w = waiters->first; w; before = w, w = w->next) {
        if (w != waiter)
            continue;
        if (before)
            before->next = w->next;
        else
            waiters->first = w->next;
        if (waiters->last == w)
            waiters->last = before;
        return;
    }
}

void weir_waiters_wake_all(const struct weir_waiters *waiters)
{
    /* Those woken take themselves out at once, so note first who they are. */
    size_t count = 0, i = 0;
    for (const struct weir_waiter *w = waiters->first; w; w = w->next)
        count++;
    if (!count)
        return;
    struct weir_parking **all = weir_alloc(count, sizeof *all);
    for (const struct weir_waiter *w = waiters->first; w; w = w->next)
        all[i++] = w->parking;
    for (i = 0; i < count; i++)
        weir_wake(all[i]);
    free(all);
}

void weir_clock_set(struct weir_clock *clock, enum weir_doing doing, double now_s)
{
    if (clock->trace)
        weir_trace_set(clock, doing, now_s);
    clock->spent_s[clock->doing] += now_s - clock->since_s;
    clock->since_s = now_s;
    clock->doing = doing;
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
    weir_batch_release(&job->world->pool, batch);
}

void weir_op_at_rest(struct weir_op *op)
{
    if (op->drain_watcher)
        weir_wake(op->drain_watcher);
}

struct weir_inbox *weir_inbox_new(struct weir_op *op, int host)
{
    struct weir_inbox *inbox = weir_alloc(1, sizeof *inbox);
    inbox->op = op;
    inbox->job = op->job;
    inbox->host = host;
    inbox->room = weir_alloc((size_t)op->in_edges, sizeof *inbox->room);
    for (int e = 0; e < op->in_edges; e++)
        inbox->room[e].capacity = op->spec->input_capacity;
    inbox->next = op->inboxes;
    op->inboxes = inbox;
    return inbox;
}

/* Items of room for which it pays to wait with a batch of `count` items. */
static int room_wanted(const struct weir_room *room, int count)
{
    long half = room->capacity > 1 ? room->capacity / 2 : 1;
    return count < half ? count : (int)half;
}

static void wake_sender(struct weir_room *room)
{
    struct weir_waiter *first = room->waiters.first;
    if (first && room->capacity - room->used >= first->need)
        weir_wake(first->parking);
}

static void drop(const struct weir_inbox *inbox, int items)
{
    inbox->op->counts.dropped += (uint64_t)items;
    inbox->job->counts.dropped += (uint64_t)items;
    weir_account_drops(inbox->job->world, inbox->host, (uint64_t)items);
}

static void enqueue(struct weir_inbox *inbox, struct weir_batch *batch)
{
    struct weir_op *op = inbox->op;
    struct weir_room *room = &inbox->room[batch->edge];
    batch->next = NULL;
    if (inbox->last)
        inbox->last->next = batch;
    else
        inbox->first = batch;
    inbox->last = batch;
    room->used += batch->count;
    if (room->used > room->most)
        room->most = room->used;
    op->counts.arrived += (uint64_t)batch->count;
    weir_op_queue_changed(op, batch->count, weir_now());
}

static void wake_instance(struct weir_inbox *inbox)
{
    struct weir_instance *idle = inbox->idle_first;
    if (idle && inbox->first) {
        inbox->idle_first = idle->idle_next;
        if (!inbox->idle_first)
            inbox->idle_last = NULL;
        idle->in_idle_list = false;
        weir_wake(&idle->parking);
    }
}

/* Drops the oldest items that wait at an input edge. */
static void drop_oldest(struct weir_inbox *inbox, int edge, long items)
{
    struct weir_batch **link = &inbox->first;
    struct weir_batch *before = NULL;
    while (*link && items > 0) {
        struct weir_batch *batch = *link;
        if (batch->edge != edge) {
            before = batch;
            link = &batch->next;
            continue;
        }
        int gone = batch->count < items ? batch->count : (int)items;
        items -= gone;
        inbox->room[edge].used -= gone;
        weir_op_queue_changed(inbox->op, -gone, weir_now());
        inbox->op->counts.arrived -= (uint64_t)gone; /* dropped instead */
        drop(inbox, gone);
        if (gone < batch->count) {
            weir_batch_behead(batch, gone);
            return;
        }
        *link = batch->next;
        if (inbox->last == batch)
            inbox->last = before;
        weir_batch_release(&inbox->job->world->pool, batch);
    }
}

/* Keeps the items that are not shed: above half full each goes with the edge's probability. */
static void shed(struct weir_inbox *inbox, struct weir_batch *batch, const struct weir_out_edge *edge)
{
    const struct weir_room *room = &inbox->room[batch->edge];
    long used = room->used;
    int kept = 0, count = batch->count;
    for (int i = 0; i < count; i++) {
        struct weir_stream draw = weir_stream_at(edge->shed_key, batch->id[i]);
        bool gone = used >= room->capacity ||
                    (2 * used >= room->capacity && weir_stream_uniform(&draw) < edge->spec->shed_share);
        if (gone)
            continue;
        batch->count = kept; /* append writes behind the items kept so far, never past i */
        weir_batch_append(batch, batch, i);
        kept++;
        used++;
    }
    batch->count = kept;
    drop(inbox, count - kept);
}

/* Items of the batch that fit go in; drops what the edge says, and returns what must wait (NULL: all is settled). The
 * batch belongs to the inbox or comes back; the counter is less the items settled. Wakes nobody. */
static struct weir_batch *admit(struct weir_inbox *inbox, struct weir_batch *batch, long *counter)
{
    const struct weir_out_edge *edge = batch->out_edge;
    struct weir_batch_pool *pool = &inbox->job->world->pool;
    struct weir_room *room = &inbox->room[batch->edge];
    *counter -= batch->count;
    if (edge->spec->full == WEIR_FULL_SHED)
        shed(inbox, batch, edge);
    long space = room->capacity - room->used;
    if (batch->count > space) {
        switch (edge->spec->full) {
        case WEIR_FULL_DROP_NEW:
            drop(inbox, batch->count - (int)space);
            batch->count = (int)space;
            break;
        case WEIR_FULL_DROP_OLD:
            if (batch->count > room->capacity) {
                int gone = batch->count - (int)room->capacity;
                drop(inbox, gone);
                weir_batch_behead(batch, gone);
            }
            drop_oldest(inbox, batch->edge, batch->count - space);
            break;
        default: {
            if (space >= room_wanted(room, batch->count)) {
                struct weir_batch *fits = weir_batch_slice(pool, batch, 0, (int)space);
                weir_batch_behead(batch, (int)space);
                enqueue(inbox, fits);
            }
            *counter += batch->count;
            return batch;
        }
        }
    }
    if (batch->count > 0)
        enqueue(inbox, batch);
    else
        weir_batch_release(pool, batch);
    return NULL;
}

struct weir_batch *weir_inbox_put(struct weir_inbox *inbox, struct weir_batch *batch, const struct weir_put *put)
{
    struct weir_room *room = &inbox->room[batch->edge];
    double since_s = put->since_s;
    bool turn = !room->waiters.first;
    for (;;) {
        double now_s = weir_now();
        weir_batch_hold(batch, now_s - since_s);
        since_s = now_s;
        if (weir_batch_stale(inbox->job, batch)) {
            weir_discard(inbox->job, inbox->op, batch, put->counter);
            wake_sender(room);
            return NULL;
        }
        if (!put->must && (!inbox->open || inbox->op->paused)) {
            wake_sender(room);
            return batch;
        }
        if (turn || batch->out_edge->spec->full != WEIR_FULL_BLOCK) {
            batch = admit(inbox, batch, put->counter);
            wake_instance(inbox);
            if (!batch) {
                wake_sender(room); /* what room is left goes to the next who waits */
                return NULL;
            }
            /* The room may have changed while others ran. */
            if (!room->waiters.first && room->capacity - room->used >= room_wanted(room, batch->count))
                continue;
        }
        struct weir_waiter waiter = {.parking = put->parking, .need = room_wanted(room, batch->count)};
        if (put->clock)
            weir_clock_set(put->clock, WEIR_BLOCKED, now_s);
        weir_waiters_add(&room->waiters, &waiter);
        weir_park(put->parking);
        turn = room->waiters.first == &waiter;
        weir_waiters_remove(&room->waiters, &waiter);
    }
}

/* How many of the batches at the head go together: those of one edge, while their work fits into the time that a batch
 * spans. Only batches sized by time may be merged. */
static int head_batches(const struct weir_inbox *inbox, int *items)
{
    const struct weir_scenario *scenario = inbox->job->world->scenario;
    const struct weir_batch *first = inbox->first;
    int batches = 1;
    *items = first->count;
    if (scenario->items_per_batch > 0)
        return batches;
    const struct weir_host *host = &inbox->job->world->platform->hosts[inbox->host];
    double speed = weir_platform_speed(host, inbox->op->spec->work_class);
    double item_s = inbox->op->spec->flops.mean / speed;
    for (const struct weir_batch *b = first->next; b; b = b->next, batches++) {
        if (b->edge != first->edge || b->segment != first->segment)
            break;
        int together = *items + b->count;
        if (together > inbox->job->batch_limit || together * item_s > scenario->batch_span_s)
            break;
        *items = together;
    }
    return batches;
}

static struct weir_batch *pop(struct weir_inbox *inbox)
{
    struct weir_batch *batch = inbox->first;
    inbox->first = batch->next;
    if (!inbox->first)
        inbox->last = NULL;
    return batch;
}

struct weir_batch *weir_inbox_take(struct weir_inbox *inbox)
{
    if (!inbox->first)
        return NULL;
    struct weir_batch_pool *pool = &inbox->job->world->pool;
    int items, batches = head_batches(inbox, &items);
    struct weir_batch *batch = pop(inbox);
    if (batches > 1) {
        struct weir_batch *merged = weir_batch_new(pool, items);
        merged->edge = batch->edge;
        weir_batch_like(merged, batch);
        for (int b = 0; b < batches; b++) {
            if (b)
                batch = pop(inbox);
            for (int i = 0; i < batch->count; i++)
                weir_batch_append(merged, batch, i);
            weir_batch_release(pool, batch);
        }
        batch = merged;
    }
    struct weir_room *room = &inbox->room[batch->edge];
    room->used -= batch->count;
    weir_op_queue_changed(inbox->op, -batch->count, weir_now());
    inbox->op->in_service += batch->count;
    wake_sender(room);
    return batch;
}
