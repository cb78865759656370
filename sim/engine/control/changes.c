/* Plans carried out: instances start and stop, state moves, and it all takes its time. A change of an operator
 * goes from step to step: instances start; if it has state, it pauses, is drained, writes a checkpoint, the state moves
 * and is restored; then the new instances take items and the old ones leave. Until that last step the operator can go
 * on as it was: a change that loses what it starts, or that does not get on, is given up. */
#include "sim/engine/control/changes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/engine/control/change.h"
#include "sim/engine/control/halt.h"
#include "sim/engine/control/placement.h"
#include "sim/engine/control/plans.h"

static double now_of(const struct weir_change *change)
{
    return change->controller->clock->now_s;
}

void weir_changes_fini(struct weir_controller *controller)
{
    while (controller->changes)
        weir_change_free(controller->changes);
}

static void ring(struct weir_alarm *alarm)
{
    struct weir_change *change = WEIR_RECORD(alarm, struct weir_change, alarm);
    weir_watch_end(&change->op->job->watch);
    change->step(change);
}

static void go(struct weir_soon *soon)
{
    struct weir_change *change = WEIR_RECORD(soon, struct weir_change, go);
    change->step(change);
}

/* The next step comes so much later. */
static void go_on(struct weir_change *change, double later_s, void (*step)(struct weir_change *change))
{
    change->step = step;
    if (!(later_s > 0)) {
        step(change);
        return;
    }
    weir_watch_begin(&change->op->job->watch);
    weir_alarm_set(change->controller->clock, &change->alarm, now_of(change) + later_s);
}

/* It waits no longer for its next step. */
static void wait_no_more(struct weir_change *change)
{
    if (weir_alarm_is_set(&change->alarm))
        weir_watch_end(&change->op->job->watch);
    weir_alarm_stop(change->controller->clock, &change->alarm);
    weir_soon_drop(change->controller->clock, &change->go);
    change->waits = false;
    weir_moves_fini(&change->state);
}

/* Done, or given up. */
static void end(struct weir_change *change)
{
    struct weir_controller *controller = change->controller;
    struct weir_op *op = change->op;
    wait_no_more(change);
    op->changing = false;
    weir_state_lay(controller, op);
    if (change->opened) {
        change->paused_s = change->kept_count ? 0 : now_of(change) - change->paused_since_s; /* else others go on */
        controller->books->paused_s += controller->books->warm ? change->paused_s : 0;
    } else if (change->stage != WEIR_CHANGE_STARTS) {
        change->stage = WEIR_CHANGE_RESTORES;
        change->paused_s = now_of(change) - change->paused_since_s;
        weir_halt_drained(change);
        weir_halt_end(change);
    }
    weir_trace_change(controller->books, op->job->spec->name, op->spec->name, change->moves, change->begun_s,
                      change->paused_s, now_of(change));
    weir_change_free(change);
    weir_halt_look(controller, op->job);
}

/* What stands still for its state goes on. */
static void let_go(struct weir_change *change)
{
    for (int i = 0; i < change->start_count; i++)
        weir_instance_hold(change->start[i], false);
    end(change);
}

static void give_up(struct weir_change *change, const char *why)
{
    struct weir_op *op = change->op;
    weir_tell_note(change->controller, change->policy, op->job->index, op->spec->name, "change given up: %s", why);
    if (change->opened) {
        let_go(change);
        return;
    }
    for (int i = 0; i < change->start_count; i++)
        weir_instance_forget(change->start[i]);
    for (int i = 0; i < change->stop_count; i++)
        change->stop[i]->leaves = false;
    end(change);
}

/* What it starts on hosts that have failed is left out, and for each of these an instance that was to stop stays. True
 * if something is; false, too, if nothing is left to start: then the change has been given up. */
