/* The variational GRU of vgru.h with what a detector adds to it, for the detectors that use it. */
#ifndef WEIR_LEARN_DETECT_VGRU_DETECTOR_H
#define WEIR_LEARN_DETECT_VGRU_DETECTOR_H

#include "policies/learn/detect/detector.h"
#include "policies/learn/detect/vgru.h"

/* Parameters. */
struct detector_vgru_settings {
    int units, latent, components, epochs, batch, windows, of, recent;
    double rate, validation, quantile, eta;
};

#define DETECTOR_VGRU_INT(base, member, fallback, min, max, help)                                                      \
    WEIR_PARAM(#member, WEIR_PARAM_INT, WEIR_UNIT_NONE, (base) + offsetof(struct detector_vgru_settings, member),      \
               fallback, min, max, NULL, help)
#define DETECTOR_VGRU_DOUBLE(base, member, fallback, min, max, help)                                                   \
    WEIR_PARAM(#member, WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, (base) + offsetof(struct detector_vgru_settings, member),   \
               fallback, min, max, NULL, help)
#define DETECTOR_VGRU_PARAMS(base)                                                                                     \
    DETECTOR_VGRU_INT(base, units, "16", 1, 1000, "Units of the GRU and of the layers around it."),                    \
        DETECTOR_VGRU_INT(base, latent, "0", 0, 1000,                                                                  \
                          "Numbers that a sample is pressed into; 0: half the dimensions, 8 at most."),                \
        DETECTOR_VGRU_INT(base, components, "4", 1, 100, "Components of the prior."),                                  \
        DETECTOR_VGRU_INT(base, epochs, "30", 1, 10000, "Passes over the windows learnt from."),                       \
        DETECTOR_VGRU_INT(base, batch, "64", 1, 10000, "Windows between two steps of the optimiser."),                 \
        DETECTOR_VGRU_INT(base, windows, "5000", 2, 10000000,                                                          \
                          "Windows to learn from at most; of more, so many evenly apart."),                            \
        DETECTOR_VGRU_INT(base, recent, "3", 1, 1000, "Samples that of=recent takes the mean of."),                    \
        DETECTOR_VGRU_DOUBLE(base, rate, "0.003", 1e-9, 1, "Adam's rate."),                                            \
        DETECTOR_VGRU_DOUBLE(base, validation, "0.2", 0, 0.9,                                                          \
                             "Share of the windows, the latest, that only choose the epoch and the threshold."),       \
        DETECTOR_VGRU_DOUBLE(base, quantile, "0.99", 0.5, 1, "Share of these windows that stay under the threshold."), \
        DETECTOR_VGRU_DOUBLE(base, eta, "0.3", 0.001, 0.999,                                                           \
                             "Least threshold; scores are scaled so that it is the quantile of those learnt from."),   \
        WEIR_PARAM("of", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, (base) + offsetof(struct detector_vgru_settings, of),      \
                   "window", 0, 0, detector_vgru_of,                                                                   \
                   "What is scored: the mean over the window, its last sample alone, or the mean of the recent ones.")
extern const char *const detector_vgru_of[];

/* What was learnt. */
struct detector_vgru {
    int length, width;
    unsigned long long seed;
    bool *silent; /* [width]: dimensions without any value in the past: they are left out of account */
    struct vgru *model;
    double threshold; /* eta, or the quantile of the scores of windows that were not learnt from, if it is higher */
};

void detector_vgru_create(struct detector_vgru *vgru, int length, const struct detector_env *env);

/* Errors: WEIR_EINPUT for fewer than 2 windows without a gap; WEIR_ERUN for training that diverges. */
int detector_vgru_fit(struct detector_vgru *vgru, const struct detector_vgru_settings *settings,
                      const struct detector_past *pasts, int count);

/* Scores and verdicts. A gap in a dimension is filled with the value before it, at the beginning of the window with the
 * one after it; a dimension without any value in the window leaves it without score. */
void detector_vgru_judge(const struct detector_vgru *vgru, const struct detector_vgru_settings *settings,
                         const double *const *windows, size_t count, struct detector_result *results);

void detector_vgru_describe(const struct detector_vgru *vgru, struct weir_text *to);
void detector_vgru_destroy(struct detector_vgru *vgru);

#endif
