/* The two rules, against a healthy window that is chosen among those of the past. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/detect/rule_detector.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

#define CANDIDATES 64

enum { UNSURE_HEALTHY, UNSURE_ANOMALOUS };

struct rule_detector {
    struct detector_rule_settings settings;
    int unsure;

    struct detector_rule_past past;
};

#define AT(field) offsetof(struct rule_detector, field)
static const char *const sides[] = {"healthy", "anomalous", NULL};
static const struct weir_param params[] = {
    DETECTOR_RULE_PARAMS(AT(settings)),
    WEIR_PARAM("unsure", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(unsure), "healthy", 0, 0, sides,
               "What a window is taken for in which only one rule holds."),
    {0},
};

void detector_rules_create(struct detector_rule_past *past, const struct detector_env *env)
{
    past->width = env->width;
    past->low = weir_alloc((size_t)env->width, sizeof *past->low);
    past->high = weir_alloc((size_t)env->width, sizeof *past->high);
}

void detector_rules_destroy(struct detector_rule_past *past)
{
    free(past->healthy);
    free(past->low);
    free(past->high);
}

static struct detect_rules rules_of(const struct detector_rule_settings *settings,
                                    const struct detector_rule_past *past)
{
    return (struct detect_rules){settings->window, past->width, settings->beta, settings->theta_v, settings->theta_r};
}

/* The window that differs least, in sum, from the others: [count] pointers. */
static const double *find_middle(const struct detect_rules *rules, const struct detector_rule_past *past,
                                 const double *const *windows, int count)
{
    const double *best = windows[0];
    double least = INFINITY;
    for (int a = 0; a < count; a++) {
        double sum = 0;
        for (int b = 0; b < count; b++) {
            struct detect_evidence evidence;
            detect_rules_judge(rules, windows[b], windows[a], past->low, past->high, &evidence);
            sum += isnan(evidence.correlation) ? 1e3 : evidence.correlation + evidence.deviating;
        }
        if (sum < least) {
            least = sum;
            best = windows[a];
        }
    }
    return best;
}

int detector_rules_fit(struct detector_rule_past *past, const struct detector_rule_settings *settings,
                       const struct detector_past *pasts, int count)
{
    size_t length = (size_t)settings->window, width = (size_t)past->width, windows = 0, before = 0;
    const double *candidates[CANDIDATES] = {0};
    struct detect_rules rules = rules_of(settings, past);
    int chosen = 0;
    if (past->width > DETECT_RULES_MOST)
        return weir_error(WEIR_EINPUT, "it takes %d dimensions at most, and there are %d; leave some out",
                          DETECT_RULES_MOST, past->width);
    for (size_t n = 0; n < width; n++) {
        past->low[n] = INFINITY;
        past->high[n] = -INFINITY;
    }
    for (int p = 0; p < count; p++) {
        windows += pasts[p].count - length + 1;
        for (size_t i = 0; i < pasts[p].count * width; i++) { /* fmin and fmax pass over NaN */
            past->low[i % width] = fmin(past->low[i % width], pasts[p].rows[i]);
            past->high[i % width] = fmax(past->high[i % width], pasts[p].rows[i]);
        }
    }
    for (size_t n = 0; n < width; n++)
        if (past->low[n] > past->high[n])
            past->low[n] = past->high[n] = 0;
    /* Candidates stand evenly among all windows. */
    size_t wanted = windows < CANDIDATES ? windows : CANDIDATES;
    for (int p = 0; p < count; p++) {
        size_t here = pasts[p].count - length + 1;
        for (; (size_t)chosen < wanted; chosen++) {
            size_t place = (2 * (size_t)chosen + 1) * windows / (2 * wanted);
            if (place >= before + here)
                break;
            candidates[chosen] = pasts[p].rows + (place - before) * width;
        }
        before += here;
    }
    free(past->healthy);
    past->healthy = weir_alloc(length * width, sizeof *past->healthy);
    memcpy(past->healthy, find_middle(&rules, past, candidates, chosen), length * width * sizeof *past->healthy);
    return WEIR_OK;
}

enum detect_verdict detector_rules_judge(const struct detector_rule_past *past,
                                         const struct detector_rule_settings *settings, const double *window,
                                         double *score)
{
    struct detect_evidence evidence;
    struct detect_rules rules = rules_of(settings, past);
    enum detect_verdict verdict = detect_rules_judge(&rules, window, past->healthy, past->low, past->high, &evidence);
    *score = (evidence.deviating + evidence.correlation) / 2; /* NaN if there were too few samples */
    return verdict;
}

static int create(void *state, const struct detector_env *env)
{
    detector_rules_create(&((struct rule_detector *)state)->past, env);
    return WEIR_OK;
}

static int length(const void *state)
{
    return ((const struct rule_detector *)state)->settings.window;
}

static int fit(void *state, const struct detector_past *pasts, int count)
{
    struct rule_detector *self = state;
    return detector_rules_fit(&self->past, &self->settings, pasts, count);
}

static int judge(void *state, const double *const *windows, size_t count, struct detector_result *results)
{
    const struct rule_detector *self = state;
    for (size_t i = 0; i < count; i++) {
        results[i].verdict = detector_rules_judge(&self->past, &self->settings, windows[i], &results[i].score);
        if (results[i].verdict == DETECT_UNSURE && self->unsure == UNSURE_ANOMALOUS && !isnan(results[i].score))
            results[i].verdict = DETECT_ANOMALOUS;
    }
    return WEIR_OK;
}

static void destroy(void *state)
{
    detector_rules_destroy(&((struct rule_detector *)state)->past);
}

const struct detector_kind detector_rules = {
    .name = "rules",
    .summary = "Variances and correlations against those of a healthy window; both must differ.",
    .source = "li-2025",
    .state_size = sizeof(struct rule_detector),
    .params = params,
    .create = create,
    .length = length,
    .fit = fit,
    .judge = judge,
    .destroy = destroy,
};
