/* The two baselines: how far samples, or their differences, are from the mean of the past, in its deviations. */
#include <math.h>
#include <stdlib.h>

#include "policies/learn/detect/support.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

enum { BY_MEAN, BY_MAX };

struct baseline {
    int window, combine;
    double quantile;

    bool differences;
    int width;
    double *mean, *deviation; /* [width] */
    double threshold;
};

#define AT(field) offsetof(struct baseline, field)
static const char *const combinations[] = {"mean", "max", NULL};
static const struct weir_param params[] = {
    WEIR_PARAM("window", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(window), "1", 1, 10000, NULL,
               "Samples whose scores are averaged."),
    WEIR_PARAM("combine", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(combine), "mean", 0, 0, combinations,
               "The score of a sample: the mean over the dimensions, or the largest."),
    WEIR_PARAM("quantile", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(quantile), "0.99", 0, 1, NULL,
               "Share of the windows learnt from that stay under the threshold."),
    {0},
};

static int create(void *state, const struct detector_env *env)
{
    struct baseline *self = state;
    self->width = env->width;
    self->mean = weir_alloc((size_t)env->width, sizeof *self->mean);
    self->deviation = weir_alloc((size_t)env->width, sizeof *self->deviation);
    return WEIR_OK;
}

static int create_last(void *state, const struct detector_env *env)
{
    ((struct baseline *)state)->differences = true;
    return create(state, env);
}

static int length(const void *state)
{
    const struct baseline *self = state;
    return self->window + self->differences;
}

/* Of one sample, over the dimensions that are there; NaN if none is. */
static double of_sample(const struct baseline *self, const double *row)
{
    double sum = 0, most = 0;
    int seen = 0;
    for (int n = 0; n < self->width; n++) {
        /* The last value is the forecast: its error is the difference, and not how it differs from the usual one. */
        double error = fabs(row[n] - (self->differences ? row[n - self->width] : self->mean[n]));
        if (isnan(error))
            continue;
        sum += error / self->deviation[n];
        most = fmax(most, error / self->deviation[n]);
        seen++;
    }
    return seen == 0 ? NAN : self->combine == BY_MAX ? most : sum / seen;
}

static double score(const void *state, const double *window)
{
    const struct baseline *self = state;
    double sum = 0;
    int seen = 0;
    for (int t = self->differences; t < length(self); t++) {
        double sample = of_sample(self, window + (size_t)t * (size_t)self->width);
        if (!isnan(sample)) {
            sum += sample;
            seen++;
        }
    }
    return seen > 0 ? sum / seen : NAN;
}

static int fit(void *state, const struct detector_past *pasts, int count)
{
    struct baseline *self = state;
    detector_moments(pasts, count, self->width, self->differences, self->mean, self->deviation);
    self->threshold = detector_threshold(self, score, pasts, count, length(self), self->width, self->quantile);
    return WEIR_OK;
}

static int judge(void *state, const double *const *windows, size_t count, struct detector_result *results)
{
    const struct baseline *self = state;
    for (size_t i = 0; i < count; i++)
        results[i] = detector_compare(score(self, windows[i]), self->threshold);
    return WEIR_OK;
}

static void describe(const void *state, struct weir_text *to)
{
    weir_text_addf(to, "threshold %.4g deviations", ((const struct baseline *)state)->threshold);
}

static void destroy(void *state)
{
    struct baseline *self = state;
    free(self->mean);
    free(self->deviation);
}

const struct detector_kind detector_z_score = {
    .name = "z-score",
    .summary = "Distance from the mean of what was learnt from, in standard deviations.",
    .source = "",
    .state_size = sizeof(struct baseline),
    .params = params,
    .create = create,
    .length = length,
    .fit = fit,
    .judge = judge,
    .describe = describe,
    .destroy = destroy,
};

const struct detector_kind detector_last_value = {
    .name = "last-value",
    .summary = "Error of the last value as a forecast of the next, in standard deviations of what was learnt from.",
    .source = "",
    .state_size = sizeof(struct baseline),
    .params = params,
    .create = create_last,
    .length = length,
    .fit = fit,
    .judge = judge,
    .describe = describe,
    .destroy = destroy,
};
