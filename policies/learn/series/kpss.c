#include "policies/learn/series/kpss.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/real.h"

double series_kpss(const double *values, size_t count)
{
    double n = (double)count, mean = gsl_stats_mean(values, 1, count), sum = 0, square = 0, variance = 0;
    double *away = weir_alloc(count, sizeof *away);
    for (size_t i = 0; i < count; i++) {
        away[i] = values[i] - mean;
        sum += away[i];
        square += sum * sum;
    }
    size_t lags = (size_t)ceil(12 * weir_pow(n / 100, 0.25));
    lags = lags < count - 1 ? lags : count - 1;
    for (size_t lag = 0; lag <= lags; lag++) {
        double product = 0, weight = lag == 0 ? 1 : 2 * (1 - (double)lag / ((double)lags + 1));
        for (size_t i = lag; i < count; i++)
            product += away[i] * away[i - lag];
        variance += weight * product / n;
    }
    free(away);
    return variance > 0 ? square / (n * n) / variance : NAN;
}
