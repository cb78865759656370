/* What is no network and no users, at both sides of each bound, and how it is told. */
#include <math.h>
#include <string.h>

#include "policies/learn/offload/decide.h"
#include "sim/base/error.h"
#include "tests/support/test.h"

static const double flops[] = {1e9, 2e9, 4e9};
static const struct offload_link row[] = {{0, 1, 1e6, 0}, {1, 0, 1e6, 0}, {1, 2, 4e6, 0}, {2, 1, 4e6, 0}};

static int no_links(void *data, int from, int to, const int **links)
{
    *links = NULL;
    return data ? from + to : 0;
}

static int wrong_link(void *data, int from, int to, const int **links)
{
    *links = data;
    return from == 2 && to == 1 ? 1 : 0;
}

/* A network of three nodes and so much more; NULL, with the message, or that it is one. */
static void check_network(struct offload_network_spec more, const char *says)
{
    struct offload_network *network;
    more.node_count = more.node_count ? more.node_count : 3;
    more.flops_per_s = more.flops_per_s ? more.flops_per_s : flops;
    CU_ASSERT_EQUAL(offload_network_new(&more, &network) == 0, says == NULL);
    CU_ASSERT_EQUAL(network != NULL, says == NULL);
    if (says)
        CHECK_MESSAGE(says);
    offload_network_free(network);
}

static void networks(void)
{
    static double many[OFFLOAD_NODES + 1];
    static const double not_a_number[] = {1e9, 1e9, NAN}, endless[] = {INFINITY, 1, 1}, zero[] = {0, 0, 0},
                        kinds[] = {1, 1, 1, 1, 1, -1};
    static const int low = -1, high = 4, good = 3;
    const struct offload_link links[][1] = {{{-1, 0, 1, 0}},  {{3, 0, 1, 0}},  {{0, -1, 1, 0}},       {{0, 3, 1, 0}},
                                            {{0, 1, NAN, 0}}, {{0, 1, -1, 0}}, {{0, 1, 1, INFINITY}}, {{2, 2, 1, 0}}};
    check_network((struct offload_network_spec){0}, NULL);
    check_network((struct offload_network_spec){.flops_per_s = zero}, NULL);
    check_network((struct offload_network_spec){.node_count = OFFLOAD_NODES + 1, .flops_per_s = many},
                  "network: 30001 nodes; there may be 30000 at most");
    check_network((struct offload_network_spec){.flops_per_s = not_a_number}, "network: node 2 has a speed");
    check_network((struct offload_network_spec){.flops_per_s = endless}, "network: node 0 has a speed");
    check_network((struct offload_network_spec){.kind_count = 2, .kind_flops_per_s = kinds},
                  "network: node 2 has a speed");
    check_network((struct offload_network_spec){.kind_count = 1, .kind_flops_per_s = kinds}, NULL);
    check_network((struct offload_network_spec){.kind_count = -1}, "network: 0 links and -1 kinds; neither can be");
    check_network((struct offload_network_spec){.routing = (enum offload_routing)3}, "network: there is no routing 3");
    check_network((struct offload_network_spec){.link_count = 1}, "network: speeds of nodes, links, or");
    check_network((struct offload_network_spec){.routing = OFFLOAD_GIVEN}, "or the function `way` are missing");
    static const char *const says[8] = {"network: link 0 goes from node -1 to 0; nodes are 0 to 2",
                                        "network: link 0 goes from node 3 to 0",
                                        "network: link 0 goes from node 0 to -1",
                                        "network: link 0 goes from node 0 to 3",
                                        "network: link 0 has a bandwidth of nan bytes/s",
                                        "network: link 0 has a bandwidth of -1 bytes/s",
                                        "network: link 0 has a latency of inf s",
                                        NULL};
    for (int i = 0; i < 8; i++)
        check_network((struct offload_network_spec){.link_count = 1, .links = links[i]}, says[i]);
    for (int i = 0; i < 4; i++) /* with given ways links may end outside */
        check_network(
            (struct offload_network_spec){
                .link_count = 1, .links = links[i], .routing = OFFLOAD_GIVEN, .way = no_links},
            i % 2 ? says[i] : NULL);
    struct offload_network_spec given = {.link_count = 4, .links = row, .routing = OFFLOAD_GIVEN, .way = no_links};
    given.data = &given;
    check_network(given, "network: the way from node 0 to 1 has no links");
    given.way = wrong_link;
    given.data = (void *)&low;
    check_network(given, "network: the way from node 2 to 1 names link -1; links are 0 to 3");
    given.data = (void *)&high;
    check_network(given, "network: the way from node 2 to 1 names link 4; links are 0 to 3");
    given.data = (void *)&good;
    check_network(given, NULL);
}

