/* The paths of the solution: how theta, b and h move while one sample comes or goes, or C and eps change, and which
 * sample is the first to change its set (cases 1 to 5 of aosvr-2003). */
#include <math.h>
#include <stddef.h>

#include "policies/learn/svr/state.h"
#include "sim/base/error.h"

/* Slower than this is standing still. */
#define LEAST_RATE  1e-14
#define LEAST_SLOPE 1e-13

/* What ends a step: a sample that changes its set. */
struct event {
    double step;
    int place; /* -1: none */
    int to;    /* the set that it joins */
    double side;
};

/* More events than this in one path mean that it goes in circles. */
static int most_events(const struct svr *svr)
{
    return 1000 + 100 * svr->count;
}

static void consider(struct event *first, double gap, double rate, int place, int to, double side)
{
    if (rate >= -LEAST_RATE)
        return;
    double step = (gap > 0 ? gap : 0) / -rate;
    if (step < first->step)
        *first = (struct event){step, place, to, side};
}

static void consider_place(const struct svr *svr, struct event *first, int i, const double *v_c, const double *v_eps)
{
    double s = svr->side[i], along = s * svr->theta[i], speed = s * svr->v_theta[i];
    switch (svr->set[i]) {
    case SVR_MARGIN:
        consider(first, along, speed, i, SVR_REMAINING, s);
        consider(first, svr->c[i] - along, (v_c ? v_c[i] : 0) - speed, i, SVR_ERROR, s);
        break;
    case SVR_ERROR:
        consider(first, -s * svr->h[i] - svr->eps[i], -s * svr->v_h[i] - (v_eps ? v_eps[i] : 0), i, SVR_MARGIN, s);
        break;
    case SVR_REMAINING:
        consider(first, svr->eps[i] - svr->h[i], (v_eps ? v_eps[i] : 0) - svr->v_h[i], i, SVR_MARGIN, -1);
        consider(first, svr->eps[i] + svr->h[i], (v_eps ? v_eps[i] : 0) + svr->v_h[i], i, SVR_MARGIN, 1);
        break;
    }
}

/* The first sample that changes its set when all move at their velocities; v_c and v_eps NULL: C and eps stay. */
static struct event first_event(const struct svr *svr, const double *v_c, const double *v_eps)
{
    struct event first = {INFINITY, -1, SVR_REMAINING, 0};
    for (int i = 0; i < svr->count; i++)
        consider_place(svr, &first, i, v_c, v_eps);
    return first;
}

static int apply(struct svr *svr, const struct event *event)
{
    int i = event->place;
    svr->events++;
    svr->since++;
    if (event->to == SVR_MARGIN) {
        svr->side[i] = event->side;
        svr->h[i] = -event->side * svr->eps[i];
        return svr_margin_add(svr, i);
    }
    svr->theta[i] = event->to == SVR_ERROR ? svr->side[i] * svr->c[i] : 0;
    svr->set[i] = event->to;
    return svr_margin_drop(svr, i);
}

static void advance(struct svr *svr, double step)
{
    svr->bias += step * svr->v_bias;
    for (int i = 0; i < svr->count; i++) {
        svr->theta[i] += step * svr->v_theta[i];
        svr->h[i] += step * svr->v_h[i];
    }
    for (int k = 0; k < svr->margin_count; k++) {
        int i = svr->margin[k];
        svr->h[i] = -svr->side[i] * svr->eps[i];
    }
}

/* Moves all until the first event, but no further than `most`; both are not for ever, or the sets are wrong. */
static int advance_to_event(struct svr *svr, double most, struct event *event)
{
    *event = first_event(svr, NULL, NULL);
    double step = fmin(most, event->step);
    if (!isfinite(step))
        return WEIR_ERUN;
    advance(svr, step);
    return WEIR_OK;
}

