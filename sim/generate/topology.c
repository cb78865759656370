#include "sim/generate/topology.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

void weir_topology_fini(struct weir_topology *topology)
{
    for (size_t i = 0; i < topology->node_count; i++) {
        free(topology->node[i].id);
        free(topology->node[i].name);
    }
    free(topology->node);
    free(topology->link);
    *topology = (struct weir_topology){0};
}

/* -1 if there is none. Files have hundreds of nodes, so a list is looked through. */
static int find(const struct weir_topology *topology, const char *id)
{
    for (size_t i = 0; i < topology->node_count; i++)
        if (strcmp(topology->node[i].id, id) == 0)
            return (int)i;
    return -1;
}

int weir_topology_add_node(struct weir_topology *topology, const char *where, const char *id, const char *name)
{
    char quoted[WEIR_QUOTE_SIZE];
    if (!*id)
        return weir_error(WEIR_EINPUT, "%s: %s: a node without id", topology->path, where);
    if (find(topology, id) >= 0)
        return weir_error(WEIR_EINPUT, "%s: %s: node %s is there twice", topology->path, where, weir_quote(id, quoted));
    topology->node =
        weir_grow(topology->node, topology->node_count + 1, &topology->node_capacity, sizeof *topology->node);
    topology->node[topology->node_count++] =
        (struct weir_topology_node){.id = weir_copy(id), .name = name && *name ? weir_copy(name) : NULL};
    return WEIR_OK;
}

int weir_topology_set_place(struct weir_topology *topology, const char *where, double longitude_deg,
                            double latitude_deg)
{
    struct weir_topology_node *node = &topology->node[topology->node_count - 1];
    if (!(fabs(latitude_deg) <= 90 && fabs(longitude_deg) <= 360))
        return weir_error(WEIR_EINPUT,
                          "%s: %s: longitude %g, latitude %g is no place on the earth; are the columns exchanged?",
                          topology->path, where, longitude_deg, latitude_deg);
    node->longitude_deg = longitude_deg;
    node->latitude_deg = latitude_deg;
    node->placed = true;
    return WEIR_OK;
}

int weir_topology_add_link(struct weir_topology *topology, const char *where, const char *from, const char *to,
                           double length_km, double bandwidth_bytes_per_s)
{
    int ends[] = {find(topology, from), find(topology, to)};
    char quoted[WEIR_QUOTE_SIZE], other[WEIR_QUOTE_SIZE];
    for (int i = 0; i < 2; i++)
        if (ends[i] < 0)
            return weir_error(WEIR_EINPUT, "%s: %s: there is no node %s; a link must join two nodes", topology->path,
                              where, weir_quote(i ? to : from, quoted));
    if (ends[0] == ends[1])
        return weir_error(WEIR_EINPUT, "%s: %s: a link from node %s to itself", topology->path, where,
                          weir_quote(from, quoted));
    for (size_t i = 0; i < topology->link_count; i++)
        if ((topology->link[i].a == ends[0] && topology->link[i].b == ends[1]) ||
            (topology->link[i].a == ends[1] && topology->link[i].b == ends[0]))
            return weir_error(WEIR_EINPUT,
                              "%s: %s: nodes %s and %s are linked already; write one link with the bandwidth of both",
                              topology->path, where, weir_quote(from, quoted), weir_quote(to, other));
    if (length_km < 0 || isinf(length_km))
        return weir_error(WEIR_EINPUT, "%s: %s: a length of %g km", topology->path, where, length_km);
    if (bandwidth_bytes_per_s <= 0 || isinf(bandwidth_bytes_per_s))
        return weir_error(WEIR_EINPUT, "%s: %s: the bandwidth must be more than 0", topology->path, where);
    topology->link =
        weir_grow(topology->link, topology->link_count + 1, &topology->link_capacity, sizeof *topology->link);
    topology->link[topology->link_count++] =
        (struct weir_topology_link){ends[0], ends[1], length_km, bandwidth_bytes_per_s};
    return WEIR_OK;
}

static int check_connected(const struct weir_topology *topology)
{
    struct weir_graph graph = {.nodes = (int)topology->node_count};
    char quoted[WEIR_QUOTE_SIZE], first[WEIR_QUOTE_SIZE];
    bool *linked = weir_alloc(topology->node_count + 1, sizeof *linked);
    int code = WEIR_OK;
    for (size_t i = 0; i < topology->link_count; i++) {
        weir_graph_add(&graph, topology->link[i].a, topology->link[i].b, 1);
        linked[topology->link[i].a] = linked[topology->link[i].b] = true;
    }
    for (size_t i = 0; code == WEIR_OK && i < topology->node_count; i++)
        if (!linked[i])
            code = weir_error(WEIR_EINPUT, "%s: node %s has no link; give it one or leave it out", topology->path,
                              weir_quote(topology->node[i].id, quoted));
    int lost = code ? -1 : weir_graph_unreached(&graph);
    if (lost >= 0)
        code = weir_error(WEIR_EINPUT, "%s: no way leads from node %s to node %s; all nodes must be connected",
                          topology->path, weir_quote(topology->node[0].id, first),
                          weir_quote(topology->node[lost].id, quoted));
    weir_graph_fini(&graph);
    free(linked);
    return code;
}

int weir_topology_check(const struct weir_topology *topology)
{
    char quoted[WEIR_QUOTE_SIZE];
    if (topology->node_count < 2)
        return weir_error(WEIR_EINPUT, "%s: %zu nodes; a topology has two or more", topology->path,
                          topology->node_count);
    for (size_t i = 0; i < topology->link_count; i++) {
        int ends[] = {topology->link[i].a, topology->link[i].b};
        for (int k = 0; k < 2 && isnan(topology->link[i].length_km); k++)
            if (!topology->node[ends[k]].placed)
                return weir_error(WEIR_EINPUT,
                                  "%s: node %s has neither longitude and latitude nor lengths of its links, from which "
                                  "latencies come",
                                  topology->path, weir_quote(topology->node[ends[k]].id, quoted));
    }
    return check_connected(topology);
}
