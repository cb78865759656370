/* Checkpoints that cost: barriers that wait or overtake, bytes on their way to a store, and what fails. */
#include <stdlib.h>

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

static void check(const struct weir_test_result *got, double count, double failed, double duration_s)
{
    CHECK_NEAR(got->result.metrics.checkpoints, count, 0);
    CHECK_NEAR(got->result.metrics.checkpoints_failed, failed, 0);
    if (count > 0)
        CHECK_NEAR(got->result.metrics.checkpoint_duration_s, duration_s, 1e-9);
    else
        CU_ASSERT(isnan(got->result.metrics.checkpoint_duration_s));
}

/* a sends each item to b (1 ms) and c (20 ms), and d merges them (1 ms); items at 5, 15, ... ms; all on one host. */
#define DIAMOND(checkpoints, until, capacity)                                                                          \
    "{\"platform\": \"\", \"duration\": \"" until "\", \"window\": \"1s\", \"recovery\": {\"checkpoint_interval\":"    \
    " \"1s\", \"checkpoints\": {" checkpoints "}}, \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"cloud4\"" \
    ", \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\", \"start\": \"5ms\"}, \"operators\": ["                  \
    "{\"name\": \"a\", \"flops\": \"1Mf\"}, {\"name\": \"b\", \"flops\": \"1Mf\"}, {\"name\": \"c\", \"flops\": "      \
    "\"20Mf\"}, {\"name\": \"d\", \"flops\": \"1Mf\", \"capacity\": " capacity "}], \"edges\": ["                      \
    "[\"source\", \"a\"], [\"a\", \"b\"], [\"a\", \"c\"], [\"b\", \"d\"], [\"c\", \"d\"], [\"d\", \"sink\"]]}]}}"

/* At 1 s a passes the barrier at once. 100 items have come to c, which is done with the last at 6 + 100 x 20 ms = 2.006
 * s, and passes it then; d is done with that item at 2.007 s. Meanwhile it has held back what b has sent of the items
 * of 1.005 s and later: the first came at 1.007 s. So the alignment takes 1 s and the checkpoint 1.007 s. d takes 99 to
 * 100 items of b in that time: where its input holds 10, b waits, and so does a with all behind it. */
static void a_diamond_with_a_slow_branch(void)
{
    struct weir_test_result got = run(DIAMOND("", "2100ms", "1000"));
    check(&got, 1, 0, 1.007);
    CHECK_NEAR(got.result.metrics.checkpoint_alignment_s, 1.000, 1e-9);
    CHECK_NEAR(weir_test_op(&got, "j", "d")->queue_max, 100, 0);
    CHECK_NEAR(weir_test_op(&got, "j", "b")->backpressured, 0, 0);
    weir_test_result_fini(&got);
    got = run(DIAMOND("", "2100ms", "10"));
    check(&got, 1, 0, 1.007);
    CHECK_NEAR(got.result.metrics.checkpoint_alignment_s, 1.000, 1e-9);
    CHECK_NEAR(weir_test_op(&got, "j", "d")->queue_max, 10, 0);
    /* The 11th item of b, of 1.105 s, waits from 1.107 to 2.007 s. */
    CHECK_NEAR(weir_test_op(&got, "j", "b")->backpressured * 2.1, 0.9, 0.011);
    weir_test_result_fini(&got);
    /* Unaligned, c passes it at 1.006 s between two items, and d, which gets the first of them then, when that is done.
     */
    got = run(DIAMOND("\"barriers\": \"unaligned\"", "1100ms", "1000"));
    check(&got, 1, 0, 0.007);
    CHECK_NEAR(got.result.metrics.checkpoint_alignment_s, 0, 0);
    weir_test_result_fini(&got);
}

/* Of the checkpoints of 1, 2, ... 5 s those of 4 and 5 s are after a warm-up of 3.5 s. With a timeout of 300 ms all
 * fail. */
static void after_the_warm_up(void)
{
    struct weir_test_result got = run(DIAMOND("\"barriers\": \"unaligned\"", "5500ms\", \"warmup\": \"3500ms", "1000"));
    check(&got, 2, 0, 0.007);
    weir_test_result_fini(&got);
    got = run(DIAMOND("\"timeout\": \"300ms\"", "5500ms\", \"warmup\": \"3500ms", "1000"));
    check(&got, 0, 2, 0);
    weir_test_result_fini(&got);
}

