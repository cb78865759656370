/* What device detection learns from time to time. */
#include <math.h>
#include <stdlib.h>

#include "policies/sentinel/sentinel.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

#define LEAST  100  /* windows to train on */
#define FAR    3    /* quartile ranges beyond the quartiles at which samples are not learnt from [tukey-1977] */
#define SLIGHT 0.05 /* logarithms that differ by less are equal: a twentieth more or less */

static int ascending(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

/* Where most samples are. */
static void find_range(struct sentinel_devices *devices, size_t count)
{
    size_t samples = count * SENTINEL_SAMPLES;
    double *sorted = weir_alloc(samples, sizeof *sorted);
    for (int n = 0; n < SENTINEL_SHOWN; n++) {
        for (size_t k = 0; k < samples; k++)
            sorted[k] = devices->kept[k / SENTINEL_SAMPLES][k % SENTINEL_SAMPLES][n];
        qsort(sorted, samples, sizeof *sorted, ascending);
        double lower = sorted[samples / 4], upper = sorted[3 * samples / 4], range = fmax(upper - lower, SLIGHT);
        devices->low[n] = lower - FAR * range;
        devices->high[n] = upper + FAR * range;
    }
    free(sorted);
}

static bool within(const struct sentinel_devices *devices, double window[SENTINEL_SAMPLES][SENTINEL_SHOWN])
{
    for (int t = 0; t < SENTINEL_SAMPLES; t++)
        for (int n = 0; n < SENTINEL_SHOWN; n++)
            if (window[t][n] < devices->low[n] || window[t][n] > devices->high[n])
                return false;
    return true;
}

/* Trained on the windows that are where most samples are, blurred a little: reports without any noise would make a net
 * to which the slightest difference is a wonder. */
static int train(struct sentinel *self, struct vgru **made)
{
    struct sentinel_devices *devices = &self->devices;
    struct vgru_settings settings = vgru_defaults();
    settings.length = SENTINEL_SAMPLES;
    settings.width = SENTINEL_SHOWN;
    settings.latent = 1;
    settings.seed = self->seed;
    size_t count = (size_t)(devices->windows < SENTINEL_DRAWN ? devices->windows : SENTINEL_DRAWN), fine = 0;
    double(*windows)[SENTINEL_SAMPLES][SENTINEL_SHOWN] = weir_alloc(count, sizeof *windows);
    find_range(devices, count);
    for (size_t k = 0; k < count; k++) {
        if (!within(devices, devices->kept[k]))
            continue;
        for (int t = 0; t < SENTINEL_SAMPLES; t++)
            for (int n = 0; n < SENTINEL_SHOWN; n++)
                windows[fine][t][n] = devices->kept[k][t][n] + weir_stream_normal(&devices->draws, 0, SLIGHT);
        fine++;
    }
    int code = vgru_fit(made, windows[0][0], fine, &settings);
    free(windows);
    return code;
}

void sentinel_devices_refit(struct sentinel *self, struct weir_plan *plan)
{
    struct sentinel_devices *devices = &self->devices;
    sentinel_ranges(devices);
    if (!self->learned || devices->windows < LEAST)
        return;
    struct vgru *made;
    if (train(self, &made) != WEIR_OK) {
        weir_plan_warn(plan, -1, "%s; the detector stays as it was", weir_error_message());
        weir_error_clear();
        return;
    }
    vgru_free(devices->net);
    devices->net = made;
    /* From now on it is known better what is healthy. */
    devices->windows = 0;
    for (int c = 0; c < devices->class_count; c++)
        devices->classes[c].seen = 0;
}

void sentinel_devices_fini(struct sentinel_devices *devices)
{
    for (int c = 0; c < devices->class_count; c++)
        free(devices->classes[c].drawn);
    free(devices->classes);
    free(devices->servers);
    free(devices->kept);
    free(devices->asked);
    free(devices->score);
    vgru_free(devices->net);
}
