/* How long a job takes to come back: its state is fetched over the network, restarts wait, and end. */
#include <stdlib.h>
#include <string.h>

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

/* Items of no bytes at 0.5, 1.5, 2.5, ... s, 1 ms each, from edge to edge2. */
#define JOB(faults, recovery, state)                                                                                   \
    "{\"platform\": \"\", \"duration\": \"300s\", \"faults\": [" faults "], \"recovery\": {" recovery "},"             \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\","            \
    "  \"rate\": \"1/s\", \"start\": \"500ms\", \"count\": 200}, \"operators\": [{\"name\": \"b\", \"flops\": "        \
    "\"1Mf\"" state ", \"placement\": \"edge2\"}]}]}}"
#define DOWN "{\"host\": \"edge2\", \"at\": \"10s\", \"for\": \"1s\"}"

/* Down and noticed at 10 s, up at 11 s, restarted at 16 s, and the state is there S / (1 Gbit/s) + 0.1 ms later. Then
 * the 10 items of 0.5 to 9.5 s are played again, 1 ms each, after 0.1 ms of way; then comes that of 10.5 s. */
static void recovery_grows_with_state(void)
{
    static const struct {
        const char *state, *recovery;
        double fetch_s;
    } cases[] = {
        {"10GB", "\"place\": \"wait\", \"store\": \"edge\"", 80.0001},
        {"1kB", "\"place\": \"wait\", \"store\": \"edge\"", 8e-6 + 1e-4},
        {"10GB", "\"place\": \"wait\"", 0},
        {"10GB", "\"place\": \"wait\", \"store\": \"edge2\"", 0},
        {"1GB", "\"place\": \"wait\", \"store\": \"cloud4\"", 80.01}, /* 100 Mbit/s */
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario = weir_format(JOB(DOWN, "%s", ", \"state\": \"%s\""), cases[c].recovery, cases[c].state);
        for (int all = 0; all < 2; all++) {
            struct weir_test_result got = run(all ? weir_test_all(scenario) : scenario);
            CHECK_NEAR(got.result.metrics.latency_max_s, 16 + cases[c].fetch_s + 1e-4 + 11e-3 - 10.5, 1e-6);
            CHECK_NEAR(got.result.metrics.delivered, 200, 0);
            CHECK_NEAR(got.result.metrics.duplicates, 10, 0);
            CHECK_NEAR(got.result.metrics.restarts, 1, 0);
            weir_test_result_fini(&got);
        }
        free(scenario);
    }
}

/* Two instances on cloud and cloud4 with 50 MB each, one of which is lost: both fetch theirs over 100 Mbit/s, in 8 s,
 * or the one that is lost does, in 4 s. */
static void who_lives_may_keep_its_state(void)
{
    static const struct {
        const char *local;
        double moved_bytes, fetch_s;
    } cases[] = {{"", 100e6, 8.01}, {", \"local\": true", 50e6, 4.01}};
    for (int c = 0; c < 2; c++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"100s\", \"faults\": [{\"host\": \"cloud4\", \"at\": \"10s\", \"for\":"
            " \"1s\"}], \"recovery\": {\"place\": \"wait\", \"store\": \"edge\"%s}, \"workload\": {\"jobs\": [{"
            "\"name\": \"j\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\", \"start\":"
            " \"500ms\", \"count\": 50}, \"operators\": [{\"name\": \"b\", \"flops\": \"1Mf\", \"state\": \"100MB\","
            " \"parallelism\": 2, \"placement\": {\"tier\": \"cloud\"}}]}]}}",
            cases[c].local);
        struct weir_test_result got = run(scenario);
        CHECK_NEAR(got.result.metrics.state_moved_bytes, cases[c].moved_bytes, 1e-3);
        /* The 10 items that are played again are shared by two. */
        CHECK_NEAR(got.result.metrics.latency_max_s, 16 + cases[c].fetch_s + 0.010 + 6e-3 - 10.5, 1.1e-3);
        CHECK_NEAR(got.result.metrics.delivered, 50, 0);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

/* Each operator fetches its own at the same time: 1 GB and 3 GB over one link are there after 16 s and 32 s. */
static void all_operators_fetch_at_once(void)
{
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"100s\", \"faults\": [" DOWN "], \"recovery\": {\"place\": \"wait\","
            " \"store\": \"edge\"}, \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"load\":"
            " {\"kind\": \"constant\", \"rate\": \"1/s\", \"start\": \"500ms\", \"count\": 50}, \"operators\": ["
            "{\"name\": \"a\", \"flops\": \"1Mf\", \"state\": \"1GB\", \"placement\": \"edge2\"},"
            "{\"name\": \"b\", \"flops\": \"1Mf\", \"state\": \"3GB\", \"placement\": \"edge2\"}]}]}}");
    CHECK_NEAR(got.result.metrics.latency_max_s, 16 + 32.0001 + 1e-4 + 12e-3 - 10.5, 1e-6);
    weir_test_result_fini(&got);
}

