/* The rules of rules.h with what they learn of a past, for the detectors that use them. */
#ifndef WEIR_LEARN_DETECT_RULE_DETECTOR_H
#define WEIR_LEARN_DETECT_RULE_DETECTOR_H

#include "policies/learn/detect/detector.h"

/* Parameters. */
struct detector_rule_settings {
    int window;
    double beta, theta_v, theta_r;
};

#define DETECTOR_RULE_ROW(base, key, kind, member, text, low, high, sentence)                                          \
    WEIR_PARAM(key, kind, WEIR_UNIT_NONE, (base) + offsetof(struct detector_rule_settings, member), text, low, high,   \
               NULL, sentence)
#define DETECTOR_RULE_PARAMS(base)                                                                                     \
    DETECTOR_RULE_ROW(base, "window", WEIR_PARAM_INT, window, "12", 2, 1000, "Samples of a window."),                  \
        DETECTOR_RULE_ROW(base, "beta", WEIR_PARAM_DOUBLE, beta, "0.5", 0, 1,                                          \
                          "Share of the dimensions whose variance must differ."),                                      \
        DETECTOR_RULE_ROW(base, "theta-v", WEIR_PARAM_DOUBLE, theta_v, "0.4", 0, 1e6,                                  \
                          "By how much the variance of a dimension, scaled to the range of the past, differs."),       \
        DETECTOR_RULE_ROW(base, "theta-r", WEIR_PARAM_DOUBLE, theta_r, "0.4", 0, 2,                                    \
                          "How far apart the matrices of correlations are, by their norm over the dimensions.")

/* What was learnt. */
struct detector_rule_past {
    int width;
    double *healthy;    /* [window][width]: of up to 64 windows of the past, the one most like the others */
    double *low, *high; /* [width]: the range of the past */
};

void detector_rules_create(struct detector_rule_past *past, const struct detector_env *env);
/* Errors: WEIR_EINPUT for too many dimensions. */
int detector_rules_fit(struct detector_rule_past *past, const struct detector_rule_settings *settings,
                       const struct detector_past *pasts, int count);
void detector_rules_destroy(struct detector_rule_past *past);

/* *score: the mean of the share of deviating dimensions and of the norm, for a threshold of one's own; NaN where there
 * are fewer than two samples. */
enum detect_verdict detector_rules_judge(const struct detector_rule_past *past,
                                         const struct detector_rule_settings *settings, const double *window,
                                         double *score);

#endif
