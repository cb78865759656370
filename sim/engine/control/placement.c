/* Where instances go by themselves: as the scenario places them, where there is room. */
#include "sim/engine/control/placement.h"

/* Does a host take one more by itself: a free slot, or, where slots have no limit, a free core. */
static bool fits(const struct weir_controller *controller, int host, const int *planned, bool full_cores)
{
    const struct weir_host *spec = &controller->platform->hosts[host];
    int used = controller->books->hosts[host].instances + planned[host];
    if (!weir_host_up(controller->shares, host) || !(spec->speed_flops_per_s > 0))
        return false;
    return spec->slots ? used < spec->slots : full_cores || used < spec->cores;
}

int weir_default_host(const struct weir_controller *controller, const struct weir_op *op, const int *planned)
{
    const struct weir_platform *platform = controller->platform;
    for (int pass = 0; pass < 2; pass++)
        for (int w = 0; w < op->where_count; w++)
            if (fits(controller, op->where[w], planned, pass == 1))
                return op->where[w];
    enum weir_tier least = platform->hosts[op->where[0]].tier;
    for (int tier = (int)least; tier < WEIR_TIER_COUNT; tier++)
        for (size_t h = 0; h < platform->host_count; h++)
            if ((int)platform->hosts[h].tier == tier && fits(controller, (int)h, planned, true))
                return (int)h;
    for (size_t h = 0; h < platform->host_count; h++)
        if (fits(controller, (int)h, planned, true))
            return (int)h;
    return -1;
}
