/* The result of a run, from what was counted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/engine/parts.h"

#define ROW(field, unit, better, help)                                                                                 \
    {                                                                                                                  \
#field, unit, better, offsetof(struct weir_metrics, field), help                                               \
    }
#define NAMED(name, field, unit, better, help)                                                                         \
    {                                                                                                                  \
        name, unit, better, offsetof(struct weir_metrics, field), help                                                 \
    }

const struct weir_metric weir_metric_table[] = {
    NAMED("throughput", throughput_per_s, "items/s", WEIR_BETTER_HIGH, "Items delivered to sinks per second."),
    NAMED("latency_mean", latency_mean_s, "s", WEIR_BETTER_LOW,
          "Mean time from an item's arrival at its source to the delivery of its result."),
    NAMED("latency_p50", latency_p50_s, "s", WEIR_BETTER_LOW, "Median latency."),
    NAMED("latency_p95", latency_p95_s, "s", WEIR_BETTER_LOW, "95 % of the results are at least that fast."),
    NAMED("latency_p99", latency_p99_s, "s", WEIR_BETTER_LOW, "99 % of the results are at least that fast."),
    NAMED("latency_max", latency_max_s, "s", WEIR_BETTER_LOW, "Slowest result."),
    NAMED("waiting", waiting_s, "s", WEIR_BETTER_LOW, "Mean part of the latency spent waiting for an instance."),
    NAMED("service", service_s, "s", WEIR_BETTER_LOW, "Mean part of the latency spent in service."),
    NAMED("network", network_s, "s", WEIR_BETTER_LOW, "Mean part of the latency spent on connections."),
    NAMED("blocked", blocked_s, "s", WEIR_BETTER_LOW,
          "Mean part of the latency spent behind full inputs, the source's backlog included."),
    NAMED("slo_violations", slo_violations, "share", WEIR_BETTER_LOW,
          "Share of items delivered later than their job's objective, or dropped."),
    ROW(emitted, "items", WEIR_BETTER_NONE, "Items that sources sent on."),
    ROW(delivered, "items", WEIR_BETTER_HIGH, "Items that reached a sink."),
    ROW(dropped, "items", WEIR_BETTER_LOW, "Items dropped by full inputs and full backlogs."),
    ROW(in_flight, "items", WEIR_BETTER_NONE, "Items inside the jobs at the end, backlogs left out."),
    ROW(replayed, "items", WEIR_BETTER_NONE, "Items that sources played again after a failure."),
    ROW(lost, "items", WEIR_BETTER_NONE,
        "Items inside the jobs that failures have cost; their sources play them again."),
    ROW(restarts, "count", WEIR_BETTER_LOW, "Times that a job went back to a checkpoint."),
    ROW(backlog_max, "items", WEIR_BETTER_LOW, "Most items that waited at all sources at a window's end."),
    ROW(backlog_end, "items", WEIR_BETTER_LOW, "Items that wait at the sources at the end."),
    NAMED("instances", instances_mean, "instances", WEIR_BETTER_LOW, "Mean number of instances that occupy a host."),
    ROW(cpu_device, "share", WEIR_BETTER_NONE, "Mean share of the device tier's cores in use."),
    ROW(cpu_edge, "share", WEIR_BETTER_NONE, "Mean share of the edge tier's cores in use."),
    ROW(cpu_cloud, "share", WEIR_BETTER_NONE, "Mean share of the cloud tier's cores in use."),
    ROW(backpressured, "share", WEIR_BETTER_LOW, "Mean share of their time that instances were blocked."),
    NAMED("energy", energy_j, "J", WEIR_BETTER_LOW, "Energy of hosts and links for which the platform gives watts."),
    ROW(cost, "money", WEIR_BETTER_LOW, "Instances times price_per_core_s of their hosts, over time."),
    ROW(network_bytes, "B", WEIR_BETTER_LOW, "Bytes sent between hosts, moved state included."),
    ROW(crossing_bytes, "B", WEIR_BETTER_LOW, "Those of them that went from one tier to another."),
    ROW(decisions, "count", WEIR_BETTER_NONE, "Decisions of the policies, refused ones included."),
    ROW(refused, "count", WEIR_BETTER_LOW, "Decisions that were refused."),
    ROW(warnings, "count", WEIR_BETTER_LOW, "Warnings of the policies, such as a model that failed and was replaced."),
    ROW(rescales, "count", WEIR_BETTER_NONE, "Changes of an operator's number of instances."),
    ROW(migrations, "count", WEIR_BETTER_NONE, "Changes of its hosts alone."),
    NAMED("state_moved", state_moved_bytes, "B", WEIR_BETTER_LOW, "State moved between hosts."),
    NAMED("paused", paused_s, "s", WEIR_BETTER_LOW, "Time that stateful operators stood still for changes, summed."),
    ROW(revenue, "servers", WEIR_BETTER_HIGH,
        "Revenue R(U) of the account's hosts while nothing is wrong with them, summed; mean of the windows."),
    ROW(utilisation, "share", WEIR_BETTER_NONE, "Mean share of the uplinks of the account's hosts that results take."),
    ROW(anomaly_frequency, "share", WEIR_BETTER_LOW, "Device and service anomalies together."),
    ROW(device_anomalies, "share", WEIR_BETTER_LOW,
        "Share of requests served, or dropped, by a host while something is wrong with it."),
    ROW(service_anomalies, "share", WEIR_BETTER_LOW, "Share of requests served too late, or dropped, otherwise."),
    ROW(income, "money", WEIR_BETTER_HIGH, "Price of the bytes of results in time."),
    ROW(fines, "money", WEIR_BETTER_LOW, "Fines for device and service anomalies."),
    {0},
};

void weir_result_fini(struct weir_result *result)
{
    for (int p = 0; p < result->path_count; p++)
        free(result->paths[p].path);
    for (int l = 0; l < result->link_count; l++)
        free(result->links[l].name);
    free(result->paths);
    free(result->links);
    free(result->jobs);
    free(result->operators);
    memset(result, 0, sizeof *result);
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static struct weir_operator_total op_total(const struct weir_op *op, double measured_s)
{
    const struct weir_op_counts *now = &op->counts, *then = &op->at_warmup;
    double processed = (double)(now->processed - then->processed);
    double instance_s = now->instance_s - then->instance_s;
    long most = 0;
    for (const struct weir_inbox *inbox = op->inboxes; inbox; inbox = inbox->next)
        for (int e = 0; e < op->in_edges; e++)
            most = inbox->room[e].most > most ? inbox->room[e].most : most;
    return (struct weir_operator_total){
        .job = op->job->spec->name,
        .name = op->spec->name,
        .arrived = now->arrived,
        .processed = now->processed,
        .emitted = now->emitted,
        .dropped = now->dropped,
        .queued = (unsigned long long)(op->queued + op->in_service),
        .pending = weir_join_pending(op->join) + op->in_window,
        .in_transit = (unsigned long long)(op->in_hand + op->in_transit),
        .lost_on_way = now->lost_on_way,
        .lost_inside = now->lost_inside,
        .waiting_s = ratio(now->waiting_s - then->waiting_s, processed),
        .service_s = ratio(now->service_s - then->service_s, processed),
        .blocked_s = ratio(now->blocked_s - then->blocked_s, processed),
        .queue_mean = ratio(now->queue_area - then->queue_area, measured_s),
        .queue_max = (double)most,
        .busy = ratio(now->busy_s - then->busy_s, instance_s),
        .backpressured = ratio(now->blocked_time_s - then->blocked_time_s, instance_s),
    };
}

/* The sums of latency parts over the ways first .. path_count - 1 of the result. */
static void sum_parts(const struct weir_result *result, int first, double parts[4])
{
    for (int p = first; p < result->path_count; p++) {
        const struct weir_path_total *path = &result->paths[p];
        double delivered = (double)path->delivered;
        parts[0] += path->waiting_s * delivered;
        parts[1] += path->service_s * delivered;
        parts[2] += path->network_s * delivered;
        parts[3] += path->blocked_s * delivered;
    }
}

