/* The controller: closes windows, lets jobs arrive and depart, asks the policies and carries out what they decide. */
#include <math.h>
#include <simgrid/actor.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/engine/parts.h"

/* Policies run on the stack of the controller. In KiB, whatever SimGrid's documentation says. */
#define STACK_KIB 4096
/* Dates are reached up to rounding. */
#define EPSILON_S 1e-9

/* Text of a placement list: "2 on edge-1, 1 on cloud-0 at 0.25 of a core". */
static void add_hosts(const struct weir_world *world, struct weir_text *text, const struct weir_placement *list,
                      int count)
{
    const char *separator = "";
    for (int i = 0; i < count; i++) {
        int same = 0, before = 0;
        for (int k = 0; k < count; k++) {
            same += list[k].host == list[i].host;
            before += k < i && list[k].host == list[i].host;
        }
        if (before)
            continue;
        bool known = list[i].host >= 0 && list[i].host < world->view.host_count;
        weir_text_addf(text, "%s%d on %s", separator, same,
                       known ? world->platform->hosts[list[i].host].name : "an unknown host");
        if (list[i].cpu_share != 1)
            weir_text_addf(text, " at %.4g of a core", list[i].cpu_share);
        separator = ", ";
    }
}

void weir_tell_decision(struct weir_world *world, const char *policy, int job, const char *op, const char *what,
                        const char *why, const char *refusal)
{
    world->decisions += world->warm;
    world->refused += world->warm && refusal;
    const struct weir_observer *observer = world->spec->observer;
    if (observer && observer->decision)
        observer->decision(observer->context, weir_now(), policy, world->view.jobs[job].name, op, what, why, refusal);
}

static void tell_decision(struct weir_world *world, const struct weir_plan_change *change)
{
    const struct weir_operator_view *op = &world->view.jobs[change->job].operators[change->op];
    struct weir_text what = {0};
    weir_text_addf(&what, "%d -> %d instances: ", op->instance_count, change->count);
    add_hosts(world, &what, change->instances, change->count);
    weir_tell_decision(world, change->policy, change->job, op->name, weir_text_string(&what), change->why,
                       change->refusal);
    weir_text_fini(&what);
}

/* Does a host take one more by itself: a free slot, or, where slots have no limit, a free core. */
static bool fits(const struct weir_world *world, int host, const int *planned, bool full_cores)
{
    const struct weir_host *spec = &world->platform->hosts[host];
    int used = world->hosts[host].instances + planned[host];
    if (!world->hosts[host].up)
        return false;
    return spec->slots ? used < spec->slots : full_cores || used < spec->cores;
}

/* The host for one more instance: of the operator's default placement, then of the nearest tier up, then any. */
int weir_default_host(const struct weir_world *world, const struct weir_op *op, const int *planned)
{
    for (int pass = 0; pass < 2; pass++)
        for (int w = 0; w < op->where_count; w++)
            if (fits(world, op->where[w], planned, pass == 1))
                return op->where[w];
    enum weir_tier least = world->platform->hosts[op->where[0]].tier;
    for (int tier = (int)least; tier < WEIR_TIER_COUNT; tier++)
        for (size_t h = 0; h < world->platform->host_count; h++)
            if ((int)world->platform->hosts[h].tier == tier && fits(world, (int)h, planned, true))
                return (int)h;
    for (size_t h = 0; h < world->platform->host_count; h++)
        if (fits(world, (int)h, planned, true))
            return (int)h;
    return -1;
}

/* The scenario's placement of a job that arrives. */
static int preset(struct weir_world *world, struct weir_run_job *job, struct weir_plan *plan, int *planned)
{
    for (int o = 0; o < job->spec->operator_count; o++) {
        struct weir_op *op = &job->ops[o];
        int count = op->spec->parallelism;
        struct weir_placement *list = weir_alloc((size_t)count, sizeof *list);
        for (int i = 0; i < count; i++) {
            int host = weir_default_host(world, op, planned);
            if (host < 0) {
                free(list);
                return weir_error(WEIR_EINPUT,
                                  "job %s: operator %s: no host has a free slot at %.6g s; raise \"slots\" in the "
                                  "platform or lower \"parallelism\"",
                                  job->spec->name, op->spec->name, weir_now());
            }
            planned[host]++;
            list[i] = (struct weir_placement){host, 1, 1};
        }
        weir_plan_preset(plan, job->index, o, list, count);
        free(list);
    }
    return WEIR_OK;
}

