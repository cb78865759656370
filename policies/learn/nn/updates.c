#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/nn/train.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

/* The samples in random passes: each is taken once before any is taken again. */
struct passes {
    size_t *samples, count, at;
    struct weir_stream *stream;
};

static size_t next(struct passes *passes)
{
    if (passes->at == passes->count)
        passes->at = 0;
    /* the one that is next is drawn from those that are left of the pass */
    size_t other = passes->at + (size_t)weir_stream_below(passes->stream, passes->count - passes->at);
    size_t kept = passes->samples[other];
    passes->samples[other] = passes->samples[passes->at];
    passes->samples[passes->at++] = kept;
    return kept;
}

int nn_train_updates(struct nn_params *params, const struct nn_updates *updates, nn_loss loss, void *with, size_t count)
{
    size_t batch = (size_t)updates->batch < count ? (size_t)updates->batch : count;
    struct passes passes = {.samples = weir_alloc(count, sizeof(size_t)), .count = count, .stream = updates->stream};
    size_t *taken = weir_alloc(batch, sizeof *taken), bytes = params->size * sizeof *params->values;
    nn_real *before = weir_alloc(params->size, sizeof *before);
    struct nn_adam adam;
    struct nn_tape tape;
    int status = 0;
    memcpy(before, params->values, bytes);
    for (size_t i = 0; i < count; i++)
        passes.samples[i] = i;
    nn_adam_init(&adam, params, updates->rate);
    nn_params_clear_grads(params);
    nn_tape_init(&tape, weir_stream_bits(updates->stream));
    for (int update = 0; !status && update < updates->updates; update++) {
        for (size_t i = 0; i < batch; i++)
            taken[i] = next(&passes);
        nn_tape_start(&tape, true);
        struct nn_tensor *value = loss(&tape, with, taken, batch);
        if (!isfinite(value->value[0])) {
            status = weir_error(WEIR_ERUN,
                                "its training diverged in update %d: the loss is not finite; a rate below %g may help",
                                update + 1, updates->rate);
            break;
        }
        nn_backward(&tape, value);
        adam.rate = updates->rate * (1 + weir_cos(M_PI * update / updates->updates)) / 2;
        nn_adam_step(&adam, params);
    }
    if (!status && !nn_params_finite(params))
        status = weir_error(WEIR_ERUN, "its training diverged: a weight is not finite; a rate below %g may help",
                            updates->rate);
    if (status)
        memcpy(params->values, before, bytes);
    nn_tape_fini(&tape);
    nn_adam_fini(&adam);
    free(before);
    free(taken);
    free(passes.samples);
    return status;
}
