/* A net of one hidden layer of tanh units and a linear unit, as the "BPNN" that online SVR is compared with; trained by
 * Adam. */
#include "policies/learn/forecast/neural.h"

struct mlp {
    struct neural neural;
    int units;                          /* parameter */
    struct nn_convolution_layer hidden; /* over the whole window: a dense layer */
    struct nn_dense_layer out;
};

static const struct weir_param params[] = {
    NEURAL_PARAMS("8", "50", "0"),
    WEIR_PARAM("hidden", WEIR_PARAM_INT, WEIR_UNIT_NONE, offsetof(struct mlp, units), "10", 1, 4096, NULL,
               "Hidden units."),
    {0},
};

static void build(void *state, struct nn_params *to, struct weir_stream *stream)
{
    struct mlp *self = state;
    nn_convolution_layer_add(&self->hidden, to, "hidden", 1, self->units,
                             &(struct nn_convolution_shape){.kernel = self->neural.window}, stream);
    nn_dense_layer_add(&self->out, to, "out", self->units, self->neural.ahead, stream);
}

static struct nn_tensor *run(const void *state, struct nn_tape *tape, struct nn_tensor *x)
{
    const struct mlp *self = state;
    struct nn_tensor *h =
        nn_tanh(tape, nn_convolution_layer_run(tape, &self->neural.weights->params, &self->hidden, x));
    h = nn_dropout(tape, h, self->neural.dropout);
    return nn_dense_layer_run(tape, &self->neural.weights->params, &self->out, h);
}

static double flops(const void *state)
{
    const struct mlp *self = state;
    return 2.0 * self->units * (self->neural.window + self->neural.ahead);
}

static int create(void *state, const struct forecaster_env *env)
{
    static const struct neural_net net = {.build = build, .run = run, .flops = flops};
    return neural_create(state, &net, env);
}

const struct forecaster_kind forecaster_mlp = {
    .name = "mlp",
    .summary = "Neural net of one hidden layer on a window of values.",
    .source = "hu-2019",
    .state_size = sizeof(struct mlp),
    .params = params,
    .draws = true,
    .create = create,
    NEURAL_HOOKS,
};
