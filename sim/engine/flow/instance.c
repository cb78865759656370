#include "sim/engine/flow/instance.h"

#include <math.h>
#include <stdlib.h>

#include "sim/engine/flow/ack.h"
#include "sim/engine/flow/barrier.h"
#include "sim/engine/flow/call.h"
#include "sim/engine/flow/eventtime.h"
#include "sim/engine/flow/gather.h"
#include "sim/engine/flow/join.h"
#include "sim/engine/flow/order.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/quota.h"
#include "sim/engine/flow/send.h"
#include "sim/engine/flow/window.h"
#include "sim/engine/flow/workers.h"

static void go(struct weir_instance *instance);

static struct weir_flow *flow_of(const struct weir_instance *instance)
{
    return instance->op->flow;
}

static void spend(struct weir_instance *instance, enum weir_doing doing)
{
    weir_spent_set(&instance->spent, doing, flow_of(instance)->clock->now_s);
}

static void leave_idle_list(struct weir_instance *instance)
{
    if (!instance->in_idle_list)
        return;
    struct weir_inbox *inbox = instance->inbox;
    struct weir_instance *before = NULL;
    for (struct weir_instance *i = inbox->idle_first; i; before = i, i = i->idle_next) {
        if (i != instance)
            continue;
        if (before)
            before->idle_next = i->idle_next;
        else
            inbox->idle_first = i->idle_next;
        if (inbox->idle_last == i)
            inbox->idle_last = before;
        break;
    }
    instance->in_idle_list = false;
}

bool weir_instance_may_leave(const struct weir_instance *instance)
{
    const struct weir_inbox *inbox = instance->inbox;
    if (instance->life != WEIR_RETIRING || instance->window.count)
        return false;
    return inbox->instances > 1 || (!inbox->first && !inbox->aside_first && !inbox->in_transit);
}

/* Rests for a batch, which takes its time. */
static void gather(struct weir_instance *instance)
{
    struct weir_clock *clock = flow_of(instance)->clock;
    double due_s = weir_gather_due_s(instance);
    if (!isfinite(due_s))
        return;
    instance->heeds |= WEIR_HEEDS_BATCH;
    weir_watch_begin(&instance->op->job->watch);
    if (!weir_alarm_is_set(&instance->alarm) || due_s < instance->alarm.date_s)
        weir_alarm_set(clock, &instance->alarm, due_s);
}

/* Waits until there may be something to do. */
static void rest(struct weir_instance *instance)
{
    struct weir_inbox *inbox = instance->inbox;
    if (instance->spent.doing != WEIR_IDLE || instance->spent.trace)
        spend(instance, WEIR_IDLE);
    instance->idle_next = NULL;
    if (inbox->idle_last)
        inbox->idle_last->idle_next = instance;
    else
        inbox->idle_first = instance;
    inbox->idle_last = instance;
    instance->in_idle_list = true;
    if (instance->window.count && !instance->op->job->halts)
        weir_alarm_set(flow_of(instance)->clock, &instance->alarm, weir_window_due_s(instance));
    if (instance->op->special) {
        instance->toils_s = INFINITY;
        if (instance->op->gathers)
            gather(instance);
    }
    weir_op_at_rest(instance->op);
    if (instance->op->job->ending)
        weir_eventtime_look(instance->op->job);
}

static void gone(struct weir_instance *instance)
{
    struct weir_flow *flow = flow_of(instance);
    instance->life = WEIR_GONE;
    weir_owner_here(flow->shares, instance->host, instance->op->job->index, -1);
    weir_books_instances(flow->books, instance->host, -1, flow->clock->now_s);
}

static void leave(struct weir_instance *instance)
{
    struct weir_flow *flow = flow_of(instance);
    instance->left = true;
    instance->inbox->instances--;
    for (size_t i = 0; i < instance->op->instance_count; i++) /* who is now the last one of a shared input serves on */
        if (instance->op->instances[i]->inbox == instance->inbox)
            weir_workers_look(instance->op->instances[i]);
    spend(instance, WEIR_IDLE);
    weir_inbox_wake_instance(instance->inbox);
    weir_op_at_rest(instance->op);
    if (instance->stop_s > 0 && !instance->dead) {
        weir_watch_begin(&instance->op->job->watch);
        weir_alarm_set(flow->clock, &instance->alarm, flow->clock->now_s + instance->stop_s);
        return;
    }
    gone(instance);
}

