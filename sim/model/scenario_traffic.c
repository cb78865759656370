/* "traffic" of a scenario: what bytes cost from here to there. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
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

/* The first that fits; -1: none. */
static int price_of(const struct weir_traffic *traffic, const struct weir_platform *platform, int from, int to)
{
    const struct weir_host *one = &platform->hosts[from], *other = &platform->hosts[to];
    const bool differ[] = {[WEIR_BETWEEN_ALL] = true,
                           [WEIR_BETWEEN_REGIONS] = strcmp(one->region, other->region) != 0,
                           [WEIR_BETWEEN_TIERS] = one->tier != other->tier};
    for (int p = 0; p < traffic->count; p++) {
        const struct weir_price *price = &traffic->list[p];
        bool ends = (price->from[from] && price->to[to]) || (price->both && price->from[to] && price->to[from]);
        if (ends && differ[price->between])
            return p;
    }
    return -1;
}

double weir_traffic_price(const struct weir_traffic *traffic, const struct weir_platform *platform, int from, int to)
{
    int price = price_of(traffic, platform, from, to);
    return price < 0 ? 0 : traffic->list[price].per_byte;
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

/* Hosts of one region and tier are alike to all prices. */
#define KINDS_AT_MOST 300

/* The first host of each kind, and a second one, -1: there is none. Returns how many kinds; 0: too many to look at. */
static int kinds_of_hosts(const struct weir_platform *platform, int first[KINDS_AT_MOST], int second[KINDS_AT_MOST])
{
    int count = 0;
    for (size_t h = 0; h < platform->host_count; h++) {
        const struct weir_host *host = &platform->hosts[h];
        int kind = 0;
        while (kind < count && !(platform->hosts[first[kind]].tier == host->tier &&
                                 strcmp(platform->hosts[first[kind]].region, host->region) == 0))
            kind++;
        if (kind == KINDS_AT_MOST)
            return 0;
        if (kind == count) {
            first[count] = (int)h;
            second[count++] = -1;
        } else if (second[kind] < 0) {
            second[kind] = (int)h;
        }
    }
    return count;
}

/* Prices that hold for no two hosts: others come before them, or their ends are of one region or tier. */
static void remark_on_prices(const struct weir_scenario *scenario)
{
    const struct weir_traffic *traffic = &scenario->traffic;
    int first[KINDS_AT_MOST], second[KINDS_AT_MOST], kinds = kinds_of_hosts(scenario->platform, first, second);
    bool holds[PRICES_AT_MOST] = {false};
    for (int a = 0; a < kinds; a++)
        for (int b = 0; b < kinds; b++) {
            int to = a == b ? second[b] : first[b];
            int price = to < 0 ? -1 : price_of(traffic, scenario->platform, first[a], to);
            if (price >= 0)
                holds[price] = true;
        }
    for (int p = 0; p < traffic->count && kinds; p++)
        if (!holds[p])
            weir_remark("%s: traffic[%d] is for no bytes between any two hosts: its ends are alike in what \"between\" "
                        "wants to differ, or prices before it are for all of them",
                        scenario->path, p);
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
    if (!code)
        remark_on_prices(scenario);
    return code;
}
