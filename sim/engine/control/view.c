/* The view of the policies: the last closed window, as a monitor would report it. */
#include "sim/engine/control/view.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/engine/control/batteries.h"
#include "sim/engine/control/changes.h"
#include "sim/engine/control/emissions.h"
#include "sim/engine/control/pstates.h"
#include "sim/engine/control/sleep.h"
#include "sim/engine/control/view_sources.h"
#include "sim/engine/flow/eventtime.h"
#include "sim/engine/flow/mobile.h"
#include "sim/engine/flow/route.h"

const struct weir_route *weir_route_between(struct weir_shares *shares, int from, int to)
{
    return weir_route(shares, weir_route_find(shares, from, to));
}

static void init_operator(const struct weir_op *op, struct weir_operator_view *view)
{
    const struct weir_operator *spec = op->spec;
    *view = (struct weir_operator_view){
        .name = spec->name,
        .index = op->index,
        .upstream = op->upstream,
        .upstream_bytes = op->upstream_bytes,
        .upstream_rates = op->upstream_rates,
        .upstream_count = op->in_edges,
        .downstream = op->downstream,
        .downstream_bytes = op->downstream_bytes,
        .downstream_rates = op->downstream_rates,
        .downstream_count = op->out_count,
        .flops_per_item = weir_operator_item_flops(spec),
        .in_bytes = op->in_bytes,
        .out_bytes = op->out_bytes,
        .selectivity = spec->selectivity,
        .stateful = weir_op_is_stateful(op),
        .state_bytes = spec->state_bytes,
        .min_instances = spec->min_instances,
        .max_parallelism = spec->max_parallelism,
        .window_s = spec->window_s,
        .key_groups = spec->keys > 0 && !spec->join_all ? WEIR_KEY_GROUPS : 0,
        .joins = spec->join_all,
        .range_share = op->range_share,
        .range_share_count = op->range_share ? spec->max_parallelism : 0,
        .work_class = (enum weir_view_class)spec->work_class,
        .where = op->where,
        .where_count = op->where_count,
        .waiting_s = NAN,
        .service_s = NAN,
        .blocked_s = NAN,
        .latency_s = NAN,
        .watermark_lag_s = NAN,
    };
}

void weir_view_links(struct weir_controller *controller)
{
    const struct weir_shares *shares = controller->shares;
    for (int l = 0; l < weir_shares_link_count(shares); l++)
        controller->link_views[l] = (struct weir_link_view){weir_link_name(shares, l), weir_link_bandwidth(shares, l),
                                                            weir_link_latency(shares, l)};
}

void weir_view_init(struct weir_controller *controller)
{
    controller->link_views =
        weir_alloc((size_t)weir_shares_link_count(controller->shares), sizeof *controller->link_views);
    weir_view_links(controller);
    const struct weir_platform *platform = controller->platform;
    controller->host_views = weir_alloc(platform->host_count, sizeof *controller->host_views);
    controller->waiting_bytes = weir_alloc(platform->host_count, sizeof *controller->waiting_bytes);
    for (size_t h = 0; h < platform->host_count; h++) {
        const struct weir_host *spec = &platform->hosts[h];
        controller->host_views[h] = (struct weir_host_view){
            .name = spec->name,
            .region = spec->region,
            .tier = (enum weir_view_tier)spec->tier,
            .speed_flops_per_s = spec->speed_flops_per_s,
            .speed_gpu_flops_per_s = spec->speed_gpu_flops_per_s,
            .cores = spec->cores,
            .slots = spec->slots,
            .memory_bytes = spec->memory_bytes,
            .price_per_core_s = spec->price_per_core_s,
            .up = true,
        };
    }
    controller->job_views = weir_alloc((size_t)controller->flow->job_count, sizeof *controller->job_views);
    for (int j = 0; j < controller->flow->job_count; j++) {
        struct weir_run_job *job = &controller->flow->jobs[j];
        struct weir_operator_view *operators = weir_alloc((size_t)job->spec->operator_count, sizeof *operators);
        for (int o = 0; o < job->spec->operator_count; o++)
            init_operator(&job->ops[o], &operators[o]);
        controller->job_views[j] = (struct weir_job_view){
            .name = job->spec->name,
            .source_host = job->source_host,
            .source_before = job->source_host,
            .sink_host = job->sink.host,
            .source_bytes = job->spec->source_bytes,
            .slo_s = job->spec->slo_s,
            .omega = job->spec->omega,
            .declared_items_per_s = weir_job_declared_rate(job->spec, controller->scenario->duration_s),
            .declared_items = weir_job_declared_items(job->spec),
            .operators = operators,
            .operator_count = job->spec->operator_count,
            .latency_mean_s = NAN,
            .latency_p50_s = NAN,
            .latency_p95_s = NAN,
            .latency_p99_s = NAN,
        };
        weir_view_init_sources(job, &controller->job_views[j]);
    }
    controller->view = (struct weir_view){
        .window_s = controller->scenario->window_s,
        .ends_s = controller->scenario->duration_s,
        .window = -1,
        .hosts = controller->host_views,
        .host_count = (int)platform->host_count,
        .jobs = controller->job_views,
        .links = controller->link_views,
        .link_count = weir_shares_link_count(controller->shares),
        .engine = controller,
    };
    weir_view_functions(&controller->view);
}

