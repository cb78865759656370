/* The inside of a model, for the files of this folder. */
#ifndef WEIR_LEARN_EFFECT_WORK_H
#define WEIR_LEARN_EFFECT_WORK_H

#include "policies/learn/effect/effect.h"
#include "policies/learn/effect/net.h"

struct effect {
    struct effect_settings settings; /* home and distance are NULL: they are here */
    int *home;                       /* NULL: not told */
    double *distance;                /* likewise; servers x regions, as told */
    double far;                      /* the mean distance, 1 if that is 0 */
    struct effect_net net;
    struct nn_params params;
    struct weir_stream stream;
    double rate_scale;                  /* root mean square of the rates that were learnt */
    double bandwidth_log, bandwidth_sd; /* mean and deviation of the logarithms of the bandwidths */
    struct nn_tape tape, server_tape;   /* of forecasts */
};

/* A model with weights as they are drawn, its settings being in range. */
struct effect *effect_make(const struct effect_settings *settings);

/* Whether settings are in range. Errors: WEIR_EINPUT. */
int effect_check_settings(const struct effect_settings *settings);

/* What the net reads of a server for requests of a region: state[EFFECT_STATE]; numbers that are not known are as
 * effect_predict_all says. */
void effect_state(const struct effect *model, int server, int region, double bandwidth_bytes_per_s, double load,
                  nn_real *state);

#endif
