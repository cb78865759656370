/* The controller: closes windows, lets jobs arrive and depart, asks the policies and carries out what they decide. It
 * does what is due when its alarm rings, and sets it to the next date. */
#include "sim/engine/control/controller.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/engine/books/ledger.h"
#include "sim/engine/control/arrivals.h"
#include "sim/engine/control/batteries.h"
#include "sim/engine/control/changes.h"
#include "sim/engine/control/checkpoints.h"
#include "sim/engine/control/emissions.h"
#include "sim/engine/control/faults.h"
#include "sim/engine/control/hooks.h"
#include "sim/engine/control/measure.h"
#include "sim/engine/control/paje.h"
#include "sim/engine/control/placement.h"
#include "sim/engine/control/plans.h"
#include "sim/engine/control/pstates.h"
#include "sim/engine/control/recovery.h"
#include "sim/engine/control/report.h"
#include "sim/engine/control/routing.h"
#include "sim/engine/control/sleep.h"
#include "sim/engine/control/steer.h"
#include "sim/engine/control/view.h"
#include "sim/engine/control/watchdog.h"

/* Dates are reached up to rounding. */
#define EPSILON_S 1e-9

static bool reached(const struct weir_controller *controller, double date_s)
{
    return controller->clock->now_s + EPSILON_S >= date_s;
}

static void let_arrive(struct weir_controller *controller)
{
    bool decided = false;
    for (; weir_goes_on(controller) && reached(controller, weir_next_job_s(controller)); decided = true)
        weir_jobs_arrive(controller);
    controller->explained |= decided && weir_hook_explain(controller);
}

static void note_warmth(struct weir_controller *controller)
{
    if (!controller->books->warm && reached(controller, controller->scenario->warmup_s))
        weir_measure_warm(controller);
}

/* What was decided and is due. */
static void carry_out_decided(struct weir_controller *controller)
{
    weir_plan_carry_out(controller, controller->decided);
    weir_plan_free(controller->decided);
    controller->decided = NULL;
}

/* Seconds from the decision until it is carried out: the scenario's, and the work on the host that decides; or what the
 * hooks have taken. */
static double decision_s(const struct weir_controller *controller, const struct weir_plan *plan, double measured_s)
{
    int host = controller->scenario->decision_host;
    double work_s = host < 0 ? 0 : weir_plan_flops(plan) / controller->host_views[host].speed_flops_per_s;
    return controller->scenario->decision_s + (controller->scenario->decision_measured ? measured_s : work_s);
}

static void decide(struct weir_controller *controller)
{
    if (controller->decided)
        return; /* the last decision is not yet made: whoever decides is busy with it */
    struct weir_plan *plan = weir_plan_new(&controller->view);
    double before_s = controller->books->decision_wall_s;
    weir_hook_window_ends(controller, plan);
    double measured_s = controller->books->decision_wall_s - before_s;
    weir_plan_tell_warnings(controller, plan);
    if (weir_goes_on(controller)) {
        weir_plan_check(plan);
        weir_plan_tell(controller, plan);
    }
    double taken_s = decision_s(controller, plan, measured_s);
    controller->decided = plan;
    controller->due_s = controller->clock->now_s + taken_s;
    if (!(taken_s > 0))
        carry_out_decided(controller);
}

static void close_window(struct weir_controller *controller)
{
    weir_measure_flush(controller);
    weir_view_update(controller);
    weir_account_close(controller->books, controller->clock->now_s);
    weir_report_window(controller);
    weir_paje_window(controller);
    weir_measure_next_window(controller);
    weir_watchdog_window(controller);
    controller->books->window++;
    const struct weir_observer *observer = controller->spec->observer;
    if (observer && observer->progress)
        observer->progress(observer->context, controller->clock->now_s, controller->scenario->duration_s);
}

static void let_depart(struct weir_controller *controller)
{
    for (int j = 0; j < controller->arrived_jobs; j++) {
        struct weir_run_job *job = &controller->flow->jobs[j];
        bool over = job->spec->depart_s <= controller->clock->now_s && weir_job_is_empty(job);
        if (job->life != WEIR_JOB_RUNNING || !(over || weir_recovery_gave_up(controller, j)))
            continue;
        weir_job_retire(job);
        for (int o = 0; o < job->spec->operator_count; o++)
            weir_state_lay(controller, &job->ops[o]);
        controller->job_views[j].running = false;
        weir_hook_job_departs(controller, j);
    }
}

