/* Room on hosts: slots and memory that jobs, changes and recoveries take, also between the ends of windows. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

/* a has 10 GB and 3 slots, b 100 GB and 3; they are 500 MB/s apart. The source is elsewhere. */
#define XML(memory_of_b)                                                                                               \
    "<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">"                              \
    "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\">"                                                       \
    "<host id=\"s\" speed=\"1Gf\"><prop id=\"tier\" value=\"device\"/><prop id=\"memory\" value=\"1GB\"/></host>"      \
    "<host id=\"a\" speed=\"1Gf\" core=\"4\"><prop id=\"memory\" value=\"10GB\"/><prop id=\"slots\" value=\"3\"/>"     \
    "</host><host id=\"b\" speed=\"1Gf\" core=\"4\"><prop id=\"memory\" value=\"" memory_of_b "\"/>"                   \
    "<prop id=\"slots\" value=\"3\"/></host>"                                                                          \
    "<link id=\"l\" bandwidth=\"500MBps\" latency=\"1ms\"/><link id=\"m\" bandwidth=\"1GBps\" latency=\"1ms\"/>"       \
    "<link id=\"n\" bandwidth=\"1GBps\" latency=\"1ms\"/>"                                                             \
    "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route><route src=\"s\" dst=\"a\"><link_ctn id=\"m\"/></route>"   \
    "<route src=\"s\" dst=\"b\"><link_ctn id=\"n\"/></route></zone></platform>"
enum { S, A, B };

#define JOB(name, arrive, operators)                                                                                   \
    "{\"name\": \"" name "\", \"source\": \"s\", \"arrive\": \"" arrive "\","                                          \
    " \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, \"operators\": [" operators "]}"
#define OP(name, more) "{\"name\": \"" name "\", \"flops\": \"1Mf\", \"placement\": {\"tier\": \"edge\"}" more "}"
#define SCENARIO(options, jobs)                                                                                        \
    "{\"duration\": \"40s\", \"window\": \"10s\", \"costs\": {\"start\": \"0s\", \"stop\": \"0s\","                    \
    " \"checkpoint\": \"0s\", \"restore\": \"0s\"}, " options "\"workload\": {\"jobs\": [" jobs "]}}"

/* Set before the child is forked: where the operator of each job shall be from the end of a window on, or at once. */
struct wish {
    long window; /* -1: at its arrival */
    int job, host, count;
};
static const struct wish *wishes;

static void ask(const struct weir_view *view, struct weir_plan *plan, long window, int job)
{
    for (const struct wish *w = wishes; w && w->count; w++) {
        struct weir_placement at[4] = {{w->host, 1, 1}, {w->host, 1, 1}, {w->host, 1, 1}, {w->host, 1, 1}};
        if (w->window == window && (window >= 0 || w->job == job) && w->job < view->job_count)
            weir_plan_set(plan, w->job, 0, at, w->count, "as wished");
    }
}

static int arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    ask(view, plan, -1, job);
    return WEIR_OK;
}

static int ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    ask(view, plan, view->window, -1);
    weir_plan_note(plan, -1, "a %d %g, b %d %g", view->hosts[A].instances, view->hosts[A].memory_used_bytes,
                   view->hosts[B].instances, view->hosts[B].memory_used_bytes);
    return WEIR_OK;
}
static const struct weir_policy wisher = {.abi = WEIR_POLICY_ABI,
                                          .name = "wisher",
                                          .summary = "Wishes.",
                                          .source = "",
                                          .job_arrives = arrives,
                                          .window_ends = ends};
static const struct weir_policy *const catalog[] = {&wisher, NULL};

