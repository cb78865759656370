/* Hosts and links that fail: jobs go back to their checkpoint and lose nothing; every item of the source comes out once
 * (exactly-once) or at least once. */
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

#define PLATFORM "tests/input/valid/two-tier.xml"

/* 100/s for 40 s = 4000 items, then silence until the end; a on edge2, b on cloud4. */
#define JOB(faults, recovery, b) JOB_OF("5s", faults, recovery, b)
#define JOB_OF(window, faults, recovery, b)                                                                            \
    "{\"platform\": \"\", \"duration\": \"120s\", \"window\": \"" window "\", \"items_per_batch\": 1,"                 \
    " \"costs\": {\"start\": \"0s\", \"stop\": \"0s\", \"checkpoint\": \"0s\", \"restore\": \"0s\"},"                  \
    " \"faults\": [" faults "], \"recovery\": {\"restart\": \"2s\", \"detect\": \"1s\","                               \
    "  \"checkpoint_interval\": \"5s\"" recovery "},"                                                                  \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"1kB\","        \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\", \"count\": 4000},"                                      \
    "  \"operators\": [{\"name\": \"a\", \"flops\": \"2Mf\", \"bytes\": \"1kB\", \"placement\": {\"host\": "           \
    "\"edge2\"}},"                                                                                                     \
    "   {\"name\": \"b\", \"flops\": \"3Mf\", \"placement\": {\"host\": \"cloud4\"}" b "}]}]}}"

static struct weir_test_result run(const char *scenario)
{
    struct weir_test_result got = weir_test_run(PLATFORM, scenario, "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(PLATFORM, scenario, &got);
    return got;
}

static void without_failures_nothing_changes(void)
{
    struct weir_test_result got = run(JOB("", "", ""));
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->delivered, 4000, 0);
    CHECK_NEAR(m->replayed + m->lost + m->restarts, 0, 0);
    /* 0.108 + 2 + 10.08 + 3 ms: 1 kB over 1 Gbit/s and 0.1 ms, then over 100 Mbit/s and 10 ms */
    CHECK_NEAR(m->latency_mean_s, 15.188e-3, 1e-6);
    weir_test_result_fini(&got);
}

static void at_least_once(void)
{
    struct weir_test_result got = run(JOB("{\"host\": \"cloud4\", \"at\": \"12.5s\", \"for\": \"10s\"}", "", ""));
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->restarts, 1, 0);
    /* Down at 12.5, noticed at 13; checkpoints at 5 and 10: what was sent since 10 s is played again, all that was sent
     * until 13 s, but for what waits at the source or in front of the dead host. */
    CU_ASSERT(m->replayed > 100 && m->replayed <= 310);
    /* Nothing is missing: 4000 items, and again those of 10 to 12.5 s that had come out. */
    CU_ASSERT(m->delivered >= 4000 && m->delivered <= 4000 + m->replayed);
    CHECK_NEAR(m->delivered, 4000 + 250, 10);
    /* b starts elsewhere: the job stands still for 0.5 + 2 s, not for 10. */
    CU_ASSERT(m->latency_max_s > 2.5 && m->latency_max_s < 6);
    weir_test_result_fini(&got);
}

static void exactly_once(void)
{
    struct weir_test_result got =
        run(JOB("{\"host\": \"cloud4\", \"at\": \"12.5s\", \"for\": \"10s\"}", ", \"delivery\": \"exactly-once\"", ""));
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->restarts, 1, 0);
    CHECK_NEAR(m->delivered, 4000, 0);
    /* Results wait for their checkpoint: 2.5 s on average, and up to 5 s, longer where the failure fell. */
    CU_ASSERT(m->latency_p50_s > 2 && m->latency_p50_s < 4);
    weir_test_result_fini(&got);
}

/* An item every 10 s from 9.5 s on, each of which takes 1 s; checkpoints at 10, 20, ... s. When an item is done,
 * at 10.5, 20.5, ... s, the checkpoint of 10, 20, ... s is complete by that, and the result leaves at once. */
