/* The net of stgcn.h, without data: for stgcn.c and for checks of its gradients. */
#ifndef WEIR_LEARN_STGCN_NET_H
#define WEIR_LEARN_STGCN_NET_H

#include <stdbool.h>

#include "policies/learn/nn/layer.h"

struct stgcn_shape {
    int nodes, window, channels, kernel, embedding;
    bool calendar;
};

/* Indices into the parameters. */
struct stgcn_net {
    struct stgcn_shape shape;
    struct nn_convolution_layer first[2], whole[2]; /* of TCN1 and TCN2 */
    int from, to;                                   /* E1, E2: nodes x embedding */
    struct nn_dense_layer theta, out;               /* out: W */
    int level;                                      /* b: nodes x 1 */
    struct nn_dense_layer patterns;                 /* of the calendar: embedding */
    int pattern;                                    /* u: nodes x embedding */
};

void stgcn_net_add(struct stgcn_net *net, const struct stgcn_shape *shape, struct nn_params *params,
                   struct weir_stream *stream);

/* A: 1 x nodes x nodes. */
struct nn_tensor *stgcn_net_graph(const struct stgcn_net *net, struct nn_tape *tape, const struct nn_params *params);

/* Forecasts, 1 x nodes x batch, of windows x: window x (nodes * batch) x 1, the rows of a node being neighbours.
 * calendar: 1 x batch x SERIES_CALENDAR, NULL without calendar. graph: A. */
struct nn_tensor *stgcn_net_run(const struct stgcn_net *net, struct nn_tape *tape, const struct nn_params *params,
                                struct nn_tensor *x, struct nn_tensor *calendar, struct nn_tensor *graph);

#endif
