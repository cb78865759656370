/* Changes of plan: what they cost, and that nothing is lost on the way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

/* A policy that carries out a script: at the end of given windows, an operator of the first job gets given hosts. */
struct step {
    long window;
    int op;
    int count;
    int hosts[4];
};
static const struct step *script;  /* of the test that runs; set before the child is forked */
static const double *script_flops; /* that its first three decisions took; NULL: none */
static bool script_notes;          /* it notes hosts that work, by their numbers */

static int follow(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    for (const struct step *s = script; s->count; s++) {
        if (s->window != view->window)
            continue;
        struct weir_placement wish[4];
        for (int i = 0; i < s->count; i++)
            wish[i] = (struct weir_placement){s->hosts[i], 1, 1};
        weir_plan_set(plan, 0, s->op, wish, s->count, "as the script says at window %ld", s->window);
    }
    if (script_flops && view->window < 3 && script_flops[view->window] > 0) {
        weir_plan_work(plan, script_flops[view->window]);
        weir_plan_warn(plan, 0, "%g flops", script_flops[view->window]);
    }
    for (int h = 0; script_notes && h < view->host_count; h++)
        if (view->hosts[h].cpu > 0)
            weir_plan_note(plan, 0, "window %ld: host %d", view->window, h);
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

static double link_bytes(const struct weir_test_result *got, const char *name)
{
    for (int l = 0; l < got->result.link_count; l++)
        if (strcmp(got->result.links[l].name, name) == 0)
            return got->result.links[l].bytes;
    return 0;
}

enum { EDGE, EDGE2, CLOUD, CLOUD4 }; /* hosts in the order of the platform file */

#define STATEFUL(state)                                                                                                \
    "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"items_per_batch\": 1,"                          \
    " \"costs\": {\"start\": \"0s\", \"stop\": \"0s\", \"checkpoint\": \"0s\", \"restore\": \"0s\"},"                  \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"100B\","       \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"                                                       \
    "  \"operators\": [{\"name\": \"A\", \"flops\": \"1Mf\", \"bytes\": \"100B\"" state                                \
    ", \"max_parallelism\": 4}]}]}}"

static void state_takes_its_time(void)
{
    const struct step steps[] = {{3, 0, 1, {CLOUD}}, {0}};
    struct weir_test_result got = run(STATEFUL(", \"state\": \"100MB\""), steps);
    const struct weir_metrics *m = &got.result.metrics;
    /* 100 MB over 100 Mbit/s: 8 s, and the 10 ms of the link. */
    CHECK_NEAR(m->paused_s, 8.01, 0.02);
    CHECK_NEAR(m->state_moved_bytes, 100e6, 1);
    CHECK_NEAR(link_bytes(&got, "backhaul_UP"), 100e6 + 100 * 4000, 20e3); /* with the items since 20 s */
    CHECK_NEAR(m->migrations, 1, 0);
    CHECK_NEAR(m->rescales, 0, 0);
    /* 8 s x 100/s items wait up to 8 s, of 6000 in all: p99 lies near the end of the stall. */
    CU_ASSERT(m->latency_p99_s > 7 && m->latency_p99_s < 8.2);
    CHECK_NEAR(m->latency_max_s, 8.02, 0.1);
    CU_ASSERT(m->latency_p50_s < 0.05);
    weir_test_result_fini(&got);
}

static void fixed_costs_add_up(void)
{
    const struct step steps[] = {{3, 0, 1, {EDGE2}}, {0}};
    const char *scenario =
        "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"items_per_batch\": 1,"
        " \"costs\": {\"start\": \"3s\", \"stop\": \"1s\", \"checkpoint\": \"500ms\", \"restore\": \"1500ms\"},"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"},"
        "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"
        "  \"operators\": [{\"name\": \"A\", \"flops\": \"1Mf\", \"state\": \"1kB\"}]}]}}";
    struct weir_test_result got = run(scenario, steps);
    /* The new instance boots while the old one works; then 0.5 + 1.5 s of standstill, 1 kB over 1 Gbit/s + 0.1 ms. */
    CHECK_NEAR(got.result.metrics.paused_s, 2.0001, 0.002);
    CHECK_NEAR(got.result.metrics.latency_max_s, 2.0, 0.02);
    weir_test_result_fini(&got);
}

static void stateless_moves_do_not_pause(void)
{
    const struct step steps[] = {{3, 0, 1, {CLOUD}}, {0}};
    struct weir_test_result got = run(STATEFUL(""), steps);
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->paused_s, 0, 0);
    CHECK_NEAR(m->state_moved_bytes, 0, 0);
    CHECK_NEAR(m->migrations, 1, 0);
    /* 1 ms on the edge, then 10 + 0.008 + 1 ms: never more. */
    CU_ASSERT(m->latency_max_s < 11.1e-3);
    weir_test_result_fini(&got);
}

