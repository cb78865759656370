/* How well a detector did on one or several series, by every measure that is in use. */
#ifndef WEIR_LEARN_DETECT_EVALUATE_H
#define WEIR_LEARN_DETECT_EVALUATE_H

#include "policies/learn/detect/scores.h"

struct detect_measures {
    size_t points, anomalies, alarms;
    size_t silent;                      /* points without score */
    struct detect_scores own;           /* at the detector's own threshold */
    struct detect_scores best;          /* at the threshold that the truth chooses */
    double best_threshold;              /* NaN if there is none */
    struct detect_scores adjusted;      /* own, point-adjusted */
    struct detect_scores adjusted_best; /* point-adjusted scores, at the threshold that the truth chooses */
};

/* Points of all series one after the other: series s ends before ends[s], and ends[count - 1] is the number of points.
 * One threshold holds for all. truth NULL: only points, alarms and silent are counted. */
void detect_measure(const bool *truth, const bool *flagged, const double *score, const size_t *ends, int count,
                    struct detect_measures *measures);

#endif
