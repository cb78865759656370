/* Windows in event time, the items' births at their sources: a result for each key and window that has an item, once
 * the watermark (watermark.h) has come to the window's end; for each later item another one as long as lateness is
 * allowed; what is later still is dropped. Results carry the times of the latest item in the window (Karimov et al.,
 * ICDE 2018), and are known again when the job plays items again. */
#ifndef WEIR_ENGINE_EVENTTIME_H
#define WEIR_ENGINE_EVENTTIME_H

#include "sim/engine/flow/panes.h"
#include "sim/engine/flow/watermark.h"

/* Items: in time, and too late for all their windows (weir_op_counts.late); played again, whose windows have given
 * their results. Of those in time, memberships of windows: put in, given out with a result, lost in a failure. */
struct weir_eventtime_counts {
    uint64_t in_time, again;
    uint64_t put, given, lost;
    uint64_t results;
};

struct weir_eventtime {
    struct weir_watermark watermark;
    struct weir_panes *panes;
    double floor_s[WEIR_KEY_GROUPS]; /* the watermark at which windows of the group have given results last */
    struct weir_eventtime_counts counts;
};

void weir_eventtime_init(struct weir_op *op); /* op->events is NULL if it has no such windows */
void weir_eventtime_fini(struct weir_op *op);

/* For window.c: items are processed; and what is due of the keys of an instance, as batches of one. */
void weir_eventtime_add(struct weir_instance *instance, const struct weir_batch *batch);
struct weir_batch *weir_eventtime_fire(struct weir_instance *instance);

/* A failure: what has given results before the checkpoint to which the job goes back is kept, as that is not played
 * again. */
void weir_eventtime_clear(struct weir_op *op);

/* Something has come to rest in a job of which a source has ended. */
void weir_eventtime_look(struct weir_run_job *job);

/* How far the watermark is behind, s; NAN: there is none yet. */
double weir_eventtime_lag_s(const struct weir_op *op);

#endif
