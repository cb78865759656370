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
#include "tests/engine/failing.h"

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
    /* Nothing is missing: 4000 items, and again those of 10 to 12.5 s that had come out, which counts apart. */
    CHECK_NEAR(m->delivered, 4000, 0);
    CHECK_NEAR(m->duplicates, 250, 10);
    /* b starts elsewhere: the job stands still for 0.5 + 2 s, not for 10; and plays the 250 again in 3 ms each before
     * anything new. */
    CHECK_NEAR(m->latency_max_s, 2.5 + 250 * 3e-3, 0.03);
    CU_ASSERT(strstr(got.decisions, "j/b note | an instance starts on cloud instead of cloud4, which is down") != NULL);
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

/* Items at 0.5, 1.5, ... 39.5 s are results 10 ms later and held until the next checkpoint: 4.5, 3.5, ... 0.5 s. */
static void results_are_held_until_the_checkpoint(void)
{
    struct weir_test_result got = run(
        "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"recovery\": {\"delivery\": \"exactly-once\","
        " \"checkpoint_interval\": \"5s\", \"checkpoint_time\": \"0s\"}, \"faults\": [{\"host\": \"cloud4\", \"at\": "
        "\"59s\"}],"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\", "
        "\"rate\": \"1/s\","
        "  \"start\": \"500ms\", \"count\": 40}, \"operators\": [{\"name\": \"a\", \"flops\": \"10Mf\","
        "  \"placement\": {\"host\": \"edge\"}}]}]}}");
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->delivered, 40, 0);
    CHECK_NEAR(m->latency_mean_s, 2.5, 1e-9);
    CHECK_NEAR(m->latency_max_s, 4.5, 1e-9);
    CHECK_NEAR(m->blocked_s, 2.49, 1e-9);
    weir_test_result_fini(&got);
}

/* Two of the three hosts of an operator that mostly idles fail; what stopping costs is nothing to what is lost. */
static void what_has_failed_stops_at_once(void)
{
    static const char *const stops[] = {"0s", "5s"};
    double mean[2];
    for (int s = 0; s < 2; s++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"costs\": {\"start\": \"0s\", \"stop\": "
            "\"%s\"},"
            " \"recovery\": {\"place\": \"drop\", \"detect\": \"1s\", \"restart\": \"2s\"},"
            " \"faults\": [{\"host\": \"cloud4\", \"at\": \"20.5s\"}], \"workload\": {\"jobs\": [{\"name\": \"j\","
            " \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\"}, \"operators\": ["
            "{\"name\": \"a\", \"flops\": \"1Mf\", \"placement\": {\"tier\": \"cloud\"}, \"parallelism\": 2}]}]}}",
            stops[s]);
        struct weir_test_result got = run(scenario);
        CHECK_NEAR(got.result.metrics.restarts, 1, 0);
        mean[s] = got.result.metrics.instances_mean;
        weir_test_result_fini(&got);
        free(scenario);
    }
    /* Two until that is noticed, at 21 s; then one. */
    CHECK_NEAR(mean[0], (60 + 21) / 60., 1e-12);
    CHECK_NEAR(mean[1], mean[0], 1e-12);
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
    CHECK_NEAR(m->delivered, 4000, 0);
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
    CHECK_NEAR(got.result.metrics.delivered, 4000, 0);
    CU_ASSERT(got.result.metrics.latency_max_s > 2.5 && got.result.metrics.latency_max_s < 6);
    weir_test_result_fini(&got);
    free(two);
}