/* What was decided and noted in a run that ends well. Owned. */
static char *decisions_of(const char *xml, const char *scenario, const struct wish *list)
{
    wishes = list;
    struct weir_test_result got =
        weir_test_run_catalog(weir_test_file("room.xml", xml), scenario, "wisher", 1, catalog);
    if (got.code != WEIR_OK)
        fprintf(stderr, "\n%s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    char *decisions = weir_copy(got.decisions);
    weir_test_result_fini(&got);
    return decisions;
}

static void check(char *decisions, const char *wanted)
{
    if (!strstr(decisions, wanted))
        fprintf(stderr, "\nno \"%s\" in\n%s", wanted, decisions);
    CU_ASSERT(strstr(decisions, wanted) != NULL);
}

/* Two jobs of 8 GB each within a window: the second finds 2 GB left on a and goes to b by default, and is refused a. A
 * third one would have to. */
static void jobs_of_one_window(void)
{
    static const char two[] = SCENARIO(
        "", JOB("j", "1s", OP("o", ", \"state\": \"8GB\"")) ", " JOB("k", "2s", OP("o", ", \"state\": \"8GB\"")));
    char *decisions = decisions_of(XML("100GB"), two, NULL);
    check(decisions, "10.000 wisher / note | a 1 8e+09, b 1 8e+09");
    free(decisions);
    static const struct wish both[] = {{-1, 0, A, 1}, {-1, 1, A, 1}, {0}};
    decisions = decisions_of(XML("100GB"), two, both);
    check(decisions,
          "2.000 wisher k/o 0 -> 1 instances: 1 on a | as wished | host \"a\" has too little memory (8 GB of "
          "state more, 2 GB free)");
    check(decisions, "10.000 wisher / note | a 1 8e+09, b 1 8e+09");
    free(decisions);
    struct weir_test_result got =
        weir_test_run_catalog(weir_test_file("room.xml", XML("7GB")), two, "wisher", 1, catalog);
    CU_ASSERT_EQUAL(got.code, WEIR_EINPUT);
    CU_ASSERT(strstr(got.message, "job k: operator o: no host has a free slot and memory for its state at 2 s") !=
              NULL);
    weir_test_result_fini(&got);
}

/* 2 GB for each of three: what a job leaves when it departs, at 15 s, is there for one that arrives at 16 s. */
static void what_is_left_is_free(void)
{
    static const char jobs[] = SCENARIO(
        "", "{\"name\": \"j\", \"source\": \"s\", \"depart\": \"15s\", \"load\": {\"kind\": \"constant\", \"rate\": "
            "\"1/s\"}, \"operators\": [" OP("o", ", \"state\": \"6GB\"") "]}, " JOB(
                "k", "1s", OP("o", ", \"state\": \"6GB\"")) ", " JOB("l", "21s", OP("o", ", \"state\": \"10GB\"")));
    char *decisions = decisions_of(XML("6GB"), jobs, NULL);
    check(decisions, "10.000 wisher / note | a 1 6e+09, b 1 6e+09");
    check(decisions, "30.000 wisher / note | a 1 1e+10, b 1 6e+09");
    free(decisions);
}

/* 9 GB begin to move from b to a at 10 s, for 18 s. They are promised to a, and lie on b until then: at 20 s the 9 GB
 * of the other job are refused. At 30 s they are on a alone, and what a plan gives up there is free for its other
 * wishes. */
static void what_is_on_its_way_counts(void)
{
    static const char three[] = SCENARIO(
        "", JOB("j", "0s", OP("o", ", \"state\": \"9GB\"")) ", " JOB(
                "k", "0s", OP("o", ", \"state\": \"9GB\"")) ", " JOB("l", "12s", OP("o", ", \"state\": \"9GB\"")));
    static const struct wish list[] = {{-1, 0, B, 1}, {-1, 1, B, 1}, {0, 0, A, 1}, {1, 1, A, 1},
                                       {2, 0, B, 1},  {2, 1, A, 1},  {0}};
    char *decisions = decisions_of(XML("100GB"), three, list);
    check(decisions, "10.000 wisher / note | a 0 0, b 2 1.8e+10");
    check(decisions, "10.000 wisher j/o 1 -> 1 instances: 1 on a | as wished | applied");
    check(decisions,
          "20.000 wisher k/o 1 -> 1 instances: 1 on a | as wished | host \"a\" has too little memory (9 GB of "
          "state more, 1 GB free)");
    check(decisions, "20.000 wisher / note | a 1 9e+09, b 3 2.7e+10");
    check(decisions, "30.000 wisher / note | a 1 9e+09, b 2 1.8e+10");
    check(decisions, "30.000 wisher k/o 1 -> 1 instances: 1 on a | as wished | applied");
    free(decisions);
}

/* Decided at 10 s and carried out at 14 s; a job of two instances has come to a at 12 s. */
static void room_that_goes_while_it_is_decided(void)
{
    static const char two[] =
        SCENARIO("\"decision_time\": \"4s\", ",
                 JOB("j", "0s", OP("o", "")) ", " JOB("k", "12s", OP("o", ", \"parallelism\": 2")));
    static const struct wish list[] = {{-1, 0, B, 1}, {0, 0, A, 2}, {-1, 1, A, 2}, {0}};
    char *decisions = decisions_of(XML("100GB"), two, list);
    check(decisions, "10.000 wisher j/o 1 -> 2 instances: 2 on a | as wished | applied");
    check(decisions,
          "14.000 wisher j/o note | change given up: host \"a\" has no room for 2 more instances (3 slots, 2 in "
          "use)");
    check(decisions, "20.000 wisher / note | a 2 0, b 1 0");
    free(decisions);
}

/* a dies at 5 s and is back at 7 s. Its instance, which waits for it, is to work again at 9 s; but at 8.5 s another job
 * takes the room, and it goes on waiting. */
static void room_that_goes_while_it_restarts(void)
{
    static const char two[] = SCENARIO(
        "\"faults\": [{\"host\": \"a\", \"at\": \"5s\", \"for\": \"2s\"}], \"recovery\": {\"place\": \"wait\","
        " \"restart\": \"2s\"}, ",
        JOB("j", "0s", OP("o", ", \"state\": \"8GB\"")) ", " JOB("k", "8.5s", OP("o", ", \"state\": \"9GB\"")));
    static const struct wish list[] = {{-1, 0, A, 1}, {-1, 1, A, 1}, {0}};
    char *decisions = decisions_of(XML("7GB"), two, list);
    check(decisions, "20.000 wisher / note | a 1 9e+09, b 0 0");
    free(decisions);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"jobs of one window", jobs_of_one_window},
                                      {"what is left is free", what_is_left_is_free},
                                      {"what is on its way counts", what_is_on_its_way_counts},
                                      {"room that goes while it is decided", room_that_goes_while_it_is_decided},
                                      {"room that goes while it restarts", room_that_goes_while_it_restarts},
                                      {0}};
    return weir_test_main("engine/room", cases, argc, argv);
}
