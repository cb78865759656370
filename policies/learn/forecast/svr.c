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

enum { BLOCKS = 5, LEAST_TUNED_ON = 100, MOST_TUNED_ON = 400 };
enum tune { TUNE_NONE, TUNE_LAGS, TUNE_ALL };

/* Candidates of forward validation. */
static const int lag_choices[] = {1, 2, 3, 4, 6, 8, 12, 24};
static const double c_choices[] = {1, 10, 100}, eps_choices[] = {0.01, 0.03, 0.1},
                    gamma_choices[] = {0.01, 0.05, 0.2, 1, 5, 20};
enum { LAG_CHOICES = sizeof lag_choices / sizeof *lag_choices, MOST_LAGS = 24 };
#define COUNT(row) (sizeof(row) / sizeof *(row))

/* How weights may fall with age, the first being the one of equally good ones that is taken. */
enum { AGEING_TUNED = SVR_SIGMOID + 1 };
static const struct {
    enum svr_ageing ageing;
    double rate;
} ageing_choices[] = {{SVR_UNIFORM, 1},       {SVR_EXPONENTIAL, 0.99}, {SVR_EXPONENTIAL, 0.97},
                      {SVR_EXPONENTIAL, 0.9}, {SVR_LINEAR, 0.1},       {SVR_SIGMOID, 2}};

/* What describes the problem. */
struct choice {
    double c, eps, gamma, rate;
    int lags, ageing;
};

struct svr_forecast {
    struct choice asked;
    int window, tune;
    double widest;

    struct choice used; /* after tuning */
    struct series_scale scale;
    double *recent; /* [used.lags], scaled, oldest first */
    struct svr *svr;
};

static const char *const tunings[] = {"none", "lags", "all", NULL};
static const char *const ageings[] = {"uniform", "exponential", "linear", "sigmoid", "tuned", NULL};
static const struct weir_param params[] = {
    WEIR_PARAM_ROW(struct svr_forecast, "window", WEIR_PARAM_INT, WEIR_UNIT_NONE, window, "100", 2, 2000,
                   "Samples that are remembered."),
    WEIR_PARAM_ROW(struct svr_forecast, "lags", WEIR_PARAM_INT, WEIR_UNIT_NONE, asked.lags, "6", 1, 1000,
                   "Values that a sample looks back, unless tuned."),
    WEIR_PARAM_ROW(struct svr_forecast, "c", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, asked.c, "10", 1e-9, 1e9,
                   "Penalty of an error, unless tuned."),
    WEIR_PARAM_ROW(
        struct svr_forecast, "eps", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, asked.eps, "0.1", 1e-9, 1e9,
        "Half width of the tube in which errors do not count, of the range of the fitted series; unless tuned."),
    WEIR_PARAM_ROW(struct svr_forecast, "gamma", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, asked.gamma, "20", 1e-9, 1e9,
                   "Of the kernel, unless tuned."),
    {.name = "tune",
     .type = WEIR_PARAM_CHOICE,
     .offset = offsetof(struct svr_forecast, tune),
     .fallback = "lags",
     .choices = tunings,
     .help = "What forward validation on the last values of a fit chooses, as many as are remembered and 100 to 400: "
             "nothing, the lags, or c, eps and gamma too."},
    {.name = "ageing",
     .type = WEIR_PARAM_CHOICE,
     .offset = offsetof(struct svr_forecast, asked.ageing),
     .fallback = "uniform",
     .choices = ageings,
     .help = "How the weight of a sample falls with its age; tuned: not at all, or as forward validation prefers it."},
    WEIR_PARAM_ROW(struct svr_forecast, "rate", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, asked.rate, "0.97", 1e-3, 20,
                   "Factor from sample to sample (exponential), weight of the oldest (linear), steepness (sigmoid)."),
    WEIR_PARAM_ROW(struct svr_forecast, "widest", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, widest, "4", 1, 1e6,
                   "Most that the tube of an old sample widens (exponential)."),
    {0},
};

static int create(void *state, const struct forecaster_env *env)
{
    const struct svr_forecast *self = state;
    if (self->asked.rate > 1 && (self->asked.ageing == SVR_EXPONENTIAL || self->asked.ageing == SVR_LINEAR))
        return weir_error(WEIR_EINPUT, "\"rate\" (%g) must not be above 1 with \"ageing\": \"%s\"", self->asked.rate,
                          ageings[self->asked.ageing]);
    return WEIR_OK;
}

static size_t need(const void *state)
{
    const struct svr_forecast *self = state;
    /* Tuning needs blocks of two values at least behind the most lags. */
    bool validates = self->tune != TUNE_NONE || self->asked.ageing == AGEING_TUNED;
    size_t most = self->tune == TUNE_NONE && self->asked.lags > MOST_LAGS ? (size_t)self->asked.lags : MOST_LAGS;
    return validates ? most + 2 * BLOCKS : (size_t)self->asked.lags + 2;
}

static struct svr *make(const struct svr_forecast *self, const struct choice *choice, int capacity)
{
    return svr_new(
        &(struct svr_settings){.inputs = choice->lags, .capacity = capacity, .gamma = choice->gamma, .jitter = 1e-6});
}

