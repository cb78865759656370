/* How good a forecaster is on a series: it is fitted to the first part and walks over the rest, forecasting at each
 * step, then being told the value. */
#ifndef WEIR_LEARN_FORECAST_EVALUATE_H
#define WEIR_LEARN_FORECAST_EVALUATE_H

#include "policies/learn/forecast/forecaster.h"
#include "policies/learn/series/metrics.h"

struct forecaster_trial {
    const double *values; /* evenly spaced; a NaN is a gap, which is not scored */
    size_t count;
    size_t train;   /* values of the first part; 0 < train < count */
    size_t horizon; /* steps ahead of each forecast, at most count - train */
    size_t refit;   /* steps after which it is fitted anew to all that is past; 0: never */
    bool fitted;    /* it comes fitted (from a file): the first part is not fitted anew */
};

/* What came of a trial. Row h (0..horizon) of the arrays holds, for value train + i, the forecast that was made h + 1
 * steps before it, NaN for the first h values, of which none was made. */
struct forecaster_result {
    size_t horizon, test;            /* test = count - train */
    double *means;                   /* [horizon][test], owned */
    double *spreads;                 /* [horizon][test], owned */
    struct series_metrics *measures; /* [horizon], owned */
    double *within;   /* [horizon], owned: share of values no more than 1.96 spreads from their forecast (95 % if the
                         errors were normal and the spreads right) */
    double fit_s;     /* processor time of all fits, which other work on the machine does not lengthen */
    double predict_s; /* that of a forecast with the push after it, mean */
    size_t fits;
};

/* Errors: WEIR_EINPUT for a trial that does not fit the series; those of the forecaster, with the step. *result is
 * zeroed after an error. */
int forecaster_try(struct forecaster *forecaster, const struct forecaster_trial *trial,
                   struct forecaster_result *result);
void forecaster_result_fini(struct forecaster_result *result);

#endif
