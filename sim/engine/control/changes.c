/* Jobs and plans carried out: instances start and stop, state moves, and it all takes its time. */
#include <limits.h>
#include <math.h>
#include <simgrid/actor.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/engine/parts.h"
#include "sim/engine/simgrid_shim.h"

/* How long until a transfer that failed is tried again. */
#define RETRY_S 1.0

int weir_op_deployed(const struct weir_op *op, struct weir_placement *placements)
{
    int count = 0;
    for (size_t i = 0; i < op->instance_count; i++) {
        const struct weir_instance *instance = op->instances[i];
        if (instance->life != WEIR_STARTING && instance->life != WEIR_ACTIVE)
            continue;
        if (placements)
            placements[count] = (struct weir_placement){instance->host, instance->weight, instance->cpu_share};
        count++;
    }
    return count;
}

static struct weir_instance *new_instance(struct weir_world *world, struct weir_op *op,
                                          const struct weir_placement *placement)
{
    struct weir_instance *instance = weir_alloc(1, sizeof *instance);
    instance->op = op;
    instance->number = op->instances_ever++;
    instance->host = placement->host;
    instance->weight = placement->weight;
    instance->cpu_share = placement->cpu_share;
    op->instances =
        weir_grow(op->instances, op->instance_count + 1, &op->instance_capacity, sizeof(struct weir_instance *));
    op->instances[op->instance_count++] = instance;
    weir_instances_changed(world, instance->host, 1, weir_now());
    return instance;
}

/* The instance takes items from now on. */
static void activate(struct weir_world *world, struct weir_instance *instance)
{
    struct weir_op *op = instance->op;
    struct weir_inbox *inbox = NULL;
    for (struct weir_inbox *i = op->inboxes; op->spec->shared_queue && i; i = i->next)
        if (i->open && i->host == instance->host)
            inbox = i;
    for (struct weir_inbox *i = op->inboxes; !inbox && i; i = i->next) {
        /* One that an earlier instance left behind, with its connections. */
        if (!i->open && !i->instances && !i->first && !i->in_transit && i->host == instance->host) {
            inbox = i;
            inbox->weight = inbox->credit = 0;
        }
    }
    if (!inbox)
        inbox = weir_inbox_new(op, instance->host);
    inbox->weight += instance->weight;
    inbox->instances++;
    instance->inbox = inbox;
    instance->life = WEIR_ACTIVE;
    instance->host_failures = world->hosts[instance->host].failures;
    weir_track_reset(&instance->track, weir_now());
    weir_parking_init(&instance->parking);
    weir_trace_free(&instance->clock);
    instance->clock = (struct weir_clock){.since_s = weir_now()};
    weir_trace_clock(world, &instance->clock, instance->host, op->job->spec->name, op->spec->name, instance->number);
    weir_op_open_inbox(op, inbox);
    weir_waiters_wake_all(&op->gate);
    weir_actor_start("instance", world->hosts[world->home].host, weir_instance_actor, instance);
}

/* The instance gets no more items and goes once it is drained. */
static void retire(struct weir_world *world, struct weir_instance *instance)
{
    if (instance->life != WEIR_ACTIVE)
        return;
    instance->life = WEIR_RETIRING;
    instance->stopped_s = world->scenario->costs.stop_s;
    instance->inbox->weight -= instance->weight;
    bool alone = true;
    for (size_t i = 0; i < instance->op->instance_count; i++) {
        const struct weir_instance *other = instance->op->instances[i];
        alone &= other->life != WEIR_ACTIVE || other->inbox != instance->inbox;
    }
    if (alone)
        weir_op_close_inbox(instance->op, instance->inbox);
    weir_wake(&instance->parking);
}

void weir_instance_gone(struct weir_world *world, struct weir_instance *instance)
{
    instance->life = WEIR_GONE;
    weir_instances_changed(world, instance->host, -1, weir_now());
}

