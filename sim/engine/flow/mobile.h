/* A source that moves: to which access point it is attached, and its radio link.
 *
 * A device has no host of its own. Its items are sent from the host of the access point that received them, as if they
 * had come there; before that each goes over the radio link, one after the other: its bytes at the rate by distance,
 * then the latency. Where the device is hangs on its track and the seed alone, so the date at which an item will be
 * there is known when it is the first of the backlog, and until then it counts as waiting at the source. */
#ifndef WEIR_ENGINE_MOBILE_H
#define WEIR_ENGINE_MOBILE_H

#include "sim/engine/clock/clock.h"
#include "sim/engine/flow/batch.h"
#include "sim/model/mobility.h"

struct weir_run_job;
struct weir_source;

struct weir_mobile {
    struct weir_run_job *job;
    struct weir_source *source;
    struct weir_alarm alarm; /* the next handover */
    struct weir_roam walk;   /* at the stretch that begins with it, if there is one */
    double next_s;           /* its date; INFINITY: there is none before the job, or the run, ends */
    double *dates;           /* of those that were */
    size_t count, capacity;
    double end_s;
    /* The radio link. */
    struct weir_roam air; /* where the item last looked at is sent */
    double free_s;        /* it has been sent by then */
    bool known;           /* `first` was looked at */
    struct weir_arrival first;
    double start_s, ready_s; /* its sending, and when it is at the access point, or lost */
    bool lost;
    int host; /* of that access point */
    /* For who watches. */
    struct weir_roam seen;
    int host_at_window; /* at the end of the window before */
    size_t told;        /* handovers told at the ends of windows */
    /* Since the warm-up. */
    double handovers, interrupted_s, lost_items;
    struct weir_around {
        double count, sum_s; /* latencies */
    } before, after;         /* of items that came within a window of the scenario's before, or after, a handover */
};

/* The device of the source, attached where it is when the job arrives; NULL: it stands still. */
struct weir_mobile *weir_mobile_new(struct weir_source *source, unsigned long long seed);
void weir_mobile_free(struct weir_mobile *mobile);

/* The source begins. */
void weir_mobile_start(struct weir_mobile *mobile);
/* The source plays again what it has sent: the link was not used meanwhile. */
void weir_mobile_recovered(struct weir_mobile *mobile);

/* When the first item of the backlog is at the access point, or lost. */
double weir_mobile_ready_s(struct weir_mobile *mobile, const struct weir_arrival *first);
/* It is sent on from there, now. */
void weir_mobile_sends(struct weir_mobile *mobile, struct weir_item *item);
/* A result of an item of its source was delivered. */
void weir_mobile_delivered(struct weir_mobile *mobile, const struct weir_item *item);

/* The host of a source at the end of the window before; that now is the next one's. */
int weir_mobile_window(struct weir_source *source);
/* Where the device is now; dates given do not go back. */
void weir_mobile_place(struct weir_mobile *mobile, double now_s, double *x, double *y);

#endif
