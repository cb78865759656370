/* The walk over a document: zones with their hosts, clusters and cabinets (expanded as SimGrid does), links, and the
 * properties that hosts inherit. */
#include <libxml/tree.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/base/text.h"
#include "sim/model/platform_read.h"

static bool is(const xmlNode *node, const char *name)
{
    return strcmp((const char *)node->name, name) == 0;
}

static const char *id_of(const xmlNode *node)
{
    return weir_xml_attribute(node, "id", "");
}

/* The first value of a quantity that was checked before, or 0 if it is absent; of a list, the one at `which`. */
static double value_of(const xmlNode *node, const char *name, enum weir_unit kind, size_t which)
{
    double values[WEIR_VALUES_AT_MOST] = {0};
    size_t count;
    const char *text = weir_xml_attribute(node, name, NULL);
    if (!text || which >= WEIR_VALUES_AT_MOST ||
        weir_platform_quantities(kind, text, values, WEIR_VALUES_AT_MOST, &count) != 0)
        return 0;
    return which < count ? values[which] : NAN;
}

#define TWICE_AS "\"%s\" is given twice, here and as a %s in line %d; rename one"

static bool routes_as(const struct weir_platform_reader *reader, int zone, const char *routing)
{
    return strcasecmp(reader->zones[zone].routing, routing) == 0;
}

/* --- names --- */

/* Refuses what is no name, and a name of a host or router that is already there. */
static int check_point(const struct weir_platform_reader *reader, const xmlNode *node, const char *name)
{
    if (weir_platform_check_name(reader, node, name) != 0)
        return WEIR_EINPUT;
    int host = weir_names_find(reader->hosts, name);
    int router = weir_names_find(&reader->routers, name);
    if (host < 0 && router < 0)
        return 0;
    const struct weir_name *first = host >= 0 ? &reader->hosts->entries[host] : &reader->routers.entries[router];
    return weir_platform_fail(reader, node, TWICE_AS, name, host >= 0 ? "host" : "router", first->line);
}

static int add_host(struct weir_platform_reader *reader, const xmlNode *node, int zone, char *name,
                    const struct weir_platform_props *props, struct weir_host *host)
{
    struct weir_platform *platform = reader->platform;
    if (check_point(reader, node, name) != 0) {
        free(name);
        return WEIR_EINPUT;
    }
    if (weir_platform_check_battery(reader, node, name, props, host) != 0) {
        free(name);
        return WEIR_EINPUT;
    }
    host->name = name;
    weir_platform_read_pstates(node, host);
    host->wifi_link = -1;
    host->routeless = routes_as(reader, zone, "None") ? zone : -1;
    host->region = weir_copy(props->region ? props->region : reader->zones[zone].id);
    host->tier = props->tier;
    host->slots = props->slots;
    host->memory_bytes = props->memory_bytes;
    host->price_per_core_s = props->price_per_core_s;
    host->boot_s = props->boot_s;
    host->boot_w = props->boot_w;
    host->battery_j = props->battery_j;
    host->battery_charge = props->battery_charge;
    host->battery_resume = props->battery_resume;
    host->harvest_w = props->harvest_w;
    platform->has_batteries |= host->battery_j > 0;
    host->speed_gpu_flops_per_s = props->speed_gpu_flops_per_s;
    platform->has_host_energy |= host->has_energy;
    platform->has_still_hosts |= !(host->speed_flops_per_s > 0);
    platform->hosts = weir_grow(platform->hosts, platform->host_count + 1, &reader->host_capacity, sizeof *host);
    platform->hosts[platform->host_count++] = *host;
    weir_names_add(reader->hosts, name, weir_xml_line(node), zone);
    return 0;
}

static int add_router(struct weir_platform_reader *reader, const xmlNode *node, int zone, const char *name)
{
    int first = weir_names_find(&reader->zone_ids, name);
    if (first >= 0)
        return weir_platform_fail(reader, node, TWICE_AS, name, "zone", reader->zone_ids.entries[first].line);
    if (check_point(reader, node, name) != 0)
        return WEIR_EINPUT;
    weir_names_add(&reader->routers, name, weir_xml_line(node), zone);
    return 0;
}

/* Adds a zone; stores its index. */
static int add_zone(struct weir_platform_reader *reader, const xmlNode *node, int parent, const char *routing,
                    int *index)
{
    const char *id = id_of(node);
    int first = weir_names_find(&reader->zone_ids, id);
    if (first >= 0)
        return weir_platform_fail(reader, node, "zone \"%s\" is given twice, here and in line %d; rename one", id,
                                  reader->zone_ids.entries[first].line);
    int router = weir_names_find(&reader->routers, id);
    if (router >= 0)
        return weir_platform_fail(reader, node, TWICE_AS, id, "router", reader->routers.entries[router].line);
    *index = weir_names_add(&reader->zone_ids, id, weir_xml_line(node), parent);
    reader->zones = weir_grow(reader->zones, reader->zone_ids.count, &reader->zone_capacity, sizeof *reader->zones);
    reader->zones[*index] =
        (struct weir_zone){.id = id, .routing = routing, .parent = parent, .is_cluster = is(node, "cluster")};
    return 0;
}

