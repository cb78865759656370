/* Small cases with their arithmetic, and what is refused, with its message. */
#include <math.h>
#include <string.h>

#include "policies/learn/offload/decide.h"
#include "sim/base/error.h"
#include "tests/support/test.h"

/* Nodes 0 - 1 - 2 in a row, both ways; 1, 2, 4 Gflop/s, 1 MB/s and 4 MB/s. */
static const double flops_per_s[] = {1e9, 2e9, 4e9};
static const struct offload_link row[] = {{0, 1, 1e6, 0}, {1, 0, 1e6, 0}, {1, 2, 4e6, 0}, {2, 1, 4e6, 0}};
static const struct offload_network_spec row_spec = {
    .node_count = 3, .flops_per_s = flops_per_s, .link_count = 4, .links = row};
static const double work[] = {1e9, 4e9};
static const struct offload_transfer chain[] = {{-1, 0, 1e6}, {0, 1, 4e6}, {1, -1, 1e6}};
static const struct offload_user one = {.name = "camera",
                                        .origin = 0,
                                        .end = 2,
                                        .subtask_count = 2,
                                        .work_flop = work,
                                        .transfer_count = 3,
                                        .transfers = chain};

static struct offload_network *network_of(struct offload_network_spec spec)
{
    struct offload_network *network;
    CU_ASSERT_EQUAL_FATAL(offload_network_new(&spec, &network), 0);
    return network;
}

static struct offload_problem *problem_of(const struct offload_network *network, const struct offload_user *users,
                                          int count, enum offload_shares shares)
{
    struct offload_problem *problem;
    CU_ASSERT_EQUAL_FATAL(offload_problem_new(network, users, count, shares, &problem), 0);
    return problem;
}

static struct offload_evaluation evaluated(const struct offload_problem *problem, const int *at)
{
    struct offload_evaluation evaluation = {0};
    CU_ASSERT_EQUAL_FATAL(offload_evaluate(problem, at, &evaluation), 0);
    return evaluation;
}

static void by_hand(void)
{
    struct offload_network *network = network_of(row_spec);
    struct offload_problem *problem = problem_of(network, &one, 1, OFFLOAD_SHARE_OF_SUBTASK);
    /* On 0 and 2: 1e9 / 1e9 + 4 MB over both links, 4 / 1 + 4 / 4, + 4e9 / 4e9; the result is there: 1 + 5 + 1 = 7 s.
     */
    CHECK_NEAR(evaluated(problem, (int[]){0, 2}).cost_sum_s, 7, 1e-9);
    /* Both on 0: (1 + 2)^2 e9 / 1e9 = 9 s of work, since each holds a share; then 1 MB over both links: 1 + 0.25. */
    struct offload_evaluation evaluation = evaluated(problem, (int[]){0, 0});
    CHECK_NEAR(evaluation.cost_sum_s, 10.25, 1e-9);
    CHECK_NEAR(evaluation.potential, 10.25, 1e-9); /* of a single user: its cost */
    double share[2];
    struct offload_flow flows[3];
    CU_ASSERT_EQUAL(offload_shares(problem, (int[]){0, 0}, share, flows), 0);
    CHECK_NEAR(share[0], 1.0 / 3, 1e-12); /* sqrt(1) : sqrt(4) */
    CHECK_NEAR(share[1], 2.0 / 3, 1e-12);
    CU_ASSERT_EQUAL(flows[0].link_count, 0);
    CU_ASSERT_EQUAL(flows[2].link_count, 2);
    CHECK_NEAR(flows[2].bytes_per_s, 1e6, 1e-3); /* alone on both: the narrower */
    CHECK_NEAR(flows[2].time_s, 1.25, 1e-9);
    offload_problem_free(problem);
    /* One share for all of a user's work: 5e9 / 1e9 = 5 s. */
    problem = problem_of(network, &one, 1, OFFLOAD_SHARE_OF_USER);
    CHECK_NEAR(evaluated(problem, (int[]){0, 0}).cost_sum_s, 6.25, 1e-9);
    CHECK_NEAR(evaluated(problem, (int[]){0, 0}).latency_mean_s, 6.25, 1e-9);
    CU_ASSERT_EQUAL(offload_shares(problem, (int[]){0, 0}, share, NULL), 0);
    CHECK_NEAR(share[0], 1, 1e-12);
    offload_problem_free(problem);
    int links[4];
    CU_ASSERT_EQUAL(offload_network_way(network, 0, 2, links, 4), 2);
    CU_ASSERT_EQUAL(links[0], 0);
    CU_ASSERT_EQUAL(links[1], 2);
    CU_ASSERT_EQUAL(offload_network_way(network, 0, 2, NULL, 0), 2);
    CU_ASSERT_EQUAL(offload_network_way(network, 1, 1, links, 4), 0);
    offload_network_free(network);
}

