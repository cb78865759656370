#include "policies/learn/forecast/prophet_map.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/real.h"

#define SLOPE_DEVIATION  5.0
#define SEASON_DEVIATION 10.0
#define SIGMA_DEVIATION  0.5
#define HISTORY          0.8 /* the part of the series where the slope may change */
#define SWEEPS           2000
#define ROUNDS           200
#define LEAST_VARIANCE   1e-10 /* of the scaled series: a perfect fit ends somewhere */

/* What the solver works on: normal equations and penalties of each term. */
struct problem {
    size_t n, p;
    const double *z;
    double *x;             /* [n][p] */
    double *gram, *right;  /* [p][p], [p] */
    double *ridge, *lasso; /* [p]: of the squares, of the absolute values */
    double *slope;         /* [p]: gram times weights */
};

/* The terms of one step. */
static void design(const struct prophet_map *map, double step, double *row)
{
    double time = map->count > 1 ? step / (double)(map->count - 1) : 0;
    *row++ = time;
    *row++ = 1;
    for (size_t j = 0; j < map->changes; j++)
        *row++ = fmax(0, time - map->places[j]);
    for (size_t s = 0; s < map->season_count; s++) {
        for (int i = 1; i <= map->seasons[s].order; i++) {
            double angle = 2 * M_PI * i * step / map->seasons[s].period;
            *row++ = weir_sin(angle);
            *row++ = weir_cos(angle);
        }
    }
}

static void set_up(struct problem *problem, const struct prophet_map *map, const double *z, double tau)
{
    size_t n = map->count, p = map->terms;
    *problem = (struct problem){
        .n = n,
        .p = p,
        .z = z,
        .x = weir_alloc(n * p, sizeof(double)),
        .gram = weir_alloc(p * p, sizeof(double)),
        .right = weir_alloc(p, sizeof(double)),
        .ridge = weir_alloc(p, sizeof(double)),
        .lasso = weir_alloc(p, sizeof(double)),
        .slope = weir_alloc(p, sizeof(double)),
    };
    for (size_t t = 0; t < n; t++) {
        double *row = problem->x + t * p;
        design(map, (double)t, row);
        for (size_t a = 0; a < p; a++) {
            for (size_t b = 0; b <= a; b++)
                problem->gram[a * p + b] += row[a] * row[b];
            problem->right[a] += row[a] * z[t];
        }
    }
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < a; b++)
            problem->gram[b * p + a] = problem->gram[a * p + b];
    for (size_t j = 0; j < p; j++) {
        if (j < 2)
            problem->ridge[j] = 1 / (SLOPE_DEVIATION * SLOPE_DEVIATION);
        else if (j < 2 + map->changes)
            problem->lasso[j] = 1 / tau;
        else
            problem->ridge[j] = 1 / (SEASON_DEVIATION * SEASON_DEVIATION);
    }
}

static void tear_down(struct problem *problem)
{
    free(problem->x);
    free(problem->gram);
    free(problem->right);
    free(problem->ridge);
    free(problem->lasso);
    free(problem->slope);
}

static double squared_errors(const struct problem *problem, const double *weights)
{
    double sum = 0;
    for (size_t t = 0; t < problem->n; t++) {
        double error = problem->z[t];
        for (size_t j = 0; j < problem->p; j++)
            error -= problem->x[t * problem->p + j] * weights[j];
        sum += error * error;
    }
    return sum;
}

static double objective(const struct problem *problem, const double *weights, double variance, double square)
{
    double value = 0.5 * (double)problem->n * weir_log(variance) + square / (2 * variance) +
                   variance / (2 * SIGMA_DEVIATION * SIGMA_DEVIATION);
    for (size_t j = 0; j < problem->p; j++)
        value += 0.5 * problem->ridge[j] * weights[j] * weights[j] + problem->lasso[j] * fabs(weights[j]);
    return value;
}

static void renew_slope(struct problem *problem, const double *weights)
{
    for (size_t j = 0; j < problem->p; j++) {
        problem->slope[j] = 0;
        for (size_t k = 0; k < problem->p; k++)
            problem->slope[j] += problem->gram[j * problem->p + k] * weights[k];
    }
}

/* Each weight in turn to its minimum; returns the largest change, in units of the series. */
static double sweep(struct problem *problem, double *weights, double variance)
{
    size_t p = problem->p;
    double largest = 0;
    for (size_t j = 0; j < p; j++) {
        double diagonal = problem->gram[j * p + j], soft = problem->lasso[j] * variance;
        double pull = problem->right[j] - problem->slope[j] + diagonal * weights[j];
        double next = copysign(fmax(fabs(pull) - soft, 0), pull) / (diagonal + problem->ridge[j] * variance);
        double change = next - weights[j];
        if (!(fabs(change) > 0) || !isfinite(next))
            continue;
        for (size_t k = 0; k < p; k++)
            problem->slope[k] += change * problem->gram[j * p + k];
        weights[j] = next;
        largest = fmax(largest, fabs(change) * sqrt(diagonal));
    }
    return largest;
}

/* The minimum with the `count` terms in use and their signs: a linear system. False if it has no solution. */
static bool solve(const struct problem *problem, const double *weights, double variance, const size_t *used,
                  size_t count, double *solution)
{
    gsl_matrix *matrix = gsl_matrix_alloc(count, count);
    gsl_vector_view right = gsl_vector_view_array(solution, count);
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    for (size_t a = 0; a < count; a++) {
        size_t j = used[a];
        for (size_t b = 0; b < count; b++)
            gsl_matrix_set(matrix, a, b, problem->gram[j * problem->p + used[b]]);
        *gsl_matrix_ptr(matrix, a, a) += problem->ridge[j] * variance + 1e-14;
        solution[a] = problem->right[j] - (weights[j] < 0 ? -1 : 1) * problem->lasso[j] * variance;
    }
    bool solved = gsl_linalg_cholesky_decomp1(matrix) == 0 && gsl_linalg_cholesky_svx(matrix, &right.vector) == 0;
    for (size_t a = 0; a < count && solved; a++)
        solved = isfinite(solution[a]);
    gsl_set_error_handler(handler);
    gsl_matrix_free(matrix);
    return solved;
}

