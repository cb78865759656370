/* weir_run: builds the world of a run, lets SimGrid go, and takes it down again. */
#include "sim/engine/run.h"

#include <math.h>
#include <simgrid/engine.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/api/policy_load.h"
#include "sim/base/apart.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "sim/engine/parts.h"

/* Real time for the create hooks of a stack with a shared object in it. */
#define CREATE_AT_MOST_S 10.0
/* Turns of actors at one date: more than any sound run takes, and a minute or two of a run that goes round in circles.
 */
#define TURNS_AT_MOST 50000000ul

static const struct weir_policy *find_policy(const struct weir_policy *const *catalog, const char *name)
{
    const struct weir_policy *loaded;
    if (weir_policy_is_path(name))
        return weir_policy_load(name, &loaded) == WEIR_OK ? loaded : NULL;
    size_t count = 0;
    for (; catalog[count]; count++)
        if (strcmp(catalog[count]->name, name) == 0)
            return catalog[count];
    const char **names = weir_alloc(count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = catalog[i]->name;
    const char *near = weir_nearest(name, names, count);
    if (near)
        weir_error(WEIR_EINPUT, "there is no policy \"%s\"; did you mean \"%s\"? (weir list policies)", name, near);
    else
        weir_error(WEIR_EINPUT, "there is no policy \"%s\"; see weir list policies", name);
    free(names);
    return NULL;
}

/* The folder of the file that the parameters come from, up to its '/'; owned. */
static char *folder_of(const struct weir_json_doc *params)
{
    const char *slash = params ? strrchr(params->name, '/') : NULL;
    return weir_format("%.*s", slash ? (int)(slash - params->name) + 1 : 0, slash ? params->name : "");
}

/* Binds the parameters and creates one policy of a stack. */
static int make_policy(const struct weir_policy_use *use, const struct weir_policy *const *catalog,
                       unsigned long long seed, int place, const struct weir_observer *observer,
                       struct weir_used_policy *made)
{
    const struct weir_policy *policy = find_policy(catalog, use->name);
    if (!policy)
        return WEIR_EINPUT;
    if (policy->abi != WEIR_POLICY_ABI)
        return weir_error(WEIR_EINPUT, "policy %s was built for interface %u; this weir has %u", use->name, policy->abi,
                          WEIR_POLICY_ABI);
    made->policy = policy;
    made->state = weir_alloc(1, policy->state_size ? policy->state_size : 1);
    made->stream = weir_format("policy/%d/%s", place, policy->name);
    static const struct weir_param none[] = {{0}};
    static const char *const others[] = {"name", NULL}, *const others_of_object[] = {"name", "timeout", NULL};
    const struct weir_param *params = policy->params ? policy->params : none;
    weir_param_defaults(params, made->state);
    int code = weir_hook_limit(use, params, &made->limit_s);
    if (use->params && code == WEIR_OK) {
        struct weir_json at = weir_json_root(use->params);
        code = weir_param_bind(params, &at, made->limit_s > 0 ? others_of_object : others, made->state);
    }
    if (code == WEIR_OK && policy->create) {
        char *folder = folder_of(use->params);
        struct weir_policy_env env = {.seed = seed, .stream = made->stream, .folder = folder};
        char *where = weir_format("policy %s (create)", policy->name);
        weir_hook_begins(observer, made, where);
        code = policy->create(made->state, &env);
        weir_hook_begins(observer, made, NULL);
        free(where);
        free(folder);
    }
    if (code != WEIR_OK)
        return weir_error_context("policy %s", policy->name);
    return WEIR_OK;
}

void weir_policies_free(struct weir_used_policy *policies, int count, const struct weir_observer *observer)
{
    for (int p = 0; p < count; p++) {
        if (policies[p].policy && policies[p].policy->destroy) {
            char *where = weir_format("policy %s (destroy)", policies[p].policy->name);
            weir_hook_begins(observer, &policies[p], where);
            policies[p].policy->destroy(policies[p].state);
            weir_hook_begins(observer, &policies[p], NULL);
            free(where);
        }
        free(policies[p].state);
        free(policies[p].stream);
    }
    free(policies);
}

int weir_policies_make(const struct weir_stack *stack, const struct weir_policy *const *catalog,
                       unsigned long long seed, const struct weir_observer *observer,
                       struct weir_used_policy **policies)
{
    *policies = weir_alloc((size_t)stack->use_count, sizeof **policies);
    for (int p = 0; p < stack->use_count; p++) {
        int code = make_policy(&stack->uses[p], catalog, seed, p, observer, &(*policies)[p]);
        if (code != WEIR_OK)
            return code;
    }
    return WEIR_OK;
}

struct stack_to_check {
    const struct weir_stack *stack;
    const struct weir_policy *const *catalog;
};

static int check_stack(void *context)
{
    const struct stack_to_check *check = context;
    struct weir_used_policy *policies;
    int code = weir_policies_make(check->stack, check->catalog, 1, NULL, &policies);
    weir_policies_free(policies, check->stack->use_count, NULL);
    return code;
}

int weir_stack_check(const struct weir_stack *stack, const struct weir_policy *const *catalog)
{
    struct stack_to_check check = {stack, catalog};
    for (int p = 0; p < stack->use_count; p++)
        if (weir_policy_is_path(stack->uses[p].name)) {
            int code = weir_apart(check_stack, &check, CREATE_AT_MOST_S, WEIR_EINPUT);
            return code && !strstr(weir_error_message(), stack->uses[p].name)
                       ? weir_error_context("policy %s", stack->uses[p].name)
                       : code;
        }
    return check_stack(&check);
}

static uint64_t key_of(const struct weir_world *world, const char *what, const struct weir_op *op)
{
    char *name = weir_format("%s/%s/%s", what, op->job->spec->name, op->spec->name);
    uint64_t key = weir_stream_key(world->spec->seed, name);
    free(name);
    return key;
}

static void init_op(struct weir_world *world, struct weir_run_job *job, int index)
{
    struct weir_op *op = &job->ops[index];
    const struct weir_operator *spec = &job->spec->operators[index];
    op->job = job;
    op->spec = spec;
    op->index = index;
    op->state_bytes = spec->state_bytes;
    op->service_key = key_of(world, "service", op);
    op->select_key = key_of(world, "select", op);
    op->key_key = key_of(world, "key", op);
    op->queue_since_s = 0;
    weir_op_init_keys(op);
    if (spec->join_all)
        op->join = weir_join_new();
    op->where_count = weir_where_hosts(&spec->where, world->platform, job->spec->source_host, NULL, 0);
    op->where = weir_alloc((size_t)op->where_count, sizeof *op->where);
    weir_where_hosts(&spec->where, world->platform, job->spec->source_host, op->where, op->where_count);
}

/* Room for as many edges as lead to and from each operator. */
static void reserve_edges(struct weir_run_job *job)
{
    const struct weir_job *spec = job->spec;
    size_t source_out = 0;
    for (int e = 0; e < spec->edge_count; e++) {
        const struct weir_edge *edge = &spec->edges[e];
        if (edge->from >= 0)
            job->ops[edge->from].out_count++;
        else
            source_out++;
        if (edge->to >= 0)
            job->ops[edge->to].in_edges++;
    }
    job->source_out = weir_alloc(source_out, sizeof *job->source_out);
    for (int o = 0; o < spec->operator_count; o++) {
        struct weir_op *op = &job->ops[o];
        op->out = weir_alloc((size_t)op->out_count, sizeof *op->out);
        op->downstream = weir_alloc((size_t)op->out_count, sizeof *op->downstream);
        op->downstream_bytes = weir_alloc((size_t)op->out_count, sizeof *op->downstream_bytes);
        op->downstream_rates = weir_alloc((size_t)op->out_count, sizeof *op->downstream_rates);
        op->upstream = weir_alloc((size_t)op->in_edges, sizeof *op->upstream);
        op->upstream_bytes = weir_alloc((size_t)op->in_edges, sizeof *op->upstream_bytes);
        op->upstream_rates = weir_alloc((size_t)op->in_edges, sizeof *op->upstream_rates);
        op->out_count = op->in_edges = 0;
    }
}

static void wire_edges(struct weir_world *world, struct weir_run_job *job)
{
    const struct weir_job *spec = job->spec;
    reserve_edges(job);
    for (int e = 0; e < spec->edge_count; e++) {
        const struct weir_edge *edge = &spec->edges[e];
        struct weir_op *from = edge->from >= 0 ? &job->ops[edge->from] : NULL;
        struct weir_op *to = edge->to >= 0 ? &job->ops[edge->to] : NULL;
        struct weir_out_edge *out = from ? &from->out[from->out_count] : &job->source_out[job->source_out_count];
        out->to = to;
        out->spec = edge;
        out->sink = to ? NULL : &job->sink;
        out->bytes_per_s = INFINITY;
        if (from) {
            from->out_bytes += edge->bytes;
            from->downstream_bytes[from->out_count] = edge->bytes;
            from->downstream_rates[from->out_count] = INFINITY;
            from->downstream[from->out_count++] = edge->to;
        } else {
            job->source_out_count++;
        }
        if (!to)
            continue;
        out->shed_key = key_of(world, "shed", to) + (uint64_t)e;
        out->to_edge = to->in_edges;
        to->in_bytes += edge->bytes;
        to->upstream_bytes[to->in_edges] = edge->bytes;
        to->upstream_rates[to->in_edges] = INFINITY;
        to->upstream[to->in_edges++] = edge->from;
    }
    for (int o = 0; o < spec->operator_count; o++) {
        struct weir_op *op = &job->ops[o];
        op->in_bytes /= op->in_edges; /* every operator has edges in and out */
        op->out_bytes /= op->out_count;
    }
}

static void init_jobs(struct weir_world *world)
{
    const struct weir_workload *workload = world->scenario->workload;
    world->job_count = workload->job_count;
    world->jobs = weir_alloc((size_t)workload->job_count, sizeof *world->jobs);
    for (int j = 0; j < workload->job_count; j++) {
        struct weir_run_job *job = &world->jobs[j];
        job->world = world;
        job->spec = &workload->jobs[j];
        job->index = j;
        job->sink.job = job;
        job->sink.host = job->spec->sink_host;
        job->load_factor = 1;
        job->next_arrival_s = job->spec->arrive_s;
        if (world->scenario->recovery.on)
            weir_recovery_init(job);
        job->paths = weir_paths_new(job->spec->operator_count);
        job->ops = weir_alloc((size_t)job->spec->operator_count, sizeof *job->ops);
        for (int o = 0; o < job->spec->operator_count; o++)
            init_op(world, job, o);
        wire_edges(world, job);
    }
}

static void free_op(struct weir_op *op)
{
    for (size_t i = 0; i < op->instance_count; i++)
        weir_instance_free(op->instances[i]);
    for (struct weir_inbox *inbox = op->inboxes, *next; inbox; inbox = next) {
        next = inbox->next;
        free(inbox->room);
        free(inbox);
    }
    free(op->instances);
    free(op->routes);
    free(op->out);
    free(op->upstream);
    free(op->downstream);
    free(op->upstream_bytes);
    free(op->downstream_bytes);
    free(op->upstream_rates);
    free(op->downstream_rates);
    free(op->key_groups);
    free(op->view_instances);
    free(op->anew);
    free(op->where);
    weir_join_free(op->join);
}

static void free_world(struct weir_world *world)
{
    weir_plan_free(world->arrival_plans.plan);
    weir_plan_free(world->arrival_plans.defaults);
    free(world->arrival_plans.planned);
    weir_view_fini(world);
    weir_account_fini(world);
    weir_truth_fini(world);
    weir_telemetry_fini(world);
    weir_changes_fini(world);
    for (int j = 0; j < world->job_count; j++) {
        struct weir_run_job *job = &world->jobs[j];
        for (int o = 0; o < job->spec->operator_count; o++)
            free_op(&job->ops[o]);
        weir_parking_fini(&job->source_parking);
        weir_trace_free(&job->source_clock);
        free(job->ops);
        free(job->source_out);
        free(job->backlog);
        free(job->history);
        free(job->origins);
        free(job->origin_views);
        weir_paths_free(job->paths);
        weir_recovery_free(job);
    }
    for (size_t c = 0; c < world->connection_count; c++)
        weir_connection_fini(world->connections[c]);
    free(world->connections);
    weir_world_routes_fini(world);
    weir_batch_pool_fini(&world->pool);
    weir_policies_free(world->policies, world->policy_count, world->spec->observer);
    free(world->jobs);
    weir_outages_free(world->outages, world->outage_count);
    free(world->link_factors);
    free(world->hosts);
    free(world->links);
    free(world->error_text);
}

static double wall_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int weir_run(const struct weir_run_spec *spec, struct weir_result *result)
{
    memset(result, 0, sizeof *result);
    double start_s = wall_s();
    struct weir_world *world = weir_alloc(1, sizeof *world);
    world->spec = spec;
    world->scenario = spec->scenario;
    world->platform = spec->scenario->platform;
    world->filled = result;
    world->turns_at_most = TURNS_AT_MOST;
    world->loss_key = weir_stream_key(spec->seed, "network/loss");
    world->outages = weir_outages_new(world->scenario, spec->seed, &world->outage_count);
    int code = weir_policies_make(spec->stack, spec->catalog, spec->seed, spec->observer, &world->policies);
    world->policy_count = spec->stack->use_count;
    if (code == WEIR_OK)
        code = weir_simgrid_init(world->scenario, world->platform, world->outages, world->outage_count, spec->paje);
    if (code == WEIR_OK)
        code = weir_simgrid_hosts(world);
    if (code == WEIR_OK) {
        init_jobs(world);
        weir_view_init(world);
        weir_telemetry_init(world);
        weir_truth_init(world);
        weir_account_init(world);
        weir_recovery_start(world);
        weir_faults_start(world);
        weir_controller_start(world);
        simgrid_run();
        if (world->error)
            code = weir_error(world->error, "%s", world->error_text);
        else if (!world->over)
            code = weir_error(WEIR_EENGINE, "SimGrid stopped at %.6g s, before the end of the run", weir_now());
    }
    result->wall_s = wall_s() - start_s;
    result->decision_wall_s = world->decision_wall_s;
    double items = 0;
    for (int j = 0; j < result->job_count; j++)
        items += (double)result->jobs[j].emitted;
    result->items_per_wall_s = result->wall_s > 0 ? items / result->wall_s : 0;
    if (code == WEIR_OK)
        weir_error_clear();
    free_world(world); /* a policy may find out now that something was wrong */
    free(world);
    if (code == WEIR_OK)
        code = weir_error_code();
    if (code != WEIR_OK)
        weir_result_fini(result);
    return code;
}