/* With an empty margin only the bias can move. */
static void move_bias(struct svr *svr, double direction)
{
    svr->v_bias = direction;
    for (int i = 0; i < svr->count; i++) {
        svr->v_theta[i] = 0;
        svr->v_h[i] = direction;
    }
}

/* Theta of the place moves at `direction`, the margin keeps the sum and its edges:
 * beta = -R [1; K_Sc], gamma = K_.c + beta_0 + K_.S beta. */
static void move_theta(struct svr *svr, int place, double direction)
{
    int rows = svr->margin_count + 1;
    const double *kernel = svr->kernel + (long)place * svr->stride;
    svr->vector[0] = -direction;
    for (int k = 1; k < rows; k++)
        svr->vector[k] = -direction * kernel[svr->margin[k - 1]];
    svr_inverse_apply(svr, svr->vector, svr->column);
    svr->v_bias = svr->column[0];
    for (int i = 0; i < svr->count; i++) {
        svr->v_theta[i] = 0;
        svr->v_h[i] = direction * kernel[i] + svr->v_bias;
    }
    svr_margin_times(svr, svr->column + 1, svr->v_h);
    for (int k = 1; k < rows; k++)
        svr->v_theta[svr->margin[k - 1]] = svr->column[k];
    svr->v_theta[place] = direction;
}

/* Theta of the place moves, or, with nobody in the margin to balance it, the bias: true then. */
static bool move(struct svr *svr, int place, double direction)
{
    bool alone = svr->margin_count == 0;
    if (alone)
        move_bias(svr, direction);
    else
        move_theta(svr, place, direction);
    return alone;
}

/* Theta has come to where it was to go. */
static int settle(struct svr *svr, int place, double theta, int set)
{
    svr->theta[place] = theta;
    svr->set[place] = set;
    svr->events++;
    svr->since++;
    return WEIR_OK;
}

int svr_path_insert(struct svr *svr, int place)
{
    double c = svr->c[place], eps = svr->eps[place], *h = &svr->h[place], *theta = &svr->theta[place];
    if (fabs(*h) <= eps) {
        svr->set[place] = SVR_REMAINING;
        return WEIR_OK;
    }
    double direction = *h > 0 ? -1 : 1;
    svr->set[place] = SVR_FREE;
    svr->side[place] = direction;
    for (int round = 0; round < most_events(svr); round++) {
        bool alone = move(svr, place, direction);
        double slope = direction * svr->v_h[place];
        double to_edge = slope > LEAST_SLOPE ? fmax(fabs(*h) - eps, 0) / slope : INFINITY;
        double to_bound = alone ? INFINITY : c - fabs(*theta);
        struct event event;
        if (advance_to_event(svr, fmin(to_edge, to_bound), &event) != WEIR_OK)
            return WEIR_ERUN;
        if (to_edge <= to_bound && to_edge <= event.step)
            return apply(svr, &(struct event){0, place, SVR_MARGIN, direction});
        if (to_bound <= event.step)
            return settle(svr, place, direction * c, SVR_ERROR);
        if (apply(svr, &event) != WEIR_OK)
            return WEIR_ERUN;
    }
    return WEIR_ERUN;
}

int svr_path_forget(struct svr *svr, int place)
{
    int set = svr->set[place];
    double *theta = &svr->theta[place];
    svr->set[place] = SVR_FREE;
    if (set == SVR_MARGIN && svr_margin_drop(svr, place) != WEIR_OK)
        return WEIR_ERUN;
    if (set == SVR_REMAINING || *theta == 0) {
        *theta = 0;
        return WEIR_OK;
    }
    double direction = *theta > 0 ? -1 : 1;
    for (int round = 0; round < most_events(svr); round++) {
        bool alone = move(svr, place, direction); /* until a sample enters the margin that can take theta over */
        double to_zero = alone ? INFINITY : fabs(*theta);
        struct event event;
        if (advance_to_event(svr, to_zero, &event) != WEIR_OK)
            return WEIR_ERUN;
        if (to_zero <= event.step)
            return settle(svr, place, 0, SVR_FREE);
        if (apply(svr, &event) != WEIR_OK)
            return WEIR_ERUN;
    }
    return WEIR_ERUN;
}

