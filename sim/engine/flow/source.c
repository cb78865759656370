#include "sim/engine/flow/source.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/kinds.h"
#include "sim/engine/flow/mobile.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/send.h"

/* Batches stay well below what the inputs hold, lest a full input moves in lumps. */
#define BATCHES_AN_INPUT 4

static struct weir_arrival *backlog_at(const struct weir_run_job *job, size_t i)
{
    return &job->backlog[(job->backlog_first + i) & (job->backlog_size - 1)];
}

static void pop(struct weir_run_job *job)
{
    job->backlog_first = (job->backlog_first + 1) & (job->backlog_size - 1);
    job->backlog_count--;
}

static void enlarge(struct weir_run_job *job)
{
    size_t size = job->backlog_size ? 2 * job->backlog_size : 64;
    struct weir_arrival *ring = weir_alloc(size, sizeof *ring);
    for (size_t i = 0; i < job->backlog_count; i++)
        ring[i] = *backlog_at(job, i);
    free(job->backlog);
    job->backlog = ring;
    job->backlog_size = size;
    job->backlog_first = 0;
}

/* The arrival after the last one. None comes once the job has left, or the run is over: what would come at its very end
 * belongs to the time after it. */
static void generate(struct weir_run_job *job)
{
    double next_s = job->spec->arrive_s + weir_arrivals_next(&job->arrivals);
    bool comes = next_s < job->spec->depart_s && next_s < job->flow->scenario->duration_s;
    job->next_arrival_s = comes ? next_s : INFINITY;
}

/* Moves the arrival that is due next into the backlog and finds the one after it. */
static void push(struct weir_run_job *job)
{
    if (job->backlog_count == job->backlog_size)
        enlarge(job);
    double time_s = job->next_arrival_s;
    uint64_t bits;
    memcpy(&bits, &time_s, sizeof bits);
    job->arrivals_hash = (job->arrivals_hash ^ bits) * 0x100000001b3ULL;
    job->arrivals_hash ^= job->arrivals_hash >> 29;
    uint64_t id = job->generated++;
    if (job->kinds)
        id = weir_kinds_draw(job, id);
    weir_due_arrives(job, id, time_s);
    *backlog_at(job, job->backlog_count++) = (struct weir_arrival){time_s, id};
    generate(job);
}

void weir_source_unsend(struct weir_run_job *job, const struct weir_arrival *arrivals, size_t count)
{
    while (job->backlog_count + count > job->backlog_size)
        enlarge(job);
    job->backlog_first = (job->backlog_first - count) & (job->backlog_size - 1);
    job->backlog_count += count;
    for (size_t i = 0; i < count; i++)
        *backlog_at(job, i) = arrivals[i];
    if (count)
        job->source_done = false;
}

double weir_source_next_s(const struct weir_run_job *job)
{
    return job->backlog_count ? backlog_at(job, 0)->time_s : job->next_arrival_s;
}

