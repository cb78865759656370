/* What users could gain, and how far a placement can be from the best one: each figure of the library against what it
 * says it is, reckoned from all placements on the test's own model. */
#include <math.h>
#include <string.h>

#include "policies/learn/offload/decide.h"
#include "sim/base/error.h"
#include "tests/learn/offload/drawn.h"
#include "tests/support/test.h"

static struct drawn drawn;

enum { SETS = 8, CASES = 20, NODES = 4, USERS = 4, STEPS = 3 };
static const int sets[SETS] = {0,
                               DRAWN_LATE | DRAWN_WEIGHTS,
                               DRAWN_KINDS | DRAWN_WEIGHTS | DRAWN_HOSTS,
                               DRAWN_GRAPHS | DRAWN_LATE | DRAWN_WEIGHTS,
                               DRAWN_OF_USERS | DRAWN_WEIGHTS | DRAWN_LATE,
                               DRAWN_OF_USERS | DRAWN_GRAPHS,
                               DRAWN_GIVEN | DRAWN_WEIGHTS,
                               DRAWN_ONE_WAY | DRAWN_LATE};

/* Cases with a placement: at random, or what the game ends in. */
static bool next_case(int *number, int *at)
{
    while (*number < SETS * CASES) {
        int n = (*number)++;
        const struct offload_dwo_options options = {.response = OFFLOAD_ENUMERATE};
        if (!drawn_make(&drawn, 70000 + (uint64_t)n, sets[n % SETS], NODES, USERS, STEPS))
            continue;
        if (n / SETS % 2 ? drawn_place(&drawn, (uint64_t)n, at) : offload_dwo(drawn.problem, &options, at, NULL) == 0)
            return true;
        weir_error_clear();
        drawn_free(&drawn);
    }
    return false;
}

static void near(double got, double wanted)
{
    CHECK_NEAR(got, wanted, 1e-9 * fmax(1e-6, wanted));
}

static double cost_at(const int *at, int u)
{
    static struct drawn_costs costs;
    return drawn_evaluate(&drawn, at, &costs) ? drawn_omega(&drawn, u) * costs.cost_s[u] : INFINITY;
}

/* A user's cost at what it would change to. */
static double cost_of(const int *at, int u, const int *responses)
{
    int other[DRAWN_ALL], first = drawn_first(&drawn, u);
    memcpy(other, at, sizeof other);
    memcpy(other + first, responses + first, (size_t)drawn.user[u].subtask_count * sizeof *other);
    return cost_at(other, u);
}

/* Users with as many placements as may be looked at, and those with one more. */
static void looked_at(void)
{
    int at[DRAWN_ALL], gains = 0, content = 0, limits = 0;
    for (int number = 0; next_case(&number, at); drawn_free(&drawn)) {
        struct offload_deviation all[USERS], few[USERS];
        int responses[DRAWN_ALL], others[DRAWN_ALL], best[STEPS];
        double most = 0;
        for (int u = 0; u < USERS; u++) {
            double product = 1;
            for (int s = 0; s < drawn.user[u].subtask_count; s++) {
                int able = 0;
                for (int m = 0; m < NODES; m++)
                    able += offload_problem_may_host(drawn.problem, u, s, m);
                product *= able;
            }
            most = fmax(most, product);
        }
        CU_ASSERT_EQUAL(offload_deviations(drawn.problem, at, most, all, responses), 0);
        CU_ASSERT_EQUAL(offload_deviations(drawn.problem, at, most - 1, few, others), 0);
        for (int u = 0; u < USERS; u++) {
            double omega = drawn_omega(&drawn, u), now = cost_at(at, u), least = drawn_best(&drawn, at, u, best);
            near(all[u].cost_s * omega, now);
            near(all[u].best_s * omega, least);
            near(all[u].least_s * omega, least);
            near(cost_of(at, u, responses), least);
            near(few[u].cost_s * omega, now);
            near(cost_of(at, u, others), few[u].best_s * omega);
            CU_ASSERT(few[u].best_s <= few[u].cost_s && few[u].least_s <= few[u].best_s);
            CU_ASSERT(few[u].best_s * omega >= least * (1 - 1e-9) && few[u].least_s * omega <= least * (1 + 1e-9));
            double programme_s; /* what the game would answer is found, too */
            CU_ASSERT_EQUAL(offload_best_response(drawn.problem, at, u, OFFLOAD_SEGMENT, true, best, &programme_s), 0);
            CU_ASSERT(few[u].best_s <= programme_s * (1 + 1e-9));
            limits += few[u].least_s < few[u].best_s * (1 - 1e-9);
            gains += offload_deviation_gains(&all[u]);
            content += !offload_deviation_gains(&all[u]);
            CU_ASSERT_EQUAL(offload_deviation_gains(&all[u]), least < now * (1 - 1e-9));
            CU_ASSERT_TRUE(offload_deviation_certain(&all[u]));
        }
    }
    CU_ASSERT(gains > 50 && content > 200 && limits > 50);
}

