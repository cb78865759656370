/* Kind ccp: a crowdsourced cloud-edge platform for live streams, as a folder with a scenario that runs. */
#include "sim/generate/ccp.h"

#include <stddef.h>

#include "sim/generate/kinds.h"

static const char *const losses[] = {"drawn", "hours", NULL};
static const char *const sizes[] = {"small", "dataset", "whole", NULL};

#define AT(field) offsetof(struct weir_ccp_options, field)
#define ROW(type, unit, field, name, preset, low, high, help)                                                          \
    WEIR_PARAM(name, type, unit, AT(field), preset, low, high, NULL, help)
#define COUNT(field, most, help)         ROW(WEIR_PARAM_INT, WEIR_UNIT_NONE, field, #field, "0", 0, most, help)
#define SHARE(field, preset, most, help) ROW(WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, field, #field, preset, 0, most, help)
static const struct weir_param params[] = {
    WEIR_PARAM("size", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(size), "small", 0, 0, sizes,
               "10 regions, 50 servers, 6 categories; 59, 476, 29; 59, 5174, 29"),
    COUNT(regions, 1000, "regions; 0: by size"),
    COUNT(servers, 100000, "servers; 0: by size"),
    COUNT(categories, 200, "categories of requests; 0: by size"),
    COUNT(channels, 1000000, "channels in channels.csv; 0: 3.45 a server, 17854 of 5174"),
    ROW(WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, duration_s, "duration", "10d", 86400, 1e8, "length of the series of rates"),
    ROW(WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, run_s, "run", "1d", 60, 1e8, "duration of the scenario"),
    ROW(WEIR_PARAM_DOUBLE, WEIR_UNIT_RATE, requests_per_s, "requests", "0/s", 0, 1e6,
        "mean rate of all requests; 0: 6.71 a minute and server"),
    SHARE(quiet, "0.75", 0.99, "share of servers whose mean use stays under 20 %, as long as no policy decides"),
    SHARE(weekend, "1.25", 10, "factor of the sixth and seventh day of each week"),
    SHARE(noise, "0.1", 0.9, "each rate times a uniform draw from 1 - noise to 1 + noise"),
    SHARE(device, "0.049", 0.3, "share of the servers' time in which something is wrong with them"),
    SHARE(service, "0.089", 0.5, "share of the requests that cross regions at peak"),
    SHARE(loss, "0.05", 0.5, "packets lost on links between regions, mostly at peak; 0: none"),
    WEIR_PARAM(
        "losses", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(losses), "drawn", 0, 0, losses,
        "when: each link at its own drawn times about the peaks and now and then, or all of them in the hours of the "
        "peaks"),
    ROW(WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, radius_km, "radius_km", "1000", 1, 20000,
        "of the circle that holds the regions"),
    ROW(WEIR_PARAM_DOUBLE, WEIR_UNIT_BANDWIDTH, backbone_bytes_per_s, "backbone", "0Bps", 0, 1e300,
        "bandwidth between regions; 0: what all requests need on average, and 1 Gbit/s at least"),
    ROW(WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, slo_s, "slo", "10s", 1, 3600, "objective for the latency of a request"),
    WEIR_PARAM("stretch", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(way.stretch), "1.4", 0, 1000, NULL,
               "length of a cable over the distance of its ends"),
    WEIR_PARAM("hop", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, AT(way.hop_s), "1ms", 0, 1, NULL,
               "latency that a link has beside its length: equipment"),
    {.name = NULL},
};

static int run(const void *given, unsigned long long seed, FILE *out)
{
    struct weir_ccp ccp;
    int code = weir_ccp_make(given, seed, &ccp);
    if (!code)
        code = weir_ccp_write(&ccp, seed, out);
    weir_ccp_fini(&ccp);
    return code;
}

const struct weir_generator weir_generator_ccp = {
    .name = "ccp",
    .summary = "a crowdsourced platform of servers for live streams, and its requests (folder)",
    .detail = "`weir generate ccp -o DIR` writes a platform, a workload, series, tables and DIR/scenario.json, which\n"
              "`weir compare DIR/scenario.json` runs (docs/workloads/ccp.md).\n",
    .params = params,
    .size = sizeof(struct weir_ccp_options),
    .run = run,
    .folder = true,
};
