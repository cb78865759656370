/* Ridge autoregression: the next value is a weighted sum of the newest ones, of three values around the same place one
 * season ago, and of a constant; weights by least squares on the standardised series, with a small penalty. Further
 * steps are made by taking forecasts for values. */
#include <gsl/gsl_linalg.h>
#include <math.h>

#include "policies/learn/forecast/support.h"
#include "policies/learn/series/scale.h"
#include "sim/base/error.h"

#define AROUND 3 /* values around the same place one season ago */

struct linear {
    int window;
    double ridge, period_s;
    bool seasonal;

    size_t season;    /* in steps */
    size_t lag_count; /* window, and AROUND more if the season is used */
    size_t *lags;     /* steps back of each input; owned */
    double *weights;  /* of each, and of the constant at the end; owned */
    double deviation; /* of the one-step errors, in units of the series */
    struct series_scale scale;
    struct series_tail tail; /* in units of the series */
};

#define AT(field) offsetof(struct linear, field)
static const struct weir_param params[] = {
    WEIR_PARAM("window", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(window), "24", 1, 2000, NULL,
               "Newest values that are weighted."),
    WEIR_PARAM("ridge", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(ridge), "1e-9", 1e-12, 1e6, NULL,
               "Penalty on the squares of the weights, for each sample of the standardised series."),
    WEIR_PARAM("seasonal", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, AT(seasonal), "true", 0, 0, NULL,
               "Whether to weigh three values around the same place one season ago, if the series has two seasons."),
    FORECASTER_PERIOD(struct linear, period_s),
    {0},
};

static int create(void *state, const struct forecaster_env *env)
{
    struct linear *self = state;
    self->season = forecaster_season(env, self->period_s);
    self->lags = weir_alloc((size_t)self->window + AROUND, sizeof *self->lags);
    self->weights = weir_alloc((size_t)self->window + AROUND + 1, sizeof *self->weights);
    return WEIR_OK;
}

static size_t need(const void *state)
{
    return (size_t)((const struct linear *)state)->window + 2;
}

static size_t longest_lag(const struct linear *self)
{
    size_t window = (size_t)self->window;
    return self->lag_count > window && self->season + 1 > window ? self->season + 1 : window;
}

static void choose_lags(struct linear *self, size_t count)
{
    size_t window = (size_t)self->window;
    bool seasonal = self->seasonal && self->season > window + 1 && count / 2 > self->season;
    self->lag_count = window + (seasonal ? AROUND : 0);
    for (size_t k = 0; k < window; k++)
        self->lags[k] = window - k;
    for (size_t k = 0; seasonal && k < AROUND; k++)
        self->lags[window + k] = self->season + 1 - k;
}

/* Normal equations of the standardised series: (X'X + n ridge) w = X'z, the constant without penalty. */
static int solve(struct linear *self, const double *z, size_t from, size_t count)
{
    size_t p = self->lag_count, n = count - from;
    gsl_matrix *gram = gsl_matrix_calloc(p + 1, p + 1);
    gsl_vector *right = gsl_vector_calloc(p + 1);
    double *x = weir_alloc(p + 1, sizeof *x);
    x[p] = 1;
    for (size_t i = from; i < count; i++) {
        for (size_t k = 0; k < p; k++)
            x[k] = z[i - self->lags[k]];
        for (size_t a = 0; a <= p; a++) {
            double *row = gram->data + a * gram->tda;
            for (size_t b = 0; b <= a; b++)
                row[b] += x[a] * x[b];
            right->data[a] += x[a] * z[i];
        }
    }
    for (size_t k = 0; k < p; k++)
        gram->data[k * gram->tda + k] += self->ridge * (double)n;
    int code = WEIR_OK;
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    if (gsl_linalg_cholesky_decomp1(gram) != 0 || gsl_linalg_cholesky_svx(gram, right) != 0)
        code =
            weir_error(WEIR_ERUN, "its equations have no stable solution; give it a larger ridge than %g", self->ridge);
    gsl_set_error_handler(handler);
    for (size_t k = 0; k <= p; k++)
        self->weights[k] = right->data[k];
    gsl_matrix_free(gram);
    gsl_vector_free(right);
    free(x);
    return code;
}

/* The next standardised value after z[0..at). */
static double next(const struct linear *self, const double *z, size_t at)
{
    double sum = self->weights[self->lag_count];
    for (size_t k = 0; k < self->lag_count; k++)
        sum += self->weights[k] * z[at - self->lags[k]];
    return sum;
}

