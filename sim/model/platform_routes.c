/* What names something that stands elsewhere: routes, host_links, trace_connects. SimGrid reads a file from top to
 * bottom, so that what is named must stand above; the walk does the same. */
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/base/utf8.h"
#include "sim/model/platform_read.h"

static const char *name_of(const xmlNode *node)
{
    return (const char *)node->name;
}

static bool is(const xmlNode *node, const char *name)
{
    return strcmp(name_of(node), name) == 0;
}

/* "file:line: <route> src: there is no host or router "a" above this line; did you mean "b"?" */
static int unknown(const struct weir_platform_reader *reader, const xmlNode *node, const char *attribute,
                   const char *what, const char *name, const char *near)
{
    return weir_platform_fail(reader, node, "<%s> %s: there is no %s \"%s\" above this line%s%s%s", name_of(node),
                              attribute, what, name, near ? "; did you mean \"" : "", near ? near : "",
                              near ? "\"?" : "");
}

/* --- links --- */

int weir_platform_check_name(const struct weir_platform_reader *reader, const xmlNode *node, const char *name)
{
    char quoted[WEIR_QUOTE_SIZE];
    const char *fault = weir_name_fault(name);
    return fault ? weir_platform_fail(reader, node, "the name %s %s; choose another", weir_quote(name, quoted), fault)
                 : 0;
}

static int add_name(const struct weir_platform_reader *reader, struct weir_names *names, const xmlNode *node,
                    const char *name)
{
    if (weir_platform_check_name(reader, node, name) != 0)
        return WEIR_EINPUT;
    int first = weir_names_find(names, name);
    if (first >= 0)
        return weir_platform_fail(reader, node, "link \"%s\" is given twice, here and in line %d; rename one", name,
                                  names->entries[first].line);
    weir_names_add(names, name, weir_xml_line(node), -1);
    return 0;
}

int weir_platform_add_link(struct weir_platform_reader *reader, const xmlNode *node, const char *name, bool duplex)
{
    if (!duplex)
        return add_name(reader, &reader->links, node, name);
    if (add_name(reader, &reader->duplex, node, name) != 0 ||
        add_name(reader, &reader->links, node, weir_platform_own(reader, weir_format("%s_UP", name))) != 0)
        return WEIR_EINPUT;
    return add_name(reader, &reader->links, node, weir_platform_own(reader, weir_format("%s_DOWN", name)));
}

static bool begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Whether SimGrid may have made the link itself: for a cluster ("ID_backbone", "ID_link_3_UP"), for a host of a
 * cabinet or for a peer ("link_HOST_UP"). */
static bool is_made(const struct weir_platform_reader *reader, const char *name)
{
    for (size_t i = 0; i < reader->zone_ids.count; i++)
        if (reader->zones[i].is_cluster && begins(name, reader->zones[i].id) &&
            name[strlen(reader->zones[i].id)] == '_')
            return true;
    const char *end = strrchr(name, '_');
    if (!begins(name, "link_") || !end || end < name + 5 || (strcmp(end, "_UP") != 0 && strcmp(end, "_DOWN") != 0))
        return false;
    char *host = weir_copy(name + 5);
    host[end - name - 5] = 0;
    bool known = weir_names_find(reader->hosts, host) >= 0;
    free(host);
    return known;
}

static int check_link(const struct weir_platform_reader *reader, const xmlNode *node)
{
    if (weir_platform_check(reader, node) != 0)
        return WEIR_EINPUT;
    const char *name = weir_xml_attribute(node, "id", "");
    const char *direction = weir_xml_attribute(node, "direction", "NONE");
    bool directed = strcmp(direction, "NONE") != 0;
    bool plain = weir_names_find(&reader->links, name) >= 0;
    bool duplex = weir_names_find(&reader->duplex, name) >= 0;
    if ((directed ? duplex : plain) || is_made(reader, name))
        return 0;
    if (duplex)
        return weir_platform_fail(reader, node,
                                  "<link_ctn> id: link \"%s\" is split duplex; add direction=\"UP\" or \"DOWN\"", name);
    if (plain)
        return weir_platform_fail(reader, node,
                                  "<link_ctn> direction: link \"%s\" is not SPLITDUPLEX; remove direction=\"%s\"", name,
                                  direction);
    const char *near = weir_names_nearest(directed ? &reader->duplex : &reader->links, name);
    return unknown(reader, node, "id", "link", name, near);
}

/* --- routes --- */

static bool routes_as(const struct weir_platform_reader *reader, int zone, const char *routing)
{
    return strcasecmp(reader->zones[zone].routing, routing) == 0;
}

/* The zones whose routes are a table of pairs; others have rules of their own, which are left to SimGrid. */
static bool has_table(const struct weir_platform_reader *reader, int zone)
{
    return routes_as(reader, zone, "Full") || routes_as(reader, zone, "Floyd") || routes_as(reader, zone, "Dijkstra") ||
           routes_as(reader, zone, "DijkstraCache");
}

