#include "sim/engine/flow/source.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/barrier.h"
#include "sim/engine/flow/eventtime.h"
#include "sim/engine/flow/kinds.h"
#include "sim/engine/flow/mobile.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/send.h"
#include "sim/engine/flow/uplink.h"

/* Batches stay well below what the inputs hold, lest a full input moves in lumps. */
#define BATCHES_AN_INPUT 4

static struct weir_arrival *backlog_at(const struct weir_source *source, size_t i)
{
    return &source->backlog[(source->backlog_first + i) & (source->backlog_size - 1)];
}

static void pop(struct weir_source *source)
{
    source->backlog_first = (source->backlog_first + 1) & (source->backlog_size - 1);
    source->backlog_count--;
}

static void enlarge(struct weir_source *source)
{
    size_t size = source->backlog_size ? 2 * source->backlog_size : 64;
    struct weir_arrival *ring = weir_alloc(size, sizeof *ring);
    for (size_t i = 0; i < source->backlog_count; i++)
        ring[i] = *backlog_at(source, i);
    free(source->backlog);
    source->backlog = ring;
    source->backlog_size = size;
    source->backlog_first = 0;
}

/* The arrival after the last one. None comes once the job has left, or the run is over: what would come at its very end
 * belongs to the time after it. */
static void generate(struct weir_source *source)
{
    const struct weir_run_job *job = source->job;
    double next_s = job->spec->arrive_s + weir_arrivals_next(&source->arrivals);
    bool comes = next_s < job->spec->depart_s && next_s < job->flow->scenario->duration_s;
    source->next_arrival_s = comes ? next_s : INFINITY;
}

/* Moves the arrival that is due next into the backlog and finds the one after it. */
static void push(struct weir_source *source)
{
    struct weir_run_job *job = source->job;
    if (source->backlog_count == source->backlog_size)
        enlarge(source);
    double time_s = source->next_arrival_s;
    uint64_t bits;
    memcpy(&bits, &time_s, sizeof bits);
    source->arrivals_hash = (source->arrivals_hash ^ bits) * 0x100000001b3ULL;
    source->arrivals_hash ^= source->arrivals_hash >> 29;
    uint64_t id = source->generated++ | (uint64_t)source->index << WEIR_SOURCE_SHIFT;
    if (job->kinds)
        id = weir_kinds_draw(job, id);
    weir_due_arrives(job, id, time_s);
    *backlog_at(source, source->backlog_count++) = (struct weir_arrival){time_s, id};
    generate(source);
}

static int source_of(uint64_t id)
{
    return (int)(id >> WEIR_SOURCE_SHIFT & 0xff);
}

/* Puts back what was sent of one source. */
static void unsend(struct weir_source *source, const struct weir_arrival *arrivals, size_t count)
{
    bool only = source->job->source_count == 1;
    for (size_t i = count; i-- > 0;) {
        if (!only && source_of(arrivals[i].id) != source->index)
            continue;
        if (source->backlog_count == source->backlog_size)
            enlarge(source);
        source->backlog_first = (source->backlog_first - 1) & (source->backlog_size - 1);
        source->backlog_count++;
        *backlog_at(source, 0) = arrivals[i];
        source->counts.replayed++;
        source->done = false;
    }
}

void weir_source_unsend(struct weir_run_job *job, const struct weir_arrival *arrivals, size_t count)
{
    for (int s = 0; s < job->source_count; s++)
        unsend(weir_source_at(job, s), arrivals, count);
}

double weir_source_next_s(const struct weir_run_job *job)
{
    double next_s = INFINITY;
    for (int s = 0; s < job->source_count; s++) {
        const struct weir_source *source = weir_source_at(job, s);
        next_s = fmin(next_s, source->backlog_count ? backlog_at(source, 0)->time_s : source->next_arrival_s);
    }
    return next_s;
}

