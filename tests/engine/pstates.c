/* Performance states that policies set, by a script: what work under way becomes, what is drawn, what is refused. Each
 * case runs twice: as it is, and with everything in SimGrid's hands, whose plug-in counts the joules then. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

/* h does 2, 1 or 0.5 Gf/s a core, or nothing; a core that works draws 20, 15 or 5 W above just above idle. */
#define PLATFORM                                                                                                       \
    "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"                        \
    "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\">\n"                                                     \
    "<host id=\"h\" speed=\"2Gf,1Gf,0.5Gf,0f\" core=\"4\"><prop id=\"wattage_per_state\" "                             \
    "value=\"100:120:200, 60:70:130, 40:45:65, 1:1:1\"/><prop id=\"boot_time\" value=\"5s\"/>"                         \
    "<prop id=\"wattage_off\" value=\"4\"/></host><host id=\"o\" speed=\"1Gf\"/>"                                      \
    "<link id=\"l\" bandwidth=\"1MBps\" latency=\"1ms\"/><route src=\"h\" dst=\"o\"><link_ctn id=\"l\"/></route>"      \
    "</zone></platform>\n"
enum { H, O };

/* What is asked at the end of which window, of 10 s each. */
struct line {
    long window;
    enum { STATE, SLEEP, WAKE } what;
    int host, pstate;
};
static const struct line *script;
static double share; /* of a core, that each instance may use */

static int play(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    const struct weir_host_view *h = &view->hosts[H];
    weir_plan_note(plan, -1, "h %d of %d, %g, gpu %g, cpu %.6g", h->pstate, h->pstate_count, h->speed_flops_per_s,
                   h->speed_gpu_flops_per_s, h->cpu);
    for (const struct line *line = script; line->window >= 0; line++) {
        if (line->window != view->window)
            continue;
        if (line->what == STATE)
            weir_plan_pstate(plan, line->host, line->pstate, "script");
        else
            (line->what == SLEEP ? weir_plan_sleep : weir_plan_wake)(plan, line->host, "script");
    }
    return 0;
}

static int place(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    struct weir_placement part = {H, 1, share};
    if (share < 1)
        weir_plan_set(plan, job, 0, &part, 1, "a share");
    return 0;
}
static const struct weir_policy playing = {.abi = WEIR_POLICY_ABI,
                                           .name = "playing",
                                           .summary = "A script.",
                                           .source = "",
                                           .job_arrives = place,
                                           .window_ends = play};

static struct weir_test_result run(const struct line *lines, const char *scenario, int way)
{
    const struct weir_policy *const catalog[] = {&playing, NULL};
    script = lines;
    struct weir_test_result got = weir_test_run_traced(weir_test_file("pstates.xml", PLATFORM),
                                                       way ? weir_test_all(scenario) : scenario, "playing", 1, catalog);
    if (got.code != WEIR_OK)
        fprintf(stderr, "\n%s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    return got;
}

/* So many jobs whose sources are on `from`, each with one item of so much work on h at 0 s. */
static char *jobs(int count, const char *from, const char *flops, const char *duration, const char *more)
{
    struct weir_text text = {0};
    weir_text_addf(&text,
                   "{\"platform\": \"\", \"duration\": \"%s\", \"window\": \"10s\"%s, \"workload\": {\"jobs\": [",
                   duration, more);
    for (int j = 0; j < count; j++)
        weir_text_addf(&text,
                       "%s{\"name\": \"j%d\", \"source\": \"%s\","
                       " \"load\": {\"kind\": \"constant\", \"rate\": \"1/h\", \"count\": 1},"
                       " \"operators\": [{\"name\": \"op\", \"flops\": \"%s\"}]}",
                       j ? ", " : "", j, from, flops);
    weir_text_addf(&text, "]}}");
    char *scenario = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
    return scenario;
}

static void check_run(const struct line *lines, const char *scenario, double wanted_j, double latency_s)
{
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(lines, scenario, way);
        CHECK_NEAR(got.result.metrics.energy_j, wanted_j, 1e-6 * wanted_j);
        CHECK_NEAR(got.result.metrics.latency_max_s, latency_s, 1e-6 * latency_s);
        weir_test_result_fini(&got);
    }
}