static void only_what_changes_pays(void)
{
    /* One more instance beside the first: half of the 100 MB travels, over the gigabit link of the edge hosts. */
    const struct step steps[] = {{3, 0, 2, {EDGE, EDGE2}}, {0}};
    struct weir_test_result got = run(STATEFUL(", \"state\": \"100MB\""), steps);
    CHECK_NEAR(got.result.metrics.state_moved_bytes, 50e6, 1);
    CHECK_NEAR(got.result.metrics.paused_s, 0.4, 0.01); /* 50 MB over 1 Gbit/s */
    CHECK_NEAR(got.result.metrics.rescales, 1, 0);
    weir_test_result_fini(&got);
    /* A second one on the same host moves nothing. */
    const struct step same[] = {{3, 0, 2, {EDGE, EDGE}}, {0}};
    got = run(STATEFUL(", \"state\": \"100MB\""), same);
    CHECK_NEAR(got.result.metrics.state_moved_bytes, 0, 0);
    CHECK_NEAR(got.result.metrics.paused_s, 0, 0.02); /* but for draining */
    weir_test_result_fini(&got);
}

static void there_and_back(void)
{
    const struct step steps[] = {
        {1, 0, 3, {EDGE, EDGE2, CLOUD4}}, {3, 0, 1, {CLOUD}}, {5, 0, 2, {EDGE2, EDGE2}}, {8, 0, 1, {EDGE}}, {0}};
    struct weir_test_result got = run(STATEFUL(", \"state\": \"1MB\""), steps);
    CHECK_NEAR(got.result.metrics.decisions, 4, 0);
    CHECK_NEAR(got.result.metrics.refused, 0, 0);
    CHECK_NEAR(got.result.metrics.throughput_per_s, 100, 1);
    weir_test_result_fini(&got);
}

static void a_second_change_waits_its_turn(void)
{
    /* The move of 100 MB lasts 8 s: what is asked at its first window is refused. */
    const struct step steps[] = {{3, 0, 1, {CLOUD}}, {4, 0, 1, {EDGE2}}, {0}};
    struct weir_test_result got = run(STATEFUL(", \"state\": \"100MB\""), steps);
    CHECK_NEAR(got.result.metrics.refused, 1, 0);
    CHECK_NEAR(got.result.metrics.migrations, 1, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "under way"));
    weir_test_result_fini(&got);
}

static void bad_plans_are_refused(void)
{
    const struct step steps[] = {{1, 0, 1, {99}}, {2, 0, 4, {EDGE, EDGE, EDGE, -3}}, {0}};
    struct weir_test_result got = run(STATEFUL(""), steps);
    CHECK_NEAR(got.result.metrics.refused, 2, 0);
    CHECK_NEAR(got.result.metrics.rescales + got.result.metrics.migrations, 0, 0);
    CHECK_NEAR(got.result.metrics.throughput_per_s, 100, 1);
    weir_test_result_fini(&got);
}

static void cost_follows_the_instances(void)
{
    /* The cloud host costs 0.5 a core second; the instance is there from the end of window 5 (30 s) on: 30 s x 0.5. */
    const struct step steps[] = {{5, 0, 1, {CLOUD}}, {0}};
    struct weir_test_result got = run(STATEFUL(""), steps);
    CHECK_NEAR(got.result.metrics.cost, 15, 0.1);
    CHECK_NEAR(got.result.metrics.instances_mean, 1, 0.01);
    weir_test_result_fini(&got);
    /* Two of them cost the host no more; by instance they cost twice as much. */
    const struct step two[] = {{5, 0, 2, {CLOUD, CLOUD}}, {0}};
    got = run(STATEFUL(""), two);
    CHECK_NEAR(got.result.metrics.cost, 15, 0.1);
    CHECK_NEAR(got.result.metrics.instance_cost, 30, 0.1);
    weir_test_result_fini(&got);
}

