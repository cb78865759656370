#include "policies/learn/optimise/assignment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/optimise/flat.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "tests/support/test.h"

#define U_OPT 0.6
#define SIGMA 0.25

static const struct assignment_settings usual = {
    .segments = 8, .block = 160, .nodes = 2000, .gap = 0.01, .time_limit_s = 3000};

/* A problem drawn at random; its arrays are its own. */
struct drawn {
    struct assignment_problem problem;
    double *bandwidth, *requests, *weight;
    bool *healthy;
    float *rate;
    unsigned char *safe;
};

/* `load` is the share of the bandwidth that the requests need, of servers that are well. */
static void draw(struct drawn *d, int servers, int regions, int categories, double load, double unsafe,
                 struct weir_stream *s)
{
    size_t pairs = (size_t)regions * (size_t)categories, cells = pairs * (size_t)servers;
    double bandwidth = 0, need = 0;
    d->bandwidth = weir_alloc((size_t)servers, sizeof(double));
    d->weight = weir_alloc((size_t)servers, sizeof(double));
    d->healthy = weir_alloc((size_t)servers, sizeof(bool));
    d->requests = weir_alloc(pairs, sizeof(double));
    d->rate = weir_alloc(cells, sizeof(float));
    d->safe = weir_alloc(cells, 1);
    for (int e = 0; e < servers; e++) {
        d->bandwidth[e] = 100 * (1 + 3 * weir_stream_uniform(s));
        d->healthy[e] = weir_stream_uniform(s) > 0.1 || servers < 10;
        bandwidth += d->healthy[e] ? d->bandwidth[e] : 0;
    }
    for (size_t j = 0; j < cells; j++) {
        double bitrate = 1 + (double)(j % (size_t)categories) * 6 / categories;
        d->rate[j] = (float)(bitrate * (0.9 + 0.2 * weir_stream_uniform(s)));
        d->safe[j] = weir_stream_uniform(s) >= unsafe;
    }
    for (size_t j = 0; j < pairs; j++) {
        d->requests[j] = weir_stream_uniform(s);
        need += d->requests[j] * (1 + (double)(j % (size_t)categories) * 6 / categories);
    }
    for (size_t j = 0; j < pairs; j++)
        d->requests[j] *= load * bandwidth / need;
    d->problem = (struct assignment_problem){.servers = servers,
                                             .regions = regions,
                                             .categories = categories,
                                             .bandwidth = d->bandwidth,
                                             .healthy = d->healthy,
                                             .requests = d->requests,
                                             .rate = d->rate,
                                             .safe = d->safe,
                                             .u_opt = U_OPT,
                                             .sigma = SIGMA};
}

static void fini(struct drawn *d)
{
    free(d->bandwidth);
    free(d->requests);
    free(d->weight);
    free(d->healthy);
    free(d->rate);
    free(d->safe);
}

static double weight_of(const struct assignment_problem *p, int server)
{
    return p->weight ? p->weight[server] : 1;
}

/* Servers that count unlike, a fifth to three. */
static void weigh(struct drawn *d, struct weir_stream *s)
{
    for (int e = 0; e < d->problem.servers; e++)
        d->weight[e] = 0.2 + 2.8 * weir_stream_uniform(s);
    d->problem.weight = d->weight;
}

