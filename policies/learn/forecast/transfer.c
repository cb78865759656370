/* A net that brings along what it learnt of other loads: the sources most like the series are chosen by dynamic time
 * warping, a net learns them, then both together by the joint loss, then the series alone. While it runs, a test on its
 * errors says when the load has changed; it is then fine-tuned to the newest values, and again when as many have come
 * since. Without sources it learns the series from scratch. */
#include <math.h>
#include <string.h>

#include "policies/learn/forecast/forecaster.h"
#include "policies/learn/nn/params.h"
#include "policies/learn/series/scale.h"
#include "policies/learn/series/tail.h"
#include "policies/learn/transfer/drift.h"
#include "policies/learn/transfer/net.h"
#include "sim/base/csv.h"
#include "sim/base/error.h"

/* A fine-tuning takes this share of the rate, and the errors of this share of the fitted series say what is usual. */
#define TUNE_RATE 0.2
#define USUAL     0.2
/* Of the test for drift: what a rise of the mean error may be, in usual errors, and how many must have come. */
#define SLACK   0.5
#define WARM_UP 30
#define BAND    0.1 /* of dynamic time warping */

struct transfer {
    const char *sources; /* parameters */
    int window, units, layers, channels, epochs, recent;
    double quantile, within, mmd, cmmd, rate, drift;
    bool joint;

    struct transfer_options options;
    struct transfer_series *loads; /* of the sources, scaled; owned with their values */
    size_t load_count, kept;
    struct transfer_net *net;
    struct series_scale scale;
    struct series_tail tail; /* in units of the series; the `recent` newest */
    struct transfer_drift test;
    double usual; /* mean absolute error, scaled */
    long again;   /* values until it is fine-tuned once more; 0: no such date */
    long drifts;  /* called so far */
    bool flat;    /* the series was constant: the newest value goes on */
};

#define AT(field) offsetof(struct transfer, field)
static const struct weir_param params[] = {
    WEIR_PARAM("sources", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(sources), "", 0, 0, NULL,
               "CSV files of other loads, by comma; times in the first column, values in the second."),
    WEIR_PARAM("window", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(window), "24", 2, 2000, NULL,
               "Newest values that a forecast is made from."),
    WEIR_PARAM("hidden", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(units), "24", 1, 1024, NULL, "Units of a GRU layer."),
    WEIR_PARAM("layers", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(layers), "1", 1, TRANSFER_LAYERS, NULL, "GRU layers."),
    WEIR_PARAM("channels", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(channels), "16", 0, 1024, NULL,
               "Kernels of the convolution; 0: none."),
    WEIR_PARAM("epochs", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(epochs), "5", 1, 10000, NULL,
               "Passes over the sources, and over both in the joint training."),
    WEIR_PARAM("rate", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(rate), "0.005", 1e-6, 1e9, NULL, "Learning rate of Adam."),
    WEIR_PARAM("quantile", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(quantile), "0.5", 0, 1, NULL,
               "Sources not further than this quantile of their distances are learnt; 0: the nearest, 1: all."),
    WEIR_PARAM("within", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(within), "0", 0, 1e6, NULL,
               "Distance beyond which no source is learnt, so that maybe none is; 0: no bound."),
    WEIR_PARAM("joint", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, AT(joint), "true", 0, 0, NULL,
               "Whether to learn sources and series together before the series alone."),
    WEIR_PARAM("mmd", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(mmd), "0.1", 0, 1e6, NULL,
               "Weight of MMD in the joint loss."),
    WEIR_PARAM("cmmd", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(cmmd), "0.1", 0, 1e6, NULL,
               "Weight of CMMD in the joint loss."),
    WEIR_PARAM("drift", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(drift), "20", 0, 1e9, NULL,
               "Sum of errors above the usual one, in usual errors, at which it is fine-tuned; 0: never."),
    WEIR_PARAM("recent", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(recent), "240", 4, 1000000, NULL,
               "Newest values that it is fine-tuned to; at least the window and 8 more."),
    {0},
};

