/* "mobility" of a scenario: what moves, and how. */
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"
#include "sim/base/text.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/scenario_parts.h"

void weir_mobility_fini(struct weir_mobility *mobility)
{
    for (int f = 0; f < mobility->file_count; f++)
        weir_tracks_fini(&mobility->files[f]);
    for (int d = 0; d < mobility->device_count; d++)
        free(mobility->devices[d].stream);
    free(mobility->files);
    free(mobility->devices);
    free(mobility->access);
    free(mobility->reach);
    free(mobility->of_job);
    weir_grid_free(mobility->grid);
}

/* A number or [least, most]; times are texts. */
static int read_ends(const struct weir_json *at, const char *key, bool times, double least, double ends[2])
{
    struct weir_json child, one;
    if (!weir_json_get(at, key, &child))
        return WEIR_OK;
    bool list = weir_json_is_array(&child);
    if (list && weir_json_size(&child) != 2)
        return weir_json_error(&child, "must be one value, or [least, most]");
    int code = WEIR_OK;
    for (int e = 0; e < 2 && !code; e++) {
        one = list ? weir_json_at(&child, e) : child;
        code = times ? weir_json_quantity(&one, WEIR_UNIT_TIME, least, WEIR_METRES_AT_MOST, &ends[e])
                     : weir_json_number(&one, least, WEIR_METRES_AT_MOST, &ends[e]);
    }
    return code || ends[1] >= ends[0] ? code : weir_json_error(&child, "the first must not be above the second");
}

static int read_area(const struct weir_json *at, struct weir_device *device)
{
    struct weir_json child;
    double corners[4];
    int code = weir_json_need(at, "area", &child);
    if (!code && (!weir_json_is_array(&child) || weir_json_size(&child) != 4))
        code = weir_json_error(&child, "must be [x, y, x, y] of two corners");
    for (int i = 0; i < 4 && !code; i++) {
        struct weir_json one = weir_json_at(&child, i);
        code = weir_json_number(&one, -WEIR_METRES_AT_MOST, WEIR_METRES_AT_MOST, &corners[i]);
    }
    if (code)
        return code;
    for (int axis = 0; axis < 2; axis++) {
        double *ends = axis ? device->y : device->x;
        ends[0] = fmin(corners[axis], corners[axis + 2]);
        ends[1] = fmax(corners[axis], corners[axis + 2]);
    }
    return device->x[1] > device->x[0] || device->y[1] > device->y[0]
               ? WEIR_OK
               : weir_json_error(&child, "is a single point; there is nowhere to go");
}

static int read_model(const struct weir_json *at, const struct weir_device_read *read, struct weir_device *device)
{
    struct weir_json child;
    device->motion = read->model ? WEIR_MOTION_MANHATTAN : WEIR_MOTION_WAYPOINT;
    device->block = read->block;
    int code = read_area(at, device);
    if (!code)
        code = weir_json_need(at, "speed", &child);
    if (!code)
        code = read_ends(at, "speed", false, 1e-3, device->speed);
    if (!code)
        code = read_ends(at, "pause", true, 0, device->pause_s);
    if (code || device->motion != WEIR_MOTION_MANHATTAN)
        return code;
    code = weir_json_need(at, "block", &child);
    if (!code && read->block > fmax(device->x[1] - device->x[0], device->y[1] - device->y[0]))
        code = weir_json_error(&child, "is longer than the area: there is one crossing, and nowhere to go");
    return code;
}

/* The tracks of a file, which is read once. NULL after an error. */
static const struct weir_tracks *tracks_of(const char *file, struct weir_scenario *scenario, size_t room)
{
    struct weir_mobility *mobility = &scenario->mobility;
    char *path = weir_path_beside(scenario->path, file);
    const struct weir_tracks *found = NULL;
    for (int f = 0; f < mobility->file_count && !found; f++)
        if (strcmp(mobility->files[f].path, path) == 0)
            found = &mobility->files[f];
    if (!found) {
        if (!mobility->files)
            mobility->files = weir_alloc(room, sizeof *mobility->files); /* devices point there */
        struct weir_tracks *tracks = &mobility->files[mobility->file_count++];
        found = weir_tracks_read(path, scenario->platform, mobility, tracks) == WEIR_OK ? tracks : NULL;
    }
    free(path);
    return found;
}

