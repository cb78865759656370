/* Scaling of a series: value = offset + factor * scaled. Fitted on one part of a series, used on all of it. */
#ifndef WEIR_LEARN_SERIES_SCALE_H
#define WEIR_LEARN_SERIES_SCALE_H

#include <stddef.h>

struct series_scale {
    double offset, factor; /* factor > 0 */
};

/* Takes the least of `count` values to 0 and the largest to 1; a constant series to 0. count >= 1; values are finite.
 */
struct series_scale series_scale_min_max(const double *values, size_t count);

/* Takes the mean to 0 and the standard deviation (of the population) to 1; a constant series to 0. */
struct series_scale series_scale_standard(const double *values, size_t count);

static inline double series_scale_to(const struct series_scale *scale, double value)
{
    return (value - scale->offset) / scale->factor;
}

static inline double series_scale_from(const struct series_scale *scale, double scaled)
{
    return scale->offset + scale->factor * scaled;
}

#endif
