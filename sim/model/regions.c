#include "sim/model/regions.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

static int unknown(const struct weir_json *at, const struct weir_platform *platform, const char *name)
{
    size_t count = platform->host_count + platform->link_count;
    const char **names = weir_alloc(count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] =
            i < platform->host_count ? platform->hosts[i].region : platform->links[i - platform->host_count].region;
    const char *near = strpbrk(name, "*?[") ? NULL : weir_nearest(name, names, count);
    free(names);
    return near ? weir_json_error(at, "the platform has no region \"%s\"; did you mean \"%s\"?", name, near)
                : weir_json_error(at, "no host or link of the platform is of a region \"%s\"", name);
}

static bool matches(const char *pattern, const char *region)
{
    return strcmp(pattern, region) == 0 || fnmatch(pattern, region, 0) == 0;
}

static int mark_region(const struct weir_json *at, const struct weir_platform *platform, bool *hosts, bool *links)
{
    const char *name;
    int code = weir_json_string(at, &name);
    bool found = false;
    for (size_t h = 0; h < platform->host_count && !code; h++)
        if (matches(name, platform->hosts[h].region))
            found = hosts[h] = true;
    for (size_t l = 0; l < platform->link_count && links && !code; l++)
        if (matches(name, platform->links[l].region))
            found = links[l] = true;
    return code || found ? code : unknown(at, platform, name);
}

int weir_regions_mark(const struct weir_json *at, const struct weir_platform *platform, bool *hosts, bool *links)
{
    if (!weir_json_is_array(at))
        return mark_region(at, platform, hosts, links);
    int code = weir_json_size(at) ? WEIR_OK : weir_json_error(at, "the list is empty; give a name or a pattern");
    for (int i = 0; i < weir_json_size(at) && !code; i++) {
        struct weir_json one = weir_json_at(at, i);
        code = mark_region(&one, platform, hosts, links);
    }
    return code;
}
