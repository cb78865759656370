/* A platform: hosts in tiers and links, read from a SimGrid XML file (DTD 4.1) without SimGrid.
 *
 * The file stays as it is; what weir adds are <prop>s, inherited from zones to the zones, clusters and hosts in them:
 *   tier             device | edge | cloud; default: edge
 *   region           of hosts and links: a name; default: the id of the innermost zone that holds the host or link
 *   slots            instances that the host takes; default: no limit
 *   memory           bytes with a unit (a bare number counts bytes); default: no limit
 *   price_per_core_s money per core and second, of all cores while an instance is there; default 0
 *   place            "x y": where the host stands, for devices that move (sim/model/mobility.h); default: nowhere
 *   boot_time        from being woken until it is up, of hosts that sleep; default 0
 *   boot_watts       what it draws meanwhile; default: as idle
 *   battery          energy that a battery of the host holds, "20Wh"; default: none, it runs from the mains
 *   battery_charge   share of it that is there at the start; default 1
 *   battery_resume   share of it with which a host comes back that had run empty; default 1
 *   harvest          watts that charge it; default 0
 *   speed_gpu        speed of a core for operators of the class gpu; default: that for all
 */
#ifndef WEIR_MODEL_PLATFORM_H
#define WEIR_MODEL_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>

enum weir_tier { WEIR_TIER_DEVICE, WEIR_TIER_EDGE, WEIR_TIER_CLOUD, WEIR_TIER_COUNT };
extern const char *const weir_tier_names[]; /* "device", "edge", "cloud", NULL */

/* What an operator computes on; a host may be faster for one than for the other. */
enum weir_class { WEIR_CLASS_CPU, WEIR_CLASS_GPU, WEIR_CLASS_COUNT };
extern const char *const weir_class_names[]; /* "cpu", "gpu", NULL */

struct weir_host {
    char *name;
    char *region;
    enum weir_tier tier;
    double
        speed_flops_per_s; /* of one core, in the performance state that the host starts in; 0: it computes nothing */
    double speed_gpu_flops_per_s; /* of one core for the class gpu, in that state; 0: not given */
    int pstate, pstate_count;     /* performance states: the one that it starts in, and how many there are */
    double *pstates_flops_per_s;  /* speed of one core in each, where there are several; NULL: the one above */
    int cores;
    int slots;           /* 0: no limit */
    double memory_bytes; /* 0: no limit */
    double price_per_core_s;
    double boot_s, boot_w; /* boot_w -1: as idle */
    double battery_j;      /* 0: it has none */
    double battery_charge, battery_resume, harvest_w;
    bool has_energy; /* the file gives wattage_per_state */
    bool may_fail;   /* the file gives it a profile of its state */
    bool may_slow;   /* the file gives it a profile of its speed */
    bool has_place;  /* the file gives coordinates, or a place */
    double place[2]; /* the first two coordinates, or else the place */
    int routeless;   /* number of its zone if that has routing="None", else -1: no route to others there */
    int wifi_link;   /* index of the Wi-Fi link of its zone, -1: none; SimGrid wants the host attached to it */
};

struct weir_link {
    char *name;
    char *region;                 /* of the zone that holds it, as of hosts */
    double bandwidth_bytes_per_s; /* 0: it carries nothing */
    double latency_s;
};

/* An option of SimGrid's that the file gives in a <config>. */
struct weir_platform_config {
    char *key, *value;
    int line;
};

/* Hosts and links in the order of the file; clusters and cabinets expanded as SimGrid does. Links that SimGrid makes
 * itself (inside clusters) are not listed. */
struct weir_platform {
    char *path;
    char *content; /* the document after edits; NULL: that of the file */
    struct weir_host *hosts;
    size_t host_count;
    struct weir_link *links;
    size_t link_count;
    bool has_host_energy;
    bool has_link_energy; /* some link gives wattage_range */
    bool has_batteries;   /* some host has one */
    bool links_vary;      /* the file gives some link a profile of its bandwidth */
    bool latencies_vary;  /* of its latency */
    bool has_profiles;    /* of anything: a speed, state, bandwidth or latency */
    bool has_still_hosts; /* some host has speed 0 */
    char *bad_energy;     /* a sentence with its place, if SimGrid could not count energy by this file; else NULL */
    struct weir_platform_config *configs;
    size_t config_count, config_capacity;
    unsigned long long hash;   /* of the file's bytes and of the profiles it names */
    struct weir_host_map *map; /* from names to indices, for weir_platform_find */
};

/* Reads and checks a file: well-formed; elements, attributes and their values known; units; ids given once; routes
 * whose ends and links exist; profiles there and readable; at least one host. Every error names file:line and a remedy.
 * Remarks (weir_remark_unit, weir_remark): values without a unit, which SimGrid takes in base units; hosts of speed 0
 * and links of bandwidth 0; what is left out before <?xml. What is left to SimGrid is checked by weir_engine_probe.
 * Errors: WEIR_EINPUT; *platform is NULL then. Free with weir_platform_free. */
int weir_platform_read(const char *path, struct weir_platform **platform);

/* Gives attributes another value: all that an XPath selects, such as //link[@id='backhaul']/@latency. */
struct weir_platform_edit {
    const char *xpath, *value;
};

/* The same with edits, made in order on the document as read; the file stays as it is. The hash is that of the edited
 * document. Errors besides: an XPath that is none, that selects nothing, or something else than attributes. */
int weir_platform_read_edited(const char *path, const struct weir_platform_edit *edits, size_t edit_count,
                              struct weir_platform **platform);
void weir_platform_free(struct weir_platform *platform);

/* Index of a host by its name, -1 if there is none. O(1). */
int weir_platform_find(const struct weir_platform *platform, const char *name);

/* Speeds of one core, [pstate_count]. Borrowed, valid as long as the platform. */
const double *weir_platform_pstates(const struct weir_host *host);

/* Speed of one core for operators of a class. */
double weir_platform_speed(const struct weir_host *host, enum weir_class work_class);

/* The host name nearest to a word, or NULL. Borrowed. */
const char *weir_platform_suggest(const struct weir_platform *platform, const char *word);

#endif
