/* How far a key may be off by noise and by chance, by the data themselves. */
#include <math.h>
#include <stdlib.h>

#include "sim/analysis/fit_algebra.h"
#include "sim/analysis/fit_search.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

#define STIFFEST 0.9  /* autocorrelation, at most, that the number of lags is chosen by */
#define FARTHEST 0.25 /* of the values, the greatest lag */

/* Bartlett's weights [newey-1987], as many lags as an autoregression of first order wants [andrews-1991]. */
double fit_sum_variance(const double *values, int count, int n)
{
    double squares = 0, product = 0;
    int there = 0;
    for (int t = 0; t < count; t++) {
        squares += values[t] * values[t];
        product += t ? values[t] * values[t - 1] : 0;
        there += values[t] != 0;
    }
    double rho = squares > 0 ? fmin(fmax(product / squares, 0), STIFFEST) : 0;
    double alpha = 4 * rho * rho / ((1 - rho) * (1 - rho) * (1 + rho) * (1 + rho)), sum = squares;
    int lags = (int)fmin(1.1447 * weir_pow(alpha * count, 1.0 / 3), FARTHEST * count);
    for (int l = 1; l <= lags; l++) {
        double both = 0;
        for (int t = l; t < count; t++)
            both += values[t] * values[t - l];
        sum += 2 * (1 - l / (lags + 1.0)) * both;
    }
    return fmax(sum, 0) * (there > n ? (double)there / (there - n) : 1);
}

static double dot(const double *x, const double *y, int n)
{
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += x[k] * y[k];
    return sum;
}

/* Of what each time moves the key by. */
static double by_times(const struct fit_slopes *slopes, int n, const double *row)
{
    double *moves = weir_alloc((size_t)slopes->score_count + 1, sizeof *moves);
    for (int t = 0; t < slopes->score_count; t++)
        moves[t] = dot(row, slopes->score + (size_t)t * (size_t)n, n);
    double sum = fit_sum_variance(moves, slopes->score_count, n);
    free(moves);
    return sum + (slopes->untimed ? fmax(fit_form(slopes->untimed, n, row, row), 0) : 0);
}

/* Of what each seed moves the key by: the measured run is one such run, the simulated one their mean. */
static double by_seeds(const struct fit_slopes *slopes, int n, const double *row)
{
    double mean = 0, squares = 0;
    int count = slopes->pull_count;
    for (int s = 0; s < count; s++)
        mean += dot(row, slopes->pull + s * n, n) / count;
    for (int s = 0; s < count; s++) {
        double off = dot(row, slopes->pull + s * n, n) - mean;
        squares += off * off;
    }
    return count > 1 ? squares / (count - 1) * (1 + 1.0 / count) : 0;
}

double fit_error(const struct fit_slopes *slopes, int n, const double *row)
{
    double by_matches = fit_form(slopes->spread, n, row, row);
    return sqrt(fmax(by_matches, by_times(slopes, n, row)) + by_seeds(slopes, n, row));
}
