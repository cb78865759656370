/* Generated platforms: they are read back, and are what was asked for. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/stats.h"
#include "sim/generate/graph.h"
#include "sim/generate/machine.h"
#include "sim/generate/place.h"
#include "sim/model/platform.h"
#include "tests/generate/make.h"

static struct weir_platform *platform_of(const char *line, unsigned long long seed)
{
    struct weir_platform *platform = NULL;
    char *text = make(line, seed);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    int code = weir_platform_read(weir_test_file("made.xml", text), &platform);
    if (code)
        fprintf(stderr, "\n%s\n", weir_error_message());
    CU_ASSERT_EQUAL_FATAL(code, WEIR_OK);
    free(text);
    return platform;
}

/* How often a text is in a file made by a line. */
static int times_in(const char *line, const char *part)
{
    char *text = make(line, 1);
    int times = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    for (size_t at = 0; text[at]; at++)
        times += strncmp(text + at, part, strlen(part)) == 0;
    free(text);
    return times;
}

static void count_tiers(const struct weir_platform *platform, int tiers[3])
{
    memset(tiers, 0, 3 * sizeof *tiers);
    for (size_t i = 0; i < platform->host_count; i++)
        tiers[platform->hosts[i].tier]++;
}

static void shapes_of_edge_platforms(void)
{
    /* 20 sites of 2 hosts and a device, 2 regions of 4. Links: 60 + 8 cables, 2 trunks, and the backhaul: a star has
     * 20, a ring 21; a tree by fours has 20 to 5 nodes, 5 to 2 (4 + 1), 2 to the core: 27; a mesh of mean degree 2.5
     * over 21 places has floor(2.5 x 21 / 2) = 26. */
    static const struct {
        const char *line;
        size_t links;
    } shapes[] = {
        {"edge-platform --backhaul star", 70 + 20},
        {"edge-platform --backhaul ring", 70 + 21},
        {"edge-platform --backhaul tree", 70 + 27},
        {"edge-platform --backhaul mesh", 70 + 26},
        /* Wi-Fi: a channel and a cable of the access point for a device's cable */
        {"edge-platform --backhaul star --wifi", 70 + 20 + 20},
        {"edge-platform --backhaul mesh --routing hops", 70 + 26},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct weir_platform *platform = platform_of(shapes[i].line, 3);
        int tiers[3];
        count_tiers(platform, tiers);
        CU_ASSERT_EQUAL(platform->host_count, 68);
        CU_ASSERT_EQUAL(platform->link_count, shapes[i].links);
        CU_ASSERT(tiers[0] == 20 && tiers[1] == 40 && tiers[2] == 8);
        weir_platform_free(platform);
    }
    /* Every pair of the 23 places has its way in a mesh, 23 x 22 / 2; a star needs none written. */
    CU_ASSERT_EQUAL(times_in("edge-platform --backhaul mesh", "<zoneRoute "), 253);
    CU_ASSERT_EQUAL(times_in("edge-platform --backhaul star", "<zoneRoute "), 22);
    /* Oversubscription 1: links of the five nodes carry their four sites, 4 Gbit/s; those of the next two 4 x 4 and 4.
     */
    CU_ASSERT_EQUAL(times_in("edge-platform --backhaul tree --oversubscription 1 --trunk 1Mbps", "bandwidth=\"4Gbps\""),
                    6);
    CU_ASSERT_EQUAL(
        times_in("edge-platform --backhaul tree --oversubscription 1 --trunk 1Mbps", "bandwidth=\"16Gbps\""), 1);
}

/* 1000 machines by shares of 1 : 3; each count within 4 deviations of its binomial law, and the third class never. */
static void mix_of_classes(void)
{
    struct weir_platform *platform =
        platform_of("edge-platform --sites 1000 --hosts 1 --devices 0 --mix nuc:1,pi:3,xeon:0", 1);
    int nucs = 0, pis = 0;
    for (size_t i = 0; i < platform->host_count; i++) {
        nucs += strstr(platform->hosts[i].name, "-nuc") != NULL;
        pis += strstr(platform->hosts[i].name, "-pi") != NULL;
    }
    CU_ASSERT_EQUAL(nucs + pis, 1000);
    CHECK_NEAR(nucs, 250, 4 * sqrt(1000 * 0.25 * 0.75)); /* 55 */
    weir_platform_free(platform);
}

/* Points drawn evenly from a circle of radius R lie at a mean distance of 2/3 R, with a deviation of R / sqrt 18;
 * latencies of a star are those distances at 2/3 c, plus 100 us. */
