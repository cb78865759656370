/* Dynamic time warping: how far two series are apart if each may be stretched in time, and which of many are near. */
#ifndef WEIR_LEARN_TRANSFER_DTW_H
#define WEIR_LEARN_TRANSFER_DTW_H

#include <stdbool.h>
#include <stddef.h>

/* D(n, m)^(1/power) with D(0, 0) = 0, D(i, 0) = D(0, j) = infinity and, for |i - j| <= max(band, |n - m|),
 *     D(i, j) = |a_i - b_j|^power + min(D(i-1, j), D(i, j-1), D(i-1, j-1)):
 * the band of Sakoe and Chiba [sakoe-1978], in places; band 0 with n = m compares place by place. n, m >= 1; power
 * >= 1. Time O(max(n, m) (2 band + 1 + |n - m|)), memory O(m). */
double transfer_dtw(const double *a, size_t n, const double *b, size_t m, size_t band, double power);

/* A series among those to choose from. */
struct transfer_series {
    const double *values;
    size_t count;
};

/* What is known of a candidate after the choice. */
struct transfer_choice {
    size_t index;    /* among the candidates */
    double distance; /* to the target: transfer_dtw with power 1, both standardised, over n + m */
    bool kept;       /* whether it is used */
};

/* Distances of the candidates to the target, nearest first (equal ones in their order), and which are kept: those not
 * above the `quantile` of the distances (0: the nearest only, 1: all). A candidate that is longer than the target
 * counts by its nearest piece of the target's length; pieces start half a length apart. The band is `band` times the
 * length of the shorter one, 0 <= band <= 1. choices has room for `count` >= 1. */
void transfer_choose(const struct transfer_series *target, const struct transfer_series *candidates, size_t count,
                     double band, double quantile, struct transfer_choice *choices);

/* Of those kept, the ones farther than `within` no longer are; 0: no bound. Returns how many are left, maybe none. */
size_t transfer_reject(struct transfer_choice *choices, size_t count, double within);

#endif
