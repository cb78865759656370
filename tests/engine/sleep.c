/* Hosts that policies send to sleep and wake, by a script: what they draw, when they are up, what is refused. Each case
 * runs twice: as it is, and with everything in SimGrid's hands. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

/* h boots for 9 s at 150 W and draws 5 W asleep; nothing is measured on o, where all sources are, and p. */
#define PLATFORM                                                                                                       \
    "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"                        \
    "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\">\n"                                                     \
    "<host id=\"h\" speed=\"1Gf\" core=\"4\"><prop id=\"wattage_per_state\" value=\"100:120:200\"/>"                   \
    "<prop id=\"wattage_off\" value=\"5\"/><prop id=\"boot_time\" value=\"9s\"/><prop id=\"boot_watts\" "              \
    "value=\"150\"/>"                                                                                                  \
    "</host><host id=\"o\" speed=\"1Gf\"/><host id=\"p\" speed=\"1Gf\"/>"                                              \
    "<link id=\"l\" bandwidth=\"1MBps\" latency=\"1ms\"/>"                                                             \
    "<route src=\"h\" dst=\"o\"><link_ctn id=\"l\"/></route><route src=\"h\" dst=\"p\"><link_ctn id=\"l\"/></route>"   \
    "<route src=\"o\" dst=\"p\"><link_ctn id=\"l\"/></route></zone></platform>\n"
enum { H, O, P };

#define SCENARIO                                                                                                       \
    "{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"10s\", \"costs\": {\"start\": \"0s\", \"stop\": "      \
    "\"0s\"}, %s \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"o\", \"source_bytes\": \"%s\","             \
    " \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"                                                          \
    " \"operators\": [{\"name\": \"op\", \"flops\": \"100Mf\"}]}]}}"

/* What is asked at the end of which window. */
struct line {
    long window;
    enum { SLEEP, WAKE, MOVE } what;
    int host;
};
static const struct line *script;

static int play(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    const struct weir_host_view *h = &view->hosts[H];
    (void)state;
    weir_plan_note(plan, -1, "h %d %d %g %d", h->asleep, h->up, h->boot_s, h->may_sleep);
    for (const struct line *line = script; line->window >= 0; line++) {
        if (line->window != view->window)
            continue;
        if (line->what == MOVE)
            weir_plan_move(plan, 0, 0, line->host, "move");
        else
            (line->what == SLEEP ? weir_plan_sleep : weir_plan_wake)(plan, line->host, "script");
    }
    return 0;
}
static const struct weir_policy playing = {
    .abi = WEIR_POLICY_ABI, .name = "playing", .summary = "A script.", .source = "", .window_ends = play};

static struct weir_test_result run(const struct line *lines, const char *more, const char *bytes, int way)
{
    const struct weir_policy *const catalog[] = {&playing, NULL};
    char *text = weir_format(SCENARIO, more, bytes);
    script = lines;
    struct weir_test_result got = weir_test_run_traced(weir_test_file("sleep.xml", PLATFORM),
                                                       way ? weir_test_all(text) : text, "playing", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    free(text);
    return got;
}

static void check_told(const struct weir_test_result *got, const char *wanted)
{
    if (!strstr(got->decisions, wanted))
        fprintf(stderr, "\nwanted: %s\n%s\n", wanted, got->decisions);
    CU_ASSERT(strstr(got->decisions, wanted) != NULL);
}

static void asleep_and_awake_again(void)
{
    static const struct line lines[] = {{1, SLEEP, H}, {2, SLEEP, H}, {4, WAKE, H}, {6, WAKE, H}, {-1, SLEEP, H}};
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(lines, "", "0B", way);
        /* Idle until 20 s, asleep until 50 s, boots until 59 s. */
        double wanted_j = 20 * 100 + 30 * 5 + 9 * 150 + 41 * 100;
        CHECK_NEAR(got.result.metrics.energy_j, wanted_j, 1e-6 * wanted_j);
        CHECK_NEAR(got.result.metrics.asleep_s, 30, 1e-9);
        CHECK_NEAR(got.result.metrics.boots, 1, 0);
        CHECK_NEAR(got.result.metrics.decisions, 2, 0); /* what is so already is none */
        CHECK_NEAR(got.result.metrics.refused, 0, 0);
        check_told(&got, "20.000 playing / sleep h | script");
        check_told(&got, "50.000 playing / wake h | script");
        /* What the policy sees at 20, 30, 50 (before it is woken), and 60 s. */
        check_told(&got, "20.000 playing / note | h 0 1 0 1");
        check_told(&got, "30.000 playing / note | h 1 0 9 1");
        check_told(&got, "60.000 playing / note | h 0 1 0 1");
        CU_ASSERT(strstr(got.rows, "30 //h/asleep 1") && strstr(got.rows, "50 //h/asleep 1"));
        CU_ASSERT(!strstr(got.rows, "60 //h/asleep") && !strstr(got.rows, "//h/down"));
        weir_test_result_fini(&got);
    }
}

static void the_warm_up_does_not_count(void)
{
    static const struct line lines[] = {{1, SLEEP, H}, {4, WAKE, H}, {-1, SLEEP, H}};
    struct weir_test_result got = run(lines, "\"warmup\": \"35s\",", "0B", 0);
    CHECK_NEAR(got.result.metrics.energy_j, 15 * 5 + 9 * 150 + 41 * 100, 1e-3);
    CHECK_NEAR(got.result.metrics.asleep_s, 15, 1e-9);
    weir_test_result_fini(&got);
}