/* To the minimum with the terms in use: straight there, or until the first of them changes its sign, which then drops
 * out, and on from there. On the way the objective falls, since signs stay. */
static void jump(struct problem *problem, double *weights, double variance)
{
    size_t p = problem->p, *used = weir_alloc(p, sizeof *used);
    double *solution = weir_alloc(p, sizeof *solution), way = 0;
    while (way < 1) {
        size_t count = 0, first = p;
        for (size_t j = 0; j < p; j++)
            if (weights[j] != 0 || problem->lasso[j] == 0)
                used[count++] = j;
        if (!solve(problem, weights, variance, used, count, solution))
            break;
        way = 1;
        for (size_t a = 0; a < count; a++) {
            double from = weights[used[a]], share = from / (from - solution[a]);
            if (problem->lasso[used[a]] > 0 && from * solution[a] <= 0 && share < way) {
                way = share;
                first = used[a];
            }
        }
        for (size_t a = 0; a < count; a++)
            weights[used[a]] += way * (solution[a] - weights[used[a]]);
        if (first < p)
            weights[first] = 0;
    }
    renew_slope(problem, weights);
    free(used);
    free(solution);
}

/* By turns: the weights for the variance, the variance for the weights. */
static void alternate(struct problem *problem, struct prophet_map *map)
{
    double n = (double)problem->n, q = 1 / (SIGMA_DEVIATION * SIGMA_DEVIATION);
    double square = squared_errors(problem, map->weights), variance = fmax(1e-8, square / n);
    double before = objective(problem, map->weights, variance, square);
    for (map->rounds = 1; map->rounds <= ROUNDS; map->rounds++) {
        renew_slope(problem, map->weights);
        for (int i = 0; i < SWEEPS; i++) {
            double change = sweep(problem, map->weights, variance);
            if (i % 10 == 9)
                jump(problem, map->weights, variance);
            if (change < 1e-9)
                break;
        }
        square = squared_errors(problem, map->weights);
        /* (-n + sqrt(n^2 + 4 q SSE)) / (2 q), written so that a small SSE keeps its digits */
        variance = fmax(2 * square / (n + sqrt(n * n + 4 * q * square)), LEAST_VARIANCE);
        map->objective = objective(problem, map->weights, variance, square);
        if (before - map->objective < 1e-11 * (1 + fabs(map->objective)))
            break;
        before = map->objective;
    }
    map->sigma = sqrt(variance);
}

/* Starts from ridge regression without changes of slope. */
static void begin(struct problem *problem, struct prophet_map *map)
{
    size_t p = problem->p;
    gsl_matrix *matrix = gsl_matrix_alloc(p, p);
    gsl_vector_view right = gsl_vector_view_array(map->weights, p);
    memcpy(map->weights, problem->right, p * sizeof *map->weights);
    memcpy(matrix->data, problem->gram, p * p * sizeof *matrix->data);
    for (size_t j = 0; j < p; j++)
        *gsl_matrix_ptr(matrix, j, j) += 1e-3;
    gsl_linalg_cholesky_decomp1(matrix);
    gsl_linalg_cholesky_svx(matrix, &right.vector);
    memset(map->weights + 2, 0, map->changes * sizeof *map->weights);
    gsl_matrix_free(matrix);
}

static void place_changes(struct prophet_map *map, size_t changes)
{
    size_t history = (size_t)floor(HISTORY * (double)map->count);
    map->changes = history < 2 ? 0 : changes < history - 1 ? changes : history - 1;
    map->places = weir_alloc(map->changes, sizeof *map->places);
    for (size_t j = 0; j < map->changes; j++) {
        double step = (double)(history - 1) * (double)(j + 1) / (double)map->changes;
        map->places[j] = nearbyint(step) / (double)(map->count - 1);
    }
}

void prophet_map_fit(struct prophet_map *map, const double *values, size_t count, size_t changes, double tau,
                     const struct prophet_season *seasons, size_t season_count)
{
    struct problem problem;
    double *z = weir_alloc(count, sizeof *z);
    prophet_map_fini(map);
    map->count = count;
    for (size_t t = 0; t < count; t++)
        map->scale = fmax(map->scale, fabs(values[t]));
    if (map->scale == 0)
        map->scale = 1;
    for (size_t t = 0; t < count; t++)
        z[t] = values[t] / map->scale;
    place_changes(map, changes);
    map->terms = 2 + map->changes;
    for (size_t s = 0; s < season_count; s++) {
        if ((double)(count - 1) < 2 * seasons[s].period || seasons[s].order < 1)
            continue;
        map->seasons[map->season_count++] = seasons[s];
        map->terms += 2 * (size_t)seasons[s].order;
    }
    map->weights = weir_alloc(map->terms, sizeof *map->weights);
    set_up(&problem, map, z, tau);
    begin(&problem, map);
    alternate(&problem, map);
    tear_down(&problem);
    free(z);
}

double prophet_map_at(const struct prophet_map *map, double step)
{
    double *row = weir_alloc(map->terms, sizeof *row), sum = 0;
    design(map, step, row);
    for (size_t j = 0; j < map->terms; j++)
        sum += row[j] * map->weights[j];
    free(row);
    return map->scale * sum;
}

void prophet_map_fini(struct prophet_map *map)
{
    free(map->places);
    free(map->weights);
    *map = (struct prophet_map){0};
}