/* Two users with a subtask each on one node: X = 1 + 2, costs 1 * 3 and 2 * 3; Phi = (9 + 1 + 4) / 2 = 7. */
static void two_users(void)
{
    static const double flops[] = {1e9}, small[] = {1e9}, big[] = {4e9};
    struct offload_network *network = network_of((struct offload_network_spec){.node_count = 1, .flops_per_s = flops});
    struct offload_user users[2] = {{.origin = -1, .end = -1, .subtask_count = 1, .work_flop = small},
                                    {.origin = -1, .end = -1, .subtask_count = 1, .work_flop = big}};
    struct offload_problem *problem = problem_of(network, users, 2, OFFLOAD_SHARE_OF_SUBTASK);
    double cost_s[2];
    struct offload_evaluation evaluation = {.cost_s = cost_s};
    CU_ASSERT_EQUAL(offload_evaluate(problem, (int[]){0, 0}, &evaluation), 0);
    CHECK_NEAR(cost_s[0], 3, 1e-9);
    CHECK_NEAR(cost_s[1], 6, 1e-9);
    CHECK_NEAR(evaluation.potential, 7, 1e-9);
    int at[2] = {-1, -1};
    CU_ASSERT_EQUAL(offload_lawa(problem, at), 0); /* neither origin nor end: anywhere */
    CU_ASSERT_EQUAL(at[1], 0);
    offload_problem_free(problem);
    offload_network_free(network);
}

static void latencies_and_kinds(void)
{
    struct offload_link late[4];
    memcpy(late, row, sizeof late);
    late[0].latency_s = 0.5;
    late[2].latency_s = 0.25;
    /* Kind 1 runs on node 1 only, at 8 Gflop/s. */
    static const double kinds[] = {1e9, 2e9, 4e9, 0, 8e9, 0};
    struct offload_network_spec spec = row_spec;
    spec.links = late;
    spec.kind_count = 2;
    spec.kind_flops_per_s = kinds;
    struct offload_network *network = network_of(spec);
    struct offload_user user = one;
    user.kinds = (int[]){0, 1};
    struct offload_problem *problem = problem_of(network, &user, 1, OFFLOAD_SHARE_OF_SUBTASK);
    CU_ASSERT(!offload_problem_may_host(problem, 0, 1, 0));
    CU_ASSERT(offload_problem_may_host(problem, 0, 1, 1));
    /* On 0 and 1: 1 s; 4 MB over link 0, 4 s + 0.5; 4e9 / 8e9 = 0.5 s; 1 MB over link 2, 0.25 + 0.25: 6.5 s. */
    CHECK_NEAR(evaluated(problem, (int[]){0, 1}).cost_sum_s, 6.5, 1e-9);
    CHECK_NEAR(evaluated(problem, (int[]){0, 1}).latency_mean_s, 6.5, 1e-9);
    /* On 1: 1 MB, 1.5 s; roots sqrt(1e9) and sqrt(4e9 * 2 / 8): (1 + 1)^2 e9 / 2e9 = 2 s; and 0.5 s: 4 s, the best. */
    CHECK_NEAR(evaluated(problem, (int[]){1, 1}).cost_sum_s, 4, 1e-9);
    double share[2];
    CU_ASSERT_EQUAL(offload_shares(problem, (int[]){1, 1}, share, NULL), 0);
    CHECK_NEAR(share[1], 0.5, 1e-12);
    int (*const all[])(const struct offload_problem *, int *) = {offload_heu_wo, offload_heu_wo_refined, offload_lawa,
                                                                 offload_nearest};
    for (int i = 0; i < 4; i++) {
        int at[2];
        CU_ASSERT_EQUAL(all[i](problem, at), 0);
        CU_ASSERT_EQUAL(at[1], 1);
    }
    for (int response = 0; response < 3; response++) {
        int at[2];
        struct offload_dwo_options options = {.response = (enum offload_response)response, .seed = 3, .check = true};
        CU_ASSERT_EQUAL(offload_dwo(problem, &options, at, NULL), 0);
        CHECK_NEAR(evaluated(problem, at).cost_sum_s, 4, 1e-9);
    }
    offload_problem_free(problem);
    offload_network_free(network);
}