static void results_leave_with_their_checkpoint(void)
{
    struct weir_test_result got =
        weir_test_run(PLATFORM,
                      "{\"duration\": \"200s\", \"faults\": [{\"host\": \"cloud\", \"at\": \"199s\"}],"
                      " \"recovery\": {\"delivery\": \"exactly-once\", \"checkpoint_interval\": \"10s\"},"
                      " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"arrive\": \"9.5s\","
                      "  \"load\": {\"kind\": \"constant\", \"rate\": \"0.1/s\"}, \"operators\": [{\"name\": \"a\", "
                      "\"flops\": \"1Gf\"}]}]}}",
                      "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.delivered, 19, 0);
    CHECK_NEAR(got.result.metrics.latency_mean_s, 1, 1e-9);
    CHECK_NEAR(got.result.metrics.latency_max_s, 1, 1e-9);
    weir_test_result_fini(&got);
}

static void waiting_for_the_host(void)
{
    struct weir_test_result got =
        run(JOB("{\"host\": \"cloud4\", \"at\": \"12.5s\", \"for\": \"10s\"}", ", \"place\": \"wait\"", ""));
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->restarts, 1, 0);
    CU_ASSERT(m->delivered >= 4000);
    /* Back at 22.5, looked at every second, 2 s to restart: an item of 10 s comes out after 25 s. */
    CU_ASSERT(m->latency_max_s > 12 && m->latency_max_s < 18);
    weir_test_result_fini(&got);
}

/* The last instance waits as above. Of two, the one on the host that is up goes on alone, after 0.5 s until it is
 * noticed and 2 s to restart. */
static void given_up_where_others_are_left(void)
{
    static const char fault[] = "{\"host\": \"cloud4\", \"at\": \"12.5s\", \"for\": \"30s\"}";
    struct weir_test_result got =
        run(JOB("{\"host\": \"cloud4\", \"at\": \"12.5s\", \"for\": \"10s\"}", ", \"place\": \"drop\"", ""));
    CU_ASSERT(got.result.metrics.latency_max_s > 12 && got.result.metrics.latency_max_s < 18);
    weir_test_result_fini(&got);
    char *two = weir_format(
        "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"items_per_batch\": 1, \"faults\": [%s],"
        " \"recovery\": {\"restart\": \"2s\", \"checkpoint_interval\": \"5s\", \"place\": \"drop\"},"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"1kB\","
        " \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\", \"count\": 4000},"
        " \"operators\": [{\"name\": \"a\", \"flops\": \"2Mf\", \"bytes\": \"1kB\", \"parallelism\": 2,"
        " \"placement\": {\"tier\": \"cloud\"}}]}]}}",
        fault);
    got = run(two);
    CHECK_NEAR(got.result.metrics.restarts, 1, 0);
    CU_ASSERT(got.result.metrics.delivered >= 4000);
    CU_ASSERT(got.result.metrics.latency_max_s > 2.5 && got.result.metrics.latency_max_s < 6);
    weir_test_result_fini(&got);
    free(two);
}

static void a_host_that_never_comes_back(void)
{
    struct weir_test_result got = run(JOB("{\"host\": \"edge2\", \"at\": \"20s\"}", "", ""));
    CU_ASSERT(got.result.metrics.delivered >= 4000);
    weir_test_result_fini(&got);
    /* Who waits for it waits for good, and the run still ends. */
    got = run(JOB("{\"host\": \"edge2\", \"at\": \"20s\"}", ", \"place\": \"wait\"", ""));
    CU_ASSERT(got.result.metrics.delivered < 2100);
    weir_test_result_fini(&got);
}

static void a_short_failure_is_noticed(void)
{
    struct weir_test_result got = run(JOB("{\"host\": \"cloud4\", \"at\": \"12.1s\", \"for\": \"300ms\"}", "", ""));
    CHECK_NEAR(got.result.metrics.restarts, 1, 0);
    CU_ASSERT(got.result.metrics.delivered >= 4000);
    weir_test_result_fini(&got);
}

static void failures_upon_failures(void)
{
    /* Again and again, also while the job recovers, of both hosts. */
    struct weir_test_result got = run(JOB("{\"host\": \"cloud4\", \"at\": \"12.5s\", \"for\": \"1s\"},"
                                          "{\"host\": \"edge2\", \"at\": \"14s\", \"for\": \"3s\"},"
                                          "{\"host\": \"cloud\", \"at\": \"15.2s\", \"for\": \"2s\"},"
                                          "{\"host\": \"cloud4\", \"at\": \"20s\", \"for\": \"20s\"},"
                                          "{\"host\": \"edge2\", \"at\": \"20.5s\", \"for\": \"2s\"}",
                                          ", \"delivery\": \"exactly-once\"", ""));
    CHECK_NEAR(got.result.metrics.delivered, 4000, 0);
    CU_ASSERT(got.result.metrics.restarts >= 2);
    weir_test_result_fini(&got);
}

