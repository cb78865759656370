/* Which ends of jobs an entry of "devices" means, and what each of them follows. */
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

/* Visits all ends: those of the first job first, of each its sources and then its sink. */
struct visit {
    const struct weir_job *job;
    int j, end, at; /* at: in of_end */
};

static bool next_end(const struct weir_workload *workload, struct visit *visit)
{
    if (!visit->job) {
        visit->job = workload->jobs;
        return workload->job_count > 0;
    }
    visit->at++;
    if (++visit->end <= sources_in(visit->job))
        return true;
    visit->end = 0;
    visit->job++;
    return ++visit->j < workload->job_count;
}

static bool at_sink(const struct visit *visit)
{
    return visit->end == sources_in(visit->job);
}

/* Owned: that of its job, or JOB/SOURCE of one of several. */
static char *mover_name(const struct visit *visit)
{
    const struct weir_job *job = visit->job;
    return job->source_count > 1 && !at_sink(visit) ? weir_format("%s/%s", job->name, job->sources[visit->end].name)
                                                    : weir_copy(job->name);
}

void weir_movers_init(struct weir_scenario *scenario)
{
    struct weir_mobility *mobility = &scenario->mobility;
    const struct weir_workload *workload = scenario->workload;
    size_t ends = 0;
    mobility->first_of = weir_alloc((size_t)workload->job_count + 1, sizeof *mobility->first_of);
    for (struct visit visit = {0}; next_end(workload, &visit); ends++)
        if (!visit.end)
            mobility->first_of[visit.j] = visit.at;
    mobility->first_of[workload->job_count] = (int)ends;
    mobility->devices = weir_alloc(ends, sizeof *mobility->devices);
    mobility->of_end = weir_alloc(ends, sizeof *mobility->of_end);
    for (size_t e = 0; e < ends; e++)
        mobility->of_end[e] = -1;
}

static bool pattern_means(const char *pattern, const char *name)
{
    return strcmp(pattern, name) == 0 || fnmatch(pattern, name, 0) == 0;
}

/* Marks the sources, or the sinks, that a name or a pattern means: of a job all. */
static int mark_ends(const struct weir_json *at, bool sinks, const struct weir_workload *workload, bool *marked)
{
    const char *pattern;
    bool found = false;
    int code = weir_json_string(at, &pattern);
    for (struct visit visit = {0}; !code && next_end(workload, &visit);) {
        if (at_sink(&visit) != sinks)
            continue;
        char *name = mover_name(&visit);
        if (pattern_means(pattern, visit.job->name) || pattern_means(pattern, name))
            found = marked[visit.at] = true;
        free(name);
    }
    return code || found ? code
           : sinks       ? weir_json_error(at, "the workload has no job \"%s\"", pattern)
                   : weir_json_error(at, "the workload has no job \"%s\", and no JOB/SOURCE of that name", pattern);
}

static int mark_all(const struct weir_json *at, bool sinks, const struct weir_workload *workload, bool *marked)
{
    struct weir_json child;
    int code = weir_json_need(at, "jobs", &child);
    if (code || !weir_json_is_array(&child))
        return code ? code : mark_ends(&child, sinks, workload, marked);
    for (int i = 0; i < weir_json_size(&child) && !code; i++) {
        struct weir_json one = weir_json_at(&child, i);
        code = mark_ends(&one, sinks, workload, marked);
    }
    return code;
}

/* Gives a marked end the next device. If both ends are meant, its job's sink goes with the first of them; `before`: how
 * many devices earlier entries have. */
static int number_end(const struct weir_json *at, const struct visit *visit, enum weir_end end, int before,
                      struct weir_mobility *mobility)
{
    const struct weir_job *job = visit->job;
    int *sink = &mobility->of_end[mobility->first_of[visit->j + 1] - 1];
    bool is_source = job->sink.kind == WEIR_WHERE_SOURCE, taken = mobility->of_end[visit->at] >= 0;
    bool sink_too = end == WEIR_END_BOTH && !is_source && *sink < before;
    if (taken || (sink_too && *sink >= 0)) {
        char *name = taken ? mover_name(visit) : weir_copy(job->name);
        weir_json_error(at, "the %s of job \"%s\" moves already; name it once",
                        taken && !at_sink(visit) ? "source" : "sink", name);
        free(name);
        return WEIR_EINPUT;
    }
    if (is_source && end == WEIR_END_SINK)
        return weir_json_error(at,
                               "the sink of job \"%s\" is its source, so that both move or neither; say \"end\": "
                               "\"both\", or name another \"sink\"",
                               job->name);
    mobility->of_end[visit->at] = mobility->device_count++;
    if (sink_too)
        *sink = mobility->of_end[visit->at];
    return WEIR_OK;
}

int weir_movers_mark(const struct weir_json *at, enum weir_end end, struct weir_scenario *scenario, bool **marked)
{
    struct weir_mobility *mobility = &scenario->mobility;
    const struct weir_workload *workload = scenario->workload;
    *marked = weir_alloc((size_t)mobility->first_of[workload->job_count], sizeof **marked);
    int before = mobility->device_count, code = mark_all(at, end == WEIR_END_SINK, workload, *marked);
    for (struct visit visit = {0}; !code && next_end(workload, &visit);)
        if ((*marked)[visit.at])
            code = number_end(at, &visit, end, before, mobility);
    return code;
}

/* The track of an end; NULL after an error. */
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
    for (struct visit visit = {0}; !by_name && next_end(scenario->workload, &visit);) {
        char *name = mover_name(&visit);
        by_name = marked[visit.at] && weir_tracks_find(tracks, name);
        free(name);
    }
    for (struct visit visit = {0}; next_end(scenario->workload, &visit);) {
        if (!marked[visit.at])
            continue;
        char *name = wanted ? weir_copy(wanted) : mover_name(&visit);
        const struct weir_course *track = track_of_mover(at, tracks, name, by_name, &next_track);
        free(name);
        if (!track)
            return weir_error_code();
        mobility->devices[mobility->of_end[visit.at]] =
            (struct weir_device){.motion = WEIR_MOTION_TRACK, .track = track, .stream = NULL};
    }
    return WEIR_OK;
}

void weir_movers_roam(const struct weir_device *model, const bool *marked, struct weir_scenario *scenario)
{
    struct weir_mobility *mobility = &scenario->mobility;
    for (struct visit visit = {0}; next_end(scenario->workload, &visit);) {
        if (!marked[visit.at])
            continue;
        struct weir_device *device = &mobility->devices[mobility->of_end[visit.at]];
        char *name = mover_name(&visit);
        *device = *model;
        device->stream = weir_format("mobility/%s", name);
        free(name);
    }
}

int weir_movers_end(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_mobility *mobility = &scenario->mobility;
    const struct weir_workload *workload = scenario->workload;
    for (int j = 0; j < workload->job_count; j++) {
        int first = mobility->of_end[mobility->first_of[j]], *sink = &mobility->of_end[mobility->first_of[j + 1] - 1];
        if (workload->jobs[j].sink.kind == WEIR_WHERE_SOURCE)
            *sink = first;
        if (*sink >= 0)
            mobility->devices[*sink].is_sink = true;
        if (*sink >= 0 && first >= 0 && *sink != first && sources_in(&workload->jobs[j]) == 1)
            return weir_json_error(at,
                                   "the source and the sink of job \"%s\" move each by an entry; one with \"end\": "
                                   "\"both\" has them on one device",
                                   workload->jobs[j].name);
    }
    return WEIR_OK;
}
