/* What has come over a connection goes in, in the order in which it was sent; what finds no room waits at the door. */
#include <stdlib.h>

#include "sim/engine/flow/connection.h"
#include "sim/engine/flow/deliver.h"
#include "sim/engine/flow/downlink.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/waiting.h"

static struct weir_flow *flow_of(const struct weir_connection *connection)
{
    return connection->inbox->job->flow;
}

void weir_landing_free_list(struct weir_landing *list)
{
    for (struct weir_landing *next; list; list = next) {
        next = list->next;
        free(list);
    }
}

/* The landing is done with. */
static void recycle(struct weir_landing *landing)
{
    landing->batch = NULL;
    landing->next = landing->connection->idle;
    landing->connection->idle = landing;
}

static struct weir_lane *lane_of(const struct weir_connection *connection, const struct weir_batch *batch)
{
    return &connection->lanes[connection->inbox->op ? batch->edge : 0];
}

/* Promises to nobody are given back. */
static void release_promises(struct weir_connection *connection, int edge)
{
    struct weir_lane *lane = &connection->lanes[edge];
    struct weir_room *room = &connection->inbox->room[edge];
    if (lane->promised <= lane->inside)
        return;
    room->promised -= lane->promised - lane->inside;
    weir_room_changed(room);
    lane->promised = lane->inside;
    weir_room_wake(flow_of(connection)->clock, room);
}

static void discard(struct weir_landing *landing)
{
    struct weir_connection *connection = landing->connection;
    struct weir_inbox *inbox = connection->inbox;
    struct weir_batch *batch = landing->batch;
    long items = batch->count, none = items;
    int edge = batch->edge;
    (inbox->op ? inbox : &inbox->job->sink)->in_transit -= items;
    lane_of(connection, batch)->inside -= items;
    landing->batch = NULL;
    weir_discard(inbox->job, inbox->op, batch, inbox->op ? &inbox->op->in_transit : &none);
    if (!inbox->op)
        return;
    release_promises(connection, edge);
    weir_op_at_rest(inbox->op);
}

/* The clocks of the items move on to now, and what was carried is counted. */
static void carry(struct weir_landing *landing)
{
    struct weir_connection *connection = landing->connection;
    struct weir_flow *flow = flow_of(connection);
    struct weir_run_job *job = connection->inbox->job;
    struct weir_batch *batch = landing->batch;
    const struct weir_route *route = weir_route(flow->shares, connection->route);
    int from = connection->from, to = connection->inbox->host;
    double now_s = flow->clock->now_s;
    weir_books_transfer(flow->books, from, to, route->links, route->link_count, landing->bytes / (1 - route->loss));
    if (weir_trace_listens(flow->books))
        weir_trace_transfer(flow->books, from, to, job->spec->name,
                            connection->inbox->op ? connection->inbox->op->spec->name : NULL, landing->bytes,
                            batch->count, landing->opened_s, now_s);
    if (flow->one_by_one) {
        for (int i = 0; i < batch->count; i++) {
            batch->items[i].network += now_s - batch->items[i].at;
            batch->items[i].at = now_s;
        }
        return;
    }
    double took_s = now_s - landing->opened_s, latency_s = fmin(route->latency_s + landing->delay_s, took_s);
    weir_batch_carry(batch, &connection->wire, (took_s - latency_s) / batch->count, latency_s, now_s);
}

/* Who is at the door comes before who is not yet on the wire, and has its place in line. */
static void stand_in_line(struct weir_connection *connection, const struct weir_room *room)
{
    if (connection->promise.in == &room->waiters && !connection->door.in)
        weir_wait_instead(&connection->door, &connection->promise);
    else
        weir_connection_leave_room(connection);
}

/* Puts what has landed into an instance's inbox: as much as is promised, then what finds room. True if all of it is
 * in. */
