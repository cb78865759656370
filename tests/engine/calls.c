/* Services that fail, and are tried again, twice at once, or not at all for a while; instances that serve several items
 * at once. */
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
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

/* One operator on cloud4, whose source is there. */
#define ONE(duration, load, op)                                                                                        \
    "{\"platform\": \"\", \"duration\": \"" duration "\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": "    \
    "\"cloud4\", \"slo\": \"1s\", \"load\": {" load "}, \"operators\": [{\"name\": \"b\", " op "}]}]}}"
#define EACH(rate, start, count)                                                                                       \
    "\"kind\": \"constant\", \"rate\": \"" rate "\", \"start\": \"" start "\", \"count\": " count

static void check(const struct weir_test_result *got, double delivered, double failed, double retries, double rejected)
{
    CHECK_NEAR(got->result.metrics.delivered, delivered, 0);
    CHECK_NEAR(got->result.metrics.failed_attempts, failed, 0);
    CHECK_NEAR(got->result.metrics.retries, retries, 0);
    CHECK_NEAR(got->result.metrics.rejected, rejected, 0);
}

/* All fail: each item is served three times, 10 ms each, 100 and 300 ms later, and given up: 100 x 30 ms of work of
 * four cores for 100 s. Without "retry" once. */
static void retries_back_off_and_end(void)
{
    struct weir_test_result got = run(ONE("100s", EACH("1/s", "500ms", "100"),
                                          "\"flops\": \"10Mf\", \"fails\": 1, \"retry\": {\"attempts\": 3, \"delay\": "
                                          "\"100ms\", \"multiplier\": 3}"));
    check(&got, 0, 300, 200, 0);
    CHECK_NEAR(got.result.metrics.dropped, 100, 0);
    CHECK_NEAR(got.result.metrics.cpu_cloud, 100 * 0.03 / 100 / 5, 1e-9); /* cloud has a core, too */
    weir_test_result_fini(&got);
    got = run(ONE("100s", EACH("1/s", "500ms", "100"), "\"flops\": \"10Mf\", \"fails\": 1"));
    check(&got, 0, 100, 0, 0);
    weir_test_result_fini(&got);
    /* Cut at 0.9 s: 0.5 + 0.01 + 0.1 + 0.01 + 0.3 s is later. With at most 200 ms, it is earlier. */
    got = run(ONE("915ms\", \"window\": \"500ms", EACH("1/s", "500ms", "1"),
                  "\"flops\": \"10Mf\", \"fails\": 1, \"retry\": {\"attempts\": 3, \"delay\": \"100ms\", "
                  "\"multiplier\": 3}"));
    check(&got, 0, 2, 1, 0);
    CHECK_NEAR(got.result.metrics.in_flight, 1, 0);
    weir_test_result_fini(&got);
    got = run(ONE("915ms\", \"window\": \"500ms", EACH("1/s", "500ms", "1"),
                  "\"flops\": \"10Mf\", \"fails\": 1, \"retry\": {\"attempts\": 3, \"delay\": \"100ms\", "
                  "\"multiplier\": 3, \"max_delay\": \"200ms\"}"));
    check(&got, 0, 3, 2, 0);
    weir_test_result_fini(&got);
}

/* Attempts an item: 1 + p + ... + p^(n - 1) = (1 - p^n) / (1 - p), of which p^n end in none. */
static double attempts(const struct weir_test_result *got)
{
    return 1 + got->result.metrics.retries / 4000;
}
static double given_up(const struct weir_test_result *got)
{
    return got->result.metrics.dropped / 4000;
}
static void retries_amplify_the_load(void)
{
    static const struct {
        double fails;
        int most;
    } cases[] = {{0.5, 4}, {0.3, 2}, {0.5, 1000}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario = weir_format(ONE("100s", EACH("100/s", "0s", "4000"),
                                         "\"flops\": \"1Mf\", \"fails\": %g, \"retry\": {\"attempts\": %d, \"delay\": "
                                         "\"20ms\", \"jitter\": 1}"),
                                     cases[c].fails, cases[c].most);
        double rest = pow(cases[c].fails, cases[c].most);
        weir_test_seeds("attempts an item", PLATFORM, scenario, 10, 1, attempts, (1 - rest) / (1 - cases[c].fails),
                        0.02);
        if (rest > 1e-3)
            weir_test_seeds("given up", PLATFORM, scenario, 10, 1, given_up, rest, 0.06);
        free(scenario);
    }
}

/* Of two exponential services of mean m the shorter one has the mean m / 2; where the second begins after d, the mean
 * is m (1 - e^(-d/m)) + e^(-d/m) m / 2. An item each second, so that none waits. */