/* Which differences are rounding: a part in 1e9. */
static void rounding(void)
{
    static const struct {
        struct offload_deviation deviation;
        bool gains, certain;
    } cases[] = {{{1, 1, 1}, false, true},
                 {{1, 1 - 0.9e-9, 1 - 0.9e-9}, false, true},
                 {{1, 1 - 1.1e-9, 1 - 1.1e-9}, true, true},
                 {{1, 1, 1 - 0.9e-9}, false, true},
                 {{1, 1, 1 - 1.1e-9}, false, false},
                 {{1e6, 1e6 * (1 - 1.1e-9), 1e6 * (1 - 3e-9)}, true, false},
                 {{0, 0, 0}, false, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CU_ASSERT_EQUAL(offload_deviation_gains(&cases[i].deviation), cases[i].gains);
        CU_ASSERT_EQUAL(offload_deviation_certain(&cases[i].deviation), cases[i].certain);
    }
    CU_ASSERT(!offload_deviation_gains(NULL) && !offload_deviation_certain(NULL));
}

/* The least a user costs when nobody else is there. */
static double alone(int u)
{
    int at[DRAWN_ALL], best[STEPS];
    for (int s = 0; s < drawn_subtasks(&drawn); s++)
        at[s] = -1;
    return drawn_best(&drawn, at, u, best);
}

/* (31), (36) and what all cost alone; the bounds hold for every placement. */
static void bounds(void)
{
    int at[DRAWN_ALL], slack = 0, settled = 0, which[3] = {0};
    for (int number = 0; next_case(&number, at); drawn_free(&drawn)) {
        struct offload_bounds got, loose;
        static struct drawn_costs costs;
        int best[STEPS], optimum[DRAWN_ALL];
        double sum = 0, responses = 0, ratio = 1;
        CU_ASSERT_EQUAL(offload_bound(drawn.problem, at, 1e6, &got), 0);
        CU_ASSERT_FATAL(drawn_evaluate(&drawn, at, &costs));
        for (int u = 0; u < USERS; u++) {
            double least = drawn_best(&drawn, at, u, best);
            sum += alone(u);
            responses += least;
            ratio = fmax(ratio, cost_at(at, u) / least);
        }
        near(got.cost_s, costs.sum);
        near(got.alone_s, sum);
        near(1 + got.slack, ratio);
        CU_ASSERT(got.slack == 0 || got.slack >= 1e-9);
        /* rho^2 = (1 + e) (rho + 1); x + sqrt(C x) = what all best responses cost. */
        near(got.anarchy, (1 + got.slack) * (sqrt(got.anarchy) + 1));
        near(got.responses_s + sqrt(got.cost_s * got.responses_s), responses);
        double parts[3] = {got.alone_s, got.responses_s, got.cost_s / got.anarchy}, most = 0;
        for (int i = 0; i < 3; i++)
            most = fmax(most, parts[i]);
        for (int i = 0; i < 3; i++)
            which[i] += parts[i] == most;
        near(got.least_s, fmin(most, got.cost_s));
        CU_ASSERT_EQUAL(offload_optimal(drawn.problem, 0, optimum, NULL), 0);
        CU_ASSERT(drawn_evaluate(&drawn, optimum, &costs) && got.least_s <= costs.sum * (1 + 1e-9));
        CU_ASSERT_EQUAL(offload_bound(drawn.problem, at, 0, &loose), 0);
        CU_ASSERT(loose.alone_s <= got.alone_s * (1 + 1e-9) && loose.least_s <= costs.sum * (1 + 1e-9));
        CU_ASSERT(loose.responses_s <= got.responses_s * (1 + 1e-9) && loose.slack >= got.slack * (1 - 1e-9));
        slack += got.slack > 0;
        settled += got.slack == 0;
    }
    CU_ASSERT(slack > 20 && settled > 40 && which[0] > 20 && which[1] > 0);
}

/* Alone, where not all placements are looked at: chains in networks of single hops cost what the programme says, which
 * is then exact; graphs what their work costs. */
static void alone_by_programme(void)
{
    int exact = 0;
    for (uint64_t n = 0; n < 40; n++) {
        if (!drawn_make(&drawn, 80000 + n, DRAWN_HOP | DRAWN_ONE_WAY | DRAWN_WEIGHTS, NODES, 3, STEPS))
            continue;
        struct offload_bounds got;
        int at[DRAWN_ALL];
        double sum = 0;
        if (drawn_place(&drawn, n, at)) {
            for (int u = 0; u < 3; u++)
                sum += alone(u);
            CU_ASSERT_EQUAL(offload_bound(drawn.problem, at, 0, &got), 0);
            near(got.alone_s, sum);
            exact++;
        }
        drawn_free(&drawn);
    }
    CU_ASSERT(exact > 15);
}

/* A graph's work, each subtask by itself where it costs least: w (w + Y) / F of subtasks' shares, c / F of users'. */
static void least_work(void)
{
    int compared = 0;
    for (uint64_t n = 0; n < 40; n++) {
        int at[DRAWN_ALL], responses[DRAWN_ALL];
        struct offload_deviation got[2];
        static struct drawn_costs others;
        if (!drawn_make(&drawn, 90000 + n, DRAWN_GRAPHS | DRAWN_WEIGHTS | (n % 2 ? DRAWN_OF_USERS : DRAWN_KINDS), NODES,
                        2, STEPS))
            continue;
        if (offload_problem_is_chain(drawn.problem, 0) || !drawn_place(&drawn, n, at)) {
            drawn_free(&drawn);
            continue;
        }
        CU_ASSERT_EQUAL(offload_deviations(drawn.problem, at, 0, got, responses), 0);
        int first_nowhere[DRAWN_ALL];
        memcpy(first_nowhere, at, sizeof at);
        for (int s = 0; s < drawn.user[0].subtask_count; s++)
            first_nowhere[s] = -1;
        CU_ASSERT_FATAL(drawn_evaluate(&drawn, first_nowhere, &others));
        double sum = 0;
        for (int s = 0; s < drawn.user[0].subtask_count; s++) {
            double least = INFINITY;
            for (int m = 0; m < NODES; m++) {
                if (!offload_problem_may_host(drawn.problem, 0, s, m))
                    continue;
                double w = drawn_item(&drawn, 0, s, m);
                least = fmin(least, w * (w + (drawn.of_users ? 0 : others.load[m])) / drawn.flops[m]);
            }
            sum += least;
        }
        near(got[0].least_s * drawn_omega(&drawn, 0), fmin(sum, got[0].best_s * drawn_omega(&drawn, 0)));
        compared++;
        drawn_free(&drawn);
    }
    CU_ASSERT(compared > 10);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"looked at", looked_at},   {"rounding", rounding},
                                             {"bounds", bounds},         {"alone by programme", alone_by_programme},
                                             {"least work", least_work}, {0}};
    return weir_test_main("learn/offload/gains", cases, argc, argv);
}
