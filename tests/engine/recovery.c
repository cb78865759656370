/* Where what has failed starts anew: a host with just the room for it, and one that lacks a slot or some memory.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

/* What a policy sees of it at the ends of windows of 5 s. */
static int look(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    if (view->jobs[0].operators[0].changing)
        weir_plan_note(plan, 0, "changing at %g s", view->time_s);
    return WEIR_OK;
}
static const struct weir_policy looks = {
    .abi = WEIR_POLICY_ABI, .name = "looks", .summary = "Looks.", .source = "", .window_ends = look};

/* o, with its state, on a; s is taken by another job, whose other operator on b takes 4 of its 10 GB, and one of its
 * slots. 10 items a second. */
static struct weir_test_result run(const char *slots_of_b, const char *state, const char *for_s)
{
    static const struct weir_policy *const catalog[] = {&looks, NULL};
    char *platform =
        weir_format("<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">"
                    "<platform version=\"4.1\"><zone id=\"z\" routing=\"Full\"><host id=\"s\" speed=\"1Gf\">"
                    "<prop id=\"slots\" value=\"1\"/></host>"
                    "<host id=\"a\" speed=\"1Gf\"><prop id=\"slots\" value=\"1\"/></host>"
                    "<host id=\"b\" speed=\"1Gf\"><prop id=\"slots\" value=\"%s\"/><prop id=\"memory\" value=\"10GB\"/>"
                    "</host><link id=\"l\" bandwidth=\"100GBps\" latency=\"1ms\"/>"
                    "<route src=\"s\" dst=\"a\"><link_ctn id=\"l\"/></route>"
                    "<route src=\"s\" dst=\"b\"><link_ctn id=\"l\"/></route>"
                    "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route></zone></platform>",
                    slots_of_b);
    char *scenario = weir_format(
        "{\"duration\": \"60s\", \"window\": \"5s\", \"faults\": [{\"host\": \"a\", \"at\": \"10s\", \"for\": \"%s\"}],"
        " \"recovery\": {\"restart\": \"2s\", \"checkpoint_interval\": \"5s\", \"detect\": \"3s\"},"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"source_bytes\": \"1kB\","
        "  \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\", \"count\": 300},"
        "  \"operators\": [{\"name\": \"o\", \"flops\": \"1Mf\", \"state\": \"%s\", \"placement\": \"a\"}]},"
        " {\"name\": \"other\", \"source\": \"s\", \"source_bytes\": \"1kB\","
        "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\", \"count\": 30},"
        "  \"operators\": [{\"name\": \"q\", \"flops\": \"1Mf\", \"placement\": \"s\"}, {\"name\": \"p\", \"flops\": "
        "\"1Mf\", \"state\": \"4GB\", \"placement\": \"b\"}]}]}}",
        for_s, state);
    struct weir_test_result got =
        weir_test_run_catalog(weir_test_file("slots.xml", platform), scenario, "looks", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR((double)weir_test_job(&got, "j")->delivered, 300, 0);
    CHECK_NEAR((double)weir_test_job(&got, "other")->delivered, 30, 0);
    CHECK_NEAR(got.result.metrics.restarts, 1, 0);
    free(platform);
    free(scenario);
    return got;
}

/* It goes on where it was, if that is up again by then; it has a single slot. The failure at 10 s is noticed at 12 s,
 * and 2 s later the item that came at 10 s goes on. */
static void back_where_it_was(void)
{
    struct weir_test_result got = run("2", "1GB", "1s");
    CU_ASSERT_STRING_EQUAL(got.decisions, "");
    CHECK_NEAR(got.result.metrics.latency_max_s, 4.002, 1e-6);
    weir_test_result_fini(&got);
}

/* b has one slot more, and 6 GB. */
static void where_there_is_just_room(void)
{
    struct weir_test_result got = run("2", "6GB", "30s");
    CU_ASSERT_PTR_NOT_NULL(
        strstr(got.decisions, "recovery j/o note | an instance starts on b instead of a, which is down"));
    CHECK_NEAR(got.result.metrics.latency_max_s, 4.002, 1e-6);
    weir_test_result_fini(&got);
}

/* No slot, or a thousandth too little memory: it waits until a is back, at 40 s, and restarts in 2 s. */
static void where_there_is_not(void)
{
    static const char *const cases[][2] = {{"1", "1GB"}, {"2", "6.001GB"}};
    for (int c = 0; c < 2; c++) {
        struct weir_test_result got = run(cases[c][0], cases[c][1], "30s");
        CU_ASSERT_PTR_NULL(strstr(got.decisions, "instead of"));
        for (int time_s = 5; time_s < 60; time_s += 5) {
            char *said = weir_format("changing at %d s", time_s);
            CU_ASSERT_EQUAL(strstr(got.decisions, said) != NULL, time_s > 12 && time_s < 42);
            free(said);
        }
        CHECK_NEAR(got.result.metrics.latency_max_s, 32.002, 1e-6);
        weir_test_result_fini(&got);
    }
}

/* All hosts of its tier are down when it arrives, at 30 s: it waits for the first of those with the fewest instances,
 * edge, which comes back at 40 s, not for edge2, which does at 60 s. */
static void the_first_that_is_down(void)
{
    struct weir_test_result got =
        weir_test_run("tests/input/valid/two-tier.xml",
                      "{\"duration\": \"100s\", \"recovery\": {\"place\": \"wait\"}, \"faults\": [{\"host\": \"edge\", "
                      "\"at\": \"20s\", \"for\": \"20s\"}, {\"host\": \"edge2\", \"at\": \"20s\", \"for\": \"40s\"}], "
                      "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"cloud\", \"arrive\": \"30s\", "
                      "\"load\": {\"kind\": \"constant\", \"rate\": \"10/s\"}, \"operators\": [{\"name\": \"o\", "
                      "\"flops\": \"8Mf\", \"placement\": {\"tier\": \"edge\"}}]}]}}",
                      "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.latency_max_s, 10.018, 1e-6);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "an instance waits for edge, which is down"));
    weir_test_result_fini(&got);
}

/* What is played again, and what came meanwhile, leaves the source when the job has recovered, and not before or after.
 * o takes 1 s. The item of 8.3 s is delivered at 9.3 s, and that of 9.9 s is lost at 10 s, which is noticed at 11 s. At
 * 12.5 s both and the item of 11.5 s are sent, 0.1 ms away, and served until 13.5, 14.5 and 15.5 s, the first one
 * again.
 */
static void from_when_it_has_recovered(void)
{
    static const char *const modes[] = {"", "\"batch_span\": \"100ms\", "};
    for (int m = 0; m < 2; m++) {
        char *scenario = weir_format(
            "{\"duration\": \"60s\", \"window\": \"30s\", %s\"faults\": [{\"host\": \"edge2\", \"at\": \"10s\", "
            "\"for\": \"500ms\"}], \"recovery\": {\"place\": \"wait\", \"restart\": \"1500ms\", "
            "\"checkpoint_interval\": "
            "\"1h\", \"detect\": \"1s\"}, \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", "
            "\"source_bytes\": \"1B\", \"load\": {\"kind\": \"steps\", \"arrivals\": \"even\", \"steps\": [{\"at\": "
            "\"0s\", \"rate\": \"0/s\"}, {\"at\": \"8.3s\", \"rate\": \"0.625/s\"}, {\"at\": \"13s\", \"rate\": "
            "\"0/s\"}]}, \"operators\": [{\"name\": \"o\", \"flops\": \"1Gf\", \"placement\": \"edge2\"}]}]}}",
            modes[m]);
        struct weir_test_result got = weir_test_run("tests/input/valid/two-tier.xml", scenario, "static", 1);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        CHECK_NEAR(got.result.metrics.delivered, 3, 0);
        const double way_s = 1e-4 + 8e-9; /* of a byte; the second and the third come after one another */
        CHECK_NEAR(got.result.metrics.latency_max_s, 14.5 - 9.9 + way_s, 1e-7);
        CHECK_NEAR(got.result.metrics.latency_mean_s, (1 + (14.5 - 9.9) + (15.5 - 11.5)) / 3 + way_s, 1e-7);
        CHECK_NEAR(got.result.metrics.blocked_s, ((12.5 - 9.9) + (12.5 - 11.5)) / 3, 1e-7);
        CHECK_NEAR(got.result.metrics.waiting_s, (1 + 2) / 3.0, 1e-7);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"back where it was", back_where_it_was},
                                      {"where there is just room", where_there_is_just_room},
                                      {"where there is not", where_there_is_not},
                                      {"the first that is down", the_first_that_is_down},
                                      {"from when it has recovered", from_when_it_has_recovered},
                                      {0}};
    return weir_test_main("engine/recovery", cases, argc, argv);
}
