/* The state of the room, and what its files do for each other. Known to nobody outside. */
#ifndef WEIR_ENGINE_SHARES_STATE_H
#define WEIR_ENGINE_SHARES_STATE_H

#include <math.h>

#include "sim/base/memory.h"
#include "sim/engine/shares/shares.h"
#include "sim/engine/shares/simgrid.h"

/* What a link without bandwidth has in SimGrid's eyes where latencies are SimGrid's: of one with none at all SimGrid
 * lets the flows go on as before, and a pause would begin them anew once their latency is over. */
#define WEIR_CRAWL_BYTES_PER_S 1e-3

/* Joules of a host, by the rule of SimGrid's plug-in. */
struct weir_host_energy {
    double idle_w, epsilon_w, all_w, off_w, boot_w;
    double base_j; /* all but what grows with the load */
    double flops;  /* done by what was in our hands until since_s, or has left SimGrid's */
    double since_s;
};

struct weir_host_state {
    _Alignas(WEIR_LINE) struct weir_work *first, *last; /* what works on it, in the order of beginning */
    struct weir_work *line_first, *line_last;           /* what waits for a core, where it does */
    double speed;                                       /* flops/s of a core now */
    double part;     /* of what works, the shares of those that may not use a core, together */
    unsigned whole;  /* and the others */
    double own_load; /* cores that are used by what is in our hands */
    double level;    /* of a core, that each may use at most for all to fit; 1: all do */
    bool uneven;     /* its level is to be found anew */
    int cores;
    unsigned failures;
    bool up;             /* on, not down, and awake: weir_host_set_up */
    bool on;             /* as SimGrid and its profiles have it */
    bool down;           /* as weir_host_switch has it */
    bool empty;          /* its battery is, and it is down for that */
    unsigned char power; /* enum weir_power */
    bool metered;        /* the platform says what it draws */
    bool slowed;         /* SimGrid does not know `slow` yet */
    bool stated;         /* SimGrid does not know `pstate` yet */
    int pstate;          /* the performance state that it is in */
    struct weir_host_energy energy;
    double peak;          /* flops/s of a core, in its performance state */
    double profile, slow; /* shares of it, by the profile in the platform and by weir_host_slow */
    sg_host_t host;
    struct weir_battery *battery; /* NULL: it has none */
    int *routes;                  /* that lead from or to it, of those asked for */
    size_t route_count, route_capacity;
};

static inline void weir_host_set_up(struct weir_host_state *host)
{
    host->up = host->on && !host->down && !host->empty && host->power == WEIR_AWAKE;
}

static inline void weir_host_set_speed(struct weir_host_state *host)
{
    host->speed = host->peak * host->profile * host->slow;
}

/* Joules of a link, by the rule of SimGrid's plug-in: in proportion to its use. */
struct weir_link_energy {
    double idle_w, busy_w;
    bool second;   /* direction of a SPLITDUPLEX link, which idles once */
    double used_s; /* bytes carried over the bandwidth of the time */
    double most;   /* for a moment: bytes that one flow has carried since they were counted last */
};

struct weir_link_state {
    sg_link_t link;
    const char *name;
    double bandwidth, latency_s;
    bool on, down; /* as of hosts */
    bool fatpipe;  /* never shares */
    bool wifi;     /* shares air time */
    bool resized;  /* SimGrid does not know `bandwidth` yet */
    bool still;    /* it has none, and SimGrid's transfers over it are paused, or crawl */
    double loss;
    unsigned users, own; /* transfers on its wire; those in our hands */
    double wanted;       /* bytes/s that they would use together, each alone */
    bool even;           /* it has no room, and divides its bandwidth alone */
    bool uneven;         /* and is to do it anew */
    int *routes;         /* that lead over it, of those asked for */
    size_t route_count, route_capacity;
    struct weir_link_energy *energy;
};

struct weir_route_state {
    struct weir_route route;
    bool simgrids; /* its transfers always are, as over Wi-Fi */
    struct weir_transfer *wire, *way;
};

/* Work or a transfer. */
struct weir_share {
    struct weir_work *work;
    struct weir_transfer *transfer;
};
struct weir_share_list {
    struct weir_share *all;
    size_t first, count, capacity;
};