/* It fails again while 10 GB are fetched: at 50 s, noticed then; back at 51 s, and all of it once more. And the store
 * is down from 20 to 45 s: what is under way fails with it and begins anew each second, for a window; then the job is
 * started again, and so on: at 46 s. */
static void what_fails_while_it_fetches(void)
{
    struct weir_test_result got = run(JOB(DOWN ", {\"host\": \"edge2\", \"at\": \"50s\", \"for\": \"1s\"}",
                                          "\"place\": \"wait\", \"store\": \"edge\"", ", \"state\": \"10GB\""));
    CHECK_NEAR(got.result.metrics.latency_max_s, 56 + 80.0001 + 1e-4 + 11e-3 - 10.5, 1e-6);
    CHECK_NEAR(got.result.metrics.delivered, 200, 0);
    weir_test_result_fini(&got);
    /* Down at 20 s; tried at 20, 21, ... 30 s, when a window is over; 5 s of restart; at 35, 36, ... 45 s; there. */
    got = run(JOB(DOWN ", {\"host\": \"cloud4\", \"at\": \"20s\", \"for\": \"25s\"}",
                  "\"place\": \"wait\", \"store\": \"cloud4\"", ", \"state\": \"1GB\""));
    CHECK_NEAR(got.result.metrics.latency_max_s, 45 + 80.01 + 1e-4 + 11e-3 - 10.5, 1e-6);
    CHECK_NEAR(got.result.metrics.delivered, 200, 0);
    weir_test_result_fini(&got);
}

#define THREE                                                                                                          \
    "{\"host\": \"edge2\", \"at\": \"10s\", \"for\": \"1s\"}, {\"host\": \"edge2\", \"at\": \"40s\", \"for\": "        \
    "\"1s\"},"                                                                                                         \
    " {\"host\": \"edge2\", \"at\": \"70s\", \"for\": \"1s\"}"

/* How long the job stood still for the failures of 10, 40 and 70 s: of blocked time the largest follows. The item of
 * 10.5 s is first, behind 10 that are played again, and so on; checkpoints each second, so that 1 is played again. */
