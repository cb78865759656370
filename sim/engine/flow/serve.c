/* The service of a batch: its work, and what comes of it. */
#include <math.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/flow/ack.h"
#include "sim/engine/flow/call.h"
#include "sim/engine/flow/gather.h"
#include "sim/engine/flow/instance.h"
#include "sim/engine/flow/kinds.h"
#include "sim/engine/flow/order.h"
#include "sim/engine/flow/pace.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/quota.h"
#include "sim/engine/flow/window.h"

static struct weir_flow *flow_of(const struct weir_instance *instance)
{
    return instance->op->flow;
}

static bool is_constant(const struct weir_op *op)
{
    return !isnan(op->item_flops);
}

/* The work of each item of a batch into the instance's scratch; returns the sum. */
static double draw_flops(struct weir_instance *instance, const struct weir_batch *batch)
{
    const struct weir_op *op = instance->op;
    if (batch->count > instance->flops_room) {
        instance->flops_room = batch->count;
        instance->flops = weir_resize(instance->flops, (size_t)batch->count, sizeof *instance->flops);
    }
    double sum = 0;
    for (int i = 0; i < batch->count; i++) {
        struct weir_stream draw = weir_stream_at(op->service_key, batch->items[i].id);
        sum += instance->flops[i] = weir_draw(&op->spec->flops, &draw);
    }
    return sum;
}

/* The way of an item that comes to the operator; mostly that of the one before. */
static uint64_t step(struct weir_op *op, uint64_t path)
{
    if (!op->way_to || op->way_from != path) {
        op->way_from = (unsigned)path;
        op->way_to = (unsigned)weir_paths_step(op->job->paths, path, op->index);
    }
    return op->way_to;
}

/* The same of an operator that is special. */
static double special_flops(struct weir_instance *instance, const struct weir_batch *batch, double flops)
{
    const struct weir_op *op = instance->op;
    if (op->gathers)
        flops += weir_gather_flops(op, batch);
    if (op->slows)
        flops = weir_pace_flops(instance, batch->count, flops);
    return op->preempts ? weir_order_begin(instance, flops) : op->calls ? weir_call_flops(op, batch, flops) : flops;
}

bool weir_serve_begin(struct weir_instance *instance)
{
    struct weir_op *op = instance->op;
    struct weir_flow *flow = flow_of(instance);
    struct weir_batch *batch = instance->batch;
    for (int i = 0; i < batch->count; i++)
        batch->items[i].path = step(op, batch->items[i].path);
    double flops = is_constant(op) ? op->item_flops * batch->count : draw_flops(instance, batch);
    if (op->special)
        flops = special_flops(instance, batch, flops);
    if (!flow->one_by_one)
        instance->drawn = flops;
    /* A host has one speed: work of a class with another one is stretched, so that it takes the core as long as it
     * should. */
    instance->worked = flops * instance->stretch;
    instance->begun_s = flow->clock->now_s;
    weir_spent_set(&instance->spent, WEIR_BUSY, instance->begun_s);
    if (!(instance->worked > 0))
        return true;
    weir_watch_begin(&op->job->watch);
    if (op->special && instance->quota)
        weir_quota_begin(instance, instance->worked);
    else
        weir_work_begin(flow->shares, &instance->work, instance->host, instance->worked, instance->cpu_share);
    return false;
}

int weir_results_of(const struct weir_op *op, uint64_t id)
{
    double selectivity = op->selectivity;
    double whole = floor(selectivity);
    if (whole == selectivity)
        return (int)whole;
    struct weir_stream draw = weir_stream_at(op->select_key, id);
    return (int)whole + (weir_stream_uniform(&draw) < selectivity - whole);
}

uint64_t weir_result_id(const struct weir_op *op, uint64_t id, int number)
{
    struct weir_stream stream = weir_stream_at(id, (uint64_t)number);
    return number ? weir_kind_like(op->job, weir_stream_bits(&stream), weir_kind_of(id)) : id;
}

