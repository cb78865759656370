#include "sim/engine/flow/send.h"

#include <stdlib.h>

#include "sim/base/memory.h"

#include "sim/engine/flow/connection.h"
#include "sim/engine/flow/deliver.h"
#include "sim/engine/flow/downlink.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/route.h"
#include "sim/engine/flow/waiting.h"

static struct weir_flow *flow_of(const struct weir_sender *sender)
{
    return sender->job->flow;
}

/* Leaves the line that it stands in; the next one there may go. */
static void leave_line(struct weir_sender *sender)
{
    struct weir_waiters *line = sender->waiter.in;
    if (!line)
        return;
    bool first = line->first == &sender->waiter;
    weir_wait_over(&sender->waiter);
    if (!first)
        return;
    if (line == sender->line_of_connection)
        weir_connection_next(sender->connection);
    else if (line == sender->line_of_room)
        weir_room_wake(flow_of(sender)->clock, sender->room);
}

/* The batch of the present edge is made ready. */
static void begin_edge(struct weir_sender *sender)
{
    struct weir_out_edge *edge = &sender->edges[sender->edge];
    struct weir_batch *batch = sender->batch;
    if (sender->edge + 1 < sender->edge_count)
        batch = weir_batch_slice(&flow_of(sender)->pool, batch, 0, batch->count);
    else
        sender->batch = NULL;
    batch->edge = edge->to_edge;
    batch->out_edge = edge;
    batch->item_bytes = edge->spec->bytes;
    batch->inbox = NULL;
    batch->next = NULL;
    sender->pieces = batch;
}

/* Over a connection; true if the first piece is gone. */
static bool over_connection(struct weir_sender *sender, struct weir_inbox *inbox)
{
    struct weir_batch *piece = sender->pieces, *next = piece->next;
    struct weir_connection *connection = weir_connection_find(flow_of(sender), sender->host, inbox, piece->out_edge);
    if (sender->waiter.in && sender->waiter.in != &connection->senders)
        leave_line(sender);
    bool gone = weir_connection_offer(connection, &piece, sender);
    if (piece) {
        piece->next = next;
        sender->connection = connection;
        sender->line_of_connection = &connection->senders;
    }
    sender->pieces = piece ? piece : next;
    return gone;
}

static bool into_inbox(struct weir_sender *sender, struct weir_inbox *inbox)
{
    struct weir_batch *piece = sender->pieces, *next = piece->next;
    struct weir_room *room = &inbox->room[piece->edge];
    if (sender->waiter.in && sender->waiter.in != &room->waiters)
        leave_line(sender);
    bool gone = weir_inbox_put(inbox, &piece, &sender->waiter, &inbox->op->in_hand);
    if (piece) {
        piece->next = next;
        sender->room = room;
        sender->line_of_room = &room->waiters;
    }
    sender->pieces = piece ? piece : next;
    return gone;
}

/* The first piece goes to where the device is that is the sink. */
static bool to_device(struct weir_sender *sender, struct weir_inbox *sink)
{
    struct weir_batch *piece = sender->pieces;
    struct weir_inbox *here = weir_downlink_inbox(sink->job->downlink);
    piece->edge = weir_origin_of(sink->job, sender->host);
    piece->left_bytes = piece->count * piece->item_bytes;
    if (here->host != sender->host)
        return over_connection(sender, here);
    leave_line(sender);
    sender->pieces = piece->next;
    sink->in_hand -= piece->count;
    sink->in_transit += piece->count;
    weir_downlink_take(sink->job->downlink, sender->host, piece);
    return true;
}

/* The first piece goes to the sink. */
static bool to_sink(struct weir_sender *sender, struct weir_inbox *sink)
{
    struct weir_batch *piece = sender->pieces;
    if (sink->job->downlink)
        return to_device(sender, sink);
    if (sink->host >= 0 && sink->host != sender->host)
        return over_connection(sender, sink);
    sender->pieces = piece->next;
    sink->in_hand -= piece->count;
    piece->edge = weir_origin_of(sink->job, sender->host);
    weir_count_delivery(sink->job, piece);
    return true;
}

static void woken(struct weir_soon *soon);

/* It is decided where its items go. */
static void decided(struct weir_alarm *alarm)
{
    struct weir_sender *sender = WEIR_RECORD(alarm, struct weir_pause, alarm)->sender;
    weir_watch_end(&sender->job->watch);
    woken(&sender->waiter.wake);
}

