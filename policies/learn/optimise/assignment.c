#include "policies/learn/optimise/assignment.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policies/learn/given.h"
#include "policies/learn/optimise/flat.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

double assignment_revenue(double use, double u_opt, double sigma)
{
    return weir_exp(-(use - u_opt) * (use - u_opt) / (2 * sigma * sigma)); /* eq. 1 */
}

static int check_settings(const struct assignment_problem *p, const struct assignment_settings *s)
{
    if (p->servers < 1 || p->regions < 1 || p->categories < 1 ||
        (double)p->servers * p->regions * p->categories > INT_MAX)
        return weir_error(WEIR_EINPUT,
                          "assignment: %d servers x %d regions x %d categories; each must be at least 1, and their "
                          "product below 2^31",
                          p->servers, p->regions, p->categories);
    if (!(p->u_opt > 0 && p->u_opt <= 1) || !(p->sigma > 0) || isinf(p->sigma))
        return weir_error(WEIR_EINPUT, "assignment: u_opt %g must be above 0 and at most 1, sigma %g above 0", p->u_opt,
                          p->sigma);
    if (s->segments < 1 || s->segments > 64 || s->block < 2 || s->nodes < 1 || !(s->gap >= 0) ||
        !(s->time_limit_s >= 0))
        return weir_error(WEIR_EINPUT,
                          "assignment: %d segments (1 to 64), blocks of %d (at least 2), %d nodes (at least 1), gap %g "
                          "and time limit %g s (not negative)",
                          s->segments, s->block, s->nodes, s->gap, s->time_limit_s);
    return WEIR_OK;
}

static int check(const struct assignment_problem *p, const struct assignment_settings *s)
{
    int code = check_settings(p, s);
    if (code)
        return code;
    size_t categories = (size_t)p->categories, pairs = (size_t)p->regions * categories;
    for (int e = 0; e < p->servers; e++)
        if (!(p->bandwidth[e] > 0) || isinf(p->bandwidth[e]))
            return weir_error(WEIR_EINPUT, "assignment: server %d: bandwidth %g must be above 0", e, p->bandwidth[e]);
    for (int e = 0; e < p->servers && p->weight; e++)
        if (!(p->weight[e] > 0) || isinf(p->weight[e]))
            return weir_error(WEIR_EINPUT, "assignment: server %d: weight %g must be above 0", e, p->weight[e]);
    double total = 0;
    for (size_t j = 0; j < pairs; j++) {
        if (!(p->requests[j] >= 0))
            return weir_error(WEIR_EINPUT, "assignment: region %zu, category %zu: %g requests; must not be negative",
                              j / categories, j % categories, p->requests[j]);
        total += p->requests[j];
    }
    if (!(total < 1e9))
        return weir_error(WEIR_EINPUT, "assignment: %g requests; at most 1e9 can be placed in a cycle", total);
    for (size_t j = 0; j < pairs * (size_t)p->servers; j++)
        if (!(p->rate[j] >= 0) || isinf(p->rate[j]))
            return weir_error(WEIR_EINPUT, "assignment: server %zu, region %zu, category %zu: a rate of %g", j / pairs,
                              j % pairs / categories, j % categories, (double)p->rate[j]);
    return WEIR_OK;
}

/* Step 1: the share of a server's bandwidth that a request of a category needs, whatever its region. */
static double *drop_regions(const struct assignment_problem *p, const double *sums)
{
    size_t categories = (size_t)p->categories;
    double *need = weir_alloc((size_t)p->servers * categories, sizeof *need);
    for (int e = 0; e < p->servers; e++) {
        double *row = need + (size_t)e * categories;
        for (int m = 0; m < p->regions && p->healthy[e]; m++)
            for (size_t i = 0; i < categories; i++) {
                size_t at = ((size_t)e * (size_t)p->regions + (size_t)m) * categories + i;
                if (sums[i] > 0 && (!p->safe || p->safe[at]))
                    row[i] += p->requests[(size_t)m * categories + i] / sums[i] * (double)p->rate[at] / p->bandwidth[e];
            }
    }
    return need;
}

/* Servers dealt to blocks. */
struct deal {
    const struct assignment_problem *problem;
    const double *need;     /* [servers][categories] */
    const double *requests; /* [categories] */
    struct flat_curve curve;
    int *order; /* [healthy] servers by bandwidth */
    int healthy, blocks;
    double *x;      /* [servers][categories] */
    double *use;    /* [servers] */
    double *prices; /* [blocks][categories] */
    int solved, within;
};

