/* The platform as a computing network: speeds by class, links and ways, and when it is made anew. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/offload/inside.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/policies/offload_mock.h"
#include "tests/support/test.h"

static const struct weir_offload_rules rules = {.name = "dwo"};
static const double speeds[] = {1e9, 2e9, 4e9};

static struct weir_offload made(void)
{
    struct weir_offload self = weir_offload_mock_self(&rules);
    int failed = weir_offload_update_network(&self, weir_mock_view(weir_offload_mock));
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    return self;
}

/* Work of 1 flop on each host in s, by class: 1 / (cores x speed). */
static void by_class(void)
{
    weir_offload_mock_begin(speeds, 3);
    weir_offload_mock->hosts[0].cores = 4;
    weir_offload_mock->hosts[1].cores = 0; /* not told: one */
    weir_offload_mock->hosts[2].cores = 2;
    weir_offload_mock->hosts[2].speed_gpu_flops_per_s = 64e9;
    struct weir_offload self = made();
    static const double wanted[2][3] = {{4e9, 2e9, 8e9}, {4e9, 2e9, 128e9}};
    for (int kind = 0; kind < 2; kind++)
        for (int h = 0; h < 3; h++) {
            double factor = self.network->factor[kind * 3 + h];
            CHECK_NEAR(1 / (factor * factor * self.network->per_capacity[h]), wanted[kind][h], 1);
        }
    weir_offload_destroy(&self);
    weir_offload_mock_end();
}

/* Links as they are; a bandwidth that says nothing is wide, a latency that does is none. */
static void links(void)
{
    weir_offload_mock_begin(speeds, 3);
    for (int l = 0; l < 4; l++)
        weir_offload_mock_link(l % 3, (l + 1) % 3, 1e6 * (l + 1));
    weir_offload_mock_way(0, 2, 0, 1); /* over two; nothing else goes back */
    weir_offload_mock_way(0, 1, 3, -1);
    weir_offload_mock_latency(0, 0.25);
    weir_offload_mock_latency(2, -1);
    weir_offload_mock_latency(3, NAN);
    weir_offload_mock_bandwidth(1, INFINITY);
    struct weir_offload self = made();
    const struct offload_network *network = self.network;
    CU_ASSERT_EQUAL(offload_network_links(network), 4);
    CHECK_NEAR(network->bytes_per_s[0], 1e6, 0);
    CHECK_NEAR(network->bytes_per_s[1], 1e18, 0);
    CHECK_NEAR(network->bytes_per_s[2], 3e6, 0);
    CHECK_NEAR(network->latency_s[0], 0.25, 0);
    CHECK_NEAR(network->latency_s[2], 0, 0);
    CHECK_NEAR(network->latency_s[3], 0, 0);
    int way[2];
    CU_ASSERT(offload_network_way(network, 0, 2, way, 2) == 2 && way[0] == 0 && way[1] == 1);
    CU_ASSERT(offload_network_way(network, 0, 1, way, 2) == 1 && way[0] == 3);
    CU_ASSERT(offload_network_way(network, 2, 0, way, 2) == 1 && way[0] == 2);
    CU_ASSERT(!offload_network_reaches(network, 1, 0));
    /* At the ends of a link are the hosts that it joins alone: of link 0 none is known, as it is a part of a way only.
     */
    CU_ASSERT(network->link_to[0] == -1 && network->link_to[1] == 2 && network->link_to[2] == 0 &&
              network->link_to[3] == 1);
    weir_offload_destroy(&self);
    weir_offload_mock_end();
}

/* Bandwidth and latency between hosts, without links: 1e6 (10 a + b), a / 100 + b / 1000; none from h2 to h0. */
static double pair_bytes_per_s(const struct weir_view *view, int from, int to)
{
    return from == to ? INFINITY : from == 2 && to == 0 ? 0 : 1e6 * (10 * from + to);
}

static double pair_latency_s(const struct weir_view *view, int from, int to)
{
    return from == to ? 0 : from / 100.0 + to / 1000.0;
}

