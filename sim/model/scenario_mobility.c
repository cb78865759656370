/* "mobility" of a scenario: access points, the radio link, and which jobs have sources that move. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_lines.h"
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
    free(mobility->first_of);
    free(mobility->of_source);
}

/* The access points, at the places that the platform gives them. */
static int read_access(const struct weir_json *at, const struct weir_platform *platform, struct weir_mobility *mobility)
{
    struct weir_json child;
    struct weir_fault_rule rule = {0};
    bool named = weir_json_get(at, "hosts", &child);
    int code = named ? weir_fault_read_targets(at, platform, &rule) : WEIR_OK;
    mobility->access = weir_alloc(platform->host_count, sizeof *mobility->access);
    for (size_t h = 0, t = 0; h < platform->host_count && !code; h++) {
        const struct weir_host *host = &platform->hosts[h];
        bool taken = named && t < (size_t)rule.target_count && rule.targets[t] == (int)h;
        t += taken;
        if (taken || !named) /* all of them, until "places" was read */
            mobility->access[mobility->access_count++] =
                (struct weir_access){(int)h, host->has_place, host->place[0], host->place[1], 0, 1};
    }
    free(rule.targets);
    free(rule.name);
    return code;
}

static int read_place(struct weir_csv_lines *lines, const int column[4], const struct weir_platform *platform,
                      struct weir_mobility *mobility)
{
    double value[4] = {0};
    static const char *const names[4] = {"host", "x", "y", "power"};
    const char *name = column[0] < (int)lines->cell_count ? lines->cells[column[0]] : "";
    int host = weir_platform_find(platform, name);
    if (host < 0)
        return weir_csv_error(lines, "the platform has no host \"%s\"", name);
    for (int c = 1; c < 4; c++)
        if (column[c] >= 0 &&
            (column[c] >= (int)lines->cell_count || !weir_csv_number(lines, lines->cells[column[c]], &value[c]) ||
             fabs(value[c]) > WEIR_METRES_AT_MOST))
            return weir_csv_error(lines, "%s is no number, or beyond %g", names[c], WEIR_METRES_AT_MOST);
    for (int a = 0; a < mobility->access_count; a++) {
        struct weir_access *access = &mobility->access[a];
        if (access->host == host)
            *access = (struct weir_access){host, true, value[1], value[2], value[3], 1};
    }
    return WEIR_OK;
}

static int read_places(const char *path, const struct weir_platform *platform, struct weir_mobility *mobility)
{
    struct weir_csv_lines lines;
    static const char *const names[4] = {"host", "x", "y", "power"};
    int column[4] = {-1, -1, -1, -1};
    bool more = false;
    int code = weir_csv_open(&lines, path);
    if (code)
        return code;
    code = weir_csv_next(&lines, &more);
    for (size_t c = 0; !code && more && c < lines.cell_count; c++)
        for (int n = 0; n < 4; n++)
            if (strcmp(lines.cells[c], names[n]) == 0)
                column[n] = (int)c;
    if (!code && (column[0] < 0 || column[1] < 0 || column[2] < 0))
        code = weir_error(WEIR_EINPUT, "%s: needs the columns host, x and y", path);
    while (!code && more) {
        code = weir_csv_next(&lines, &more);
        if (!code && more)
            code = read_place(&lines, column, platform, mobility);
    }
    weir_csv_close(&lines);
    return code;
}

/* Without a list of hosts, those that have a place are meant. */
static int keep_placed(const struct weir_json *at, bool named, struct weir_mobility *mobility)
{
    int kept = 0;
    for (int a = 0; a < mobility->access_count; a++)
        if (named || mobility->access[a].placed)
            mobility->access[kept++] = mobility->access[a];
    mobility->access_count = kept;
    return kept ? WEIR_OK
                : weir_json_error(at, "no host has a place: give \"places\", or hosts a <prop id=\"place\" "
                                      "value=\"x y\"/>, or name the access points by \"hosts\"");
}