static void distances_of_sites(void)
{
    struct weir_platform *platform =
        platform_of("edge-platform --sites 1000 --hosts 1 --devices 0 --radius_km 300 --regions 0", 2);
    struct weir_moments moments = {0};
    double light_km_per_s = 299792.458, most = 0;
    for (size_t i = 0; i < platform->link_count; i++)
        if (strncmp(platform->links[i].name, "fibre", 5) == 0) {
            double km = (platform->links[i].latency_s - 100e-6) * light_km_per_s * 2 / 3;
            weir_moments_add(&moments, km);
            most = fmax(most, km);
        }
    CU_ASSERT_EQUAL(moments.count, 1000);
    CHECK_NEAR(moments.mean, 200, 4 * 300 / sqrt(18) / sqrt(1000)); /* 8.9 */
    CHECK_NEAR(weir_moments_deviation(&moments), 300 / sqrt(18), 5);
    CU_ASSERT(most > 295 && most < 300.1);
    weir_platform_free(platform);
}

static void mesh_platform(void)
{
    /* density x nodes links, whatever the seed: edges per node are exact. Ranges are met: of 1500 links from 100 to
     * 1000 Mbit/s, the mean within 4 x 900 / sqrt 12 / sqrt 1500 = 27. */
    struct weir_platform *platform = platform_of("mesh-platform --nodes 1000 --density 1.5 --routing hops", 1);
    struct weir_moments speed = {0}, bandwidth = {0}, latency = {0};
    CU_ASSERT_EQUAL(platform->host_count, 1000);
    CU_ASSERT_EQUAL_FATAL(platform->link_count, 1500);
    for (size_t i = 0; i < platform->link_count; i++) {
        double mbps = platform->links[i].bandwidth_bytes_per_s * 8 / 1e6;
        CU_ASSERT(mbps >= 100 && mbps <= 1000);
        weir_moments_add(&bandwidth, mbps);
        weir_moments_add(&latency, platform->links[i].latency_s);
    }
    for (size_t i = 0; i < platform->host_count; i++)
        weir_moments_add(&speed, platform->hosts[i].speed_flops_per_s / 1e9);
    CHECK_NEAR(bandwidth.mean, 550, 27);
    CHECK_NEAR(speed.mean, 300, 4 * 400 / sqrt(12) / sqrt(1000));
    CHECK_NEAR(latency.mean, 3e-3, 4 * 4e-3 / sqrt(12) / sqrt(1500));
    weir_platform_free(platform);
    /* The least and the most that there can be: a tree, and all pairs. */
    for (unsigned long long seed = 1; seed <= 20; seed++) {
        platform = platform_of("mesh-platform --nodes 5 --density 0.8", seed);
        CU_ASSERT_EQUAL(platform->link_count, 4);
        weir_platform_free(platform);
        platform = platform_of("mesh-platform --nodes 5 --density 2", seed);
        CU_ASSERT_EQUAL(platform->link_count, 10);
        weir_platform_free(platform);
    }
    CU_ASSERT_EQUAL(times_in("mesh-platform --nodes 5 --density 2", "<route "), 10);
}

/* --- written ways --- */

#define MOST 64
struct net {
    int places, links;
    char name[MOST][24];
    double cost[MOST * 4 + 1]; /* by number of link, from 1 on */
    int end[MOST * 4 + 1][2];
    double least[MOST][MOST];
};

static int place_of(struct net *net, const char *name)
{
    int i = 0;
    while (i < net->places && strcmp(net->name[i], name) != 0)
        i++;
    if (i == net->places && i < MOST)
        snprintf(net->name[net->places++], sizeof net->name[0], "%s", name);
    CU_ASSERT_FATAL(i < MOST);
    return i;
}

/* From a platform whose ways SimGrid finds: its links, and by the algorithm of Floyd and Warshall what the least sums
 * of latencies are. */
