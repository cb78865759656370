/* Queues as real systems bound them: in bytes, with a low watermark, with a longest wait. What is measured of real
 * systems stands beside what weir gives. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

static struct weir_test_result run(const char *scenario)
{
    struct weir_test_result got = weir_test_run(PLATFORM, scenario, "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(PLATFORM, scenario, &got);
    return got;
}

/* HAProxy 2.6, maxconn 1, service 0.3 s, timeout queue 1 s, 20 requests at once: 4 served, 16 refused at 1.0 s. One is
 * served at 0, 0.3, 0.6 and 0.9 s each; then it is 1.0 s, and those of 0 to 19 us leave by 1.000019 s. */
static void haproxy(void)
{
    static const struct {
        const char *until;
        double dropped;
    } cases[] = {{"0.9999s", 0}, {"1.0000095s", 6}, {"10s", 16}}; /* those of 4 to 9 us by then */
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"%s\", \"window\": \"500ms\", \"workload\": {\"jobs\": [{\"name\": "
            "\"j\","
            " \"source\": \"edge\", \"slo\": \"1s\", \"load\": {\"kind\": \"constant\", \"rate\": \"1000000/s\","
            " \"count\": 20}, \"operators\": [{\"name\": \"a\", \"flops\": \"300Mf\", \"max_wait\": \"1s\"}]}]}}",
            cases[c].until);
        for (int all = 0; all < 2; all++) {
            struct weir_test_result got = run(all ? weir_test_all(scenario) : scenario);
            CHECK_NEAR(got.result.metrics.dropped, cases[c].dropped, 0);
            if (c == 2) {
                CHECK_NEAR(got.result.metrics.delivered, 4, 0);
                CHECK_NEAR(got.result.metrics.latency_max_s, 1.2 - 3e-6, 1e-9);
                /* Late or dropped are all but those of 0.3, 0.6 and 0.9 s. */
                CHECK_NEAR(got.result.metrics.slo_violations, 17 / 20., 1e-9);
            }
            weir_test_result_fini(&got);
        }
        free(scenario);
    }
}

/* An item whose turn comes at the very date goes into service: 0.25 s each, and 1 s is exact. */
static void the_turn_comes_before_the_end_of_the_wait(void)
{
    struct weir_test_result got = run(
        "{\"platform\": \"\", \"duration\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\","
        " \"load\": {\"kind\": \"constant\", \"rate\": \"8/s\", \"count\": 60}, \"operators\": [{\"name\": \"a\","
        " \"flops\": \"250Mf\", \"max_wait\": \"1s\"}]}]}}");
    /* Arrivals at n / 8 s, services from 0.25 k s on: item n waits n / 8 s, until from the eighth on each second one
     * has waited 1 s when its turn comes, and the others would have 1.125 s. */
    CHECK_NEAR(got.result.metrics.latency_max_s, 1.25, 1e-9);
    CHECK_NEAR(got.result.metrics.delivered + got.result.metrics.dropped, 60, 0);
    CHECK_NEAR(got.result.metrics.delivered, 34, 0);
    weir_test_result_fini(&got);
}

/* The wait counts from when an item has come in: 20 items come at once from 10 ms away and take 199 ms each. The sixth
 * has its turn at 10 + 5 x 199 = 1005 ms, 5 ms before the others leave. */
static void the_way_is_no_wait(void)
{
    struct weir_test_result got = run(
        "{\"platform\": \"\", \"duration\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\","
        " \"load\": {\"kind\": \"constant\", \"rate\": \"1000000/s\", \"count\": 20}, \"operators\": [{\"name\": \"a\","
        " \"flops\": \"199Mf\", \"max_wait\": \"1s\", \"placement\": \"cloud\"}]}]}}");
    CHECK_NEAR(got.result.metrics.delivered, 6, 0);
    CHECK_NEAR(got.result.metrics.dropped, 14, 0);
    weir_test_result_fini(&got);
}

/* Customers who leave an M/M/1 queue after waiting T [barrer-1957]:
 *   lost = (1 - r) r e / (1 - r^2 e),  e = exp(-(m - l) T),  with r = l / m. */
static double lost(const struct weir_test_result *got)
{
    return got->result.metrics.dropped / (got->result.metrics.dropped + got->result.metrics.delivered);
}
static void impatient_customers(void)
{
    static const double rates[] = {8, 12}; /* of 10/s */
    for (int r = 0; r < 2; r++) {
        double rho = rates[r] / 10, e = exp(-(10 - rates[r]) * 0.3);
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"10000s\", \"warmup\": \"100s\", \"window\": \"100s\", \"workload\": "
            "{\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"load\": {\"kind\": \"poisson\", \"rate\": \"%g/s\"},"
            " \"operators\": [{\"name\": \"a\", \"flops\": {\"mean\": \"100Mf\", \"distribution\": \"exponential\"},"
            " \"max_wait\": \"300ms\"}]}]}}",
            rates[r]);
        weir_test_seeds("share lost", PLATFORM, scenario, 5, 0, lost, (1 - rho) * rho * e / (1 - rho * rho * e), 0.03);
        free(scenario);
    }
}

