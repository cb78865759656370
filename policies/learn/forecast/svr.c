/* Online support vector regression on the last values: one sample is the `lags` values before a value and the value
 * itself; a window of them slides with the series. More than one step ahead, forecasts stand in for values to come. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/forecaster.h"
#include "policies/learn/series/scale.h"
#include "policies/learn/svr/svr.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

enum { BLOCKS = 5, TUNED_ON = 100 };
enum tune { TUNE_NONE, TUNE_LAGS, TUNE_ALL };

/* Candidates of forward validation. */
static const int lag_choices[] = {1, 2, 3, 4, 6, 8, 12, 24};
static const double c_choices[] = {1, 10, 100}, eps_choices[] = {0.01, 0.03, 0.1},
                    gamma_choices[] = {0.01, 0.05, 0.2, 1, 5, 20};
enum { LAG_CHOICES = sizeof lag_choices / sizeof *lag_choices, MOST_LAGS = 24 };
#define COUNT(row) (sizeof(row) / sizeof *(row))

/* What describes the problem. */
struct choice {
    double c, eps, gamma;
    int lags;
};

struct svr_forecast {
    struct choice asked;
    int window, tune, ageing;
    double rate, widest;

    struct choice used; /* after tuning */
    struct series_scale scale;
    double *recent; /* [used.lags], scaled, oldest first */
    struct svr *svr;
};

#define ROW(key, kind, field, text, low_end, high_end, sentence)                                                       \
    {                                                                                                                  \
        .name = key, .type = kind, .unit = WEIR_UNIT_NONE, .offset = offsetof(struct svr_forecast, field),             \
        .fallback = text, .min = low_end, .max = high_end, .help = sentence                                            \
    }
static const char *const tunings[] = {"none", "lags", "all", NULL};
static const char *const ageings[] = {"uniform", "exponential", "linear", "sigmoid", NULL};
static const struct weir_param params[] = {
    ROW("window", WEIR_PARAM_INT, window, "100", 2, 2000, "Samples that are remembered."),
    ROW("lags", WEIR_PARAM_INT, asked.lags, "6", 1, 1000, "Values that a sample looks back, unless tuned."),
    ROW("c", WEIR_PARAM_DOUBLE, asked.c, "10", 1e-9, 1e9, "Penalty of an error, unless tuned."),
    ROW("eps", WEIR_PARAM_DOUBLE, asked.eps, "0.1", 1e-9, 1e9,
        "Half width of the tube in which errors do not count, of the range of the fitted series; unless tuned."),
    ROW("gamma", WEIR_PARAM_DOUBLE, asked.gamma, "20", 1e-9, 1e9, "Of the kernel, unless tuned."),
    {.name = "tune",
     .type = WEIR_PARAM_CHOICE,
     .offset = offsetof(struct svr_forecast, tune),
     .fallback = "lags",
     .choices = tunings,
     .help = "What forward validation on the last 100 values of a fit chooses: nothing, the lags, or c, eps and gamma "
             "too."},
    {.name = "ageing",
     .type = WEIR_PARAM_CHOICE,
     .offset = offsetof(struct svr_forecast, ageing),
     .fallback = "uniform",
     .choices = ageings,
     .help = "How the weight of a sample falls with its age."},
    ROW("rate", WEIR_PARAM_DOUBLE, rate, "0.97", 1e-3, 20,
        "Factor from sample to sample (exponential), weight of the oldest (linear), steepness (sigmoid)."),
    ROW("widest", WEIR_PARAM_DOUBLE, widest, "4", 1, 1e6, "Most that the tube of an old sample widens (exponential)."),
    {0},
};

static int create(void *state, const struct forecaster_env *env)
{
    const struct svr_forecast *self = state;
    if (self->rate > 1 && (self->ageing == SVR_EXPONENTIAL || self->ageing == SVR_LINEAR))
        return weir_error(WEIR_EINPUT, "\"rate\" (%g) must not be above 1 with \"ageing\": \"%s\"", self->rate,
                          ageings[self->ageing]);
    return WEIR_OK;
}

static size_t need(const void *state)
{
    const struct svr_forecast *self = state;
    /* Tuning needs blocks of two values at least behind the most lags. */
    return self->tune == TUNE_NONE ? (size_t)self->asked.lags + 2 : MOST_LAGS + 2 * BLOCKS;
}

