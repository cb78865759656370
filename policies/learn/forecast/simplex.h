/* Minima of functions of a few variables without their slopes. */
#ifndef WEIR_LEARN_FORECAST_SIMPLEX_H
#define WEIR_LEARN_FORECAST_SIMPLEX_H

#include <stddef.h>

/* A function to be made small at x[0..n). Infinite or NaN where it is not defined. */
typedef double simplex_function(const double *x, const void *with);

/* Nelder and Mead's simplex (nelder-1965, GSL's nmsimplex2) from *x with first steps of `step`, until its size is below
 * `tolerance` or after `iterations`. x becomes the best point found; its value is returned. */
double simplex_minimise(simplex_function *function, const void *with, double *x, size_t n, double step,
                        double tolerance, size_t iterations);

#endif
