/* What is on the wire of a connection, and what has failed there. */
#include "sim/base/memory.h"
#include "sim/engine/flow/connection.h"
#include "sim/engine/flow/loss.h"
#include "sim/engine/flow/queue.h"

/* How long until a transfer that failed is tried again. */
#define RETRY_S 1.0

/* Of the rate that an edge with a delay cannot bear: its delay is a hundred times that at rest then. */
#define DELAY_USE_AT_MOST 0.99

static struct weir_flow *flow_of(const struct weir_connection *connection)
{
    return connection->inbox->job->flow;
}

/* The limit of its transfers; infinite without one. */
static double limit_of(const struct weir_connection *connection)
{
    return connection->edge ? connection->edge->bytes_per_s : INFINITY;
}

static const struct weir_route *route_of(const struct weir_connection *connection)
{
    return weir_route(flow_of(connection)->shares, connection->route);
}

bool weir_connection_is_up(const struct weir_connection *connection)
{
    const struct weir_shares *shares = flow_of(connection)->shares;
    return weir_host_up(shares, connection->from) && weir_host_up(shares, connection->inbox->host);
}

double weir_connection_longest_s(const struct weir_connection *connection)
{
    const struct weir_route *route = route_of(connection);
    return (route->loss > 0 ? 3 : 1) * route->latency_s;
}

double weir_connection_wire_s(const struct weir_connection *connection, double bytes)
{
    double rate = route_of(connection)->bytes_per_s, limit = limit_of(connection);
    return bytes / (rate < limit ? rate : limit);
}

void weir_connection_try_at(struct weir_connection *connection, double date_s)
{
    if (weir_alarm_is_set(&connection->again) && connection->again.date_s <= date_s)
        return;
    if (!connection->again_counts)
        weir_watch_begin(&connection->inbox->job->watch);
    connection->again_counts = true;
    weir_alarm_set(flow_of(connection)->clock, &connection->again, date_s);
}

static void put_on_wire(struct weir_landing *landing)
{
    struct weir_connection *connection = landing->connection;
    struct weir_flow *flow = flow_of(connection);
    landing->state = WEIR_ON_WIRE;
    landing->sent_s = flow->clock->now_s;
    connection->on_wire = true;
    connection->next_open_s = landing->sent_s + weir_connection_wire_s(connection, landing->bytes);
    weir_watch_begin(&connection->inbox->job->watch);
    weir_transfer_begin(flow->shares, &landing->transfer, connection->route, landing->bytes, limit_of(connection));
}

static void landed(struct weir_landing *landing)
{
    landing->state = WEIR_LANDED;
    weir_watch_end(&landing->connection->inbox->job->watch);
    weir_connection_advance(landing->connection);
}

void weir_connection_set_land(struct weir_connection *connection)
{
    const struct weir_landing *first = connection->first;
    if (first && first->state == WEIR_ON_WAY)
        weir_alarm_set(flow_of(connection)->clock, &connection->land, first->there_s);
}

void weir_connection_land_rings(struct weir_alarm *alarm)
{
    struct weir_connection *connection = WEIR_RECORD(alarm, struct weir_connection, land);
    struct weir_landing *landing = connection->first;
    weir_prefetch(landing->batch, 2 * WEIR_LINE);
    weir_prefetch(connection->inbox, 2 * WEIR_LINE);
    weir_transfer_stop(&landing->transfer);
    landed(landing);
}

static void failed(struct weir_landing *landing)
{
    struct weir_connection *connection = landing->connection;
    double now_s = flow_of(connection)->clock->now_s;
    if (landing->state == WEIR_ON_WIRE)
        connection->on_wire = false;
    if (landing == connection->first)
        weir_alarm_stop(flow_of(connection)->clock, &connection->land);
    landing->state = WEIR_FAILED;
    connection->failed++;
    weir_watch_end(&connection->inbox->job->watch);
    /* At once, if it failed on its way; else now and then. */
    bool at_once = now_s > landing->sent_s && weir_connection_is_up(connection);
    weir_connection_try_at(connection, at_once ? now_s : now_s + RETRY_S);
}

