/* What a change of plan, a migration or a recovery leaves behind in what is measured: windows that hold a pause, and
 * items that piled up in it and are being worked off. One record a job. */
#ifndef WEIR_POLICIES_SUPPORT_SETTLE_H
#define WEIR_POLICIES_SUPPORT_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/api/view.h"

/* Zeroed it is empty and valid. */
struct weir_settle {
    bool judged;      /* the last window holds no part of a change or recovery */
    bool paused;      /* it holds one for which operators stood still: of state, or a recovery of the whole job */
    double debt;      /* items that piled up in pauses and are being worked off; 0: none, or they do not get fewer */
    bool catching_up; /* the debt is nine tenths of all that waits, or more */
    double noise; /* standard deviation of the ingress of a window around its trend, as a share of it; 0: not known */
    double rescale_s; /* how long the last change took, from the decision to the end of the first window without it */
    /* Its own. */
    bool begun, moving, pausing, recovers, acting;
    double acted_s, waiting, served_per_s;
    uint64_t placed;
};

/* A window has closed. A window holds a change if one is under way at its end or at that of the window before, or if
 * instances are other ones than then. One with state stands still at its end, and where operators with state serve less
 * than four fifths of what they served before. A recovery is taken to be under way where all operators change and none
 * was asked to. By what more waits at the source and in the operators at the end of a window with
 * a pause than at its begin, the debt grows. It is never more than what waits, and none any more once a window without
 * a change ends with no less to wait than the one before. */
/* The noise is that of the last 30 windows, by the median of second differences, which steps and ramps leave alone:
 * median |x_t - 2 x_{t-1} + x_{t-2}| / (0.6745 sqrt(6)) over the mean; known from the tenth window on. */
void weir_settle_window(struct weir_settle *settle, const struct weir_view *view, int job);

/* A change of one of the job's operators is asked for at the end of this window. */
void weir_settle_acted(struct weir_settle *settle, const struct weir_view *view);

/* What waits at the source beyond the debt, items. */
double weir_settle_backlog(const struct weir_settle *settle, const struct weir_job_view *job);

#endif