static void a_host_that_never_comes_back(void)
{
    struct weir_test_result got = run(JOB("{\"host\": \"edge2\", \"at\": \"20s\"}", "", ""));
    CHECK_NEAR(got.result.metrics.delivered, 4000, 0);
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
    CHECK_NEAR(got.result.metrics.delivered, 4000, 0);
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
    /* Of two instances, whose host fails, or which the failure of another host lets live. */
    static const char *const faults[] = {"{\"host\": \"cloud4\", \"at\": \"12.5s\", \"for\": \"5s\"}",
                                         "{\"host\": \"edge2\", \"at\": \"12.5s\", \"for\": \"5s\"}"};
    for (int f = 0; f < 2; f++) {
        char *scenario = weir_format(
            JOB("%s", ", \"delivery\": \"exactly-once\"", ", \"window\": \"2s\", \"parallelism\": 2"), faults[f]);
        got = run(scenario);
        CHECK_NEAR(got.result.metrics.delivered, 4000, 0);
        CHECK_NEAR(got.result.metrics.restarts, 1, 0);
        CHECK_NEAR((double)weir_test_op(&got, "j", "b")->pending, 0, 0);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

/* x is fast and y slow, so that dozens of items wait in the join for their partners when the host of x fails. None of
 * them keeps results from being let go afterwards. */
static void joins_are_empty_after_a_failure(void)
{
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"120s\", \"window\": \"5s\", \"recovery\": {\"delivery\": "
            "\"exactly-once\","
            " \"place\": \"wait\", \"restart\": \"0s\", \"detect\": \"500ms\", \"checkpoint_interval\": \"2s\"},"
            " \"faults\": [{\"host\": \"edge2\", \"at\": \"3s\", \"for\": \"1s\"}, {\"host\": \"edge2\", \"at\": "
            "\"8s\", \"for\": \"1s\"},"
            " {\"host\": \"edge2\", \"at\": \"13s\", \"for\": \"1s\"}, {\"host\": \"edge2\", \"at\": \"18s\", \"for\": "
            "\"1s\"}],"
            " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\","
            "  \"rate\": \"100/s\", \"count\": 1000}, \"operators\": ["
            "  {\"name\": \"x\", \"flops\": \"1Mf\", \"placement\": {\"host\": \"edge2\"}, \"capacity\": 100},"
            "  {\"name\": \"y\", \"flops\": \"15Mf\", \"placement\": {\"host\": \"cloud4\"}, \"capacity\": 100},"
            "  {\"name\": \"z\", \"flops\": \"1Mf\", \"placement\": {\"host\": \"cloud\"}, \"join\": \"all\", "
            "\"capacity\": 100}],"
            "  \"edges\": [{\"from\": \"source\", \"to\": \"x\"}, {\"from\": \"source\", \"to\": \"y\"}, {\"from\": "
            "\"x\", \"to\": \"z\"},"
            "   {\"from\": \"y\", \"to\": \"z\"}, {\"from\": \"z\", \"to\": \"sink\"}]}]}}");
    CHECK_NEAR(got.result.metrics.delivered, 1000, 0);
    CHECK_NEAR(got.result.metrics.restarts, 4, 0);
    CHECK_NEAR((double)weir_test_op(&got, "j", "z")->pending, 0, 0);
    weir_test_result_fini(&got);
}

/* a sends from edge2 to b on cloud4, whose input has room for one, and the wire is busy for 80 of 100 ms, with what has
 * the promise of it, when edge2 fails for good. That is dropped, and a on another host finds the room free. */
static void room_that_was_promised_is_free_again(void)
{
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"120s\", \"window\": \"5s\", \"recovery\": {\"delivery\": "
            "\"exactly-once\","
            " \"restart\": \"0s\", \"detect\": \"1s\", \"checkpoint_interval\": \"5s\"},"
            " \"faults\": [{\"host\": \"edge2\", \"at\": \"12550ms\"}],"
            " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\","
            "  \"rate\": \"10/s\", \"count\": 400}, \"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\", \"bytes\": "
            "\"1MB\","
            "  \"placement\": {\"host\": \"edge2\"}},"
            "  {\"name\": \"b\", \"flops\": \"1Mf\", \"placement\": {\"host\": \"cloud4\"}, \"capacity\": 1}]}]}}");
    CHECK_NEAR(got.result.metrics.delivered, 400, 0);
    CHECK_NEAR(got.result.metrics.restarts, 1, 0);
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
 * looks at 12 s, too, and the job works again 2 s later, on another host, where those of 10 to 11.98 s, which had come
 * out before, take 199 x 3 ms; then comes the one of 11.99 s. (Another host comes up at 11 s, so that the fault is the
 * last to be set for 12 s.) */
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
    CHECK_NEAR(got.result.metrics.latency_max_s, 14 + 199 * 3e-3 + 15e-3 - 11.99, 0.02);
    weir_test_result_fini(&got);
}

