/* What healthy servers look like: for each type and size, the range of each signal and windows by load. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/sentinel.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

enum { CPU, MEMORY, UPLOAD = SENTINEL_SIGNALS - 1 };

#define LOWEST       0.005 /* quantiles that are the range */
#define LEAST_MEMORY 0.01  /* range of the memory, as a share of it: items that wait are nothing */
#define STILL        0.01  /* of its spread by which a signal changes that does not change at all */
#define HIGHEST      0.95  /* some samples are of anomalies that nobody has noticed */

static bool whole(const double *sample)
{
    return isfinite(sample[0]) && isfinite(sample[1]) && isfinite(sample[2]) && isfinite(sample[3]);
}

int sentinel_class_of(struct sentinel_devices *devices, const struct weir_host_view *host, double bandwidth)
{
    int octave = (int)floor(weir_log2(bandwidth));
    for (int c = 0; c < devices->class_count; c++) {
        const struct sentinel_class *class = &devices->classes[c];
        if (class->tier == host->tier && class->cores == host->cores && class->octave == octave &&
            class->speed == host->speed_flops_per_s)
            return c;
    }
    devices->classes = weir_grow(devices->classes, (size_t)devices->class_count + 1, &devices->class_capacity,
                                 sizeof *devices->classes);
    devices->classes[devices->class_count] = (struct sentinel_class){
        .tier = host->tier, .cores = host->cores, .octave = octave, .speed = host->speed_flops_per_s};
    return devices->class_count++;
}

/* Where the next of `seen` goes, so that each that ever came has the same chance to be kept. */
static long place(struct sentinel_devices *devices, long seen)
{
    return seen < SENTINEL_DRAWN ? seen : (long)weir_stream_below(&devices->draws, (uint64_t)seen + 1);
}

static void draw(struct sentinel_devices *devices, struct sentinel_class *class, const double *sample)
{
    if (!class->drawn)
        class->drawn = weir_alloc(SENTINEL_DRAWN, sizeof *class->drawn);
    long at = place(devices, class->seen++);
    if (at < SENTINEL_DRAWN)
        memcpy(class->drawn[at], sample, sizeof *class->drawn);
}

static void keep(struct sentinel_devices *devices, const struct sentinel_device *device)
{
    if (!devices->kept)
        devices->kept = weir_alloc(SENTINEL_DRAWN, sizeof *devices->kept);
    long at = place(devices, devices->windows++);
    if (at < SENTINEL_DRAWN)
        memcpy(devices->kept[at], device->shown, sizeof *devices->kept);
}