void weir_instance_kill(struct weir_world *world, struct weir_instance *instance)
{
    retire(world, instance);
    instance->dead = true;
    weir_wake(&instance->parking);
}

void weir_instance_deploy(struct weir_world *world, struct weir_op *op, const struct weir_placement *placement)
{
    activate(world, new_instance(world, op, placement));
}

void weir_job_deploy(struct weir_world *world, struct weir_run_job *job, const struct weir_plan *plan)
{
    for (int o = 0; o < job->spec->operator_count; o++) {
        int count;
        const struct weir_placement *placements = weir_plan_get(plan, job->index, o, &count);
        for (int i = 0; i < count; i++)
            activate(world, new_instance(world, &job->ops[o], &placements[i]));
    }
    job->life = WEIR_JOB_RUNNING;
    weir_source_start(world, job);
}

bool weir_job_is_empty(const struct weir_run_job *job)
{
    if (!job->source_done || weir_recovering(job) || weir_recovery_held(job) || job->sink.in_transit ||
        job->sink.in_hand)
        return false;
    for (int o = 0; o < job->spec->operator_count; o++) {
        const struct weir_op *op = &job->ops[o];
        if (op->changing || op->in_hand || op->in_transit || op->queued || op->in_service || op->in_window)
            return false;
        for (size_t i = 0; i < op->instance_count; i++)
            if (op->instances[i]->in_service)
                return false;
    }
    return true;
}

void weir_job_retire(struct weir_world *world, struct weir_run_job *job)
{
    job->life = WEIR_JOB_GONE;
    for (int o = 0; o < job->spec->operator_count; o++)
        for (size_t i = 0; i < job->ops[o].instance_count; i++)
            retire(world, job->ops[o].instances[i]);
}

struct weir_move {
    int from, to;
    double bytes;
    sg_comm_t transfer;
};

/* One change of an operator under way; its actor frees it, or the end of the run. */
struct weir_change {
    struct weir_change *next;
    struct weir_world *world;
    struct weir_op *op;
    struct weir_instance **start, **stop;
    int start_count, stop_count, kept_count;
    unsigned epoch; /* of the job when it began: a failure ends the change */
    bool pauses;    /* a stateful operator */
    bool moves;     /* as many instances as before, on other hosts */
    double begun_s, paused_s;
    struct weir_parking parking;
    double *surplus; /* state that each host has beyond what it shall have */
    struct weir_move *transfers;
    size_t transfer_count, transfer_capacity;
};

static void free_change(struct weir_change *change)
{
    struct weir_change **link = &change->world->changes;
    while (*link && *link != change)
        link = &(*link)->next;
    if (*link)
        *link = change->next;
    for (size_t m = 0; m < change->transfer_count; m++)
        weir_shim_forget(change->transfers[m].transfer);
    weir_parking_fini(&change->parking);
    free(change->transfers);
    free(change->surplus);
    free(change->start);
    free(change->stop);
    free(change);
}

void weir_changes_fini(struct weir_world *world)
{
    while (world->changes)
        free_change(world->changes);
}