/* Results not yet due go to an instance that stays, if there is one. */
static void hand_over_window(struct weir_instance *instance)
{
    struct weir_op *op = instance->op;
    if (instance->life != WEIR_RETIRING || !instance->window.count || instance->inbox->first ||
        instance->inbox->aside_first)
        return;
    for (size_t i = 0; i < op->instance_count; i++) {
        if (op->instances[i]->life == WEIR_ACTIVE) {
            weir_window_hand_over(instance, op->instances[i]);
            weir_soon(flow_of(instance)->clock, &op->instances[i]->go);
            return;
        }
    }
}

static void stall(struct weir_instance *instance)
{
    struct weir_clock *clock = flow_of(instance)->clock;
    double stall_s = instance->stall_s;
    instance->stall_s = 0;
    instance->stalled = true;
    spend(instance, WEIR_BUSY);
    weir_watch_begin(&instance->op->job->watch);
    weir_alarm_set(clock, &instance->alarm, clock->now_s + stall_s);
}

/* Sends a batch of results; true if it is sent. */
static bool emit(struct weir_instance *instance, struct weir_batch *results)
{
    instance->emitted = results->count;
    instance->op->counts.emitted += (uint64_t)results->count;
    return weir_send(&instance->sender, results);
}

/* Its service is over. True if it may go on at once. */
static bool served(struct weir_instance *instance, bool ok)
{
    struct weir_batch *results = weir_serve_end(instance, ok);
    if (results) {
        if (instance->op->gathers)
            instance->results = weir_gather_split(instance->op, results);
        else if (!emit(instance, results))
            return false;
    }
    instance->in_service = false;
    return true;
}

/* Takes a batch into service. True if it is through with it already. */
static bool process(struct weir_instance *instance, struct weir_batch *batch)
{
    struct weir_op *op = instance->op;
    long taken = batch->count;
    instance->in_service = true;
    if (op->join) {
        batch = weir_join_match(op, batch);
        op->in_service -= taken;
        instance->inbox->serving -= taken;
        taken = batch ? (long)batch->count * op->in_edges : 0;
        op->in_service += taken;
        instance->inbox->serving += taken;
    }
    if (!batch) {
        instance->in_service = false;
        return true;
    }
    instance->batch = batch;
    instance->taken = taken;
    return weir_serve_begin(instance) ? served(instance, true) : false;
}

/* The next of the results of its windows; true if there are none left to send. */
static bool send_window(struct weir_instance *instance)
{
    bool any = false;
    while (instance->results) {
        struct weir_batch *results = instance->results;
        instance->results = results->next;
        instance->in_service = any = true;
        if (instance->op->gathers && !(instance->op->window_s > 0))
            weir_gather_sends(instance->op, results);
        if (!emit(instance, results))
            return false;
    }
    if (any) {
        instance->in_service = false;
        spend(instance, WEIR_IDLE);
        weir_op_at_rest(instance->op);
    }
    return true;
}

static bool may_take(struct weir_instance *instance)
{
    const struct weir_op *op = instance->op;
    return op->gathers ? weir_gather_ready(instance) : !op->job->segments || weir_barrier_lets_take(instance);
}

/* It has been taken; false if it is of no use. */
static bool was_taken(struct weir_instance *instance, struct weir_batch *batch)
{
    const struct weir_op *op = instance->op;
    if (op->calls && !weir_call_starts(batch, instance->inbox))
        return false;
    if (op->spec->unacked)
        weir_ack_keep(instance->inbox, (int)batch->edge);
    return true;
}

/* What it is to serve next; NULL if there is nothing yet. */
static struct weir_batch *take(struct weir_instance *instance)
{
    struct weir_op *op = instance->op;
    struct weir_batch *batch;
    do {
        if (op->special && !may_take(instance))
            return NULL;
        if (op->special && op->gathers)
            return weir_inbox_take_together(instance->inbox, op->spec->batch_items);
        batch = weir_inbox_take(instance->inbox);
    } while (op->special && batch && !was_taken(instance, batch));
    return batch;
}

static bool occupied(const struct weir_instance *instance)
{
    return instance->left || instance->batch || instance->stalled || weir_sender_busy(&instance->sender);
}

static void heed(struct weir_instance *instance)
{
    if (instance->heeds & WEIR_HEEDS_BATCH)
        weir_watch_end(&instance->op->job->watch);
    if (instance->heeds & WEIR_HEEDS_RANK)
        weir_order_yield(instance);
    instance->heeds &= WEIR_HEEDS_BARRIER;
    if (instance->heeds)
        weir_barrier_heed(instance);
}

