#include "policies/learn/dispatch/pool.h"

#include <stdlib.h>
#include <string.h>

#include "policies/learn/optimise/assignment.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/learn/dispatch/world.h"
#include "tests/support/test.h"

/* Three servers, two regions, one category: plans [servers][regions]. */
static void by_hand(void)
{
    static const double bandwidth[] = {10, 20, 30};
    static const int nearest[] = {0, 1, 2, 2, 1, -1}, count[] = {2, 7, 0, 1, 1, 0};
    static const float rate[] = {1, 1, 1, 1, 2, 1};
    struct book *book;
    CU_ASSERT_EQUAL_FATAL(book_new(3, 2, 1, nearest, 2, &book), WEIR_OK);
    CU_ASSERT_EQUAL(book_rates(book, rate), WEIR_OK);
    CU_ASSERT_EQUAL(book_open(book, bandwidth, NULL), WEIR_OK);
    struct pool *pool = pool_new(book);
    CU_ASSERT_EQUAL(pool_fill(pool, count), WEIR_OK);
    CU_ASSERT_EQUAL(pool_left(pool, 0, 0), 3);
    CU_ASSERT_EQUAL(pool_left(pool, 1, 0), 1); /* server 0 is out of reach of region 1: its 7 are left out */
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0), 0);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0), 0);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0), 2);
    CHECK_NEAR(book_remaining(book, 0), 10 - 2 * 1, 0);
    CHECK_NEAR(book_remaining(book, 2), 30 - 2, 0);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0), 1); /* nobody expected it: of the two nearest, 8 and 20 */
    CU_ASSERT_EQUAL(pool_take(pool, 1, 0), 1);
    CU_ASSERT_EQUAL(pool_take(pool, 1, 0), 2); /* of 28 and 18 */
    struct pool_tally tally = pool_tally(pool);
    CU_ASSERT(tally.pooled == 4 && tally.beyond == 2 && tally.refused == 0);
    pool_free(pool);
    pool_free(NULL);
    book_free(book);
}

/* A server that breaks in mid-cycle gets nothing more, and what was planned for it goes elsewhere. */
static void skips_the_broken(void)
{
    static const double bandwidth[] = {10, 20, 30};
    static const int nearest[] = {0, 1, 2}, count[] = {3, 2, 0};
    static const float rate[] = {1, 1, 1};
    struct book *book;
    CU_ASSERT_EQUAL_FATAL(book_new(3, 1, 1, nearest, 3, &book), WEIR_OK);
    CU_ASSERT_EQUAL(book_rates(book, rate), WEIR_OK);
    CU_ASSERT_EQUAL(book_open(book, bandwidth, NULL), WEIR_OK);
    struct pool *pool = pool_new(book);
    CU_ASSERT_EQUAL(pool_fill(pool, count), WEIR_OK);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0), 0);
    book_lose(book, 0);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0), 1);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0), 1);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0), 2);
    book_lose(book, 1);
    book_lose(book, 2);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0), -1); /* nobody is well */
    struct pool_tally tally = pool_tally(pool);
    CU_ASSERT(tally.pooled == 3 && tally.beyond == 1 && tally.refused == 1);
    pool_free(pool);
    book_free(book);
}

/* Takes every planned request in random order: the pool gives back exactly the plan, whatever the order. */
static void gives_back_the_plan(void)
{
    struct weir_stream s = weir_stream_open(2, "test/dispatch/pool");
    for (int n = 0; n < 20; n++) {
        struct world w;
        int count[9 * 4 * 3], pairs[4 * 3 * 9 * 5], total = 0, wrong = 0;
        world_draw(&w, 9, 4, 3, &s);
        struct book *book = world_book(&w, 3);
        struct pool *pool = pool_new(book);
        for (int j = 0; j < 9 * 4 * 3; j++) {
            int e = j / 12, m = j % 12 / 3;
            count[j] = world_offers(&w, m, e) ? (int)weir_stream_below(&s, 5) : 0;
            for (int x = 0; x < count[j]; x++)
                pairs[total++] = j % 12;
        }
        CU_ASSERT_EQUAL(pool_fill(pool, count), WEIR_OK);
        for (int left = total; left > 0; left--) {
            int at = (int)weir_stream_below(&s, (uint64_t)left), pair = pairs[at];
            pairs[at] = pairs[left - 1];
            int server = pool_take(pool, pair / 3, pair % 3);
            CU_ASSERT_FATAL(server >= 0);
            wrong += --count[server * 12 + pair] < 0;
        }
        struct pool_tally tally = pool_tally(pool);
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT(tally.pooled == total && tally.beyond == 0 && tally.refused == 0);
        for (int pair = 0; pair < 12; pair++)
            CU_ASSERT_EQUAL(pool_left(pool, pair / 3, pair % 3), 0);
        pool_free(pool);
        book_free(book);
        world_fini(&w);
    }
}

