/* The sources of a job together, and what came of the items of each. */
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/mobile.h"
#include "sim/engine/flow/send.h"
#include "sim/engine/flow/source.h"

const char *weir_source_name(const struct weir_source *source)
{
    return source->spec ? source->spec->name : "source";
}

void weir_sources_init(struct weir_run_job *job)
{
    const struct weir_job *spec = job->spec;
    job->source_count = spec->source_count ? spec->source_count : 1;
    job->more = weir_alloc((size_t)job->source_count, sizeof *job->more);
    for (int s = 0; s < job->source_count; s++) {
        struct weir_source *source = weir_source_at(job, s);
        source->job = job;
        source->index = s;
        source->spec = spec->source_count ? &spec->sources[s] : NULL;
        source->host = source->spec ? source->spec->host : spec->source_host;
        source->path = weir_paths_root(job->paths, s);
        source->next_arrival_s = spec->arrive_s;
    }
}

void weir_sources_fini(struct weir_run_job *job)
{
    for (int s = 0; s < job->source_count; s++) {
        struct weir_source *source = weir_source_at(job, s);
        weir_trace_free(&source->spent);
        if (source->sender.job)
            weir_sender_fini(&source->sender);
        free(source->out);
        free(source->backlog);
    }
    free(job->more);
}

void weir_sources_go(struct weir_run_job *job)
{
    for (int s = 0; s < job->source_count; s++)
        weir_soon(job->flow->clock, &weir_source_at(job, s)->go);
}

bool weir_sources_busy(const struct weir_run_job *job)
{
    bool busy = false;
    for (int s = 0; s < job->source_count; s++)
        busy |= weir_sender_busy(&weir_source_at(job, s)->sender);
    return busy;
}

bool weir_sources_done(const struct weir_run_job *job)
{
    bool done = true;
    for (int s = 0; s < job->source_count; s++)
        done &= weir_source_at(job, s)->done;
    return done;
}

bool weir_source_has_ended(const struct weir_source *source)
{
    return source->done && !source->backlog_count && !weir_sender_busy(&source->sender);
}

static struct weir_source *source_of_way(struct weir_run_job *job, uint64_t path)
{
    return weir_source_at(job, job->source_count > 1 ? weir_paths_source(job->paths, path) : 0);
}

struct weir_source_counts *weir_source_counts_of(struct weir_run_job *job, uint64_t path)
{
    return &source_of_way(job, path)->counts;
}

void weir_source_delivers(struct weir_run_job *job, const struct weir_item *item, bool again)
{
    struct weir_source *source = source_of_way(job, item->path);
    source->counts.duplicates += again;
    if (again)
        return;
    source->counts.delivered++;
    source->counts.latency_s += item->at - item->birth;
    if (source->mobile && job->flow->books->warm)
        weir_mobile_delivered(source->mobile, item);
    if (job->sink_mobile && job->sink_mobile != source->mobile && job->flow->books->warm)
        weir_mobile_delivered(job->sink_mobile, item);
}
