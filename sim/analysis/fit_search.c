/* The search: points spread over the ranges, two walks from the best of them, then steps of Gauss and Newton. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/analysis/fit_algebra.h"
#include "sim/analysis/fit_search.h"
#include "sim/analysis/fit_walk.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

#define SPREAD_SHARE 0.2  /* of the budget, for points all over the ranges */
#define FINE_SHARE   0.5  /* of the budget, at most, for the last stage */
#define AWAY         0.25 /* of a range, at least, between the starts of the two walks */
#define STEP         0.1  /* of a range: the walks' first moves */
#define CLOSE        2e-3 /* of a range: where they end */
#define FLAT         1e-6 /* of the greatest curvature: directions in which no step is taken */
#define LONGEST      0.5  /* step of a key, in its z */
#define GAIN         1e-3 /* of the loss: less is no step worth another */

enum { WALKS = 2, POLISHES = 4, TRIALS = 3 };

static int width(const struct fit_points *points)
{
    return points->problem->key_count + 1;
}

static const double *row(const struct fit_points *points, int i)
{
    return points->rows + (size_t)i * (size_t)width(points);
}

bool fit_known(const struct fit_points *points, const double *u, double *loss)
{
    int n = points->problem->key_count;
    for (int i = points->from; i < points->count; i++) {
        if (memcmp(row(points, i), u, (size_t)n * sizeof *u) == 0) {
            *loss = row(points, i)[n];
            return true;
        }
    }
    return false;
}

static bool known(void *context, const double *u, double *value)
{
    return fit_known(context, u, value);
}

static void keep(struct fit_points *points, const double *u, double loss)
{
    size_t w = (size_t)width(points), at = (size_t)points->count * w;
    points->rows = weir_grow(points->rows, at + w, &points->capacity, sizeof *points->rows);
    memcpy(points->rows + at, u, (w - 1) * sizeof *u);
    points->rows[at + w - 1] = loss;
    points->count++;
}

int fit_try(struct fit_points *points, const double *u, int count)
{
    struct fit_problem *problem = points->problem;
    int n = problem->key_count, cases = problem->case_count, wanted = 0;
    double *fresh = weir_alloc((size_t)count * (size_t)n, sizeof *fresh), loss;
    for (int i = 0; i < count; i++)
        if (!fit_known(points, u + i * n, &loss))
            memcpy(fresh + wanted++ * n, u + i * n, (size_t)n * sizeof *u);
    double **series = weir_alloc((size_t)wanted * (size_t)cases, sizeof *series);
    int code = wanted ? fit_simulate(problem, fresh, wanted, false, series, points->interrupted) : WEIR_OK;
    for (int i = 0; i < wanted && code == WEIR_OK; i++)
        if (!fit_known(points, fresh + i * n, &loss))
            keep(points, fresh + i * n, fit_loss(problem, series + (size_t)i * (size_t)cases));
    for (int i = 0; i < wanted * cases; i++)
        free(series[i]);
    free(series);
    free(fresh);
    return code;
}

static int best_of(const struct fit_points *points)
{
    int n = points->problem->key_count, best = points->from;
    for (int i = best + 1; i < points->count; i++)
        if (row(points, i)[n] < row(points, best)[n])
            best = i;
    return best;
}

/* The best that is away from `from` in some key; -1 if there is none. */
static int best_away(const struct fit_points *points, const double *from)
{
    int n = points->problem->key_count, best = -1;
    for (int i = 0; i < points->count; i++) {
        double away = 0;
        for (int k = 0; k < n; k++)
            away = fmax(away, fabs(row(points, i)[k] - from[k]));
        if (away >= AWAY && (best < 0 || row(points, i)[n] < row(points, best)[n]))
            best = i;
    }
    return best;
}