static void restarts_wait(void)
{
    static const struct {
        const char *restarts;
        double longest_s; /* from the failure to the restart */
        double restarts_made;
    } cases[] = {
        {"{}", 6, 3},
        {"{\"strategy\": \"fixed-delay\", \"delay\": \"7s\"}", 7 + 5, 3},
        {"{\"strategy\": \"fixed-delay\", \"delay\": \"7s\", \"attempts\": 3}", 7 + 5, 3},
        /* 1 s, at which the host is up; 4 s, 16 s */
        {"{\"strategy\": \"exponential-delay\", \"multiplier\": 4}", 16 + 5, 3},
        {"{\"strategy\": \"exponential-delay\", \"multiplier\": 4, \"max_delay\": \"10s\"}", 10 + 5, 3},
        /* worked from 16 to 40 s, and from 46 to 70 s: always the first */
        {"{\"strategy\": \"exponential-delay\", \"multiplier\": 4, \"reset_after\": \"23s\"}", 1 + 5, 3},
        {"{\"strategy\": \"exponential-delay\", \"delay\": \"3s\", \"multiplier\": 2, \"attempts\": 3}", 12 + 5, 3},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario = weir_format(JOB(THREE,
                                         "\"place\": \"wait\", \"checkpoint_interval\": \"1s\", \"restarts\": "
                                         "%s",
                                         ""),
                                     cases[c].restarts);
        struct weir_test_result got = run(scenario);
        CHECK_NEAR(got.result.metrics.latency_max_s, cases[c].longest_s - 0.5 + 1e-4 + 1e-3, 1.1e-3);
        CHECK_NEAR(got.result.metrics.restarts, cases[c].restarts_made, 0);
        CHECK_NEAR(got.result.metrics.delivered, 200, 0);
        CU_ASSERT(strstr(got.decisions, "given up") == NULL);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

/* After the last restart the job is given up: what was delivered by then stays, its source collects the rest, and its
 * instances leave at the end of the window. */
static void restarts_end(void)
{
    static const struct {
        const char *restarts, *note;
        double delivered, instances;
    } cases[] = {
        {"{\"strategy\": \"none\"}", "10.000 recovery j/ note | the job is given up after 0 restarts", 10, 10},
        {"{\"attempts\": 1}", "40.000 recovery j/ note | the job is given up after 1 restart", 40, 10 + 40 - 16},
        {"{\"strategy\": \"exponential-delay\", \"attempts\": 2}",
         "70.000 recovery j/ note | the job is given up after 2 restarts", 70, 10 + 40 - 16 + 70 - 46.5},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario =
            weir_format(JOB(THREE, "\"place\": \"wait\", \"checkpoint_interval\": \"1s\", \"restarts\": %s", ""),
                        cases[c].restarts);
        struct weir_test_result got = run(scenario);
        CHECK_NEAR(got.result.metrics.delivered, cases[c].delivered, 0);
        CHECK_NEAR(got.result.metrics.instances_mean, cases[c].instances / 300, 1e-9);
        CHECK_NEAR(got.result.jobs[0].arrived, 200, 0);
        CU_ASSERT(strstr(got.decisions, cases[c].note) != NULL);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

/* The instance that lives is taken away, too, and another job gets its slot: of the two others, which have one core,
 * one more than before. */
static void who_lives_leaves(void)
{
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"100s\", \"faults\": [{\"host\": \"cloud4\", \"at\": \"12s\", \"for\":"
            " \"1s\"}], \"recovery\": {\"restarts\": {\"strategy\": \"none\"}}, \"costs\": {\"stop\": \"0s\"},"
            " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"slo\": \"1s\", \"load\": {\"kind\":"
            " \"constant\", \"rate\": \"1/s\", \"start\": \"500ms\"}, \"operators\": [{\"name\": \"b\", \"flops\":"
            " \"1Mf\", \"parallelism\": 2, \"placement\": {\"tier\": \"cloud\"}}]}]}}");
    CHECK_NEAR(got.result.metrics.delivered, 12, 0);
    /* 2 until 12 s, 1 until the window's end at 20 s */
    CHECK_NEAR(got.result.metrics.instances_mean, (2 * 12 + 1 * 8) / 100., 1e-9);
    /* Due are the 99 items of 0.5 to 98.5 s, of which 12 came. */
    CHECK_NEAR(got.result.metrics.slo_violations, 87 / 99., 1e-9);
    weir_test_result_fini(&got);
}

/* What is on its way to a when the job goes back is lost, and so is its place at a's input, which holds 40, and no more
 * than that when 1000 items a second come from 5 s on. */
static void places_are_given_back(void)
{
    struct weir_test_result got = weir_test_run(
        "tests/input/valid/two-tier.xml",
        "{\"duration\": \"20s\", \"window\": \"5s\", \"items_per_batch\": 1, \"faults\": [{\"host\": \"cloud4\", "
        "\"at\": \"1005ms\", \"for\": "
        "\"20ms\"}], \"recovery\": {\"place\": \"wait\", \"restart\": \"0s\", \"detect\": \"100ms\", "
        "\"checkpoint_interval\": \"1h\"}, \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"load\": "
        "{\"kind\": \"steps\", \"arrivals\": \"even\", \"steps\": [{\"at\": \"0s\", \"rate\": \"0/s\"}, {\"at\": "
        "\"950ms\", \"rate\": \"200/s\"}, {\"at\": "
        "\"1150ms\", \"rate\": \"0/s\"}, {\"at\": \"5s\", \"rate\": \"1000/s\"}]}, \"operators\": [{\"name\": \"a\", "
        "\"flops\": \"20Mf\", \"capacity\": 40, \"placement\": \"cloud\"}, {\"name\": \"b\", \"flops\": \"1Mf\", "
        "\"placement\": \"cloud4\"}]}]}}",
        "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.restarts, 1, 0);
    CU_ASSERT(weir_test_op(&got, "j", "a")->lost_on_way > 0);
    CHECK_NEAR(weir_test_op(&got, "j", "a")->queue_max, 40, 0);
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"recovery grows with state", recovery_grows_with_state},
                                      {"who lives may keep its state", who_lives_may_keep_its_state},
                                      {"all operators fetch at once", all_operators_fetch_at_once},
                                      {"what fails while it fetches", what_fails_while_it_fetches},
                                      {"restarts wait", restarts_wait},
                                      {"restarts end", restarts_end},
                                      {"who lives leaves", who_lives_leaves},
                                      {"places are given back", places_are_given_back},
                                      {0}};
    return weir_test_main("engine/restore", cases, argc, argv);
}
