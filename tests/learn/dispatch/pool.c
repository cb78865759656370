#include "policies/learn/dispatch/pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/optimise/assignment.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/learn/dispatch/world.h"
#include "tests/support/test.h"

/* Two of server 0 and one of server 2: credits 2/3 1/3; 1/3 2/3; 1 0. */
static void by_hand(void)
{
    static const struct pool_plan plans[] = {{0, 0, 0, 1}, {2, 0, 0, 1}, {0, 0, 0, 1}, {1, 1, 0, 1}, {2, 1, 0, 0}};
    struct pool *pool = pool_new(3, 2, 1);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0, NULL, 0), -1);
    CU_ASSERT_EQUAL(pool_fill(pool, plans, 5), WEIR_OK);
    CHECK_NEAR(pool_left(pool, 0, 0), 3, 0);
    CHECK_NEAR(pool_left(pool, 1, 0), 1, 0);
    CU_ASSERT(pool_strategies(pool, 0, 0) == 2 && pool_strategies(pool, 1, 0) == 1);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0, NULL, 0), 0);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0, NULL, 0), 2);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0, NULL, 0), 0);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0, NULL, 0), -1);
    CU_ASSERT_EQUAL(pool_take(pool, 1, 0, NULL, 0), 1);
    CU_ASSERT(pool_tally(pool).taken == 4 && pool_tally(pool).beyond == 1);
    pool_free(pool);
    pool_free(NULL);
}

/* Half a request each is one in every other cycle; what a server that is gone was owed is shared out. */
static void credit_goes_over(void)
{
    static const struct pool_plan halves[] = {{0, 0, 0, 0.5}, {1, 0, 0, 0.5}}, other[] = {{1, 0, 0, 1}, {2, 0, 0, 1}};
    struct pool *pool = pool_new(3, 1, 1);
    for (int cycle = 0; cycle < 5; cycle++) {
        CU_ASSERT_EQUAL(pool_fill(pool, halves, 2), WEIR_OK);
        CU_ASSERT_EQUAL(pool_take(pool, 0, 0, NULL, 0), cycle % 2);
        CU_ASSERT_EQUAL(pool_take(pool, 0, 0, NULL, 0), -1);
    }
    /* Server 1 is owed 1/2, of which a quarter each of the two: 1/4 and -1/4; 3/4 and 1/4; 1/4 and 3/4. */
    CU_ASSERT_EQUAL(pool_fill(pool, other, 2), WEIR_OK);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0, NULL, 0), 1);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0, NULL, 0), 2);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0, NULL, 0), -1);
    pool_free(pool);
}

/* A request that only some servers can have takes what those have left, and no more. */
static void only_what_is_offered(void)
{
    static const struct pool_plan plans[] = {{0, 0, 0, 4}, {1, 0, 0, 4}};
    static const int one[] = {2, 1}, all[] = {1, 0};
    struct pool *pool = pool_new(3, 1, 1);
    CU_ASSERT_EQUAL(pool_fill(pool, plans, 2), WEIR_OK);
    for (int n = 0; n < 4; n++)
        CU_ASSERT_EQUAL(pool_take(pool, 0, 0, one, 2), 1);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0, one, 2), -1);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0, one, 0), -1); /* none is */
    for (int n = 0; n < 4; n++)
        CU_ASSERT_EQUAL(pool_take(pool, 0, 0, all, 2), 0);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0, all, 2), -1);
    pool_free(pool);
}

/* In whole numbers, credits being counted in parts of N: who is owed most takes it. */
struct slow {
    int servers;
    long planned[6], all, credit[6], left[6], of_all;
};

static void slow_fill(struct slow *slow)
{
    slow->of_all = slow->all;
    for (int e = 0; e < slow->servers; e++)
        slow->left[e] = slow->planned[e] * slow->all + slow->credit[e];
}

static int slow_take(struct slow *slow)
{
    int best = -1;
    for (int e = 0; e < slow->servers; e++)
        if (slow->left[e] > 0 && slow->planned[e] > 0 && slow->of_all > 0 &&
            (best < 0 || slow->credit[e] + slow->planned[e] > slow->credit[best] + slow->planned[best]))
            best = e;
    for (int e = 0; best >= 0 && e < slow->servers; e++)
        slow->credit[e] += slow->planned[e] - (e == best ? slow->all : 0);
    if (best >= 0) {
        slow->left[best] -= slow->all;
        slow->of_all--;
    }
    return best;
}

/* Cycles in which fewer, as many and more requests come than are planned. Nobody ever has a whole request too many, and
 * who is planned for x has had x when all have come. */
