/* Hosts and links, and who uses them: work on cores and transfers over routes. Work has a known end, also where it
 * shares cores; a transfer has one while it shares no link, and is SimGrid's as soon as it does. The only room that
 * includes SimGrid's headers.
 *
 * A transfer here is bytes on the wire; the latency of the route comes after it and is the caller's, but where
 * `latencies` says that SimGrid's is meant. */
#ifndef WEIR_ENGINE_SHARES_H
#define WEIR_ENGINE_SHARES_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/engine/clock/clock.h"
#include "sim/model/scenario.h"

struct weir_shares;
struct weir_activity; /* of SimGrid's, as shares/ knows it */

/* Who knows how long work or a transfer takes. */
enum weir_hands {
    WEIR_HANDS_NONE,    /* nobody: it is idle */
    WEIR_HANDS_LINE,    /* nobody yet: it waits for a core */
    WEIR_HANDS_OWN,     /* its end is an alarm */
    WEIR_HANDS_ASKED,   /* SimGrid is to have it, at the present date */
    WEIR_HANDS_SIMGRID, /* SimGrid */
    WEIR_HANDS_TOLD,    /* it has ended; `done` is to be called at the present date */
    WEIR_HANDS_WAY      /* a transfer that has left the wire */
};

/* Work on a core of a host; part of the record of who works. Zeroed but for `done`, it is idle. */
struct weir_work {
    void (*done)(struct weir_work *work, bool ok); /* ok false: the host has failed; called when it is idle again */
    struct weir_alarm end;
    struct weir_activity *activity;
    struct weir_work *next, *before; /* on its host */
    struct weir_shares *shares;
    int host;
    unsigned char hands; /* enum weir_hands */
    bool ok;             /* to be told */
    bool shared;         /* there was not enough for all on its host */
    unsigned place;      /* among those that SimGrid is to have, or that are to be told */
    unsigned number;     /* in the order of beginning, transfers included; it may wrap around */
    double flops;        /* left at since_s */
    double rate;         /* flops/s, in our hands */
    double since_s;
    double share;     /* of a core, at most */
    double uncounted; /* flops left when its owner was told of its joules last */
    int owner;        /* whose it is, where joules are divided (weir_owners_begin) */
};

/* Bytes under way on the wire. Zeroed but for `done`, it is idle. */
struct weir_transfer {
    void (*done)(struct weir_transfer *transfer, bool ok); /* ok false: a host or link has failed */
    struct weir_alarm end;
    struct weir_activity *activity;
    struct weir_transfer *next, *before; /* on the wire of its route, or on its way */
    struct weir_shares *shares;
    int route;           /* still known in `done` */
    unsigned char hands; /* enum weir_hands */
    bool ok;
    bool shared; /* a link on its way had not enough for all */
    unsigned place;
    unsigned number;
    double bytes;      /* left at since_s; on links that lose packets, with those sent again */
    double want, rate; /* bytes/s: if it had to share with nobody; in our hands */
    double since_s;
    double limit;     /* bytes/s, at most; INFINITY */
    double uncounted; /* bytes left when the energy of its links was counted last */
};

static inline bool weir_work_idle(const struct weir_work *work)
{
    return work->hands == WEIR_HANDS_NONE;
}
static inline bool weir_transfer_idle(const struct weir_transfer *transfer)
{
    return transfer->hands == WEIR_HANDS_NONE;
}

/* What a route between two hosts costs. */
struct weir_route {
    int from, to;
    double latency_s, bytes_per_s; /* what one connection gets if it is alone; 0: there is no route */
    double alone_bytes_per_s;      /* the smallest bandwidth on the way */
    double loss;                   /* of packets */
    double most_bytes_per_s;       /* of a connection, for its losses; 0: no limit */
    int *links;                    /* indices of weir_shares_link_name */
    int link_count;
};

/* Starts SimGrid and loads the platform; once a process. NULL with the error set: WEIR_EENGINE, WEIR_ERUN, WEIR_EINPUT.
 * `scenario` may be NULL (defaults). */
struct weir_shares_spec {
    const struct weir_scenario *scenario;
    const struct weir_platform *platform;
};
struct weir_shares *weir_shares_new(const struct weir_shares_spec *spec, struct weir_clock *clock);
void weir_shares_free(struct weir_shares *shares);

/* Rings the clock's events and SimGrid's until the clock is over or nothing is left. */
void weir_shares_run(struct weir_shares *shares);

/* Whether SimGrid's are all latencies ("fairness": "rtt", other network models): then a transfer ends when its last
 * byte has come, and several of a connection may be under way. */
bool weir_shares_latencies(const struct weir_shares *shares);

/* Work of so many flops begins, at most at a share of a core. What ends at once calls `done` soon. */
void weir_work_begin(struct weir_shares *shares, struct weir_work *work, int host, double flops, double share);
/* Flops that are left of it now; 0: it has ended, and `done` is to be called. */
double weir_work_left(const struct weir_work *work);
/* It ends without `done`; nothing if it is idle. */
void weir_work_stop(struct weir_work *work);

/* Bytes of payload go on the wire of a route, at most at limit bytes/s; what its loss has sent again comes on top, and
 * its loss bounds the rate (routes.c). */
