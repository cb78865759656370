#include "policies/learn/optimise/max_flow.h"

#include <math.h>

#include "sim/base/random.h"
#include "tests/support/test.h"

static void by_hand(void)
{
    /* 0 -> 1 (3), 0 -> 2 (2), 1 -> 2 (5), 1 -> 3 (2), 2 -> 3 (3): into 3 go at most 2 + 3 = 5, out of 0 3 + 2 = 5. */
    static const double edges[][4] = {{0, 1, 3, 1}, {0, 2, 2, 4}, {1, 2, 5, 1}, {1, 3, 2, 6}, {2, 3, 3, 1}};
    struct max_flow *f = max_flow_new(5);
    for (int i = 0; i < 5; i++)
        CU_ASSERT_EQUAL(max_flow_edge(f, (int)edges[i][0], (int)edges[i][1], edges[i][2], edges[i][3]), i);
    CHECK_NEAR(max_flow_solve(f, 0, 3), 5, 0);
    CHECK_NEAR(max_flow_on(f, 0) + max_flow_on(f, 1), 5, 0);
    CHECK_NEAR(max_flow_solve(f, 0, 4), 0, 0); /* nothing leads to 4 */
    CHECK_NEAR(max_flow_on(f, 0), 0, 0);       /* and the old flow is gone */
    double cost;
    /* The way 0-1-2-3 costs 3 a unit, and takes 3; the next, 0-2-1-3 against it, 4 - 1 + 6 = 9, takes 2. */
    CHECK_NEAR(max_flow_cheapest(f, 0, 3, 3, &cost), 3, 0);
    CHECK_NEAR(cost, 9, 0);
    CHECK_NEAR(max_flow_cheapest(f, 0, 3, 4, &cost), 4, 0);
    CHECK_NEAR(cost, 9 + 9, 0);
    CHECK_NEAR(max_flow_cheapest(f, 0, 3, 100, &cost), 5, 0);
    max_flow_free(f);
    max_flow_free(NULL);
}

#define NODES 7
struct graph {
    int count, from[30], to[30];
    double capacity[30], cost[30];
};

static struct graph draw(struct weir_stream *s, bool whole)
{
    struct graph g = {.count = 8 + (int)weir_stream_below(s, 20)};
    for (int i = 0; i < g.count; i++) {
        g.from[i] = (int)weir_stream_below(s, NODES);
        g.to[i] = (int)weir_stream_below(s, NODES);
        g.capacity[i] = whole ? (double)weir_stream_below(s, 10) : 1e6 * weir_stream_uniform(s);
        g.cost[i] = (double)weir_stream_below(s, 6);
    }
    return g;
}

static double across(const struct graph *g, unsigned side)
{
    double sum = 0;
    for (int i = 0; i < g->count; i++)
        if ((side >> g->from[i] & 1) && !(side >> g->to[i] & 1))
            sum += g->capacity[i];
    return sum;
}

/* The flow is the least capacity across any of the 2^5 cuts that part 0 from 6; it keeps to capacities, and what goes
 * into a node comes out. */
static void equals_smallest_cut(void)
{
    struct weir_stream s = weir_stream_open(1, "test/max-flow");
    for (int n = 0; n < 400; n++) {
        struct graph g = draw(&s, n % 2 == 0);
        struct max_flow *f = max_flow_new(NODES);
        double least = INFINITY, net[NODES] = {0}, tolerance = n % 2 == 0 ? 0 : 1e-6;
        for (int i = 0; i < g.count; i++)
            max_flow_edge(f, g.from[i], g.to[i], g.capacity[i], 0);
        for (unsigned side = 1; side < 1u << (NODES - 1); side += 2)
            least = fmin(least, across(&g, side));
        CHECK_NEAR(max_flow_solve(f, 0, NODES - 1), least, tolerance);
        for (int i = 0; i < g.count; i++) {
            double on = max_flow_on(f, i);
            CU_ASSERT(on >= -tolerance && on <= g.capacity[i] + tolerance);
            net[g.from[i]] -= on;
            net[g.to[i]] += on;
        }
        CHECK_NEAR(net[NODES - 1], least, tolerance);
        for (int i = 1; i < NODES - 1; i++)
            CHECK_NEAR(net[i], 0, tolerance);
        bool side[NODES];
        unsigned bits = 0;
        max_flow_cut(f, side);
        for (int i = 0; i < NODES; i++)
            bits |= (unsigned)side[i] << i;
        CU_ASSERT(side[0] && !side[NODES - 1]);
        CHECK_NEAR(across(&g, bits), least, tolerance);
        max_flow_free(f);
    }
}

/* All whole flows along up to 5 edges of capacity up to 3, by counting. */
static void equals_cheapest_by_counting(void)
{
    struct weir_stream s = weir_stream_open(2, "test/max-flow");
    for (int n = 0; n < 200; n++) {
        int from[6], to[6], most[6], cost[6], total = 1;
        struct max_flow *f = max_flow_new(4);
        double least[20], got;
        for (int i = 0; i < 20; i++)
            least[i] = INFINITY;
        for (int i = 0; i < 6; i++) {
            from[i] = (int)weir_stream_below(&s, 4);
            to[i] = (int)weir_stream_below(&s, 4);
            most[i] = 1 + (int)weir_stream_below(&s, 3);
            cost[i] = (int)weir_stream_below(&s, 5);
            total *= most[i] + 1;
            max_flow_edge(f, from[i], to[i], most[i], cost[i]);
        }
        for (int code = 0; code < total; code++) {
            int net[4] = {0}, price = 0;
            for (int i = 0, rest = code; i < 6; rest /= most[i] + 1, i++) {
                int on = rest % (most[i] + 1);
                net[from[i]] -= on;
                net[to[i]] += on;
                price += on * cost[i];
            }
            if (net[1] == 0 && net[2] == 0 && net[3] >= 0)
                least[net[3]] = fmin(least[net[3]], price);
        }
        int largest = (int)max_flow_solve(f, 0, 3);
        CU_ASSERT(isinf(least[largest + 1]));
        for (int size = 0; size <= largest; size++) {
            CHECK_NEAR(max_flow_cheapest(f, 0, 3, size, &got), size, 0);
            CHECK_NEAR(got, least[size], 1e-9);
        }
        max_flow_free(f);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"by hand", by_hand},
                                             {"equals the smallest cut", equals_smallest_cut},
                                             {"equals the cheapest by counting", equals_cheapest_by_counting},
                                             {0}};
    return weir_test_main("learn/optimise/max_flow", cases, argc, argv);
}
