/* Jobs that arrive: placed as the scenario says, or as the policies wish, and deployed. */
#include "sim/engine/control/arrivals.h"

#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/engine/control/changes.h"
#include "sim/engine/control/hooks.h"
#include "sim/engine/control/placement.h"
#include "sim/engine/control/plans.h"
#include "sim/engine/control/pstates.h"
#include "sim/engine/control/rates.h"
#include "sim/engine/control/recovery.h"
#include "sim/engine/control/sleep.h"
#include "sim/engine/control/view.h"

static int no_room(const struct weir_controller *controller, const struct weir_run_job *job, const struct weir_op *op)
{
    bool state = op->state_bytes > 0;
    return weir_error(WEIR_EINPUT,
                      "job %s: operator %s: no host has a free slot%s at %.6g s; raise \"slots\"%s in the platform or "
                      "lower \"parallelism\"%s",
                      job->spec->name, op->spec->name, state ? " and memory for its state" : "",
                      controller->clock->now_s, state ? " or \"memory\"" : "", state ? " or \"state\"" : "");
}

/* The host of an instance by the scenario's placement. Where a host of that is down, and none that is up has room, it
 * waits for the host or goes elsewhere, as the scenario has it for instances whose host fails. */
static int place(const struct weir_controller *controller, const struct weir_op *op, const struct weir_space *space,
                 double bytes)
{
    int own = weir_own_host(controller, op, space, bytes);
    if (own < 0 && controller->recoveries && controller->scenario->recovery.place != WEIR_RECOVERY_ELSEWHERE)
        own = weir_down_host(controller, op, space);
    return own >= 0 ? own : weir_default_host(controller, op, space, bytes);
}

/* The scenario's placement of a job that arrives, into both plans. */
static int preset(struct weir_controller *controller, struct weir_run_job *job)
{
    struct weir_space *space = &controller->space;
    for (int o = 0; o < job->spec->operator_count; o++) {
        struct weir_op *op = &job->ops[o];
        int count = op->spec->parallelism;
        double bytes = count > 0 ? op->state_bytes / count : 0;
        struct weir_placement *list = weir_alloc((size_t)count, sizeof *list);
        for (int i = 0; i < count; i++) {
            int host = place(controller, op, space, bytes);
            if (host < 0) {
                free(list);
                return no_room(controller, job, op);
            }
            weir_space_take(space, host, 1, bytes);
            list[i] = (struct weir_placement){host, op->spec->weights ? op->spec->weights[i] : 1, 1};
        }
        weir_plan_preset(controller->plan, job->index, o, list, count);
        weir_plan_preset(controller->defaults, job->index, o, list, count);
        free(list);
    }
    return WEIR_OK;
}

static bool is_own(const struct weir_op *op, int host)
{
    for (int w = 0; w < op->where_count; w++)
        if (op->where[w] == host)
            return true;
    return false;
}

/* A host of the operator's placement that is down; -1: none is. */
static int own_that_is_down(const struct weir_controller *controller, const struct weir_op *op)
{
    for (int w = 0; w < op->where_count; w++)
        if (!weir_host_up(controller->shares, op->where[w]))
            return op->where[w];
    return -1;
}

/* What has become of the scenario's placement of an operator while hosts of it are down. */
static void tell_placement(struct weir_controller *controller, const struct weir_op *op,
                           const struct weir_placement *list, int count)
{
    int down = own_that_is_down(controller, op);
    for (int i = 0; i < count && down >= 0; i++) {
        if (!weir_host_up(controller->shares, list[i].host))
            weir_tell_note(controller, "recovery", op->job->index, op->spec->name,
                           "an instance waits for %s, which is down", controller->platform->hosts[list[i].host].name);
        else if (!is_own(op, list[i].host))
            weir_tell_elsewhere(controller, op, down, list[i].host);
    }
}

/* Whether policies have placed the operator themselves. */
static bool is_placed(const struct weir_plan *plan, int job, int op)
{
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    for (int c = 0; c < count; c++)
        if (!changes[c].refusal && changes[c].job == job && changes[c].op == op)
            return true;
    return false;
}