uint64_t weir_source_waiting_at(const struct weir_source *source, double now_s)
{
    size_t low = 0, high = source->backlog_count; /* those before low have arrived, those from high on have not */
    if (!high || backlog_at(source, high - 1)->time_s <= now_s)
        return high;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (backlog_at(source, middle)->time_s > now_s)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

uint64_t weir_source_waiting(const struct weir_run_job *job, double now_s)
{
    uint64_t waiting = weir_source_waiting_at(&job->source, now_s);
    for (int s = 1; s < job->source_count; s++)
        waiting += weir_source_waiting_at(weir_source_at(job, s), now_s);
    return waiting;
}

static void drop(struct weir_source *source, size_t count)
{
    source->counts.dropped_at_source += count;
    source->job->counts.dropped_at_source += count;
    source->job->counts.dropped += count;
}

static void arrive(struct weir_source *source)
{
    struct weir_run_job *job = source->job;
    long capacity = source->spec ? source->spec->backlog_capacity : job->spec->backlog_capacity;
    int when_full = source->spec ? source->spec->backlog_full : job->spec->backlog_full;
    bool full = capacity > 0 && source->backlog_count >= (size_t)capacity;
    if (full && when_full == WEIR_BACKLOG_LATEST) {
        drop(source, source->backlog_count);
        source->backlog_count = 0;
    } else if (full) {
        drop(source, 1);
    }
    if (full && when_full == WEIR_BACKLOG_DROP_OLD)
        pop(source);
    push(source);
    if (full && when_full == WEIR_BACKLOG_DROP_NEW)
        source->backlog_count--;
}

static void refill(struct weir_source *source, double now_s)
{
    while (source->next_arrival_s <= now_s)
        arrive(source);
}

/* What has arrived at all sources, as far as they are brought up to date. */
static void count_arrived(struct weir_run_job *job, double now_s)
{
    uint64_t arrived = 0;
    for (int s = 0; s < job->source_count; s++) {
        struct weir_source *source = weir_source_at(job, s);
        source->counts.arrived = source->generated - (source->backlog_count - weir_source_waiting_at(source, now_s));
        arrived += source->counts.arrived;
    }
    job->counts.arrived = arrived;
}

void weir_source_refill(struct weir_run_job *job, double now_s)
{
    for (int s = 0; s < job->source_count; s++)
        refill(weir_source_at(job, s), now_s);
    count_arrived(job, now_s);
}

/* Items of the next batch: those that arrive within the span of the first, also in the near future. */
static int next_batch(struct weir_source *source)
{
    struct weir_run_job *job = source->job;
    if (job->batch_limit == 1)
        return 1;
    const struct weir_scenario *scenario = job->flow->scenario;
    double until_s = scenario->items_per_batch > 0 ? INFINITY : backlog_at(source, 0)->time_s + scenario->batch_span_s;
    while (source->backlog_count < (size_t)job->batch_limit && source->next_arrival_s <= until_s &&
           source->next_arrival_s < INFINITY)
        push(source);
    int count = 1;
    while (count < job->batch_limit && (size_t)count < source->backlog_count &&
           backlog_at(source, (size_t)count)->time_s <= until_s)
        count++;
    return count;
}

/* Takes the batch out of the backlog and sends it. True if all of it is sent. */
static bool emit(struct weir_source *source, int count)
{
    struct weir_run_job *job = source->job;
    struct weir_flow *flow = job->flow;
    struct weir_batch *batch = weir_batch_new(&flow->pool, count);
    weir_batch_tag(batch, job->segments, weir_segments_present(job->segments));
    /* While the job recovers nothing leaves. */
    bool now = flow->one_by_one || (job->segments && job->segments->recovering);
    double free_s = now ? flow->clock->now_s : source->free_s;
    for (int i = 0; i < count; i++) {
        const struct weir_arrival *arrival = backlog_at(source, 0);
        double at = arrival->time_s > free_s ? arrival->time_s : free_s;
        batch->items[i].id = arrival->id;
        batch->items[i].path = source->path;
        batch->items[i].birth = arrival->time_s;
        batch->items[i].at = free_s = at;
        batch->items[i].waiting = batch->items[i].service = batch->items[i].network = 0;
        batch->items[i].blocked = at - arrival->time_s;
        if (job->segments)
            weir_segments_log(job->segments, arrival);
        pop(source);
    }
    batch->count = count;
    if (source->uplink)
        weir_uplink_sends(source->uplink, &batch->items[0]); /* they go one by one */
    job->counts.emitted += (uint64_t)count;
    source->counts.emitted += (uint64_t)count;
    source->free_s = free_s;
    return weir_send(&source->sender, batch);
}

/* Nothing of it goes, and what it sent last has gone on: to an operator, which tells when that is done. */
static void hold_back(struct weir_source *source)
{
    if (weir_sender_busy(&source->sender))
        return;
    weir_spent_set(&source->spent, WEIR_BLOCKED, source->job->flow->clock->now_s);
}

/* The first item of the backlog does not come to its access point. */
static void lose(struct weir_source *source)
{
    drop(source, 1);
    source->mobile->lost_items += source->job->flow->books->warm;
    source->uplink->known = false;
    pop(source);
}

/* Whether it waits for the next arrival. */
static bool waits(struct weir_source *source)
{
    struct weir_run_job *job = source->job;
    if (source->backlog_count)
        return false;
    source->done = !(source->next_arrival_s < INFINITY);
    if (source->done && job->any_windows)
        weir_eventtime_look(job);
    weir_alarm_set(job->flow->clock, &source->alarm, source->next_arrival_s);
    return true;
}

void weir_source_go(struct weir_source *source)
{
    struct weir_run_job *job = source->job;
    struct weir_clock *clock = job->flow->clock;
    if (job->halts) {
        hold_back(source);
        return;
    }
    while (!weir_sender_busy(&source->sender) && !clock->over) {
        refill(source, clock->now_s);
        count_arrived(job, clock->now_s);
        if (waits(source))
            return;
        int count = next_batch(source);
        double last_s = source->uplink ? weir_uplink_ready_s(source->uplink, backlog_at(source, 0))
                                       : backlog_at(source, (size_t)count - 1)->time_s;
        if (last_s > clock->now_s) {
            weir_alarm_set(clock, &source->alarm, last_s);
            return;
        }
        if (source->uplink && source->uplink->lost)
            lose(source);
        else if (!emit(source, count))
            return;
        if (source->spent.doing != WEIR_IDLE)
            weir_spent_set(&source->spent, WEIR_IDLE, clock->now_s);
    }
}

static void source_rings(struct weir_alarm *alarm)
{
    weir_source_go(WEIR_RECORD(alarm, struct weir_source, alarm));
}

static void source_goes(struct weir_soon *soon)
{
    weir_source_go(WEIR_RECORD(soon, struct weir_source, go));
}

static void source_has_sent(struct weir_sender *sender, double blocked_s)
{
    struct weir_source *source = WEIR_RECORD(sender, struct weir_source, sender);
    source->free_s += blocked_s;
    if (source->job->segments)
        weir_barriers_look(source->job);
    weir_spent_set(&source->spent, WEIR_IDLE, source->job->flow->clock->now_s);
    weir_source_go(source);
}

void weir_source_scale(struct weir_run_job *job, double factor)
{
    job->load_factor = factor;
    for (int s = 0; job->life != WEIR_JOB_WAITING && s < job->source_count; s++)
        weir_arrivals_scale(&weir_source_at(job, s)->arrivals, factor);
}

static void limit_batches(struct weir_run_job *job)
{
    const struct weir_scenario *scenario = job->flow->scenario;
    long limit = scenario->items_per_batch > 0 ? scenario->items_per_batch : INT_MAX / 2;
    for (int o = 0; o < job->spec->operator_count; o++) {
        for (int e = 0; e < job->ops[o].in_edges && scenario->items_per_batch <= 0; e++) {
            long share = weir_operator_capacity(job->ops[o].spec, job->ops[o].upstream_bytes[e]) / BATCHES_AN_INPUT;
            if (share < limit)
                limit = share > 1 ? share : 1;
        }
    }
    job->batch_limit = (int)limit;
}

static void start(struct weir_source *source)
{
    struct weir_run_job *job = source->job;
    struct weir_flow *flow = job->flow;
    char *stream = source->spec ? weir_format("arrivals/%s/%s", job->spec->name, source->spec->name)
                                : weir_format("arrivals/%s", job->spec->name);
    source->arrivals = weir_arrivals_open(source->spec ? source->spec->load : job->spec->load, flow->seed, stream);
    free(stream);
    weir_arrivals_scale(&source->arrivals, job->load_factor);
    generate(source);
    source->arrivals_hash = 0xcbf29ce484222325ULL;
    source->alarm.ring = source_rings;
    source->go.ring = source_goes;
    source->spent = (struct weir_spent){.since_s = flow->clock->now_s};
    weir_trace_spent(flow->books, &source->spent, weir_source_host(source), job->spec->name, NULL, source->index,
                     flow->clock->now_s);
    weir_sender_init(&source->sender, job, source->out, source->out_count, weir_source_host(source), &source->spent,
                     source_has_sent);
    weir_soon(flow->clock, &source->go);
    if (source->mobile)
        weir_mobile_start(source->mobile);
}

void weir_source_start(struct weir_run_job *job)
{
    limit_batches(job);
    for (int s = 0; s < job->source_count; s++)
        start(weir_source_at(job, s));
    if (job->sink_mobile && !job->sink_mobile->source)
        weir_mobile_start(job->sink_mobile);
}

void weir_job_recovered(struct weir_run_job *job)
{
    double now_s = job->flow->clock->now_s;
    for (int s = 0; s < job->source_count; s++) {
        struct weir_source *source = weir_source_at(job, s);
        source->free_s = fmax(source->free_s, now_s);
        source->sender.begun_s = now_s; /* what held it up until now is in that */
        if (source->uplink)
            weir_uplink_recovered(source->uplink);
    }
    weir_job_wake_all(job);
    weir_sources_go(job);
}
