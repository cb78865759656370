/* Operators that may have no instance: items wait for one, and nothing is lost. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"
enum { EDGE, EDGE2, CLOUD, CLOUD4 }; /* hosts in the order of the platform file */

/* A policy that carries out a script: at the end of given windows, an operator of the first job gets instances, all on
 * one host; and what it sees at the end of one window. */
struct step {
    long window; /* -1: as the job arrives */
    int op, count, host;
};
static const struct step *script; /* of the test that runs, ended by op -1; set before the child is forked */
static long look_at;              /* it notes what it sees of the last operator then */

static void follow(const struct weir_view *view, long window, struct weir_plan *plan)
{
    for (const struct step *s = script; s->op >= 0; s++) {
        struct weir_placement wish[2] = {{s->host, 1, 1}, {s->host, 1, 1}};
        if (s->window == window)
            weir_plan_set(plan, 0, s->op, wish, s->count, "as the script says");
    }
}

static int arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    follow(view, -1, plan);
    return WEIR_OK;
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    const struct weir_job_view *job = &view->jobs[0];
    const struct weir_operator_view *op = &job->operators[job->operator_count - 1];
    follow(view, view->window, plan);
    if (view->window == look_at) {
        weir_plan_note(plan, 0, "%d of %d to %d instances, held %g, queued %g, backlog %g, blocked %g, rate %g",
                       op->instance_count, op->min_instances, op->max_parallelism, op->held, op->queued, job->backlog,
                       job->source_backpressured, op->true_rate);
        for (int i = 0; i < op->instance_count; i++)
            weir_plan_note(plan, 0, "instance %d: ready %g s, busy %.4g", i, op->ready_s[i], op->instance_busy[i]);
    }
    return WEIR_OK;
}
static const struct weir_policy script_policy = {.abi = WEIR_POLICY_ABI,
                                                 .name = "script",
                                                 .summary = "Follows a script.",
                                                 .source = "",
                                                 .job_arrives = arrives,
                                                 .window_ends = window_ends};
static const struct weir_policy *const catalog[] = {&script_policy, NULL};

static struct weir_test_result run_at(const char *scenario, const struct step *steps, long look)
{
    script = steps;
    look_at = look;
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, scenario, "script", 1, catalog);
    if (got.code != WEIR_OK)
        fprintf(stderr, "\n%s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(PLATFORM, scenario, &got);
    return got;
}

static struct weir_test_result run(const char *scenario, const struct step *steps)
{
    return run_at(scenario, steps, -2);
}

/* 100/s; windows of 5 s, so that the end of window w is at 5 (w + 1) s. */
#define WORLD(more, costs, load, operators)                                                                            \
    "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"items_per_batch\": 1, " more                    \
    " \"costs\": {" costs "}, \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"},"           \
    " \"source_bytes\": \"100B\", \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"" load "},"                    \
    " \"operators\": [" operators "]}]}}"
#define NO_COSTS    "\"start\": \"0s\", \"stop\": \"0s\", \"checkpoint\": \"0s\", \"restore\": \"0s\""
#define A(more)     "{\"name\": \"a\", \"flops\": \"1Mf\", \"bytes\": \"100B\", \"min_instances\": 0" more "}"
#define NAMED(n, m) "{\"name\": \"" n "\", \"flops\": \"1Mf\", \"bytes\": \"100B\"" m "}"

/* Gone at 10 s, asked for again at 20 s, there at 22 s: the item that comes at 10 s waits for 12 s, the n-th after it
 * n x 10 ms less and behind n items of 1 ms: 12 - 9 ms n. The last item before 50 s is long through by then. The
 * instance is there for 10 s, and from 20 s on for 40. */
