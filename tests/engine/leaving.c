/* What leaves: instances that serve several at once, the work before a change, and a job that is given up during one.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

/* A policy that carries out a script: at the end of given windows, an operator of the first job gets given hosts. */
struct step {
    long window;
    int op, count, hosts[2];
};
static const struct step *script; /* of the test that runs; set before the child is forked */

static int follow(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    for (const struct step *s = script; s->count; s++) {
        struct weir_placement wish[2] = {{s->hosts[0], 1, 1}, {s->hosts[1], 1, 1}};
        if (s->window == view->window)
            weir_plan_set(plan, 0, s->op, wish, s->count, "as the script says at window %ld", s->window);
    }
    return 0;
}
static const struct weir_policy script_policy = {
    .abi = WEIR_POLICY_ABI, .name = "script", .summary = "Follows a script.", .source = "", .window_ends = follow};
static const struct weir_policy *const catalog[] = {&script_policy, NULL};

static struct weir_test_result run(const char *scenario, const struct step *steps)
{
    script = steps;
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, scenario, "script", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(PLATFORM, scenario, &got);
    return got;
}

enum { EDGE, EDGE2, CLOUD, CLOUD4 }; /* hosts in the order of the platform file */

#define SERVING(flops, more)                                                                                           \
    "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"items_per_batch\": 1,"                          \
    " \"costs\": {\"start\": \"0s\", \"stop\": \"0s\", \"checkpoint\": \"0s\", \"restore\": \"0s\"},"                  \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"100B\","       \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"                                                       \
    "  \"operators\": [{\"name\": \"A\", \"flops\": " flops ", \"bytes\": \"100B\"" more                               \
    ", \"max_parallelism\": 4}]}]}}"

/* At 10.5 s, while a change of its other operator is being decided from 10 to 10.9 s, A fails, and the job is given up;
 * it is gone at 15 s. What is started on cloud at 10.9 s, for 6 s, goes as soon as it has come up. */
static void a_job_that_is_given_up_while_it_changes(void)
{
    const struct step steps[] = {{1, 1, 1, {CLOUD}}, {0}};
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"decision_time\": \"900ms\","
            " \"costs\": {\"start\": \"6s\", \"stop\": \"0s\", \"checkpoint\": \"0s\", \"restore\": \"0s\"},"
            " \"faults\": [{\"host\": \"edge2\", \"at\": \"10500ms\"}],"
            " \"recovery\": {\"restart\": \"0s\", \"restarts\": {\"strategy\": \"none\"}, \"detect\": \"100ms\"},"
            " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"100B\","
            "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"
            "  \"operators\": [{\"name\": \"A\", \"flops\": \"1Mf\", \"bytes\": \"100B\", \"placement\": \"edge2\"},"
            "   {\"name\": \"B\", \"flops\": \"1Mf\", \"bytes\": \"100B\", \"placement\": \"edge\"}]}]}}",
            steps);
    CHECK_NEAR(got.result.metrics.instances_mean, (10.6 + 15 + 6) / 60, 0.05 / 60);
    weir_test_result_fini(&got);
}

/* Instances serve two at once, 10/s each, of a queue that is always full. What has left serves no more, with neither of
 * the two: 20/s for 5 s, 40/s until 20 s, and 20/s then. */
static void several_at_once_leave_together(void)
{
    const struct step steps[] = {{0, 0, 2, {CLOUD4, CLOUD4}}, {3, 0, 1, {CLOUD4}}, {0}};
    struct weir_test_result got =
        run(SERVING("\"100Mf\"", ", \"queue\": \"shared\", \"concurrency\": 2, \"placement\": \"cloud4\""), steps);
    CHECK_NEAR(got.result.metrics.delivered, 20 * 5 + 40 * 15 + 20 * 40, 8);
    CHECK_NEAR(got.result.metrics.instances_mean, 1 + 15.0 / 60, 0.01);
    weir_test_result_fini(&got);
    /* Both leave: the last one serves the 40 that wait first, with both of its two: 20/s for 2 s, with a deviation of
     * 0.3 s, but 4 s with one of them. */
    static const struct step away[] = {{0, 0, 2, {CLOUD4, CLOUD4}}, {3, 0, 1, {EDGE2}}, {0}};
    script = away;
    for (unsigned long long seed = 1; seed <= 20; seed++) {
        got = weir_test_run_catalog(
            PLATFORM,
            SERVING("{\"mean\": \"100Mf\", \"distribution\": \"exponential\"}",
                    ", \"queue\": \"shared\", \"concurrency\": 2, \"capacity\": 40, \"placement\": \"cloud4\""),
            "script", seed, catalog);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        CHECK_NEAR(got.result.metrics.instances_mean * 60, 60 + 15 + 2.2, 1.5);
        weir_test_result_fini(&got);
    }
}

