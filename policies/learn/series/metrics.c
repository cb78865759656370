#include "policies/learn/series/metrics.h"

#include <math.h>

static double relative(double value, double forecast)
{
    double size = fabs(value) + fabs(forecast);
    return size > 0 ? fabs(value - forecast) / size : 0;
}

struct series_metrics series_measure(const double *values, const double *forecasts, size_t count)
{
    double share = 0, square = 0, absolute = 0, sum = 0, total = 0, spread = 0;
    size_t n = 0;
    count = values && forecasts ? count : 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]) || isnan(forecasts[i]))
            continue;
        double error = forecasts[i] - values[i];
        n++;
        share += relative(values[i], forecasts[i]);
        square += error * error;
        absolute += fabs(error);
        sum += error;
        total += values[i];
    }
    for (size_t i = 0; i < count; i++) {
        if (!isnan(values[i]) && !isnan(forecasts[i])) {
            double away = values[i] - total / (double)n;
            spread += away * away;
        }
    }
    double each = n > 0 ? 1 / (double)n : NAN;
    return (struct series_metrics){
        .count = n,
        .smape = 100 * share * each,
        .smape_doubled = 200 * share * each,
        .rmse = sqrt(square * each),
        .mae = absolute * each,
        .nrmse = spread > 0 ? sqrt(square / spread) : NAN,
        .bias = sum * each,
    };
}

double series_smape(const double *values, const double *forecasts, size_t count)
{
    double share = 0;
    count = values && forecasts ? count : 0;
    for (size_t i = 0; i < count; i++)
        share += relative(values[i], forecasts[i]);
    return 100 * share / (double)count;
}
