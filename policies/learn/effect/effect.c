#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/effect/work.h"
#include "policies/learn/nn/train.h"
#include "policies/learn/series/calendar.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

/* Rate of a fine-tuning by that of a fit. */
#define TUNE_RATE 0.2

const struct effect_settings effect_defaults = {
    .width = 32,
    .hidden = 32,
    .dropout = 0.1,
    .epochs = 20,
    .updates = 3000,
    .batch = 256,
    .rate = 0.01,
    .caution = 1,
    .threshold = 0.5,
    .seed = 1,
};

int effect_check_settings(const struct effect_settings *settings)
{
    const struct {
        const char *name;
        double value, least, most;
    } rows[] = {
        {"servers", settings->servers, 1, 1000000},      {"regions", settings->regions, 1, 100000},
        {"categories", settings->categories, 1, 100000}, {"width", settings->width, 1, 1024},
        {"hidden", settings->hidden, 1, 1024},           {"dropout", settings->dropout, 0, 0.95},
        {"epochs", settings->epochs, 1, 1000000},        {"updates", settings->updates, 1, INT_MAX},
        {"batch", settings->batch, 1, 1000000},          {"rate", settings->rate, 1e-9, 1e9},
        {"caution", settings->caution, 1e-6, 1e6},       {"threshold", settings->threshold, 0, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!(rows[i].value >= rows[i].least && rows[i].value <= rows[i].most))
            return weir_error(WEIR_EINPUT, "effect: %s is %g and must be %g to %g", rows[i].name, rows[i].value,
                              rows[i].least, rows[i].most);
    for (int e = 0; settings->home && e < settings->servers; e++)
        if (settings->home[e] < 0 || settings->home[e] >= settings->regions)
            return weir_error(WEIR_EINPUT, "effect: server %d stands in region %d, and there are regions 0 to %d", e,
                              settings->home[e], settings->regions - 1);
    for (size_t i = 0; settings->distance && i < (size_t)settings->servers * (size_t)settings->regions; i++)
        if (!(settings->distance[i] >= 0 && isfinite(settings->distance[i])))
            return weir_error(WEIR_EINPUT,
                              "effect: the distance of server %zu from region %zu is %g; it must be 0 or more",
                              i / (size_t)settings->regions, i % (size_t)settings->regions, settings->distance[i]);
    return WEIR_OK;
}

static int check_samples(const struct effect_settings *settings, const struct effect_sample *samples, size_t count)
{
    if (count == 0)
        return weir_error(WEIR_EINPUT, "effect: there is no sample to learn");
    for (size_t i = 0; i < count; i++) {
        const struct effect_sample *s = &samples[i];
        const char *wrong = s->server < 0 || s->server >= settings->servers          ? "its server is not there"
                            : s->region < 0 || s->region >= settings->regions        ? "its region is not there"
                            : s->category < 0 || s->category >= settings->categories ? "its category is not there"
                            : !isfinite(s->time_s)                                   ? "its time is not finite"
                            : !(s->bandwidth_bytes_per_s > 0 && isfinite(s->bandwidth_bytes_per_s))
                                ? "its bandwidth must be above 0"
                            : !isfinite(s->load)                                      ? "its load is not finite"
                            : !isnan(s->rate) && !(s->rate >= 0 && isfinite(s->rate)) ? "its rate must be 0 or more"
                            : !(s->safe >= 0 && s->safe <= 1)         ? "its share that is safe must be 0 to 1"
                            : !(s->weight > 0 && isfinite(s->weight)) ? "its weight must be above 0"
                                                                      : NULL;
        if (wrong)
            return weir_error(WEIR_EINPUT, "effect: sample %zu: %s", i, wrong);
    }
    return WEIR_OK;
}

struct effect *effect_make(const struct effect_settings *settings)
{
    struct effect *model = weir_alloc(1, sizeof *model);
    struct effect_shape shape = {.servers = settings->servers,
                                 .regions = settings->regions,
                                 .categories = settings->categories,
                                 .width = settings->width,
                                 .hidden = settings->hidden,
                                 .home = settings->home};
    model->settings = *settings;
    model->settings.home = NULL;
    model->settings.distance = NULL;
    if (settings->home) {
        model->home = weir_alloc((size_t)settings->servers, sizeof *model->home);
        memcpy(model->home, settings->home, (size_t)settings->servers * sizeof *model->home);
    }
    if (settings->distance) {
        size_t pairs = (size_t)settings->servers * (size_t)settings->regions;
        model->distance = weir_alloc(pairs, sizeof *model->distance);
        memcpy(model->distance, settings->distance, pairs * sizeof *model->distance);
        for (size_t i = 0; i < pairs; i++)
            model->far += model->distance[i] / (double)pairs;
    }
    model->far = model->far > 0 ? model->far : 1;
    model->stream = weir_stream_open(settings->seed, "effect");
    effect_net_add(&model->net, &shape, &model->params, &model->stream);
    nn_tape_init(&model->tape, 0);
    nn_tape_init(&model->server_tape, 0);
    return model;
}

void effect_free(struct effect *model)
{
    if (!model)
        return;
    nn_tape_fini(&model->tape);
    nn_tape_fini(&model->server_tape);
    nn_params_fini(&model->params);
    free(model->home);
    free(model->distance);
    free(model);
}

double effect_flops(const struct effect *model)
{
    const struct effect_settings *s = &model->settings;
    return 4.0 * s->servers * s->regions * s->categories * (s->width + 1) * s->hidden;
}

bool effect_is_safe(const struct effect *model, double safe)
{
    return safe > model->settings.threshold;
}

void effect_state(const struct effect *model, int server, int region, double bandwidth_bytes_per_s, double load,
                  nn_real *state)
{
    bool known = bandwidth_bytes_per_s > 0 && isfinite(bandwidth_bytes_per_s);
    state[0] = known ? (nn_real)((weir_log(bandwidth_bytes_per_s) - model->bandwidth_log) / model->bandwidth_sd) : 0;
    state[1] = isfinite(load) ? (nn_real)load : 0;
    state[2] = model->home && model->home[server] != region;
    state[3] = 0;
    if (model->distance)
        state[3] =
            (nn_real)(model->distance[(size_t)server * (size_t)model->settings.regions + (size_t)region] / model->far);
}

/* What is learnt. */
struct lesson {
    const struct effect *model;
    const struct effect_sample *samples;
    double weight; /* mean of the samples' */
};

/* A number of each sample of a batch. */
static int *integers(struct nn_tape *tape, size_t count)
{
    return nn_arena_take(&tape->arena, count * sizeof(int));
}

static struct nn_tensor *loss_of(struct nn_tape *tape, void *with, const size_t *taken, size_t size)
{
    const struct lesson *lesson = with;
    const struct effect *model = lesson->model;
    int count = (int)size, *server = integers(tape, size), *home = integers(tape, size);
    int *region = integers(tape, size), *category = integers(tape, size);
    struct nn_tensor *calendar = nn_input(tape, 1, count, SERIES_CALENDAR);
    struct nn_tensor *state = nn_input(tape, 1, count, EFFECT_STATE), *weights = nn_input(tape, 1, count, 1);
    struct nn_tensor *roots = nn_input(tape, 1, count, 1), *yielded = nn_input(tape, 1, count, 1);
    struct nn_tensor *safe = nn_input(tape, 1, count, 1), *rate, *odds;
    for (int i = 0; i < count; i++) {
        const struct effect_sample *sample = &lesson->samples[taken[i]];
        double features[SERIES_CALENDAR], weight = sample->weight / lesson->weight;
        server[i] = sample->server;
        home[i] = model->home ? model->home[sample->server] : 0;
        region[i] = sample->region;
        category[i] = sample->category;
        series_calendar(sample->time_s, features);
        for (int k = 0; k < SERIES_CALENDAR; k++)
            calendar->value[i * SERIES_CALENDAR + k] = (nn_real)features[k];
        effect_state(model, sample->server, sample->region, sample->bandwidth_bytes_per_s, sample->load,
                     state->value + i * EFFECT_STATE);
        weights->value[i] = (nn_real)weight;
        double root = isnan(sample->rate) ? 0 : sqrt(weight); /* 0: no error, whatever is forecast */
        roots->value[i] = (nn_real)root;
        yielded->value[i] = (nn_real)(root > 0 ? root * sample->rate / model->rate_scale : 0);
        safe->value[i] = (nn_real)sample->safe;
    }
    struct nn_tensor *q = effect_net_request(&model->net, tape, &model->params, region, category, count, calendar);
    struct nn_tensor *v = effect_net_server(&model->net, tape, &model->params, server, home, count, state);
    effect_net_decode(&model->net, tape, &model->params, q, v, model->settings.dropout, &rate, &odds);
    return nn_add(tape, nn_squared_error(tape, nn_multiply(tape, rate, roots), yielded),
                  nn_cross_entropy(tape, odds, safe, weights, model->settings.caution));
}

/* Scales of rates and bandwidths. */
static void measure(struct effect *model, const struct effect_sample *samples, size_t count)
{
    double square = 0, sum = 0, spread = 0, known = 0;
    for (size_t i = 0; i < count; i++) {
        known += !isnan(samples[i].rate);
        square += isnan(samples[i].rate) ? 0 : samples[i].rate * samples[i].rate;
        sum += weir_log(samples[i].bandwidth_bytes_per_s) / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        double away = weir_log(samples[i].bandwidth_bytes_per_s) - sum;
        spread += away * away / (double)count;
    }
    model->rate_scale = square > 0 ? sqrt(square / known) : 1;
    model->bandwidth_log = sum;
    model->bandwidth_sd = spread > 1e-12 ? sqrt(spread) : 1;
}

static int learn(struct effect *model, const struct effect_sample *samples, size_t count, int updates, double rate)
{
    struct lesson lesson = {.model = model, .samples = samples};
    for (size_t i = 0; i < count; i++)
        lesson.weight += samples[i].weight / (double)count;
    struct nn_updates training = {
        .updates = updates, .batch = model->settings.batch, .rate = rate, .stream = &model->stream};
    int code = nn_train_updates(&model->params, &training, loss_of, &lesson, count);
    return code == WEIR_OK ? WEIR_OK : weir_error_context("effect");
}

int effect_fit(const struct effect_settings *settings, const struct effect_sample *samples, size_t count,
               struct effect **made)
{
    *made = NULL;
    int code = effect_check_settings(settings);
    if (code == WEIR_OK)
        code = check_samples(settings, samples, count);
    if (code != WEIR_OK)
        return code;
    struct effect *model = effect_make(settings);
    double passes = settings->epochs * (double)count / settings->batch;
    measure(model, samples, count);
    code = learn(model, samples, count, passes < settings->updates ? (int)ceil(passes) : settings->updates,
                 settings->rate);
    if (code == WEIR_OK)
        *made = model;
    else
        effect_free(model);
    return code;
}

int effect_tune(struct effect *model, const struct effect_sample *samples, size_t count, int updates)
{
    int code = check_samples(&model->settings, samples, count);
    if (code != WEIR_OK)
        return code;
    return learn(model, samples, count, updates, TUNE_RATE * model->settings.rate);
}