struct weir_shares {
    struct weir_clock *clock;
    const struct weir_scenario *scenario; /* may be NULL */
    const struct weir_platform *platform;
    bool all_works, all_transfers; /* are SimGrid's */
    bool in_line;                  /* work waits for a core */
    bool latencies;                /* as the public question */
    bool in_step;                  /* SimGrid's clock goes along with every event */
    bool energy;                   /* joules are counted */
    bool plug_in;                  /* SimGrid counts the energy of hosts */
    bool fixed_speeds;             /* cpu/optim is TI */
    bool fatpipes_draw;            /* there are FATPIPE links with watts */
    struct weir_owners *owners;    /* owners.c; NULL: joules are not divided */
    struct weir_host_state *hosts;
    int host_count;
    struct weir_link_state *links; /* sorted by name */
    int link_count;
    struct weir_route_state *routes;
    size_t route_count, route_capacity;
    struct weir_route_slot *route_slots; /* routes.c */
    size_t route_slot_count;
    void (*changed)(void *context);
    void *changed_context;
    void (*drained)(void *context, int host, bool empty);
    void *drained_context;
    /* What SimGrid is to do, once its clock has come to the present date. */
    struct weir_share_list asked; /* work and transfers that it is to have */
    struct weir_activity **cancelled;
    size_t cancelled_count, cancelled_capacity;
    int *uneven, *uneven_links; /* hosts.c, wires.c */
    size_t uneven_count, uneven_capacity, uneven_link_count, uneven_link_capacity;
    struct weir_soon pace;
    struct weir_transfer **flows; /* for a moment */
    size_t flow_capacity;
    int *slowed, *resized, *switched; /* hosts; links; hosts, where SimGrid is to know that they are down */
    size_t slowed_count, resized_count, switched_count;
    size_t slowed_capacity, resized_capacity, switched_capacity;
    bool urgent;    /* what it has to do cannot wait until it gets something new */
    bool switching; /* it is being told that a host goes down or comes up */
    bool stating;   /* it is being told of a performance state */
    bool unsettled; /* its next date is known only once its clock is behind unsettled_s */
    double unsettled_s;
    long held;                                         /* activities */
    unsigned long long shared_works, shared_transfers; /* so far */
    unsigned begun;                                    /* works and transfers so far */
    /* What has ended. */
    struct weir_share_list told;
    struct weir_soon tell;
};

/* Flops/s that work may have in SimGrid's hands; INFINITY: as many as there are. */
static inline double weir_work_bound(const struct weir_shares *shares, const struct weir_work *work)
{
    return work->share < 1 ? work->share * shares->hosts[work->host].speed : INFINITY;
}

/* activity.c: hands SimGrid what it is to do, and hears what has ended. */
void weir_share_ask_work(struct weir_shares *shares, struct weir_work *work);
void weir_share_ask_transfer(struct weir_shares *shares, struct weir_transfer *transfer);
/* It is no longer in the hands of anybody but ours; what SimGrid has of it is cancelled. */
void weir_share_withdraw_work(struct weir_work *work);
void weir_share_withdraw_transfer(struct weir_transfer *transfer);
/* `done` is to be called soon. */
void weir_share_tell_work(struct weir_shares *shares, struct weir_work *work, bool ok);
void weir_share_tell_transfer(struct weir_shares *shares, struct weir_transfer *transfer, bool ok);
/* What is in our hands and ends now, but for rounding, is to be told with the rest; and whether there is any, asked
 * first by what rings. */
void weir_share_gather(struct weir_shares *shares);
bool weir_share_more_ends(const struct weir_shares *shares);
/* Calls `done` of the first that is to be told; false if there is none. */
bool weir_share_tell_one(struct weir_shares *shares);
/* Our clock follows SimGrid's to what has happened there. */
void weir_share_follow(const struct weir_shares *shares);
/* SimGrid says that it has ended. */
void weir_share_on_executed(void *context, void *work, bool ok);
void weir_share_on_sent(void *context, void *transfer, bool ok);
/* All that SimGrid is to do; its clock has come to the present date. */
void weir_share_run_errands(struct weir_shares *shares);
/* At the end of the run: whatever SimGrid holds is cancelled. */
void weir_share_drop_all(struct weir_shares *shares);
/* A link or host is on the list of those whose change SimGrid does not know. */
void weir_share_note_resize(struct weir_shares *shares, int link);
void weir_share_note_switch(struct weir_shares *shares, int host);
void weir_share_init(struct weir_shares *shares);
void weir_share_fini(struct weir_shares *shares);

/* drive.c */
void weir_drive_on(void *context);

