/* A net of GRU layers, dropout between them, and a linear unit on the last state. */
#include <stdio.h>

#include "policies/learn/forecast/neural.h"

#define MOST_LAYERS 4

struct gru {
    struct neural neural;
    int units, layers, reset; /* parameters */
    struct nn_gru_layer gru[MOST_LAYERS];
    struct nn_dense_layer out;
};

static const char *const resets[] = {[NN_GRU_RESET_AFTER] = "after", [NN_GRU_RESET_BEFORE] = "before", NULL};

#define AT(field) offsetof(struct gru, field)
static const struct weir_param params[] = {
    NEURAL_PARAMS("24", "10", "0.2"),
    WEIR_PARAM("hidden", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(units), "64", 1, 1024, NULL, "Units of each layer."),
    WEIR_PARAM("layers", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(layers), "2", 1, MOST_LAYERS, NULL, "Layers."),
    WEIR_PARAM(
        "reset", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(reset), "after", 0, 0, resets,
        "Whether the reset gate enters after the product with the state (as common libraries have it) or before it."),
    {0},
};

static void build(void *state, struct nn_params *to, struct weir_stream *stream)
{
    struct gru *self = state;
    for (int i = 0; i < self->layers; i++) {
        char name[32];
        snprintf(name, sizeof name, "gru.%d", i);
        nn_gru_layer_add(&self->gru[i], to, name, i ? self->units : 1, self->units, (enum nn_gru_reset)self->reset,
                         stream);
    }
    nn_dense_layer_add(&self->out, to, "out", self->units, self->neural.ahead, stream);
}

static struct nn_tensor *run(const void *state, struct nn_tape *tape, struct nn_tensor *x)
{
    const struct gru *self = state;
    const struct nn_params *from = &self->neural.weights->params;
    for (int i = 0; i < self->layers; i++)
        x = nn_gru_layer_run(tape, from, &self->gru[i], i ? nn_dropout(tape, x, self->neural.dropout) : x);
    return nn_dense_layer_run(tape, from, &self->out, nn_steps(tape, x, x->steps - 1, 1));
}

static double flops(const void *state)
{
    const struct gru *self = state;
    double units = self->units, each = 2 * 3 * units * (1 + units) + 2 * 3 * units * 2 * units * (self->layers - 1);
    return self->neural.window * each + 2 * units * self->neural.ahead;
}

static int create(void *state, const struct forecaster_env *env)
{
    static const struct neural_net net = {.build = build, .run = run, .flops = flops};
    return neural_create(state, &net, env);
}

const struct forecaster_kind forecaster_gru = {
    .name = "gru",
    .summary = "Recurrent neural net of gated units on a window of values.",
    .source = "armah-2025",
    .state_size = sizeof(struct gru),
    .params = params,
    .draws = true,
    .create = create,
    NEURAL_HOOKS,
};