static void arguments(void)
{
    struct offload_network *network;
    int links[2];
    CU_ASSERT_EQUAL_FATAL(
        offload_network_new(
            &(struct offload_network_spec){.node_count = 3, .flops_per_s = flops, .link_count = 4, .links = row},
            &network),
        0);
    for (int outside = -1; outside <= 3; outside += 4) {
        CU_ASSERT_EQUAL(offload_network_way(network, outside, 0, links, 2), -1);
        CU_ASSERT_EQUAL(offload_network_way(network, 0, outside, links, 2), -1);
        CU_ASSERT_FALSE(offload_network_reaches(network, outside, 0));
        CU_ASSERT_FALSE(offload_network_reaches(network, 0, outside));
    }
    CU_ASSERT(offload_network_way(network, 0, 2, NULL, 1) == -1 && offload_network_way(NULL, 0, 0, links, 2) == -1);
    CU_ASSERT(!offload_network_reaches(NULL, 0, 0) && offload_network_reaches(network, 2, 0));
    struct offload_problem *problem;
    CU_ASSERT_EQUAL(offload_problem_new(network, NULL, 1, OFFLOAD_SHARE_OF_SUBTASK, &problem), WEIR_EINPUT);
    CHECK_MESSAGE("1 users; there cannot be fewer than 0, and each must be given");
    CU_ASSERT_EQUAL(offload_problem_new(network, NULL, -1, OFFLOAD_SHARE_OF_SUBTASK, &problem), WEIR_EINPUT);
    CHECK_MESSAGE("-1 users");
    CU_ASSERT_EQUAL(offload_problem_new(network, NULL, 0, (enum offload_shares)2, &problem), WEIR_EINPUT);
    CHECK_MESSAGE("there are no shares 2");
    CU_ASSERT_EQUAL(offload_problem_new(network, NULL, 0, OFFLOAD_SHARE_OF_USER, &problem), 0);
    CU_ASSERT(offload_problem_users(problem) == 0 && offload_problem_subtasks(problem) == 0);
    offload_problem_free(problem);
    offload_network_free(network);
}

/* One user after another that differs from a good one in one thing. */
static void users(void)
{
    static const double work[] = {1e9, 0}, less[] = {1e9, -1}, no_number[] = {NAN, 1};
    static const struct offload_transfer good[] = {{-1, 0, 0}, {0, 1, 1}, {1, -1, 0}};
    static const int kinds[][2] = {{0, 1}, {-1, 0}, {0, 0}};
    static const struct offload_transfer bad[][1] = {{{-2, 0, 1}},  {{2, 0, 1}},   {{0, -2, 1}},
                                                     {{0, 2, 1}},   {{1, 1, 1}},   {{1, 0, 1}},
                                                     {{0, 1, NAN}}, {{-1, -1, 1}}, {{0, 1, -1e-9}}};
    static const char *const says[] = {"transfer 0 goes from subtask -2 to 0",
                                       "transfer 0 goes from subtask 2 to 0",
                                       "transfer 0 goes from subtask 0 to -2",
                                       "transfer 0 goes from subtask 0 to 2",
                                       "transfer 0 goes from subtask 1 to 1",
                                       "transfer 0 goes from subtask 1 to 0",
                                       "transfer 0 has nan bytes",
                                       "transfer 0 goes from subtask -1 to -1",
                                       "transfer 0 has -1e-09 bytes"};
    struct offload_network *network;
    CU_ASSERT_EQUAL_FATAL(
        offload_network_new(
            &(struct offload_network_spec){.node_count = 3, .flops_per_s = flops, .link_count = 4, .links = row},
            &network),
        0);
    struct offload_user user = {
        .origin = 2, .end = 0, .subtask_count = 2, .work_flop = work, .transfer_count = 3, .transfers = good};
    enum { ALL = 25 };
    struct offload_user cases[ALL];
    const char *wanted[ALL] = {NULL};
    for (int i = 0; i < ALL; i++)
        cases[i] = user;
    for (int i = 0; i < 9; i++) {
        cases[i].transfer_count = 1;
        cases[i].transfers = bad[i];
        wanted[i] = says[i];
    }
    cases[9].work_flop = less, wanted[9] = "subtask 1 has -1 flop";
    cases[10].work_flop = no_number, wanted[10] = "subtask 0 has nan flop";
    cases[11].work_flop = NULL, wanted[11] = "its work or its transfers are NULL";
    cases[12].transfers = NULL, wanted[12] = "its work or its transfers are NULL";
    cases[13].kinds = kinds[0], wanted[13] = "subtask 1 is of kind 1; the network has kinds 0 to 0";
    cases[14].kinds = kinds[1], wanted[14] = "subtask 0 is of kind -1";
    cases[15].kinds = kinds[2];
    cases[16].weight = NAN, wanted[16] = "has a weight of nan";
    cases[17].transfer_count = -1, wanted[17] = "and -1 transfers";
    cases[18].origin = 3, wanted[18] = "its origin is node 3; nodes are 0 to 2";
    cases[19].origin = -1, wanted[19] = "its origin is node -1";
    cases[20].end = -1, wanted[20] = "its end is node -1";
    cases[21].transfer_count = 2, cases[21].end = -1; /* without a result, no end is needed */
    cases[22].transfers = good + 1, cases[22].transfer_count = 2, cases[22].origin = -1;
    cases[23].transfer_count = 0, cases[23].transfers = NULL, cases[23].origin = -2,
    wanted[23] = "its origin is node -2";
    cases[24].transfer_count = 0, cases[24].transfers = NULL;
    for (int i = 0; i < ALL; i++) {
        struct offload_user two[2] = {user, cases[i]};
        struct offload_problem *problem;
        CU_ASSERT_EQUAL(offload_problem_new(network, two, 2, OFFLOAD_SHARE_OF_SUBTASK, &problem) == 0,
                        wanted[i] == NULL);
        if (wanted[i])
            CHECK_MESSAGE(wanted[i]);
        CU_ASSERT_EQUAL(problem != NULL, wanted[i] == NULL);
        offload_problem_free(problem);
    }
    offload_network_free(network);
}

