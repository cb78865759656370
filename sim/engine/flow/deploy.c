/* Instances come, retire and go; operators pause; jobs are emptied. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/call.h"
#include "sim/engine/flow/connection.h"
#include "sim/engine/flow/downlink.h"
#include "sim/engine/flow/eventtime.h"
#include "sim/engine/flow/gather.h"
#include "sim/engine/flow/instance.h"
#include "sim/engine/flow/join.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/route.h"
#include "sim/engine/flow/send.h"
#include "sim/engine/flow/source.h"
#include "sim/engine/flow/waiting.h"
#include "sim/engine/flow/window.h"
#include "sim/engine/flow/workers.h"

int weir_op_deployed(const struct weir_op *op, struct weir_placement *placements)
{
    int count = 0;
    for (size_t i = 0; i < op->instance_count; i++) {
        const struct weir_instance *instance = op->instances[i];
        if (instance->life != WEIR_STARTING && instance->life != WEIR_ACTIVE)
            continue;
        if (placements)
            placements[count] = (struct weir_placement){instance->host, instance->weight, instance->cpu_share};
        count++;
    }
    return count;
}

struct weir_instance *weir_instance_new(struct weir_op *op, const struct weir_placement *placement)
{
    struct weir_flow *flow = op->job->flow;
    struct weir_instance *instance = weir_alloc_lines(sizeof *instance);
    instance->op = op;
    instance->number = op->instances_ever++;
    instance->host = placement->host;
    instance->weight = placement->weight;
    instance->cpu_share = placement->cpu_share;
    instance->active_s = INFINITY;
    const struct weir_host *host = &flow->platform->hosts[instance->host];
    instance->stretch = host->speed_flops_per_s / weir_platform_speed(host, op->spec->work_class);
    instance->host_failures = weir_host_failures(flow->shares, instance->host);
    weir_instance_init(instance);
    WEIR_ONE_MORE(op->instances, op->instance_count, op->instance_capacity);
    op->instances[op->instance_count++] = instance;
    instance->work.owner = op->job->index;
    weir_owner_here(flow->shares, instance->host, op->job->index, 1);
    weir_books_instances(flow->books, instance->host, 1, flow->clock->now_s);
    return instance;
}

/* The inbox that a new instance on a host shares, or takes over with its connections from an earlier one, or NULL. */
static struct weir_inbox *find_inbox(struct weir_op *op, int host)
{
    for (struct weir_inbox *i = op->inboxes; op->spec->shared_queue && i; i = i->next)
        if (i->open && i->host == host)
            return i;
    for (struct weir_inbox *i = op->inboxes; i; i = i->next)
        if (!i->open && !i->instances && !i->first && !i->aside_first && !i->in_transit && i->host == host) {
            i->weight = i->credit = 0;
            return i;
        }
    return NULL;
}

void weir_instance_activate(struct weir_instance *instance)
{
    struct weir_op *op = instance->op;
    struct weir_flow *flow = op->job->flow;
    double now_s = flow->clock->now_s;
    struct weir_inbox *inbox = find_inbox(op, instance->host);
    if (!inbox)
        inbox = weir_inbox_new(op, instance->host);
    inbox->weight += instance->weight;
    inbox->instances++;
    instance->inbox = inbox;
    instance->life = WEIR_ACTIVE;
    op->active++;
    instance->active_s = now_s;
    weir_track_reset(&instance->track, now_s);
    weir_trace_free(&instance->spent);
    instance->spent = (struct weir_spent){.since_s = now_s};
    weir_trace_spent(flow->books, &instance->spent, instance->host, op->job->spec->name, op->spec->name,
                     instance->number, now_s);
    weir_op_open_inbox(op, inbox);
    weir_waiters_wake_all(flow->clock, &op->gate);
    weir_soon(flow->clock, &instance->go);
    weir_workers_init(instance);
    for (size_t i = 0; i < op->instance_count; i++) /* those that left with windows begun, when no other was there */
        if (op->instances[i]->life == WEIR_RETIRING && op->instances[i]->window.count)
            weir_soon(flow->clock, &op->instances[i]->go);
}

