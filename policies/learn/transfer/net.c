#include "policies/learn/transfer/net.h"

#include <stdlib.h>

#include "policies/learn/nn/layer.h"
#include "policies/learn/nn/train.h"
#include "policies/learn/transfer/discrepancy.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Rate of the joint training by that from scratch, and the ridge of CMMD for a row. */
#define JOINT_RATE 0.4
#define RIDGE      0.1

const struct transfer_options transfer_defaults = {
    .window = 24,
    .channels = 16,
    .kernel = 3,
    .layers = 1,
    .units = 24,
    .batch = 64,
    .target_batch = 16,
    .source_epochs = 5,
    .joint_epochs = 5,
    .target_epochs = 40,
    .rate = 0.005,
    .weight_mmd = 0.1,
    .weight_cmmd = 0.1,
    .validation = 0.2,
    .patience = 10,
    .seed = 1,
};

struct transfer_net {
    struct transfer_options options;
    struct nn_params params;
    struct nn_convolution_layer features;
    struct nn_gru_layer gru[TRANSFER_LAYERS];
    struct nn_dense_layer out;
    struct nn_tape tape; /* of forecasts */
    struct weir_stream stream;
};

struct transfer_net *transfer_net_new(const struct transfer_options *options)
{
    struct transfer_net *net = weir_alloc(1, sizeof *net);
    int kernel = options->kernel;
    struct nn_convolution_shape shape = {.kernel = kernel, .before = (kernel - 1) / 2, .after = kernel / 2};
    net->options = *options;
    net->stream = weir_stream_open(options->seed, "transfer");
    if (options->channels > 0)
        nn_convolution_layer_add(&net->features, &net->params, "features", 1, options->channels, &shape, &net->stream);
    for (int l = 0; l < options->layers; l++) {
        char *name = l > 0 ? weir_format("gru %d", l + 1) : weir_copy("gru");
        int width = l > 0 ? options->units : options->channels > 0 ? options->channels : 1;
        nn_gru_layer_add(&net->gru[l], &net->params, name, width, options->units, NN_GRU_RESET_AFTER, &net->stream);
        free(name);
    }
    nn_dense_layer_add(&net->out, &net->params, "out", options->units, 1, &net->stream);
    nn_tape_init(&net->tape, 0);
    return net;
}

void transfer_net_free(struct transfer_net *net)
{
    if (!net)
        return;
    nn_tape_fini(&net->tape);
    nn_params_fini(&net->params);
    free(net);
}

struct transfer_net *transfer_net_copy(const struct transfer_net *net)
{
    struct transfer_net *copy = transfer_net_new(&net->options);
    nn_params_copy(&copy->params, &net->params);
    copy->stream = net->stream;
    return copy;
}

size_t transfer_net_need(const struct transfer_options *options)
{
    return (size_t)options->window + 2;
}

struct nn_params *transfer_net_params(struct transfer_net *net)
{
    return &net->params;
}

struct weir_stream *transfer_net_stream(struct transfer_net *net)
{
    return &net->stream;
}

/* The forecast of windows x, and their features (1 x rows x channels, or units) where wanted. */
static struct nn_tensor *run(const struct transfer_net *net, struct nn_tape *tape, struct nn_tensor *x,
                             struct nn_tensor **features)
{
    struct nn_tensor *h = x;
    bool convolution = net->options.channels > 0;
    if (convolution)
        h = nn_relu(tape, nn_convolution_layer_run(tape, &net->params, &net->features, h));
    if (convolution && features)
        *features = nn_mean_steps(tape, h);
    for (int l = 0; l < net->options.layers; l++)
        h = nn_gru_layer_run(tape, &net->params, &net->gru[l], h);
    h = nn_steps(tape, h, h->steps - 1, 1);
    if (!convolution && features)
        *features = h;
    return nn_dense_layer_run(tape, &net->params, &net->out, h);
}

/* Windows of several series: their values in a row, and where each window starts. */
struct pool {
    nn_real *values;
    size_t *starts, count;
};

static void pool_fini(struct pool *pool)
{
    free(pool->values);
    free(pool->starts);
}

static int pool_init(struct pool *pool, const struct transfer_series *series, size_t count, int window)
{
    size_t total = 0, at = 0, longest = 0;
    for (size_t i = 0; i < count; i++) {
        total += series[i].count;
        longest = series[i].count > longest ? series[i].count : longest;
    }
    *pool = (struct pool){0};
    if (longest < (size_t)window + 2)
        return weir_error(WEIR_EINPUT,
                          "no series is long enough: the longest has %zu values, and a window of %d needs %d", longest,
                          window, window + 2);
    pool->values = weir_alloc(total, sizeof *pool->values);
    pool->starts = weir_alloc(total, sizeof *pool->starts);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < series[i].count; k++) {
            pool->values[at + k] = (nn_real)series[i].values[k];
            if (k < nn_windows_count(series[i].count, window, 1))
                pool->starts[pool->count++] = at + k;
        }
        at += series[i].count;
    }
    return 0;
}