/* hosts.c */
void weir_hosts_init(struct weir_shares *shares);
void weir_hosts_fini(struct weir_shares *shares);
/* Work in our hands ends. */
void weir_work_ends(struct weir_alarm *end);
void weir_work_over(struct weir_work *work); /* and is to be told */
/* Work is off its host. */
void weir_work_leave(struct weir_work *work);
/* Uneven hosts and links divide what they have anew, when nothing else is to happen at the present date. */
void weir_pace_soon(struct weir_shares *shares);
void weir_hosts_on_switch(void *context, void *host, bool up);
void weir_host_note_uneven(struct weir_shares *shares, struct weir_host_state *host); /* of one */

/* Its level: the most of a core that each may use for all to fit. */
double weir_host_level(const struct weir_host_state *host);
/* Its battery is empty, or is not any more. */
void weir_host_empty(struct weir_shares *shares, int index, bool empty);

/* speeds.c */
void weir_hosts_on_slow(void *context, void *host);
/* What SimGrid has on the host stands still if it has no speed, and has its shares of cores at the present one; once
 * SimGrid has the speed, lest its plug-in takes the load from then on for that until then. */
void weir_share_pace(struct weir_shares *shares, struct weir_host_state *host);
/* SimGrid is told of the speeds that it does not know. */
void weir_share_slow_all(struct weir_shares *shares);

/* battery.c */
void weir_batteries_init(struct weir_shares *shares);
void weir_batteries_fini(struct weir_shares *shares);
/* What a host with a battery draws is about to change. */
void weir_battery_touch(struct weir_host_state *host);

/* links.c */
void weir_links_init(struct weir_shares *shares);
void weir_links_fini(struct weir_shares *shares);
/* wires.c: who is on the links. A transfer comes onto the wire of its route; a list of transfers gets one more. */
void weir_wire_enter(struct weir_shares *shares, struct weir_transfer *transfer);
void weir_wire_list(struct weir_transfer **list, struct weir_transfer *transfer);
/* The bandwidth of a link has changed. */
void weir_wires_resized(struct weir_shares *shares, int link);
void weir_wires_pace(struct weir_shares *shares);
/* A route has been asked for. */
void weir_wires_add_route(struct weir_shares *shares, int route);
struct weir_link_state *weir_link_named(const struct weir_shares *shares, const char *name); /* as SimGrid has it */
/* A transfer in our hands ends. */
void weir_transfer_ends(struct weir_alarm *end);
void weir_transfer_over(struct weir_transfer *transfer);
/* A transfer is off the wire or its way. */
void weir_transfer_off(struct weir_transfer *transfer);
/* Whatever goes from or to the host fails. */
void weir_transfers_fail_host(struct weir_shares *shares, int host);
void weir_links_on_switch(void *context, void *link, bool up);
void weir_links_on_resize(void *context, void *link);
void weir_links_on_delay(void *context, void *link);
/* Bytes left now. */
double weir_transfer_left(const struct weir_transfer *transfer);

/* routes.c: what bandwidth and loss of a link have become, and by how much more its latency is. */
void weir_routes_again(struct weir_shares *shares, int link, double more_s);
void weir_routes_fini(struct weir_shares *shares);

/* energy.c; nothing where the platform does not say. `count` before anything about the host or link changes. */
void weir_energy_init(struct weir_shares *shares);
void weir_energy_fini(struct weir_shares *shares);
void weir_energy_count_host(struct weir_shares *shares, struct weir_host_state *host);
/* A transfer has so many bytes left. */
void weir_energy_count_transfer(struct weir_shares *shares, struct weir_transfer *transfer, double left);
/* All transfers: where FATPIPE links draw, before another one begins. */
void weir_energy_count_all(struct weir_shares *shares);
void weir_energy_count_link(struct weir_shares *shares, int link);
void weir_energy_set_pstate(struct weir_shares *shares, struct weir_host_state *host); /* before its peak changes */
double weir_energy_host_j(struct weir_shares *shares, struct weir_host_state *host);   /* of one that is metered */

/* owners.c: work is about to leave a host that is metered. */
void weir_owners_leave(struct weir_shares *shares, struct weir_host_state *host, struct weir_work *work);
/* What a flop draws on the host is about to change. */
void weir_owners_settle_host(struct weir_shares *shares, int host);
void weir_owners_fini(struct weir_shares *shares);

#endif
