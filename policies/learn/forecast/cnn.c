/* A net of blocks of (convolution along time, ReLU, largest of two neighbours, dropout), and a linear unit on all that
 * is left. Convolutions are not padded: 24 values become 22, 11, 9, 4. */
#include <stdio.h>

#include "policies/learn/forecast/neural.h"
#include "sim/base/error.h"

#define MOST_BLOCKS 4

struct cnn {
    struct neural neural;
    int channels, kernel, blocks; /* parameters */
    struct nn_convolution_layer convolution[MOST_BLOCKS];
    struct nn_convolution_layer out; /* over all steps that are left: a linear unit */
};

#define AT(field) offsetof(struct cnn, field)
static const struct weir_param params[] = {
    NEURAL_PARAMS("24", "10", "0.2"),
    WEIR_PARAM("channels", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(channels), "64", 1, 1024, NULL,
               "Kernels of each convolution."),
    WEIR_PARAM("kernel", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(kernel), "3", 1, 100, NULL, "Steps that a kernel covers."),
    WEIR_PARAM("blocks", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(blocks), "2", 1, MOST_BLOCKS, NULL,
               "Blocks of convolution and pooling."),
    {0},
};

/* Steps that are left after `blocks` blocks; below 1: too many blocks. */
static int steps_after(const struct cnn *self, int blocks)
{
    int steps = self->neural.window;
    for (int i = 0; i < blocks; i++)
        steps = steps < self->kernel ? 0 : (steps - self->kernel + 1) / 2;
    return steps;
}

static void build(void *state, struct nn_params *to, struct weir_stream *stream)
{
    struct cnn *self = state;
    for (int i = 0; i < self->blocks; i++) {
        char name[32];
        snprintf(name, sizeof name, "convolution.%d", i);
        nn_convolution_layer_add(&self->convolution[i], to, name, i ? self->channels : 1, self->channels,
                                 &(struct nn_convolution_shape){.kernel = self->kernel}, stream);
    }
    nn_convolution_layer_add(&self->out, to, "out", self->channels, self->neural.ahead,
                             &(struct nn_convolution_shape){.kernel = steps_after(self, self->blocks)}, stream);
}

static struct nn_tensor *run(const void *state, struct nn_tape *tape, struct nn_tensor *x)
{
    const struct cnn *self = state;
    const struct nn_params *from = &self->neural.weights->params;
    for (int i = 0; i < self->blocks; i++) {
        x = nn_relu(tape, nn_convolution_layer_run(tape, from, &self->convolution[i], x));
        x = nn_dropout(tape, nn_max_pool(tape, x, 2), self->neural.dropout);
    }
    return nn_convolution_layer_run(tape, from, &self->out, x);
}

static double flops(const void *state)
{
    const struct cnn *self = state;
    double sum = 2.0 * self->channels * steps_after(self, self->blocks) * self->neural.ahead;
    for (int i = 0; i < self->blocks; i++) {
        double outputs = (steps_after(self, i) - self->kernel + 1) * self->channels;
        sum += 2 * outputs * self->kernel * (i ? self->channels : 1);
    }
    return sum;
}

static int create(void *state, const struct forecaster_env *env)
{
    static const struct neural_net net = {.build = build, .run = run, .flops = flops};
    struct cnn *self = state;
    int code = neural_create(state, &net, env);
    if (steps_after(self, self->blocks) < 1)
        return weir_error(WEIR_EINPUT,
                          "nothing is left of a window of %d after %d blocks of kernel %d; give a larger "
                          "window or fewer blocks",
                          self->neural.window, self->blocks, self->kernel);
    return code;
}

const struct forecaster_kind forecaster_cnn = {
    .name = "cnn",
    .summary = "Convolutional neural net on a window of values.",
    .source = "armah-2025",
    .state_size = sizeof(struct cnn),
    .params = params,
    .draws = true,
    .create = create,
    NEURAL_HOOKS,
};
