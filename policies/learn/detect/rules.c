#include "policies/learn/detect/rules.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Moments of a window: of scaled values. */
struct moments {
    int samples;
    double variance[DETECT_RULES_MOST];
    double mean[DETECT_RULES_MOST];
};

static bool complete(const double *row, int width)
{
    for (int n = 0; n < width; n++)
        if (isnan(row[n]))
            return false;
    return true;
}

static void measure(const struct detect_rules *r, const double *x, const double *scale, struct moments *m)
{
    *m = (struct moments){0};
    for (int t = 0; t < r->length; t++) {
        const double *row = x + (size_t)t * (size_t)r->width;
        if (!complete(row, r->width))
            continue;
        m->samples++;
        for (int n = 0; n < r->width; n++) {
            /* Welford's, which bears large means. */
            double away = row[n] * scale[n] - m->mean[n];
            m->mean[n] += away / m->samples;
            m->variance[n] += away * (row[n] * scale[n] - m->mean[n]);
        }
    }
    for (int n = 0; n < r->width && m->samples > 0; n++)
        m->variance[n] /= m->samples;
}

/* Correlations of all pairs a > b, added to or taken from apart[a][b]; 0 if one of the two does not change. */
static void correlate(const struct detect_rules *r, const double *x, const double *scale, const struct moments *m,
                      double sign, double apart[][DETECT_RULES_MOST])
{
    double one_over[DETECT_RULES_MOST], z[DETECT_RULES_MOST];
    for (int n = 0; n < r->width; n++)
        one_over[n] = m->variance[n] <= 1e-18 ? 0 : 1 / sqrt(m->variance[n]);
    for (int t = 0; t < r->length; t++) {
        const double *row = x + (size_t)t * (size_t)r->width;
        if (!complete(row, r->width))
            continue;
        for (int n = 0; n < r->width; n++)
            z[n] = (row[n] * scale[n] - m->mean[n]) * one_over[n];
        for (int a = 0; a < r->width; a++) {
            double share = sign * z[a] / m->samples;
            for (int b = 0; b < a && share != 0; b++)
                apart[a][b] += share * z[b];
        }
    }
}

/* One over the range of each dimension. */
static void find_scale(const struct detect_rules *r, const double *newest, const double *healthy, const double *low,
                       const double *high, double *scale)
{
    for (int n = 0; n < r->width; n++) {
        double least = INFINITY, most = -INFINITY, largest = 0;
        for (int t = 0; t < r->length; t++) {
            double h = healthy[(size_t)t * (size_t)r->width + (size_t)n];
            double s = newest[(size_t)t * (size_t)r->width + (size_t)n];
            least = fmin(least, h); /* fmin and fmax pass over NaN */
            most = fmax(most, h);
            largest = fmax(largest, fmax(fabs(h), fabs(s)));
        }
        double range = low && high ? high[n] - low[n] : most - least;
        if (!(range > 0) || isinf(range))
            range = largest > 0 ? largest : 1;
        scale[n] = 1 / range;
    }
}

enum detect_verdict detect_rules_judge(const struct detect_rules *rules, const double *newest, const double *healthy,
                                       const double *low, const double *high, struct detect_evidence *evidence)
{
    if (!rules || !newest || !healthy || rules->length < 2 || rules->width < 1 || rules->width > DETECT_RULES_MOST) {
        if (evidence)
            *evidence = (struct detect_evidence){NAN, NAN, 0};
        return DETECT_UNSURE;
    }
    double scale[DETECT_RULES_MOST], apart[DETECT_RULES_MOST][DETECT_RULES_MOST], norm2 = 0;
    struct moments now, then;
    int deviating = 0;
    find_scale(rules, newest, healthy, low, high, scale);
    measure(rules, newest, scale, &now);
    measure(rules, healthy, scale, &then);
    if (now.samples < 2 || then.samples < 2) {
        if (evidence)
            *evidence = (struct detect_evidence){NAN, NAN, now.samples};
        return DETECT_UNSURE;
    }
    for (int a = 0; a < rules->width; a++)
        memset(apart[a], 0, (size_t)rules->width * sizeof **apart);
    correlate(rules, newest, scale, &now, 1, apart);
    correlate(rules, healthy, scale, &then, -1, apart);
    for (int a = 0; a < rules->width; a++) {
        deviating += fabs(now.variance[a] - then.variance[a]) > rules->theta_v;
        for (int b = 0; b < a; b++)
            norm2 += 2 * apart[a][b] * apart[a][b]; /* (a, b) and (b, a); the diagonals are equal */
    }
    struct detect_evidence seen = {(double)deviating / rules->width, sqrt(norm2) / rules->width, now.samples};
    if (evidence)
        *evidence = seen;
    int broken = (seen.deviating >= rules->beta && deviating > 0) + (seen.correlation > rules->theta_r);
    return broken == 2 ? DETECT_ANOMALOUS : broken == 1 ? DETECT_UNSURE : DETECT_HEALTHY;
}