struct ranked {
    double bandwidth;
    int server;
};

static int by_bandwidth(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    return a->bandwidth != b->bandwidth ? (a->bandwidth < b->bandwidth) - (a->bandwidth > b->bandwidth)
                                        : (a->server > b->server) - (a->server < b->server);
}

static void rank(struct deal *d)
{
    struct ranked *rows = weir_alloc((size_t)d->problem->servers, sizeof *rows);
    for (int e = 0; e < d->problem->servers; e++)
        if (d->problem->healthy[e])
            rows[d->healthy++] = (struct ranked){d->problem->bandwidth[e], e};
    qsort(rows, (size_t)d->healthy, sizeof *rows, by_bandwidth);
    for (int k = 0; k < d->healthy; k++)
        d->order[k] = rows[k].server;
    free(rows);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double weight_of(const struct assignment_problem *p, int server)
{
    return p->weight ? p->weight[server] : 1;
}

/* Solves the servers b, b + blocks, ... of the order, for their share of the requests. */
static void solve_block(struct deal *d, int b, const struct assignment_settings *settings, double time_limit_s)
{
    const struct assignment_problem *p = d->problem;
    size_t categories = (size_t)p->categories, rows = 0;
    for (int k = b; k < d->healthy; k += d->blocks)
        rows++;
    double *need = weir_alloc(rows * categories, sizeof *need), *size = weir_alloc(rows, sizeof *size);
    double *weight = weir_alloc(rows, sizeof *weight);
    double *requests = weir_alloc(categories, sizeof *requests), *all = weir_alloc(categories, sizeof *all);
    struct flat_result result = {.x = weir_alloc(rows * categories, sizeof(double)),
                                 .use = weir_alloc(rows, sizeof(double)),
                                 .price = d->prices + (size_t)b * categories};
    for (int k = 0; k < d->healthy; k++) {
        int e = d->order[k];
        bool ours = k % d->blocks == b;
        for (size_t i = 0; i < categories; i++) {
            double amount = d->need[(size_t)e * categories + i] > 0 ? p->bandwidth[e] : 0;
            all[i] += amount;
            requests[i] += ours ? amount : 0;
        }
        if (!ours)
            continue;
        size[k / d->blocks] = p->bandwidth[e];
        weight[k / d->blocks] = weight_of(p, e);
        memcpy(need + (size_t)(k / d->blocks) * categories, d->need + (size_t)e * categories,
               categories * sizeof *need);
    }
    for (size_t i = 0; i < categories; i++)
        requests[i] = all[i] > 0 ? d->requests[i] * requests[i] / all[i] : 0;
    struct flat flat = {.rows = (int)rows,
                        .categories = p->categories,
                        .need = need,
                        .requests = requests,
                        .size = size,
                        .weight = weight,
                        .u_opt = p->u_opt};
    flat_search(&flat, &d->curve, settings, time_limit_s, &result);
    d->solved += result.solved;
    d->within += result.within_gap;
    for (size_t k = 0; k < rows; k++) {
        size_t e = (size_t)d->order[(size_t)b + k * (size_t)d->blocks];
        memcpy(d->x + e * categories, result.x + k * categories, categories * sizeof *need);
        d->use[e] = result.use[k];
    }
    free(need);
    free(size);
    free(weight);
    free(requests);
    free(all);
    free(result.x);
    free(result.use);
}

/* What the blocks left over may have room elsewhere; then the value, and the best bound of any block's prices. */
static void finish(struct deal *d, struct assignment *result)
{
    const struct assignment_problem *p = d->problem;
    size_t categories = (size_t)p->categories;
    struct flat flat = {.rows = p->servers,
                        .categories = p->categories,
                        .need = d->need,
                        .requests = d->requests,
                        .size = p->bandwidth,
                        .weight = p->weight,
                        .u_opt = p->u_opt};
    double *left = weir_alloc(categories, sizeof *left), *penalty = weir_alloc(categories, sizeof *penalty);
    double *mean = weir_alloc(categories, sizeof *mean), idle = 0, unmet = 0;
    for (size_t i = 0; i < categories; i++) {
        left[i] = d->requests[i];
        for (size_t e = 0; e < (size_t)p->servers; e++)
            left[i] -= d->x[e * categories + i];
        left[i] = left[i] > 1e-9 * d->requests[i] ? left[i] : 0;
    }
    flat_fill(&flat, &d->curve, left, d->x, d->use);
    flat_penalties(&flat, &d->curve, penalty);
    for (size_t i = 0; i < categories; i++)
        unmet += penalty[i] * left[i];
    for (int e = 0; e < p->servers; e++) {
        idle += p->healthy[e] ? 0 : weight_of(p, e) * d->curve.base; /* the bound counts all rows */
        result->relaxed += p->healthy[e] ? weight_of(p, e) * flat_curve_at(&d->curve, d->use[e]) : 0;
    }
    result->bound = INFINITY;
    for (int b = 0; b <= d->blocks; b++) {
        const double *price = b < d->blocks ? d->prices + (size_t)b * categories : mean;
        result->bound = fmin(result->bound, flat_bound(&flat, &d->curve, price, penalty) - idle + unmet);
        for (size_t i = 0; i < categories && b < d->blocks; i++)
            mean[i] += price[i] / d->blocks;
    }
    free(left);
    free(penalty);
    free(mean);
}

int assignment_solve(const struct assignment_problem *p, const struct assignment_settings *settings,
                     struct assignment *result)
{
    if (learn_given(__func__, "problem settings result", p, settings, result) != WEIR_OK)
        return WEIR_EINPUT;
    *result = (struct assignment){0};
    int code = learn_given(__func__, "bandwidth healthy requests rate", p->bandwidth, p->healthy, p->requests, p->rate);
    if (code == WEIR_OK)
        code = check(p, settings);
    if (code)
        return code;
    double begun_s = seconds();
    size_t categories = (size_t)p->categories, pairs = (size_t)p->regions * categories, servers = (size_t)p->servers;
    double *sums = weir_alloc(categories, sizeof *sums), *requests = weir_alloc(categories, sizeof *requests);
    long *wanted = weir_alloc(categories, sizeof *wanted);
    struct deal d = {
        .problem = p,
        .requests = requests,
        .order = weir_alloc(servers, sizeof(int)),
        .x = weir_alloc(servers * categories, sizeof(double)),
        .use = weir_alloc(servers, sizeof(double)),
    };
    *result = (struct assignment){
        .servers = p->servers,
        .regions = p->regions,
        .categories = p->categories,
        .count = weir_alloc(servers * pairs, sizeof(int)),
        .left = weir_alloc(pairs, sizeof(int)),
        .use = weir_alloc(servers, sizeof(double)),
    };
    for (size_t j = 0; j < pairs; j++)
        sums[j % categories] += p->requests[j];
    for (size_t i = 0; i < categories; i++) {
        wanted[i] = lround(sums[i]);
        requests[i] = (double)wanted[i];
        result->wanted += wanted[i];
    }
    double *need = drop_regions(p, sums);
    d.need = need;
    flat_curve_make(p->u_opt, p->sigma, settings->segments, &d.curve);
    rank(&d);
    d.blocks = (d.healthy + settings->block - 1) / settings->block;
    d.prices = weir_alloc((size_t)d.blocks * categories, sizeof(double));
    for (int b = 0; b < d.blocks; b++) {
        double left_s = settings->time_limit_s - (seconds() - begun_s);
        solve_block(&d, b, settings, left_s / (d.blocks - b));
    }
    finish(&d, result);
    flat_expand(p, need, d.x, wanted, result);
    for (int e = 0; e < p->servers; e++)
        result->value += p->healthy[e] ? weight_of(p, e) * assignment_revenue(result->use[e], p->u_opt, p->sigma) : 0;
    result->blocks = d.blocks;
    result->end = d.within == d.blocks                  ? ASSIGNMENT_WITHIN_GAP
                  : d.solved > 0 || result->wanted == 0 ? ASSIGNMENT_LIMITED
                                                        : ASSIGNMENT_GREEDY;
    free(sums);
    free(requests);
    free(wanted);
    free(need);
    free(d.order);
    free(d.x);
    free(d.use);
    free(d.prices);
    return WEIR_OK;
}

void assignment_fini(struct assignment *result)
{
    if (!result)
        return;
    free(result->count);
    free(result->left);
    free(result->use);
    *result = (struct assignment){0};
}
