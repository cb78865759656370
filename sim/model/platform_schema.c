/* SimGrid's src/surf/xml/simgrid.dtd of version 3.32, as tables. */
#include "sim/model/platform_schema.h"

#include <stddef.h>
#include <string.h>

#include "sim/base/text.h"

typedef const struct weir_attribute_rule attributes;
typedef const struct weir_child_rule children;

static const char *const yes_no[] = {"YES", "NO", "yes", "no", NULL};
static const char *const link_policies[] = {"SHARED", "SPLITDUPLEX", "FULLDUPLEX", "FATPIPE", "WIFI", NULL};
static const char *const cluster_policies[] = {"SHARED", "SPLITDUPLEX", "FULLDUPLEX", "FATPIPE", NULL};
static const char *const backbone_policies[] = {"SHARED", "FATPIPE", NULL};
static const char *const topologies[] = {"FLAT", "TORUS", "FAT_TREE", "DRAGONFLY", NULL};
static const char *const directions[] = {"UP", "DOWN", "NONE", NULL};
static const char *const trace_kinds[] = {"HOST_AVAIL", "SPEED", "LINK_AVAIL", "BANDWIDTH", "LATENCY", NULL};
static const char *const routings[] = {"Full", "Floyd",   "Dijkstra", "DijkstraCache", "Cluster",
                                       "Star", "Vivaldi", "Wifi",     "None",          NULL};