/* A barrier waits behind what is queued: c takes 20 ms, its input and that of a hold 10. At 1 s c has been done with
 * items 0 to 48, of 6 + 20 ms each, and serves one; 10 wait there, 1 is in the hands of a, 10 before it, 1 in those of
 * the source: 23 before the barrier. The last of them is done at 6 + 72 x 20 ms = 1.446 s. Unaligned: c is done with
 * the one in service at 1.006 s, and 10 items of 100 B before a, one of 200 B in its hands and 10 before c are in
 * flight. */
static void under_backpressure_a_barrier_takes_as_long_as_the_queue(void)
{
#define CHAIN(barriers)                                                                                                \
    "{\"platform\": \"\", \"duration\": \"1900ms\", \"window\": \"1s\", \"recovery\": {\"checkpoint_interval\": "      \
    "\"1s\", \"checkpoints\": {\"barriers\": \"" barriers "\"}}, \"workload\": {\"jobs\": [{\"name\": \"j\","          \
    " \"source\": \"cloud4\", \"source_bytes\": \"100B\", \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\","     \
    " \"start\": \"5ms\"}, \"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\", \"bytes\": \"200B\", \"capacity\": "  \
    "10}, {\"name\": \"c\", \"flops\": \"20Mf\", \"capacity\": 10}]}]}}"
    struct weir_test_result got = run(CHAIN("aligned"));
    check(&got, 1, 0, 0.446);
    CHECK_NEAR(got.result.metrics.checkpoint_bytes, 0, 0);
    CHECK_NEAR(got.result.metrics.checkpoint_alignment_s, 0, 0);
    weir_test_result_fini(&got);
    got = run(CHAIN("unaligned"));
    check(&got, 1, 0, 0.006);
    CHECK_NEAR(got.result.metrics.checkpoint_bytes, 10 * 100 + 200 + 10 * 200, 0);
    weir_test_result_fini(&got);
}

/* 125 MB of state on cloud, the store on edge: 10 s over 100 Mbit/s and 10 ms. Items at 0.5, 1.5, ... s; none has
 * bytes. */
#define STATE(more, state, until, faults)                                                                              \
    "{\"platform\": \"\", \"duration\": \"" until "\", \"window\": \"1s\", " faults                                    \
    " \"recovery\": {\"store\": \"edge\", \"place\": \"wait\", \"restart\": \"0s\", " more                             \
    "}, \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"cloud4\", \"load\": {\"kind\": \"constant\","        \
    " \"rate\": \"1/s\", \"start\": \"500ms\", \"count\": 60}, \"operators\": [{\"name\": \"b\", \"flops\": "          \
    "\"1Mf\", \"state\": " state ", \"placement\": {\"host\": \"cloud\"}}]}]}}"
#define WHOLE "\"125MB\""

/* The way of the barrier from cloud4 takes 0.1 ms. */
static void bytes_go_over_the_network(void)
{
    struct weir_test_result got = run(STATE("\"checkpoint_interval\": \"20s\", \"checkpoints\": {}", WHOLE, "35s", ""));
    check(&got, 1, 0, 10.0101);
    CHECK_NEAR(got.result.metrics.checkpoint_bytes, 125e6, 1e-6);
    CHECK_NEAR(got.result.metrics.network_bytes, 125e6, 1e-6);
    CHECK_NEAR(got.result.metrics.state_moved_bytes, 0, 0);
    weir_test_result_fini(&got);
    /* Too slow: it fails at 25 s, and what has been sent of it is for nothing. */
    got = run(STATE("\"checkpoint_interval\": \"20s\", \"checkpoints\": {\"timeout\": \"5s\"}", WHOLE, "35s", ""));
    check(&got, 0, 1, 0);
    weir_test_result_fini(&got);
    /* Full at 20 s, and at 40 s what 20 items have changed: 20 MB in 1.6 s. */
    got = run(STATE("\"checkpoint_interval\": \"20s\", \"checkpoints\": {\"incremental\": true}",
                    "{\"size\": \"125MB\", \"update\": \"1MB\"}", "45s", ""));
    check(&got, 2, 0, (10.0101 + 1.6101) / 2);
    CHECK_NEAR(got.result.metrics.checkpoint_bytes, 145e6, 1);
    weir_test_result_fini(&got);
}

/* Each 6 s, one at a time: at 6, 16.01 and 26.02 s; two at a time: at 6 and 12 s, and the first has sent 75 MB when the
 * second begins to share the link: its last 50 MB take 8 s. The third begins then. With a pause of 15 s: at 6 s and at
 * 16.01 + 15 s. */
