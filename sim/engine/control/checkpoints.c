#include "sim/engine/control/checkpoints.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/control/moves.h"
#include "sim/engine/flow/barrier.h"

/* What an operator had when an instance of it passed the barrier first. */
struct mark {
    bool set;
    double state_bytes;
    uint64_t processed;
};

/* The part of an instance, on its way to the store. */
struct upload {
    struct upload *next;
    struct checkpoint *of;
    struct weir_moves moves;
    struct weir_soon end;
};

struct checkpoint {
    struct weir_barrier barrier;
    struct checkpoint *next; /* of its job, in order of beginning */
    struct schedule *schedule;
    struct weir_alarm timeout;
    struct upload *uploads;
    long under_way; /* uploads */
    bool through;   /* the sink has the barrier */
    double begun_s, bytes;
    struct mark *marks; /* [operator] */
};

/* Of a job. */
struct schedule {
    struct weir_controller *controller;
    struct weir_run_job *job;
    struct weir_alarm alarm; /* the next one */
    struct checkpoint *first;
    bool late;         /* one is due, and waits until fewer are under way */
    double ended_s;    /* the last one */
    struct mark *last; /* [operator] as the last one that is complete has it; not set: none is */
};

struct weir_checkpoints {
    struct schedule *jobs;
    int count;
};

static const struct weir_recovery *rules_of(const struct schedule *schedule)
{
    return &schedule->controller->scenario->recovery;
}

static double now_of(const struct schedule *schedule)
{
    return schedule->controller->clock->now_s;
}

static void free_checkpoint(struct checkpoint *checkpoint)
{
    struct weir_clock *clock = checkpoint->schedule->controller->clock;
    weir_barrier_end(&checkpoint->barrier);
    weir_alarm_stop(clock, &checkpoint->timeout);
    for (struct upload *upload = checkpoint->uploads, *next; upload; upload = next) {
        next = upload->next;
        weir_moves_fini(&upload->moves);
        free(upload);
    }
    free(checkpoint->marks);
    free(checkpoint);
}

static void try_to_begin(struct schedule *schedule);

/* It is off the list, and another one may begin. */
static void end(struct checkpoint *checkpoint)
{
    struct schedule *schedule = checkpoint->schedule;
    struct checkpoint **link = &schedule->first;
    while (*link != checkpoint)
        link = &(*link)->next;
    *link = checkpoint->next;
    schedule->ended_s = now_of(schedule);
    free_checkpoint(checkpoint);
    if (schedule->late)
        try_to_begin(schedule);
}

static void fail(struct checkpoint *checkpoint)
{
    struct weir_books *books = checkpoint->schedule->controller->books;
    books->checkpoints_failed += books->warm;
    end(checkpoint);
}

/* It is complete; earlier ones that are still under way are of no use any more. */
static void complete(struct checkpoint *checkpoint)
{
    struct schedule *schedule = checkpoint->schedule;
    struct weir_books *books = schedule->controller->books;
    unsigned segment = checkpoint->barrier.segment;
    for (int o = 0; o < schedule->job->spec->operator_count; o++)
        if (checkpoint->marks[o].set)
            schedule->last[o] = checkpoint->marks[o];
    if (books->warm) {
        books->checkpoints++;
        books->checkpoint_s += now_of(schedule) - checkpoint->begun_s;
        books->alignment_s += checkpoint->barrier.held_s;
        books->checkpoint_bytes += checkpoint->bytes;
    }
    while (schedule->first != checkpoint)
        end(schedule->first);
    end(checkpoint);
    weir_segments_store(schedule->job->segments, segment);
}

static void look(struct checkpoint *checkpoint)
{
    if (checkpoint->through && !checkpoint->under_way)
        complete(checkpoint);
}

static void uploaded(struct weir_soon *soon)
{
    struct upload *upload = WEIR_RECORD(soon, struct upload, end);
    struct checkpoint *checkpoint = upload->of;
    if (upload->moves.failed) {
        fail(checkpoint);
        return;
    }
    checkpoint->under_way--;
    look(checkpoint);
}

static void through(struct weir_barrier *barrier)
{
    struct checkpoint *checkpoint = WEIR_RECORD(barrier, struct checkpoint, barrier);
    checkpoint->through = true;
    weir_barrier_end(barrier);
    look(checkpoint);
}

/* Bytes that an operator writes: all of its state, or what has been changed since the last one that is complete. */
static double bytes_of(const struct schedule *schedule, const struct weir_op *op)
{
    const struct mark *last = &schedule->last[op->index];
    if (!rules_of(schedule)->incremental || !last->set)
        return op->state_bytes;
    double grown = fmax(0, op->state_bytes - last->state_bytes);
    double changed = op->spec->state_update_bytes * (double)(op->counts.processed - last->processed);
    return fmin(op->state_bytes, grown + changed);
}

