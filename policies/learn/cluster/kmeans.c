#include "policies/learn/cluster/kmeans.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/given.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/real.h"

/* What a restart works on. */
struct work {
    const double *x;
    int count, width, clusters;
    double *centres, *sums; /* [clusters][width] */
    int *sizes;             /* [clusters] */
    int *assigned;          /* [count] */
    double *distance2;      /* [count] to the own centre */
    double *trial, *best;   /* [count] of the seeding */
};

static double squared(const double *a, const double *b, int width)
{
    double sum = 0;
    for (int i = 0; i < width; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

/* The smaller of the distances so far and those to a new centre; returns their sum. */
static double closer(const struct work *w, const double *centre, double *distance2)
{
    double sum = 0;
    for (int i = 0; i < w->count; i++) {
        double d = squared(w->x + (size_t)i * (size_t)w->width, centre, w->width);
        distance2[i] = w->distance2[i] < d ? w->distance2[i] : d;
        sum += distance2[i];
    }
    return sum;
}

/* A sample drawn with a chance in proportion to its squared distance. */
static int draw(const struct work *w, double sum, struct weir_stream *stream)
{
    double left = weir_stream_uniform(stream) * sum;
    int last = 0;
    for (int i = 0; i < w->count; i++) {
        if (w->distance2[i] <= 0)
            continue;
        last = i;
        left -= w->distance2[i];
        if (left < 0)
            break;
    }
    return last;
}

/* Chooses the first centres; returns how many there are, fewer than k if no sample is left apart from them. */
static int seed_centres(struct work *w, int k, struct weir_stream *stream)
{
    size_t row = (size_t)w->width;
    int candidates = 2 + (int)weir_log((double)k), chosen = 1;
    memcpy(w->centres, w->x + weir_stream_below(stream, (uint64_t)w->count) * row, row * sizeof *w->x);
    for (int i = 0; i < w->count; i++)
        w->distance2[i] = INFINITY;
    double sum = closer(w, w->centres, w->distance2);
    for (; chosen < k && sum > 0; chosen++) {
        double least = INFINITY;
        for (int c = 0; c < candidates; c++) {
            int i = draw(w, sum, stream);
            double left = closer(w, w->x + (size_t)i * row, w->trial);
            if (left < least) {
                double *swapped = w->best;
                w->best = w->trial;
                w->trial = swapped;
                least = left;
                memcpy(w->centres + (size_t)chosen * row, w->x + (size_t)i * row, row * sizeof *w->x);
            }
        }
        memcpy(w->distance2, w->best, (size_t)w->count * sizeof *w->best);
        sum = least;
    }
    return chosen;
}

/* Gives each sample to its nearest centre; returns whether any changed, and the inertia. */
static bool assign(struct work *w, double *inertia)
{
    struct kmeans model = {.clusters = w->clusters, .width = w->width, .centres = w->centres};
    bool changed = false;
    *inertia = 0;
    for (int i = 0; i < w->count; i++) {
        int to = kmeans_nearest(&model, w->x + (size_t)i * (size_t)w->width, &w->distance2[i]);
        changed = changed || to != w->assigned[i];
        w->assigned[i] = to;
        *inertia += w->distance2[i];
    }
    return changed;
}

static void move_centres(struct work *w)
{
    size_t row = (size_t)w->width;
    memset(w->sums, 0, (size_t)w->clusters * row * sizeof *w->sums);
    memset(w->sizes, 0, (size_t)w->clusters * sizeof *w->sizes);
    for (int i = 0; i < w->count; i++) {
        double *sum = w->sums + (size_t)w->assigned[i] * row;
        w->sizes[w->assigned[i]]++;
        for (size_t d = 0; d < row; d++)
            sum[d] += w->x[(size_t)i * row + d];
    }
    for (int c = 0; c < w->clusters; c++) {
        int farthest = 0;
        for (size_t d = 0; d < row && w->sizes[c] > 0; d++)
            w->centres[(size_t)c * row + d] = w->sums[(size_t)c * row + d] / w->sizes[c];
        if (w->sizes[c] > 0)
            continue;
        for (int i = 1; i < w->count; i++)
            farthest = w->distance2[i] > w->distance2[farthest] ? i : farthest;
        memcpy(w->centres + (size_t)c * row, w->x + (size_t)farthest * row, row * sizeof *w->x);
        w->distance2[farthest] = 0; /* the next empty one takes another */
    }
}

/* Beyond it squares of distances, or their sums, may overflow. */
#define LARGEST 1e140

static int check(const double *x, int count, int width, const struct kmeans_settings *s)
{
    if (count < 1 || width < 1)
        return weir_error(WEIR_EINPUT, "k-means: %d samples of %d dimensions; at least one of each is needed", count,
                          width);
    if (s->clusters < 1 || s->restarts < 1 || s->iterations < 1)
        return weir_error(WEIR_EINPUT, "k-means: %d clusters, %d restarts, %d iterations; each must be at least 1",
                          s->clusters, s->restarts, s->iterations);
    for (size_t i = 0; i < (size_t)count * (size_t)width; i++)
        if (!(fabs(x[i]) <= LARGEST))
            return weir_error(WEIR_EINPUT, "k-means: sample %zu, dimension %zu: %g is no finite number up to %g",
                              i / (size_t)width, i % (size_t)width, x[i], LARGEST);
    return WEIR_OK;
}

int kmeans_fit(const double *x, int count, int width, const struct kmeans_settings *settings, struct kmeans *model,
               int *assigned)
{
    if (learn_given(__func__, "x settings model", x, settings, model) != WEIR_OK)
        return WEIR_EINPUT;
    *model = (struct kmeans){0};
    int code = check(x, count, width, settings);
    if (code)
        return code;
    int k = settings->clusters < count ? settings->clusters : count;
    size_t n = (size_t)count, cells = (size_t)k * (size_t)width;
    struct work w = {
        .x = x,
        .count = count,
        .width = width,
        .centres = weir_alloc(cells, sizeof(double)),
        .sums = weir_alloc(cells, sizeof(double)),
        .sizes = weir_alloc((size_t)k, sizeof(int)),
        .assigned = weir_alloc(n, sizeof(int)),
        .distance2 = weir_alloc(n, sizeof(double)),
        .trial = weir_alloc(n, sizeof(double)),
        .best = weir_alloc(n, sizeof(double)),
    };
    struct weir_stream stream = weir_stream_open(settings->seed, "kmeans");
    *model = (struct kmeans){.width = width, .inertia = INFINITY, .centres = weir_alloc(cells, sizeof(double))};
    for (int r = 0; r < settings->restarts; r++) {
        double inertia;
        int iteration = 0;
        w.clusters = seed_centres(&w, k, &stream);
        for (int i = 0; i < count; i++)
            w.assigned[i] = -1;
        while (assign(&w, &inertia) && iteration < settings->iterations) {
            move_centres(&w);
            iteration++;
        }
        if (inertia >= model->inertia)
            continue;
        model->clusters = w.clusters;
        model->inertia = inertia;
        model->iterations = iteration;
        memcpy(model->centres, w.centres, (size_t)w.clusters * (size_t)width * sizeof *w.centres);
        if (assigned)
            memcpy(assigned, w.assigned, n * sizeof *assigned);
    }
    free(w.centres);
    free(w.sums);
    free(w.sizes);
    free(w.assigned);
    free(w.distance2);
    free(w.trial);
    free(w.best);
    return WEIR_OK;
}

int kmeans_nearest(const struct kmeans *model, const double *x, double *distance2)
{
    int nearest = -1;
    double least = INFINITY;
    for (int c = 0; model && model->centres && x && c < model->clusters; c++) {
        double d = squared(x, model->centres + (size_t)c * (size_t)model->width, model->width);
        if (d < least) {
            least = d;
            nearest = c;
        }
    }
    if (nearest < 0)
        least = NAN;
    if (distance2)
        *distance2 = least;
    return nearest;
}

void kmeans_fini(struct kmeans *model)
{
    if (!model)
        return;
    free(model->centres);
    *model = (struct kmeans){0};
}
