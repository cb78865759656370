/* Failures survived: a detector, checkpoints, and jobs that go back to their last one.
 *
 * As in stream processors, a job whose instances are lost with a host goes back as a whole: what is on its way is
 * dropped (lost), the source plays again (replayed) what it has sent since the last checkpoint that is complete, and
 * the job works again once instances have started where there is a host for them. What a checkpoint is:
 * flow/segments.h. */
#include "sim/engine/control/recovery.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/control/changes.h"
#include "sim/engine/control/checkpoints.h"
#include "sim/engine/control/faults.h"
#include "sim/engine/control/placement.h"
#include "sim/engine/control/plans.h"
#include "sim/engine/control/restore.h"
#include "sim/engine/control/view.h"
#include "sim/engine/flow/workers.h"

/* How often an instance that waits for its host looks again. */
#define LOOK_AGAIN_S 1.0

/* A job that recovers goes from step to step. */
struct recovery {
    struct weir_controller *controller;
    struct weir_run_job *job;
    void (*step)(struct recovery *recovery); /* what comes next */
    struct weir_alarm alarm;
    struct weir_soon go;
    bool again;   /* more has failed meanwhile */
    bool arrives; /* it has not begun yet, and has nothing to restart */
    struct weir_restore restore;
    long attempts;           /* restarts so far, since it was reset */
    double delay_s;          /* before the last of them */
    double works_s, fails_s; /* it works since then; and has failed then */
    bool given_up;           /* for good */
};

struct weir_recoveries {
    struct weir_controller *controller;
    struct weir_alarm detector, checkpoints;
    struct recovery *jobs; /* [job] */
};

static void stand_still(struct weir_instance *instance, void *context)
{
    const struct weir_controller *controller = context;
    if (!instance->in_idle_list) /* an idle one does it by the way */
        instance->stall_s += controller->scenario->recovery.checkpoint_s;
}

/* A new segment begins; stateful instances stand still for the checkpoint. */
static void checkpoint(struct weir_controller *controller, struct weir_run_job *job)
{
    weir_segments_begin(job->segments);
    for (int o = 0; o < job->spec->operator_count; o++) {
        struct weir_op *op = &job->ops[o];
        if (!weir_op_is_stateful(op))
            continue;
        for (size_t i = 0; i < op->instance_count; i++)
            weir_telemetry_disk(controller->books, op->instances[i]->host,
                                op->state_bytes / (double)op->instance_count);
        weir_workers_each(op, stand_still, controller);
    }
}

static void ring_checkpoints(struct weir_alarm *alarm)
{
    struct weir_controller *controller = WEIR_RECORD(alarm, struct weir_recoveries, checkpoints)->controller;
    weir_faults_catch_up(controller);
    for (int j = 0; j < controller->arrived_jobs; j++) {
        struct weir_run_job *job = &controller->flow->jobs[j];
        if (job->life == WEIR_JOB_RUNNING && !job->segments->recovering)
            checkpoint(controller, job);
    }
    weir_alarm_set(controller->clock, alarm, controller->clock->now_s + controller->scenario->recovery.interval_s);
}

/* The instances whose hosts have failed are gone; notes where to start anew. */
static void bury(struct weir_op *op)
{
    op->anew = weir_resize(op->anew, (size_t)op->anew_count + op->instance_count, sizeof *op->anew);
    for (size_t i = 0; i < op->instance_count; i++) {
        struct weir_instance *instance = op->instances[i];
        if (instance->life == WEIR_STARTING || !weir_instance_lost(instance))
            continue;
        if (instance->life == WEIR_ACTIVE)
            op->anew[op->anew_count++] = (struct weir_placement){instance->host, instance->weight, instance->cpu_share};
        weir_instance_kill(instance);
    }
}

/* Instances of the operator that work. */
static int working(const struct weir_op *op)
{
    int count = 0;
    for (size_t i = 0; i < op->instance_count; i++)
        count += op->instances[i]->life == WEIR_ACTIVE && !weir_instance_lost(op->instances[i]);
    return count;
}

/* Finds a host that is up, and has room, for each instance of the operator that starts anew, and takes it. Where there
 * is none, or none is looked for, the operator goes on without it if it has others, unless they shall wait. False if
 * one must wait. */
static bool find_hosts(struct weir_controller *controller, struct weir_op *op, struct weir_space *space)
{
    const struct weir_recovery *rules = &controller->scenario->recovery;
    int works = working(op), found = 0;
    double bytes = op->anew_count ? op->state_bytes / (works + op->anew_count) : 0;
    for (int a = 0; a < op->anew_count; a++) {
        struct weir_placement place = op->anew[a];
        if (weir_space_lack(space, place.host, 1, bytes) != WEIR_LACKS_NOTHING) {
            int host = rules->place != WEIR_RECOVERY_ELSEWHERE ? -1 : weir_default_host(controller, op, space, bytes);
            if (host < 0)
                continue;
            weir_tell_elsewhere(controller, op, place.host, host);
            place.host = host;
        }
        weir_space_take(space, place.host, 1, bytes);
        op->anew[a] = op->anew[found];
        op->anew[found++] = place;
    }
    if (found == op->anew_count)
        return true;
    if (works + found == 0 || rules->place == WEIR_RECOVERY_WAIT)
        return false;
    op->anew_count = found;
    return true;
}

