/* A device that moves, which is the source of a job, its sink, or both: to which access point it is attached, and what
 * is measured of it. Its radio link: uplink.h, downlink.h. */
#ifndef WEIR_ENGINE_MOBILE_H
#define WEIR_ENGINE_MOBILE_H

#include "sim/engine/clock/clock.h"
#include "sim/engine/flow/batch.h"
#include "sim/model/mobility.h"

struct weir_flow;
struct weir_run_job;
struct weir_source;

struct weir_mobile {
    struct weir_run_job *job;
    struct weir_source *source; /* NULL: it is the sink alone */
    const struct weir_device *device;
    struct weir_stays stays;
    size_t count;            /* handovers so far: the present stay */
    struct weir_alarm alarm; /* the next handover */
    double next_s;           /* its date; INFINITY: there is none before the job, or the run, ends */
    double end_s;
    int host; /* of the present access point */
    /* For who watches. */
    struct weir_trip seen;
    int host_at_window; /* at the end of the window before */
    size_t told;        /* handovers told at the ends of windows */
    /* Since the warm-up. */
    double handovers, interrupted_s, lost_items;
    struct weir_around {
        double count, sum_s; /* latencies */
    } before, after;         /* of items that came within a window of the scenario's before, or after, a handover */
};

/* When access points are down, by the faults of the run; NULL where devices heed it not. */
struct weir_downs *weir_mobile_downs_new(const struct weir_flow *flow);
void weir_mobile_downs_free(struct weir_downs *downs);

/* The devices of the job's ends, attached where they are when it arrives; nothing if it has none. */
void weir_mobiles_init(struct weir_run_job *job);
void weir_mobiles_fini(struct weir_run_job *job);

/* The job has arrived. */
void weir_mobile_start(struct weir_mobile *mobile);
/* The host of an access point. */
int weir_mobile_host(const struct weir_mobile *mobile, int at);
/* A result was delivered. */
void weir_mobile_delivered(struct weir_mobile *mobile, const struct weir_item *item);

/* The host of a source at the end of the window before; that now is the next one's. */
int weir_mobile_window(struct weir_source *source);
/* Where the device is now; dates given do not go back. */
void weir_mobile_place(struct weir_mobile *mobile, double now_s, double *x, double *y);

#endif