/* Hosts 0, 1, 2 at a switch: the way from a to b is link a up, the backbone, link b down. */
static int star_way(void *data, int from, int to, const int **links)
{
    static int way[3];
    way[0] = from;
    way[1] = 6;
    way[2] = 3 + to;
    *links = way;
    return data && from == 2 ? -1 : 3;
}

static void given_ways(void)
{
    static const struct offload_link star[] = {{0, -1, 1e6, 0}, {1, -1, 1e6, 0}, {2, -1, 1e6, 0}, {-1, 0, 1e6, 0},
                                               {-1, 1, 1e6, 0}, {-1, 2, 1e6, 0}, {-1, -1, 2e6, 0}};
    struct offload_network_spec spec = {.node_count = 3,
                                        .flops_per_s = flops_per_s,
                                        .link_count = 7,
                                        .links = star,
                                        .routing = OFFLOAD_GIVEN,
                                        .way = star_way};
    struct offload_network *network = network_of(spec);
    int links[3];
    CU_ASSERT_EQUAL(offload_network_way(network, 0, 2, links, 3), 3);
    CU_ASSERT_EQUAL(links[0], 0);
    CU_ASSERT_EQUAL(links[1], 6);
    CU_ASSERT_EQUAL(links[2], 5);
    struct offload_problem *problem = problem_of(network, &one, 1, OFFLOAD_SHARE_OF_SUBTASK);
    /* 1 s; 4 MB over 1, 2, 1 MB/s: 4 + 2 + 4; 1 s: 12 s. */
    CHECK_NEAR(evaluated(problem, (int[]){0, 2}).cost_sum_s, 12, 1e-9);
    /* On 1 and back over the backbone: raw and result share it, (1 + 1)^2 / 2; 1 + 1 each for the rest; (1 + 2)^2 / 2
     * of work. */
    CHECK_NEAR(evaluated(problem, (int[]){1, 1}).cost_sum_s, 2 + 4 + 4.5, 1e-9);
    int at[2];
    CU_ASSERT_EQUAL(offload_lawa(problem, at), 0); /* the switch is no node: runs on 0 and 2 only */
    CU_ASSERT(at[0] != 1 && at[1] != 1);
    offload_problem_free(problem);
    offload_network_free(network);
    spec.data = &network;
    network = network_of(spec);
    CU_ASSERT(!offload_network_reaches(network, 2, 0));
    CU_ASSERT(offload_network_reaches(network, 0, 2));
    offload_network_free(network);
}

