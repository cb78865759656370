#include "sim/engine/flow/order.h"

#include <math.h>

#include "sim/engine/flow/expiry.h"
#include "sim/engine/flow/full.h"
#include "sim/engine/flow/kinds.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/quota.h"
#include "sim/engine/flow/ranks.h"

static double now_of(const struct weir_inbox *inbox)
{
    return inbox->job->flow->clock->now_s;
}

/* One that comes too late, for whose place others may wait. */
static void turn_away(struct weir_inbox *inbox, struct weir_batch *one)
{
    struct weir_room *room = &inbox->room[one->edge];
    weir_inbox_drop(inbox, one->items, 1);
    weir_room_changed(room);
    weir_room_wake(inbox->job->flow->clock, room);
    weir_batch_release(&inbox->job->flow->pool, one);
    weir_op_at_rest(inbox->op);
}

static bool let_in(struct weir_inbox *inbox, struct weir_batch *one)
{
    double leaves_s;
    struct weir_rank rank = weir_rank_of(inbox, &one->items[0], &leaves_s);
    if (leaves_s < now_of(inbox)) {
        turn_away(inbox, one);
        return false;
    }
    weir_inbox_count_in(inbox, one->edge, false);
    weir_ranks_put(inbox, one, rank, leaves_s, -1);
    return true;
}

void weir_order_enqueue(struct weir_inbox *inbox, struct weir_batch *batch)
{
    struct weir_batch_pool *pool = &inbox->job->flow->pool;
    bool any = false, rests = inbox->idle_first;
    int last = batch->count - 1;
    for (int i = 0; i < last; i++) /* of results that come together each waits by itself */
        any |= let_in(inbox, weir_batch_slice(pool, batch, i, 1));
    weir_batch_behead(batch, last);
    any |= let_in(inbox, batch);
    if (inbox->expiry)
        weir_expiry_watch(inbox);
    if (any && rests)
        weir_inbox_wake_instance(inbox);
    else if (any)
        weir_order_look(inbox);
}

void weir_order_look(struct weir_inbox *inbox)
{
    const struct weir_op *op = inbox->op;
    struct weir_instance *last = NULL;
    if (!op->preempts || !inbox->first)
        return;
    for (size_t i = 0; i < op->instance_count; i++) {
        struct weir_instance *instance = op->instances[i];
        if (instance->inbox == inbox && instance->batch && (!last || weir_rank_before(&last->rank, &instance->rank)))
            last = instance;
    }
    struct weir_rank first = weir_ranks_first(inbox);
    if (!last || !weir_rank_before(&first, &last->rank))
        return;
    last->heeds |= WEIR_HEEDS_RANK;
    weir_soon(op->flow->clock, &last->go);
}

double weir_order_begin(struct weir_instance *instance, double flops)
{
    const struct weir_ranks *ranks = instance->inbox->ranks;
    instance->rank = ranks->rank;
    weir_order_look(instance->inbox);
    return ranks->left >= 0 ? ranks->left / instance->stretch : flops;
}

/* Whether it may stop, and whether it should. */
static bool should_yield(const struct weir_instance *instance)
{
    struct weir_op *op = instance->op;
    const struct weir_inbox *inbox = instance->inbox;
    if (!instance->batch || !inbox->first || instance->dead || weir_instance_lost(instance) ||
        weir_batch_stale(op->job, instance->batch))
        return false;
    struct weir_rank first = weir_ranks_first(inbox);
    return weir_rank_before(&first, &instance->rank) && weir_service_left(instance) > 0;
}

/* Its clock is moved to the present. */
static void count_stretch(struct weir_instance *instance, struct weir_item *item)
{
    struct weir_op *op = instance->op;
    double now_s = op->flow->clock->now_s, waiting_s = instance->begun_s - item->at, took_s = now_s - instance->begun_s;
    item->waiting += waiting_s;
    item->service += took_s;
    item->at = now_s;
    op->counts.waiting_s += waiting_s;
    op->counts.service_s += took_s;
}

void weir_order_yield(struct weir_instance *instance)
{
    struct weir_op *op = instance->op;
    struct weir_inbox *inbox = instance->inbox;
    struct weir_batch *batch = instance->batch;
    if (!should_yield(instance))
        return;
    double left = weir_service_left(instance);
    weir_service_stop(instance);
    weir_watch_end(&op->job->watch);
    op->flow->books->hosts[instance->host].counts.flops += instance->worked - left;
    count_stretch(instance, &batch->items[0]);
    weir_paths_back(op->job->paths, &batch->items[0].path); /* it comes to the operator again */
    instance->batch = NULL;
    instance->in_service = false;
    op->in_service -= instance->taken;
    inbox->serving -= instance->taken;
    const struct weir_item *item = &batch->items[0];
    double leaves_s = op->spec->expires ? item->birth + weir_kind_deadline_s(op->job, item->id) : INFINITY;
    weir_inbox_count_in(inbox, batch->edge, true);
    weir_ranks_put(inbox, batch, instance->rank, leaves_s, left);
    if (inbox->expiry)
        weir_expiry_watch(inbox);
}
