/* Connections: FIFOs of transfers from a host to an inbox on another host.
 *
 * A transfer may be opened when the one before has left the first link (the route's smallest bandwidth says when), as
 * long as fewer are open than cover bandwidth x delay: so a connection alone on its links is a FIFO at full rate. When
 * batches come in late, because the links are shared or the receiver has no room, it is the pace at which they are
 * taken in that must be covered: so a connection in a jam keeps few transfers open. Batches arrive in order. A receiver
 * that finds no room waits, as a TCP window that is closed, and the sender feels it once the open transfers are used
 * up. */
#include <math.h>
#include <simgrid/actor.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/engine/parts.h"
#include "sim/engine/simgrid_shim.h"

/* Batches that may wait to be opened before their senders do. */
#define QUEUE_LIMIT 2
/* A batch is late when it takes this many times its own time on the wire longer than it should. */
#define LATE 4.0
/* Weight of the newest interval in the pace. */
#define PACE_WEIGHT 0.25
#define OPEN_LIMIT  1024
/* How long until a transfer that failed is tried again. */
#define RETRY_S 1.0

static struct weir_world *world_of(const struct weir_connection *connection)
{
    return connection->inbox->job->world;
}

/* The limit of its transfers; infinite without one. */
static double rate_of(const struct weir_connection *connection)
{
    return connection->edge ? connection->edge->bytes_per_s : INFINITY;
}

/* Time on the wire of a batch alone. */
static double wire_s(const struct weir_connection *connection, double bytes)
{
    return bytes / fmin(world_of(connection)->routes[connection->route].bytes_per_s, rate_of(connection));
}

static bool has_route(const struct weir_connection *connection)
{
    return world_of(connection)->routes[connection->route].bytes_per_s > 0;
}

static bool is_up(const struct weir_connection *connection)
{
    const struct weir_world *world = world_of(connection);
    return world->hosts[connection->from].up && world->hosts[connection->inbox->host].up;
}

static bool is_stale(const struct weir_connection *connection, const struct weir_batch *batch)
{
    return weir_batch_stale(connection->inbox->job, batch);
}

static void discard_in_transit(struct weir_connection *connection, struct weir_batch *batch)
{
    struct weir_inbox *inbox = connection->inbox;
    long none = batch->count;
    inbox->in_transit -= batch->count;
    weir_discard(inbox->job, inbox->op, batch, inbox->op ? &inbox->op->in_transit : &none);
    if (inbox->op)
        weir_op_at_rest(inbox->op);
}

/* The latency of a route; where segments get lost, with the round trip to send one again. */
static double longest_s(const struct weir_route *route)
{
    return (route->loss > 0 ? 3 : 1) * route->latency_s;
}

static bool may_open(const struct weir_connection *connection, const struct weir_batch *batch, double now_s)
{
    if (!has_route(connection) || !is_up(connection) || now_s < connection->next_open_s)
        return false;
    if (!connection->open)
        return true;
    double latency_s = longest_s(&world_of(connection)->routes[connection->route]);
    double alone_s = wire_s(connection, batch->count * batch->item_bytes);
    double step_s = fmax(alone_s, connection->pace_s);
    double cover = 2 + (step_s > 0 ? ceil(latency_s / step_s) : OPEN_LIMIT);
    return (double)connection->open < fmin(cover, OPEN_LIMIT);
}

/* A batch opened at opened_s has been taken in. */
static void note_pace(struct weir_connection *connection, double opened_s, double bytes)
{
    double now_s = weir_now(), interval_s = now_s - connection->taken_s;
    double due_s = opened_s + longest_s(&world_of(connection)->routes[connection->route]);
    connection->taken_s = now_s;
    if (now_s <= due_s + LATE * wire_s(connection, bytes))
        connection->pace_s = 0;
    else if (connection->pace_s > 0)
        connection->pace_s += PACE_WEIGHT * (interval_s - connection->pace_s);
    else
        connection->pace_s = interval_s;
}

static struct weir_open_transfer *ring_at(struct weir_connection *connection, unsigned place)
{
    return &connection->ring[place & (connection->ring_size - 1)];
}

static unsigned ring_append(struct weir_connection *connection, struct weir_open_transfer transfer)
{
    if (connection->open == connection->ring_size) {
        unsigned size = connection->ring_size ? 2 * connection->ring_size : 4;
        struct weir_open_transfer *ring = weir_alloc(size, sizeof *ring);
        for (unsigned i = connection->ring_first; i != connection->ring_first + connection->open; i++)
            ring[i & (size - 1)] = *ring_at(connection, i);
        free(connection->ring);
        connection->ring = ring;
        connection->ring_size = size;
    }
    unsigned place = connection->ring_first + connection->open++;
    *ring_at(connection, place) = transfer;
    return place;
}

