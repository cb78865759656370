/* The net of the variational GRU: its layers, its loss and its likelihood, on scaled windows. vgru.h has the equations
 * and what users call. */
#ifndef WEIR_LEARN_DETECT_VGRU_NET_H
#define WEIR_LEARN_DETECT_VGRU_NET_H

#include "policies/learn/detect/vgru.h"
#include "policies/learn/nn/layer.h"

struct vgru_net {
    int length, width;
    struct nn_params params;
    struct nn_convolution_layer extract[2];                         /* phi_s */
    struct nn_dense_layer encode, mean, log_variance;               /* f; mu_z; log sigma_z^2 */
    struct nn_dense_layer categories;                               /* logits of c, from s_t */
    struct nn_dense_layer extract_z;                                /* phi_z */
    struct nn_gru_layer gru;                                        /* of phi_s and phi_z */
    struct nn_dense_layer decode, decode_mean, decode_log_variance; /* from z_t; of the deconvolution */
    struct nn_convolution_layer deconvolve;
    int encode_state, categories_state, decode_state; /* weights of h_{t-1} */
    int prior_means, prior_log_variances;             /* K x latent */
};

/* Adds all parameters to an empty net. */
void vgru_net_init(struct vgru_net *net, const struct vgru_settings *settings, struct weir_stream *stream);
void vgru_net_fini(struct vgru_net *net);

/* What the net says of windows s, length x rows x width. */
struct vgru_said {
    struct nn_tensor *mean, *log_variance; /* of p(s | z), of the shape of s */
    struct nn_tensor *divergence;          /* of q(z) from the prior and of q(c) from even categories, mean over steps
                                              and rows; NULL unless asked for */
};

/* temperature: that of the Gumbel softmax; 0 leaves the divergence out. z is drawn if the tape trains, and its mean
 * otherwise. */
struct vgru_said vgru_net_run(struct nn_tape *tape, const struct vgru_net *net, struct nn_tensor *s,
                              double temperature);

/* Minus the evidence lower bound of a number of s: 1 x 1 x 1. */
struct nn_tensor *vgru_net_loss(struct nn_tape *tape, const struct vgru_net *net, struct nn_tensor *s,
                                double temperature);

#endif
