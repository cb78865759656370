/* What do healthy servers look like? A variational GRU with a Gaussian-mixture prior learns it from windows of healthy
 * samples, and scores how unlikely a window is [li-2025]. For each step t of a window s:
 *     phi_s   = causal convolutions of s up to t;   h_t = GRU(phi_s(s_t), phi_z(z_t); h_{t-1}),  h_{-1} = 0
 *     q(z_t)  = N(mu_z, diag sigma_z^2),            both from f(W_s phi_s + W_h h_{t-1} + b)          (eq. 2)
 *     c_t     = softmax((W's s_t + W'h h_{t-1} + b' + g) / lambda), g from Gumbel's distribution      (eq. 7)
 *     p(z_t)  = prod_k N(mu_k, diag sigma_k^2)^{c_k}, the mu_k and sigma_k learnt                     (eq. 5)
 *     p(s_t)  = N(mu_s, diag sigma_s^2), from (z_t, h_{t-1}) and a deconvolution, causal too       (eq. 3)
 * The loss is -log p(s | z) + sum_k c_k KL(q(z) || N_k) + KL(Cat(softmax without g) || uniform), the first two at draws
 * of z and c, by step, and divided by the width: minus the evidence lower bound of a number.
 * The raw score is -log p(s | z), the mean over dimensions and steps, at z = mu_z: nothing is drawn. It becomes
 *     u / (u + (1 - eta) / eta),   u = max(0, (raw - low) / (high - low)),
 * low and high being quantiles of the raw scores of the training windows: 0 at the low one, eta at the high one, and
 * towards 1 without reaching it, so that the order of raw scores is kept. Above eta is anomalous. */
#ifndef WEIR_LEARN_DETECT_VGRU_H
#define WEIR_LEARN_DETECT_VGRU_H

#include <stddef.h>
#include <stdint.h>

struct vgru_settings {
    int length;                    /* T, samples of a window, at least 2; 12 in the source */
    int width;                     /* N, dimensions of a sample; 4 in the source */
    int units;                     /* of the GRU and of the extractors */
    int latent;                    /* numbers of z */
    int components;                /* K, of the prior */
    int epochs, batch;             /* of the training, by Adam */
    double rate;                   /* Adam's */
    double lambda_from, lambda_to; /* temperature of the Gumbel softmax, geometrically from one to the other */
    double validation;    /* share of the windows, the last ones, that only choose the epoch; 0: the last epoch's
                             weights are kept */
    double low_quantile;  /* of the training scores: what becomes 0 */
    double high_quantile; /* what becomes eta; 1 - this is the share of alarms among those windows */
    double eta;           /* 0.3 in the source, which says no scale */
    uint64_t seed;        /* of weights, order and draws; the same seed, the same bits */
};

/* What the source says, and where it says nothing what did well on the series that docs/detect.md says. Length and
 * width are the caller's to change: 12 and 4. */
struct vgru_settings vgru_defaults(void);

/* A trained model. */
struct vgru;

/* Trains on windows[count][length][width], oldest sample first, of healthy times. They are scaled inside: per
 * dimension, mean 0 and standard deviation 1 over all of them; a dimension that does not change is divided by its
 * absolute value, or 1; beyond +-8 a value is cut. A window with a NaN is left out. Errors: WEIR_EINPUT for a setting
 * out of its range and for fewer than 2 windows without a gap, WEIR_ERUN for training that diverges. *model is NULL
 * after an error. */
int vgru_fit(struct vgru **model, const double *windows, size_t count, const struct vgru_settings *settings);

void vgru_free(struct vgru *model); /* NULL is fine */

const struct vgru_settings *vgru_settings_of(const struct vgru *model); /* borrowed */

/* Floating-point operations to score a window, by size: two for each weight and step. */
double vgru_flops(const struct vgru *model);

/* How the training went: of a loaded model all 0. */
struct vgru_trained {
    size_t windows, left_out;     /* learnt from or validated by, and with a NaN */
    int epochs;                   /* carried out */
    double first_elbo, last_elbo; /* evidence lower bound of a number, mean of the first and of the last epoch */
};
struct vgru_trained vgru_trained(const struct vgru *model);

/* Scores of windows[count][length][width], 0..1, above eta anomalous. score[count] is the mean over the window; last
 * [count] is that of the last sample alone, given those before it, on a scale of its own; either may be NULL. A window
 * with a NaN is not scored: NaN. Infinite values are cut as others. What a window gets does not depend on the others,
 * but for the last bits. */
void vgru_score(const struct vgru *model, const double *windows, size_t count, double *score, double *last);

/* Of each window, the mean of the scores of its `steps` newest samples (of all, if it has fewer), each as the `last` of
 * vgru_score: one that has ended is soon forgotten, one odd sample alone is no alarm. */
void vgru_score_recent(const struct vgru *model, const double *windows, size_t count, int steps, double *recent);

/* The raw scores, -log p in nats a dimension; what there is to compare models by. */
void vgru_score_raw(const struct vgru *model, const double *windows, size_t count, double *score, double *last);

/* Model files, docs/model-file.md. Errors: WEIR_EINPUT. *model is NULL after an error. */
int vgru_save(const struct vgru *model, const char *path);
int vgru_load(struct vgru **model, const char *path);

#endif
