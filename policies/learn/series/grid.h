/* A series with times, as one row of values evenly spaced. */
#ifndef WEIR_LEARN_SERIES_GRID_H
#define WEIR_LEARN_SERIES_GRID_H

#include <stddef.h>

/* Values of a grid at most. */
#define SERIES_GRID_LONGEST 50000000

struct series_grid {
    size_t count;
    double *values; /* NaN where there was none; owned */
    double step_s;
    size_t gaps; /* NaNs */
};

/* Puts `count` values (NaN: a gap) at times that grow onto a grid from the first time on, each at the nearest place.
 * Step: `step_s`, or if that is 0 the median distance of the times. Errors: WEIR_EINPUT for fewer than two values, for
 * values further than a quarter of a step from their place (naming the first), for two at one place, and for a grid
 * that is too long. *grid is zeroed after an error. */
int series_grid_make(const double *time_s, const double *values, size_t count, double step_s, struct series_grid *grid);
void series_grid_fini(struct series_grid *grid);

#endif
