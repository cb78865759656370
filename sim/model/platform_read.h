/* Private to the platform reader: what its files share while one document is read.
 *   platform.c          opens the document; public functions
 *   platform_mend.c     what SimGrid's parser bears and XML does not
 *   platform_edit.c     attributes set by XPath
 *   platform_schema.c   the table of elements and attributes
 *   platform_check.c    one element against the table
 *   platform_hosts.c    the walk over zones: hosts and links
 *   platform_wifi.c     what SimGrid bears of Wi-Fi
 *   platform_cluster.c  the numbers of the hosts of a cluster
 *   platform_props.c    properties
 *   platform_routes.c   routes, and everything else that names what stands elsewhere
 *   platform_profile.c  profiles of speed, bandwidth, latency and state
 *   platform_units.c    quantities
 *   platform_names.c    sets of names */
#ifndef WEIR_MODEL_PLATFORM_READ_H
#define WEIR_MODEL_PLATFORM_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/quantity.h"
#include "sim/base/text.h"
#include "sim/model/platform.h"
#include "sim/model/platform_names.h"
#include "sim/model/xml_read.h"

struct _xmlNode;
struct _xmlDoc;

/* A zone or cluster, as routes see it. */
struct weir_zone {
    const char *id;
    const char *routing; /* as written; "Cluster" for clusters */
    int parent;          /* -1 for the root */
    bool is_cluster;     /* given by <cluster>: SimGrid names its links after it */
};

struct weir_host_map {
    struct weir_names names; /* entry i is host i */
};

struct weir_platform_reader {
    const char *path;
    struct weir_platform *platform;
    int broken; /* elements that are wrong, whose errors are kept: what names others is not read then */
    size_t host_capacity, link_capacity;
    struct weir_names *hosts;   /* the platform's map */
    struct weir_names routers;  /* ids of routers, own and those that clusters make */
    struct weir_names zone_ids; /* entry i is zones[i] */
    struct weir_names links;    /* links that a route may name without a direction */
    struct weir_names duplex;   /* links that a route may name with one */
    struct weir_names traces;
    struct weir_names profiles; /* files, and texts by the trace's id: SimGrid takes each but once */
    struct weir_names routes;   /* "zone/source/destination" of routes given */
    struct weir_zone *zones;
    size_t zone_capacity;
    const struct _xmlNode **connects; /* the trace_connects, looked at again at the end */
    size_t connect_count, connect_capacity;
    char **owned; /* names made here */
    size_t owned_count, owned_capacity;
};

/* Property values that hosts inherit. */
struct weir_platform_props {
    enum weir_tier tier;
    const char *region; /* NULL: the innermost zone's id */
    int slots;
    double memory_bytes;
    double price_per_core_s;
    double boot_s, boot_w;
    double battery_j, battery_charge, battery_resume, harvest_w;
    double speed_gpu_flops_per_s;
    bool has_place;
    double place[2];
};

