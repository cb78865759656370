/* The search for the optimum against all placements of small cases, ties and users without a choice included, and that
 * its bounds hold and leave little to look at. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "policies/learn/offload/decide.h"
#include "sim/base/error.h"
#include "tests/learn/offload/drawn.h"
#include "tests/support/test.h"

static struct drawn drawn;

enum { SETS = 9, CASES = 12 };
static const int sets[SETS] = {0,
                               DRAWN_LATE | DRAWN_WEIGHTS,
                               DRAWN_KINDS | DRAWN_WEIGHTS | DRAWN_HOSTS,
                               DRAWN_GRAPHS | DRAWN_LATE | DRAWN_WEIGHTS,
                               DRAWN_OF_USERS | DRAWN_WEIGHTS | DRAWN_LATE,
                               DRAWN_OF_USERS | DRAWN_GRAPHS | DRAWN_HOSTS,
                               DRAWN_ONE_WAY | DRAWN_HOSTS,
                               DRAWN_GIVEN | DRAWN_BARE | DRAWN_LATE,
                               DRAWN_HOP | DRAWN_GRAPHS};

static double sum_at(const int *at)
{
    static struct drawn_costs costs;
    return drawn_evaluate(&drawn, at, &costs) ? costs.sum : INFINITY;
}

static double least_of_all(void)
{
    int at[DRAWN_ALL] = {0};
    double least = INFINITY;
    do
        least = fmin(least, sum_at(at));
    while (drawn_next(&drawn, at, 0, drawn_subtasks(&drawn)));
    return least;
}

static double placements(void)
{
    double product = 1;
    for (int u = 0; u < drawn.users; u++)
        for (int s = 0; s < drawn.user[u].subtask_count; s++) {
            int able = 0;
            for (int m = 0; m < drawn.nodes; m++)
                able += offload_problem_may_host(drawn.problem, u, s, m);
            product *= able;
        }
    return product;
}

/* 3 to 4 nodes, 1 to 4 users of one to three subtasks, never above 4^6 placements or so. */
static void against_all(void)
{
    static const struct {
        int nodes, users, steps;
    } sizes[] = {{4, 2, 3}, {3, 4, 2}, {3, 2, 3}, {4, 3, 2}, {4, 1, 4}, {4, 6, 1}};
    int compared = 0;
    for (int n = 0; n < SETS * CASES; n++) {
        int size = n / SETS % 6, got[DRAWN_ALL];
        if (!drawn_make(&drawn, 30000 + (uint64_t)n, sets[n % SETS], sizes[size].nodes, sizes[size].users,
                        sizes[size].steps))
            continue;
        struct offload_search search;
        double least = least_of_all();
        CU_ASSERT_EQUAL_FATAL(offload_optimal(drawn.problem, 0, got, &search), 0);
        CHECK_NEAR(sum_at(got), least, 1e-9 * least);
        CU_ASSERT_TRUE(search.whole);
        CHECK_NEAR(search.placements, placements(), 1e-6);
        CU_ASSERT_EQUAL(offload_optimal(drawn.problem, search.placements, got, NULL), WEIR_EINPUT);
        CU_ASSERT_EQUAL(offload_optimal(drawn.problem, search.placements * 1.01 + 1, got, NULL), 0);
        weir_error_clear();
        compared++;
        drawn_free(&drawn);
    }
    CU_ASSERT(compared > SETS * CASES / 2);
}

/* Some users can be in one place alone: they load the rest, and cost what they cost. */
static void without_choice(void)
{
    int compared = 0, none = 0;
    for (uint64_t n = 0; n < 60; n++) {
        if (!drawn_make(&drawn, 40000 + n, DRAWN_HOSTS | (n % 2 ? DRAWN_WEIGHTS | DRAWN_LATE : DRAWN_OF_USERS), 4, 4,
                        2))
            continue;
        int fixed = (int)(n % 5), got[DRAWN_ALL]; /* so many users: of 4 none has a choice, or one, or three */
        for (int u = 0; u < fixed && u < 4; u++)
            for (int s = 0; s < drawn.user[u].subtask_count; s++)
                for (int m = 0; m < 4; m++)
                    drawn.hosts[u][s * 4 + m] = m == (int)(n + (uint64_t)(u + s)) % 4;
        offload_problem_free(drawn.problem);
        for (int u = 0; u < 4; u++)
            drawn.user[u].hosts = drawn.hosts[u];
        drawn.problem = NULL;
        enum offload_shares shares = drawn.of_users ? OFFLOAD_SHARE_OF_USER : OFFLOAD_SHARE_OF_SUBTASK;
        if (offload_problem_new(drawn.network, drawn.user, 4, shares, &drawn.problem) == 0) {
            double least = least_of_all();
            struct offload_search search;
            CU_ASSERT_EQUAL_FATAL(offload_optimal(drawn.problem, 0, got, &search), 0);
            CHECK_NEAR(sum_at(got), least, 1e-9 * least);
            CHECK_NEAR(search.placements, placements(), 1e-6);
            CU_ASSERT(search.whole && (search.placements > 1 || search.visited == 0));
            none += search.placements == 1;
            compared++;
        }
        weir_error_clear();
        drawn_free(&drawn);
    }
    CU_ASSERT(compared > 30 && none > 5);
}

