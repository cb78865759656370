/* What the measured series say of each key: slopes, standard errors, and keys that cannot be told apart. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/analysis/fit_algebra.h"
#include "sim/analysis/fit_search.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

#define DIFFERENCE 0.05  /* step to either side, in z */
#define FINEST     1e-3  /* relative error that nobody measures below */
#define STIFF      0.95  /* autocorrelation of residuals, at most */
#define NOTICED    3.0   /* standard errors that a key must move by, alone, to be noticed */
#define SURE       2.0   /* standard errors by which a curvature must be more than chance */
#define BETWEEN    2.0   /* of 1 and 3, what chance may come to; see slope_of */
#define NO_SLOPE   1e-14 /* of the greatest curvature: what is below is taken for that */

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
    free(slopes->match_of);
    free(slopes->slope);
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

/* H, without what chance adds, M and the gradient, match by match. */
static void weigh(const struct fit_problem *problem, struct fit_slopes *slopes)
{
    int n = problem->key_count;
    for (int from = 0, to; from < slopes->count && slopes->match_of[from] >= 0; from = to) {
        for (to = from; to < slopes->count && slopes->match_of[to] == slopes->match_of[from];)
            to++;
        slopes->rows += to - from;
        double var = variance(problem, slopes->residual + from, to - from, slopes->match_of[from]);
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
    double share = bent > 0 ? sqrt(2 * BETWEEN / (1 + (1 + bent) * (1 + bent) + bent * bent)) / length : 0;
    for (int i = 0; i < slopes->count && length > 0; i++) {
        slopes->slope[from + (size_t)i] = (high[i] - low[i]) / length;
        slopes->off[from + (size_t)i] = share * (high[i] - slopes->residual[i] - bent * (slopes->residual[i] - low[i]));
    }
}

int fit_slopes_at(struct fit_points *points, const double *u, struct fit_slopes *slopes)
{
    struct fit_problem *problem = points->problem;
    int n = problem->key_count, cases = problem->case_count, count = fit_residual_count(problem);
    *slopes = (struct fit_slopes){.count = count};
    slopes->residual = weir_alloc((size_t)count, sizeof *slopes->residual);
    slopes->match_of = weir_alloc((size_t)count, sizeof *slopes->match_of);
    slopes->slope = weir_alloc(2 * (size_t)n * (size_t)count, sizeof *slopes->slope);
    slopes->off = slopes->slope + (size_t)n * (size_t)count;
    slopes->curve = weir_alloc(2 * (size_t)(n * n), sizeof *slopes->curve);
    slopes->spread = slopes->curve + n * n;
    double *asked = weir_alloc(((size_t)n * 2 + 1) * (size_t)n, sizeof *asked);
    double *low = weir_alloc(2 * (size_t)count, sizeof *low), *high = low + count;
    double **series = weir_alloc(((size_t)n * 2 + 1) * (size_t)cases, sizeof *series);
    sides(problem, u, asked);
    memcpy(asked + 2 * n * n, u, (size_t)n * sizeof *u);
    int code = fit_try(points, asked, 2 * n + 1);
    if (code == WEIR_OK)
        code = fit_simulate(problem, asked, 2 * n + 1, false, series, points->interrupted);
    if (code == WEIR_OK)
        fit_residuals(problem, series + 2 * n * cases, slopes->residual, slopes->match_of);
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
    for (int i = 0; i < (2 * n + 1) * cases; i++)
        free(series[i]);
    free(series);
    free(low);
    free(asked);
    return code;
}

/* x' matrix y */
static double form(const double *matrix, int n, const double *x, const double *y)
{
    double sum = 0;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++)
            sum += x[a] * matrix[a * n + b] * y[b];
    return sum;
}

/* The directions that are open, so combined that each moves as few keys as it can: each has a key of its own, which no
 * other moves. */
static void simplify(double *open, int count, int n)
{
    for (int d = 0; d < count; d++) {
        int pivot = 0;
        for (int k = 1; k < n; k++)
            if (fabs(open[d * n + k]) > fabs(open[d * n + pivot]))
                pivot = k;
        double by = open[d * n + pivot];
        for (int k = 0; k < n; k++)
            open[d * n + k] /= by;
        for (int other = 0; other < count; other++) {
            double share = other == d ? 0 : open[other * n + pivot];
            for (int k = 0; k < n; k++)
                open[other * n + k] -= share * open[d * n + k];
        }
    }
}

/* The keys of a direction: those whose part in a step of `apart`, alone, would be noticed; else the one that moves
 * most. */
static void name_keys(const struct fit_problem *problem, const struct fit_slopes *slopes, double greatest,
                      const double *direction, struct fit_group *group)
{
    int n = problem->key_count, most = 0;
    double largest = 0;
    for (int k = 0; k < n; k++)
        if (fabs(direction[k]) > fabs(direction[most]))
            most = k;
    largest = direction[most];
    *group = (struct fit_group){.tried = {NAN, NAN}};
    for (int k = 0; k < n; k++) {
        double curve = slopes->curve[k * n + k], alone = sqrt(fmax(slopes->spread[k * n + k], 0)) / curve;
        group->direction[k] = direction[k] / largest;
        if (k == most || (curve > 0 && problem->apart * fabs(group->direction[k]) > NOTICED * alone))
            group->keys[group->count++] = k;
        else
            group->direction[k] = 0;
    }
    double curve = form(slopes->curve, n, group->direction, group->direction);
    double spread = fmax(form(slopes->spread, n, group->direction, group->direction), 0);
    group->open = curve > NO_SLOPE * greatest ? fmax(sqrt(spread) / curve, problem->apart) : INFINITY;
}