/* Does what is due but arrivals and the end of the warm-up between these dates. True at the end of the run. */
static bool turn(struct weir_controller *controller)
{
    const struct weir_scenario *scenario = controller->scenario;
    bool end = reached(controller, scenario->duration_s);
    if (controller->decided && reached(controller, controller->due_s) && !end) { /* at the end, the end comes first */
        weir_view_deployments(controller, 0); /* jobs may have arrived or failed meanwhile */
        weir_plan_check_again(controller, controller->decided);
        carry_out_decided(controller);
    }
    bool begins = !controller->windows;
    bool closes = !begins && reached(controller, (double)controller->windows * scenario->window_s);
    if (closes || (end && controller->clock->now_s > controller->books->window_start_s + EPSILON_S))
        close_window(controller);
    if (closes || begins)
        controller->windows++;
    note_warmth(controller);
    if (end) {
        weir_steer(controller, true);
        return true;
    }
    if (closes) {
        let_depart(controller);
        decide(controller);
        controller->explained |= weir_hook_explain(controller);
    }
    if (closes || begins)
        weir_steer(controller, false);
    let_arrive(controller);
    return false;
}

static void set_alarm(struct weir_controller *controller)
{
    const struct weir_scenario *scenario = controller->scenario;
    double until_s = fmin((double)controller->windows * scenario->window_s, scenario->duration_s);
    controller->until_s = controller->decided ? fmin(until_s, controller->due_s) : until_s;
    double next_s = fmin(controller->until_s, weir_next_job_s(controller));
    if (!controller->books->warm)
        next_s = fmin(next_s, scenario->warmup_s);
    weir_alarm_set(controller->clock, &controller->alarm, next_s);
}

static void ring(struct weir_alarm *alarm)
{
    struct weir_controller *controller = WEIR_RECORD(alarm, struct weir_controller, alarm);
    bool end = false;
    weir_faults_catch_up(controller);
    if (reached(controller, controller->until_s)) {
        end = turn(controller);
    } else {
        note_warmth(controller);
        let_arrive(controller);
    }
    if (!weir_goes_on(controller))
        return;
    if (end)
        weir_emissions_settle(controller);
    if (end && !controller->explained)
        controller->finish(controller->context);
    if (end || controller->explained)
        weir_clock_end(controller->clock);
    else
        set_alarm(controller);
}

/* The bandwidth at the start of the first link on the way from a host to any other. */
static double uplink_bytes_per_s(void *context, int host)
{
    const struct weir_controller *controller = context;
    for (int to = 0; to < controller->view.host_count; to++) {
        if (to == host)
            continue;
        const struct weir_route *route = weir_route_between(controller->shares, host, to);
        if (route->link_count)
            return controller->books->links[route->links[0]].bytes_per_s;
    }
    return 0;
}

struct weir_controller *weir_controller_new(const struct weir_control_parts *parts)
{
    struct weir_controller *controller = weir_alloc(1, sizeof *controller);
    controller->spec = parts->spec;
    controller->scenario = parts->spec->scenario;
    controller->platform = parts->spec->scenario->platform;
    controller->clock = parts->clock;
    controller->shares = parts->shares;
    controller->books = parts->books;
    controller->flow = parts->flow;
    controller->policies = parts->policies;
    controller->finish = parts->finish;
    controller->context = parts->context;
    controller->alarm.ring = ring;
    weir_view_init(controller);
    weir_account_uplinks(controller->books, uplink_bytes_per_s, controller);
    weir_watchdog_init(controller);
    weir_routing_update(controller);
    weir_paje_begin(controller);
    weir_faults_init(controller);
    weir_emissions_init(controller);
    weir_recovery_init(controller);
    weir_sleep_init(controller);
    weir_pstates_init(controller);
    weir_batteries_begin(controller);
    weir_checkpoints_init(controller);
    weir_alarm_set(controller->clock, &controller->alarm, controller->clock->now_s);
    return controller;
}

void weir_controller_free(struct weir_controller *controller)
{
    if (!controller)
        return;
    weir_paje_end(controller);
    weir_plan_free(controller->decided);
    weir_changes_fini(controller);
    weir_checkpoints_fini(controller);
    weir_batteries_end(controller);
    weir_pstates_fini(controller);
    weir_sleep_fini(controller);
    weir_recovery_fini(controller);
    weir_emissions_fini(controller);
    weir_faults_fini(controller);
    weir_arrivals_fini(controller);
    weir_routing_fini(controller);
    weir_view_fini(controller);
    free(controller);
}

static void close_span(struct weir_spent *spent, double now_s)
{
    if (spent->trace)
        weir_spent_set(spent, WEIR_IDLE, now_s);
}

void weir_controller_close(struct weir_controller *controller)
{
    double now_s = controller->clock->now_s;
    for (int j = 0; j < controller->arrived_jobs; j++) {
        struct weir_run_job *job = &controller->flow->jobs[j];
        for (int s = 0; s < job->source_count; s++)
            close_span(&weir_source_at(job, s)->spent, now_s);
        for (int o = 0; o < job->spec->operator_count; o++)
            for (size_t i = 0; i < job->ops[o].instance_count; i++)
                if (job->ops[o].instances[i]->life != WEIR_GONE)
                    close_span(&job->ops[o].instances[i]->spent, now_s);
    }
    weir_batteries_close(controller);
    weir_trace_outages(controller->books);
    weir_paje_end(controller); /* which may fail the run */
}
