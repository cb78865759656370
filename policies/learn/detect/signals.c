#include "policies/learn/detect/signals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/detect/support.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

static double logarithm(double x, double unit)
{
    return isnan(x) ? x : weir_log1p(fmax(x, 0) / unit);
}

void detect_signals_learn(struct detect_signals *signals, int width, const struct detector_past *pasts, int count)
{
    size_t columns = (size_t)width;
    struct detector_past *logarithms = weir_alloc((size_t)count, sizeof *logarithms);
    *signals = (struct detect_signals){width, weir_alloc(columns, sizeof *signals->unit),
                                       weir_alloc(columns, sizeof *signals->mean),
                                       weir_alloc(columns, sizeof *signals->deviation)};
    detector_moments(pasts, count, width, false, signals->mean, signals->deviation);
    for (size_t n = 0; n < columns; n++)
        signals->unit[n] = signals->mean[n] > 0 ? 0.1 * signals->mean[n] : 1;
    for (int p = 0; p < count; p++) {
        double *rows = weir_alloc(pasts[p].count * columns, sizeof *rows);
        for (size_t i = 0; i < pasts[p].count * columns; i++)
            rows[i] = logarithm(pasts[p].rows[i], signals->unit[i % columns]);
        logarithms[p] = (struct detector_past){rows, pasts[p].count, pasts[p].begins};
    }
    detector_moments(logarithms, count, width, false, signals->mean, signals->deviation);
    for (int p = 0; p < count; p++)
        free((double *)logarithms[p].rows);
    free(logarithms);
}

void detect_signals_apply(const struct detect_signals *signals, double *rows, size_t count)
{
    size_t width = (size_t)signals->width;
    for (size_t i = 0; i < count * width; i++)
        rows[i] =
            (logarithm(rows[i], signals->unit[i % width]) - signals->mean[i % width]) / signals->deviation[i % width];
}

void detect_signals_fini(struct detect_signals *signals)
{
    free(signals->unit);
    free(signals->mean);
    free(signals->deviation);
}
