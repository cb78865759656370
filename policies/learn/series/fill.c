#include "policies/learn/series/fill.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_spline.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

size_t series_fill(double *values, size_t count)
{
    double *at = weir_alloc(count, sizeof *at), *known = weir_alloc(count, sizeof *known);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isnan(values[i])) {
            at[found] = (double)i;
            known[found++] = values[i];
        }
    }
    if (found > 0 && found < count) {
        const gsl_interp_type *type = found > 2 ? gsl_interp_steffen : gsl_interp_linear;
        gsl_spline *spline = found > 1 ? gsl_spline_alloc(type, found) : NULL;
        if (spline)
            gsl_spline_init(spline, at, known, found);
        for (size_t i = 0; i < count; i++) {
            if (!isnan(values[i]))
                continue;
            if ((double)i < at[0])
                values[i] = known[0];
            else if ((double)i > at[found - 1])
                values[i] = known[found - 1];
            else
                values[i] = gsl_spline_eval(spline, (double)i, NULL);
        }
        gsl_spline_free(spline);
    }
    free(at);
    free(known);
    return count - found;
}

void series_hampel(const double *values, size_t count, double reach, double *low, double *high)
{
    double sorted[SERIES_HAMPEL], away[SERIES_HAMPEL];
    memcpy(sorted, values, count * sizeof *values);
    gsl_sort(sorted, 1, count);
    double median = gsl_stats_median_from_sorted_data(sorted, 1, count);
    for (size_t i = 0; i < count; i++)
        away[i] = fabs(values[i] - median);
    gsl_sort(away, 1, count);
    double scale = 1.4826 * gsl_stats_median_from_sorted_data(away, 1, count);
    if (scale == 0)
        scale = gsl_stats_sd_with_fixed_mean(values, 1, count, gsl_stats_mean(values, 1, count));
    *low = median - reach * scale;
    *high = median + reach * scale;
}
