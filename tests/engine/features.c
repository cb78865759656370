/* Joins, windows, keys, shared queues, departing jobs, energy: each in the smallest world that shows it. */
#include <math.h>
#include <string.h>

#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

/* A job on the edge host with two cores; the rest as given. */
#define JOB(options, rest)                                                                                             \
    "{\"platform\": \"\", \"duration\": \"20s\", \"window\": \"5s\", " options                                         \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge2\"}, " rest "}]}}"
#define ONE_BY_ONE "\"items_per_batch\": 1,"
#define EVEN(rate) "\"load\": {\"kind\": \"constant\", \"rate\": \"" rate "\"}, "

static struct weir_test_result run(const char *scenario)
{
    struct weir_test_result got = weir_test_run(PLATFORM, scenario, "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(PLATFORM, scenario, &got);
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->waiting_s + m->service_s + m->network_s + m->blocked_s, m->latency_mean_s, 1e-9);
    return got;
}

static void a_join_waits_for_every_input(void)
{
    /* a (10 ms) and, beside it on another host, b (2 ms) both feed the join d (1 ms): 10 + 1 ms, the slower way. */
    struct weir_test_result got =
        run(JOB(ONE_BY_ONE, EVEN("10/s") "\"operators\": [{\"name\": \"a\", \"flops\": \"10Mf\"},"
                                         " {\"name\": \"b\", \"flops\": \"2Mf\"},"
                                         " {\"name\": \"d\", \"flops\": \"1Mf\", \"join\": \"all\"}],"
                                         " \"edges\": [[\"source\", \"a\"], [\"source\", \"b\"], [\"a\", \"d\"],"
                                         " [\"b\", \"d\"], [\"d\", \"sink\"]]"));
    CHECK_NEAR(got.result.metrics.latency_mean_s, 11e-3, 1e-8);
    CHECK_NEAR(got.result.metrics.throughput_per_s, 10, 0.1);
    weir_test_result_fini(&got);
}

static void a_merge_takes_what_comes(void)
{
    struct weir_test_result got = run(
        JOB(ONE_BY_ONE, EVEN("10/s") "\"operators\": [{\"name\": \"a\", \"flops\": \"10Mf\"},"
                                     " {\"name\": \"b\", \"flops\": \"2Mf\"}, {\"name\": \"d\", \"flops\": \"1Mf\"}],"
                                     " \"edges\": [[\"source\", \"a\"], [\"source\", \"b\"], [\"a\", \"d\"],"
                                     " [\"b\", \"d\"], [\"d\", \"sink\"]]"));
    /* Two results an item, after 11 and 3 ms: one each way. */
    CU_ASSERT_EQUAL_FATAL(got.result.path_count, 2);
    for (int p = 0; p < 2; p++) {
        bool slow = strstr(got.result.paths[p].path, "> a >") != NULL;
        CU_ASSERT_STRING_EQUAL(got.result.paths[p].path, slow ? "source > a > d > sink" : "source > b > d > sink");
        CHECK_NEAR(got.result.paths[p].latency_mean_s, slow ? 11e-3 : 3e-3, 1e-8);
        CHECK_NEAR(got.result.paths[p].service_s, slow ? 11e-3 : 3e-3, 1e-8);
    }
    CHECK_NEAR(got.result.metrics.throughput_per_s, 20, 0.2);
    CHECK_NEAR(got.result.metrics.latency_mean_s, 7e-3, 1e-8);
    weir_test_result_fini(&got);
}

static void joins_match_across_instances(void)
{
    struct weir_test_result got = run(JOB(
        "", "\"load\": {\"kind\": \"poisson\", \"rate\": \"200/s\"}, \"operators\": ["
            " {\"name\": \"a\", \"flops\": {\"mean\": \"3Mf\", \"distribution\": \"exponential\"}, \"parallelism\": 3,"
            "  \"placement\": {\"host\": \"cloud4\"}},"
            " {\"name\": \"b\", \"flops\": \"1Mf\"},"
            " {\"name\": \"d\", \"flops\": \"100kf\", \"join\": \"all\", \"parallelism\": 2}],"
            " \"edges\": [[\"source\", \"a\"], [\"source\", \"b\"], [\"a\", \"d\"], [\"b\", \"d\"],"
            " [\"d\", \"sink\"]]"));
    CHECK_NEAR(got.result.metrics.throughput_per_s, 200, 10);
    CU_ASSERT(weir_test_op(&got, "j", "d")->pending < 100);
    weir_test_result_fini(&got);
}