static attributes no_attributes[] = {{0}};
static attributes platform_attributes[] = {{"version", WEIR_VALUE_TEXT, true, NULL}, {0}};
static attributes config_attributes[] = {{"id", WEIR_VALUE_TEXT, false, NULL}, {0}};
static attributes prop_attributes[] = {
    {"id", WEIR_VALUE_NAME, true, NULL},
    {"value", WEIR_VALUE_TEXT, true, NULL},
    {0},
};
static attributes zone_attributes[] = {
    {"id", WEIR_VALUE_NAME, true, NULL},
    {"routing", WEIR_VALUE_ROUTING, true, routings},
    {0},
};
static attributes host_attributes[] = {
    {"id", WEIR_VALUE_NAME, true, NULL},
    {"speed", WEIR_VALUE_SPEEDS, true, NULL},
    {"core", WEIR_VALUE_CORES, false, NULL},
    {"speed_file", WEIR_VALUE_TEXT, false, NULL},
    {"availability_file", WEIR_VALUE_TEXT, false, NULL},
    {"state_file", WEIR_VALUE_TEXT, false, NULL},
    {"coordinates", WEIR_VALUE_COORDINATES, false, NULL},
    {"pstate", WEIR_VALUE_INTEGER, false, NULL},
    {0},
};
static attributes disk_attributes[] = {
    {"id", WEIR_VALUE_TEXT, false, NULL},
    {"read_bw", WEIR_VALUE_BANDWIDTH, true, NULL},
    {"write_bw", WEIR_VALUE_BANDWIDTH, true, NULL},
    {0},
};
static attributes host_link_attributes[] = {
    {"id", WEIR_VALUE_NAME, true, NULL},
    {"up", WEIR_VALUE_NAME, true, NULL},
    {"down", WEIR_VALUE_NAME, true, NULL},
    {0},
};
static attributes cluster_attributes[] = {
    {"id", WEIR_VALUE_NAME, true, NULL},
    {"prefix", WEIR_VALUE_TEXT, true, NULL},
    {"suffix", WEIR_VALUE_TEXT, true, NULL},
    {"radical", WEIR_VALUE_NAME, true, NULL},
    {"speed", WEIR_VALUE_SPEEDS, true, NULL},
    {"core", WEIR_VALUE_CORES, false, NULL},
    {"bw", WEIR_VALUE_BANDWIDTH, true, NULL},
    {"lat", WEIR_VALUE_TIME, true, NULL},
    {"sharing_policy", WEIR_VALUE_CHOICE, false, cluster_policies},
    {"topology", WEIR_VALUE_CHOICE, false, topologies},
    {"topo_parameters", WEIR_VALUE_TEXT, false, NULL},
    {"bb_bw", WEIR_VALUE_BANDWIDTH, false, NULL},
    {"bb_lat", WEIR_VALUE_TIME, false, NULL},
    {"bb_sharing_policy", WEIR_VALUE_CHOICE, false, backbone_policies},
    {"router_id", WEIR_VALUE_TEXT, false, NULL},
    {"limiter_link", WEIR_VALUE_BANDWIDTH, false, NULL},
    {"loopback_bw", WEIR_VALUE_BANDWIDTH, false, NULL},
    {"loopback_lat", WEIR_VALUE_TIME, false, NULL},
    {0},
};
static attributes cabinet_attributes[] = {
    {"id", WEIR_VALUE_NAME, true, NULL},     {"prefix", WEIR_VALUE_TEXT, true, NULL},
    {"suffix", WEIR_VALUE_TEXT, true, NULL}, {"radical", WEIR_VALUE_NAME, true, NULL},
    {"speed", WEIR_VALUE_SPEED, true, NULL}, {"bw", WEIR_VALUE_BANDWIDTH, true, NULL},
    {"lat", WEIR_VALUE_TIME, true, NULL},    {0},
};
static attributes peer_attributes[] = {
    {"id", WEIR_VALUE_NAME, true, NULL},
    {"speed", WEIR_VALUE_SPEED, true, NULL},
    {"bw_in", WEIR_VALUE_BANDWIDTH, true, NULL},
    {"bw_out", WEIR_VALUE_BANDWIDTH, true, NULL},
    {"lat", WEIR_VALUE_TEXT, false, NULL}, /* SimGrid ignores it */
    {"coordinates", WEIR_VALUE_COORDINATES, true, NULL},
    {"speed_file", WEIR_VALUE_TEXT, false, NULL},
    {"availability_file", WEIR_VALUE_TEXT, false, NULL},
    {"state_file", WEIR_VALUE_TEXT, false, NULL},
    {0},
};
static attributes router_attributes[] = {
    {"id", WEIR_VALUE_NAME, true, NULL},
    {"coordinates", WEIR_VALUE_COORDINATES, false, NULL},
    {0},
};
static attributes backbone_attributes[] = {
    {"id", WEIR_VALUE_NAME, true, NULL},
    {"bandwidth", WEIR_VALUE_BANDWIDTH, true, NULL},
    {"latency", WEIR_VALUE_TIME, true, NULL},
    {0},
};
/* SimGrid 3.32 loses the DTD's default latency and stops at a link without one. */
static attributes link_attributes[] = {
    {"id", WEIR_VALUE_NAME, true, NULL},
    {"bandwidth", WEIR_VALUE_BANDWIDTHS, true, NULL},
    {"bandwidth_file", WEIR_VALUE_TEXT, false, NULL},
    {"latency", WEIR_VALUE_TIME, true, NULL},
    {"latency_file", WEIR_VALUE_TEXT, false, NULL},
    {"state_file", WEIR_VALUE_TEXT, false, NULL},
    {"sharing_policy", WEIR_VALUE_CHOICE, false, link_policies},
    {0},
};
static attributes route_attributes[] = {
    {"src", WEIR_VALUE_NAME, true, NULL},
    {"dst", WEIR_VALUE_NAME, true, NULL},
    {"symmetrical", WEIR_VALUE_CHOICE, false, yes_no},
    {0},
};
static attributes zone_route_attributes[] = {
    {"src", WEIR_VALUE_NAME, true, NULL},
    {"dst", WEIR_VALUE_NAME, true, NULL},
    {"gw_src", WEIR_VALUE_NAME, true, NULL},
    {"gw_dst", WEIR_VALUE_NAME, true, NULL},
    {"symmetrical", WEIR_VALUE_CHOICE, false, yes_no},
    {0},
};
static attributes bypass_attributes[] = {
    {"src", WEIR_VALUE_NAME, true, NULL},
    {"dst", WEIR_VALUE_NAME, true, NULL},
    {0},
};
static attributes zone_bypass_attributes[] = {
    {"src", WEIR_VALUE_NAME, true, NULL},
    {"dst", WEIR_VALUE_NAME, true, NULL},
    {"gw_src", WEIR_VALUE_NAME, true, NULL},
    {"gw_dst", WEIR_VALUE_NAME, true, NULL},
    {0},
};
static attributes link_ctn_attributes[] = {
    {"id", WEIR_VALUE_NAME, true, NULL},
    {"direction", WEIR_VALUE_CHOICE, false, directions},
    {0},
};
static attributes trace_attributes[] = {
    {"id", WEIR_VALUE_NAME, true, NULL},
    {"file", WEIR_VALUE_TEXT, false, NULL},
    {"periodicity", WEIR_VALUE_NUMBER, true, NULL},
    {0},
};
static attributes trace_connect_attributes[] = {
    {"kind", WEIR_VALUE_CHOICE, false, trace_kinds},
    {"trace", WEIR_VALUE_NAME, true, NULL},
    {"element", WEIR_VALUE_NAME, true, NULL},
    {0},
};