/* No work, no data: nothing to share, nothing to wait for. */
static void nothing_to_do(void)
{
    static const double none[] = {0, 1e9};
    static const struct offload_transfer empty[] = {{-1, 0, 0}, {0, 1, 0}, {1, -1, 1e6}};
    struct offload_network *network = network_of(row_spec);
    struct offload_user user = one;
    user.work_flop = none;
    user.transfers = empty;
    struct offload_problem *problem = problem_of(network, &user, 1, OFFLOAD_SHARE_OF_SUBTASK);
    double share[2];
    struct offload_flow flows[3];
    CHECK_NEAR(evaluated(problem, (int[]){0, 2}).cost_sum_s, 0.25, 1e-9); /* 1e9 / 4e9 */
    CU_ASSERT_EQUAL(offload_shares(problem, (int[]){0, 2}, share, flows), 0);
    CHECK_NEAR(share[0], 0, 0);
    CHECK_NEAR(share[1], 1, 1e-12);
    CHECK_NEAR(flows[1].time_s, 0, 0);
    for (int response = 0; response < 3; response++) {
        int at[2];
        struct offload_dwo_options options = {.response = (enum offload_response)response, .check = true};
        CU_ASSERT_EQUAL(offload_dwo(problem, &options, at, NULL), 0);
        CU_ASSERT_EQUAL(at[1], 2);
    }
    offload_problem_free(problem);
    problem = problem_of(network, &user, 0, OFFLOAD_SHARE_OF_SUBTASK); /* nor any user */
    CHECK_NEAR(evaluated(problem, NULL).cost_mean_s, 0, 0);
    struct offload_dwo_options options = {0};
    CU_ASSERT_EQUAL(offload_dwo(problem, &options, NULL, NULL), 0);
    CU_ASSERT_EQUAL(offload_optimal(problem, 0, NULL, NULL), 0);
    offload_problem_free(problem);
    offload_network_free(network);
}

/* A user that has just arrived is placed beside the others, who play on from where they are. */
static void arrival(void)
{
    struct offload_network *network = network_of(row_spec);
    struct offload_user users[3] = {one, one, one};
    struct offload_problem *problem = problem_of(network, users, 3, OFFLOAD_SHARE_OF_SUBTASK);
    int at[6], again[6];
    struct offload_dwo_options options = {.starts = 3};
    struct offload_trace trace = {0};
    CU_ASSERT_EQUAL(offload_dwo(problem, &options, at, NULL), 0);
    options = (struct offload_dwo_options){.start = OFFLOAD_START_GIVEN};
    memcpy(again, at, sizeof at);
    CU_ASSERT_EQUAL(offload_dwo(problem, &options, again, &trace), 0);
    CU_ASSERT_EQUAL(trace.moves, 0); /* an equilibrium stays */
    CU_ASSERT_EQUAL(trace.rounds, 1);
    CU_ASSERT(memcmp(again, at, sizeof at) == 0);
    offload_trace_fini(&trace);
    again[2] = -1;
    CU_ASSERT_EQUAL(offload_dwo(problem, &options, again, NULL), 0);
    CU_ASSERT(again[2] >= 0 && again[3] >= 0);
    again[0] = 7;
    CU_ASSERT_EQUAL(offload_dwo(problem, &options, again, NULL), WEIR_EINPUT);
    CHECK_MESSAGE("placement: subtask 0 of user 0 (camera) is on node 7; nodes are 0 to 2");
    offload_problem_free(problem);
    offload_network_free(network);
}