static double mean_ms(const struct weir_test_result *got)
{
    return 1000 * got->result.metrics.latency_mean_s;
}
static void the_quicker_of_two(void)
{
    static const struct {
        const char *after;
        double mean_ms;
    } cases[] = {{"0s", 10}, {"20ms", 20 * (1 - 0.36787944117144233) + 10 * 0.36787944117144233}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario =
            weir_format(ONE("3000s", EACH("1/s", "0s", "3000"),
                            "\"flops\": {\"mean\": \"20Mf\", \"distribution\": \"exponential\"}, \"parallelism\": 2, "
                            "\"hedge\": {\"after\": \"%s\"}"),
                        cases[c].after);
        weir_test_seeds("mean of the quicker one, ms", PLATFORM, scenario, 10, 1, mean_ms, cases[c].mean_ms, 0.03);
        free(scenario);
    }
    /* Constant services of 100 ms, a second one after 30: the first is done, and the second is stopped: 170 ms of work.
     * One that still waits costs none: of three at once on two instances. */
    struct weir_test_result got = run(ONE(
        "10s", EACH("1/s", "0s", "10"), "\"flops\": \"100Mf\", \"parallelism\": 2, \"hedge\": {\"after\": \"30ms\"}"));
    check(&got, 10, 0, 0, 0);
    CHECK_NEAR(got.result.metrics.hedges, 10, 0);
    CHECK_NEAR(got.result.metrics.latency_mean_s, 0.1, 1e-9);
    CHECK_NEAR(got.result.metrics.cpu_cloud, 10 * 0.17 / 10 / 5, 1e-9);
    weir_test_result_fini(&got);
    /* Alone, there is no other instance. */
    got = run(ONE("10s", EACH("1/s", "0s", "10"), "\"flops\": \"100Mf\", \"hedge\": {\"after\": \"30ms\"}"));
    CHECK_NEAR(got.result.metrics.hedges, 0, 0);
    weir_test_result_fini(&got);
}

/* All fail, an item each second from 0.5 s on, 100 ms each: the third fails at 2.6 s, and until 12.6 s none is let
 * through, which are those of 3.5 to 12.5 s. That of 13.5 s is, and fails at 13.6 s, and so on each 11 s: of 60 items
 * those of 0.5, 1.5, 2.5, 13.5, 24.5, 35.5, 46.5 and 57.5 s are served. */
static void a_breaker_opens_and_tries(void)
{
    struct weir_test_result got = run(ONE("60s", EACH("1/s", "500ms", "60"),
                                          "\"flops\": \"100Mf\", \"fails\": 1, \"breaker\": {\"failures\": 3, "
                                          "\"open\": \"10s\"}"));
    check(&got, 0, 60, 0, 52);
    CHECK_NEAR(got.result.metrics.dropped, 60, 0);
    CHECK_NEAR(got.result.metrics.cpu_cloud, 8 * 0.1 / 60 / 5, 1e-9);
    weir_test_result_fini(&got);
}

/* It closes again. Items of 0.9 s at 0, 10, 20, 30 and 40 ms: one is served, and four have waited for 0.5 s at 0.51 to
 * 0.54 s: the third of these opens the breaker until 10.53 s. Of the items of 10.5, 11.5, ... s the first is refused,
 * the second tried, and all after it are served: 20 - 10.5 s, less the first. */
static void a_breaker_closes(void)
{
    struct weir_test_result got =
        run(ONE("20s",
                "\"kind\": \"steps\", \"arrivals\": \"even\", \"steps\": [{\"at\": \"0s\", \"rate\": \"100/s\"}, "
                "{\"at\": \"45ms\", \"rate\": \"0/s\"}, {\"at\": \"10s\", \"rate\": \"1/s\"}]",
                "\"flops\": \"900Mf\", \"max_wait\": \"500ms\", \"breaker\": {\"failures\": 3, \"open\": \"10s\"}"));
    check(&got, 1 + 8, 5, 0, 1);
    weir_test_result_fini(&got);
}

/* What has waited too long is tried again, too: three at once, 1 s each, wait 0.6 s at most. The second attempts are at
 * 0.6 + 0.3 s: one is served from 1 to 2 s, the other leaves at 1.5 s, comes at 1.8 s, and is served from 2 to 3 s. */
static void what_waits_too_long_is_tried_again(void)
{
    struct weir_test_result got =
        run(ONE("10s", EACH("1000000/s", "0s", "3"),
                "\"flops\": \"1Gf\", \"max_wait\": \"600ms\", \"retry\": {\"attempts\": 3, \"delay\": \"300ms\", "
                "\"multiplier\": 1}"));
    check(&got, 3, 3, 3, 0);
    CHECK_NEAR(got.result.metrics.latency_max_s, 3, 1e-5);
    CHECK_NEAR(got.result.metrics.latency_mean_s, 2, 1e-5);
    CHECK_NEAR(got.result.metrics.service_s, 1, 1e-9);
    weir_test_result_fini(&got);
}

