#include "sim/engine/flow/segments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/again.h"
#include "sim/engine/flow/barrier.h"
#include "sim/engine/flow/deliver.h"
#include "sim/engine/flow/source.h"

struct weir_segments *weir_segments_new(struct weir_run_job *job)
{
    struct weir_segments *segments = weir_alloc(1, sizeof *segments);
    segments->job = job;
    segments->list = weir_grow(NULL, 1, &segments->capacity, sizeof *segments->list);
    segments->list[0] = (struct weir_segment){0, 0};
    segments->count = 1;
    segments->again = weir_again_new();
    segments->stored = job->flow->scenario->recovery.costs ? 0 : SIZE_MAX;
    return segments;
}

void weir_segments_free(struct weir_segments *segments)
{
    if (!segments)
        return;
    free(segments->list);
    free(segments->log);
    weir_again_free(segments->again);
    free(segments);
}

unsigned weir_segments_present(const struct weir_segments *segments)
{
    return segments ? (unsigned)segments->count - 1 : 0;
}

/* The first segment that is not complete; the present one never is. */
static size_t first_alive(struct weir_segments *segments)
{
    while (segments->first + 1 < segments->count && segments->first < segments->stored &&
           !segments->list[segments->first].alive)
        segments->first++;
    return segments->first;
}

void weir_segments_log(struct weir_segments *segments, const struct weir_arrival *arrival)
{
    WEIR_ONE_MORE(segments->log, segments->log_count, segments->log_capacity);
    segments->log[segments->log_count++] = *arrival;
}

/* Forgets what is before the offset. */
static void trim_log(struct weir_segments *segments, uint64_t offset)
{
    size_t gone = (size_t)(offset - segments->log_first);
    if (!gone)
        return;
    segments->log_count -= gone;
    memmove(segments->log, segments->log + gone, segments->log_count * sizeof *segments->log);
    segments->log_first = offset;
}

static void hold_last(struct weir_segments *segments, struct weir_batch *batch)
{
    batch->next = NULL;
    if (segments->held_last)
        segments->held_last->next = batch;
    else
        segments->held_first = batch;
    segments->held_last = batch;
}

bool weir_segments_hold(struct weir_run_job *job, struct weir_batch *batch)
{
    struct weir_segments *segments = job->segments;
    if (!segments || !job->flow->scenario->recovery.exactly_once)
        return false;
    unsigned segment = batch->segment;
    batch->segments = NULL;
    batch->since_s = job->flow->clock->now_s;
    hold_last(segments, batch);
    segments->held += batch->count;
    weir_segments_alive(segments, segment, -1); /* a result that waits does not hold its own checkpoint up */
    return true;
}

void weir_segments_wreck(struct weir_segments *segments, struct weir_batch *batch)
{
    batch->next = segments->wrecks;
    segments->wrecks = batch;
}

/* Delivers (commit) or drops what is held, of segments before, or from, the given one. */
static void settle_held(struct weir_segments *segments, size_t segment, bool commit)
{
    struct weir_run_job *job = segments->job;
    struct weir_batch *batch = segments->held_first;
    segments->held_first = segments->held_last = NULL;
    for (struct weir_batch *next; batch; batch = next) {
        next = batch->next;
        if (commit ? batch->segment >= segment : batch->segment < segment) {
            hold_last(segments, batch);
            continue;
        }
        segments->held -= batch->count;
        if (commit) {
            weir_batch_hold(batch, job->flow->clock->now_s - batch->since_s);
            weir_count_results(job, batch);
        } else {
            job->counts.lost += (uint64_t)batch->count;
            weir_batch_release(&job->flow->pool, batch);
        }
    }
}

void weir_segments_alive(struct weir_segments *segments, unsigned segment, long by)
{
    long alive = segments->list[segment].alive += by;
    if (!alive && segments->held_first && !segments->recovering && segment + 1 < segments->count)
        settle_held(segments, first_alive(segments), true);
    weir_barriers_look(segments->job);
}

static void append(struct weir_segments *segments, uint64_t offset)
{
    WEIR_ONE_MORE(segments->list, segments->count, segments->capacity);
    segments->list[segments->count++] = (struct weir_segment){offset, 0};
}

void weir_segments_store(struct weir_segments *segments, unsigned segment)
{
    segments->stored = segment;
    settle_held(segments, first_alive(segments), true);
}

void weir_segments_begin(struct weir_segments *segments)
{
    trim_log(segments, segments->list[first_alive(segments)].offset);
    weir_again_forget(segments->again, fmin(weir_segments_oldest_s(segments), weir_source_next_s(segments->job)));
    append(segments, segments->log_first + segments->log_count);
    settle_held(segments, first_alive(segments), true);
}

/* Of each source the log has its items in order. */
double weir_segments_oldest_s(const struct weir_segments *segments)
{
    size_t count = segments->job->source_count > 1 || !segments->log_count ? segments->log_count : 1;
    double oldest_s = INFINITY;
    for (size_t i = 0; i < count; i++)
        oldest_s = fmin(oldest_s, segments->log[i].time_s);
    return oldest_s;
}

/* The source goes back to the beginning of a segment. */
static void rewind_source(struct weir_segments *segments, size_t first)
{
    struct weir_run_job *job = segments->job;
    uint64_t offset = segments->list[first].offset;
    size_t keep = (size_t)(offset - segments->log_first);
    size_t again = segments->log_count - keep;
    if (again)
        weir_source_unsend(job, segments->log + keep, again);
    job->counts.replayed += again;
    segments->log_count = keep;
    trim_log(segments, offset);
    for (size_t s = first; s < segments->count; s++)
        segments->list[s].offset = offset; /* what is still alive of them is stale */
    append(segments, offset);
}

void weir_segments_rewind(struct weir_segments *segments)
{
    struct weir_run_job *job = segments->job;
    segments->recovering = true;
    segments->epoch++;
    job->counts.restarts++;
    size_t first = first_alive(segments); /* before what is alive of it is dropped */
    settle_held(segments, first, false);
    weir_job_drop_contents(job);
    for (struct weir_batch *wreck = segments->wrecks, *next; wreck; wreck = next) {
        next = wreck->next;
        weir_batch_release(&job->flow->pool, wreck);
    }
    segments->wrecks = NULL;
    rewind_source(segments, first);
}