/* Whether a policy looks at the jobs that run when another arrives. */
static bool asks_on_arrival(const struct weir_world *world)
{
    for (int p = 0; p < world->policy_count; p++)
        if (world->policies[p].policy->job_arrives)
            return true;
    return false;
}

static void arrive(struct weir_world *world, struct weir_run_job *job)
{
    world->arrived_jobs++;
    weir_view_deployments(world, asks_on_arrival(world) ? 0 : job->index, weir_now());
    struct weir_arrival_plans *plans = &world->arrival_plans;
    if (plans->plan) {
        weir_plan_reset(plans->plan);
        weir_plan_reset(plans->defaults);
        memset(plans->planned, 0, world->platform->host_count * sizeof *plans->planned);
    } else {
        plans->plan = weir_plan_new(&world->view);
        plans->defaults = weir_plan_new(&world->view);
        plans->planned = weir_alloc(world->platform->host_count, sizeof *plans->planned);
    }
    struct weir_plan *plan = plans->plan, *defaults = plans->defaults;
    int *planned = plans->planned;
    if (preset(world, job, plan, planned) != WEIR_OK) {
        world->error = weir_error_code();
        world->error_text = weir_copy(weir_error_message());
        return;
    }
    memset(planned, 0, world->platform->host_count * sizeof *planned);
    preset(world, job, defaults, planned);
    weir_hook_job_arrives(world, job->index, plan);
    if (world->error)
        return;
    weir_plan_check(plan);
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    for (int c = 0; c < count; c++) {
        const struct weir_plan_change *change = &changes[c];
        tell_decision(world, change);
        if (!change->refusal && change->job == job->index)
            weir_plan_preset(defaults, change->job, change->op, change->instances, change->count);
    }
    weir_rates_tell(world, plan);
    weir_rates_carry_out(world, plan);
    weir_job_deploy(world, job, defaults);
    for (int c = 0; c < count && !world->error; c++)
        if (!changes[c].refusal && changes[c].job != job->index)
            weir_carry_out(world, &changes[c]);
}

static double next_arrival_s(const struct weir_world *world)
{
    return world->arrived_jobs < world->job_count ? world->jobs[world->arrived_jobs].spec->arrive_s : INFINITY;
}

static void let_arrive(struct weir_world *world)
{
    bool decided = false;
    for (; !world->error && next_arrival_s(world) <= weir_now() + EPSILON_S; decided = true)
        arrive(world, &world->jobs[world->arrived_jobs]);
    world->explained |= decided && weir_hook_explain(world);
}

static void note_warmth(struct weir_world *world)
{
    if (!world->warm && weir_now() + EPSILON_S >= world->scenario->warmup_s)
        weir_measure_warm(world, weir_now());
}

/* Lets time pass until a date; what falls on the date itself is left to the caller. */
static void attend(struct weir_world *world, double until_s)
{
    while (!world->error && !world->explained) {
        double next_s = fmin(until_s, next_arrival_s(world));
        if (!world->warm)
            next_s = fmin(next_s, world->scenario->warmup_s);
        if (next_s > weir_now())
            sg_actor_sleep_until(next_s);
        if (weir_now() + EPSILON_S >= until_s)
            break;
        note_warmth(world);
        let_arrive(world);
    }
}

static void tell_warnings(struct weir_world *world, const struct weir_plan *plan)
{
    int count;
    const struct weir_plan_warning *warnings = weir_plan_warnings(plan, &count);
    const struct weir_observer *observer = world->spec->observer;
    for (int w = 0; w < count; w++) {
        const struct weir_plan_warning *told = &warnings[w];
        world->warnings += world->warm && !told->note;
        if (observer && observer->decision)
            observer->decision(observer->context, weir_now(), told->policy,
                               told->job < 0 ? "" : world->view.jobs[told->job].name, "",
                               told->note ? "note" : "warning", told->why, NULL);
    }
}

/* The changes of a plan and its limits, but those refused. */
static void carry_out(struct weir_world *world, const struct weir_plan *plan)
{
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    if (!world->error)
        weir_rates_carry_out(world, plan);
    for (int c = 0; c < count && !world->error; c++)
        if (!changes[c].refusal && world->jobs[changes[c].job].life == WEIR_JOB_RUNNING)
            weir_carry_out(world, &changes[c]);
}

void weir_plan_carry_out(struct weir_world *world, struct weir_plan *plan)
{
    int count;
    weir_plan_check(plan);
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    for (int c = 0; c < count; c++)
        tell_decision(world, &changes[c]);
    weir_rates_tell(world, plan);
    carry_out(world, plan);
}

