/* The faults of a scenario, and how jobs recover from them. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/scenario_parts.h"

#define FAULTS_AT_MOST 100000

static bool knows_link(const struct weir_platform *platform, const char *name)
{
    for (size_t l = 0; l < platform->link_count; l++)
        if (strcmp(platform->links[l].name, name) == 0)
            return true;
    return false;
}

static int unknown_link(const struct weir_json *at, const struct weir_platform *platform, const char *name)
{
    const char **names = weir_alloc(platform->link_count, sizeof *names);
    for (size_t l = 0; l < platform->link_count; l++)
        names[l] = platform->links[l].name;
    const char *near = weir_nearest(name, names, platform->link_count);
    free(names);
    if (near)
        return weir_json_error(at, "the platform has no link \"%s\"; did you mean \"%s\"?", name, near);
    return weir_json_error(at, "the platform has no link \"%s\"", name);
}

static int unknown_host(const struct weir_json *at, const struct weir_platform *platform, const char *name)
{
    const char *near = weir_platform_suggest(platform, name);
    if (near)
        return weir_json_error(at, "the platform has no host \"%s\"; did you mean \"%s\"?", name, near);
    return weir_json_error(at, "the platform has no host \"%s\"", name);
}

static int read_fault(const struct weir_json *at, const struct weir_platform *platform, struct weir_fault *fault)
{
    static const char *const keys[] = {"host", "link", "at", "for", NULL};
    struct weir_json child;
    const char *host = NULL, *link = NULL;
    *fault = (struct weir_fault){.host = -1, .for_s = INFINITY};
    int code = weir_json_only(at, keys);
    if (!code)
        code = weir_json_opt_string(at, "host", &host);
    if (!code)
        code = weir_json_opt_string(at, "link", &link);
    if (!code && !host == !link)
        return weir_json_error(at, "names either a \"host\" or a \"link\" that fails");
    if (!code)
        code = weir_json_need(at, "at", &child);
    if (!code)
        code = weir_json_quantity(&child, WEIR_UNIT_TIME, 0, DBL_MAX, &fault->at_s);
    if (!code)
        code = weir_json_opt_quantity(at, "for", WEIR_UNIT_TIME, DBL_MIN, DBL_MAX, &fault->for_s);
    if (code)
        return code;
    if (host && (fault->host = weir_platform_find(platform, host)) < 0)
        return unknown_host(at, platform, host);
    if (link && !knows_link(platform, link))
        return unknown_link(at, platform, link);
    fault->link = weir_copy(link);
    return WEIR_OK;
}

static int read_recovery(const struct weir_json *at, struct weir_recovery *recovery)
{
    static const char *const keys[] = {"place",  "delivery", "checkpoint_interval", "checkpoint_time", "restart",
                                       "detect", NULL};
    static const char *const places[] = {"elsewhere", "wait", NULL};
    static const char *const deliveries[] = {"at-least-once", "exactly-once", NULL};
    int place = recovery->wait, delivery = recovery->exactly_once;
    int code = weir_json_only(at, keys);
    if (!code)
        code = weir_json_opt_choice(at, "place", places, &place);
    if (!code)
        code = weir_json_opt_choice(at, "delivery", deliveries, &delivery);
    if (!code)
        code = weir_json_opt_quantity(at, "checkpoint_interval", WEIR_UNIT_TIME, 1e-3, DBL_MAX, &recovery->interval_s);
    if (!code)
        code = weir_json_opt_quantity(at, "checkpoint_time", WEIR_UNIT_TIME, 0, DBL_MAX, &recovery->checkpoint_s);
    if (!code)
        code = weir_json_opt_quantity(at, "restart", WEIR_UNIT_TIME, 0, DBL_MAX, &recovery->restart_s);
    if (!code)
        code = weir_json_opt_quantity(at, "detect", WEIR_UNIT_TIME, 1e-3, DBL_MAX, &recovery->detect_s);
    recovery->wait = place == 1;
    recovery->exactly_once = delivery == 1;
    return code;
}

int weir_scenario_read_faults(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json list, child;
    struct weir_recovery *recovery = &scenario->recovery;
    *recovery = (struct weir_recovery){.interval_s = 30, .restart_s = 5, .detect_s = 1};
    bool faults = weir_json_get(at, "faults", &list);
    if (weir_json_get(at, "recovery", &child)) {
        recovery->on = true;
        int code = read_recovery(&child, recovery);
        if (code)
            return code;
    }
    for (size_t h = 0; h < scenario->platform->host_count; h++)
        recovery->on |= scenario->platform->hosts[h].may_fail;
    if (!faults)
        return WEIR_OK;
    if (!weir_json_is_array(&list) || weir_json_size(&list) > FAULTS_AT_MOST)
        return weir_json_error(&list, "must be a list of at most %d faults", FAULTS_AT_MOST);
    int count = weir_json_size(&list);
    recovery->on |= count > 0;
    scenario->faults = weir_alloc((size_t)count, sizeof *scenario->faults);
    for (int i = 0; i < count; i++) {
        struct weir_json one = weir_json_at(&list, i);
        scenario->fault_count = i + 1;
        int code = read_fault(&one, scenario->platform, &scenario->faults[i]);
        if (code)
            return code;
    }
    return WEIR_OK;
}

void weir_scenario_free_faults(struct weir_scenario *scenario)
{
    for (int i = 0; i < scenario->fault_count; i++)
        free(scenario->faults[i].link);
    free(scenario->faults);
}
