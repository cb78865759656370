#include "policies/learn/transfer/compare.h"

#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "policies/learn/series/scale.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

#define TUNE_RATE 0.2

const char *const transfer_way_names[TRANSFER_WAYS + 1] = {
    [TRANSFER_SOURCE_ONLY] = "source-only",
    [TRANSFER_TARGET_ONLY] = "target-only",
    [TRANSFER_FINE_TUNED] = "fine-tuned",
    [TRANSFER_JOINT] = "joint",
    [TRANSFER_LAST] = "last",
    [TRANSFER_WAYS] = NULL,
};

static double now_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double *scaled(const struct transfer_series *series, const struct series_scale *scale)
{
    double *values = weir_alloc(series->count, sizeof *values);
    for (size_t i = 0; i < series->count; i++)
        values[i] = series_scale_to(scale, series->values[i]);
    return values;
}

/* A trial with its series scaled. */
struct scaled_trial {
    const struct transfer_trial *trial;
    struct series_scale scale;       /* of the target */
    double *target;                  /* all of it */
    struct transfer_series known;    /* its known part */
    struct transfer_series *sources; /* owned, with their values */
};

static void scale_trial(const struct transfer_trial *trial, struct scaled_trial *to)
{
    to->trial = trial;
    to->scale = series_scale_min_max(trial->target.values, trial->known);
    to->target = scaled(&trial->target, &to->scale);
    to->known = (struct transfer_series){.values = to->target, .count = trial->known};
    to->sources = weir_alloc(trial->source_count, sizeof *to->sources);
    for (size_t i = 0; i < trial->source_count; i++) {
        struct series_scale scale = series_scale_min_max(trial->sources[i].values, trial->sources[i].count);
        to->sources[i] =
            (struct transfer_series){.values = scaled(&trial->sources[i], &scale), .count = trial->sources[i].count};
    }
}

static void scaled_trial_fini(struct scaled_trial *scaled_trial)
{
    for (size_t i = 0; i < scaled_trial->trial->source_count; i++)
        free((double *)scaled_trial->sources[i].values);
    free(scaled_trial->sources);
    free(scaled_trial->target);
}

/* Forecasts of the values that are not known, each from the true ones before it; NULL: the newest value. */
static struct series_metrics measure(const struct scaled_trial *of, struct transfer_net *net)
{
    const struct transfer_trial *trial = of->trial;
    size_t first = trial->known, count = trial->target.count - first, window = (size_t)trial->options.window;
    double *forecasts = weir_alloc(count, sizeof *forecasts);
    for (size_t i = 0; i < count; i++) {
        double next = net ? transfer_net_next(net, of->target + first + i - window) : of->target[first + i - 1];
        forecasts[i] = series_scale_from(&of->scale, next);
    }
    struct series_metrics measures = series_measure(trial->target.values + first, forecasts, count);
    free(forecasts);
    return measures;
}

/* Trains the net on from where it is, as the way says, and measures it. Seconds are added to what it had cost before.
 */
static int go_way(const struct scaled_trial *of, enum transfer_way way, struct transfer_net *net, double before_s,
                  struct transfer_result *result)
{
    const struct transfer_trial *trial = of->trial;
    double start_s = now_s();
    int code = 0;
    if (way == TRANSFER_SOURCE_ONLY)
        code = transfer_net_learn_sources(net, of->sources, trial->source_count);
    if (way == TRANSFER_JOINT)
        code = transfer_net_learn_joint(net, of->sources, trial->source_count, &of->known);
    if (code == 0 && (way == TRANSFER_FINE_TUNED || way == TRANSFER_JOINT))
        code = transfer_net_learn_target(net, &of->known, TUNE_RATE);
    if (way == TRANSFER_TARGET_ONLY)
        code = transfer_net_learn_target(net, &of->known, 1);
    if (code)
        return weir_error_context("transfer, %s", transfer_way_names[way]);
    *result = (struct transfer_result){.fit_s = before_s + now_s() - start_s, .measures = measure(of, net)};
    return 0;
}

static int check(const struct transfer_trial *trial)
{
    size_t need = transfer_net_need(&trial->options);
    if (trial->source_count == 0)
        return weir_error(WEIR_EINPUT, "there is no source series");
    if (trial->known < need)
        return weir_error(WEIR_EINPUT, "%zu known values of the target are too few: a window of %d needs %zu",
                          trial->known, trial->options.window, need);
    if (trial->target.count <= trial->known)
        return weir_error(WEIR_EINPUT,
                          "the target has %zu values, and %zu are to be known: nothing is left to forecast",
                          trial->target.count, trial->known);
    return 0;
}

int transfer_compare(const struct transfer_trial *trial, struct transfer_result results[TRANSFER_WAYS])
{
    struct scaled_trial of;
    int code = check(trial);
    if (code)
        return code;
    scale_trial(trial, &of);
    struct transfer_net *base = transfer_net_new(&trial->options);
    for (int way = 0; code == 0 && way < TRANSFER_LAST; way++) {
        struct transfer_net *net = way == TRANSFER_SOURCE_ONLY   ? base
                                   : way == TRANSFER_TARGET_ONLY ? transfer_net_new(&trial->options)
                                                                 : transfer_net_copy(base);
        bool carried = way == TRANSFER_FINE_TUNED || way == TRANSFER_JOINT;
        code =
            go_way(&of, (enum transfer_way)way, net, carried ? results[TRANSFER_SOURCE_ONLY].fit_s : 0, &results[way]);
        if (net != base)
            transfer_net_free(net);
    }
    results[TRANSFER_LAST] = (struct transfer_result){.measures = measure(&of, NULL)};
    transfer_net_free(base);
    scaled_trial_fini(&of);
    return code;
}
