/* How unlikely a window is to a net that learnt healthy ones. */
#include "policies/learn/detect/vgru_detector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/detect/support.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

#define MOST_LATENT 8

enum { OF_WINDOW, OF_LAST, OF_RECENT };
const char *const detector_vgru_of[] = {"window", "last", "recent", NULL};

void detector_vgru_create(struct detector_vgru *vgru, int length, const struct detector_env *env)
{
    vgru->length = length;
    vgru->width = env->width;
    vgru->silent = weir_alloc((size_t)env->width, sizeof *vgru->silent);
    vgru->seed = weir_hash_string(WEIR_HASH_START, env->stream) ^ env->seed;
}

/* Copies a window with its gaps filled. */
static void fill_window(const struct detector_vgru *vgru, const double *from, double *to)
{
    size_t width = (size_t)vgru->width, length = (size_t)vgru->length;
    memcpy(to, from, length * width * sizeof *to);
    for (size_t n = 0; n < width; n++) {
        for (size_t t = 1; t < length; t++)
            if (isnan(to[t * width + n]))
                to[t * width + n] = to[(t - 1) * width + n];
        for (size_t t = length - 1; t > 0; t--)
            if (isnan(to[(t - 1) * width + n]))
                to[(t - 1) * width + n] = to[t * width + n];
    }
}

/* Finds the dimensions that have no value in the pasts at all. */
static void find_silent(const struct detector_vgru *vgru, const struct detector_past *pasts, int count, bool *silent)
{
    size_t width = (size_t)vgru->width;
    memset(silent, true, width * sizeof *silent);
    for (int p = 0; p < count; p++)
        for (size_t i = 0; i < pasts[p].count * width; i++)
            silent[i % width] = silent[i % width] && isnan(pasts[p].rows[i]);
}

/* Makes these 0 in windows. */
static void silence(const struct detector_vgru *vgru, double *windows, size_t count)
{
    size_t width = (size_t)vgru->width, cells = count * (size_t)vgru->length * width;
    for (size_t n = 0; n < width; n++)
        for (size_t i = n; i < cells && vgru->silent[n]; i += width)
            windows[i] = 0;
}

/* A window of the pasts, and when it ends. */
struct place {
    const double *window;
    size_t ends, order;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->ends != y->ends)
        return x->ends < y->ends ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* So many of the windows of all pasts, evenly apart in time, the latest last. Owned. */