/* The items of a batch fall into the windows in which their own clocks lie: batches that are nearly as long as the
 * window, or longer, change neither the results nor their times. */
static void batches_are_cut_at_window_ends(void)
{
#define WINDOWED(options)                                                                                              \
    JOB(options,                                                                                                       \
        "\"load\": {\"kind\": \"constant\", \"rate\": \"50/s\", \"count\": 800}, "                                     \
        "\"operators\": [{\"name\": \"w\", \"flops\": {\"mean\": \"5Mf\", \"distribution\": \"exponential\"}, "        \
        "\"window\": \"1s\", \"selectivity\": 0.1}, {\"name\": \"x\", \"flops\": \"1Mf\"}]")
    struct weir_test_result one = run(WINDOWED(ONE_BY_ONE));
    CHECK_NEAR(one.result.metrics.delivered, 80, 0);
    const char *const scenarios[] = {WINDOWED("\"batch_span\": \"700ms\","), WINDOWED("\"batch_span\": \"1700ms\","),
                                     WINDOWED("\"items_per_batch\": 7,")};
    for (size_t s = 0; s < sizeof scenarios / sizeof *scenarios; s++) {
        struct weir_test_result got = run(scenarios[s]);
        CHECK_NEAR(got.result.metrics.delivered, 80, 0);
        CHECK_NEAR(got.result.metrics.latency_mean_s, one.result.metrics.latency_mean_s,
                   0.01 * one.result.metrics.latency_mean_s);
        CHECK_NEAR(got.result.metrics.latency_max_s, one.result.metrics.latency_max_s, 1e-6);
        weir_test_result_fini(&got);
    }
    weir_test_result_fini(&one);
}

static void windows_leave_at_their_end(void)
{
    /* 50/s, in 1 s windows one result in ten: 5 a window. The latest item of a window comes 20 ms before its end (the
     * one at the end is the next window's first). */
    struct weir_test_result got =
        run(JOB(ONE_BY_ONE, EVEN("50/s") "\"operators\": [{\"name\": \"w\", \"flops\": \"1Mf\", \"window\": \"1s\", "
                                         "\"selectivity\": 0.1}]"));
    CHECK_NEAR(got.result.metrics.throughput_per_s, 5, 0.3);
    CU_ASSERT(got.result.metrics.latency_max_s < 0.0201 + 1e-3);
    CHECK_NEAR(got.result.metrics.service_s, 1e-3, 1e-8);
    weir_test_result_fini(&got);
}

static void a_filter_passes_its_share(void)
{
    struct weir_test_result got =
        run(JOB("", EVEN("500/s") "\"operators\": [{\"name\": \"f\", \"flops\": \"100kf\", \"selectivity\": 0.3},"
                                  " {\"name\": \"g\", \"flops\": \"100kf\", \"selectivity\": 2.5}]"));
    const struct weir_operator_total *f = weir_test_op(&got, "j", "f");
    CHECK_NEAR((double)f->emitted / (double)f->processed, 0.3, 0.02); /* 9970 draws: 4 deviations of 0.0046 */
    CHECK_NEAR((double)weir_test_op(&got, "j", "g")->emitted / (double)f->emitted, 2.5, 0.04);
    weir_test_result_fini(&got);
}