static int ascending(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

static void take_range(struct sentinel_class *class)
{
    int count = (int)(class->seen < SENTINEL_DRAWN ? class->seen : SENTINEL_DRAWN);
    double *sorted = weir_alloc((size_t)count, sizeof *sorted);
    for (int n = 0; count > 0 && n < SENTINEL_SIGNALS; n++) {
        for (int k = 0; k < count; k++)
            sorted[k] = class->drawn[k][n];
        qsort(sorted, (size_t)count, sizeof *sorted, ascending);
        class->low[n] = sorted[(int)(LOWEST * (count - 1))];
        class->high[n] = sorted[(int)(HIGHEST * (count - 1))];
    }
    free(sorted);
    class->high[MEMORY] = fmax(class->high[MEMORY], class->low[MEMORY] + LEAST_MEMORY);
    double upload = class->high[UPLOAD];
    for (int n = 0; n < SENTINEL_SIGNALS; n++)
        class->by_upload[n] = upload > 0 ? class->high[n] / upload : 0;
    if (!(upload > 0) || upload >= 1)
        return;
    class->high[CPU] = fmin(class->high[CPU] / upload, 1); /* with the uplink full */
    class->high[2] /= upload;
    class->high[UPLOAD] = 1;
}

void sentinel_ranges(struct sentinel_devices *devices)
{
    for (int c = 0; c < devices->class_count; c++)
        take_range(&devices->classes[c]);
}

static double mean_upload(const struct sentinel_device *device)
{
    double sum = 0;
    int count = 0;
    for (int t = 0; t < SENTINEL_SAMPLES; t++)
        if (whole(device->sample[t])) {
            sum += device->sample[t][UPLOAD];
            count++;
        }
    return count > 0 ? sum / count : 0;
}

static int level_of(const struct sentinel_class *class, const struct sentinel_device *device)
{
    int level = (int)(sqrt(fmax(mean_upload(device), 0)) * SENTINEL_LEVELS);
    return level < 0 ? 0 : level >= SENTINEL_LEVELS ? SENTINEL_LEVELS - 1 : level;
}

const double *sentinel_baseline(const struct sentinel_devices *devices, const struct sentinel_device *device)
{
    const struct sentinel_class *class = &devices->classes[device->class];
    int wanted = level_of(class, device);
    for (int off = 0; off < SENTINEL_LEVELS; off++)
        for (int side = -1; side <= 1; side += 2) {
            int level = wanted + side * off;
            if (level >= 0 && level < SENTINEL_LEVELS && class->known[level])
                return class->window[level][0];
        }
    return NULL;
}

static double variance(const double *window, int signal)
{
    double sum = 0, square = 0;
    for (int t = 0; t < SENTINEL_SAMPLES; t++)
        sum += window[t * SENTINEL_SIGNALS + signal];
    for (int t = 0; t < SENTINEL_SAMPLES; t++) {
        double off = window[t * SENTINEL_SIGNALS + signal] - sum / SENTINEL_SAMPLES;
        square += off * off;
    }
    return square / SENTINEL_SAMPLES;
}

/* The standard deviations of the healthy window: but at least what a request more or less makes, and of the memory the
 * range of healthy servers, of which items that wait take next to nothing. */
void sentinel_spread(const struct sentinel_devices *devices, const struct sentinel_device *device,
                     const double *healthy, double spread[SENTINEL_SIGNALS])
{
    const struct sentinel_class *class = &devices->classes[device->class];
    for (int n = 0; n < SENTINEL_SIGNALS; n++) {
        double least = n == MEMORY ? class->high[n] - class->low[n] : class->by_upload[n] * device->one;
        spread[n] = fmax(sqrt(variance(healthy, n)), least);
    }
}

void sentinel_still(const double *window, const double spread[SENTINEL_SIGNALS], double *stilled)
{
    memcpy(stilled, window, SENTINEL_SAMPLES * SENTINEL_SIGNALS * sizeof *stilled);
    for (int n = 0; n < SENTINEL_SIGNALS; n++) {
        double least = INFINITY, most = -INFINITY;
        for (int t = 0; t < SENTINEL_SAMPLES; t++) {
            least = fmin(least, window[t * SENTINEL_SIGNALS + n]); /* fmin and fmax pass over NaN */
            most = fmax(most, window[t * SENTINEL_SIGNALS + n]);
        }
        for (int t = 0; t < SENTINEL_SAMPLES && most - least < STILL * spread[n]; t++)
            if (!isnan(window[t * SENTINEL_SIGNALS + n]))
                stilled[t * SENTINEL_SIGNALS + n] = least;
    }
}

/* Sum of the variances of the signals, in shares of their ranges. */
static double unrest(const struct sentinel_class *class, const struct sentinel_device *device)
{
    double all = 0;
    for (int n = 0; n < SENTINEL_SIGNALS; n++) {
        double range = class->high[n] - class->low[n];
        all += variance(device->sample[0], n) / (range > 0 ? range * range : 1);
    }
    return all;
}

/* Whether it had nothing to do in the whole window. */
static bool idle(const struct sentinel_device *device)
{
    bool worked = false;
    for (int t = 0; t < SENTINEL_SAMPLES; t++)
        for (int n = 0; n < SENTINEL_SIGNALS; n++)
            worked |= n != MEMORY && device->sample[t][n] > 0;
    return !worked;
}

struct candidate {
    int server, class, level;
    double unrest;
};

static int by_place(const void *a, const void *b)
{
    const struct candidate *one = a, *other = b;
    if (one->class != other->class)
        return one->class - other->class;
    if (one->level != other->level)
        return one->level - other->level;
    if (one->unrest != other->unrest)
        return (one->unrest > other->unrest) - (one->unrest < other->unrest);
    return one->server - other->server;
}

void sentinel_baselines_take(struct sentinel_devices *devices)
{
    struct candidate *found = weir_alloc((size_t)devices->server_count, sizeof *found);
    int count = 0;
    for (int e = 0; e < devices->server_count; e++) {
        const struct sentinel_device *device = &devices->servers[e];
        struct sentinel_class *class = &devices->classes[device->class];
        if (device->state != SENTINEL_WELL)
            continue;
        if (whole(device->sample[SENTINEL_SAMPLES - 1]))
            draw(devices, class, device->sample[SENTINEL_SAMPLES - 1]);
        bool gap = false;
        for (int t = 0; t < SENTINEL_SAMPLES; t++)
            gap |= !whole(device->sample[t]);
        if (gap)
            continue;
        keep(devices, device);
        if (idle(device)) /* which says nothing of how signals go together */
            continue;
        found[count++] = (struct candidate){e, device->class, level_of(class, device), unrest(class, device)};
    }
    qsort(found, (size_t)count, sizeof *found, by_place);
    for (int first = 0, last; first < count; first = last) {
        for (last = first;
             last < count && found[last].class == found[first].class && found[last].level == found[first].level;)
            last++;
        const struct candidate *middle = &found[(first + last - 1) / 2];
        struct sentinel_class *class = &devices->classes[middle->class];
        memcpy(class->window[middle->level], devices->servers[middle->server].sample, sizeof class->window[0]);
        class->known[middle->level] = true;
    }
    free(found);
}