static void passes(struct weir_barrier *barrier, struct weir_instance *instance, double in_flight_bytes)
{
    struct checkpoint *checkpoint = WEIR_RECORD(barrier, struct checkpoint, barrier);
    struct schedule *schedule = checkpoint->schedule;
    struct weir_controller *controller = schedule->controller;
    struct weir_op *op = instance->op;
    struct mark *mark = &checkpoint->marks[op->index];
    int store = rules_of(schedule)->store, deployed = weir_op_deployed(op, NULL);
    double bytes = bytes_of(schedule, op) / (deployed > 1 ? deployed : 1) + in_flight_bytes;
    if (!mark->set)
        *mark = (struct mark){true, op->state_bytes, op->counts.processed};
    checkpoint->bytes += bytes;
    if (store < 0 || store == instance->host || !(bytes > 0)) {
        weir_telemetry_disk(controller->books, instance->host, bytes);
        return;
    }
    struct upload *upload = weir_alloc(1, sizeof *upload);
    upload->of = checkpoint;
    upload->next = checkpoint->uploads;
    upload->end.ring = uploaded;
    upload->moves = (struct weir_moves){.controller = controller, .op = op, .end = &upload->end, .is_checkpoint = true};
    checkpoint->uploads = upload;
    checkpoint->under_way++;
    weir_moves_add(&upload->moves, instance->host, store, bytes);
    weir_moves_begin(&upload->moves);
}

static void times_out(struct weir_alarm *alarm)
{
    fail(WEIR_RECORD(alarm, struct checkpoint, timeout));
}

static void begin(struct schedule *schedule)
{
    struct weir_clock *clock = schedule->controller->clock;
    struct checkpoint *checkpoint = weir_alloc(1, sizeof *checkpoint), **last = &schedule->first;
    while (*last)
        last = &(*last)->next;
    *last = checkpoint;
    checkpoint->schedule = schedule;
    checkpoint->begun_s = clock->now_s;
    checkpoint->marks = weir_alloc((size_t)schedule->job->spec->operator_count, sizeof *checkpoint->marks);
    checkpoint->barrier =
        (struct weir_barrier){.unaligned = rules_of(schedule)->unaligned, .passes = passes, .through = through};
    checkpoint->timeout.ring = times_out;
    weir_alarm_set(clock, &checkpoint->timeout, clock->now_s + rules_of(schedule)->timeout_s);
    weir_barrier_begin(&checkpoint->barrier, schedule->job);
}

static bool stands_still(const struct weir_run_job *job)
{
    bool still = job->halts > 0;
    for (int o = 0; o < job->spec->operator_count; o++)
        still |= job->ops[o].paused;
    return still;
}

/* Begins one that is due, unless too many are under way, or the last one has ended too short a while ago. */
static void try_to_begin(struct schedule *schedule)
{
    const struct weir_recovery *rules = rules_of(schedule);
    struct weir_clock *clock = schedule->controller->clock;
    long under_way = 0;
    for (const struct checkpoint *c = schedule->first; c; c = c->next)
        under_way++;
    schedule->late = under_way >= rules->concurrent;
    if (schedule->late)
        return;
    double from_s = schedule->ended_s + rules->min_pause_s;
    if (from_s > clock->now_s + weir_clock_tie_s(from_s)) {
        weir_alarm_set(clock, &schedule->alarm, from_s);
        return;
    }
    if (schedule->job->life == WEIR_JOB_RUNNING && !schedule->job->segments->recovering && !stands_still(schedule->job))
        begin(schedule);
    weir_alarm_set(clock, &schedule->alarm, clock->now_s + rules->interval_s);
}

static void ring(struct weir_alarm *alarm)
{
    try_to_begin(WEIR_RECORD(alarm, struct schedule, alarm));
}

void weir_checkpoints_give_up(struct weir_controller *controller, const struct weir_run_job *job)
{
    if (!controller->checkpoints)
        return;
    struct schedule *schedule = &controller->checkpoints->jobs[job->index];
    bool late = schedule->late;
    schedule->late = false;
    while (schedule->first)
        fail(schedule->first);
    if (late)
        weir_alarm_set(controller->clock, &schedule->alarm, now_of(schedule) + rules_of(schedule)->interval_s);
}

void weir_checkpoints_init(struct weir_controller *controller)
{
    const struct weir_recovery *rules = &controller->scenario->recovery;
    if (!rules->costs)
        return;
    struct weir_checkpoints *checkpoints = controller->checkpoints = weir_alloc(1, sizeof *checkpoints);
    checkpoints->count = controller->flow->job_count;
    checkpoints->jobs = weir_alloc((size_t)checkpoints->count, sizeof *checkpoints->jobs);
    for (int j = 0; j < checkpoints->count; j++) {
        struct schedule *schedule = &checkpoints->jobs[j];
        struct weir_run_job *job = &controller->flow->jobs[j];
        *schedule = (struct schedule){.controller = controller, .job = job, .alarm.ring = ring, .ended_s = -INFINITY};
        schedule->last = weir_alloc((size_t)job->spec->operator_count, sizeof *schedule->last);
        weir_alarm_set(controller->clock, &schedule->alarm, controller->clock->now_s + rules->interval_s);
    }
}

void weir_checkpoints_fini(struct weir_controller *controller)
{
    struct weir_checkpoints *checkpoints = controller->checkpoints;
    for (int j = 0; checkpoints && j < checkpoints->count; j++) {
        for (struct checkpoint *c = checkpoints->jobs[j].first, *next; c; c = next) {
            next = c->next;
            free_checkpoint(c);
        }
        free(checkpoints->jobs[j].last);
    }
    if (checkpoints)
        free(checkpoints->jobs);
    free(checkpoints);
}