static void equals_whole_numbers(void)
{
    struct weir_stream s = weir_stream_open(2, "test/dispatch/pool");
    long wrong = 0, short_of = 0, requests = 0;
    for (int n = 0; n < 400; n++) {
        struct slow slow = {.servers = 1 + (int)weir_stream_below(&s, 6)};
        struct pool_plan plans[6];
        for (int e = 0; e < slow.servers; e++) {
            slow.planned[e] = (long)weir_stream_below(&s, 10);
            slow.all += slow.planned[e];
            plans[e] = (struct pool_plan){e, 1, 2, (double)slow.planned[e]};
        }
        struct pool *pool = pool_new(6, 2, 3);
        for (int cycle = 0; cycle < 4; cycle++) {
            long had[6] = {0}, come = (long)weir_stream_below(&s, 2 * (uint64_t)slow.all + 2);
            bool fresh = cycle == 0;
            CU_ASSERT_EQUAL(pool_fill(pool, plans, (size_t)slow.servers), WEIR_OK);
            slow_fill(&slow);
            for (long r = 0; r < come; r++) {
                int got = pool_take(pool, 1, 2, NULL, 0);
                wrong += got != slow_take(&slow);
                if (got >= 0)
                    had[got]++;
            }
            for (int e = 0; e < slow.servers; e++) {
                wrong += slow.all > 0 && slow.credit[e] <= -slow.all;
                short_of += fresh && come >= slow.all && had[e] != slow.planned[e];
            }
            requests += come;
        }
        pool_free(pool);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(short_of, 0);
    CU_ASSERT(requests > 20000);
}

/* Takes every request of an assignment, in random order: the pool gives back exactly the plan, whatever the order. */
static void gives_back_the_plan(void)
{
    enum { E = 20, M = 3, I = 2, PAIRS = M * I };
    struct weir_stream s = weir_stream_open(3, "test/dispatch/plan");
    struct world w;
    double requests[PAIRS];
    struct assignment plan;
    struct pool_plan plans[E * PAIRS];
    int pairs[1000], total = 0, wrong = 0;
    world_draw(&w, E, M, I, &s);
    for (int e = 0; e < E; e++)
        w.bandwidth[e] *= 100;
    for (int j = 0; j < PAIRS; j++)
        requests[j] = 80 + (double)weir_stream_below(&s, 40);
    struct assignment_problem problem = {E, M, I, w.bandwidth, w.healthy, requests, w.rate, NULL, 0.6, 0.25, NULL};
    struct assignment_settings settings = {8, 160, 2000, 0.01, 30};
    CU_ASSERT_EQUAL_FATAL(assignment_solve(&problem, &settings, &plan), WEIR_OK);
    for (int k = 0; k < E * PAIRS; k++) {
        plans[k] = (struct pool_plan){k / PAIRS, k % PAIRS / I, k % I, plan.count[k]};
        for (int x = 0; x < plan.count[k]; x++)
            pairs[total++] = k % PAIRS;
    }
    CU_ASSERT(total > 400);
    struct pool *pool = pool_new(E, M, I);
    CU_ASSERT_EQUAL(pool_fill(pool, plans, E * PAIRS), WEIR_OK);
    for (int left = total; left > 0; left--) {
        int at = (int)weir_stream_below(&s, (uint64_t)left), pair = pairs[at];
        pairs[at] = pairs[left - 1];
        int server = pool_take(pool, pair / I, pair % I, NULL, 0);
        CU_ASSERT_FATAL(server >= 0);
        wrong += --plan.count[server * PAIRS + pair] < 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(pool_tally(pool).taken == total && pool_tally(pool).beyond == 0);
    pool_free(pool);
    assignment_fini(&plan);
    world_fini(&w);
}

static void refused(void)
{
    static const struct pool_plan good[] = {{0, 0, 0, 1}}, bad[] = {{0, 0, 0, 1}, {1, 0, 0, -2}},
                                  none[] = {{2, 0, 0, 1}};
    struct pool *pool = pool_new(2, 1, 1);
    CU_ASSERT_EQUAL(pool_fill(pool, good, 1), WEIR_OK);
    CHECK_NEAR(pool_left(pool, 0, 0), 1, 0);
    CU_ASSERT_EQUAL(pool_fill(pool, bad, 2), WEIR_EINPUT);
    CHECK_MESSAGE("server 1, region 0, category 0: a count of -2");
    CHECK_NEAR(pool_left(pool, 0, 0), 0, 0);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0, NULL, 0), -1);
    CU_ASSERT_EQUAL(pool_fill(pool, none, 1), WEIR_EINPUT);
    CHECK_MESSAGE("plan 0: there is no server 2, region 0, category 0");
    CU_ASSERT_EQUAL(pool_fill(pool, NULL, 0), WEIR_OK);
    CU_ASSERT_EQUAL(pool_take(pool, 0, 0, NULL, 0), -1);
    pool_free(pool);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"by hand", by_hand},
                                             {"credit goes over", credit_goes_over},
                                             {"only what is offered", only_what_is_offered},
                                             {"equals whole numbers", equals_whole_numbers},
                                             {"gives back the plan", gives_back_the_plan},
                                             {"refused", refused},
                                             {0}};
    return weir_test_main("learn/dispatch/pool", cases, argc, argv);
}
