#include "sim/api/space.h"

#include <stdlib.h>

#include "sim/base/memory.h"

void weir_space_begin(struct weir_space *space, const struct weir_view *view)
{
    space->view = view;
    if (space->size < view->host_count) {
        space->size = view->host_count;
        space->instances = weir_resize(space->instances, (size_t)space->size, sizeof *space->instances);
        space->memory_bytes = weir_resize(space->memory_bytes, (size_t)space->size, sizeof *space->memory_bytes);
    }
    for (int h = 0; h < view->host_count; h++) {
        space->instances[h] = view->hosts[h].instances;
        space->memory_bytes[h] = view->hosts[h].memory_used_bytes;
    }
}

void weir_space_fini(struct weir_space *space)
{
    free(space->instances);
    free(space->memory_bytes);
    *space = (struct weir_space){0};
}

void weir_space_take(struct weir_space *space, int host, int instances, double bytes)
{
    space->instances[host] += instances;
    space->memory_bytes[host] += bytes;
}

enum weir_lack weir_space_lack(const struct weir_space *space, int host, int instances, double bytes)
{
    const struct weir_host_view *seen = &space->view->hosts[host];
    if (!seen->up)
        return WEIR_LACKS_POWER;
    if (seen->slots > 0 && instances > 0 && space->instances[host] + instances > seen->slots)
        return WEIR_LACKS_SLOTS;
    double rounding = 1e-9 * seen->memory_bytes;
    if (seen->memory_bytes > 0 && bytes > 0 && bytes > seen->memory_bytes - space->memory_bytes[host] + rounding)
        return WEIR_LACKS_MEMORY;
    return WEIR_LACKS_NOTHING;
}