static double *scaled(const double *values, size_t count, const struct series_scale *scale)
{
    double *to = weir_alloc(count, sizeof *to);
    for (size_t i = 0; i < count; i++)
        to[i] = series_scale_to(scale, values[i]);
    return to;
}

static int read_source(struct transfer *self, const char *path)
{
    struct weir_series series;
    int code = weir_series_read(path, NULL, NULL, &series);
    if (code != WEIR_OK)
        return weir_error_context("sources");
    if (!series.value || series.count < transfer_net_need(&self->options)) {
        code = weir_error(WEIR_EINPUT, "sources: %s: %zu values are too few for a window of %d; leave it out", path,
                          series.value ? series.count : 0, self->window);
    } else {
        struct series_scale scale = series_scale_min_max(series.value, series.count);
        self->loads[self->load_count++] =
            (struct transfer_series){.values = scaled(series.value, series.count, &scale), .count = series.count};
    }
    weir_series_fini(&series);
    return code;
}

static int read_sources(struct transfer *self)
{
    char *list = weir_copy(self->sources), *rest = list;
    size_t most = 1;
    int code = WEIR_OK;
    for (const char *at = list; (at = strchr(at, ',')); at++)
        most++;
    self->loads = weir_alloc(most, sizeof *self->loads);
    for (const char *path; code == WEIR_OK && (path = strsep(&rest, ","));)
        code = *path ? read_source(self, path) : WEIR_OK;
    free(list);
    return code;
}

static int create(void *state, const struct forecaster_env *env)
{
    struct transfer *self = state;
    struct weir_stream stream = weir_stream_open(env->seed, env->stream ? env->stream : "forecast");
    self->options = transfer_defaults;
    self->options.window = self->window;
    self->options.channels = self->channels;
    self->options.layers = self->layers;
    self->options.units = self->units;
    self->options.source_epochs = self->options.joint_epochs = self->epochs;
    self->options.rate = self->rate;
    self->options.weight_mmd = self->mmd;
    self->options.weight_cmmd = self->cmmd;
    self->options.seed = weir_stream_bits(&stream);
    if (self->recent < self->window + 8)
        self->recent = self->window + 8;
    return self->sources && *self->sources ? read_sources(self) : WEIR_OK;
}

static size_t need(const void *state)
{
    return transfer_net_need(&((const struct transfer *)state)->options);
}

/* Learns the sources that are like the series, and both together. */
static int learn_sources(struct transfer *self, const struct transfer_series *series)
{
    if (self->load_count == 0)
        return WEIR_OK;
    struct transfer_choice *choices = weir_alloc(self->load_count, sizeof *choices);
    struct transfer_series *chosen = weir_alloc(self->load_count, sizeof *chosen);
    transfer_choose(series, self->loads, self->load_count, BAND, self->quantile, choices);
    transfer_reject(choices, self->load_count, self->within);
    self->kept = 0;
    for (size_t i = 0; i < self->load_count; i++)
        if (choices[i].kept)
            chosen[self->kept++] = self->loads[choices[i].index];
    int code = self->kept > 0 ? transfer_net_learn_sources(self->net, chosen, self->kept) : WEIR_OK;
    if (code == WEIR_OK && self->joint && self->kept > 0)
        code = transfer_net_learn_joint(self->net, chosen, self->kept, series);
    free(chosen);
    free(choices);
    return code;
}

/* Mean absolute error over the end of a scaled series, at least 1e-6. */
static double usual_error(const struct transfer *self, const double *values, size_t count)
{
    size_t window = (size_t)self->window, first = count - (size_t)ceil(USUAL * (double)(count - window));
    double sum = 0;
    for (size_t i = first; i < count; i++)
        sum += fabs(transfer_net_next(self->net, values + i - window) - values[i]);
    return fmax(sum / (double)(count - first), 1e-6);
}

static void start_test(struct transfer *self)
{
    self->test = transfer_drift_start(SLACK, self->drift, WARM_UP);
    self->again = 0;
}

