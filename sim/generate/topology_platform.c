/* Kind topology: a network given as a file becomes a platform, a site a node. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/generate/kinds.h"
#include "sim/generate/network.h"
#include "sim/generate/place.h"
#include "sim/generate/site.h"
#include "sim/generate/topology.h"

struct options {
    const char *nodes, *links, *graph, *cloud;
    struct weir_topology_columns columns;
    int region_hosts, routing;
    bool largest;
    double degree, bandwidth_bytes_per_s, latency_s;
    struct weir_way_options way;
    struct weir_site_options site;
};

#define AT(field) offsetof(struct options, field)
#define TEXT(name, field, preset, help)                                                                                \
    WEIR_PARAM(name, WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(field), preset, 0, 0, NULL, help)
static const struct weir_param params[] = {
    TEXT("nodes", nodes, NULL, "CSV of the nodes, plain or gzip: id, longitude, latitude, perhaps a name"),
    TEXT("links", links, NULL, "CSV of the links: from, to, perhaps km, perhaps speed; default: a Gabriel graph"),
    TEXT("graph", graph, NULL, "instead of both: one file: GraphML, GML, JSON, SNDlib (native or XML), BRITE"),
    TEXT("select", columns.select, NULL, "rows of the CSV files to take: column=value"),
    TEXT("id", columns.id, "id", "column of node ids; \"\": they are numbered"),
    TEXT("name", columns.name, "name", "column of names"),
    TEXT("lon", columns.longitude, "lon", "column of longitudes, degrees"),
    TEXT("lat", columns.latitude, "lat", "column of latitudes, degrees"),
    TEXT("from", columns.from, "src", "column of a link's first end"),
    TEXT("to", columns.to, "dst", "column of its second"),
    TEXT("length", columns.length, "dist_km", "column of its length, km; default: the great circle"),
    TEXT("speed", columns.bandwidth, "bandwidth", "column of its bandwidth: bit/s, or with a unit"),
    WEIR_PARAM("degree", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(degree), "0", 0, 10, NULL,
               "of a Gabriel graph: links a node has on average; 0: all of them"),
    WEIR_PARAM("bandwidth", WEIR_PARAM_DOUBLE, WEIR_UNIT_BANDWIDTH, AT(bandwidth_bytes_per_s), "10Gbps", 1, 1e300, NULL,
               "of links for which none is given"),
    WEIR_PARAM("latency", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, AT(latency_s), "0s", 0, 1e300, NULL,
               "of links with neither a length nor places of both ends; 0: these are refused"),
    WEIR_PARAM("largest-component", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, AT(largest), "false", 0, 0, NULL,
               "leave nodes out that no way leads to from the largest part of the network"),
    WEIR_WAY_PARAMS(way),
    WEIR_PARAM("routing", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(routing), "auto", 0, 0, weir_routing_names,
               "what ways minimise"),
    WEIR_SITE_PARAMS(site),
    TEXT("cloud", cloud, NULL, "ids of nodes that have a cloud region beside their site, with commas between"),
    WEIR_PARAM("region_hosts", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(region_hosts), "4", 1, 10000, NULL,
               "machines of class vm in a region"),
    {.name = NULL},
};

/* Links by the Gabriel graph, if none were given. */
static int connect_places(const struct options *o, struct weir_topology *topology)
{
    struct weir_graph graph = {.nodes = (int)topology->node_count};
    if (topology->node_count > 2000)
        return weir_error(WEIR_EINPUT, "%s: %zu nodes; without --links at most 2000 are joined", topology->path,
                          topology->node_count);
    struct weir_point *points = weir_alloc(topology->node_count, sizeof *points);
    int code = WEIR_OK;
    for (size_t i = 0; i < topology->node_count && !code; i++) {
        const struct weir_topology_node *node = &topology->node[i];
        points[i] = weir_point_on_earth(node->longitude_deg, node->latitude_deg);
        if (!node->placed)
            code = weir_error(WEIR_EINPUT, "%s: node \"%s\" has no longitude and latitude, so it cannot be joined",
                              topology->path, node->id);
    }
    if (!code)
        weir_graph_gabriel(&graph, points, o->degree);
    for (size_t e = 0; e < graph.edge_count && !code; e++)
        code = weir_topology_add_link(topology, "Gabriel graph", topology->node[graph.edge[e].a].id,
                                      topology->node[graph.edge[e].b].id, NAN, NAN);
    free(points);
    weir_graph_fini(&graph);
    return code;
}

static int read_topology(const struct options *o, struct weir_topology *topology)
{
    bool graph = o->graph && *o->graph, nodes = o->nodes && *o->nodes, links = o->links && *o->links;
    if (graph && (nodes || links))
        return weir_error(WEIR_EUSAGE, "--graph is instead of --nodes and --links");
    if (!graph && !nodes)
        return weir_error(WEIR_EUSAGE, "--nodes or --graph must be given");
    int code;
    if (nodes)
        code = weir_topology_read_csv(o->nodes, o->links, &o->columns, topology);
    else
        code = weir_topology_read(o->graph, topology);
    if (!code && nodes && !links && topology->node_count > 1)
        code = connect_places(o, topology);
    if (code)
        return code;
    weir_topology_merge(topology);
    if (o->largest)
        weir_topology_keep_largest(topology);
    return weir_topology_check(topology, o->latency_s > 0);
}