/* --- what makes hosts --- */

/* The profiles that an element names. */
static int read_profiles(struct weir_platform_reader *reader, const xmlNode *node)
{
    static const char *const files[] = {"speed_file",     "availability_file", "state_file",
                                        "bandwidth_file", "latency_file",      "file"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *name = weir_xml_attribute(node, files[i], NULL);
        if (name && weir_platform_profile(reader, node, name) != 0)
            return WEIR_EINPUT;
    }
    return 0;
}

/* Speed and cores of a <host>, <cluster>, <cabinet> or <peer>. */
static int read_power(const struct weir_platform_reader *reader, const xmlNode *node, struct weir_host *host)
{
    long pstate = 0, cores = 1;
    weir_platform_integer(weir_xml_attribute(node, "pstate", "0"), 1L << 30, &pstate);
    weir_platform_integer(weir_xml_attribute(node, "core", "1"), 1L << 20, &cores);
    host->cores = (int)cores;
    host->pstate = (int)pstate;
    host->speed_flops_per_s = value_of(node, "speed", WEIR_UNIT_SPEED, (size_t)pstate);
    if (isnan(host->speed_flops_per_s))
        return weir_platform_fail(reader, node, "pstate %ld is beyond the speeds that are given", pstate);
    if (!(host->speed_flops_per_s > 0))
        weir_remark("%s:%d: the speed of \"%s\" is 0: it computes nothing, and no operator is placed there",
                    reader->path, weir_xml_line(node), id_of(node));
    return 0;
}

static int read_host(struct weir_platform_reader *reader, const xmlNode *node, int zone,
                     struct weir_platform_props props)
{
    struct weir_host host = {0};
    if (read_power(reader, node, &host) != 0 ||
        weir_platform_props(reader, node, "wattage_per_state", &props, &host.has_energy) != 0 ||
        read_profiles(reader, node) != 0)
        return WEIR_EINPUT;
    if (host.has_energy)
        weir_platform_check_watts(reader, node);
    host.may_fail = weir_xml_attribute(node, "state_file", NULL) != NULL;
    host.may_slow = weir_xml_attribute(node, "speed_file", NULL) || weir_xml_attribute(node, "availability_file", NULL);
    if (is(node, "peer") && !routes_as(reader, zone, "Vivaldi"))
        return weir_platform_fail(reader, node, "<peer> stands only in a zone with routing=\"Vivaldi\"");
    if (routes_as(reader, zone, "Vivaldi") && !weir_xml_attribute(node, "coordinates", NULL))
        return weir_platform_fail(reader, node, "a host of a Vivaldi zone needs coordinates=\"x y z\"");
    const char *place = weir_xml_attribute(node, "coordinates", NULL);
    host.has_place = place || props.has_place;
    memcpy(host.place, props.place, sizeof host.place);
    for (int i = 0; place && i < 2; i++) { /* checked to be three numbers */
        char *end;
        host.place[i] = strtod(place, &end);
        place = end;
    }
    return add_host(reader, node, zone, weir_copy(id_of(node)), &props, &host);
}

/* Expands a <cluster> or <cabinet> into hosts of the zone. */
static int read_hosts(struct weir_platform_reader *reader, const xmlNode *node, int zone,
                      struct weir_platform_props props)
{
    struct weir_host host = {0};
    int *numbers = NULL;
    size_t count;
    if (!(value_of(node, "bw", WEIR_UNIT_BANDWIDTH, 0) > 0))
        return weir_platform_fail(reader, node, "bw is 0, so that nothing would ever arrive; give one above 0");
    if (read_power(reader, node, &host) != 0 ||
        weir_platform_props(reader, node, "wattage_per_state", &props, &host.has_energy) != 0 ||
        weir_platform_numbers(reader, node, &numbers, &count) != 0)
        return WEIR_EINPUT;
    if (host.has_energy)
        weir_platform_check_watts(reader, node);
    int status = 0;
    const char *prefix = weir_xml_attribute(node, "prefix", ""), *suffix = weir_xml_attribute(node, "suffix", "");
    for (size_t i = 0; i < count && status == 0; i++)
        status = add_host(reader, node, zone, weir_format("%s%d%s", prefix, numbers[i], suffix), &props, &host);
    free(numbers);
    return status;
}