/* Plans for `share` of the requests that come, by the assignment, and takes 600 requests; twice. */
static void predict(double share, const char *what)
{
    enum { E = 20, M = 3, I = 2, PAIRS = M * I, REQUESTS = 600 };
    struct weir_stream s = weir_stream_open(3, what);
    struct world w;
    double requests[PAIRS] = {0};
    int pairs[REQUESTS], given[2][REQUESTS];
    struct assignment plan;
    world_draw(&w, E, M, I, &s);
    for (int e = 0; e < E; e++)
        w.bandwidth[e] *= 100;
    for (int n = 0; n < REQUESTS; n++) {
        pairs[n] = (int)weir_stream_below(&s, PAIRS);
        requests[pairs[n]] += share;
    }
    struct assignment_problem problem = {E, M, I, w.bandwidth, w.healthy, requests, w.rate, NULL, 0.6, 0.25, NULL};
    struct assignment_settings settings = {8, 160, 2000, 0.01, 30};
    CU_ASSERT_EQUAL_FATAL(assignment_solve(&problem, &settings, &plan), WEIR_OK);
    for (int again = 0; again < 2; again++) {
        struct book *book = world_book(&w, 3);
        struct pool *pool = pool_new(book);
        long planned = 0, wanted = 0, wrong = 0;
        double used = 0, remaining = 0;
        CU_ASSERT_EQUAL(pool_fill(pool, plan.count), WEIR_OK);
        for (int j = 0; j < PAIRS; j++)
            planned += pool_left(pool, j / I, j % I);
        for (int n = 0; n < REQUESTS; n++) {
            int m = pairs[n] / I, i = pairs[n] % I, server = pool_take(pool, m, i);
            given[again][n] = server;
            CU_ASSERT_FATAL(server >= 0);
            wrong += !world_offers(&w, m, server);
            used += world_rate(&w, server, m, i);
            wanted++;
        }
        for (int e = 0; e < E; e++)
            if (w.healthy[e]) {
                remaining += w.bandwidth[e] - book_remaining(book, e);
                wrong += book_remaining(book, e) < 0; /* there is room enough for all */
            }
        struct pool_tally tally = pool_tally(pool);
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT_EQUAL(tally.pooled + tally.beyond, wanted);
        CU_ASSERT(tally.pooled <= planned);
        CHECK_NEAR(remaining, used, 1e-9);
        if (share <= 0)
            CU_ASSERT_EQUAL(tally.beyond, REQUESTS); /* predicted zero: all are beyond the plan */
        if (share > 0 && share < 1)
            CU_ASSERT_EQUAL(tally.pooled, planned); /* far too little: the pool is used up */
        if (share > 1)
            CU_ASSERT(planned > 2 * REQUESTS && tally.beyond == 0); /* far too much */
        pool_free(pool);
        book_free(book);
    }
    CU_ASSERT_EQUAL(memcmp(given[0], given[1], sizeof given[0]), 0);
    assignment_fini(&plan);
    world_fini(&w);
}

static void predicted_zero(void)
{
    predict(0, "test/dispatch/zero");
}

static void predicted_too_little(void)
{
    predict(0.1, "test/dispatch/little");
}

static void predicted_too_much(void)
{
    predict(5, "test/dispatch/much");
}

static void refused(void)
{
    static const double bandwidth[] = {4, 4};
    static const int nearest[] = {0, 1}, good[] = {1, 1}, bad[] = {1, -2};
    struct book *book;
    CU_ASSERT_EQUAL_FATAL(book_new(2, 1, 1, nearest, 1, &book), WEIR_OK);
    CU_ASSERT_EQUAL(book_open(book, bandwidth, NULL), WEIR_OK);
    struct pool *pool = pool_new(book);
    CU_ASSERT_EQUAL(pool_fill(pool, good), WEIR_OK);
    CU_ASSERT_EQUAL(pool_left(pool, 0, 0), 2);
    CU_ASSERT_EQUAL(pool_fill(pool, bad), WEIR_EINPUT);
    CHECK_MESSAGE("server 1, region 0, category 0: a count of -2");
    CU_ASSERT_EQUAL(pool_left(pool, 0, 0), 0);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0), 0);
    CU_ASSERT_EQUAL(pool_fill(pool, NULL), WEIR_OK);
    CU_ASSERT_EQUAL(pool_tally(pool).beyond, 0);
    pool_free(pool);
    book_free(book);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"by hand", by_hand},
                                             {"skips the broken", skips_the_broken},
                                             {"gives back the plan", gives_back_the_plan},
                                             {"predicted zero", predicted_zero},
                                             {"predicted far too little", predicted_too_little},
                                             {"predicted far too much", predicted_too_much},
                                             {"refused", refused},
                                             {0}};
    return weir_test_main("learn/dispatch/pool", cases, argc, argv);
}
