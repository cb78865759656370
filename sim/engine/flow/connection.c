#include "sim/engine/flow/connection.h"

#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/engine/flow/ack.h"
#include "sim/engine/flow/barrier.h"
#include "sim/engine/flow/deliver.h"
#include "sim/engine/flow/peers.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/send.h"
#include "sim/engine/flow/waiting.h"

#define OPEN_LIMIT 1024

static struct weir_flow *flow_of(const struct weir_connection *connection)
{
    return connection->inbox->job->flow;
}

static struct weir_room *room_of(const struct weir_connection *connection, const struct weir_batch *batch)
{
    return &connection->inbox->room[batch->edge];
}

void weir_connection_leave_room(struct weir_connection *connection)
{
    const struct weir_waiters *line = connection->promise.in;
    if (!line)
        return;
    weir_wait_over(&connection->promise);
    for (int e = 0; e < connection->inbox->op->in_edges; e++)
        if (&connection->inbox->room[e].waiters == line)
            weir_room_wake(flow_of(connection)->clock, &connection->inbox->room[e]);
}

/* Room has come for the first sender's batch. */
static void promise_wakes(struct weir_soon *soon)
{
    struct weir_waiter *waiter = WEIR_RECORD(soon, struct weir_waiter, wake);
    struct weir_connection *connection = WEIR_RECORD(waiter, struct weir_connection, promise);
    if (connection->senders.first)
        weir_waiters_wake_first(flow_of(connection)->clock, &connection->senders);
    else
        weir_connection_next(connection);
}

static void again_rings(struct weir_alarm *alarm)
{
    struct weir_connection *connection = WEIR_RECORD(alarm, struct weir_connection, again);
    if (connection->again_counts)
        weir_watch_end(&connection->inbox->job->watch);
    connection->again_counts = false;
    weir_connection_again(connection);
    weir_connection_next(connection);
}

/* Whether its route is long enough for items without a promise: then the input notes when items are taken out. */
static void watch_room(const struct weir_connection *connection)
{
    double longest_s = weir_connection_longest_s(connection);
    if (!(longest_s > 0) || !connection->inbox->op)
        return;
    for (int e = 0; e < connection->inbox->op->in_edges; e++) {
        struct weir_room *room = &connection->inbox->room[e];
        if (!room->taken)
            room->taken = weir_alloc(1, sizeof *room->taken);
        room->taken->keep_s = fmax(room->taken->keep_s, longest_s);
    }
}

/* Whether any edge to the sink has a delay. */
static bool any_delay(const struct weir_job *spec)
{
    bool any = false;
    for (int e = 0; e < spec->edge_count; e++)
        any |= spec->edges[e].delay_s > 0;
    return any;
}

static struct weir_connection *make_connection(struct weir_flow *flow, int from, struct weir_inbox *inbox,
                                               const struct weir_out_edge *own)
{
    struct weir_connection *connection = weir_alloc_lines(sizeof *connection);
    connection->inbox = inbox;
    connection->from = from;
    connection->edge = own;
    connection->origin = inbox->op || inbox->job->downlink ? -1 : weir_origin_of(inbox->job, from);
    connection->latencies = weir_shares_latencies(flow->shares);
    connection->delays = !inbox->op && any_delay(inbox->job->spec);
    connection->strict = inbox->op && inbox->op->spec->unacked > 0;
    connection->promise.wake.ring = promise_wakes;
    connection->door.wake.ring = weir_connection_door_wakes;
    connection->again.ring = again_rings;
    connection->land.ring = weir_connection_land_rings;
    connection->route = weir_route_find(flow->shares, from, inbox->host);
    if (!(weir_route(flow->shares, connection->route)->bytes_per_s > 0))
        weir_clock_fail(flow->clock, WEIR_EENGINE,
                        "%s: there is no route from %s to %s; add a <route> or a <zoneRoute>", flow->platform->path,
                        flow->platform->hosts[from].name, flow->platform->hosts[inbox->host].name);
    connection->let_in.keep_s = weir_connection_longest_s(connection);
    bool many = inbox->op && inbox->op->in_edges > 1;
    connection->lanes = many ? weir_alloc((size_t)inbox->op->in_edges, sizeof *connection->lanes) : &connection->lane;
    watch_room(connection);
    connection->next = inbox->connections;
    inbox->connections = connection;
    WEIR_ONE_MORE(flow->connections, flow->connection_count, flow->connection_capacity);
    flow->connections[flow->connection_count++] = connection;
    weir_peers_add(inbox, connection);
    return connection;
}

