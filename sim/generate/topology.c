#include "sim/generate/topology.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/base/text.h"

void weir_topology_fini(struct weir_topology *topology)
{
    for (size_t i = 0; i < topology->node_count; i++) {
        free(topology->node[i].id);
        free(topology->node[i].name);
    }
    for (size_t i = 0; i < topology->ends.count; i++)
        free((char *)topology->ends.entries[i].text);
    weir_names_fini(&topology->ids);
    weir_names_fini(&topology->ends);
    free(topology->node);
    free(topology->link);
    *topology = (struct weir_topology){0};
}

enum weir_topology_meaning weir_topology_meaning(const char *name)
{
    static const struct {
        const char *name;
        enum weir_topology_meaning meaning;
    } meanings[] = {
        {"longitude", WEIR_TOPOLOGY_LONGITUDE},
        {"lon", WEIR_TOPOLOGY_LONGITUDE},
        {"lng", WEIR_TOPOLOGY_LONGITUDE},
        {"long", WEIR_TOPOLOGY_LONGITUDE},
        {"latitude", WEIR_TOPOLOGY_LATITUDE},
        {"lat", WEIR_TOPOLOGY_LATITUDE},
        {"label", WEIR_TOPOLOGY_NAME},
        {"name", WEIR_TOPOLOGY_NAME},
        {"dist", WEIR_TOPOLOGY_LENGTH},
        {"distance", WEIR_TOPOLOGY_LENGTH},
        {"length", WEIR_TOPOLOGY_LENGTH},
        {"distkm", WEIR_TOPOLOGY_LENGTH},
        {"lengthkm", WEIR_TOPOLOGY_LENGTH},
        {"distancekm", WEIR_TOPOLOGY_LENGTH},
        {"linkspeedraw", WEIR_TOPOLOGY_BANDWIDTH},
        {"bandwidth", WEIR_TOPOLOGY_BANDWIDTH},
    };
    char plain[32];
    size_t length = 0;
    for (; *name && length < sizeof plain - 1; name++)
        if (isalnum((unsigned char)*name))
            plain[length++] = (char)tolower((unsigned char)*name);
    plain[length] = '\0';
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (strcmp(plain, meanings[i].name) == 0)
            return meanings[i].meaning;
    return WEIR_TOPOLOGY_OTHER;
}

