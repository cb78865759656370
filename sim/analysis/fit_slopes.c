/* How the residuals move with the keys: slopes by differences, and what is summed of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/analysis/fit_search.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

#define DIFFERENCE 0.05 /* step to either side, in z */
#define FINEST     1e-3 /* relative error that nobody measures below */
#define STIFF      0.95 /* autocorrelation of residuals, at most */

static double z_of(const struct fit_key *key, double u)
{
    double value = fit_key_value(key, u);
    return key->min > 0 ? weir_log(value) : value / (key->max - key->min);
}

double fit_per_z(const struct fit_key *key, double u)
{
    if (key->is_log)
        return 1 / weir_log(key->max / key->min);
    return key->min > 0 ? fit_key_value(key, u) / (key->max - key->min) : 1;
}

void fit_slopes_fini(struct fit_slopes *slopes)
{
    free(slopes->residual);
    free(slopes->place);
    free(slopes->slope);
    free(slopes->score);
    free(slopes->pull);
    free(slopes->curve);
    *slopes = (struct fit_slopes){0};
}

/* How much less independent residuals say that follow each other: (1 + rho) / (1 - rho). */
static double stiffness(const double *r, int count)
{
    double sum = 0, product = 0;
    for (int i = 0; i < count; i++) {
        sum += r[i] * r[i];
        product += i ? r[i] * r[i - 1] : 0;
    }
    double rho = sum > 0 ? fmin(fmax(product / sum, 0), STIFF) : 0;
    return (1 + rho) / (1 - rho);
}

/* Mean square of the residuals of one match, but no less than that of the finest error. */
static double variance(const struct fit_problem *problem, const double *r, int count, int match)
{
    double sum = 0, weight = problem->matches[match % problem->match_count].weight;
    for (int i = 0; i < count; i++)
        sum += r[i] * r[i];
    return fmax(sum / count, FINEST * FINEST * weight / count) * stiffness(r, count);
}

static int ascending_order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What chance adds to the square of a slope: runs that differ in a key may differ in what is drawn. Of three points on
 * a line the middle one tells how far they are off it. Chance is in all rows; a few that are far off, as where
 * something ends within one window or the next, are none: the median counts, of squares of a normal variable 0.4549 of
 * their mean.
 */
static double chance(const struct fit_slopes *slopes, int key, int from, int to)
{
    const double *off = slopes->off + (size_t)key * (size_t)slopes->count;
    double *squares = weir_alloc((size_t)(to - from), sizeof *squares);
    for (int i = from; i < to; i++)
        squares[i - from] = off[i] * off[i];
    qsort(squares, (size_t)(to - from), sizeof *squares, ascending_order);
    double median = squares[(to - from) / 2];
    free(squares);
    return (to - from) * median / 0.4549;
}

/* What each residual of a match pulls at each key, summed by the time that it is of. */
static void score(const struct fit_problem *problem, struct fit_slopes *slopes, int from, int to)
{
    int n = problem->key_count, before = 0;
    for (int c = 0; c < slopes->place[from].match / problem->match_count; c++)
        before += problem->cases[c].fitted ? problem->cases[c].bins : 0;
    for (int i = from; i < to; i++)
        for (int k = 0; k < n && slopes->place[i].bin >= 0; k++)
            slopes->score[(size_t)(before + slopes->place[i].bin) * (size_t)n + (size_t)k] +=
                slopes->residual[i] * slopes->slope[(size_t)k * (size_t)slopes->count + (size_t)i];
}

/* H, without what chance adds, M, the gradient and the scores, match by match. */
static void weigh(const struct fit_problem *problem, struct fit_slopes *slopes)
{
    int n = problem->key_count;
    for (int from = 0, to; from < slopes->count && slopes->place[from].match >= 0; from = to) {
        for (to = from; to < slopes->count && slopes->place[to].match == slopes->place[from].match;)
            to++;
        slopes->rows += to - from;
        double var = variance(problem, slopes->residual + from, to - from, slopes->place[from].match);
        score(problem, slopes, from, to);
        for (int a = 0; a < n; a++) {
            const double *x = slopes->slope + (size_t)a * (size_t)slopes->count;
            double by_chance = chance(slopes, a, from, to);
            for (int i = from; i < to; i++)
                slopes->gradient[a] += x[i] * slopes->residual[i];
            slopes->chance[a] += by_chance;
            slopes->curve[a * n + a] -= by_chance;
            for (int b = 0; b < n; b++) {
                const double *y = slopes->slope + (size_t)b * (size_t)slopes->count;
                double sum = 0;
                for (int i = from; i < to; i++)
                    sum += x[i] * y[i];
                slopes->curve[a * n + b] += sum;
                slopes->spread[a * n + b] += var * sum;
                slopes->untimed[a * n + b] += slopes->place[from].bin < 0 ? var * sum : 0;
            }
        }
    }
}

/* Two points a key, to either side of u and within its range. */
static void sides(const struct fit_problem *problem, const double *u, double *points)
{
    int n = problem->key_count;
    for (int k = 0; k < n; k++) {
        const struct fit_key *key = &problem->keys[k];
        double step = DIFFERENCE * fit_per_z(key, u[k]);
        if (key->is_integer)
            step = fmax(step, 1 / (key->max - key->min));
        for (int side = 0; side < 2; side++) {
            double *point = points + (2 * k + side) * n;
            memcpy(point, u, (size_t)n * sizeof *u);
            point[k] = fmin(fmax(u[k] + (side ? step : -step), 0), 1);
        }
    }
}

