/* What is told of each of several sources of a job, against services one by one; copies of templates with several
 * sources, against jobs that are written out. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"
#include "tests/support/worlds.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

/* Left gives 137.31 items/s from 0 s on, right 89/s from 3 ms on, for 10 s; services take 10.3 ms, first come, first
 * served; one item of each source may wait, and others are dropped. */
#define WORK_S   0.0103
#define UNTIL_S  10.0
#define WINDOW_S 2.0
static const double begin_s[2] = {0, 0.003}, apart_s[2] = {1 / 137.31, 1 / 89.0};

/* What a source comes to until a date. */
struct counted {
    double arrived, dropped, delivered, latency_s;
};

/* An input of two, one place for each source. */
struct server {
    bool waits[2];
    double since_s[2], free_s, served_s; /* served_s: when what is in service came; negative: none is */
    int serves;
};

/* Services that end by a date. */
static void advance(struct server *server, double date_s, struct counted counted[2])
{
    while (server->served_s >= 0 && server->free_s <= date_s + 1e-9) {
        counted[server->serves].delivered++;
        counted[server->serves].latency_s += server->free_s - server->served_s;
        server->served_s = -1;
        int first = server->waits[0] && (!server->waits[1] || server->since_s[0] < server->since_s[1]) ? 0 : 1;
        if (!server->waits[first])
            return;
        server->waits[first] = false;
        server->serves = first;
        server->served_s = server->since_s[first];
        server->free_s += WORK_S;
    }
}

static void count_until(double until_s, struct counted counted[2])
{
    struct server server = {.served_s = -1};
    int next[2] = {0, 0};
    memset(counted, 0, 2 * sizeof *counted);
    for (;;) {
        double date_s[2] = {begin_s[0] + next[0] * apart_s[0], begin_s[1] + next[1] * apart_s[1]};
        int s = date_s[1] < date_s[0];
        if (date_s[s] >= until_s)
            break;
        advance(&server, date_s[s], counted);
        next[s]++;
        counted[s].arrived++;
        if (server.served_s < 0) {
            server.serves = s;
            server.served_s = date_s[s];
            server.free_s = date_s[s] + WORK_S;
        } else if (server.waits[s]) {
            counted[s].dropped++;
        } else {
            server.waits[s] = true;
            server.since_s[s] = date_s[s];
        }
    }
    advance(&server, until_s, counted);
}

static double row(const struct weir_test_result *got, double time_s, const char *source, const char *metric)
{
    char *key = weir_format("\n%g j/%s//%s ", time_s, source, metric);
    const char *at = strstr(got->rows, key);
    double value = at ? strtod(at + strlen(key), NULL) : NAN;
    free(key);
    return value;
}