static int fit(void *state, const double *values, size_t count)
{
    struct linear *self = state;
    self->scale = series_scale_standard(values, count);
    choose_lags(self, count);
    size_t longest = longest_lag(self), from = self->lag_count > (size_t)self->window ? longest + 1 : longest;
    double *z = weir_alloc(count, sizeof *z), square = 0;
    for (size_t i = 0; i < count; i++)
        z[i] = series_scale_to(&self->scale, values[i]);
    int code = solve(self, z, from, count);
    for (size_t i = from; i < count; i++) {
        double error = z[i] - next(self, z, i);
        square += error * error;
    }
    double freedom = (double)(count - from) - (double)(self->lag_count + 1);
    self->deviation = self->scale.factor * sqrt(square / (freedom > 1 ? freedom : 1));
    series_tail_set(&self->tail, longest, values, count);
    free(z);
    return code;
}

static int push(void *state, double value)
{
    struct linear *self = state;
    series_tail_push(&self->tail, value);
    return WEIR_OK;
}

/* What an error of 1 adds to the steps after it: r_0 = 1, r_j = sum over lags l <= j of w_l r_(j-l). */
static void respond(const struct linear *self, double *response, size_t horizon)
{
    for (size_t j = 0; j < horizon; j++) {
        response[j] = j == 0;
        for (size_t k = 0; k < self->lag_count; k++)
            if (self->lags[k] <= j)
                response[j] += self->weights[k] * response[j - self->lags[k]];
    }
}

static int predict(void *state, size_t horizon, double *mean, double *spread)
{
    const struct linear *self = state;
    size_t longest = longest_lag(self);
    double *z = weir_alloc(longest + horizon, sizeof *z);
    const double *past = series_tail_last(&self->tail, longest);
    for (size_t i = 0; i < longest; i++)
        z[i] = series_scale_to(&self->scale, past[i]);
    for (size_t i = 0; i < horizon; i++) {
        z[longest + i] = next(self, z, longest + i);
        mean[i] = series_scale_from(&self->scale, z[longest + i]);
    }
    respond(self, z, horizon);
    forecaster_spread(self->deviation, z, horizon, spread);
    free(z);
    return WEIR_OK;
}

static void cost(const void *state, size_t count, size_t horizon, struct forecaster_cost *cost)
{
    double p = ((const struct linear *)state)->window + AROUND + 1;
    cost->fit_flops = (double)count * (p * p + 4 * p) + p * p * p / 3;
    cost->predict_flops = 4 * p * (double)horizon;
}

static void describe(const void *state, struct weir_text *to)
{
    const struct linear *self = state;
    weir_text_addf(to, "%zu lags", self->lag_count);
    if (self->lag_count > (size_t)self->window)
        weir_text_addf(to, ", three of them %zu steps back", self->season);
}

static const struct forecaster_kept kept[] = {
    FORECASTER_KEEP(struct linear, lag_count),
    FORECASTER_KEEP_VALUES(struct linear, lags, lag_count, 0),
    FORECASTER_KEEP_VALUES(struct linear, weights, lag_count, 1),
    FORECASTER_KEEP(struct linear, deviation),
    FORECASTER_KEEP(struct linear, scale),
    FORECASTER_KEEP_TAIL(struct linear, tail),
    {0},
};

/* Arrays have room for all lags that a fit may choose. */
static int loaded(void *state)
{
    struct linear *self = state;
    size_t room = (size_t)self->window + AROUND;
    if (self->lag_count > room)
        return weir_error(WEIR_EINPUT, "what it saved does not fit its window; save it anew");
    self->lags = weir_resize(self->lags, room, sizeof *self->lags);
    self->weights = weir_resize(self->weights, room + 1, sizeof *self->weights);
    for (size_t k = 0; k < self->lag_count; k++)
        if (self->lags[k] < 1 || self->lags[k] > longest_lag(self) || self->tail.count < longest_lag(self))
            return weir_error(WEIR_EINPUT, "what it saved is shorter than its lags; save it anew");
    return WEIR_OK;
}

const struct forecaster_kind forecaster_linear = {
    .name = "linear",
    .summary = "Ridge autoregression on a window of values, with three around the same place one season ago.",
    .source = "",
    .state_size = sizeof(struct linear),
    .params = params,
    .create = create,
    .need = need,
    .fit = fit,
    .push = push,
    .predict = predict,
    .cost = cost,
    .describe = describe,
    .kept = kept,
    .loaded = loaded,
};
