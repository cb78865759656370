#include "policies/learn/svr/svr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/svr/state.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

/* Events after which inverse, theta and h are computed from scratch. */
#define REFRESH_EVENTS 500
/* An error of h above this, for targets of size 1, asks for that at once. */
#define DRIFT 1e-10
/* A violation above this, for targets of size 1, is no rounding. */
#define TOLERANCE 1e-8
/* How often the solution is begun anew with more jitter before it is given up. */
#define TRIES 4

struct svr *svr_new(const struct svr_settings *settings)
{
    if (settings->inputs < 1 || settings->capacity < 2 || !(settings->gamma > 0) || !isfinite(settings->gamma) ||
        !(settings->jitter >= 0) || !isfinite(settings->jitter)) {
        weir_error(WEIR_EINPUT,
                   "support vector regression needs inputs (%d) of 1 or more, a capacity (%d) of 2 or more, gamma (%g) "
                   "above 0 and jitter (%g) of 0 or more",
                   settings->inputs, settings->capacity, settings->gamma, settings->jitter);
        return NULL;
    }
    struct svr *svr = weir_alloc(1, sizeof *svr);
    size_t capacity = (size_t)settings->capacity, stride = (capacity + 4) / 4 * 4;
    svr->settings = *settings;
    svr->jitter = settings->jitter;
    svr->stride = (int)stride;
    svr->order = weir_alloc(capacity, sizeof *svr->order);
    svr->set = weir_alloc(capacity, sizeof *svr->set);
    svr->margin = weir_alloc(capacity, sizeof *svr->margin);
    svr->x = weir_alloc(capacity * (size_t)settings->inputs, sizeof *svr->x);
    svr->kernel = weir_alloc(capacity * stride, sizeof *svr->kernel);
    svr->inverse = weir_alloc((capacity + 1) * stride, sizeof *svr->inverse);
    double **rows[] = {&svr->y,       &svr->c,   &svr->eps, &svr->theta, &svr->h,      &svr->side,
                       &svr->v_theta, &svr->v_h, &svr->v_c, &svr->v_eps, &svr->vector, &svr->column};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        *rows[r] = weir_alloc(stride, sizeof **rows[r]);
    return svr;
}

void svr_free(struct svr *svr)
{
    if (!svr)
        return;
    void *parts[] = {svr->order, svr->set,   svr->margin, svr->x,       svr->kernel, svr->inverse,
                     svr->y,     svr->c,     svr->eps,    svr->theta,   svr->h,      svr->side,
                     svr->v_c,   svr->v_eps, svr->v_h,    svr->v_theta, svr->vector, svr->column};
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
        free(parts[p]);
    free(svr);
}

static double kernel(const struct svr *svr, const double *x, const double *z)
{
    double sum = 0;
    for (int k = 0; k < svr->settings.inputs; k++)
        sum += (x[k] - z[k]) * (x[k] - z[k]);
    return weir_exp(-svr->settings.gamma * sum);
}

double svr_predict(const struct svr *svr, const double *x)
{
    double sum = svr->bias;
    for (int i = 0; i < svr->count; i++)
        if (svr->theta[i] != 0)
            sum += svr->theta[i] * kernel(svr, svr->x + (long)i * svr->settings.inputs, x);
    return svr->count ? sum : 0;
}

/* f(x_i) - y_i of all samples from scratch, into h. */
static void residuals(const struct svr *svr, double *h)
{
    for (int i = 0; i < svr->count; i++)
        h[i] = svr->bias - svr->y[i];
    for (int j = 0; j < svr->count; j++)
        if (svr->theta[j] != 0)
            for (int i = 0; i < svr->count; i++)
                h[i] += svr->theta[j] * svr->kernel[(long)j * svr->stride + i];
}

double svr_kkt(const struct svr *svr)
{
    double worst = 0, sum = 0, *h = weir_alloc((size_t)svr->count, sizeof *h);
    residuals(svr, h);
    for (int i = 0; i < svr->count; i++) {
        double theta = svr->theta[i], c = svr->c[i], eps = svr->eps[i], s = svr->side[i], off;
        if (svr->set[i] == SVR_MARGIN)
            off = fmax(fmax(fabs(h[i] + s * eps), -s * theta), s * theta - c);
        else if (svr->set[i] == SVR_ERROR)
            off = fmax(fabs(theta - s * c), s * h[i] + eps);
        else
            off = fmax(fabs(theta), fabs(h[i]) - eps);
        worst = off <= worst ? worst : off; /* NaN shows */
        sum += theta;
    }
    free(h);
    return fabs(sum) <= worst ? worst : fabs(sum);
}