/* The zone of a host or router, -1 if there is none of that name. */
static int zone_of(const struct weir_platform_reader *reader, const char *name)
{
    int host = weir_names_find(reader->hosts, name);
    if (host >= 0)
        return reader->hosts->entries[host].zone;
    int router = weir_names_find(&reader->routers, name);
    return router >= 0 ? reader->routers.entries[router].zone : -1;
}

static bool is_within(const struct weir_platform_reader *reader, int zone, int outer)
{
    while (zone >= 0 && zone != outer)
        zone = reader->zones[zone].parent;
    return zone == outer;
}

/* A host or router, directly in the zone (if any: >= 0). */
static int check_point(const struct weir_platform_reader *reader, const xmlNode *node, const char *attribute, int zone)
{
    const char *name = weir_xml_attribute(node, attribute, "");
    int its_zone = zone_of(reader, name);
    if (its_zone < 0 && weir_names_find(&reader->zone_ids, name) >= 0)
        return weir_platform_fail(reader, node, "<%s> %s: \"%s\" is a zone; join zones by <zoneRoute>", name_of(node),
                                  attribute, name);
    if (its_zone < 0) {
        const char *near = weir_names_nearest(reader->hosts, name);
        return unknown(reader, node, attribute, "host or router", name,
                       near ? near : weir_names_nearest(&reader->routers, name));
    }
    if (zone >= 0 && its_zone != zone)
        return weir_platform_fail(reader, node, "<%s> %s: \"%s\" is in zone \"%s\", not directly in \"%s\"",
                                  name_of(node), attribute, name, reader->zones[its_zone].id, reader->zones[zone].id);
    return 0;
}

/* A zone and its gateway, such as src and gw_src. */
static int check_end(const struct weir_platform_reader *reader, const xmlNode *node, const char *attribute,
                     const char *gateway, int zone)
{
    const char *name = weir_xml_attribute(node, attribute, "");
    const char *gateway_name = weir_xml_attribute(node, gateway, "");
    int end = weir_names_find(&reader->zone_ids, name);
    if (end < 0 && zone_of(reader, name) >= 0)
        return weir_platform_fail(reader, node, "<%s> %s: \"%s\" is no zone; join hosts and routers by <route>",
                                  name_of(node), attribute, name);
    if (end >= 0 && zone_of(reader, name) >= 0)
        return weir_platform_fail(reader, node, "<%s> %s: \"%s\" is both a zone and a host or router; rename one",
                                  name_of(node), attribute, name);
    if (end < 0)
        return unknown(reader, node, attribute, "zone", name, weir_names_nearest(&reader->zone_ids, name));
    if (check_point(reader, node, gateway, -1) != 0)
        return WEIR_EINPUT;
    if (zone >= 0 && reader->zones[end].parent != zone)
        return weir_platform_fail(reader, node, "<%s> %s: zone \"%s\" is not directly in \"%s\"", name_of(node),
                                  attribute, name, reader->zones[zone].id);
    if (zone >= 0 && !is_within(reader, zone_of(reader, gateway_name), end))
        return weir_platform_fail(reader, node, "<%s> %s: \"%s\" is not in zone \"%s\", whose gateway it should be",
                                  name_of(node), gateway, gateway_name, name);
    return 0;
}

/* Notes one direction of a route of a zone; refuses a second one. */
static int note(struct weir_platform_reader *reader, const xmlNode *node, int zone, const char *source,
                const char *destination)
{
    char *name = weir_format("%d/%s\n%s", zone, source, destination);
    int first = weir_names_find(&reader->routes, name);
    if (first < 0) {
        weir_names_add(&reader->routes, weir_platform_own(reader, name), weir_xml_line(node), zone);
        return 0;
    }
    free(name);
    return weir_platform_fail(
        reader, node,
        "the route from \"%s\" to \"%s\" is given twice, here and in line %d; remove one, or give "
        "both symmetrical=\"NO\" (a route counts for both directions otherwise)",
        source, destination, reader->routes.entries[first].line);
}

bool weir_platform_names_others(const xmlNode *node)
{
    static const char *const names[] = {"route",         "zoneRoute",     "ASroute",   "bypassRoute", "bypassZoneRoute",
                                        "bypassASroute", "trace_connect", "host_link", NULL};
    for (const char *const *name = names; *name; name++)
        if (is(node, *name))
            return true;
    return false;
}

