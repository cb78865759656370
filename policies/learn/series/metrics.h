/* How far forecasts are from what came. Every measure skips the pairs of which one is NaN, and is NaN if none is left
 * or an array is NULL. */
#ifndef WEIR_LEARN_SERIES_METRICS_H
#define WEIR_LEARN_SERIES_METRICS_H

#include <stddef.h>

/* Measures of `count` pairs of a value y and its forecast f. */
struct series_metrics {
    size_t count;         /* pairs measured */
    double smape;         /* 100/n sum |y-f| / (|y|+|f|), 0 to 100 %: the formula of armah-2025; 0/0 counts as 0 */
    double smape_doubled; /* 100/n sum |y-f| / ((|y|+|f|)/2), 0 to 200 %: the other usual one, twice the first */
    double rmse;          /* root mean square error, in the unit of the values */
    double mae;           /* mean absolute error */
    double nrmse;         /* sqrt(sum (y-f)^2 / sum (y-mean y)^2): 1 for a forecast as good as the mean (hu-2019); NaN
                             for constant values */
    double bias;          /* mean of f - y */
};

struct series_metrics series_measure(const double *values, const double *forecasts, size_t count);

/* The first of them alone, for searches; no value is NaN, count >= 1. */
double series_smape(const double *values, const double *forecasts, size_t count);

#endif
