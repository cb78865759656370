/* Does what was learnt elsewhere help? A net that knows a short part of a target series is compared with ones that know
 * other series besides. */
#ifndef WEIR_LEARN_TRANSFER_COMPARE_H
#define WEIR_LEARN_TRANSFER_COMPARE_H

#include "policies/learn/series/metrics.h"
#include "policies/learn/transfer/net.h"

/* In the order in which they are reported. */
enum transfer_way {
    TRANSFER_SOURCE_ONLY, /* learnt the sources, never the target */
    TRANSFER_TARGET_ONLY, /* learnt the known part of the target, from scratch */
    TRANSFER_FINE_TUNED,  /* learnt the sources, then the known part at a fifth of the rate */
    TRANSFER_JOINT, /* learnt the sources, then both by the joint loss, then the known part at a fifth of the rate */
    TRANSFER_LAST,  /* no net: the newest value goes on */
    TRANSFER_WAYS
};
extern const char *const transfer_way_names[TRANSFER_WAYS + 1]; /* "source-only", ..., NULL */

struct transfer_trial {
    struct transfer_series target;         /* in its units */
    size_t known;                          /* its first values, all that is learnt of it; the others are forecast */
    const struct transfer_series *sources; /* in their units */
    size_t source_count;
    struct transfer_options options;
};

struct transfer_result {
    struct series_metrics measures; /* one step ahead over the values that are not known */
    double fit_s;                   /* real time of all training that it took */
};

/* Trains the four nets and measures them. Each series is scaled to 0..1 by itself, the target by its known part.
 * Errors: WEIR_EINPUT for series that are too short or have nothing to forecast, WEIR_ERUN for training that diverges,
 * with the way that it was. */
int transfer_compare(const struct transfer_trial *trial, struct transfer_result results[TRANSFER_WAYS]);

#endif
