/* Kind mesh-platform: a random connected computing network, every node of which computes. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/generate/kinds.h"
#include "sim/generate/network.h"

struct options {
    int nodes, cores, slots, routing;
    double density, slowest, fastest, narrowest, widest, nearest_s, farthest_s, price, idle_w, busy_w;
};

#define AT(field) offsetof(struct options, field)
static const struct weir_param params[] = {
    WEIR_PARAM("nodes", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(nodes), "20", 2, 5000, NULL, "how many nodes"),
    WEIR_PARAM("density", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(density), "1.5", 0, 5000, NULL, "links over nodes"),
    WEIR_PARAM("slowest", WEIR_PARAM_DOUBLE, WEIR_UNIT_SPEED, AT(slowest), "100Gf", 1, 1e300, NULL,
               "least speed of a core"),
    WEIR_PARAM("fastest", WEIR_PARAM_DOUBLE, WEIR_UNIT_SPEED, AT(fastest), "500Gf", 1, 1e300, NULL,
               "greatest; speeds are drawn evenly"),
    WEIR_PARAM("cores", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(cores), "1", 1, 1024, NULL, "cores of a node"),
    WEIR_PARAM("slots", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(slots), "0", 0, 1000000, NULL,
               "operators a node takes; 0: no limit"),
    WEIR_PARAM("narrowest", WEIR_PARAM_DOUBLE, WEIR_UNIT_BANDWIDTH, AT(narrowest), "100Mbps", 1, 1e300, NULL,
               "least bandwidth of a link"),
    WEIR_PARAM("widest", WEIR_PARAM_DOUBLE, WEIR_UNIT_BANDWIDTH, AT(widest), "1Gbps", 1, 1e300, NULL,
               "greatest; bandwidths are drawn evenly"),
    WEIR_PARAM("nearest", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, AT(nearest_s), "1ms", 0, 1e300, NULL,
               "least latency of a link"),
    WEIR_PARAM("farthest", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, AT(farthest_s), "5ms", 0, 1e300, NULL,
               "greatest; latencies are drawn evenly"),
    WEIR_PARAM("routing", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(routing), "bandwidth", 0, 0, weir_routing_names,
               "what ways minimise"),
    WEIR_PARAM("price", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(price), "1e-5", 0, 1e300, NULL,
               "money per core and second"),
    WEIR_PARAM("idle_watts", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(idle_w), "100", 0, 1e300, NULL, "of an idle node"),
    WEIR_PARAM("busy_watts", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(busy_w), "250", 0, 1e300, NULL, "of a busy node"),
    {.name = NULL},
};

static int check(const struct options *o)
{
    double links = round(o->density * o->nodes), most = (double)o->nodes * (o->nodes - 1) / 2;
    if (links < o->nodes - 1)
        return weir_error(WEIR_EUSAGE, "--density %g makes %g links; %d nodes need %d to be connected, a density of %g",
                          o->density, links, o->nodes, o->nodes - 1, (double)(o->nodes - 1) / o->nodes);
    if (links > most)
        return weir_error(WEIR_EUSAGE, "--density %g makes %g links; between %d nodes there are %g, a density of %g",
                          o->density, links, o->nodes, most, most / o->nodes);
    if (links > 1e7)
        return weir_error(WEIR_EUSAGE, "--density %g makes %g links; at most 10 million are written", o->density,
                          links);
    if (o->slowest > o->fastest || o->narrowest > o->widest || o->nearest_s > o->farthest_s)
        return weir_error(WEIR_EUSAGE, "--slowest, --narrowest and --nearest must not be above --fastest, --widest and "
                                       "--farthest");
    if (o->idle_w > o->busy_w)
        return weir_error(WEIR_EUSAGE, "--idle_watts (%g) is above --busy_watts (%g); exchange them", o->idle_w,
                          o->busy_w);
    return WEIR_OK;
}

static double between(struct weir_stream *stream, double low, double high)
{
    return low + (high - low) * weir_stream_uniform(stream);
}

static void write_nodes(const struct options *o, unsigned long long seed, struct weir_network *network)
{
    struct weir_stream stream = weir_stream_open(seed, "generate/mesh-platform/nodes");
    int digits = snprintf(NULL, 0, "%d", o->nodes);
    for (int i = 0; i < o->nodes; i++) {
        char *id = weir_format("node%0*d", digits, i + 1);
        fprintf(network->body,
                "      <host id=\"%s\" speed=\"%.6gGf\" core=\"%d\">\n"
                "        <prop id=\"price_per_core_s\" value=\"%.9g\"/>\n"
                "        <prop id=\"wattage_per_state\" value=\"%.6g:%.6g:%.6g\"/>\n",
                id, between(&stream, o->slowest, o->fastest) / 1e9, o->cores, o->price, o->idle_w, o->idle_w,
                o->busy_w);
        if (o->slots > 0)
            fprintf(network->body, "        <prop id=\"slots\" value=\"%d\"/>\n", o->slots);
        fputs("      </host>\n", network->body);
        weir_network_place(network, id, NULL);
        free(id);
    }
}

static void join(const struct options *o, struct weir_stream *stream, struct weir_network *network, bool *joined, int a,
                 int b)
{
    size_t n = (size_t)o->nodes;
    joined[(size_t)a * n + (size_t)b] = joined[(size_t)b * n + (size_t)a] = true;
    double bandwidth = between(stream, o->narrowest, o->widest);
    weir_network_link(network, a, b, bandwidth, between(stream, o->nearest_s, o->farthest_s));
}

/* Each node is joined to a random one before it, in a random order, so that all are connected; then random pairs. */
static void make_links(const struct options *o, unsigned long long seed, struct weir_network *network)
{
    struct weir_stream pairs = weir_stream_open(seed, "generate/mesh-platform/links");
    struct weir_stream figures = weir_stream_open(seed, "generate/mesh-platform/bandwidths");
    size_t n = (size_t)o->nodes, wanted = (size_t)round(o->density * o->nodes);
    bool *joined = weir_alloc(n * n, sizeof *joined);
    int *order = weir_alloc(n, sizeof *order);
    for (int i = 0; i < o->nodes; i++) {
        int j = (int)weir_stream_below(&pairs, (uint64_t)i + 1);
        order[i] = order[j];
        order[j] = i;
    }
    for (int i = 1; i < o->nodes; i++)
        join(o, &figures, network, joined, order[i], order[weir_stream_below(&pairs, (uint64_t)i)]);
    /* Of a sparse graph, pairs are tried; of a dense one, the few that are left would be found late, so pairs are
     * shuffled as a whole. */
    size_t left = 0;
    int(*free_pair)[2] = NULL;
    if (wanted * 4 > n * (n - 1)) {
        free_pair = weir_alloc(n * (n - 1) / 2, sizeof *free_pair);
        for (int a = 0; a < o->nodes; a++)
            for (int b = a + 1; b < o->nodes; b++)
                if (!joined[(size_t)a * n + (size_t)b]) {
                    free_pair[left][0] = a;
                    free_pair[left++][1] = b;
                }
    }
    while (network->graph.edge_count < wanted) {
        int a, b;
        if (free_pair) {
            size_t at = (size_t)weir_stream_below(&pairs, left--);
            a = free_pair[at][0];
            b = free_pair[at][1];
            free_pair[at][0] = free_pair[left][0];
            free_pair[at][1] = free_pair[left][1];
        } else {
            a = (int)weir_stream_below(&pairs, n);
            b = (int)weir_stream_below(&pairs, n);
        }
        if (a != b && !joined[(size_t)a * n + (size_t)b])
            join(o, &figures, network, joined, a, b);
    }
    free(free_pair);
    free(order);
    free(joined);
}