static void links_are_waited_for(void)
{
    /* Transfers under way are lost with the link and sent again; the job need not go back. */
    struct weir_test_result got = run(JOB("{\"link\": \"backhaul\", \"at\": \"10s\", \"for\": \"5s\"}", "", ""));
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->restarts, 0, 0);
    CHECK_NEAR(m->delivered, 4000, 0);
    CU_ASSERT(m->latency_max_s > 4.9 && m->latency_max_s < 7.5);
    weir_test_result_fini(&got);
}

static void windows_are_filled_again(void)
{
    struct weir_test_result got = run(JOB("{\"host\": \"cloud4\", \"at\": \"12.5s\", \"for\": \"5s\"}",
                                          ", \"delivery\": \"exactly-once\"", ", \"window\": \"2s\""));
    CHECK_NEAR(got.result.metrics.delivered, 4000, 0);
    weir_test_result_fini(&got);
}

static void checkpoints_take_time(void)
{
    struct weir_test_result without = run(JOB("", "", ", \"state\": \"1MB\""));
    struct weir_test_result with = run(JOB("", ", \"checkpoint_time\": \"200ms\"", ", \"state\": \"1MB\""));
    /* b stands still for up to 0.2 s in 5. */
    CU_ASSERT(with.result.metrics.latency_max_s < 0.4);
    CU_ASSERT(with.result.metrics.latency_mean_s >= without.result.metrics.latency_mean_s);
    CHECK_NEAR(with.result.metrics.delivered, 4000, 0);
    weir_test_result_fini(&without);
    weir_test_result_fini(&with);
}

static void slow_hosts(void)
{
    /* b takes 3 ms; for the 1000 items that it begins in [10, 20) s twice as long, since the least share holds, and for
     * the 500 in [20, 25) s 4 ms: 15.188 + 1000 / 4000 * 3 + 500 / 4000 * 1 ms. */
    struct weir_test_result got = run(JOB("{\"host\": \"cloud4\", \"at\": \"15s\", \"for\": \"10s\", \"speed\": 0.75},"
                                          "{\"host\": \"cloud4\", \"at\": \"10s\", \"for\": \"10s\", \"speed\": 0.5}",
                                          "", ""));
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->latency_mean_s, 16.063e-3, 1e-6);
    CHECK_NEAR(m->latency_max_s, 18.188e-3, 1e-6);
    CHECK_NEAR(m->delivered, 4000, 0);
    CHECK_NEAR(m->replayed + m->lost + m->restarts, 0, 0);
    weir_test_result_fini(&got);
}

/* Gives each instance half a core. */
static int halve(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    for (int o = 0; o < view->jobs[job].operator_count; o++) {
        int count;
        const struct weir_placement *now = weir_plan_get(plan, job, o, &count);
        struct weir_placement half = {now[0].host, 1, 0.5};
        weir_plan_set(plan, job, o, &half, 1, "half a core");
    }
    return WEIR_OK;
}

static const struct weir_policy half_policy = {.abi = WEIR_POLICY_ABI, .name = "half", .job_arrives = halve};

static void shares_of_slow_cores(void)
{
    /* b on half a core of half the speed takes 3 * 4 = 12 ms, more than the 10 ms between items: of 4000 in 40 s, that
     * takes 48 s, and the last waits for 8 s. With a whole core of the 4 it would take 6 ms, and not wait. */
    const struct weir_policy *const catalog[] = {&half_policy, NULL};
    const char *scenario = JOB("{\"host\": \"cloud4\", \"at\": \"0s\", \"speed\": 0.5}", "", "");
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, scenario, "half", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(weir_test_op(&got, "j", "b")->service_s, 12e-3, 1e-6);
    CHECK_NEAR(got.result.metrics.latency_max_s, 8, 0.05);
    weir_test_result_fini(&got);
}

static void narrow_links(void)
{
    /* 1 kB at 1 Mbit/s takes 8 ms instead of 0.08, for the 1000 items that reach the wire in [10, 20) s:
     * 15.188 + 1000 / 4000 * 7.92 ms. */
    struct weir_test_result got =
        run(JOB("{\"link\": \"backhaul\", \"at\": \"10s\", \"for\": \"10s\", \"bandwidth\": 0.01}", "", ""));
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->latency_mean_s, 17.168e-3, 1e-6);
    CHECK_NEAR(m->latency_max_s, 23.108e-3, 1e-6);
    CHECK_NEAR(m->delivered, 4000, 0);
    CHECK_NEAR(m->replayed + m->lost + m->restarts, 0, 0);
    weir_test_result_fini(&got);
}