static children no_children[] = {{0}};
static children props[] = {{"prop", 1, WEIR_SIDE_BOTH}, {0}};
static children host_children[] = {
    {"disk", 1, WEIR_SIDE_BOTH},
    {"prop", 1, WEIR_SIDE_BOTH},
    {"mount", 1, WEIR_SIDE_BOTH},
    {0},
};
static children links_of_route[] = {{"link_ctn", 1, WEIR_SIDE_BOTH}, {0}};
static children platform_children[] = {
    {"config", 1, WEIR_SIDE_BOTH},
    {"random", 1, WEIR_SIDE_BOTH},
    {"include", 2, WEIR_SIDE_BOTH},
    {"cluster", 2, WEIR_SIDE_BOTH},
    {"cabinet", 2, WEIR_SIDE_BOTH},
    {"peer", 2, WEIR_SIDE_BOTH},
    {"AS", 2, WEIR_SIDE_BOTH},
    {"zone", 2, WEIR_SIDE_BOTH},
    {"trace", 2, WEIR_SIDE_BOTH},
    {"trace_connect", 2, WEIR_SIDE_BOTH},
    {"process", 3, WEIR_SIDE_BOTH},
    {"actor", 3, WEIR_SIDE_BOTH},
    {0},
};
/* <AS> differs from <zone> in that a cabinet may stand beside zones. */
#define ZONE_CHILDREN(cabinet_side)                                                                                    \
    {                                                                                                                  \
        {"prop", 1, WEIR_SIDE_BOTH}, {"AS", 2, WEIR_SIDE_ZONES}, {"zone", 2, WEIR_SIDE_ZONES},                         \
            {"cluster", 2, WEIR_SIDE_ZONES}, {"peer", 2, WEIR_SIDE_ZONES}, {"include", 2, WEIR_SIDE_BOTH},             \
            {"link", 2, WEIR_SIDE_BOTH}, {"backbone", 2, WEIR_SIDE_BOTH}, {"cabinet", 2, cabinet_side},                \
            {"host", 2, WEIR_SIDE_HOSTS}, {"router", 2, WEIR_SIDE_HOSTS}, {"host_link", 2, WEIR_SIDE_HOSTS},           \
            {"storage", 2, WEIR_SIDE_HOSTS}, {"storage_type", 2, WEIR_SIDE_HOSTS}, {"trace", 0, WEIR_SIDE_BOTH},       \
            {"trace_connect", 0, WEIR_SIDE_BOTH}, {"route", 3, WEIR_SIDE_HOSTS}, {"bypassRoute", 3, WEIR_SIDE_HOSTS},  \
            {"zoneRoute", 3, WEIR_SIDE_ZONES}, {"ASroute", 3, WEIR_SIDE_ZONES},                                        \
            {"bypassZoneRoute", 3, WEIR_SIDE_ZONES}, {"bypassASroute", 3, WEIR_SIDE_ZONES}, {0},                       \
    }
static children zone_children[] = ZONE_CHILDREN(WEIR_SIDE_HOSTS);
static children as_children[] = ZONE_CHILDREN(WEIR_SIDE_BOTH);

#define NO_STORAGE "SimGrid no longer knows it; describe disks by <disk> inside <host>"
#define NO_ACTORS  "weir places its own actors; remove the deployment from the platform file"
static const struct weir_element_rule elements[] = {
    {"platform", platform_attributes, platform_children, false, NULL},
    {"config", config_attributes, props, false, NULL},
    {"prop", prop_attributes, no_children, false, NULL},
    {"zone", zone_attributes, zone_children, false, NULL},
    {"AS", zone_attributes, as_children, false, NULL},
    {"host", host_attributes, host_children, false, NULL},
    {"disk", disk_attributes, props, false, NULL},
    {"host_link", host_link_attributes, no_children, false, NULL},
    {"cluster", cluster_attributes, props, false, NULL},
    {"cabinet", cabinet_attributes, no_children, false, NULL},
    {"peer", peer_attributes, no_children, false, NULL},
    {"router", router_attributes, no_children, false, NULL},
    {"backbone", backbone_attributes, no_children, false, NULL},
    {"link", link_attributes, props, false, NULL},
    {"route", route_attributes, links_of_route, false, NULL},
    {"zoneRoute", zone_route_attributes, links_of_route, false, NULL},
    {"ASroute", zone_route_attributes, links_of_route, false, NULL},
    {"bypassRoute", bypass_attributes, links_of_route, false, NULL},
    {"bypassZoneRoute", zone_bypass_attributes, links_of_route, false, NULL},
    {"bypassASroute", zone_bypass_attributes, links_of_route, false, NULL},
    {"link_ctn", link_ctn_attributes, no_children, false, NULL},
    {"trace", trace_attributes, no_children, true, NULL},
    {"trace_connect", trace_connect_attributes, no_children, false, NULL},
    {"include", no_attributes, no_children, false, "SimGrid no longer knows it; put both files into one"},
    {"random", no_attributes, no_children, false, "SimGrid no longer uses it; remove it"},
    {"storage", no_attributes, no_children, false, NO_STORAGE},
    {"storage_type", no_attributes, no_children, false, NO_STORAGE},
    {"mount", no_attributes, no_children, false, NO_STORAGE},
    {"actor", no_attributes, no_children, false, NO_ACTORS},
    {"process", no_attributes, no_children, false, NO_ACTORS},
};
#define ELEMENTS (sizeof elements / sizeof *elements)

const struct weir_element_rule *weir_platform_rule(const char *element)
{
    for (size_t i = 0; i < ELEMENTS; i++)
        if (strcmp(elements[i].name, element) == 0)
            return &elements[i];
    return NULL;
}

const char *weir_platform_near_element(const char *word)
{
    const char *names[ELEMENTS];
    for (size_t i = 0; i < ELEMENTS; i++)
        names[i] = elements[i].name;
    return weir_nearest(word, names, ELEMENTS);
}
