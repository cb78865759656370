#include "sim/generate/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

const char *const weir_routing_names[] = {"auto", "latency", "bandwidth", "hops", NULL};

#define WRITTEN_AT_MOST 100 /* places whose ways are written down by default */
#define WRITTEN_LIMIT   1000
#define FLOYD_AT_MOST                                                                                                  \
    400 /* SimGrid's Floyd takes n^3 steps and n^2 memory when it starts, Dijkstra time for each way */

int weir_network_init(struct weir_network *network, bool flat)
{
    *network = (struct weir_network){.flat = flat};
    network->body = open_memstream(&network->text, &network->length);
    return network->body ? WEIR_OK : weir_error(WEIR_EINPUT, "no memory for the platform");
}

void weir_network_fini(struct weir_network *network)
{
    if (network->body)
        fclose(network->body);
    free(network->text);
    for (int i = 0; i < network->graph.nodes; i++) {
        free(network->place[i].id);
        free(network->place[i].router);
    }
    free(network->place);
    free(network->cable);
    weir_graph_fini(&network->graph);
    *network = (struct weir_network){0};
}

int weir_network_place(struct weir_network *network, const char *id, const char *router)
{
    size_t count = (size_t)network->graph.nodes;
    network->place = weir_grow(network->place, count + 1, &network->place_capacity, sizeof *network->place);
    network->place[count] = (struct weir_place){weir_copy(id), weir_copy(router)};
    return network->graph.nodes++;
}

void weir_network_link(struct weir_network *network, int a, int b, double bandwidth_bytes_per_s, double latency_s)
{
    size_t count = network->graph.edge_count;
    network->cable = weir_grow(network->cable, count + 1, &network->cable_capacity, sizeof *network->cable);
    network->cable[count] = (struct weir_cable){bandwidth_bytes_per_s, latency_s};
    weir_graph_add(&network->graph, a, b, 0);
}

static enum weir_routing choose(const struct weir_network *network, enum weir_routing asked)
{
    if (asked != WEIR_ROUTING_AUTO)
        return asked;
    /* Of a tree there is one way only, which SimGrid finds as well. */
    bool tree = network->graph.edge_count < (size_t)network->graph.nodes;
    return network->graph.nodes <= WRITTEN_AT_MOST && !tree ? WEIR_ROUTING_LATENCY : WEIR_ROUTING_HOPS;
}

/* The value of SimGrid's attribute `routing`. */
static const char *attribute(const struct weir_network *network, enum weir_routing routing)
{
    if (routing != WEIR_ROUTING_HOPS)
        return "Full";
    return network->graph.nodes <= FLOYD_AT_MOST ? "Floyd" : "DijkstraCache";
}

static void open_route(const struct weir_network *network, int from, int to, FILE *out)
{
    const struct weir_place *a = &network->place[from], *b = &network->place[to];
    if (network->flat)
        fprintf(out, "    <route src=\"%s\" dst=\"%s\">", a->id, b->id);
    else
        fprintf(out, "    <zoneRoute src=\"%s\" dst=\"%s\" gw_src=\"%s\" gw_dst=\"%s\">", a->id, b->id, a->router,
                b->router);
}

static void close_route(const struct weir_network *network, FILE *out)
{
    fputs(network->flat ? "</route>\n" : "</zoneRoute>\n", out);
}

/* The links of the way to `to`, from its beginning on. */
static void write_way(const struct weir_ways *ways, int to, FILE *out)
{
    if (ways->back[to] < 0)
        return;
    const struct weir_edge *edge = &ways->graph->edge[ways->back[to]];
    write_way(ways, edge->a == to ? edge->b : edge->a, out);
    fprintf(out, "<link_ctn id=\"fibre%d\" direction=\"%s\"/>", ways->back[to] + 1, edge->b == to ? "UP" : "DOWN");
}

static void write_ways(struct weir_network *network, enum weir_routing routing, FILE *out)
{
    struct weir_ways ways;
    for (size_t e = 0; e < network->graph.edge_count; e++)
        network->graph.edge[e].cost = routing == WEIR_ROUTING_BANDWIDTH ? 1 / network->cable[e].bandwidth_bytes_per_s
                                                                        : network->cable[e].latency_s;
    weir_ways_init(&ways, &network->graph);
    for (int from = 0; from < network->graph.nodes; from++) {
        weir_ways_from(&ways, from);
        for (int to = from + 1; to < network->graph.nodes; to++) {
            open_route(network, from, to, out);
            write_way(&ways, to, out);
            close_route(network, out);
        }
    }
    weir_ways_fini(&ways);
}

