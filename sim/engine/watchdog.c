/* Tells a stalled simulation from an idle one. Time always passes, since windows close; so a job is stalled when items
 * stand inside it through a whole window in which none of its actors computed, sent or slept. An idle one has no items
 * inside, or waits for time to pass: for a transfer, for a host to come back, for the end of a window. The other way
 * not to get on is to turn without time passing. Neither can happen unless weir has a fault; then the run ends with an
 * error that names who waits, instead of results that look sound. */
#include <math.h>
#include <simgrid/actor.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/engine/parts.h"

/* How many waiting actors an error names. */
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

static const char *host_name(const struct weir_world *world, int host)
{
    return host >= 0 ? world->platform->hosts[host].name : "anywhere";
}

static int waiters_in(const struct weir_waiters *waiters)
{
    int count = 0;
    for (const struct weir_waiter *w = waiters->first; w; w = w->next)
        count++;
    return count;
}

static void list_connections(const struct weir_inbox *inbox, const char *to, struct listing *listing)
{
    const struct weir_world *world = inbox->job->world;
    for (const struct weir_connection *c = inbox->connections; c; c = c->next) {
        int senders = waiters_in(&c->senders);
        if (c->queued || c->open || senders || c->room_parking.parked)
            LIST(listing, "connection %s -> %s on %s: %d senders wait, %d batches wait, %u sent%s",
                 host_name(world, c->from), to, host_name(world, inbox->host), senders, c->queued, c->open,
                 c->room_parking.parked ? ", its receiver waits for room" : "");
    }
}

static void list_inbox(const struct weir_op *op, const struct weir_inbox *inbox, struct listing *listing)
{
    const struct weir_world *world = op->job->world;
    for (int e = 0; e < op->in_edges; e++) {
        const struct weir_room *room = &inbox->room[e];
        int senders = waiters_in(&room->waiters);
        if (senders)
            LIST(listing, "%d senders wait for room at an input of %s on %s, which holds %ld of %ld items", senders,
                 op->spec->name, host_name(world, inbox->host), room->used, room->capacity);
    }
    list_connections(inbox, op->spec->name, listing);
}

static void list_instance(const struct weir_instance *instance, struct listing *listing)
{
    const struct weir_op *op = instance->op;
    const char *does = NULL;
    if (instance->clock.doing == WEIR_BLOCKED)
        does = "waits to send on";
    else if (instance->clock.doing == WEIR_BUSY)
        does = "is busy with nothing";
    else if (instance->inbox && instance->inbox->first)
        does = "rests though items wait for it";
    if (does && instance->life != WEIR_GONE && instance->life != WEIR_STARTING)
        LIST(listing, "instance %d of %s on %s %s", instance->number, op->spec->name,
             host_name(op->job->world, instance->host), does);
}

static void list_op(const struct weir_op *op, struct listing *listing)
{
    for (size_t i = 0; i < op->instance_count; i++)
        list_instance(op->instances[i], listing);
    for (const struct weir_inbox *inbox = op->inboxes; inbox; inbox = inbox->next)
        list_inbox(op, inbox, listing);
    int at_gate = waiters_in(&op->gate);
    if (at_gate)
        LIST(listing, "%d senders wait to enter %s, which %s", at_gate, op->spec->name,
             op->paused        ? "is paused for a change"
             : op->route_count ? "is open"
                               : "has no instance");
    if (op->changing)
        LIST(listing, "a change of %s is under way%s", op->spec->name,
             op->drain_watcher ? " and waits until it is drained" : "");
}

static char *who_waits(const struct weir_run_job *job)
{
    struct listing listing = {0};
    if (job->source_clock.doing == WEIR_BLOCKED)
        LIST(&listing, "the source on %s waits to send", host_name(job->world, job->spec->source_host));
    for (int o = 0; o < job->spec->operator_count; o++)
        list_op(&job->ops[o], &listing);
    list_connections(&job->sink, "the sink", &listing);
    if (listing.count > NAMED_MAX)
        weir_text_addf(&listing.text, "; and %d more", listing.count - NAMED_MAX);
    if (!listing.count)
        weir_text_addf(&listing.text, "nobody waits for them");
    return listing.text.data;
}

static long items_inside(const struct weir_run_job *job)
{
    long items = job->sink.in_transit + job->sink.in_hand;
    for (int o = 0; o < job->spec->operator_count; o++) {
        const struct weir_op *op = &job->ops[o];
        items += op->queued + op->in_transit + op->in_hand + op->in_service;
    }
    return items;
}

void weir_sleep_for(struct weir_run_job *job, double duration_s)
{
    weir_begin(job);
    sg_actor_sleep_for(duration_s);
    weir_end(job);
}

void weir_sleep_until(struct weir_run_job *job, double date_s)
{
    weir_begin(job);
    sg_actor_sleep_until(date_s);
    weir_end(job);
}

void weir_watch_windows(struct weir_world *world, double now_s)
{
    for (int j = 0; j < world->arrived_jobs && !world->error; j++) {
        struct weir_run_job *job = &world->jobs[j];
        struct weir_watch *watch = &job->watch;
        long items = job->life == WEIR_JOB_WAITING || weir_recovery_due(job) ? 0 : items_inside(job);
        bool still = items && !watch->under_way;
        if (still && watch->was_still && watch->begun == watch->begun_before) {
            char *who = who_waits(job);
            world->error = WEIR_EENGINE;
            world->error_text =
                weir_format("job %s stands still at %.6g s: %ld items are inside it, and nothing is under way that "
                            "could move them (%s); this is a fault of weir",
                            job->spec->name, now_s, items, who);
            free(who);
        }
        watch->was_still = still;
        watch->begun_before = watch->begun;
    }
}

void weir_watch_turned(struct weir_world *world, const char *who, const struct weir_run_job *job)
{
    world->turns = 0;
    if (world->turns_since_s < weir_now()) {
        world->turns_since_s = weir_now();
        return;
    }
    char *others = who_waits(job);
    if (!world->error) {
        world->error = WEIR_EENGINE;
        world->error_text =
            weir_format("the run does not get on at %.6g s: its actors have taken %lu turns without time "
                        "passing, the last of them %s of job %s (%s); this is a fault of weir",
                        weir_now(), world->turns_at_most, who, job->spec->name, others);
    }
    free(others);
    world->over = true;
    sg_actor_kill_all();
    sg_actor_exit();
}
