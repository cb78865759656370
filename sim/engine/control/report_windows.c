/* A closed window told to the observer: rows of (time, job, operator, host or link, metric, value). */
#include "sim/engine/parts.h"

static void tell(const struct weir_world *world, const char *job, const char *op, const char *host, const char *metric,
                 double value)
{
    const struct weir_observer *observer = world->spec->observer;
    observer->metric(observer->context, world->view.time_s, job, op, host, metric, value);
}

static void tell_operator(const struct weir_world *world, const char *job, const struct weir_operator_view *op)
{
    const struct {
        const char *name;
        double value;
    } rows[] = {
        {"instances", op->instance_count},
        {"arrival_rate", op->arrival_rate},
        {"processed_rate", op->processed_rate},
        {"output_rate", op->output_rate},
        {"true_rate", op->true_rate},
        {"busy", op->busy},
        {"idle", op->idle},
        {"backpressured", op->backpressured},
        {"occupancy", op->occupancy},
        {"queued", op->queued},
        {"waiting", op->waiting_s},
        {"service", op->service_s},
        {"blocked", op->blocked_s},
        {"latency", op->latency_s},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        tell(world, job, op->name, "", rows[i].name, rows[i].value);
    if (op->state_bytes > 0)
        tell(world, job, op->name, "", "state_bytes", op->state_bytes);
}

static void tell_job(const struct weir_world *world, const struct weir_job_view *job)
{
    const struct {
        const char *name;
        double value;
    } rows[] = {
        {"ingress_rate", job->ingress_rate},
        {"emitted_rate", job->emitted_rate},
        {"delivered_rate", job->delivered_rate},
        {"dropped_rate", job->dropped_rate},
        {"backlog", job->backlog},
        {"source_backpressured", job->source_backpressured},
        {"latency_mean", job->latency_mean_s},
        {"latency_p50", job->latency_p50_s},
        {"latency_p95", job->latency_p95_s},
        {"latency_p99", job->latency_p99_s},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        tell(world, job->name, "", "", rows[i].name, rows[i].value);
}

void weir_report_window(struct weir_world *world)
{
    const struct weir_scenario *scenario = world->scenario;
    const struct weir_observer *observer = world->spec->observer;
    if (!observer || !observer->metric)
        return;
    for (int j = 0; j < world->view.job_count; j++) {
        const struct weir_job_view *job = &world->view.jobs[j];
        if (!job->running)
            continue;
        tell_job(world, job);
        for (int o = 0; scenario->record_operators && o < job->operator_count; o++) {
            tell_operator(world, job->name, &job->operators[o]);
            weir_report_placement(world, j, o);
        }
    }
    weir_account_tell(world);
    for (int h = 0; scenario->record_hosts && h < world->view.host_count; h++) {
        const struct weir_host_view *host = &world->view.hosts[h];
        const struct weir_host_counts *ever = &world->hosts[h].counts;
        if (!world->hosts[h].up)
            tell(world, "", "", host->name, "down", 1);
        if (!host->instances && ever->flops + ever->sent_bytes + ever->received_bytes == 0)
            continue; /* never used so far */
        tell(world, "", "", host->name, "cpu", host->cpu);
        tell(world, "", "", host->name, "memory", host->memory_reported_bytes);
        tell(world, "", "", host->name, "disk", host->disk_bytes_per_s);
        tell(world, "", "", host->name, "sent", host->sent_bytes_per_s);
        tell(world, "", "", host->name, "received", host->received_bytes_per_s);
        tell(world, "", "", host->name, "instances", host->instances);
        weir_account_tell_host(world, h);
    }
    double window_s = world->view.time_s - world->window_start_s;
    for (int l = 0; scenario->record_links && l < world->link_count; l++) {
        const struct weir_run_link *link = &world->links[l];
        if (link->bytes <= 0)
            continue;
        double used = window_s > 0 ? (link->bytes - link->bytes_at_window) / (window_s * link->bytes_per_s) : 0;
        tell(world, "", "", link->name, "use", used);
    }
}