static void open_transfer(struct weir_connection *connection, struct weir_batch *batch, double now_s)
{
    struct weir_world *world = world_of(connection);
    double bytes = batch->count * batch->item_bytes;
    unsigned place = ring_append(connection, (struct weir_open_transfer){NULL, batch, now_s, now_s, bytes});
    connection->next_open_s = now_s + wire_s(connection, bytes);
    sg_comm_t transfer = weir_network_send(world, connection->from, connection->inbox->host,
                                           &world->routes[connection->route], bytes, rate_of(connection));
    ring_at(connection, place)->transfer = transfer;
    weir_wake(&connection->receiver_parking);
}

static void opener_actor(int argc, char **argv)
{
    struct weir_connection *connection = sg_actor_self_get_data();
    struct weir_run_job *job = connection->inbox->job;
    for (;;) {
        weir_turn(job->world, "an opener", job);
        while (!connection->first)
            weir_park(&connection->opener_parking);
        if (connection->next_open_s > weir_now()) {
            weir_sleep_until(job, connection->next_open_s);
            connection->next_open_s = fmin(connection->next_open_s, weir_now()); /* SimGrid rounds dates */
        }
        struct weir_batch *batch = connection->first;
        bool stale = is_stale(connection, batch);
        if (!stale && !is_up(connection)) {
            weir_sleep_for(job, RETRY_S);
            continue;
        }
        if (!stale && !may_open(connection, batch, weir_now())) {
            if (connection->open || !has_route(connection)) /* else only rounding of the date stood in the way */
                weir_park(&connection->opener_parking);
            else
                connection->next_open_s = weir_now();
            continue;
        }
        connection->first = batch->next;
        if (!connection->first)
            connection->last = NULL;
        connection->queued--;
        if (stale)
            discard_in_transit(connection, batch);
        else
            open_transfer(connection, batch, weir_now());
        if (connection->senders.first)
            weir_wake(connection->senders.first->parking);
    }
}

/* Puts an arrived batch into the inbox, waiting for room as long as it takes. */
static void deliver(struct weir_connection *connection, struct weir_batch *batch, double arrived_s)
{
    struct weir_inbox *inbox = connection->inbox;
    struct weir_world *world = inbox->job->world;
    if (!inbox->op) {
        inbox->in_transit -= batch->count;
        weir_batch_hold(batch, weir_now() - arrived_s);
        batch->origin = connection->origin;
        weir_count_delivery(world, inbox->job, batch);
        return;
    }
    int items = batch->count;
    weir_inbox_put(inbox, batch,
                   &(struct weir_put){.parking = &connection->room_parking,
                                      .since_s = arrived_s,
                                      .counter = &inbox->op->in_transit,
                                      .must = true});
    inbox->in_transit -= items;
    weir_op_at_rest(inbox->op);
}

/* The oldest open transfer is done with. */
static void take_off(struct weir_connection *connection)
{
    weir_shim_forget(ring_at(connection, connection->ring_first)->transfer);
    connection->ring_first++;
    connection->open--;
}

/* When a transfer has come in that ended at end_s: later, if a segment of it or of one before it was lost. */
static double in_order(struct weir_connection *connection, const struct weir_open_transfer *transfer, double end_s)
{
    const struct weir_world *world = world_of(connection);
    double late_s = weir_network_late_s(world, connection->from, connection->inbox->host,
                                        &world->routes[connection->route], transfer->batch->id[0], transfer->bytes);
    if (late_s > 0)
        connection->late_until_s = fmax(connection->late_until_s, end_s + late_s);
    return fmax(end_s, connection->late_until_s);
}

static void receiver_actor(int argc, char **argv)
{
    struct weir_connection *connection = sg_actor_self_get_data();
    struct weir_world *world = world_of(connection);
    struct weir_run_job *job = connection->inbox->job;
    for (;;) {
        weir_turn(world, "a receiver", job);
        while (!connection->open || !ring_at(connection, connection->ring_first)->transfer)
            weir_park(&connection->receiver_parking);
        struct weir_open_transfer oldest = *ring_at(connection, connection->ring_first);
        double end_s;
        weir_begin(job);
        int failed = weir_shim_wait(oldest.transfer, &end_s);
        weir_end(job);
        if (failed) {
            /* At once, if it failed on its way; else now and then. */
            if (weir_now() <= oldest.sent_s || !is_up(connection))
                do
                    weir_sleep_for(job, RETRY_S);
                while (!is_up(connection) && !is_stale(connection, oldest.batch));
            if (is_stale(connection, oldest.batch)) {
                take_off(connection);
                discard_in_transit(connection, oldest.batch);
                if (connection->first)
                    weir_wake(&connection->opener_parking);
                continue;
            }
            sg_comm_t again = weir_network_send(world, connection->from, connection->inbox->host,
                                                &world->routes[connection->route], oldest.bytes, rate_of(connection));
            weir_shim_forget(oldest.transfer);
            ring_at(connection, connection->ring_first)->transfer = again;
            ring_at(connection, connection->ring_first)->sent_s = weir_now();
            continue;
        }
        end_s = in_order(connection, &oldest, end_s);
        if (end_s > weir_now())
            weir_sleep_until(job, end_s);
        take_off(connection);
        const struct weir_route *route = &world->routes[connection->route];
        weir_count_transfer(world, connection->from, connection->inbox->host, route, oldest.bytes);
        weir_trace_transfer(world, connection->from, connection->inbox->host, job->spec->name,
                            connection->inbox->op ? connection->inbox->op->spec->name : NULL, oldest.bytes,
                            oldest.batch->count, oldest.opened_s, end_s);
        double took_s = end_s - oldest.opened_s;
        double latency_s = fmin(route->latency_s, took_s);
        weir_batch_carry(oldest.batch, &connection->wire, (took_s - latency_s) / oldest.batch->count, latency_s, end_s);
        if (is_stale(connection, oldest.batch))
            discard_in_transit(connection, oldest.batch);
        else
            deliver(connection, oldest.batch, end_s);
        note_pace(connection, oldest.opened_s, oldest.bytes);
        if (connection->first)
            weir_wake(&connection->opener_parking);
    }
}