/* Matches the wish with what is there by host, sets weights and shares of what stays, lists what starts and stops. */
static struct weir_change *compare(struct weir_world *world, struct weir_op *op, const struct weir_plan_change *wish)
{
    struct weir_change *change = weir_alloc(1, sizeof *change);
    change->world = world;
    change->op = op;
    change->start = weir_alloc((size_t)wish->count, sizeof *change->start);
    change->stop = weir_alloc(op->instance_count, sizeof *change->stop);
    bool *taken = weir_alloc(op->instance_count, sizeof *taken);
    int *kept = weir_alloc((size_t)wish->count, sizeof *kept);
    for (int w = 0; w < wish->count; w++) {
        kept[w] = -1;
        for (size_t i = 0; kept[w] < 0 && i < op->instance_count; i++) {
            struct weir_instance *instance = op->instances[i];
            if (!taken[i] && instance->life == WEIR_ACTIVE && instance->host == wish->instances[w].host) {
                taken[i] = true;
                kept[w] = (int)i;
                instance->inbox->weight += wish->instances[w].weight - instance->weight;
                instance->weight = wish->instances[w].weight;
                instance->cpu_share = wish->instances[w].cpu_share;
            }
        }
    }
    for (size_t i = 0; i < op->instance_count; i++)
        if (op->instances[i]->life == WEIR_ACTIVE && !taken[i])
            change->stop[change->stop_count++] = op->instances[i];
    for (int w = 0; w < wish->count; w++) {
        if (kept[w] >= 0)
            change->kept_count++;
        else
            change->start[change->start_count++] = new_instance(world, op, &wish->instances[w]);
    }
    free(taken);
    free(kept);
    change->pauses = op->state_bytes > 0 || op->spec->state_bytes_per_item > 0;
    change->moves = change->start_count > 0 && change->start_count == change->stop_count;
    return change;
}

static bool drained(const struct weir_op *op)
{
    if (op->queued || op->in_transit)
        return false;
    for (size_t i = 0; i < op->instance_count; i++)
        if (op->instances[i]->in_service)
            return false;
    return true;
}

/* The job has failed meanwhile, or the run ends. */
static bool cut_short(const struct weir_change *change)
{
    return change->world->error || weir_recovery_epoch(change->op->job) != change->epoch;
}

static void start_move(struct weir_world *world, struct weir_move *move)
{
    weir_shim_forget(move->transfer);
    move->transfer = NULL;
    if (!weir_world_need_route(world, move->from, move->to) || !world->hosts[move->from].up ||
        !world->hosts[move->to].up)
        return;
    move->transfer = weir_network_send(world, move->from, move->to, weir_world_route(world, move->from, move->to, NULL),
                                       move->bytes, INFINITY);
}

/* Moves the state so that every instance holds an equal part; what stays on its host does not travel. */
static void move_state(struct weir_change *change)
{
    struct weir_world *world = change->world;
    size_t hosts = world->platform->host_count;
    int before = change->kept_count + change->stop_count, after = change->kept_count + change->start_count;
    double state = change->op->state_bytes;
    if (state <= 0 || before <= 0 || after <= 0)
        return;
    double *surplus = change->surplus = weir_alloc(hosts, sizeof *surplus);
    const struct weir_op *op = change->op;
    for (size_t i = 0; i < op->instance_count; i++)
        if (op->instances[i]->life == WEIR_ACTIVE)
            surplus[op->instances[i]->host] += state / before;
    for (size_t i = 0; i < op->instance_count; i++) {
        const struct weir_instance *instance = op->instances[i];
        bool stays = instance->life == WEIR_ACTIVE || instance->life == WEIR_STARTING;
        for (int s = 0; s < change->stop_count; s++)
            stays &= change->stop[s] != instance;
        if (stays)
            surplus[instance->host] -= state / after;
    }
    size_t to = 0;
    for (size_t from = 0; from < hosts; from++) {
        while (surplus[from] > 1e-6 * state) {
            while (to < hosts && surplus[to] > -1e-6 * state)
                to++;
            if (to == hosts)
                break;
            double bytes = fmin(surplus[from], -surplus[to]);
            surplus[from] -= bytes;
            surplus[to] += bytes;
            change->transfers = weir_grow(change->transfers, change->transfer_count + 1, &change->transfer_capacity,
                                          sizeof *change->transfers);
            change->transfers[change->transfer_count++] = (struct weir_move){(int)from, (int)to, bytes, NULL};
        }
    }
    double begun_s = weir_now();
    for (size_t m = 0; m < change->transfer_count; m++)
        start_move(world, &change->transfers[m]);
    for (size_t m = 0; m < change->transfer_count && !world->error; m++) {
        struct weir_move *move = &change->transfers[m];
        double end_s;
        weir_begin(op->job);
        bool cut = false;
        while (!move->transfer || weir_shim_wait(move->transfer, &end_s) != 0) {
            cut = cut_short(change);
            if (cut)
                break;
            sg_actor_sleep_for(RETRY_S);
            start_move(world, move);
        }
        weir_end(op->job);
        if (cut)
            return;
        weir_count_transfer(world, move->from, move->to, weir_world_route(world, move->from, move->to, NULL),
                            move->bytes);
        weir_trace_transfer(world, move->from, move->to, op->job->spec->name, op->spec->name, move->bytes, 0, begun_s,
                            weir_now());
        weir_telemetry_disk(world, move->from, move->bytes); /* the checkpoint, and its copy */
        weir_telemetry_disk(world, move->to, move->bytes);
        if (world->warm)
            world->state_moved_bytes += move->bytes;
    }
}