int weir_platform_route(struct weir_platform_reader *reader, const xmlNode *node, int zone)
{
    bool bypass = begins(name_of(node), "bypass");
    bool of_zones = !is(node, "route") && !is(node, "bypassRoute");
    bool table = has_table(reader, zone) && !bypass;
    const char *source = weir_xml_attribute(node, "src", "");
    const char *destination = weir_xml_attribute(node, "dst", "");
    int within = table ? zone : -1;
    if (!bypass && (routes_as(reader, zone, "None") || routes_as(reader, zone, "Wifi")))
        return weir_platform_fail(reader, node, "a zone with routing=\"%s\" takes no routes; remove it",
                                  reader->zones[zone].routing);
    if (of_zones) {
        if (check_end(reader, node, "src", "gw_src", within) != 0 ||
            check_end(reader, node, "dst", "gw_dst", within) != 0)
            return WEIR_EINPUT;
        const char *gateway = weir_xml_attribute(node, "gw_src", "");
        if (table && strcmp(gateway, weir_xml_attribute(node, "gw_dst", "")) == 0)
            return weir_platform_fail(reader, node, "<%s>: \"%s\" is the gateway of both ends; name two", name_of(node),
                                      gateway);
    } else if (check_point(reader, node, "src", within) != 0 || check_point(reader, node, "dst", within) != 0) {
        return WEIR_EINPUT;
    }
    size_t links = 0;
    for (const xmlNode *link = weir_xml_element(node->children); link; link = weir_xml_element(link->next)) {
        if (check_link(reader, link) != 0)
            return WEIR_EINPUT;
        links++;
    }
    if (links == 0 && (table || bypass))
        return weir_platform_fail(reader, node, "the route from \"%s\" to \"%s\" has no link; put a <link_ctn> into it",
                                  source, destination);
    if (!table)
        return 0;
    bool symmetrical = strcasecmp(weir_xml_attribute(node, "symmetrical", "YES"), "YES") == 0;
    bool loop = strcmp(source, destination) == 0;
    if (loop && symmetrical && strncasecmp(reader->zones[zone].routing, "Dijkstra", 8) == 0)
        return weir_platform_fail(
            reader, node, "a Dijkstra zone wants symmetrical=\"NO\" on the route from \"%s\" to itself", source);
    if (note(reader, node, zone, source, destination) != 0)
        return WEIR_EINPUT;
    return symmetrical && !loop ? note(reader, node, zone, destination, source) : 0;
}

/* --- host_links and traces --- */

int weir_platform_host_links(const struct weir_platform_reader *reader, const xmlNode *zone)
{
    static const char *const ends[] = {"up", "down"};
    for (const xmlNode *node = weir_xml_element(zone->children); node; node = weir_xml_element(node->next)) {
        if (!is(node, "host_link"))
            continue;
        const char *host = weir_xml_attribute(node, "id", "");
        if (weir_names_find(reader->hosts, host) < 0)
            return unknown(reader, node, "id", "host", host, weir_names_nearest(reader->hosts, host));
        for (int i = 0; i < 2; i++) {
            const char *link = weir_xml_attribute(node, ends[i], "");
            if (weir_names_find(&reader->links, link) < 0 && !is_made(reader, link))
                return unknown(reader, node, ends[i], "link", link, weir_names_nearest(&reader->links, link));
        }
    }
    return 0;
}

int weir_platform_trace_connect(struct weir_platform_reader *reader, const xmlNode *node)
{
    const char *trace = weir_xml_attribute(node, "trace", "");
    if (weir_names_find(&reader->traces, trace) < 0)
        return unknown(reader, node, "trace", "trace", trace, weir_names_nearest(&reader->traces, trace));
    reader->connects =
        weir_grow(reader->connects, reader->connect_count + 1, &reader->connect_capacity, sizeof *reader->connects);
    reader->connects[reader->connect_count++] = node;
    return 0;
}

int weir_platform_traced(const struct weir_platform_reader *reader)
{
    for (size_t i = 0; i < reader->connect_count; i++) {
        const xmlNode *node = reader->connects[i];
        const char *kind = weir_xml_attribute(node, "kind", "HOST_AVAIL");
        const char *name = weir_xml_attribute(node, "element", "");
        bool host = strcmp(kind, "HOST_AVAIL") == 0 || strcmp(kind, "SPEED") == 0;
        const struct weir_names *names = host ? reader->hosts : &reader->links;
        int known = host ? weir_platform_find(reader->platform, name) : -1;
        if (known >= 0 && strcmp(kind, "HOST_AVAIL") == 0)
            reader->platform->hosts[known].may_fail = true;
        else if (known >= 0)
            reader->platform->hosts[known].may_slow = true;
        reader->platform->links_vary |= strcmp(kind, "BANDWIDTH") == 0;
        reader->platform->latencies_vary |= strcmp(kind, "LATENCY") == 0;
        if (weir_names_find(names, name) >= 0 || (!host && is_made(reader, name)))
            continue;
        const char *near = weir_names_nearest(names, name);
        return weir_platform_fail(reader, node, "<trace_connect> element: there is no %s \"%s\"%s%s%s",
                                  host ? "host" : "link", name, near ? "; did you mean \"" : "", near ? near : "",
                                  near ? "\"?" : "");
    }
    return 0;
}
