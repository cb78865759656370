/* Tells a stalled simulation from an idle one. Time always passes, since windows close; so a job is stalled when items
 * stand inside it through a whole window in which none of its actors computed, sent or slept. An idle one has no items
 * inside, or waits for time to pass: for a transfer, for a host to come back, for the end of a window. The other way
 * not to get on is to turn without time passing. Neither can happen unless weir has a fault; then the run ends with an
 * error that names who waits, instead of results that look sound. And so it does if SimGrid never ends a transfer. */
#include <math.h>
#include <simgrid/actor.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/engine/parts.h"
#include "sim/engine/simgrid_shim.h"

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

/* No network model of SimGrid multiplies latencies by more (LV08: 13.01); a scenario's own factors, one or, by sizes,
 * several, may. */
#define LATENCY_FACTOR 20.0
/* Links that carry less than so many bytes in a run are let alone: what crawls over them may be meant to. */
#define BYTES_A_RUN 1e6

static double latency_factor(const struct weir_scenario *scenario)
{
    double most = LATENCY_FACTOR;
    for (int o = 0; o < scenario->option_count; o++) {
        const char *text = scenario->options[o].value;
        if (strcmp(scenario->options[o].key, "network/model") == 0 && strncmp(text, "ns-3", 4) == 0)
            return INFINITY; /* SimGrid knows nothing of its rates */
        if (strcmp(scenario->options[o].key, "network/latency-factor") != 0)
            continue;
        for (char *end; *text; text = end > text ? end : text + 1)
            most = fmax(most, strtod(text, &end));
    }
    return most;
}

/* The oldest transfer of a connection, if its latency must be over and its links carry enough; else NULL. */
static const struct weir_open_transfer *long_under_way(const struct weir_world *world, const struct weir_connection *c,
                                                       double factor, double now_s)
{
    const struct weir_open_transfer *oldest = c->open ? &c->ring[c->ring_first & (c->ring_size - 1)] : NULL;
    double latency_s, bytes_per_s;
    if (!oldest || !oldest->transfer ||
        now_s <= oldest->sent_s + factor * world->routes[c->route].latency_s + world->scenario->window_s ||
        weir_shim_route(world->hosts[c->from].host, world->hosts[c->inbox->host].host, &latency_s, &bytes_per_s, NULL,
                        0) < 0 ||
        bytes_per_s * world->scenario->duration_s < BYTES_A_RUN)
        return NULL;
    return oldest;
}

/* A transfer that, as it goes, would not carry a byte in as long as the run lasts is one that never ends: SimGrid's
 * options may amount to that. One whose hosts or links are down has failed, and is sent again when they are up. */
static void watch_transfers(struct weir_world *world, double now_s)
{
    double factor = latency_factor(world->scenario), bytes_per_s = 0;
    const struct weir_connection **of = weir_alloc(world->connection_count, sizeof *of);
    sg_comm_t *transfers = weir_alloc(world->connection_count, sizeof *transfers);
    int count = 0;
    for (size_t c = 0; c < world->connection_count; c++) {
        const struct weir_open_transfer *oldest = long_under_way(world, world->connections[c], factor, now_s);
        of[count] = world->connections[c];
        if (oldest)
            transfers[count++] = oldest->transfer;
    }
    int still = count ? weir_shim_still(transfers, count, 1 / world->scenario->duration_s, &bytes_per_s) : -1;
    if (still >= 0) {
        const struct weir_connection *c = of[still];
        const struct weir_open_transfer *oldest = &c->ring[c->ring_first & (c->ring_size - 1)];
        world->error = WEIR_EENGINE;
        world->error_text = weir_format(
            "a transfer of %g bytes of job %s from %s to %s does not get on at %.6g s: it is under way since %.6g s, "
            "its "
            "hosts and links are up, and SimGrid moves it at %.3g bytes/s; check the options of \"simgrid\"",
            oldest->bytes, c->inbox->job->spec->name, host_name(world, c->from), host_name(world, c->inbox->host),
            now_s, oldest->sent_s, bytes_per_s);
    }
    free(transfers);
    free(of);
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
    if (!world->error)
        watch_transfers(world, now_s);
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
