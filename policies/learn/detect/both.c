/* The rules first, and the net where they are unsure. */
#include <math.h>
#include <stdlib.h>

#include "policies/learn/detect/rule_detector.h"
#include "policies/learn/detect/vgru_detector.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

struct both {
    struct detector_rule_settings rules;
    struct detector_vgru_settings settings;

    struct detector_rule_past past;
    struct detector_vgru vgru;
};

static const struct weir_param params[] = {
    DETECTOR_RULE_PARAMS(offsetof(struct both, rules)),
    DETECTOR_VGRU_PARAMS(offsetof(struct both, settings)),
    {0},
};

static int create(void *state, const struct detector_env *env)
{
    struct both *self = state;
    detector_rules_create(&self->past, env);
    detector_vgru_create(&self->vgru, self->rules.window, env);
    return WEIR_OK;
}

static int length(const void *state)
{
    return ((const struct both *)state)->rules.window;
}

static int fit(void *state, const struct detector_past *pasts, int count)
{
    struct both *self = state;
    int code = detector_rules_fit(&self->past, &self->rules, pasts, count);
    return code == WEIR_OK ? detector_vgru_fit(&self->vgru, &self->settings, pasts, count) : code;
}

/* Scores are 0 where the rules say healthy, 1 where they say anomalous, and between the net's where they are unsure. */
static int judge(void *state, const double *const *windows, size_t count, struct detector_result *results)
{
    const struct both *self = state;
    const double **unsure = weir_alloc(count, sizeof *unsure);
    struct detector_result *answers = weir_alloc(count, sizeof *answers);
    size_t asked = 0, answered = 0;
    for (size_t i = 0; i < count; i++) {
        double ignored;
        results[i].verdict = detector_rules_judge(&self->past, &self->rules, windows[i], &ignored);
        results[i].score = results[i].verdict == DETECT_ANOMALOUS;
        if (results[i].verdict == DETECT_UNSURE)
            unsure[asked++] = windows[i];
    }
    if (asked > 0)
        detector_vgru_judge(&self->vgru, &self->settings, unsure, asked, answers);
    for (size_t i = 0; i < count; i++)
        if (results[i].verdict == DETECT_UNSURE)
            results[i] = answers[answered++];
    free(unsure);
    free(answers);
    return WEIR_OK;
}

static void describe(const void *state, struct weir_text *to)
{
    detector_vgru_describe(&((const struct both *)state)->vgru, to);
}

static void destroy(void *state)
{
    struct both *self = state;
    detector_rules_destroy(&self->past);
    detector_vgru_destroy(&self->vgru);
}

const struct detector_kind detector_both = {
    .name = "both",
    .summary = "The rules and, where they are unsure, the net of vgru.",
    .source = "li-2025",
    .state_size = sizeof(struct both),
    .params = params,
    .draws = true,
    .create = create,
    .length = length,
    .fit = fit,
    .judge = judge,
    .describe = describe,
    .destroy = destroy,
};