static struct svr_weights weights_of(const struct svr_forecast *self, const struct choice *choice)
{
    return (struct svr_weights){.ageing = (enum svr_ageing)choice->ageing,
                                .c = choice->c,
                                .eps = choice->eps,
                                .rate = choice->rate,
                                .widest = self->widest};
}

/* Mean square error one step ahead of the scaled values `from` to count, summed over blocks: learnt on the blocks
 * before, tested on the next. INFINITY if it fails, or is not below `best`, which is known as soon as the sum is not.
 */
static double forward_validation(const struct svr_forecast *self, const struct choice *choice, const double *z,
                                 int from, int count, double best)
{
    struct svr *svr = make(self, choice, count);
    const struct svr_weights weights = weights_of(self, choice);
    double sum = svr ? 0 : INFINITY;
    for (int block = 0; block < BLOCKS && sum < best; block++) {
        int begin = from + (count - from) * block / BLOCKS, end = from + (count - from) * (block + 1) / BLOCKS;
        double square = 0;
        for (int t = begin; t < end && block > 0 && sum + square / (end - begin) < best; t++) {
            double off = svr_predict(svr, z + t - choice->lags) - z[t];
            square += off * off;
        }
        sum += end > begin ? square / (end - begin) : 0;
        for (int t = begin; t < end && block + 1 < BLOCKS && sum < best; t++)
            if (svr_slide(svr, &weights, z + t - choice->lags, z[t]) != WEIR_OK)
                sum = INFINITY;
    }
    svr_free(svr);
    return sum < best ? sum : INFINITY;
}

/* Of the choices so far and this one, the better; the first of equally good ones. */
static void consider(const struct svr_forecast *self, struct choice choice, const double *z, int count, double *best,
                     struct choice *chosen)
{
    int from = choice.lags > MOST_LAGS ? choice.lags : MOST_LAGS;
    double error = forward_validation(self, &choice, z, from, count, *best);
    if (error < *best) {
        *best = error;
        *chosen = choice;
    }
}

static void tune_numbers(const struct svr_forecast *self, struct choice choice, const double *z, int count,
                         double *best, struct choice *chosen)
{
    for (size_t i = 0; i < COUNT(c_choices) * COUNT(eps_choices) * COUNT(gamma_choices); i++) {
        choice.c = c_choices[i / COUNT(gamma_choices) / COUNT(eps_choices)];
        choice.eps = eps_choices[i / COUNT(gamma_choices) % COUNT(eps_choices)];
        choice.gamma = gamma_choices[i % COUNT(gamma_choices)];
        consider(self, choice, z, count, best, chosen);
    }
}

/* A model that is to remember a day is not chosen by what an evening says. */
static int tuned_on(const struct svr_forecast *self)
{
    int within = self->window < MOST_TUNED_ON ? self->window : MOST_TUNED_ON;
    return within > LEAST_TUNED_ON ? within : LEAST_TUNED_ON;
}

/* Chooses on the last values: the problem first, with samples of one weight, then their weights. */
static struct choice tuned(const struct svr_forecast *self, const double *z, int count)
{
    struct choice asked = self->asked, chosen;
    double best = INFINITY;
    int most = tuned_on(self) + (self->tune == TUNE_NONE && asked.lags > MOST_LAGS ? asked.lags : 0);
    if (count > most) {
        z += count - most;
        count = most;
    }
    asked.ageing = SVR_UNIFORM;
    chosen = asked;
    for (size_t l = 0; l < LAG_CHOICES && self->tune != TUNE_NONE; l++) {
        struct choice choice = asked;
        choice.lags = lag_choices[l];
        if (self->tune == TUNE_LAGS)
            consider(self, choice, z, count, &best, &chosen);
        else
            tune_numbers(self, choice, z, count, &best, &chosen);
    }
    if (self->asked.ageing != AGEING_TUNED) {
        chosen.ageing = self->asked.ageing;
        return chosen;
    }
    best = INFINITY;
    for (size_t a = 0; a < COUNT(ageing_choices); a++) {
        struct choice choice = chosen;
        choice.ageing = (int)ageing_choices[a].ageing;
        choice.rate = ageing_choices[a].rate;
        consider(self, choice, z, count, &best, &chosen);
    }
    return chosen;
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
    weights = weights_of(self, &self->used);
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
    struct svr_weights weights = weights_of(self, &self->used);
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
    size_t ages = self->asked.ageing == AGEING_TUNED ? COUNT(ageing_choices) : 0;
    cost->fit_flops = sample * (fitted + (tuning[self->tune] + (double)ages) * tuned_on(self));
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
    used.rate = self->used.rate;
    used.lags = self->used.lags;
    used.ageing = self->used.ageing;
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
    if (code == WEIR_OK && (self->used.ageing < SVR_UNIFORM || self->used.ageing > SVR_SIGMOID))
        code = weir_error(WEIR_EINPUT, "there is no ageing of number %d", self->used.ageing);
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
    if (self->used.ageing != SVR_UNIFORM)
        weir_text_addf(to, ", ageing %s of rate %g", ageings[self->used.ageing], self->used.rate);
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