void weir_view_fini(struct weir_controller *controller)
{
    for (int j = 0; j < controller->flow->job_count; j++) {
        free((void *)controller->job_views[j].operators);
        free((void *)controller->job_views[j].sources);
    }
    free(controller->job_views);
    free(controller->host_views);
    free(controller->link_views);
    free(controller->waiting_bytes);
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

/* A mean of so many; of none there is none. */
static double mean_of(double sum, double count)
{
    return count > 0 ? sum / count : NAN;
}

static void update_deployment(struct weir_op *op, struct weir_operator_view *view, double now_s)
{
    op->view_instances =
        weir_grow(op->view_instances, op->instance_count, &op->view_capacity, sizeof *op->view_instances);
    view->instances = op->view_instances;
    view->instance_count = weir_op_deployed(op, op->view_instances);
    op->view_ready_s = weir_grow(op->view_ready_s, op->instance_count, &op->ready_capacity, sizeof *op->view_ready_s);
    op->view_busy = weir_grow(op->view_busy, op->instance_count, &op->busy_capacity, sizeof *op->view_busy);
    view->ready_s = op->view_ready_s;
    view->instance_busy = op->view_busy;
    int count = 0;
    for (size_t i = 0; i < op->instance_count; i++) {
        const struct weir_instance *instance = op->instances[i];
        if (instance->life != WEIR_STARTING && instance->life != WEIR_ACTIVE)
            continue;
        op->view_ready_s[count] = instance->life == WEIR_ACTIVE ? now_s - instance->active_s : -1;
        op->view_busy[count++] = instance->spent_s > 0 ? instance->busy_s / instance->spent_s : NAN;
    }
    view->changing = weir_op_changing(op);
    view->state_bytes = op->state_bytes;
}

void weir_view_hosts(struct weir_controller *controller)
{
    for (int h = 0; h < controller->view.host_count; h++) {
        controller->host_views[h].instances = controller->books->hosts[h].instances;
        controller->host_views[h].memory_used_bytes = controller->books->hosts[h].taken_bytes;
        controller->host_views[h].up = weir_host_up(controller->shares, h);
    }
    weir_emissions_view(controller);
    weir_sleep_view(controller);
}

void weir_view_deployments(struct weir_controller *controller, int first_job)
{
    controller->view.time_s = controller->clock->now_s;
    controller->view.job_count = controller->arrived_jobs;
    weir_view_hosts(controller);
    for (int j = first_job; j < controller->arrived_jobs; j++) {
        struct weir_run_job *job = &controller->flow->jobs[j];
        controller->job_views[j].running = job->life != WEIR_JOB_GONE;
        controller->job_views[j].source_host = job->source_host;
        weir_view_place_sources(job, &controller->job_views[j]);
        for (int o = 0; o < job->spec->operator_count; o++)
            update_deployment(&job->ops[o], (struct weir_operator_view *)&controller->job_views[j].operators[o],
                              controller->clock->now_s);
    }
}

static void update_operator(struct weir_controller *controller, struct weir_op *op, struct weir_operator_view *view,
                            double window_s)
{
    const struct weir_op_counts *now = &op->counts, *then = &op->at_window;
    update_deployment(op, view, controller->clock->now_s);
    double processed = (double)(now->processed - then->processed);
    double emitted = (double)(now->emitted - then->emitted);
    double busy_s = now->busy_s - then->busy_s;
    double instance_s = now->instance_s - then->instance_s;
    view->arrival_rate = ratio((double)(now->arrived - then->arrived), window_s);
    view->processed_rate = ratio(processed, window_s);
    view->output_rate = ratio(emitted, window_s);
    view->dropped_rate = ratio((double)(now->dropped - then->dropped), window_s);
    if (processed > 0 && busy_s > 0) {
        view->true_rate = processed / busy_s;
        view->true_output_rate = emitted / busy_s;
    } else {
        double speed = 0;
        for (int i = 0; i < view->instance_count; i++)
            speed += weir_view_speed(&controller->host_views[view->instances[i].host], view) / view->instance_count;
        if (!view->instance_count && op->where_count) /* where the first would be */
            speed = weir_view_speed(&controller->host_views[op->where[0]], view);
        view->true_rate = ratio(speed * (double)op->spec->concurrency, weir_operator_item_flops(op->spec));
        view->true_output_rate = view->true_rate * op->spec->selectivity;
    }
    view->busy = ratio(busy_s, instance_s);
    view->idle = ratio(now->idle_s - then->idle_s, instance_s);
    view->backpressured = ratio(now->blocked_time_s - then->blocked_time_s, instance_s);
    long used = 0, capacity = 0;
    for (int i = 0; i < op->route_count; i++) {
        for (int e = 0; e < op->in_edges; e++) {
            used += op->routes[i]->room[e].used;
            capacity += op->routes[i]->room[e].capacity;
        }
    }
    view->occupancy = ratio((double)used, (double)capacity);
    view->queued = (double)op->queued;
    view->held = (double)op->in_hand;
    view->waiting_s = mean_of(now->waiting_s - then->waiting_s, processed);
    view->service_s = mean_of(now->service_s - then->service_s, processed);
    view->blocked_s = mean_of(now->blocked_s - then->blocked_s, processed);
    view->latency_s = view->waiting_s + view->service_s + view->blocked_s;
    view->late_rate = ratio((double)(now->late - then->late), window_s);
    view->watermark_lag_s = op->events ? weir_eventtime_lag_s(op) : NAN;
}

static void update_job(struct weir_controller *controller, struct weir_run_job *job, struct weir_job_view *view,
                       double now_s, double window_s)
{
    view->running = job->life == WEIR_JOB_RUNNING;
    view->age_s = now_s - job->spec->arrive_s;
    if (job->life == WEIR_JOB_WAITING)
        return;
    view->source_host = job->source_host;
    view->source_before = weir_mobile_window(&job->source);
    view->sink_host = job->sink.host;
    const struct weir_job_counts *now = &job->counts, *then = &job->at_window;
    view->ingress_rate = ratio((double)(now->arrived - then->arrived), window_s);
    view->emitted_rate = ratio((double)(now->emitted - then->emitted), window_s);
    view->delivered_rate = ratio((double)(now->delivered - then->delivered), window_s);
    view->duplicate_rate = ratio((double)(now->duplicates - then->duplicates), window_s);
    view->late_rate = ratio((double)(now->late - then->late), window_s);
    struct weir_owed owed = weir_due_close(job, controller->books->window);
    view->due_rate = ratio(owed.due, window_s);
    view->violation_rate = ratio(owed.violations, window_s);
    weir_view_update_origins(job, view, window_s);
    view->dropped_rate = ratio((double)(now->dropped - then->dropped), window_s);
    view->backlog = (double)weir_source_waiting(job, now_s);
    view->source_backpressured = ratio(weir_sources_blocked_s(job) / job->source_count, window_s);
    const struct weir_histogram *latency = &job->window;
    view->latency_mean_s = mean_of(latency->sum, (double)latency->count);
    view->latency_p50_s = weir_histogram_quantile(latency, 0.5);
    view->latency_p95_s = weir_histogram_quantile(latency, 0.95);
    view->latency_p99_s = weir_histogram_quantile(latency, 0.99);
    weir_view_update_sources(job, view, now_s, window_s);
    job->history = weir_grow(job->history, job->history_count + 1, &job->history_capacity, sizeof *job->history);
    job->history[job->history_count++] = view->ingress_rate;
    view->ingress_history = job->history;
    view->history_count = (int)job->history_count;
    for (int o = 0; o < job->spec->operator_count; o++)
        update_operator(controller, &job->ops[o], (struct weir_operator_view *)&view->operators[o], window_s);
}

/* The bytes of items that wait in the inputs of each host; what sources have logged goes to the books. */
static void count_items(struct weir_controller *controller)
{
    for (int h = 0; h < controller->view.host_count; h++)
        controller->waiting_bytes[h] = 0;
    for (int j = 0; j < controller->arrived_jobs; j++) {
        const struct weir_run_job *job = &controller->flow->jobs[j];
        if (job->life == WEIR_JOB_WAITING)
            continue;
        weir_view_count_logged(controller->books, job);
        for (int o = 0; o < job->spec->operator_count; o++) {
            const struct weir_op *op = &job->ops[o];
            for (int i = 0; i < op->route_count; i++)
                for (int e = 0; e < op->in_edges; e++)
                    controller->waiting_bytes[op->routes[i]->host] +=
                        (double)op->routes[i]->room[e].used * op->in_bytes;
        }
    }
}

void weir_view_update(struct weir_controller *controller)
{
    struct weir_books *books = controller->books;
    double now_s = controller->clock->now_s, window_s = now_s - books->window_start_s;
    controller->view.time_s = now_s;
    controller->view.window = books->window;
    controller->view.job_count = controller->arrived_jobs;
    weir_view_hosts(controller);
    for (int h = 0; h < controller->view.host_count; h++) {
        const struct weir_host_book *host = &books->hosts[h];
        struct weir_host_view *view = &controller->host_views[h];
        const struct weir_host_counts *now = &host->counts, *then = &host->at_window;
        view->cpu = fmin(1, ratio(now->flops - then->flops, weir_pstates_could(controller, h, window_s)));
        view->sent_bytes_per_s = ratio(now->sent_bytes - then->sent_bytes, window_s);
        view->received_bytes_per_s = ratio(now->received_bytes - then->received_bytes, window_s);
    }
    weir_batteries_view(controller);
    count_items(controller);
    weir_telemetry_update(books, controller->host_views, controller->waiting_bytes, now_s);
    for (int j = 0; j < controller->arrived_jobs; j++)
        update_job(controller, &controller->flow->jobs[j], &controller->job_views[j], now_s, window_s);
}
