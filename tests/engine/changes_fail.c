/* Changes of plan under failures: hosts and links are killed at every phase of every kind of change. Nothing hangs,
 * nothing is lost, and the job stands still no longer than what was asked of it takes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

/* One of so many cases is run. */
#ifdef WEIR_LONG
#define EVERY 1
#elif defined(__SANITIZE_ADDRESS__)
#define EVERY 13
#else
#define EVERY 3
#endif

/* A source, and three hosts that do the work, each with its own link to the source and to each other one. */
static const char platform_text[] =
    "<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">"
    "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\">"
    "<host id=\"s\" speed=\"1Gf\" core=\"8\"><prop id=\"tier\" value=\"device\"/></host>"
    "<host id=\"a\" speed=\"1Gf\" core=\"2\"/><host id=\"b\" speed=\"1Gf\" core=\"2\"/>"
    "<host id=\"c\" speed=\"1Gf\" core=\"2\"/>"
    "<link id=\"sa\" bandwidth=\"100MBps\" latency=\"1ms\"/><link id=\"sb\" bandwidth=\"100MBps\" latency=\"1ms\"/>"
    "<link id=\"sc\" bandwidth=\"100MBps\" latency=\"1ms\"/><link id=\"ab\" bandwidth=\"100MBps\" latency=\"1ms\"/>"
    "<link id=\"ac\" bandwidth=\"100MBps\" latency=\"1ms\"/><link id=\"bc\" bandwidth=\"100MBps\" latency=\"1ms\"/>"
    "<route src=\"s\" dst=\"a\"><link_ctn id=\"sa\"/></route><route src=\"s\" dst=\"b\"><link_ctn id=\"sb\"/></route>"
    "<route src=\"s\" dst=\"c\"><link_ctn id=\"sc\"/></route><route src=\"a\" dst=\"b\"><link_ctn id=\"ab\"/></route>"
    "<route src=\"a\" dst=\"c\"><link_ctn id=\"ac\"/></route><route src=\"b\" dst=\"c\"><link_ctn id=\"bc\"/></route>"
    "</zone></platform>";
enum { S, A, B, C };

/* All of a kind begins at 10 s, with the decision at the end of window 9. */
struct kind {
    const char *name;
    int before[3], before_count, after[3], after_count;
    bool back; /* 10 s later an operator without an instance gets one, on b or, if that brings none, on c */
};
static const struct kind kinds[] = {{"move", {A}, 1, {B}, 1, false},       {"out", {A}, 1, {A, B}, 2, false},
                                    {"spread", {A}, 1, {B, C}, 2, false},  {"in", {A, B}, 2, {A}, 1, false},
                                    {"merge", {A, C}, 2, {B}, 1, false},   {"half", {A, A}, 2, {A, B}, 2, false},
                                    {"swap", {A, B}, 2, {B, C}, 2, false}, {"more", {A, B}, 2, {A, B, C}, 3, false},
                                    {"from none", {0}, 0, {B}, 1, false},  {"to none", {A}, 1, {0}, 0, true},
                                    {"all go", {A, B}, 2, {0}, 0, true}};
#define KINDS (sizeof kinds / sizeof *kinds)

/* What the change takes: 2 s to start, 1 s for the checkpoint, 1 s for 100 MB, 1 s to restore, 1 s to stop. */
static const struct {
    const char *name;
    double at_s; /* in the middle of it; of a change without delay */
} phases[] = {{"decision", -0.5}, {"start", 1.3},   {"late start", 1.9}, {"checkpoint", 2.6},
              {"move", 3.5},      {"restore", 4.5}, {"commit", 5.02},    {"stop", 5.6}};
#define PHASES (sizeof phases / sizeof *phases)

static const char *const victims[] = {"a", "b", "c", "ab", "ac", "sa", "sb"};
#define VICTIMS (sizeof victims / sizeof *victims)

/* One case; set before the child is forked. */
struct world {
    const struct kind *kind;
    const char *victim, *place, *state;
    double at_s, for_s, decision_s; /* INFINITY: for good */
    bool exactly_once;
};
static struct world world;