/* "site-" and the id, with what cannot stand in a name replaced; ids that become alike are told apart. */
static char *site_name(const struct weir_topology *topology, size_t at, char *const *names)
{
    char *name = weir_format("site-%s", topology->node[at].id);
    for (char *c = name; *c; c++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *c))
            *c = '_';
    for (size_t i = 0; i < at; i++)
        if (strcmp(names[i], name) == 0) {
            char *other = weir_format("%s_%zu", name, at + 1);
            free(name);
            return other;
        }
    return name;
}

static int write_clouds(const struct options *o, const struct weir_topology *topology, char *const *names,
                        const int *places, struct weir_network *network)
{
    char *copy = weir_copy(o->cloud ? o->cloud : ""), *rest = copy, *id;
    int code = WEIR_OK;
    while (!code && (id = strsep(&rest, ","))) {
        size_t at = 0;
        if (!*id)
            continue;
        while (at < topology->node_count && strcmp(topology->node[at].id, id) != 0)
            at++;
        if (at == topology->node_count) {
            code = weir_error(WEIR_EUSAGE, "--cloud: there is no node \"%s\" in %s", id, topology->path);
            break;
        }
        char *name = weir_format("cloud-%s", names[at] + strlen("site-"));
        int place = weir_site_cloud(network, name, &weir_machines[WEIR_VM], o->region_hosts, "10Gbps", "50us");
        weir_network_link(network, places[at], place, o->bandwidth_bytes_per_s, o->way.hop_s);
        free(name);
    }
    free(copy);
    return code;
}

static void write_links(const struct options *o, const struct weir_topology *topology, const int *places,
                        struct weir_network *network)
{
    for (size_t i = 0; i < topology->link_count; i++) {
        const struct weir_topology_link *link = &topology->link[i];
        const struct weir_topology_node *a = &topology->node[link->a], *b = &topology->node[link->b];
        struct weir_point from = weir_point_on_earth(a->longitude_deg, a->latitude_deg);
        struct weir_point to = weir_point_on_earth(b->longitude_deg, b->latitude_deg);
        double km = isnan(link->length_km) ? weir_point_way_km(&from, &to) : link->length_km;
        bool placeless = isnan(link->length_km) && !(a->placed && b->placed);
        weir_network_link(network, places[link->a], places[link->b],
                          isnan(link->bandwidth_bytes_per_s) ? link->parallel * o->bandwidth_bytes_per_s
                                                             : link->bandwidth_bytes_per_s,
                          placeless ? o->latency_s : weir_way_latency_s(&o->way, km));
    }
}

static void write_about(const struct options *o, const struct weir_topology *topology, unsigned long long seed,
                        FILE *out)
{
    const char *slash = strrchr(topology->path, '/');
    char *file = weir_xml_plain(slash ? slash + 1 : topology->path);
    char *way = weir_way_about(&o->way);
    char *about =
        weir_format("Made by `weir generate topology`, seed %llu, from %s: %zu nodes and %zu links%s.\n"
                    "     Each node is a site with %d edge hosts of the mix %s and %d devices (%s)%s;\n"
                    "     %s.\n",
                    seed, file, topology->node_count, topology->link_count,
                    o->graph || (o->links && *o->links) ? "" : " of their Gabriel graph", o->site.hosts, o->site.mix,
                    o->site.devices, o->site.device, o->site.wifi ? " that share a Wi-Fi" : "", way);
    free(way);
    weir_site_preamble(about, out);
    free(about);
    free(file);
}

static int write_platform(const struct options *o, const struct weir_site_plan *plan,
                          const struct weir_topology *topology, unsigned long long seed, FILE *out)
{
    struct weir_network network;
    int code = weir_network_init(&network, false);
    if (code)
        return code;
    struct weir_stream machines = weir_stream_open(seed, "generate/topology/machines");
    char **names = weir_alloc(topology->node_count, sizeof *names);
    int *places = weir_alloc(topology->node_count, sizeof *places);
    write_about(o, topology, seed, out);
    for (size_t i = 0; i < topology->node_count; i++) {
        char *plain = weir_xml_plain(topology->node[i].name ? topology->node[i].name : topology->node[i].id);
        names[i] = site_name(topology, i, names);
        fprintf(network.body, "\n    <!-- %s -->", plain);
        places[i] = weir_site_write(plan, &network, names[i], &machines);
        free(plain);
    }
    code = write_clouds(o, topology, names, places, &network);
    if (!code) {
        write_links(o, topology, places, &network);
        code = weir_network_finish(&network, "network", o->routing, out);
    }
    for (size_t i = 0; i < topology->node_count; i++)
        free(names[i]);
    free(names);
    free(places);
    weir_network_fini(&network);
    return code;
}

static int run(const void *given, unsigned long long seed, FILE *out)
{
    const struct options *o = given;
    struct weir_topology topology = {0};
    struct weir_site_plan plan;
    int code = weir_site_plan(&o->site, &plan);
    if (!code)
        code = read_topology(o, &topology);
    if (!code)
        code = write_platform(o, &plan, &topology, seed, out);
    weir_topology_fini(&topology);
    return code;
}

const struct weir_generator weir_generator_topology = {
    .name = "topology",
    .summary = "a network given as nodes and links in one of several formats, as a platform of sites (XML)",
    .detail = "Every node becomes a site \"site-<id>\". Latencies come from lengths, or from places by the great "
              "circle, at 2/3\n"
              "of the speed of light.\n",
    .params = params,
    .size = sizeof(struct options),
    .run = run,
};
