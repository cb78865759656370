/* Networks: ways, their trees, sums along them and speeds by kind, against Floyd's algorithm and sets of prefixes. */
#include <math.h>
#include <string.h>

#include "policies/learn/offload/forest.h"
#include "policies/learn/offload/inside.h"
#include "sim/base/error.h"
#include "tests/learn/offload/drawn.h"
#include "tests/support/test.h"

static struct drawn drawn;

static const int features[] = {0,
                               DRAWN_LATE,
                               DRAWN_GIVEN,
                               DRAWN_GIVEN | DRAWN_LATE,
                               DRAWN_HOP,
                               DRAWN_HOP | DRAWN_LATE,
                               DRAWN_ONE_WAY | DRAWN_LATE,
                               DRAWN_HOP | DRAWN_ONE_WAY,
                               DRAWN_KINDS};
enum { FEATURES = sizeof features / sizeof features[0], CASES = 40 };

/* Networks of 3 to 8 nodes of each kind, one after the other; false after the last. */
static bool next_network(int *number)
{
    while (*number < CASES * FEATURES) {
        int n = (*number)++;
        if (drawn_make(&drawn, (uint64_t)n, features[n % FEATURES], 3 + n % 6, 1, 1))
            return true;
    }
    return false;
}

static void check_way(int a, int b)
{
    int links[8], hops = drawn.hops[a][b];
    double span = 0, delay_s = 0;
    size_t pair = (size_t)a * (size_t)drawn.nodes + (size_t)b;
    CU_ASSERT_EQUAL(offload_network_way(drawn.network, a, b, links, 8), hops);
    CU_ASSERT_EQUAL(offload_network_reaches(drawn.network, a, b), hops >= 0);
    for (int i = 0; i < hops; i++) {
        CU_ASSERT_EQUAL(links[i], drawn.way[a][b][i]);
        span += 1 / drawn.link[drawn.way[a][b][i]].bytes_per_s;
        delay_s += drawn.link[drawn.way[a][b][i]].latency_s;
    }
    if (hops > 1) { /* with room for one */
        links[1] = -7;
        CU_ASSERT_EQUAL(offload_network_way(drawn.network, a, b, links, 1), hops);
        CU_ASSERT(links[0] == drawn.way[a][b][0] && links[1] == -7);
    }
    CHECK_NEAR(hops < 0 ? isinf(drawn.network->span[pair]) : drawn.network->span[pair], hops < 0 ? 1 : span, 1e-15);
    if (drawn.network->delay_s)
        CHECK_NEAR(hops < 0 ? isinf(drawn.network->delay_s[pair]) : drawn.network->delay_s[pair],
                   hops < 0 ? 1 : delay_s, 1e-12);
    else
        CHECK_NEAR(delay_s, 0, 0);
}

static void ways(void)
{
    int seen[2] = {0};
    for (int number = 0; next_network(&number); drawn_free(&drawn)) {
        bool reachable = true, late = false;
        for (int a = 0; a < drawn.nodes; a++)
            for (int b = 0; b < drawn.nodes; b++) {
                check_way(a, b);
                reachable &= drawn.hops[a][b] >= 0;
            }
        for (int l = 0; l < drawn.links; l++) {
            late |= drawn.link[l].latency_s > 0;
            CHECK_NEAR(drawn.network->per_capacity[drawn.nodes + l] * drawn.link[l].bytes_per_s, 1, 1e-12);
            CHECK_NEAR(drawn.network->bytes_per_s[l], drawn.link[l].bytes_per_s, 0);
            CHECK_NEAR(drawn.network->latency_s[l], drawn.link[l].latency_s, 0);
            CU_ASSERT_EQUAL(drawn.network->link_to[l], drawn.link[l].to);
        }
        CU_ASSERT_EQUAL(drawn.network->all_reachable, reachable);
        CU_ASSERT_EQUAL(drawn.network->any_latency, late);
        CU_ASSERT_EQUAL(offload_network_nodes(drawn.network), drawn.nodes);
        CU_ASSERT_EQUAL(offload_network_links(drawn.network), drawn.links);
        seen[reachable]++;
    }
    CU_ASSERT(seen[0] > 20 && seen[1] > 100);
    CU_ASSERT(offload_network_nodes(NULL) == 0 && offload_network_links(NULL) == 0);
}

/* Entries that a node's tree must have: the root and each prefix of a way from it that differs from all others; or,
 * of the ways to it, each suffix. */
static int prefixes_of(int node, bool out)
{
    static int seen[200][8];
    static int length[200];
    int count = 0;
    for (int other = 0; other < drawn.nodes; other++) {
        int hops = out ? drawn.hops[node][other] : drawn.hops[other][node];
        const int *way = out ? drawn.way[node][other] : drawn.way[other][node];
        for (int i = 1; i <= hops; i++) {
            const int *part = out ? way : way + hops - i;
            bool known = false;
            for (int k = 0; k < count && !known; k++)
                known = length[k] == i && memcmp(seen[k], part, (size_t)i * sizeof *part) == 0;
            if (known)
                continue;
            memcpy(seen[count], part, (size_t)i * sizeof *part);
            length[count++] = i;
        }
    }
    return 1 + count;
}

