/* What the files of the search share. */
#ifndef WEIR_ANALYSIS_FIT_SEARCH_H
#define WEIR_ANALYSIS_FIT_SEARCH_H

#include "sim/analysis/fit.h"

/* Points that were evaluated, in order. */
struct fit_points {
    struct fit_problem *problem;
    double *rows; /* [count][key_count + 1]: u, loss */
    int count;
    int from;  /* the first that has the present seeds */
    int spent; /* runs of a case that those before it took */
    size_t capacity;
    bool *interrupted;
};

/* Evaluates points [count][key_count] on the fitted cases, those that are new all at once. Errors: those of runs. */
int fit_try(struct fit_points *points, const double *u, int count);
/* The loss at a point by the present seeds; false: it has not been evaluated. */
bool fit_known(const struct fit_points *points, const double *u, double *loss);

#define FIT_BETWEEN 2.0 /* of 1 and 3, what chance in a slope may come to; see slope_of */

/* How the residuals move with the keys, at a point. A key's coordinate z is the logarithm of its value; where its range
 * holds 0 or less, the value by the length of the range. */
struct fit_slopes {
    int count;                 /* of residuals */
    double *residual;          /* [count] */
    struct fit_place *place;   /* [count] */
    double *slope;             /* [key_count][count]: d residual / d z */
    double *off;               /* [key_count][count]: what chance may have added to it */
    double chance[FIT_KEYS];   /* the squares of that, summed */
    int rows;                  /* residuals that are used */
    double *curve, *spread;    /* [key_count][key_count]: H = J'J, and M = J' var(residual) J */
    double *untimed;           /* the part of M that is of residuals without a time */
    double gradient[FIT_KEYS]; /* J' residual */
    double *score;             /* [score_count][key_count]: the gradient's parts, of each time of each fitted case */
    int score_count;
    double *pull; /* [pull_count][key_count]: the gradient of each seed's residuals */
    int pull_count;
};
/* By central differences, two runs a key. */
int fit_slopes_at(struct fit_points *points, const double *u, struct fit_slopes *slopes);
void fit_slopes_fini(struct fit_slopes *slopes);

/* du / dz of a key at a point. */
double fit_per_z(const struct fit_key *key, double u);

/* The standard error of a key, `row` being its row of H^-1. */
double fit_error(const struct fit_slopes *slopes, int n, const double *row);
/* The variance of a sum of values of mean 0 in order of time, neighbours of which may agree, after a fit of n keys. */
double fit_sum_variance(const double *values, int count, int n);

/* Combines directions [count][n], which are independent, so that each moves as few keys as it can: each has a key of
 * its own, which it moves by 1 and no other moves. */
void fit_simplify(double *open, int count, int n);

/* Standard errors, and what cannot be told apart, of the slopes alone. */
void fit_groups(const struct fit_points *points, const struct fit_slopes *slopes, struct fit_answer *answer);

/* Standard errors, and what cannot be told apart; tries each direction by two runs. */
int fit_tell(struct fit_points *points, const struct fit_slopes *slopes, struct fit_answer *answer);

#endif
