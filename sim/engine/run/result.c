/* The result of a run, from what was counted. */
#include "sim/engine/run/result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/engine/books/ledger.h"
#include "sim/engine/flow/mobile.h"
#include "sim/engine/run/result_lists.h"

void weir_result_fini(struct weir_result *result)
{
    for (int p = 0; p < result->path_count; p++)
        free(result->paths[p].path);
    for (int l = 0; l < result->link_count; l++)
        free(result->links[l].name);
    free(result->paths);
    free(result->links);
    free(result->kinds);
    free(result->sources);
    free(result->jobs);
    free(result->operators);
    memset(result, 0, sizeof *result);
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

/* A mean of so many; of none there is none. */
static double mean_of(double sum, double count)
{
    return weir_result_mean(sum, count);
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
        .queued = (unsigned long long)(op->queued + op->in_service + op->beside),
        .pending = weir_op_pending(op) + op->in_window,
        .in_transit = (unsigned long long)(op->in_hand + op->in_transit),
        .late = now->late,
        .lost_on_way = now->lost_on_way,
        .lost_inside = now->lost_inside,
        .waiting_s = mean_of(now->waiting_s - then->waiting_s, processed),
        .service_s = mean_of(now->service_s - then->service_s, processed),
        .blocked_s = mean_of(now->blocked_s - then->blocked_s, processed),
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

static unsigned long long hash_arrivals(const struct weir_run_job *job)
{
    unsigned long long hash = job->source.arrivals_hash;
    for (int s = 1; s < job->source_count; s++)
        hash = hash * 31 + weir_source_at(job, s)->arrivals_hash;
    return hash;
}

static void fill_job(struct weir_run_job *job, double now_s, const double parts[4], struct weir_job_total *total)
{
    double delivered = (double)job->total.count;
    struct weir_owed owed = weir_due_total(job);
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
        .duplicates = job->counts.duplicates,
        .due = owed.due,
        .violations = owed.violations,
        .held = job->segments ? (unsigned long long)job->segments->held : 0,
        .latency_mean_s = mean_of(job->total.sum, (double)job->total.count),
        .latency_p50_s = weir_histogram_quantile(&job->total, 0.5),
        .latency_p95_s = weir_histogram_quantile(&job->total, 0.95),
        .latency_p99_s = weir_histogram_quantile(&job->total, 0.99),
        .latency_max_s = weir_histogram_quantile(&job->total, 1),
        .waiting_s = mean_of(parts[0], delivered),
        .service_s = mean_of(parts[1], delivered),
        .network_s = mean_of(parts[2], delivered),
        .blocked_s = mean_of(parts[3], delivered),
        .arrivals_hash = hash_arrivals(job),
    };
}

static void fill_hosts(const struct weir_books *books, double measured_s, struct weir_metrics *metrics)
{
    double flops[WEIR_TIER_COUNT] = {0}, room[WEIR_TIER_COUNT] = {0};
    for (size_t h = 0; h < books->platform->host_count; h++) {
        const struct weir_host *spec = &books->platform->hosts[h];
        flops[spec->tier] += books->hosts[h].counts.flops - books->hosts[h].at_warmup.flops;
        room[spec->tier] += spec->speed_flops_per_s * spec->cores * measured_s;
    }
    for (int t = 0; t < WEIR_TIER_COUNT; t++)
        room[t] += books->more_flops[t];
    metrics->cpu_device = ratio(flops[WEIR_TIER_DEVICE], room[WEIR_TIER_DEVICE]);
    metrics->cpu_edge = ratio(flops[WEIR_TIER_EDGE], room[WEIR_TIER_EDGE]);
    metrics->cpu_cloud = ratio(flops[WEIR_TIER_CLOUD], room[WEIR_TIER_CLOUD]);
}

/* Metrics of an account, or of devices that move, are no part of it where there are none. */
static unsigned long long checksum(const struct weir_result *result, const struct weir_scenario *scenario)
{
    size_t bytes = scenario->mobility.on  ? offsetof(struct weir_metrics, carbon_g)
                   : scenario->account.on ? offsetof(struct weir_metrics, handovers)
                                          : offsetof(struct weir_metrics, revenue);
    unsigned long long hash = weir_hash(WEIR_HASH_START, &result->metrics, bytes);
    if (scenario->carbon.on)
        hash = weir_hash(hash, &result->metrics.carbon_g, sizeof result->metrics.carbon_g);
    if (scenario->traffic.count)
        hash = weir_hash(hash, &result->metrics.traffic_cost, sizeof result->metrics.traffic_cost);
    for (int j = 0; j < result->job_count; j++) {
        struct weir_job_total total = result->jobs[j];
        total.name = NULL; /* names, not their addresses */
        hash = weir_hash_string(hash, result->jobs[j].name);
        hash =
            weir_hash(hash, &total, scenario->energy_by_job ? sizeof total : offsetof(struct weir_job_total, energy_j));
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
    for (int k = 0; k < result->kind_count; k++) {
        struct weir_kind_total total = result->kinds[k];
        total.job = total.name = NULL;
        hash = weir_hash_string(hash, result->kinds[k].name);
        hash = weir_hash(hash, &total, sizeof total);
    }
    for (int i = 0; i < result->source_count; i++) {
        struct weir_source_total total = result->sources[i];
        total.job = total.name = NULL;
        hash = weir_hash_string(hash, result->sources[i].name);
        hash = weir_hash(hash, &total, sizeof total);
    }
    for (int l = 0; l < result->link_count; l++) {
        hash = weir_hash_string(hash, result->links[l].name);
        hash = weir_hash(hash, &result->links[l].bytes, sizeof result->links[l].bytes);
    }
    return hash;
}

/* What jobs and operators come to together. */
struct sums {
    struct weir_histogram latency;
    double parts_s[4], due, violations, blocked_s, instance_s;
    uint64_t dropped_at_sources; /* after the warm-up */
    double failed, retries, hedges, rejected;
    bool calls;
};

static void add_op(const struct weir_op *op, double measured_s, struct weir_result *result, struct sums *sums)
{
    struct weir_metrics *m = &result->metrics;
    struct weir_operator_total total = op_total(op, measured_s);
    result->operators[result->operator_count++] = total;
    m->in_flight += (double)(total.queued + total.pending + total.in_transit);
    m->lost += (double)(op->counts.lost_on_way - op->at_warmup.lost_on_way);
    m->lost += (double)(op->counts.lost_inside - op->at_warmup.lost_inside);
    sums->blocked_s += op->counts.blocked_time_s - op->at_warmup.blocked_time_s;
    sums->instance_s += op->counts.instance_s - op->at_warmup.instance_s;
    sums->calls |= op->calls != NULL;
    sums->failed += (double)(op->counts.failed - op->at_warmup.failed);
    sums->retries += (double)(op->counts.retries - op->at_warmup.retries);
    sums->hedges += (double)(op->counts.hedges - op->at_warmup.hedges);
    sums->rejected += (double)(op->counts.rejected - op->at_warmup.rejected);
}

static void add_job(struct weir_run_job *job, double measured_s, struct weir_result *result, struct sums *sums)
{
    struct weir_metrics *m = &result->metrics;
    struct weir_job_total *total = &result->jobs[result->job_count++];
    int first = result->path_count;
    double parts_s[4] = {0};
    weir_paths_totals(job->paths, job->spec, result);
    weir_result_add_kinds(job, result);
    weir_result_add_sources(job, result);
    sum_parts(result, first, parts_s);
    fill_job(job, job->flow->clock->now_s, parts_s, total);
    const struct weir_job_counts *now = &job->counts, *then = &job->at_warmup;
    m->emitted += (double)(now->emitted - then->emitted);
    m->delivered += (double)(now->delivered - then->delivered);
    m->duplicates += (double)(now->duplicates - then->duplicates);
    m->dropped += (double)(now->dropped - then->dropped);
    m->backlog_end += (double)total->backlog;
    m->in_flight += (double)(total->in_transit + total->held);
    m->replayed += (double)(now->replayed - then->replayed);
    m->lost += (double)(now->lost - then->lost);
    m->restarts += (double)(now->restarts - then->restarts);
    sums->due += total->due;
    sums->violations += total->violations;
    sums->dropped_at_sources += now->dropped_at_source - then->dropped_at_source;
    weir_histogram_merge(&sums->latency, &job->total);
    for (int p = 0; p < 4; p++)
        sums->parts_s[p] += parts_s[p];
    for (int o = 0; o < job->spec->operator_count; o++)
        add_op(&job->ops[o], measured_s, result, sums);
}

static void fill_latencies(const struct sums *sums, struct weir_result *result)
{
    struct weir_metrics *m = &result->metrics;
    const struct weir_histogram *latency = &sums->latency;
    double delivered = (double)latency->count;
    m->latency_mean_s = mean_of(latency->sum, delivered);
    m->latency_p50_s = weir_histogram_quantile(latency, 0.5);
    m->latency_p95_s = weir_histogram_quantile(latency, 0.95);
    m->latency_p99_s = weir_histogram_quantile(latency, 0.99);
    m->latency_max_s = weir_histogram_quantile(latency, 1);
    for (int i = 0; i < WEIR_LATENCY_POINTS; i++)
        result->latency_s[i] = weir_histogram_quantile(latency, weir_latency_share(i));
    m->waiting_s = mean_of(sums->parts_s[0], delivered);
    m->service_s = mean_of(sums->parts_s[1], delivered);
    m->network_s = mean_of(sums->parts_s[2], delivered);
    m->blocked_s = mean_of(sums->parts_s[3], delivered);
    m->slo_violations = mean_of(sums->violations, sums->due);
}

static void fill_books(const struct weir_books *books, double measured_s, struct weir_metrics *m)
{
    m->backlog_max = books->backlog_most;
    m->instances_mean = ratio(books->instance_area, measured_s);
    m->cost = books->cost;
    m->instance_cost = books->instance_cost;
    m->network_bytes = books->network_bytes;
    m->crossing_bytes = books->crossing_bytes;
    m->decisions = books->decisions;
    m->refused = books->refused;
    m->choices = books->choices;
    m->choosing_s = books->choosing_s;
    m->choice_s = mean_of(books->choice_s, books->choices);
    m->warnings = books->warnings;
    m->rescales = books->rescales;
    m->migrations = books->migrations;
    m->tier_crossings = books->tier_crossings;
    m->state_moved_bytes = books->state_moved_bytes;
    m->paused_s = books->paused_s;
    bool costs = books->scenario->recovery.costs;
    m->checkpoints = costs ? books->checkpoints : NAN;
    m->checkpoints_failed = costs ? books->checkpoints_failed : NAN;
    m->checkpoint_duration_s = mean_of(books->checkpoint_s, books->checkpoints);
    m->checkpoint_alignment_s = mean_of(books->alignment_s, books->checkpoints);
    m->checkpoint_bytes = costs ? books->checkpoint_bytes : NAN;
    fill_hosts(books, measured_s, m);
}

static void add_mobile(const struct weir_mobile *mobile, struct weir_metrics *m, struct weir_around *before,
                       struct weir_around *after)
{
    m->handovers += mobile->handovers;
    m->interrupted_s += mobile->interrupted_s;
    m->handover_lost += mobile->lost_items;
    before->count += mobile->before.count;
    before->sum_s += mobile->before.sum_s;
    after->count += mobile->after.count;
    after->sum_s += mobile->after.sum_s;
}

/* Where no device moves, there is nothing to tell of it. */
static void fill_mobility(const struct weir_flow *flow, struct weir_metrics *m)
{
    struct weir_around before = {0}, after = {0};
    bool on = flow->scenario->mobility.on;
    m->handovers = m->interrupted_s = m->handover_lost = on ? 0 : NAN;
    for (int j = 0; j < flow->job_count; j++) {
        const struct weir_run_job *job = &flow->jobs[j];
        for (int i = 0; job->moves && i < job->source_count; i++)
            if (weir_source_at(job, i)->mobile)
                add_mobile(weir_source_at(job, i)->mobile, m, &before, &after);
        if (job->sink_mobile && !job->sink_mobile->source)
            add_mobile(job->sink_mobile, m, &before, &after);
    }
    m->latency_before_s = mean_of(before.sum_s, before.count);
    m->latency_after_s = mean_of(after.sum_s, after.count);
}

void weir_result_fill(struct weir_flow *flow, struct weir_result *result)
{
    const struct weir_scenario *scenario = flow->scenario;
    const struct weir_books *books = flow->books;
    double measured_s = scenario->duration_s - scenario->warmup_s;
    int ops = 0;
    for (int j = 0; j < flow->job_count; j++)
        ops += flow->jobs[j].spec->operator_count;
    result->jobs = weir_alloc((size_t)flow->job_count, sizeof *result->jobs);
    result->operators = weir_alloc((size_t)ops, sizeof *result->operators);
    struct weir_metrics *m = &result->metrics;
    struct sums *sums = weir_alloc(1, sizeof *sums);
    for (int j = 0; j < flow->job_count; j++)
        add_job(&flow->jobs[j], measured_s, result, sums);
    m->throughput_per_s = ratio(m->delivered, measured_s);
    fill_latencies(sums, result);
    m->backpressured = ratio(sums->blocked_s, sums->instance_s);
    m->failed_attempts = sums->calls ? sums->failed : NAN;
    m->retries = sums->calls ? sums->retries : NAN;
    m->hedges = sums->calls ? sums->hedges : NAN;
    m->rejected = sums->calls ? sums->rejected : NAN;
    fill_books(books, measured_s, m);
    m->energy_j = weir_shares_energy_j(flow->shares) - books->energy_at_warmup_j;
    bool priced = scenario->traffic.count > 0;
    m->traffic_cost = priced ? books->traffic_cost : NAN;
    m->bill = priced ? books->cost + books->traffic_cost : NAN;
    m->asleep_s = books->slept ? books->asleep_s : NAN;
    m->boots = books->slept ? books->boots : NAN;
    m->pstate_changes = books->stated ? books->pstate_changes : NAN;
    m->carbon_g = scenario->carbon.on ? books->carbon_g : NAN;
    weir_result_power(flow, result);
    fill_mobility(flow, m);
    weir_result_fill_links(books, result);
    weir_account_result(books, sums->dropped_at_sources, m);
    weir_shares_handed(flow->shares, &result->shared_works, &result->shared_transfers);
    result->checksum = checksum(result, scenario);
    weir_histogram_fini(&sums->latency);
    free(sums);
}
