/* What kinds of detectors share. */
#ifndef WEIR_LEARN_DETECT_SUPPORT_H
#define WEIR_LEARN_DETECT_SUPPORT_H

#include "policies/learn/detect/detector.h"

/* Scores a window by what was fitted so far; NaN if nothing can be said. */
typedef double detector_score_fn(const void *state, const double *window);

/* The threshold above which the share 1 - quantile of the windows of the pasts has its score (the least such score
 * that occurs). 0 if no window has one. */
double detector_threshold(const void *state, detector_score_fn *score, const struct detector_past *pasts, int count,
                          int length, int width, double quantile);

/* Result of a score against a threshold: anomalous above it, unsure without score, else healthy. */
struct detector_result detector_compare(double score, double threshold);

/* Mean and standard deviation (divided by the number) of each dimension, or of its differences from one sample to the
 * next, gaps left out. For a dimension that does not change, the deviation is its largest absolute value, or 1 if that
 * is 0. */
void detector_moments(const struct detector_past *pasts, int count, int width, bool differences, double *mean,
                      double *deviation);

#endif