/* The item of 0 s takes 12 s, and the change that begins at 5 s waits for it, though nothing is done for a window; then
 * 8.01 s for its state. The item of 25 s is served on cloud. */
static void patient_with_long_work(void)
{
    const struct step steps[] = {{0, 0, 1, {CLOUD}}, {0}};
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\","
            " \"costs\": {\"start\": \"0s\", \"stop\": \"0s\", \"checkpoint\": \"0s\", \"restore\": \"0s\"},"
            " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"source_bytes\": \"100B\","
            " \"load\": {\"kind\": \"constant\", \"rate\": \"0.04/s\"},"
            " \"operators\": [{\"name\": \"A\", \"flops\": \"12Gf\", \"state\": \"100MB\"}]}]}}",
            steps);
    CHECK_NEAR(got.result.metrics.paused_s, 12 - 5 + 8.01, 0.02);
    CHECK_NEAR(got.result.metrics.delivered, 2, 0);
    CHECK_NEAR(got.result.metrics.latency_max_s, 12.01, 1e-3);
    weir_test_result_fini(&got);
}

/* The item of 4 s is on the wire for 0.8 s when the link fails, from 4.4 to 21 s. The change of 10 s waits a window for
 * it, and moves A to cloud. The item, sent anew from 21 s on, comes to what has retired on edge2, and takes 6 s. The
 * change of 25 s waits for that, and for no more. */
static void who_leaves_last_tells_a_change_that_waits(void)
{
    const struct step steps[] = {{1, 0, 1, {CLOUD}}, {4, 0, 1, {CLOUD4}}, {0}};
    struct weir_test_result got = run(
        "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\","
        " \"costs\": {\"start\": \"0s\", \"stop\": \"0s\", \"checkpoint\": \"0s\", \"restore\": \"0s\"},"
        " \"faults\": [{\"link\": \"local\", \"at\": \"4400ms\", \"for\": \"16600ms\"}],"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"source_bytes\": \"100MB\","
        " \"load\": {\"kind\": \"steps\", \"arrivals\": \"even\", \"steps\": [{\"at\": \"0s\", \"rate\": \"0.25/s\"},"
        "  {\"at\": \"5s\", \"rate\": \"0/s\"}]},"
        " \"operators\": [{\"name\": \"A\", \"flops\": \"6Gf\", \"state\": \"1kB\", \"placement\": \"edge2\"}]}]}}",
        steps);
    double sent_anew_s = 21.4, sends_s = 0.8, way_s = 0.0001; /* tried each second since 4.4 s */
    double back_s = sent_anew_s + sends_s + way_s + 6, moves_s = 0.01 + 80e-6 + way_s + 8e-6;
    CHECK_NEAR(got.result.metrics.latency_max_s, back_s + way_s - 4, 1e-3);
    CHECK_NEAR(got.result.metrics.paused_s, 5 + (back_s - 25) + moves_s, 1e-9);
    weir_test_result_fini(&got);
}

/* The whole job is halted at 5 s for a change of B. The item of 0 s is done on A at 12 s, which filters it, or comes to
 * B after 10 ms and is done 12 s later; then 100 MB take 8 s and 10 ms over 100 Mbit/s. Whichever of the two operators
 * works last tells the change. */