static void keys_go_to_their_instance(void)
{
    /* With a strong skew one of four instances does most of the work; with uniform keys all do the same. */
    const char *skewed =
        JOB("", EVEN("400/s") "\"operators\": [{\"name\": \"k\", \"flops\": \"1Mf\", \"parallelism\": 4,"
                              " \"keys\": {\"count\": 1000, \"skew\": 2},"
                              " \"placement\": {\"host\": \"cloud4\"}, \"capacity\": 10}]");
    struct weir_test_result got = run(skewed);
    /* Zipf 2: the first key has 1/1.64 = 61 % of 400/s x 1 ms: not yet saturated, so all comes through. */
    CHECK_NEAR(got.result.metrics.throughput_per_s, 400, 8);
    CHECK_NEAR(weir_test_op(&got, "j", "k")->busy, 0.1, 0.01);
    double waits_skewed = weir_test_op(&got, "j", "k")->waiting_s;
    weir_test_result_fini(&got);
    got = run(JOB("", EVEN("400/s") "\"operators\": [{\"name\": \"k\", \"flops\": \"1Mf\", \"parallelism\": 4,"
                                    " \"keys\": {\"count\": 1000}, \"placement\": {\"host\": \"cloud4\"},"
                                    " \"capacity\": 10}]"));
    CU_ASSERT(weir_test_op(&got, "j", "k")->waiting_s <= waits_skewed + 1e-9);
    weir_test_result_fini(&got);
}

static void jobs_come_and_go(void)
{
    const char *scenario = JOB(ONE_BY_ONE, EVEN("10/s") "\"arrive\": \"4s\", \"depart\": \"10s\","
                                                        " \"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\"}]");
    struct weir_test_result got = run(scenario);
    const struct weir_job_total *job = weir_test_job(&got, "j");
    /* 10/s for 6 s. */
    CHECK_NEAR((double)job->arrived, 60, 1);
    CU_ASSERT_EQUAL(job->delivered, job->arrived);
    /* There from 4 s until the end of the first window after 10 s, and as long as stopping takes. */
    CU_ASSERT(got.result.metrics.instances_mean < 12.0 / 20);
    CU_ASSERT(got.result.metrics.instances_mean >= 6.0 / 20);
    weir_test_result_fini(&got);
}

static void a_bounded_backlog_drops(void)
{
    const char *drop[] = {
        JOB(ONE_BY_ONE, EVEN("100/s") "\"backlog\": {\"capacity\": 20, \"full\": \"drop-new\"},"
                                      " \"operators\": [{\"name\": \"a\", \"flops\": \"20Mf\", \"capacity\": 1}]"),
        JOB(ONE_BY_ONE, EVEN("100/s") "\"backlog\": {\"capacity\": 20, \"full\": \"drop-old\"},"
                                      " \"operators\": [{\"name\": \"a\", \"flops\": \"20Mf\", \"capacity\": 1}]"),
    };
    for (int d = 0; d < 2; d++) {
        struct weir_test_result got = run(drop[d]);
        const struct weir_job_total *job = weir_test_job(&got, "j");
        /* 100/s come, 50/s are served. */
        CHECK_NEAR((double)job->dropped_at_source / (double)job->arrived, 0.5, 0.02);
        CU_ASSERT(job->backlog <= 20);
        weir_test_result_fini(&got);
    }
}

static void the_sink_may_be_far(void)
{
    struct weir_test_result got =
        run(JOB(ONE_BY_ONE,
                EVEN("10/s") "\"sink\": {\"host\": \"cloud\"}, \"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\","
                             " \"bytes\": \"10kB\"}]"));
    /* 1 ms of work, 10 kB over 100 Mbit/s = 0.8 ms, 10 ms of latency. */
    CHECK_NEAR(got.result.metrics.latency_mean_s, 11.8e-3, 1e-8);
    CHECK_NEAR(got.result.metrics.crossing_bytes, got.result.metrics.delivered * 10e3, 20e3);
    weir_test_result_fini(&got);
}

static void state_grows_up_to_its_cap(void)
{
    struct weir_test_result got =
        run(JOB(ONE_BY_ONE, EVEN("10/s") "\"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\", \"state\":"
                                         " {\"size\": \"1kB\", \"per_item\": \"100B\", \"max\": \"5kB\"}}]"));
    CHECK_NEAR(got.result.metrics.throughput_per_s, 10, 0.1);
    weir_test_result_fini(&got);
}