static void a_fault_does_not_wake(void)
{
    /* Down from 25 to 30 s, asleep before, meanwhile and afterwards; and from 52 to 58 s, while it boots. */
    static const struct line lines[] = {{1, SLEEP, H}, {4, WAKE, H}, {-1, SLEEP, H}};
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got =
            run(lines,
                "\"faults\": [{\"host\": \"h\", \"at\": \"25s\", \"for\": \"5s\"}, {\"host\": \"h\", \"at\": \"52s\","
                " \"for\": \"6s\"}],",
                "0B", way);
        double wanted_j = 20 * 100 + 30 * 5 + 3 * 150 + 6 * 5 + 41 * 100;
        CHECK_NEAR(got.result.metrics.energy_j, wanted_j, 1e-6 * wanted_j);
        weir_test_result_fini(&got);
    }
}

static void what_is_refused(void)
{
    /* Asleep from 20 s; woken at 50 s, so that it boots when the window of 60 s ends if that takes 12 s. */
    static const struct line lines[] = {
        {1, SLEEP, O}, {1, SLEEP, H}, {2, MOVE, H}, {4, WAKE, H}, {5, MOVE, H}, {6, SLEEP, H}, {-1, SLEEP, H},
    };
    struct weir_test_result got = run(lines, "", "0B", 0);
    check_told(&got, "sleep o | script | host \"o\" has a source, a sink or something else that must not stop");
    check_told(&got, "host \"h\" sleeps; wake it first");
    /* At 60 s it is up, and the operator moves there; at 70 s it has an instance. */
    check_told(&got, "sleep h | script | host \"h\" has 1 instances, and 1 are planned there");
    CHECK_NEAR(got.result.metrics.refused, 3, 0);
    CHECK_NEAR(got.result.metrics.delivered, 100, 1);
    weir_test_result_fini(&got);
}

static void placed_and_sent_to_sleep_at_once(void)
{
    static const struct line lines[] = {{1, MOVE, H}, {1, SLEEP, H}, {-1, SLEEP, H}};
    struct weir_test_result got = run(lines, "", "0B", 0);
    check_told(&got, "sleep h | script | host \"h\" has 0 instances, and 1 are planned there");
    CU_ASSERT(isnan(got.result.metrics.asleep_s) && isnan(got.result.metrics.boots));
    weir_test_result_fini(&got);
}

static void bytes_on_their_way(void)
{
    /* An item every 10 s takes 9 s, and its result of 12 MB 12 s on the link to the sink. The operator moves to h at
     * 10 s and away at 30 s; what it has sent from there is on the link until 41 s at least, and at 40 s h does not
     * sleep. At 50 s it does. */
    static const struct line lines[] = {{0, MOVE, H}, {2, MOVE, P}, {3, SLEEP, H}, {4, SLEEP, H}, {-1, SLEEP, H}};
    const char *text =
        "{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"10s\", \"costs\": {\"start\": \"0s\","
        " \"stop\": \"0s\"}, \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"o\","
        " \"sink\": \"o\", \"load\": {\"kind\": \"constant\", \"rate\": \"0.1/s\"},"
        " \"operators\": [{\"name\": \"op\", \"flops\": \"9Gf\", \"bytes\": \"12MB\"}]}]}}";
    const struct weir_policy *const catalog[] = {&playing, NULL};
    for (int way = 0; way < 2; way++) {
        script = lines;
        struct weir_test_result got = weir_test_run_catalog(weir_test_file("sleep.xml", PLATFORM),
                                                            way ? weir_test_all(text) : text, "playing", 1, catalog);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        check_told(&got, "40.000 playing / note | h does not sleep: bytes are on their way to or from it");
        CHECK_NEAR(got.result.metrics.asleep_s, 50, 1e-9);
        CHECK_NEAR(got.result.metrics.lost, 0, 0);
        weir_test_result_fini(&got);
    }
}

static void jobs_that_arrive(void)
{
    /* h sleeps from 20 s on; a job that is to be there comes at 30 s and goes elsewhere, also where what fails waits
     * for its host. */
    static const struct line lines[] = {{1, SLEEP, H}, {-1, SLEEP, H}};
    static const char *const more[] = {"", "\"recovery\": {\"place\": \"wait\"},"};
    const struct weir_policy *const catalog[] = {&playing, NULL};
    for (int m = 0; m < 2; m++) {
        char *text = weir_format("{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"10s\", %s"
                                 " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"o\", \"arrive\": \"30s\","
                                 " \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
                                 " \"operators\": [{\"name\": \"op\", \"flops\": \"100Mf\", \"placement\": \"h\"}]}]}}",
                                 more[m]);
        script = lines;
        struct weir_test_result got =
            weir_test_run_catalog(weir_test_file("sleep.xml", PLATFORM), text, "playing", 1, catalog);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        check_told(&got, "instead of h, which is asleep");
        CHECK_NEAR(got.result.metrics.delivered, 70, 1);
        CHECK_NEAR(got.result.metrics.asleep_s, 80, 1e-9);
        weir_test_result_fini(&got);
        free(text);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"asleep and awake again", asleep_and_awake_again},
        {"the warm-up does not count", the_warm_up_does_not_count},
        {"a fault does not wake", a_fault_does_not_wake},
        {"what is refused", what_is_refused},
        {"placed and sent to sleep at once", placed_and_sent_to_sleep_at_once},
        {"bytes on their way", bytes_on_their_way},
        {"jobs that arrive", jobs_that_arrive},
        {0},
    };
    return weir_test_main("engine/sleep", cases, argc, argv);
}