static void fill_links(const struct weir_world *world, struct weir_result *result)
{
    double could_s = world->scenario->duration_s;
    result->links = weir_alloc((size_t)world->link_count, sizeof *result->links);
    for (int l = 0; l < world->link_count; l++) {
        const struct weir_run_link *link = &world->links[l];
        if (link->bytes > 0)
            result->links[result->link_count++] = (struct weir_link_total){
                weir_copy(link->name), link->bytes, ratio(link->bytes, could_s * link->bytes_per_s)};
    }
}

static void fill_job(struct weir_run_job *job, double now_s, const double parts[4], struct weir_job_total *total)
{
    double delivered = (double)job->total.count;
    *total = (struct weir_job_total){
        .name = job->spec->name,
        .arrived = job->counts.arrived,
        .emitted = job->counts.emitted,
        .dropped_at_source = job->counts.dropped_at_source,
        .backlog = weir_source_waiting(job, now_s),
        .delivered = job->counts.delivered,
        .in_transit = (unsigned long long)(job->sink.in_transit + job->sink.in_hand),
        .replayed = job->counts.replayed,
        .lost = job->counts.lost,
        .held = (unsigned long long)weir_recovery_held(job),
        .latency_mean_s = ratio(job->total.sum, (double)job->total.count),
        .latency_p50_s = weir_histogram_quantile(&job->total, 0.5),
        .latency_p95_s = weir_histogram_quantile(&job->total, 0.95),
        .latency_p99_s = weir_histogram_quantile(&job->total, 0.99),
        .latency_max_s = job->total.max,
        .waiting_s = ratio(parts[0], delivered),
        .service_s = ratio(parts[1], delivered),
        .network_s = ratio(parts[2], delivered),
        .blocked_s = ratio(parts[3], delivered),
        .arrivals_hash = job->arrivals_hash,
    };
}