/* Two instances share a host of 2 cores at 0.25 each for 100 s: 100 x 2 x 0.25, as for one; and by instance 25 each. */
static void a_host_is_billed_whole(void)
{
    static const struct step none[] = {{0}};
    script = none;
    for (int count = 1; count <= 3; count++) {
        char *scenario =
            weir_format("{\"platform\": \"\", \"duration\": \"100s\", \"workload\": {\"jobs\": [{\"name\": "
                        "\"j\", \"source\": \"s\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, "
                        "\"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\", \"parallelism\": %d, "
                        "\"placement\": \"e\"}]}]}}",
                        count);
        struct weir_test_result got =
            weir_test_run_catalog("tests/input/valid/view.xml", scenario, "script", 1, catalog);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        CHECK_NEAR(got.result.metrics.cost, 50, 1e-9);
        CHECK_NEAR(got.result.metrics.instance_cost, 25 * count, 1e-9);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

/* A migration to another tier is one whatever becomes of the number of instances; an instance more elsewhere is none.
 */
static void tiers_are_crossed(void)
{
    static const struct {
        struct step steps[3];
        double rescales, migrations, crossings;
    } cases[] = {
        {{{3, 0, 2, {CLOUD, CLOUD4}}}, 1, 1, 1},
        {{{3, 0, 1, {CLOUD}}}, 0, 1, 1},
        {{{3, 0, 1, {EDGE2}}}, 0, 1, 0},
        {{{3, 0, 2, {EDGE, CLOUD}}}, 1, 0, 0},
        {{{3, 0, 2, {EDGE2, EDGE2}}}, 1, 0, 0},
        {{{3, 0, 3, {EDGE, EDGE2, CLOUD}}, {6, 0, 2, {CLOUD, CLOUD4}}}, 2, 1, 1},
        {{{3, 0, 2, {EDGE, CLOUD}}, {6, 0, 2, {CLOUD, EDGE2}}}, 1, 1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weir_test_result got = run(STATEFUL(""), cases[i].steps);
        CHECK_NEAR(got.result.metrics.rescales, cases[i].rescales, 0);
        CHECK_NEAR(got.result.metrics.migrations, cases[i].migrations, 0);
        CHECK_NEAR(got.result.metrics.tier_crossings, cases[i].crossings, 0);
        weir_test_result_fini(&got);
    }
}

/* Two instances share a queue in which 500 items wait, and both are moved away: one of them must stay until the queue
 * is empty, also while the other one is still stopping. */
static void a_shared_queue_is_not_left_behind(void)
{
    const struct step steps[] = {{2, 0, 2, {EDGE2, EDGE2}}, {0}};
    const char *scenario =
        "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"items_per_batch\": 1,"
        " \"costs\": {\"start\": \"0s\", \"stop\": \"1s\"},"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"},"
        "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\", \"count\": 2000},"
        "  \"operators\": [{\"name\": \"A\", \"flops\": \"30Mf\", \"queue\": \"shared\", \"parallelism\": 2,"
        "   \"max_parallelism\": 2, \"placement\": {\"host\": \"cloud4\"}}]}]}}";
    struct weir_test_result got = run(scenario, steps);
    CHECK_NEAR(got.result.metrics.migrations, 1, 0);
    CHECK_NEAR(got.result.metrics.delivered, 2000, 0);
    weir_test_result_fini(&got);
}

/* Decisions of 5 s and 10 s take 4 s: the second would be carried out at 14 s, but the run ends at 12 s. */
static void the_end_comes_before_a_decision(void)
{
    const struct step steps[] = {{0, 0, 1, {EDGE2}}, {1, 0, 1, {CLOUD}}, {0}};
    const char *scenario = "{\"platform\": \"\", \"duration\": \"12s\", \"window\": \"5s\", \"decision_time\": \"4s\","
                           " \"costs\": {\"start\": \"0s\", \"stop\": \"0s\"},"
                           " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"},"
                           "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"
                           "  \"operators\": [{\"name\": \"A\", \"flops\": \"1Mf\"}]}]}}";
    struct weir_test_result got = run(scenario, steps);
    CHECK_NEAR(got.result.metrics.decisions, 2, 0);
    CHECK_NEAR(got.result.metrics.migrations, 1, 0);
    CHECK_NEAR(got.result.jobs[0].arrived, 1200, 1);
    weir_test_result_fini(&got);
}

/* The controller decides at 5 s, which takes it 4 s; the second job arrives at 6 s all the same, not at 9. */
static void jobs_arrive_while_the_controller_decides(void)
{
    const struct step steps[] = {{0, 0, 1, {EDGE2}}, {0}};
    const char *scenario =
        "{\"platform\": \"\", \"duration\": \"20s\", \"window\": \"5s\", \"items_per_batch\": 1,"
        " \"decision_time\": \"4s\", \"warmup\": \"7s\", \"costs\": {\"start\": \"0s\", \"stop\": \"0s\"},"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"},"
        "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"}, \"operators\": [{\"name\": \"A\", \"flops\": "
        "\"1Mf\"}]},"
        " {\"name\": \"k\", \"source\": {\"host\": \"cloud\"}, \"arrive\": \"6s\","
        "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"}, \"operators\": [{\"name\": \"A\", \"flops\": "
        "\"1Mf\","
        "   \"placement\": {\"host\": \"cloud\"}}]}]}}";
    struct weir_test_result got = run(scenario, steps);
    CHECK_NEAR(got.result.metrics.migrations, 1, 0);
    CU_ASSERT(got.result.metrics.latency_max_s < 0.01);
    CHECK_NEAR(got.result.metrics.throughput_per_s, 200, 0.5); /* of 13 s after the warm-up */
    weir_test_result_fini(&got);
}

