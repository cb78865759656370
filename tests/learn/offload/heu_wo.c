/* heu-wo against the same rule written anew, on the test's own ways. */
#include <math.h>
#include <string.h>

#include "policies/learn/offload/decide.h"
#include "policies/learn/offload/inside.h"
#include "sim/base/error.h"
#include "tests/learn/offload/drawn.h"
#include "tests/support/test.h"

static struct drawn drawn;

enum { CASES = DRAWN_SETS * 30, NODES = 6, USERS = 4, STEPS = 4 };

static bool next_case(int *number)
{
    return drawn_case(&drawn, number, 20000, CASES, NODES, USERS, STEPS);
}

static bool can(int u, int s, int m)
{
    return offload_problem_may_host(drawn.problem, u, s, m);
}

static double load[NODES + DRAWN_LINKS];

/* A transfer along its way beside the loads; INFINITY: there is none. */
static double sent_s(int u, int t, int from, int to)
{
    double sum = drawn.hops[from][to] < 0 ? INFINITY : 0,
           root = sqrt(drawn_omega(&drawn, u) * drawn.transfer[u][t].bytes);
    for (int i = 0; i < drawn.hops[from][to]; i++) {
        const struct offload_link *link = &drawn.link[drawn.way[from][to][i]];
        sum += root * (root + load[NODES + drawn.way[from][to][i]]) / link->bytes_per_s +
               drawn_omega(&drawn, u) * link->latency_s;
    }
    return sum;
}

static void load_way(int u, int t, int from, int to)
{
    for (int i = 0; i < drawn.hops[from][to]; i++)
        load[NODES + drawn.way[from][to][i]] += sqrt(drawn_omega(&drawn, u) * drawn.transfer[u][t].bytes);
}

/* Subtask s where it ends first, with the way of its results; false: nowhere. */
static bool place_next(int u, int s, int *own, double *end_s)
{
    const struct offload_user *user = &drawn.user[u];
    double least = INFINITY;
    own[s] = -1;
    for (int m = 0; m < NODES; m++) {
        double ready = 0, key;
        if (!can(u, s, m))
            continue;
        for (int t = 0; t < user->transfer_count; t++)
            if (user->transfers[t].to == s) {
                int from = user->transfers[t].from;
                ready =
                    fmax(ready, (from < 0 ? 0 : end_s[from]) + sent_s(u, t, from < 0 ? user->origin : own[from], m));
            }
        double work = drawn_item(&drawn, u, s, m);
        key = ready += work * (work + load[m]) / drawn.flops[m];
        for (int t = 0; t < user->transfer_count; t++)
            if (user->transfers[t].from == s && user->transfers[t].to < 0)
                key += sent_s(u, t, m, user->end);
        if (!(key < least))
            continue;
        least = key;
        own[s] = m;
        end_s[s] = ready;
    }
    if (own[s] < 0)
        return false;
    load[own[s]] += drawn_item(&drawn, u, s, own[s]);
    for (int t = 0; t < user->transfer_count; t++) {
        int from = user->transfers[t].from;
        if (user->transfers[t].to == s)
            load_way(u, t, from < 0 ? user->origin : own[from], own[s]);
        else if (from == s && user->transfers[t].to < 0)
            load_way(u, t, own[s], user->end);
    }
    return true;
}

/* Users of which[] anew, beside the loads of the others. */
static bool place_all(const bool *which, int *at)
{
    double end_s[USERS][STEPS] = {{0}};
    for (int s = 0; s < STEPS; s++)
        for (int u = 0; u < USERS; u++)
            if (which[u] && s < drawn.user[u].subtask_count && !place_next(u, s, at + drawn_first(&drawn, u), end_s[u]))
                return false;
    return true;
}

static void heuristic(void)
{
    int failed = 0, placed = 0;
    for (int number = 0; next_case(&number); drawn_free(&drawn)) {
        int got[DRAWN_ALL], wanted[DRAWN_ALL];
        const bool all[USERS] = {true, true, true, true};
        memset(load, 0, sizeof load);
        bool good = place_all(all, wanted);
        CU_ASSERT_EQUAL(offload_heu_wo(drawn.problem, got) == 0, good);
        weir_error_clear();
        for (int s = 0; good && s < drawn_subtasks(&drawn); s++)
            CU_ASSERT_EQUAL(got[s], wanted[s]);
        failed += !good;
        placed += good;
    }
    CU_ASSERT(placed > 150 && failed < CASES / 10);
}