int svr_refresh(struct svr *svr)
{
    int n = svr->margin_count;
    svr->since = 0;
    if (svr_inverse_rebuild(svr) != WEIR_OK)
        return WEIR_ERUN;
    /* One Newton step on the margin's equations: what is missing of the sum and of the edges. */
    for (int round = 0; n > 0 && round < 2; round++) {
        residuals(svr, svr->h);
        double sum = 0;
        for (int i = 0; i < svr->count; i++)
            sum += svr->theta[i];
        svr->vector[0] = -sum;
        for (int k = 0; k < n; k++)
            svr->vector[k + 1] = -svr->side[svr->margin[k]] * svr->eps[svr->margin[k]] - svr->h[svr->margin[k]];
        svr_inverse_apply(svr, svr->vector, svr->column);
        svr->bias += svr->column[0];
        for (int k = 0; k < n; k++)
            svr->theta[svr->margin[k]] += svr->column[k + 1];
    }
    residuals(svr, svr->h);
    for (int k = 0; k < n; k++)
        svr->h[svr->margin[k]] = -svr->side[svr->margin[k]] * svr->eps[svr->margin[k]];
    double size = 1;
    for (int i = 0; i < svr->count; i++)
        size = fmax(size, fmax(fabs(svr->y[i]), svr->c[i]));
    return svr_kkt(svr) <= TOLERANCE * size ? WEIR_OK : WEIR_ERUN;
}

/* All samples anew, in the order of their age: the path from nothing. */
static int solve(struct svr *svr)
{
    svr->margin_count = 0;
    svr->bias = svr->count ? svr->y[svr->order[0]] : 0;
    svr->rebuilds++;
    for (int i = 0; i < svr->count; i++) {
        svr->theta[i] = 0;
        svr->set[i] = SVR_FREE;
        svr->h[i] = svr->bias - svr->y[i];
        svr->kernel[(long)i * svr->stride + i] = 1 + svr->jitter;
    }
    for (int k = 0; k < svr->count; k++)
        if (svr_path_insert(svr, svr->order[k]) != WEIR_OK)
            return WEIR_ERUN;
    return svr_refresh(svr);
}

/* Whether rounding shows: h of one sample, another one each time, from scratch. O(count). */
static bool has_drifted(struct svr *svr)
{
    if (svr->count == 0)
        return false;
    int i = svr->probe = (svr->probe + 1) % svr->count;
    double h = svr->bias - svr->y[i], size = 1 + fabs(svr->y[i]);
    const double *row = svr->kernel + (long)i * svr->stride;
    for (int j = 0; j < svr->count; j++)
        h += row[j] * svr->theta[j];
    return !(fabs(h - svr->h[i]) <= DRIFT * size);
}

/* What ends every change: `code` of its path, and rounding kept in check. */
static int conclude(struct svr *svr, int code)
{
    if (code == WEIR_OK && (svr->since >= REFRESH_EVENTS || has_drifted(svr)))
        code = svr_refresh(svr);
    for (int try = 0; code != WEIR_OK && try < TRIES; try++) {
        if (try > 0)
            svr->jitter = svr->jitter > 0 ? svr->jitter * 100 : 1e-10;
        code = solve(svr);
    }
    if (code != WEIR_OK)
        return weir_error(WEIR_ERUN, "support vector regression: no minimum found for %d samples with jitter %g",
                          svr->count, svr->jitter);
    return WEIR_OK;
}

static int check_sample(const struct svr *svr, const double *x, double y, double c, double eps)
{
    for (int k = 0; k < svr->settings.inputs; k++)
        if (!isfinite(x[k]))
            return weir_error(WEIR_EINPUT, "support vector regression: input %d of a sample is not a finite number", k);
    if (!isfinite(y) || !(c > 0) || !isfinite(c) || !(eps > 0) || !isfinite(eps))
        return weir_error(WEIR_EINPUT,
                          "support vector regression: a sample needs a finite target (%g), C (%g) above 0 and eps (%g) "
                          "above 0",
                          y, c, eps);
    return WEIR_OK;
}

