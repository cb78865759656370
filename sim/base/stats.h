/* Statistics: running moments, confidence intervals, latency histograms. */
#ifndef WEIR_BASE_STATS_H
#define WEIR_BASE_STATS_H

#include <stddef.h>
#include <stdint.h>

/* Running mean and variance (Welford 1962). Zero-initialised is empty. */
struct weir_moments {
    uint64_t count;
    double mean;
    double m2; /* sum of squared distances from the mean */
};
void weir_moments_add(struct weir_moments *moments, double value);
/* Sample standard deviation; 0 for fewer than two values. */
double weir_moments_deviation(const struct weir_moments *moments);
/* Half width of the two-sided Student confidence interval of the mean, level in (0, 1); NaN for fewer than two. */
double weir_moments_half_width(const struct weir_moments *moments, double level);
/* Two-sided p-value of Student's test that the mean is 0; NaN for fewer than two values. Values that are all the same
 * give 1 if they are 0, else 0. */
double weir_moments_p_value(const struct weir_moments *moments);
/* Histogram of positive times with buckets of equal relative width: 64 to a factor of two, from 2^-30 s (about 1 ns) to
 * 2^20 s (about 12 days). Values outside go to the end buckets; exact mean, minimum and maximum are kept beside. Within
 * a bucket values count as evenly spread, and no quantile is below the minimum or above the maximum. So one is off by
 * less than a bucket's width, 1/64 = 1.6 % of its value, where all values of a bucket stand at one of its ends; by less
 * than 0.1 % up to the 99 % quantile of 10^6 draws of a smooth distribution; not at all where all values are one. */
#define WEIR_HISTOGRAM_BUCKETS (50 * 64 + 2)
struct weir_histogram {
    uint64_t count;
    double sum;
    double min, max; /* undefined when empty */
    /* Those from `first` on, as far as any was used; NULL: none was. Zero-initialised is empty. */
    uint64_t *buckets;
    unsigned first, size;
};
void weir_histogram_add(struct weir_histogram *histogram, double value_s, uint64_t weight);
void weir_histogram_merge(struct weir_histogram *into, const struct weir_histogram *from);
/* Empties it, and keeps its memory for what is like it. */
void weir_histogram_clear(struct weir_histogram *histogram);
void weir_histogram_fini(struct weir_histogram *histogram);
/* The q-quantile, q in [0, 1]: the value of rank q x count; NaN when empty. Those of 0 and 1 are the exact minimum and
 * maximum. */
double weir_histogram_quantile(const struct weir_histogram *histogram, double q);

#endif
