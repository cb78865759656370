#include "policies/learn/detect/vgru_net.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"

/* Taps of the convolutions, the second of which skips every other step. */
#define KERNEL 3

/* Bounds of log variances, so that nothing a window holds makes them infinite: of p(s | z), in units of the training
 * deviation, where a number can be known to a tenth at best; of q(z); and of the prior. */
static const struct {
    double low, high;
} seen = {-4.6, 2}, drawn = {-8, 2}, prior = {-4, 4};

/* Weights that go with the state before; the bias is the other input's. */
static int add_state(struct nn_params *params, const char *name, int units, int outputs, struct weir_stream *stream)
{
    return nn_params_add(params, name, units, outputs, 1 / sqrt(units), stream);
}

void vgru_net_init(struct vgru_net *net, const struct vgru_settings *settings, struct weir_stream *stream)
{
    struct nn_params *params = &net->params;
    int width = settings->width, units = settings->units, latent = settings->latent, components = settings->components;
    const struct nn_convolution_shape close = {.kernel = KERNEL, .before = KERNEL - 1};
    const struct nn_convolution_shape far = {.kernel = KERNEL, .dilation = 2, .before = 2 * (KERNEL - 1)};
    /* causal as well, so that what is said of a sample depends on none after it */
    const struct nn_convolution_shape back = {.kernel = KERNEL, .before = KERNEL - 1};
    net->length = settings->length;
    net->width = width;
    nn_convolution_layer_add(&net->extract[0], params, "extract.0", width, units, &close, stream);
    nn_convolution_layer_add(&net->extract[1], params, "extract.1", units, units, &far, stream);
    nn_dense_layer_add(&net->encode, params, "encode", units, units, stream);
    net->encode_state = add_state(params, "encode.state", units, units, stream);
    nn_dense_layer_add(&net->mean, params, "mean", units, latent, stream);
    nn_dense_layer_add(&net->log_variance, params, "log_variance", units, latent, stream);
    nn_dense_layer_add(&net->categories, params, "categories", width, components, stream);
    net->categories_state = add_state(params, "categories.state", units, components, stream);
    nn_dense_layer_add(&net->extract_z, params, "extract_z", latent, units, stream);
    nn_gru_layer_add(&net->gru, params, "gru", 2 * units, units, NN_GRU_RESET_AFTER, stream);
    nn_dense_layer_add(&net->decode, params, "decode", latent, units, stream);
    net->decode_state = add_state(params, "decode.state", units, units, stream);
    nn_convolution_layer_add(&net->deconvolve, params, "deconvolve", units, units, &back, stream);
    nn_dense_layer_add(&net->decode_mean, params, "decode_mean", units, width, stream);
    nn_dense_layer_add(&net->decode_log_variance, params, "decode_log_variance", units, width, stream);
    net->prior_means = nn_params_add(params, "prior.means", components, latent, 1, stream);
    net->prior_log_variances = nn_params_add(params, "prior.log_variances", components, latent, 0, stream);
}

void vgru_net_fini(struct vgru_net *net)
{
    nn_params_fini(&net->params);
}

/* x's product, which is there, and that of the state before, which is 0 before the first step. */
static struct nn_tensor *with_state(struct nn_tape *tape, const struct vgru_net *net, struct nn_tensor *of_x,
                                    int weight, struct nn_tensor *state)
{
    if (!state)
        return of_x;
    return nn_add(tape, of_x, nn_dense(tape, state, nn_params_tensor(tape, &net->params, weight), NULL));
}

static struct nn_tensor *divergence(struct nn_tape *tape, const struct vgru_net *net, struct nn_tensor *mean,
                                    struct nn_tensor *log_variance, struct nn_tensor *logits, double temperature)
{
    const struct nn_params *params = &net->params;
    struct nn_mixture mixture = {
        .weights = nn_gumbel_softmax(tape, logits, temperature),
        .means = nn_params_tensor(tape, params, net->prior_means),
        .log_variances =
            nn_squash(tape, nn_params_tensor(tape, params, net->prior_log_variances), prior.low, prior.high),
    };
    return nn_add(tape, nn_mixture_divergence(tape, mean, log_variance, &mixture),
                  nn_categorical_divergence(tape, logits, NULL));
}

struct vgru_said vgru_net_run(struct nn_tape *tape, const struct vgru_net *net, struct nn_tensor *s, double temperature)
{
    const struct nn_params *params = &net->params;
    size_t steps = (size_t)s->steps;
    struct nn_tensor **kept = weir_alloc(4 * steps, sizeof *kept); /* of each step */
    struct nn_tensor **means = kept, **logs = kept + steps, **logits = logs + steps, **features = logits + steps;
    struct nn_tensor *state = NULL;
    /* What does not ask for the state is done for all steps at once. */
    struct nn_tensor *phi = nn_relu(tape, nn_convolution_layer_run(tape, params, &net->extract[0], s));
    phi = nn_relu(tape, nn_convolution_layer_run(tape, params, &net->extract[1], phi));
    struct nn_tensor *encoded = nn_dense_layer_run(tape, params, &net->encode, phi);
    struct nn_tensor *category = temperature > 0 ? nn_dense_layer_run(tape, params, &net->categories, s) : NULL;
    for (int t = 0; t < s->steps; t++) {
        struct nn_tensor *f =
            nn_tanh(tape, with_state(tape, net, nn_steps(tape, encoded, t, 1), net->encode_state, state));
        means[t] = nn_dense_layer_run(tape, params, &net->mean, f);
        logs[t] = NULL;
        if (tape->training || category)
            logs[t] = nn_squash(tape, nn_dense_layer_run(tape, params, &net->log_variance, f), drawn.low, drawn.high);
        if (category)
            logits[t] = with_state(tape, net, nn_steps(tape, category, t, 1), net->categories_state, state);
        struct nn_tensor *z = logs[t] ? nn_gaussian_sample(tape, means[t], logs[t]) : means[t];
        struct nn_tensor *decoded = nn_dense_layer_run(tape, params, &net->decode, z);
        features[t] = nn_tanh(tape, with_state(tape, net, decoded, net->decode_state, state));
        if (t + 1 == s->steps)
            break;
        struct nn_tensor *phi_z = nn_relu(tape, nn_dense_layer_run(tape, params, &net->extract_z, z));
        struct nn_tensor *both = nn_join(tape, nn_steps(tape, phi, t, 1), phi_z);
        state = nn_gru_layer_run_from(tape, params, &net->gru, both, state);
    }
    struct vgru_said said = {0};
    struct nn_tensor *back =
        nn_relu(tape, nn_convolution_layer_run(tape, params, &net->deconvolve, nn_stack(tape, features, s->steps)));
    said.mean = nn_dense_layer_run(tape, params, &net->decode_mean, back);
    said.log_variance =
        nn_squash(tape, nn_dense_layer_run(tape, params, &net->decode_log_variance, back), seen.low, seen.high);
    if (category)
        said.divergence = divergence(tape, net, nn_stack(tape, means, s->steps), nn_stack(tape, logs, s->steps),
                                     nn_stack(tape, logits, s->steps), temperature);
    free(kept);
    return said;
}

struct nn_tensor *vgru_net_loss(struct nn_tape *tape, const struct vgru_net *net, struct nn_tensor *s,
                                double temperature)
{
    struct vgru_said said = vgru_net_run(tape, net, s, temperature);
    return nn_add(tape, nn_gaussian_error(tape, said.mean, said.log_variance, s),
                  nn_scale(tape, said.divergence, 1. / net->width));
}