void weir_instance_weigh(struct weir_instance *instance, double weight, double cpu_share)
{
    instance->inbox->weight += weight - instance->weight;
    instance->weight = weight;
    instance->cpu_share = cpu_share;
    for (long w = 0; instance->workers && w < instance->op->spec->concurrency - 1; w++)
        instance->workers[w]->cpu_share = cpu_share;
}

void weir_instance_hold(struct weir_instance *instance, bool still)
{
    struct weir_clock *clock = instance->op->flow->clock;
    instance->stalled = still;
    if (!instance->inbox)
        return;
    weir_track_block(&instance->track, clock->now_s);
    weir_soon(clock, &instance->go);
    for (long w = 0; instance->workers && w < instance->op->spec->concurrency - 1; w++)
        weir_instance_hold(instance->workers[w], still);
}

void weir_instance_retire(struct weir_instance *instance)
{
    struct weir_op *op = instance->op;
    if (instance->life != WEIR_ACTIVE)
        return;
    instance->life = WEIR_RETIRING;
    op->active--;
    instance->stop_s = op->job->flow->scenario->costs.stop_s;
    instance->inbox->weight -= instance->weight;
    bool alone = true;
    for (size_t i = 0; i < op->instance_count; i++) {
        const struct weir_instance *other = op->instances[i];
        alone &= other->life != WEIR_ACTIVE || other->inbox != instance->inbox;
    }
    if (alone)
        weir_op_close_inbox(op, instance->inbox);
    weir_soon(op->job->flow->clock, &instance->go);
}

void weir_instance_kill(struct weir_instance *instance)
{
    weir_instance_retire(instance);
    instance->dead = true;
    weir_soon(instance->op->job->flow->clock, &instance->go);
}

void weir_instance_forget(struct weir_instance *instance)
{
    struct weir_flow *flow = instance->op->job->flow;
    instance->life = WEIR_GONE;
    weir_owner_here(flow->shares, instance->host, instance->op->job->index, -1);
    weir_books_instances(flow->books, instance->host, -1, flow->clock->now_s);
}

void weir_op_wake_inputs(struct weir_op *op)
{
    struct weir_clock *clock = op->job->flow->clock;
    for (struct weir_inbox *inbox = op->inboxes; inbox; inbox = inbox->next) {
        for (int e = 0; e < op->in_edges; e++)
            weir_waiters_wake_all(clock, &inbox->room[e].waiters);
        for (struct weir_connection *c = inbox->connections; c; c = c->next)
            weir_connection_wake(c);
    }
}

void weir_op_pause(struct weir_op *op)
{
    op->paused = true;
    weir_op_wake_inputs(op);
    weir_gather_look(op);
}

void weir_op_resume(struct weir_op *op)
{
    op->paused = false;
    weir_waiters_wake_all(op->job->flow->clock, &op->gate);
}

bool weir_op_quiet(const struct weir_op *op)
{
    if (op->queued || weir_calls_wait(op))
        return false;
    for (size_t i = 0; i < op->instance_count; i++)
        if (op->instances[i]->in_service || !weir_workers_rest(op->instances[i]))
            return false;
    return true;
}

bool weir_op_is_stateful(const struct weir_op *op)
{
    return op->spec->state_bytes > 0 || op->spec->state_bytes_per_item > 0 || op->events;
}

bool weir_op_drained(const struct weir_op *op)
{
    return !op->in_transit && weir_op_quiet(op);
}

void weir_job_halt(struct weir_run_job *job)
{
    if (job->halts++)
        return;
    job->halted_s = job->flow->clock->now_s;
    for (int o = 0; o < job->spec->operator_count; o++)
        weir_gather_look(&job->ops[o]);
    weir_sources_go(job);
}

bool weir_job_resume(struct weir_run_job *job)
{
    if (--job->halts)
        return false;
    weir_sources_go(job);
    for (int o = 0; o < job->spec->operator_count; o++)
        for (size_t i = 0; i < job->ops[o].instance_count; i++) {
            struct weir_instance *instance = job->ops[o].instances[i];
            if (instance->window.count || (job->ops[o].events && instance->life == WEIR_ACTIVE)) {
                weir_window_hold(instance);
                weir_soon(job->flow->clock, &instance->go);
            }
        }
    return true;
}

bool weir_job_drained(const struct weir_run_job *job)
{
    bool drained = !weir_sources_busy(job);
    for (int o = 0; o < job->spec->operator_count && drained; o++)
        drained = weir_op_drained(&job->ops[o]);
    return drained;
}