static void change_actor(int argc, char **argv)
{
    struct weir_change *change = sg_actor_self_get_data();
    struct weir_world *world = change->world;
    struct weir_op *op = change->op;
    const struct weir_change_costs *costs = &world->scenario->costs;
    if (change->start_count && costs->start_s > 0)
        weir_sleep_for(op->job, costs->start_s);
    if (change->pauses) {
        double since_s = weir_now();
        op->paused = true;
        for (int i = 0; i < op->route_count; i++) {
            struct weir_inbox *inbox = op->routes[i];
            for (int e = 0; e < op->in_edges; e++)
                weir_waiters_wake_all(&inbox->room[e].waiters);
            for (struct weir_connection *c = inbox->connections; c; c = c->next)
                weir_waiters_wake_all(&c->senders);
        }
        op->drain_watcher = &change->parking;
        while (!drained(op) && !cut_short(change))
            weir_park(&change->parking);
        op->drain_watcher = NULL;
        if (costs->checkpoint_s > 0)
            weir_sleep_for(op->job, costs->checkpoint_s);
        move_state(change);
        if (costs->restore_s > 0)
            weir_sleep_for(op->job, costs->restore_s);
        change->paused_s = weir_now() - since_s;
        if (world->warm)
            world->paused_s += change->paused_s;
    }
    /* A job that left meanwhile wants nothing new. */
    bool gone = op->job->life == WEIR_JOB_GONE, failed = cut_short(change);
    for (int i = 0; i < change->start_count; i++) {
        if (failed) { /* the recovery decides where instances are; this one never was */
            change->start[i]->life = WEIR_GONE;
            weir_instances_changed(world, change->start[i]->host, -1, weir_now());
            continue;
        }
        activate(world, change->start[i]);
        if (gone)
            retire(world, change->start[i]);
    }
    for (int i = 0; !failed && i < change->stop_count; i++)
        retire(world, change->stop[i]);
    op->paused = false;
    op->changing = false;
    weir_trace_change(op, change->moves, change->begun_s, change->paused_s);
    weir_waiters_wake_all(&op->gate);
    free_change(change);
}

void weir_carry_out(struct weir_world *world, const struct weir_plan_change *wish)
{
    struct weir_op *op = &world->jobs[wish->job].ops[wish->op];
    if (op->changing) /* begun by a job that arrived while this was being decided */
        return;
    struct weir_change *change = compare(world, op, wish);
    if (!change->start_count && !change->stop_count) { /* weights and shares alone are free */
        free_change(change);
        return;
    }
    if (world->warm) {
        if (change->moves)
            world->migrations++;
        else
            world->rescales++;
    }
    op->changing = true;
    change->epoch = weir_recovery_epoch(op->job);
    change->begun_s = weir_now();
    weir_parking_init(&change->parking);
    change->next = world->changes;
    world->changes = change;
    weir_actor_start("change", world->hosts[world->home].host, change_actor, change);
}