/* Some anew, beside the others; one that is to be placed, and has no place now, loads nothing. */
static void beside_others(void)
{
    int placed = 0;
    for (int number = 0; next_case(&number); drawn_free(&drawn)) {
        int got[DRAWN_ALL], wanted[DRAWN_ALL];
        const bool which[USERS] = {number % 2, true, false, number % 3 == 0};
        struct drawn_costs costs;
        if (!drawn_place(&drawn, (uint64_t)number, got))
            continue;
        if (number % 4 == 0)
            got[drawn_first(&drawn, 1) + 1] = -1;
        memcpy(wanted, got, sizeof wanted);
        for (int u = 0; u < USERS; u++)
            for (int s = 0; s < drawn.user[u].subtask_count && which[u]; s++)
                wanted[drawn_first(&drawn, u) + s] = -1;
        CU_ASSERT_FATAL(drawn_evaluate(&drawn, wanted, &costs));
        memcpy(load, costs.load, sizeof load);
        bool good = place_all(which, wanted);
        CU_ASSERT_EQUAL(offload_heu_wo_place(drawn.problem, which, got) == 0, good);
        weir_error_clear();
        for (int s = 0; good && s < drawn_subtasks(&drawn); s++)
            CU_ASSERT_EQUAL(got[s], wanted[s]);
        placed += good;
        if (!good)
            continue;
        got[drawn_first(&drawn, 2)] = NODES; /* who has a place must have one that can be */
        CU_ASSERT_EQUAL(offload_heu_wo_place(drawn.problem, which, got), WEIR_EINPUT);
        weir_error_clear();
    }
    CU_ASSERT(placed > 150);
}

/* 0 -> 1 -> 3 and 0 -> 2 -> 4: what comes from 1 and from 2 meets nowhere, though each transfer by itself has a way. */
static void no_node_left(void)
{
    static const double flops[] = {1e9, 1e9, 1e9, 1e9, 1e9}, work[] = {1, 1, 1};
    static const struct offload_link links[] = {{0, 1, 1, 0}, {0, 2, 1, 0}, {1, 3, 1, 0}, {2, 4, 1, 0}};
    static const struct offload_transfer transfers[] = {{-1, 0, 1}, {-1, 1, 1}, {0, 2, 1}, {1, 2, 1}};
    static const unsigned char hosts[] = {0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1};
    const struct offload_network_spec spec = {
        .node_count = 5, .flops_per_s = flops, .link_count = 4, .links = links, .routing = OFFLOAD_SINGLE_HOP};
    const struct offload_user user = {
        .end = -1, .subtask_count = 3, .work_flop = work, .hosts = hosts, .transfer_count = 4, .transfers = transfers};
    struct offload_network *network;
    struct offload_problem *problem;
    int at[3];
    CU_ASSERT_EQUAL_FATAL(offload_network_new(&spec, &network), 0);
    CU_ASSERT_EQUAL_FATAL(offload_problem_new(network, &user, 1, OFFLOAD_SHARE_OF_SUBTASK, &problem), 0);
    CU_ASSERT_EQUAL(offload_heu_wo(problem, at), WEIR_EINPUT);
    CHECK_MESSAGE(
        "user 0: no node is left for subtask 2 after those before it; its graph does not fit the network's ways");
    CU_ASSERT_EQUAL(offload_nearest(problem, at), WEIR_EINPUT);
    CHECK_MESSAGE("user 0: no node is left for subtask 2 after those before it");
    CU_ASSERT_EQUAL(offload_random(problem, 1, at), WEIR_EINPUT);
    CHECK_MESSAGE("user 0: no node is left for subtask 0 after those before it");
    CU_ASSERT_EQUAL(offload_lawa(problem, at), WEIR_EINPUT);
    CU_ASSERT_EQUAL(offload_heu_wo_refined(problem, at), WEIR_EINPUT);
    weir_error_clear();
    offload_problem_free(problem);
    offload_network_free(network);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"heuristic", heuristic}, {"beside others", beside_others}, {"no node left", no_node_left}, {0}};
    return weir_test_main("learn/offload/heu_wo", cases, argc, argv);
}
