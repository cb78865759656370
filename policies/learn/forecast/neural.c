#include "policies/learn/forecast/neural.h"

#include <math.h>

#include "policies/learn/nn/train.h"
#include "sim/base/error.h"

/* Rate of a fine-tuning by that of a fit, and the share of its series that chooses the epoch. */
#define TUNE_RATE       0.2
#define TUNE_VALIDATION 0.2

int neural_create(void *state, const struct neural_net *net, const struct forecaster_env *env)
{
    struct neural *self = state;
    self->net = net;
    self->stream = self->fresh = weir_stream_open(env->seed, env->stream ? env->stream : "forecast");
    nn_tape_init(&self->tape, 0);
    return WEIR_OK;
}

size_t neural_need(const void *state)
{
    return (size_t)((const struct neural *)state)->window + 2;
}

void neural_destroy(void *state)
{
    struct neural *self = state;
    nn_tape_fini(&self->tape);
    nn_params_fini(&self->params);
    series_tail_fini(&self->tail);
}

struct batch {
    const struct neural *self;
    struct nn_windows windows;
};

static struct nn_tensor *loss_of(struct nn_tape *tape, void *with, const size_t *samples, size_t count)
{
    const struct batch *batch = with;
    struct nn_tensor *x, *y;
    nn_windows_take(tape, &batch->windows, samples, count, &x, &y);
    return nn_squared_error(tape, batch->self->net->run(batch->self, tape, x), y);
}

static int train(struct neural *self, const struct nn_training *training, const double *values, size_t count)
{
    nn_real *scaled = weir_alloc(count, sizeof *scaled);
    for (size_t i = 0; i < count; i++)
        scaled[i] = (nn_real)series_scale_to(&self->scale, values[i]);
    struct batch batch = {.self = self, .windows = {.values = scaled, .window = self->window}};
    struct nn_trained trained;
    int code = nn_train(&self->params, training, loss_of, &batch, nn_windows_count(count, self->window), &trained);
    self->first_loss = trained.first_loss;
    self->last_loss = trained.last_loss;
    self->fitted = code == WEIR_OK;
    free(scaled);
    return code;
}

static bool is_flat(const double *values, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (values[i] != values[0])
            return false;
    return true;
}

int neural_fit(void *state, const double *values, size_t count)
{
    struct neural *self = state;
    series_tail_set(&self->tail, (size_t)self->window, values, count);
    self->stream = self->fresh;
    self->scale = series_scale_min_max(values, count);
    nn_params_fini(&self->params);
    self->net->build(self, &self->params, &self->stream);
    self->flat = is_flat(values, count);
    if (self->flat) {
        self->first_loss = self->last_loss = 0;
        self->fitted = true;
        return WEIR_OK;
    }
    struct nn_training training = {.epochs = self->epochs,
                                   .batch = self->batch,
                                   .rate = self->rate,
                                   .validation = self->validation,
                                   .stream = &self->stream};
    return train(self, &training, values, count);
}

int neural_tune(void *state, const double *values, size_t count)
{
    struct neural *self = state;
    if (!self->fitted || self->flat)
        return neural_fit(state, values, count);
    series_tail_set(&self->tail, (size_t)self->window, values, count);
    struct nn_training training = {.epochs = self->tune_epochs,
                                   .batch = self->batch,
                                   .rate = TUNE_RATE * self->rate,
                                   .validation = TUNE_VALIDATION,
                                   .stream = &self->stream};
    return train(self, &training, values, count);
}

int neural_push(void *state, double value)
{
    struct neural *self = state;
    series_tail_push(&self->tail, value);
    return WEIR_OK;
}

int neural_predict(void *state, size_t horizon, double *mean, double *spread)
{
    struct neural *self = state;
    size_t window = (size_t)self->window;
    const double *past = series_tail_last(&self->tail, window);
    if (self->flat) {
        for (size_t i = 0; i < horizon; i++)
            mean[i] = past[window - 1];
        return WEIR_OK;
    }
    nn_real *values = weir_alloc(window + horizon, sizeof *values);
    for (size_t i = 0; i < window; i++)
        values[i] = (nn_real)series_scale_to(&self->scale, past[i]);
    struct nn_windows windows = {.values = values, .window = self->window};
    for (size_t i = 0; i < horizon; i++) {
        struct nn_tensor *x;
        nn_tape_start(&self->tape, false);
        nn_windows_take(&self->tape, &windows, &i, 1, &x, NULL);
        values[window + i] = self->net->run(self, &self->tape, x)->value[0];
        mean[i] = series_scale_from(&self->scale, (double)values[window + i]);
    }
    free(values);
    return WEIR_OK;
}

void neural_cost(const void *state, size_t count, size_t horizon, struct forecaster_cost *cost)
{
    const struct neural *self = state;
    double once = self->net->flops(self);
    /* the way back is two products for each of the way there */
    cost->fit_flops = 3 * once * self->epochs * (double)nn_windows_count(count, self->window);
    cost->predict_flops = once * (double)horizon;
}

int neural_save(const void *state, struct weir_text *to)
{
    const struct neural *self = state;
    struct nn_file file = {0};
    const double numbers[] = {self->scale.offset, self->scale.factor, self->flat, self->first_loss, self->last_loss};
    const double stream[] = {(double)(self->stream.state >> 32), (double)(self->stream.state & 0xffffffffu)};
    nn_file_put_doubles(&file, "scale", 1, 5, numbers);
    nn_file_put_doubles(&file, "stream", 1, 2, stream);
    nn_file_put_doubles(&file, "newest", 1, (size_t)self->window, series_tail_last(&self->tail, (size_t)self->window));
    nn_params_put(&self->params, &file);
    nn_file_pack(&file, to);
    nn_file_fini(&file);
    return WEIR_OK;
}

int neural_load(void *state, const char *bytes, size_t count)
{
    struct neural *self = state;
    struct nn_file file = {0};
    size_t window = (size_t)self->window;
    double numbers[5], stream[2], *newest = weir_alloc(window, sizeof *newest);
    nn_params_fini(&self->params);
    self->net->build(self, &self->params, &self->stream);
    int code = nn_file_unpack(&file, "its net", bytes, count);
    if (code == WEIR_OK)
        code = nn_file_get_doubles(&file, "scale", 1, 5, numbers);
    if (code == WEIR_OK)
        code = nn_file_get_doubles(&file, "stream", 1, 2, stream);
    if (code == WEIR_OK)
        code = nn_file_get_doubles(&file, "newest", 1, window, newest);
    if (code == WEIR_OK)
        code = nn_params_get(&self->params, &file);
    if (code == WEIR_OK) {
        self->scale = (struct series_scale){.offset = numbers[0], .factor = numbers[1]};
        self->flat = numbers[2] != 0;
        self->first_loss = numbers[3];
        self->last_loss = numbers[4];
        self->stream.state = (uint64_t)stream[0] << 32 | (uint64_t)stream[1];
        series_tail_set(&self->tail, window, newest, window);
        self->fitted = true;
    }
    nn_file_fini(&file);
    free(newest);
    return code;
}

void neural_describe(const void *state, struct weir_text *to)
{
    const struct neural *self = state;
    if (self->flat)
        weir_text_add(to, "a constant series, nothing to learn");
    else
        weir_text_addf(to, "%zu weights, mean squared error %.3g in the first epoch, %.3g in the last (scaled to 0..1)",
                       self->params.size, self->first_loss, self->last_loss);
}
