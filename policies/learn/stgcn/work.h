/* The inside of a model, for the files of this folder. */
#ifndef WEIR_LEARN_STGCN_WORK_H
#define WEIR_LEARN_STGCN_WORK_H

#include "policies/learn/stgcn/net.h"
#include "policies/learn/stgcn/stgcn.h"

struct stgcn {
    struct stgcn_settings settings;
    struct stgcn_net net;
    struct nn_params params;
    struct weir_stream stream;
    double *scale;       /* of each node */
    nn_real *graph;      /* A of the weights that are there; NULL: not reckoned yet */
    struct nn_tape tape; /* of forecasts */
};

/* A model with weights as they are drawn, its settings being in range. */
struct stgcn *stgcn_make(const struct stgcn_settings *settings);

/* Whether settings are in range. Errors: WEIR_EINPUT. */
int stgcn_check_settings(const struct stgcn_settings *settings);

#endif