static void fill_hosts(const struct weir_world *world, double measured_s, struct weir_metrics *metrics)
{
    double flops[WEIR_TIER_COUNT] = {0}, room[WEIR_TIER_COUNT] = {0};
    for (size_t h = 0; h < world->platform->host_count; h++) {
        const struct weir_host *spec = &world->platform->hosts[h];
        flops[spec->tier] += world->hosts[h].counts.flops - world->hosts[h].at_warmup.flops;
        room[spec->tier] += spec->speed_flops_per_s * spec->cores * measured_s;
    }
    metrics->cpu_device = ratio(flops[WEIR_TIER_DEVICE], room[WEIR_TIER_DEVICE]);
    metrics->cpu_edge = ratio(flops[WEIR_TIER_EDGE], room[WEIR_TIER_EDGE]);
    metrics->cpu_cloud = ratio(flops[WEIR_TIER_CLOUD], room[WEIR_TIER_CLOUD]);
}

/* Without an account its metrics are no part of it. */
static unsigned long long checksum(const struct weir_result *result, bool account)
{
    size_t bytes = account ? sizeof result->metrics : offsetof(struct weir_metrics, revenue);
    unsigned long long hash = weir_hash(WEIR_HASH_START, &result->metrics, bytes);
    for (int j = 0; j < result->job_count; j++) {
        struct weir_job_total total = result->jobs[j];
        total.name = NULL; /* names, not their addresses */
        hash = weir_hash_string(hash, result->jobs[j].name);
        hash = weir_hash(hash, &total, sizeof total);
    }
    for (int o = 0; o < result->operator_count; o++) {
        struct weir_operator_total total = result->operators[o];
        total.job = total.name = NULL;
        hash = weir_hash_string(hash, result->operators[o].name);
        hash = weir_hash(hash, &total, sizeof total);
    }
    for (int p = 0; p < result->path_count; p++) {
        struct weir_path_total total = result->paths[p];
        total.job = total.path = NULL;
        hash = weir_hash_string(hash, result->paths[p].path);
        hash = weir_hash(hash, &total, sizeof total);
    }
    for (int l = 0; l < result->link_count; l++) {
        hash = weir_hash_string(hash, result->links[l].name);
        hash = weir_hash(hash, &result->links[l].bytes, sizeof result->links[l].bytes);
    }
    return hash;
}