/* The host that decides does 1e9 flop/s. The decision at 5 s takes 7 s of it and is carried out at 12 s; at 10 s nobody
 * is asked. The one at 15 s takes the scenario's second and 2 s of the host: 18 s. Without such a host work takes no
 * time, so that the wish of 10 s is carried out, too. */
static void decisions_take_the_time_of_a_host(void)
{
    static const double flops[] = {7e9, 0, 2e9};
    const struct step steps[] = {{0, 0, 1, {EDGE2}}, {1, 0, 1, {CLOUD}}, {2, 0, 1, {CLOUD4}}, {0}};
    static const struct {
        const char *host;
        double decisions, migrations;
    } cases[] = {{"\"decision_host\": \"edge\", ", 2, 2}, {"", 3, 3}};
    script_flops = flops;
    for (int i = 0; i < 2; i++) {
        char scenario[600];
        snprintf(scenario, sizeof scenario,
                 "{\"platform\": \"\", \"duration\": \"19s\", \"window\": \"5s\", \"decision_time\": \"1s\", %s"
                 " \"costs\": {\"start\": \"0s\", \"stop\": \"0s\"}, \"workload\": {\"jobs\": [{\"name\": \"j\","
                 " \"source\": {\"host\": \"edge\"}, \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"
                 " \"operators\": [{\"name\": \"A\", \"flops\": \"1Mf\"}]}]}}",
                 cases[i].host);
        struct weir_test_result got = run(scenario, steps);
        CHECK_NEAR(got.result.metrics.decisions, cases[i].decisions, 0);
        CHECK_NEAR(got.result.metrics.migrations, cases[i].migrations, 0);
        CHECK_NEAR(got.result.metrics.warnings, 2, 0);
        CU_ASSERT(strstr(got.decisions, "5.000 script j/ warning | 7e+09 flops | applied") != NULL);
        weir_test_result_fini(&got);
    }
    script_flops = NULL;
}

/* 100 MB begin to move at 20 s, and the link goes at 22 s. They are sent anew at 23 s, 24 s and 25 s, and then it is
 * there again: 5 + 8.01 s. If it goes at 28.001 s, the bytes have left the wire by then but not arrived: 9 + 8.01 s. */