/* The slope of a key between two points, and what chance may have to do with it. */
static void slope_of(struct fit_slopes *slopes, int key, const double *low, const double *high, double below,
                     double above)
{
    size_t from = (size_t)key * (size_t)slopes->count;
    double length = below + above, bent = below > 0 ? above / below : 0;
    /* Draws of their own at each point, variance s^2: 2 s^2 / length^2 in the slope, s^2 (1 + (1 + bent)^2 + bent^2)
     * off the line. Draws that drift apart with the distance: three times as much in the slope for as much off the
     * line. */
    double share = bent > 0 ? sqrt(2 * FIT_BETWEEN / (1 + (1 + bent) * (1 + bent) + bent * bent)) / length : 0;
    for (int i = 0; i < slopes->count && length > 0; i++) {
        slopes->slope[from + (size_t)i] = (high[i] - low[i]) / length;
        slopes->off[from + (size_t)i] = share * (high[i] - slopes->residual[i] - bent * (slopes->residual[i] - low[i]));
    }
}

/* The pulls of each seed by itself: by how much they differ, its run would move the keys. The runs are there. */
static int pulls(struct fit_points *points, const double *u, struct fit_slopes *slopes)
{
    struct fit_problem *problem = points->problem;
    const unsigned long long *seeds = problem->seeds;
    int n = problem->key_count, count = problem->seed_count, code = WEIR_OK;
    double *residual = weir_alloc((size_t)slopes->count, sizeof *residual), *series[FIT_CASES];
    slopes->pull = weir_alloc((size_t)count * (size_t)n, sizeof *slopes->pull);
    slopes->pull_count = count;
    problem->seed_count = 1;
    for (int s = 0; s < count && code == WEIR_OK; s++) {
        problem->seeds = seeds + s;
        code = fit_simulate(problem, u, 1, false, series, points->interrupted);
        if (code == WEIR_OK)
            fit_residuals(problem, series, residual, NULL);
        for (int k = 0; k < n && code == WEIR_OK; k++)
            for (int i = 0; i < slopes->count; i++)
                slopes->pull[s * n + k] += slopes->slope[(size_t)k * (size_t)slopes->count + (size_t)i] * residual[i];
        for (int c = 0; c < problem->case_count; c++)
            free(series[c]);
    }
    problem->seeds = seeds;
    problem->seed_count = count;
    free(residual);
    return code;
}

int fit_slopes_at(struct fit_points *points, const double *u, struct fit_slopes *slopes)
{
    struct fit_problem *problem = points->problem;
    int n = problem->key_count, cases = problem->case_count, count = fit_residual_count(problem);
    *slopes = (struct fit_slopes){.count = count};
    slopes->residual = weir_alloc((size_t)count, sizeof *slopes->residual);
    slopes->place = weir_alloc((size_t)count, sizeof *slopes->place);
    slopes->slope = weir_alloc(2 * (size_t)n * (size_t)count, sizeof *slopes->slope);
    slopes->off = slopes->slope + (size_t)n * (size_t)count;
    slopes->curve = weir_alloc(3 * (size_t)(n * n), sizeof *slopes->curve);
    slopes->spread = slopes->curve + n * n;
    slopes->untimed = slopes->spread + n * n;
    for (int c = 0; c < cases; c++)
        slopes->score_count += problem->cases[c].fitted ? problem->cases[c].bins : 0;
    slopes->score = weir_alloc((size_t)slopes->score_count * (size_t)n, sizeof *slopes->score);
    double *asked = weir_alloc(((size_t)n * 2 + 1) * (size_t)n, sizeof *asked);
    double *low = weir_alloc(2 * (size_t)count, sizeof *low), *high = low + count;
    double **series = weir_alloc(((size_t)n * 2 + 1) * (size_t)cases, sizeof *series);
    sides(problem, u, asked);
    memcpy(asked + 2 * n * n, u, (size_t)n * sizeof *u);
    int code = fit_try(points, asked, 2 * n + 1);
    if (code == WEIR_OK)
        code = fit_simulate(problem, asked, 2 * n + 1, false, series, points->interrupted);
    if (code == WEIR_OK)
        fit_residuals(problem, series + 2 * n * cases, slopes->residual, slopes->place);
    for (int k = 0; k < n && code == WEIR_OK; k++) {
        const struct fit_key *key = &problem->keys[k];
        double middle = z_of(key, u[k]), below = middle - z_of(key, asked[2 * k * n + k]),
               above = z_of(key, asked[(2 * k + 1) * n + k]) - middle;
        fit_residuals(problem, series + 2 * k * cases, low, NULL);
        fit_residuals(problem, series + (2 * k + 1) * cases, high, NULL);
        slope_of(slopes, k, low, high, below, above);
    }
    if (code == WEIR_OK)
        weigh(problem, slopes);
    if (code == WEIR_OK)
        code = pulls(points, u, slopes);
    for (int i = 0; i < (2 * n + 1) * cases; i++)
        free(series[i]);
    free(series);
    free(low);
    free(asked);
    return code;
}
