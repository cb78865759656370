/* A site: a zone with a switch, edge hosts of a mix of classes, and devices, by cable or over Wi-Fi. */
#ifndef WEIR_GENERATE_SITE_H
#define WEIR_GENERATE_SITE_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/base/param.h"
#include "sim/base/random.h"
#include "sim/generate/machine.h"
#include "sim/generate/network.h"

struct weir_site_options {
    int hosts, devices;
    const char *mix, *device;
    double lan_bytes_per_s, lan_latency_s, device_bytes_per_s;
    bool wifi;
};

/* The rows that kinds with sites share, for the struct weir_site_options `member` of their options;
 * AT(member) is the offset in them. */
#define WEIR_SITE_ROW(type, unit, member, name, preset, low, high, help)                                               \
    WEIR_PARAM(name, type, unit, AT(member), preset, low, high, NULL, help)
#define WEIR_SITE_PARAMS(member)                                                                                       \
    WEIR_SITE_ROW(WEIR_PARAM_INT, WEIR_UNIT_NONE, member.hosts, "hosts", "2", 0, 1000, "edge hosts a site"),           \
        WEIR_SITE_ROW(WEIR_PARAM_STRING, WEIR_UNIT_NONE, member.mix, "mix", "xeon:1,nuc:3,jetson:3,pi:3", 0, 0,        \
                      "classes of edge hosts, with weights"),                                                          \
        WEIR_SITE_ROW(WEIR_PARAM_INT, WEIR_UNIT_NONE, member.devices, "devices", "1", 0, 10000, "devices a site"),     \
        WEIR_SITE_ROW(WEIR_PARAM_STRING, WEIR_UNIT_NONE, member.device, "device", "gateway", 0, 0,                     \
                      "classes of devices, with weights"),                                                             \
        WEIR_SITE_ROW(WEIR_PARAM_DOUBLE, WEIR_UNIT_BANDWIDTH, member.lan_bytes_per_s, "lan", "1Gbps", 1, 1e300,        \
                      "cables of edge hosts"),                                                                         \
        WEIR_SITE_ROW(WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, member.lan_latency_s, "lan_latency", "100us", 0, 1e300,       \
                      "latency of a cable inside a site"),                                                             \
        WEIR_SITE_ROW(WEIR_PARAM_DOUBLE, WEIR_UNIT_BANDWIDTH, member.device_bytes_per_s, "device_link", "100Mbps", 1,  \
                      1e300, "cable of a device, or Wi-Fi of a site"),                                                 \
        WEIR_SITE_ROW(WEIR_PARAM_BOOL, WEIR_UNIT_NONE, member.wifi, "wifi", "false", 0, 0,                             \
                      "devices share the Wi-Fi of their site instead of having cables")

/* Checked once, before sites are written. */
struct weir_site_plan {
    const struct weir_site_options *options;
    struct weir_machine_mix mix, device;
};
/* Errors: WEIR_EUSAGE. */
int weir_site_plan(const struct weir_site_options *options, struct weir_site_plan *plan);

/* A zone of `count` hosts of one class behind a switch, "<id>-<class>1" and so on: a region of a cloud. Adds it to the
 * network; returns its place. */
int weir_site_cloud(struct weir_network *network, const char *id, const struct weir_machine *machine, int count,
                    const char *cable, const char *latency);

/* Writes a site, and its Wi-Fi zone "<id>-air" if it has one, and adds them to the network; the classes are drawn from
 * the stream. Returns the place of the site. */
int weir_site_write(const struct weir_site_plan *plan, struct weir_network *network, const char *id,
                    struct weir_stream *stream);

/* A zone of a router alone, "<id>-router". Returns its place. */
int weir_site_router(struct weir_network *network, const char *id);

/* The comment that explains a file: its first lines are the kind's own, then the classes of machines and units. */
void weir_site_preamble(const char *about, FILE *out);

#endif