/* -1 if there is none. */
static int find(const struct weir_topology *topology, const char *id)
{
    return weir_names_find(&topology->ids, id);
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
    weir_names_add(&topology->ids, topology->node[topology->node_count - 1].id, 0, 0);
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

/* The link between two nodes, which is made if there is none. */
static struct weir_topology_link *link_of(struct weir_topology *topology, int a, int b)
{
    char *name = weir_format("%d %d", a < b ? a : b, a < b ? b : a);
    int known = weir_names_find(&topology->ends, name);
    if (known >= 0) {
        free(name);
        return &topology->link[known];
    }
    weir_names_add(&topology->ends, name, 0, 0);
    topology->link =
        weir_grow(topology->link, topology->link_count + 1, &topology->link_capacity, sizeof *topology->link);
    topology->link[topology->link_count] =
        (struct weir_topology_link){.a = a, .b = b, .length_km = NAN, .bandwidth_bytes_per_s = NAN};
    return &topology->link[topology->link_count++];
}

int weir_topology_add_link(struct weir_topology *topology, const char *where, const char *from, const char *to,
                           double length_km, double bandwidth_bytes_per_s)
{
    int ends[] = {find(topology, from), find(topology, to)};
    char quoted[WEIR_QUOTE_SIZE];
    for (int i = 0; i < 2; i++)
        if (ends[i] < 0)
            return weir_error(WEIR_EINPUT, "%s: %s: there is no node %s; a link must join two nodes", topology->path,
                              where, weir_quote(i ? to : from, quoted));
    if (length_km < 0 || isinf(length_km))
        return weir_error(WEIR_EINPUT, "%s: %s: a length of %g km", topology->path, where, length_km);
    if (bandwidth_bytes_per_s <= 0 || isinf(bandwidth_bytes_per_s))
        return weir_error(WEIR_EINPUT, "%s: %s: the bandwidth must be more than 0", topology->path, where);
    if (ends[0] == ends[1]) {
        topology->loops++;
        return WEIR_OK;
    }
    struct weir_topology_link *link = link_of(topology, ends[0], ends[1]);
    struct weir_topology_way *way = ends[0] == link->a ? &link->there : &link->back;
    link->length_km = fmin(link->length_km, length_km); /* of NaN and a number it is the number */
    way->count++;
    if (!isnan(bandwidth_bytes_per_s)) {
        way->given++;
        way->bandwidth_bytes_per_s += bandwidth_bytes_per_s;
    }
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
            code = weir_error(WEIR_EINPUT,
                              "%s: node %s has no link; give it one, leave it out, or take --largest-component",
                              topology->path, weir_quote(topology->node[i].id, quoted));
    int lost = code ? -1 : weir_graph_unreached(&graph);
    if (lost >= 0)
        code = weir_error(WEIR_EINPUT,
                          "%s: no way leads from node %s to node %s; all nodes must be connected (--largest-component "
                          "leaves the others out)",
                          topology->path, weir_quote(topology->node[0].id, first),
                          weir_quote(topology->node[lost].id, quoted));
    weir_graph_fini(&graph);
    free(linked);
    return code;
}

/* What a direction carries: links of one file without a bandwidth are like those with one, so that it is scaled. NaN if
 * none has one. */
static double way_bandwidth(const struct weir_topology_way *way)
{
    return way->given ? way->bandwidth_bytes_per_s * way->count / way->given : NAN;
}

void weir_topology_merge(struct weir_topology *topology)
{
    size_t merged = 0;
    bool both = topology->link_count > 0;
    for (size_t i = 0; i < topology->link_count; i++)
        both = both && topology->link[i].there.count == topology->link[i].back.count;
    both = both || topology->directed;
    for (size_t i = 0; i < topology->link_count; i++) {
        struct weir_topology_link *link = &topology->link[i];
        double there = way_bandwidth(&link->there), back = way_bandwidth(&link->back);
        link->bandwidth_bytes_per_s = isnan(there) || isnan(back) || both ? fmax(there, back) : there + back;
        int most = link->there.count > link->back.count ? link->there.count : link->back.count;
        link->parallel = both ? most : link->there.count + link->back.count;
        merged += (size_t)(link->there.count + link->back.count) - 1;
    }
    if (merged)
        weir_remark("%s: %zu links are between nodes that others join, too; they are merged%s", topology->path, merged,
                    both ? ", the two directions into one duplex link" : ", with the sum of their bandwidths");
    if (topology->loops)
        weir_remark("%s: %zu links from a node to itself are left out", topology->path, topology->loops);
}

/* The component of each node, by number. */
static int *find_components(const struct weir_topology *topology)
{
    size_t n = topology->node_count;
    int *part = weir_alloc(n + 1, sizeof *part);
    for (size_t i = 0; i < n; i++)
        part[i] = (int)i;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t l = 0; l < topology->link_count; l++) {
            int a = topology->link[l].a, b = topology->link[l].b, least = part[a] < part[b] ? part[a] : part[b];
            changed = changed || part[a] != part[b];
            part[a] = part[b] = part[least] < least ? part[least] : least;
        }
    }
    return part;
}

void weir_topology_keep_largest(struct weir_topology *topology)
{
    size_t n = topology->node_count, kept = 0, links = 0;
    int *part = find_components(topology), *size = weir_alloc(n + 1, sizeof *size),
        *now = weir_alloc(n + 1, sizeof *now);
    int best = 0;
    for (size_t i = 0; i < n; i++)
        size[part[i]]++;
    for (size_t i = 0; i < n; i++)
        best = size[i] > size[best] ? (int)i : best;
    for (size_t i = 0; i < n; i++) {
        now[i] = part[i] == best ? (int)kept : -1;
        if (now[i] >= 0) {
            topology->node[kept++] = topology->node[i];
        } else {
            free(topology->node[i].id);
            free(topology->node[i].name);
        }
    }
    for (size_t l = 0; l < topology->link_count; l++) {
        struct weir_topology_link link = topology->link[l];
        link.a = now[link.a];
        link.b = now[link.b];
        if (link.a >= 0)
            topology->link[links++] = link;
    }
    if (kept < n)
        weir_remark("%s: the largest component has %zu of the %zu nodes; the others are left out", topology->path, kept,
                    n);
    topology->node_count = kept;
    topology->link_count = links;
    weir_names_fini(&topology->ids); /* they are others now */
    topology->ids = (struct weir_names){0};
    free(part);
    free(size);
    free(now);
}

int weir_topology_check(const struct weir_topology *topology, bool placeless)
{
    char quoted[WEIR_QUOTE_SIZE];
    if (topology->node_count < 2)
        return weir_error(WEIR_EINPUT, "%s: %zu nodes; a topology has two or more", topology->path,
                          topology->node_count);
    for (size_t i = 0; i < topology->link_count && !placeless; i++) {
        int ends[] = {topology->link[i].a, topology->link[i].b};
        for (int k = 0; k < 2 && isnan(topology->link[i].length_km); k++)
            if (!topology->node[ends[k]].placed)
                return weir_error(WEIR_EINPUT,
                                  "%s: node %s has neither longitude and latitude nor lengths of its links, from which "
                                  "latencies come; --latency gives those links one",
                                  topology->path, weir_quote(topology->node[ends[k]].id, quoted));
    }
    return check_connected(topology);
}
