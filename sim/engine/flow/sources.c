/* The sources of a job are made, and taken down again. */
#include <stdlib.h>

#include "sim/base/memory.h"
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
