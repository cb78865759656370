/* What is told of a window: every row of windows.csv has its number, by hand, and a row without one fails. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

/* good: 50/s from edge to 2 ms of work on cloud, 50 kB each back over 12.5 MB/s, late by 6 ms, from a host that serves
 * for money. hold: 50/s on edge2 into a chain that lets 25/s through, whose first operator waits for the second. shed:
 * 49/s on edge, of which its operator does 25/s and drops the rest. cloud4 is down from 15 s on. */
static const char scenario[] =
    "{\"duration\": \"30s\", \"window\": \"10s\","
    " \"account\": {\"price_per_GB\": 0.01, \"hosts\": \"cloud\"},"
    " \"faults\": [{\"host\": \"cloud4\", \"at\": \"15s\", \"for\": \"10s\"}],"
    " \"workload\": {\"jobs\": [{\"name\": \"good\", \"arrive\": \"1ms\", \"source\": {\"host\": \"edge\"}, "
    "\"source_bytes\": \"0B\","
    "  \"slo\": \"20ms\", \"load\": {\"kind\": \"constant\", \"rate\": \"50/s\"}, \"sink\": \"source\","
    "  \"operators\": [{\"name\": \"a\", \"flops\": \"2Mf\", \"bytes\": \"50kB\", \"placement\": \"cloud\"}]},"
    " {\"name\": \"hold\", \"arrive\": \"1ms\", \"source\": {\"host\": \"edge2\"}, \"load\": {\"kind\": \"constant\", "
    "\"rate\": \"50/s\"},"
    "  \"operators\": [{\"name\": \"x\", \"flops\": \"1Mf\", \"state\": \"3MB\", \"capacity\": 1, \"placement\": "
    "\"edge2\"}, {\"name\": \"y\", \"flops\": \"40Mf\", \"capacity\": 1, \"placement\": \"edge2\"}]},"
    " {\"name\": \"shed\", \"arrive\": \"1ms\", \"source\": {\"host\": \"edge\"}, \"load\": {\"kind\": \"constant\", "
    "\"rate\": \"49/s\"},"
    "  \"operators\": [{\"name\": \"d\", \"flops\": \"40Mf\", \"capacity\": 4, \"placement\": \"edge\"}],"
    "  \"edges\": [{\"from\": \"source\", \"to\": \"d\", \"full\": \"drop-new\"}, [\"d\", \"sink\"]]}]}}";

/* A row of the window that ends at 20 s. */
struct row {
    const char *name;
    double value, tolerance;
};

/* The item that hold delivers at 20 s is its 500th, which came at 10 s; those that it delivers in the window were late
 * by 5 to 10 s. A histogram's quantiles are within 1.6 %. Of shed an item
 * comes every 1/49 s, and the first after the end of a service finds room behind three: it waits 160 ms but for the
 * time since then, which is anything up to 1/49 s. */