static void some_at_a_time(void)
{
    struct weir_test_result got =
        run(STATE("\"checkpoint_interval\": \"6s\", \"checkpoints\": {}", WHOLE, "36.1s", ""));
    check(&got, 3, 0, 10.0101);
    weir_test_result_fini(&got);
    got = run(STATE("\"checkpoint_interval\": \"6s\", \"checkpoints\": {\"concurrent\": 2}", WHOLE, "21s", ""));
    check(&got, 1, 0, 14.0101);
    weir_test_result_fini(&got);
    for (int late = 0; late < 2; late++) { /* 6 + 10.01 + 15 + 10.01 = 41.02 s */
        got = run(late ? STATE("\"checkpoint_interval\": \"6s\", \"checkpoints\": {\"min_pause\": \"15s\"}", WHOLE,
                               "41.1s", "")
                       : STATE("\"checkpoint_interval\": \"6s\", \"checkpoints\": {\"min_pause\": \"15s\"}", WHOLE,
                               "41s", ""));
        check(&got, 1 + late, 0, 10.0101);
        weir_test_result_fini(&got);
    }
}

/* A checkpoint counts once it is stored: that of 10 s at 20.01 s, and the next begins then. A failure at 15 s goes back
 * to 0 s, and at 25 s to 10 s: 15 items each. Where checkpoints cost nothing, 5 and 5. What is under way then has
 * failed. */
static void only_what_is_stored_counts(void)
{
#define AT(date) "\"faults\": [{\"host\": \"cloud\", \"at\": \"" date "\", \"for\": \"500ms\"}],"
    static const struct {
        const char *scenario;
        double replayed, complete, failed;
    } cases[] = {
        {STATE("\"checkpoint_interval\": \"10s\", \"checkpoints\": {}", WHOLE, "25.9s", AT("15s")), 15, 0, 1},
        {STATE("\"checkpoint_interval\": \"10s\", \"checkpoints\": {}", WHOLE, "27s", AT("25s")), 15, 1, 1},
    };
    for (int c = 0; c < 2; c++) {
        struct weir_test_result got = run(cases[c].scenario);
        CHECK_NEAR(got.result.metrics.replayed, cases[c].replayed, 0);
        check(&got, cases[c].complete, cases[c].failed, 10.0101);
        weir_test_result_fini(&got);
    }
    struct weir_test_result got = run(STATE("\"checkpoint_interval\": \"10s\"", WHOLE, "27s", AT("25s")));
    CHECK_NEAR(got.result.metrics.replayed, 5, 0);
    CU_ASSERT(isnan(got.result.metrics.checkpoints) && isnan(got.result.metrics.checkpoint_bytes));
    weir_test_result_fini(&got);
}

/* Exactly once: results wait at the sink until their checkpoint is stored. The item of 0.5 s came out at 0.501 s and
 * 0.1 ms, and waits for 10 + 10.0101 s. */
static void results_wait_until_it_is_stored(void)
{
    struct weir_test_result got = run(STATE(
        "\"checkpoint_interval\": \"10s\", \"delivery\": \"exactly-once\", \"checkpoints\": {}", WHOLE, "21s", ""));
    CHECK_NEAR(got.result.metrics.delivered, 10, 0);
    CHECK_NEAR(got.result.metrics.latency_max_s, 20.0101 - 0.5, 1e-9);
    weir_test_result_fini(&got);
}

/* Two instances send to one with an input of 4. The one on edge works at a tenth of its speed: 100 ms an item, and of
 * the 100 items of the first 2 s it has 50, the last of which is done at 5 s. The other one, 10 ms an item, passes the
 * barrier at 2 s, and fills the input of c from behind it. What the slow one sends before the barrier must come in all
 * the same. */
