/* Mixed autoregressive and moving-average processes, of a series x with the mean c taken off:
 * x_t = sum phi_i x_(t-i) + e_t + sum theta_j e_(t-j). Equations: box-1970, harvey-1989. */
#ifndef WEIR_LEARN_FORECAST_ARMA_H
#define WEIR_LEARN_FORECAST_ARMA_H

#include <stdbool.h>
#include <stddef.h>

#define ARMA_ORDER 5                /* p and q at most */
#define ARMA_STATE (ARMA_ORDER + 1) /* of the state space: max(p, q + 1) */

struct arma {
    int p, q;
    double c, phi[ARMA_ORDER], theta[ARMA_ORDER];
};

/* Any 1 + p + q numbers as a process that is stationary and invertible: c, then partial autocorrelations tanh(x) by the
 * recursion of Durbin and Levinson. Sets all but p and q. */
void arma_set(struct arma *arma, const double *x);

/* Mean square of the residuals from `from` on, those before p taken as 0 (conditional sum of squares). */
double arma_conditional(const struct arma *arma, const double *z, size_t count, size_t from);

/* The Kalman filter of Harvey's form, started in the stationary state. */
struct arma_filter {
    int size;
    double phi[ARMA_STATE], r[ARMA_STATE];
    double mean[ARMA_STATE];                 /* of the state before the next value; mean[0] forecasts it */
    double variance[ARMA_STATE][ARMA_STATE]; /* in units of that of e */
    double gain[ARMA_STATE];
    double last_variance; /* of the error of the newest value, in units of that of e */
    int steady;           /* the variance has settled */
};

/* Starts the filter; false if the process has no stationary state in double precision. */
bool arma_filter_start(const struct arma *arma, struct arma_filter *filter);

/* Takes in x_t (the mean taken off); returns the error of its forecast. */
double arma_filter_step(struct arma_filter *filter, double x);

/* The next states without values; mean[0] forecasts on. */
void arma_filter_ahead(const struct arma_filter *filter, double mean[ARMA_STATE]);

/* The exact Gaussian log-likelihood of z, the variance of e concentrated out and given in *variance; -INFINITY where
 * there is none. */
double arma_log_likelihood(const struct arma *arma, const double *z, size_t count, double *variance);

/* Least -log-likelihood per value (exact), or log mean square (conditional), from arma->p, arma->q and no others: the
 * best process found goes to *arma. At most `iterations` (0: 200 for each number). z is standardised, not constant. */
void arma_fit(struct arma *arma, const double *z, size_t count, bool exact, size_t iterations);

#endif