static void pool_take(struct nn_tape *tape, const struct pool *pool, int window, const size_t *samples, size_t count,
                      struct nn_tensor **x, struct nn_tensor **y)
{
    size_t *starts = nn_arena_take(&tape->arena, count * sizeof *starts);
    for (size_t i = 0; i < count; i++)
        starts[i] = pool->starts[samples[i]];
    nn_windows_take(tape, &(struct nn_windows){.values = pool->values, .window = window}, starts, count, x, y);
}

/* What losses are computed from. */
struct lesson {
    struct transfer_net *net;
    struct pool mine, target; /* target: of the joint loss */
};

static struct nn_tensor *plain_loss(struct nn_tape *tape, void *with, const size_t *samples, size_t count)
{
    const struct lesson *lesson = with;
    struct nn_tensor *x, *y;
    pool_take(tape, &lesson->mine, lesson->net->options.window, samples, count, &x, &y);
    return nn_squared_error(tape, run(lesson->net, tape, x, NULL), y);
}

static struct nn_tensor *joint_loss(struct nn_tape *tape, void *with, const size_t *samples, size_t count)
{
    struct lesson *lesson = with;
    struct transfer_net *net = lesson->net;
    const struct transfer_options *options = &net->options;
    struct nn_tensor *x, *y, *target_x, *target_y, *features, *target_features;
    size_t *drawn = nn_arena_take(&tape->arena, count * sizeof *drawn);
    for (size_t i = 0; i < count; i++)
        drawn[i] = (size_t)weir_stream_below(&net->stream, lesson->target.count);
    pool_take(tape, &lesson->mine, options->window, samples, count, &x, &y);
    pool_take(tape, &lesson->target, options->window, drawn, count, &target_x, &target_y);
    struct nn_tensor *loss = nn_squared_error(tape, run(net, tape, x, &features), y);
    loss = nn_add(tape, loss, nn_squared_error(tape, run(net, tape, target_x, &target_features), target_y));
    double width = transfer_bandwidth(features, target_features);
    if (options->weight_mmd > 0)
        loss = nn_add(tape, loss,
                      nn_scale(tape, transfer_mmd(tape, features, target_features, width), options->weight_mmd));
    if (options->weight_cmmd > 0) {
        struct nn_tensor *cmmd = transfer_cmmd(tape, features, y, target_features, target_y, width,
                                               transfer_bandwidth(y, target_y), RIDGE * (double)count);
        loss = nn_add(tape, loss, nn_scale(tape, cmmd, options->weight_cmmd / (double)count));
    }
    return loss;
}

int transfer_net_learn_sources(struct transfer_net *net, const struct transfer_series *sources, size_t count)
{
    const struct transfer_options *options = &net->options;
    struct lesson lesson = {.net = net};
    struct nn_training training = {
        .epochs = options->source_epochs, .batch = options->batch, .rate = options->rate, .stream = &net->stream};
    int code = pool_init(&lesson.mine, sources, count, options->window);
    if (code == 0)
        code = nn_train(&net->params, &training, plain_loss, &lesson, lesson.mine.count, NULL);
    pool_fini(&lesson.mine);
    return code;
}

int transfer_net_learn_joint(struct transfer_net *net, const struct transfer_series *sources, size_t count,
                             const struct transfer_series *target)
{
    const struct transfer_options *options = &net->options;
    struct lesson lesson = {.net = net};
    struct nn_training training = {.epochs = options->joint_epochs,
                                   .batch = options->batch,
                                   .rate = JOINT_RATE * options->rate,
                                   .stream = &net->stream};
    int code = pool_init(&lesson.mine, sources, count, options->window);
    if (code == 0)
        code = pool_init(&lesson.target, target, 1, options->window);
    if (code == 0)
        code = nn_train(&net->params, &training, joint_loss, &lesson, lesson.mine.count, NULL);
    pool_fini(&lesson.mine);
    pool_fini(&lesson.target);
    return code;
}

int transfer_net_learn_target(struct transfer_net *net, const struct transfer_series *target, double rate_share)
{
    const struct transfer_options *options = &net->options;
    struct lesson lesson = {.net = net};
    struct nn_training training = {.epochs = options->target_epochs,
                                   .batch = options->target_batch,
                                   .rate = rate_share * options->rate,
                                   .validation = options->validation,
                                   .patience = options->patience,
                                   .stream = &net->stream};
    int code = pool_init(&lesson.mine, target, 1, options->window);
    if (code == 0)
        code = nn_train(&net->params, &training, plain_loss, &lesson, lesson.mine.count, NULL);
    pool_fini(&lesson.mine);
    return code;
}

double transfer_net_next(struct transfer_net *net, const double *newest)
{
    nn_tape_start(&net->tape, false);
    struct nn_tensor *x = nn_input(&net->tape, net->options.window, 1, 1);
    for (int i = 0; i < net->options.window; i++)
        x->value[i] = (nn_real)newest[i];
    return (double)run(net, &net->tape, x, NULL)->value[0];
}
