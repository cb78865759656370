/* What the measured series say of each key: standard errors, and keys that cannot be told apart. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/analysis/fit_algebra.h"
#include "sim/analysis/fit_search.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

#define NOTICED  3.0   /* standard errors that a key must move by, alone, to be noticed */
#define SURE     2.0   /* standard errors by which a curvature must be more than chance */
#define NO_SLOPE 1e-14 /* of the greatest curvature: what is below is taken for that */

void fit_simplify(double *open, int count, int n)
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
    double curve = fit_form(slopes->curve, n, group->direction, group->direction);
    double spread = fmax(fit_form(slopes->spread, n, group->direction, group->direction), 0);
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
    return curve - by_chance / FIT_BETWEEN - SURE * error;
}

/* Whether the keys may move along an eigenvector by more than `apart`. */
static bool is_open(const struct fit_problem *problem, const struct fit_slopes *slopes, double value, double greatest,
                    const double *v)
{
    int n = problem->key_count;
    double curve = at_least(slopes, n, v, value);
    return !(curve > NO_SLOPE * greatest) || sqrt(fmax(fit_form(slopes->spread, n, v, v), 0)) / curve > problem->apart;
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
    fit_simplify(open, count, n);
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
        answer->error[k] = value[n - 1] > 0 ? fit_error(slopes, n, inverse) : INFINITY;
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