static const struct row rows[] = {
    {"good///ingress_rate", 50, 0},
    {"good///emitted_rate", 50, 0},
    {"good///delivered_rate", 50, 0},
    {"good///dropped_rate", 0, 0},
    {"good///backlog", 0, 0},
    {"good///source_backpressured", 0, 0},
    {"good///latency_mean", 0.026, 1e-9},
    {"good///latency_p50", 0.026, 1e-9},
    {"good///latency_p95", 0.026, 1e-9},
    {"good///latency_p99", 0.026, 1e-9},
    {"good///due_rate", 50, 0},
    {"good///slo_violations", 1, 0},
    {"good/a//instances", 1, 0},
    {"good/a//arrival_rate", 50, 0},
    {"good/a//processed_rate", 50, 0},
    {"good/a//output_rate", 50, 0},
    {"good/a//true_rate", 500, 1e-6},
    {"good/a//busy", 0.1, 1e-9},
    {"good/a//idle", 0.9, 1e-9},
    {"good/a//backpressured", 0, 1e-9},
    {"good/a//occupancy", 0, 1e-9},
    {"good/a//queued", 0, 0},
    {"good/a//waiting", 0, 1e-9},
    {"good/a//service", 0.002, 1e-9},
    {"good/a//blocked", 0, 1e-9},
    {"good/a//latency", 0.002, 1e-9},
    {"hold///ingress_rate", 50, 0},
    {"hold///emitted_rate", 25, 0},
    {"hold///delivered_rate", 25, 0},
    {"hold///dropped_rate", 0, 0},
    {"hold///backlog", 500, 4},
    {"hold///source_backpressured", 1, 1e-9},
    {"hold///latency_mean", 7.5, 0.05},
    {"hold///latency_p50", 7.5, 0.12},
    {"hold///latency_p95", 9.75, 0.16},
    {"hold///latency_p99", 9.95, 0.16},
    {"hold/x//instances", 1, 0},
    {"hold/x//arrival_rate", 25, 0},
    {"hold/x//processed_rate", 25, 0},
    {"hold/x//output_rate", 25, 0},
    {"hold/x//true_rate", 1000, 1e-6},
    {"hold/x//busy", 0.025, 1e-9},
    {"hold/x//idle", 0, 1e-9},
    {"hold/x//backpressured", 0.975, 1e-9},
    {"hold/x//occupancy", 1, 1e-9},
    {"hold/x//queued", 1, 0},
    {"hold/x//waiting", 0.040, 1e-9},
    {"hold/x//service", 0.001, 1e-9},
    {"hold/x//blocked", 0.039, 1e-9},
    {"hold/x//latency", 0.080, 1e-9},
    {"hold/x//state_bytes", 3e6, 0},
    {"hold/y//instances", 1, 0},
    {"hold/y//arrival_rate", 25, 0},
    {"hold/y//processed_rate", 25, 0},
    {"hold/y//output_rate", 25, 0},
    {"hold/y//true_rate", 25, 1e-6},
    {"hold/y//busy", 1, 1e-9},
    {"hold/y//idle", 0, 1e-9},
    {"hold/y//backpressured", 0, 1e-9},
    {"hold/y//occupancy", 1, 1e-9},
    {"hold/y//queued", 1, 0},
    {"hold/y//waiting", 0.040, 1e-9},
    {"hold/y//service", 0.040, 1e-9},
    {"hold/y//blocked", 0, 1e-9},
    {"hold/y//latency", 0.080, 1e-9},
    {"shed///ingress_rate", 49, 0},
    {"shed///emitted_rate", 49, 0},
    {"shed///delivered_rate", 25, 0.1},
    {"shed///dropped_rate", 24, 0.1},
    {"shed///backlog", 0, 0},
    {"shed///latency_mean", 0.2 - 1 / 98.0, 0.001},
    {"shed///latency_p50", 0.2 - 1 / 98.0, 0.004},
    {"shed///latency_p95", 0.2 - 0.05 / 49, 0.004},
    {"shed///latency_p99", 0.2 - 0.01 / 49, 0.004},
    {"shed///source_backpressured", 0, 0},
    {"shed/d//instances", 1, 0},
    {"shed/d//arrival_rate", 25, 0.1},
    {"shed/d//processed_rate", 25, 0.1},
    {"shed/d//output_rate", 25, 0.1},
    {"shed/d//true_rate", 25, 1e-6},
    {"shed/d//busy", 1, 1e-9},
    {"shed/d//idle", 0, 1e-9},
    {"shed/d//backpressured", 0, 1e-9},
    {"shed/d//occupancy", 3.5 / 4, 0.5 / 4},
    {"shed/d//queued", 3.5, 0.5},
    {"shed/d//waiting", 0.16 - 1 / 98.0, 0.001},
    {"shed/d//service", 0.040, 1e-9},
    {"shed/d//blocked", 0, 0},
    {"shed/d//latency", 0.2 - 1 / 98.0, 0.001},
    {"///revenue", 0.278037300453194, 1e-9}, /* exp(-(0.6 - 0.2)^2 / 0.125) */
    {"///requests", 500 + 250 + 490, 1e-9},
    {"///device_anomalies", 0, 0},
    {"///service_anomalies", 500 + 240, 1e-9},
    {"//edge/cpu", 1, 1e-9},
    {"//edge/sent", 0, 0},
    {"//edge/received", 2.5e6, 1e-3},
    {"//edge/memory", 0, 0},
    {"//edge/disk", 0, 0},
    {"//edge/instances", 1, 0},
    {"//edge/served", 250, 1},
    {"//edge/service_anomalies", 240, 1},
    {"//edge2/cpu", (0.025 + 1) / 2, 1e-9},
    {"//edge2/memory", 3e6, 0},
    {"//edge2/sent", 0, 0},
    {"//edge2/received", 0, 0},
    {"//edge2/disk", 0, 0},
    {"//edge2/instances", 2, 0},
    {"//edge2/served", 250, 1},
    {"//cloud/cpu", 0.1, 1e-9},
    {"//cloud/memory", 0, 0},
    {"//cloud/disk", 0, 0},
    {"//cloud/sent", 2.5e6, 1e-3},
    {"//cloud/received", 0, 0},
    {"//cloud/instances", 1, 0},
    {"//cloud/utilisation", 0.2, 1e-9},
    {"//cloud/served", 500, 0},
    {"//cloud/service_anomalies", 500, 0},
    {"//cloud4/down", 1, 0},
    {"//backhaul_DOWN/use", 0.2, 1e-9},
    {NULL, 0, 0},
};