static void simgrid_options_pass_through(void)
{
    /* LV08 multiplies the latency of 10 ms by 13.01. */
    struct weir_test_result got = run(
        JOB(ONE_BY_ONE " \"simgrid\": {\"network/model\": \"LV08\"},",
            EVEN("10/s") "\"sink\": {\"host\": \"cloud\"}, \"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\"}]"));
    CU_ASSERT(got.result.metrics.network_s > 0.130 && got.result.metrics.network_s < 0.132);
    weir_test_result_fini(&got);
}

/* Two instances of a make 10 items each of the items of 0 and 1 s; c has room for 2 and takes a second for one. What
 * the first sends goes in piece by piece, and it keeps its place in line: its items are done after 1 to 10 s, those of
 * the other at 11 to 20 s, after 10 to 19 s: the tenth and the eleventh of all, by latency, took 10 s. */
static void who_is_half_in_keeps_its_place(void)
{
    struct weir_test_result got = weir_test_run(
        PLATFORM,
        "{\"duration\": \"30s\", \"items_per_batch\": 10, \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": "
        "\"cloud4\","
        " \"slo\": \"9.5s\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\", \"count\": 2}, \"operators\": ["
        "  {\"name\": \"a\", \"flops\": \"1kf\", \"selectivity\": 10, \"parallelism\": 2},"
        "  {\"name\": \"c\", \"flops\": \"1Gf\", \"capacity\": 2}]}]}}",
        "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.delivered, 20, 0);
    CHECK_NEAR(got.result.metrics.latency_p50_s, 10, 10.0 / 128);
    CHECK_NEAR(got.result.metrics.slo_violations, 11.0 / 20, 1e-9);
    weir_test_result_fini(&got);
}

/* Items of 0.1 s each half second from 0.95 s on. At 2, 4, ... s the one that came 50 ms before is in service; when
 * that is over, the instance stands still for 0.6 s, so that the next one has 0.2 s to wait, and nobody else has. */
static void a_busy_instance_stands_still_for_its_checkpoint(void)
{
    struct weir_test_result got = run(
        "{\"platform\": \"\", \"duration\": \"20.2s\", \"faults\": [{\"host\": \"cloud4\", \"at\": \"1s\", \"for\": "
        "\"1s\"}], \"recovery\": {\"checkpoint_interval\": \"2s\", \"checkpoint_time\": \"600ms\"}, \"workload\": "
        "{\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge2\"}, \"load\": {\"kind\": \"constant\", \"rate\": "
        "\"2/s\", \"start\": \"950ms\"}, \"operators\": [{\"name\": \"a\", \"flops\": \"100Mf\", \"state\": "
        "\"1kB\", \"placement\": {\"host\": \"edge2\"}}]}]}}");
    CHECK_NEAR(got.result.metrics.delivered, 39, 0);
    CHECK_NEAR(got.result.metrics.latency_max_s, 0.3, 1e-9);
    CHECK_NEAR(got.result.metrics.latency_mean_s, (39 * 0.1 + 9 * 0.2) / 39, 1e-9);
    weir_test_result_fini(&got);
}

/* A thousand items in the first second, 10 ms of work each: 900 wait at its end, one is in service, one in the input
 * and one in hand; of the time after a warm-up of 8.5 s it is 100 less three. */
static void the_longest_backlog_after_the_warm_up(void)
{
    static const struct {
        const char *warmup;
        double most;
    } rows[] = {{"0s", 897}, {"8500ms", 97}};
    for (int r = 0; r < 2; r++) {
        char *text = weir_format(
            "{\"duration\": \"20s\", \"window\": \"1s\", \"warmup\": \"%s\", \"workload\": {\"jobs\": [{"
            "\"name\": \"j\", \"source\": {\"host\": \"edge2\"}, \"load\": {\"kind\": \"constant\", "
            "\"rate\": \"1000/s\", \"count\": 1000}, \"operators\": [{\"name\": \"a\", \"flops\": \"10Mf\", "
            "\"capacity\": 1, \"placement\": {\"host\": \"edge2\"}}]}]}}",
            rows[r].warmup);
        struct weir_test_result got = run(text);
        CHECK_NEAR(got.result.metrics.backlog_max, rows[r].most, 1);
        weir_test_result_fini(&got);
        free(text);
    }
}

/* Of three items at once, that a only hands on, b takes 100 ms each, and one waits at its input: the third is held in a
 * until 100 ms, and goes on to c then, which leads the first two on at once. What is held stands still for both edges
 * alike. */
static void what_is_held_stands_still(void)
{
    static const char *const modes[] = {"", ONE_BY_ONE};
    for (int m = 0; m < 2; m++) {
        char *scenario = weir_format(
            JOB("%s", "\"load\": {\"kind\": \"constant\", \"rate\": \"1000000000/s\", \"count\": 3}, \"operators\": ["
                      "{\"name\": \"a\", \"flops\": 0}, {\"name\": \"b\", \"flops\": \"100Mf\", \"capacity\": 1},"
                      " {\"name\": \"c\", \"flops\": \"30Mf\"}], \"edges\": [[\"source\", \"a\"], [\"a\", \"b\"],"
                      " [\"a\", \"c\"], [\"b\", \"sink\"], [\"c\", \"sink\"]]"),
            modes[m]);
        struct weir_test_result got = run(scenario);
        CU_ASSERT_EQUAL_FATAL(got.result.path_count, 2);
        for (int p = 0; p < 2; p++) {
            const struct weir_path_total *path = &got.result.paths[p];
            bool slow = strstr(path->path, "> b >") != NULL;
            CHECK_NEAR(path->blocked_s, 0.1 / 3, 1e-8);
            CHECK_NEAR(path->service_s, slow ? 0.1 : 0.03, 1e-8);
            CHECK_NEAR(path->waiting_s, slow ? (0.1 + 0.1) / 3 : 0.03 / 3, 1e-8); /* in c the second behind the first */
            CHECK_NEAR(path->network_s, 0, 0);
        }
        weir_test_result_fini(&got);
        free(scenario);
    }
}

/* All results of an item stand still with it: b takes two at once each 200 ms, and a, which makes two of each item in 1
 * ms, holds them for 199 ms. */
static void all_results_stand_still(void)
{
    struct weir_test_result got = run(
        JOB(ONE_BY_ONE "\"warmup\": \"5s\",",
            EVEN("10/s") "\"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\", \"selectivity\": 2}, {\"name\": \"b\","
                         " \"capacity\": 2, \"batch\": {\"items\": 2, \"flops\": \"200Mf\"}}]"));
    CHECK_NEAR(weir_test_op(&got, "j", "a")->blocked_s, 2 * 0.199, 1e-6);
    CHECK_NEAR(weir_test_op(&got, "j", "a")->service_s, 0.001, 1e-9);
    CHECK_NEAR(weir_test_op(&got, "j", "a")->backpressured, 0.995, 1e-9);
    CHECK_NEAR(weir_test_op(&got, "j", "b")->blocked_s, 0, 0);
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"a join waits for every input", a_join_waits_for_every_input},
        {"a merge takes what comes", a_merge_takes_what_comes},
        {"joins match across instances", joins_match_across_instances},
        {"windows leave at their end", windows_leave_at_their_end},
        {"batches are cut at window ends", batches_are_cut_at_window_ends},
        {"a filter passes its share", a_filter_passes_its_share},
        {"keys go to their instance", keys_go_to_their_instance},
        {"who is half in keeps its place", who_is_half_in_keeps_its_place},
        {"jobs come and go", jobs_come_and_go},
        {"a bounded backlog drops", a_bounded_backlog_drops},
        {"the sink may be far", the_sink_may_be_far},
        {"state grows up to its cap", state_grows_up_to_its_cap},
        {"SimGrid options pass through", simgrid_options_pass_through},
        {"a busy instance stands still for its checkpoint", a_busy_instance_stands_still_for_its_checkpoint},
        {"the longest backlog after the warm-up", the_longest_backlog_after_the_warm_up},
        {"what is held stands still", what_is_held_stands_still},
        {"all results stand still", all_results_stand_still},
        {0},
    };
    return weir_test_main("engine/features", cases, argc, argv);
}