static int fit(void *state, const double *values, size_t count)
{
    struct transfer *self = state;
    series_tail_set(&self->tail, (size_t)self->recent, values, count);
    self->scale = series_scale_min_max(values, count);
    transfer_net_free(self->net);
    self->net = transfer_net_new(&self->options);
    self->drifts = 0;
    start_test(self);
    self->flat = true;
    for (size_t i = 1; i < count; i++)
        self->flat = self->flat && values[i] == values[0];
    if (self->flat)
        return WEIR_OK;
    double *own = scaled(values, count, &self->scale);
    struct transfer_series series = {.values = own, .count = count};
    int code = learn_sources(self, &series);
    if (code == WEIR_OK)
        code = transfer_net_learn_target(self->net, &series, self->kept > 0 ? TUNE_RATE : 1);
    self->usual = usual_error(self, own, count);
    free(own);
    return code;
}

/* Fine-tunes to these values, scaled by themselves. */
static int adapt(struct transfer *self, const double *values, size_t count)
{
    self->scale = series_scale_min_max(values, count);
    double *own = scaled(values, count, &self->scale);
    int code = transfer_net_learn_target(self->net, &(struct transfer_series){own, count}, TUNE_RATE);
    self->usual = usual_error(self, own, count);
    start_test(self);
    free(own);
    return code;
}

static int tune(void *state, const double *values, size_t count)
{
    struct transfer *self = state;
    if (!self->net || self->flat)
        return fit(state, values, count);
    series_tail_set(&self->tail, (size_t)self->recent, values, count);
    return adapt(self, values, count);
}

/* The next scaled value after the newest ones. */
static double next(const struct transfer *self)
{
    double newest[2000];
    const double *past = series_tail_last(&self->tail, (size_t)self->window);
    for (int i = 0; i < self->window; i++)
        newest[i] = series_scale_to(&self->scale, past[i]);
    return transfer_net_next(self->net, newest);
}

static int push(void *state, double value)
{
    struct transfer *self = state;
    if (self->flat || self->drift == 0) {
        series_tail_push(&self->tail, value);
        return WEIR_OK;
    }
    double error = fabs(next(self) - series_scale_to(&self->scale, value)) / self->usual;
    series_tail_push(&self->tail, value);
    bool drifted = transfer_drift_push(&self->test, error), due = self->again > 0 && --self->again == 0;
    size_t count = self->tail.count < (size_t)self->recent ? self->tail.count : (size_t)self->recent;
    if ((!drifted && !due) || count < need(self))
        return WEIR_OK;
    int code = adapt(self, series_tail_last(&self->tail, count), count);
    self->drifts += drifted;
    self->again = drifted ? self->recent : 0;
    return code;
}

static int predict(void *state, size_t horizon, double *mean, double *spread)
{
    struct transfer *self = state;
    size_t window = (size_t)self->window;
    const double *past = series_tail_last(&self->tail, window);
    double *values = weir_alloc(window + horizon, sizeof *values);
    for (size_t i = 0; i < window; i++)
        values[i] = series_scale_to(&self->scale, past[i]);
    for (size_t i = 0; i < horizon; i++) {
        values[window + i] = self->flat ? values[window - 1] : transfer_net_next(self->net, values + i);
        mean[i] = self->flat ? past[window - 1] : series_scale_from(&self->scale, values[window + i]);
    }
    free(values);
    return WEIR_OK;
}

/* As if all passes over the target were made; without the kernels of the joint loss. A fine-tuning in a run is not in
 * push_flops, since nobody knows when it comes. */
static void cost(const void *state, size_t count, size_t horizon, struct forecaster_cost *cost)
{
    const struct transfer *self = state;
    double units = self->units, channels = self->channels, learnt = 0;
    double inputs = (channels > 0 ? channels : 1) + (self->layers - 1) * units; /* of all layers */
    double once =
        self->window * (2 * channels * self->options.kernel + 6 * units * (inputs + self->layers * units)) + 2 * units;
    for (size_t i = 0; i < self->load_count; i++)
        learnt += (double)self->loads[i].count / (double)self->load_count;
    if (self->load_count)
        learnt *= floor(self->quantile * (double)(self->load_count - 1)) + 1;
    cost->fit_flops = 3 * once *
                      (learnt * self->epochs * (self->joint ? 3 : 1) +
                       (1 - self->options.validation) * (double)count * self->options.target_epochs);
    cost->push_flops = self->drift > 0 ? once : 0;
    cost->predict_flops = once * (double)horizon;
}