uint64_t weir_source_waiting(const struct weir_run_job *job, double now_s)
{
    size_t low = 0, high = job->backlog_count; /* those before low have arrived, those from high on have not */
    if (!high || backlog_at(job, high - 1)->time_s <= now_s)
        return high;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (backlog_at(job, middle)->time_s > now_s)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void drop(struct weir_run_job *job, size_t count)
{
    job->counts.dropped_at_source += count;
    job->counts.dropped += count;
}

static void arrive(struct weir_run_job *job)
{
    long capacity = job->spec->backlog_capacity;
    bool full = capacity > 0 && job->backlog_count >= (size_t)capacity;
    if (full && job->spec->backlog_full == WEIR_BACKLOG_LATEST) {
        drop(job, job->backlog_count);
        job->backlog_count = 0;
    } else if (full) {
        drop(job, 1);
    }
    if (full && job->spec->backlog_full == WEIR_BACKLOG_DROP_OLD)
        pop(job);
    push(job);
    if (full && job->spec->backlog_full == WEIR_BACKLOG_DROP_NEW)
        job->backlog_count--;
}

void weir_source_refill(struct weir_run_job *job, double now_s)
{
    while (job->next_arrival_s <= now_s)
        arrive(job);
    uint64_t waiting = weir_source_waiting(job, now_s);
    job->counts.arrived = job->generated - (job->backlog_count - waiting);
}

/* Items of the next batch: those that arrive within the span of the first, also in the near future. */
static int next_batch(struct weir_run_job *job)
{
    if (job->batch_limit == 1)
        return 1;
    const struct weir_scenario *scenario = job->flow->scenario;
    double until_s = scenario->items_per_batch > 0 ? INFINITY : backlog_at(job, 0)->time_s + scenario->batch_span_s;
    while (job->backlog_count < (size_t)job->batch_limit && job->next_arrival_s <= until_s &&
           job->next_arrival_s < INFINITY)
        push(job);
    int count = 1;
    while (count < job->batch_limit && (size_t)count < job->backlog_count &&
           backlog_at(job, (size_t)count)->time_s <= until_s)
        count++;
    return count;
}

/* Takes the batch out of the backlog and sends it. True if all of it is sent. */
static bool emit(struct weir_run_job *job, int count)
{
    struct weir_flow *flow = job->flow;
    struct weir_batch *batch = weir_batch_new(&flow->pool, count);
    weir_batch_tag(batch, job->segments, weir_segments_present(job->segments));
    double free_s = flow->one_by_one ? flow->clock->now_s : job->source_free_s;
    for (int i = 0; i < count; i++) {
        const struct weir_arrival *arrival = backlog_at(job, 0);
        double at = arrival->time_s > free_s ? arrival->time_s : free_s;
        batch->items[i].id = arrival->id;
        batch->items[i].path = 0;
        batch->items[i].birth = arrival->time_s;
        batch->items[i].at = free_s = at;
        batch->items[i].waiting = batch->items[i].service = batch->items[i].network = 0;
        batch->items[i].blocked = at - arrival->time_s;
        if (job->segments)
            weir_segments_log(job->segments, arrival);
        pop(job);
    }
    if (job->mobile)
        weir_mobile_sends(job->mobile, &batch->items[0]); /* they go one by one */
    batch->count = count;
    job->counts.emitted += (uint64_t)count;
    job->source_free_s = free_s;
    return weir_send(&job->source_sender, batch);
}

/* Nothing of it goes, and what it sent last has gone on. */
static void hold_back(struct weir_run_job *job)
{
    if (weir_sender_busy(&job->source_sender))
        return;
    weir_spent_set(&job->source_spent, WEIR_BLOCKED, job->flow->clock->now_s);
    weir_op_at_rest(&job->ops[0]);
}

/* The first item of the backlog does not come to its access point. */
static void lose(struct weir_run_job *job)
{
    job->counts.dropped_at_source++;
    job->counts.dropped++;
    job->mobile->lost_items += job->flow->books->warm;
    job->mobile->known = false;
    pop(job);
}

void weir_source_go(struct weir_run_job *job)
{
    struct weir_clock *clock = job->flow->clock;
    if (job->halts) {
        hold_back(job);
        return;
    }
    while (!weir_sender_busy(&job->source_sender) && !clock->over) {
        weir_source_refill(job, clock->now_s);
        if (!job->backlog_count) {
            job->source_done = !(job->next_arrival_s < INFINITY);
            weir_alarm_set(clock, &job->source_alarm, job->next_arrival_s);
            return;
        }
        int count = next_batch(job);
        double last_s = job->mobile ? weir_mobile_ready_s(job->mobile, backlog_at(job, 0))
                                    : backlog_at(job, (size_t)count - 1)->time_s;
        if (last_s > clock->now_s) {
            weir_alarm_set(clock, &job->source_alarm, last_s);
            return;
        }
        if (job->mobile && job->mobile->lost)
            lose(job);
        else if (!emit(job, count))
            return;
        if (job->source_spent.doing != WEIR_IDLE)
            weir_spent_set(&job->source_spent, WEIR_IDLE, clock->now_s);
    }
}

static void source_rings(struct weir_alarm *alarm)
{
    weir_source_go(WEIR_RECORD(alarm, struct weir_run_job, source_alarm));
}

static void source_goes(struct weir_soon *soon)
{
    weir_source_go(WEIR_RECORD(soon, struct weir_run_job, source_go));
}

static void source_has_sent(struct weir_sender *sender, double blocked_s)
{
    struct weir_run_job *job = WEIR_RECORD(sender, struct weir_run_job, source_sender);
    job->source_free_s += blocked_s;
    weir_spent_set(&job->source_spent, WEIR_IDLE, job->flow->clock->now_s);
    weir_source_go(job);
}

void weir_source_scale(struct weir_run_job *job, double factor)
{
    job->load_factor = factor;
    if (job->life != WEIR_JOB_WAITING)
        weir_arrivals_scale(&job->arrivals, factor);
}

void weir_source_start(struct weir_run_job *job)
{
    struct weir_flow *flow = job->flow;
    const struct weir_scenario *scenario = flow->scenario;
    char *stream = weir_format("arrivals/%s", job->spec->name);
    job->arrivals = weir_arrivals_open(job->spec->load, flow->seed, stream);
    free(stream);
    weir_arrivals_scale(&job->arrivals, job->load_factor);
    generate(job);
    job->arrivals_hash = 0xcbf29ce484222325ULL;
    long limit = scenario->items_per_batch > 0 ? scenario->items_per_batch : INT_MAX / 2;
    for (int o = 0; o < job->spec->operator_count; o++) {
        for (int e = 0; e < job->ops[o].in_edges && scenario->items_per_batch <= 0; e++) {
            long share = weir_operator_capacity(job->ops[o].spec, job->ops[o].upstream_bytes[e]) / BATCHES_AN_INPUT;
            if (share < limit)
                limit = share > 1 ? share : 1;
        }
    }
    job->batch_limit = (int)limit;
    job->source_alarm.ring = source_rings;
    job->source_go.ring = source_goes;
    job->source_spent = (struct weir_spent){.since_s = flow->clock->now_s};
    weir_trace_spent(flow->books, &job->source_spent, job->source_host, job->spec->name, NULL, 0, flow->clock->now_s);
    weir_sender_init(&job->source_sender, job, job->source_out, job->source_out_count, job->source_host,
                     &job->source_spent, source_has_sent);
    if (job->mobile)
        weir_mobile_start(job->mobile);
    weir_soon(flow->clock, &job->source_go);
}

void weir_job_recovered(struct weir_run_job *job)
{
    job->source_free_s = fmax(job->source_free_s, job->flow->clock->now_s);
    if (job->mobile)
        weir_mobile_recovered(job->mobile);
    weir_job_wake_all(job);
    weir_soon(job->flow->clock, &job->source_go);
}
