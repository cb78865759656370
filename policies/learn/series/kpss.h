/* Whether a series keeps its level. */
#ifndef WEIR_LEARN_SERIES_KPSS_H
#define WEIR_LEARN_SERIES_KPSS_H

#include <stddef.h>

/* At 5 %, above which a series is taken for one whose level wanders. */
#define SERIES_KPSS_LIMIT 0.463

/* The statistic of kpss-1992 for a constant level: sum S_t^2 / (n^2 v), S the partial sums of the distances from the
 * mean, v their long-run variance with Bartlett weights up to lag ceil(12 (n/100)^(1/4)), at most n - 1. NaN for a
 * constant series. count >= 1. */
double series_kpss(const double *values, size_t count);

#endif