/* Velocities while C and eps move at v_c and v_eps: samples in error follow their bound, the margin its edges. */
static void move_weights(struct svr *svr, double taken)
{
    int rows = svr->margin_count + 1, count = svr->count;
    for (int i = 0; i < count; i++) {
        svr->v_theta[i] = svr->set[i] == SVR_ERROR ? svr->side[i] * svr->v_c[i] : 0;
        svr->v_h[i] = 0;
    }
    for (int e = 0; e < count; e++) /* K_.E dtheta_E */
        if (svr->v_theta[e] != 0) {
            const double *row = svr->kernel + (long)e * svr->stride;
            for (int i = 0; i < count; i++)
                svr->v_h[i] += svr->v_theta[e] * row[i];
        }
    svr->v_bias = 0;
    if (svr->margin_count == 0)
        return;
    svr->vector[0] = -taken;
    for (int k = 1; k < rows; k++) {
        int i = svr->margin[k - 1];
        svr->vector[k] = -svr->side[i] * svr->v_eps[i] - svr->v_h[i];
    }
    svr_inverse_apply(svr, svr->vector, svr->column);
    svr->v_bias = svr->column[0];
    for (int i = 0; i < count; i++)
        svr->v_h[i] += svr->v_bias;
    svr_margin_times(svr, svr->column + 1, svr->v_h);
    for (int k = 1; k < rows; k++)
        svr->v_theta[svr->margin[k - 1]] = svr->column[k];
}

static void advance_weights(struct svr *svr, double step)
{
    for (int i = 0; i < svr->count; i++) {
        svr->c[i] += step * svr->v_c[i];
        svr->eps[i] += step * svr->v_eps[i];
    }
    advance(svr, step);
    for (int i = 0; i < svr->count; i++)
        if (svr->set[i] == SVR_ERROR)
            svr->theta[i] = svr->side[i] * svr->c[i];
}

int svr_path_reweight(struct svr *svr, const double *c, const double *eps)
{
    double left = 1;
    for (int i = 0; i < svr->count; i++) {
        svr->v_c[i] = c[i] - svr->c[i];
        svr->v_eps[i] = eps[i] - svr->eps[i];
    }
    for (int round = 0; round < most_events(svr); round++) {
        double taken = 0, size = 1; /* what the samples in error take of the sum of theta */
        for (int i = 0; i < svr->count; i++)
            if (svr->set[i] == SVR_ERROR) {
                taken += svr->side[i] * svr->v_c[i];
                size += fabs(svr->v_c[i]);
            }
        struct event event;
        if (svr->margin_count == 0 && fabs(taken) > 1e-12 * size) {
            move_bias(svr, taken > 0 ? 1 : -1); /* down if theta of the margin must rise */
            event = first_event(svr, NULL, NULL);
            if (event.place < 0)
                return WEIR_ERUN;
            advance(svr, event.step);
        } else {
            move_weights(svr, taken);
            event = first_event(svr, svr->v_c, svr->v_eps);
            advance_weights(svr, fmin(event.step, left));
            if (event.step >= left)
                break;
            left -= event.step;
        }
        if (apply(svr, &event) != WEIR_OK)
            return WEIR_ERUN;
        if (round + 1 == most_events(svr))
            return WEIR_ERUN;
    }
    for (int i = 0; i < svr->count; i++) {
        svr->c[i] = c[i];
        svr->eps[i] = eps[i];
        if (svr->set[i] == SVR_ERROR)
            svr->theta[i] = svr->side[i] * c[i];
        if (svr->set[i] == SVR_MARGIN)
            svr->h[i] = -svr->side[i] * eps[i];
    }
    return WEIR_OK;
}
