/* "mobility" of a scenario: access points, their places, and the radio link. */
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

int weir_access_read(const struct weir_json *at, const struct weir_mobility_read *read, struct weir_scenario *scenario)
{
    struct weir_mobility *mobility = &scenario->mobility;
    struct weir_json hosts;
    int code = read_access(at, scenario->platform, mobility);
    if (!code && read->places) {
        char *path = weir_path_beside(scenario->path, read->places);
        code = read_places(path, scenario->platform, mobility);
        free(path);
    }
    if (!code)
        code = keep_placed(at, weir_json_get(at, "hosts", &hosts), mobility);
    for (int a = 0; a < mobility->access_count && read->strongest; a++)
        mobility->access[a].weight = weir_pow(10, mobility->access[a].power / (10 * read->path_loss));
    if (!code)
        code = read_reach(at, mobility);
    if (!code)
        weir_grid_make(mobility);
    return code;
}

/* Marks the access points that tracks name; false if all devices go by them alone. */
static bool mark_named(const struct weir_mobility *mobility, bool *named)
{
    bool by_place = false;
    for (int d = 0; d < mobility->device_count; d++) {
        const struct weir_course *track = mobility->devices[d].track;
        by_place |= !track;
        for (size_t f = 0; track && f < track->count; f++) {
            if (track->fixes[f].access < 0)
                by_place = true;
            else
                named[track->fixes[f].access] = true;
        }
    }
    return by_place;
}

/* Whether "hosts" has the very name, not a pattern that fits. */
static bool is_listed(const struct weir_json *hosts, const char *name)
{
    const char *text;
    bool list = weir_json_is_array(hosts), listed = false;
    int count = list ? weir_json_size(hosts) : 1;
    for (int i = 0; i < count && !listed; i++) {
        struct weir_json one = list ? weir_json_at(hosts, i) : *hosts;
        listed = weir_json_string(&one, &text) == WEIR_OK && strcmp(text, name) == 0;
    }
    return listed;
}

/* By tracks that name hosts, places need not be known. */
static int check_places(const struct weir_json *at, const struct weir_scenario *scenario)
{
    const struct weir_mobility *mobility = &scenario->mobility;
    const struct weir_host *all = scenario->platform->hosts;
    struct weir_json hosts;
    bool given = weir_json_get(at, "hosts", &hosts), any = false;
    bool *named = weir_alloc((size_t)mobility->access_count, sizeof *named);
    bool by_place = mark_named(mobility, named);
    const char *lost = NULL;
    for (int a = 0; a < mobility->access_count; a++) {
        const struct weir_access *access = &mobility->access[a];
        any |= access->placed;
        if (!access->placed && !named[a] && given && !lost && is_listed(&hosts, all[access->host].name))
            lost = all[access->host].name;
    }
    free(named);
    if (!any && by_place)
        return weir_json_error(at, "no access point has a place; give \"places\"");
    return lost ? weir_json_error(&hosts,
                                  "host \"%s\" has no place, and no track names it, so that no device comes to "
                                  "it; give it a place by \"places\" or the prop \"place\", or leave it out",
                                  lost)
                : WEIR_OK;
}

/* Devices that leave access points which are down need to know when they are. */
static int check_downs(const struct weir_json *at, const struct weir_scenario *scenario)
{
    const struct weir_mobility *mobility = &scenario->mobility;
    for (int a = 0; a < mobility->access_count && mobility->leaves; a++) {
        const struct weir_host *host = &scenario->platform->hosts[mobility->access[a].host];
        if (host->may_fail && mobility->access[a].placed)
            return weir_json_error(at,
                                   "access point \"%s\" goes down by a profile of %s, which devices do not know "
                                   "beforehand; write it as \"faults\", or say \"when_down\": \"stay\"",
                                   host->name, scenario->platform->path);
    }
    return WEIR_OK;
}

int weir_access_check(const struct weir_json *at, const struct weir_scenario *scenario)
{
    int code = check_places(at, scenario);
    return code ? code : check_downs(at, scenario);
}