static int read_cluster(struct weir_platform_reader *reader, const xmlNode *node, int parent,
                        const struct weir_platform_props *props)
{
    int zone;
    if (add_zone(reader, node, parent, "Cluster", &zone) != 0 || read_hosts(reader, node, zone, *props) != 0)
        return WEIR_EINPUT;
    if (strcmp(weir_xml_attribute(node, "topology", "FLAT"), "FLAT") != 0)
        return 0;
    const char *router = weir_xml_attribute(node, "router_id", NULL);
    if (!router)
        router = weir_platform_own(reader, weir_format("%s%s_router%s", weir_xml_attribute(node, "prefix", ""),
                                                       id_of(node), weir_xml_attribute(node, "suffix", "")));
    return add_router(reader, node, zone, router);
}

static int read_link(struct weir_platform_reader *reader, const xmlNode *node, int zone,
                     struct weir_platform_props props)
{
    struct weir_platform *platform = reader->platform;
    const char *policy = weir_xml_attribute(node, "sharing_policy", "SHARED");
    bool duplex = strcmp(policy, "SPLITDUPLEX") == 0 || strcmp(policy, "FULLDUPLEX") == 0;
    struct weir_link link = {.bandwidth_bytes_per_s = value_of(node, "bandwidth", WEIR_UNIT_BANDWIDTH, 0),
                             .latency_s = value_of(node, "latency", WEIR_UNIT_TIME, 0)};
    bool energy = false;
    if (weir_platform_props(reader, node, "wattage_range", &props, &energy) != 0 || read_profiles(reader, node) != 0)
        return WEIR_EINPUT;
    platform->has_link_energy |= energy;
    platform->links_vary |= weir_xml_attribute(node, "bandwidth_file", NULL) != NULL;
    platform->latencies_vary |= weir_xml_attribute(node, "latency_file", NULL) != NULL;
    if (!(link.bandwidth_bytes_per_s > 0))
        weir_remark("%s:%d: the bandwidth of link \"%s\" is 0: it carries nothing", reader->path, weir_xml_line(node),
                    id_of(node));
    if (weir_platform_wifi_link(reader, node, routes_as(reader, zone, "Wifi"), link.latency_s) != 0)
        return WEIR_EINPUT;
    if (weir_platform_add_link(reader, node, id_of(node), duplex) != 0)
        return WEIR_EINPUT;
    link.name = weir_copy(id_of(node));
    link.region = weir_copy(props.region ? props.region : reader->zones[zone].id);
    platform->links = weir_grow(platform->links, platform->link_count + 1, &reader->link_capacity, sizeof link);
    platform->links[platform->link_count++] = link;
    return 0;
}

static int read_trace(struct weir_platform_reader *reader, const xmlNode *node)
{
    const char *id = id_of(node);
    if (weir_names_find(&reader->traces, id) < 0)
        weir_names_add(&reader->traces, id, weir_xml_line(node), -1);
    if (weir_xml_attribute(node, "file", NULL))
        return read_profiles(reader, node);
    if (weir_platform_profile_once(reader, node, id) != 0)
        return WEIR_EINPUT;
    xmlChar *content = xmlNodeGetContent(node);
    double periodicity = strtod(weir_xml_attribute(node, "periodicity", "0"), NULL);
    const char *text = content ? (const char *)content : "";
    int status = *text ? weir_platform_profile_check(text, reader->path, weir_xml_line(node), periodicity)
                       : weir_platform_fail(reader, node, "trace \"%s\" has neither a file nor text; give one", id);
    xmlFree(content);
    return status;
}

/* --- zones --- */

static int read_child(struct weir_platform_reader *reader, const xmlNode *node, int zone,
                      const struct weir_platform_props *props);

/* What shows at the end of a zone. */
static int finish_zone(struct weir_platform_reader *reader, const xmlNode *node, int zone, size_t hosts_before,
                       size_t links_before)
{
    size_t zones = 0, points = 0;
    for (const xmlNode *child = weir_xml_element(node->children); child; child = weir_xml_element(child->next)) {
        zones += is(child, "zone") || is(child, "AS") || is(child, "cluster");
        points += is(child, "peer");
    }
    if (routes_as(reader, zone, "Vivaldi") && zones > 0 && zones + points > 1)
        return weir_platform_fail(reader, node,
                                  "SimGrid 3.32 finds no route between the zones of a Vivaldi zone, as zones have no "
                                  "coordinates; use another routing, such as \"Full\", and give <zoneRoute>s");
    return routes_as(reader, zone, "Wifi") ? weir_platform_wifi_zone(reader, node, hosts_before, links_before) : 0;
}