/* Does what there is to do, as long as it takes no time. */
static void go(struct weir_instance *instance)
{
    struct weir_clock *clock = flow_of(instance)->clock;
    if (instance->in_idle_list)
        leave_idle_list(instance);
    if (instance->heeds)
        heed(instance);
    if (weir_alarm_is_set(&instance->alarm) && !instance->stalled && !instance->left)
        weir_alarm_stop(clock, &instance->alarm);
    while (!occupied(instance) && !clock->over) {
        if ((instance->window.count || instance->op->events) && !instance->results && !instance->op->job->halts) {
            instance->results = weir_window_fire(instance);
            hand_over_window(instance);
        }
        if (instance->results && !send_window(instance))
            return;
        if (instance->leader && weir_worker_stops(instance))
            return;
        if (weir_instance_may_leave(instance) || instance->dead) {
            if (weir_workers_rest(instance)) /* else they tell it when they do */
                leave(instance);
            return;
        }
        if (instance->crashed) { /* until that is noticed */
            spend(instance, WEIR_IDLE);
            weir_inbox_wake_instance(instance->inbox);
            weir_op_at_rest(instance->op);
            return;
        }
        if (instance->stall_s > 0) {
            stall(instance);
            return;
        }
        struct weir_batch *batch = take(instance);
        if (!batch) {
            rest(instance);
            return;
        }
        if (!process(instance, batch))
            return;
    }
}

static void goes(struct weir_soon *soon)
{
    go(WEIR_RECORD(soon, struct weir_instance, go));
}

/* Windows are due, or a stall or stopping is over. */
static void rings(struct weir_alarm *alarm)
{
    struct weir_instance *instance = WEIR_RECORD(alarm, struct weir_instance, alarm);
    if (instance->left) {
        weir_watch_end(&instance->op->job->watch);
        gone(instance);
        return;
    }
    if (instance->stalled) {
        instance->stalled = false;
        weir_watch_end(&instance->op->job->watch);
        weir_track_block(&instance->track, flow_of(instance)->clock->now_s);
    }
    go(instance);
}

static void worked(struct weir_work *work, bool ok)
{
    struct weir_instance *instance = WEIR_RECORD(work, struct weir_instance, work);
    weir_prefetch(instance->op, 4 * WEIR_LINE);
    weir_prefetch(instance->inbox, 2 * WEIR_LINE);
    weir_watch_end(&instance->op->job->watch);
    if (served(instance, ok))
        go(instance);
}

static void worked_within_quota(struct weir_work *work, bool ok)
{
    struct weir_instance *instance = WEIR_RECORD(work, struct weir_instance, work);
    if (!ok)
        weir_service_stop(instance);
    else if (!weir_quota_worked(instance))
        return;
    worked(work, ok);
}

static void has_sent(struct weir_sender *sender, double blocked_s)
{
    struct weir_instance *instance = WEIR_RECORD(sender, struct weir_instance, sender);
    if (blocked_s > 0 && !(instance->op->spec->window_s > 0)) {
        weir_track_block(&instance->track, instance->served_s + blocked_s);
        instance->op->counts.blocked_s += blocked_s * instance->emitted;
    }
    if (!instance->results)
        instance->in_service = false;
    go(instance);
}

void weir_instance_init(struct weir_instance *instance)
{
    struct weir_op *op = instance->op;
    instance->work.host = -1;
    instance->toils_s = INFINITY;
    instance->alarm.ring = rings;
    instance->go.ring = goes;
    weir_quota_init(instance);
    instance->work.done = instance->quota ? worked_within_quota : worked;
    weir_sender_init(&instance->sender, op->job, op->out, op->out_count, instance->host, &instance->spent, has_sent);
}

bool weir_instance_lost(const struct weir_instance *instance)
{
    const struct weir_shares *shares = flow_of(instance)->shares;
    return !instance->dead && instance->life != WEIR_GONE && !instance->left &&
           (instance->crashed || instance->host_failures != weir_host_failures(shares, instance->host) ||
            !weir_host_up(shares, instance->host));
}

void weir_instance_free(struct weir_instance *instance)
{
    struct weir_clock *clock = flow_of(instance)->clock;
    weir_alarm_stop(clock, &instance->alarm);
    weir_soon_drop(clock, &instance->go);
    weir_quota_fini(instance);
    weir_workers_fini(instance);
    weir_sender_fini(&instance->sender);
    weir_track_fini(&instance->track);
    weir_trace_free(&instance->spent);
    weir_window_fini(&instance->window);
    free(instance->window.own);
    free(instance->flops);
    free(instance);
}