static void set(struct weir_plan *plan, const int *hosts, int count)
{
    struct weir_placement wish[3];
    for (int i = 0; i < count; i++)
        wish[i] = (struct weir_placement){hosts[i], 1, 1};
    weir_plan_set(plan, 0, 0, wish, count, "as the kind says");
}

static int place_job(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    set(plan, world.kind->before, world.kind->before_count);
    return WEIR_OK;
}

/* Asks for the change, and notes each window in which no item was served while some came. */
static int follow(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    if (view->window == 9)
        set(plan, world.kind->after, world.kind->after_count);
    bool none = view->jobs[0].operators[0].instance_count == 0;
    if (none && (world.kind->back ? view->window >= 19 : view->window > 9))
        set(plan, (const int[]){view->hosts[B].up && view->window / 5 % 2 ? B : C}, 1);
    bool still = view->jobs[0].operators[0].processed_rate == 0 && view->time_s <= 30;
    weir_plan_note(plan, 0, still ? "still" : "works");
    return WEIR_OK;
}
static const struct weir_policy script = {.abi = WEIR_POLICY_ABI,
                                          .name = "script",
                                          .summary = "Changes once.",
                                          .source = "",
                                          .job_arrives = place_job,
                                          .window_ends = follow};
static const struct weir_policy *const catalog[] = {&script, NULL};

/* The longest row of windows, of a second each, in which no item was served. */
static int longest_standstill(const char *decisions)
{
    int longest = 0, row = 0;
    for (const char *line = decisions; line && *line; line = strchr(line, '\n'), line += line != NULL) {
        const char *end = strchr(line, '\n');
        size_t length = end ? (size_t)(end - line) : strlen(line);
        char text[256];
        snprintf(text, sizeof text, "%.*s", (int)length, line);
        if (strstr(text, "| still"))
            row++;
        else if (strstr(text, "| works"))
            row = 0;
        if (row > longest)
            longest = row;
    }
    return longest;
}

static int count_of(const char *text, const char *what)
{
    int count = 0;
    for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
        count++;
    return count;
}

static bool on(const int *hosts, int count, char victim)
{
    for (int i = 0; i < count; i++)
        if ("sabc"[hosts[i]] == victim)
            return true;
    return false;
}

/* Whether the operator has, before or after its change, no instance elsewhere. */
static bool all_on(char victim)
{
    const struct kind *kind = world.kind;
    bool before = true, after = true;
    for (int i = 0; i < kind->before_count; i++)
        before &= "sabc"[kind->before[i]] == victim;
    for (int i = 0; i < kind->after_count; i++)
        after &= "sabc"[kind->after[i]] == victim;
    return before || after;
}

/* How long the job may stand still: the pause of the change, whose state may be moved and restored twice; a window in
 * which it is tried to move or to drain; what it takes to notice a failure and to restart; the time until what is down
 * is up, if it is a link that items take, or a host that instances shall wait for. */
static double may_stand_s(void)
{
    bool stateful = *world.state;
    double pause_s = stateful ? 1 + 2 * (1 + 1) + 1 : 0, failure_s = 1 + 2;
    if (!world.kind->before_count || !world.kind->after_count)
        pause_s += 10 + 2 * (1 + 2) + 5; /* without an instance; one starts, perhaps anew, or elsewhere */
    bool link = world.victim[1], way = link && world.victim[0] == 's',
         waits = strcmp(world.place, "wait") == 0 || (strcmp(world.place, "drop") == 0 && all_on(world.victim[0]));
    bool used = on(world.kind->before, world.kind->before_count, world.victim[link]) ||
                on(world.kind->after, world.kind->after_count, world.victim[link]);
    if (link)
        return pause_s + (way && used ? world.for_s + 1 : 0);
    return pause_s + failure_s + (waits && used ? world.for_s + 1 : 0);
}

