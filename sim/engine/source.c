/* The source of a job: an actor that lets items in as they arrive. What cannot be sent on waits in the backlog, as in a
 * broker; a batch leaves when its last item has arrived. */
#include <limits.h>
#include <math.h>
#include <simgrid/actor.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/engine/parts.h"

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

/* Moves the arrival that is due next into the backlog and finds the one after it. */
static void push(struct weir_run_job *job)
{
    if (job->backlog_count == job->backlog_size)
        enlarge(job);
    double time_s = job->next_arrival_s;
    *backlog_at(job, job->backlog_count++) = (struct weir_arrival){time_s, job->generated++};
    if (time_s <= job->world->scenario->duration_s) {
        uint64_t bits;
        memcpy(&bits, &time_s, sizeof bits);
        job->arrivals_hash = (job->arrivals_hash ^ bits) * 0x100000001b3ULL;
        job->arrivals_hash ^= job->arrivals_hash >> 29;
    }
    double next_s = job->spec->arrive_s + weir_arrivals_next(&job->arrivals);
    job->next_arrival_s = next_s < job->spec->depart_s ? next_s : INFINITY;
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

uint64_t weir_source_waiting(const struct weir_run_job *job, double now_s)
{
    size_t low = 0, high = job->backlog_count; /* those before low have arrived, those from high on have not */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (backlog_at(job, middle)->time_s > now_s)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void weir_source_refill(struct weir_run_job *job, double now_s)
{
    long capacity = job->spec->backlog_capacity;
    while (job->next_arrival_s <= now_s) {
        if (capacity > 0 && job->backlog_count >= (size_t)capacity) {
            job->counts.dropped_at_source++;
            job->counts.dropped++;
            if (job->spec->backlog_drop_old) {
                pop(job);
                push(job);
            } else {
                push(job);
                job->backlog_count--;
            }
        } else {
            push(job);
        }
    }
    uint64_t waiting = weir_source_waiting(job, now_s);
    job->counts.arrived = job->generated - (job->backlog_count - waiting);
    if ((double)waiting > job->backlog_most)
        job->backlog_most = (double)waiting;
}

/* Items of the next batch: those that arrive within the span of the first, also in the near future. */
static int next_batch(struct weir_run_job *job)
{
    const struct weir_scenario *scenario = job->world->scenario;
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

static void emit(struct weir_world *world, struct weir_run_job *job, int count)
{
    struct weir_batch *batch = weir_batch_new(&world->pool, count);
    weir_batch_tag(batch, job->recovery ? job : NULL, weir_recovery_segment(job));
    double free_s = job->source_free_s;
    for (int i = 0; i < count; i++) {
        const struct weir_arrival *arrival = backlog_at(job, 0);
        double at = arrival->time_s > free_s ? arrival->time_s : free_s;
        batch->id[i] = arrival->id;
        batch->path[i] = 0;
        batch->birth[i] = arrival->time_s;
        batch->at[i] = free_s = at;
        batch->waiting[i] = batch->service[i] = batch->network[i] = 0;
        batch->blocked[i] = at - arrival->time_s;
        weir_recovery_log(job, arrival);
        pop(job);
    }
    batch->count = count;
    job->counts.emitted += (uint64_t)count;
    double blocked_s = weir_send_all(world, job->spec->source_host, job->source_out, job->source_out_count, batch,
                                     &job->source_clock, &job->source_parking);
    job->source_free_s = free_s + blocked_s;
    weir_clock_set(&job->source_clock, WEIR_IDLE, weir_now());
}

static void source_actor(int argc, char **argv)
{
    struct weir_run_job *job = sg_actor_self_get_data();
    struct weir_world *world = job->world;
    for (;;) {
        weir_turn(world, "the source", job);
        weir_source_refill(job, weir_now());
        if (!job->backlog_count) {
            job->source_done = !(job->next_arrival_s <= world->scenario->duration_s);
            if (job->source_done && !job->recovery)
                break;
            if (job->source_done) /* a failure may take it back to work */
                weir_park(&job->source_parking);
            else if (job->recovery)
                weir_park_until(&job->source_parking, job->next_arrival_s);
            else
                sg_actor_sleep_until(job->next_arrival_s);
            if (job->recovery)
                continue;
            /* The date fell short by rounding, and a window that ends on it has not looked at the backlog. */
            if (!job->backlog_count && job->next_arrival_s > weir_now() && job->next_arrival_s < INFINITY)
                push(job);
            continue;
        }
        int count = next_batch(job);
        double last_s = backlog_at(job, (size_t)count - 1)->time_s;
        if (last_s > weir_now())
            sg_actor_sleep_until(last_s);
        if (job->backlog_count < (size_t)count) /* cannot be: only this actor and drops take from the front */
            count = (int)job->backlog_count;
        if (count > 0)
            emit(world, job, count);
    }
}

void weir_source_start(struct weir_world *world, struct weir_run_job *job)
{
    const struct weir_scenario *scenario = world->scenario;
    char *stream = weir_format("arrivals/%s", job->spec->name);
    job->arrivals = weir_arrivals_open(job->spec->load, world->spec->seed, stream);
    free(stream);
    weir_arrivals_scale(&job->arrivals, job->load_factor);
    double first_s = job->spec->arrive_s + weir_arrivals_next(&job->arrivals);
    job->next_arrival_s = first_s < job->spec->depart_s ? first_s : INFINITY;
    job->arrivals_hash = 0xcbf29ce484222325ULL;
    long limit = scenario->items_per_batch > 0 ? scenario->items_per_batch : INT_MAX / 2;
    for (int o = 0; o < job->spec->operator_count; o++) {
        long share = job->spec->operators[o].input_capacity / BATCHES_AN_INPUT;
        if (share < limit && scenario->items_per_batch <= 0)
            limit = share > 1 ? share : 1;
    }
    job->batch_limit = (int)limit;
    weir_parking_init(&job->source_parking);
    job->source_clock = (struct weir_clock){.since_s = weir_now()};
    weir_trace_clock(world, &job->source_clock, job->spec->source_host, job->spec->name, NULL, 0);
    weir_actor_start("source", world->hosts[world->home].host, source_actor, job);
}