static const struct row *row_of(const char *name)
{
    const struct row *row = rows;
    while (row->name && strcmp(row->name, name) != 0)
        row++;
    return row->name ? row : NULL;
}

static void every_row_has_its_number(void)
{
    struct weir_test_result got = weir_test_run_traced(PLATFORM, scenario, "static", 1, weir_catalog);
    if (got.code != WEIR_OK)
        fprintf(stderr, "\n%s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    int placed = 0; /* told where it changes: in the first window */
    bool seen[sizeof rows / sizeof *rows] = {0};
    for (const char *line = got.rows; *line; line = strchr(line, '\n') + 1) {
        char name[128];
        double time_s, value;
        CU_ASSERT_EQUAL_FATAL(sscanf(line, "%lf %127s %lf", &time_s, name, &value), 3);
        placed += strstr(name, "/placed") && value == 1 && time_s == 10;
        if (time_s != 20)
            continue;
        const struct row *row = row_of(name);
        if (!row)
            fprintf(stderr, "\nnothing is expected of %s, which is %.10g\n", name, value);
        CU_ASSERT_PTR_NOT_NULL(row);
        if (!row)
            continue;
        if (!(fabs(value - row->value) <= row->tolerance))
            fprintf(stderr, "\n%s is %.10g, wanted %.10g\n", name, value, row->value);
        CU_ASSERT(fabs(value - row->value) <= row->tolerance);
        CU_ASSERT_FALSE(seen[row - rows]);
        seen[row - rows] = true;
    }
    CHECK_NEAR(placed, 4, 0);
    for (const struct row *row = rows; row->name; row++) {
        if (!seen[row - rows])
            fprintf(stderr, "\nnothing is told of %s\n", row->name);
        CU_ASSERT(seen[row - rows]);
    }
    weir_test_result_fini(&got);
}

/* Results of edge, 50/s of 50 kB, go to a sink on cloud4, which does nothing else. cloud and edge2 have no rows. */
static void a_host_that_only_receives(void)
{
    struct weir_test_result got =
        weir_test_run_traced(PLATFORM,
                             "{\"duration\": \"30s\", \"window\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"j\", "
                             "\"source\": {\"host\": "
                             "\"edge\"}, \"sink\": \"cloud4\", \"load\": {\"kind\": \"constant\", \"rate\": \"50/s\"}, "
                             "\"operators\": [{\"name\": "
                             "\"a\", \"flops\": \"1Mf\", \"bytes\": \"50kB\", \"placement\": \"edge\"}]}]}}",
                             "static", 1, weir_catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    int told = 0, others = 0;
    for (const char *line = got.rows; *line; line = strchr(line, '\n') + 1) {
        char name[128];
        double time_s, value;
        CU_ASSERT_EQUAL_FATAL(sscanf(line, "%lf %127s %lf", &time_s, name, &value), 3);
        if (strcmp(name, "//cloud4/received") == 0) {
            CHECK_NEAR(value, 2.5e6, time_s < 11 ? 5e4 : 1e-3); /* the first item comes after a while */
            told++;
        }
        others += strstr(name, "//cloud/") || strstr(name, "//edge2/");
    }
    CHECK_NEAR(told, 3, 0);
    CHECK_NEAR(others, 0, 0);
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"every row has its number", every_row_has_its_number},
                                      {"a host that only receives", a_host_that_only_receives},
                                      {0}};
    return weir_test_main("engine/windows", cases, argc, argv);
}
