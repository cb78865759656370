/* A forecaster of many series of counts at once: a gated convolution along time for each series, and a graph between
 * the series that is learnt with it [li-2025, equation 8; wu-2019]:
 *     H' = tanh(TCN1(R)) * sigmoid(TCN2(R))
 *     A  = softmax(relu(E1 E2')),            E1, E2: learnt, a row a series
 *     H  = D^-1/2 (A + I) D^-1/2 H' Theta,   D: sums of the rows of A + I, which are all 2
 *     next = relu(W H + b)
 * TCN is a causal convolution followed by one over all of its steps. Ours: b is a number of each series, beginning at
 * its mean, and a pattern of the day and the week is added to W H, where a calendar is wanted (step_s):
 * sum_k u[series][k] tanh(dense(calendar of the step that is forecast))[k].
 *
 * A series is scaled by its root mean square. Errors are squared and count by how noisy a series is: for counts drawn
 * with a mean that moves slowly (Poisson), a busy series counts as much as a calm one by what can be known of it. */
#ifndef WEIR_LEARN_STGCN_STGCN_H
#define WEIR_LEARN_STGCN_STGCN_H

#include <stddef.h>
#include <stdint.h>

struct stgcn_settings {
    int nodes;     /* series, at least 1 */
    int window;    /* newest steps that a forecast is made from, at least 2 */
    int channels;  /* of the convolutions */
    int kernel;    /* steps of the first convolution, 1..window */
    int embedding; /* numbers that stand for a series in the graph, and patterns of the day */
    int epochs;    /* passes over the steps in a fit, at most: */
    int updates;   /* steps of Adam in a fit, at most; what is learnt is then drawn from all over the series */
    int batch;     /* steps of the series a step of Adam */
    double rate;   /* of Adam at first; it falls to 0 along a half cosine */
    double step_s; /* time between two steps; 0: no calendar, for series without days */
    double sway;   /* samples are learnt times exp(sway * N(0, 1)), so that a day that is busier than all that were
                      seen is not unheard of; 0: as they are */
    uint64_t seed;
};

/* window 12, channels 16, kernel 3, embedding 8, epochs 30, updates 600, batch 8, rate 0.01, step 60 s, seed 1; nodes
 * are the caller's to set. */
extern const struct stgcn_settings stgcn_defaults;

struct stgcn;

/* Learns values[steps][nodes], row by row, oldest first; first_s is the time of the first row (0: midnight at the start
 * of a Monday; series/calendar.h), unused without calendar. *made is the caller's; NULL after an error. Errors:
 * WEIR_EINPUT for settings out of range, fewer than window + 2 steps, and values that are negative or not finite,
 * naming step and node; WEIR_ERUN if the training diverges. O(updates batch nodes (nodes + window channels) channels).
 */
int stgcn_fit(const struct stgcn_settings *settings, const double *values, size_t steps, double first_s,
              struct stgcn **made);

/* Goes on learning from where it is: scales are those of these values, and so many updates at a fifth of the rate. Same
 * errors; after WEIR_ERUN the model is as it was. */
int stgcn_tune(struct stgcn *model, const double *values, size_t steps, double first_s, int updates);

/* next[nodes] >= 0: what is expected in the step after the newest of newest[window][nodes], oldest first; next_s is the
 * time of that step. A value that is not finite or negative is a gap and
 * counts as the one before it, the first as the level of its series. Allocates nothing after the first call. */
void stgcn_forecast(struct stgcn *model, const double *newest, double next_s, double *next);

/* Floating-point operations of a forecast, by size: two for each weight of the convolutions and step that it is used
 * at, and two for each edge of the graph and channel. */
double stgcn_flops(const struct stgcn *model);

/* The settings it was fitted with. Borrowed. */
const struct stgcn_settings *stgcn_settings_of(const struct stgcn *model);

/* Model files (docs/model-file.md). Errors: WEIR_EINPUT. */
int stgcn_save(const struct stgcn *model, const char *path);
int stgcn_load(const char *path, struct stgcn **made);

void stgcn_free(struct stgcn *model); /* NULL is fine */

#endif