/* Why a subtask has no node: none can, no way from origin to end, or none from which the rest can be reached. */
static void nowhere(void)
{
    static const double work[] = {1, 1}, kinds[] = {1, 1, 1, 0, 0, 0}, some_kinds[] = {1, 1, 1, 0, 2, 0};
    static const struct offload_link one_way[] = {{0, 1, 1, 0}, {1, 2, 1, 0}};
    static const struct offload_transfer ways[] = {{-1, 0, 1}, {0, 1, 1}, {1, -1, 1}};
    static const unsigned char last_first[] = {0, 0, 1, 1, 1, 0}; /* the first on 2, the second on 0 or 1 */
    struct offload_network_spec spec = {.node_count = 3,
                                        .flops_per_s = flops,
                                        .link_count = 2,
                                        .links = one_way,
                                        .kind_count = 2,
                                        .kind_flops_per_s = kinds};
    struct offload_user user = {
        .end = 2, .subtask_count = 2, .work_flop = work, .transfer_count = 3, .transfers = ways};
    for (int i = 0; i < 5; i++) {
        struct offload_network *network;
        struct offload_problem *problem;
        struct offload_user two[2] = {user, user};
        spec.links = i == 1 ? row : one_way;
        spec.link_count = i == 1 ? 4 : 2;
        spec.kind_flops_per_s = i == 4 ? some_kinds : kinds;
        two[1].kinds = i < 2 || i == 4 ? (int[]){0, 1} : NULL;
        two[1].origin = i == 2 ? 2 : 0;
        two[1].end = i == 2 ? 0 : 2;
        two[1].hosts = i == 3 ? last_first : NULL;
        CU_ASSERT_EQUAL_FATAL(offload_network_new(&spec, &network), 0);
        CU_ASSERT_EQUAL(offload_problem_new(network, two, 2, OFFLOAD_SHARE_OF_SUBTASK, &problem) == 0, i == 4);
        static const char *const says[] = {"user 1: no node can host subtask 1", "user 1: no node can host subtask 1",
                                           "user 1: there is no way from its origin, node 2, to its end, node 0",
                                           "user 1: subtask 0 has no node from which what follows can be reached"};
        if (i < 4)
            CHECK_MESSAGE(says[i]);
        for (int m = 0; m < 3 && i == 4; m++)
            CU_ASSERT_EQUAL(offload_problem_may_host(problem, 1, 1, m), m == 1);
        offload_problem_free(problem);
        offload_network_free(network);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"networks", networks}, {"arguments", arguments}, {"users", users}, {"nowhere", nowhere}, {0}};
    return weir_test_main("learn/offload/checks", cases, argc, argv);
}
