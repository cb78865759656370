#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/nn/train.h"
#include "policies/learn/series/calendar.h"
#include "policies/learn/stgcn/work.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

/* Rate of a fine-tuning by that of a fit. */
#define TUNE_RATE 0.2
/* The least noise that a series is taken to have, by its mean square. */
#define LEAST_NOISE 0.01

const struct stgcn_settings stgcn_defaults = {
    .window = 12,
    .channels = 16,
    .kernel = 3,
    .embedding = 8,
    .epochs = 30,
    .updates = 600,
    .batch = 8,
    .rate = 0.01,
    .step_s = 60,
    .sway = 0.2,
    .seed = 1,
};

/* A series to learn. */
struct lesson {
    const struct stgcn *model;
    const nn_real *scaled; /* steps x nodes */
    nn_real *weights;      /* roots of what errors of each node count by; mean square 1 */
    double first_s;
};

int stgcn_check_settings(const struct stgcn_settings *settings)
{
    const struct {
        const char *name;
        int value, least, most;
    } rows[] = {
        {"nodes", settings->nodes, 1, 20000},       {"window", settings->window, 2, 10000},
        {"channels", settings->channels, 1, 1024},  {"kernel", settings->kernel, 1, settings->window},
        {"embedding", settings->embedding, 1, 256}, {"epochs", settings->epochs, 1, 1000000},
        {"updates", settings->updates, 1, INT_MAX}, {"batch", settings->batch, 1, 4096},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].value < rows[i].least || rows[i].value > rows[i].most)
            return weir_error(WEIR_EINPUT, "stgcn: %s is %d and must be %d to %d", rows[i].name, rows[i].value,
                              rows[i].least, rows[i].most);
    if (!(settings->rate > 0 && isfinite(settings->rate)))
        return weir_error(WEIR_EINPUT, "stgcn: rate is %g and must be above 0", settings->rate);
    if (!(settings->step_s >= 0 && isfinite(settings->step_s)))
        return weir_error(WEIR_EINPUT, "stgcn: step_s is %g and must be 0 or more", settings->step_s);
    if (!(settings->sway >= 0 && settings->sway <= 2))
        return weir_error(WEIR_EINPUT, "stgcn: sway is %g and must be 0 to 2", settings->sway);
    return WEIR_OK;
}

static int check_values(const struct stgcn_settings *settings, const double *values, size_t steps, double first_s)
{
    size_t nodes = (size_t)settings->nodes;
    if (steps < (size_t)settings->window + 2)
        return weir_error(WEIR_EINPUT, "stgcn: the series have %zu steps, and a window of %d needs %d", steps,
                          settings->window, settings->window + 2);
    if (!isfinite(first_s))
        return weir_error(WEIR_EINPUT, "stgcn: the time of the first step is not finite");
    for (size_t i = 0; i < steps * nodes; i++)
        if (!(values[i] >= 0 && isfinite(values[i])))
            return weir_error(WEIR_EINPUT, "stgcn: node %zu is %g in step %zu; counts are finite and not negative",
                              i % nodes, values[i], i / nodes);
    return WEIR_OK;
}

struct stgcn *stgcn_make(const struct stgcn_settings *settings)
{
    struct stgcn *model = weir_alloc(1, sizeof *model);
    struct stgcn_shape shape = {.nodes = settings->nodes,
                                .window = settings->window,
                                .channels = settings->channels,
                                .kernel = settings->kernel,
                                .embedding = settings->embedding,
                                .calendar = settings->step_s > 0};
    model->settings = *settings;
    model->stream = weir_stream_open(settings->seed, "stgcn");
    model->scale = weir_alloc((size_t)settings->nodes, sizeof *model->scale);
    stgcn_net_add(&model->net, &shape, &model->params, &model->stream);
    nn_tape_init(&model->tape, 0);
    return model;
}

void stgcn_free(struct stgcn *model)
{
    if (!model)
        return;
    nn_tape_fini(&model->tape);
    nn_params_fini(&model->params);
    free(model->scale);
    free(model->graph);
    free(model);
}

double stgcn_flops(const struct stgcn *model)
{
    const struct stgcn_settings *s = &model->settings;
    double nodes = s->nodes, channels = s->channels;
    double convolved =
        2 * channels * s->window * (s->kernel + channels); /* of TCN1 and TCN2, one over all steps each */
    return 2 * nodes * (convolved + channels * channels + channels) + 2 * nodes * nodes * channels;
}

