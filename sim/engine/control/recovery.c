/* Failures survived: a detector, checkpoints, and jobs that go back to their last one.
 *
 * As in stream processors, a job whose instances are lost with a host goes back as a whole: what is on its way is
 * dropped (lost), the source plays again (replayed) what it has sent since the last checkpoint that is complete, and
 * the job works again once instances have started where there is a host for them.
 *
 * Checkpoints cut the items into segments. A segment is alive while a batch, a window or a join holds an item of it; a
 * checkpoint is complete when no segment before it is alive. So nothing need be copied: state before a complete
 * checkpoint has no items in it that could be lost.
 *
 * At-least-once: results leave at once, and again when they are replayed. Exactly-once: results wait at the sink until
 * the checkpoint behind them is complete, as in a sink that commits. */
#include <math.h>
#include <simgrid/actor.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/engine/parts.h"

/* How often an instance that waits for its host looks again. */
#define LOOK_AGAIN_S 1.0

struct segment {
    uint64_t offset; /* items that the source had sent when it began, counted along the log */
    long alive;
};

struct weir_recovery_state {
    unsigned epoch;
    bool recovering, again;
    struct segment *segments;
    size_t segment_count, segment_capacity;
    struct weir_arrival *log; /* what the source has sent since offset log_first */
    uint64_t log_first;
    size_t log_count, log_capacity;
    struct weir_batch *held_first, *held_last; /* results that wait for their checkpoint */
    long held;
    struct weir_batch *wrecks; /* lost with their host, which is not yet noticed: they keep their segments alive */
};

void weir_recovery_init(struct weir_run_job *job)
{
    struct weir_recovery_state *state = job->recovery = weir_alloc(1, sizeof *state);
    state->segments = weir_grow(NULL, 1, &state->segment_capacity, sizeof *state->segments);
    state->segments[0] = (struct segment){0, 0};
    state->segment_count = 1;
}

void weir_recovery_free(struct weir_run_job *job)
{
    if (!job->recovery)
        return;
    free(job->recovery->segments);
    free(job->recovery->log);
    free(job->recovery);
}

unsigned weir_recovery_epoch(const struct weir_run_job *job)
{
    return job && job->recovery ? job->recovery->epoch : 0;
}

unsigned weir_recovery_segment(const struct weir_run_job *job)
{
    return job->recovery ? (unsigned)job->recovery->segment_count - 1 : 0;
}

bool weir_recovering(const struct weir_run_job *job)
{
    return job->recovery && job->recovery->recovering;
}

bool weir_batch_stale(const struct weir_run_job *job, const struct weir_batch *batch)
{
    return job->recovery && batch->epoch != job->recovery->epoch;
}

/* The first segment that is not complete; the present one never is. */
static size_t first_alive(const struct weir_recovery_state *state)
{
    size_t s = 0;
    while (s + 1 < state->segment_count && !state->segments[s].alive)
        s++;
    return s;
}

void weir_recovery_log(struct weir_run_job *job, const struct weir_arrival *arrival)
{
    struct weir_recovery_state *state = job->recovery;
    if (!state)
        return;
    state->log = weir_grow(state->log, state->log_count + 1, &state->log_capacity, sizeof *state->log);
    state->log[state->log_count++] = *arrival;
}

/* Forgets what is before the offset. */
static void trim_log(struct weir_recovery_state *state, uint64_t offset)
{
    size_t gone = (size_t)(offset - state->log_first);
    if (!gone)
        return;
    state->log_count -= gone;
    memmove(state->log, state->log + gone, state->log_count * sizeof *state->log);
    state->log_first = offset;
}

bool weir_recovery_hold(struct weir_world *world, struct weir_run_job *job, struct weir_batch *batch)
{
    struct weir_recovery_state *state = job->recovery;
    if (!state || !world->scenario->recovery.exactly_once)
        return false;
    unsigned segment = batch->segment;
    weir_recovery_alive(job, segment, -1); /* a result that waits does not hold its own checkpoint up */
    batch->job = NULL;
    batch->since_s = weir_now();
    batch->next = NULL;
    if (state->held_last)
        state->held_last->next = batch;
    else
        state->held_first = batch;
    state->held_last = batch;
    state->held += batch->count;
    return true;
}