static const struct line down_and_up[] = {{0, STATE, H, 1}, {1, STATE, H, 2}, {2, STATE, H, 0}, {-1, STATE, H, 0}};

/* 2 Gf/s until 10 s, 1 until 20 s, 0.5 until 30 s: 20 + 10 + 5 Gf of 50; the other 15 at 2 Gf/s take 7.5 s. */
static void work_under_way_goes_on_at_the_new_speed(void)
{
    char *scenario = jobs(1, "h", "50Gf", "100s", "");
    check_run(down_and_up, scenario, 10 * 140 + 10 * 85 + 10 * 50 + 7.5 * 140 + 62.5 * 100, 37.5);
    free(scenario);
    /* Eight on four cores: each at half a core, 25 Gf in as long. */
    scenario = jobs(8, "h", "25Gf", "100s", "");
    check_run(down_and_up, scenario, 10 * 200 + 10 * 130 + 10 * 65 + 7.5 * 200 + 62.5 * 100, 37.5);
    free(scenario);
}

static void a_share_of_a_core_is_one_of_the_new_speed(void)
{
    /* Half of a core: 10 + 5 + 2.5 Gf of 25; 7.5 Gf at 1 Gf/s. Half of a core draws 10, 7.5, 2.5 W. */
    char *scenario = jobs(1, "h", "25Gf", "100s", "");
    share = 0.5;
    check_run(down_and_up, scenario, 10 * 130 + 10 * 77.5 + 10 * 47.5 + 7.5 * 130 + 62.5 * 100, 37.5);
    share = 1;
    free(scenario);
}

static void slow_besides(void)
{
    /* Half of its speed from 5 to 25 s: 10 + 5 Gf until 10 s, 5 until 20 s, 1.25 + 2.5 until 30 s; of 50 Gf there are
     * 26.25 left, 13.125 s. A core does half of what it could: 10, 7.5, 2.5 W of it. */
    char *scenario = jobs(1, "h", "50Gf", "100s",
                          ", \"faults\": [{\"host\": \"h\", \"at\": \"5s\", \"for\": \"20s\", \"speed\": 0.5}]");
    check_run(down_and_up, scenario,
              5 * 140 + 5 * 130 + 10 * 77.5 + 5 * 47.5 + 5 * 50 + 13.125 * 140 + (70 - 13.125) * 100, 43.125);
    free(scenario);
}

static void a_host_without_work_draws_what_its_state_does(void)
{
    char *scenario = jobs(1, "o", "1Gf", "100s", "");
    static const struct line lines[] = {{0, STATE, H, 2}, {4, SLEEP, H, 0}, {5, WAKE, H, 0}, {-1, STATE, H, 0}};
    /* Sleeps from 50 to 60 s, boots for 5 s at the idle watts of its state, in which it still is. */
    check_run(lines, scenario, 10 * 100 + 40 * 40 + 10 * 4 + 5 * 40 + 35 * 40, 1);
    free(scenario);
}

