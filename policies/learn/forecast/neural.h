/* What the kinds that are neural nets share: windows of the series scaled to 0..1 by what was fitted, training, steps
 * beyond `ahead` by taking forecasts for values, saving. A kind adds a net: its layers, and how they are run. */
#ifndef WEIR_LEARN_FORECAST_NEURAL_H
#define WEIR_LEARN_FORECAST_NEURAL_H

#include "policies/learn/forecast/forecaster.h"
#include "policies/learn/nn/layer.h"
#include "policies/learn/nn/train.h"
#include "policies/learn/series/scale.h"
#include "policies/learn/series/tail.h"

/* What a kind adds. `state` is that of the kind. */
struct neural_net {
    /* Adds its layers, with weights drawn from the stream. */
    void (*build)(void *state, struct nn_params *params, struct weir_stream *stream);
    /* The forecasts, 1 x rows x ahead, from windows x: window x rows x 1. */
    struct nn_tensor *(*run)(const void *state, struct nn_tape *tape, struct nn_tensor *x);
    /* Floating-point operations of one run. */
    double (*flops)(const void *state);
};

/* Weights of one forecaster, or of several that know the same. */
struct neural_weights {
    struct nn_params params;
    int users;
};

/* The first field of the state of a kind. */
struct neural {
    /* parameters, NEURAL_PARAMS */
    int window, ahead, epochs, batch, tune_epochs;
    double rate, dropout, validation, goal;

    const struct neural_net *net;
    struct weir_stream stream, fresh; /* of weights and order; as it was at the start, for a new fit */
    struct neural_weights *weights;   /* NULL before a fit */
    struct nn_tape tape;              /* of forecasts */
    double *said;                     /* [said_steps] a forecast that was made, until it is not the newest any more */
    size_t said_steps, said_capacity;
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
        NEURAL_PARAM(ahead, WEIR_PARAM_INT, "0", 0, 1000,                                                              \
                     "Steps that a run of the net forecasts; more come of forecasts. 0: as many as a policy asks "     \
                     "for, at most window; else 1."),                                                                  \
        NEURAL_PARAM(epochs, WEIR_PARAM_INT, epochs_, 1, 10000, "Passes over the series in a fit."),                   \
        NEURAL_PARAM(batch, WEIR_PARAM_INT, "16", 1, 4096, "Windows in a step of training."),                          \
        NEURAL_PARAM(rate, WEIR_PARAM_DOUBLE, "0.01", 1e-6, 1e9, "Learning rate of Adam."),                            \
        NEURAL_PARAM(dropout, WEIR_PARAM_DOUBLE, dropout_, 0, 0.95, "Share dropped between layers in training."),      \
        NEURAL_PARAM(validation, WEIR_PARAM_DOUBLE, "0", 0, 0.9,                                                       \
                     "Share of the series, its end, that is not learnt but chooses the epoch; 0: the last epoch."),    \
        NEURAL_PARAM(goal, WEIR_PARAM_DOUBLE, "0", 0, 1e9,                                                             \
                     "Mean squared error of a pass, of values scaled to 0..1, at which a fit ends; 0: after all "      \
                     "epochs."),                                                                                       \
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
int neural_fit_together(void *const *states, const struct forecaster_series *series, size_t count, bool tune);
void neural_join(void *state, const void *of, const struct forecaster_series *series);
void neural_prepare(void *const *states, size_t count, size_t horizon);

/* Between the files of these hooks. New weights, drawn from the stream, for it alone. */
void neural_build(struct neural *self, struct weir_stream *stream);
/* Weights that no other uses, as they are. */
void neural_own(struct neural *self);
/* Those of another one, shared with it. */
void neural_share(struct neural *self, const struct neural *of);
void neural_leave(struct neural *self);
/* Trains the weights, which no other uses, on windows of values scaled to 0..1. */
int neural_train(struct neural *self, const struct nn_training *training, const struct nn_windows *windows,
                 size_t count);
struct nn_training neural_training(struct neural *self, bool tune);
bool neural_is_flat(const double *values, size_t count);

#define NEURAL_HOOKS                                                                                                   \
    .need = neural_need, .fit = neural_fit, .tune = neural_tune, .push = neural_push, .predict = neural_predict,       \
    .cost = neural_cost, .save = neural_save, .load = neural_load, .describe = neural_describe,                        \
    .destroy = neural_destroy, .fit_together = neural_fit_together, .join = neural_join, .prepare = neural_prepare

#endif