const struct stgcn_settings *stgcn_settings_of(const struct stgcn *model)
{
    return &model->settings;
}

/* x of windows that begin at these steps of `rows` (steps x nodes), and the calendar of the steps after them. */
static struct nn_tensor *windows_of(const struct stgcn *model, struct nn_tape *tape, const nn_real *rows,
                                    const size_t *starts, int batch)
{
    int nodes = model->settings.nodes, window = model->settings.window;
    struct nn_tensor *x = nn_input(tape, window, nodes * batch, 1);
    for (int t = 0; t < window; t++)
        for (int b = 0; b < batch; b++) {
            const nn_real *row = rows + (starts[b] + (size_t)t) * (size_t)nodes;
            nn_real *to = x->value + (size_t)t * (size_t)x->rows + b;
            for (int node = 0; node < nodes; node++)
                to[(size_t)node * (size_t)batch] = row[node];
        }
    return x;
}

static struct nn_tensor *calendar_of(const struct stgcn *model, struct nn_tape *tape, const double *times_s, int batch)
{
    if (!model->net.shape.calendar)
        return NULL;
    struct nn_tensor *calendar = nn_input(tape, 1, batch, SERIES_CALENDAR);
    double features[SERIES_CALENDAR];
    for (int b = 0; b < batch; b++) {
        series_calendar(times_s[b], features);
        for (int k = 0; k < SERIES_CALENDAR; k++)
            calendar->value[b * SERIES_CALENDAR + k] = (nn_real)features[k];
    }
    return calendar;
}

static struct nn_tensor *loss_of(struct nn_tape *tape, void *with, const size_t *samples, size_t count)
{
    const struct lesson *lesson = with;
    const struct stgcn *model = lesson->model;
    int nodes = model->settings.nodes, window = model->settings.window, batch = (int)count;
    struct nn_tensor *wanted = nn_input(tape, 1, nodes, batch), *weights = nn_input(tape, 1, nodes, batch);
    double *times_s = nn_arena_take(&tape->arena, count * sizeof *times_s);
    for (int b = 0; b < batch; b++) {
        size_t step = samples[b] + (size_t)window;
        times_s[b] = lesson->first_s + model->settings.step_s * (double)step;
        for (int node = 0; node < nodes; node++) {
            size_t at = (size_t)node * count + (size_t)b;
            weights->value[at] = lesson->weights[node];
            wanted->value[at] = lesson->weights[node] * lesson->scaled[step * (size_t)nodes + (size_t)node];
        }
    }
    struct nn_tensor *x = windows_of(model, tape, lesson->scaled, samples, batch);
    for (int b = 0; b < batch; b++) {
        nn_real factor = (nn_real)weir_exp(model->settings.sway * weir_stream_normal(&tape->stream, 0, 1));
        for (int row = 0; row < x->steps * nodes; row++)
            x->value[(size_t)row * count + (size_t)b] *= factor;
        for (int node = 0; node < nodes; node++)
            wanted->value[(size_t)node * count + (size_t)b] *= factor;
    }
    struct nn_tensor *calendar = calendar_of(model, tape, times_s, batch);
    struct nn_tensor *graph = stgcn_net_graph(&model->net, tape, &model->params);
    struct nn_tensor *next = stgcn_net_run(&model->net, tape, &model->params, x, calendar, graph);
    return nn_squared_error(tape, nn_multiply(tape, next, weights), wanted);
}

/* Scales, levels and weights of the nodes. */
static void measure(struct stgcn *model, const double *values, size_t steps, bool fresh, nn_real *weights)
{
    size_t nodes = (size_t)model->settings.nodes;
    nn_real *level = model->params.values + model->params.arrays[model->net.level].first;
    double total = 0;
    for (size_t node = 0; node < nodes; node++) {
        double sum = 0, square = 0, change = 0;
        for (size_t t = 0; t < steps; t++) {
            double value = values[t * nodes + node], before = values[(t ? t - 1 : 0) * nodes + node];
            sum += value;
            square += value * value / (double)steps;
            change += (value - before) * (value - before) / (double)(steps - 1);
        }
        model->scale[node] = square > 0 ? sqrt(square) : 1;
        /* half the mean square of a change is the variance of noise on a level that moves slowly */
        double weight = square > 0 ? square / (change / 2 + LEAST_NOISE * square) : 1;
        weights[node] = (nn_real)weight;
        total += weight;
        if (fresh)
            level[node] = (nn_real)(sum / (double)steps / model->scale[node]);
    }
    for (size_t node = 0; node < nodes; node++)
        weights[node] = (nn_real)sqrt((double)weights[node] * (double)nodes / total);
}

