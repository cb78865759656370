/* The net of effect.h, without data: for effect.c and for checks of its gradients. */
#ifndef WEIR_LEARN_EFFECT_NET_H
#define WEIR_LEARN_EFFECT_NET_H

#include <stdbool.h>

#include "policies/learn/nn/layer.h"

struct effect_shape {
    int servers, regions, categories, width, hidden;
    bool home; /* whether the region of a server is told */
};

/* Indices into the parameters. */
struct effect_net {
    struct effect_shape shape;
    int category, region;                       /* rows of enc1: categories x hidden, regions x hidden */
    struct nn_dense_layer time, request;        /* calendar to hidden, hidden to width */
    int server, home;                           /* rows of enc2: servers x hidden, regions x hidden */
    struct nn_dense_layer state, standing;      /* of the server's numbers to hidden, hidden to width */
    struct nn_dense_layer first[2], decoded[2]; /* of dec1 and dec2: width to hidden, hidden to 1 */
};

/* Numbers that enc2 reads: bandwidth, load, whether the request crosses regions, how far it comes. */
#define EFFECT_STATE 4

void effect_net_add(struct effect_net *net, const struct effect_shape *shape, struct nn_params *params,
                    struct weir_stream *stream);

/* Q of `count` requests, 1 x count x width; calendar: 1 x count x SERIES_CALENDAR. */
struct nn_tensor *effect_net_request(const struct effect_net *net, struct nn_tape *tape, const struct nn_params *params,
                                     const int *region, const int *category, int count, struct nn_tensor *calendar);

/* V of `count` servers, 1 x count x width; home is not read where it is not told; state: 1 x count x EFFECT_STATE. */
struct nn_tensor *effect_net_server(const struct effect_net *net, struct nn_tape *tape, const struct nn_params *params,
                                    const int *server, const int *home, int count, struct nn_tensor *state);

/* A and the logarithm of the odds of S, 1 x count x 1 each, of rows of Q and V. */
void effect_net_decode(const struct effect_net *net, struct nn_tape *tape, const struct nn_params *params,
                       struct nn_tensor *q, struct nn_tensor *v, double dropout, struct nn_tensor **rate,
                       struct nn_tensor **odds);

#endif
