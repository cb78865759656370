/* Categories of jobs: clusters of those whose requests are alike or, where channels are told, their classes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/channels.h"
#include "policies/sentinel/live.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

enum { FEATURES = LIVE_FEATURES };

static void features_of(const struct weir_view *view, const struct weir_job_view *job, int tier,
                        double features[FEATURES])
{
    double bytes, flops;
    live_request(view, job, tier, &bytes, &flops);
    features[0] = weir_log1p(bytes);
    features[1] = weir_log1p(flops);
    features[2] = weir_log1p(job->source_bytes);
    features[3] = isfinite(job->slo_s) ? weir_log1p(job->slo_s) : 0;
    features[4] = tier;
}

static void scale(const struct live *live, double features[FEATURES])
{
    for (int f = 0; f < FEATURES; f++) {
        double range = live->high[f] - live->low[f];
        features[f] = range > 0 ? (features[f] - live->low[f]) / range : 0;
    }
}

/* Numbers the clusters in the order in which jobs first belong to them, so that equal clusters have equal numbers. */
static void number(struct kmeans *classes, int *assigned, int count)
{
    int *as = weir_alloc((size_t)classes->clusters, sizeof *as), next = 0;
    for (int k = 0; k < classes->clusters; k++)
        as[k] = -1;
    for (int j = 0; j < count; j++) {
        if (as[assigned[j]] < 0)
            as[assigned[j]] = next++;
        assigned[j] = as[assigned[j]];
    }
    for (int k = 0; k < classes->clusters; k++)
        if (as[k] < 0)
            as[k] = next++;
    double *centres = weir_alloc((size_t)classes->clusters * (size_t)classes->width, sizeof *centres);
    for (int k = 0; k < classes->clusters; k++)
        memcpy(centres + as[k] * classes->width, classes->centres + k * classes->width,
               (size_t)classes->width * sizeof *centres);
    free(classes->centres);
    classes->centres = centres;
    free(as);
}

static int make_categories(struct live *live, const struct weir_view *view)
{
    int count = 0;
    double *x = weir_alloc((size_t)view->job_count * FEATURES, sizeof *x);
    int *job = weir_alloc((size_t)view->job_count, sizeof *job);
    for (int j = 0; j < view->job_count; j++)
        if (live->jobs[j].region >= 0) {
            features_of(view, &view->jobs[j], live->jobs[j].tier, x + count * FEATURES);
            job[count++] = j;
        }
    for (int f = 0; f < FEATURES; f++) {
        live->low[f] = INFINITY;
        live->high[f] = -INFINITY;
        for (int k = 0; k < count; k++) {
            live->low[f] = fmin(live->low[f], x[k * FEATURES + f]);
            live->high[f] = fmax(live->high[f], x[k * FEATURES + f]);
        }
    }
    for (int k = 0; k < count; k++)
        scale(live, x + k * FEATURES);
    struct kmeans made;
    int *assigned = weir_alloc((size_t)count, sizeof *assigned);
    struct kmeans_settings settings = {.clusters = live->wanted, .restarts = 10, .iterations = 300, .seed = live->seed};
    int code = kmeans_fit(x, count, FEATURES, &settings, &made, assigned);
    if (code == WEIR_OK) {
        number(&made, assigned, count);
        kmeans_fini(&live->classes);
        live->classes = made;
        bool other = made.clusters != live->categories;
        for (int k = 0; k < count; k++) {
            int before = live->jobs[job[k]].category; /* -1: it is new, and changes nothing for others */
            other |= before >= 0 && before != assigned[k];
            live->jobs[job[k]].category = assigned[k];
        }
        live->shape += other;
        live->categories = made.clusters;
        live->fitted_jobs = count;
        live->new_jobs = 0;
        live->stale = false;
    }
    free(assigned);
    free(job);
    free(x);
    return code == WEIR_OK ? code : weir_error_context("categories of jobs");
}

/* Clusters, made anew where they have to be. */
static int by_jobs(struct live *live, const struct weir_view *view)
{
    int running = 0;
    for (int j = 0; j < live->job_count; j++)
        running += live->jobs[j].region >= 0;
    if (running > 0 && (live->stale || live->categories == 0 || 4 * live->new_jobs > live->fitted_jobs)) {
        int code = make_categories(live, view);
        if (code != WEIR_OK)
            return code;
    }
    for (int j = 0; j < live->job_count; j++)
        if (live->jobs[j].region >= 0 && live->jobs[j].category < 0) {
            double features[FEATURES];
            features_of(view, &view->jobs[j], live->jobs[j].tier, features);
            scale(live, features);
            live->jobs[j].category = kmeans_nearest(&live->classes, features, NULL);
        }
    return WEIR_OK;
}

/* Classes of channels of which there are jobs, in the order in which these come. */
static int by_channels(struct live *live, const struct weir_view *view)
{
    for (int j = 0; j < live->job_count; j++) {
        if (live->jobs[j].region < 0 || live->jobs[j].category >= 0)
            continue;
        int class, code = channels_class_of(live->channels, view->jobs[j].name, &class);
        if (code != WEIR_OK)
            return code;
        if (!live->class_category)
            live->class_category = weir_alloc((size_t)channels_count(live->channels), sizeof *live->class_category);
        if (live->class_category[class] == 0) {
            live->class_category[class] = ++live->categories;
            live->shape++;
        }
        live->jobs[j].category = live->class_category[class] - 1;
    }
    return WEIR_OK;
}

int live_classify(struct live *live, const struct weir_view *view)
{
    return live->channels ? by_channels(live, view) : by_jobs(live, view);
}
