/* A closed window told to the observer: rows of (time, job, operator, host or link, metric, value). */
#include <math.h>

#include "sim/engine/books/ledger.h"
#include "sim/engine/control/report.h"
#include "sim/engine/flow/mobile.h"
#include "sim/engine/flow/source.h"

static void tell(const struct weir_controller *controller, const char *job, const char *op, const char *host,
                 const char *metric, double value)
{
    const struct weir_observer *observer = controller->spec->observer;
    observer->metric(observer->context, controller->view.time_s, job, op, host, metric, value);
}

static void tell_operator(const struct weir_controller *controller, const char *job,
                          const struct weir_operator_view *op)
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
        tell(controller, job, op->name, "", rows[i].name, rows[i].value);
    if (op->state_bytes > 0)
        tell(controller, job, op->name, "", "state_bytes", op->state_bytes);
    if (op->late_rate > 0)
        tell(controller, job, op->name, "", "late_rate", op->late_rate);
    if (!isnan(op->watermark_lag_s))
        tell(controller, job, op->name, "", "watermark_lag", op->watermark_lag_s);
}

static void tell_job(const struct weir_controller *controller, const struct weir_job_view *job)
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
        tell(controller, job->name, "", "", rows[i].name, rows[i].value);
    if (job->duplicate_rate > 0)
        tell(controller, job->name, "", "", "duplicate_rate", job->duplicate_rate);
    if (!isfinite(job->slo_s))
        return;
    tell(controller, job->name, "", "", "due_rate", job->due_rate);
    tell(controller, job->name, "", "", "slo_violations",
         job->due_rate > 0 ? job->violation_rate / job->due_rate : NAN);
}

/* Where a device is, the host of its access point, and how often that has changed in the window. Of one of several
 * sources its name stands where those of operators do. */
static void tell_device(const struct weir_controller *controller, struct weir_mobile *mobile, const char *name)
{
    const char *job = mobile->job->spec->name;
    double x, y;
    weir_mobile_place(mobile, controller->view.time_s, &x, &y);
    tell(controller, job, name, "", "device_x", x);
    tell(controller, job, name, "", "device_y", y);
    tell(controller, job, name, "", "handovers", (double)(mobile->count - mobile->told));
    tell(controller, job, name, controller->platform->hosts[mobile->host].name, "attached", 1);
    mobile->told = mobile->count;
}

/* One of several. */
static void tell_source(const struct weir_controller *controller, const struct weir_source *source,
                        const struct weir_source_view *view)
{
    const struct weir_source_counts *now = &source->counts, *then = &source->counts_at_window;
    const char *job = source->job->spec->name;
    double window_s = controller->view.time_s - controller->books->window_start_s;
    double delivered = (double)(now->delivered - then->delivered);
    const struct {
        const char *name;
        double value;
    } rows[] = {
        {"ingress_rate", view->ingress_rate},
        {"emitted_rate", view->emitted_rate},
        {"delivered_rate", view->delivered_rate},
        {"dropped_rate", view->dropped_rate},
        {"backlog", view->backlog},
        {"latency_mean", delivered > 0 ? (now->latency_s - then->latency_s) / delivered : NAN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        tell(controller, job, view->name, "", rows[i].name, rows[i].value);
    if (now->late > then->late && window_s > 0)
        tell(controller, job, view->name, "", "late_rate", (double)(now->late - then->late) / window_s);
}

static void tell_sources(const struct weir_controller *controller, int j)
{
    const struct weir_run_job *job = &controller->flow->jobs[j];
    bool several = job->source_count > 1;
    for (int s = 0; s < job->source_count; s++) {
        struct weir_source *source = weir_source_at(job, s);
        if (several)
            tell_source(controller, source, &controller->view.jobs[j].sources[s]);
        if (source->mobile)
            tell_device(controller, source->mobile, several ? weir_source_name(source) : "");
    }
    if (job->sink_mobile && !job->sink_mobile->source)
        tell_device(controller, job->sink_mobile, "");
}

static void tell_account(const struct weir_controller *controller)
{
    uint64_t requests = 0, at_sources = 0;
    for (int j = 0; j < controller->arrived_jobs; j++) {
        const struct weir_run_job *job = &controller->flow->jobs[j];
        const struct weir_job_counts *now = &job->counts, *then = &job->at_window;
        requests += now->delivered - then->delivered + now->dropped - then->dropped;
        at_sources += now->dropped_at_source - then->dropped_at_source;
    }
    weir_account_tell(controller->books, requests, at_sources, controller->view.time_s);
}

void weir_report_window(struct weir_controller *controller)
{
    const struct weir_scenario *scenario = controller->scenario;
    const struct weir_observer *observer = controller->spec->observer;
    if (!observer || !observer->metric)
        return;
    for (int j = 0; j < controller->view.job_count; j++) {
        const struct weir_job_view *job = &controller->view.jobs[j];
        if (!job->running)
            continue;
        tell_job(controller, job);
        tell_sources(controller, j);
        for (int o = 0; scenario->record_operators && o < job->operator_count; o++) {
            tell_operator(controller, job->name, &job->operators[o]);
            weir_report_placement(controller, j, o);
        }
    }
    tell_account(controller);
    if (scenario->carbon.on)
        tell(controller, "", "", "", "carbon", controller->books->carbon_g - controller->books->carbon_at_window_g);
    for (int h = 0; scenario->record_hosts && h < controller->view.host_count; h++) {
        const struct weir_host_view *host = &controller->view.hosts[h];
        const struct weir_host_counts *ever = &controller->books->hosts[h].counts;
        if (!host->up)
            tell(controller, "", "", host->name, host->asleep ? "asleep" : host->boot_s > 0 ? "boots" : "down", 1);
        if (controller->platform->hosts[h].battery_j > 0)
            tell(controller, "", "", host->name, "battery", host->battery_j);
        if (controller->books->stated && host->pstate_count > 1)
            tell(controller, "", "", host->name, "pstate", host->pstate);
        if (!host->instances && ever->flops + ever->sent_bytes + ever->received_bytes == 0)
            continue; /* never used so far */
        tell(controller, "", "", host->name, "cpu", host->cpu);
        tell(controller, "", "", host->name, "memory", host->memory_reported_bytes);
        tell(controller, "", "", host->name, "disk", host->disk_bytes_per_s);
        tell(controller, "", "", host->name, "sent", host->sent_bytes_per_s);
        tell(controller, "", "", host->name, "received", host->received_bytes_per_s);
        tell(controller, "", "", host->name, "instances", host->instances);
        if (!isnan(host->carbon_g_per_kwh))
            tell(controller, "", "", host->name, "carbon_intensity", host->carbon_g_per_kwh);
        weir_account_tell_host(controller->books, h, controller->view.time_s);
    }
    double window_s = controller->view.time_s - controller->books->window_start_s;
    for (int l = 0; scenario->record_links && l < controller->books->link_count; l++) {
        const struct weir_link_book *link = &controller->books->links[l];
        if (link->bytes <= 0)
            continue;
        double used = window_s > 0 ? (link->bytes - link->bytes_at_window) / (window_s * link->bytes_per_s) : 0;
        tell(controller, "", "", link->name, "use", used);
    }
}