static void without_links(void)
{
    weir_offload_mock_begin(speeds, 3);
    weir_offload_mock->view.route_bytes_per_s = pair_bytes_per_s;
    weir_offload_mock->view.route_latency_s = pair_latency_s;
    for (int known = 0; known < 2; known++) {
        if (known)
            weir_offload_mock->view.route_links = NULL;
        struct weir_offload self = made();
        const struct offload_network *network = self.network;
        CU_ASSERT_EQUAL(offload_network_links(network), 9);
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) {
                int way = -1;
                CU_ASSERT_EQUAL(offload_network_way(network, a, b, &way, 1), a == b ? 0 : a == 2 && b == 0 ? -1 : 1);
                if (way < 0)
                    continue;
                CHECK_NEAR(network->bytes_per_s[way], 1e6 * (10 * a + b), 0);
                CHECK_NEAR(network->latency_s[way], a / 100.0 + b / 1000.0, 1e-15);
                CU_ASSERT_EQUAL(network->link_to[way], b);
            }
        weir_offload_destroy(&self);
    }
    weir_offload_mock_end();
}

/* A way of more links than hosts at first had room for. */
static int long_way(const struct weir_view *view, int from, int to, int *into, int most)
{
    for (int i = 0; i < 9 && i < most; i++)
        into[i] = from < to ? i : 8 - i;
    return from == to ? 0 : 9;
}

static void long_ways(void)
{
    weir_offload_mock_begin(speeds, 2);
    for (int l = 0; l < 9; l++)
        weir_offload_mock_link(l % 2, (l + 1) % 2, 1e6);
    weir_offload_mock->view.route_links = long_way;
    struct weir_offload self = made();
    int way[9];
    CU_ASSERT_EQUAL(offload_network_way(self.network, 0, 1, way, 9), 9);
    for (int l = 0; l < 9; l++)
        CU_ASSERT_EQUAL(way[l], l);
    CU_ASSERT_EQUAL(offload_network_way(self.network, 1, 0, way, 9), 9);
    for (int l = 0; l < 9; l++)
        CU_ASSERT_EQUAL(way[l], 8 - l);
    weir_offload_destroy(&self);
    weir_offload_mock_end();
}

/* The same network as long as hosts and links are what they were; the one of the last decision is kept with that. */
static void anew(void)
{
    weir_offload_mock_begin(speeds, 2);
    weir_offload_mock_link(0, 1, 1e6);
    weir_offload_mock_link(1, 0, 2e6);
    struct weir_offload self = made();
    struct offload_network *first = self.network;
    weir_offload_update_network(&self, &weir_offload_mock->view);
    CU_ASSERT_PTR_EQUAL(self.network, first);
    self.last.game.network = first;
    weir_offload_mock_bandwidth(1, 3e6);
    weir_offload_update_network(&self, &weir_offload_mock->view);
    CU_ASSERT_PTR_NOT_EQUAL(self.network, first);
    CHECK_NEAR(self.network->bytes_per_s[1], 3e6, 0);
    CHECK_NEAR(first->bytes_per_s[1], 2e6, 0);
    struct offload_network *second = self.network;
    weir_offload_update_network(&self, &weir_offload_mock->view);
    CU_ASSERT_PTR_EQUAL(self.network, second);
    weir_offload_mock_link(0, 1, 5e6);
    weir_offload_update_network(&self, &weir_offload_mock->view);
    CU_ASSERT_EQUAL(offload_network_links(self.network), 3);
    CHECK_NEAR(self.network->bytes_per_s[2], 5e6, 0);
    weir_mock_host(weir_offload_mock, "h2", "", WEIR_VIEW_EDGE, 1, 0);
    weir_offload_update_network(&self, &weir_offload_mock->view);
    CU_ASSERT_EQUAL(offload_network_nodes(self.network), 3);
    weir_offload_destroy(&self); /* frees the first, too: what the last decision is about */
    weir_offload_mock_end();
}

static void too_many(void)
{
    weir_offload_mock_begin(speeds, 1);
    static struct weir_host_view many[3001];
    struct weir_offload self = weir_offload_mock_self(&rules);
    weir_offload_mock->view.hosts = many;
    weir_offload_mock->view.host_count = 3001;
    CU_ASSERT_EQUAL(weir_offload_update_network(&self, &weir_offload_mock->view), WEIR_EINPUT);
    CHECK_MESSAGE("3001 hosts are too many for an offloading policy; at most 3000");
    weir_offload_destroy(&self);
    weir_offload_mock_end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"by class", by_class},
                                             {"links", links},
                                             {"without links", without_links},
                                             {"long ways", long_ways},
                                             {"anew", anew},
                                             {"too many", too_many},
                                             {0}};
    return weir_test_main("policies/offload_network", cases, argc, argv);
}
