#include "tests/support/view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

static double route_latency_s(const struct weir_view *view, int from, int to)
{
    const struct weir_mock *world = view->engine;
    return from == to ? 0 : world->latency_s[from][to];
}

static double route_bytes_per_s(const struct weir_view *view, int from, int to)
{
    const struct weir_mock *world = view->engine;
    return from == to ? INFINITY : world->bytes_per_s;
}

static double restart_s(const struct weir_view *view)
{
    const struct weir_mock *world = view->engine;
    return world->restart_s;
}

static double anomalous(const struct weir_view *view, int host, double from_s, double until_s)
{
    const struct weir_mock *world = view->engine;
    double wrong_s = fmin(until_s, world->wrong_until_s[host]) - fmax(from_s, world->wrong_from_s[host]);
    return until_s > from_s && wrong_s > 0 ? wrong_s / (until_s - from_s) : 0;
}

struct weir_mock *weir_mock_new(void)
{
    struct weir_mock *world = weir_alloc(1, sizeof *world);
    world->view = (struct weir_view){.window_s = 10,
                                     .window = -1,
                                     .hosts = world->hosts,
                                     .jobs = world->jobs,
                                     .route_latency_s = route_latency_s,
                                     .route_bytes_per_s = route_bytes_per_s,
                                     .restart_s = restart_s,
                                     .anomalous = anomalous,
                                     .engine = world};
    world->bytes_per_s = 1e8;
    for (int a = 0; a < WEIR_MOCK_HOSTS; a++)
        for (int b = 0; b < WEIR_MOCK_HOSTS; b++)
            world->latency_s[a][b] = 1e-3;
    return world;
}

int weir_mock_host(struct weir_mock *world, const char *name, const char *region, enum weir_view_tier tier, int cores,
                   int slots)
{
    int h = world->view.host_count++;
    world->hosts[h] = (struct weir_host_view){.name = name,
                                              .region = region,
                                              .tier = tier,
                                              .speed_flops_per_s = 1e9,
                                              .cores = cores,
                                              .slots = slots,
                                              .up = true};
    return h;
}

int weir_mock_job(struct weir_mock *world, const char *name, int source_host)
{
    int j = world->view.job_count++;
    world->jobs[j] = (struct weir_job_view){.name = name,
                                            .running = true,
                                            .source_host = source_host,
                                            .source_before = source_host,
                                            .sink_host = -1,
                                            .source_bytes = 100,
                                            .slo_s = INFINITY,
                                            .origins = world->origins[j],
                                            .operators = world->operators[j]};
    return j;
}

/* Bytes along each edge, as many as an operator can have. */
static const double edge_bytes[WEIR_MOCK_OPERATORS + 1] = {100, 100, 100, 100, 100, 100, 100, 100, 100};

int weir_mock_operator(struct weir_mock *world, int job, const char *name, double flops_per_item)
{
    int o = world->jobs[job].operator_count++;
    world->upstream[job][o][0] = o - 1;
    world->downstream[job][o][0] = -1;
    if (o > 0)
        world->downstream[job][o - 1][0] = o;
    world->where[job][o][0] = world->jobs[job].source_host;
    world->operators[job][o] = (struct weir_operator_view){.name = name,
                                                           .index = o,
                                                           .upstream = world->upstream[job][o],
                                                           .upstream_bytes = edge_bytes,
                                                           .upstream_count = 1,
                                                           .downstream = world->downstream[job][o],
                                                           .downstream_bytes = edge_bytes,
                                                           .downstream_count = 1,
                                                           .flops_per_item = flops_per_item,
                                                           .in_bytes = 100,
                                                           .out_bytes = 100,
                                                           .selectivity = 1,
                                                           .min_instances = 1,
                                                           .max_parallelism = 8,
                                                           .instances = world->placed[job][o],
                                                           .ready_s = world->ready_s[job][o],
                                                           .instance_busy = world->busy[job][o],
                                                           .where = world->where[job][o],
                                                           .where_count = 1};
    for (int i = 0; i < WEIR_MOCK_INSTANCES; i++)
        world->ready_s[job][o][i] = 3600;
    return o;
}

