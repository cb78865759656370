/* What makes services and ways longer: instances that hinder each other, state that grows, want of rest, and an edge to
 * the sink that nears its rate; and a full backlog that jumps to what comes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

enum { CLOUD4 = 3 }; /* in the order of the platform file */

static struct weir_test_result run(const char *scenario)
{
    struct weir_test_result got = weir_test_run(PLATFORM, scenario, "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(PLATFORM, scenario, &got);
    return got;
}

/* n of four cores, 10 ms of work, contention 0.1, coherence 0.02: each item takes 10, 11.4, 13.2, 15.4 ms. All have
 * something to do all the time: n / that come out. */
static void instances_hinder_each_other(void)
{
    static const double slow[] = {1, 1.14, 1.32, 1.54};
    for (int n = 1; n <= 4; n++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"100s\", \"warmup\": \"10s\", \"workload\": {\"jobs\": [{\"name\": "
            "\"j\","
            " \"source\": \"cloud4\", \"load\": {\"kind\": \"constant\", \"rate\": \"1000/s\"}, \"operators\": ["
            "{\"name\": \"a\", \"flops\": \"10Mf\", \"parallelism\": %d,"
            " \"scaling\": {\"contention\": 0.1, \"coherence\": 0.02}}]}]}}",
            n);
        for (int all = 0; all < 2; all++) {
            struct weir_test_result got = run(all ? weir_test_all(scenario) : scenario);
            CHECK_NEAR(got.result.metrics.service_s, 0.01 * slow[n - 1], 1e-9);
            CHECK_NEAR(got.result.metrics.throughput_per_s, n / (0.01 * slow[n - 1]), 0.1);
            weir_test_result_fini(&got);
        }
        free(scenario);
    }
}

/* From the first window's end on there are three. */
static int grow(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct weir_placement wish[3] = {{CLOUD4, 1, 1}, {CLOUD4, 1, 1}, {CLOUD4, 1, 1}};
    if (view->window == 3)
        weir_plan_set(plan, 0, 0, wish, 3, "as the test says");
    return 0;
}
static const struct weir_policy growing = {
    .abi = WEIR_POLICY_ABI, .name = "grow", .summary = "Grows.", .source = "", .window_ends = grow};
static const struct weir_policy *const catalog[] = {&growing, NULL};

/* One item a second, at 0.5, 1.5, ... 59.5 s: the 20 of before 20 s take 10 ms, the 40 others 13.2 ms. */
static void as_many_as_there_are(void)
{
    const char *scenario =
        "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"costs\": {\"start\": \"0s\"}, \"workload\":"
        " {\"jobs\": [{\"name\": \"j\", \"source\": \"cloud4\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\","
        " \"start\": \"500ms\"}, \"operators\": [{\"name\": \"a\", \"flops\": \"10Mf\","
        " \"scaling\": {\"contention\": 0.1, \"coherence\": 0.02}}]}]}}";
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, scenario, "grow", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.service_s, (20 * 0.01 + 40 * 0.0132) / 60, 1e-9);
    weir_test_result_fini(&got);
}

/* The same with state: what is restored at 20 s takes 0.2 + 1 s, 0.5 s for each of the three, and a third of 6 s. */
static void a_change_takes_longer_with_more_instances(void)
{
    const char *scenario =
        "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"costs\": {\"start\": \"0s\", \"restore\":"
        " \"1s\", \"each\": \"500ms\", \"shared\": \"6s\"}, \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": "
        "\"cloud4\", \"load\":"
        " {\"kind\": \"constant\", \"rate\": \"1/s\", \"start\": \"500ms\"}, \"operators\": [{\"name\": \"a\","
        " \"flops\": \"10Mf\", \"state\": \"1MB\"}]}]}}";
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, scenario, "grow", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.paused_s, 0.2 + 1 + 3 * 0.5 + 6 / 3., 1e-9);
    weir_test_result_fini(&got);
}

/* An item a second; the k-th finds k kB, of which an instance has an equal part: 100 flop a byte are 0.1 ms a kB. In
 * batches of ten items it is the state at the beginning of the batch. */
