/* Gaps and outliers of a series. */
#ifndef WEIR_LEARN_SERIES_FILL_H
#define WEIR_LEARN_SERIES_FILL_H

#include <stddef.h>

/* Fills the NaNs among `count` values, in place: between two values by the cubic spline of steffen-1990, which does
 * not overshoot them; before the first and after the last by the nearest value. Two values are joined by a line.
 * Returns how many were filled; `count` if all are NaN, which stay. The others are finite. */
size_t series_fill(double *values, size_t count);

/* Values before that are looked at to tell an outlier. */
#define SERIES_HAMPEL 25

/* The filter of hampel-1974: the bounds median +- reach * 1.4826 * (median distance from the median) of `count` values,
 * 1 to SERIES_HAMPEL of them. Where more than half of the values are equal, the distance is 0, and their standard
 * deviation takes its place. */
void series_hampel(const double *values, size_t count, double reach, double *low, double *high);

#endif