/* GStreamer 1.22, a queue of 10 buffers, overload 2 : 1: block loses none, 212 ms; leaky upstream loses the newest,
 * 199 ms; leaky downstream the oldest, as many, 98 ms. Here, as 1 / 128 is exact, what comes each 7.8125 ms takes
 * 15.625 ms; an end of service comes before an arrival of the same date. In a queue that is full of 10, what comes
 * waits for ten services; of the last ten that came, the oldest came ten arrivals before its service: 2 : 1 again. */
static void gstreamer(void)
{
    static const struct {
        const char *full;
        double waits_s, lost;
    } cases[] = {{"block", 10 / 64., 0}, {"drop-new", 10 / 64., 0.5}, {"drop-old", 10 / 128., 0.5}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"100s\", \"warmup\": \"50s\", \"workload\": {\"jobs\": [{\"name\": "
            "\"j\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"128/s\"}, \"operators\": ["
            "{\"name\": \"a\", \"flops\": \"15.625Mf\", \"capacity\": 10}], \"edges\": [{\"from\": \"source\", \"to\": "
            "\"a\", \"full\": \"%s\"}, [\"a\", \"sink\"]]}]}}",
            cases[c].full);
        struct weir_test_result got = run(scenario);
        CHECK_NEAR(got.result.metrics.waiting_s, cases[c].waits_s, 1e-9);
        CHECK_NEAR(lost(&got), cases[c].lost, 1e-3);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

/* A fast producer and a consumer of 10/s. */
#define STEPS(first, operators)                                                                                        \
    "{\"platform\": \"\", \"duration\": \"300s\", \"warmup\": \"60s\", \"workload\": {\"jobs\": [{\"name\": \"j\","    \
    " \"source\": \"" first "\", \"source_bytes\": \"100B\", \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"}," \
    " \"operators\": [" operators "]}]}}"

/* ZeroMQ PUSH/PULL inproc, both high-water marks 10: exactly 20 held, credit returns 10 at a time. 20 wait behind the
 * one in service, then 19, ... 11; at 10 there is room for 10 more: 15.5 on average. Without the watermark it is
 * always 20. The same in bytes, of 100 B each. */
static void zeromq(void)
{
    static const struct {
        const char *scenario;
        double mean, most;
    } cases[] = {
        {STEPS("edge", "{\"name\": \"a\", \"flops\": \"100Mf\", \"capacity\": 20, \"low_watermark\": 10}"), 15.5, 20},
        {STEPS("edge", "{\"name\": \"a\", \"flops\": \"100Mf\", \"capacity\": 20}"), 20, 20},
        {STEPS("edge", "{\"name\": \"a\", \"flops\": \"100Mf\", \"capacity_bytes\": \"2kB\"}"), 20, 20},
        {STEPS("edge", "{\"name\": \"a\", \"flops\": \"100Mf\", \"capacity_bytes\": \"2099B\", \"low_watermark\": 10}"),
         15.5, 20},
        {STEPS("edge", "{\"name\": \"a\", \"flops\": \"100Mf\", \"capacity_bytes\": \"50B\"}"), 1, 1},
        {STEPS("edge", "{\"name\": \"a\", \"flops\": \"100Mf\", \"capacity\": 5, \"capacity_bytes\": \"2kB\"}"), 5, 5},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct weir_test_result got = run(cases[c].scenario);
        CHECK_NEAR(weir_test_op(&got, "j", "a")->queue_mean, cases[c].mean, 0.01);
        CHECK_NEAR((double)weir_test_op(&got, "j", "a")->queue_max, cases[c].most, 0);
        weir_test_result_fini(&got);
    }
}

/* Over a network, too: with 100 Mbit/s and 10 ms between them as many wait at the input, and none beyond it. */
static void steps_over_a_connection(void)
{
    struct weir_test_result got = run(STEPS("edge", "{\"name\": \"a\", \"flops\": \"100Mf\", \"capacity\": 20,"
                                                    " \"low_watermark\": 10, \"placement\": \"cloud4\"}"));
    CHECK_NEAR((double)weir_test_op(&got, "j", "a")->queue_max, 20, 0);
    /* 10 are asked for when 10 wait, and come within 10 ms and some: before the next is served. */
    CHECK_NEAR(weir_test_op(&got, "j", "a")->queue_mean, 15.5, 1.1);
    CHECK_NEAR(got.result.metrics.throughput_per_s, 10, 0.01);
    weir_test_result_fini(&got);
}

/* Node.js 20, a Readable piped to a Writable, both marks 16: 16 to 31 ahead, a sawtooth. Of the Writable's 16 one is
 * served and 15 wait; it takes more when none waits; before it 14 wait and one is in the hand that cannot write:
 * ahead are 15 + 15 + 1 = 31, 30, ... 16, and then 31 again. */