static void a_halted_job_waits_for_each_operator(void)
{
    static const char *const flops[][2] = {{"12Gf\", \"selectivity\": 0, \"bytes\": \"1B", "0f"}, {"0f", "12Gf"}};
    const struct step steps[] = {{0, 1, 1, {EDGE2}}, {0}};
    for (size_t f = 0; f < sizeof flops / sizeof *flops; f++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"rescale\": \"job\","
            " \"costs\": {\"start\": \"0s\", \"stop\": \"0s\", \"checkpoint\": \"0s\", \"restore\": \"0s\"},"
            " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"source_bytes\": \"100B\","
            " \"load\": {\"kind\": \"constant\", \"rate\": \"0.04/s\"}, \"operators\": [{\"name\": \"A\", \"flops\": "
            "\"%s\"}, {\"name\": \"B\", \"flops\": \"%s\", \"state\": \"100MB\", \"placement\": "
            "\"cloud\"}]}]}}",
            flops[f][0], flops[f][1]);
        struct weir_test_result got = run(scenario, steps);
        CHECK_NEAR(got.result.metrics.paused_s, 2 * (12 + (f ? 0.01 : 0) - 5 + 8.01), 0.002);
        CHECK_NEAR(got.result.metrics.delivered, f ? 2 : 0, 0);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

/* What a change moves to another host of 1 kB. */
static const double wire_s = 8e3 / 100e6;

/* An item of 1 s at 6 s and another one at 8 s, each at one of two instances, and after 0.3 s at the other one, too,
 * where it is stopped when the first is done. At 10 s all is at rest, and the change moves state at once: the half of
 * edge2, 500 B over 100 us at 1 Gbit/s. */
static void what_is_stopped_is_at_rest(void)
{
    const struct step steps[] = {{1, 0, 1, {EDGE}}, {0}};
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\","
            " \"costs\": {\"start\": \"0s\", \"stop\": \"0s\", \"checkpoint\": \"0s\", \"restore\": \"0s\"},"
            " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\","
            " \"load\": {\"kind\": \"constant\", \"rate\": \"0.5/s\", \"start\": \"6s\", \"count\": 2},"
            " \"operators\": [{\"name\": \"A\", \"flops\": \"1Gf\", \"state\": \"1kB\", \"parallelism\": 2,"
            " \"placement\": {\"tier\": \"edge\"}, \"hedge\": {\"after\": \"300ms\"}}]}]}}",
            steps);
    CHECK_NEAR(got.result.metrics.hedges, 2, 0);
    CHECK_NEAR(got.result.metrics.delivered, 2, 0);
    CHECK_NEAR(got.result.metrics.paused_s, 0.0001 + 500 * 8 / 1e9, 1e-9);
    CHECK_NEAR(got.result.metrics.instances_mean, (2 * 10 + 50) / 60.0, 1e-4);
    weir_test_result_fini(&got);
}

/* So many items of 1 ms of work at 9.5 s, all of which fail, and are tried again 3 s later: the change of 10 s waits
 * until the last of them is given up, and takes its state to cloud then. */
static void what_is_tried_again_is_waited_for(void)
{
    const struct step steps[] = {{1, 0, 1, {CLOUD}}, {0}};
    for (int count = 0; count <= 3; count++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\","
            " \"costs\": {\"start\": \"0s\", \"stop\": \"0s\", \"checkpoint\": \"0s\", \"restore\": \"0s\"},"
            " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\","
            " \"rate\": \"100/s\", \"start\": \"%s\", \"count\": %d}, \"operators\": [{\"name\": \"A\","
            " \"flops\": \"1Mf\", \"state\": \"1kB\", \"fails\": 1, \"retry\": {\"attempts\": 2, \"delay\": "
            "\"3s\"}}]}]}}",
            count ? "9500ms" : "50s", count ? count : 1);
        struct weir_test_result got = run(scenario, steps);
        double last_s = count ? 9.5 + 0.01 * (count - 1) + 0.001 + 3 + 0.001 : 10;
        CHECK_NEAR(got.result.metrics.paused_s, last_s - 10 + 0.01 + wire_s, 1e-9);
        CHECK_NEAR(got.result.metrics.failed_attempts, 2 * fmax(count, 1), 0);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"several at once leave together", several_at_once_leave_together},
        {"who leaves last tells a change that waits", who_leaves_last_tells_a_change_that_waits},
        {"a halted job waits for each operator", a_halted_job_waits_for_each_operator},
        {"patient with long work", patient_with_long_work},
        {"a job that is given up while it changes", a_job_that_is_given_up_while_it_changes},
        {"what is stopped is at rest", what_is_stopped_is_at_rest},
        {"what is tried again is waited for", what_is_tried_again_is_waited_for},
        {0},
    };
    return weir_test_main("engine/leaving", cases, argc, argv);
}
