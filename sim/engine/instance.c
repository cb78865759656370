/* An instance of an operator: an actor that takes batches from its inbox, computes, and emits. */
#include <math.h>
#include <simgrid/actor.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/parts.h"
#include "sim/engine/simgrid_shim.h"

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

/* A retiring instance may go once nothing can reach it any more; a shared inbox is left to the others. */
static bool may_leave(struct weir_instance *instance)
{
    const struct weir_inbox *inbox = instance->inbox;
    if (instance->life != WEIR_RETIRING || instance->window.count)
        return false;
    return inbox->instances > 1 || (!inbox->first && !inbox->in_transit);
}

/* Waits until there may be something to do. */
static void rest(struct weir_instance *instance)
{
    struct weir_inbox *inbox = instance->inbox;
    weir_clock_set(&instance->clock, WEIR_IDLE, weir_now());
    weir_op_at_rest(instance->op);
    if (inbox->first || may_leave(instance) || instance->dead) /* others may have run */
        return;
    instance->idle_next = NULL;
    if (inbox->idle_last)
        inbox->idle_last->idle_next = instance;
    else
        inbox->idle_first = instance;
    inbox->idle_last = instance;
    instance->in_idle_list = true;
    if (instance->window.count)
        weir_park_until(&instance->parking, weir_window_due_s(instance));
    else
        weir_park(&instance->parking);
    leave_idle_list(instance);
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
        struct weir_stream draw = weir_stream_at(op->service_key, batch->id[i]);
        sum += instance->flops[i] = weir_draw(&op->spec->flops, &draw);
    }
    return sum;
}

/* Computes on the instance's host; false if that has failed. SimGrid knows one speed of a host: work of a class with
 * another speed is stretched, so that it takes the core as long as it should. */
static bool compute(struct weir_world *world, struct weir_instance *instance, double flops)
{
    struct weir_run_host *host = &world->hosts[instance->host];
    const struct weir_host *spec = &world->platform->hosts[instance->host];
    double speed = spec->speed_flops_per_s;
    flops *= speed / weir_platform_speed(spec, instance->op->spec->work_class);
    double bound = instance->cpu_share < 1 ? instance->cpu_share * speed : 0;
    weir_begin(instance->op->job);
    if (flops > 0 && weir_shim_execute(host->host, flops, bound) != 0)
        instance->crashed = true;
    else
        host->counts.flops += flops;
    weir_end(instance->op->job);
    instance->crashed |= !host->up || host->failures != instance->host_failures;
    return !instance->crashed;
}

/* Computes a batch; the items' clocks move to the end of their service. Returns the last one's, -1 if the batch is
 * lost. */
static double serve(struct weir_world *world, struct weir_instance *instance, struct weir_batch *batch)
{
    struct weir_op *op = instance->op;
    const struct weir_distribution *work = &op->spec->flops;
    bool constant = work->spread == WEIR_SPREAD_CONSTANT || work->mean <= 0;
    weir_paths_step(op->job->paths, batch, op->index);
    double flops = constant ? work->mean * batch->count : draw_flops(instance, batch);
    double start_s = weir_now();
    weir_clock_set(&instance->clock, WEIR_BUSY, start_s);
    if (!compute(world, instance, flops) || weir_batch_stale(op->job, batch))
        return -1;
    double now_s = weir_now(), took_s = now_s - start_s;
    struct weir_served served = weir_batch_serve(batch, &instance->track, constant ? NULL : instance->flops,
                                                 flops > 0 ? took_s / flops : 0, took_s / batch->count, now_s);
    op->counts.processed += (uint64_t)batch->count;
    op->counts.waiting_s += served.waiting_s;
    op->counts.service_s += served.service_s;
    if (op->spec->disk_bytes > 0)
        weir_telemetry_disk(world, instance->host, op->spec->disk_bytes * batch->count);
    if (op->spec->state_bytes_per_item > 0)
        op->state_bytes =
            fmin(op->spec->state_max_bytes, op->state_bytes + op->spec->state_bytes_per_item * batch->count);
    return served.end_s;
}

/* How many items come of one: the whole part of the selectivity, and one more by chance for the rest; chance falls on
 * the same items under every policy. */
static int results_of(const struct weir_op *op, uint64_t id)
{
    double selectivity = op->spec->selectivity;
    double whole = floor(selectivity);
    if (whole == selectivity)
        return (int)whole;
    struct weir_stream draw = weir_stream_at(op->select_key, id);
    return (int)whole + (weir_stream_uniform(&draw) < selectivity - whole);
}

