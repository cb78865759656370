#include "sim/engine/flow/barrier.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/connection.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/send.h"

static struct weir_clock *clock_of(const struct weir_barrier *barrier)
{
    return barrier->job->flow->clock;
}

/* The one that it is to pass next; NULL: none is under way. */
static struct weir_barrier *next_of(const struct weir_instance *instance)
{
    struct weir_barrier *barrier = instance->op->job->segments->barriers;
    while (barrier && barrier->segment <= instance->passed)
        barrier = barrier->next;
    return barrier;
}

static bool takes_part(const struct weir_instance *instance)
{
    return (instance->life == WEIR_ACTIVE || instance->life == WEIR_RETIRING) && !instance->left;
}

/* When what left one host at a date has come to another, if nothing is before it. */
static double there_s(const struct weir_barrier *barrier, int from, int to, double date_s)
{
    struct weir_shares *shares = barrier->job->flow->shares;
    return from == to ? date_s : date_s + weir_route(shares, weir_route_find(shares, from, to))->latency_s;
}

/* When it has come from the source that sends along an input edge; infinity: it has not passed it. */
static double comes_from_source_s(const struct weir_barrier *barrier, const struct weir_op *op, int edge, int host)
{
    double date_s = -INFINITY;
    for (int s = 0; s < barrier->job->source_count; s++) {
        const struct weir_source *source = weir_source_at(barrier->job, s);
        for (int e = 0; e < source->out_count; e++)
            if (source->out[e].to == op && source->out[e].to_edge == edge)
                date_s = fmax(date_s, there_s(barrier, weir_source_host(source), host, barrier->passed_s[s]));
    }
    return date_s;
}

/* When it has come from all instances of an operator; infinity: not all have passed it. */
static double comes_from_s(const struct weir_barrier *barrier, int from, int host)
{
    const struct weir_run_job *job = barrier->job;
    double date_s = -INFINITY;
    for (size_t i = 0; i < job->ops[from].instance_count; i++) {
        const struct weir_instance *instance = job->ops[from].instances[i];
        if (!takes_part(instance))
            continue;
        if (instance->passed < barrier->segment)
            return INFINITY;
        date_s = fmax(date_s, there_s(barrier, instance->host, host, instance->passed_s));
    }
    return date_s;
}

/* When it has come to the instance from all who send to it. */
static double comes_s(const struct weir_barrier *barrier, const struct weir_instance *instance)
{
    double date_s = -INFINITY;
    for (int e = 0; e < instance->op->in_edges; e++) {
        int from = instance->op->upstream[e];
        date_s = fmax(date_s, from < 0 ? comes_from_source_s(barrier, instance->op, e, instance->host)
                                       : comes_from_s(barrier, from, instance->host));
    }
    return date_s;
}

static bool any_before(const struct weir_landing *landing, unsigned segment)
{
    for (; landing; landing = landing->next)
        if (landing->batch->segment < segment)
            return true;
    return false;
}

/* Whether something before the barrier is on its way to an inbox. */
static bool awaits(const struct weir_inbox *inbox, unsigned segment)
{
    for (const struct weir_connection *c = inbox->connections; c; c = c->next)
        if (any_before(c->first, segment) || any_before(c->door_first, segment))
            return true;
    return false;
}

/* When the sink has it: infinity: something is before it, or somebody has not passed it. */
static double sink_has_it_s(const struct weir_barrier *barrier)
{
    const struct weir_run_job *job = barrier->job;
    double date_s = -INFINITY;
    for (int o = 0; o < job->spec->operator_count; o++)
        for (int e = 0; e < job->ops[o].out_count; e++)
            if (!job->ops[o].out[e].to)
                for (size_t i = 0; i < job->ops[o].instance_count; i++) {
                    const struct weir_instance *instance = job->ops[o].instances[i];
                    if (takes_part(instance) && instance->passed < barrier->segment)
                        return INFINITY;
                    int to = job->sink.host < 0 ? instance->host : job->sink.host;
                    if (takes_part(instance))
                        date_s = fmax(date_s, there_s(barrier, instance->host, to, instance->passed_s));
                }
    return !barrier->unaligned && awaits(&job->sink, barrier->segment) ? INFINITY : date_s;
}

