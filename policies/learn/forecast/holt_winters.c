/* Exponential smoothing of level, trend and season, additive, with a damped trend, in its error-correction form
 * (hyndman-2008, ETS(A,Ad,A)); the weights are those with the least squared error one step ahead. */
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "policies/learn/forecast/simplex.h"
#include "policies/learn/forecast/support.h"
#include "sim/base/error.h"
#include "sim/base/real.h"

enum { ALPHA, BETA, GAMMA, PHI, WEIGHTS };

struct holt_winters {
    double period_s;
    bool damped, seasonal;

    size_t period;           /* a season in steps */
    size_t season_count;     /* of `season`: period, or 1 without a season */
    double weights[WEIGHTS]; /* of level, trend and season, and damping */
    double level, trend;
    double *season; /* owned */
    size_t place;   /* of the next value in `season` */
    double deviation;
};

#define AT(field) offsetof(struct holt_winters, field)
static const struct weir_param params[] = {
    FORECASTER_PERIOD(struct holt_winters, period_s),
    WEIR_PARAM("damped", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, AT(damped), "true", 0, 0, NULL, "Whether the trend fades."),
    WEIR_PARAM("seasonal", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, AT(seasonal), "true", 0, 0, NULL,
               "Whether to follow a season, if the series has two."),
    {0},
};

static int create(void *state, const struct forecaster_env *env)
{
    struct holt_winters *self = state;
    self->period = forecaster_season(env, self->period_s);
    return WEIR_OK;
}

static size_t need(const void *state)
{
    return 4;
}

/* One value: the error of its forecast is shared out among level, trend and season. Returns it. */
static inline double learn(struct holt_winters *self, double value)
{
    const double *w = self->weights;
    double trend = w[PHI] * self->trend, *season = &self->season[self->place];
    double error = value - (self->level + trend + *season);
    self->level += trend + w[ALPHA] * error;
    self->trend = trend + w[BETA] * error;
    *season += w[GAMMA] * error;
    self->place = self->place + 1 < self->season_count ? self->place + 1 : 0;
    return error;
}

/* What a fit tries out: where to start, and the values. */
struct attempt {
    struct holt_winters *self;
    double level, trend;
    const double *season, *values;
    size_t count;
};

static double squared_errors(const struct attempt *attempt)
{
    struct holt_winters *self = attempt->self;
    double sum = 0;
    self->level = attempt->level;
    self->trend = attempt->trend;
    self->place = 0;
    memcpy(self->season, attempt->season, self->season_count * sizeof *self->season);
    for (size_t i = 0; i < attempt->count; i++) {
        double error = learn(self, attempt->values[i]);
        sum += error * error;
    }
    return sum;
}

/* The weights from any numbers: alpha in (0, 1), beta below alpha, gamma below 1 - alpha, phi from 0.8 to 0.998. */
static void set_weights(struct holt_winters *self, const double *x)
{
    double share[WEIGHTS];
    for (int i = 0; i < WEIGHTS; i++)
        share[i] = 1 / (1 + weir_exp(-x[i]));
    self->weights[ALPHA] = share[ALPHA];
    self->weights[BETA] = share[ALPHA] * share[BETA];
    self->weights[GAMMA] = self->season_count > 1 ? (1 - share[ALPHA]) * share[GAMMA] : 0;
    self->weights[PHI] = self->damped ? 0.8 + 0.198 * share[PHI] : 1;
}

static double objective(const double *x, const void *with)
{
    const struct attempt *attempt = with;
    set_weights(attempt->self, x);
    return weir_log(squared_errors(attempt) + 1e-300);
}

/* A season's mean, for each whole season, gives level and trend; mean distances from them give the season. */
static void begin(struct attempt *attempt, double *season)
{
    size_t m = attempt->self->season_count, whole = attempt->count / m;
    if (m == 1) {
        attempt->level = attempt->values[0];
        return;
    }
    double first = gsl_stats_mean(attempt->values, 1, m), second = gsl_stats_mean(attempt->values + m, 1, m);
    attempt->trend = (second - first) / (double)m;
    attempt->level = first - attempt->trend * ((double)m + 1) / 2;
    for (size_t s = 0; s < whole; s++) {
        double mean = gsl_stats_mean(attempt->values + s * m, 1, m);
        for (size_t i = 0; i < m; i++)
            season[i] += (attempt->values[s * m + i] - mean) / (double)whole;
    }
}

