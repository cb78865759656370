/* What device detection learns from time to time. */
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/sentinel.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

#define LEAST 100 /* windows to train on */

#define POLLUTED 0.05 /* share of the windows that may be of anomalies nobody has noticed */

static int ascending(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

/* Moves the windows that the net takes for the likeliest to the front; returns how many. */
static size_t trim(const struct vgru *net, double (*windows)[SENTINEL_SAMPLES][SENTINEL_SHOWN], size_t count)
{
    double *score = weir_alloc(2 * count, sizeof *score), *sorted = score + count;
    vgru_score_raw(net, windows[0][0], count, score, NULL);
    memcpy(sorted, score, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, ascending);
    double limit = sorted[(size_t)((1 - POLLUTED) * (double)(count - 1))];
    size_t kept = 0;
    for (size_t k = 0; k < count; k++)
        if (score[k] <= limit) {
            if (kept != k)
                memcpy(windows[kept], windows[k], sizeof windows[k]);
            kept++;
        }
    free(score);
    return kept;
}

/* Trained twice: the second time without what the first net finds the least likely. */
static int train(const struct sentinel *self, struct vgru **made)
{
    const struct sentinel_devices *devices = &self->devices;
    struct vgru_settings settings = vgru_defaults();
    settings.length = SENTINEL_SAMPLES;
    settings.width = SENTINEL_SHOWN;
    settings.latent = 1;
    settings.eta = self->eta;
    settings.seed = self->seed;
    size_t count = (size_t)(devices->windows < SENTINEL_DRAWN ? devices->windows : SENTINEL_DRAWN);
    double(*windows)[SENTINEL_SAMPLES][SENTINEL_SHOWN] = weir_alloc(count, sizeof *windows);
    memcpy(windows, devices->kept, count * sizeof *windows);
    struct vgru *first = NULL;
    int code = vgru_fit(&first, windows[0][0], count, &settings);
    if (code == WEIR_OK)
        code = vgru_fit(made, windows[0][0], trim(first, windows, count), &settings);
    vgru_free(first);
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
