/* The net that is carried over from one load to another: a convolution whose result, averaged over the window, are the
 * features that the two loads are compared by; GRU layers on it; a linear unit. Without a convolution the features are
 * the last state of the last layer. Every series is scaled to 0..1 by
 * itself, so that a level is no difference between loads. */
#ifndef WEIR_LEARN_TRANSFER_NET_H
#define WEIR_LEARN_TRANSFER_NET_H

#include <stddef.h>

#include "policies/learn/transfer/dtw.h"

#define TRANSFER_LAYERS 4

struct transfer_options {
    int window;           /* newest values that a forecast is made from */
    int channels, kernel; /* of the convolution, which keeps the steps; 0 channels: there is none */
    int layers, units;    /* GRU layers, 1 to TRANSFER_LAYERS, and the units of each */
    int batch;            /* of training on the sources, and of the joint training */
    int target_batch;     /* of training on the target alone */
    int source_epochs, joint_epochs, target_epochs;
    double rate;                    /* of training from scratch; joint training takes 2/5 of it, fine-tuning 1/5 */
    double weight_mmd, weight_cmmd; /* lambda 1 and 2 of the joint loss */
    double validation;              /* share of the target's samples, its last ones, that choose the epoch */
    int patience;                   /* epochs without a better one after which training on the target ends */
    unsigned long long seed;
};

/* 24 values; 16 channels of 3, one layer of 24 units; batches of 64 and 16; 5, 5 and at most 40 epochs; rate 0.005;
 * weights 0.1; the last 20 %; patience 10; seed 1. */
extern const struct transfer_options transfer_defaults;

struct nn_params;
struct transfer_net;
struct weir_stream;

/* A net with weights as they are drawn; owned by the caller. */
struct transfer_net *transfer_net_new(const struct transfer_options *options);
void transfer_net_free(struct transfer_net *net);

/* Another one with the same weights. */
struct transfer_net *transfer_net_copy(const struct transfer_net *net);

/* Least length of a series that can be learnt: window + 2. */
size_t transfer_net_need(const struct transfer_options *options);

/* What series are handed: scaled already. Errors: WEIR_EINPUT if no series is long enough, WEIR_ERUN if the training
 * diverges. Shorter series among others are left out. */

/* Learns the sources from where it is. */
int transfer_net_learn_sources(struct transfer_net *net, const struct transfer_series *sources, size_t count);

/* Learns the sources and the target together: batches of both, and the joint loss
 *     error on the sources + error on the target + lambda 1 MMD^2 + lambda 2 CMMD^2 / rows
 * between the features of both, kernel widths by the median rule of each batch [armah-2025, its equation of the joint
 * loss; the error on the target is added, its windows being known]. */
int transfer_net_learn_joint(struct transfer_net *net, const struct transfer_series *sources, size_t count,
                             const struct transfer_series *target);

/* Learns the target alone, at `rate_share` of the rate (1: from scratch, 0.2: fine-tuning); the weights of the best
 * epoch on its last samples are kept, those before included. */
int transfer_net_learn_target(struct transfer_net *net, const struct transfer_series *target, double rate_share);

/* The value after the `window` newest ones, all scaled. */
double transfer_net_next(struct transfer_net *net, const double *newest);

/* All weights, for files; the same in number for the same options. Borrowed. */
struct nn_params *transfer_net_params(struct transfer_net *net);

/* Its random stream, likewise. */
struct weir_stream *transfer_net_stream(struct transfer_net *net);

#endif