/* The sequence R_n of Roberts: i x (g^-1, g^-2, ...) mod 1, with g^(n+1) = g + 1, from the middle on. */
static int spread(struct fit_points *points, int count)
{
    int n = points->problem->key_count;
    double g = 2, *u = weir_alloc((size_t)count * (size_t)n, sizeof *u);
    for (int i = 0; i < 60; i++)
        g = weir_pow(1 + g, 1.0 / (n + 1));
    for (int i = 0; i < count; i++) {
        double power = 1;
        for (int k = 0; k < n; k++) {
            power /= g;
            u[i * n + k] = fmod(0.5 + i * power, 1);
        }
    }
    int code = fit_try(points, u, count);
    free(u);
    return code;
}

/* Both walks, a step of each at a time. */
static int walk(struct fit_points *points, int at_most, double *other_loss)
{
    int n = points->problem->key_count, code = WEIR_OK, walks = 1;
    double starts[WALKS][FIT_KEYS], asked[WALKS * FIT_KEYS], end[FIT_KEYS];
    memcpy(starts[0], row(points, best_of(points)), (size_t)n * sizeof **starts);
    int away = best_away(points, starts[0]);
    if (away >= 0)
        memcpy(starts[walks++], row(points, away), (size_t)n * sizeof **starts);
    double least[WALKS] = {INFINITY, INFINITY};
    bool going[WALKS] = {true, walks > 1};
    while (code == WEIR_OK && (going[0] || going[1])) {
        int count = 0, of[WALKS];
        for (int w = 0; w < walks; w++) {
            const struct fit_walk one = {n, starts[w], STEP, CLOSE, at_most / walks, known, points};
            going[w] = going[w] && fit_walk_next(&one, asked + count * n);
            if (going[w])
                of[count++] = w;
        }
        code = fit_try(points, asked, count);
        for (int i = 0; i < count && code == WEIR_OK; i++) {
            double loss = INFINITY;
            memcpy(end, asked + i * n, (size_t)n * sizeof *end);
            fit_known(points, end, &loss);
            least[of[i]] = fmin(least[of[i]], loss);
        }
    }
    *other_loss = walks > 1 ? fmax(least[0], least[1]) : NAN;
    return code;
}

/* The step to where the squares would be least if all were linear. */
static void newton(const struct fit_slopes *slopes, int n, double *step)
{
    double curve[FIT_KEYS * FIT_KEYS], value[FIT_KEYS], vector[FIT_KEYS * FIT_KEYS];
    memcpy(curve, slopes->curve, (size_t)(n * n) * sizeof *curve);
    fit_eigen(curve, n, value, vector);
    memset(step, 0, (size_t)n * sizeof *step);
    for (int e = 0; e < n; e++) {
        double along = 0;
        if (!(value[e] > FLAT * value[n - 1]))
            continue;
        for (int k = 0; k < n; k++)
            along += vector[e * n + k] * slopes->gradient[k];
        for (int k = 0; k < n; k++)
            step[k] -= vector[e * n + k] * along / value[e];
    }
    for (int k = 0; k < n; k++)
        step[k] = fmin(fmax(step[k], -LONGEST), LONGEST);
}

/* Runs of a case so far. */
static int spent(const struct fit_points *points)
{
    return points->spent + (points->count - points->from) * points->problem->seed_count;
}