/* Equal users on equal nodes: many placements are as good. One of them is found, the same each time. */
static void ties(void)
{
    static const double flops[] = {1e9, 1e9, 1e9, 1e9}, work[] = {1e9, 1e9};
    for (int users = 1; users <= 4; users++)
        for (int steps = 1; steps <= 2; steps++) {
            struct offload_network *network;
            struct offload_problem *problem;
            struct offload_user all[4];
            int got[8], again[8];
            for (int u = 0; u < users; u++)
                all[u] = (struct offload_user){.origin = -1, .end = -1, .subtask_count = steps, .work_flop = work};
            const struct offload_network_spec spec = {.node_count = 4, .flops_per_s = flops};
            CU_ASSERT_EQUAL_FATAL(offload_network_new(&spec, &network), 0);
            CU_ASSERT_EQUAL_FATAL(offload_problem_new(network, all, users, OFFLOAD_SHARE_OF_SUBTASK, &problem), 0);
            CU_ASSERT_EQUAL(offload_optimal(problem, 0, got, NULL), 0);
            CU_ASSERT_EQUAL(offload_optimal(problem, 0, again, NULL), 0);
            int on[4] = {0}, subtasks = users * steps;
            double sum = 0, least = 0;
            for (int s = 0; s < subtasks; s++) {
                on[got[s]]++;
                CU_ASSERT_EQUAL(got[s], again[s]);
            }
            for (int m = 0; m < 4; m++) { /* as evenly as can be: n^2 s on a node with n subtasks */
                int even = subtasks / 4 + (m < subtasks % 4);
                sum += on[m] * on[m];
                least += even * even;
            }
            CHECK_NEAR(sum, least, 0);
            offload_problem_free(problem);
            offload_network_free(network);
        }
}

/* Given up early, what is known is kept, which is no worse than the game's; the more steps there are, the better. */
static void given_up(void)
{
    int whole = 0, given_up = 0;
    for (uint64_t n = 0; n < 8; n++) {
        if (!drawn_make(&drawn, 50000 + n, n % 2 ? DRAWN_WEIGHTS | DRAWN_LATE : 0, 6, 4, 3))
            continue;
        int got[DRAWN_ALL];
        struct offload_dwo_options options = {.start = OFFLOAD_START_HEU_WO, .starts = 5, .lower_sum_first = true};
        CU_ASSERT_EQUAL(offload_dwo(drawn.problem, &options, got, NULL), 0);
        double before = sum_at(got);
        for (double most = 1; most <= 1e9; most *= 30) {
            struct offload_search search;
            CU_ASSERT_EQUAL(offload_optimal_within(drawn.problem, 0, most, got, &search), 0);
            CU_ASSERT(sum_at(got) <= before * (1 + 1e-12));
            CU_ASSERT_EQUAL(search.whole, search.visited < most);
            CU_ASSERT(search.visited < placements() / 1000);
            before = sum_at(got);
            whole += search.whole;
            given_up += !search.whole;
        }
        drawn_free(&drawn);
    }
    CU_ASSERT(whole > 15 && given_up > 2);
}

/* The bounds rule out nearly all: of the 2e7 to 1e9 placements of each of these cases one in thousands is looked at, in
 * parts. */
static void looks_at_few(void)
{
    double visited = 0, all = 0;
    for (uint64_t n = 0; n < 10; n++) {
        int got[DRAWN_ALL];
        struct offload_search search;
        if (!drawn_make(&drawn, 60000 + n, sets[n % 5], 6, 4, 3))
            continue;
        CU_ASSERT_EQUAL(offload_optimal(drawn.problem, 0, got, &search), 0);
        CU_ASSERT(search.whole);
        visited += search.visited;
        all += search.placements;
        drawn_free(&drawn);
    }
    printf("\nlooked at %g of %g\n", visited, all);
    CU_ASSERT(all > 1e8);
    CU_ASSERT(visited < all / 4000);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"against all", against_all}, {"without choice", without_choice}, {"ties", ties},
        {"given up", given_up},       {"looks at few", looks_at_few},     {0}};
    return weir_test_main("learn/offload/search", cases, argc, argv);
}