/* A group that shares a key with one before it goes into that one. */
static void add_group(struct fit_answer *answer, const struct fit_group *group)
{
    for (int g = 0; g < answer->group_count; g++) {
        struct fit_group *other = &answer->groups[g];
        bool shared = false;
        for (int k = 0; k < group->count; k++)
            for (int o = 0; o < other->count; o++)
                shared |= group->keys[k] == other->keys[o];
        for (int k = 0; shared && k < group->count; k++) {
            bool there = false;
            for (int o = 0; o < other->count; o++)
                there |= group->keys[k] == other->keys[o];
            if (!there)
                other->keys[other->count++] = group->keys[k];
        }
        if (shared)
            return;
    }
    answer->groups[answer->group_count++] = *group;
}

/* A curvature along a direction as it is at least, given what chance may have done to it. */
static double at_least(const struct fit_slopes *slopes, int n, const double *direction, double curve)
{
    double by_chance = 0;
    for (int k = 0; k < n; k++)
        by_chance += direction[k] * direction[k] * slopes->chance[k];
    double error = sqrt((2 * by_chance * by_chance + 4 * fmax(curve, 0) * by_chance) / slopes->rows);
    return curve - by_chance / BETWEEN - SURE * error;
}

/* Whether the keys may move along an eigenvector by more than `apart`. */
static bool is_open(const struct fit_problem *problem, const struct fit_slopes *slopes, double value, double greatest,
                    const double *v)
{
    int n = problem->key_count;
    double curve = at_least(slopes, n, v, value);
    return !(curve > NO_SLOPE * greatest) || sqrt(fmax(form(slopes->spread, n, v, v), 0)) / curve > problem->apart;
}

static void find_groups(const struct fit_problem *problem, const struct fit_slopes *slopes, const double *value,
                        const double *vector, struct fit_answer *answer)
{
    int n = problem->key_count, count = 0;
    double open[FIT_KEYS * FIT_KEYS];
    for (int e = 0; e < n; e++) {
        const double *v = vector + e * n;
        if (is_open(problem, slopes, value[e], value[n - 1], v))
            memcpy(open + count++ * n, v, (size_t)n * sizeof *open);
    }
    simplify(open, count, n);
    for (int d = 0; d < count; d++) {
        struct fit_group group;
        name_keys(problem, slopes, value[n - 1], open + d * n, &group);
        add_group(answer, &group);
    }
}

/* Runs a step of `apart` to either side along each direction. */
static int try_groups(struct fit_points *points, struct fit_answer *answer)
{
    const struct fit_problem *problem = points->problem;
    int n = problem->key_count, code;
    double *asked = weir_alloc(2 * (size_t)(answer->group_count * n) + 1, sizeof *asked);
    for (int g = 0; g < answer->group_count; g++)
        for (int side = 0; side < 2; side++)
            for (int k = 0; k < n; k++) {
                double step = (side ? 1 : -1) * problem->apart * answer->groups[g].direction[k];
                asked[(2 * g + side) * n + k] =
                    fmin(fmax(answer->u[k] + step * fit_per_z(&problem->keys[k], answer->u[k]), 0), 1);
            }
    code = fit_try(points, asked, 2 * answer->group_count);
    for (int g = 0; g < answer->group_count && code == WEIR_OK; g++)
        for (int side = 0; side < 2; side++)
            fit_known(points, asked + (2 * g + side) * n, &answer->groups[g].tried[side]);
    free(asked);
    return code;
}

void fit_groups(const struct fit_points *points, const struct fit_slopes *slopes, struct fit_answer *answer)
{
    const struct fit_problem *problem = points->problem;
    int n = problem->key_count;
    double curve[FIT_KEYS * FIT_KEYS], value[FIT_KEYS], vector[FIT_KEYS * FIT_KEYS];
    memcpy(curve, slopes->curve, (size_t)(n * n) * sizeof *curve);
    fit_eigen(curve, n, value, vector);
    for (int k = 0; k < n; k++) { /* row k of the inverse of H where it is not open, times M, times itself */
        double inverse[FIT_KEYS] = {0};
        for (int e = 0; e < n; e++)
            for (int j = 0; j < n && !is_open(problem, slopes, value[e], value[n - 1], vector + e * n); j++)
                inverse[j] += vector[e * n + k] * vector[e * n + j] / value[e];
        answer->error[k] = value[n - 1] > 0 ? sqrt(fmax(form(slopes->spread, n, inverse, inverse), 0)) : INFINITY;
    }
    find_groups(problem, slopes, value, vector, answer);
    for (int g = 0; g < answer->group_count; g++) {
        const struct fit_group *group = &answer->groups[g];
        for (int k = 0; k < group->count; k++)
            answer->error[group->keys[k]] = fmax(answer->error[group->keys[k]], group->open);
    }
}

int fit_tell(struct fit_points *points, const struct fit_slopes *slopes, struct fit_answer *answer)
{
    fit_groups(points, slopes, answer);
    return try_groups(points, answer);
}
