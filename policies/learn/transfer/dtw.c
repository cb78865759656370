#include "policies/learn/transfer/dtw.h"

#include <math.h>
#include <stdlib.h>

#include "policies/learn/series/scale.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

double transfer_dtw(const double *a, size_t n, const double *b, size_t m, size_t band, double power)
{
    size_t apart = n > m ? n - m : m - n, width = band > apart ? band : apart;
    double *before = weir_alloc(m + 1, sizeof *before), *now = weir_alloc(m + 1, sizeof *now);
    for (size_t j = 1; j <= m; j++)
        before[j] = INFINITY;
    for (size_t i = 1; i <= n; i++) {
        size_t first = i > width ? i - width : 1, last = width < m && i < m - width ? i + width : m;
        for (size_t j = 0; j <= m; j++)
            now[j] = INFINITY;
        for (size_t j = first; j <= last; j++) {
            double difference = fabs(a[i - 1] - b[j - 1]);
            double cost = power == 1 ? difference : weir_pow(difference, power);
            now[j] = cost + fmin(fmin(before[j], now[j - 1]), before[j - 1]);
        }
        double *kept = before;
        before = now;
        now = kept;
    }
    double distance = before[m];
    free(before);
    free(now);
    return power == 1 ? distance : weir_pow(distance, 1 / power);
}

static double *standardised(const double *from, size_t count)
{
    double *values = weir_alloc(count, sizeof *values);
    struct series_scale scale = series_scale_standard(from, count);
    for (size_t i = 0; i < count; i++)
        values[i] = series_scale_to(&scale, from[i]);
    return values;
}

/* From a standardised target to the nearest piece of a candidate. */
static double nearest_piece(const double *target, size_t n, const struct transfer_series *candidate, double band)
{
    size_t m = candidate->count < n ? candidate->count : n, step = n / 2 ? n / 2 : 1;
    double least = INFINITY;
    for (size_t first = 0; first + m <= candidate->count; first += step) {
        double *piece = standardised(candidate->values + first, m);
        double distance = transfer_dtw(target, n, piece, m, (size_t)(band * (double)m), 1) / (double)(n + m);
        least = fmin(least, distance);
        free(piece);
    }
    return least;
}

static int by_distance(const void *one, const void *other)
{
    const struct transfer_choice *a = one, *b = other;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

void transfer_choose(const struct transfer_series *target, const struct transfer_series *candidates, size_t count,
                     double band, double quantile, struct transfer_choice *choices)
{
    double *wanted = standardised(target->values, target->count);
    for (size_t i = 0; i < count; i++)
        choices[i] = (struct transfer_choice){.index = i,
                                              .distance = nearest_piece(wanted, target->count, &candidates[i], band)};
    free(wanted);
    qsort(choices, count, sizeof *choices, by_distance);
    size_t kept = (size_t)(quantile * (double)(count - 1)) + 1;
    for (size_t i = 0; i < count; i++)
        choices[i].kept = i < kept;
}

size_t transfer_reject(struct transfer_choice *choices, size_t count, double within)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        choices[i].kept = choices[i].kept && (!(within > 0) || choices[i].distance <= within);
        left += choices[i].kept;
    }
    return left;
}