static int fit(void *state, const double *values, size_t count)
{
    struct holt_winters *self = state;
    bool seasonal = self->seasonal && self->period > 1 && count / 2 >= self->period;
    self->season_count = seasonal ? self->period : 1;
    free(self->season);
    self->season = weir_alloc(self->season_count, sizeof *self->season);
    double *season = weir_alloc(self->season_count, sizeof *season);
    struct attempt attempt = {.self = self, .season = season, .values = values, .count = count};
    double x[WEIGHTS] = {-1, -4, -3, 2}; /* alpha 0.27, beta 0.005, gamma 0.03, phi 0.97 */
    begin(&attempt, season);
    for (int round = 0; round < 2; round++) /* a fresh simplex finds the way out of a flat one */
        simplex_minimise(objective, &attempt, x, WEIGHTS, 1, 1e-3, 200 * WEIGHTS);
    set_weights(self, x);
    double freedom = (double)count - WEIGHTS;
    self->deviation = sqrt(squared_errors(&attempt) / (freedom > 1 ? freedom : 1));
    free(season);
    return WEIR_OK;
}

static int push(void *state, double value)
{
    learn(state, value);
    return WEIR_OK;
}

/* The response to an error of 1, j steps on: alpha + beta (phi + ... + phi^j), and gamma after whole seasons. */
static int predict(void *state, size_t horizon, double *mean, double *spread)
{
    const struct holt_winters *self = state;
    const double *w = self->weights;
    double *response = weir_alloc(horizon, sizeof *response), trend = 0, damp = 1, follow = 0;
    for (size_t i = 0; i < horizon; i++) {
        response[i] = i == 0 ? 1 : w[ALPHA] + w[BETA] * follow;
        if (i > 0 && self->season_count > 1 && i % self->season_count == 0)
            response[i] += w[GAMMA];
        damp *= w[PHI];
        follow += damp;
        trend += damp * self->trend;
        mean[i] = self->level + trend + self->season[(self->place + i) % self->season_count];
    }
    forecaster_spread(self->deviation, response, horizon, spread);
    free(response);
    return WEIR_OK;
}

static void cost(const void *state, size_t count, size_t horizon, struct forecaster_cost *cost)
{
    cost->fit_flops = 2 * 300.0 * 13 * (double)count; /* some 300 tries a round */
    cost->push_flops = 13;
    cost->predict_flops = 10 * (double)horizon;
}

static void describe(const void *state, struct weir_text *to)
{
    const struct holt_winters *self = state;
    weir_text_addf(to, "alpha %.3g, beta %.3g, gamma %.3g, phi %.3g", self->weights[ALPHA], self->weights[BETA],
                   self->weights[GAMMA], self->weights[PHI]);
    if (self->season_count > 1)
        weir_text_addf(to, ", season of %zu steps", self->season_count);
}

static const struct forecaster_kept kept[] = {
    FORECASTER_KEEP(struct holt_winters, season_count),
    FORECASTER_KEEP(struct holt_winters, weights),
    FORECASTER_KEEP(struct holt_winters, level),
    FORECASTER_KEEP(struct holt_winters, trend),
    FORECASTER_KEEP_VALUES(struct holt_winters, season, season_count, 0),
    FORECASTER_KEEP(struct holt_winters, place),
    FORECASTER_KEEP(struct holt_winters, deviation),
    {0},
};

static int loaded(void *state)
{
    const struct holt_winters *self = state;
    return self->place < self->season_count
               ? WEIR_OK
               : weir_error(WEIR_EINPUT, "what it saved does not fit its season; save it anew");
}

const struct forecaster_kind forecaster_holt_winters = {
    .name = "holt-winters",
    .summary = "Exponential smoothing of level, damped trend and season.",
    .source = "hyndman-2008",
    .state_size = sizeof(struct holt_winters),
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