static void what_is_before_a_barrier_needs_no_room(void)
{
    static const char *const hosts[] = {"cloud4",
                                        "edge"}; /* of c: over the network from both, or beside the slow one */
    for (int h = 0; h < 2; h++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"5500ms\", \"window\": \"1s\", \"recovery\": {\"checkpoint_interval\":"
            " \"2s\", \"checkpoints\": {}}, \"faults\": [{\"host\": \"edge\", \"at\": \"0s\", \"for\": \"1h\", "
            "\"speed\":"
            " 0.1}], \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge2\", \"load\": {\"kind\": "
            "\"constant\","
            " \"rate\": \"50/s\", \"start\": \"5ms\"}, \"operators\": [{\"name\": \"a\", \"flops\": \"10Mf\", "
            "\"bytes\":"
            " \"10B\", \"parallelism\": 2, \"placement\": {\"tier\": \"edge\"}}, {\"name\": \"c\", \"flops\": \"10kf\","
            " \"capacity\": 4, \"placement\": \"%s\"}]}]}}",
            hosts[h]);
        struct weir_test_result got = run(scenario);
        CHECK_NEAR(got.result.metrics.checkpoints, 1, 0);
        CHECK_NEAR(got.result.metrics.checkpoints_failed, 0, 0);
        CHECK_NEAR(got.result.metrics.checkpoint_duration_s, 3.03, 0.05);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

/* A busy instance stands still for checkpoint_time once it passes, and what comes after it has it that much later:
 * items each 10 ms of 9.9 ms work; the checkpoint of 1 s is passed by a when its item is done, and by b after 50 ms. */
static void who_passes_it_stands_still(void)
{
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"1900ms\", \"window\": \"1s\", \"recovery\": {\"checkpoint_interval\":"
            " \"1s\", \"checkpoint_time\": \"50ms\", \"checkpoints\": {}}, \"workload\": {\"jobs\": [{\"name\": \"j\","
            " \"source\": \"cloud4\", \"load\": {\"kind\": \"constant\", \"rate\": \"200/s\", \"start\": \"5ms\"},"
            " \"operators\": [{\"name\": \"a\", \"flops\": \"10Mf\", \"capacity\": 1, \"state\": \"1B\"},"
            " {\"name\": \"b\", \"flops\": \"1Mf\"}]}]}}");
    /* a serves an item each 10 ms from 5 ms on. At 1 s it is in the midst of one, which is done at 1.005 s; one waits,
     * one is in the source's hands: the last of them is done at 1.025 s. Then it stands still, and b passes at 1.075.
     */
    check(&got, 1, 0, 0.075);
    weir_test_result_fini(&got);
}

/* None begins while the job is halted: a change of b is decided at 1 s, started at 1.5 s, and writes and restores until
 * 3.5 s. The checkpoint of 1 s is done before, those of 2 and 3 s are left out, and that of 4 s comes. */
static int grow(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct weir_placement two[] = {{3, 1, 1}, {3, 1, 1}};
    if (view->window == 0)
        weir_plan_set(plan, 0, 1, two, 2, "to two on cloud4");
    return WEIR_OK;
}

static void none_begins_while_the_job_stands_still(void)
{
    static const struct weir_policy grower = {
        .abi = WEIR_POLICY_ABI, .name = "grower", .summary = "Grows.", .source = "", .window_ends = grow};
    static const struct weir_policy *const growers[] = {&grower, NULL};
    struct weir_test_result got =
        weir_test_run_catalog(PLATFORM,
                              "{\"platform\": \"\", \"duration\": \"4500ms\", \"window\": \"1s\", \"rescale\": "
                              "\"job\", \"costs\": {\"start\": "
                              "\"500ms\", \"stop\": \"0s\", \"checkpoint\": \"1s\", \"restore\": \"1s\"}, "
                              "\"recovery\": {\"checkpoint_interval\": "
                              "\"1s\", \"checkpoints\": {}}, \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": "
                              "\"cloud4\", \"load\": {\"kind\": "
                              "\"constant\", \"rate\": \"100/s\", \"start\": \"5ms\"}, \"operators\": [{\"name\": "
                              "\"a\", \"flops\": \"1Mf\"}, {\"name\": "
                              "\"b\", \"flops\": \"1Mf\", \"state\": \"1B\", \"max_parallelism\": 2}]}]}}",
                              "grower", 1, growers);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.rescales, 1, 0);
    CHECK_NEAR(got.result.metrics.checkpoints, 2, 0);
    CHECK_NEAR(got.result.metrics.checkpoints_failed, 0, 0);
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"a diamond with a slow branch", a_diamond_with_a_slow_branch},
        {"after the warm-up", after_the_warm_up},
        {"under backpressure a barrier takes as long as the queue",
         under_backpressure_a_barrier_takes_as_long_as_the_queue},
        {"bytes go over the network", bytes_go_over_the_network},
        {"some at a time", some_at_a_time},
        {"only what is stored counts", only_what_is_stored_counts},
        {"results wait until it is stored", results_wait_until_it_is_stored},
        {"what is before a barrier needs no room", what_is_before_a_barrier_needs_no_room},
        {"who passes it stands still", who_passes_it_stands_still},
        {"none begins while the job stands still", none_begins_while_the_job_stands_still},
        {0}};
    return weir_test_main("engine/checkpoints", cases, argc, argv);
}
