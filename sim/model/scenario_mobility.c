/* "mobility" of a scenario: what moves, and how. */
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
    free(mobility->first_of);
    free(mobility->of_end);
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

static int read_device(const struct weir_json *at, size_t entries, struct weir_scenario *scenario)
{
    struct weir_device_read read = {.model = -1};
    struct weir_device model = {0};
    struct weir_json child;
    bool *marked = NULL;
    int code = weir_param_read(weir_moving_keys, at, &read);
    if (!code)
        code = weir_movers_mark(at, (enum weir_end)read.end, scenario, &marked);
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
    return code ? code : weir_movers_end(&list, scenario);
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
    mobility->hysteresis = read.strongest ? 0 : read.hysteresis;
    mobility->ratio = read.strongest ? weir_pow(10, read.hysteresis / (10 * read.path_loss)) : 1;
    mobility->handover_s = read.handover_s;
    mobility->loses = read.loses;
    mobility->latency_s = read.latency_s;
    mobility->leaves = !read.stays;
    code = weir_access_read(&child, &read, scenario);
    code = code ? code : read_devices(&child, scenario);
    code = code ? code : weir_access_check(&child, scenario);
    code = code ? code : check_rest(&child, scenario);
    mobility->on = !code; /* what is broken does not count for what is read after it */
    return code;
}