static void jobs_have_what_their_flops_drew(void)
{
    /* Two of 50 Gf, which do the same: half of all that is drawn while they last, and of the rest. */
    char *scenario = jobs(2, "h", "50Gf", "100s", ", \"energy_by_job\": true");
    double wanted_j = 10 * 160 + 10 * 100 + 10 * 55 + 7.5 * 160 + 62.5 * 100;
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(down_and_up, scenario, way);
        CHECK_NEAR(got.result.metrics.energy_j, wanted_j, 1e-6 * wanted_j);
        CHECK_NEAR(weir_test_job(&got, "j0")->energy_j, wanted_j / 2, 1e-6 * wanted_j);
        CHECK_NEAR(got.result.metrics.energy_idle_j, 0, 1e-6 * wanted_j);
        weir_test_result_fini(&got);
    }
    free(scenario);
    /* j1 is done after 5 s. A core that works draws 20 W, then 15, 5 and 20. */
    scenario = weir_format(
        "{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"10s\", \"energy_by_job\": true, \"workload\": "
        "{\"jobs\": [{\"name\": \"j0\", \"source\": \"h\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/h\", "
        "\"count\": 1}, \"operators\": [{\"name\": \"op\", \"flops\": \"50Gf\"}]}, {\"name\": \"j1\", \"source\": "
        "\"h\","
        " \"load\": {\"kind\": \"constant\", \"rate\": \"1/h\", \"count\": 1}, \"operators\": [{\"name\": \"op\", "
        "\"flops\": \"10Gf\"}]}]}}");
    double rest_j = 10 * 120 + 10 * 70 + 10 * 45 + 7.5 * 120 + 62.5 * 100;
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(down_and_up, scenario, way);
        CHECK_NEAR(weir_test_job(&got, "j0")->energy_j, rest_j / 2 + 10 * 20 + 10 * 15 + 10 * 5 + 7.5 * 20, 0.01);
        CHECK_NEAR(weir_test_job(&got, "j1")->energy_j, rest_j / 2 + 5 * 20, 0.01);
        weir_test_result_fini(&got);
    }
    free(scenario);
}

static void check_told(const struct weir_test_result *got, const char *wanted)
{
    if (!strstr(got->decisions, wanted))
        fprintf(stderr, "\nwanted: %s\n%s\n", wanted, got->decisions);
    CU_ASSERT(strstr(got->decisions, wanted) != NULL);
}

static void what_is_seen_and_told(void)
{
    char *scenario = jobs(1, "h", "50Gf", "100s", ", \"warmup\": \"15s\"");
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(down_and_up, scenario, way);
        check_told(&got, "10.000 playing / pstate h: 0 -> 1 | script");
        check_told(&got, "20.000 playing / pstate h: 1 -> 2 | script");
        check_told(&got, "10.000 playing / note | h 0 of 4, 2e+09, gpu 0, cpu 0");
        check_told(&got, "20.000 playing / note | h 1 of 4, 1e+09, gpu 0, cpu 0");
        check_told(&got, "40.000 playing / note | h 0 of 4, 2e+09, gpu 0, cpu");
        CU_ASSERT(strstr(got.rows, "20 //h/pstate 1") && strstr(got.rows, "30 //h/pstate 2"));
        CU_ASSERT(strstr(got.rows, "40 //h/pstate 0") && !strstr(got.rows, "10 //h/pstate"));
        CU_ASSERT(!strstr(got.rows, "//o/pstate"));
        /* From 15 s on: 20 and 30 s. What it could do then: 5 s at 1, 10 at 0.5, 70 at 2 Gf/s, of four cores. */
        CHECK_NEAR(got.result.metrics.pstate_changes, 2, 0);
        CHECK_NEAR(got.result.metrics.cpu_edge, 50. / (4 * (5 * 1 + 10 * 0.5 + 70 * 2) + 85), 1e-9);
        CHECK_NEAR(got.result.metrics.energy_j, 5 * 85 + 10 * 50 + 7.5 * 140 + 62.5 * 100, 0.01);
        weir_test_result_fini(&got);
    }
    free(scenario);
    static const struct line none[] = {{-1, STATE, H, 0}};
    scenario = jobs(1, "h", "50Gf", "100s", "");
    struct weir_test_result got = run(none, scenario, 0);
    CU_ASSERT(isnan(got.result.metrics.pstate_changes) && !strstr(got.rows, "pstate"));
    weir_test_result_fini(&got);
    free(scenario);
}

