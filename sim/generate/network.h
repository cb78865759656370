/* A platform in the making: zones (or hosts) and the links between them, written as SimGrid XML. */
#ifndef WEIR_GENERATE_NETWORK_H
#define WEIR_GENERATE_NETWORK_H

#include <stdio.h>

#include "sim/base/text.h"
#include "sim/generate/graph.h"
#include "sim/generate/machine.h"

/* How ways between places are found. */
enum weir_routing {
    WEIR_ROUTING_AUTO,      /* by latency up to 100 places, else by hops */
    WEIR_ROUTING_LATENCY,   /* least sum of latencies: every way is written down */
    WEIR_ROUTING_BANDWIDTH, /* least sum of 1 / bandwidth: likewise */
    WEIR_ROUTING_HOPS,      /* fewest links: SimGrid finds them, and the file stays small */
};
extern const char *const weir_routing_names[]; /* "auto", "latency", "bandwidth", "hops", NULL */

struct weir_cable {
    double bandwidth_bytes_per_s, latency_s;
};

/* Places are zones with a router as gateway, or, in a flat network, hosts. */
struct weir_network {
    bool flat;
    FILE *body; /* zones or hosts are written here, before it is known how the zone around them routes */
    char *text; /* what was */
    size_t length;
    struct weir_graph graph;
    size_t place_capacity, cable_capacity;
    struct weir_place {
        char *id, *router; /* owned; router NULL in a flat network */
    } * place;
    struct weir_cable *cable;
};
/* Errors: WEIR_EINPUT, out of memory. Fini bears a zeroed one. */
int weir_network_init(struct weir_network *network, bool flat);
void weir_network_fini(struct weir_network *network);

/* Adds a place; both names are copied. Returns its number. */
int weir_network_place(struct weir_network *network, const char *id, const char *router);
void weir_network_link(struct weir_network *network, int a, int b, double bandwidth_bytes_per_s, double latency_s);

/* Ends the body and writes the zone around it, `id`, with the links, "fibre1" and so on in the order they were added,
 * the routes between places, and the end of the file. Errors: WEIR_EUSAGE if every way were to be written down and
 * there are too many. */
int weir_network_finish(struct weir_network *network, const char *id, enum weir_routing asked, FILE *out);

/* Parts of a platform file. Text is escaped; indent is in spaces. */
void weir_xml_host(FILE *out, const char *id, const struct weir_machine *machine, const char *tier);
void weir_xml_link(FILE *out, int indent, const char *id, const char *bandwidth, const char *latency);

/* "100Mbps", "2.5ms": returns `buffer`. */
const char *weir_xml_bandwidth(double bytes_per_s, char buffer[32]);
const char *weir_xml_latency(double latency_s, char buffer[32]);

/* Text for comments and attribute values: what XML gives a meaning to, or is not printable ASCII, becomes '_'. Owned.
 */
char *weir_xml_plain(const char *text);

#endif
