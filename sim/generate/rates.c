#include "sim/generate/rates.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "sim/base/error.h"

#define MOST_ROWS 1e8

int weir_rates_count(const struct weir_rates_options *options, size_t *count)
{
    double rows = floor(options->duration_s / options->step_s * (1 + 1e-12));
    *count = 0;
    if (!(options->step_s > 0))
        return weir_error(WEIR_EUSAGE, "--step must be more than 0");
    if (rows < 2)
        return weir_error(WEIR_EUSAGE, "--duration (%g s) must be twice --step (%g s) or more", options->duration_s,
                          options->step_s);
    if (rows > MOST_ROWS)
        return weir_error(WEIR_EUSAGE, "--duration (%g s) over --step (%g s) makes %g rows; at most %g are written",
                          options->duration_s, options->step_s, rows, MOST_ROWS);
    *count = (size_t)rows;
    return WEIR_OK;
}

void weir_rates_header(FILE *out)
{
    fputs("time_s,rate\n", out);
}

void weir_rates_write(const struct weir_rates_options *options, double time_s, double rate_per_s, FILE *out)
{
    if (options->integers)
        rate_per_s = round(rate_per_s * options->step_s) / options->step_s;
    fprintf(out, "%.12g,%.9g\n", time_s, rate_per_s > 0 ? rate_per_s : 0);
}

double weir_rates_noise(double noise, struct weir_stream *stream)
{
    return 1 + noise * (2 * weir_stream_uniform(stream) - 1);
}

void weir_rates_moments(const double *value, size_t n, double *mean, double *deviation)
{
    *mean = gsl_stats_mean(value, 1, n);
    *deviation = gsl_stats_sd_with_fixed_mean(value, 1, n, *mean);
}
