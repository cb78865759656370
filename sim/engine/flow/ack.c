#include "sim/engine/flow/ack.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/connection.h"
#include "sim/engine/flow/queue.h"

/* An acknowledgement under way. */
struct ack {
    struct weir_alarm alarm;
    struct ack *next, *before;
    struct weir_acks *acks;
    int edge;
};

struct weir_acks {
    struct weir_inbox *inbox;
    struct ack *first;
    struct weir_alarm cut_off;
    bool watches;
};

static struct weir_acks *acks_of(struct weir_inbox *inbox);

static void give_back(struct weir_inbox *inbox, int edge)
{
    struct weir_room *room = &inbox->room[edge];
    room->promised--;
    weir_room_changed(room);
    weir_room_wake(inbox->job->flow->clock, room);
}

void weir_ack_keep(struct weir_inbox *inbox, int edge)
{
    inbox->room[edge].promised++;
    weir_room_changed(&inbox->room[edge]);
}

/* The longest way back to who sends along the edge. */
static double way_s(const struct weir_inbox *inbox, int edge)
{
    const struct weir_op *op = inbox->op;
    double way_s = 0;
    for (const struct weir_connection *c = inbox->connections; c; c = c->next) {
        bool sends = op->upstream[edge] < 0 && c->from == op->job->source_host;
        const struct weir_op *from = op->upstream[edge] < 0 ? NULL : &op->job->ops[op->upstream[edge]];
        for (size_t i = 0; from && i < from->instance_count; i++)
            sends |= from->instances[i]->host == c->from;
        if (sends)
            way_s = fmax(way_s, weir_route(op->flow->shares, c->route)->latency_s);
    }
    return way_s;
}

static void comes_back(struct weir_alarm *alarm)
{
    struct ack *ack = WEIR_RECORD(alarm, struct ack, alarm);
    struct weir_inbox *inbox = ack->acks->inbox;
    int edge = ack->edge;
    weir_watch_end(&inbox->job->watch);
    *(ack->before ? &ack->before->next : &ack->acks->first) = ack->next;
    if (ack->next)
        ack->next->before = ack->before;
    free(ack);
    give_back(inbox, edge);
}

void weir_ack_send(struct weir_inbox *inbox, int edge)
{
    double later_s = way_s(inbox, edge);
    if (!(later_s > 0)) {
        give_back(inbox, edge);
        return;
    }
    struct weir_acks *acks = acks_of(inbox);
    struct ack *ack = weir_alloc(1, sizeof *ack);
    *ack = (struct ack){.alarm.ring = comes_back, .next = acks->first, .acks = acks, .edge = edge};
    if (ack->next)
        ack->next->before = ack;
    acks->first = ack;
    weir_watch_begin(&inbox->job->watch);
    weir_alarm_set(inbox->job->flow->clock, &ack->alarm, inbox->job->flow->clock->now_s + later_s);
}

/* When one of its instances took something last. */
static double taken_s(const struct weir_inbox *inbox)
{
    double date_s = -INFINITY;
    for (size_t i = 0; i < inbox->op->instance_count; i++)
        if (inbox->op->instances[i]->inbox == inbox)
            date_s = fmax(date_s, inbox->op->instances[i]->begun_s);
    return date_s;
}

static bool anybody_waits(const struct weir_inbox *inbox)
{
    bool any = false;
    for (int e = 0; e < inbox->op->in_edges; e++)
        any |= inbox->room[e].waiters.first != NULL;
    return any;
}

/* What waits is dropped, as a broker cuts a consumer off, which comes again at once. */
static void cut_off(struct weir_alarm *alarm)
{
    struct weir_acks *acks = WEIR_RECORD(alarm, struct weir_acks, cut_off);
    struct weir_inbox *inbox = acks->inbox;
    struct weir_clock *clock = inbox->job->flow->clock;
    double due_s = taken_s(inbox) + inbox->op->spec->cut_off_s;
    acks->watches = false;
    if (!anybody_waits(inbox))
        return;
    if (due_s > clock->now_s + weir_clock_tie_s(due_s)) {
        acks->watches = true;
        weir_alarm_set(clock, alarm, due_s);
        return;
    }
    while (inbox->first)
        weir_inbox_drop_due(inbox);
    weir_op_at_rest(inbox->op);
}

void weir_cut_off_watch(struct weir_inbox *inbox)
{
    struct weir_acks *acks = acks_of(inbox);
    if (acks->watches)
        return;
    struct weir_clock *clock = inbox->job->flow->clock;
    acks->watches = true;
    weir_alarm_set(clock, &acks->cut_off, fmax(clock->now_s, taken_s(inbox)) + inbox->op->spec->cut_off_s);
}

static struct weir_acks *acks_of(struct weir_inbox *inbox)
{
    if (!inbox->acks) {
        inbox->acks = weir_alloc(1, sizeof *inbox->acks);
        *inbox->acks = (struct weir_acks){.inbox = inbox, .cut_off.ring = cut_off};
    }
    return inbox->acks;
}

void weir_acks_fini(struct weir_inbox *inbox)
{
    if (!inbox->acks)
        return;
    struct weir_clock *clock = inbox->job->flow->clock;
    weir_alarm_stop(clock, &inbox->acks->cut_off);
    for (struct ack *ack = inbox->acks->first, *next; ack; ack = next) {
        next = ack->next;
        weir_alarm_stop(clock, &ack->alarm);
        free(ack);
    }
    free(inbox->acks);
}