static void items_wait(void)
{
    const struct step steps[] = {{1, 0, 0, 0}, {3, 0, 1, EDGE}, {0, -1, 0, 0}};
    struct weir_test_result got =
        run_at(WORLD("", "\"start\": \"2s\", \"stop\": \"0s\"", ", \"count\": 5000", A("")), steps, 2);
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->delivered, 5000, 0);
    CHECK_NEAR(m->latency_max_s, 12.001, 0.0101); /* the item of 10 s may be served at its date yet */
    CHECK_NEAR(m->instances_mean, 50 / 60.0, 1e-6);
    CHECK_NEAR(m->rescales, 2, 0);
    CHECK_NEAR(m->migrations + m->refused + m->dropped, 0, 0);
    /* Items wait from 10 to 22 s, then fewer: sum over n of (12 - 0.009 n), n to 1333, of 5000, and 1 ms each. */
    CHECK_NEAR(m->latency_mean_s, 0.001 + (1334 * 12 - 0.009 * 1333 * 1334 / 2) / 5000, 0.005);
    CHECK_NEAR(m->paused_s, 0, 0);
    CU_ASSERT(strstr(got.decisions, "j/a 1 -> 0 instances | as the script says") != NULL);
    CU_ASSERT(strstr(got.decisions, "j/a 0 -> 1 instances: 1 on edge | as the script says") != NULL);
    /* At 15 s 500 have come since, one of which the source holds; the declared rate is that of edge. */
    CU_ASSERT(strstr(got.decisions, "0 of 0 to 16 instances, held 1, queued 0, backlog 499, blocked 1, rate 1000") ||
              strstr(got.decisions, "0 of 0 to 16 instances, held 1, queued 0, backlog 500, blocked 1, rate 1000"));
    weir_test_result_fini(&got);
}

/* What an instance shows of itself: at 25 s, ready since 22 s, it has served what came since 10 s, 1500 items of 1 ms
 * in 3 s; at 30 s those of 5 s in 5 s. */
static void instances_show_their_age(void)
{
    const struct step steps[] = {{1, 0, 0, 0}, {3, 0, 1, EDGE}, {5, 0, 2, EDGE}, {0, -1, 0, 0}};
    const char *world = WORLD("", "\"start\": \"2s\"", "", A(""));
    struct weir_test_result got = run_at(world, steps, 4);
    CU_ASSERT(strstr(got.decisions, "instance 0: ready 3 s, busy 0.5") != NULL);
    weir_test_result_fini(&got);
    got = run_at(world, steps, 5);
    CU_ASSERT(strstr(got.decisions, "instance 0: ready 8 s, busy 0.1") != NULL);
    weir_test_result_fini(&got);
    got = run_at(world, steps, 6); /* the second came at 32 s */
    CU_ASSERT(strstr(got.decisions, "instance 1: ready 3 s") != NULL);
    weir_test_result_fini(&got);
    const struct step starts[] = {{1, 0, 0, 0}, {3, 0, 1, EDGE}, {0, -1, 0, 0}};
    got = run_at(WORLD("", "\"start\": \"7s\"", "", A("")), starts, 4);
    CU_ASSERT(strstr(got.decisions, "instance 0: ready -1 s, busy nan") != NULL); /* it starts until 27 s */
    weir_test_result_fini(&got);
}

/* 100 MB on edge: a checkpoint of 1 s and the instance is gone, at 11 s. Back on edge2 at 20 s: 100 MB over 1 Gbit/s,
 * 0.8 s, and 1.5 s to restore; back on edge: no way, 1.5 s. */
static void state_stays(void)
{
#define STATEFUL                                                                                                       \
    WORLD("", "\"start\": \"0s\", \"stop\": \"0s\", \"checkpoint\": \"1s\", \"restore\": \"1500ms\"", "",              \
          A(", \"state\": \"100MB\""))
    static const struct {
        int host;
        double moved, back_s;
    } cases[] = {{EDGE2, 100e6, 0.8 + 1e-4 + 1.5}, {EDGE, 0, 1.5}};
    for (int c = 0; c < 2; c++) {
        const struct step steps[] = {{1, 0, 0, 0}, {3, 0, 1, cases[c].host}, {0, -1, 0, 0}};
        struct weir_test_result got = run(STATEFUL, steps);
        const struct weir_metrics *m = &got.result.metrics;
        CHECK_NEAR(m->state_moved_bytes, cases[c].moved, 1);
        CHECK_NEAR(m->paused_s, 1 + cases[c].back_s, 0.003); /* and what it takes to drain */
        CHECK_NEAR(m->latency_max_s, 10 + cases[c].back_s, 0.02);
        CHECK_NEAR(m->delivered, 6000, 2);
        weir_test_result_fini(&got);
    }
}