/* Edges with a limit have connections of their own, so that none waits for another. */
static struct weir_connection *find(struct weir_world *world, int from, struct weir_inbox *inbox,
                                    const struct weir_out_edge *edge)
{
    const struct weir_out_edge *own = isfinite(edge->bytes_per_s) ? edge : NULL;
    for (struct weir_connection *c = inbox->connections; c; c = c->next)
        if (c->from == from && c->edge == own)
            return c;
    struct weir_connection *connection = weir_alloc(1, sizeof *connection);
    connection->inbox = inbox;
    connection->from = from;
    connection->edge = own;
    connection->origin = inbox->op ? -1 : weir_origin_of(inbox->job, from);
    weir_world_route(world, from, inbox->host, &connection->route);
    weir_world_need_route(world, from, inbox->host);
    weir_parking_init(&connection->receiver_parking);
    weir_parking_init(&connection->room_parking);
    weir_parking_init(&connection->opener_parking);
    connection->next = inbox->connections;
    inbox->connections = connection;
    world->connections =
        weir_grow(world->connections, world->connection_count + 1, &world->connection_capacity, sizeof connection);
    world->connections[world->connection_count++] = connection;
    weir_actor_start("receiver", world->hosts[world->home].host, receiver_actor, connection);
    return connection;
}

/* Closed, or about to move: its senders look elsewhere. */
static bool refuses(const struct weir_inbox *inbox)
{
    return inbox->op && (!inbox->open || inbox->op->paused);
}

struct weir_batch *weir_connection_send(struct weir_world *world, int from_host, struct weir_inbox *inbox,
                                        struct weir_batch *batch, struct weir_clock *clock,
                                        struct weir_parking *parking)
{
    struct weir_connection *connection = find(world, from_host, inbox, batch->out_edge);
    double start_s = weir_now();
    while (connection->queued >= QUEUE_LIMIT) {
        struct weir_waiter waiter = {.parking = parking};
        weir_clock_set(clock, WEIR_BLOCKED, weir_now());
        weir_waiters_add(&connection->senders, &waiter);
        weir_park(parking);
        weir_waiters_remove(&connection->senders, &waiter);
        if (refuses(inbox) || weir_batch_stale(inbox->job, batch))
            break;
    }
    double now_s = weir_now();
    weir_batch_hold(batch, now_s - start_s);
    if (refuses(inbox) || weir_batch_stale(inbox->job, batch)) {
        if (connection->senders.first)
            weir_wake(connection->senders.first->parking);
        return batch;
    }
    inbox->in_transit += batch->count;
    if (inbox->op) {
        inbox->op->in_hand -= batch->count;
        inbox->op->in_transit += batch->count;
    } else {
        inbox->in_hand -= batch->count;
    }
    if (!connection->queued && may_open(connection, batch, now_s)) {
        open_transfer(connection, batch, now_s);
        return NULL;
    }
    batch->next = NULL;
    if (connection->last)
        connection->last->next = batch;
    else
        connection->first = batch;
    connection->last = batch;
    connection->queued++;
    if (connection->has_opener) {
        weir_wake(&connection->opener_parking);
    } else {
        connection->has_opener = true;
        weir_actor_start("opener", world->hosts[world->home].host, opener_actor, connection);
    }
    if (connection->queued < QUEUE_LIMIT && connection->senders.first)
        weir_wake(connection->senders.first->parking);
    return NULL;
}

void weir_connection_fini(struct weir_connection *connection)
{
    for (unsigned i = connection->ring_first; i != connection->ring_first + connection->open; i++)
        weir_shim_forget(ring_at(connection, i)->transfer);
    weir_parking_fini(&connection->receiver_parking);
    weir_parking_fini(&connection->room_parking);
    weir_parking_fini(&connection->opener_parking);
    weir_track_fini(&connection->wire);
    free(connection->ring);
    free(connection);
}
