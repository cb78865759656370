#include "policies/learn/forecast/neural.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"

/* Rate of a fine-tuning by that of a fit, and the share of its series that chooses the epoch. */
#define TUNE_RATE       0.2
#define TUNE_VALIDATION 0.2

int neural_create(void *state, const struct neural_net *net, const struct forecaster_env *env)
{
    struct neural *self = state;
    self->net = net;
    if (self->ahead == 0)
        self->ahead = env->ahead < 1 ? 1 : env->ahead < self->window ? env->ahead : self->window;
    self->stream = self->fresh = weir_stream_open(env->seed, env->stream ? env->stream : "forecast");
    nn_tape_init(&self->tape, 0);
    return WEIR_OK;
}

size_t neural_need(const void *state)
{
    const struct neural *self = state;
    return (size_t)self->window + (size_t)self->ahead + 1;
}

void neural_destroy(void *state)
{
    struct neural *self = state;
    nn_tape_fini(&self->tape);
    neural_leave(self);
    series_tail_fini(&self->tail);
    free(self->said);
}

struct batch {
    const struct neural *self;
    const struct nn_windows *windows;
};

static struct nn_tensor *loss_of(struct nn_tape *tape, void *with, const size_t *samples, size_t count)
{
    const struct batch *batch = with;
    struct nn_tensor *x, *y;
    nn_windows_take(tape, batch->windows, samples, count, &x, &y);
    return nn_squared_error(tape, batch->self->net->run(batch->self, tape, x), y);
}

int neural_train(struct neural *self, const struct nn_training *training, const struct nn_windows *windows,
                 size_t count)
{
    struct batch batch = {.self = self, .windows = windows};
    struct nn_trained trained;
    int code = nn_train(&self->weights->params, training, loss_of, &batch, count, &trained);
    self->first_loss = trained.first_loss;
    self->last_loss = trained.last_loss;
    self->fitted = code == WEIR_OK;
    return code;
}

struct nn_training neural_training(struct neural *self, bool tune)
{
    return (struct nn_training){.epochs = tune ? self->tune_epochs : self->epochs,
                                .batch = self->batch,
                                .rate = tune ? TUNE_RATE * self->rate : self->rate,
                                .validation = tune ? TUNE_VALIDATION : self->validation,
                                .goal = tune ? 0 : self->goal,
                                .stream = &self->stream};
}

static int train(struct neural *self, bool tune, const double *values, size_t count)
{
    nn_real *scaled = weir_alloc(count, sizeof *scaled);
    for (size_t i = 0; i < count; i++)
        scaled[i] = (nn_real)series_scale_to(&self->scale, values[i]);
    const struct nn_windows windows = {.values = scaled, .window = self->window, .ahead = self->ahead};
    const struct nn_training training = neural_training(self, tune);
    int code = neural_train(self, &training, &windows, nn_windows_count(count, self->window, self->ahead));
    free(scaled);
    return code;
}

bool neural_is_flat(const double *values, size_t count)
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
    self->said_steps = 0;
    self->stream = self->fresh;
    self->scale = series_scale_min_max(values, count);
    neural_build(self, &self->stream);
    self->flat = neural_is_flat(values, count);
    if (self->flat) {
        self->first_loss = self->last_loss = 0;
        self->fitted = true;
        return WEIR_OK;
    }
    return train(self, false, values, count);
}

int neural_tune(void *state, const double *values, size_t count)
{
    struct neural *self = state;
    if (!self->fitted || self->flat)
        return neural_fit(state, values, count);
    series_tail_set(&self->tail, (size_t)self->window, values, count);
    self->said_steps = 0;
    neural_own(self);
    return train(self, true, values, count);
}

int neural_push(void *state, double value)
{
    struct neural *self = state;
    series_tail_push(&self->tail, value);
    self->said_steps = 0;
    return WEIR_OK;
}

int neural_predict(void *state, size_t horizon, double *mean, double *spread)
{
    struct neural *self = state;
    if (self->said_steps < horizon)
        neural_prepare(&state, 1, horizon);
    memcpy(mean, self->said, horizon * sizeof *mean);
    return WEIR_OK;
}

void neural_cost(const void *state, size_t count, size_t horizon, struct forecaster_cost *cost)
{
    const struct neural *self = state;
    double once = self->net->flops(self);
    /* the way back is two products for each of the way there */
    cost->fit_flops = 3 * once * self->epochs * (double)nn_windows_count(count, self->window, self->ahead);
    cost->predict_flops = once * ceil((double)horizon / self->ahead);
}

int neural_save(const void *state, struct weir_text *to)
{
    const struct neural *self = state;
    struct nn_file file = {0};
    const double numbers[] = {self->scale.offset, self->scale.factor, self->flat, self->first_loss, self->last_loss};
    const double stream[] = {(double)(self->stream.state >> 32), (double)(self->stream.state & 0xffffffffu)};
    const double ahead = self->ahead;
    nn_file_put_doubles(&file, "scale", 1, 5, numbers);
    nn_file_put_doubles(&file, "ahead", 1, 1, &ahead);
    nn_file_put_doubles(&file, "stream", 1, 2, stream);
    nn_file_put_doubles(&file, "newest", 1, (size_t)self->window, series_tail_last(&self->tail, (size_t)self->window));
    nn_params_put(&self->weights->params, &file);
    nn_file_pack(&file, to);
    nn_file_fini(&file);
    return WEIR_OK;
}

/* How many steps its net forecasts: as it was when it was saved. */
static int load_ahead(struct neural *self, const struct nn_file *file)
{
    double ahead;
    int code = nn_file_get_doubles(file, "ahead", 1, 1, &ahead);
    if (code == WEIR_OK && !(ahead >= 1 && ahead <= 1000))
        code = weir_error(WEIR_EINPUT, "what it saved does not fit this weir; save it anew");
    if (code == WEIR_OK)
        self->ahead = (int)ahead;
    return code;
}

int neural_load(void *state, const char *bytes, size_t count)
{
    struct neural *self = state;
    struct nn_file file = {0};
    size_t window = (size_t)self->window;
    double numbers[5], stream[2], *newest = weir_alloc(window, sizeof *newest);
    self->said_steps = 0;
    int code = nn_file_unpack(&file, "its net", bytes, count);
    if (code == WEIR_OK)
        code = load_ahead(self, &file);
    if (code == WEIR_OK)
        code = nn_file_get_doubles(&file, "scale", 1, 5, numbers);
    if (code == WEIR_OK)
        code = nn_file_get_doubles(&file, "stream", 1, 2, stream);
    if (code == WEIR_OK)
        code = nn_file_get_doubles(&file, "newest", 1, window, newest);
    if (code == WEIR_OK) {
        neural_build(self, &self->stream);
        code = nn_params_get(&self->weights->params, &file);
    }
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
                       self->weights->params.size, self->first_loss, self->last_loss);
}