static void read_net(const char *text, struct net *net)
{
    char from[24], to[24];
    int link;
    for (const char *at = strstr(text, "<link id=\"fibre"); at; at = strstr(at + 1, "<link id=\"fibre")) {
        double latency;
        char unit[4];
        const char *where = strstr(at, "latency=\"");
        CU_ASSERT_EQUAL_FATAL(sscanf(at, "<link id=\"fibre%d\"", &link), 1);
        CU_ASSERT_EQUAL_FATAL(sscanf(where, "latency=\"%lf%3[a-z]", &latency, unit), 2);
        CU_ASSERT_FATAL(link > 0 && link <= MOST * 4);
        net->cost[link] = strcmp(unit, "ms") == 0 ? latency : latency / 1000;
        net->links++;
    }
    for (int i = 0; i < MOST * MOST; i++)
        net->least[i / MOST][i % MOST] = i / MOST == i % MOST ? 0 : INFINITY;
    for (const char *at = strstr(text, "<zoneRoute "); at; at = strstr(at + 1, "<zoneRoute ")) {
        CU_ASSERT_EQUAL_FATAL(sscanf(at, "<zoneRoute src=\"%23[^\"]\" dst=\"%23[^\"]", from, to), 2);
        CU_ASSERT_EQUAL_FATAL(sscanf(strstr(at, "<link_ctn"), "<link_ctn id=\"fibre%d", &link), 1);
        int a = net->end[link][0] = place_of(net, from), b = net->end[link][1] = place_of(net, to);
        net->least[a][b] = net->least[b][a] = net->cost[link];
    }
    for (int k = 0; k < net->places; k++)
        for (int a = 0; a < net->places; a++)
            for (int b = 0; b < net->places; b++)
                net->least[a][b] = fmin(net->least[a][b], net->least[a][k] + net->least[k][b]);
}

/* Every written way must lead along its links, in their directions, from its source to its end, and be as short as can
 * be. */
static void written_ways_are_shortest(void)
{
    char *hops = make("edge-platform --sites 30 --backhaul mesh --degree 3 --wifi --routing hops", 5);
    char *ways = make("edge-platform --sites 30 --backhaul mesh --degree 3 --wifi --routing latency", 5);
    struct net net = {0};
    int checked = 0;
    CU_ASSERT_FATAL(hops && ways);
    read_net(hops, &net);
    CU_ASSERT_EQUAL(net.places, 30 + 30 + 1 + 2); /* sites, their Wi-Fi, core, regions */
    for (const char *at = strstr(ways, "<zoneRoute "); at; at = strstr(at + 1, "<zoneRoute ")) {
        char from[24], to[24], direction[8];
        int link;
        double sum = 0;
        const char *end = strstr(at, "</zoneRoute>"), *step = strstr(at, "<link_ctn");
        CU_ASSERT_EQUAL_FATAL(sscanf(at, "<zoneRoute src=\"%23[^\"]\" dst=\"%23[^\"]", from, to), 2);
        int here = place_of(&net, from);
        for (; step && step < end; step = strstr(step + 1, "<link_ctn")) {
            CU_ASSERT_EQUAL_FATAL(sscanf(step, "<link_ctn id=\"fibre%d\" direction=\"%7[A-Z]", &link, direction), 2);
            bool up = strcmp(direction, "UP") == 0;
            CU_ASSERT_EQUAL(net.end[link][!up], here);
            here = net.end[link][up];
            sum += net.cost[link];
        }
        CU_ASSERT_EQUAL(here, place_of(&net, to));
        CHECK_NEAR(sum, net.least[place_of(&net, from)][here], 1e-9);
        checked++;
    }
    CU_ASSERT_EQUAL(checked, 63 * 62 / 2);
    free(hops);
    free(ways);
}

static void ways_are_cheapest(void)
{
    /* 0 -1- 1 -1- 2 and 0 -3- 2, 2 -1- 3: from 0 to 3 over 1 and 2, cost 3, although there is a way of two links. */
    struct weir_graph graph = {.nodes = 5};
    struct weir_ways ways;
    weir_graph_add(&graph, 0, 1, 1);
    weir_graph_add(&graph, 2, 1, 1);
    weir_graph_add(&graph, 0, 2, 3);
    weir_graph_add(&graph, 2, 3, 1);
    CU_ASSERT_EQUAL(weir_graph_unreached(&graph), 4);
    weir_graph_add(&graph, 4, 3, 0);
    CU_ASSERT_EQUAL(weir_graph_unreached(&graph), -1);
    weir_ways_init(&ways, &graph);
    weir_ways_from(&ways, 0);
    CHECK_NEAR(ways.cost[3], 3, 0);
    CU_ASSERT_EQUAL(ways.hops[3], 3);
    CU_ASSERT(ways.back[3] == 3 && ways.back[2] == 1 && ways.back[1] == 0 && ways.back[0] == -1);
    /* Equal costs: the way with fewer links. */
    graph.edge[2].cost = 2;
    weir_ways_from(&ways, 0);
    CU_ASSERT(ways.hops[2] == 1 && ways.back[2] == 2);
    weir_ways_fini(&ways);
    weir_graph_fini(&graph);
}