void weir_result_fill(struct weir_world *world, struct weir_result *result)
{
    double now_s = weir_now();
    double measured_s = world->scenario->duration_s - world->scenario->warmup_s;
    int ops = 0;
    for (int j = 0; j < world->job_count; j++)
        ops += world->jobs[j].spec->operator_count;
    result->jobs = weir_alloc((size_t)world->job_count, sizeof *result->jobs);
    result->operators = weir_alloc((size_t)ops, sizeof *result->operators);
    result->job_count = world->job_count;
    struct weir_metrics *m = &result->metrics;
    struct weir_histogram *latency = weir_alloc(1, sizeof *latency);
    double parts[4] = {0}, late = 0, blocked_s = 0, instance_s = 0;
    for (int j = 0; j < world->job_count; j++) {
        struct weir_run_job *job = &world->jobs[j];
        int first = result->path_count;
        double job_parts[4] = {0};
        weir_paths_totals(job->paths, job->spec, result);
        sum_parts(result, first, job_parts);
        fill_job(job, now_s, job_parts, &result->jobs[j]);
        const struct weir_job_counts *now = &job->counts, *then = &job->at_warmup;
        m->emitted += (double)(now->emitted - then->emitted);
        m->delivered += (double)(now->delivered - then->delivered);
        m->dropped += (double)(now->dropped - then->dropped);
        m->backlog_end += (double)result->jobs[j].backlog;
        m->in_flight += (double)(result->jobs[j].in_transit + result->jobs[j].held);
        m->replayed += (double)(now->replayed - then->replayed);
        m->lost += (double)(now->lost - then->lost);
        m->restarts += (double)(now->restarts - then->restarts);
        late += (double)(now->late - then->late);
        weir_histogram_merge(latency, &job->total);
        for (int p = 0; p < 4; p++)
            parts[p] += job_parts[p];
        for (int o = 0; o < job->spec->operator_count; o++) {
            struct weir_op *op = &job->ops[o];
            struct weir_operator_total total = op_total(op, measured_s);
            result->operators[result->operator_count++] = total;
            m->in_flight += (double)(total.queued + total.pending + total.in_transit);
            m->lost += (double)(op->counts.lost_on_way - op->at_warmup.lost_on_way);
            m->lost += (double)(op->counts.lost_inside - op->at_warmup.lost_inside);
            blocked_s += op->counts.blocked_time_s - op->at_warmup.blocked_time_s;
            instance_s += op->counts.instance_s - op->at_warmup.instance_s;
        }
    }
    double delivered = (double)latency->count;
    m->throughput_per_s = ratio(m->delivered, measured_s);
    m->latency_mean_s = ratio(latency->sum, delivered);
    m->latency_p50_s = weir_histogram_quantile(latency, 0.5);
    m->latency_p95_s = weir_histogram_quantile(latency, 0.95);
    m->latency_p99_s = weir_histogram_quantile(latency, 0.99);
    m->latency_max_s = latency->max;
    for (int i = 0; i < WEIR_LATENCY_POINTS; i++)
        result->latency_s[i] = weir_histogram_quantile(latency, weir_latency_share(i));
    m->waiting_s = ratio(parts[0], delivered);
    m->service_s = ratio(parts[1], delivered);
    m->network_s = ratio(parts[2], delivered);
    m->blocked_s = ratio(parts[3], delivered);
    m->slo_violations = ratio(late + m->dropped, m->delivered + m->dropped);
    m->backlog_max = world->backlog_most;
    m->instances_mean = ratio(world->instance_area, measured_s);
    m->backpressured = ratio(blocked_s, instance_s);
    fill_hosts(world, measured_s, m);
    m->energy_j = weir_simgrid_energy_j(world) - world->energy_at_warmup_j;
    m->cost = world->cost;
    m->network_bytes = world->network_bytes;
    m->crossing_bytes = world->crossing_bytes;
    m->decisions = world->decisions;
    m->refused = world->refused;
    m->warnings = world->warnings;
    m->rescales = world->rescales;
    m->migrations = world->migrations;
    m->state_moved_bytes = world->state_moved_bytes;
    m->paused_s = world->paused_s;
    fill_links(world, result);
    weir_account_result(world, m);
    result->checksum = checksum(result, world->scenario->account.on);
    free(latency);
}