static void check_tree(const struct offload_forest *forest, int node, bool out)
{
    const int *parent = offload_tree_parent(forest, node), *link = offload_tree_link(forest, node);
    const int *at = offload_tree_at(forest, drawn.nodes, node);
    int count = offload_tree_count(forest, node);
    CU_ASSERT_EQUAL(count, prefixes_of(node, out));
    CU_ASSERT(count <= forest->largest && parent[0] == -1 && link[0] == -1 && at[node] == 0);
    for (int i = 1; i < count; i++)
        CU_ASSERT(parent[i] >= 0 && parent[i] < i);
    for (int other = 0; other < drawn.nodes; other++) {
        int hops = out ? drawn.hops[node][other] : drawn.hops[other][node], entry = at[other];
        const int *way = out ? drawn.way[node][other] : drawn.way[other][node];
        CU_ASSERT_EQUAL(entry < 0, hops < 0);
        for (int i = 0; i < hops && entry > 0; i++, entry = parent[entry])
            CU_ASSERT_EQUAL(link[entry], out ? way[hops - 1 - i] : way[i]);
        CU_ASSERT(entry <= 0);
    }
}

static void trees(void)
{
    for (int number = 0; next_network(&number); drawn_free(&drawn)) {
        int largest[2] = {0};
        for (int m = 0; m < drawn.nodes; m++) {
            check_tree(&drawn.network->out, m, true);
            check_tree(&drawn.network->in, m, false);
            for (int in = 0; in < 2; in++) {
                int entries = prefixes_of(m, !in);
                largest[in] = entries > largest[in] ? entries : largest[in];
            }
        }
        CU_ASSERT_EQUAL(drawn.network->out.largest, largest[0]);
        CU_ASSERT_EQUAL(drawn.network->in.largest, largest[1]);
    }
}

/* More entries than the first room of a forest holds, 1024: a row of 60 nodes has 60 a node. */
static int along(void *data, int from, int to, const int **links)
{
    static int way[60];
    int count = 0;
    for (int at = from; at != to; at += from < to ? 1 : -1)
        way[count++] = from < to ? at : 59 + at - 1;
    *links = way;
    return count;
}

static void long_rows(void)
{
    enum { ROW = 60 };
    double flops[ROW];
    struct offload_link links[2 * (ROW - 1)];
    for (int m = 0; m < ROW; m++)
        flops[m] = 1e9;
    for (int m = 0; m + 1 < ROW; m++) {
        links[m] = (struct offload_link){m, m + 1, 1e6 * (m + 1), 0};
        links[ROW - 1 + m] = (struct offload_link){m + 1, m, 1e6 * (m + 1), 0};
    }
    for (int routing = 0; routing < 3; routing += 2) {
        struct offload_network *network;
        CU_ASSERT_EQUAL_FATAL(
            offload_network_new(&(struct offload_network_spec){.node_count = ROW,
                                                               .flops_per_s = flops,
                                                               .link_count = 2 * (ROW - 1),
                                                               .links = links,
                                                               .routing = (enum offload_routing)routing,
                                                               .way = along},
                                &network),
            0);
        int way[ROW];
        for (int a = 0; a < ROW; a++)
            for (int b = 0; b < ROW; b++) {
                double span = 0;
                CU_ASSERT_EQUAL(offload_network_way(network, a, b, way, ROW), a < b ? b - a : a - b);
                for (int m = a < b ? a : b; m < (a < b ? b : a); m++)
                    span += 1e-6 / (m + 1);
                CHECK_NEAR(network->span[a * ROW + b], span, 1e-14);
                for (int i = 0; a < b && i < b - a; i++)
                    CU_ASSERT_EQUAL(way[i], a + i);
            }
        CU_ASSERT(network->out.largest == ROW && offload_tree_count(&network->in, 0) == ROW);
        offload_network_free(network);
    }
}

/* Ways from node 0 that take a link after different others, and again: two prefixes that end in link 2 and in link 3.
 */
static int crossing(void *data, int from, int to, const int **links)
{
    static const int ways[5][3] = {{0}, {0, 2}, {1, 2}, {0, 2, 3}, {1, 2, 3}}, lengths[] = {0, 2, 2, 3, 3};
    *links = ways[to];
    return from == 0 ? lengths[to] : data ? 0 : -1;
}