static void gabriel_graphs(void)
{
    /* A square with its middle: the middle lies in the ball over each diagonal and on those over the sides (angle 90),
     * so all but the diagonals are in. */
    static const struct weir_point square[] = {{0, 0, 0}, {2, 0, 0}, {2, 2, 0}, {0, 2, 0}, {1, 1, 0}};
    struct weir_graph graph = {.nodes = 5};
    weir_graph_gabriel(&graph, square, 0);
    CU_ASSERT_EQUAL(graph.edge_count, 8);
    for (size_t e = 0; e < graph.edge_count; e++)
        CU_ASSERT(graph.edge[e].cost < 2.1);
    weir_graph_fini(&graph);
    /* Mean degree 2 over 5 nodes: the tree and one more. */
    graph.nodes = 5;
    weir_graph_gabriel(&graph, square, 2);
    CU_ASSERT_EQUAL(graph.edge_count, 5);
    CU_ASSERT_EQUAL(weir_graph_unreached(&graph), -1);
    weir_graph_fini(&graph);
}

static void places_on_earth(void)
{
    static const struct {
        double from[2], to[2], km;
    } ways[] = {
        {{0, 0}, {90, 0}, 10007.557},                /* a quarter of 2 pi 6371.0088 */
        {{0, 90}, {0, -90}, 20015.115},              /* pole to pole */
        {{13.405, 52.52}, {2.3522, 48.8566}, 877.5}, /* Berlin to Paris, by the haversine formula */
        {{179.5, 0}, {-179.5, 0}, 111.195},          /* over the date line: one degree */
        {{10, 50}, {10, 50}, 0},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct weir_point a = weir_point_on_earth(ways[i].from[0], ways[i].from[1]);
        struct weir_point b = weir_point_on_earth(ways[i].to[0], ways[i].to[1]);
        CHECK_NEAR(weir_point_way_km(&a, &b), ways[i].km, 0.05 + 1e-4 * ways[i].km);
    }
    /* 1000 km at 2/3 x 299 792.458 km/s are 5.0035 ms; half as long again and a hop of 1 ms: 8.505 ms. */
    CHECK_NEAR(weir_way_latency_s(&(struct weir_way_options){1, 0}, 1000), 5.0035e-3, 1e-7);
    CHECK_NEAR(weir_way_latency_s(&(struct weir_way_options){1.5, 1e-3}, 1000), 8.5052e-3, 1e-7);
}

static void wrong_options_are_refused(void)
{
    static const struct {
        const char *line, *message;
    } wrong[] = {
        {"edge-platform --mix xeon:1,nux:2", "--mix: \"nux\" is no class of machines; did you mean \"nuc\"?"},
        {"edge-platform --mix toaster", "--mix: \"toaster\" is no class of machines; there are gateway, pi,"},
        {"edge-platform --mix xeon:-1", "--mix: the weight of xeon is no number from 0 on"},
        {"edge-platform --mix xeon:0", "--mix: all weights are 0"},
        {"edge-platform --device x", "--device: \"x\" is no class"},
        {"edge-platform --hosts 0 --devices 0", "a site needs a host"},
        {"edge-platform --sites 0", "--sites: \"0\" is out of range"},
        {"edge-platform --sites 2.5", "--sites: \"2.5\" is no integer"},
        {"edge-platform --backhaul stra", "--backhaul: \"stra\" is not known; did you mean \"star\"?"},
        {"edge-platform --bandwidth 100", "--bandwidth: \"100\" has no unit"},
        {"edge-platform --near 2s --far 1s", "--near (2 s) is more than --far (1 s)"},
        {"edge-platform --backhaul mesh --sites 3000", "takes at most 2000 sites"},
        {"edge-platform --routing latency --backhaul ring --sites 3000", "above 1000 places take hops"},
        {"mesh-platform --nodes 10 --density 0.8", "10 nodes need 9 to be connected, a density of 0.9"},
        {"mesh-platform --nodes 10 --density 5", "between 10 nodes there are 45, a density of 4.5"},
        {"mesh-platform --slowest 2Gf --fastest 1Gf", "must not be above"},
        {"mesh-platform --idle_watts 9 --busy_watts 8", "--idle_watts (9) is above --busy_watts (8)"},
        {"topology", "--nodes or --graph must be given"},
        {"topology --graph x.json --nodes x.csv", "--graph is instead of --nodes and --links"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuse(wrong[i].line, WEIR_EUSAGE, wrong[i].message);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"shapes of edge platforms", shapes_of_edge_platforms},
        {"mix of classes", mix_of_classes},
        {"distances of sites", distances_of_sites},
        {"mesh platform", mesh_platform},
        {"written ways are shortest", written_ways_are_shortest},
        {"ways are cheapest", ways_are_cheapest},
        {"Gabriel graphs", gabriel_graphs},
        {"places on earth", places_on_earth},
        {"wrong options are refused", wrong_options_are_refused},
        {0},
    };
    return weir_test_main("generate platforms", cases, argc, argv);
}