static void lossy_links(void)
{
    /* A tenth of the 1000 items that take the wire in [10, 20) s is lost and comes a round trip of 20 ms later; the one
     * behind such an item, 10 ms after it and not lost itself, waits for it for 10 ms: 0.1 * 20 + 0.9 * 0.1 * 10 =
     * 2.9 ms; and each takes 0.08 / 0.9 ms of the wire. The standard error is about 0.2 ms. */
    struct weir_test_result got =
        run(JOB("{\"link\": \"backhaul\", \"at\": \"10s\", \"for\": \"10s\", \"loss\": 0.1}", "", ""));
    struct weir_test_result without = run(JOB("", "", ""));
    const struct weir_metrics *m = &got.result.metrics, *before = &without.result.metrics;
    CHECK_NEAR(m->network_s - before->network_s, (2.9e-3 + 0.0089e-3) / 4, 0.8e-3 / 4);
    CHECK_NEAR(m->delivered, 4000, 0);
    CHECK_NEAR(m->replayed + m->lost + m->restarts, 0, 0);
    weir_test_result_fini(&got);
    weir_test_result_fini(&without);
    /* One connection gets 1460 B / 20 ms * sqrt(1.5 / 0.01) = 894 kB/s of 12.5 MB/s, whatever the batch. */
    static const char *const batches[] = {"1", "50", "1000"};
    for (int b = 0; b < 3; b++) {
        char *text =
            weir_format("{\"duration\": \"15s\", \"warmup\": \"5s\", \"items_per_batch\": %s,"
                        " \"faults\": [{\"link\": \"backhaul\", \"at\": \"0s\", \"loss\": 0.01}],"
                        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"source_bytes\": \"1kB\","
                        "  \"load\": {\"kind\": \"constant\", \"rate\": \"2000/s\"},"
                        "  \"operators\": [{\"name\": \"b\", \"flops\": \"1kf\", \"placement\": {\"host\": \"cloud4\"},"
                        "   \"capacity\": 2000}]}]}}",
                        batches[b]);
        got = run(text);
        CHECK_NEAR(got.result.metrics.throughput_per_s, 894, 18);
        weir_test_result_fini(&got);
        free(text);
    }
}

/* Drawn: edge2 by itself, the hosts of the cloud together, a link; edge stays up. */
#define DRAWN                                                                                                          \
    "{\"host\": \"edge2\", \"up\": {\"distribution\": \"weibull\", \"mean\": \"20s\", \"shape\": 0.7},"                \
    " \"down\": {\"mean\": \"3s\"}},"                                                                                  \
    "{\"region\": \"*\", \"tier\": \"cloud\", \"up\": {\"mean\": \"30s\"}, \"down\": {\"mean\": \"2s\"}},"             \
    "{\"links\": \"back*\", \"up\": {\"mean\": \"20s\"}, \"down\": {\"mean\": \"1s\"}},"                               \
    "{\"host\": \"edge2\", \"at\": \"7s\", \"for\": \"2s\"}"

/* And slow: all hosts of the edge, and the links, which lose packets, too. */
#define SLOW                                                                                                           \
    "{\"name\": \"load\", \"tier\": \"edge\", \"speed\": 0.4, \"up\": {\"mean\": \"20s\"}, \"down\": {\"mean\": "      \
    "\"5s\"}},"                                                                                                        \
    "{\"name\": \"rain\", \"links\": \"*\", \"bandwidth\": 0.01, \"up\": {\"mean\": \"9s\"}, \"down\": {\"mean\": "    \
    "\"4s\"}},"                                                                                                        \
    "{\"name\": \"noise\", \"links\": \"*\", \"loss\": 0.05, \"up\": {\"mean\": \"9s\"}, \"down\": {\"mean\": "        \
    "\"7s\"}}"

static void drawn_failures_lose_nothing(void)
{
    for (unsigned long long seed = 1; seed <= 8; seed++) {
        const char *scenario = JOB(DRAWN "," SLOW, ", \"delivery\": \"exactly-once\"", ", \"state\": \"1MB\"");
        struct weir_test_result got = weir_test_run(PLATFORM, scenario, "static", seed);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        weir_test_conservation(PLATFORM, scenario, &got);
        CHECK_NEAR(got.result.metrics.delivered, 4000, 0);
        CU_ASSERT(got.result.metrics.restarts >= 1);
        weir_test_result_fini(&got);
    }
}

/* Writes down at the end of each window which hosts are up, to the file that is set before the run. */
static const char *watched;

static int watch(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    FILE *file = fopen(watched, "a");
    if (!file)
        return weir_error(WEIR_EENGINE, "cannot write %s", watched);
    fprintf(file, "%g", view->time_s);
    for (int h = 0; h < view->host_count; h++)
        fprintf(file, " %s:%d", view->hosts[h].name, view->hosts[h].up);
    fprintf(file, "\n");
    fclose(file);
    return WEIR_OK;
}