/* An error at an element: "file:line: sentence". Returns WEIR_EINPUT. */
int weir_platform_fail(const struct weir_platform_reader *reader, const struct _xmlNode *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Puts "file:line: " before the last error. Returns WEIR_EINPUT. */
int weir_platform_fail_at(const struct weir_platform_reader *reader, const struct _xmlNode *node);

/* Refuses links in Wi-Fi zones, and Wi-Fi links, that SimGrid dies of. */
int weir_platform_wifi_link(const struct weir_platform_reader *reader, const struct _xmlNode *node, bool in_wifi_zone,
                            double latency_s);
/* What can be said of a Wi-Fi zone at its end: its one link is that of all its hosts. */
int weir_platform_wifi_zone(struct weir_platform_reader *reader, const struct _xmlNode *node, size_t hosts_before,
                            size_t links_before);

/* Puts right what XML refuses and SimGrid takes, and the other way round, as far as it is harmless; each is a remark.
 * Lines keep their numbers. True if the text has changed. */
bool weir_platform_mend(struct weir_text *text, const char *path);

/* Whether a quantity is a number without a unit, other than 0, or a list with one. */
bool weir_platform_is_bare(const char *text);

/* The number of watt values of a host against its speeds: see struct weir_platform. */
void weir_platform_check_watts(struct weir_platform_reader *reader, const struct _xmlNode *node);

/* Values that are read of a list. */
#define WEIR_VALUES_AT_MOST 64

/* The speeds of all performance states of a host, where there are several. */
void weir_platform_read_pstates(const struct _xmlNode *node, struct weir_host *host);
/* A battery needs watts, and a harvest a battery. */
int weir_platform_check_battery(const struct weir_platform_reader *reader, const struct _xmlNode *node,
                                const char *name, const struct weir_platform_props *props,
                                const struct weir_host *host);

/* Makes the edits on the document, and what SimGrid has another word for; *content is what it is then, owned, NULL if
 * nothing has changed. Errors: WEIR_EINPUT. */
int weir_platform_edit(struct _xmlDoc *document, const char *path, const struct weir_platform_edit *edits,
                       size_t edit_count, char **content);

/* Keeps a name made here until the end of reading; returns it. */
const char *weir_platform_own(struct weir_platform_reader *reader, char *text);

/* Checks one element, its attributes, its text and the order of its children, against the table; the children are
 * checked when they are reached. */
int weir_platform_check(const struct weir_platform_reader *reader, const struct _xmlNode *node);

/* Reads the root element and all in it. */
int weir_platform_walk(struct weir_platform_reader *reader, const struct _xmlNode *root);

/* Reads one <prop> over what is there. */
int weir_platform_prop(const struct weir_platform_reader *reader, const struct _xmlNode *node,
                       struct weir_platform_props *props);
/* Checks the children of an element without elements of its own but <prop> and <disk>; reads its props over those that
 * it inherits (NULL: only checks); *energy becomes true if `energy_name` is among them. */
int weir_platform_props(const struct weir_platform_reader *reader, const struct _xmlNode *parent,
                        const char *energy_name, struct weir_platform_props *props, bool *energy);

/* The numbers of the hosts of a cluster or cabinet. Owned by the caller, NULL after an error. */
int weir_platform_numbers(const struct weir_platform_reader *reader, const struct _xmlNode *node, int **numbers,
                          size_t *count);

/* Refuses what is no name (weir_name_fault). */
int weir_platform_check_name(const struct weir_platform_reader *reader, const struct _xmlNode *node, const char *name);

/* Adds the link(s) that an element gives. */
int weir_platform_add_link(struct weir_platform_reader *reader, const struct _xmlNode *node, const char *name,
                           bool duplex);

/* Whether an element names others, which may be missing because they are wrong. */
bool weir_platform_names_others(const struct _xmlNode *node);

/* References: a route of any kind, the host_links of a zone, a trace_connect. */
int weir_platform_route(struct weir_platform_reader *reader, const struct _xmlNode *node, int zone);
int weir_platform_host_links(const struct weir_platform_reader *reader, const struct _xmlNode *zone);
int weir_platform_trace_connect(struct weir_platform_reader *reader, const struct _xmlNode *node);
/* At the end: whether the elements of all trace_connects exist. */
int weir_platform_traced(const struct weir_platform_reader *reader);

/* The file of a profile: there, readable by SimGrid, named once; adds it to the platform's hash. */
int weir_platform_profile(struct weir_platform_reader *reader, const struct _xmlNode *node, const char *name);
/* Refuses a second use of a profile. */
int weir_platform_profile_once(struct weir_platform_reader *reader, const struct _xmlNode *node, const char *name);
/* Checks the text of a profile; errors start with "name:line". */
int weir_platform_profile_check(const char *text, const char *name, int first_line, double periodicity);

/* Reads a speed, bandwidth or time as SimGrid does; speeds and bandwidths may be lists. Stores the first `room` values,
 * counts all. Errors: WEIR_EINPUT without a place. */
int weir_platform_quantities(enum weir_unit kind, const char *text, double *values, size_t room, size_t *count);

/* Reads a whole number from 0 up to max, also written as 2.0, as SimGrid's defaults are. */
bool weir_platform_integer(const char *text, long max, long *value);

#endif