/* Both hosts of the tier are down from 20 to 50 s, and the job arrives at 30 s. It waits: the item of 30 s comes out
 * when they are back, in 8 ms and 10 ms of way. Or it begins at once elsewhere, which is said. */
static void arriving_while_all_is_down(void)
{
    static const struct {
        const char *place;
        double longest_s;
        const char *said;
    } cases[] = {
        {"wait", 20.018, "30.000 recovery j/a note | an instance waits for cloud, which is down"},
        {"drop", 20.018, "30.000 recovery j/a note | an instance waits for cloud, which is down"},
        {"elsewhere", 0.008, "30.000 recovery j/a note | an instance starts on edge instead of cloud, which is down"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"100s\", \"recovery\": {\"place\": \"%s\"}, \"faults\": [{\"hosts\": "
            "[\"cloud\", \"cloud4\"], \"at\": \"20s\", \"for\": \"30s\"}], \"workload\": {\"jobs\": [{\"name\": \"j\", "
            "\"source\": \"edge\", \"arrive\": \"30s\", \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\"}, "
            "\"operators\": [{\"name\": \"a\", \"flops\": \"8Mf\", \"placement\": {\"tier\": \"cloud\"}}]}]}}",
            cases[i].place);
        struct weir_test_result got = run(scenario);
        CHECK_NEAR(got.result.metrics.latency_max_s, cases[i].longest_s, 1e-6);
        CHECK_NEAR(got.result.metrics.delivered, 700, 1);
        CHECK_NEAR(got.result.metrics.restarts + got.result.metrics.replayed, 0, 0);
        if (!strstr(got.decisions, cases[i].said))
            fprintf(stderr, "\n%s\n", got.decisions);
        CU_ASSERT(strstr(got.decisions, cases[i].said) != NULL);
        CU_ASSERT_PTR_NULL(strstr(strstr(got.decisions, "note") + 1, "note")); /* and nothing else */
        weir_test_result_fini(&got);
        free(scenario);
    }
}

/* Where a host of the placement is up and has room, both instances begin there, and nothing is to be said. */
static void arriving_while_some_is_down(void)
{
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"100s\", \"recovery\": {\"place\": \"wait\"}, \"faults\": [{\"host\": "
            "\"cloud\", \"at\": \"20s\", \"for\": \"30s\"}], \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": "
            "\"edge\", \"arrive\": \"30s\", \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\"}, \"operators\": "
            "[{\"name\": "
            "\"a\", \"flops\": \"8Mf\", \"placement\": {\"tier\": \"cloud\"}, \"parallelism\": 2}]}]}}");
    CHECK_NEAR(got.result.metrics.latency_max_s, 0.018, 1e-6); /* both on cloud4 */
    CU_ASSERT(!strstr(got.decisions, "recovery"));
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"without failures nothing changes", without_failures_nothing_changes},
        {"at least once", at_least_once},
        {"exactly once", exactly_once},
        {"results are held until the checkpoint", results_are_held_until_the_checkpoint},
        {"what has failed stops at once", what_has_failed_stops_at_once},
        {"results leave with their checkpoint", results_leave_with_their_checkpoint},
        {"waiting for the host", waiting_for_the_host},
        {"given up where others are left", given_up_where_others_are_left},
        {"a host that never comes back", a_host_that_never_comes_back},
        {"a short failure is noticed", a_short_failure_is_noticed},
        {"failures upon failures", failures_upon_failures},
        {"links are waited for", links_are_waited_for},
        {"windows are filled again", windows_are_filled_again},
        {"joins are empty after a failure", joins_are_empty_after_a_failure},
        {"room that was promised is free again", room_that_was_promised_is_free_again},
        {"checkpoints take time", checkpoints_take_time},
        {"drawn failures lose nothing, many items", drawn_failures_lose_nothing},
        {"faults come first at their date", faults_come_first_at_their_date},
        {"arriving while all is down", arriving_while_all_is_down},
        {"arriving while some is down", arriving_while_some_is_down},
        {"policies see the same failures", policies_see_the_same_failures},
        {0},
    };
    return weir_test_main("engine/failures", cases, argc, argv);
}
