#include "sim/engine/flow/gather.h"

#include <math.h>

#include "sim/base/random.h"
#include "sim/engine/flow/queue.h"

/* Items come in by their own clocks, as they move one by one. */
double weir_gather_due_s(const struct weir_instance *instance)
{
    const struct weir_batch *first = instance->inbox->first;
    return first ? first->items[0].at + instance->op->spec->batch_wait_s : INFINITY;
}

bool weir_gather_ready(const struct weir_instance *instance)
{
    const struct weir_op *op = instance->op;
    const struct weir_inbox *inbox = instance->inbox;
    if (!inbox->first || op->paused || op->job->halts || instance->life == WEIR_RETIRING)
        return true;
    long waiting = 0;
    bool room = false;
    for (int e = 0; e < op->in_edges; e++) {
        waiting += inbox->room[e].used;
        room |= weir_room_free(&inbox->room[e]) > 0;
    }
    return waiting >= op->spec->batch_items || !room || weir_gather_due_s(instance) <= op->flow->clock->now_s;
}

double weir_gather_flops(const struct weir_op *op, const struct weir_batch *batch)
{
    struct weir_stream draw = weir_stream_at(op->batch_key, batch->items[0].id);
    return op->spec->batch_flops.mean > 0 ? weir_draw(&op->spec->batch_flops, &draw) : 0;
}

void weir_gather_served(const struct weir_instance *instance, struct weir_batch *batch)
{
    struct weir_op_counts *counts = &instance->op->counts;
    double now_s = instance->op->flow->clock->now_s, took_s = now_s - instance->begun_s;
    for (int i = 0; i < batch->count; i++) {
        double waiting_s = instance->begun_s - batch->items[i].at;
        batch->items[i].waiting += waiting_s;
        batch->items[i].service += took_s;
        batch->items[i].at = now_s;
        counts->waiting_s += waiting_s;
        counts->service_s += took_s;
    }
}

/* So many results more, or less, are emitted and in the hands of an instance of the operator. */
static void hold(struct weir_op *op, int count)
{
    op->counts.emitted += (uint64_t)(int64_t)count;
    for (int e = 0; e < op->out_count; e++)
        *(op->out[e].to ? &op->out[e].to->in_hand : &op->out[e].sink->in_hand) += count;
}

struct weir_batch *weir_gather_split(struct weir_op *op, struct weir_batch *results)
{
    struct weir_batch_pool *pool = &op->flow->pool;
    struct weir_batch *first = NULL;
    for (int i = results->count - 1; i > 0; i--) {
        struct weir_batch *one = weir_batch_slice(pool, results, i, 1);
        one->next = first;
        first = one;
    }
    hold(op, results->count);
    results->count = 1;
    results->next = first;
    return results;
}

void weir_gather_sends(struct weir_op *op, struct weir_batch *result)
{
    hold(op, -result->count);
    weir_batch_hold(result, op->flow->clock->now_s - result->items[0].at);
}

void weir_gather_look(struct weir_op *op)
{
    for (struct weir_inbox *inbox = op->inboxes; inbox && op->gathers; inbox = inbox->next)
        weir_inbox_wake_instance(inbox);
}
