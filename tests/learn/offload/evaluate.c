/* Costs, latencies, loads, shares, the potential and what may be where, against a model of the test's own. */
#include <math.h>
#include <string.h>

#include "policies/learn/offload/inside.h"
#include "sim/base/error.h"
#include "tests/learn/offload/drawn.h"
#include "tests/support/test.h"

static struct drawn drawn;

enum { SETS = 12, CASES = 30, NODES = 5, USERS = 4, STEPS = 4 };
static const int sets[SETS] = {0,
                               DRAWN_LATE,
                               DRAWN_WEIGHTS | DRAWN_LATE,
                               DRAWN_KINDS | DRAWN_WEIGHTS,
                               DRAWN_GRAPHS | DRAWN_LATE | DRAWN_WEIGHTS,
                               DRAWN_OF_USERS | DRAWN_WEIGHTS | DRAWN_LATE,
                               DRAWN_OF_USERS | DRAWN_GRAPHS | DRAWN_KINDS,
                               DRAWN_ONE_WAY | DRAWN_LATE,
                               DRAWN_GIVEN | DRAWN_LATE | DRAWN_GRAPHS,
                               DRAWN_HOSTS | DRAWN_BARE | DRAWN_LATE,
                               DRAWN_BARE | DRAWN_GRAPHS | DRAWN_WEIGHTS | DRAWN_OF_USERS,
                               DRAWN_HOP | DRAWN_HOSTS | DRAWN_GRAPHS};

/* All cases that can be drawn, with a random placement, one after the other. */
static bool next_case(int *number, int *at)
{
    while (*number < SETS * CASES) {
        int n = (*number)++;
        if (!drawn_make(&drawn, (uint64_t)n, sets[n % SETS], NODES, USERS, STEPS))
            continue;
        if (drawn_place(&drawn, (uint64_t)n, at))
            return true;
        drawn_free(&drawn);
    }
    return false;
}

static void near(double got, double wanted)
{
    CHECK_NEAR(got, wanted, 1e-9 * fmax(1e-3, fabs(wanted)));
}

static void costs(void)
{
    int at[DRAWN_ALL], compared = 0;
    for (int number = 0; next_case(&number, at); drawn_free(&drawn), compared++) {
        double cost_s[USERS], latency_s[USERS], load[DRAWN_NODES + DRAWN_LINKS], means[2] = {0};
        struct offload_evaluation got = {.cost_s = cost_s, .latency_s = latency_s, .load = load}, bare = {0};
        struct drawn_costs wanted;
        CU_ASSERT_FATAL(drawn_evaluate(&drawn, at, &wanted));
        CU_ASSERT_EQUAL_FATAL(offload_evaluate(drawn.problem, at, &got), 0);
        for (int u = 0; u < USERS; u++) {
            near(cost_s[u], wanted.cost_s[u]);
            near(latency_s[u], wanted.latency_s[u]);
            means[0] += wanted.cost_s[u] / USERS;
            means[1] += wanted.latency_s[u] / USERS;
        }
        for (int r = 0; r < NODES + drawn.links; r++)
            near(load[r], wanted.load[r]);
        near(got.cost_sum_s, wanted.sum);
        near(got.potential, wanted.potential);
        near(got.cost_mean_s, means[0]);
        near(got.latency_mean_s, means[1]);
        CU_ASSERT_EQUAL_FATAL(offload_evaluate(drawn.problem, at, &bare), 0);
        near(bare.cost_sum_s, wanted.sum);
    }
    CU_ASSERT(compared > SETS * CASES / 2);
}

static void shares(void)
{
    int at[DRAWN_ALL], local = 0;
    for (int number = 0; next_case(&number, at); drawn_free(&drawn)) {
        double share[DRAWN_ALL];
        struct offload_flow flow[DRAWN_USERS * DRAWN_TRANSFERS];
        struct drawn_costs wanted;
        CU_ASSERT_FATAL(drawn_evaluate(&drawn, at, &wanted));
        CU_ASSERT_EQUAL_FATAL(offload_shares(drawn.problem, at, share, flow), 0);
        for (int s = 0; s < drawn_subtasks(&drawn); s++)
            near(share[s], wanted.share[s]);
        for (int u = 0, t = 0; u < USERS; u++) {
            const struct offload_user *user = &drawn.user[u];
            const int *own = at + drawn_first(&drawn, u);
            CU_ASSERT_EQUAL(offload_problem_first_transfer(drawn.problem, u), t);
            CU_ASSERT_EQUAL(offload_problem_first_subtask(drawn.problem, u), drawn_first(&drawn, u));
            for (int i = 0; i < user->transfer_count; i++, t++) {
                int from = user->transfers[i].from < 0 ? user->origin : own[user->transfers[i].from];
                int to = user->transfers[i].to < 0 ? user->end : own[user->transfers[i].to];
                CU_ASSERT_EQUAL(flow[t].link_count, drawn.hops[from][to]);
                near(flow[t].least_share, wanted.least_share[t]);
                near(flow[t].time_s, wanted.time_s[t]);
                local += from == to;
                CU_ASSERT_EQUAL(isinf(flow[t].bytes_per_s) != 0, from == to);
                if (from != to)
                    near(flow[t].bytes_per_s, wanted.flow[t]);
            }
        }
    }
    CU_ASSERT(local > 100);
}

