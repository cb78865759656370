/* What monitors of hosts report: the four signals from what happens, and what anomalies make of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"
#define EDGE2    "{\"host\": \"edge2\"}"

/* Tells in its decisions what the monitor of edge2 reports; a change of weight costs nothing. */
static int tell(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    int count;
    const struct weir_placement *now = weir_plan_get(plan, 0, 0, &count);
    if (!count)
        return WEIR_OK; /* its host is gone */
    struct weir_placement one = now[0];
    one.weight = view->window % 2 ? 1 : 2;
    for (int h = 0; h < view->host_count; h++) {
        const struct weir_host_view *host = &view->hosts[h];
        if (strcmp(host->name, "edge2") == 0)
            weir_plan_set(plan, 0, 0, &one, 1, "%.9g %.9g %.9g %.9g", host->cpu, host->memory_reported_bytes,
                          host->disk_bytes_per_s, host->sent_bytes_per_s);
    }
    return WEIR_OK;
}

static const struct weir_policy teller = {.abi = WEIR_POLICY_ABI, .name = "teller", .window_ends = tell};

struct reported {
    bool told;
    double cpu, memory_bytes, disk_bytes_per_s, upload_bytes_per_s;
};

/* Runs a job of 50 items/s on edge2 (2 cores of 1 Gflop/s) for 60 s in windows of 10 s: five reports, since nothing is
 * decided at the end. */
static struct weir_test_result run(const char *anomalies, struct reported *reports)
{
    const struct weir_policy *const catalog[] = {&teller, NULL};
    char *text = weir_format(
        "{\"duration\": \"60s\", \"window\": \"10s\", \"items_per_batch\": 1, \"anomalies\": [%s],"
        " \"recovery\": {\"checkpoint_interval\": \"5s\"},"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"2kB\","
        "  \"load\": {\"kind\": \"constant\", \"rate\": \"50/s\"}, \"sink\": {\"host\": \"cloud\"},"
        "  \"operators\": [{\"name\": \"a\", \"flops\": \"4Mf\", \"bytes\": \"1kB\", \"disk\": \"3kB\","
        "   \"state\": \"1MB\", \"placement\": " EDGE2 "}]}]}}",
        anomalies);
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, text, "teller", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    memset(reports, 0, 5 * sizeof *reports);
    for (char *line = strtok(got.decisions, "\n"); line; line = strtok(NULL, "\n")) {
        if (strstr(line, " recovery "))
            continue; /* where instances start anew */
        double time_s = strtod(line, NULL);
        const char *why = strchr(line, '|');
        struct reported *r = &reports[lround(time_s / 10) - 1];
        CU_ASSERT_FATAL(time_s < 55 && why != NULL);
        CU_ASSERT_EQUAL_FATAL(
            sscanf(why, "| %lf %lf %lf %lf", &r->cpu, &r->memory_bytes, &r->disk_bytes_per_s, &r->upload_bytes_per_s),
            4);
        r->told = true;
    }
    free(text);
    return got;
}

static void what_really_happens(void)
{
    /* 50 items/s of 4 ms on two cores: 0.1. 1 MB of state, nothing waits. 3 kB an item, and the state each 5 s: 350
     * kB/s. 1 kB an item goes up. One item more or less falls into a window. */
    struct reported reports[5];
    struct weir_test_result got = run("", reports);
    for (int w = 1; w < 5; w++) {
        CHECK_NEAR(reports[w].cpu, 0.1, 2e-4);
        CHECK_NEAR(reports[w].memory_bytes, 1e6, 0);
        CHECK_NEAR(reports[w].disk_bytes_per_s, 350e3, 300);
        CHECK_NEAR(reports[w].upload_bytes_per_s, 50e3, 100);
    }
    weir_test_result_fini(&got);
}

static void waiting_items_take_memory(void)
{
    /* At a tenth of its speed, an item takes 40 ms: 25/s of the 50/s wait in the input of 1000 items, 2 kB each, 250
     * more each 10 s; what shows is not disturbed. Busy all the time on one of two cores at a tenth: 0.05. */
    struct reported reports[5];
    struct weir_test_result got = run("{\"host\": \"edge2\", \"at\": \"10s\", \"speed\": 0.1}", reports);
    for (int w = 1; w < 5; w++) {
        CHECK_NEAR(reports[w].memory_bytes, 1e6 + 250 * 2e3 * w, 6e3);
        CHECK_NEAR(reports[w].cpu, 0.05, 4e-4);
    }
    weir_test_result_fini(&got);
}