void weir_recovery_wreck(struct weir_run_job *job, struct weir_batch *batch)
{
    batch->next = job->recovery->wrecks;
    job->recovery->wrecks = batch;
}

long weir_recovery_held(const struct weir_run_job *job)
{
    return job->recovery ? job->recovery->held : 0;
}

/* Delivers (commit) or drops what is held, of segments before, or from, the given one. */
static void settle_held(struct weir_world *world, struct weir_run_job *job, size_t segment, bool commit)
{
    struct weir_recovery_state *state = job->recovery;
    struct weir_batch *batch = state->held_first;
    state->held_first = state->held_last = NULL;
    for (struct weir_batch *next; batch; batch = next) {
        next = batch->next;
        if (commit ? batch->segment >= segment : batch->segment < segment) {
            batch->next = NULL;
            if (state->held_last)
                state->held_last->next = batch;
            else
                state->held_first = batch;
            state->held_last = batch;
            continue;
        }
        state->held -= batch->count;
        if (commit) {
            weir_batch_hold(batch, weir_now() - batch->since_s);
            weir_count_results(world, job, batch);
        } else {
            job->counts.lost += (uint64_t)batch->count;
            weir_batch_release(&world->pool, batch);
        }
    }
}

void weir_recovery_alive(struct weir_run_job *job, unsigned segment, long by)
{
    struct weir_recovery_state *state = job->recovery;
    long alive = state->segments[segment].alive += by;
    if (!alive && state->held_first && !state->recovering && segment + 1 < state->segment_count)
        settle_held(job->world, job, first_alive(state), true);
}

/* A new segment begins; stateful instances stand still for the checkpoint. */
static void checkpoint(struct weir_world *world, struct weir_run_job *job)
{
    struct weir_recovery_state *state = job->recovery;
    size_t first = first_alive(state);
    trim_log(state, state->segments[first].offset);
    state->segments =
        weir_grow(state->segments, state->segment_count + 1, &state->segment_capacity, sizeof *state->segments);
    state->segments[state->segment_count++] = (struct segment){state->log_first + state->log_count, 0};
    settle_held(world, job, first_alive(state), true);
    for (int o = 0; o < job->spec->operator_count; o++) {
        const struct weir_op *op = &job->ops[o];
        bool stateful = op->spec->state_bytes > 0 || op->spec->state_bytes_per_item > 0;
        for (size_t i = 0; stateful && i < op->instance_count; i++) {
            struct weir_instance *instance = op->instances[i];
            weir_telemetry_disk(world, instance->host, op->state_bytes / (double)op->instance_count);
            if (!instance->in_idle_list) /* an idle one does it by the way */
                instance->stall_s += world->scenario->recovery.checkpoint_s;
        }
    }
}

static void checkpoint_actor(int argc, char **argv)
{
    struct weir_world *world = sg_actor_self_get_data();
    for (;;) {
        sg_actor_sleep_for(world->scenario->recovery.interval_s);
        for (int j = 0; j < world->arrived_jobs; j++)
            if (world->jobs[j].life == WEIR_JOB_RUNNING && !weir_recovering(&world->jobs[j]))
                checkpoint(world, &world->jobs[j]);
    }
}

/* Empties the inputs, joins and windows of an operator. */
static void drop_contents(struct weir_world *world, struct weir_op *op)
{
    for (struct weir_inbox *inbox = op->inboxes; inbox; inbox = inbox->next) {
        for (struct weir_batch *batch = inbox->first, *next; batch; batch = next) {
            next = batch->next;
            inbox->room[batch->edge].used -= batch->count;
            weir_op_queue_changed(op, -batch->count, weir_now());
            op->counts.lost_inside += (uint64_t)batch->count;
            weir_batch_release(&world->pool, batch);
        }
        inbox->first = inbox->last = NULL;
    }
    if (op->join)
        op->counts.lost_inside += weir_join_clear(op->job, op->join);
    for (size_t i = 0; i < op->instance_count; i++)
        weir_window_clear(op->instances[i]);
}

