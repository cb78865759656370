/* Who is held back in a run and by what: gathered window by window, for result.json. The rule is in bottleneck.h. */
#ifndef WEIR_EXPERIMENT_HELD_H
#define WEIR_EXPERIMENT_HELD_H

#include <stdbool.h>

#include "sim/engine/run.h"
#include "sim/experiment/bottleneck.h"

/* One that waits, and for which share of its time after the warm-up. */
struct weir_waiter_share {
    int stage;        /* 0: the source, then the operators of the job */
    const char *name; /* of an operator, NULL: the source. Borrowed from the scenario */
    double share;
};

/* What holds a job back more than all else. */
struct weir_verdict {
    enum weir_hold_kind kind; /* NONE: nobody waits for a tenth of the time, and as little is dropped */
    const char *name;         /* of the operator, link or host; NONE: of its busiest operator. Borrowed */
    double share;             /* an operator's `busy`, a link's `use` as in the result; of a host 0 */
    double hottest;           /* an operator: mean share of time that the busiest instance of each window was busy */
    double lost;        /* a link or host: share of its time after the warm-up, or of its bandwidth, that faults took */
    double dropped;     /* an operator: share of the items sent to it that its full inputs dropped */
    double source_held; /* share of its time that the source was held back */
    struct weir_waiter_share *waits; /* who waits for it, longest first; NONE: who waits at all. Owned */
    int wait_count;
};

struct weir_held;

/* For a run as specified; `control` is filled in and hears the windows. NULL, and no control, for a scenario that has
 * no workload or platform. */
struct weir_held *weir_held_new(const struct weir_run_spec *spec, struct weir_control *control);
void weir_held_free(struct weir_held *held);

/* A row of windows.csv: the use of links is taken from it. Those of a window come before the window is heard. */
void weir_held_metric(struct weir_held *held, const char *job, const char *host, const char *metric, double value);

/* Whether the result is one of the scenario's jobs and operators, so that verdicts can be asked for. */
bool weir_held_covers(const struct weir_held *held, const struct weir_result *result);

/* The verdict on a job by its number in the result. free(verdict->waits). */
void weir_held_verdict(const struct weir_held *held, const struct weir_result *result, int job,
                       struct weir_verdict *verdict);

#endif