static void what_anomalies_show(void)
{
    /* From 15 to 35 s: half of the window that ends at 20 s, all of the next, half of the one after it. */
    struct reported reports[5];
    struct weir_test_result got =
        run("{\"kind\": \"mine\", \"host\": \"edge2\", \"at\": \"15s\", \"for\": \"20s\","
            " \"cpu\": {\"offset\": 0.4}, \"memory\": {\"factor\": 3},"
            " \"disk\": {\"factor\": 0}, \"upload\": {\"factor\": 0.5, \"offset\": \"10kBps\"}}",
            reports);
    static const double weights[] = {0, 0.5, 1, 0.5, 0};
    for (int w = 1; w < 5; w++) {
        CHECK_NEAR(reports[w].cpu, 0.1 + 0.4 * weights[w], 2e-4);
        CHECK_NEAR(reports[w].memory_bytes, 1e6 + 2e6 * weights[w], 1);
        CHECK_NEAR(reports[w].disk_bytes_per_s, 350e3 * (1 - weights[w]), 300);
        CHECK_NEAR(reports[w].upload_bytes_per_s, 50e3 - 15e3 * weights[w], 100);
    }
    /* Nothing but the report has changed. */
    struct weir_test_result calm = run("", reports);
    CU_ASSERT_EQUAL(got.result.metrics.latency_mean_s, calm.result.metrics.latency_mean_s);
    CU_ASSERT_EQUAL(got.result.metrics.cpu_edge, calm.result.metrics.cpu_edge);
    weir_test_result_fini(&got);
    weir_test_result_fini(&calm);
}

static void ramps_grow(void)
{
    /* From 10 to 50 s: 1/8, 3/8, 5/8, 7/8 in the middle of the windows. */
    struct reported reports[5];
    struct weir_test_result got =
        run("{\"kind\": \"memory-leak\", \"host\": \"edge2\", \"at\": \"10s\", \"for\": \"40s\","
            " \"speed\": 1, \"memory\": {\"offset\": \"8MB\"}}",
            reports);
    for (int w = 1; w < 5; w++)
        CHECK_NEAR(reports[w].memory_bytes, 1e6 + 8e6 * (2 * w - 1) / 8.0, 1);
    weir_test_result_fini(&got);
}

static void noise_is_the_same_again(void)
{
    struct reported first[5], second[5];
    struct weir_test_result got[] = {run("{\"kind\": \"erratic\", \"host\": \"edge2\", \"at\": \"10s\"}", first),
                                     run("{\"kind\": \"erratic\", \"host\": \"edge2\", \"at\": \"10s\"}", second)};
    CU_ASSERT(memcmp(first, second, sizeof first) == 0);
    CU_ASSERT(first[2].cpu != first[3].cpu && first[2].memory_bytes != 1e6);
    for (int i = 0; i < 2; i++)
        weir_test_result_fini(&got[i]);
}

static void outages_take_the_host(void)
{
    /* From 12 to 45 s the job runs elsewhere, and the monitor is silent. */
    struct reported reports[5];
    struct weir_test_result got =
        run("{\"kind\": \"outage\", \"host\": \"edge2\", \"at\": \"12s\", \"for\": \"33s\"}", reports);
    CU_ASSERT(reports[3].told);
    CHECK_NEAR(reports[3].cpu + reports[3].memory_bytes + reports[3].disk_bytes_per_s + reports[3].upload_bytes_per_s,
               0, 0);
    CU_ASSERT_EQUAL(got.result.metrics.restarts, 1);
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"what really happens", what_really_happens},
        {"waiting items take memory", waiting_items_take_memory},
        {"what anomalies show", what_anomalies_show},
        {"ramps grow", ramps_grow},
        {"noise is the same again", noise_is_the_same_again},
        {"outages take the host", outages_take_the_host},
        {0},
    };
    return weir_test_main("engine/telemetry", cases, argc, argv);
}