static struct weir_batch *select_results(struct weir_world *world, const struct weir_op *op, struct weir_batch *batch)
{
    if (op->spec->selectivity == 1)
        return batch;
    int count = 0;
    for (int i = 0; i < batch->count; i++)
        count += results_of(op, batch->id[i]);
    struct weir_batch *results = count ? weir_batch_new(&world->pool, count) : NULL;
    for (int i = 0; count && i < batch->count; i++) {
        int copies = results_of(op, batch->id[i]);
        for (int c = 0; c < copies; c++) {
            weir_batch_append(results, batch, i);
            if (c) { /* an item of its own */
                struct weir_stream id = weir_stream_at(batch->id[i], (uint64_t)c);
                results->id[results->count - 1] = weir_stream_bits(&id);
            }
        }
    }
    if (results)
        weir_batch_like(results, batch);
    weir_batch_release(&world->pool, batch);
    return results;
}

static void process(struct weir_world *world, struct weir_instance *instance, struct weir_batch *batch)
{
    struct weir_op *op = instance->op;
    long taken = batch->count;
    instance->in_service = true;
    if (op->join) {
        batch = weir_join_match(world, op, batch);
        op->in_service -= taken;
        taken = batch ? (long)batch->count * op->in_edges : 0;
        op->in_service += taken;
    }
    if (batch) {
        double end_s = serve(world, instance, batch);
        op->in_service -= taken;
        if (end_s < 0) {
            op->counts.lost_inside += (uint64_t)taken;
            if (weir_batch_stale(op->job, batch))
                weir_batch_release(&world->pool, batch);
            else
                weir_recovery_wreck(op->job, batch);
        } else if (op->spec->window_s > 0) {
            weir_window_add(instance, batch);
            weir_batch_release(&world->pool, batch);
        } else if ((batch = select_results(world, op, batch))) {
            int count = batch->count;
            op->counts.emitted += (uint64_t)count;
            double blocked_s = weir_send_all(world, instance->host, op->out, op->out_count, batch, &instance->clock,
                                             &instance->parking);
            if (blocked_s > 0) {
                weir_track_block(&instance->track, end_s + blocked_s);
                op->counts.blocked_s += blocked_s * count;
            }
        }
    }
    instance->in_service = false;
}

/* Results not yet due go to an instance that stays, if there is one. */
static void hand_over_window(struct weir_instance *instance)
{
    struct weir_op *op = instance->op;
    if (instance->life != WEIR_RETIRING || !instance->window.count || instance->inbox->first)
        return;
    for (size_t i = 0; i < op->instance_count; i++) {
        if (op->instances[i]->life == WEIR_ACTIVE) {
            weir_window_hand_over(instance, op->instances[i]);
            return;
        }
    }
}

void weir_instance_actor(int argc, char **argv)
{
    struct weir_instance *instance = sg_actor_self_get_data();
    struct weir_world *world = instance->op->job->world;
    for (;;) {
        weir_turn(world, "an instance", instance->op->job);
        if (instance->window.count) {
            weir_window_fire(world, instance);
            hand_over_window(instance);
        }
        if (may_leave(instance) || instance->dead)
            break;
        if (instance->crashed) { /* until that is noticed */
            weir_clock_set(&instance->clock, WEIR_IDLE, weir_now());
            weir_park(&instance->parking);
            continue;
        }
        if (instance->stall_s > 0) {
            double stall_s = instance->stall_s;
            instance->stall_s = 0;
            weir_clock_set(&instance->clock, WEIR_BUSY, weir_now());
            weir_sleep_for(instance->op->job, stall_s);
            weir_track_block(&instance->track, weir_now());
            continue;
        }
        struct weir_batch *batch = weir_inbox_take(instance->inbox);
        if (batch)
            process(world, instance, batch);
        else
            rest(instance);
    }
    instance->inbox->instances--; /* before it gives way: the last one must know that it is the last */
    weir_clock_set(&instance->clock, WEIR_IDLE, weir_now());
    if (instance->stopped_s > 0 && !instance->dead)
        weir_sleep_for(instance->op->job, instance->stopped_s);
    weir_instance_gone(world, instance);
}

void weir_instance_free(struct weir_instance *instance)
{
    weir_parking_fini(&instance->parking);
    weir_track_fini(&instance->track);
    weir_trace_free(&instance->clock);
    free(instance->window.parts);
    free(instance->flops);
    free(instance);
}