static int learn(struct stgcn *model, const double *values, size_t steps, double first_s, bool fresh, int updates,
                 double rate)
{
    size_t nodes = (size_t)model->settings.nodes, count = steps - (size_t)model->settings.window;
    nn_real *scaled = weir_alloc(steps * nodes, sizeof *scaled);
    struct lesson lesson = {.model = model, .scaled = scaled, .first_s = first_s};
    lesson.weights = weir_alloc(nodes, sizeof *lesson.weights);
    measure(model, values, steps, fresh, lesson.weights);
    for (size_t i = 0; i < steps * nodes; i++)
        scaled[i] = (nn_real)(values[i] / model->scale[i % nodes]);
    struct nn_updates training = {
        .updates = updates, .batch = model->settings.batch, .rate = rate, .stream = &model->stream};
    int code = nn_train_updates(&model->params, &training, loss_of, &lesson, count);
    free(lesson.weights);
    free(scaled);
    free(model->graph);
    model->graph = NULL;
    return code == WEIR_OK ? WEIR_OK : weir_error_context("stgcn");
}

int stgcn_fit(const struct stgcn_settings *settings, const double *values, size_t steps, double first_s,
              struct stgcn **made)
{
    *made = NULL;
    int code = stgcn_check_settings(settings);
    if (code == WEIR_OK)
        code = check_values(settings, values, steps, first_s);
    if (code != WEIR_OK)
        return code;
    struct stgcn *model = stgcn_make(settings);
    double passes = settings->epochs * (double)(steps - (size_t)settings->window) / settings->batch;
    int updates = passes < settings->updates ? (int)ceil(passes) : settings->updates;
    code = learn(model, values, steps, first_s, true, updates, settings->rate);
    if (code == WEIR_OK)
        *made = model;
    else
        stgcn_free(model);
    return code;
}

int stgcn_tune(struct stgcn *model, const double *values, size_t steps, double first_s, int updates)
{
    int code = check_values(&model->settings, values, steps, first_s);
    if (code != WEIR_OK)
        return code;
    size_t nodes = (size_t)model->settings.nodes;
    double *scale = weir_alloc(nodes, sizeof *scale);
    memcpy(scale, model->scale, nodes * sizeof *scale);
    code = learn(model, values, steps, first_s, false, updates, TUNE_RATE * model->settings.rate);
    if (code != WEIR_OK)
        memcpy(model->scale, scale, nodes * sizeof *scale);
    free(scale);
    return code;
}

/* A, once for the weights that are there. */
static struct nn_tensor *graph_of(struct stgcn *model)
{
    struct nn_tensor *graph;
    int nodes = model->settings.nodes;
    if (!model->graph) {
        size_t size = (size_t)nodes * (size_t)nodes;
        model->graph = weir_alloc(size, sizeof *model->graph);
        nn_tape_start(&model->tape, false);
        graph = stgcn_net_graph(&model->net, &model->tape, &model->params);
        memcpy(model->graph, graph->value, size * sizeof *model->graph);
        nn_tape_fini(&model->tape);
        nn_tape_init(&model->tape, 0);
    }
    nn_tape_start(&model->tape, false);
    return nn_tensor_of(&model->tape, model->graph, NULL, 1, nodes, nodes);
}

void stgcn_forecast(struct stgcn *model, const double *newest, double next_s, double *next)
{
    int nodes = model->settings.nodes;
    struct nn_tensor *graph = graph_of(model), *x = nn_input(&model->tape, model->settings.window, nodes, 1);
    const nn_real *before = model->params.values + model->params.arrays[model->net.level].first;
    for (int t = 0; t < model->settings.window; t++) {
        nn_real *now = x->value + (size_t)t * (size_t)nodes;
        for (int node = 0; node < nodes; node++) {
            double value = newest[(size_t)t * (size_t)nodes + (size_t)node];
            bool gap = !(value >= 0 && isfinite(value));
            now[node] = gap ? before[node] : (nn_real)(value / model->scale[node]);
        }
        before = now;
    }
    struct nn_tensor *calendar = calendar_of(model, &model->tape, &next_s, 1);
    struct nn_tensor *out = stgcn_net_run(&model->net, &model->tape, &model->params, x, calendar, graph);
    for (int node = 0; node < nodes; node++)
        next[node] = (double)out->value[node] * model->scale[node];
}
