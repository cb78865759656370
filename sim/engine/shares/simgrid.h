/* SimGrid as this room uses it: everything from its maestro, without actors. Implemented in C++, and
 * nothing else is. */
#ifndef WEIR_ENGINE_SHARES_SIMGRID_H
#define WEIR_ENGINE_SHARES_SIMGRID_H

#include <simgrid/forward.h>
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
    void (*due)(void *context); /* the date of weir_simgrid_wake has come */
    /* By profiles of the platform, or by our own calls. */
    void (*host_switched)(void *context, sg_host_t host, bool up);
    void (*host_slowed)(void *context, sg_host_t host);
    void (*link_switched)(void *context, sg_link_t link, bool up);
    void (*link_resized)(void *context, sg_link_t link);
    void (*link_delayed)(void *context, sg_link_t link); /* its latency is another one */
};

/* Starts SimGrid with arguments as of main, once a process. */
void weir_simgrid_start(int argc, char **argv);

/* Loads a platform; 0, or -1 with SimGrid's message (some errors abort the process all the same). Where it has
 * profiles, SimGrid's clock stops at each of their dates; where some are of latencies, these are watched. */
int weir_simgrid_load(const char *path, bool profiles, bool latencies, char *message, size_t size);

/* After loading: from now on events are told. */
void weir_simgrid_listen(const struct weir_simgrid_ears *ears);

/* Runs until nothing is left: no activity, and no date to wake at. */
void weir_simgrid_run(void);
double weir_simgrid_now(void);

/* Has `due` called at a date, the present one at the earliest, instead of the date of the last call; infinity: never.
 */
void weir_simgrid_wake(double date_s);

/* Whether something has ended that is not told yet, as timers ring before; `due` is called once it is. */
bool weir_simgrid_await(void);

/* The date at which something happens in SimGrid next, as things are; infinity if nothing does, the present one if
 * something that has ended is not told yet. Only if it may be asked
 * (not with ns-3). */
bool weir_simgrid_may_ask(void);
double weir_simgrid_next(void);

/* Flops on a core, at most at bound flops/s if that is finite. */
struct weir_activity *weir_simgrid_execute(sg_host_t host, double flops, double bound, void *owner);
/* Bytes between two hosts, at most at bound bytes/s if that is finite; NULL if it fails at once. */
struct weir_activity *weir_simgrid_send(sg_host_t from, sg_host_t to, double bytes, double bound, void *owner);
/* Nobody is to hear of its end. */
void weir_simgrid_disown(struct weir_activity *activity);
/* Ends it untold; it is forgotten. */
void weir_simgrid_cancel(struct weir_activity *activity);
/* Bounds an execution under way. */
void weir_simgrid_bound(struct weir_activity *activity, double bound);
/* Where flows weigh alike: a transfer does so again, with its bound, after SimGrid has changed the latency of its
 * route. */
void weir_simgrid_weigh_alike(struct weir_activity *activity, double bound);
/* It stands still, or goes on: SimGrid lets who is on a host without speed or a link without bandwidth go on as before.
 */
void weir_simgrid_pause(struct weir_activity *activity, bool paused);
/* What is left of it at a date at which nothing has changed since SimGrid's. */
double weir_simgrid_left(const struct weir_activity *activity, double date_s);
/* Flops/s or bytes/s; the latter are 0 while the latency lasts. */
double weir_simgrid_rate(const struct weir_activity *activity);

/* From now on a host works at a share of its speed. The next step of SimGrid's clock, which may be none, brings it. The
 * host must have no profile of its own. */
void weir_simgrid_slow(sg_host_t host, double share);
void weir_simgrid_resize(sg_link_t link, double bytes_per_s);
bool weir_simgrid_link_is_on(sg_link_t link);

/* Wi-Fi: attaches a host to the link of its zone at the link's first rate; XML cannot say it. */
void weir_simgrid_attach(sg_host_t host, sg_link_t link);

/* Latency between two hosts and the links on the way (at most max of them); returns how many there are, or -1 if there
 * is no route. */
int weir_simgrid_route(sg_host_t from, sg_host_t to, double *latency_s, sg_link_t *links, int max);

/* A property of a link, or of the SPLITDUPLEX link that it is a direction of, its second one or not; NULL if it has
 * none.
 */
const char *weir_simgrid_link_property(sg_link_t link, const char *key, bool *second);

#ifdef __cplusplus
}
#endif

#endif
