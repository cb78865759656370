/* A topology as read from a file: nodes with places on the earth, links with lengths. */
#ifndef WEIR_GENERATE_TOPOLOGY_H
#define WEIR_GENERATE_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/generate/graph.h"
#include "sim/model/platform_names.h"

struct weir_topology_node {
    char *id, *name; /* owned; name NULL if there is none */
    double longitude_deg, latitude_deg;
    bool placed;
};
struct weir_topology_link {
    int a, b;
    double length_km;             /* NaN: from the places of its ends */
    double bandwidth_bytes_per_s; /* NaN: not given */
    int parallel;                 /* links beside each other that it stands for */
    /* Links of the file that it stands for, from a to b and back, the sums of their bandwidths, and how many gave one.
     */
    struct weir_topology_way {
        int count, given;
        double bandwidth_bytes_per_s;
    } there, back;
};

/* Zero-initialised is empty. */
struct weir_topology {
    const char *path; /* for messages */
    size_t node_count, node_capacity, link_count, link_capacity;
    struct weir_topology_node *node;
    struct weir_topology_link *link;
    struct weir_names ids;  /* entry i is that of node i */
    struct weir_names ends; /* entry i is "a b" of link i, a < b; texts are owned */
    bool directed;          /* the file says that its links have directions */
    size_t loops;           /* links from a node to itself, which are left out */
};
void weir_topology_fini(struct weir_topology *topology);

/* Columns of CSV files, by name; rows are taken if `select` ("column=value") is NULL, "" or true of them. */
struct weir_topology_columns {
    const char *id, *name, *longitude, *latitude, *from, *to, *length, *bandwidth, *select;
};

/* Readers. All refuse, with the file and where in it: nodes given twice, links to a node that does not exist, places
 * that are no longitudes and latitudes, negative lengths. Errors: WEIR_EINPUT. */
int weir_topology_read_csv(const char *nodes, const char *links, const struct weir_topology_columns *columns,
                           struct weir_topology *topology);
/* GraphML, as of the Internet Topology Zoo: node data Latitude, Longitude and label; edge data dist, in kilometres, and
 * LinkSpeedRaw, in bit/s. Entities are refused, nothing is fetched. */
int weir_topology_read_graphml(const char *path, struct weir_topology *topology);
/* JSON of nodes {"id", "name", "pos": [longitude, latitude]} and edges {"source", "target", "dist"}, as NetworkX and
 * TopoHub write it. */
int weir_topology_read_json(const char *path, struct weir_topology *topology);

/* GML, as of the Internet Topology Zoo; SNDlib's native format and its XML; BRITE's. */
int weir_topology_read_gml(const char *path, struct weir_topology *topology);
int weir_topology_read_sndlib(const char *path, struct weir_topology *topology);
int weir_topology_read_brite(const char *path, struct weir_topology *topology);
/* Any of the formats of one file, by its content. Errors: WEIR_EINPUT. */
int weir_topology_read(const char *path, struct weir_topology *topology);

/* What an attribute of a node or a link means, by its name in any case, without what is neither letter nor digit. */
enum weir_topology_meaning {
    WEIR_TOPOLOGY_OTHER,
    WEIR_TOPOLOGY_LONGITUDE,
    WEIR_TOPOLOGY_LATITUDE,
    WEIR_TOPOLOGY_NAME,
    WEIR_TOPOLOGY_LENGTH,    /* km */
    WEIR_TOPOLOGY_BANDWIDTH, /* bit/s */
    WEIR_TOPOLOGY_MEANINGS
};
enum weir_topology_meaning weir_topology_meaning(const char *name);

/* For readers. `where` is the place in the file, such as "line 7"; ids and names are copied, name may be NULL. Errors:
 * WEIR_EINPUT. */
int weir_topology_add_node(struct weir_topology *topology, const char *where, const char *id, const char *name);
int weir_topology_set_place(struct weir_topology *topology, const char *where, double longitude_deg,
                            double latitude_deg); /* of the node added last */
int weir_topology_add_link(struct weir_topology *topology, const char *where, const char *from, const char *to,
                           double length_km, double bandwidth_bytes_per_s);

/* After reading: links between the same two nodes are one, with the sum of their bandwidths; if the file gives both
 * directions of each, or says that it is directed, with that of the larger direction. Links of a node to itself are
 * left out. Both are remarks. */
void weir_topology_merge(struct weir_topology *topology);

/* Leaves the nodes of the largest connected component, the first of several; what goes is a remark. */
void weir_topology_keep_largest(struct weir_topology *topology);

/* Every node must have a link, every node be reached, and have a place unless all its links have lengths, or
 * `placeless`. Errors: WEIR_EINPUT. */
int weir_topology_check(const struct weir_topology *topology, bool placeless);

#endif