static void state_slows(void)
{
    static const struct {
        const char *more;
        int instances;
        double wanted_s;
    } cases[] = {{"", 1, 0.01 + 49.5 * 1e-4},
                 {"", 2, 0.01 + 49.5 * 0.5e-4},
                 {"\"max\": \"50kB\", ", 1, 0.01 + (49 * 25 + 50 * 50) / 100. * 1e-4}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"101s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\":"
            " \"cloud4\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\", \"count\": 100}, \"operators\": ["
            "{\"name\": \"a\", \"flops\": \"10Mf\", \"parallelism\": %d,"
            " \"state\": {\"per_item\": \"1kB\", %s\"flops\": \"100f\"}}]}]}}",
            cases[c].instances, cases[c].more);
        struct weir_test_result got = run(scenario);
        CHECK_NEAR(got.result.metrics.service_s, cases[c].wanted_s, 1e-9);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

#define LEAST  0.5
#define TIME_S 20.

/* The end of the n-th service of 0.1 s of an instance that begins at 0 and has no rest. */
static double tired_end_s(int services)
{
    double t = 0;
    for (int i = 0; i < services; i++)
        t += 0.1 / (LEAST + (1 - LEAST) * exp(-t / TIME_S));
    return t;
}

/* 200 items come at 100/s and are served one after the other, slower and slower. Items that come one by one find it
 * fresh. */
static void an_instance_tires(void)
{
    static const struct {
        const char *load;
        double wanted_s;
    } cases[] = {{"\"rate\": \"100/s\", \"count\": 200", NAN}, {"\"rate\": \"5/s\", \"count\": 200", 0.1}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"100s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\":"
            " \"edge\", \"load\": {\"kind\": \"constant\", %s}, \"operators\": [{\"name\": \"a\", \"flops\": \"100Mf\","
            " \"tires\": {\"least\": 0.5, \"time\": \"20s\"}}]}]}}",
            cases[c].load);
        double wanted_s = isnan(cases[c].wanted_s) ? tired_end_s(200) - 1.99 : cases[c].wanted_s;
        for (int all = 0; all < 2; all++) {
            struct weir_test_result got = run(all ? weir_test_all(scenario) : scenario);
            CHECK_NEAR(got.result.metrics.latency_max_s, wanted_s, 1e-9);
            weir_test_result_fini(&got);
        }
        free(scenario);
    }
}

/* a is offered twice what it takes, and b is on a host that fails at 50.5 s: the job works again at 51 + 5 s, and a,
 * whose host is well, begins afresh. In the 10 s from then on it serves as many as if it had just begun,
 * where one that had gone on would serve 50 and a few. */
static void a_restart_is_a_rest(void)
{
    double processed = 0;
    int fresh = 0;
    while (tired_end_s(fresh + 1) <= 10)
        fresh++;
    for (int until_s = 56; until_s <= 66; until_s += 10) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"%ds\", \"faults\": [{\"host\": \"cloud\", \"at\": \"50500ms\","
            " \"for\": \"100ms\"}], \"recovery\": {\"restart\": \"5s\", \"checkpoint_interval\": \"10s\"},"
            " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge2\", \"load\": {\"kind\": \"constant\","
            " \"rate\": \"20/s\"}, \"operators\": [{\"name\": \"a\", \"flops\": \"100Mf\","
            " \"tires\": {\"least\": 0.5, \"time\": \"20s\"}}, {\"name\": \"b\", \"placement\": \"cloud\"}]}]}}",
            until_s);
        struct weir_test_result got = run(scenario);
        processed = (double)weir_test_op(&got, "j", "a")->processed - processed;
        weir_test_result_fini(&got);
        free(scenario);
    }
    CHECK_NEAR(processed, fresh, 1);
    CU_ASSERT(fresh > 80);
}

/* An item each 10 ms is 1 ms in service and 10 ms on its way; the edge delays it by 30 ms in the first second, and
 * by 30 / (1 - 100 / 400) = 40 ms when it has counted 100 in one. Of 50/s it could bear it is offered twice as many: a
 * hundred times the delay. */
static void a_delay_grows_with_the_rate(void)
{
    static const struct {
        const char *delay;
        double first_s, then_s;
    } cases[] = {{"\"30ms\"", 0.03, 0.03},
                 {"{\"time\": \"30ms\", \"rate\": \"400/s\", \"over\": \"1s\"}", 0.03, 0.04},
                 {"{\"time\": \"30ms\", \"rate\": \"50/s\", \"over\": \"1s\"}", 0.03, 3}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"20s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\":"
            " \"edge2\", \"sink\": \"cloud\", \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\", \"count\": 1000},"
            " \"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\"}], \"edges\": [[\"source\", \"a\"],"
            " {\"from\": \"a\", \"to\": \"sink\", \"delay\": %s}]}]}}",
            cases[c].delay);
        for (int all = 0; all < 2; all++) {
            struct weir_test_result got = run(all ? weir_test_all(scenario) : scenario);
            CHECK_NEAR(got.result.metrics.latency_mean_s, 0.011 + 0.1 * cases[c].first_s + 0.9 * cases[c].then_s, 1e-9);
            CHECK_NEAR(got.result.metrics.latency_max_s, 0.011 + cases[c].then_s, 1e-9);
            CHECK_NEAR(got.result.metrics.delivered, 1000, 0);
            weir_test_result_fini(&got);
        }
        free(scenario);
    }
}

/* In batches an item's clock has the delay once, and no part of it as time on the wire. */
static void a_delay_is_no_time_on_the_wire(void)
{
    struct weir_test_result got = run(
        "{\"platform\": \"\", \"duration\": \"20s\", \"batch_span\": \"100ms\", \"workload\": {\"jobs\": [{\"name\":"
        " \"j\", \"source\": \"edge2\", \"sink\": \"cloud\", \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\","
        " \"count\": 1000}, \"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\"}], \"edges\": [[\"source\", \"a\"],"
        " {\"from\": \"a\", \"to\": \"sink\", \"delay\": \"500ms\"}]}]}}");
    CHECK_NEAR(got.result.metrics.latency_mean_s, 0.511, 1e-9);
    CHECK_NEAR(got.result.metrics.latency_max_s, 0.511, 1e-9);
    weir_test_result_fini(&got);
}