static char *scenario_of(void)
{
    char fault[96],
        *length = isinf(world.for_s) ? weir_format("%s", "") : weir_format(", \"for\": \"%gs\"", world.for_s);
    snprintf(fault, sizeof fault, "{\"%s\": \"%s\", \"at\": \"%gs\"%s}", world.victim[1] ? "link" : "host",
             world.victim, world.at_s, length);
    free(length);
    return weir_format(
        "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"1s\", \"items_per_batch\": 1,"
        " \"decision_time\": \"%gs\","
        " \"costs\": {\"start\": \"2s\", \"stop\": \"1s\", \"checkpoint\": \"1s\", \"restore\": \"1s\"},"
        " \"faults\": [%s], \"recovery\": {\"restart\": \"2s\", \"detect\": \"1s\", \"checkpoint_interval\": \"2s\","
        " \"place\": \"%s\", \"delivery\": \"%s\"},"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"s\"}, \"source_bytes\": \"1kB\","
        " \"load\": {\"kind\": \"constant\", \"rate\": \"20/s\", \"count\": 600},"
        " \"operators\": [{\"name\": \"op\", \"flops\": \"5Mf\", \"min_instances\": 0, \"max_parallelism\": 4,"
        " \"placement\": {\"tier\": \"edge\"}%s%s}]}]}}",
        world.decision_s, fault, world.place, world.exactly_once ? "exactly-once" : "at-least-once",
        *world.state ? ", \"state\": " : "", world.state);
}

struct tally {
    int runs, given_up, without, restarts, idle;
};

static void check_world(const char *platform, struct tally *tally)
{
    char *scenario = scenario_of();
    struct weir_test_result got = weir_test_run_catalog(platform, scenario, "script", 1, catalog);
    bool right = got.code == WEIR_OK;
    int stood = right ? longest_standstill(got.decisions) : 0;
    if (right) {
        double most = may_stand_s(), delivered = got.result.metrics.delivered;
        weir_test_conservation(platform, scenario, &got);
        right = isinf(most) || (stood <= most + 1 && delivered == 600);
        tally->runs++;
        tally->idle += isinf(most);
        tally->given_up += count_of(got.decisions, "given up");
        tally->without += count_of(got.decisions, "goes on without");
        tally->restarts += (int)got.result.metrics.restarts;
    }
    if (!right)
        fprintf(stderr,
                "\n%s, state %s, %s dies %+g s after the decision for %g s, decision %g s, place %s:"
                " %s stood %d of %g s, %.0f delivered\n%s",
                world.kind->name, world.state, world.victim, world.at_s - 10, world.for_s, world.decision_s,
                world.place, got.message, stood, right ? 0 : may_stand_s(), got.result.metrics.delivered,
                got.decisions && getenv("WEIR_TEST_SHOW") ? got.decisions : scenario);
    CU_ASSERT(right);
    weir_test_result_fini(&got);
    free(scenario);
}

/* Every victim at every phase of every kind; how long, where instances start anew, how much state and how slow a
 * decision are drawn. */
static void every_victim_at_every_phase(void)
{
    char *platform = weir_format("%s", weir_test_file("three.xml", platform_text));
    static const char *const places[] = {"elsewhere", "wait", "drop"}, *const states[] = {"", "\"1kB\"", "\"100MB\""};
    static const double lengths[] = {0.2, 4, INFINITY};
    struct tally tally = {0};
    unsigned number = 0;
    for (size_t k = 0; k < KINDS; k++)
        for (size_t p = 0; p < PHASES; p++)
            for (size_t v = 0; v < VICTIMS; v++) {
                if ((k + 3 * p + v) % EVERY)
                    continue;
                struct weir_stream s = weir_stream_at(weir_stream_key(2026, "changes that fail"), number++);
                double decision_s = weir_stream_below(&s, 2) ? 0.9 : 0;
                world = (struct world){.kind = &kinds[k],
                                       .victim = victims[v],
                                       .place = places[weir_stream_below(&s, 3)],
                                       .state = states[weir_stream_below(&s, 3)],
                                       .for_s = lengths[weir_stream_below(&s, 3)],
                                       .decision_s = decision_s,
                                       .exactly_once = weir_stream_below(&s, 2) == 1,
                                       .at_s = 10 + phases[p].at_s + decision_s};
                if (world.victim[0] == 's' && isinf(world.for_s))
                    world.for_s = 4; /* there is no other way */
                check_world(platform, &tally);
            }
    printf("\n    %d runs, %d changes given up, %d went on without some, %d restarts, %d wait for good ", tally.runs,
           tally.given_up, tally.without, tally.restarts, tally.idle);
    CU_ASSERT(tally.given_up > 0 && tally.restarts > 0);
    CU_ASSERT(tally.runs < 100 || (tally.given_up > tally.runs / 12 && tally.without > tally.runs / 90 &&
                                   tally.restarts > tally.runs / 10));
    CU_ASSERT(tally.idle < tally.runs / 5);
    free(platform);
}