static struct svr *make(const struct svr_forecast *self, const struct choice *choice, int capacity)
{
    return svr_new(
        &(struct svr_settings){.inputs = choice->lags, .capacity = capacity, .gamma = choice->gamma, .jitter = 1e-6});
}

/* Mean square error one step ahead of the scaled values `from` to count: learnt on the blocks before, tested on the
 * next, block after block. INFINITY if it fails. */
static double forward_validation(const struct svr_forecast *self, const struct choice *choice, const double *z,
                                 int from, int count)
{
    struct svr *svr = make(self, choice, count);
    double sum = 0;
    if (!svr)
        return INFINITY;
    for (int block = 0; block < BLOCKS; block++) {
        int begin = from + (count - from) * block / BLOCKS, end = from + (count - from) * (block + 1) / BLOCKS;
        double square = 0;
        for (int t = begin; t < end && block > 0; t++) {
            double off = svr_predict(svr, z + t - choice->lags) - z[t];
            square += off * off;
        }
        sum += end > begin ? square / (end - begin) : 0;
        for (int t = begin; t < end && block + 1 < BLOCKS; t++)
            if (svr_insert(svr, z + t - choice->lags, z[t], choice->c, choice->eps) != WEIR_OK)
                sum = INFINITY;
    }
    svr_free(svr);
    return sum;
}

static void consider(const struct svr_forecast *self, struct choice choice, const double *z, int count, double *best,
                     struct choice *chosen)
{
    double error = forward_validation(self, &choice, z, MOST_LAGS, count);
    if (error < *best) {
        *best = error;
        *chosen = choice;
    }
}

/* Chooses on the last values; the first of equally good candidates. */
static struct choice tuned(const struct svr_forecast *self, const double *z, int count)
{
    struct choice chosen = self->asked;
    double best = INFINITY;
    if (count > TUNED_ON) {
        z += count - TUNED_ON;
        count = TUNED_ON;
    }
    for (size_t l = 0; l < LAG_CHOICES && self->tune != TUNE_NONE; l++) {
        struct choice choice = self->asked;
        choice.lags = lag_choices[l];
        if (self->tune == TUNE_LAGS) {
            consider(self, choice, z, count, &best, &chosen);
            continue;
        }
        for (size_t i = 0; i < COUNT(c_choices) * COUNT(eps_choices) * COUNT(gamma_choices); i++) {
            choice.c = c_choices[i / COUNT(gamma_choices) / COUNT(eps_choices)];
            choice.eps = eps_choices[i / COUNT(gamma_choices) % COUNT(eps_choices)];
            choice.gamma = gamma_choices[i % COUNT(gamma_choices)];
            consider(self, choice, z, count, &best, &chosen);
        }
    }
    return chosen;
}

static struct svr_weights weights_of(const struct svr_forecast *self)
{
    return (struct svr_weights){.ageing = (enum svr_ageing)self->ageing,
                                .c = self->used.c,
                                .eps = self->used.eps,
                                .rate = self->rate,
                                .widest = self->widest};
}

static int fit(void *state, const double *values, size_t count)
{
    struct svr_forecast *self = state;
    double *z = weir_alloc(count, sizeof *z);
    struct svr_weights weights;
    int code = WEIR_OK;
    self->scale = series_scale_min_max(values, count);
    for (size_t i = 0; i < count; i++)
        z[i] = series_scale_to(&self->scale, values[i]);
    self->used = tuned(self, z, (int)count);
    size_t lags = (size_t)self->used.lags, last = count - lags; /* samples that there are */
    svr_free(self->svr);
    self->svr = make(self, &self->used, self->window);
    weights = weights_of(self);
    for (size_t t = count - (last < (size_t)self->window ? last : (size_t)self->window); t < count && code == WEIR_OK;
         t++)
        code = svr_slide(self->svr, &weights, z + t - lags, z[t]);
    free(self->recent);
    self->recent = weir_alloc(lags, sizeof *self->recent);
    memcpy(self->recent, z + count - lags, lags * sizeof *z);
    free(z);
    return code;
}

static void shift(double *recent, int lags, double value)
{
    memmove(recent, recent + 1, (size_t)(lags - 1) * sizeof *recent);
    recent[lags - 1] = value;
}