/* The delay of an edge, by what went over it in the last whole stretch of time. */
static double delay_now_s(struct weir_out_edge *edge, int count, double now_s)
{
    const struct weir_edge *spec = edge->spec;
    if (!isfinite(spec->delay_rate))
        return spec->delay_s;
    double stretch = floor(now_s / spec->delay_over_s);
    if (stretch > edge->stretch) {
        edge->passed = stretch == edge->stretch + 1 ? edge->passes : 0;
        edge->passes = 0;
        edge->stretch = stretch;
    }
    edge->passes += count;
    double use = (double)edge->passed / spec->delay_over_s / spec->delay_rate;
    return spec->delay_s / (1 - fmin(use, DELAY_USE_AT_MOST));
}

/* The bytes have left the wire, or a host or link has failed. */
static void wire_done(struct weir_transfer *transfer, bool ok)
{
    struct weir_landing *landing = WEIR_RECORD(transfer, struct weir_landing, transfer);
    struct weir_connection *connection = landing->connection;
    struct weir_flow *flow = flow_of(connection);
    if (!ok) {
        failed(landing);
        return;
    }
    double now_s = flow->clock->now_s;
    connection->on_wire = false;
    const struct weir_route *route = route_of(connection);
    double there_s = now_s + (connection->latencies ? 0 : route->latency_s);
    if (route->loss > 0) {
        double late_s = weir_loss_late_s(flow, route, landing->batch->items[0].id, landing->bytes);
        if (late_s > 0)
            connection->late_until_s = fmax(connection->late_until_s, there_s + late_s);
        there_s = fmax(there_s, connection->late_until_s);
    }
    if (connection->delays) {
        landing->delay_s = delay_now_s(landing->batch->out_edge, landing->batch->count, now_s);
        there_s = connection->late_until_s = fmax(there_s + landing->delay_s, connection->late_until_s);
    }
    if (there_s > now_s) {
        landing->state = WEIR_ON_WAY;
        landing->there_s = there_s;
        weir_transfer_leave(transfer);
        if (landing == connection->first)
            weir_connection_set_land(connection);
    } else {
        landed(landing);
    }
    if (connection->failed)
        weir_connection_again(connection);
    if (connection->senders.first)
        weir_connection_next(connection);
}

void weir_connection_open(struct weir_connection *connection, struct weir_batch *batch)
{
    struct weir_landing *landing = connection->idle;
    if (landing) {
        connection->idle = landing->next;
    } else {
        landing = weir_alloc_lines(sizeof *landing);
        landing->connection = connection;
        landing->transfer.done = wire_done;
        landing->transfer.route = -1;
    }
    landing->batch = batch;
    landing->bytes = batch->count * batch->item_bytes;
    landing->opened_s = flow_of(connection)->clock->now_s;
    landing->next = NULL;
    if (connection->last)
        connection->last->next = landing;
    else
        connection->first = landing;
    connection->last = landing;
    connection->open++;
    struct weir_lane *lane = &connection->lanes[connection->inbox->op ? batch->edge : 0];
    lane->inside += batch->count;
    lane->item_bytes = batch->item_bytes;
    put_on_wire(landing);
}

void weir_connection_again(struct weir_connection *connection)
{
    if (!connection->failed || (connection->on_wire && !connection->latencies))
        return;
    if (weir_alarm_is_set(&connection->again))
        return; /* its time will come */
    for (struct weir_landing *l = connection->first; l; l = l->next) {
        if (l->state != WEIR_FAILED)
            continue;
        if (weir_batch_stale(connection->inbox->job, l->batch)) {
            connection->failed--;
            l->state = WEIR_LANDED; /* where it is dropped */
            continue;
        }
        if (!weir_connection_is_up(connection)) {
            weir_connection_try_at(connection, flow_of(connection)->clock->now_s + RETRY_S);
            break;
        }
        connection->failed--;
        put_on_wire(l);
        if (!connection->latencies)
            break;
    }
    weir_connection_advance(connection);
}