/* The state lies on edge2, which is down as cloud4 asks for it: it comes out of its checkpoint. Nothing of the job was
 * on edge2 any more, so that nothing goes back. */
static void from_a_host_that_is_down(void)
{
    const struct step steps[] = {{1, 0, 0, 0}, {3, 0, 1, CLOUD4}, {0, -1, 0, 0}};
    struct weir_test_result got =
        run(WORLD("\"faults\": [{\"host\": \"edge2\", \"at\": \"12s\"}],", NO_COSTS, ", \"count\": 5000",
                  A(", \"state\": \"100MB\", \"placement\": {\"host\": \"edge2\"}")),
            steps);
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->state_moved_bytes + m->restarts + m->lost + m->replayed, 0, 0);
    CHECK_NEAR(m->delivered, 5000, 0);
    weir_test_result_fini(&got);
}

/* While b has no instance, the host of a fails for good: the job goes back to its checkpoint, a starts elsewhere, b
 * stays as it is until the script wants it again; exactly-once, each of 3000 items comes out once. */
static void another_operator_fails(void)
{
    const struct step steps[] = {{1, 1, 0, 0}, {5, 1, 1, CLOUD4}, {0, -1, 0, 0}};
    struct weir_test_result got =
        run(WORLD("\"faults\": [{\"host\": \"edge2\", \"at\": \"17s\"}], \"recovery\": {\"delivery\": \"exactly-once\","
                  " \"checkpoint_interval\": \"5s\"},",
                  NO_COSTS, ", \"count\": 3000",
                  NAMED("a", ", \"placement\": {\"host\": \"edge2\"}") ", " NAMED("b", ", \"min_instances\": 0")),
            steps);
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->restarts, 1, 0);
    CHECK_NEAR(m->delivered, 3000, 0);
    CHECK_NEAR(m->instances_mean, 1 + 40 / 60.0, 0.1); /* b: 10 s, and from 30 s on */
    weir_test_result_fini(&got);
}

/* A job that arrives with none: at 15 s it gets one. The first item waits for 15 s. */
static void a_job_that_arrives_with_none(void)
{
    const struct step steps[] = {{2, 0, 1, EDGE2}, {0, -1, 0, 0}};
    static const char *const parallelisms[] = {", \"parallelism\": 0", ""};
    for (int p = 0; p < 2; p++) {
        const struct step placed[] = {{-1, 0, 0, 0}, steps[0], {0, -1, 0, 0}}; /* or its policy wants none */
        char *world = weir_format(WORLD("", NO_COSTS, ", \"count\": 5000", A("%s")), parallelisms[p]);
        struct weir_test_result got = run(world, p ? placed : steps);
        CHECK_NEAR(got.result.metrics.latency_max_s, 15.001, 0.001);
        CHECK_NEAR(got.result.metrics.delivered, 5000, 0);
        CHECK_NEAR(got.result.metrics.instances_mean, 45 / 60.0, 1e-6);
        weir_test_result_fini(&got);
        free(world);
    }
}

/* For the whole run, behind an operator that works and beside one: it stands still, and that is no fault. Inside are
 * what b's sender holds and the 10 that fit a's input; the rest waits at the source; nothing comes out of c either,
 * whose sender is the one that waits. */