static void bad_networks(void)
{
    static const double negative[] = {1e9, -1, 1e9};
    static const struct offload_link nowhere[] = {{0, 3, 1e6, 0}}, narrow[] = {{0, 1, 0, 0}},
                                     early[] = {{0, 1, 1e6, -1}};
    const struct {
        struct offload_network_spec spec;
        const char *message;
    } cases[] = {
        {{.node_count = 0}, "network: 0 nodes; there must be one at least"},
        {{.node_count = 3, .flops_per_s = negative}, "network: node 1 has a speed that is no number of flop/s from 0"},
        {{.node_count = 3, .flops_per_s = flops_per_s, .link_count = -1}, "-1 links"},
        {{.node_count = 3, .flops_per_s = flops_per_s, .link_count = 1, .links = nowhere},
         "network: link 0 goes from node 0 to 3; nodes are 0 to 2"},
        {{.node_count = 3, .flops_per_s = flops_per_s, .link_count = 1, .links = narrow},
         "network: link 0 has a bandwidth of 0 bytes/s; it must be above 0"},
        {{.node_count = 3, .flops_per_s = flops_per_s, .link_count = 1, .links = early},
         "network: link 0 has a latency of -1 s; it must not be below 0"},
        {{.node_count = 3,
          .flops_per_s = flops_per_s,
          .link_count = 4,
          .links = row,
          .routing = OFFLOAD_GIVEN,
          .way = star_way},
         "network: the way from node 0 to 1 names link 6; links are 0 to 3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct offload_network *network;
        CU_ASSERT_EQUAL(offload_network_new(&cases[i].spec, &network), WEIR_EINPUT);
        CU_ASSERT_PTR_NULL(network);
        CHECK_MESSAGE(cases[i].message);
    }
}

static void bad_users(void)
{
    static const unsigned char none[6] = {1, 1, 1, 0, 0, 0};
    static const double negative[] = {1e9, -4e9};
    static const struct offload_transfer backwards[] = {{1, 0, 1}}, through[] = {{-1, -1, 1}}, less[] = {{-1, 0, -1}};
    struct offload_user user = one, hosts = one, kinds = one, flop = one, order = one, both = one, bytes = one,
                        origin = one, end = one, weight = one;
    user.subtask_count = 0;
    hosts.hosts = none;
    kinds.kinds = (int[]){0, 1};
    flop.work_flop = negative;
    order.transfers = backwards;
    both.transfers = through;
    bytes.transfers = less;
    order.transfer_count = both.transfer_count = bytes.transfer_count = 1;
    origin.origin = -1;
    end.end = 3;
    end.name = NULL;
    weight.weight = -2;
    const struct {
        const struct offload_user *user;
        const char *message;
    } cases[] = {
        {&user, "user 0 (camera) has no subtasks"},
        {&hosts, "user 0 (camera): no node can host subtask 1: each lacks a speed for its kind or is excluded"},
        {&kinds, "user 0 (camera): subtask 1 is of kind 1; the network has kinds 0 to 0"},
        {&flop, "user 0 (camera): subtask 1 has -4e+09 flop; it must not be below 0"},
        {&order, "user 0 (camera): transfer 0 goes from subtask 1 to 0; it must go to a later one of its 2"},
        {&both, "user 0 (camera): transfer 0 goes from subtask -1 to -1"},
        {&bytes, "user 0 (camera): transfer 0 has -1 bytes; it must not be below 0"},
        {&origin, "user 0 (camera): its origin is node -1; nodes are 0 to 2"},
        {&end, "user 0: its end is node 3; nodes are 0 to 2"},
        {&weight, "user 0 (camera) has a weight of -2"},
    };
    struct offload_network *network = network_of(row_spec);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct offload_problem *problem;
        CU_ASSERT_EQUAL(offload_problem_new(network, cases[i].user, 1, OFFLOAD_SHARE_OF_SUBTASK, &problem),
                        WEIR_EINPUT);
        CU_ASSERT_PTR_NULL(problem);
        CHECK_MESSAGE(cases[i].message);
    }
    offload_network_free(network);
}

/* Links 0 -> 1 -> 2 only: the origin cannot be reached from the end; single hops cannot do it in fewer subtasks than
 * there are hops. */