static int read_zone(struct weir_platform_reader *reader, const xmlNode *node, int parent,
                     struct weir_platform_props props)
{
    int zone;
    if (add_zone(reader, node, parent, weir_xml_attribute(node, "routing", ""), &zone) != 0)
        return WEIR_EINPUT;
    size_t before = reader->platform->host_count, links_before = reader->platform->link_count;
    const xmlNode *child;
    for (child = weir_xml_element(node->children); child; child = weir_xml_element(child->next)) {
        int status = weir_platform_check(reader, child);
        if (status == 0 && !(reader->broken && weir_platform_names_others(child)))
            status =
                is(child, "prop") ? weir_platform_prop(reader, child, &props) : read_child(reader, child, zone, &props);
        reader->broken += status != 0;
        if (weir_error_keep(status) != 0)
            return status;
    }
    if (reader->broken)
        return 0;
    if (finish_zone(reader, node, zone, before, links_before) != 0)
        return WEIR_EINPUT;
    return weir_platform_host_links(reader, node);
}

static int read_child(struct weir_platform_reader *reader, const xmlNode *node, int zone,
                      const struct weir_platform_props *props)
{
    if (is(node, "zone") || is(node, "AS"))
        return read_zone(reader, node, zone, *props);
    if (is(node, "cluster"))
        return read_cluster(reader, node, zone, props);
    if (is(node, "trace"))
        return read_trace(reader, node);
    if (is(node, "trace_connect"))
        return weir_platform_trace_connect(reader, node);
    if (zone < 0)
        return weir_platform_fail(reader, node, "<%s> stands outside of any zone; put it into one", node->name);
    if (is(node, "host") || is(node, "peer"))
        return read_host(reader, node, zone, *props);
    if (is(node, "cabinet"))
        return read_hosts(reader, node, zone, *props);
    if (is(node, "link") || is(node, "backbone"))
        return read_link(reader, node, zone, *props);
    if (is(node, "router"))
        return add_router(reader, node, zone, id_of(node));
    if (is(node, "host_link"))
        return 0; /* SimGrid, too, looks at them at the end of the zone */
    return weir_platform_route(reader, node, zone);
}

/* Options of SimGrid's that the file gives. */
static void keep_config(struct weir_platform *platform, const xmlNode *config)
{
    for (const xmlNode *prop = weir_xml_element(config->children); prop; prop = weir_xml_element(prop->next)) {
        if (!is(prop, "prop"))
            continue;
        platform->configs = weir_grow(platform->configs, platform->config_count + 1, &platform->config_capacity,
                                      sizeof *platform->configs);
        platform->configs[platform->config_count++] = (struct weir_platform_config){
            weir_copy(id_of(prop)), weir_copy(weir_xml_attribute(prop, "value", "")), weir_xml_line(prop)};
    }
}

static int check_version(const struct weir_platform_reader *reader, const xmlNode *root)
{
    const char *text = weir_xml_attribute(root, "version", "");
    char *end;
    double version = strtod(text, &end);
    long hundredths = end == text || *end || !(fabs(version) < 1000) ? 0 : lround(100 * version);
    if (hundredths == 400 || hundredths == 410)
        return 0;
    if (hundredths > 410)
        return weir_platform_fail(reader, root, "version \"%s\" is newer than 4.1, the newest that weir knows", text);
    return weir_platform_fail(reader, root, "version \"%s\" is none of 4 and 4.1; run simgrid_update_xml on the file",
                              text);
}

int weir_platform_walk(struct weir_platform_reader *reader, const xmlNode *root)
{
    struct weir_platform_props defaults = {
        .tier = WEIR_TIER_EDGE, .boot_w = -1, .battery_charge = 1, .battery_resume = 1};
    const xmlNode *first = NULL, *node;
    if (weir_platform_check(reader, root) != 0 || check_version(reader, root) != 0)
        return WEIR_EINPUT;
    for (node = weir_xml_element(root->children); node; node = weir_xml_element(node->next)) {
        if (weir_platform_check(reader, node) != 0)
            return WEIR_EINPUT;
        if (is(node, "config")) {
            if (weir_platform_props(reader, node, "", NULL, NULL) != 0)
                return WEIR_EINPUT;
            keep_config(reader->platform, node);
            continue;
        }
        if (is(node, "zone") || is(node, "AS") || is(node, "cluster")) {
            if (first)
                return weir_platform_fail(reader, node,
                                          "a second zone beside the one of line %d; put both into one zone",
                                          weir_xml_line(first));
            first = node;
        }
        if (read_child(reader, node, -1, &defaults) != 0)
            return WEIR_EINPUT;
    }
    if (reader->broken)
        return weir_error_again();
    if (reader->platform->host_count == 0)
        return weir_platform_fail(reader, root, "the platform has no host; give one at least");
    return weir_platform_traced(reader);
}
