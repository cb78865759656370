/* ARIMA(p,d,q) with a constant: d by the KPSS test, p and q by Akaike's criterion over a grid, each fitted by Nelder
 * and Mead's simplex first to the conditional sum of squares, then to the exact likelihood. New values go through the
 * filter; the parameters stay. */
#include <math.h>

#include "policies/learn/forecast/arma.h"
#include "policies/learn/forecast/support.h"
#include "policies/learn/series/kpss.h"
#include "policies/learn/series/scale.h"
#include "sim/base/error.h"
#include "sim/base/real.h"

struct arima {
    int p_given, d_given, q_given, longest, iterations, likelihood;

    int d;
    struct arma arma; /* of the standardised series or of its steps */
    double aic;
    double deviation; /* of its errors, standardised */
    struct series_scale scale;
    struct arma_filter filter;
    double last;
};

enum { EXACT, CONDITIONAL };
static const char *const likelihoods[] = {"exact", "conditional", NULL};

#define AT(field) offsetof(struct arima, field)
static const struct weir_param params[] = {
    WEIR_PARAM("p", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(p_given), "-1", -1, ARMA_ORDER, NULL,
               "Values weighted; -1: chosen by Akaike's criterion."),
    WEIR_PARAM("d", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(d_given), "-1", -1, 1, NULL,
               "Differences taken; -1: one if the KPSS test says that the level wanders."),
    WEIR_PARAM("q", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(q_given), "-1", -1, ARMA_ORDER, NULL,
               "Errors weighted; -1: chosen by Akaike's criterion."),
    WEIR_PARAM("longest", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(longest), "3", 0, ARMA_ORDER, NULL,
               "Largest p and q tried."),
    WEIR_PARAM("likelihood", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(likelihood), "exact", 0, 0, likelihoods,
               "What is maximised: the exact likelihood, or only that given the first values."),
    WEIR_PARAM("iterations", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(iterations), "0", 0, 1e6, NULL,
               "Most iterations of a fit; 0: 200 for each parameter."),
    {0},
};

static size_t need(const void *state)
{
    return 20;
}

/* -2 log L + 2 parameters; the conditional one is over the errors that all orders have. */
static double criterion(const struct arima *self, const struct arma *arma, const double *z, size_t count)
{
    double parameters = arma->p + arma->q + 2, variance;
    if (self->likelihood == EXACT)
        return -2 * arma_log_likelihood(arma, z, count, &variance) + 2 * parameters;
    size_t from = (size_t)self->longest;
    return (double)(count - from) * weir_log(arma_conditional(arma, z, count, from) + 1e-300) + 2 * parameters;
}

static int choose(struct arima *self, const double *z, size_t count)
{
    int p_from = self->p_given >= 0 ? self->p_given : 0, p_to = self->p_given >= 0 ? p_from : self->longest;
    int q_from = self->q_given >= 0 ? self->q_given : 0, q_to = self->q_given >= 0 ? q_from : self->longest;
    self->aic = INFINITY;
    for (int p = p_from; p <= p_to; p++) {
        for (int q = q_from; q <= q_to; q++) {
            struct arma arma = {.p = p, .q = q};
            arma_fit(&arma, z, count, self->likelihood == EXACT, (size_t)self->iterations);
            double aic = criterion(self, &arma, z, count);
            if (aic < self->aic) {
                self->aic = aic;
                self->arma = arma;
            }
        }
    }
    return isfinite(self->aic) ? WEIR_OK
                               : weir_error(WEIR_ERUN, "no order has a likelihood; give d or fewer orders to try");
}

static bool wanders(const double *values, size_t count)
{
    double kpss = series_kpss(values, count);
    return isnan(kpss) || kpss > SERIES_KPSS_LIMIT; /* a constant goes on where it is */
}

