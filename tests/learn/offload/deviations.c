/* What single users could gain, against all placements tried one by one: bounds hold whatever the shares. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/offload/decide.h"
#include "policies/learn/offload/sample.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "tests/support/test.h"

enum { NODES = 4, USERS = 3, SUBTASKS = 3, CASES = 150 };

/* The least cost of a user over all of its placements while the others stay, by the model alone. */
static double least_of(const struct offload_problem *problem, int *placement, int user)
{
    int first = offload_problem_first_subtask(problem, user), kept[SUBTASKS];
    double cost[USERS], least = INFINITY;
    memcpy(kept, placement + first, sizeof kept);
    for (int n = 0; n < NODES * NODES * NODES; n++) {
        int rest = n;
        for (int s = 0; s < SUBTASKS; s++, rest /= NODES)
            placement[first + s] = rest % NODES;
        struct offload_evaluation evaluation = {.cost_s = cost};
        if (offload_evaluate(problem, placement, &evaluation) == 0)
            least = fmin(least, cost[user]);
    }
    memcpy(placement + first, kept, sizeof kept);
    return least;
}

/* least_s is below every placement and best_s is one of them; with all looked at both are the least. Ways that meet
 * themselves are what parts the shares of users from those of subtasks: there the segment programme, which leaves that
 * out, would say too much. */
static void bounds(enum offload_shares shares)
{
    struct offload_sample sample = offload_sample_default(NODES, USERS, SUBTASKS);
    struct weir_stream stream = weir_stream_open(3, "deviations");
    int tight = 0;
    sample.shares = shares;
    for (int c = 0; c < CASES; c++) {
        struct offload_network *network;
        struct offload_problem *problem;
        struct offload_deviation far[USERS], all[USERS];
        int placement[USERS * SUBTASKS], responses[USERS * SUBTASKS];
        CU_ASSERT_EQUAL_FATAL(offload_sample_draw(&sample, (uint64_t)c, &network, &problem), 0);
        for (int s = 0; s < USERS * SUBTASKS; s++)
            placement[s] = (int)weir_stream_below(&stream, NODES);
        CU_ASSERT_EQUAL(offload_deviations(problem, placement, 0, far, responses), 0);
        CU_ASSERT_EQUAL(offload_deviations(problem, placement, 1e6, all, responses), 0);
        for (int u = 0; u < USERS; u++) {
            double least = least_of(problem, placement, u);
            CHECK_NEAR(all[u].best_s, least, 1e-9 * least);
            CHECK_NEAR(all[u].least_s, least, 1e-9 * least);
            CU_ASSERT(far[u].least_s <= least * (1 + 1e-9));
            CU_ASSERT(far[u].best_s >= least * (1 - 1e-9) && far[u].best_s <= far[u].cost_s);
            tight += far[u].least_s >= least * (1 - 1e-9);
        }
        offload_problem_free(problem);
        offload_network_free(network);
    }
    CU_ASSERT(shares == OFFLOAD_SHARE_OF_USER || tight > USERS * CASES / 2);
}

/* Subtasks that not every node may take lead ways back to where they have been, over wide links. With shares of users
 * what a user has at a node costs it less together than apart, so that the segment programme's reckoning, apart, is no
 * bound: of 300 drawn cases some have a place that costs less. */
static void back_and_forth(void)
{
    enum { HOSTS = 3, STEPS = 6, PAIR = 2, PLACES = 729 };
    struct weir_stream stream = weir_stream_open(5, "back and forth");
    for (int c = 0; c < 300; c++) {
        double flops[HOSTS], work[PAIR][STEPS], cost[PAIR], least = INFINITY;
        unsigned char hosts[PAIR][STEPS][HOSTS];
        struct offload_link links[HOSTS * (HOSTS - 1)];
        struct offload_transfer ways[STEPS - 1];
        struct offload_user users[PAIR];
        int count = 0, placement[PAIR * STEPS], responses[PAIR * STEPS];
        for (int h = 0; h < HOSTS; h++) {
            flops[h] = 1e9 + 3e9 * weir_stream_uniform(&stream);
            for (int other = 0; other < HOSTS; other++)
                if (other != h)
                    links[count++] = (struct offload_link){h, other, 1e12, 0};
        }
        for (int s = 0; s + 1 < STEPS; s++)
            ways[s] = (struct offload_transfer){s, s + 1, 1e3};
        for (int u = 0; u < PAIR; u++) {
            for (int s = 0; s < STEPS; s++) {
                work[u][s] = 1e8 + 4e9 * weir_stream_uniform(&stream);
                int always = placement[u * STEPS + s] = (int)weir_stream_below(&stream, HOSTS);
                for (int h = 0; h < HOSTS; h++)
                    hosts[u][s][h] = h == always || weir_stream_uniform(&stream) < 0.4;
            }
            users[u] = (struct offload_user){.origin = -1,
                                             .end = -1,
                                             .weight = u ? 1 : 1e-2,
                                             .subtask_count = STEPS,
                                             .work_flop = work[u],
                                             .hosts = hosts[u][0],
                                             .transfer_count = STEPS - 1,
                                             .transfers = ways};
        }
        struct offload_network *network;
        struct offload_problem *problem;
        struct offload_deviation far[PAIR];
        CU_ASSERT_EQUAL_FATAL(offload_network_new(
                                  &(struct offload_network_spec){
                                      .node_count = HOSTS, .flops_per_s = flops, .link_count = count, .links = links},
                                  &network),
                              0);
        CU_ASSERT_EQUAL_FATAL(offload_problem_new(network, users, PAIR, OFFLOAD_SHARE_OF_USER, &problem), 0);
        CU_ASSERT_EQUAL(offload_deviations(problem, placement, 0, far, responses), 0);
        for (int n = 0; n < PLACES; n++) {
            int rest = n;
            for (int s = 0; s < STEPS; s++, rest /= HOSTS)
                placement[s] = rest % HOSTS;
            struct offload_evaluation evaluation = {.cost_s = cost};
            if (offload_evaluate(problem, placement, &evaluation) == 0)
                least = fmin(least, cost[0]);
        }
        CU_ASSERT(far[0].least_s <= least * (1 + 1e-9));
        offload_problem_free(problem);
        offload_network_free(network);
    }
}

static void of_subtasks(void)
{
    bounds(OFFLOAD_SHARE_OF_SUBTASK);
}

static void of_users(void)
{
    bounds(OFFLOAD_SHARE_OF_USER);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"of_subtasks", of_subtasks}, {"of_users", of_users}, {"back_and_forth", back_and_forth}, {0}};
    return weir_test_main("learn/offload/deviations", cases, argc, argv);
}
