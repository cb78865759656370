/* What policies see of each of several sources of a job, and of the hosts from which its results come; what sources
 * have logged. */
#include "sim/engine/control/view_sources.h"

#include "sim/base/memory.h"
#include "sim/engine/flow/mobile.h"
#include "sim/engine/flow/source.h"

static double rate(uint64_t items, double window_s)
{
    return window_s > 0 ? (double)items / window_s : 0;
}

void weir_view_init_sources(const struct weir_run_job *job, struct weir_job_view *view)
{
    if (job->source_count < 2)
        return;
    struct weir_source_view *sources = weir_alloc((size_t)job->source_count, sizeof *sources);
    for (int s = 0; s < job->source_count; s++) {
        const struct weir_source *source = weir_source_at(job, s);
        int host = weir_source_host(source);
        sources[s] = (struct weir_source_view){
            .name = weir_source_name(source), .host = host, .before = host, .source_bytes = weir_source_bytes(source)};
    }
    view->sources = sources;
    view->source_count = job->source_count;
}

void weir_view_place_sources(const struct weir_run_job *job, struct weir_job_view *view)
{
    struct weir_source_view *sources = (struct weir_source_view *)view->sources;
    for (int s = 0; s < view->source_count; s++)
        sources[s].host = weir_source_host(weir_source_at(job, s));
}

void weir_view_update_sources(struct weir_run_job *job, struct weir_job_view *view, double now_s, double window_s)
{
    struct weir_source_view *sources = (struct weir_source_view *)view->sources;
    for (int s = 0; s < view->source_count; s++) {
        struct weir_source *source = weir_source_at(job, s);
        const struct weir_source_counts *now = &source->counts, *then = &source->counts_at_window;
        uint64_t dropped = now->dropped + now->dropped_at_source - then->dropped - then->dropped_at_source;
        sources[s].host = weir_source_host(source);
        sources[s].before = s ? weir_mobile_window(source) : view->source_before;
        sources[s].ingress_rate = rate(now->arrived - then->arrived, window_s);
        sources[s].emitted_rate = rate(now->emitted - then->emitted, window_s);
        sources[s].backlog = (double)weir_source_waiting_at(source, now_s);
        sources[s].delivered_rate = rate(now->delivered - then->delivered, window_s);
        sources[s].dropped_rate = rate(dropped, window_s);
    }
}

void weir_view_count_logged(struct weir_books *books, const struct weir_run_job *job)
{
    for (int s = 0; s < job->source_count; s++) {
        const struct weir_source *source = weir_source_at(job, s);
        uint64_t arrived = source->counts.arrived - source->counts_at_window.arrived;
        weir_telemetry_disk(books, weir_source_host(source), (double)arrived * weir_source_bytes(source));
    }
}

/* Where the results of a job come from: what each host has delivered to its sink in the window. */
void weir_view_update_origins(struct weir_run_job *job, struct weir_job_view *view, double window_s)
{
    job->origin_views =
        weir_grow(job->origin_views, job->origin_count, &job->origin_view_capacity, sizeof *job->origin_views);
    view->origins = job->origin_views;
    view->origin_count = 0;
    for (size_t o = 0; o < job->origin_count && window_s > 0; o++) {
        const struct weir_origin *origin = &job->origins[o];
        if (origin->delivered)
            job->origin_views[view->origin_count++] =
                (struct weir_origin_view){.host = origin->host,
                                          .delivered_rate = (double)origin->delivered / window_s,
                                          .late_rate = (double)origin->late / window_s,
                                          .bytes_per_s = origin->bytes / window_s};
    }
}
