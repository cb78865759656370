/* The net of the service effect: learnt from what came back to the viewers, it takes the place of the table of late
 * results once it has seen a day. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/sentinel.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

#define SAMPLES 20000 /* kept at most, drawn evenly from all that came */
#define LEAST   200   /* to train on */
#define EPOCHS  400   /* at most; where there are many samples, the number of updates is the bound */
#define DAY_S   86400
#define FRESH_S 600.0  /* for which what is expected holds */
#define FAR_S   1000.0 /* distance of a region out of reach */

static void forget(struct sentinel_effect *effect, long shape)
{
    effect_free(effect->net);
    effect->net = NULL;
    effect->seen = 0;
    effect->asked_s = -1;
    effect->net_shape = shape;
}

static void add(struct sentinel_effect *effect, const struct effect_sample *sample)
{
    if (!effect->samples)
        effect->samples = weir_alloc(SAMPLES, sizeof *effect->samples);
    long at = effect->seen++;
    if (at >= SAMPLES)
        at = (long)weir_stream_below(&effect->draws, (uint64_t)effect->seen);
    if (at < SAMPLES)
        effect->samples[at] = *sample;
}

void sentinel_effect_watch(struct sentinel *self, const struct weir_view *view, int job, int server, double all,
                           double late, double seen)
{
    struct sentinel_effect *effect = &self->effect;
    const struct live *live = &self->live;
    if (effect->net_shape != live->shape)
        forget(effect, live->shape);
    double load = live->used[server], safe = 1 - late / all;
    add(effect, &(struct effect_sample){.server = server,
                                        .region = live->jobs[job].region,
                                        .category = live->jobs[job].category,
                                        .time_s = fmax(view->time_s - view->window_s / 2, 0),
                                        .bandwidth_bytes_per_s = live->bandwidth[server],
                                        .load = isfinite(load) ? fmin(fmax(load, 0), 10) : 0,
                                        .rate = seen,
                                        .safe = fmin(fmax(safe, 0), 1),
                                        .weight = all});
}

/* The region of each server by number; NULL if one stands where no viewers are. */
static int *homes(const struct sentinel *self, const struct weir_view *view)
{
    const struct live *live = &self->live;
    int *home = weir_alloc((size_t)live->servers, sizeof *home);
    for (int e = 0; e < live->servers; e++) {
        int m = 0;
        const char *region = view->hosts[live->host[e]].region;
        while (m < live->regions && region && view->hosts[live->viewer[m]].region &&
               strcmp(region, view->hosts[live->viewer[m]].region) != 0)
            m++;
        home[e] = m;
        if (m == live->regions || !region || !view->hosts[live->viewer[m]].region) {
            free(home);
            return NULL;
        }
    }
    return home;
}

void sentinel_effect_train(struct sentinel *self, const struct weir_view *view, struct weir_plan *plan)
{
    struct sentinel_effect *effect = &self->effect;
    const struct live *live = &self->live;
    if (view->time_s < DAY_S || effect->net_shape != live->shape || effect->seen < LEAST || !self->service_detection)
        return;
    struct effect_settings settings = effect_defaults;
    size_t pairs = (size_t)live->servers * (size_t)live->regions;
    double *distance = weir_alloc(pairs, sizeof *distance);
    for (size_t k = 0; k < pairs; k++)
        distance[k] = isfinite(live->latency_s[k]) ? live->latency_s[k] : FAR_S;
    int *home = homes(self, view);
    settings.servers = live->servers;
    settings.regions = live->regions;
    settings.categories = live->categories;
    settings.home = home;
    settings.distance = distance;
    settings.threshold = 1 - self->unsafe;
    settings.epochs = EPOCHS;
    settings.seed = self->seed;
    struct effect *made;
    size_t count = (size_t)(effect->seen < SAMPLES ? effect->seen : SAMPLES);
    if (effect_fit(&settings, effect->samples, count, &made) == WEIR_OK) {
        effect_free(effect->net);
        effect->net = made;
        effect->asked_s = -1;
        sentinel_rates_forget(self);
    } else {
        weir_plan_warn(plan, -1, "%s; the net of the effect stays as it was", weir_error_message());
        weir_error_clear();
    }
    free(home);
    free(distance);
}

const float *sentinel_effect_ask(struct sentinel *self, const struct weir_view *view)
{
    struct sentinel_effect *effect = &self->effect;
    const struct live *live = &self->live;
    if (!effect->net || effect->net_shape != live->shape)
        return NULL;
    if (effect->asked_s >= 0 && view->time_s - effect->asked_s < FRESH_S)
        return effect->chance;
    size_t cells = (size_t)live->servers * (size_t)live->regions * (size_t)live->categories;
    effect->chance = weir_resize(effect->chance, cells, sizeof *effect->chance);
    effect->times = weir_resize(effect->times, cells, sizeof *effect->times);
    effect_predict_all(effect->net, view->time_s + fmax(view->window_s, FRESH_S) / 2, live->bandwidth, live->used,
                       effect->times, effect->chance);
    effect->asked_s = view->time_s;
    return effect->chance;
}
