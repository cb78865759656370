/* Checkpoints that cost, of jobs with several sources: a barrier is complete where it has come from all of them. On
 * two-tier.xml: 100 Mbit/s and 10 ms from the edge to the cloud. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

/* Owned: left on cloud4, right on edge; at the end of the first second the first checkpoint. */
static char *scenario_of(const char *until, const char *checkpoints, const char *left, const char *right,
                         const char *operators)
{
    return weir_format(
        "{\"platform\": \"\", \"duration\": \"%s\", \"window\": \"1s\", \"recovery\": {\"checkpoint_interval\": \"1s\","
        " \"checkpoints\": %s}, \"workload\": {\"jobs\": [{\"name\": \"j\", \"sources\": [{\"name\": \"left\","
        " \"source\": \"cloud4\", \"load\": {\"kind\": \"constant\", %s}}, {\"name\": \"right\", \"source\": \"edge\","
        " %s}], %s}]}}",
        until, checkpoints, left, right, operators);
}

/* Takes the scenario over. */
static struct weir_test_result run(char *scenario)
{
    struct weir_test_result got = weir_test_run(PLATFORM, scenario, "static", 1);
    if (got.code != WEIR_OK)
        printf("\n    %s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(PLATFORM, scenario, &got);
    free(scenario);
    return got;
}

static void check(struct weir_test_result got, double duration_s, double alignment_s, double bytes)
{
    CHECK_NEAR(got.result.metrics.checkpoints, 1, 0);
    CHECK_NEAR(got.result.metrics.checkpoint_duration_s, duration_s, 1e-9);
    CHECK_NEAR(got.result.metrics.checkpoint_alignment_s, alignment_s, 1e-9);
    CHECK_NEAR(got.result.metrics.checkpoint_bytes, bytes, 1e-6);
    weir_test_result_fini(&got);
}

#define OFTEN "\"rate\": \"100/s\", \"start\": \"5ms\""
#define LOAD  "\"load\": {\"kind\": \"constant\", " OFTEN "}"
#define ONE   "\"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\", \"placement\": {\"host\": \"cloud4\"}}]"

/* Both send at 5, 15, ... ms. Left's barrier is there at 1 s, and its item of 1.005 s is set aside until right's
 * barrier comes, at 1.010 s, when right's item of 0.995 s, which came at 1.005 s, is done. Unaligned, nothing is set
 * aside, and it takes as long. */
static void the_farther_one_decides(void)
{
    check(run(scenario_of("1100ms", "{}", OFTEN, LOAD, ONE)), 0.010, 0.005, 0);
    check(run(scenario_of("1100ms", "{\"barriers\": \"unaligned\"}", OFTEN, LOAD, ONE)), 0.010, 0, 0);
}

/* Right's items of 250 kB take 20 ms each on the wire: that of number k goes on it at 5 + 20 k ms, and 50 is in the
 * source's hands at 1 s. So right lets the barrier go at 1.005 s; 50 is there at 1.025 + 0.010 s, done 1 ms later, and
 * the barrier is passed then. Left's item of 1.005 s has been set aside for 31 ms. Unaligned, right's barrier leaves at
 * 1 s, and overtakes 49 and 50, which are on their way when it comes, at 1.010 s. */
static void the_slower_one_decides(void)
{
    const char *right = "\"source_bytes\": \"250kB\", " LOAD;
    check(run(scenario_of("1100ms", "{}", OFTEN, right, ONE)), 0.036, 0.031, 0);
    check(run(scenario_of("1100ms", "{\"barriers\": \"unaligned\"}", OFTEN, right, ONE)), 0.010, 0, 500e3);
}

/* Right has two items of 62.5 kB, 5 ms each, at 0.996 and 0.997 s: the second is in its hands until 1.001 s, on the
 * wire until 1.006 s, there at 1.016 s and done at 1.017 s. The barrier has left at 1.001 s, so that it is passed then,
 * whether right is one of two sources or, as in the second case, left sends nothing. */
static void a_source_lets_it_go_when_its_hands_are_empty(void)
{
    const char *right =
        "\"source_bytes\": \"62500B\", \"load\": {\"kind\": \"constant\", \"rate\": \"1000/s\", \"start\": \"996ms\", "
        "\"count\": 2}";
    check(run(scenario_of("1100ms", "{}", OFTEN, right, ONE)), 0.017, 0.012, 0);
    check(run(scenario_of("1100ms", "{}", "\"rate\": \"1/s\", \"start\": \"50s\"", right, ONE)), 0.017, 0, 0);
}

/* Left goes through a, which takes 20 ms an item, right straight to c, 1 ms. a has 100 items before the barrier and is
 * done with the last at 5 ms + 100 x 20 ms = 2.005 s; c is done with that at 2.006 s. What right sends behind its
 * barrier is set aside from 1.005 + 0.010 s on. */
static void one_goes_a_longer_way(void)
{
    const char *operators =
        "\"operators\": [{\"name\": \"a\", \"flops\": \"20Mf\", \"placement\": {\"host\": "
        "\"cloud4\"}}, {\"name\": \"c\", \"flops\": \"1Mf\", \"placement\": {\"host\": \"cloud4\"}}], "
        "\"edges\": [[\"left\", \"a\"], [\"a\", \"c\"], [\"right\", \"c\"], [\"c\", \"sink\"]]";
    check(run(scenario_of("2100ms", "{}", OFTEN, LOAD, operators)), 1.006, 2.006 - 1.015, 0);
}

/* Right, a and b are on edge. Right sends to a first, which takes 30 ms and has room for one, and then to b, which has
 * 125 MB of state and no work. a takes an item at 5 + 30 k ms, so right holds one until then, and lets the barrier go
 * at 1.025 s, after left's has come, at 1.010 s: b's state is at the store 10 s and 10 ms later. */
static void what_it_holds_goes_before(void)
{
    const char *operators =
        "\"operators\": [{\"name\": \"a\", \"flops\": \"30Mf\", \"capacity\": 1, \"placement\": \"edge\"}, {\"name\": "
        "\"b\", \"state\": \"125MB\", \"placement\": \"edge\"}], \"edges\": [[\"right\", \"a\"], [\"right\", \"b\"], "
        "[\"left\", \"b\"], [\"a\", \"sink\"], [\"b\", \"sink\"]]";
    check(run(scenario_of("11200ms", "{}, \"store\": \"cloud\"", "\"rate\": \"1/s\", \"start\": \"50s\"", LOAD,
                          operators)),
          10.035, 0, 125e6);
}

/* Left sends at 0.5, 1.5, ... s, right at 0.25, 0.75, 1.25 s, and so on, into a count. The host of the count fails at
 * 15.05 s, which is noticed at 15.1 s; the last checkpoint is that of 10 s. So left plays 5 items again and right 10,
 * each from its own offset; all results come out, once, or, at least once, these 15 less those on their way again. */
static void each_plays_again_from_its_own_offset(void)
{
    static const char *const modes[] = {"exactly-once", "at-least-once"};
    static const char *const barriers[] = {"aligned", "unaligned"};
    for (int c = 0; c < 4; c++) {
        struct weir_test_result got = run(weir_format(
            "{\"platform\": \"\", \"duration\": \"62s\", \"window\": \"1s\", \"faults\": [{\"host\": \"cloud\", "
            "\"at\": "
            "\"15050ms\", \"for\": \"500ms\"}], \"recovery\": {\"checkpoint_interval\": \"10s\", \"delivery\": \"%s\", "
            "\"detect\": \"100ms\", \"place\": \"wait\", \"restart\": \"0s\", \"store\": \"cloud4\", \"checkpoints\": "
            "{\"barriers\": \"%s\"}}, \"workload\": {\"jobs\": [{\"name\": \"j\", \"sources\": [{\"name\": \"left\", "
            "\"source\": \"cloud4\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\", \"start\": \"500ms\", "
            "\"count\": 50}}, {\"name\": \"right\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": "
            "\"2/s\", \"start\": \"250ms\", \"count\": 100}}], \"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\", "
            "\"placement\": {\"host\": \"cloud\"}}]}]}}",
            modes[c % 2], barriers[c / 2]));
        const struct weir_source_total *left = &got.result.sources[0], *right = &got.result.sources[1];
        CHECK_NEAR((double)left->replayed, 5, 0);
        CHECK_NEAR((double)right->replayed, 10, 0);
        CHECK_NEAR((double)left->delivered, 50, 0);
        CHECK_NEAR((double)right->delivered, 100, 0);
        CHECK_NEAR((double)left->duplicates, c % 2 ? 5 : 0, 0);
        CHECK_NEAR((double)right->duplicates, c % 2 ? 10 : 0, 0);
        weir_test_result_fini(&got);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"the farther one decides", the_farther_one_decides},
        {"the slower one decides", the_slower_one_decides},
        {"a source lets it go when its hands are empty", a_source_lets_it_go_when_its_hands_are_empty},
        {"one goes a longer way", one_goes_a_longer_way},
        {"what it holds goes before", what_it_holds_goes_before},
        {"each plays again from its own offset", each_plays_again_from_its_own_offset},
        {0}};
    return weir_test_main("engine/checkpoints_sources", cases, argc, argv);
}