static bool into_inbox(struct weir_landing *landing)
{
    struct weir_connection *connection = landing->connection;
    struct weir_inbox *inbox = connection->inbox;
    struct weir_batch *batch = landing->batch;
    struct weir_lane *lane = lane_of(connection, batch);
    long *counter = &inbox->op->in_transit;
    if (lane->promised < batch->count) {
        if (lane->promised > 0) {
            struct weir_batch *part = weir_batch_slice(&flow_of(connection)->pool, batch, 0, (int)lane->promised);
            weir_batch_behead(batch, part->count);
            lane->promised -= part->count;
            weir_inbox_put_promised(inbox, part, counter);
        }
        stand_in_line(connection, &inbox->room[batch->edge]);
        return weir_inbox_put(inbox, &landing->batch, &connection->door, counter);
    }
    lane->promised -= batch->count;
    landing->batch = NULL;
    weir_inbox_put_promised(inbox, batch, counter);
    return true;
}

/* The same, or to the sink. */
static bool let_in(struct weir_landing *landing)
{
    struct weir_connection *connection = landing->connection;
    struct weir_inbox *inbox = connection->inbox;
    double now_s = flow_of(connection)->clock->now_s;
    struct weir_batch *batch = landing->batch;
    struct weir_lane *lane = lane_of(connection, batch);
    if (weir_batch_stale(inbox->job, batch)) {
        discard(landing);
        return true;
    }
    weir_batch_hold(batch, now_s - batch->since_s);
    batch->since_s = now_s;
    if (!inbox->op) {
        lane->inside -= batch->count;
        landing->batch = NULL;
        if (inbox->job->downlink) {
            weir_downlink_take(inbox->job->downlink, inbox->host, batch);
            return true;
        }
        inbox->in_transit -= batch->count;
        batch->edge = connection->origin;
        weir_count_delivery(inbox->job, batch);
        return true;
    }
    long before = inbox->op->in_transit;
    bool all = into_inbox(landing);
    long items = before - inbox->op->in_transit;
    inbox->in_transit -= items;
    lane->inside -= items;
    if (items > 0) {
        if (connection->let_in.keep_s > 0)
            weir_recent_add(&connection->let_in, now_s, items);
        weir_op_at_rest(inbox->op);
    }
    return all;
}

/* Lets in who stands at the door. True if nobody is left there. */
static bool serve_door(struct weir_connection *connection)
{
    while (connection->door_first) {
        struct weir_landing *landing = connection->door_first;
        if (!let_in(landing))
            return false;
        connection->door_first = landing->next;
        if (!connection->door_first)
            connection->door_last = NULL;
        recycle(landing);
    }
    weir_wait_over(&connection->door);
    return true;
}

void weir_connection_door_wakes(struct weir_soon *soon)
{
    struct weir_waiter *waiter = WEIR_RECORD(soon, struct weir_waiter, wake);
    struct weir_connection *connection = WEIR_RECORD(waiter, struct weir_connection, door);
    serve_door(connection);
    if (connection->senders.first)
        weir_connection_next(connection); /* what was let in may let more go */
}

void weir_connection_advance(struct weir_connection *connection)
{
    bool any = false;
    while (connection->first && connection->first->state == WEIR_LANDED) {
        struct weir_landing *landing = connection->first;
        connection->first = landing->next;
        if (!connection->first)
            connection->last = NULL;
        connection->open--;
        landing->next = NULL;
        any = true;
        if (!weir_batch_stale(connection->inbox->job, landing->batch))
            carry(landing);
        landing->batch->since_s = flow_of(connection)->clock->now_s;
        if (!connection->door_first && let_in(landing)) {
            recycle(landing);
            continue;
        }
        if (connection->door_last)
            connection->door_last->next = landing;
        else
            connection->door_first = landing;
        connection->door_last = landing;
    }
    if (any)
        weir_connection_set_land(connection);
    if (any && connection->senders.first)
        weir_connection_next(connection);
}
