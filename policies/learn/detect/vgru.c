#include "policies/learn/detect/vgru.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "policies/learn/detect/vgru_model.h"
#include "policies/learn/nn/train.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

/* Where scaled values are cut. */
#define CUT 8

/* Windows scored at a time: what they need stays in the processor's caches. */
#define TOGETHER 256

struct vgru_settings vgru_defaults(void)
{
    return (struct vgru_settings){
        .length = 12,
        .width = 4,
        .units = 16,
        .latent = 2,
        .components = 4,
        .epochs = 30,
        .batch = 64,
        .rate = 0.003,
        .lambda_from = 5,
        .lambda_to = 0.1,
        .validation = 0.1,
        .low_quantile = 0.01,
        .high_quantile = 0.998,
        .eta = 0.3,
        .seed = 1,
    };
}

static int check_settings(const struct vgru_settings *s)
{
    const struct {
        const char *name, *range;
        double value;
        bool fine;
    } rows[] = {
        {"length", "2 to 1000", s->length, s->length >= 2 && s->length <= 1000},
        {"width", "1 to 10000", s->width, s->width >= 1 && s->width <= 10000},
        {"units", "1 to 1000", s->units, s->units >= 1 && s->units <= 1000},
        {"latent", "1 to 1000", s->latent, s->latent >= 1 && s->latent <= 1000},
        {"components", "1 to 100", s->components, s->components >= 1 && s->components <= 100},
        {"epochs", "1 or more", s->epochs, s->epochs >= 1},
        {"batch", "1 to 65536", s->batch, s->batch >= 1 && s->batch <= 65536},
        {"rate", "above 0 and up to 1", s->rate, s->rate > 0 && s->rate <= 1},
        {"lambda_from", "above 0", s->lambda_from, s->lambda_from > 0 && isfinite(s->lambda_from)},
        {"lambda_to", "above 0", s->lambda_to, s->lambda_to > 0 && isfinite(s->lambda_to)},
        {"validation", "0 to 0.9", s->validation, s->validation >= 0 && s->validation <= 0.9},
        {"low_quantile", "from 0 and below high_quantile", s->low_quantile,
         s->low_quantile >= 0 && s->low_quantile < s->high_quantile},
        {"high_quantile", "up to 1", s->high_quantile, s->high_quantile <= 1},
        {"eta", "above 0 and below 1", s->eta, s->eta > 0 && s->eta < 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!rows[i].fine)
            return weir_error(WEIR_EINPUT, "detector vgru: %s is %g; it must be %s", rows[i].name, rows[i].value,
                              rows[i].range);
    return 0;
}

int vgru_new(struct vgru **model, const struct vgru_settings *settings)
{
    *model = NULL;
    int status = check_settings(settings);
    if (status)
        return status;
    struct vgru *new = weir_alloc(1, sizeof *new);
    struct weir_stream stream = weir_stream_open(settings->seed, "vgru/weights");
    new->settings = *settings;
    new->centre = weir_alloc((size_t)settings->width, sizeof *new->centre);
    new->unit = weir_alloc((size_t)settings->width, sizeof *new->unit);
    vgru_net_init(&new->net, settings, &stream);
    *model = new;
    return 0;
}

void vgru_free(struct vgru *model)
{
    if (!model)
        return;
    vgru_net_fini(&model->net);
    free(model->centre);
    free(model->unit);
    free(model);
}

const struct vgru_settings *vgru_settings_of(const struct vgru *model)
{
    return &model->settings;
}

double vgru_flops(const struct vgru *model)
{
    return 2.0 * (double)model->net.params.size * model->settings.length;
}

struct vgru_trained vgru_trained(const struct vgru *model)
{
    return model->trained;
}

static size_t window_size(const struct vgru *model)
{
    return (size_t)model->settings.length * (size_t)model->settings.width;
}

/* Mean and deviation of each dimension over the windows of `chosen`. */
static void find_scale(struct vgru *model, const double *windows, const size_t *chosen, size_t count)
{
    size_t width = (size_t)model->settings.width, length = (size_t)model->settings.length;
    for (size_t n = 0; n < width; n++) {
        double mean = 0, m2 = 0, largest = 0, seen = 0;
        for (size_t i = 0; i < count; i++)
            for (size_t t = 0; t < length; t++) { /* Welford's, which bears large means */
                double value = windows[chosen[i] * length * width + t * width + n], away = value - mean;
                mean += away / ++seen;
                m2 += away * (value - mean);
                largest = fmax(largest, fabs(value));
            }
        double deviation = sqrt(m2 / seen);
        bool changes = isfinite(deviation) && deviation > 1e-9 * largest;
        model->centre[n] = isfinite(mean) ? mean : 0;
        model->unit[n] = changes ? deviation : largest > 0 ? largest : 1;
    }
}

static nn_real scaled(const struct vgru *model, double value, size_t n)
{
    return (nn_real)fmin(fmax((value - model->centre[n]) / model->unit[n], -CUT), CUT);
}

/* One window's place in an input of `rows` windows. */
static void put_window(const struct vgru *model, const double *window, struct nn_tensor *s, size_t row)
{
    size_t width = (size_t)s->columns, rows = (size_t)s->rows;
    for (size_t t = 0; t < (size_t)s->steps; t++)
        for (size_t n = 0; n < width; n++)
            s->value[(t * rows + row) * width + n] = scaled(model, window[t * width + n], n);
}

/* What the training's loss is told. */
struct task {
    const struct vgru *model;
    const double *windows;
    const size_t *chosen;
    double steps, taken; /* training steps there will be, and were */
};

static struct nn_tensor *loss_of(struct nn_tape *tape, void *with, const size_t *samples, size_t count)
{
    struct task *task = with;
    const struct vgru_settings *settings = &task->model->settings;
    struct nn_tensor *s = nn_input(tape, settings->length, (int)count, settings->width);
    for (size_t row = 0; row < count; row++)
        put_window(task->model, task->windows + task->chosen[samples[row]] * window_size(task->model), s, row);
    double progress = task->steps > 1 ? fmin(task->taken / (task->steps - 1), 1) : 1;
    task->taken += tape->training;
    return vgru_net_loss(tape, &task->model->net, s,
                         settings->lambda_from * weir_pow(settings->lambda_to / settings->lambda_from, progress));
}

static int train(struct vgru *model, const double *windows, const size_t *chosen, size_t count)
{
    const struct vgru_settings *settings = &model->settings;
    struct weir_stream stream = weir_stream_open(settings->seed, "vgru/training");
    struct nn_training training = {
        .epochs = settings->epochs,
        .batch = settings->batch,
        .rate = settings->rate,
        .validation = settings->validation,
        .stream = &stream,
    };
    double learnt = (double)(count - (size_t)(settings->validation * (double)count));
    struct task task = {model, windows, chosen, .steps = settings->epochs * ceil(learnt / settings->batch)};
    struct nn_trained trained;
    int status = nn_train(&model->net.params, &training, loss_of, &task, count, &trained);
    if (status)
        return weir_error_context("detector vgru");
    model->trained.epochs = trained.epochs;
    model->trained.first_elbo = -trained.first_loss;
    model->trained.last_elbo = -trained.last_loss;
    return 0;
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Sorts the scores, NaN left out. */
static struct vgru_range find_range(const struct vgru_settings *settings, double *scores, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(scores[i]))
            scores[kept++] = scores[i];
    qsort(scores, kept, sizeof *scores, ascending);
    struct vgru_range range = {scores[(size_t)(settings->low_quantile * (double)(kept - 1))],
                               scores[(size_t)(settings->high_quantile * (double)(kept - 1))]};
    /* scores of windows that are all the same differ by rounding only */
    range.high = fmax(range.high, range.low + 1e-3);
    return range;
}

int vgru_fit(struct vgru **model, const double *windows, size_t count, const struct vgru_settings *settings)
{
    struct vgru *new;
    *model = NULL;
    int status = vgru_new(&new, settings);
    if (status)
        return status;
    size_t *chosen = weir_alloc(count, sizeof *chosen), kept = 0, size = window_size(new);
    double *whole = weir_alloc(count, sizeof *whole), *newest = weir_alloc(count, sizeof *newest);
    for (size_t i = 0; i < count; i++) {
        bool fine = true;
        for (size_t j = 0; fine && j < size; j++)
            fine = isfinite(windows[i * size + j]);
        if (fine)
            chosen[kept++] = i;
    }
    new->trained.windows = kept;
    new->trained.left_out = count - kept;
    if (kept < 2) {
        status =
            weir_error(WEIR_EINPUT,
                       "detector vgru: %zu of %zu windows of %d samples have no gap, and training needs 2 at least; "
                       "give it a longer healthy time or shorter windows",
                       kept, count, settings->length);
        goto out;
    }
    find_scale(new, windows, chosen, kept);
    status = train(new, windows, chosen, kept);
    if (status)
        goto out;
    vgru_score_raw(new, windows, count, whole, newest);
    new->whole = find_range(settings, whole, count);
    new->newest = find_range(settings, newest, count);
    *model = new;
    new = NULL;
out:
    vgru_free(new);
    free(chosen);
    free(whole);
    free(newest);
    return status;
}

static bool has_gap(const double *window, size_t size)
{
    bool gap = false;
    for (size_t j = 0; j < size; j++)
        gap |= isnan(window[j]);
    return gap;
}

/* Mean of -log p(s | z) over the columns of a row. */
static double unlikelihood(const struct vgru_said *said, const struct nn_tensor *s, size_t row)
{
    size_t width = (size_t)s->columns, first = row * width;
    double sum = 0;
    for (size_t i = first; i < first + width; i++) {
        double off = (double)(s->value[i] - said->mean->value[i]), log_variance = (double)said->log_variance->value[i];
        sum += log_variance + off * off * weir_exp(-log_variance);
    }
    return (sum / (double)width + weir_log(2 * M_PI)) / 2;
}

/* What is asked for: of each window, the mean over it, and its `steps` newest samples, oldest first; both may be NULL.
 */
struct wanted {
    double *score, *newest;
    size_t steps;
};

/* Of count windows without gap; windows[at[i]] is the i-th. */
static void score_batch(const struct vgru *model, struct nn_tape *tape, const double *windows, const size_t *at,
                        size_t count, const struct wanted *wanted)
{
    int length = model->settings.length;
    nn_tape_start(tape, false);
    struct nn_tensor *s = nn_input(tape, length, (int)count, model->settings.width);
    for (size_t row = 0; row < count; row++)
        put_window(model, windows + at[row] * window_size(model), s, row);
    struct vgru_said said = vgru_net_run(tape, &model->net, s, 0);
    size_t first = (size_t)length - wanted->steps;
    for (size_t row = 0; row < count; row++) {
        double sum = 0;
        for (size_t t = 0; t < (size_t)length; t++) {
            double one = unlikelihood(&said, s, t * count + row);
            sum += one;
            if (wanted->newest && t >= first)
                wanted->newest[at[row] * wanted->steps + t - first] = one;
        }
        if (wanted->score)
            wanted->score[at[row]] = sum / length;
    }
}

static void score_all(const struct vgru *model, const double *windows, size_t count, const struct wanted *wanted)
{
    struct nn_tape tape;
    size_t at[TOGETHER], waiting = 0;
    nn_tape_init(&tape, 0);
    for (size_t i = 0; i < count; i++) {
        if (has_gap(windows + i * window_size(model), window_size(model))) {
            if (wanted->score)
                wanted->score[i] = NAN;
            for (size_t t = 0; wanted->newest && t < wanted->steps; t++)
                wanted->newest[i * wanted->steps + t] = NAN;
            continue;
        }
        at[waiting++] = i;
        if (waiting == TOGETHER) {
            score_batch(model, &tape, windows, at, waiting, wanted);
            waiting = 0;
        }
    }
    if (waiting > 0)
        score_batch(model, &tape, windows, at, waiting, wanted);
    nn_tape_fini(&tape);
}

void vgru_score_raw(const struct vgru *model, const double *windows, size_t count, double *score, double *last)
{
    score_all(model, windows, count, &(struct wanted){score, last, 1});
}

/* Raw scores in place to 0..1; NaN stays. */
static void to_range(const struct vgru_range *range, double eta, double *scores, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double u = (scores[i] - range->low) / (range->high - range->low);
        u = u < 0 ? 0 : u;
        scores[i] = u / (u + (1 - eta) / eta);
    }
}

void vgru_score(const struct vgru *model, const double *windows, size_t count, double *score, double *last)
{
    vgru_score_raw(model, windows, count, score, last);
    if (score)
        to_range(&model->whole, model->settings.eta, score, count);
    if (last)
        to_range(&model->newest, model->settings.eta, last, count);
}

void vgru_score_recent(const struct vgru *model, const double *windows, size_t count, int steps, double *recent)
{
    size_t of = (size_t)(steps < model->settings.length ? steps : model->settings.length);
    double *newest = weir_alloc(count * of, sizeof *newest);
    score_all(model, windows, count, &(struct wanted){NULL, newest, of});
    to_range(&model->newest, model->settings.eta, newest, count * of);
    for (size_t i = 0; i < count; i++) {
        recent[i] = 0;
        for (size_t t = 0; t < of; t++)
            recent[i] += newest[i * of + t] / (double)of;
    }
    free(newest);
}