static bool lets_go(const struct weir_source *source, const struct weir_barrier *barrier)
{
    const struct weir_sender *sender = &source->sender;
    const struct weir_batch *held = sender->pieces ? sender->pieces : sender->batch;
    return barrier->unaligned || !weir_sender_busy(sender) || held->segment >= barrier->segment;
}

/* Sources let it go; true if all have. */
static bool sources_pass(struct weir_barrier *barrier)
{
    bool all = true;
    for (int s = 0; s < barrier->job->source_count; s++) {
        if (!isfinite(barrier->passed_s[s]) && lets_go(weir_source_at(barrier->job, s), barrier))
            barrier->passed_s[s] = clock_of(barrier)->now_s;
        all &= isfinite(barrier->passed_s[s]);
    }
    return all;
}

/* Instances that have it from all their senders look whether they can pass it; true if all have passed it. */
static bool look_at(struct weir_barrier *barrier, double *next_s)
{
    const struct weir_run_job *job = barrier->job;
    struct weir_clock *clock = clock_of(barrier);
    bool all = true;
    for (int o = 0; o < job->spec->operator_count; o++)
        for (size_t i = 0; i < job->ops[o].instance_count; i++) {
            struct weir_instance *instance = job->ops[o].instances[i];
            if (!takes_part(instance) || instance->passed >= barrier->segment)
                continue;
            all = false;
            double date_s = comes_s(barrier, instance);
            if (date_s > clock->now_s) {
                *next_s = fmin(*next_s, date_s);
                continue;
            }
            if (barrier->unaligned)
                instance->heeds |= WEIR_HEEDS_BARRIER;
            weir_soon(clock, &instance->go);
        }
    return all;
}

static void look(struct weir_soon *soon)
{
    struct weir_barrier *barrier = WEIR_RECORD(soon, struct weir_barrier, look);
    struct weir_clock *clock = clock_of(barrier);
    double next_s = INFINITY;
    bool all = sources_pass(barrier);
    if (look_at(barrier, &next_s)) {
        next_s = sink_has_it_s(barrier);
        if (next_s <= clock->now_s && all) {
            barrier->through(barrier);
            return;
        }
    }
    bool was_set = weir_alarm_is_set(&barrier->way);
    weir_alarm_set(clock, &barrier->way, next_s);
    if (weir_alarm_is_set(&barrier->way) != was_set)
        (was_set ? weir_watch_end : weir_watch_begin)(&barrier->job->watch);
}

static void has_come(struct weir_alarm *alarm)
{
    struct weir_barrier *barrier = WEIR_RECORD(alarm, struct weir_barrier, way);
    weir_watch_end(&barrier->job->watch);
    weir_soon(clock_of(barrier), &barrier->look);
}

void weir_barriers_look(struct weir_run_job *job)
{
    for (struct weir_barrier *barrier = job->segments->barriers; barrier; barrier = barrier->next)
        weir_soon(job->flow->clock, &barrier->look);
}

void weir_barrier_begin(struct weir_barrier *barrier, struct weir_run_job *job)
{
    struct weir_barrier **end = &job->segments->barriers;
    weir_segments_begin(job->segments);
    barrier->job = job;
    barrier->next = NULL;
    barrier->passed_s = weir_alloc((size_t)job->source_count, sizeof *barrier->passed_s);
    for (int s = 0; s < job->source_count; s++)
        barrier->passed_s[s] = INFINITY;
    barrier->segment = weir_segments_present(job->segments);
    barrier->look.ring = look;
    barrier->way.ring = has_come;
    while (*end)
        end = &(*end)->next;
    *end = barrier;
    weir_soon(clock_of(barrier), &barrier->look);
}

void weir_barrier_end(struct weir_barrier *barrier)
{
    struct weir_run_job *job = barrier->job;
    if (!job)
        return;
    struct weir_barrier **link = &job->segments->barriers;
    while (*link && *link != barrier)
        link = &(*link)->next;
    if (*link)
        *link = barrier->next;
    if (weir_alarm_is_set(&barrier->way))
        weir_watch_end(&job->watch);
    weir_alarm_stop(clock_of(barrier), &barrier->way);
    weir_soon_drop(clock_of(barrier), &barrier->look);
    for (int o = 0; o < job->spec->operator_count && !barrier->unaligned; o++)
        for (size_t i = 0; i < job->ops[o].instance_count; i++)
            if (job->ops[o].instances[i]->inbox && job->ops[o].instances[i]->inbox->aside_first)
                weir_soon(clock_of(barrier), &job->ops[o].instances[i]->go);
    free(barrier->passed_s);
    barrier->passed_s = NULL;
    barrier->job = NULL;
}