static void pause_for(struct weir_sender *sender, double later_s)
{
    struct weir_clock *clock = flow_of(sender)->clock;
    if (!sender->pause) {
        sender->pause = weir_alloc(1, sizeof *sender->pause);
        *sender->pause = (struct weir_pause){.alarm.ring = decided, .sender = sender};
    }
    weir_watch_begin(&sender->job->watch);
    weir_alarm_set(clock, &sender->pause->alarm, clock->now_s + later_s);
}

/* The first piece goes to an operator; false if it must wait. */
static bool to_op(struct weir_sender *sender, struct weir_op *op)
{
    struct weir_batch *piece = sender->pieces;
    struct weir_inbox *inbox = piece->inbox;
    if (inbox && (!inbox->open || op->paused))
        inbox = piece->inbox = NULL; /* it looks elsewhere */
    if (!inbox) {
        if (op->paused || !op->route_count || (op->job->segments && op->job->segments->recovering)) {
            if (sender->waiter.in != &op->gate)
                leave_line(sender);
            weir_wait_in(&op->gate, &sender->waiter, 0);
            return false;
        }
        leave_line(sender);
        double later_s = 0;
        sender->pieces = weir_route_pieces(sender, op, piece, &later_s);
        if (later_s > 0) {
            pause_for(sender, later_s);
            return false;
        }
        piece = sender->pieces;
        inbox = piece->inbox;
    }
    return inbox->host == sender->host ? into_inbox(sender, inbox) : over_connection(sender, inbox);
}

/* Hands over what it can; true if nothing is left. */
static bool hand_over(struct weir_sender *sender)
{
    for (; sender->edge < sender->edge_count; sender->edge++) {
        struct weir_out_edge *edge = &sender->edges[sender->edge];
        if (!sender->pieces)
            begin_edge(sender);
        while (sender->pieces) {
            struct weir_batch *piece = sender->pieces;
            if (weir_batch_stale(sender->job, piece)) {
                leave_line(sender);
                sender->pieces = piece->next;
                weir_discard(sender->job, edge->to, piece, edge->to ? &edge->to->in_hand : &edge->sink->in_hand);
            } else if (!(edge->to ? to_op(sender, edge->to) : to_sink(sender, edge->sink))) {
                return false;
            }
        }
    }
    return true;
}

/* Its turn may have come. */
static void woken(struct weir_soon *soon)
{
    struct weir_waiter *waiter = WEIR_RECORD(soon, struct weir_waiter, wake);
    struct weir_sender *sender = WEIR_RECORD(waiter, struct weir_sender, waiter);
    if (!weir_sender_busy(sender) || (sender->pause && weir_alarm_is_set(&sender->pause->alarm)))
        return;
    double now_s = flow_of(sender)->clock->now_s, still_s = now_s - sender->since_s;
    for (struct weir_batch *piece = sender->pieces; piece; piece = piece->next)
        weir_batch_hold(piece, still_s);
    if (sender->batch)
        weir_batch_hold(sender->batch, still_s);
    sender->since_s = now_s;
    if (hand_over(sender))
        sender->sent(sender, now_s - sender->begun_s);
}

void weir_sender_init(struct weir_sender *sender, struct weir_run_job *job, struct weir_out_edge *edges, int count,
                      int host, struct weir_spent *spent, void (*sent)(struct weir_sender *sender, double blocked_s))
{
    *sender = (struct weir_sender){.job = job,
                                   .edges = edges,
                                   .edge_count = count,
                                   .edge = count,
                                   .host = host,
                                   .spent = spent,
                                   .sent = sent,
                                   .waiter.wake.ring = woken};
}

void weir_sender_fini(struct weir_sender *sender)
{
    struct weir_clock *clock = flow_of(sender)->clock;
    weir_soon_drop(clock, &sender->waiter.wake);
    if (sender->pause)
        weir_alarm_stop(clock, &sender->pause->alarm);
    free(sender->pause);
}

bool weir_send(struct weir_sender *sender, struct weir_batch *batch)
{
    for (int e = 0; e < sender->edge_count; e++)
        *(sender->edges[e].to ? &sender->edges[e].to->in_hand : &sender->edges[e].sink->in_hand) += batch->count;
    sender->batch = batch;
    sender->pieces = NULL;
    sender->edge = 0;
    if (hand_over(sender))
        return true;
    sender->begun_s = sender->since_s = flow_of(sender)->clock->now_s;
    weir_spent_set(sender->spent, WEIR_BLOCKED, sender->begun_s);
    return false;
}
