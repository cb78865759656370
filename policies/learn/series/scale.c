#include "policies/learn/series/scale.h"

#include <gsl/gsl_statistics_double.h>

struct series_scale series_scale_min_max(const double *values, size_t count)
{
    double least, largest;
    gsl_stats_minmax(&least, &largest, values, 1, count);
    return (struct series_scale){.offset = least, .factor = largest > least ? largest - least : 1};
}

struct series_scale series_scale_standard(const double *values, size_t count)
{
    double mean = gsl_stats_mean(values, 1, count);
    double deviation = gsl_stats_sd_with_fixed_mean(values, 1, count, mean);
    return (struct series_scale){.offset = mean, .factor = deviation > 0 ? deviation : 1};
}