static const struct weir_policy watch_policy = {
    .abi = WEIR_POLICY_ABI, .name = "watch", .state_size = 1, .window_ends = watch};

/* What was up under a policy. Owned. */
static char *outages_under(const char *policy, unsigned long long seed)
{
    const struct weir_policy *catalog[64] = {&watch_policy};
    for (int p = 0; weir_catalog[p] && p < 62; p++)
        catalog[p + 1] = weir_catalog[p];
    struct weir_text text = {0};
    watched = weir_test_file("watched.txt", "");
    struct weir_test_result got =
        weir_test_run_catalog(PLATFORM, JOB_OF("500ms", DRAWN, "", ", \"max_parallelism\": 4"), policy, seed, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(weir_text_read_file(&text, watched), WEIR_OK);
    weir_test_result_fini(&got);
    return text.data;
}

static void policies_see_the_same_failures(void)
{
    char *one = outages_under("watch", 1), *other = outages_under("watch+random+reactive", 1);
    char *seed = outages_under("watch", 2);
    CU_ASSERT(strstr(one, "edge2:0") && strstr(one, "cloud:0"));
    CU_ASSERT_STRING_EQUAL(one, other);
    CU_ASSERT_STRING_NOT_EQUAL(one, seed);
    /* Nothing but edge2 fails alone. */
    CU_ASSERT(!strstr(one, "edge:0") && !strstr(one, "cloud:0 cloud4:1") && !strstr(one, "cloud:1 cloud4:0"));
    free(one);
    free(other);
    free(seed);
}

/* Warns of each window at whose end cloud4 is down. */
static int tell_of_cloud4(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    for (int h = 0; h < view->host_count; h++)
        if (strcmp(view->hosts[h].name, "cloud4") == 0 && !view->hosts[h].up)
            weir_plan_warn(plan, -1, "down at %g s", view->time_s);
    return WEIR_OK;
}
static const struct weir_policy witness = {
    .abi = WEIR_POLICY_ABI, .name = "witness", .summary = "Tells.", .source = "", .window_ends = tell_of_cloud4};
static const struct weir_policy *const witnesses[] = {&witness, NULL};

/* Down from 12 s, up from 20 s: the windows that end at 12 and at 16 s see it down, that at 20 s does not. The detector
 * looks at 12 s, too, and the job works again 2 s later, on another host; the first item since the checkpoint at 10 s
 * is 4 s old by then. (Another host comes up at 11 s, so that the fault is the last to be set for 12 s.) */
static void faults_come_first_at_their_date(void)
{
    struct weir_test_result got =
        weir_test_run_catalog(PLATFORM,
                              JOB_OF("4s",
                                     "{\"host\": \"cloud\", \"at\": \"9s\", \"for\": \"2s\"},"
                                     "{\"host\": \"cloud4\", \"at\": \"12s\", \"for\": \"8s\"}",
                                     "", ""),
                              "witness", 1, witnesses);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.warnings, 2, 0);
    CU_ASSERT(strstr(got.decisions, "down at 12 s") && strstr(got.decisions, "down at 16 s"));
    CHECK_NEAR(got.result.metrics.restarts, 1, 0);
    CHECK_NEAR(got.result.metrics.latency_max_s, 4, 0.05);
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"without failures nothing changes", without_failures_nothing_changes},
        {"at least once", at_least_once},
        {"exactly once", exactly_once},
        {"results leave with their checkpoint", results_leave_with_their_checkpoint},
        {"waiting for the host", waiting_for_the_host},
        {"given up where others are left", given_up_where_others_are_left},
        {"a host that never comes back", a_host_that_never_comes_back},
        {"a short failure is noticed", a_short_failure_is_noticed},
        {"failures upon failures", failures_upon_failures},
        {"links are waited for", links_are_waited_for},
        {"windows are filled again", windows_are_filled_again},
        {"checkpoints take time", checkpoints_take_time},
        {"slow hosts", slow_hosts},
        {"shares of slow cores", shares_of_slow_cores},
        {"narrow links", narrow_links},
        {"lossy links, many items", lossy_links},
        {"drawn failures lose nothing, many items", drawn_failures_lose_nothing},
        {"faults come first at their date", faults_come_first_at_their_date},
        {"policies see the same failures", policies_see_the_same_failures},
        {0},
    };
    return weir_test_main("engine/failures", cases, argc, argv);
}