static double *gather(const struct detector_vgru *vgru, const struct detector_past *pasts, int count, size_t most,
                      size_t *taken)
{
    size_t length = (size_t)vgru->length, width = (size_t)vgru->width, all = 0;
    for (int p = 0; p < count; p++)
        all += pasts[p].count - length + 1;
    struct place *places = weir_alloc(all, sizeof *places);
    for (size_t p = 0, at = 0; p < (size_t)count; p++)
        for (size_t i = 0; i + length <= pasts[p].count; i++, at++)
            places[at] = (struct place){pasts[p].rows + i * width, pasts[p].begins + i, at};
    qsort(places, all, sizeof *places, compare_places);
    *taken = all < most ? all : most;
    double *windows = weir_alloc(*taken * length * width, sizeof *windows);
    for (size_t i = 0; i < *taken; i++)
        fill_window(vgru, places[i * all / *taken].window, windows + i * length * width);
    free(places);
    return windows;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void score_windows(const struct detector_vgru *vgru, const struct detector_vgru_settings *settings,
                          const double *windows, size_t count, double *score)
{
    bool last = settings->of == OF_LAST;
    if (settings->of == OF_RECENT)
        vgru_score_recent(vgru->model, windows, count, settings->recent, score);
    else
        vgru_score(vgru->model, windows, count, last ? NULL : score, last ? score : NULL);
}

/* The net knows the windows that it learnt from: what is usual for others is told by those that it did not learn from,
 * the latest. */
static void find_threshold(struct detector_vgru *vgru, const struct detector_vgru_settings *settings,
                           const double *windows, size_t count)
{
    size_t kept = (size_t)(settings->validation * (double)count), found = 0;
    double *score = weir_alloc(kept, sizeof *score);
    vgru->threshold = settings->eta;
    score_windows(vgru, settings, windows + (count - kept) * (size_t)vgru->length * (size_t)vgru->width, kept, score);
    for (size_t i = 0; i < kept; i++)
        if (!isnan(score[i]))
            score[found++] = score[i];
    if (found > 0) {
        qsort(score, found, sizeof *score, compare_doubles);
        size_t place = (size_t)ceil(settings->quantile * (double)found);
        vgru->threshold = fmax(vgru->threshold, score[place > 0 ? place - 1 : 0]);
    }
    free(score);
}

/* A net that could pass on every dimension would find little unlikely. */
static int usual_latent(int width)
{
    int half = width > 1 ? width / 2 : 1;
    return half < MOST_LATENT ? half : MOST_LATENT;
}

int detector_vgru_fit(struct detector_vgru *vgru, const struct detector_vgru_settings *settings,
                      const struct detector_past *pasts, int count)
{
    size_t taken;
    struct vgru_settings wanted = vgru_defaults();
    double *windows = gather(vgru, pasts, count, (size_t)settings->windows, &taken);
    find_silent(vgru, pasts, count, vgru->silent);
    silence(vgru, windows, taken);
    wanted.length = vgru->length;
    wanted.width = vgru->width;
    wanted.units = settings->units;
    wanted.latent = settings->latent > 0 ? settings->latent : usual_latent(vgru->width);
    wanted.components = settings->components;
    wanted.epochs = settings->epochs;
    wanted.batch = settings->batch;
    wanted.rate = settings->rate;
    wanted.validation = settings->validation;
    wanted.high_quantile = settings->quantile;
    wanted.eta = settings->eta;
    wanted.seed = vgru->seed;
    vgru_free(vgru->model);
    int code = vgru_fit(&vgru->model, windows, taken, &wanted);
    if (code == WEIR_OK)
        find_threshold(vgru, settings, windows, taken);
    free(windows);
    return code;
}

void detector_vgru_judge(const struct detector_vgru *vgru, const struct detector_vgru_settings *settings,
                         const double *const *windows, size_t count, struct detector_result *results)
{
    size_t cells = (size_t)vgru->length * (size_t)vgru->width;
    double *filled = weir_alloc(count * cells, sizeof *filled), *score = weir_alloc(count, sizeof *score);
    for (size_t i = 0; i < count; i++)
        fill_window(vgru, windows[i], filled + i * cells);
    silence(vgru, filled, count);
    score_windows(vgru, settings, filled, count, score);
    for (size_t i = 0; i < count; i++)
        results[i] = detector_compare(score[i], vgru->threshold);
    free(filled);
    free(score);
}

void detector_vgru_describe(const struct detector_vgru *vgru, struct weir_text *to)
{
    struct vgru_trained trained = vgru_trained(vgru->model);
    weir_text_addf(to, "%zu windows, lower bound %.3f to %.3f a number, threshold %.3g", trained.windows,
                   trained.first_elbo, trained.last_elbo, vgru->threshold);
}

void detector_vgru_destroy(struct detector_vgru *vgru)
{
    vgru_free(vgru->model);
    free(vgru->silent);
}

struct vgru_detector {
    int window;
    struct detector_vgru_settings settings;

    struct detector_vgru vgru;
};

static const struct weir_param params[] = {
    WEIR_PARAM("window", WEIR_PARAM_INT, WEIR_UNIT_NONE, offsetof(struct vgru_detector, window), "12", 2, 1000, NULL,
               "Samples of a window."),
    DETECTOR_VGRU_PARAMS(offsetof(struct vgru_detector, settings)),
    {0},
};

static int create(void *state, const struct detector_env *env)
{
    struct vgru_detector *self = state;
    detector_vgru_create(&self->vgru, self->window, env);
    return WEIR_OK;
}

static int length(const void *state)
{
    return ((const struct vgru_detector *)state)->window;
}

static int fit(void *state, const struct detector_past *pasts, int count)
{
    struct vgru_detector *self = state;
    return detector_vgru_fit(&self->vgru, &self->settings, pasts, count);
}

static int judge(void *state, const double *const *windows, size_t count, struct detector_result *results)
{
    const struct vgru_detector *self = state;
    detector_vgru_judge(&self->vgru, &self->settings, windows, count, results);
    return WEIR_OK;
}

static void describe(const void *state, struct weir_text *to)
{
    detector_vgru_describe(&((const struct vgru_detector *)state)->vgru, to);
}

static void destroy(void *state)
{
    detector_vgru_destroy(&((struct vgru_detector *)state)->vgru);
}

const struct detector_kind detector_vgru_kind = {
    .name = "vgru",
    .summary = "How unlikely a window is to a variational GRU that learnt healthy ones.",
    .source = "li-2025",
    .state_size = sizeof(struct vgru_detector),
    .params = params,
    .draws = true,
    .create = create,
    .length = length,
    .fit = fit,
    .judge = judge,
    .describe = describe,
    .destroy = destroy,
};
