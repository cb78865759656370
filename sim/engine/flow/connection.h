/* Connections: FIFOs of transfers from a host to an inbox on another one.
 *
 * One batch at a time is on the wire; then it is on its way for the latency of the route, while the next one is on the
 * wire. Where SimGrid's are the latencies (weir_shares_latencies), a batch may be opened when the one before has left
 * the first link, as long as fewer are open than cover bandwidth x delay. Batches come in in order.
 *
 * A batch goes on the wire when room at its input is promised to the connection. On a long way that would be too late:
 * so up to bandwidth x delay of items may go without a promise, and, where the input was full within the last delay,
 * one more only as long as those in transit are no more than have been let in, and taken out there, within it, which
 * must be one at least. Who comes first has the promise, whoever it was made for; what finds no room waits at the door,
 * in transit still. */
#ifndef WEIR_ENGINE_CONNECTION_H
#define WEIR_ENGINE_CONNECTION_H

#include "sim/engine/flow/flow.h"
#include "sim/engine/flow/recent.h"

enum weir_landing_state { WEIR_ON_WIRE, WEIR_ON_WAY, WEIR_LANDED, WEIR_FAILED };

/* Items of one input edge in transit: under way, or at the door. The first `promised` of them find room. */
struct weir_lane {
    long inside, promised;
    double item_bytes;
};

/* A batch under way. */
struct weir_landing {
    struct weir_transfer transfer;
    struct weir_landing *next;
    struct weir_connection *connection;
    struct weir_batch *batch;
    double opened_s, sent_s, bytes; /* sent again after a failure */
    double there_s;                 /* when it has come, lost segments sent again included */
    double delay_s;                 /* of its edge, beside the latency of the route */
    enum weir_landing_state state;
};

struct weir_connection {
    /* What every batch touches comes first, by lines of the cache. */
    struct weir_inbox *inbox;
    const struct weir_out_edge *edge; /* of an edge with a limit; NULL: of all others */
    int from;
    int route; /* index */
    /* Under way, in order of sending. */
    struct weir_landing *first, *last, *idle;
    int open;          /* how many */
    int failed;        /* how many of them are to be sent again */
    bool on_wire;      /* one is */
    bool latencies;    /* SimGrid's: several may be open */
    bool again_counts; /* the watchdog knows that it waits */
    bool strict;       /* nothing goes without a promise */
    bool delays;       /* an edge that it is for has a delay */

    struct weir_alarm land; /* the first has come: the others cannot overtake it */
    struct weir_waiters senders;
    double next_open_s; /* when the batch opened last has left the first link, as far as the route lets it */
    struct weir_landing *door_first, *door_last; /* come in, but there was no room */

    struct weir_waiter promise; /* waits for room for the first sender's batch */
    struct weir_lane *lanes;    /* one an input edge; one of a sink */

    struct weir_lane lane; /* the first of them, if there is but one */
    struct weir_recent let_in;
    double late_until_s; /* lost segments have been sent again by then */
    struct weir_connection *next;
    int origin;              /* to a sink that stands still: index into the job's origins */
    struct weir_alarm again; /* sends again, or opens the next */
    struct weir_waiter door;
    struct weir_track wire;
};

/* The connection from a host to an inbox on another one, made if it is not there: edges with a limit have their own, so
 * that none waits for another. Ends the run with an error where there is no route. */
struct weir_connection *weir_connection_find(struct weir_flow *flow, int from, struct weir_inbox *inbox,
                                             const struct weir_out_edge *edge);

/* Offers the batch that a sender holds. True if it has gone on the wire (*batch is NULL); else the sender stands in
 * line, with what is left of it. */
bool weir_connection_offer(struct weir_connection *connection, struct weir_batch **batch, struct weir_sender *sender);

/* A sender has left the line, or what it depends on has changed: the first may try. */
void weir_connection_next(struct weir_connection *connection);

/* The first sender's batch no longer waits for room: the next in line may have it. */
void weir_connection_leave_room(struct weir_connection *connection);

/* All who wait see how things are now. */
void weir_connection_wake(struct weir_connection *connection);
void weir_connection_free(struct weir_connection *connection);

/* wire.c: a batch goes on the wire, or goes again. */
void weir_connection_open(struct weir_connection *connection, struct weir_batch *batch);
void weir_connection_again(struct weir_connection *connection);
bool weir_connection_is_up(const struct weir_connection *connection);
/* The latency of the route; where segments get lost, with the round trip to send one again. */
double weir_connection_longest_s(const struct weir_connection *connection);
/* Time on the wire of so many bytes alone. */
double weir_connection_wire_s(const struct weir_connection *connection, double bytes);
/* The alarm for the next try is set, and the watchdog knows. */
void weir_connection_try_at(struct weir_connection *connection, double date_s);

/* The alarm of the first under way, if it is on its way. */
void weir_connection_set_land(struct weir_connection *connection);
void weir_connection_land_rings(struct weir_alarm *alarm);

/* landing.c: what has come goes in, in order. */
void weir_connection_advance(struct weir_connection *connection);
void weir_connection_door_wakes(struct weir_soon *soon);
void weir_landing_free_list(struct weir_landing *list);

#endif
