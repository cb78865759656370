/* Who waits inside a job that does not get on. */
#include <stdlib.h>

#include "sim/engine/flow/connection.h"
#include "sim/engine/flow/downlink.h"
#include "sim/engine/flow/waiting.h"

/* How many waiting ones an error names. */
#define NAMED_MAX 12

struct listing {
    struct weir_text text;
    int count;
};

#define LIST(listing, ...)                                                                                             \
    do {                                                                                                               \
        if ((listing)->count++ < NAMED_MAX) {                                                                          \
            weir_text_addf(&(listing)->text, "%s", (listing)->count > 1 ? "; " : "");                                  \
            weir_text_addf(&(listing)->text, __VA_ARGS__);                                                             \
        }                                                                                                              \
    } while (0)

static const char *host_name(const struct weir_run_job *job, int host)
{
    return host >= 0 ? job->flow->platform->hosts[host].name : "anywhere";
}

static void list_connections(const struct weir_inbox *inbox, const char *to, struct listing *listing)
{
    for (const struct weir_connection *c = inbox->connections; c; c = c->next) {
        int senders = weir_waiters_count(&c->senders);
        if (c->open || senders || c->door_first)
            LIST(listing, "connection %s -> %s on %s: %d senders wait, %d batches sent%s",
                 host_name(inbox->job, c->from), to, host_name(inbox->job, inbox->host), senders, c->open,
                 c->door_first ? ", one that came waits for room" : "");
    }
}

static void list_inbox(const struct weir_op *op, const struct weir_inbox *inbox, struct listing *listing)
{
    for (int e = 0; e < op->in_edges; e++) {
        const struct weir_room *room = &inbox->room[e];
        int senders = weir_waiters_count(&room->waiters);
        if (senders)
            LIST(listing, "%d senders wait for room at an input of %s on %s, which holds %ld of %d items", senders,
                 op->spec->name, host_name(op->job, inbox->host), room->used + room->promised, room->capacity);
    }
    list_connections(inbox, op->spec->name, listing);
}

static void list_instance(const struct weir_instance *instance, struct listing *listing)
{
    const struct weir_op *op = instance->op;
    const char *does = NULL;
    if (instance->spent.doing == WEIR_BLOCKED)
        does = "waits to send on";
    else if (instance->spent.doing == WEIR_BUSY)
        does = "is busy with nothing";
    else if (instance->inbox && instance->inbox->first)
        does = "rests though items wait for it";
    if (does && instance->life != WEIR_GONE && instance->life != WEIR_STARTING)
        LIST(listing, "instance %d of %s on %s %s", instance->number, op->spec->name,
             host_name(op->job, instance->host), does);
}

static void list_op(const struct weir_op *op, struct listing *listing)
{
    for (size_t i = 0; i < op->instance_count; i++)
        list_instance(op->instances[i], listing);
    for (const struct weir_inbox *inbox = op->inboxes; inbox; inbox = inbox->next)
        list_inbox(op, inbox, listing);
    int at_gate = weir_waiters_count(&op->gate);
    if (at_gate)
        LIST(listing, "%d senders wait to enter %s, which %s", at_gate, op->spec->name,
             op->paused        ? "is paused for a change"
             : op->route_count ? "is open"
                               : "has no instance");
    if (op->changing)
        LIST(listing, "a change of %s is under way%s", op->spec->name,
             op->at_rest ? " and waits until it is drained" : "");
}

char *weir_job_who_waits(const struct weir_run_job *job)
{
    struct listing listing = {0};
    for (int s = 0; s < job->source_count; s++) {
        const struct weir_source *source = weir_source_at(job, s);
        if (source->spent.doing == WEIR_BLOCKED)
            LIST(&listing, "the source on %s waits to send", host_name(job, weir_source_host(source)));
    }
    if (job->halts)
        LIST(&listing, "the source holds back for a change of plan");
    for (int o = 0; o < job->spec->operator_count; o++)
        list_op(&job->ops[o], &listing);
    list_connections(&job->sink, "the sink", &listing);
    for (struct weir_inbox *i = job->downlink ? weir_downlink_next(job->downlink, NULL) : NULL; i;
         i = weir_downlink_next(job->downlink, i))
        list_connections(i, "the device", &listing);
    if (listing.count > NAMED_MAX)
        weir_text_addf(&listing.text, "; and %d more", listing.count - NAMED_MAX);
    if (!listing.count)
        weir_text_addf(&listing.text, "nobody waits for them");
    return listing.text.data;
}

/* What stands still for want of an instance that nobody but a policy starts: what is about to enter such an operator,
 * what waits behind that, and what the senders there hold for their other edges. */
enum { ENTRY = 1, INSIDE = 2 };

/* Whether a sender may stand there. */
static bool stands(const struct weir_out_edge *edges, int count, const unsigned char *excused)
{
    for (int e = 0; e < count; e++)
        if (edges[e].to && excused[edges[e].to->index])
            return true;
    return false;
}

static unsigned char *find_excused(const struct weir_run_job *job)
{
    int count = job->spec->operator_count;
    unsigned char *excused = weir_alloc((size_t)count, sizeof *excused);
    for (int o = count - 1; o >= 0; o--) { /* operators are in topological order */
        const struct weir_op *op = &job->ops[o];
        bool none = op->spec->min_instances == 0 && weir_op_deployed(op, NULL) == 0;
        if (none && op->gate.first && !op->paused)
            excused[o] = ENTRY;
        if (stands(op->out, op->out_count, excused))
            excused[o] = ENTRY | INSIDE;
    }
    return excused;
}

static void excuse_hands(const struct weir_out_edge *edges, int count, const unsigned char *excused, bool *hands)
{
    for (int e = 0; e < count && stands(edges, count, excused); e++)
        hands[edges[e].to ? edges[e].to->index + 1 : 0] = true;
}

long weir_job_items_inside(const struct weir_run_job *job)
{
    int count = job->spec->operator_count;
    unsigned char *excused = find_excused(job);
    bool *hands = weir_alloc((size_t)count + 1, sizeof *hands); /* those that hold items for the sink, for operators */
    for (int s = 0; s < job->source_count; s++)
        excuse_hands(weir_source_at(job, s)->out, weir_source_at(job, s)->out_count, excused, hands);
    for (int o = 0; o < count; o++)
        excuse_hands(job->ops[o].out, job->ops[o].out_count, excused, hands);
    long items = job->sink.in_transit + (hands[0] ? 0 : job->sink.in_hand);
    for (int o = 0; o < count; o++) {
        const struct weir_op *op = &job->ops[o];
        if (!(excused[o] & INSIDE))
            items += op->queued + op->in_transit + op->in_service;
        if (!excused[o] && !hands[o + 1])
            items += op->in_hand;
    }
    free(hands);
    free(excused);
    return items;
}