static void start_anew(struct recovery *recovery)
{
    struct weir_run_job *job = recovery->job;
    for (int o = 0; o < job->spec->operator_count; o++) {
        struct weir_op *op = &job->ops[o];
        for (int a = 0; a < op->anew_count; a++)
            weir_instance_activate(weir_instance_new(op, &op->anew[a]));
        op->anew_count = 0;
        weir_state_lay(recovery->controller, op);
    }
    job->segments->recovering = recovery->arrives = false;
    recovery->works_s = recovery->controller->clock->now_s;
    weir_job_recovered(job);
}

static void bury_all(struct recovery *recovery);

/* Whether something has failed since hosts were found. */
static bool fails_again(struct recovery *recovery)
{
    const struct weir_run_job *job = recovery->job;
    struct weir_space *space = &recovery->controller->space;
    weir_view_hosts(recovery->controller);
    weir_space_begin(space, &recovery->controller->view);
    for (int o = 0; o < job->spec->operator_count; o++) {
        const struct weir_op *op = &job->ops[o];
        double bytes = op->anew_count ? op->state_bytes / (working(op) + op->anew_count) : 0;
        for (int a = 0; a < op->anew_count; a++) {
            int host = op->anew[a].host;
            recovery->again |= weir_space_lack(space, host, 1, bytes) != WEIR_LACKS_NOTHING;
            weir_space_take(space, host, 1, bytes);
        }
    }
    return recovery->again;
}

static void fetched(struct recovery *recovery)
{
    recovery->again |= recovery->restore.failed;
    weir_restore_fini(&recovery->restore);
    if (fails_again(recovery))
        bury_all(recovery);
    else
        start_anew(recovery);
}

static void restarted(struct recovery *recovery)
{
    struct weir_controller *controller = recovery->controller;
    if (fails_again(recovery)) {
        bury_all(recovery);
    } else if (controller->scenario->recovery.store < 0 || recovery->arrives) {
        start_anew(recovery);
    } else {
        recovery->step = fetched;
        weir_restore_begin(&recovery->restore, controller, recovery->job, &recovery->go);
    }
}

static void go_on(struct recovery *recovery, double later_s, void (*step)(struct recovery *recovery))
{
    struct weir_clock *clock = recovery->controller->clock;
    recovery->step = step;
    if (later_s > 0)
        weir_alarm_set(clock, &recovery->alarm, clock->now_s + later_s);
    else
        step(recovery);
}

/* What it takes to start the job again, with as many instances as it will have. */
static double time_to_restart_s(const struct recovery *recovery)
{
    const struct weir_recovery *rules = &recovery->controller->scenario->recovery;
    int instances = 0;
    for (int o = 0; o < recovery->job->spec->operator_count; o++)
        instances += working(&recovery->job->ops[o]) + recovery->job->ops[o].anew_count;
    return rules->restart_s + rules->restart_each_s * instances + rules->restart_shared_s / fmax(1, instances);
}

static void look_for_hosts(struct recovery *recovery)
{
    struct weir_controller *controller = recovery->controller;
    const struct weir_run_job *job = recovery->job;
    bool all = true;
    weir_view_hosts(controller);
    weir_space_begin(&controller->space, &controller->view);
    for (int o = 0; o < job->spec->operator_count; o++)
        all &= find_hosts(controller, &job->ops[o], &controller->space);
    if (all)
        go_on(recovery, recovery->arrives ? 0 : time_to_restart_s(recovery), restarted);
    else
        go_on(recovery, LOOK_AGAIN_S, look_for_hosts);
}

/* Seconds until the job is started again; negative: it is given up. */
static double next_delay_s(struct recovery *recovery)
{
    const struct weir_recovery *rules = &recovery->controller->scenario->recovery;
    bool grows = rules->strategy == WEIR_RESTARTS_EXPONENTIAL;
    if (recovery->arrives)
        return 0;
    if (grows && recovery->fails_s - recovery->works_s >= rules->reset_after_s)
        recovery->attempts = 0;
    if (rules->attempts >= 0 && recovery->attempts >= rules->attempts)
        return -1;
    bool first = !recovery->attempts++;
    recovery->delay_s =
        grows && !first ? fmin(recovery->delay_s * rules->multiplier, rules->max_delay_s) : rules->delay_s;
    return recovery->delay_s;
}

static void give_up(struct recovery *recovery)
{
    const struct weir_run_job *job = recovery->job;
    recovery->given_up = true;
    weir_tell_note(recovery->controller, "recovery", job->index, "", "the job is given up after %ld restart%s",
                   recovery->attempts, recovery->attempts == 1 ? "" : "s");
}