/* Sums, use at most u_opt, nothing on servers that are not well or where it is unsafe. */
static void feasible(const struct assignment_problem *p, const struct assignment *a)
{
    size_t pairs = (size_t)p->regions * (size_t)p->categories;
    long placed = 0, left = 0;
    double value = 0;
    int wrong = 0;
    for (int e = 0; e < p->servers; e++) {
        double use = 0;
        for (size_t j = 0; j < pairs; j++) {
            size_t at = (size_t)e * pairs + j;
            wrong += a->count[at] < 0 || (a->count[at] > 0 && (!p->healthy[e] || (p->safe && !p->safe[at])));
            use += a->count[at] * (double)p->rate[at] / p->bandwidth[e];
            placed += a->count[at];
        }
        wrong += use > p->u_opt + 1e-6 || fabs(use - a->use[e]) > 1e-9;
        value += p->healthy[e] ? weight_of(p, e) * assignment_revenue(use, p->u_opt, p->sigma) : 0;
    }
    for (size_t j = 0; j < pairs; j++) {
        double sum = a->left[j];
        left += a->left[j];
        wrong += a->left[j] < 0;
        for (int e = 0; e < p->servers; e++)
            sum += a->count[(size_t)e * pairs + j];
        wrong += fabs(sum - p->requests[j]) > 1 + 1e-9; /* r is rounded by largest remainders */
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(placed, a->total);
    CU_ASSERT_EQUAL(placed + left, a->wanted);
    CHECK_NEAR(a->value, value, 1e-6);
    CU_ASSERT(a->relaxed <= a->bound + 1e-6);
}

/* The best of all whole x of three servers and two categories, by R and by its secants. */
static void best_of_all(const struct assignment_problem *p, const int *wanted, double *best, double *best_secants)
{
    struct flat_curve curve;
    flat_curve_make(p->u_opt, p->sigma, 8, &curve);
    *best = *best_secants = 0;
    for (int a = 0; a <= wanted[0]; a++)
        for (int b = 0; a + b <= wanted[0]; b++)
            for (int c = 0; c <= wanted[1]; c++)
                for (int d = 0; c + d <= wanted[1]; d++) {
                    int x[3][2] = {{a, c}, {b, d}, {wanted[0] - a - b, wanted[1] - c - d}};
                    double value = 0, secants = 0, most = 0;
                    for (int e = 0; e < 3; e++) {
                        double use =
                            (x[e][0] * (double)p->rate[2 * e] + x[e][1] * (double)p->rate[2 * e + 1]) / p->bandwidth[e];
                        most = fmax(most, use);
                        value += weight_of(p, e) * assignment_revenue(use, p->u_opt, p->sigma);
                        secants += weight_of(p, e) * flat_curve_at(&curve, use);
                    }
                    if (most <= p->u_opt) {
                        *best = fmax(*best, value);
                        *best_secants = fmax(*best_secants, secants);
                    }
                }
}

static void within_gap_of_all(void)
{
    struct weir_stream s = weir_stream_open(5, "test/assignment");
    for (int n = 0; n < 80; n++) {
        struct drawn d;
        struct assignment a;
        double best, best_secants;
        draw(&d, 3, 1, 2, 0.05 + 0.4 * weir_stream_uniform(&s), 0, &s);
        if (n >= 40)
            weigh(&d, &s);
        /* Requests that are large beside a server, so that there are not too many ways: 30 of the more frequent. */
        double scale = 30 / fmax(d.requests[0], d.requests[1]);
        int wanted[2];
        for (int i = 0; i < 2; i++) {
            wanted[i] = (int)lround(d.requests[i] * scale);
            d.requests[i] = wanted[i];
        }
        for (int j = 0; j < 6; j++)
            d.rate[j] = (float)((double)d.rate[j] / scale);
        CU_ASSERT_EQUAL(assignment_solve(&d.problem, &usual, &a), WEIR_OK);
        best_of_all(&d.problem, wanted, &best, &best_secants);
        feasible(&d.problem, &a);
        CU_ASSERT_EQUAL(a.end, ASSIGNMENT_WITHIN_GAP);
        CU_ASSERT_EQUAL(a.total, wanted[0] + wanted[1]);
        CU_ASSERT(a.bound >= best_secants - 1e-9);
        CU_ASSERT(a.relaxed >= (1 - usual.gap) * best_secants);
        CU_ASSERT(a.value <= best + 1e-9);
        /* Eight secants and whole numbers cost some more: 3 % at most here. */
        CU_ASSERT(a.value >= 0.97 * best);
        assignment_fini(&a);
        fini(&d);
    }
}

static void regions_and_blocks(void)
{
    struct weir_stream s = weir_stream_open(6, "test/assignment");
    for (int n = 0; n < 6; n++) {
        struct drawn d;
        struct assignment a, again;
        struct assignment_settings settings = usual;
        settings.block = n % 2 ? 12 : 480;
        draw(&d, 40, 6, 5, 0.1 + 0.07 * n, n < 3 ? 0 : 0.2, &s);
        CU_ASSERT_EQUAL(assignment_solve(&d.problem, &settings, &a), WEIR_OK);
        feasible(&d.problem, &a);
        CU_ASSERT(a.relaxed >= 0.9 * a.bound);
        CU_ASSERT_EQUAL(assignment_solve(&d.problem, &settings, &again), WEIR_OK);
        CU_ASSERT_EQUAL(memcmp(a.count, again.count, sizeof(int) * 40 * 30), 0);
        assignment_fini(&a);
        assignment_fini(&again);
        fini(&d);
    }
}

/* Equation 14 by hand: one server alone is safe for region 1. */
static void unsafe_regions(void)
{
    static const double bandwidth[] = {100, 100}, requests[] = {30, 10};
    static const bool healthy[] = {true, true};
    static const float rate[] = {1, 1, 1, 1};
    static const unsigned char safe[] = {1, 0, 1, 1}; /* [servers][regions] */
    struct assignment_problem p = {2, 2, 1, bandwidth, healthy, requests, rate, safe, U_OPT, SIGMA, NULL};
    struct assignment a;
    CU_ASSERT_EQUAL(assignment_solve(&p, &usual, &a), WEIR_OK);
    feasible(&p, &a);
    CU_ASSERT_EQUAL(a.total, 40);
    CU_ASSERT(a.count[1] == 0 && a.count[3] == 10);
    assignment_fini(&a);
}

static void bad_days(void)
{
    struct weir_stream s = weir_stream_open(7, "test/assignment");
    struct drawn d;
    struct assignment a;
    draw(&d, 20, 3, 4, 0.3, 0.1, &s);
    for (int e = 0; e < 20; e++)
        d.healthy[e] = false;
    CU_ASSERT_EQUAL(assignment_solve(&d.problem, &usual, &a), WEIR_OK); /* nobody is well: all is left over */
    feasible(&d.problem, &a);
    CU_ASSERT(a.total == 0 && a.wanted > 0 && a.value == 0);
    assignment_fini(&a);
    for (int e = 0; e < 20; e++)
        d.healthy[e] = true;
    double *requests = weir_alloc(12, sizeof *requests);
    d.problem.requests = requests; /* nothing is expected */
    CU_ASSERT_EQUAL(assignment_solve(&d.problem, &usual, &a), WEIR_OK);
    feasible(&d.problem, &a);
    CU_ASSERT(a.wanted == 0 && a.total == 0);
    CHECK_NEAR(a.value, 20 * assignment_revenue(0, U_OPT, SIGMA), 1e-9);
    assignment_fini(&a);
    for (int j = 0; j < 12; j++)
        requests[j] = 100 * d.requests[j]; /* thirty times what there is room for at u = 1 */
    CU_ASSERT_EQUAL(assignment_solve(&d.problem, &usual, &a), WEIR_OK);
    feasible(&d.problem, &a);
    CU_ASSERT(a.total < a.wanted / 30);
    for (int e = 0; e < 20; e++)
        CU_ASSERT(a.use[e] > 0.95 * U_OPT);
    assignment_fini(&a);
    /* No time: greedy, and still an answer. */
    struct assignment_settings none = usual;
    none.time_limit_s = 0;
    d.problem.requests = d.requests;
    CU_ASSERT_EQUAL(assignment_solve(&d.problem, &none, &a), WEIR_OK);
    feasible(&d.problem, &a);
    CU_ASSERT_EQUAL(a.end, ASSIGNMENT_GREEDY);
    CU_ASSERT_EQUAL(a.total, a.wanted);
    assignment_fini(&a);
    /* Nowhere safe. */
    memset(d.safe, 0, 20 * 12);
    CU_ASSERT_EQUAL(assignment_solve(&d.problem, &usual, &a), WEIR_OK);
    feasible(&d.problem, &a);
    CU_ASSERT(a.total == 0 && a.wanted > 0);
    assignment_fini(&a);
    free(requests);
    fini(&d);
}

static void refused(void)
{
    struct weir_stream s = weir_stream_open(8, "test/assignment");
    struct drawn d;
    struct assignment a;
    struct assignment_settings wrong = usual;
    draw(&d, 2, 2, 2, 0.3, 0, &s);
    wrong.segments = 0;
    CU_ASSERT_EQUAL(assignment_solve(&d.problem, &wrong, &a), WEIR_EINPUT);
    CHECK_MESSAGE("assignment: 0 segments (1 to 64)");
    d.rate[5] = NAN;
    CU_ASSERT_EQUAL(assignment_solve(&d.problem, &usual, &a), WEIR_EINPUT);
    CHECK_MESSAGE("server 1, region 0, category 1: a rate of nan");
    d.requests[3] = -1;
    CU_ASSERT_EQUAL(assignment_solve(&d.problem, &usual, &a), WEIR_EINPUT);
    CHECK_MESSAGE("region 1, category 1: -1 requests");
    d.bandwidth[1] = 0;
    CU_ASSERT_EQUAL(assignment_solve(&d.problem, &usual, &a), WEIR_EINPUT);
    CHECK_MESSAGE("server 1: bandwidth 0 must be above 0");
    d.problem.u_opt = 1.5;
    CU_ASSERT_EQUAL(assignment_solve(&d.problem, &usual, &a), WEIR_EINPUT);
    CHECK_MESSAGE("u_opt 1.5 must be above 0 and at most 1");
    d.problem.servers = 0;
    CU_ASSERT_EQUAL(assignment_solve(&d.problem, &usual, &a), WEIR_EINPUT);
    CHECK_MESSAGE("0 servers x 2 regions x 2 categories");
    CU_ASSERT_PTR_NULL(a.count);
    fini(&d);
}

static void rounding(void)
{
    static const struct {
        double value[3];
        long room[3], total, whole[3], over;
    } cases[] = {
        {{1.2, 2.5, 0.3}, {9, 9, 9}, 4, {1, 3, 0}, 0}, /* 1 + 2 + 0, one more to the .5 */
        {{1.2, 2.5, 0.3}, {9, 2, 9}, 4, {1, 2, 1}, 0}, /* no room there: to the .3 */
        {{1.2, 2.5, 0.3}, {1, 2, 0}, 4, {1, 2, 0}, 1}, /* no room at all */
        {{1.5, 1.5, 1.5}, {9, 9, 9}, 4, {2, 1, 1}, 0}, /* the first of equals */
        {{1, 1, 1}, {9, 9, 9}, 8, {3, 3, 2}, 0},       /* round again */
        {{2.9, 2.1, 0}, {9, 9, 9}, 3, {2, 1, 0}, 0},   /* too much: the smaller remainder loses */
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        long whole[3];
        CU_ASSERT_EQUAL(assignment_round(cases[c].value, cases[c].room, 3, cases[c].total, whole), cases[c].over);
        for (int i = 0; i < 3; i++)
            CU_ASSERT_EQUAL(whole[i], cases[c].whole[i]);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"within the gap of all", within_gap_of_all},
                                             {"regions and blocks", regions_and_blocks},
                                             {"unsafe regions", unsafe_regions},
                                             {"bad days", bad_days},
                                             {"refused", refused},
                                             {"rounding", rounding},
                                             {0}};
    return weir_test_main("learn/optimise/assignment", cases, argc, argv);
}