static int save(const void *state, struct weir_text *to)
{
    const struct transfer *self = state;
    const struct transfer_drift *test = &self->test;
    struct nn_file file = {0};
    const double numbers[] = {self->scale.offset,   self->scale.factor,  self->usual,       (double)self->again,
                              (double)self->drifts, self->flat,          test->mean,        test->sum,
                              test->least,          (double)test->count, (double)self->kept};
    nn_file_put_doubles(&file, "state", 1, sizeof numbers / sizeof *numbers, numbers);
    const uint64_t bits = transfer_net_stream(self->net)->state;
    const double stream[] = {(double)(bits >> 32), (double)(bits & 0xffffffffu)};
    nn_file_put_doubles(&file, "stream", 1, 2, stream);
    nn_file_put_doubles(&file, "newest", 1, self->tail.count, self->tail.values);
    nn_params_put(transfer_net_params(self->net), &file);
    nn_file_pack(&file, to);
    nn_file_fini(&file);
    return WEIR_OK;
}

static int load(void *state, const char *bytes, size_t count)
{
    struct transfer *self = state;
    struct nn_file file = {0};
    double numbers[11], stream[2];
    transfer_net_free(self->net);
    self->net = transfer_net_new(&self->options);
    int code = nn_file_unpack(&file, "its net", bytes, count);
    if (code == WEIR_OK)
        code = nn_file_get_doubles(&file, "state", 1, sizeof numbers / sizeof *numbers, numbers);
    if (code == WEIR_OK)
        code = nn_file_get_doubles(&file, "stream", 1, 2, stream);
    if (code == WEIR_OK)
        code = nn_params_get(transfer_net_params(self->net), &file);
    const struct nn_file_entry *newest = code == WEIR_OK ? nn_file_find(&file, "newest") : NULL;
    if (code == WEIR_OK && (!newest || newest->kind != NN_FILE_DOUBLE || newest->columns < (size_t)self->window))
        code = weir_error(WEIR_EINPUT, "its newest values are not there, or too few for a window of %d", self->window);
    if (code == WEIR_OK) {
        size_t keep = (size_t)self->recent;
        self->scale = (struct series_scale){.offset = numbers[0], .factor = numbers[1]};
        self->usual = numbers[2];
        start_test(self);
        self->again = (long)numbers[3];
        self->drifts = (long)numbers[4];
        self->flat = numbers[5] != 0;
        self->test.mean = numbers[6];
        self->test.sum = numbers[7];
        self->test.least = numbers[8];
        self->test.count = (long)numbers[9];
        self->kept = (size_t)numbers[10];
        transfer_net_stream(self->net)->state = (uint64_t)stream[0] << 32 | (uint64_t)stream[1];
        series_tail_set(&self->tail, keep, newest->data, newest->columns);
    }
    nn_file_fini(&file);
    return code;
}

static void describe(const void *state, struct weir_text *to)
{
    const struct transfer *self = state;
    if (self->flat)
        weir_text_add(to, "a constant series, nothing to learn");
    else
        weir_text_addf(to, "%zu of %zu sources learnt, usual error %.3g (scaled to 0..1), drift called %ld times",
                       self->kept, self->load_count, self->usual, self->drifts);
}

static void destroy(void *state)
{
    struct transfer *self = state;
    for (size_t i = 0; i < self->load_count; i++)
        free((double *)self->loads[i].values);
    free(self->loads);
    transfer_net_free(self->net);
    series_tail_fini(&self->tail);
}

const struct forecaster_kind forecaster_transfer = {
    .name = "transfer",
    .summary = "Neural net that learns other loads first, then this one, and again when it changes.",
    .source = "armah-2025",
    .state_size = sizeof(struct transfer),
    .params = params,
    .draws = true,
    .create = create,
    .need = need,
    .fit = fit,
    .tune = tune,
    .push = push,
    .predict = predict,
    .cost = cost,
    .describe = describe,
    .save = save,
    .load = load,
    .destroy = destroy,
};