/* The world as it is under one fault, of a job that gets its change at 10 s. */
static struct weir_test_result run_world(const char *kind, const char *state, const char *victim, double at_s,
                                         double for_s)
{
    static char *platform;
    if (!platform)
        platform = weir_format("%s", weir_test_file("one-fault.xml", platform_text));
    world = (struct world){.victim = victim, .place = "elsewhere", .state = state, .at_s = at_s, .for_s = for_s};
    for (size_t k = 0; k < KINDS; k++)
        if (strcmp(kinds[k].name, kind) == 0)
            world.kind = &kinds[k];
    char *scenario = scenario_of();
    struct weir_test_result got = weir_test_run_catalog(platform, scenario, "script", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(platform, scenario, &got);
    free(scenario);
    return got;
}

/* b dies at 11.3 s, while its instance starts; at 12 s it would have started. The job has not stood still: 6 ms an
 * item, and 1 kB at 100 MB/s. */
static void a_target_that_dies_while_it_starts(void)
{
    for (int back = 0; back < 2; back++) {
        struct weir_test_result got = run_world("move", "\"1kB\"", "b", 11.3, back ? 0.2 : INFINITY);
        CU_ASSERT(strstr(got.decisions, "12.000 script j/op note | change given up: host b has failed") != NULL);
        CHECK_NEAR(got.result.metrics.paused_s, 0, 0);
        CHECK_NEAR(got.result.metrics.latency_max_s, 6.01e-3, 1e-9);
        CHECK_NEAR(got.result.metrics.delivered, 600, 0);
        CHECK_NEAR(got.result.metrics.restarts, 0, 0);
        CHECK_NEAR(got.result.metrics.instances_mean, (60 + 2) / 60.0, 1e-3);
        weir_test_result_fini(&got);
    }
}

/* It takes items from 14.001 s on, or rather would: b dies just before, after the detector has looked at 14 s. */
static void a_target_that_dies_at_the_last_moment(void)
{
    struct weir_test_result got = run_world("move", "\"1kB\"", "b", 14.0005, INFINITY);
    CU_ASSERT(strstr(got.decisions, "14.001 script j/op note | change given up: host b has failed") != NULL);
    CHECK_NEAR(got.result.metrics.paused_s, 2 + 1e3 / 100e6 + 1e-3, 0.01);
    CHECK_NEAR(got.result.metrics.restarts, 0, 0);
    CHECK_NEAR(got.result.metrics.delivered, 600, 0);
    weir_test_result_fini(&got);
}

/* c is left, and a stays in the place of b: 1 s for the checkpoint, half of 1 kB from a to c, 1 s to restore. */
static void without_the_target_that_dies(void)
{
    struct weir_test_result got = run_world("spread", "\"1kB\"", "b", 11.3, INFINITY);
    CU_ASSERT(strstr(got.decisions, "12.000 script j/op note | change goes on without 1 of 2 new instances: host b has "
                                    "failed") != NULL);
    CHECK_NEAR(got.result.metrics.paused_s, 2 + 500 / 100e6 + 1e-3, 0.01); /* and what it takes to drain */
    CHECK_NEAR(got.result.metrics.state_moved_bytes, 500, 1e-9);
    CHECK_NEAR(got.result.metrics.delivered, 600, 0);
    weir_test_result_fini(&got);
    /* [a, b] -> [b, c] on stateless instances; c dies: nothing is left to start, so a stays. */
    got = run_world("swap", "", "c", 11.3, INFINITY);
    CU_ASSERT(strstr(got.decisions, "change given up: host c has failed") != NULL);
    CHECK_NEAR(got.result.metrics.instances_mean, (2 * 60 + 2) / 60.0, 1e-3);
    weir_test_result_fini(&got);
}

/* 50 MB each begin to move to b and c at 13 s and take half a second. b dies at 13.2 s, which is noticed at 14 s: a
 * stays, and the state is parted anew, 50 MB for c: half a second again, and one to restore. */
static void state_moves_anew(void)
{
    struct weir_test_result got = run_world("spread", "\"100MB\"", "b", 13.2, INFINITY);
    CHECK_NEAR(got.result.metrics.paused_s, 15.5 - 12, 0.01);
    CHECK_NEAR(got.result.metrics.state_moved_bytes, 100e6, 1e-3);
    CHECK_NEAR(got.result.metrics.delivered, 600, 0);
    weir_test_result_fini(&got);
    /* The same while it is restored, from 13.5 to 14.5 s; b had got its 50 MB. */
    got = run_world("spread", "\"100MB\"", "b", 13.7, INFINITY);
    CHECK_NEAR(got.result.metrics.paused_s, 15.5 - 12, 0.01);
    CHECK_NEAR(got.result.metrics.state_moved_bytes, 150e6, 1e-3);
    weir_test_result_fini(&got);
}

/* The link goes at 13.2 s. It is tried again at 14.2 s, a window later, and then no more. */
static void state_that_cannot_move(void)
{
    struct weir_test_result got = run_world("move", "\"100MB\"", "ab", 13.2, INFINITY);
    CU_ASSERT(strstr(got.decisions, "note | change given up: its state could not be moved") != NULL);
    CHECK_NEAR(got.result.metrics.paused_s, 14.2 - 12, 0.01);
    CHECK_NEAR(got.result.metrics.state_moved_bytes, 0, 0);
    CHECK_NEAR(got.result.metrics.latency_max_s, 14.2 - 12, 0.05);
    CHECK_NEAR(got.result.metrics.delivered, 600, 0);
    weir_test_result_fini(&got);
}

/* The link to a is down from 9 s on; so the item of 9 s is on its way for good. The operator moves to b all the same:
 * it waits for a window (12 to 13 s), 1 s for the checkpoint, 1 s to restore. */
static void away_from_a_dead_link(void)
{
    struct weir_test_result got = run_world("move", "\"1kB\"", "sa", 9, INFINITY);
    CHECK_NEAR(got.result.metrics.paused_s, 3, 0.01);
    CHECK_NEAR(got.result.metrics.delivered, 599, 0);
    CHECK_NEAR(got.result.metrics.latency_max_s, 15 - 9, 0.1);
    weir_test_result_fini(&got);
}

/* Decided at 10 s and carried out at 10.9 s; b is down since 10.5 s. The detector has not looked at the job. */
static void dead_when_it_is_carried_out(void)
{
    char *platform = weir_format("%s", weir_test_file("three.xml", platform_text));
    static const char *const kind[] = {"move", "spread"};
    for (int k = 0; k < 2; k++) {
        world = (struct world){.kind = &kinds[2 * k],
                               .victim = "b",
                               .place = "wait",
                               .state = "\"1kB\"",
                               .at_s = 10.5,
                               .for_s = INFINITY,
                               .decision_s = 0.9};
        CU_ASSERT_STRING_EQUAL(world.kind->name, kind[k]);
        char *scenario = scenario_of();
        struct weir_test_result got = weir_test_run_catalog(platform, scenario, "script", 1, catalog);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        CU_ASSERT(strstr(got.decisions, k ? "10.900 script j/op note | change goes on without 1 of 2"
                                          : "10.900 script j/op note | change given up: host b has failed") != NULL);
        CHECK_NEAR(got.result.metrics.migrations + got.result.metrics.rescales, k, 0);
        CHECK_NEAR(got.result.metrics.delivered, 600, 0);
        weir_test_result_fini(&got);
        free(scenario);
    }
    free(platform);
}

/* Two slots a host, two instances each, and b dies for good at 20 s: the job works on with a's, which can serve 250
 * items a second of the 100 that come. Three of 600 s are lost until that is noticed and the job has restarted. */
static void nowhere_to_start_anew(void)
{
    char *platform = weir_format(
        "%s", weir_test_file(
                  "two.xml",
                  "<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">"
                  "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\">"
                  "<host id=\"s\" speed=\"1Gf\" core=\"8\"><prop id=\"tier\" value=\"device\"/></host>"
                  "<host id=\"a\" speed=\"1Gf\" core=\"2\"><prop id=\"slots\" value=\"2\"/></host>"
                  "<host id=\"b\" speed=\"1Gf\" core=\"2\"><prop id=\"slots\" value=\"2\"/></host>"
                  "<link id=\"la\" bandwidth=\"100Mbps\" latency=\"1ms\"/><link id=\"lb\" bandwidth=\"100Mbps\" "
                  "latency=\"1ms\"/>"
                  "<route src=\"s\" dst=\"a\"><link_ctn id=\"la\"/></route><route src=\"s\" dst=\"b\"><link_ctn "
                  "id=\"lb\"/></route>"
                  "<route src=\"a\" dst=\"b\"><link_ctn id=\"la\"/><link_ctn id=\"lb\"/></route></zone></platform>"));
    struct weir_test_result got =
        weir_test_run(platform,
                      "{\"duration\": \"100s\", \"faults\": [{\"host\": \"b\", \"at\": \"20s\"}], \"recovery\": "
                      "{\"restart\": \"2s\"},"
                      " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\","
                      "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"
                      "  \"operators\": [{\"name\": \"op\", \"flops\": \"8Mf\", \"parallelism\": 4,"
                      "   \"placement\": {\"tier\": \"edge\"}}]}]}}",
                      "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.restarts, 1, 0);
    CU_ASSERT(got.result.metrics.throughput_per_s > 99);
    CU_ASSERT(got.result.metrics.latency_max_s < 25); /* at-least-once: items of the last 20 s come again */
    weir_test_result_fini(&got);
    /* 100/s, and 250/s from 60 s on, as two cores of a serve; b dies at 73 s, while ds2 has a third instance start. */
    static const char *const policies[] = {"ds2", "reactive"};
    for (int p = 0; p < 2; p++) {
        got = weir_test_run(
            platform,
            "{\"duration\": \"200s\", \"faults\": [{\"host\": \"b\", \"at\": \"73s\"}],"
            " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"slo\": \"1s\","
            "  \"load\": {\"kind\": \"steps\", \"arrivals\": \"even\","
            "   \"steps\": [{\"at\": \"0s\", \"rate\": \"100/s\"}, {\"at\": \"60s\", \"rate\": \"250/s\"}]},"
            "  \"operators\": [{\"name\": \"op\", \"flops\": \"8Mf\", \"parallelism\": 2,"
            "   \"placement\": {\"tier\": \"edge\"}, \"state\": \"100MB\"}]}]}}",
            policies[p], 1);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        CU_ASSERT(got.result.metrics.throughput_per_s * 200 > 60 * 100 + 130 * 250);
        weir_test_result_fini(&got);
    }
    free(platform);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"a target that dies while it starts", a_target_that_dies_while_it_starts},
        {"a target that dies at the last moment", a_target_that_dies_at_the_last_moment},
        {"without the target that dies", without_the_target_that_dies},
        {"state moves anew", state_moves_anew},
        {"state that cannot move", state_that_cannot_move},
        {"away from a dead link", away_from_a_dead_link},
        {"dead when it is carried out", dead_when_it_is_carried_out},
        {"nowhere to start anew", nowhere_to_start_anew},
        {"every victim at every phase", every_victim_at_every_phase},
        {0},
    };
    return weir_test_main("engine/changes_fail", cases, argc, argv);
}
