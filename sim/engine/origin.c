/* Where the results of a job come from: what each host has delivered to its sink in the window. */
#include "sim/base/memory.h"
#include "sim/engine/parts.h"

int weir_origin_of(struct weir_run_job *job, int host)
{
    for (size_t o = 0; o < job->origin_count; o++)
        if (job->origins[o].host == host)
            return (int)o;
    job->origins = weir_grow(job->origins, job->origin_count + 1, &job->origin_capacity, sizeof *job->origins);
    job->origins[job->origin_count] = (struct weir_origin){.host = host};
    return (int)job->origin_count++;
}

void weir_origins_view(struct weir_run_job *job, struct weir_job_view *view, double window_s)
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

void weir_origins_clear(struct weir_run_job *job)
{
    for (size_t o = 0; o < job->origin_count; o++)
        job->origins[o] = (struct weir_origin){.host = job->origins[o].host};
}