/* A placement that cannot be is refused, and no other is. */
static void refused(void)
{
    int at[DRAWN_ALL], counts[2] = {0};
    for (int number = 0; next_case(&number, at); drawn_free(&drawn))
        for (int u = 0; u < USERS; u++) {
            int kept = at[drawn_first(&drawn, u) + 1];
            for (int m = 0; m < NODES; m++) {
                at[drawn_first(&drawn, u) + 1] = m;
                struct offload_evaluation got = {0};
                struct drawn_costs wanted;
                bool can = drawn_evaluate(&drawn, at, &wanted);
                CU_ASSERT_EQUAL(offload_evaluate(drawn.problem, at, &got) == 0, can);
                CU_ASSERT_EQUAL(offload_check_placement(drawn.problem, at) == 0, can);
                CU_ASSERT_EQUAL(offload_check_user_placement(drawn.problem, u, at + drawn_first(&drawn, u)) == 0, can);
                counts[can]++;
                weir_error_clear();
            }
            at[drawn_first(&drawn, u) + 1] = kept;
        }
    CU_ASSERT(counts[0] > 300 && counts[1] > 1000);
}

/* Whether subtask s of a user may be on a node: it can compute there, raw data reach it, and from there what follows
 * can be reached, each transfer by itself. */
static bool may(int u, int s, int m)
{
    const struct offload_user *user = &drawn.user[u];
    if (!(drawn.flops[m] > 0) || (drawn.kinds > 1 && !(drawn.by_kind[drawn.kind[u][s] * NODES + m] > 0)) ||
        (user->hosts && !user->hosts[s * NODES + m]))
        return false;
    for (int t = 0; t < user->transfer_count; t++) {
        const struct offload_transfer *way = &user->transfers[t];
        bool any = false;
        if (way->to == s && way->from < 0 && drawn.hops[user->origin][m] < 0)
            return false;
        if (way->from != s)
            continue;
        for (int n = 0; n < NODES; n++)
            any |= drawn.hops[m][n] >= 0 && (way->to < 0 ? n == user->end : may(u, way->to, n));
        if (!any)
            return false;
    }
    return true;
}

/* One subtask after the other on nodes that it may be on, and that are reached from where those before it are. */
static void may_host(void)
{
    int at[DRAWN_ALL], counts[2] = {0};
    for (int number = 0; next_case(&number, at); drawn_free(&drawn))
        for (int u = 0; u < USERS; u++) {
            int first = drawn_first(&drawn, u), count = drawn.user[u].subtask_count;
            double product = 1;
            for (int s = 0; s < count; s++) {
                int able = 0, own[STEPS];
                memcpy(own, at + first, sizeof own);
                for (int m = 0; m < NODES; m++) {
                    bool can = may(u, s, m), fits = can;
                    CU_ASSERT_EQUAL(offload_problem_may_host(drawn.problem, u, s, m), can);
                    for (int t = 0; t < drawn.user[u].transfer_count; t++) {
                        const struct offload_transfer *way = &drawn.user[u].transfers[t];
                        int from = way->from < 0 ? drawn.user[u].origin : own[way->from];
                        fits = fits && (way->to != s || drawn.hops[from][m] >= 0);
                    }
                    CU_ASSERT_EQUAL(offload_fits(drawn.problem, u, first + s, own, m), fits);
                    able += can;
                    counts[can]++;
                }
                product *= able;
            }
            CHECK_NEAR(offload_user_placements(drawn.problem, u), product, 1e-9);
        }
    CU_ASSERT(counts[0] > 1000 && counts[1] > 5000);
}

