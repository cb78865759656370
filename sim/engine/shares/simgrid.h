/* SimGrid as this room uses it: everything from its maestro, without actors. Implemented in C++, and nothing else is,
 * in a module of its own (weir-simgrid.so) that is loaded when a run or a question needs it: SimGrid brings along so
 * many libraries that to load them takes longer than most commands. */
#ifndef WEIR_ENGINE_SHARES_SIMGRID_H
#define WEIR_ENGINE_SHARES_SIMGRID_H

#include <simgrid/forward.h>
#include <simgrid/version.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_activity;

/* Who is told by SimGrid. The functions must not call it, but for questions. */
struct weir_simgrid_ears {
    void *context;
    /* An execution or transfer is over, and not because it was cancelled: `owner` as it was started for. It is
     * forgotten. */
    void (*executed)(void *context, void *owner, bool ok);
    void (*sent)(void *context, void *owner, bool ok);
    void (*due)(void *context); /* the date of wake has come */
    /* By profiles of the platform, or by our own calls; told of hosts and links that have an owner. */
    void (*host_switched)(void *context, void *owner, bool up);
    void (*host_slowed)(void *context, void *owner);
    void (*link_switched)(void *context, void *owner, bool up);
    void (*link_resized)(void *context, void *owner);
    void (*link_delayed)(void *context, void *owner); /* its latency is another one */
};

/* Its clock and activities (simgrid.cpp). */
struct weir_simgrid {
    /* Starts SimGrid with arguments as of main, once a process. */
    void (*start)(int argc, char **argv);

    /* Loads a platform; 0, or -1 with SimGrid's message (some errors abort the process all the same). Where it has
     * profiles, SimGrid's clock stops at each of their dates; where some are of latencies, these are watched. */
    int (*load)(const char *path, bool profiles, bool latencies, char *message, size_t size);

    /* After loading: from now on events are told. */
    void (*listen)(const struct weir_simgrid_ears *ears);

    /* Runs until nothing is left: no activity, and no date to wake at. */
    void (*run)(void);
    double (*now)(void);

    /* Has `due` called at a date, the present one at the earliest, instead of the date of the last call; infinity:
     * never. */
    void (*wake)(double date_s);

    /* Whether something has ended that is not told yet, as timers ring before; `due` is called once it is. */
    bool (*await)(void);

    /* The date at which something happens in SimGrid next, as things are; infinity if nothing does, the present one if
     * something that has ended is not told yet. Only if it may be asked (not with ns-3). */
    bool (*may_ask)(void);
    double (*next)(void);

    /* Flops on a core, at most at bound flops/s if that is finite. */
    struct weir_activity *(*execute)(sg_host_t host, double flops, double bound, void *owner);
    /* Bytes between two hosts, at most at bound bytes/s if that is finite; NULL if it fails at once. */
    struct weir_activity *(*send)(sg_host_t from, sg_host_t to, double bytes, double bound, void *owner);
    /* Nobody is to hear of its end. */
    void (*disown)(struct weir_activity *activity);
    /* Ends it untold; it is forgotten. */
    void (*cancel)(struct weir_activity *activity);
    /* Bounds an execution under way. */
    void (*bound)(struct weir_activity *activity, double bound);
    /* Where flows weigh alike: a transfer does so again, with its bound, after SimGrid has changed the latency of its
     * route. */
    void (*weigh_alike)(struct weir_activity *activity, double bound);
    /* It stands still, or goes on: SimGrid lets who is on a host without speed or a link without bandwidth go on as
     * before. */
    void (*pause)(struct weir_activity *activity, bool paused);
    /* What is left of it at a date at which nothing has changed since SimGrid's. */
    double (*left)(const struct weir_activity *activity, double date_s);
    /* Flops/s or bytes/s; the latter are 0 while the latency lasts. */
    double (*rate)(const struct weir_activity *activity);
};

