/* What the kinds that are neural nets share: windows of the series scaled to 0..1 by what was fitted, training, further
 * steps by taking forecasts for values, saving. A kind adds a net: its layers, and how they are run. */
#ifndef WEIR_LEARN_FORECAST_NEURAL_H
#define WEIR_LEARN_FORECAST_NEURAL_H

#include "policies/learn/forecast/forecaster.h"
#include "policies/learn/nn/layer.h"
#include "policies/learn/series/scale.h"
#include "policies/learn/series/tail.h"

/* What a kind adds. `state` is that of the kind. */
struct neural_net {
    /* Adds its layers, with weights drawn from the stream. */
    void (*build)(void *state, struct nn_params *params, struct weir_stream *stream);
    /* The forecast, 1 x rows x 1, from windows x: window x rows x 1. */
    struct nn_tensor *(*run)(const void *state, struct nn_tape *tape, struct nn_tensor *x);
    /* Floating-point operations of one forecast. */
    double (*flops)(const void *state);
};

/* The first field of the state of a kind. */
struct neural {
    /* parameters, NEURAL_PARAMS */
    int window, epochs, batch, tune_epochs;
    double rate, dropout, validation;

    const struct neural_net *net;
    struct weir_stream stream, fresh; /* of weights and order; as it was at the start, for a new fit */
    struct nn_params params;
    struct nn_tape tape; /* of forecasts */
    struct series_scale scale;
    struct series_tail tail; /* in units of the series */
    bool fitted, flat;       /* flat: the series was constant, and nothing was learnt: the newest value goes on */
    double first_loss, last_loss;
};

/* Rows of a parameter table, with the defaults of three. */
#define NEURAL_PARAM(name_, type_, fallback_, min_, max_, help_)                                                       \
    {                                                                                                                  \
        .name = #name_, .type = type_, .offset = offsetof(struct neural, name_), .fallback = fallback_, .min = min_,   \
        .max = max_, .help = help_                                                                                     \
    }
#define NEURAL_PARAMS(window_, epochs_, dropout_)                                                                      \
    NEURAL_PARAM(window, WEIR_PARAM_INT, window_, 2, 2000, "Newest values that a forecast is made from."),             \
        NEURAL_PARAM(epochs, WEIR_PARAM_INT, epochs_, 1, 10000, "Passes over the series in a fit."),                   \
        NEURAL_PARAM(batch, WEIR_PARAM_INT, "16", 1, 4096, "Windows in a step of training."),                          \
        NEURAL_PARAM(rate, WEIR_PARAM_DOUBLE, "0.01", 1e-6, 1e9, "Learning rate of Adam."),                            \
        NEURAL_PARAM(dropout, WEIR_PARAM_DOUBLE, dropout_, 0, 0.95,                                                    \
                     "Share of numbers dropped between layers in training."),                                          \
        NEURAL_PARAM(validation, WEIR_PARAM_DOUBLE, "0", 0, 0.9,                                                       \
                     "Share of the series, its end, that is not learnt but chooses the epoch; 0: the last epoch."),    \
        NEURAL_PARAM(tune_epochs, WEIR_PARAM_INT, "5", 1, 10000,                                                       \
                     "Passes in a fine-tuning, at a fifth of the rate; its last fifth chooses the epoch.")

/* The hooks of all kinds; neural_create is called by the kind's own, which names the net. */
int neural_create(void *state, const struct neural_net *net, const struct forecaster_env *env);
size_t neural_need(const void *state);
int neural_fit(void *state, const double *values, size_t count);
int neural_tune(void *state, const double *values, size_t count);
int neural_push(void *state, double value);
int neural_predict(void *state, size_t horizon, double *mean, double *spread);
void neural_cost(const void *state, size_t count, size_t horizon, struct forecaster_cost *cost);
int neural_save(const void *state, struct weir_text *to);
int neural_load(void *state, const char *bytes, size_t count);
void neural_describe(const void *state, struct weir_text *to);
void neural_destroy(void *state);

#define NEURAL_HOOKS                                                                                                   \
    .need = neural_need, .fit = neural_fit, .tune = neural_tune, .push = neural_push, .predict = neural_predict,       \
    .cost = neural_cost, .save = neural_save, .load = neural_load, .describe = neural_describe,                        \
    .destroy = neural_destroy

#endif