static void unreachable(void)
{
    static const struct offload_link one_way[] = {{0, 1, 1e6, 0}, {1, 2, 1e6, 0}};
    static const char *const names[] = {"edge", NULL, "cloud"};
    struct offload_network_spec spec = {
        .node_count = 3, .node_names = names, .flops_per_s = flops_per_s, .link_count = 2, .links = one_way};
    struct offload_network *network = network_of(spec);
    struct offload_user user = one;
    struct offload_problem *problem;
    user.origin = 2;
    user.end = 0;
    CU_ASSERT_EQUAL(offload_problem_new(network, &user, 1, OFFLOAD_SHARE_OF_SUBTASK, &problem), WEIR_EINPUT);
    CHECK_MESSAGE("user 0 (camera): there is no way from its origin, node 2 (cloud), to its end, node 0 (edge)");
    user = one;
    problem = problem_of(network, &user, 1, OFFLOAD_SHARE_OF_SUBTASK);
    struct offload_evaluation evaluation = {0};
    CU_ASSERT_EQUAL(offload_evaluate(problem, (int[]){1, 0}, &evaluation), WEIR_EINPUT);
    CHECK_MESSAGE("placement: transfer 1 of user 0 (camera) has no way from node 1 to node 0 (edge)");
    for (int response = 0; response < 3; response++) {
        int at[2], best[2];
        struct offload_dwo_options options = {.response = (enum offload_response)response, .check = true};
        CU_ASSERT_EQUAL(offload_dwo(problem, &options, at, NULL), 0);
        CU_ASSERT_EQUAL(offload_optimal(problem, 0, best, NULL), 0);
        CHECK_NEAR(evaluated(problem, at).cost_sum_s, evaluated(problem, best).cost_sum_s, 1e-9);
    }
    offload_problem_free(problem);
    offload_network_free(network);
    spec.routing = OFFLOAD_SINGLE_HOP;
    network = network_of(spec);
    CU_ASSERT(!offload_network_reaches(network, 0, 2));
    problem = problem_of(network, &user, 1, OFFLOAD_SHARE_OF_SUBTASK); /* by way of 1 */
    CU_ASSERT(!offload_problem_may_host(problem, 0, 1, 0));
    offload_problem_free(problem);
    static const struct offload_transfer short_chain[] = {{-1, 0, 1e6}, {0, -1, 1e6}};
    struct offload_user single = {
        .origin = 0, .end = 0, .subtask_count = 1, .work_flop = work, .transfer_count = 2, .transfers = short_chain};
    problem = problem_of(network, &single, 1, OFFLOAD_SHARE_OF_SUBTASK);
    CU_ASSERT(!offload_problem_may_host(problem, 0, 0, 1));
    offload_problem_free(problem);
    offload_network_free(network);
}

static void too_large(void)
{
    double flops[10], ten[12];
    struct offload_transfer transfers[13];
    for (int i = 0; i < 10; i++)
        flops[i] = 1e9;
    for (int i = 0; i < 12; i++)
        ten[i] = 1e9;
    for (int i = 0; i < 13; i++)
        transfers[i] = (struct offload_transfer){i - 1, i < 12 ? i : -1, 1e3};
    struct offload_link ring[10];
    for (int i = 0; i < 10; i++)
        ring[i] = (struct offload_link){i, (i + 1) % 10, 1e6, 0};
    struct offload_network *network = network_of(
        (struct offload_network_spec){.node_count = 10, .flops_per_s = flops, .link_count = 10, .links = ring});
    struct offload_user user = {
        .origin = 0, .end = 5, .subtask_count = 12, .work_flop = ten, .transfer_count = 13, .transfers = transfers};
    struct offload_problem *problem = problem_of(network, &user, 1, OFFLOAD_SHARE_OF_SUBTASK);
    int at[12];
    CU_ASSERT_EQUAL(offload_optimal(problem, 0, at, NULL), WEIR_EINPUT);
    CHECK_MESSAGE("optimal: 1 users with 12 subtasks on 10 nodes make 1e+12 placements; it takes fewer than 1e+12");
    struct offload_dwo_options options = {.response = OFFLOAD_ENUMERATE};
    CU_ASSERT_EQUAL(offload_dwo(problem, &options, at, NULL), WEIR_EINPUT);
    CHECK_MESSAGE("user 0 has 1e+12 placements, too many to enumerate (at most 1e+08): use segment");
    CU_ASSERT_EQUAL(offload_optimal(problem, 1e13, at, NULL), WEIR_EINPUT);
    CHECK_MESSAGE("too many to enumerate");
    offload_problem_free(problem);
    offload_network_free(network);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"by hand", by_hand},
                                             {"two users", two_users},
                                             {"latencies and kinds", latencies_and_kinds},
                                             {"given ways", given_ways},
                                             {"nothing to do", nothing_to_do},
                                             {"arrival", arrival},
                                             {"bad networks", bad_networks},
                                             {"bad users", bad_users},
                                             {"unreachable", unreachable},
                                             {"too large", too_large},
                                             {0}};
    return weir_test_main("learn/offload/cases", cases, argc, argv);
}
