/* Kind edge-platform: sites around a core, joined by a backhaul of some shape, and cloud regions behind it. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/real.h"
#include "sim/generate/kinds.h"
#include "sim/generate/network.h"
#include "sim/generate/place.h"
#include "sim/generate/site.h"

enum { SHAPE_STAR, SHAPE_RING, SHAPE_TREE, SHAPE_MESH };
static const char *const shapes[] = {"star", "ring", "tree", "mesh", NULL};

struct options {
    int sites, shape, branching, regions, region_hosts, routing;
    double radius_km, degree, oversubscription, bandwidth_bytes_per_s, trunk_bytes_per_s, near_s, far_s;
    struct weir_way_options way;
    struct weir_site_options site;
};

#define AT(field) offsetof(struct options, field)
static const struct weir_param params[] = {
    WEIR_PARAM("sites", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(sites), "20", 1, 5000, NULL, "how many sites"),
    WEIR_SITE_PARAMS(site),
    WEIR_PARAM("radius_km", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(radius_km), "15", 0, 20000, NULL,
               "sites lie in a circle of so many kilometres around the core"),
    WEIR_PARAM("backhaul", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(shape), "star", 0, 0, shapes,
               "how sites and core are joined"),
    WEIR_PARAM("branching", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(branching), "4", 2, 1000, NULL,
               "of a tree: sites or nodes that an aggregation node joins"),
    WEIR_PARAM("oversubscription", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(oversubscription), "4", 1, 1000, NULL,
               "of a tree: bandwidths below a node over that of its own link"),
    WEIR_PARAM("degree", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(degree), "2.5", 0, 10, NULL,
               "of a mesh: links a site has on average; 0: all of the Gabriel graph"),
    WEIR_PARAM("bandwidth", WEIR_PARAM_DOUBLE, WEIR_UNIT_BANDWIDTH, AT(bandwidth_bytes_per_s), "1Gbps", 1, 1e300, NULL,
               "of backhaul links"),
    WEIR_WAY_PARAMS(way),
    WEIR_PARAM("routing", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(routing), "auto", 0, 0, weir_routing_names,
               "what ways minimise"),
    WEIR_PARAM("regions", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(regions), "2", 0, 1000, NULL, "cloud regions"),
    WEIR_PARAM("region_hosts", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(region_hosts), "4", 1, 10000, NULL,
               "machines of class vm in a region"),
    WEIR_PARAM("near", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, AT(near_s), "10ms", 0, 1e300, NULL,
               "latency from the core to the nearest region"),
    WEIR_PARAM("far", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, AT(far_s), "35ms", 0, 1e300, NULL,
               "and to the farthest; those between lie evenly"),
    WEIR_PARAM("trunk", WEIR_PARAM_DOUBLE, WEIR_UNIT_BANDWIDTH, AT(trunk_bytes_per_s), "10Gbps", 1, 1e300, NULL,
               "bandwidth to a region"),
    {.name = NULL},
};

/* Where things are, in kilometres from the core, and their places in the network. */
struct spot {
    struct weir_point at;
    int place;
    double bandwidth_bytes_per_s; /* of the link upwards */
};

static double angle(const struct spot *spot)
{
    return weir_atan2(spot->at.y, spot->at.x);
}

static int by_angle(const void *left, const void *right)
{
    const struct spot *l = left, *r = right;
    double a = angle(l), b = angle(r);
    return a != b ? (a < b ? -1 : 1) : l->place - r->place;
}

static void join(struct weir_network *network, const struct options *o, const struct spot *a, const struct spot *b,
                 double bandwidth_bytes_per_s)
{
    weir_network_link(network, a->place, b->place, bandwidth_bytes_per_s,
                      weir_way_latency_s(&o->way, weir_point_distance(&a->at, &b->at)));
}

static void make_ring(struct weir_network *network, const struct options *o, struct spot *sites,
                      const struct spot *core)
{
    qsort(sites, (size_t)o->sites, sizeof *sites, by_angle);
    join(network, o, core, &sites[0], o->bandwidth_bytes_per_s);
    for (int i = 1; i < o->sites; i++)
        join(network, o, &sites[i - 1], &sites[i], o->bandwidth_bytes_per_s);
    if (o->sites > 1)
        join(network, o, &sites[o->sites - 1], core, o->bandwidth_bytes_per_s);
}

/* Neighbours around the core are joined, `branching` at a time, until so few are left that the core takes them. */
static void make_tree(struct weir_network *network, const struct options *o, struct spot *spots,
                      const struct spot *core)
{
    int count = o->sites;
    qsort(spots, (size_t)count, sizeof *spots, by_angle);
    for (int level = 1; count > o->branching; level++) {
        int made = 0;
        for (int first = 0; first < count; first += o->branching) {
            int size = count - first < o->branching ? count - first : o->branching;
            struct spot node = {0};
            double sum = 0, most = 0;
            for (int i = first; i < first + size; i++) {
                node.at.x += spots[i].at.x / size;
                node.at.y += spots[i].at.y / size;
                sum += spots[i].bandwidth_bytes_per_s;
                most = fmax(most, spots[i].bandwidth_bytes_per_s);
            }
            char *id = weir_format("aggregation%d-%d", level, made + 1);
            node.place = weir_site_router(network, id);
            node.bandwidth_bytes_per_s = fmax(most, sum / o->oversubscription);
            free(id);
            for (int i = first; i < first + size; i++)
                join(network, o, &spots[i], &node, spots[i].bandwidth_bytes_per_s);
            spots[made++] = node;
        }
        count = made;
    }
    for (int i = 0; i < count; i++)
        join(network, o, &spots[i], core, spots[i].bandwidth_bytes_per_s);
}