static void each_source_is_counted(void)
{
    static const char *const names[2] = {"left", "right"};
    struct weir_test_result got = weir_test_run_traced(
        PLATFORM,
        "{\"duration\": \"10s\", \"window\": \"2s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"sources\": ["
        "{\"name\": \"left\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"137.31/s\"}}, "
        "{\"name\": \"right\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"89/s\", \"start\": "
        "\"3ms\"}}], \"operators\": [{\"name\": \"d\", \"flops\": \"10300kf\", \"capacity\": 1, \"placement\": "
        "\"edge\"}], "
        "\"edges\": [{\"from\": \"left\", \"to\": \"d\", \"full\": \"drop-new\"}, {\"from\": \"right\", \"to\": \"d\", "
        "\"full\": \"drop-new\"}, [\"d\", \"sink\"]]}]}}",
        "static", 1, weir_catalog);
    if (got.code)
        printf("\n    %s ", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    struct counted counted[2], before[2], now[2];
    count_until(UNTIL_S, counted);
    for (int s = 0; s < 2; s++) {
        const struct weir_source_total *source = &got.result.sources[s];
        CHECK_NEAR((double)source->arrived, counted[s].arrived, 0);
        CHECK_NEAR((double)source->emitted, counted[s].arrived, 0);
        CHECK_NEAR((double)source->dropped, counted[s].dropped, 0);
        CHECK_NEAR((double)source->delivered, counted[s].delivered, 0);
        CHECK_NEAR(source->latency_mean_s, counted[s].latency_s / counted[s].delivered, 1e-9);
        CU_ASSERT(counted[s].dropped > 100);
    }
    for (double time_s = WINDOW_S; time_s <= UNTIL_S; time_s += WINDOW_S) {
        count_until(time_s - WINDOW_S, before);
        count_until(time_s, now);
        for (int s = 0; s < 2; s++) {
            double delivered = now[s].delivered - before[s].delivered;
            CHECK_NEAR(row(&got, time_s, names[s], "ingress_rate"), (now[s].arrived - before[s].arrived) / WINDOW_S,
                       1e-9);
            CHECK_NEAR(row(&got, time_s, names[s], "emitted_rate"), (now[s].arrived - before[s].arrived) / WINDOW_S,
                       1e-9);
            CHECK_NEAR(row(&got, time_s, names[s], "dropped_rate"), (now[s].dropped - before[s].dropped) / WINDOW_S,
                       1e-9);
            CHECK_NEAR(row(&got, time_s, names[s], "delivered_rate"), delivered / WINDOW_S, 1e-9);
            CHECK_NEAR(row(&got, time_s, names[s], "latency_mean"),
                       (now[s].latency_s - before[s].latency_s) / delivered, 1e-6); /* as rows are printed */
            CHECK_NEAR(row(&got, time_s, names[s], "backlog"), 0, 0);
        }
    }
    weir_test_result_fini(&got);
}

/* Each writes what comes to it to the log of its host: 100 x 1 kB and 50 x 3 kB a second. */
static void each_source_has_its_log(void)
{
    struct weir_test_result got = weir_test_run_traced(
        PLATFORM,
        "{\"duration\": \"3s\", \"window\": \"1s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"sources\": ["
        "{\"name\": \"left\", \"source\": \"edge\", \"source_bytes\": \"1kB\", \"load\": {\"kind\": \"constant\", "
        "\"rate\": \"100/s\", \"start\": \"5ms\"}}, {\"name\": \"right\", \"source\": \"edge2\", \"source_bytes\": "
        "\"3kB\", \"load\": {\"kind\": \"constant\", \"rate\": \"50/s\", \"start\": \"5ms\"}}], \"operators\": ["
        "{\"name\": \"d\", \"placement\": \"cloud\"}]}]}}",
        "static", 1, weir_catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.rows, "\n2 //edge/disk 100000\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.rows, "\n2 //edge2/disk 150000\n"));
    weir_test_result_fini(&got);
}

#define LEFT(place)                                                                                                    \
    "\"sources\": [{\"name\": \"left\", \"source\": " place                                                            \
    ", \"source_bytes\": \"9kB\", \"load\": {\"kind\": \"poisson\", \"rate\": \"40/s\"}}, "                            \
    "{\"name\": \"right\", \"source\": {\"tier\": \"cloud\"}, \"load\": {\"kind\": \"bursts\", \"low\": \"2/s\", "     \
    "\"high\": \"60/s\", \"mean_low\": \"2s\", \"mean_high\": \"2s\"}, \"backlog\": {\"capacity\": 5}}], "
#define RIGHT_AT(place, left)                                                                                          \
    "\"sources\": [{\"name\": \"left\", \"source\": " left                                                             \
    ", \"source_bytes\": \"9kB\", \"load\": {\"kind\": \"poisson\", \"rate\": \"40/s\"}}, "                            \
    "{\"name\": \"right\", \"source\": " place ", \"load\": {\"kind\": \"bursts\", \"low\": \"2/s\", "                 \
    "\"high\": \"60/s\", \"mean_low\": \"2s\", \"mean_high\": \"2s\"}, \"backlog\": {\"capacity\": 5}}], "
#define REST                                                                                                           \
    "\"operators\": [{\"name\": \"w\", \"flops\": \"9Mf\", \"keys\": 5, \"join\": \"window\", \"window\": {\"size\": " \
    "\"1s\", \"idle_timeout\": \"2s\"}, \"parallelism\": 2}, {\"name\": \"n\", \"flops\": \"10kf\"}], \"sink\": "      \
    "{\"tier\": \"cloud\"}"

/* Five copies: left stays on edge, right goes round the hosts of the cloud, which are cloud and cloud4. */
static void copies_are_as_if_written_out(void)
{
    static const char template[] =
        "{\"name\": \"j\", \"count\": 5, \"arrive_every\": \"1s\", " LEFT("\"edge\"") REST "}";
    static const char written[] = "{\"name\": \"j-0\", " RIGHT_AT("\"cloud\"", "\"edge\"") REST
        "}, {\"name\": \"j-1\", \"arrive\": \"1s\", " RIGHT_AT("\"cloud4\"", "\"edge\"") REST
        "}, {\"name\": \"j-2\", \"arrive\": \"2s\", " RIGHT_AT("\"cloud\"", "\"edge\"") REST
        "}, {\"name\": \"j-3\", \"arrive\": \"3s\", " RIGHT_AT("\"cloud4\"", "\"edge\"") REST
        "}, {\"name\": \"j-4\", \"arrive\": \"4s\", " RIGHT_AT("\"cloud\"", "\"edge\"") REST "}";
    static const char *const more[] = {
        "", "\"faults\": [{\"host\": \"edge\", \"at\": \"7s\", \"for\": \"3s\"}], \"recovery\": {\"store\": \"edge2\", "
            "\"checkpoints\": {}, \"checkpoint_interval\": \"2s\"}, "};
    for (int c = 0; c < 4; c++) {
        unsigned long long checksums[2];
        for (int w = 0; w < 2; w++) {
            char *scenario =
                weir_format("{\"platform\": \"\", \"duration\": \"20s\", \"window\": \"1s\", %s\"workload\": "
                            "{\"jobs\": [%s]}}",
                            more[c % 2], w ? written : template);
            struct weir_test_result got = weir_test_run_sound(PLATFORM, scenario, c / 2 ? "chaos" : "static",
                                                              c / 2 ? weir_test_chaos : weir_catalog);
            checksums[w] = got.result.checksum;
            CU_ASSERT(got.result.metrics.delivered > 1000);
            CU_ASSERT_EQUAL(got.result.source_count, 10);
            CU_ASSERT_EQUAL(got.result.metrics.restarts > 0, c % 2);
            weir_test_result_fini(&got);
        }
        CU_ASSERT_EQUAL(checksums[0], checksums[1]);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"each source is counted", each_source_is_counted},
                                      {"each source has its log", each_source_has_its_log},
                                      {"copies are as if written out", copies_are_as_if_written_out},
                                      {0}};
    return weir_test_main("engine/sources", cases, argc, argv);
}