/* What a source with room for ten does, by brute force: one item in service for 0.99 s, one in the input, one in the
 * hands of the source. Four come a second. */
static void brute_force(double until_s, int *delivered, int *dropped, double *latency_s)
{
    double waits[16], ends_s = INFINITY, serves = 0, input = -1, hand = -1;
    int count = 0, next = 0;
    *delivered = *dropped = 0;
    *latency_s = 0;
    for (;;) {
        double comes_s = next * 0.25, now_s = fmin(comes_s, ends_s);
        if (now_s >= until_s)
            break;
        if (now_s == ends_s) {
            *latency_s += now_s - serves;
            ++*delivered;
            ends_s = INFINITY;
        } else {
            if (count == 10) {
                *dropped += 10;
                count = 0;
            }
            waits[count++] = comes_s;
            next++;
        }
        for (int i = 0; i < 3; i++) { /* what can go on goes on */
            if (isinf(ends_s) && input >= 0) {
                serves = input;
                input = -1;
                ends_s = now_s + 0.99;
            }
            if (input < 0 && hand >= 0) {
                input = hand;
                hand = -1;
            }
            if (hand < 0 && count > 0) {
                hand = waits[0];
                count--;
                memmove(waits, waits + 1, (size_t)count * sizeof *waits);
            }
        }
    }
    *latency_s /= *delivered;
}

static void a_full_backlog_jumps_to_what_comes(void)
{
    struct weir_test_result got = run(
        "{\"platform\": \"\", \"duration\": \"100s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\","
        " \"load\": {\"kind\": \"constant\", \"rate\": \"4/s\"}, \"backlog\": {\"capacity\": 10, \"full\": \"latest\"},"
        " \"operators\": [{\"name\": \"a\", \"flops\": \"990Mf\", \"capacity\": 1}]}]}}");
    int delivered, dropped;
    double latency_s;
    brute_force(100, &delivered, &dropped, &latency_s);
    CHECK_NEAR(got.result.metrics.delivered, delivered, 0);
    CHECK_NEAR(got.result.metrics.dropped, dropped, 0);
    CHECK_NEAR(got.result.metrics.latency_mean_s, latency_s, 1e-9);
    CU_ASSERT(dropped > 200);
    weir_test_result_fini(&got);
}

/* A restart takes "restart_each" for each of the four instances, of which three have failed: with 2 s and 4 x 0.5 s all
 * is as with 4 s. A quarter of a "restart_shared" of 8 s is as much. */
static void a_restart_takes_longer_with_more_instances(void)
{
#define FAILS(recovery)                                                                                                \
    "{\"platform\": \"\", \"duration\": \"60s\", \"faults\": [{\"host\": \"cloud4\", \"at\": \"10500ms\", \"for\":"    \
    " \"200ms\"}], \"recovery\": {" recovery                                                                           \
    ", \"checkpoint_interval\": \"1s\"}, \"workload\": {\"jobs\": [{\"name\":"                                         \
    " \"j\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\"}, \"operators\": [{\"name\":" \
    " \"a\", \"flops\": \"10Mf\", \"parallelism\": 3, \"placement\": \"cloud4\"}, {\"name\": \"b\", \"placement\":"    \
    " \"cloud\"}]}]}}"
    struct weir_test_result none = run(FAILS("\"restart\": \"2s\""));
    struct weir_test_result each = run(FAILS("\"restart\": \"2s\", \"restart_each\": \"500ms\""));
    struct weir_test_result all = run(FAILS("\"restart\": \"4s\""));
    struct weir_test_result shared = run(FAILS("\"restart\": \"2s\", \"restart_shared\": \"8s\""));
    CHECK_NEAR(each.result.metrics.latency_max_s - none.result.metrics.latency_max_s, 2, 1e-9);
    CHECK_NEAR(each.result.metrics.latency_mean_s, all.result.metrics.latency_mean_s, 1e-12);
    CHECK_NEAR(each.result.metrics.latency_max_s, all.result.metrics.latency_max_s, 1e-12);
    CHECK_NEAR(shared.result.metrics.latency_mean_s, all.result.metrics.latency_mean_s, 1e-12);
    weir_test_result_fini(&none);
    weir_test_result_fini(&each);
    weir_test_result_fini(&all);
    weir_test_result_fini(&shared);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"instances hinder each other", instances_hinder_each_other},
        {"as many as there are", as_many_as_there_are},
        {"a change takes longer with more instances", a_change_takes_longer_with_more_instances},
        {"state slows", state_slows},
        {"an instance tires", an_instance_tires},
        {"a restart is a rest", a_restart_is_a_rest},
        {"a delay grows with the rate", a_delay_grows_with_the_rate},
        {"a delay is no time on the wire", a_delay_is_no_time_on_the_wire},
        {"a full backlog jumps to what comes", a_full_backlog_jumps_to_what_comes},
        {"a restart takes longer with more instances", a_restart_takes_longer_with_more_instances},
        {0}};
    return weir_test_main("engine/pace", cases, argc, argv);
}
