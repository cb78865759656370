#include "sim/generate/site.h"

#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

int weir_site_plan(const struct weir_site_options *options, struct weir_site_plan *plan)
{
    *plan = (struct weir_site_plan){.options = options};
    if (options->hosts + options->devices == 0)
        return weir_error(WEIR_EUSAGE, "--hosts and --devices are both 0; a site needs a host");
    int code = weir_machine_mix_read("mix", options->mix, &plan->mix);
    return code ? code : weir_machine_mix_read("device", options->device, &plan->device);
}

void weir_site_preamble(const char *about, FILE *out)
{
    fputs("<?xml version='1.0'?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n<!-- ", out);
    fputs(about, out);
    for (int i = 0; i < WEIR_MACHINES; i++)
        fprintf(out, "       %-8s %s\n", weir_machines[i].name, weir_machines[i].comment);
    fputs("     speed: scalar work that a core sustains; wattage_per_state: idle:just above idle:all cores;\n"
          "     price_per_core_s: US dollars. Where the figures come from: docs/sources.md, \"The city\" and\n"
          "     \"Generated platforms\". A region is a site, as far as no prop says otherwise. -->\n"
          "<platform version=\"4.1\">\n",
          out);
}

/* A zone of hosts around a switch. SimGrid wants hosts before links and links before routes, so names wait. */
struct zone {
    struct weir_network *network;
    const char *id, *latency;
    int count;
    size_t capacity;
    struct {
        char *name;            /* owned */
        const char *bandwidth; /* of the cable */
    } * host;
};

static void open_zone(struct weir_network *network, const char *id, const char *routing)
{
    fprintf(network->body, "\n    <zone id=\"%s\" routing=\"%s\">\n", id, routing);
}

/* Takes the name. */
static void add_host(struct zone *zone, char *name, const struct weir_machine *machine, const char *tier,
                     const char *bandwidth)
{
    zone->host = weir_grow(zone->host, (size_t)zone->count + 1, &zone->capacity, sizeof *zone->host);
    zone->host[zone->count].name = name;
    zone->host[zone->count++].bandwidth = bandwidth;
    weir_xml_host(zone->network->body, name, machine, tier);
}

/* Writes what the hosts hang on; returns the place of the zone in the network. */
static int close_zone(struct zone *zone)
{
    FILE *out = zone->network->body;
    char *router = weir_format("%s-switch", zone->id), *link;
    fprintf(out, "      <router id=\"%s\"/>\n", router);
    for (int i = 0; i < zone->count; i++) {
        link = weir_format("%s-cable", zone->host[i].name);
        weir_xml_link(out, 6, link, zone->host[i].bandwidth, zone->latency);
        free(link);
    }
    for (int i = 0; i < zone->count; i++)
        fprintf(out, "      <route src=\"%s\" dst=\"%s\"><link_ctn id=\"%s-cable\" direction=\"UP\"/></route>\n",
                zone->host[i].name, router, zone->host[i].name);
    fputs("    </zone>\n", out);
    int place = weir_network_place(zone->network, zone->id, router);
    for (int i = 0; i < zone->count; i++)
        free(zone->host[i].name);
    free(zone->host);
    free(router);
    return place;
}

int weir_site_cloud(struct weir_network *network, const char *id, const struct weir_machine *machine, int count,
                    const char *cable, const char *latency)
{
    struct zone zone = {.network = network, .id = id, .latency = latency};
    open_zone(network, id, "Floyd");
    for (int i = 0; i < count; i++)
        add_host(&zone, weir_format("%s-%s%d", id, machine->name, i + 1), machine, "cloud", cable);
    return close_zone(&zone);
}

int weir_site_router(struct weir_network *network, const char *id)
{
    char *router = weir_format("%s-router", id);
    open_zone(network, id, "Full");
    fprintf(network->body, "      <router id=\"%s\"/>\n    </zone>\n", router);
    int place = weir_network_place(network, id, router);
    free(router);
    return place;
}

/* The devices of a site on one channel, joined to its switch by a cable of the access point. */
static void write_wifi(const struct weir_site_plan *plan, struct weir_network *network, const char *site, int place,
                       struct weir_stream *stream)
{
    const struct weir_site_options *o = plan->options;
    FILE *out = network->body;
    char bandwidth[32];
    char *air = weir_format("%s-air", site), *point = weir_format("%s-access-point", site);
    open_zone(network, air, "Wifi");
    fprintf(out, "      <prop id=\"access_point\" value=\"%s\"/>\n      <prop id=\"region\" value=\"%s\"/>\n", point,
            site);
    for (int i = 0; i < o->devices; i++) {
        char *name = weir_format("%s-device%d", site, i + 1);
        weir_xml_host(out, name, weir_machine_draw(&plan->device, stream), "device");
        free(name);
    }
    fprintf(out,
            "      <router id=\"%s\"/>\n"
            "      <link id=\"%s-channel\" bandwidth=\"%s\" latency=\"0ms\" sharing_policy=\"WIFI\"/>\n"
            "    </zone>\n",
            point, site, weir_xml_bandwidth(o->device_bytes_per_s, bandwidth));
    weir_network_link(network, weir_network_place(network, air, point), place, o->lan_bytes_per_s, o->lan_latency_s);
    free(air);
    free(point);
}

int weir_site_write(const struct weir_site_plan *plan, struct weir_network *network, const char *id,
                    struct weir_stream *stream)
{
    const struct weir_site_options *o = plan->options;
    char lan[32], latency[32], device[32];
    struct zone zone = {.network = network, .id = id, .latency = weir_xml_latency(o->lan_latency_s, latency)};
    weir_xml_bandwidth(o->lan_bytes_per_s, lan);
    weir_xml_bandwidth(o->device_bytes_per_s, device);
    open_zone(network, id, "Floyd");
    for (int i = 0; !o->wifi && i < o->devices; i++)
        add_host(&zone, weir_format("%s-device%d", id, i + 1), weir_machine_draw(&plan->device, stream), "device",
                 device);
    int made[WEIR_MACHINES] = {0};
    for (int i = 0; i < o->hosts; i++) {
        const struct weir_machine *machine = weir_machine_draw(&plan->mix, stream);
        add_host(&zone, weir_format("%s-%s%d", id, machine->name, ++made[machine - weir_machines]), machine, "edge",
                 lan);
    }
    int place = close_zone(&zone);
    if (o->wifi && o->devices > 0)
        write_wifi(plan, network, id, place, stream);
    return place;
}