/* Three items at once, of 100 ms, two at a time: 100, 100 and 200 ms. */
static void several_at_once(void)
{
    struct weir_test_result got =
        run(ONE("10s", EACH("1000000/s", "0s", "3"), "\"flops\": \"100Mf\", \"concurrency\": 2"));
    CHECK_NEAR(got.result.metrics.latency_mean_s, 0.4 / 3, 1e-5);
    CHECK_NEAR(got.result.metrics.latency_max_s, 0.2, 1e-5);
    CHECK_NEAR(got.result.metrics.instances_mean, 1, 0);
    CHECK_NEAR(weir_test_op(&got, "j", "b")->busy, 0.3 / 2 / 10, 1e-9);
    weir_test_result_fini(&got);
    /* Policies see what an instance can do: 20/s. */
    got = weir_test_run_traced(
        PLATFORM,
        ONE("10s\", \"window\": \"5s", EACH("100/s", "0s", "1000"), "\"flops\": \"100Mf\", \"concurrency\": 2"),
        "static", 1, weir_catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    const char *row = strstr(got.rows, " j/b//true_rate ");
    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    CHECK_NEAR(strtod(row + strlen(" j/b//true_rate "), NULL), 20, 0.25); /* one is not done at 5 s */
    weir_test_result_fini(&got);
}

/* M/M/3: lambda = 24/s, 100 ms, use 0.8. Erlang's C: with a = 2.4, P(wait) = a^3/3! / (1 - 0.8) over that and
 * 1 + a + a^2/2: 0.64719; the mean wait is P / (30 - 24) = 107.9 ms. And an instance that serves three at once is as
 * three instances with one queue on that host. */
static double wait_ms(const struct weir_test_result *got)
{
    return 1000 * got->result.metrics.waiting_s;
}
#define MMC(op)                                                                                                        \
    ONE("1500s", "\"kind\": \"poisson\", \"rate\": \"24/s\"",                                                          \
        "\"flops\": {\"mean\": \"100Mf\", \"distribution\": \"exponential\"}, \"capacity\": 100000, " op)
static void as_many_servers(void)
{
    const double a = 2.4, last = a * a * a / 6 / (1 - 0.8), waits = last / (1 + a + a * a / 2 + last);
    weir_test_seeds("M/M/3 waiting, ms", PLATFORM, MMC("\"concurrency\": 3"), 8, 1, wait_ms, 1000 * waits / 6, 0.15);
    struct weir_test_result one = run(MMC("\"concurrency\": 3"));
    struct weir_test_result three = run(MMC("\"queue\": \"shared\", \"parallelism\": 3"));
    CHECK_NEAR(one.result.metrics.latency_mean_s, three.result.metrics.latency_mean_s, 1e-12);
    CHECK_NEAR(one.result.metrics.latency_max_s, three.result.metrics.latency_max_s, 1e-12);
    CHECK_NEAR(weir_test_op(&one, "j", "b")->busy, weir_test_op(&three, "j", "b")->busy, 1e-9);
    CHECK_NEAR(three.result.metrics.instances_mean, 3, 0);
    weir_test_result_fini(&one);
    weir_test_result_fini(&three);
}

/* An acknowledgement window: items from edge to cloud, 10 ms of way each way, 5 ms of work, 10 us for 125 bytes. With
 * one item under way, each takes 10 + 5 + 10 ms; with two, 50 in a second come in pairs: two each 25 ms, as long as
 * that is slower than 5 ms each; with five or more, the server is the limit. 100 items at once. */
#define WINDOW(unacked)                                                                                                \
    "{\"platform\": \"\", \"duration\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\","    \
    " \"source_bytes\": \"125B\", \"load\": {\"kind\": \"constant\", \"rate\": \"1000000/s\", \"count\": 100}, "       \
    "\"operators\": [{\"name\": \"b\","                                                                                \
    " \"flops\": \"5Mf\", \"placement\": \"cloud\"" unacked "}]}]}}"
static void a_window_of_unacknowledged_items(void)
{
    static const struct {
        const char *scenario;
        double last_s;
    } cases[] = {
        {WINDOW(", \"unacked\": 1"), 99 * 0.025 + 0.015},
        /* The pair comes at once, and is done 5 ms apart; so are their acknowledgements, and the next pair. */
        {WINDOW(", \"unacked\": 2"), 49 * 0.025 + 0.020},
        {WINDOW(", \"unacked\": 5"), 0.010 + 100 * 0.005},
        {WINDOW(""), 0.010 + 100 * 0.005},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct weir_test_result got = run(cases[c].scenario);
        CHECK_NEAR(got.result.metrics.latency_max_s, cases[c].last_s, 1.1e-3);
        CHECK_NEAR(got.result.metrics.delivered, 100, 0);
        weir_test_result_fini(&got);
    }
}

/* A consumer that hangs (its host works at a thousandth from 1 to 31 s) is cut off: an item each 100 ms, 10 ms each;
 * the item of 1.0 s takes 30 s and more. Its input of 4 is full with that of 1.4 s, that of 1.5 s waits. Nothing has
 * been taken since 1.0 s: at 1.5 + 5 s the 4 are dropped; those of 1.5 to 1.8 s come in, that of 1.9 s waits since
 * then, and at 6.5 + 5 s the next 4 are dropped, and so on: 6.5, 11.5, 16.5, 21.5 and 26.5 s. */
static void a_consumer_that_hangs_is_cut_off(void)
{
    struct weir_test_result got = run(
        "{\"platform\": \"\", \"duration\": \"30s\", \"faults\": [{\"host\": \"cloud4\", \"at\": \"1005ms\", \"for\": "
        "\"100s\", \"speed\": 0.001}], \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"cloud4\", "
        "\"load\": {\"kind\": \"constant\", \"rate\": \"10/s\", \"count\": 200}, \"operators\": [{\"name\": \"b\", "
        "\"flops\": \"100Mf\", \"capacity\": 4, \"cut_off\": \"5s\"}]}]}}");
    CHECK_NEAR(got.result.metrics.dropped, 5 * 4, 0);
    weir_test_result_fini(&got);
}

/* Acknowledgements go back to the instances of an operator, too. With one item under way the next one leaves when the
 * one before is acknowledged: a way there, 5 ms of work and the way back, 99 times, and there and served once more. */
static void acknowledgements_go_back_to_operators(void)
{
    static const struct {
        const char *hosts;
        double way_s;
    } cases[] = {{"edge", 0.01}, {"cloud4", 0.0001}, {"cloud", 0}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": "
            "\"%s\", \"load\": {\"kind\": \"constant\", \"rate\": \"1000000/s\", \"count\": 100}, \"operators\": "
            "[{\"name\": \"a\", \"flops\": 0, \"bytes\": \"1B\", \"placement\": \"%s\"}, {\"name\": \"b\", \"flops\": "
            "\"5Mf\", \"placement\": \"cloud\", \"unacked\": 1}]}]}}",
            cases[c].hosts, cases[c].hosts);
        struct weir_test_result got = run(scenario);
        CHECK_NEAR(got.result.metrics.latency_max_s, 99 * (2 * cases[c].way_s + 0.005) + cases[c].way_s + 0.005, 1e-4);
        CHECK_NEAR(got.result.metrics.delivered, 100, 0);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

/* Notes how busy the instance is. */
static int look(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    weir_plan_note(plan, 0, "window %ld: %.6f", view->window, view->jobs[0].operators[0].instance_busy[0]);
    return WEIR_OK;
}
static const struct weir_policy looks = {
    .abi = WEIR_POLICY_ABI, .name = "looks", .summary = "Looks.", .source = "", .window_ends = look};

/* Six items of 1 s at once: in the first window of 5 s an instance that serves so many at once is busy for a share of
 * what it could do, and in the second for the rest. */
static void how_busy_it_is(void)
{
    static const struct weir_policy *const catalog[] = {&looks, NULL};
    static const double busy[][2] = {{1, 0.2}, {3 / 5.0, 0}, {2 / 5.0, 0}, {(4 + 2) / 20.0, 0}};
    for (int concurrency = 1; concurrency <= 4; concurrency++) {
        char *scenario = weir_format(
            ONE("15s\", \"window\": \"5s", EACH("1000000000/s", "0s", "6"), "\"flops\": \"1Gf\", \"concurrency\": %d"),
            concurrency);
        struct weir_test_result got = weir_test_run_catalog(PLATFORM, scenario, "looks", 1, catalog);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        for (int w = 0; w < 2; w++) {
            char *said = weir_format("window %d: %.6f", w, busy[concurrency - 1][w]);
            CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, said));
            free(said);
        }
        weir_test_result_fini(&got);
        free(scenario);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"retries back off and end", retries_back_off_and_end},
                                      {"retries amplify the load", retries_amplify_the_load},
                                      {"the quicker of two", the_quicker_of_two},
                                      {"a breaker opens and tries", a_breaker_opens_and_tries},
                                      {"a breaker closes", a_breaker_closes},
                                      {"what waits too long is tried again", what_waits_too_long_is_tried_again},
                                      {"several at once", several_at_once},
                                      {"as many servers", as_many_servers},
                                      {"a window of unacknowledged items", a_window_of_unacknowledged_items},
                                      {"a consumer that hangs is cut off", a_consumer_that_hangs_is_cut_off},
                                      {"acknowledgements go back to operators", acknowledgements_go_back_to_operators},
                                      {"how busy it is", how_busy_it_is},
                                      {0}};
    return weir_test_main("engine/calls", cases, argc, argv);
}
