/* Checkpoint intervals of a job. Checkpoints cut the items into segments. A segment is alive while a batch, a window or
 * a join holds an item of it; a checkpoint is complete when no segment before it is alive. So nothing need be copied:
 * state before a complete checkpoint has no items in it that could be lost.
 *
 * At-least-once: results leave at once, and again when they are replayed. Exactly-once: results wait at the sink until
 * the checkpoint behind them is complete, as in a sink that commits. */
#ifndef WEIR_ENGINE_SEGMENTS_H
#define WEIR_ENGINE_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct weir_batch;
struct weir_run_job;

struct weir_arrival {
    double time_s;
    uint64_t id;
};

struct weir_segment {
    uint64_t offset; /* items that the source had sent when it began, counted along the log */
    long alive;
};

struct weir_segments {
    struct weir_run_job *job;
    unsigned epoch;  /* what was sent in an earlier one is stale */
    bool recovering; /* the job is down: set and cleared by who recovers it */
    struct weir_segment *list;
    size_t count, capacity;
    size_t first; /* those before are complete, and stay so: what comes of the log again is of a later one */
    struct weir_arrival *log; /* what the source has sent since offset log_first */
    uint64_t log_first;
    size_t log_count, log_capacity;
    struct weir_batch *held_first, *held_last; /* results that wait for their checkpoint */
    long held;
    struct weir_batch *wrecks;     /* lost with their host, which is not yet noticed: they keep their segments alive */
    struct weir_again *again;      /* what has come before */
    struct weir_barrier *barriers; /* barrier.h: under way, in order */
    size_t stored;                 /* checkpoints of later segments are not stored yet; SIZE_MAX: that costs nothing */
};

struct weir_segments *weir_segments_new(struct weir_run_job *job);
void weir_segments_free(struct weir_segments *segments);

/* One more or less of a segment is alive; results whose checkpoint is complete by that leave. */
void weir_segments_alive(struct weir_segments *segments, unsigned segment, long by);

/* The present one; 0 where segments are not counted (NULL). */
unsigned weir_segments_present(const struct weir_segments *segments);

/* The source sends this. */
void weir_segments_log(struct weir_segments *segments, const struct weir_arrival *arrival);

/* When the oldest item came that may be played again; INFINITY: there is none. */
double weir_segments_oldest_s(const struct weir_segments *segments);

/* True if the results wait for their checkpoint; they belong to the segments then. */
bool weir_segments_hold(struct weir_run_job *job, struct weir_batch *batch);

/* A batch that is lost with its host, until the job goes back. */
void weir_segments_wreck(struct weir_segments *segments, struct weir_batch *batch);

/* The checkpoint at the beginning of a segment is stored. */
void weir_segments_store(struct weir_segments *segments, unsigned segment);

/* A new segment begins: what a checkpoint does. */
void weir_segments_begin(struct weir_segments *segments);

/* The job goes back to its last complete checkpoint: a new epoch; what is held and uncommitted and what is wrecked is
 * dropped; the contents of its operators too (flow), and the source plays again what it had sent since. */
void weir_segments_rewind(struct weir_segments *segments);

#endif