/* Steps from the best point until they gain nothing or so many runs of a case are made; the slopes there. */
static int polish(struct fit_points *points, int runs, struct fit_slopes *slopes)
{
    const struct fit_problem *problem = points->problem;
    int n = problem->key_count, code = WEIR_OK, step_runs = (TRIALS + 2 * n) * problem->seed_count;
    for (int p = 0;; p++) {
        double at[FIT_KEYS], step[FIT_KEYS], tried[TRIALS * FIT_KEYS];
        int best = best_of(points);
        double before = row(points, best)[n];
        memcpy(at, row(points, best), (size_t)n * sizeof *at);
        code = fit_slopes_at(points, at, slopes);
        if (code != WEIR_OK || p == POLISHES || before <= 0 || spent(points) + step_runs > runs)
            return code;
        newton(slopes, n, step);
        double share = 1;
        for (int t = 0; t < TRIALS; t++, share /= 2)
            for (int k = 0; k < n; k++)
                tried[t * n + k] = fmin(fmax(at[k] + share * step[k] * fit_per_z(&problem->keys[k], at[k]), 0), 1);
        code = fit_try(points, tried, TRIALS);
        if (code != WEIR_OK)
            return code;
        int now = best_of(points);
        if (now == best)
            return WEIR_OK;
        if (row(points, now)[n] > (1 - GAIN) * before && p > 0)
            p = POLISHES - 1; /* the slopes there, and that is all */
        fit_slopes_fini(slopes);
    }
}

/* Runs of a case that the last stage takes at least, for each seed: slopes at two points, a step between them, and
 * tries of what cannot be told apart. */
static int least_fine(int n)
{
    return 2 * (2 * n + 1) + TRIALS + 2 * n;
}

/* How many seeds the last stage has: those that were given, or more of them if the budget, of a case, bears it. */
static int fine_seeds(const struct fit_problem *problem, int budget)
{
    int seeds = problem->seed_count;
    for (int more = FIT_SEEDS; more > seeds; more--)
        if (least_fine(problem->key_count) * more + 1 <= FINE_SHARE * budget)
            return more;
    return seeds;
}

/* Whether runs of the best point by another seed differ. */
static int is_by_chance(struct fit_points *points, unsigned long long seed, bool *differs)
{
    struct fit_problem *problem = points->problem;
    const unsigned long long *seeds = problem->seeds, *one_of[2] = {seeds, &seed};
    int count = problem->seed_count, residuals = fit_residual_count(problem), code = WEIR_OK;
    double *residual = weir_alloc(2 * (size_t)residuals, sizeof *residual), *series[FIT_CASES];
    problem->seed_count = 1;
    for (int i = 0; i < 2 && code == WEIR_OK; i++) {
        problem->seeds = one_of[i];
        code = fit_simulate(problem, row(points, best_of(points)), 1, false, series, points->interrupted);
        if (code == WEIR_OK)
            fit_residuals(problem, series, residual + (size_t)i * (size_t)residuals, NULL);
        for (int c = 0; c < problem->case_count; c++)
            free(series[c]);
    }
    *differs = memcmp(residual, residual + residuals, (size_t)residuals * sizeof *residual) != 0;
    problem->seeds = seeds;
    problem->seed_count = count;
    free(residual);
    return code;
}

/* Goes on from the best point with so many seeds: those that were given, and the next ones behind the greatest. */
static int refine(struct fit_points *points, int seeds)
{
    struct fit_problem *problem = points->problem;
    double at[FIT_KEYS];
    memcpy(at, row(points, best_of(points)), (size_t)problem->key_count * sizeof *at);
    points->spent = spent(points);
    points->from = points->count;
    problem->seeds = problem->more_seeds;
    problem->seed_count = seeds;
    return fit_try(points, at, 1);
}

static void name_seeds(struct fit_problem *problem)
{
    unsigned long long next = 0;
    for (int s = 0; s < FIT_SEEDS && s < problem->seed_count; s++) {
        problem->more_seeds[s] = problem->seeds[s];
        next = problem->seeds[s] >= next ? problem->seeds[s] + 1 : next;
    }
    for (int s = problem->seed_count; s < FIT_SEEDS; s++)
        problem->more_seeds[s] = next++;
}

/* The last stage; it may take so many runs of a case in all. */
static int finish(struct fit_points *points, int seeds, int budget, struct fit_slopes *slopes)
{
    struct fit_problem *problem = points->problem;
    int n = problem->key_count, code = WEIR_OK;
    bool differs = false;
    name_seeds(problem);
    if (seeds > problem->seed_count)
        code = is_by_chance(points, problem->more_seeds[problem->seed_count], &differs);
    if (code == WEIR_OK && differs) {
        code = polish(points, budget - least_fine(n) * seeds - 1, slopes);
        fit_slopes_fini(slopes);
        if (code == WEIR_OK)
            code = refine(points, seeds);
    }
    return code == WEIR_OK ? polish(points, budget - 2 * n * problem->seed_count, slopes) : code;
}