static void bury_all(struct recovery *recovery)
{
    struct weir_run_job *job = recovery->job;
    recovery->again = false;
    for (int o = 0; o < job->spec->operator_count; o++) {
        bury(&job->ops[o]);
        weir_state_lay(recovery->controller, &job->ops[o]);
    }
    weir_job_wake_all(job);
    double delay_s = next_delay_s(recovery);
    recovery->works_s = INFINITY;
    if (delay_s < 0) {
        give_up(recovery);
    } else if (delay_s > 0) {
        go_on(recovery, delay_s, look_for_hosts);
    } else {
        recovery->step = look_for_hosts; /* once those that are buried are gone: their slots are free then */
        weir_soon(recovery->controller->clock, &recovery->go);
    }
}

static void ring_job(struct weir_alarm *alarm)
{
    struct recovery *recovery = WEIR_RECORD(alarm, struct recovery, alarm);
    weir_faults_catch_up(recovery->controller);
    recovery->step(recovery);
}

static void go(struct weir_soon *soon)
{
    struct recovery *recovery = WEIR_RECORD(soon, struct recovery, go);
    recovery->step(recovery);
}

static void fail_job(struct recovery *recovery)
{
    struct weir_run_job *job = recovery->job;
    if (job->segments->recovering) {
        recovery->again = true;
        if (recovery->restore.ops) /* what is being fetched is of no use */
            weir_soon(recovery->controller->clock, &recovery->go);
        return;
    }
    recovery->fails_s = recovery->controller->clock->now_s;
    weir_checkpoints_give_up(recovery->controller, job);
    weir_changes_give_up(recovery->controller, job, "the job goes back to a checkpoint");
    weir_segments_rewind(job->segments);
    recovery->step = bury_all;
    weir_soon(recovery->controller->clock, &recovery->go);
}

void weir_recovery_await(struct weir_controller *controller, struct weir_run_job *job)
{
    struct recovery *recovery = &controller->recoveries->jobs[job->index];
    job->segments->recovering = recovery->arrives = true;
    recovery->step = look_for_hosts;
    weir_soon(controller->clock, &recovery->go);
}

/* Not of those that start: these leave the job as it is. */
static bool has_lost(const struct weir_run_job *job)
{
    for (int o = 0; o < job->spec->operator_count; o++) {
        for (size_t i = 0; i < job->ops[o].instance_count; i++) {
            const struct weir_instance *instance = job->ops[o].instances[i];
            if (instance->life != WEIR_STARTING && weir_instance_lost(instance))
                return true;
        }
    }
    return false;
}

bool weir_recovery_gave_up(const struct weir_controller *controller, int job)
{
    return controller->recoveries && controller->recoveries->jobs[job].given_up;
}

bool weir_recovery_due(const struct weir_run_job *job)
{
    return job->segments && (job->segments->recovering || has_lost(job));
}

static void ring_detector(struct weir_alarm *alarm)
{
    struct weir_recoveries *recoveries = WEIR_RECORD(alarm, struct weir_recoveries, detector);
    struct weir_controller *controller = recoveries->controller;
    weir_faults_catch_up(controller);
    for (int j = 0; j < controller->arrived_jobs; j++) {
        const struct weir_run_job *job = &controller->flow->jobs[j];
        if (job->life != WEIR_JOB_RUNNING)
            continue;
        if (has_lost(job) || weir_restore_lost(&recoveries->jobs[j].restore))
            fail_job(&recoveries->jobs[j]);
        weir_changes_look(controller, job);
    }
    weir_alarm_set(controller->clock, alarm, controller->clock->now_s + controller->scenario->recovery.detect_s);
}

void weir_recovery_init(struct weir_controller *controller)
{
    const struct weir_recovery *rules = &controller->scenario->recovery;
    if (!rules->on)
        return;
    int jobs = controller->flow->job_count;
    struct weir_recoveries *recoveries = controller->recoveries = weir_alloc(1, sizeof *recoveries);
    recoveries->controller = controller;
    recoveries->detector.ring = ring_detector;
    recoveries->checkpoints.ring = ring_checkpoints;
    recoveries->jobs = weir_alloc((size_t)jobs, sizeof *recoveries->jobs);
    for (int j = 0; j < jobs; j++)
        recoveries->jobs[j] = (struct recovery){.controller = controller,
                                                .job = &controller->flow->jobs[j],
                                                .alarm = {.ring = ring_job},
                                                .go = {.ring = go}};
    weir_alarm_set(controller->clock, &recoveries->detector, controller->clock->now_s + rules->detect_s);
    if (!rules->costs)
        weir_alarm_set(controller->clock, &recoveries->checkpoints, controller->clock->now_s + rules->interval_s);
}

void weir_recovery_fini(struct weir_controller *controller)
{
    for (int j = 0; controller->recoveries && j < controller->flow->job_count; j++)
        weir_restore_fini(&controller->recoveries->jobs[j].restore);
    if (controller->recoveries)
        free(controller->recoveries->jobs);
    free(controller->recoveries);
}
