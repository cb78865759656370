/* What stands still while an operator changes its instances: it alone, or its whole job. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

enum { EDGE, EDGE2, CLOUD, CLOUD4 }; /* hosts in the order of the platform file */

/* A policy that carries out a script: at the end of given windows, an operator of the first job gets given hosts. */
struct step {
    long window;
    int op;
    int count;
    int hosts[4];
};
static const struct step *script; /* of the test that runs; set before the child is forked */

static int follow(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    for (const struct step *s = script; s->count; s++) {
        if (s->window != view->window)
            continue;
        struct weir_placement wish[4];
        for (int i = 0; i < s->count; i++)
            wish[i] = (struct weir_placement){s->hosts[i], 1, 1};
        weir_plan_set(plan, 0, s->op, wish, s->count, "as the script says");
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

/* A chain of three on one host of four cores, 1 ms each; items at 5, 15, 25, ... ms. `b` stands for more of b. */
#define CHAIN(rescale, more, b)                                                                                        \
    "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"rescale\": \"" rescale "\", " more              \
    " \"costs\": {\"start\": \"3s\", \"stop\": \"0s\", \"checkpoint\": \"500ms\", \"restore\": \"1500ms\"},"           \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"cloud4\","                                             \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\", \"start\": \"5ms\", \"count\": 5000},"                  \
    "  \"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\", \"max_parallelism\": 4}, {\"name\": \"b\", \"flops\": "   \
    "\"1Mf\"" b ", \"max_parallelism\": 4}, {\"name\": \"c\", \"flops\": \"1Mf\", \"max_parallelism\": 4}]}]}}"

/* Decided at 20 s, started at 23 s, when nothing is inside: 0.5 + 1.5 s later all three go on. The item of 23.005 s
 * leaves at 25.003 s, and 3 x 2 s have been stood still, with state or without, under both ways. */
static void a_job_stands_still_by_the_fixed_costs(void)
{
    static const struct step steps[] = {{3, 1, 2, {CLOUD4, CLOUD4}}, {0}};
    static const char *const scenarios[] = {CHAIN("job", "", ""), CHAIN("job", "", ", \"state\": \"1MB\""),
                                            CHAIN("job", "\"activities\": \"all\",", "")};
    for (size_t s = 0; s < sizeof scenarios / sizeof *scenarios; s++) {
        struct weir_test_result got = run(scenarios[s], steps);
        CHECK_NEAR(got.result.metrics.latency_max_s, 25.003 - 23.005, 1e-9);
        CHECK_NEAR(got.result.metrics.paused_s, 6, 1e-9);
        CHECK_NEAR(got.result.metrics.rescales, 1, 0);
        CHECK_NEAR(got.result.metrics.delivered, 5000, 0);
        /* The 200 items of 23.005 to 24.995 s wait for 25 s at the source: 1.995 + 1.985 + ... + 0.005 s = 200 s. */
        CHECK_NEAR(got.result.metrics.blocked_s * 5000, 200, 1e-6);
        weir_test_result_fini(&got);
    }
}

/* The operator alone stands still: without state not at all; with it, a goes on, and the item of 23.005 s waits for 25
 * s in front of b. */
static void an_operator_stands_still_alone(void)
{
    static const struct step steps[] = {{3, 1, 2, {CLOUD4, CLOUD4}}, {0}};
    struct weir_test_result got = run(CHAIN("operator", "", ""), steps);
    CHECK_NEAR(got.result.metrics.latency_max_s, 0.003, 1e-9);
    CHECK_NEAR(got.result.metrics.paused_s, 0, 0);
    weir_test_result_fini(&got);
    got = run(CHAIN("operator", "", ", \"state\": \"1MB\""), steps);
    CHECK_NEAR(got.result.metrics.latency_max_s, 25.002 - 23.005, 1e-9);
    CHECK_NEAR(got.result.metrics.paused_s, 2, 1e-9);
    weir_test_result_fini(&got);
}

/* Cooperative: b has 100 MB and gets a second instance over 100 Mbit/s, which takes its place at 23 s, and has its 50
 * MB after 0.5 + 4.01 + 1.5 s. a, c and the first instance go on: of the 601 items of 23.005 to 29.005 s every other
 * one goes to the new one, and waits for 29.01 s; then they come through at 1 ms each. Where b moves as a whole, all
 * wait. */
static void cooperatively_who_stays_goes_on(void)
{
    static const struct step grows[] = {{3, 1, 2, {CLOUD4, EDGE2}}, {0}};
    struct weir_test_result got = run(CHAIN("cooperative", "", ", \"state\": \"100MB\""), grows);
    CHECK_NEAR(got.result.metrics.paused_s, 0, 0);
    CHECK_NEAR(got.result.metrics.state_moved_bytes, 50e6, 1e-3);
    CHECK_NEAR(got.result.metrics.latency_max_s, 29.01 - 23.01, 0.04);
    CHECK_NEAR(got.result.metrics.latency_p50_s, 0.003, 1e-4);
    /* 300 items wait 6, 5.98, ... s, and 300 none: their mean is 3 s. Those on edge2 go there and back, too. */
    double waits_s = got.result.metrics.latency_mean_s * 5000 - 5000 * 0.003 - 0.5 * (50 - 23) * 100 * 0.02;
    CHECK_NEAR(waits_s, 300.5 * 3.005, 60);
    CHECK_NEAR(got.result.metrics.delivered, 5000, 0);
    weir_test_result_fini(&got);
    static const struct step moves[] = {{3, 1, 1, {EDGE2}}, {0}};
    got = run(CHAIN("cooperative", "", ", \"state\": \"100MB\""), moves);
    CHECK_NEAR(got.result.metrics.paused_s, 10.01, 1e-6);
    CHECK_NEAR(got.result.metrics.latency_max_s, 33.01 - 23.005, 0.04);
    weir_test_result_fini(&got);
    static const struct step shrinks[] = {{1, 1, 2, {CLOUD4, EDGE2}}, {6, 1, 1, {CLOUD4}}, {0}};
    got = run(CHAIN("cooperative", "", ", \"state\": \"100MB\""), shrinks);
    CHECK_NEAR(got.result.metrics.rescales, 2, 0);
    CHECK_NEAR(got.result.metrics.state_moved_bytes, 100e6, 1e-3);
    CHECK_NEAR(got.result.metrics.paused_s, 0, 0);
    weir_test_result_fini(&got);
}

/* The host of the new instance fails while its state moves: the job goes back, and nothing is lost. */
static void cooperation_fails(void)
{
    static const struct step grows[] = {{3, 1, 2, {CLOUD4, EDGE2}}, {0}};
    struct weir_test_result got =
        run(CHAIN("cooperative", "\"faults\": [{\"host\": \"edge2\", \"at\": \"25s\", \"for\": \"1s\"}],",
                  ", \"state\": \"100MB\""),
            grows);
    CHECK_NEAR(got.result.metrics.restarts, 1, 0);
    CHECK_NEAR(got.result.metrics.delivered, 5000, 0);
    CU_ASSERT(strstr(got.decisions, "change given up: the job goes back to a checkpoint") != NULL);
    weir_test_result_fini(&got);
}

/* What is inside when the job is halted goes on to the sink: at 23 s items of 22.995 s are in a (1 ms), then in b and
 * c, whose work takes 5 and 8 ms by now; the last is through at 22.995 + 1 + 5 + 8 ms = 23.009 s. */
static void what_is_inside_goes_on(void)
{
    static const struct step steps[] = {{3, 0, 2, {CLOUD4, CLOUD4}}, {0}};
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"rescale\": \"job\","
            " \"costs\": {\"start\": \"3s\", \"stop\": \"0s\", \"checkpoint\": \"500ms\", \"restore\": \"1500ms\"},"
            " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"cloud4\", \"load\": {\"kind\": \"constant\","
            "  \"rate\": \"100/s\", \"start\": \"5ms\", \"count\": 5000}, \"operators\": ["
            "  {\"name\": \"a\", \"flops\": \"1Mf\"}, {\"name\": \"b\", \"flops\": \"5Mf\"},"
            "  {\"name\": \"c\", \"flops\": \"8Mf\"}]}]}}",
            steps);
    CHECK_NEAR(got.result.metrics.paused_s, 3 * 2.009, 1e-9);
    CHECK_NEAR(got.result.metrics.latency_max_s, 25.009 + 0.014 - 23.005, 1e-9);
    weir_test_result_fini(&got);
}

/* What is decided at one date stops the job once, also where one has nothing to start: a shrinks beside b, which grows.
 * A change of 20 s takes until 23 + 0.5 + 8.01 + 1.5 s, 100 MB over 100 Mbit/s and 10 ms; one of 25 s starts within 3
 * s, finds the job stopped, is done at 30 s, and waits for the other. Items go there and back, 3 + 20 ms. */
static void changes_share_a_halt(void)
{
    static const struct step one_date[] = {
        {1, 0, 2, {CLOUD4, CLOUD4}}, {3, 0, 1, {CLOUD4}}, {3, 1, 2, {CLOUD4, CLOUD4}}, {0}};
    struct weir_test_result got = run(CHAIN("job", "", ""), one_date);
    CHECK_NEAR(got.result.metrics.paused_s, 2 * 6, 1e-9);
    CHECK_NEAR(got.result.metrics.rescales, 3, 0);
    weir_test_result_fini(&got);
    static const struct step two_dates[] = {{3, 1, 1, {EDGE2}}, {4, 2, 2, {CLOUD4, CLOUD4}}, {0}};
    got = run(CHAIN("job", "", ", \"state\": \"100MB\""), two_dates);
    CHECK_NEAR(got.result.metrics.paused_s, 3 * 10.01, 1e-6);
    CHECK_NEAR(got.result.metrics.latency_max_s, 33.033 - 23.005, 1e-6);
    weir_test_result_fini(&got);
}

/* Windows that would end while the job stands still end when it goes on: that of 20 to 24 s holds items until 23 s,
 * and its result, of the item of 22.995 s, leaves at 25 s. */
static void windows_stand_still(void)
{
    static const struct step steps[] = {{3, 0, 2, {CLOUD4, CLOUD4}}, {0}};
    struct weir_test_result got = run(CHAIN("job", "", ", \"window\": \"4s\", \"selectivity\": 0.0001"), steps);
    CHECK_NEAR(got.result.metrics.paused_s, 6, 1e-9);
    weir_test_result_fini(&got);
    got = run(CHAIN("job", "\"warmup\": \"24s\",", ", \"window\": \"4s\", \"selectivity\": 1"), steps);
    /* At 24 s the results of 400 items were due, 300 of which have come; each then takes 1 ms in c. */
    CHECK_NEAR(got.result.metrics.latency_max_s, 25 + 300e-3 - 22.995, 1e-9);
    CHECK_NEAR(got.result.metrics.delivered, 5000 - 2000, 0);
    weir_test_result_fini(&got);
}

/* The host of the new instance fails at 20.2 s, while it starts: the change is given up, and nothing has stood still.
 * It fails at 23.2 s, while the checkpoint is written: given up when that is noticed, at 24 s. */
static void a_halt_is_given_up(void)
{
    static const struct step steps[] = {{3, 1, 2, {CLOUD4, EDGE}}, {0}};
    static const struct {
        const char *at;
        double paused_s;
    } cases[] = {{"20.2s", 0}, {"23.2s", 3 * 1.0}};
    for (int i = 0; i < 2; i++) {
        char *scenario =
            weir_format("{\"faults\": [{\"host\": \"edge\", \"at\": \"%s\"}], \"recovery\": {\"detect\": \"1s\"}, %s",
                        cases[i].at, &CHAIN("job", "", "")[1]);
        struct weir_test_result got = run(scenario, steps);
        CHECK_NEAR(got.result.metrics.paused_s, cases[i].paused_s, 1e-9);
        CHECK_NEAR(got.result.metrics.restarts, 0, 0);
        CHECK_NEAR(got.result.metrics.delivered, 5000, 0);
        CU_ASSERT(strstr(got.decisions, "change given up: host edge has failed") != NULL);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

/* c waits for a link that is down for ever: nothing inside gets on for a window, and what is on its way is left to it.
 */
static void a_job_that_cannot_drain_goes_on(void)
{
    static const struct step steps[] = {{3, 0, 2, {EDGE2, EDGE2}}, {0}};
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"rescale\": \"job\","
            " \"faults\": [{\"link\": \"backhaul\", \"at\": \"15s\", \"for\": \"30s\"}],"
            " \"costs\": {\"start\": \"0s\", \"stop\": \"0s\", \"checkpoint\": \"500ms\", \"restore\": \"1500ms\"},"
            " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge2\", \"load\": {\"kind\": \"constant\","
            "  \"rate\": \"100/s\", \"start\": \"5ms\", \"count\": 5000}, \"operators\": ["
            "  {\"name\": \"a\", \"flops\": \"1Mf\", \"bytes\": \"1kB\"},"
            "  {\"name\": \"b\", \"flops\": \"1Mf\", \"placement\": \"cloud\"}]}]}}",
            steps);
    CU_ASSERT(strstr(got.decisions, "change given up: what waits in it is not served") != NULL);
    CHECK_NEAR(got.result.metrics.delivered, 5000, 0);
    weir_test_result_fini(&got);
}

/* A job that is to stand still waits for what its source has sent or is sending. Items of 12.5 MB at 9.4, 9.6 and 9.8 s
 * go to a beside the source, and to b on cloud4, over 12.5 MB/s one after the other: at 10 s the first is on the wire,
 * and the second, held by the source, follows at 10.4 s. It is there at 11.41 s, and served until 11.411 s; then a's
 * state of 1 MB moves over the same link, in 0.08 + 0.01 s, while a and b stand still. From then on the third goes to
 * both, 25 MB over the link. */
static void a_job_waits_for_its_source(void)
{
    static const struct step steps[] = {{1, 0, 1, {CLOUD}}, {0}};
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"rescale\": \"job\", \"costs\": "
            "{\"start\": \"0s\", \"stop\": \"0s\", \"checkpoint\": \"0s\", \"restore\": \"0s\"}, \"workload\": "
            "{\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"source_bytes\": \"12.5MB\", \"load\": {\"kind\": "
            "\"constant\", \"rate\": \"5/s\", \"start\": \"9400ms\", \"count\": 3}, \"operators\": [{\"name\": \"a\", "
            "\"flops\": \"1Mf\", \"state\": \"1MB\"}, {\"name\": \"b\", \"flops\": \"1Mf\", \"placement\": "
            "\"cloud4\"}], \"edges\": [[\"source\", \"a\"], [\"source\", \"b\"], [\"a\", \"sink\"], [\"b\", "
            "\"sink\"]]}]}}",
            steps);
    const double on_s = 11.411 + 0.08 + 0.01;
    CHECK_NEAR(got.result.metrics.latency_max_s, on_s + 2 + 0.01 + 0.001 - 9.8, 1e-9);
    CHECK_NEAR(got.result.metrics.paused_s, 2 * (on_s - 10), 1e-9);
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"a job stands still by the fixed costs", a_job_stands_still_by_the_fixed_costs},
                                      {"an operator stands still alone", an_operator_stands_still_alone},
                                      {"cooperatively who stays goes on", cooperatively_who_stays_goes_on},
                                      {"cooperation fails", cooperation_fails},
                                      {"what is inside goes on", what_is_inside_goes_on},
                                      {"changes share a halt", changes_share_a_halt},
                                      {"windows stand still", windows_stand_still},
                                      {"a halt is given up", a_halt_is_given_up},
                                      {"a job that cannot drain goes on", a_job_that_cannot_drain_goes_on},
                                      {"a job waits for its source", a_job_waits_for_its_source},
                                      {0}};
    return weir_test_main("engine/rescale", cases, argc, argv);
}