static int read_reach(const struct weir_json *at, struct weir_mobility *mobility)
{
    struct weir_json list;
    if (!weir_json_get(at, "rates", &list))
        return WEIR_OK;
    int count = weir_json_size(&list), code = WEIR_OK;
    if (!weir_json_is_array(&list) || !count)
        return weir_json_error(&list, "must be a list such as [{\"within\": 100, \"rate\": \"50Mbps\"}]");
    mobility->reach = weir_alloc((size_t)count, sizeof *mobility->reach);
    for (int r = 0; r < count && !code; r++) {
        struct weir_json one = weir_json_at(&list, r);
        struct weir_reach *reach = &mobility->reach[mobility->reach_count++];
        reach->within = INFINITY;
        code = weir_param_read(weir_reach_keys, &one, reach);
        if (!code && r > 0 && !(reach->within > mobility->reach[r - 1].within))
            code = weir_json_error(&one, "\"within\" must be more than that of the rate before");
    }
    return code;
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

static int read_device(const struct weir_json *at, size_t entries, struct weir_scenario *scenario)
{
    struct weir_device_read read = {.model = -1};
    struct weir_device model = {0};
    struct weir_json child;
    bool *marked = NULL;
    int code = weir_param_read(weir_moving_keys, at, &read);
    if (!code)
        code = weir_movers_mark(at, scenario, &marked);
    if (!code && !read.tracks == (read.model < 0))
        code = weir_json_error(at, "must have either \"tracks\" or a \"model\"");
    if (!code && read.tracks) {
        const struct weir_tracks *tracks = tracks_of(read.tracks, scenario, entries);
        weir_json_get(at, "tracks", &child);
        code = tracks ? weir_movers_follow(&child, tracks, read.track, marked, scenario) : weir_error_code();
    } else if (!code) {
        code = read_model(at, &read, &model);
        if (!code)
            weir_movers_roam(&model, marked, scenario);
    }
    free(marked);
    return code;
}

static int read_devices(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json list;
    int code = weir_json_need(at, "devices", &list);
    if (!code && (!weir_json_is_array(&list) || !weir_json_size(&list)))
        code = weir_json_error(&list, "must be a list of at least one object");
    weir_movers_init(scenario);
    for (int i = 0; i < weir_json_size(&list) && !code; i++) {
        struct weir_json one = weir_json_at(&list, i);
        code = read_device(&one, (size_t)weir_json_size(&list), scenario);
    }
    return code;
}

/* What sources that move do not go with yet. */
static int check_rest(const struct weir_json *at, const struct weir_scenario *scenario)
{
    if (scenario->items_per_batch != 1)
        return weir_json_error(at, "items of sources that move go one by one; leave \"items_per_batch\" and "
                                   "\"batch_span\" out");
    for (int j = 0; j < scenario->workload->job_count; j++)
        if (weir_mobility_device(&scenario->mobility, j, 0) >= 0 &&
            scenario->workload->jobs[j].sink.kind == WEIR_WHERE_SOURCE)
            return weir_json_error(at,
                                   "the sink of job \"%s\" is its source, which moves: results do not follow it; name "
                                   "a host, or leave \"sink\" out",
                                   scenario->workload->jobs[j].name);
    if (scenario->recovery.costs)
        return weir_json_error(at,
                               "barriers of checkpoints do not follow sources that move; leave \"checkpoints\" out");
    return WEIR_OK;
}

/* By tracks that name hosts, places need not be known. */
static int check_places(const struct weir_json *at, const struct weir_mobility *mobility)
{
    bool any = false, by_place = false;
    for (int a = 0; a < mobility->access_count; a++)
        any |= mobility->access[a].placed;
    for (int d = 0; d < mobility->device_count; d++) {
        const struct weir_course *track = mobility->devices[d].track;
        by_place |= !track;
        for (size_t f = 0; track && f < track->count; f++)
            by_place |= track->fixes[f].access < 0;
    }
    return any || !by_place ? WEIR_OK : weir_json_error(at, "no access point has a place; give \"places\"");
}

int weir_scenario_read_mobility(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_mobility *mobility = &scenario->mobility;
    struct weir_mobility_read read = {0};
    struct weir_json child, hosts;
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
    code = read_access(&child, scenario->platform, mobility);
    if (!code && read.places) {
        char *path = weir_path_beside(scenario->path, read.places);
        code = read_places(path, scenario->platform, mobility);
        free(path);
    }
    if (!code)
        code = keep_placed(&child, weir_json_get(&child, "hosts", &hosts), mobility);
    for (int a = 0; a < mobility->access_count && read.strongest; a++)
        mobility->access[a].weight = weir_pow(10, mobility->access[a].power / (10 * read.path_loss));
    if (!code)
        code = read_reach(&child, mobility);
    code = code ? code : read_devices(&child, scenario);
    code = code ? code : check_places(&child, mobility);
    return code ? code : check_rest(&child, scenario);
}