static void shares_of_cores_are_of_what_they_could_do(void)
{
    /* A decision takes 4 s: 1 Gf/s from 14 s on. 1/s of 0.9 Gf: from 10 to 20 s it does 9 of the 4 x (4 x 2 + 6 x 1)
     * that it could; in all 90 of 4 x (14 x 2 + 86) on h, and o could do 100. */
    static const struct line lines[] = {{0, STATE, H, 1}, {-1, STATE, H, 0}};
    const char *scenario =
        "{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"10s\", \"decision_time\": \"4s\","
        " \"items_per_batch\": 1, \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"h\","
        " \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
        " \"operators\": [{\"name\": \"op\", \"flops\": \"0.9Gf\"}]}]}}";
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(lines, scenario, way);
        check_told(&got, "20.000 playing / note | h 1 of 4, 1e+09, gpu 0, cpu 0.160714");
        check_told(&got, "30.000 playing / note | h 1 of 4, 1e+09, gpu 0, cpu 0.225");
        CHECK_NEAR(got.result.metrics.cpu_edge, 90. / (4 * (14 * 2 + 86) + 100), 1e-9);
        CHECK_NEAR(got.result.metrics.latency_max_s, 0.9, 1e-6);
        weir_test_result_fini(&got);
    }
}

static void what_is_refused(void)
{
    static const struct line lines[] = {
        {0, STATE, H, 4}, {1, STATE, H, 3}, {2, STATE, H, -1}, {3, STATE, O, 1}, {4, SLEEP, H, 0},
        {5, STATE, H, 1}, {6, WAKE, H, 0},  {7, STATE, H, 0},  {8, STATE, O, 1}, {-1, STATE, H, 0},
    };
    char *scenario = jobs(1, "o", "1Gf", "100s", ", \"faults\": [{\"host\": \"o\", \"at\": \"85s\"}]");
    struct weir_test_result got = run(lines, scenario, 0);
    check_told(&got, "host \"h\" has the performance states 0 to 3, and not 4");
    check_told(&got, "host \"h\" computes nothing in performance state 3");
    check_told(&got, "host \"h\" has the performance states 0 to 3, and not -1");
    check_told(&got, "host \"o\" has no performance state but 0");
    check_told(&got, "pstate h: 0 -> 1 | script | host \"h\" sleeps");
    check_told(&got, "pstate o: 0 -> 1 | script | host \"o\" is down");
    CU_ASSERT(!strstr(got.decisions, "80.000 playing / pstate")); /* as it is */
    CHECK_NEAR(got.result.metrics.refused, 6, 0);
    weir_test_result_fini(&got);
    free(scenario);
}

static void down_when_it_is_due(void)
{
    /* Decided at 10 s and due at 14 s, when h is down. */
    static const struct line lines[] = {{0, STATE, H, 1}, {-1, STATE, H, 0}};
    char *scenario =
        jobs(1, "o", "1Gf", "100s",
             ", \"decision_time\": \"4s\", \"faults\": [{\"host\": \"h\", \"at\": \"12s\", \"for\": \"5s\"}]");
    struct weir_test_result got = run(lines, scenario, 0);
    check_told(&got, "14.000 playing / note | h stays in performance state 0: it is not up any more");
    CHECK_NEAR(got.result.metrics.energy_j, 95 * 100 + 5 * 4, 1e-6);
    weir_test_result_fini(&got);
    free(scenario);
}

int main(int argc, char **argv)
{
    share = 1;
    const struct weir_case cases[] = {
        {"work under way goes on at the new speed", work_under_way_goes_on_at_the_new_speed},
        {"a share of a core is one of the new speed", a_share_of_a_core_is_one_of_the_new_speed},
        {"slow besides", slow_besides},
        {"a host without work draws what its state does", a_host_without_work_draws_what_its_state_does},
        {"jobs have what their flops drew", jobs_have_what_their_flops_drew},
        {"what is seen and told", what_is_seen_and_told},
        {"shares of cores are of what they could do", shares_of_cores_are_of_what_they_could_do},
        {"what is refused", what_is_refused},
        {"down when it is due", down_when_it_is_due},
        {0},
    };
    return weir_test_main("engine/pstates", cases, argc, argv);
}