/* Marks the jobs that a name or a pattern means. */
static int mark_jobs(const struct weir_json *at, const struct weir_workload *workload, bool *marked)
{
    const char *name;
    bool found = false;
    int code = weir_json_string(at, &name);
    for (int j = 0; j < workload->job_count && !code; j++)
        if (strcmp(workload->jobs[j].name, name) == 0 || fnmatch(name, workload->jobs[j].name, 0) == 0)
            found = marked[j] = true;
    return code || found ? code : weir_json_error(at, "the workload has no job \"%s\"", name);
}

static int mark_all(const struct weir_json *at, const struct weir_workload *workload, bool *marked)
{
    struct weir_json child;
    int code = weir_json_need(at, "jobs", &child);
    if (code || !weir_json_is_array(&child))
        return code ? code : mark_jobs(&child, workload, marked);
    for (int i = 0; i < weir_json_size(&child) && !code; i++) {
        struct weir_json one = weir_json_at(&child, i);
        code = mark_jobs(&one, workload, marked);
    }
    return code;
}

/* Gives each job its track: that of its name, or by order. */
static int take_tracks(const struct weir_json *at, const struct weir_tracks *tracks, const char *wanted,
                       const bool *marked, struct weir_scenario *scenario)
{
    struct weir_mobility *mobility = &scenario->mobility;
    const struct weir_workload *workload = scenario->workload;
    bool by_name = false;
    size_t next = 0;
    for (int j = 0; j < workload->job_count && !wanted && !by_name; j++)
        by_name = marked[j] && weir_tracks_find(tracks, workload->jobs[j].name);
    for (int j = 0; j < workload->job_count; j++) {
        if (!marked[j])
            continue;
        const char *name = wanted ? wanted : workload->jobs[j].name;
        const struct weir_course *track = wanted || by_name      ? weir_tracks_find(tracks, name)
                                          : next < tracks->count ? &tracks->list[next++]
                                                                 : NULL;
        if (!track && (wanted || by_name))
            return weir_json_error(at, "%s has no track \"%s\"; its first is \"%s\"", tracks->path, name,
                                   tracks->list[0].id);
        if (!track)
            return weir_json_error(at, "%s has %zu tracks, and job \"%s\" gets none; leave it out", tracks->path,
                                   tracks->count, name);
        mobility->devices[mobility->of_job[j]] =
            (struct weir_device){.motion = WEIR_MOTION_TRACK, .track = track, .stream = NULL};
    }
    return WEIR_OK;
}

static int take_model(const struct weir_device *model, const bool *marked, struct weir_scenario *scenario)
{
    struct weir_mobility *mobility = &scenario->mobility;
    for (int j = 0; j < scenario->workload->job_count; j++)
        if (marked[j]) {
            mobility->devices[mobility->of_job[j]] = *model;
            mobility->devices[mobility->of_job[j]].stream =
                weir_format("mobility/%s", scenario->workload->jobs[j].name);
        }
    return WEIR_OK;
}

enum weir_end { WEIR_END_SOURCE, WEIR_END_SINK, WEIR_END_BOTH }; /* in the order of the key's choices */

static int number_devices(const struct weir_json *at, enum weir_end end, const bool *marked,
                          struct weir_scenario *scenario)
{
    struct weir_mobility *mobility = &scenario->mobility;
    for (int j = 0; j < scenario->workload->job_count; j++) {
        const struct weir_job *job = &scenario->workload->jobs[j];
        if (!marked[j])
            continue;
        if (mobility->of_job[j] >= 0 || (job->source_count > 1 && end != WEIR_END_SINK))
            return weir_json_error(at, "the source of job \"%s\" moves already, or is one of several; name it once",
                                   job->name);
        if (job->sink.kind == WEIR_WHERE_SOURCE && end == WEIR_END_SINK)
            return weir_json_error(at,
                                   "the sink of job \"%s\" is its source, so that both move or neither; say \"end\": "
                                   "\"both\", or name another \"sink\"",
                                   job->name);
        mobility->of_job[j] = mobility->device_count++;
    }
    return WEIR_OK;
}

