#include "policies/learn/nn/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

static void shuffle(size_t *samples, size_t count, struct weir_stream *stream)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = (size_t)weir_stream_below(stream, i), kept = samples[i - 1];
        samples[i - 1] = samples[other];
        samples[other] = kept;
    }
}

/* Mean loss of samples without learning them, in batches of at most 256. */
static double measure(struct nn_tape *tape, nn_loss loss, void *with, const size_t *samples, size_t count)
{
    double sum = 0;
    for (size_t first = 0; first < count; first += 256) {
        size_t taken = count - first < 256 ? count - first : 256;
        nn_tape_start(tape, false);
        sum += (double)taken * (double)loss(tape, with, samples + first, taken)->value[0];
    }
    return sum / (double)count;
}

static int diverged(int epoch, const struct nn_training *training, const char *what)
{
    return weir_error(WEIR_ERUN, "its training diverged in epoch %d: %s; a rate below %g may help", epoch + 1, what,
                      training->rate);
}

/* One epoch; *mean is that of the loss. */
static int learn(struct nn_tape *tape, struct nn_adam *adam, struct nn_params *params,
                 const struct nn_training *training, nn_loss loss, void *with, const size_t *samples, size_t count,
                 int epoch, double *mean)
{
    size_t batch = (size_t)training->batch;
    *mean = 0;
    for (size_t first = 0; first < count; first += batch) {
        size_t taken = count - first < batch ? count - first : batch;
        nn_tape_start(tape, true);
        struct nn_tensor *value = loss(tape, with, samples + first, taken);
        if (!isfinite(value->value[0]))
            return diverged(epoch, training, "the loss is not finite");
        *mean += (double)value->value[0] * (double)taken / (double)count;
        nn_backward(tape, value);
        nn_adam_step(adam, params);
    }
    return nn_params_finite(params) ? 0 : diverged(epoch, training, "a weight is not finite");
}

int nn_train(struct nn_params *params, const struct nn_training *training, nn_loss loss, void *with, size_t count,
             struct nn_trained *trained)
{
    size_t most = training->most > 0 && training->most < count ? training->most : count;
    size_t kept_out = (size_t)(training->validation * (double)most);
    kept_out = kept_out < most ? kept_out : most - 1;
    size_t learnt = count - kept_out, taken = most - kept_out; /* of which an epoch takes so many */
    size_t *samples = weir_alloc(count, sizeof *samples);
    nn_real *best = kept_out ? weir_alloc(params->size, sizeof *best) : NULL;
    struct nn_trained result = {0};
    struct nn_adam adam;
    struct nn_tape tape;
    int status = 0, stale = 0;
    for (size_t i = 0; i < count; i++)
        samples[i] = i;
    nn_adam_init(&adam, params, training->rate);
    nn_params_clear_grads(params);
    nn_tape_init(&tape, weir_stream_bits(training->stream));
    if (kept_out) {
        result.validation_before = result.validation = measure(&tape, loss, with, samples + learnt, kept_out);
        memcpy(best, params->values, params->size * sizeof *best);
    }
    for (int epoch = 0; !status && epoch < training->epochs; epoch++) {
        double mean;
        shuffle(samples, learnt, training->stream);
        status = learn(&tape, &adam, params, training, loss, with, samples, taken, epoch, &mean);
        if (status)
            break;
        result.epochs = epoch + 1;
        result.last_loss = mean;
        if (epoch == 0)
            result.first_loss = mean;
        bool reached = training->goal > 0 && mean <= training->goal; /* a likelihood's loss may be below 0 */
        if (!kept_out && reached)
            break;
        if (!kept_out)
            continue;
        double now = measure(&tape, loss, with, samples + learnt, kept_out);
        if (now < result.validation) {
            result.validation = now;
            memcpy(best, params->values, params->size * sizeof *best);
            stale = 0;
        } else if (++stale == training->patience) {
            break;
        }
        if (reached)
            break;
    }
    if (best && !status)
        memcpy(params->values, best, params->size * sizeof *best);
    if (trained)
        *trained = result;
    nn_tape_fini(&tape);
    nn_adam_fini(&adam);
    free(best);
    free(samples);
    return status;
}

size_t nn_windows_count(size_t count, int window, int ahead)
{
    size_t first = (size_t)window + (size_t)(ahead > 0 ? ahead - 1 : 0);
    return count > first ? count - first : 0;
}

void nn_windows_take(struct nn_tape *tape, const struct nn_windows *windows, const size_t *samples, size_t count,
                     struct nn_tensor **x, struct nn_tensor **y)
{
    int window = windows->window;
    const size_t *first = windows->first;
    *x = nn_input(tape, window, (int)count, 1);
    for (size_t row = 0; row < count; row++) {
        const nn_real *from = windows->values + (first ? first[samples[row]] : samples[row]);
        for (int t = 0; t < window; t++)
            (*x)->value[(size_t)t * count + row] = from[t];
    }
    if (!y)
        return;
    int ahead = windows->ahead > 0 ? windows->ahead : 1;
    *y = nn_input(tape, 1, (int)count, ahead);
    for (size_t row = 0; row < count; row++) {
        const nn_real *after = windows->values + (first ? first[samples[row]] : samples[row]) + window;
        for (int t = 0; t < ahead; t++)
            (*y)->value[row * (size_t)ahead + (size_t)t] = after[t];
    }
}