static int push(void *state, double value)
{
    struct svr_forecast *self = state;
    double scaled = series_scale_to(&self->scale, value);
    struct svr_weights weights = weights_of(self);
    int code = svr_slide(self->svr, &weights, self->recent, scaled);
    shift(self->recent, self->used.lags, scaled);
    return code;
}

static int predict(void *state, size_t horizon, double *mean, double *spread)
{
    const struct svr_forecast *self = state;
    int lags = self->used.lags;
    double *recent = weir_alloc((size_t)lags, sizeof *recent);
    memcpy(recent, self->recent, (size_t)lags * sizeof *recent);
    for (size_t i = 0; i < horizon; i++) {
        double scaled = svr_predict(self->svr, recent);
        shift(recent, lags, scaled);
        mean[i] = series_scale_from(&self->scale, scaled);
        spread[i] = NAN;
    }
    free(recent);
    return WEIR_OK;
}

/* About eight changes of set a sample, each with two passes over a third of the kernel (measured, bench/svr.c). */
static void cost(const void *state, size_t count, size_t horizon, struct forecaster_cost *cost)
{
    const struct svr_forecast *self = state;
    double n = self->window, lags = self->asked.lags, kernel = 3 * lags + 20;
    double sample = n * kernel + 2 * 8 * (2 * n * n / 3 + 3 * n * n / 9);
    size_t grid = COUNT(c_choices) * COUNT(eps_choices) * COUNT(gamma_choices);
    double tuning[] = {0, LAG_CHOICES, (double)(LAG_CHOICES * grid)};
    double fitted = (double)count < n ? (double)count : n;
    cost->fit_flops = sample * (fitted + tuning[self->tune] * TUNED_ON);
    cost->push_flops = sample;
    cost->predict_flops = (double)horizon * n * kernel;
}

static int save(const void *state, struct weir_text *to)
{
    const struct svr_forecast *self = state;
    struct choice used;
    memset(&used, 0, sizeof used);
    used.c = self->used.c;
    used.eps = self->used.eps;
    used.gamma = self->used.gamma;
    used.lags = self->used.lags;
    weir_text_add_bytes(to, &used, sizeof used);
    weir_text_add_bytes(to, &self->scale, sizeof self->scale);
    weir_text_add_bytes(to, self->recent, (size_t)used.lags * sizeof *self->recent);
    svr_save(self->svr, to);
    return WEIR_OK;
}

static int load(void *state, const char *bytes, size_t count)
{
    struct svr_forecast *self = state;
    int code = forecaster_unpack(&bytes, &count, &self->used, sizeof self->used);
    if (code == WEIR_OK && (self->used.lags < 1 || self->used.lags > 1000))
        code = weir_error(WEIR_EINPUT, "%d lags are not from 1 to 1000", self->used.lags);
    if (code == WEIR_OK)
        code = forecaster_unpack(&bytes, &count, &self->scale, sizeof self->scale);
    if (code != WEIR_OK)
        return code;
    self->recent = weir_alloc((size_t)self->used.lags, sizeof *self->recent);
    code = forecaster_unpack(&bytes, &count, self->recent, (size_t)self->used.lags * sizeof *self->recent);
    if (code != WEIR_OK)
        return code;
    struct svr_settings settings = {
        .inputs = self->used.lags, .capacity = self->window, .gamma = self->used.gamma, .jitter = 1e-6};
    self->svr = svr_load(&settings, &bytes, &count);
    return self->svr ? WEIR_OK : weir_error_code();
}

static void describe(const void *state, struct weir_text *to)
{
    const struct svr_forecast *self = state;
    weir_text_addf(to, "%d lags, C %g, eps %g, gamma %g, %d samples", self->used.lags, self->used.c, self->used.eps,
                   self->used.gamma, svr_count(self->svr));
}

static void destroy(void *state)
{
    struct svr_forecast *self = state;
    svr_free(self->svr);
    free(self->recent);
}

const struct forecaster_kind forecaster_svr = {
    .name = "svr",
    .summary = "Accurate online support vector regression on the last values.",
    .source = "hu-2019",
    .state_size = sizeof(struct svr_forecast),
    .params = params,
    .create = create,
    .need = need,
    .fit = fit,
    .predict = predict,
    .push = push,
    .describe = describe,
    .save = save,
    .load = load,
    .cost = cost,
    .destroy = destroy,
};