void weir_inbox_put_back(struct weir_inbox *inbox)
{
    if (!inbox->aside_first)
        return;
    inbox->aside_last->next = inbox->first;
    if (!inbox->first)
        inbox->last = inbox->aside_last;
    inbox->first = inbox->aside_first;
    inbox->aside_first = inbox->aside_last = NULL;
    inbox->watched = inbox->cuts;
}

/* The first that waits is behind the barrier. */
static void set_aside(struct weir_inbox *inbox)
{
    struct weir_batch *batch = weir_inbox_pop(inbox);
    batch->next = NULL;
    if (inbox->aside_first) {
        inbox->aside_last = inbox->aside_last->next = batch;
        return;
    }
    inbox->aside_first = inbox->aside_last = batch;
    inbox->watched = true;
    inbox->aside_s = inbox->job->flow->clock->now_s;
    weir_op_wake_inputs(inbox->op); /* what is before the barrier needs no room any more */
}

static void pass(struct weir_barrier *barrier, struct weir_instance *instance, double in_flight_bytes, bool waits)
{
    struct weir_clock *clock = clock_of(barrier);
    double stall_s = waits ? instance->op->job->flow->scenario->recovery.checkpoint_s : 0;
    instance->passed = barrier->segment;
    instance->passed_s = clock->now_s;
    barrier->passes(barrier, instance, in_flight_bytes);
    if (weir_op_is_stateful(instance->op) && stall_s > 0) {
        instance->stall_s += stall_s;
        instance->passed_s += instance->stall_s;
        weir_soon(clock, &instance->go);
    }
    weir_soon(clock, &barrier->look);
}

bool weir_barrier_lets_take(struct weir_instance *instance)
{
    struct weir_inbox *inbox = instance->inbox;
    for (struct weir_barrier *barrier; (barrier = next_of(instance)) && !barrier->unaligned;) {
        while (inbox->first && inbox->first->segment >= barrier->segment)
            set_aside(inbox);
        if (inbox->first)
            return true;
        if (!(comes_s(barrier, instance) <= clock_of(barrier)->now_s) || awaits(inbox, barrier->segment))
            return false;
        if (inbox->aside_first)
            barrier->held_s = fmax(barrier->held_s, clock_of(barrier)->now_s - inbox->aside_s);
        weir_inbox_put_back(inbox);
        pass(barrier, instance, 0, inbox->first);
        if (instance->stall_s > 0)
            return false;
    }
    weir_inbox_put_back(inbox);
    return true;
}

/* Bytes of what waits in its input or is on its way there, an equal part for each instance that shares it, and of what
 * it holds itself. */
static double in_flight_bytes(const struct weir_instance *instance)
{
    const struct weir_inbox *inbox = instance->inbox;
    double bytes = 0, held = 0;
    for (int e = 0; e < instance->op->in_edges; e++)
        bytes += (double)inbox->room[e].used * instance->op->upstream_bytes[e];
    for (const struct weir_connection *c = inbox->connections; c; c = c->next) {
        for (const struct weir_landing *l = c->first; l; l = l->next)
            bytes += l->batch->count * l->batch->item_bytes;
        for (const struct weir_landing *l = c->door_first; l; l = l->next)
            bytes += l->batch->count * l->batch->item_bytes;
    }
    for (const struct weir_batch *piece = instance->sender.pieces; piece; piece = piece->next)
        held += piece->count * piece->item_bytes;
    return bytes / inbox->instances + held;
}

void weir_barrier_heed(struct weir_instance *instance)
{
    struct weir_barrier *barrier;
    if (instance->batch || instance->stalled || instance->left)
        return; /* it looks again afterwards */
    instance->heeds &= (unsigned char)~WEIR_HEEDS_BARRIER;
    while ((barrier = next_of(instance)) && barrier->unaligned &&
           comes_s(barrier, instance) <= clock_of(barrier)->now_s)
        pass(barrier, instance, in_flight_bytes(instance), instance->inbox->first);
}

bool weir_barrier_is_before(const struct weir_inbox *inbox, const struct weir_batch *batch)
{
    const struct weir_barrier *last = inbox->job->segments->barriers;
    while (last && last->next)
        last = last->next;
    return last && batch->segment < last->segment;
}