static void for_good(void)
{
    const struct step steps[] = {{-1, 1, 0, 0}, {0, -1, 0, 0}};
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"items_per_batch\": 1, \"workload\": "
            "{\"jobs\":"
            " [{\"name\": \"j\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"
            " \"operators\": [" NAMED("a", ", \"capacity\": 10") ", " NAMED(
                "b", ", \"min_instances\": 0, \"placement\": "
                     "{\"host\": \"cloud4\"}") ", " NAMED("c", "") "], \"edges\": [[\"source\", \"a\"], [\"a\", "
                                                                   "\"b\"], [\"a\", \"c\"], [\"b\", \"sink\"],"
                                                                   " [\"c\", \"sink\"]]}]}}",
            steps);
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->delivered, 0, 0);
    CHECK_NEAR(m->backlog_end, 6000 - 1 - 10 - 1, 2);
    weir_test_result_fini(&got);
}

/* Keys, a join, a window and a full input that drops: all of them with none from 10 s to 20 s. What comes waits and is
 * not dropped, though the edge drops when the input is full: there is none. Partners find each other, and each window
 * has its result: 0.5 x 100/s x 60 s, but for the last. */
static void whatever_it_is(void)
{
    static const struct {
        const char *what;
        double delivered;
    } cases[] = {{", \"keys\": {\"count\": 50, \"skew\": 1}, \"state\": {\"per_key\": \"1kB\"}", 6000},
                 {", \"queue\": \"shared\"", 6000},
                 {", \"window\": \"4s\", \"selectivity\": 0.5", 0.5 * 5600},
                 {", \"window\": \"4s\", \"selectivity\": 0.5, \"state\": \"1MB\"", 0.5 * 5600}};
    const struct step steps[] = {{1, 0, 0, 0}, {3, 0, 2, EDGE2}, {0, -1, 0, 0}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *world =
            weir_format(WORLD("", NO_COSTS, "", A("%s, \"placement\": {\"host\": \"edge2\"}")), cases[c].what);
        struct weir_test_result got = run(world, steps);
        CHECK_NEAR(got.result.metrics.delivered, cases[c].delivered, 2);
        CHECK_NEAR(got.result.metrics.dropped, 0, 0);
        weir_test_result_fini(&got);
        free(world);
    }
    const struct step join[] = {{1, 3, 0, 0}, {3, 3, 1, EDGE2}, {0, -1, 0, 0}};
    struct weir_test_result got = run(
        "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"items_per_batch\": 1, \"workload\": "
        "{\"jobs\":"
        " [{\"name\": \"j\", \"source\": \"cloud4\", \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"
        " \"operators\": [" NAMED("s", "") ", " NAMED("x", "") ", " NAMED("y", "") ", " NAMED(
            "d",
            ", \"join\": \"all\", \"min_instances\": 0") "], \"edges\": [[\"source\", \"s\"], [\"s\", \"x\"],"
                                                         " [\"s\", \"y\"], {\"from\": \"x\", \"to\": \"d\", \"full\": "
                                                         "\"block\"}, [\"y\", \"d\"], [\"d\", \"sink\"]]}]}}",
        join);
    CHECK_NEAR(got.result.metrics.delivered, 6000, 2);
    weir_test_result_fini(&got);
    const struct step drop[] = {{1, 1, 0, 0}, {3, 1, 1, CLOUD4}, {0, -1, 0, 0}};
    got = run("{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"items_per_batch\": 1, \"workload\":"
              " {\"jobs\": [{\"name\": \"j\", \"source\": \"cloud4\", \"load\": {\"kind\": \"constant\", \"rate\":"
              " \"100/s\"}, \"operators\": [" NAMED("a", "") ", " NAMED(
                  "b", ", \"min_instances\": 0, \"capacity\": 5000") "], \"edges\": [[\"source\", \"a\"], {\"from\": "
                                                                     "\"a\", \"to\": \"b\", \"full\": \"drop-new\"},"
                                                                     " [\"b\", \"sink\"]]}]}}",
              drop);
    CHECK_NEAR(got.result.metrics.delivered, 6000, 2);
    CHECK_NEAR(got.result.metrics.dropped, 0, 0);
    weir_test_result_fini(&got);
}