static void crossings(void)
{
    static const double flops[] = {1, 1, 1, 1, 1};
    static const struct offload_link links[] = {{-1, -1, 1, 0}, {-1, -1, 2, 0}, {-1, -1, 4, 0}, {-1, -1, 8, 0}};
    struct offload_network *network;
    CU_ASSERT_EQUAL_FATAL(offload_network_new(&(struct offload_network_spec){.node_count = 5,
                                                                             .flops_per_s = flops,
                                                                             .link_count = 4,
                                                                             .links = links,
                                                                             .routing = OFFLOAD_GIVEN,
                                                                             .way = crossing},
                                              &network),
                          0);
    /* The root, 0, 0 2, 1, 1 2, 0 2 3, 1 2 3; and to node 3 the root, 3, 2 3, 0 2 3. */
    CU_ASSERT_EQUAL(offload_tree_count(&network->out, 0), 7);
    CU_ASSERT_EQUAL(offload_tree_count(&network->in, 3), 4);
    static const double spans[] = {0, 1 + 1 / 4.0, 1 / 2.0 + 1 / 4.0, 1 + 1 / 4.0 + 1 / 8.0,
                                   1 / 2.0 + 1 / 4.0 + 1 / 8.0};
    for (int m = 0; m < 5; m++)
        CHECK_NEAR(network->span[m], spans[m], 1e-15);
    int way[3];
    CU_ASSERT(offload_network_way(network, 0, 4, way, 3) == 3 && way[0] == 1 && way[1] == 2 && way[2] == 3);
    CU_ASSERT(!network->all_reachable && !offload_network_reaches(network, 1, 2));
    offload_network_free(network);
}

/* A link from a node to itself leads nowhere; of two links the wider one is the way, whichever comes first. */
static void loops(void)
{
    static const double flops[] = {1, 1};
    static const struct offload_link links[] = {{0, 0, 9, 0}, {0, 1, 1, 0}, {0, 1, 3, 0},
                                                {0, 1, 2, 0}, {1, 0, 2, 0}, {1, 0, 1, 0}};
    for (int routing = OFFLOAD_SHORTEST; routing <= OFFLOAD_SINGLE_HOP; routing++) {
        struct offload_network *network;
        const struct offload_network_spec spec = {.node_count = 2,
                                                  .flops_per_s = flops,
                                                  .link_count = 6,
                                                  .links = links,
                                                  .routing = (enum offload_routing)routing};
        int way[2];
        CU_ASSERT_EQUAL_FATAL(offload_network_new(&spec, &network), 0);
        CU_ASSERT_EQUAL(offload_network_way(network, 0, 0, way, 2), 0);
        CU_ASSERT(offload_network_way(network, 0, 1, way, 2) == 1 && way[0] == 2);
        CU_ASSERT(offload_network_way(network, 1, 0, way, 2) == 1 && way[0] == 4);
        CU_ASSERT_EQUAL(offload_tree_count(&network->out, 0), 2);
        offload_network_free(network);
    }
}

/* Of ways that are as long the one that is found first stays: of two links the first, of two nodes the one nearer. */
static void equal_ways(void)
{
    static const double flops[] = {1, 1, 1, 1};
    static const struct offload_link links[] = {{0, 1, 4, 0}, {0, 1, 4, 0}, {0, 2, 2, 0}, {1, 3, 2, 0}, {2, 3, 4, 0}};
    struct offload_network *network;
    const struct offload_network_spec spec = {.node_count = 4, .flops_per_s = flops, .link_count = 5, .links = links};
    int way[3];
    CU_ASSERT_EQUAL_FATAL(offload_network_new(&spec, &network), 0);
    CU_ASSERT(offload_network_way(network, 0, 1, way, 3) == 1 && way[0] == 0);
    CU_ASSERT(offload_network_way(network, 0, 3, way, 3) == 2 && way[0] == 0 && way[1] == 3); /* 1/4 + 1/2 by either */
    offload_network_free(network);
}

/* A kind's speed makes the work of it as much less as it is faster. A node that hosts nothing hosts no kind. */
static void kinds(void)
{
    int nowhere = 0;
    for (uint64_t n = 0; n < 30; n++) {
        if (!drawn_make(&drawn, n, DRAWN_KINDS, 5, 1, 1))
            continue;
        for (int k = 0; k < 2; k++) {
            bool everywhere = true;
            for (int m = 0; m < 5; m++) {
                double speed = drawn.flops[m] > 0 ? drawn.by_kind[k * 5 + m] : 0;
                CU_ASSERT_EQUAL(drawn.network->hosts[k * 5 + m], speed > 0);
                everywhere &= speed > 0;
                nowhere += !(speed > 0);
                if (speed > 0)
                    CHECK_NEAR(drawn.network->factor[k * 5 + m], sqrt(drawn.flops[m] / speed), 1e-12);
                else
                    CU_ASSERT(isinf(drawn.network->factor[k * 5 + m]));
                CHECK_NEAR(drawn.network->per_capacity[m] * (drawn.flops[m] > 0 ? drawn.flops[m] : 1), 1, 1e-12);
            }
            CU_ASSERT_EQUAL(drawn.network->hosts_everywhere[k], everywhere);
        }
        CU_ASSERT_EQUAL(drawn.network->kinds, 2);
        drawn_free(&drawn);
    }
    CU_ASSERT(nowhere > 50);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"ways", ways},
                                             {"trees", trees},
                                             {"long rows", long_rows},
                                             {"crossings", crossings},
                                             {"equal ways", equal_ways},
                                             {"loops", loops},
                                             {"kinds", kinds},
                                             {0}};
    return weir_test_main("learn/offload/ways", cases, argc, argv);
}
