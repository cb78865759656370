#include "policies/learn/detect/support.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double detector_threshold(const void *state, detector_score_fn *score, const struct detector_past *pasts, int count,
                          int length, int width, double quantile)
{
    double *scores = NULL, threshold = 0;
    size_t found = 0, capacity = 0;
    for (int p = 0; p < count; p++)
        for (size_t i = 0; i + (size_t)length <= pasts[p].count; i++) {
            double value = score(state, pasts[p].rows + i * (size_t)width);
            if (isnan(value))
                continue;
            scores = weir_grow(scores, found + 1, &capacity, sizeof *scores);
            scores[found++] = value;
        }
    if (found > 0) {
        qsort(scores, found, sizeof *scores, compare_doubles);
        double place = ceil(quantile * (double)found);
        threshold = scores[place < 1 ? 0 : (size_t)place - 1];
    }
    free(scores);
    return threshold;
}

struct detector_result detector_compare(double score, double threshold)
{
    return (struct detector_result){score, isnan(score)        ? DETECT_UNSURE
                                           : score > threshold ? DETECT_ANOMALOUS
                                                               : DETECT_HEALTHY};
}

void detector_moments(const struct detector_past *pasts, int count, int width, bool differences, double *mean,
                      double *deviation)
{
    for (int n = 0; n < width; n++) {
        double squares = 0, largest = 0;
        size_t seen = 0;
        mean[n] = 0;
        for (int p = 0; p < count; p++) {
            const double *column = pasts[p].rows + n;
            for (size_t i = 0; i < pasts[p].count; i++) {
                double value = column[i * (size_t)width];
                if (!isnan(value))
                    largest = fmax(largest, fabs(value));
                if (differences)
                    value = i > 0 ? value - column[(i - 1) * (size_t)width] : NAN;
                if (isnan(value))
                    continue;
                double away = value - mean[n]; /* Welford's, which bears large means */
                mean[n] += away / (double)++seen;
                squares += away * (value - mean[n]);
            }
        }
        deviation[n] = seen > 0 ? sqrt(squares / (double)seen) : 0;
        if (!(deviation[n] > 1e-9 * largest))
            deviation[n] = largest > 0 ? largest : 1;
    }
}
