/* "traffic" of a scenario: what bytes cost from here to there. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/regions.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/scenario_parts.h"

#define PRICES_AT_MOST 100

void weir_traffic_fini(struct weir_traffic *traffic)
{
    for (int p = 0; p < traffic->count; p++) {
        free(traffic->list[p].from);
        free(traffic->list[p].to);
    }
    free(traffic->list);
}

double weir_traffic_price(const struct weir_traffic *traffic, const struct weir_platform *platform, int from, int to)
{
    const struct weir_host *one = &platform->hosts[from], *other = &platform->hosts[to];
    const bool differ[] = {[WEIR_BETWEEN_ALL] = true,
                           [WEIR_BETWEEN_REGIONS] = strcmp(one->region, other->region) != 0,
                           [WEIR_BETWEEN_TIERS] = one->tier != other->tier};
    for (int p = 0; p < traffic->count; p++) {
        const struct weir_price *price = &traffic->list[p];
        bool ends = (price->from[from] && price->to[to]) || (price->both && price->from[to] && price->to[from]);
        if (ends && differ[price->between])
            return price->per_byte;
    }
    return 0;
}

/* The hosts of one end, by two keys that may both be absent. */
static int read_end(const struct weir_json *at, const struct weir_platform *platform, const char *region_key,
                    const char *tier_key, bool **end)
{
    struct weir_json region, tier;
    bool *hosts = *end = weir_alloc(platform->host_count, sizeof *hosts), any = false;
    int wanted = 0, code = WEIR_OK;
    bool of_region = weir_json_get(at, region_key, &region), of_tier = weir_json_get(at, tier_key, &tier);
    if (of_region)
        code = weir_regions_mark(&region, platform, hosts, NULL);
    else
        memset(hosts, true, platform->host_count);
    if (!code && of_tier)
        code = weir_json_choice(&tier, weir_tier_names, &wanted);
    for (size_t h = 0; h < platform->host_count && !code; h++)
        any |= hosts[h] &= !of_tier || (int)platform->hosts[h].tier == wanted;
    return code || any ? code
                       : weir_json_error(&tier, "no such host of the platform is of tier %s", weir_tier_names[wanted]);
}

static int read_price(const struct weir_json *at, const struct weir_platform *platform, struct weir_price *price)
{
    struct weir_price_read read = {0};
    int code = weir_param_read(weir_traffic_keys, at, &read);
    if (!code)
        code = read_end(at, platform, "from_region", "from_tier", &price->from);
    if (!code)
        code = read_end(at, platform, "to_region", "to_tier", &price->to);
    price->between = (enum weir_traffic_between)read.between;
    price->both = read.both;
    price->per_byte = read.price_per_GB / 1e9;
    return code;
}

int weir_scenario_read_traffic(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json list;
    struct weir_traffic *traffic = &scenario->traffic;
    if (!weir_json_get(at, "traffic", &list))
        return WEIR_OK;
    int count = weir_json_size(&list), code = WEIR_OK;
    if (!weir_json_is_array(&list) || !count || count > PRICES_AT_MOST)
        return weir_json_error(&list, "must be a list of 1 to %d prices", PRICES_AT_MOST);
    traffic->list = weir_alloc((size_t)count, sizeof *traffic->list);
    for (int i = 0; i < count && !code; i++) {
        struct weir_json one = weir_json_at(&list, i);
        code = read_price(&one, scenario->platform, &traffic->list[traffic->count++]);
    }
    return code;
}