static int fit(void *state, const double *values, size_t count)
{
    struct arima *self = state;
    self->d = self->d_given >= 0 ? self->d_given : wanders(values, count);
    size_t n = count - (size_t)self->d;
    double *z = weir_alloc(n, sizeof *z);
    bool constant = true;
    for (size_t i = 0; i < n; i++) {
        z[i] = self->d ? values[i + 1] - values[i] : values[i];
        constant &= z[i] == z[0];
    }
    self->scale = series_scale_standard(z, n);
    for (size_t i = 0; i < n; i++)
        z[i] = series_scale_to(&self->scale, z[i]);
    self->arma = (struct arma){0};
    self->aic = NAN;
    int code = constant ? WEIR_OK : choose(self, z, n);
    double variance = 0;
    if (code == WEIR_OK && !constant)
        arma_log_likelihood(&self->arma, z, n, &variance);
    self->deviation = sqrt(variance);
    if (code == WEIR_OK && !arma_filter_start(&self->arma, &self->filter))
        code = weir_error(WEIR_ERUN, "the process found has no stationary state; give d or fewer orders to try");
    for (size_t i = 0; i < n && code == WEIR_OK; i++)
        arma_filter_step(&self->filter, z[i] - self->arma.c);
    self->last = values[count - 1];
    free(z);
    return code;
}

static int push(void *state, double value)
{
    struct arima *self = state;
    double z = series_scale_to(&self->scale, self->d ? value - self->last : value);
    arma_filter_step(&self->filter, z - self->arma.c);
    self->last = value;
    return WEIR_OK;
}

/* What an error of 1 adds to the steps after it: r_j = theta_j + sum phi_i r_(j-i); summed up if differences are. */
static void respond(const struct arima *self, double *response, size_t horizon)
{
    const struct arma *arma = &self->arma;
    for (size_t j = 0; j < horizon; j++) {
        response[j] = j == 0 ? 1 : j <= (size_t)arma->q ? arma->theta[j - 1] : 0;
        for (size_t i = 1; i <= (size_t)arma->p && i <= j; i++)
            response[j] += arma->phi[i - 1] * response[j - i];
    }
    for (size_t j = 1; j < horizon && self->d; j++)
        response[j] += response[j - 1];
}

static int predict(void *state, size_t horizon, double *mean, double *spread)
{
    const struct arima *self = state;
    double ahead[ARMA_STATE], level = self->d ? self->last : 0;
    memcpy(ahead, self->filter.mean, sizeof ahead);
    for (size_t i = 0; i < horizon; i++) {
        double z = series_scale_from(&self->scale, self->arma.c + ahead[0]);
        level = self->d ? level + z : z;
        mean[i] = level;
        arma_filter_ahead(&self->filter, ahead);
    }
    double *response = weir_alloc(horizon, sizeof *response);
    respond(self, response, horizon);
    forecaster_spread(self->deviation * self->scale.factor, response, horizon, spread);
    free(response);
    return WEIR_OK;
}

static void cost(const void *state, size_t count, size_t horizon, struct forecaster_cost *cost)
{
    const struct arima *self = state;
    double orders = (self->p_given >= 0 ? 1 : self->longest + 1) * (self->q_given >= 0 ? 1 : self->longest + 1);
    double tries = self->iterations > 0 ? 1.5 * self->iterations : 300; /* some 300 are what a fit takes */
    cost->fit_flops = orders * tries * 2 * 20 * (double)count;
    cost->push_flops = 30;
    cost->predict_flops = 20 * (double)horizon;
}

static void describe(const void *state, struct weir_text *to)
{
    const struct arima *self = state;
    weir_text_addf(to, "order (%d,%d,%d)", self->arma.p, self->d, self->arma.q);
}

static const struct forecaster_kept kept[] = {
    FORECASTER_KEEP(struct arima, d),     FORECASTER_KEEP(struct arima, arma),
    FORECASTER_KEEP(struct arima, aic),   FORECASTER_KEEP(struct arima, deviation),
    FORECASTER_KEEP(struct arima, scale), FORECASTER_KEEP(struct arima, filter),
    FORECASTER_KEEP(struct arima, last),  {0},
};

static int loaded(void *state)
{
    const struct arima *self = state;
    bool fits = self->arma.p >= 0 && self->arma.p <= ARMA_ORDER && self->arma.q >= 0 && self->arma.q <= ARMA_ORDER &&
                self->filter.size >= 1 && self->filter.size <= ARMA_STATE;
    return fits ? WEIR_OK : weir_error(WEIR_EINPUT, "what it saved does not fit its orders; save it anew");
}

const struct forecaster_kind forecaster_arima = {
    .name = "arima",
    .summary = "ARIMA, its orders by the KPSS test and Akaike's criterion, by exact likelihood.",
    .source = "box-1970",
    .state_size = sizeof(struct arima),
    .params = params,
    .need = need,
    .fit = fit,
    .push = push,
    .predict = predict,
    .cost = cost,
    .describe = describe,
    .kept = kept,
    .loaded = loaded,
};