/* A window of 20 s that began at 0 s is half over when the only instance leaves, and it ends with it: its result comes
 * at 20 s, though there is no other one. The one that comes at 15 s takes over what was begun. */
static void windows_end(void)
{
    const struct step leaves[] = {{1, 0, 0, 0}, {7, 0, 1, EDGE}, {0, -1, 0, 0}};
    const char *world = WORLD("", NO_COSTS, ", \"count\": 1000", A(", \"window\": \"20s\", \"selectivity\": 0.001"));
    struct weir_test_result got = run(world, leaves); /* 1000 items until 10 s: one result, and at 20 s */
    CHECK_NEAR(got.result.metrics.delivered, 1, 0);
    CHECK_NEAR(got.result.metrics.latency_max_s, 10, 0.02);
    CHECK_NEAR(got.result.metrics.instances_mean, (20 + 20) / 60.0, 1e-3);
    weir_test_result_fini(&got);
    const struct step returns[] = {{1, 0, 0, 0}, {2, 0, 1, EDGE2}, {0, -1, 0, 0}};
    got = run(world, returns);
    CHECK_NEAR(got.result.metrics.delivered, 1, 0);
    CHECK_NEAR(got.result.metrics.instances_mean, 1, 1e-3); /* the old one until 15 s, the new one from then on */
    weir_test_result_fini(&got);
}

static void what_is_refused(void)
{
    const struct step steps[] = {{1, 0, 0, 0}, {2, 1, 1, EDGE}, {0, -1, 0, 0}};
    struct weir_test_result got = run(
        WORLD("", NO_COSTS, "", NAMED("a", "") ", " NAMED("b", ", \"parallelism\": 2, \"min_instances\": 2")), steps);
    CHECK_NEAR(got.result.metrics.refused, 2, 0);
    CU_ASSERT(strstr(got.decisions, "| no instances") != NULL);
    CU_ASSERT(strstr(got.decisions, "| 1 instances, at least 2 are needed") != NULL);
    weir_test_result_fini(&got);
}

/* The same run twice, and with all activities in SimGrid. */
static void the_same_again(void)
{
    const struct step steps[] = {{1, 0, 0, 0}, {2, 1, 0, 0},      {3, 0, 2, EDGE2}, {4, 1, 1, CLOUD},
                                 {6, 1, 0, 0}, {7, 1, 1, CLOUD4}, {0, -1, 0, 0}};
    const char *world =
        WORLD("\"faults\": [{\"host\": \"cloud\", \"at\": \"28s\", \"for\": \"3s\"}],", "\"start\": \"1s\"", "",
              A(", \"state\": \"10MB\"") ", " NAMED("b", ", \"min_instances\": 0, \"state\": \"1MB\""));
    struct weir_test_result one = run(world, steps), two = run(world, steps);
    CU_ASSERT_EQUAL(one.result.checksum, two.result.checksum);
    CU_ASSERT_STRING_EQUAL(one.decisions, two.decisions);
    struct weir_test_result all = run(weir_test_all(world), steps);
    CHECK_NEAR(all.result.metrics.latency_mean_s, one.result.metrics.latency_mean_s, 1e-6);
    CHECK_NEAR(all.result.metrics.delivered, one.result.metrics.delivered, 0);
    weir_test_result_fini(&one);
    weir_test_result_fini(&two);
    weir_test_result_fini(&all);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"items wait", items_wait},
        {"instances show their age", instances_show_their_age},
        {"state stays", state_stays},
        {"from a host that is down", from_a_host_that_is_down},
        {"another operator fails", another_operator_fails},
        {"a job that arrives with none", a_job_that_arrives_with_none},
        {"for good", for_good},
        {"whatever it is", whatever_it_is},
        {"windows end", windows_end},
        {"what is refused", what_is_refused},
        {"the same again", the_same_again},
        {0},
    };
    return weir_test_main("engine/none", cases, argc, argv);
}
