/* Which sources an entry of "devices" means, and what each of them follows. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/scenario_parts.h"

static int sources_in(const struct weir_job *job)
{
    return job->source_count > 1 ? job->source_count : 1;
}

/* Owned: that of its job, or JOB/SOURCE of one of several. */
static char *mover_name(const struct weir_job *job, int source)
{
    return job->source_count > 1 ? weir_format("%s/%s", job->name, job->sources[source].name) : weir_copy(job->name);
}

/* Visits all sources: those of the first job first. */
struct visit {
    const struct weir_job *job;
    int j, source, at; /* at: in of_source */
};

static bool next_source(const struct weir_workload *workload, struct visit *visit)
{
    if (!visit->job) {
        visit->job = workload->jobs;
        return workload->job_count > 0;
    }
    visit->at++;
    if (++visit->source < sources_in(visit->job))
        return true;
    visit->source = 0;
    visit->job++;
    return ++visit->j < workload->job_count;
}

void weir_movers_init(struct weir_scenario *scenario)
{
    struct weir_mobility *mobility = &scenario->mobility;
    const struct weir_workload *workload = scenario->workload;
    size_t sources = 0;
    mobility->first_of = weir_alloc((size_t)workload->job_count, sizeof *mobility->first_of);
    for (struct visit visit = {0}; next_source(workload, &visit); sources++)
        if (!visit.source)
            mobility->first_of[visit.j] = visit.at;
    mobility->devices = weir_alloc(sources, sizeof *mobility->devices);
    mobility->of_source = weir_alloc(sources, sizeof *mobility->of_source);
    for (size_t s = 0; s < sources; s++)
        mobility->of_source[s] = -1;
}

static bool pattern_means(const char *pattern, const char *name)
{
    return strcmp(pattern, name) == 0 || fnmatch(pattern, name, 0) == 0;
}

/* Marks the sources that a name or a pattern means: of a job all. */
static int mark_sources(const struct weir_json *at, const struct weir_workload *workload, bool *marked)
{
    const char *pattern;
    bool found = false;
    int code = weir_json_string(at, &pattern);
    for (struct visit visit = {0}; !code && next_source(workload, &visit);) {
        char *name = mover_name(visit.job, visit.source);
        if (pattern_means(pattern, visit.job->name) || pattern_means(pattern, name))
            found = marked[visit.at] = true;
        free(name);
    }
    return code || found
               ? code
               : weir_json_error(at, "the workload has no job \"%s\", and no JOB/SOURCE of that name", pattern);
}

static int mark_all(const struct weir_json *at, const struct weir_workload *workload, bool *marked)
{
    struct weir_json child;
    int code = weir_json_need(at, "jobs", &child);
    if (code || !weir_json_is_array(&child))
        return code ? code : mark_sources(&child, workload, marked);
    for (int i = 0; i < weir_json_size(&child) && !code; i++) {
        struct weir_json one = weir_json_at(&child, i);
        code = mark_sources(&one, workload, marked);
    }
    return code;
}

int weir_movers_mark(const struct weir_json *at, struct weir_scenario *scenario, bool **marked)
{
    struct weir_mobility *mobility = &scenario->mobility;
    const struct weir_workload *workload = scenario->workload;
    struct visit last = {0};
    while (next_source(workload, &last))
        continue;
    *marked = weir_alloc((size_t)last.at, sizeof **marked);
    int code = mark_all(at, workload, *marked);
    for (struct visit visit = {0}; !code && next_source(workload, &visit);) {
        if (!(*marked)[visit.at])
            continue;
        if (mobility->of_source[visit.at] < 0) {
            mobility->of_source[visit.at] = mobility->device_count++;
            continue;
        }
        char *name = mover_name(visit.job, visit.source);
        code = weir_json_error(at, "the source of job \"%s\" moves already; name it once", name);
        free(name);
    }
    return code;
}

/* The track of a source; NULL after an error. */
static const struct weir_course *track_of_mover(const struct weir_json *at, const struct weir_tracks *tracks,
                                                const char *name, bool by_name, size_t *next_track)
{
    const struct weir_course *track = by_name                       ? weir_tracks_find(tracks, name)
                                      : *next_track < tracks->count ? &tracks->list[(*next_track)++]
                                                                    : NULL;
    if (!track && by_name)
        weir_json_error(at, "%s has no track \"%s\"; its first is \"%s\"", tracks->path, name, tracks->list[0].id);
    else if (!track)
        weir_json_error(at, "%s has %zu tracks, and job \"%s\" gets none; leave it out", tracks->path, tracks->count,
                        name);
    return track;
}

int weir_movers_follow(const struct weir_json *at, const struct weir_tracks *tracks, const char *wanted,
                       const bool *marked, struct weir_scenario *scenario)
{
    struct weir_mobility *mobility = &scenario->mobility;
    bool by_name = wanted;
    size_t next_track = 0;
    for (struct visit visit = {0}; !by_name && next_source(scenario->workload, &visit);) {
        char *name = mover_name(visit.job, visit.source);
        by_name = marked[visit.at] && weir_tracks_find(tracks, name);
        free(name);
    }
    for (struct visit visit = {0}; next_source(scenario->workload, &visit);) {
        if (!marked[visit.at])
            continue;
        char *name = wanted ? weir_copy(wanted) : mover_name(visit.job, visit.source);
        const struct weir_course *track = track_of_mover(at, tracks, name, by_name, &next_track);
        free(name);
        if (!track)
            return weir_error_code();
        mobility->devices[mobility->of_source[visit.at]] =
            (struct weir_device){.motion = WEIR_MOTION_TRACK, .track = track, .stream = NULL};
    }
    return WEIR_OK;
}

void weir_movers_roam(const struct weir_device *model, const bool *marked, struct weir_scenario *scenario)
{
    struct weir_mobility *mobility = &scenario->mobility;
    for (struct visit visit = {0}; next_source(scenario->workload, &visit);) {
        if (!marked[visit.at])
            continue;
        struct weir_device *device = &mobility->devices[mobility->of_source[visit.at]];
        char *name = mover_name(visit.job, visit.source);
        *device = *model;
        device->stream = weir_format("mobility/%s", name);
        free(name);
    }
}