bool weir_job_is_empty(const struct weir_run_job *job)
{
    if (!weir_sources_done(job) || job->sink.in_transit || job->sink.in_hand)
        return false;
    if (job->segments && (job->segments->recovering || job->segments->held))
        return false;
    for (int o = 0; o < job->spec->operator_count; o++) {
        const struct weir_op *op = &job->ops[o];
        if (op->changing || op->in_hand || op->in_window || op->in_service || !weir_op_drained(op))
            return false;
    }
    return true;
}

static void drop_contents(struct weir_op *op)
{
    for (struct weir_inbox *inbox = op->inboxes; inbox; inbox = inbox->next)
        weir_inbox_clear(inbox);
    weir_calls_clear(op);
    if (op->join)
        op->counts.lost_inside += weir_join_clear(op->job, op->join);
    for (size_t i = 0; i < op->instance_count; i++)
        weir_window_clear(op->instances[i]);
    if (op->events)
        weir_eventtime_clear(op);
}

void weir_job_drop_contents(struct weir_run_job *job)
{
    for (int o = 0; o < job->spec->operator_count; o++)
        drop_contents(&job->ops[o]);
}

void weir_job_wake_all(struct weir_run_job *job)
{
    for (int o = 0; o < job->spec->operator_count; o++) {
        struct weir_op *op = &job->ops[o];
        weir_waiters_wake_all(job->flow->clock, &op->gate);
        weir_op_wake_inputs(op);
        weir_op_at_rest(op);
    }
    for (struct weir_connection *c = job->sink.connections; c; c = c->next)
        weir_connection_wake(c);
    for (struct weir_inbox *i = job->downlink ? weir_downlink_next(job->downlink, NULL) : NULL; i;
         i = weir_downlink_next(job->downlink, i))
        for (struct weir_connection *c = i->connections; c; c = c->next)
            weir_connection_wake(c);
}

/* Of an instance or a worker of it, which is a part of the whole. */
static void flush(struct weir_instance *whole, struct weir_instance *part, double now_s, double spent_s[])
{
    double share = 1.0 / (double)whole->op->spec->concurrency;
    if (whole->life != WEIR_GONE && whole->life != WEIR_STARTING) /* the clock of one gone stands */
        weir_spent_set(&part->spent, part->spent.doing, now_s);
    whole->busy_s += part->spent.spent_s[WEIR_BUSY] * share;
    for (int d = 0; d < WEIR_DOINGS; d++) {
        spent_s[d] += part->spent.spent_s[d] * share;
        whole->spent_s += part->spent.spent_s[d] * share;
        part->spent.spent_s[d] = 0;
    }
}

void weir_op_flush(struct weir_op *op, double now_s)
{
    weir_op_queue_changed(op, 0, now_s);
    double spent_s[WEIR_DOINGS] = {0};
    for (size_t i = 0; i < op->instance_count; i++) {
        struct weir_instance *instance = op->instances[i];
        flush(instance, instance, now_s, spent_s);
        for (long w = 0; instance->workers && w < op->spec->concurrency - 1; w++)
            flush(instance, instance->workers[w], now_s, spent_s);
    }
    op->counts.idle_s += spent_s[WEIR_IDLE];
    op->counts.busy_s += spent_s[WEIR_BUSY];
    op->counts.blocked_time_s += spent_s[WEIR_BLOCKED];
    op->counts.instance_s += spent_s[WEIR_IDLE] + spent_s[WEIR_BUSY] + spent_s[WEIR_BLOCKED];
}

double weir_sources_blocked_s(const struct weir_run_job *job)
{
    double sum_s = 0;
    for (int s = 0; s < job->source_count; s++) {
        const struct weir_source *source = weir_source_at(job, s);
        sum_s += source->spent.spent_s[WEIR_BLOCKED] - source->at_window.spent_s[WEIR_BLOCKED];
    }
    return sum_s;
}

uint64_t weir_op_pending(const struct weir_op *op)
{
    return weir_join_pending(op->join);
}

void weir_flow_links_changed(struct weir_flow *flow)
{
    for (size_t c = 0; c < flow->connection_count; c++)
        if (flow->connections[c]->senders.first)
            weir_connection_next(flow->connections[c]);
}