/* Wakes whoever waits for something of the job, to see that it is stale. */
static void wake_all(struct weir_run_job *job)
{
    for (int o = 0; o < job->spec->operator_count; o++) {
        struct weir_op *op = &job->ops[o];
        weir_waiters_wake_all(&op->gate);
        for (struct weir_inbox *inbox = op->inboxes; inbox; inbox = inbox->next) {
            for (int e = 0; e < op->in_edges; e++)
                weir_waiters_wake_all(&inbox->room[e].waiters);
            for (struct weir_connection *c = inbox->connections; c; c = c->next)
                weir_waiters_wake_all(&c->senders);
        }
        weir_op_at_rest(op);
    }
    for (struct weir_connection *c = job->sink.connections; c; c = c->next)
        weir_waiters_wake_all(&c->senders);
}

/* The source goes back to the beginning of a segment. */
static void rewind_source(struct weir_run_job *job, size_t first)
{
    struct weir_recovery_state *state = job->recovery;
    uint64_t offset = state->segments[first].offset;
    size_t keep = (size_t)(offset - state->log_first);
    size_t again = state->log_count - keep;
    if (again)
        weir_source_unsend(job, state->log + keep, again);
    job->counts.replayed += again;
    state->log_count = keep;
    trim_log(state, offset);
    for (size_t s = first; s < state->segment_count; s++)
        state->segments[s].offset = offset; /* what is still alive of them is stale */
    state->segments =
        weir_grow(state->segments, state->segment_count + 1, &state->segment_capacity, sizeof *state->segments);
    state->segments[state->segment_count++] = (struct segment){offset, 0};
}

static bool is_lost(const struct weir_world *world, const struct weir_instance *instance)
{
    return !instance->dead && (instance->life == WEIR_ACTIVE || instance->life == WEIR_RETIRING) &&
           (instance->crashed || instance->host_failures != world->hosts[instance->host].failures ||
            !world->hosts[instance->host].up);
}

/* The instances whose hosts have failed are gone; fills in where to start anew. Returns how many there are. */
static int bury(struct weir_world *world, struct weir_op *op, struct weir_placement *anew)
{
    int count = 0;
    for (size_t i = 0; i < op->instance_count; i++) {
        struct weir_instance *instance = op->instances[i];
        if (!is_lost(world, instance))
            continue;
        if (instance->life == WEIR_ACTIVE)
            anew[count++] = (struct weir_placement){instance->host, instance->weight, instance->cpu_share};
        weir_instance_kill(world, instance);
        i = (size_t)-1; /* others may have run, and changed the list */
    }
    return count;
}

/* Whether the operator goes on without an instance that shall start anew: others work, or can start at once. */
static bool spares(const struct weir_world *world, const struct weir_op *op)
{
    for (size_t i = 0; i < op->instance_count; i++)
        if (op->instances[i]->life == WEIR_ACTIVE && !is_lost(world, op->instances[i]))
            return true;
    for (int a = 0; a < op->anew_count; a++)
        if (world->hosts[op->anew[a].host].up)
            return true;
    return false;
}

/* Finds a host that is up, and has room, for each instance that starts anew. False if one must wait. */
static bool find_hosts(struct weir_world *world, struct weir_run_job *job)
{
    bool all = true;
    int *planned = weir_alloc(world->platform->host_count, sizeof *planned);
    for (int o = 0; o < job->spec->operator_count; o++) {
        struct weir_op *op = &job->ops[o];
        for (int a = 0; a < op->anew_count; a++) {
            if (!world->hosts[op->anew[a].host].up) {
                if (world->scenario->recovery.drop && spares(world, op)) {
                    op->anew[a--] = op->anew[--op->anew_count];
                    continue;
                }
                int host = world->scenario->recovery.wait ? -1 : weir_default_host(world, op, planned);
                if (host < 0) {
                    all = false;
                    continue;
                }
                op->anew[a].host = host;
            }
            planned[op->anew[a].host]++;
        }
    }
    free(planned);
    return all;
}

