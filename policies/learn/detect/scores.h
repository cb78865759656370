/* How well a detector did, against the truth. A point is one sample of one series. */
#ifndef WEIR_LEARN_DETECT_SCORES_H
#define WEIR_LEARN_DETECT_SCORES_H

#include <stdbool.h>
#include <stddef.h>

struct detect_scores {
    size_t hits, false_alarms, misses, passes; /* true and false positives, false and true negatives */
    double precision;                          /* hits of all alarms; NaN without alarm */
    double recall;                             /* hits of all anomalies; NaN without anomaly */
    double f1;                                 /* 2 hits / (2 hits + false alarms + misses); NaN if all are 0 */
};

struct detect_scores detect_score(const bool *truth, const bool *flagged, size_t count);

/* Point-adjusts `flagged` in place: if any point of a run of true anomalies is flagged, the whole run is. What comes of
 * it is the "F1" of many papers and is far higher than F1: random alarms do well by it [kim-2022]. Name it
 * when you report it. The points are those of one series in order. */
void detect_point_adjust(const bool *truth, bool *flagged, size_t count);

/* The same for scores: each point of a run gets the highest of the run. */
void detect_point_adjust_scores(const bool *truth, double *score, size_t count);

/* The highest F1 that any threshold gives, alarms being the points whose score is above it, and the scores there; the
 * threshold (may be NULL) is the largest that does: half way to the next score, or below all. It is chosen knowing the
 * truth, so it bounds what a detector can do, and says nothing of its own threshold. NaN scores never alarm. O(n log
 * n). */
struct detect_scores detect_best(const bool *truth, const double *score, size_t count, double *threshold);

#endif
