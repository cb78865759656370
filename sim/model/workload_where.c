/* Where things are put: reading, and which hosts that means. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/workload_parts.h"

/* The region nearest to a word, or NULL. */
static const char *nearest_region(const struct weir_platform *platform, const char *word)
{
    const char **names = weir_alloc(platform->host_count, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < platform->host_count; i++)
        if (!count || strcmp(names[count - 1], platform->hosts[i].region) != 0)
            names[count++] = platform->hosts[i].region;
    const char *near = weir_nearest(word, names, count);
    free(names);
    return near;
}

static int unknown_host(const struct weir_json *at, const struct weir_platform *platform, const char *name)
{
    const char *near = weir_platform_suggest(platform, name);
    if (near)
        return weir_json_error(at, "%s has no host \"%s\"; did you mean \"%s\"?", platform->path, name, near);
    return weir_json_error(at, "%s has no host \"%s\"; its first is \"%s\"", platform->path, name,
                           platform->hosts[0].name);
}

static int no_such_hosts(const struct weir_json *at, const struct weir_platform *platform,
                         const struct weir_where *where)
{
    const char *tier = where->tier >= 0 ? weir_tier_names[where->tier] : "";
    if (where->kind == WEIR_WHERE_TIER)
        return weir_json_error(at, "%s has no host of tier %s; give hosts a <prop id=\"tier\" value=\"%s\"/>",
                               platform->path, tier, tier);
    struct weir_where any_tier = {.kind = WEIR_WHERE_REGION, .name = where->name, .tier = -1};
    if (weir_where_first(&any_tier, platform, -1) >= 0)
        return weir_json_error(at, "region \"%s\" of %s has no host of tier %s; choose another tier or region",
                               where->name, platform->path, tier);
    const char *near = nearest_region(platform, where->name);
    if (near)
        return weir_json_error(at, "%s has no region \"%s\"; did you mean \"%s\"?", platform->path, where->name, near);
    return weir_json_error(at, "%s has no region \"%s\"; the first is \"%s\"", platform->path, where->name,
                           platform->hosts[0].region);
}

static int read_object(const struct weir_json *at, const struct weir_platform *platform, struct weir_where *where)
{
    struct weir_json host, region, tier;
    const char *name = NULL;
    int code = weir_param_read(weir_place_keys, at, NULL);
    if (code)
        return code;
    bool has_host = weir_json_get(at, "host", &host), has_region = weir_json_get(at, "region", &region),
         has_tier = weir_json_get(at, "tier", &tier);
    if (has_host && (has_region || has_tier))
        return weir_json_error(at, "a host has its region and tier; leave \"%s\" out", has_region ? "region" : "tier");
    if (!has_host && !has_region && !has_tier)
        return weir_json_error(at, "must name a \"host\", a \"region\" or a \"tier\"");
    if (has_tier && (code = weir_json_choice(&tier, weir_tier_names, &where->tier)))
        return code;
    if (!has_tier && (code = weir_json_string(has_host ? &host : &region, &name)))
        return code;
    if (has_tier && has_region && (code = weir_json_string(&region, &name)))
        return code;
    where->kind = has_host ? WEIR_WHERE_HOST : has_region ? WEIR_WHERE_REGION : WEIR_WHERE_TIER;
    where->name = weir_copy(name);
    if (has_host && weir_platform_find(platform, name) < 0)
        return unknown_host(&host, platform, name);
    return weir_where_first(where, platform, -1) < 0 ? no_such_hosts(at, platform, where) : WEIR_OK;
}

int weir_where_read(const struct weir_json *at, const struct weir_platform *platform, bool allow_source,
                    struct weir_where *where)
{
    const char *name;
    int code = WEIR_OK;
    *where = (struct weir_where){.tier = -1};
    if (!weir_json_is_string(at)) {
        code = read_object(at, platform, where);
    } else if (!(code = weir_json_string(at, &name))) {
        where->kind = allow_source && strcmp(name, "source") == 0 ? WEIR_WHERE_SOURCE : WEIR_WHERE_HOST;
        if (where->kind == WEIR_WHERE_HOST) {
            where->name = weir_copy(name);
            if (weir_platform_find(platform, name) < 0)
                code = unknown_host(at, platform, name);
        }
    }
    if (code)
        weir_where_fini(where);
    return code;
}

void weir_where_fini(struct weir_where *where)
{
    free(where->name);
    *where = (struct weir_where){.tier = -1};
}

/* Fills hosts that agree, those before `max`; stops after `enough`. */
static int find_hosts(const struct weir_where *where, const struct weir_platform *platform, int source_host, int *hosts,
                      int max, int enough)
{
    int count = 0;
    int single = where->kind == WEIR_WHERE_HOST ? weir_platform_find(platform, where->name) : source_host;
    if (where->kind != WEIR_WHERE_REGION && where->kind != WEIR_WHERE_TIER) {
        if (single >= 0 && max > 0)
            hosts[0] = single;
        return single >= 0;
    }
    bool by_region = where->kind == WEIR_WHERE_TIER && source_host >= 0;
    const char *home = by_region ? platform->hosts[source_host].region : where->name;
    for (int round = 0; round < (by_region ? 2 : 1); round++)
        for (size_t i = 0; i < platform->host_count && count < enough; i++) {
            const struct weir_host *host = &platform->hosts[i];
            if (where->tier >= 0 && (int)host->tier != where->tier)
                continue;
            bool at_home = !home || strcmp(host->region, home) == 0;
            if (by_region ? at_home != (round == 0) : !at_home)
                continue;
            if (count < max)
                hosts[count] = (int)i;
            count++;
        }
    return count;
}

int weir_where_hosts(const struct weir_where *where, const struct weir_platform *platform, int source_host, int *hosts,
                     int max)
{
    return find_hosts(where, platform, source_host, hosts, max, (int)platform->host_count);
}

int weir_where_first(const struct weir_where *where, const struct weir_platform *platform, int source_host)
{
    int host = -1;
    return find_hosts(where, platform, source_host, &host, 1, 1) ? host : -1;
}