static int run(const void *given, unsigned long long seed, FILE *out)
{
    const struct options *o = given;
    struct weir_network network = {0};
    int code = check(o);
    if (!code)
        code = weir_network_init(&network, true);
    if (code)
        return code;
    write_nodes(o, seed, &network);
    make_links(o, seed, &network);
    char narrowest[32], widest[32], nearest[32], farthest[32];
    fprintf(
        out,
        "<?xml version='1.0'?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
        "<!-- Made by `weir generate mesh-platform`, seed %llu: a random connected network of %d nodes and %zu links.\n"
        "     Drawn evenly: speeds of a core from %g to %g Gflop/s, bandwidths from %s to %s, latencies\n"
        "     from %s to %s. A random tree joins all nodes; the other links are random pairs. Routes\n"
        "     minimise: %s. Where the ranges come from: docs/sources.md, \"Generated platforms\". -->\n"
        "<platform version=\"4.1\">\n",
        seed, o->nodes, network.graph.edge_count, o->slowest / 1e9, o->fastest / 1e9,
        weir_xml_bandwidth(o->narrowest, narrowest), weir_xml_bandwidth(o->widest, widest),
        weir_xml_latency(o->nearest_s, nearest), weir_xml_latency(o->farthest_s, farthest),
        weir_routing_names[o->routing]);
    code = weir_network_finish(&network, "mesh", o->routing, out);
    weir_network_fini(&network);
    return code;
}

const struct weir_generator weir_generator_mesh_platform = {
    .name = "mesh-platform",
    .summary = "a random connected network of computing nodes (XML)",
    .detail = "Nodes are hosts \"node1\" and on, of tier edge.\n",
    .params = params,
    .size = sizeof(struct options),
    .run = run,
};