/* Numbers that are not there. */
static void not_there(void)
{
    CU_ASSERT_FATAL(drawn_make(&drawn, 1, 0, NODES, USERS, STEPS));
    const struct offload_problem *problem = drawn.problem;
    for (int user = -1; user <= USERS; user += USERS + 1) {
        CU_ASSERT_EQUAL(offload_problem_first_subtask(problem, user), -1);
        CU_ASSERT_EQUAL(offload_problem_first_transfer(problem, user), -1);
        CU_ASSERT(!offload_problem_is_chain(problem, user) && !offload_problem_may_host(problem, user, 0, 0));
    }
    CU_ASSERT(offload_problem_may_host(problem, 3, STEPS - 1, NODES - 1) && offload_problem_may_host(problem, 0, 0, 0));
    CU_ASSERT(!offload_problem_may_host(problem, 3, STEPS, 0) && !offload_problem_may_host(problem, 2, STEPS - 1, 0));
    CU_ASSERT(!offload_problem_may_host(problem, 0, -1, 0) && !offload_problem_may_host(problem, 0, 0, NODES));
    CU_ASSERT(!offload_problem_may_host(problem, 0, 0, -1));
    CU_ASSERT_EQUAL(offload_problem_users(problem), USERS);
    CU_ASSERT_EQUAL(offload_problem_subtasks(problem), 3 * STEPS + STEPS - 1);
    CU_ASSERT_EQUAL(offload_problem_transfers(problem), 3 * (STEPS + 1) + STEPS);
    drawn_free(&drawn);
}

/* Which users are chains: 0 > 1 > 2 with at most one way in at its head and one out at its end. */
static void chains(void)
{
    static const double work[] = {1, 1, 1}, flops[] = {1};
    static const struct {
        struct offload_transfer transfers[4];
        int count;
        bool chain;
    } cases[] = {{{{-1, 0, 1}, {0, 1, 1}, {1, 2, 1}, {2, -1, 1}}, 4, true},
                 {{{0, 1, 1}, {1, 2, 1}}, 2, true},
                 {{{1, 2, 1}, {0, 1, 1}, {2, -1, 1}}, 3, true},
                 {{{0, 1, 1}}, 1, false},
                 {{{0, 1, 1}, {0, 2, 1}}, 2, false},
                 {{{0, 1, 1}, {1, 2, 1}, {0, 2, 1}}, 3, false},
                 {{{0, 2, 1}, {1, 2, 1}}, 2, false},
                 {{{0, 1, 1}, {-1, 2, 1}}, 2, false},
                 {{{0, 2, 1}, {-1, 1, 1}}, 2, false},
                 {{{-1, 0, 1}, {-1, 1, 1}, {-1, 2, 1}}, 3, false},
                 {{{0, 1, 1}, {1, 2, 1}, {1, -1, 1}}, 3, false},
                 {{{0, 1, 1}, {1, -1, 1}, {-1, 2, 1}}, 3, false},
                 {{{-1, 0, 1}, {-1, 0, 1}, {0, 1, 1}, {1, 2, 1}}, 4, false},
                 {{{0, 1, 1}, {1, 2, 1}, {2, -1, 1}, {2, -1, 1}}, 4, false}};
    struct offload_network *network;
    CU_ASSERT_EQUAL_FATAL(
        offload_network_new(&(struct offload_network_spec){.node_count = 1, .flops_per_s = flops}, &network), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct offload_user users[2] = {{.subtask_count = 3, .work_flop = work, .origin = -1, .end = -1}};
        users[1] = (struct offload_user){
            .subtask_count = 3, .work_flop = work, .transfer_count = cases[i].count, .transfers = cases[i].transfers};
        struct offload_problem *problem;
        CU_ASSERT_EQUAL_FATAL(offload_problem_new(network, users, 2, OFFLOAD_SHARE_OF_SUBTASK, &problem), 0);
        CU_ASSERT_EQUAL(offload_problem_is_chain(problem, 1), cases[i].chain);
        CU_ASSERT_EQUAL(offload_problem_is_chain(problem, 0), false);
        for (int j = 0; j <= 3 && cases[i].chain; j++) {
            int t = offload_chain_transfer(problem, 1, j), from = -2;
            for (int k = 0; k < cases[i].count; k++)
                if (cases[i].transfers[k].from == j - 1 && (j < 3 ? cases[i].transfers[k].to == j : true))
                    from = k;
            CU_ASSERT_EQUAL(t, from == -2 ? -1 : from);
        }
        offload_problem_free(problem);
    }
    offload_network_free(network);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"costs", costs},
                                             {"shares", shares},
                                             {"refused", refused},
                                             {"may host", may_host},
                                             {"not there", not_there},
                                             {"chains", chains},
                                             {0}};
    return weir_test_main("learn/offload/evaluate", cases, argc, argv);
}