struct weir_connection *weir_connection_find(struct weir_flow *flow, int from, struct weir_inbox *inbox,
                                             const struct weir_out_edge *edge)
{
    const struct weir_out_edge *own = isfinite(edge->bytes_per_s) ? edge : NULL;
    struct weir_connection *c = inbox->peers ? weir_peers_find(inbox->peers, from, own) : inbox->connections;
    while (!inbox->peers && c && (c->from != from || c->edge != own))
        c = c->next;
    return c ? c : make_connection(flow, from, inbox, own);
}

/* Whether the input, which was full before, has room for so many items or takes half of the others within a latency. A
 * gap of a latency in what it is sent says little: a whole way of items would be far more than it takes. */
static bool is_taken(const struct weir_connection *connection, int edge, long items)
{
    const struct weir_room *room = &connection->inbox->room[edge];
    return items <= room->limit ||
           weir_recent_count(room->taken, flow_of(connection)->clock->now_s, weir_connection_longest_s(connection)) >=
               (items - room->limit + 1) / 2;
}

/* Whether so many items may go without a promise. */
static bool may_go_loose(const struct weir_connection *connection, int edge, int count, double bytes)
{
    const struct weir_room *room = &connection->inbox->room[edge];
    const struct weir_flow *flow = flow_of(connection);
    double longest_s = weir_connection_longest_s(connection), now_s = flow->clock->now_s;
    double rate = bytes / weir_connection_wire_s(connection, bytes);
    const struct weir_lane *lane = &connection->lanes[edge];
    long loose = lane->inside - lane->promised;
    if (!((double)loose * lane->item_bytes + bytes <= rate * longest_s))
        return false;
    if (room->used < room->limit && now_s - room->full_s > longest_s)
        return !connection->strict && (room->full_s == -INFINITY || is_taken(connection, edge, loose + count));
    long enough = loose > count ? loose : count;
    return room->limit >= 0 && !connection->strict &&
           weir_recent_count(&connection->let_in, now_s, longest_s) >= enough && room->taken &&
           weir_recent_count(room->taken, now_s, longest_s) >= enough;
}

/* Whether it is before a barrier for which the input sets aside what is behind: it needs neither room nor its turn. */
static bool is_urgent(const struct weir_connection *connection, const struct weir_batch *batch)
{
    return connection->inbox->aside_first && weir_barrier_is_before(connection->inbox, batch);
}

/* There is no room: true if it has its promise all the same. */
static bool enters_all_the_same(struct weir_connection *connection, const struct weir_batch *batch)
{
    struct weir_room *room = room_of(connection, batch);
    if (connection->inbox->cuts)
        weir_cut_off_watch(connection->inbox);
    if (!is_urgent(connection, batch))
        return false;
    room->promised += batch->count;
    weir_room_changed(room);
    connection->lanes[batch->edge].promised += batch->count;
    return true;
}

/* How many items of the batch may go now, for all that concerns their room, which is promised if it is there. A place
 * that comes free is for those at the door first. */