/* What was decided and is due. */
static void carry_out_decided(struct weir_world *world)
{
    carry_out(world, world->decided);
    weir_plan_free(world->decided);
    world->decided = NULL;
}

/* Seconds from the decision until it is carried out: the scenario's, and the work on the host that decides. */
static double decision_s(const struct weir_world *world, const struct weir_plan *plan)
{
    int host = world->scenario->decision_host;
    double work_s = host < 0 ? 0 : weir_plan_flops(plan) / world->platform->hosts[host].speed_flops_per_s;
    return world->scenario->decision_s + work_s;
}

static void decide(struct weir_world *world)
{
    if (world->decided)
        return; /* the last decision is not yet made: whoever decides is busy with it */
    struct weir_plan *plan = weir_plan_new(&world->view);
    weir_hook_window_ends(world, plan);
    tell_warnings(world, plan);
    int count = 0;
    const struct weir_plan_change *changes = NULL;
    if (!world->error) {
        weir_plan_check(plan);
        changes = weir_plan_changes(plan, &count);
    }
    for (int c = 0; c < count; c++)
        tell_decision(world, &changes[c]);
    int rates = 0;
    if (!world->error) {
        weir_rates_tell(world, plan);
        weir_plan_rates(plan, &rates);
    }
    double taken_s = decision_s(world, plan);
    world->decided = plan;
    world->due_s = weir_now() + taken_s;
    if (!(taken_s > 0) || (count + rates == 0 && taken_s <= world->scenario->window_s))
        carry_out_decided(world);
}

static void close_window(struct weir_world *world)
{
    double now_s = weir_now();
    weir_measure_flush(world, now_s);
    weir_view_update(world, now_s);
    weir_account_close(world, now_s);
    weir_report_window(world);
    weir_measure_next_window(world, now_s);
    weir_watch_windows(world, now_s);
    world->window++;
    const struct weir_observer *observer = world->spec->observer;
    if (observer && observer->progress)
        observer->progress(observer->context, now_s, world->scenario->duration_s);
}

static void let_depart(struct weir_world *world)
{
    for (int j = 0; j < world->arrived_jobs; j++) {
        struct weir_run_job *job = &world->jobs[j];
        if (job->life != WEIR_JOB_RUNNING || job->spec->depart_s > weir_now() || !weir_job_is_empty(job))
            continue;
        weir_job_retire(world, job);
        world->job_views[j].running = false;
        weir_hook_job_departs(world, j);
    }
}

static void controller_actor(int argc, char **argv)
{
    struct weir_world *world = sg_actor_self_get_data();
    const struct weir_scenario *scenario = world->scenario;
    long windows = 0;
    while (!world->error && !world->explained) {
        double now_s = weir_now(), reached_s = now_s + EPSILON_S;
        bool end = reached_s >= scenario->duration_s;
        if (world->decided && reached_s >= world->due_s && !end) /* at the end, the end comes first */
            carry_out_decided(world);
        bool closed = windows > 0 && reached_s >= (double)windows * scenario->window_s;
        if (closed || (end && now_s > world->window_start_s + EPSILON_S))
            close_window(world);
        bool begins = !windows;
        if (closed || begins)
            windows++;
        note_warmth(world);
        if (end) {
            weir_steer(world, true);
            break;
        }
        if (closed) {
            let_depart(world);
            decide(world);
            world->explained |= weir_hook_explain(world);
        }
        if (closed || begins)
            weir_steer(world, false);
        let_arrive(world);
        double until_s = fmin((double)windows * scenario->window_s, scenario->duration_s);
        attend(world, world->decided ? fmin(until_s, world->due_s) : until_s);
    }
    if (!world->error && !world->explained && weir_check_conservation(world) != WEIR_OK) {
        world->error = weir_error_code();
        world->error_text = weir_copy(weir_error_message());
    }
    if (!world->error && !world->explained)
        weir_result_fill(world, world->filled);
    weir_trace_end(world);
    weir_plan_free(world->decided);
    world->decided = NULL;
    world->over = true;
    sg_actor_kill_all();
}

void weir_controller_start(struct weir_world *world)
{
    sg_actor_t actor = sg_actor_init("controller", world->hosts[world->home].host);
    sg_actor_set_stacksize(actor, STACK_KIB);
    sg_actor_set_data(actor, world);
    sg_actor_start_(actor, controller_actor, 0, NULL);
}
