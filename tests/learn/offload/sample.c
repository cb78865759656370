/* Random networks and users as studies draw them: what is in them, and that quantities are uniform in their bounds. */
#include "policies/learn/offload/sample.h"

#include <math.h>
#include <string.h>

#include "policies/learn/offload/inside.h"
#include "sim/base/error.h"
#include "tests/support/test.h"

static struct offload_network *network;
static struct offload_problem *problem;

static bool draw(const struct offload_sample *sample, uint64_t seed)
{
    bool good = offload_sample_draw(sample, seed, &network, &problem) == 0;
    weir_error_clear();
    return good;
}

static void release(void)
{
    offload_problem_free(problem);
    offload_network_free(network);
}

static void defaults(void)
{
    struct offload_sample sample = offload_sample_default(7, 8, 9);
    CU_ASSERT(sample.nodes == 7 && sample.users == 8 && sample.subtasks == 9 && !sample.directed);
    CHECK_NEAR(sample.links_per_node, 1.5, 0);
    CHECK_NEAR(sample.flops_per_s[0], 100e9, 0);
    CHECK_NEAR(sample.flops_per_s[1], 500e9, 0);
    CHECK_NEAR(sample.bytes_per_s[0] * 8, 100e6, 0);
    CHECK_NEAR(sample.bytes_per_s[1] * 8, 1e9, 0);
    CHECK_NEAR(sample.work_flop[0], 5e9, 0);
    CHECK_NEAR(sample.work_flop[1], 30e9, 0);
    CHECK_NEAR(sample.data_bytes[0], 0.5e6, 0);
    CHECK_NEAR(sample.data_bytes[1], 5e6, 0);
    CHECK_NEAR(sample.edges_per_subtask, 0, 0);
}

/* Sums of numbers that should be uniform between two bounds. */
struct spread {
    double least, most, sum, squares;
    int count;
};

static void add(struct spread *spread, double value, const double bounds[2])
{
    double x = (value - bounds[0]) / (bounds[1] - bounds[0]);
    spread->least = spread->count ? fmin(spread->least, x) : x;
    spread->most = spread->count ? fmax(spread->most, x) : x;
    spread->sum += x;
    spread->squares += x * x;
    spread->count++;
}

/* Of n numbers the mean is 1/2 with a deviation of sqrt(1 / 12 n), the mean square 1/3 with one of sqrt(4 / 45 n). */
static void check_uniform(const struct spread *spread)
{
    int n = spread->count;
    CU_ASSERT_FATAL(n > 400);
    CHECK_NEAR(spread->sum / n, 0.5, 5 * sqrt(1 / (12.0 * n)));
    CHECK_NEAR(spread->squares / n, 1 / 3.0, 5 * sqrt(4 / (45.0 * n)));
    CU_ASSERT(spread->least >= 0 && spread->most <= 1 && spread->least < 0.05 && spread->most > 0.95);
}

static void quantities(void)
{
    struct spread flops = {0}, bytes = {0}, work = {0}, data = {0};
    struct offload_sample sample = offload_sample_default(12, 6, 4);
    for (uint64_t seed = 0; seed < 60; seed++) {
        CU_ASSERT_FATAL(draw(&sample, seed));
        for (int m = 0; m < 12; m++)
            add(&flops, 1 / network->per_capacity[m], sample.flops_per_s);
        for (int l = 0; l < network->links; l++)
            add(&bytes, network->bytes_per_s[l], sample.bytes_per_s);
        for (int s = 0; s < problem->subtasks; s++)
            add(&work, problem->work[s].square, sample.work_flop);
        for (int t = 0; t < problem->transfers; t++)
            add(&data, problem->bytes[t].square, sample.data_bytes);
        release();
    }
    check_uniform(&flops);
    check_uniform(&bytes);
    check_uniform(&work);
    check_uniform(&data);
}

/* Where links go from, of a network in which each way of one hop is its link. */
static int linked(int from, int to)
{
    int link = -1;
    return offload_network_way(network, from, to, &link, 1) == 1 ? link : -1;
}

/* So many links as are asked for, at least a tree and at most all; each node has one from one of the two before it. */
static void links(void)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        int nodes = 4 + (int)seed % 5, most = nodes * (nodes - 1) / 2, pairs = 0;
        struct offload_sample sample = offload_sample_default(nodes, 1, nodes); /* enough for any number of hops */
        sample.links_per_node = (double)(seed % 7) / 2;
        sample.directed = true;
        long wanted = lround(sample.links_per_node * nodes);
        wanted = wanted < nodes - 1 ? nodes - 1 : wanted > most ? most : wanted;
        if (!draw(&sample, seed))
            continue;
        CU_ASSERT_EQUAL(network->links, wanted);
        for (int a = 0; a < nodes; a++)
            for (int b = 0; b < nodes; b++) {
                int hop = linked(a, b);
                pairs += hop >= 0;
                CU_ASSERT(hop < 0 || (a < b && network->link_to[hop] == b));
            }
        CU_ASSERT_EQUAL(pairs, wanted); /* none twice */
        for (int b = 1; b < nodes; b++)
            CU_ASSERT(linked(b - 1, b) >= 0 || (b > 1 && linked(b - 2, b) >= 0));
        CU_ASSERT(problem->origin[0] == 0 && problem->end[0] == nodes - 1);
        release();
        sample.directed = false;
        CU_ASSERT_FATAL(draw(&sample, seed));
        CU_ASSERT_EQUAL(network->links, 2 * wanted);
        CU_ASSERT_TRUE(network->all_reachable);
        int heads[10] = {0};
        for (int l = 0; l < wanted; l++) {
            heads[network->link_to[l]]++;
            CU_ASSERT(network->link_to[l + wanted] < network->link_to[l]); /* the way back */
        }
        for (int b = 1; b < nodes; b++)
            CU_ASSERT(heads[b] >= 1);
        CU_ASSERT_EQUAL(heads[0], 0);
        release();
    }
}