void weir_mock_deploy(struct weir_mock *world, int job, int op, int host)
{
    struct weir_operator_view *seen = &world->operators[job][op];
    world->placed[job][op][seen->instance_count++] = (struct weir_placement){.host = host, .weight = 1, .cpu_share = 1};
}

const struct weir_view *weir_mock_view(struct weir_mock *world)
{
    for (int h = 0; h < world->view.host_count; h++) {
        world->hosts[h].instances = 0;
        world->hosts[h].memory_used_bytes = 0;
    }
    for (int j = 0; j < world->view.job_count; j++)
        for (int o = 0; o < world->jobs[j].operator_count; o++) {
            const struct weir_operator_view *op = &world->operators[j][o];
            for (int i = 0; i < op->instance_count; i++) {
                world->hosts[op->instances[i].host].instances++;
                world->hosts[op->instances[i].host].memory_used_bytes += op->state_bytes / op->instance_count;
            }
        }
    return &world->view;
}

int weir_mock_apply(struct weir_mock *world, struct weir_plan *plan)
{
    int count, applied = 0;
    weir_plan_check(plan);
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    for (int i = 0; i < count; i++) {
        const struct weir_plan_change *change = &changes[i];
        if (change->refusal || change->count > WEIR_MOCK_INSTANCES)
            continue;
        memcpy(world->placed[change->job][change->op], change->instances,
               (size_t)change->count * sizeof *change->instances);
        world->operators[change->job][change->op].instance_count = change->count;
        applied++;
    }
    return applied;
}

int weir_mock_step(struct weir_mock *world, const struct weir_policy *policy, void *state)
{
    world->view.window++;
    world->view.time_s += world->view.window_s;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    weir_plan_author(plan, policy->name);
    if (policy->window_ends)
        policy->window_ends(state, &world->view, plan);
    int applied = weir_mock_apply(world, plan);
    weir_plan_free(plan);
    return applied;
}

void weir_mock_serve(struct weir_mock *world, int job, int op, double arrivals, double rate)
{
    struct weir_operator_view *seen = &world->operators[job][op];
    double capacity = rate * seen->instance_count;
    bool stable = arrivals < capacity;
    seen->arrival_rate = arrivals;
    seen->processed_rate = stable ? arrivals : capacity;
    seen->output_rate = seen->processed_rate * seen->selectivity;
    seen->true_rate = rate;
    seen->true_output_rate = rate * seen->selectivity;
    seen->busy = capacity > 0 ? seen->processed_rate / capacity : 0;
    seen->idle = 1 - seen->busy;
    for (int i = 0; i < WEIR_MOCK_INSTANCES; i++)
        world->busy[job][op][i] = seen->busy;
    seen->backpressured = 0;
    seen->queued = stable ? 0 : 1000;
    seen->occupancy = stable ? 0 : 1;
    seen->latency_s = stable ? 1 / rate : seen->queued / capacity;
    if (op == 0)
        world->jobs[job].emitted_rate = seen->processed_rate;
}

void *weir_mock_state(const struct weir_policy *policy)
{
    void *state = weir_alloc(1, policy->state_size > 0 ? policy->state_size : 1);
    if (policy->params)
        weir_param_defaults(policy->params, state);
    return state;
}

void weir_mock_edge_and_cloud(struct weir_mock *world, double latency_s)
{
    int edge = 0, cloud = 1;
    weir_mock_host(world, "edge-0", "north", WEIR_VIEW_EDGE, 1, 0);
    weir_mock_host(world, "cloud-0", "far", WEIR_VIEW_CLOUD, 16, 0);
    world->hosts[cloud].speed_flops_per_s = 4e9;
    world->latency_s[edge][cloud] = world->latency_s[cloud][edge] = latency_s;
    world->restart_s = 1;
    weir_mock_job(world, "stream", edge);
    weir_mock_operator(world, 0, "a", 1e7);
    weir_mock_deploy(world, 0, 0, edge);
}
