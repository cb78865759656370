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
#include "sim/engine/control/moves.h"
#include "sim/engine/control/placement.h"
#include "sim/engine/control/plans.h"

/* One change of an operator under way. */
struct weir_change {
    struct weir_change *next;
    struct weir_controller *controller;
    struct weir_op *op;
    char *policy; /* that asked for it */
    enum { STARTS, DRAINS, WRITES, MOVES, RESTORES } stage;
    void (*step)(struct weir_change *change); /* what comes next */
    struct weir_alarm alarm;                  /* after a while */
    struct weir_soon go;                      /* at once */
    struct weir_alarm patience;               /* for what drains */
    uint64_t processed;                       /* by the operator when it was set */
    struct weir_instance **start, **stop;
    int start_count, stop_count, kept_count;
    bool moves; /* as many instances as before, on other hosts */
    double begun_s, paused_since_s, paused_s;
    struct weir_moves state;
};

static double now_of(const struct weir_change *change)
{
    return change->controller->clock->now_s;
}

static void free_change(struct weir_change *change)
{
    struct weir_clock *clock = change->controller->clock;
    struct weir_change **link = &change->controller->changes;
    while (*link && *link != change)
        link = &(*link)->next;
    if (*link)
        *link = change->next;
    if (change->op->at_rest_context == change)
        change->op->at_rest = NULL;
    weir_moves_fini(&change->state);
    weir_alarm_stop(clock, &change->alarm);
    weir_alarm_stop(clock, &change->patience);
    weir_soon_drop(clock, &change->go);
    free(change->policy);
    free(change->start);
    free(change->stop);
    free(change);
}

void weir_changes_fini(struct weir_controller *controller)
{
    while (controller->changes)
        free_change(controller->changes);
}

/* Matches the wish with what is there by host, sets weights and shares of what stays, lists what starts and stops. */
static struct weir_change *compare(struct weir_controller *controller, struct weir_op *op,
                                   const struct weir_plan_change *wish)
{
    struct weir_change *change = weir_alloc(1, sizeof *change);
    change->controller = controller;
    change->op = op;
    change->policy = weir_format("%s", wish->policy);
    change->start = weir_alloc((size_t)wish->count, sizeof *change->start);
    change->stop = weir_alloc(op->instance_count, sizeof *change->stop);
    bool *taken = weir_alloc(op->instance_count, sizeof *taken);
    int *kept = weir_alloc((size_t)wish->count, sizeof *kept);
    for (int w = 0; w < wish->count; w++) {
        const struct weir_placement *wanted = &wish->instances[w];
        kept[w] = -1;
        for (size_t i = 0; kept[w] < 0 && i < op->instance_count; i++) {
            struct weir_instance *instance = op->instances[i];
            if (!taken[i] && instance->life == WEIR_ACTIVE && instance->host == wanted->host) {
                taken[i] = true;
                kept[w] = (int)i;
                weir_instance_weigh(instance, wanted->weight, wanted->cpu_share);
            }
        }
    }
    for (size_t i = 0; i < op->instance_count; i++)
        if (op->instances[i]->life == WEIR_ACTIVE && !taken[i]) {
            op->instances[i]->leaves = true;
            change->stop[change->stop_count++] = op->instances[i];
        }
    for (int w = 0; w < wish->count; w++) {
        if (kept[w] >= 0)
            change->kept_count++;
        else
            change->start[change->start_count++] = weir_instance_new(op, &wish->instances[w]);
    }
    free(taken);
    free(kept);
    change->moves = change->start_count > 0 && change->start_count == change->stop_count;
    return change;
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
    weir_moves_fini(&change->state);
}

/* Done, or given up. */
static void end(struct weir_change *change)
{
    struct weir_op *op = change->op;
    wait_no_more(change);
    op->changing = false;
    weir_state_lay(change->controller, op);
    if (change->stage != STARTS) {
        change->paused_s = now_of(change) - change->paused_since_s;
        if (change->controller->books->warm)
            change->controller->books->paused_s += change->paused_s;
        weir_op_resume(op);
    }
    weir_trace_change(change->controller->books, op->job->spec->name, op->spec->name, change->moves, change->begun_s,
                      change->paused_s, now_of(change));
    free_change(change);
}

static void give_up(struct weir_change *change, const char *why)
{
    struct weir_op *op = change->op;
    weir_tell_note(change->controller, change->policy, op->job->index, op->spec->name, "change given up: %s", why);
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

static void moved(struct weir_change *change)
{
    if (change->state.failed) {
        give_up(change, "its state could not be moved");
        return;
    }
    change->stage = RESTORES;
    go_on(change, change->controller->scenario->costs.restore_s, restored);
}

/* Moves the state; what stays on its host does not travel. */
static void move_state(struct weir_change *change)
{
    size_t hosts = change->controller->platform->host_count;
    int before = change->kept_count + change->stop_count, after = count_after(change);
    double state = change->op->state_bytes;
    double *surplus = state > 0 && after > 0 ? weir_state_surplus(change->controller, change->op, before, after) : NULL;
    wait_no_more(change);
    change->stage = MOVES;
    change->state = (struct weir_moves){.controller = change->controller, .op = change->op, .end = &change->go};
    if (surplus)
        weir_moves_even(&change->state, surplus, hosts, 1e-6 * state);
    free(surplus);
    change->step = moved;
    weir_moves_begin(&change->state);
}

static void drained(struct weir_change *change)
{
    change->op->at_rest = NULL;
    weir_alarm_stop(change->controller->clock, &change->patience);
    change->stage = WRITES;
    bool writes = change->kept_count + change->stop_count > 0; /* else its state lies in a checkpoint already */
    go_on(change, writes ? change->controller->scenario->costs.checkpoint_s : 0,
          count_after(change) ? move_state : replace);
}

static void see_whether_drained(struct weir_change *change)
{
    if (weir_op_drained(change->op))
        drained(change);
}

static void something_rests(void *context)
{
    struct weir_change *change = context;
    weir_soon(change->controller->clock, &change->go);
}

static void wait_to_drain(struct weir_change *change)
{
    change->processed = change->op->counts.processed;
    weir_alarm_set(change->controller->clock, &change->patience,
                   now_of(change) + change->controller->scenario->window_s);
}

/* Nothing enters the operator: it is not left so while it does nothing. What is on its way over a link that is down is
 * left to those that stop, once it comes; where what has come cannot be served, the change is given up. */
static void lose_patience(struct weir_alarm *alarm)
{
    struct weir_change *change = WEIR_RECORD(alarm, struct weir_change, patience);
    const struct weir_op *op = change->op;
    if (op->counts.processed != change->processed || op->in_service)
        wait_to_drain(change);
    else if (weir_op_quiet(op))
        drained(change);
    else
        give_up(change, "what waits in it is not served");
}

static void started(struct weir_change *change)
{
    struct weir_op *op = change->op;
    if (leave_out_lost(change) == GIVEN_UP)
        return;
    if (!(op->state_bytes > 0 || op->spec->state_bytes_per_item > 0)) {
        replace(change);
        return;
    }
    change->paused_since_s = now_of(change);
    change->stage = DRAINS;
    change->step = see_whether_drained;
    op->at_rest = something_rests;
    op->at_rest_context = change;
    weir_op_pause(op);
    wait_to_drain(change);
    weir_soon(change->controller->clock, &change->go);
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
    struct weir_change *change = compare(controller, op, wish);
    if (!change->start_count && !change->stop_count) { /* weights and shares alone are free */
        free_change(change);
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
        if (change->op->job == job && leave_out_lost(change) == SOME_LOST && change->stage >= MOVES)
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
