#include "sim/engine/flow/workers.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/instance.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/send.h"

static long count_of(const struct weir_instance *leader)
{
    return leader->workers ? leader->op->spec->concurrency - 1 : 0;
}

void weir_workers_init(struct weir_instance *leader)
{
    struct weir_clock *clock = leader->op->flow->clock;
    if (leader->op->spec->concurrency < 2)
        return;
    leader->workers = weir_alloc((size_t)leader->op->spec->concurrency - 1, sizeof(struct weir_instance *));
    for (long w = 0; w < count_of(leader); w++) {
        struct weir_instance *worker = leader->workers[w] = weir_alloc_lines(sizeof *worker);
        worker->op = leader->op;
        worker->leader = leader;
        worker->inbox = leader->inbox;
        worker->number = leader->number;
        worker->host = leader->host;
        worker->host_failures = leader->host_failures;
        worker->weight = leader->weight;
        worker->cpu_share = leader->cpu_share;
        worker->stretch = leader->stretch;
        worker->life = WEIR_ACTIVE;
        worker->stalled = leader->stalled;
        worker->active_s = clock->now_s;
        weir_instance_init(worker);
        weir_track_reset(&worker->track, clock->now_s);
        worker->spent = (struct weir_spent){.since_s = clock->now_s};
        weir_soon(clock, &worker->go);
    }
}

void weir_workers_fini(struct weir_instance *leader)
{
    for (long w = 0; w < count_of(leader); w++)
        weir_instance_free(leader->workers[w]);
    free(leader->workers);
}

void weir_workers_each(struct weir_op *op, void (*each)(struct weir_instance *instance, void *context), void *context)
{
    for (size_t i = 0; i < op->instance_count; i++) {
        if (!op->instances[i]->inbox)
            continue;
        each(op->instances[i], context);
        for (long w = 0; w < count_of(op->instances[i]); w++)
            each(op->instances[i]->workers[w], context);
    }
}

bool weir_workers_rest(const struct weir_instance *leader)
{
    bool rest = true;
    for (long w = 0; w < count_of(leader); w++)
        rest &= !leader->workers[w]->in_service && !weir_sender_busy(&leader->workers[w]->sender);
    return rest;
}

void weir_workers_look(struct weir_instance *leader)
{
    for (long w = 0; w < count_of(leader); w++)
        weir_soon(leader->op->flow->clock, &leader->workers[w]->go);
}

bool weir_worker_stops(struct weir_instance *instance)
{
    struct weir_instance *leader = instance->leader;
    struct weir_clock *clock = instance->op->flow->clock;
    instance->left = leader->dead || leader->left;
    if (leader->life == WEIR_RETIRING && !leader->left) /* it may wait for this one */
        weir_soon(clock, &leader->go);
    if (!instance->left && !weir_instance_may_leave(leader))
        return false;
    weir_spent_set(&instance->spent, WEIR_IDLE, clock->now_s);
    weir_inbox_wake_instance(instance->inbox); /* of what is shared, others get on */
    weir_op_at_rest(instance->op);
    return true;
}