int weir_network_finish(struct weir_network *network, const char *id, enum weir_routing asked, FILE *out)
{
    enum weir_routing routing = choose(network, asked);
    if (routing != WEIR_ROUTING_HOPS && network->graph.nodes > WRITTEN_LIMIT)
        return weir_error(WEIR_EUSAGE,
                          "--routing %s writes down the ways between all %d places; above %d places take hops",
                          weir_routing_names[routing], network->graph.nodes, WRITTEN_LIMIT);
    fflush(network->body);
    fprintf(out, "  <zone id=\"%s\" routing=\"%s\">\n", id, attribute(network, routing));
    fwrite(network->text, 1, network->length, out);
    fputs("\n    <!-- The links, and the ways over them. -->\n", out);
    for (size_t e = 0; e < network->graph.edge_count; e++) {
        char name[32], bandwidth[32], latency[32];
        snprintf(name, sizeof name, "fibre%zu", e + 1);
        weir_xml_link(out, 4, name, weir_xml_bandwidth(network->cable[e].bandwidth_bytes_per_s, bandwidth),
                      weir_xml_latency(network->cable[e].latency_s, latency));
    }
    for (size_t e = 0; routing == WEIR_ROUTING_HOPS && e < network->graph.edge_count; e++) {
        open_route(network, network->graph.edge[e].a, network->graph.edge[e].b, out);
        fprintf(out, "<link_ctn id=\"fibre%zu\" direction=\"UP\"/>", e + 1);
        close_route(network, out);
    }
    if (routing != WEIR_ROUTING_HOPS)
        write_ways(network, routing, out);
    fputs("  </zone>\n</platform>\n", out);
    return WEIR_OK;
}

void weir_xml_host(FILE *out, const char *id, const struct weir_machine *machine, const char *tier)
{
    fprintf(out, "      <host id=\"%s\" speed=\"%s\" core=\"%d\">\n", id, machine->speed, machine->cores);
    fprintf(out, "        <prop id=\"tier\" value=\"%s\"/>\n", tier);
    fprintf(out, "        <prop id=\"slots\" value=\"%d\"/>\n", machine->slots);
    fprintf(out, "        <prop id=\"memory\" value=\"%s\"/>\n", machine->memory);
    fprintf(out, "        <prop id=\"price_per_core_s\" value=\"%s\"/>\n", machine->price);
    fprintf(out, "        <prop id=\"wattage_per_state\" value=\"%s\"/>\n", machine->watts);
    fprintf(out, "      </host>\n");
}

void weir_xml_link(FILE *out, int indent, const char *id, const char *bandwidth, const char *latency)
{
    fprintf(out, "%*s<link id=\"%s\" bandwidth=\"%s\" latency=\"%s\" sharing_policy=\"SPLITDUPLEX\"/>\n", indent, "",
            id, bandwidth, latency);
}

const char *weir_xml_bandwidth(double bytes_per_s, char buffer[32])
{
    static const char *const units[] = {"bps", "kbps", "Mbps", "Gbps"};
    double value = 8 * bytes_per_s;
    int unit = 0;
    for (; unit < 3 && value >= 1000; unit++)
        value /= 1000;
    snprintf(buffer, 32, "%.9g%s", value, units[unit]);
    return buffer;
}

const char *weir_xml_latency(double latency_s, char buffer[32])
{
    if (latency_s >= 1)
        snprintf(buffer, 32, "%.6gs", latency_s);
    else if (latency_s >= 1e-3)
        snprintf(buffer, 32, "%.6gms", latency_s * 1e3);
    else
        snprintf(buffer, 32, "%.6gus", latency_s * 1e6);
    return buffer;
}

char *weir_xml_plain(const char *text)
{
    char *plain = weir_copy(text);
    for (char *c = plain; *c; c++)
        if (*c < ' ' || *c > '~' || strchr("<>&\"'", *c) || (*c == '-' && (c[1] == '-' || c[1] == '\0')))
            *c = '_';
    return plain;
}