static struct weir_batch *select_results(const struct weir_op *op, struct weir_batch *batch)
{
    if (op->selectivity == 1)
        return batch;
    struct weir_batch_pool *pool = &op->job->flow->pool;
    int count = 0;
    for (int i = 0; i < batch->count; i++)
        count += weir_results_of(op, batch->items[i].id);
    struct weir_batch *results = count ? weir_batch_new(pool, count) : NULL;
    for (int i = 0; count && i < batch->count; i++) {
        int copies = weir_results_of(op, batch->items[i].id);
        for (int c = 0; c < copies; c++) {
            weir_batch_append(results, batch, i);
            results->items[results->count - 1].id = weir_result_id(op, batch->items[i].id, c);
        }
    }
    if (results)
        weir_batch_like(results, batch);
    weir_batch_release(pool, batch);
    return results;
}

/* Moves the items' clocks to the end of their service. */
static struct weir_served move_clocks(struct weir_instance *instance, struct weir_batch *batch)
{
    struct weir_flow *flow = flow_of(instance);
    double now_s = flow->clock->now_s, took_s = now_s - instance->begun_s;
    if (flow->one_by_one && batch->count == 1) {
        double waiting_s = instance->begun_s - batch->items[0].at;
        batch->items[0].waiting += waiting_s;
        batch->items[0].service += took_s;
        batch->items[0].at = now_s;
        return (struct weir_served){now_s, waiting_s, took_s};
    }
    return weir_batch_serve(batch, &instance->track, is_constant(instance->op) ? NULL : instance->flops,
                            instance->drawn > 0 ? took_s / instance->drawn : 0, took_s / batch->count, now_s);
}

static void count(struct weir_instance *instance, struct weir_batch *batch)
{
    struct weir_op *op = instance->op;
    if (op->gathers) {
        weir_gather_served(instance, batch);
    } else {
        struct weir_served served = move_clocks(instance, batch);
        instance->served_s = served.end_s;
        op->counts.waiting_s += served.waiting_s;
        op->counts.service_s += served.service_s;
    }
    op->counts.processed += (uint64_t)batch->count;
    if (op->disk_bytes > 0)
        weir_telemetry_disk(flow_of(instance)->books, instance->host, op->disk_bytes * batch->count);
    if (op->state_bytes_per_item > 0)
        op->state_bytes = fmin(op->spec->state_max_bytes, op->state_bytes + op->state_bytes_per_item * batch->count);
}

struct weir_batch *weir_serve_end(struct weir_instance *instance, bool ok)
{
    struct weir_op *op = instance->op;
    struct weir_flow *flow = flow_of(instance);
    struct weir_batch *batch = instance->batch;
    instance->batch = NULL;
    if (ok)
        flow->books->hosts[instance->host].counts.flops += instance->worked;
    instance->crashed |= !ok || !weir_host_up(flow->shares, instance->host) ||
                         instance->host_failures != weir_host_failures(flow->shares, instance->host);
    op->in_service -= instance->taken;
    instance->inbox->serving -= instance->taken;
    if (op->special && op->spec->unacked)
        weir_ack_send(instance->inbox, (int)batch->edge);
    bool stale = weir_batch_stale(op->job, batch);
    if (instance->crashed || stale) {
        op->counts.lost_inside += op->calls ? weir_call_lost(batch) : (uint64_t)instance->taken;
        if (stale)
            weir_batch_release(&flow->pool, batch);
        else
            weir_segments_wreck(op->job->segments, batch);
        return NULL;
    }
    if (op->special && op->calls && !weir_call_ends(instance, batch))
        return NULL;
    count(instance, batch);
    if (!(op->window_s > 0))
        return select_results(op, batch);
    weir_window_add(instance, batch);
    weir_batch_release(&flow->pool, batch);
    return NULL;
}
