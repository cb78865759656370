/* Confidence intervals from the values themselves, where they are skewed. */
#ifndef WEIR_BASE_BOOTSTRAP_H
#define WEIR_BASE_BOOTSTRAP_H

#include <stdbool.h>
#include <stddef.h>

/* With fewer values nothing can be learnt of their spread by drawing from them. */
#define WEIR_BOOTSTRAP_LEAST 8

/* The bootstrap-t interval of the mean [efron-1993, 12.5], level in (0, 1): of 2000 samples drawn from
 * the values with replacement, the quantiles of (mean of the sample - mean) / (its standard error) stand for Student's.
 * So a long tail to the right makes the interval longer to the right. The draws hang on the count alone: two policies
 * with as many runs draw the same. False, and nothing set, if there are too few values or all are one. */
bool weir_bootstrap_interval(const double *values, size_t count, double level, double *low, double *high);

#endif