static void make_mesh(struct weir_network *network, const struct options *o, const struct spot *sites,
                      const struct spot *core)
{
    struct weir_graph graph = {.nodes = o->sites + 1};
    struct weir_point *points = weir_alloc((size_t)o->sites + 1, sizeof *points);
    for (int i = 0; i < o->sites; i++)
        points[i] = sites[i].at;
    points[o->sites] = core->at;
    weir_graph_gabriel(&graph, points, o->degree);
    for (size_t e = 0; e < graph.edge_count; e++) {
        int a = graph.edge[e].a, b = graph.edge[e].b;
        join(network, o, a < o->sites ? &sites[a] : core, b < o->sites ? &sites[b] : core, o->bandwidth_bytes_per_s);
    }
    free(points);
    weir_graph_fini(&graph);
}

static void write_regions(struct weir_network *network, const struct options *o, const struct spot *core)
{
    for (int i = 0; i < o->regions; i++) {
        char *id = weir_format("cloud%d", i + 1);
        double share = o->regions > 1 ? (double)i / (o->regions - 1) : 0;
        int place = weir_site_cloud(network, id, &weir_machines[WEIR_VM], o->region_hosts, "10Gbps", "50us");
        weir_network_link(network, core->place, place, o->trunk_bytes_per_s,
                          o->near_s + share * (o->far_s - o->near_s));
        free(id);
    }
}

static void write_about(const struct options *o, unsigned long long seed, FILE *out)
{
    char bandwidth[32], near[32], far[32];
    char *way = weir_way_about(&o->way);
    char *about = weir_format(
        "Made by `weir generate edge-platform`, seed %llu: %d sites, drawn evenly from a circle of %g km around the\n"
        "     core. Each has %d edge hosts of the mix %s and %d devices\n"
        "     (%s)%s. The backhaul is a %s of %s links;\n"
        "     %s.\n"
        "     Cloud regions: %d, %s to %s from the core.\n",
        seed, o->sites, o->radius_km, o->site.hosts, o->site.mix, o->site.devices, o->site.device,
        o->site.wifi ? " that share a Wi-Fi" : "", shapes[o->shape],
        weir_xml_bandwidth(o->bandwidth_bytes_per_s, bandwidth), way, o->regions, weir_xml_latency(o->near_s, near),
        weir_xml_latency(o->regions > 1 ? o->far_s : o->near_s, far));
    free(way);
    weir_site_preamble(about, out);
    free(about);
}

static int write_platform(const struct options *o, const struct weir_site_plan *plan, unsigned long long seed,
                          struct weir_network *network, FILE *out)
{
    struct weir_stream where = weir_stream_open(seed, "generate/edge-platform/sites");
    struct weir_stream machines = weir_stream_open(seed, "generate/edge-platform/machines");
    struct spot *sites = weir_alloc((size_t)o->sites, sizeof *sites), core = {0};
    int digits = snprintf(NULL, 0, "%d", o->sites);
    for (int i = 0; i < o->sites; i++) {
        double radius = o->radius_km * sqrt(weir_stream_uniform(&where));
        double turn = 2 * M_PI * weir_stream_uniform(&where);
        char *id = weir_format("site%0*d", digits, i + 1);
        sites[i] = (struct spot){{radius * weir_cos(turn), radius * weir_sin(turn), 0},
                                 weir_site_write(plan, network, id, &machines),
                                 o->bandwidth_bytes_per_s};
        free(id);
    }
    core.place = weir_site_router(network, "core");
    if (o->shape == SHAPE_RING)
        make_ring(network, o, sites, &core);
    else if (o->shape == SHAPE_TREE)
        make_tree(network, o, sites, &core);
    else if (o->shape == SHAPE_MESH)
        make_mesh(network, o, sites, &core);
    else
        for (int i = 0; i < o->sites; i++)
            join(network, o, &sites[i], &core, o->bandwidth_bytes_per_s);
    write_regions(network, o, &core);
    free(sites);
    return weir_network_finish(network, "edge", o->routing, out);
}

static int run(const void *given, unsigned long long seed, FILE *out)
{
    const struct options *o = given;
    struct weir_network network = {0};
    struct weir_site_plan plan;
    int code = weir_site_plan(&o->site, &plan);
    if (!code && o->near_s > o->far_s && o->regions > 1)
        code = weir_error(WEIR_EUSAGE, "--near (%g s) is more than --far (%g s); exchange them", o->near_s, o->far_s);
    if (!code && o->shape == SHAPE_MESH && o->sites > 2000)
        code = weir_error(WEIR_EUSAGE, "--backhaul mesh takes at most 2000 sites");
    if (!code)
        code = weir_network_init(&network, false);
    if (!code) {
        write_about(o, seed, out);
        code = write_platform(o, &plan, seed, &network, out);
    }
    weir_network_fini(&network);
    return code;
}

const struct weir_generator weir_generator_edge_platform = {
    .name = "edge-platform",
    .summary = "sites with unlike hosts and devices, a backhaul as star, ring, tree or mesh, cloud regions (XML)",
    .detail = "Zones \"site1\" and on, \"core\", \"cloud1\" and on. A mesh is the shortest tree through all sites and "
              "then the\n"
              "shortest further links of the Gabriel graph, as real fibre networks are (docs/generate.md).\n",
    .params = params,
    .size = sizeof(struct options),
    .run = run,
};