enum loss { NOTHING_LOST, SOME_LOST, GIVEN_UP };
static enum loss leave_out_lost(struct weir_change *change)
{
    int left = 0, lost = 0;
    const char *host = NULL;
    if (change->opened) /* they are as any other, and the job goes back for them */
        return NOTHING_LOST;
    for (int i = 0; i < change->start_count; i++) {
        struct weir_instance *instance = change->start[i];
        if (!weir_instance_lost(instance)) {
            change->start[left++] = instance;
            continue;
        }
        lost++;
        host = change->controller->platform->hosts[instance->host].name;
        weir_instance_forget(instance);
    }
    change->start_count = left;
    if (!lost)
        return NOTHING_LOST;
    struct weir_text why = {0};
    weir_text_addf(&why, "host %s has failed", host);
    if (left) {
        int stay = lost < change->stop_count ? lost : change->stop_count;
        for (int s = 0; s < stay; s++)
            change->stop[--change->stop_count]->leaves = false;
        change->kept_count += stay;
        weir_state_lay(change->controller, change->op);
        weir_tell_note(change->controller, change->policy, change->op->job->index, change->op->spec->name,
                       "change goes on without %d of %d new instances: %s", lost, lost + left, weir_text_string(&why));
    } else {
        give_up(change, weir_text_string(&why));
    }
    weir_text_fini(&why);
    return left ? SOME_LOST : GIVEN_UP;
}

/* Instances that there will be. */
static int count_after(const struct weir_change *change)
{
    return change->kept_count + change->start_count;
}

static void replace(struct weir_change *change)
{
    bool gone = change->op->job->life == WEIR_JOB_GONE; /* it left meanwhile, and wants nothing new */
    for (int i = 0; i < change->start_count; i++) {
        weir_instance_activate(change->start[i]);
        if (gone)
            weir_instance_retire(change->start[i]);
    }
    weir_state_leave(change->op);
    for (int i = 0; i < change->stop_count; i++)
        weir_instance_retire(change->stop[i]);
    end(change);
}

static void move_state(struct weir_change *change);

static void restored(struct weir_change *change)
{
    if (change->opened) {
        let_go(change);
        return;
    }
    switch (leave_out_lost(change)) {
    case NOTHING_LOST:
        replace(change);
        break;
    case SOME_LOST:
        move_state(change);
        break;
    case GIVEN_UP:
        break;
    }
}

/* The job is let go by all at once. */
static void await_others(struct weir_change *change)
{
    weir_halt_meet(change, restored);
}

static void moved(struct weir_change *change)
{
    if (change->state.failed) {
        give_up(change, "its state could not be moved");
        return;
    }
    const struct weir_change_costs *costs = &change->controller->scenario->costs;
    change->stage = WEIR_CHANGE_RESTORES;
    go_on(change,
          costs->restore_s + costs->each_s * count_after(change) + costs->shared_s / fmax(1, count_after(change)),
          weir_change_halts(change) ? await_others : restored);
}

/* Moves the state; what stays on its host does not travel. */
static void move_state(struct weir_change *change)
{
    size_t hosts = change->controller->platform->host_count;
    int before = change->kept_count + change->stop_count, after = count_after(change);
    double state = change->op->state_bytes;
    double *surplus = state > 0 && after > 0 ? weir_state_surplus(change->controller, change->op, before, after) : NULL;
    wait_no_more(change);
    change->stage = WEIR_CHANGE_MOVES;
    change->state = (struct weir_moves){.controller = change->controller, .op = change->op, .end = &change->go};
    if (surplus)
        weir_moves_even(&change->state, surplus, hosts, 1e-6 * state);
    free(surplus);
    change->step = moved;
    weir_moves_begin(&change->state);
}

static void drained(struct weir_change *change)
{
    change->stage = WEIR_CHANGE_WRITES;
    weir_halt_drained(change);
    weir_alarm_stop(change->controller->clock, &change->patience);
    bool writes = change->kept_count + change->stop_count > 0; /* else its state lies in a checkpoint already */
    go_on(change, writes ? change->controller->scenario->costs.checkpoint_s : 0,
          count_after(change) ? move_state : replace);
}

static void move_what_was_cut(struct weir_change *change)
{
    change->stage = WEIR_CHANGE_MOVES;
    change->step = moved;
    weir_moves_begin(&change->state);
}

/* "cooperative": what is new takes its place, and what leaves gets nothing more, but who stays goes on; what comes for
 * the new ones waits in their inputs while the state is written, moves and is restored. */
