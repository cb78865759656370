/* Training: batches in random order, Adam, a watch over divergence, and the weights of the best epoch. */
#ifndef WEIR_LEARN_NN_TRAIN_H
#define WEIR_LEARN_NN_TRAIN_H

#include <stddef.h>

#include "policies/learn/nn/params.h"

struct nn_training {
    int epochs, batch;
    double rate;       /* Adam's */
    double validation; /* share of the samples, the last ones, that are not learnt: the weights kept are those of the
                          epoch with the least loss on them, those before training included. 0: all are learnt, and
                          the weights are those of the last epoch */
    double goal;       /* mean loss of an epoch at or below which training ends; 0: no such end */
    int patience;      /* epochs without a better validation after which training ends; 0: no such end */
    size_t most;       /* samples of an epoch at most, drawn anew for each; `validation` is then a share of so many.
                          0: all */
    struct weir_stream *stream; /* of the order, and of dropout */
};

/* Mean loss (1 x 1 x 1) of these samples, on a tape that was started. */
typedef struct nn_tensor *(*nn_loss)(struct nn_tape *tape, void *with, const size_t *samples, size_t count);

struct nn_trained {
    int epochs;                           /* carried out */
    double first_loss, last_loss;         /* means over the batches of the first and of the last epoch */
    double validation_before, validation; /* loss on the validation samples before training and of the weights kept; 0
                                             without */
};

/* Trains on the samples 0..count-1, count > 0; at least one is learnt. *trained may be NULL. Errors: WEIR_ERUN when the
 * loss or a weight is not finite any more, with epoch and rate. */
int nn_train(struct nn_params *params, const struct nn_training *training, nn_loss loss, void *with, size_t count,
             struct nn_trained *trained);

/* Samples of one series of numbers: sample i is the `window` numbers from i on, and the `ahead` after them are wanted.
 */
struct nn_windows {
    const nn_real *values;
    int window, ahead;   /* ahead 0 counts as 1 */
    const size_t *first; /* where sample i begins; NULL: at i */
};

/* Samples in a series of `count` numbers; 0 if it is too short. */
size_t nn_windows_count(size_t count, int window, int ahead);

/* Makes inputs of samples: *x is window x count x 1, *y, which may be NULL, 1 x count x ahead. */
void nn_windows_take(struct nn_tape *tape, const struct nn_windows *windows, const size_t *samples, size_t count,
                     struct nn_tensor **x, struct nn_tensor **y);

/* Training by a number of updates, where a pass over the samples may be more than there is time for, or less. */
struct nn_updates {
    int updates, batch;
    double rate; /* Adam's at first; it falls to 0 along a half cosine */
    struct weir_stream *stream;
};

/* Trains on the samples 0..count-1, count > 0, in random passes. Errors: WEIR_ERUN when the loss or a weight is not
 * finite any more; the parameters are then as they were. */
int nn_train_updates(struct nn_params *params, const struct nn_updates *updates, nn_loss loss, void *with,
                     size_t count);

#endif