/* Users go between two different nodes, any as often as another; on a single node from there to there. */
static void ends(void)
{
    enum { NODES = 5, USERS = 400 };
    struct offload_sample sample = offload_sample_default(NODES, USERS, 2);
    int counts[NODES][NODES] = {{0}};
    CU_ASSERT_FATAL(draw(&sample, 3));
    for (int u = 0; u < USERS; u++)
        counts[problem->origin[u]][problem->end[u]]++;
    for (int a = 0; a < NODES; a++)
        for (int b = 0; b < NODES; b++)
            CHECK_NEAR(counts[a][b], a == b ? 0 : USERS / 20.0, a == b ? 0 : 5 * sqrt(USERS / 20.0));
    release();
    sample = offload_sample_default(1, 2, 2);
    CU_ASSERT_FATAL(draw(&sample, 3));
    CU_ASSERT(network->links == 0 && problem->origin[1] == 0 && problem->end[1] == 0);
    release();
}

/* What makes no problem leaves nothing behind: no node, or a last node that is too many hops away. */
static void refused(void)
{
    struct offload_sample sample = offload_sample_default(0, 1, 1);
    CU_ASSERT(!draw(&sample, 1) && !network && !problem);
    sample = offload_sample_default(9, 1, 1); /* 4 hops at least, for one subtask and two transfers */
    sample.directed = true;
    sample.links_per_node = 0;
    CU_ASSERT(!draw(&sample, 1) && !network && !problem);
}

static void chains(void)
{
    struct offload_sample sample = offload_sample_default(4, 3, 5);
    CU_ASSERT_FATAL(draw(&sample, 9));
    CU_ASSERT(problem->users == 3 && problem->subtasks == 15 && problem->transfers == 18);
    for (int u = 0; u < 3; u++)
        CU_ASSERT(offload_problem_is_chain(problem, u) && offload_chain_transfer(problem, u, 0) >= 0 &&
                  offload_chain_transfer(problem, u, 5) >= 0);
    double first = problem->work[0].square, second = problem->work[5].square;
    release();
    sample.users = 1; /* a user's draws hang on no other, nor on the network's */
    sample.nodes = 6;
    CU_ASSERT_FATAL(draw(&sample, 9));
    CHECK_NEAR(problem->work[0].square, first, 0);
    CU_ASSERT(second != first);
    release();
    CU_ASSERT_FATAL(draw(&sample, 10));
    CU_ASSERT(problem->work[0].square != first);
    release();
    sample.shares = OFFLOAD_SHARE_OF_USER;
    CU_ASSERT_FATAL(draw(&sample, 10));
    CU_ASSERT_EQUAL(problem->shares, OFFLOAD_SHARE_OF_USER);
    release();
}

/* Sixteen subtasks: levels of 4, edges from at most two levels above, as many as are asked for and none twice; the
 * first level has raw data, who sends to none a result. */
static void graphs(void)
{
    enum { SUBTASKS = 16, WIDE = 4 };
    int far = 0, near = 0;
    for (uint64_t seed = 0; seed < 40; seed++) {
        struct offload_sample sample = offload_sample_default(4, 2, SUBTASKS);
        sample.edges_per_subtask =
            0.5 + (double)(seed % 6) / 2; /* fewer than 12 cannot be: each below the first has one */
        CU_ASSERT_FATAL(draw(&sample, seed));
        for (int u = 0; u < 2; u++) {
            bool edge[SUBTASKS][SUBTASKS] = {{false}}, in[SUBTASKS] = {false}, out[SUBTASKS] = {false};
            bool raw[SUBTASKS] = {false}, result[SUBTASKS] = {false};
            int edges = 0;
            for (int t = problem->first_transfer[u]; t < problem->first_transfer[u + 1]; t++) {
                int from = problem->from[t], to = problem->to[t];
                if (from < 0)
                    raw[to] = true;
                else if (to < 0)
                    result[from] = true;
                if (from < 0 || to < 0)
                    continue;
                int down = to / WIDE - from / WIDE;
                CU_ASSERT(!edge[from][to] && (down == 1 || down == 2));
                edge[from][to] = in[to] = out[from] = true;
                near += down == 1;
                far += down == 2;
                edges++;
            }
            long wanted = lround(sample.edges_per_subtask * SUBTASKS);
            CU_ASSERT_EQUAL(edges, wanted < SUBTASKS - WIDE ? SUBTASKS - WIDE : wanted);
            for (int s = 0; s < SUBTASKS; s++) {
                CU_ASSERT_EQUAL(in[s], s >= WIDE);
                CU_ASSERT(raw[s] == !in[s] && result[s] == !out[s]);
            }
        }
        release();
    }
    /* Of the pairs, 3 x 16 are one level apart and 2 x 16 two. */
    CU_ASSERT(near > far && far > near / 3);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"defaults", defaults}, {"quantities", quantities}, {"links", links},   {"ends", ends},
        {"refused", refused},   {"chains", chains},         {"graphs", graphs}, {0}};
    return weir_test_main("learn/offload/sample", cases, argc, argv);
}
