/* The state that the files of this folder share. Samples sit in places 0 .. count-1, in no order; a sample that is
 * forgotten leaves its place to the last one. */
#ifndef WEIR_LEARN_SVR_STATE_H
#define WEIR_LEARN_SVR_STATE_H

#include "policies/learn/svr/svr.h"

/* A place's set; FREE while its theta is on the way. */
enum { SVR_FREE = SVR_REMAINING + 1 };

struct svr {
    struct svr_settings settings;
    double jitter; /* in use: that of the settings, or more if that was not enough */
    int count;
    int *order; /* [count] places, oldest first */

    double *x;      /* [place * inputs] */
    double *kernel; /* [place * stride], symmetric; the jitter is on the diagonal */
    int stride;
    double *y, *c, *eps, *theta, *h; /* [place] */
    double bias;
    int *set;     /* [place] */
    double *side; /* [place] +1: theta >= 0 and h = -eps on the margin; -1: theta <= 0 and h = eps */

    int *margin; /* [margin_count] places in the order of the inverse's rows */
    int margin_count;
    double *inverse; /* [(margin_count + 1) * stride]: of [0 1'; 1 K_SS]; row 0 is the bias. Undefined if empty */

    /* Velocities per unit of the step, and C and eps on their way. */
    double *v_theta, *v_h, *v_c, *v_eps; /* [place] */
    double v_bias;
    double *vector, *column; /* [capacity + 1] scratch, in the inverse's order */

    long events, rebuilds, since; /* since: events since the last refresh */
    int probe;                    /* the place whose h was looked at last */
};

/* Margin and inverse (inverse.c). Codes below 0 say that rounding has won; no message. */
int svr_margin_add(struct svr *svr, int place);
int svr_margin_drop(struct svr *svr, int place);
int svr_inverse_rebuild(struct svr *svr);
/* out[0] bias, out[1..] margin: inverse times in. */
void svr_inverse_apply(const struct svr *svr, const double *in, double *out);
/* out[0 .. count-1] += sum over the margin of K_{.,S} times. */
void svr_margin_times(const struct svr *svr, const double *times, double *out);

/* Paths of the solution (path.c). Codes as above. */
int svr_path_insert(struct svr *svr, int place);
int svr_path_forget(struct svr *svr, int place); /* theta of the place becomes 0; it is FREE then */
int svr_path_reweight(struct svr *svr, const double *c, const double *eps);

/* Inverse, theta of the margin, bias and h from scratch; a code below 0 if the sets no longer hold. */
int svr_refresh(struct svr *svr);

#endif