static void recovery_actor(int argc, char **argv)
{
    struct weir_run_job *job = sg_actor_self_get_data();
    struct weir_world *world = job->world;
    struct weir_recovery_state *state = job->recovery;
    int ops = job->spec->operator_count;
    do {
        state->again = false;
        for (int o = 0; o < ops; o++) {
            struct weir_op *op = &job->ops[o];
            op->anew = weir_resize(op->anew, (size_t)op->anew_count + op->instance_count, sizeof *op->anew);
            op->anew_count += bury(world, op, op->anew + op->anew_count);
        }
        wake_all(job);
        while (!find_hosts(world, job))
            sg_actor_sleep_for(LOOK_AGAIN_S);
        if (world->scenario->recovery.restart_s > 0)
            sg_actor_sleep_for(world->scenario->recovery.restart_s);
        for (int o = 0; o < ops; o++)
            for (int a = 0; a < job->ops[o].anew_count; a++)
                state->again |= !world->hosts[job->ops[o].anew[a].host].up;
    } while (state->again);
    for (int o = 0; o < ops; o++) {
        struct weir_op *op = &job->ops[o];
        for (int a = 0; a < op->anew_count; a++)
            weir_instance_deploy(world, op, &op->anew[a]);
        op->anew_count = 0;
    }
    state->recovering = false;
    job->source_free_s = fmax(job->source_free_s, weir_now());
    wake_all(job);
    weir_wake(&job->source_parking);
}

static void fail_job(struct weir_world *world, struct weir_run_job *job)
{
    struct weir_recovery_state *state = job->recovery;
    if (state->recovering) {
        state->again = true;
        return;
    }
    state->recovering = true;
    state->epoch++;
    job->counts.restarts++;
    size_t first = first_alive(state); /* before what is alive of it is dropped */
    settle_held(world, job, first, false);
    for (int o = 0; o < job->spec->operator_count; o++)
        drop_contents(world, &job->ops[o]);
    for (struct weir_batch *wreck = state->wrecks, *next; wreck; wreck = next) {
        next = wreck->next;
        weir_batch_release(&world->pool, wreck);
    }
    state->wrecks = NULL;
    rewind_source(job, first);
    weir_actor_start("recovery", world->hosts[world->home].host, recovery_actor, job);
}

static bool has_lost(const struct weir_run_job *job)
{
    bool lost = false;
    for (int o = 0; o < job->spec->operator_count; o++)
        for (size_t i = 0; i < job->ops[o].instance_count; i++)
            lost |= is_lost(job->world, job->ops[o].instances[i]);
    return lost;
}

bool weir_recovery_due(const struct weir_run_job *job)
{
    return job->recovery && (job->recovery->recovering || has_lost(job));
}

static void detector_actor(int argc, char **argv)
{
    struct weir_world *world = sg_actor_self_get_data();
    for (;;) {
        sg_actor_sleep_for(world->scenario->recovery.detect_s);
        for (int j = 0; j < world->arrived_jobs; j++) {
            struct weir_run_job *job = &world->jobs[j];
            if (job->life == WEIR_JOB_RUNNING && has_lost(job))
                fail_job(world, job);
        }
    }
}

void weir_recovery_start(struct weir_world *world)
{
    const struct weir_scenario *scenario = world->scenario;
    if (!scenario->recovery.on)
        return;
    sg_host_t home = world->hosts[world->home].host;
    weir_actor_start("detector", home, detector_actor, world);
    weir_actor_start("checkpoints", home, checkpoint_actor, world);
}