/* Which ends of the jobs the devices are. A sink that is the source goes where that goes. */
static void take_ends(enum weir_end end, const bool *marked, struct weir_scenario *scenario)
{
    struct weir_mobility *mobility = &scenario->mobility;
    for (int j = 0; j < scenario->workload->job_count; j++) {
        if (!marked[j])
            continue;
        struct weir_device *device = &mobility->devices[mobility->of_job[j]];
        device->is_source = end != WEIR_END_SINK;
        device->is_sink = end != WEIR_END_SOURCE || scenario->workload->jobs[j].sink.kind == WEIR_WHERE_SOURCE;
    }
}

static int read_device(const struct weir_json *at, size_t entries, struct weir_scenario *scenario)
{
    struct weir_device_read read = {.model = -1};
    struct weir_device model = {0};
    struct weir_json child;
    bool *marked = weir_alloc((size_t)scenario->workload->job_count, sizeof *marked);
    int code = weir_param_read(weir_moving_keys, at, &read);
    if (!code)
        code = mark_all(at, scenario->workload, marked);
    if (!code)
        code = number_devices(at, (enum weir_end)read.end, marked, scenario);
    if (!code && !read.tracks == (read.model < 0))
        code = weir_json_error(at, "must have either \"tracks\" or a \"model\"");
    if (!code && read.tracks) {
        const struct weir_tracks *tracks = tracks_of(read.tracks, scenario, entries);
        weir_json_get(at, "tracks", &child);
        code = tracks ? take_tracks(&child, tracks, read.track, marked, scenario) : weir_error_code();
    } else if (!code) {
        code = read_model(at, &read, &model);
        if (!code)
            code = take_model(&model, marked, scenario);
    }
    if (!code)
        take_ends((enum weir_end)read.end, marked, scenario);
    free(marked);
    return code;
}

static int read_devices(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_mobility *mobility = &scenario->mobility;
    struct weir_json list;
    int jobs = scenario->workload->job_count, code = weir_json_need(at, "devices", &list);
    if (!code && (!weir_json_is_array(&list) || !weir_json_size(&list)))
        code = weir_json_error(&list, "must be a list of at least one object");
    mobility->devices = weir_alloc((size_t)jobs, sizeof *mobility->devices);
    mobility->of_job = weir_alloc((size_t)jobs, sizeof *mobility->of_job);
    for (int j = 0; j < jobs; j++)
        mobility->of_job[j] = -1;
    for (int i = 0; i < weir_json_size(&list) && !code; i++) {
        struct weir_json one = weir_json_at(&list, i);
        code = read_device(&one, (size_t)weir_json_size(&list), scenario);
    }
    return code;
}

/* What devices that move do not go with yet. */
static int check_rest(const struct weir_json *at, const struct weir_scenario *scenario)
{
    if (scenario->items_per_batch != 1)
        return weir_json_error(at, "items of devices that move go one by one; leave \"items_per_batch\" and "
                                   "\"batch_span\" out");
    if (scenario->recovery.costs)
        return weir_json_error(at,
                               "barriers of checkpoints do not follow devices that move; leave \"checkpoints\" out");
    return WEIR_OK;
}

int weir_scenario_read_mobility(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_mobility *mobility = &scenario->mobility;
    struct weir_mobility_read read = {0};
    struct weir_json child;
    if (!weir_json_get(at, "mobility", &child))
        return WEIR_OK;
    int code = weir_param_read(weir_mobility_keys, &child, &read);
    if (code)
        return code;
    mobility->on = true;
    mobility->hysteresis = read.strongest ? 0 : read.hysteresis;
    mobility->ratio = read.strongest ? weir_pow(10, read.hysteresis / (10 * read.path_loss)) : 1;
    mobility->handover_s = read.handover_s;
    mobility->loses = read.loses;
    mobility->latency_s = read.latency_s;
    mobility->leaves = !read.stays;
    code = weir_access_read(&child, &read, scenario);
    code = code ? code : read_devices(&child, scenario);
    code = code ? code : weir_access_check(&child, scenario);
    return code ? code : check_rest(&child, scenario);
}