/* Whether a policy looks at the jobs that run when another arrives. */
static bool asks_on_arrival(const struct weir_controller *controller)
{
    for (int p = 0; p < controller->policies->count; p++)
        if (controller->policies->list[p].policy->job_arrives || controller->policies->list[p].policy->jobs_arrive)
            return true;
    return false;
}

static void make_plans(struct weir_controller *controller)
{
    if (controller->plan) {
        weir_plan_reset(controller->plan);
        weir_plan_reset(controller->defaults);
        return;
    }
    controller->plan = weir_plan_new(&controller->view);
    controller->defaults = weir_plan_new(&controller->view);
}

/* How many jobs arrive at once. */
static int count_arrivals(const struct weir_controller *controller)
{
    bool together = false;
    for (int p = 0; p < controller->policies->count; p++)
        together |= controller->policies->list[p].policy->jobs_arrive != NULL;
    int first = controller->arrived_jobs, next = first + 1;
    while (together && next < controller->flow->job_count &&
           controller->flow->jobs[next].spec->arrive_s <= controller->flow->jobs[first].spec->arrive_s)
        next++;
    return next - first;
}

/* What has become of the scenario's placement of what the policies leave there. */
static void tell_placements(struct weir_controller *controller, struct weir_run_job *job)
{
    for (int o = 0; o < job->spec->operator_count; o++) {
        int own_count;
        const struct weir_placement *own = weir_plan_get(controller->defaults, job->index, o, &own_count);
        if (!is_placed(controller->plan, job->index, o))
            tell_placement(controller, &job->ops[o], own, own_count);
    }
}

/* The placement of jobs from `first` on is the scenario's, or what the policies wish instead. */
static void deploy(struct weir_controller *controller, int first)
{
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(controller->plan, &count);
    for (int c = 0; c < count; c++)
        if (!changes[c].refusal && changes[c].job >= first)
            weir_plan_preset(controller->defaults, changes[c].job, changes[c].op, changes[c].instances,
                             changes[c].count);
    weir_rates_carry_out(controller, controller->plan);
    for (int j = first; j < controller->arrived_jobs; j++) {
        struct weir_run_job *job = &controller->flow->jobs[j];
        if (weir_job_deploy(job, controller->defaults))
            weir_recovery_await(controller, job);
        for (int o = 0; o < job->spec->operator_count; o++)
            weir_state_lay(controller, &job->ops[o]);
    }
    for (int c = 0; c < count && weir_goes_on(controller); c++)
        if (!changes[c].refusal && changes[c].job < first)
            weir_change_begin(controller, &changes[c]);
    if (weir_goes_on(controller))
        weir_pstates_carry_out(controller, controller->plan);
    if (weir_goes_on(controller))
        weir_sleep_carry_out(controller, controller->plan);
}

void weir_jobs_arrive(struct weir_controller *controller)
{
    int first = controller->arrived_jobs, count = count_arrivals(controller);
    controller->arrived_jobs += count;
    weir_view_deployments(controller, asks_on_arrival(controller) ? 0 : first);
    make_plans(controller);
    weir_space_begin(&controller->space, &controller->view);
    int *jobs = weir_alloc((size_t)count, sizeof *jobs);
    for (int k = 0; k < count; k++) {
        jobs[k] = first + k;
        if (preset(controller, &controller->flow->jobs[first + k]) != WEIR_OK) {
            weir_clock_fail(controller->clock, weir_error_code(), "%s", weir_error_message());
            break;
        }
    }
    weir_hook_jobs_arrive(controller, jobs, count, controller->plan);
    free(jobs);
    if (!weir_goes_on(controller))
        return;
    weir_plan_check(controller->plan);
    weir_plan_tell(controller, controller->plan);
    for (int j = first; j < controller->arrived_jobs; j++)
        tell_placements(controller, &controller->flow->jobs[j]);
    deploy(controller, first);
}

void weir_arrivals_fini(struct weir_controller *controller)
{
    weir_plan_free(controller->plan);
    weir_plan_free(controller->defaults);
    weir_space_fini(&controller->space);
}
