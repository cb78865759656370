/* The most probable trend and seasons of a series under the model of taylor-2018: a line whose slope changes at given
 * places, few of them by much, and sines and cosines. Scaled series z = y / max |y|, scaled time 0 to 1 over the
 * series: g = k t + m + sum_j delta_j max(0, t - s_j) + sum_p sum_i [a sin(2 pi i T / P) + b cos(2 pi i T / P)] k, m ~
 * N(0, 5), delta ~ Laplace(0, tau), a, b ~ N(0, 10), sigma ~ half N(0, 0.5), z ~ N(g, sigma) */
#ifndef WEIR_LEARN_FORECAST_PROPHET_MAP_H
#define WEIR_LEARN_FORECAST_PROPHET_MAP_H

#include <stddef.h>

/* A season: its length in steps, and how many pairs of sine and cosine. */
struct prophet_season {
    double period;
    int order;
};

struct prophet_map {
    size_t count;        /* values of the fitted series */
    size_t changes;      /* places s_j: at quantiles of the first 80 % of the series */
    double *places;      /* in scaled time, owned */
    size_t season_count; /* seasons used: those of which the series spans two */
    struct prophet_season seasons[3];
    size_t terms;     /* 2 + changes + 2 pairs */
    double *weights;  /* k, m, delta, then the seasons', owned */
    double sigma;     /* of the scaled series */
    double scale;     /* max |y| */
    double objective; /* the negative log posterior without constants */
    int rounds;       /* of the solver */
};

/* Fits to `count` >= 2 values. Minimises the negative log posterior
 *   n log s + |z-g|^2/(2 s^2) + s^2/(2*0.25) + (k^2+m^2)/50 + sum (a^2+b^2)/200 + sum |delta|/tau
 * by turns: for fixed s, a lasso with ridge by cyclic coordinate descent on the normal equations, with an exact
 * solution on the terms in use every ten sweeps; for fixed weights, s^2 = (-n + sqrt(n^2 + 16 SSE)) / 8.
 * Zero-initialised or fitted before. */
void prophet_map_fit(struct prophet_map *map, const double *values, size_t count, size_t changes, double tau,
                     const struct prophet_season *seasons, size_t season_count);

/* The fitted curve at step `step` (0: the first value of the series), in units of the series. */
double prophet_map_at(const struct prophet_map *map, double step);

void prophet_map_fini(struct prophet_map *map);

#endif