static void a_move_that_fails_begins_anew(void)
{
    const struct step steps[] = {{3, 0, 1, {CLOUD}}, {0}};
    static const struct {
        const char *at, *length;
        double paused_s;
    } cases[] = {{"22s", "2.5s", 13.01}, {"28.005s", "500ms", 17.015}};
    for (int i = 0; i < 2; i++) {
        char faults[128];
        snprintf(faults, sizeof faults, "\"faults\": [{\"link\": \"backhaul\", \"at\": \"%s\", \"for\": \"%s\"}],",
                 cases[i].at, cases[i].length);
        char *text = weir_format("{%s%s", faults, &STATEFUL(", \"state\": \"100MB\"")[1]);
        struct weir_test_result got = run(text, steps);
        CHECK_NEAR(got.result.metrics.paused_s, cases[i].paused_s, 0.003); /* and what it takes to drain */
        CHECK_NEAR(got.result.metrics.state_moved_bytes, 100e6, 1e-3);
        CHECK_NEAR(got.result.metrics.migrations, 1, 0);
        CHECK_NEAR(got.result.metrics.restarts, 0, 0);
        weir_test_result_fini(&got);
        free(text);
    }
}

/* The number of the one host that worked in a window. */
static int host_of(const char *decisions, int window)
{
    char what[40];
    snprintf(what, sizeof what, "window %d: host ", window);
    const char *at = strstr(decisions, what);
    CU_ASSERT_FATAL(at != NULL && strstr(at + 1, what) == NULL);
    return atoi(at + strlen(what));
}

/* Keys belong to instances in ranges: of twice as many instances, numbers 2 i and 2 i + 1 share what i had. One key,
 * with another place in its ranges under each seed; the numbers of the hosts are those of the instances. */
static void keys_move_in_ranges(void)
{
    const struct step steps[] = {{0, 0, 2, {0, 1}}, {3, 0, 4, {0, 1, 2, 3}}, {0}};
    int seen[4] = {0};
    script = steps;
    script_notes = true;
    for (unsigned long long seed = 1; seed <= 12; seed++) {
        struct weir_test_result got = weir_test_run_catalog(
            PLATFORM, STATEFUL(", \"keys\": 1, \"placement\": \"edge\""), "script", seed, catalog);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        int before = host_of(got.decisions, 2), after = host_of(got.decisions, 6);
        CU_ASSERT(before < 2);
        CU_ASSERT_EQUAL(after / 2, before);
        seen[after]++;
        weir_test_result_fini(&got);
    }
    CU_ASSERT(seen[0] && seen[1] && seen[2] && seen[3]);
    script_notes = false;
}

/* A window of 20 s is half over when its operator moves, at 25 s. What it holds goes along: the old instance is not
 * there until 40 s only to send it, and each item counts once, in the result of its window. */
static void windows_are_handed_over(void)
{
    const struct step steps[] = {{4, 0, 1, {EDGE2}}, {0}};
    struct weir_test_result got = run(STATEFUL(", \"window\": \"20s\", \"selectivity\": 0.5"), steps);
    CHECK_NEAR(got.result.metrics.instances_mean, 1, 1e-3);
    CHECK_NEAR(got.result.metrics.delivered, 0.5 * 4000, 1); /* the last of the three windows ends with the run */
    CHECK_NEAR(got.result.metrics.migrations, 1, 0);
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"state takes its time", state_takes_its_time},
        {"fixed costs add up", fixed_costs_add_up},
        {"stateless moves do not pause", stateless_moves_do_not_pause},
        {"only what changes pays", only_what_changes_pays},
        {"there and back", there_and_back},
        {"a second change waits its turn", a_second_change_waits_its_turn},
        {"bad plans are refused", bad_plans_are_refused},
        {"cost follows the instances", cost_follows_the_instances},
        {"a host is billed whole", a_host_is_billed_whole},
        {"tiers are crossed", tiers_are_crossed},
        {"jobs arrive while the controller decides", jobs_arrive_while_the_controller_decides},
        {"a shared queue is not left behind", a_shared_queue_is_not_left_behind},
        {"the end comes before a decision", the_end_comes_before_a_decision},
        {"decisions take the time of a host", decisions_take_the_time_of_a_host},
        {"a move that fails begins anew", a_move_that_fails_begins_anew},
        {"keys move in ranges", keys_move_in_ranges},
        {"windows are handed over", windows_are_handed_over},
        {0},
    };
    return weir_test_main("engine/changes", cases, argc, argv);
}