static void node(void)
{
    struct weir_test_result got = run(STEPS("edge2", "{\"name\": \"read\", \"capacity\": 14},"
                                                     "{\"name\": \"write\", \"flops\": \"100Mf\", \"capacity\": 15,"
                                                     " \"low_watermark\": 0}"));
    CHECK_NEAR((double)weir_test_op(&got, "j", "write")->queue_max, 15, 0);
    CHECK_NEAR(weir_test_op(&got, "j", "write")->queue_mean, 8, 0.01); /* of 15, 14, ... 1 */
    CHECK_NEAR(weir_test_op(&got, "j", "read")->queue_mean, 14, 0.2);  /* 150 ms to be filled again in 1.5 s */
    CHECK_NEAR(got.result.metrics.throughput_per_s, 10, 0.1);
    weir_test_result_fini(&got);
}

/* What leaves by itself holds no checkpoint up, keeps no change of plan from draining, and is no more than it was: 100
 * items at once, of which 1 s lets 10 in. Far back they wait packed. */
static void who_leaves_holds_nobody_up(void)
{
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"30s\", \"recovery\": {\"delivery\": \"exactly-once\","
            " \"checkpoint_interval\": \"2s\"}, \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\","
            " \"load\": {\"kind\": \"constant\", \"rate\": \"1000000/s\", \"count\": 100}, \"operators\": [{\"name\":"
            " \"a\", \"flops\": \"95Mf\", \"max_wait\": \"1s\"}]}]}}");
    CHECK_NEAR(got.result.metrics.delivered, 11, 0);
    CHECK_NEAR(got.result.metrics.dropped, 89, 0);
    CHECK_NEAR(got.result.metrics.latency_max_s, 2, 1e-4); /* with the checkpoint of 2 s */
    weir_test_result_fini(&got);
    /* Two instances at one queue: twice as many. */
    got = run("{\"platform\": \"\", \"duration\": \"30s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\":"
              " \"edge2\", \"load\": {\"kind\": \"constant\", \"rate\": \"1000000/s\", \"count\": 100}, \"operators\":"
              " [{\"name\": \"a\", \"flops\": \"95Mf\", \"max_wait\": \"1s\", \"queue\": \"shared\", \"parallelism\":"
              " 2}]}]}}");
    CHECK_NEAR(got.result.metrics.delivered, 22, 0);
    weir_test_result_fini(&got);
}

/* The instances that serve the items, in the order of coming, by their numbers. */
static void served_by(const char *weights, const char *wanted)
{
    char *scenario = weir_format(
        "{\"platform\": \"\", \"duration\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\","
        " \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\", \"count\": %zu}, \"operators\": [{\"name\": \"a\","
        " \"flops\": \"1Mf\", \"parallelism\": 3%s, \"placement\": \"cloud4\"}]}]}}",
        strlen(wanted), weights);
    struct weir_test_result got = weir_test_run_traced(PLATFORM, scenario, "static", 1, weir_catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    char order[32] = "";
    double begun_s[32], start_s, end_s;
    int kind, number, count = 0;
    for (const char *line = got.spans; *line && count < 31; line = strchr(line, '\n') + 1) {
        if (sscanf(line, "%lf %lf %d %*s %*s j a %d", &start_s, &end_s, &kind, &number) != 4 || kind != WEIR_SPAN_BUSY)
            continue;
        int at = count++; /* spans are told as they end */
        for (; at > 0 && begun_s[at - 1] > start_s; at--) {
            begun_s[at] = begun_s[at - 1];
            order[at] = order[at - 1];
        }
        begun_s[at] = start_s;
        order[at] = (char)('a' + number);
    }
    CU_ASSERT_STRING_EQUAL(order, wanted);
    weir_test_result_fini(&got);
    free(scenario);
}

/* nginx 1.22, weights 5, 1, 1: a a b a c a a, and again. Of weights w each turn adds w to what an instance has, the
 * first of those with most is taken and gives the sum back: of 1, 2, 1 that is b (1 2 1), a (2 0 2), c (-1 2 3), b (0 4
 * 0). */
static void nginx(void)
{
    served_by(", \"weights\": [5, 1, 1]", "aabacaaaabacaa");
    served_by(", \"weights\": [1, 2, 1]", "bacbbacb");
    served_by(", \"weights\": [0.1, 0.1, 0.1]", "abcabc");
    served_by("", "abcabc");
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"haproxy", haproxy},
        {"the turn comes before the end of the wait", the_turn_comes_before_the_end_of_the_wait},
        {"the way is no wait", the_way_is_no_wait},
        {"impatient customers, many items", impatient_customers},
        {"gstreamer", gstreamer},
        {"nginx", nginx},
        {"zeromq", zeromq},
        {"steps over a connection", steps_over_a_connection},
        {"node", node},
        {"who leaves holds nobody up", who_leaves_holds_nobody_up},
        {0}};
    return weir_test_main("engine/queues", cases, argc, argv);
}
