/* The signals of the hosts of a fleet, brought to one measure: hosts that do the same work do unlike amounts of it, by
 * host and by hour, so that what they report is compared as logarithms, in which a share less is the same step down
 * for all, and against the host's own healthy past. Then one detector may serve all. */
#ifndef WEIR_LEARN_DETECT_SIGNALS_H
#define WEIR_LEARN_DETECT_SIGNALS_H

#include "policies/learn/detect/detector.h"

/* What is learnt of a host: of each signal, a tenth of its mean (below that, differences are slight), and the mean and
 * the standard deviation of its logarithm. */
struct detect_signals {
    int width;
    double *unit, *mean, *deviation; /* [width] */
};

/* Of a signal that does not change, deviations are as detector_moments has them; one that is 0 or missing throughout
 * has the unit 1. Free with detect_signals_fini. */
void detect_signals_learn(struct detect_signals *signals, int width, const struct detector_past *pasts, int count);

/* Makes of each value x >= 0 of rows[count][width] (log(1 + x / unit) - mean) / deviation, in place. Below 0 is taken
 * as 0; NaN stays. */
void detect_signals_apply(const struct detect_signals *signals, double *rows, size_t count);

void detect_signals_fini(struct detect_signals *signals);

#endif