static void open_early(struct weir_change *change)
{
    struct weir_controller *controller = change->controller;
    struct weir_op *op = change->op;
    size_t hosts = controller->platform->host_count;
    double *surplus = weir_state_surplus(controller, op, change->kept_count + change->stop_count, count_after(change));
    change->paused_since_s = now_of(change);
    change->opened = true;
    change->stage = WEIR_CHANGE_WRITES;
    change->state = (struct weir_moves){.controller = controller, .op = op, .end = &change->go};
    weir_moves_even(&change->state, surplus, hosts, 1e-6 * op->state_bytes);
    free(surplus);
    for (int i = 0; i < change->start_count; i++) {
        weir_instance_hold(change->start[i], true);
        weir_instance_activate(change->start[i]);
    }
    for (int i = 0; i < change->stop_count; i++)
        weir_instance_retire(change->stop[i]);
    weir_state_lay(controller, op);
    go_on(change, controller->scenario->costs.checkpoint_s, move_what_was_cut);
}

static void see_whether_drained(struct weir_change *change)
{
    if (weir_halt_is_drained(change))
        drained(change);
}

static void wait_to_drain(struct weir_change *change)
{
    change->processed = weir_halt_processed(change);
    weir_alarm_set(change->controller->clock, &change->patience,
                   now_of(change) + change->controller->scenario->window_s);
}

/* Nothing enters: that is not left so while nothing is done. What is on its way over a link that is down is
 * left to those that stop, once it comes; where what has come cannot be served, the change is given up. */
static void lose_patience(struct weir_alarm *alarm)
{
    struct weir_change *change = WEIR_RECORD(alarm, struct weir_change, patience);
    if (weir_halt_processed(change) != change->processed || weir_halt_serves(change))
        wait_to_drain(change);
    else if (weir_halt_is_quiet(change))
        drained(change);
    else
        give_up(change, "what waits in it is not served");
}

static void halt(struct weir_change *change)
{
    change->paused_since_s = now_of(change);
    change->stage = WEIR_CHANGE_DRAINS;
    change->step = see_whether_drained;
    weir_halt_begin(change);
    wait_to_drain(change);
    weir_soon(change->controller->clock, &change->go);
}

static void started(struct weir_change *change)
{
    const struct weir_op *op = change->op;
    if (leave_out_lost(change) == GIVEN_UP)
        return;
    if (weir_change_halts(change))
        weir_halt_meet(change, halt);
    else if (!(op->state_bytes > 0 || op->spec->state_bytes_per_item > 0))
        replace(change);
    else if (change->controller->scenario->rescale == WEIR_RESCALE_COOPERATIVE && count_after(change) > 0 &&
             change->kept_count + change->stop_count > 0)
        open_early(change);
    else
        halt(change);
}

static void start(struct weir_change *change)
{
    go_on(change, change->start_count ? change->controller->scenario->costs.start_s : 0, started);
}

void weir_change_begin(struct weir_controller *controller, const struct weir_plan_change *wish)
{
    struct weir_op *op = &controller->flow->jobs[wish->job].ops[wish->op];
    if (weir_op_changing(op)) { /* since a job arrived, or failed, while this was being decided */
        weir_tell_note(controller, wish->policy, wish->job, op->spec->name, "change given up: another is under way");
        return;
    }
    struct weir_change *change = weir_change_new(controller, op, wish);
    if (!change->start_count && !change->stop_count) { /* weights and shares alone are free */
        weir_change_free(change);
        return;
    }
    op->changing = true;
    weir_state_lay(controller, op);
    change->begun_s = now_of(change);
    change->alarm.ring = ring;
    change->patience.ring = lose_patience;
    change->go.ring = go;
    change->step = start;
    change->next = controller->changes;
    controller->changes = change;
    if (leave_out_lost(change) == GIVEN_UP)
        return;
    weir_books_change(
        controller->books, change->moves,
        weir_tiers_cross(controller, change->start, change->start_count, change->stop, change->stop_count));
    weir_soon(controller->clock, &change->go);
}

void weir_changes_look(struct weir_controller *controller, const struct weir_run_job *job)
{
    for (struct weir_change *change = controller->changes, *next; change; change = next) {
        next = change->next;
        if (change->op->job == job && leave_out_lost(change) == SOME_LOST && change->stage >= WEIR_CHANGE_MOVES)
            move_state(change); /* in other parts than before */
    }
}

void weir_changes_give_up(struct weir_controller *controller, const struct weir_run_job *job, const char *why)
{
    for (struct weir_change *change = controller->changes, *next; change; change = next) {
        next = change->next;
        if (change->op->job == job)
            give_up(change, why);
    }
}