int svr_insert(struct svr *svr, const double *x, double y, double c, double eps)
{
    int place = svr->count, inputs = svr->settings.inputs;
    int code = check_sample(svr, x, y, c, eps);
    if (code != WEIR_OK)
        return code;
    if (place == svr->settings.capacity)
        return weir_error(WEIR_EINPUT, "support vector regression: no room for more than %d samples; forget one first",
                          place);
    double *row = svr->kernel + (long)place * svr->stride, h = -y;
    memcpy(svr->x + (long)place * inputs, x, (size_t)inputs * sizeof *x);
    if (place == 0)
        svr->bias = y;
    h += svr->bias;
    for (int i = 0; i < place; i++) {
        row[i] = svr->kernel[(long)i * svr->stride + place] = kernel(svr, svr->x + (long)i * inputs, x);
        h += row[i] * svr->theta[i];
    }
    row[place] = 1 + svr->jitter;
    svr->y[place] = y;
    svr->c[place] = c;
    svr->eps[place] = eps;
    svr->theta[place] = 0;
    svr->h[place] = h;
    svr->side[place] = 1;
    svr->set[place] = SVR_FREE;
    svr->order[place] = place;
    svr->count++;
    return conclude(svr, svr_path_insert(svr, place));
}

/* The last place moves to `place`, whose sample is gone. */
static void fill_gap(struct svr *svr, int place)
{
    int last = svr->count - 1, inputs = svr->settings.inputs;
    long stride = svr->stride;
    if (place != last) {
        double *rows[] = {svr->y, svr->c, svr->eps, svr->theta, svr->h, svr->side};
        for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
            rows[r][place] = rows[r][last];
        svr->set[place] = svr->set[last];
        memcpy(svr->x + (long)place * inputs, svr->x + (long)last * inputs, (size_t)inputs * sizeof *svr->x);
        double diagonal = svr->kernel[last * stride + last];
        memcpy(svr->kernel + place * stride, svr->kernel + last * stride, (size_t)last * sizeof *svr->kernel);
        for (int i = 0; i < last; i++)
            svr->kernel[i * stride + place] = svr->kernel[place * stride + i];
        svr->kernel[place * stride + place] = diagonal;
        for (int k = 0; k < svr->margin_count; k++)
            svr->margin[k] = svr->margin[k] == last ? place : svr->margin[k];
        for (int k = 0; k < last; k++)
            svr->order[k] = svr->order[k] == last ? place : svr->order[k];
    }
    svr->count--;
}

int svr_forget(struct svr *svr, int age)
{
    if (age < 0 || age >= svr->count)
        return weir_error(WEIR_EINPUT, "support vector regression: no sample %d among %d to forget", age, svr->count);
    int place = svr->order[age], code = svr_path_forget(svr, place);
    memmove(svr->order + age, svr->order + age + 1, (size_t)(svr->count - age - 1) * sizeof *svr->order);
    fill_gap(svr, place);
    return conclude(svr, code);
}

int svr_reweight(struct svr *svr, const double *c, const double *eps)
{
    for (int k = 0; k < svr->count; k++)
        if (!(c[k] > 0) || !isfinite(c[k]) || !(eps[k] > 0) || !isfinite(eps[k]))
            return weir_error(WEIR_EINPUT,
                              "support vector regression: sample %d needs C (%g) above 0 and eps (%g) above 0", k, c[k],
                              eps[k]);
    if (svr->count == 0)
        return WEIR_OK;
    double *to = weir_alloc(2 * (size_t)svr->count, sizeof *to);
    for (int k = 0; k < svr->count; k++) {
        to[svr->order[k]] = c[k];
        to[svr->count + svr->order[k]] = eps[k];
    }
    int code = svr_path_reweight(svr, to, to + svr->count);
    if (code != WEIR_OK)
        for (int i = 0; i < svr->count; i++) {
            svr->c[i] = to[i];
            svr->eps[i] = to[svr->count + i];
        }
    free(to);
    return conclude(svr, code);
}

int svr_count(const struct svr *svr)
{
    return svr->count;
}

int svr_capacity(const struct svr *svr)
{
    return svr->settings.capacity;
}

double svr_bias(const struct svr *svr)
{
    return svr->bias;
}

struct svr_sample svr_sample_at(const struct svr *svr, int age)
{
    int i = svr->order[age];
    return (struct svr_sample){.x = svr->x + (long)i * svr->settings.inputs,
                               .y = svr->y[i],
                               .c = svr->c[i],
                               .eps = svr->eps[i],
                               .theta = svr->theta[i],
                               .h = svr->h[i],
                               .set = (enum svr_set)svr->set[i]};
}

struct svr_counts svr_counts_of(const struct svr *svr)
{
    return (struct svr_counts){.events = svr->events, .rebuilds = svr->rebuilds};
}