/* Its hosts, links and routes (simgrid_platform.cpp). */
struct weir_simgrid_platform {
    /* Hosts by name, all together, as SimGrid looks for one through all zones; NULL: it does not know it. */
    void (*find_hosts)(const char *const *names, size_t count, sg_host_t *hosts);
    /* All links, sorted by name; owned. */
    sg_link_t *(*all_links)(size_t *count);

    /* Whom events and routes are told of. */
    void (*own_host)(sg_host_t host, void *owner);
    void (*own_link)(sg_link_t link, void *owner);

    int (*cores)(sg_host_t host);
    bool (*host_is_on)(sg_host_t host);
    double (*speed)(sg_host_t host);           /* flops/s of a core, as its performance state has it */
    double (*available_speed)(sg_host_t host); /* the share of it that its profile leaves */
    unsigned long (*performance_state)(sg_host_t host);
    const char *(*host_property)(sg_host_t host, const char *key); /* NULL: it has none */
    void (*switch_host)(sg_host_t host, bool on);
    /* From now on a host works at a share of its speed. The next step of SimGrid's clock, which may be none, brings it.
     * The host must have no profile of its own. */
    void (*slow)(sg_host_t host, double share);
    void (*set_pstate)(sg_host_t host, unsigned long pstate); /* from now on */
    void (*resize)(sg_link_t link, double bytes_per_s);
    const char *(*link_name)(sg_link_t link);
    double (*bandwidth)(sg_link_t link);
    double (*latency)(sg_link_t link);
    bool (*link_is_on)(sg_link_t link);
    bool (*is_shared)(sg_link_t link); /* not FATPIPE */

    /* Wi-Fi: attaches a host to the link of its zone at the link's first rate; XML cannot say it. */
    void (*attach)(sg_host_t host, sg_link_t link);

    /* Latency between two hosts and the owners of the links on the way (at most max of them), NULL for a link of
     * SimGrid's own, such as the loopback; returns how many there are, or -1 if there is no route. */
    int (*route)(sg_host_t from, sg_host_t to, double *latency_s, void **owners, int max);

    /* A property of a link, or of the SPLITDUPLEX link that it is a direction of, its second one or not; NULL if it has
     * none. */
    const char *(*link_property)(sg_link_t link, const char *key, bool *second);

    /* SimGrid's plug-in that counts the energy of hosts: to be begun before the platform is loaded. */
    void (*count_energy)(void);
    double (*consumed_j)(sg_host_t host);

    /* The version of the library that is loaded, "SimGrid 3.32.0". */
    void (*version)(char *text, size_t size);
};

#define WEIR_SIMGRID_MODULE "weir-simgrid.so"

/* The version of its headers, as `version` tells that of the library. */
#define WEIR_SIMGRID_QUOTE(number) #number
#define WEIR_SIMGRID_DOTTED(major, minor, patch)                                                                       \
    "SimGrid " WEIR_SIMGRID_QUOTE(major) "." WEIR_SIMGRID_QUOTE(minor) "." WEIR_SIMGRID_QUOTE(patch)
#define WEIR_SIMGRID_VERSION WEIR_SIMGRID_DOTTED(SIMGRID_VERSION_MAJOR, SIMGRID_VERSION_MINOR, SIMGRID_VERSION_PATCH)

#ifdef __cplusplus
/* What the module has. */
extern __attribute__((visibility("default"))) const struct weir_simgrid weir_simgrid_calls;
extern __attribute__((visibility("default"))) const struct weir_simgrid_platform weir_simgrid_platform_calls;
#else
/* The module's, once it is loaded (simgrid_load.c). */
extern const struct weir_simgrid *weir_simgrid;
extern const struct weir_simgrid_platform *weir_simgrid_platform;

/* Loads the module; nothing if it is loaded. Errors: WEIR_EENGINE. */
int weir_simgrid_load(void);
#endif

#ifdef __cplusplus
}
#endif

#endif