static int search(struct fit_points *points, struct fit_answer *answer)
{
    struct fit_problem *problem = points->problem;
    int n = problem->key_count, fitted = 0, given = problem->seed_count, code;
    for (int c = 0; c < problem->case_count; c++)
        fitted += problem->cases[c].fitted;
    int budget = problem->budget / fitted, seeds = fine_seeds(problem, budget);
    int first = (int)(SPREAD_SHARE * budget / given), coarse = (2 * n + 1 + TRIALS) * (seeds > given);
    int last = least_fine(n) * seeds / given + 1 + coarse;
    if (budget / given < least_fine(n) + 4 * n + 2)
        return weir_error(WEIR_EUSAGE,
                          "--budget: %d runs are too few for %d key%s, %d file%s and %d seed%s; give %d at least, and "
                          "better twice as many",
                          problem->budget, n, n == 1 ? "" : "s", fitted, fitted == 1 ? "" : "s", given,
                          given == 1 ? "" : "s", (least_fine(n) + 4 * n + 2) * fitted * given);
    struct fit_slopes slopes = {0};
    answer->coarse_seeds = given;
    code = spread(points, first);
    if (code == WEIR_OK)
        code = walk(points, budget / given - first - last, &answer->other_loss);
    if (code == WEIR_OK)
        code = finish(points, seeds, budget, &slopes);
    if (code == WEIR_OK) {
        memcpy(answer->u, row(points, best_of(points)), (size_t)n * sizeof *answer->u);
        answer->fine_from = points->from;
        code = fit_tell(points, &slopes, answer);
    }
    fit_slopes_fini(&slopes);
    return code;
}

static void conclude(const struct fit_points *points, struct fit_answer *answer)
{
    const struct fit_problem *problem = points->problem;
    double weights = 0, squares = 0;
    fit_known(points, answer->u, &answer->loss);
    for (int c = 0; c < problem->case_count; c++) {
        for (int m = 0; m < problem->match_count && problem->cases[c].fitted; m++) {
            struct fit_agreement a;
            fit_agree(problem, &problem->cases[c], m, answer->series[c], &a);
            weights += problem->matches[m].weight;
            squares += problem->matches[m].weight * a.misfit * a.misfit;
        }
    }
    answer->misfit = sqrt(squares / weights);
    for (int k = 0; k < problem->key_count; k++) {
        answer->value[k] = fit_key_value(&problem->keys[k], answer->u[k]);
        answer->at_bound[k] = answer->u[k] < CLOSE ? -1 : answer->u[k] > 1 - CLOSE;
    }
    answer->runs = problem->runs_made;
}

int fit_search(struct fit_problem *problem, struct fit_answer *answer, bool *interrupted)
{
    struct fit_points points = {.problem = problem, .interrupted = interrupted};
    *answer = (struct fit_answer){0};
    int code = search(&points, answer);
    if (code == WEIR_OK) {
        answer->series = weir_alloc((size_t)problem->case_count, sizeof *answer->series);
        code = fit_simulate(problem, answer->u, 1, true, answer->series, interrupted);
    }
    if (code == WEIR_OK)
        conclude(&points, answer);
    answer->evaluated = points.rows;
    answer->evaluated_count = points.count;
    return code;
}

void fit_answer_fini(const struct fit_problem *problem, struct fit_answer *answer)
{
    for (int c = 0; answer->series && c < problem->case_count; c++)
        free(answer->series[c]);
    free(answer->series);
    free(answer->evaluated);
    *answer = (struct fit_answer){0};
}
