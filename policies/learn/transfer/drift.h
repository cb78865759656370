/* Drift by the test of Page and Hinkley [page-1954]: has the mean of a quantity, here the absolute error of forecasts,
 * risen? */
#ifndef WEIR_LEARN_TRANSFER_DRIFT_H
#define WEIR_LEARN_TRANSFER_DRIFT_H

#include <stdbool.h>

struct transfer_drift {
    double slack;     /* a rise of the mean that does not count, in units of the quantity */
    double threshold; /* sum above slack at which drift is called */
    int warm_up;      /* values before the first call */
    long count;
    double mean, sum, least; /* of the values; of what they are above mean + slack; the least of that sum so far */
};

/* slack >= 0, threshold > 0. */
struct transfer_drift transfer_drift_start(double slack, double threshold, int warm_up);

/* The next value: true if drift is called, with which the test starts anew. m_t = sum (x_i - mean_i - slack); drift
 * when m_t - min m > threshold. */
bool transfer_drift_push(struct transfer_drift *drift, double value);

#endif