static int may_enter(struct weir_connection *connection, const struct weir_batch *batch)
{
    if (!connection->inbox->op || batch->out_edge->spec->full != WEIR_FULL_BLOCK)
        return batch->count;
    struct weir_room *room = room_of(connection, batch);
    int wanted = weir_room_wanted(room, batch->count);
    if (connection->promise.in != &room->waiters) /* for a batch of another edge */
        weir_connection_leave_room(connection);
    if (!connection->door_first && weir_wait_turn(&room->waiters, &connection->promise)) {
        long space = weir_room_free(room);
        if (space >= wanted) {
            int count = space < batch->count ? (int)space : batch->count;
            room->promised += count;
            weir_room_changed(room);
            connection->lanes[batch->edge].promised += count;
            return count;
        }
    }
    if (may_go_loose(connection, batch->edge, batch->count, batch->count * batch->item_bytes))
        return batch->count;
    if (connection->inbox->watched && enters_all_the_same(connection, batch))
        return batch->count;
    if (!connection->door_first)
        weir_wait_in(&room->waiters, &connection->promise, wanted);
    return 0;
}

/* Whether the wire is free for a batch of so many bytes. */
static bool may_open(struct weir_connection *connection, double bytes)
{
    double now_s = flow_of(connection)->clock->now_s;
    if (connection->failed)
        return false;
    if (!weir_connection_is_up(connection)) {
        weir_connection_try_at(connection, now_s + 1);
        return false;
    }
    if (!connection->latencies && connection->on_wire)
        return false;
    bool spaced = connection->latencies || weir_route(flow_of(connection)->shares, connection->route)->loss > 0;
    if (spaced && now_s < connection->next_open_s) {
        weir_connection_try_at(connection, connection->next_open_s);
        return false;
    }
    if (!connection->latencies || !connection->open)
        return true;
    double alone_s = weir_connection_wire_s(connection, bytes);
    double cover = 2 + (alone_s > 0 ? ceil(weir_connection_longest_s(connection) / alone_s) : OPEN_LIMIT);
    return (double)connection->open < fmin(cover, OPEN_LIMIT);
}

/* Items are no longer held by their sender, but in transit. */
static void count_sent(struct weir_inbox *inbox, int count)
{
    if (inbox->op) {
        inbox->in_transit += count;
        inbox->op->in_hand -= count;
        inbox->op->in_transit += count;
    } else {
        inbox->job->sink.in_transit += count;
        inbox->job->sink.in_hand -= count;
    }
}

bool weir_connection_offer(struct weir_connection *connection, struct weir_batch **batch, struct weir_sender *sender)
{
    struct weir_flow *flow = flow_of(connection);
    while (weir_wait_turn(&connection->senders, &sender->waiter) ||
           (connection->inbox->watched && is_urgent(connection, *batch))) {
        if (!may_open(connection, (*batch)->count * (*batch)->item_bytes)) {
            weir_connection_leave_room(connection); /* it can make no use of it */
            break;
        }
        int count = may_enter(connection, *batch);
        if (!count)
            break;
        struct weir_batch *goes = *batch;
        if (count < goes->count) {
            goes = weir_batch_slice(&flow->pool, *batch, 0, count);
            weir_batch_behead(*batch, count);
        } else {
            *batch = NULL;
            weir_wait_over(&sender->waiter);
            weir_connection_leave_room(connection);
        }
        count_sent(connection->inbox, count);
        weir_connection_open(connection, goes);
        if (!*batch) {
            if (connection->senders.first)
                weir_waiters_wake_first(flow->clock, &connection->senders);
            return true;
        }
    }
    weir_wait_in(&connection->senders, &sender->waiter, (*batch)->count);
    return false;
}

void weir_connection_next(struct weir_connection *connection)
{
    if (connection->senders.first)
        weir_waiters_wake_first(flow_of(connection)->clock, &connection->senders);
    else
        weir_connection_leave_room(connection); /* nobody is there to use it */
}

void weir_connection_wake(struct weir_connection *connection)
{
    struct weir_clock *clock = flow_of(connection)->clock;
    weir_waiters_wake_all(clock, &connection->senders);
    if (connection->door_first)
        weir_soon(clock, &connection->door.wake);
}

void weir_connection_free(struct weir_connection *connection)
{
    weir_landing_free_list(connection->first);
    weir_landing_free_list(connection->idle);
    weir_landing_free_list(connection->door_first);
    weir_track_fini(&connection->wire);
    free(connection->let_in.ring);
    if (connection->lanes != &connection->lane)
        free(connection->lanes);
    free(connection);
}
