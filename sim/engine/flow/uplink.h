/* The radio link of a source that moves.
 *
 * A device has no host of its own. Its items are sent from the host of the access point that received them, as if they
 * had come there; before that each goes over the radio link, one after the other: its bytes at the rate by distance,
 * then the latency. Where the device is hangs on its track and the seed alone, so the date at which an item will be
 * there is known when it is the first of the backlog, and until then it counts as waiting at the source. */
#ifndef WEIR_ENGINE_UPLINK_H
#define WEIR_ENGINE_UPLINK_H

#include "sim/engine/flow/mobile.h"

struct weir_uplink {
    struct weir_mobile *mobile;
    struct weir_radio radio; /* where the item last looked at is sent */
    double free_s;           /* it has been sent by then */
    bool known;              /* `first` was looked at */
    struct weir_arrival first;
    double start_s, ready_s; /* its sending, and when it is at the access point, or lost */
    bool lost;
    int host; /* of that access point */
};

struct weir_uplink *weir_uplink_new(struct weir_mobile *mobile);

/* The source begins. */
void weir_uplink_start(struct weir_uplink *uplink);
/* The source plays again what it has sent: the link was not used meanwhile. */
void weir_uplink_recovered(struct weir_uplink *uplink);

/* When the first item of the backlog is at the access point, or lost. */
double weir_uplink_ready_s(struct weir_uplink *uplink, const struct weir_arrival *first);
/* It is sent on from there, now. */
void weir_uplink_sends(struct weir_uplink *uplink, struct weir_item *item);

#endif