void weir_transfer_begin(struct weir_shares *shares, struct weir_transfer *transfer, int route, double bytes,
                         double limit);
/* In `done`, or after it with ok, when it is idle: the bytes are on their way for as long as the caller says; `done` is
 * called with ok false if a host or link of the route fails meanwhile. */
void weir_transfer_leave(struct weir_transfer *transfer);
/* It ends without `done`, on the wire or on its way; nothing if it is idle. */
void weir_transfer_stop(struct weir_transfer *transfer);

/* Hosts, by index of the platform. */
bool weir_host_up(const struct weir_shares *shares, int host);
unsigned weir_host_failures(const struct weir_shares *shares, int host); /* so far */
double weir_host_speed(const struct weir_shares *shares, int host);      /* flops/s of a core now */
/* The host goes down or comes up; it works at a share of its speed (both from now on). */
void weir_host_switch(struct weir_shares *shares, int host, bool up);
/* Whether a host is awake; from now on. It is up only if it is. Nothing works or is on its way there. */
enum weir_power { WEIR_AWAKE, WEIR_ASLEEP, WEIR_BOOTING };
void weir_host_power(struct weir_shares *shares, int host, enum weir_power power);
enum weir_power weir_host_is(const struct weir_shares *shares, int host);
bool weir_host_quiet(const struct weir_shares *shares, int host); /* no transfer goes from or to it */
void weir_host_slow(struct weir_shares *shares, int host, double share);
/* The host works in another of its performance states, and draws what that one does; from now on. False, with the run
 * failed, where SimGrid cannot bear it. */
bool weir_host_set_pstate(struct weir_shares *shares, int host, int pstate);
/* What it draws without work, with all cores busy, off and booting, in its performance state; NaN where the
 * platform does not say. */
void weir_host_range_w(const struct weir_shares *shares, int host, double *idle_w, double *all_w, double *off_w,
                       double *boot_w);
/* What it draws now, W; NaN where the platform does not say. */
double weir_host_watts(const struct weir_shares *shares, int host);
double weir_host_drawn_j(const struct weir_shares *shares, int host); /* until now, J */
/* What its battery holds now, J; NaN: it has none. */
double weir_host_battery_j(const struct weir_shares *shares, int host);
/* Told when a battery is empty and its host goes down, and when it is charged again. */
void weir_shares_on_drain(struct weir_shares *shares, void (*drained)(void *context, int host, bool empty),
                          void *context);

/* Links as SimGrid knows them, sorted by name: a SPLITDUPLEX link of the platform is NAME_UP and NAME_DOWN. */
int weir_shares_link_count(const struct weir_shares *shares);
const char *weir_link_name(const struct weir_shares *shares, int link);
double weir_link_bandwidth(const struct weir_shares *shares, int link); /* now; of Wi-Fi the rate of its hosts */
double weir_link_latency(const struct weir_shares *shares, int link);
/* By name in the platform, both directions: from now on. */
void weir_link_switch(struct weir_shares *shares, const char *name, bool up);
void weir_link_resize(struct weir_shares *shares, const char *name, double bytes_per_s);
void weir_link_lose(struct weir_shares *shares, const char *name, double loss); /* share of packets */

/* The index of the route; valid for the whole run. The route of an index is valid until another one is asked for. */
int weir_route_find(struct weir_shares *shares, int from, int to);
const struct weir_route *weir_route(const struct weir_shares *shares, int index);
/* Told when bandwidths or losses have changed. */
void weir_shares_on_change(struct weir_shares *shares, void (*changed)(void *context), void *context);

/* How many works so far have been on a host, and transfers on a link, when there was not enough for all; where all are
 * SimGrid's, all. */
void weir_shares_handed(const struct weir_shares *shares, unsigned long long *works, unsigned long long *transfers);

/* Joules of hosts and links until now. */
double weir_shares_energy_j(struct weir_shares *shares);
/* The same of each: [host of the platform], [weir_shares_link_count]; 0 where the platform gives no watts. */
void weir_shares_energy_each(struct weir_shares *shares, double *hosts_j, double *links_j);

/* Joules of hosts are divided among so many owners of work, from now on, which is the start of the run (owners.c). */
void weir_owners_begin(struct weir_shares *shares, int count);
/* Instances of an owner come to a host, or leave it; nothing where joules are not divided. */
void weir_owner_here(struct weir_shares *shares, int host, int owner, int by);
/* Brings what owners have up to date; what one has had by then. */
void weir_owners_settle(struct weir_shares *shares);
double weir_owner_j(const struct weir_shares *shares, int owner);

/* The first transfer in SimGrid's hands that gets less than so many bytes/s though its latency must be over: see the
 * watchdog. Writes a sentence about it in `text`; false if there is none. */
bool weir_shares_still(const struct weir_shares *shares, double least_bytes_per_s, double wait_s, char *text,
                       size_t size);

/* weir_engine_probe. */
struct weir_probe;
int weir_shares_probe(struct weir_probe *probe);

/* "SimGrid 3.32.0" */
const char *weir_shares_version(void);

/* weir_engine_open. */
int weir_shares_open(void);

#endif
