/* A topology as read from a file: nodes with places on the earth, links with lengths. */
#ifndef WEIR_GENERATE_TOPOLOGY_H
#define WEIR_GENERATE_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/generate/graph.h"

struct weir_topology_node {
    char *id, *name; /* owned; name NULL if there is none */
    double longitude_deg, latitude_deg;
    bool placed;
};
struct weir_topology_link {
    int a, b;
    double length_km;             /* NaN: from the places of its ends */
    double bandwidth_bytes_per_s; /* NaN: not given */
};

/* Zero-initialised is empty. */
struct weir_topology {
    const char *path; /* for messages */
    size_t node_count, node_capacity, link_count, link_capacity;
    struct weir_topology_node *node;
    struct weir_topology_link *link;
};
void weir_topology_fini(struct weir_topology *topology);

/* Columns of CSV files, by name; rows are taken if `select` ("column=value") is NULL, "" or true of them. */
struct weir_topology_columns {
    const char *id, *name, *longitude, *latitude, *from, *to, *length, *bandwidth, *select;
};

/* Readers. All refuse, with the file and where in it: nodes or links given twice, links from a node to itself or to one
 * that does not exist, places that are no longitudes and latitudes, negative lengths. Errors: WEIR_EINPUT. */
int weir_topology_read_csv(const char *nodes, const char *links, const struct weir_topology_columns *columns,
                           struct weir_topology *topology);
/* GraphML, as of the Internet Topology Zoo: node data Latitude, Longitude and label; edge data dist, in kilometres, and
 * LinkSpeedRaw, in bit/s. Entities are refused, nothing is fetched. */
int weir_topology_read_graphml(const char *path, struct weir_topology *topology);
/* JSON of nodes {"id", "name", "pos": [longitude, latitude]} and edges {"source", "target", "dist"}, as NetworkX and
 * TopoHub write it. */
int weir_topology_read_json(const char *path, struct weir_topology *topology);

/* For readers. `where` is the place in the file, such as "line 7"; ids and names are copied, name may be NULL. Errors:
 * WEIR_EINPUT. */
int weir_topology_add_node(struct weir_topology *topology, const char *where, const char *id, const char *name);
int weir_topology_set_place(struct weir_topology *topology, const char *where, double longitude_deg,
                            double latitude_deg); /* of the node added last */
int weir_topology_add_link(struct weir_topology *topology, const char *where, const char *from, const char *to,
                           double length_km, double bandwidth_bytes_per_s);

/* After reading: every node must have a link, every node be reached, and have a place unless all its links have
 * lengths. Errors: WEIR_EINPUT. */
int weir_topology_check(const struct weir_topology *topology);

#endif
