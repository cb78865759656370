/* Batteries of hosts: when they are empty, by arithmetic, and what becomes of the host. Each case runs twice: as it is,
 * and with everything in SimGrid's hands. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

/* h draws 100 W idle and 120 + 20 W a core at work, in its other state 50 W and 60 + 10; asleep or down 5 W. */
#define PLATFORM                                                                                                       \
    "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"                        \
    "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\">\n"                                                     \
    "<host id=\"h\" speed=\"1Gf,0.5Gf\" core=\"4\">"                                                                   \
    "<prop id=\"wattage_per_state\" value=\"100:120:200,50:60:100\"/><prop id=\"wattage_off\" value=\"5\"/>"           \
    "<prop id=\"boot_time\" value=\"9s\"/><prop id=\"boot_watts\" value=\"150\"/>%s</host>"                            \
    "<host id=\"o\" speed=\"1Gf\"/><link id=\"l\" bandwidth=\"1MBps\" latency=\"1ms\"/>"                               \
    "<route src=\"h\" dst=\"o\"><link_ctn id=\"l\"/></route></zone></platform>\n"
#define BATTERY(joules) "<prop id=\"battery\" value=\"" joules "\"/>"
#define CHARGE(share)   "<prop id=\"battery_charge\" value=\"" share "\"/>"
#define RESUME(share)   "<prop id=\"battery_resume\" value=\"" share "\"/>"
#define HARVEST(watts)  "<prop id=\"harvest\" value=\"" watts "\"/>"
enum { H, O };

/* Jobs: when they come, with one item of so many Gf; none: one on the other host. */
struct coming {
    double arrive_s, gf;
};

struct line {
    long window;
    enum { SLEEP, WAKE, STATE } what;
};
static const struct line *script;

static int play(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    const struct weir_host_view *h = &view->hosts[H];
    weir_plan_note(plan, -1, "h %d %.6g J %.6g", h->up, h->battery_j, h->battery_share);
    for (const struct line *line = script; line && line->window >= 0; line++) {
        if (line->window != view->window)
            continue;
        if (line->what == STATE)
            weir_plan_pstate(plan, H, 1, "script");
        else
            (line->what == SLEEP ? weir_plan_sleep : weir_plan_wake)(plan, H, "script");
    }
    return 0;
}
static const struct weir_policy playing = {
    .abi = WEIR_POLICY_ABI, .name = "playing", .summary = "A script.", .source = "", .window_ends = play};

/* Runs for 100 s in windows of 10 s. */
static struct weir_test_result run(const char *props, const struct coming *jobs, const char *more,
                                   const struct line *lines, int way)
{
    const struct weir_policy *const catalog[] = {&playing, NULL};
    static const struct coming none[] = {{0, 0}, {0, 0}};
    struct weir_text text = {0};
    const char *separator = "";
    weir_text_addf(
        &text, "{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"10s\"%s, \"workload\": {\"jobs\": [", more);
    for (const struct coming *job = jobs ? jobs : none; separator[0] == 0 || job->gf > 0; job++, separator = ", ")
        weir_text_addf(&text,
                       "%s{\"name\": \"j%d\", \"source\": \"%s\", \"arrive\": \"%gs\","
                       " \"load\": {\"kind\": \"constant\", \"rate\": \"1/h\", \"count\": 1},"
                       " \"operators\": [{\"name\": \"op\", \"flops\": \"%gGf\"}]}",
                       separator, (int)(job - (jobs ? jobs : none)), jobs ? "h" : "o", job->arrive_s,
                       job->gf > 0 ? job->gf : 0.001);
    weir_text_addf(&text, "]}}");
    char *xml = weir_format(PLATFORM, props);
    const char *scenario = weir_text_string(&text);
    script = lines;
    struct weir_test_result got = weir_test_run_traced(weir_test_file("batteries.xml", xml),
                                                       way ? weir_test_all(scenario) : scenario, "playing", 1, catalog);
    if (got.code != WEIR_OK)
        fprintf(stderr, "\n%s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_text_fini(&text);
    free(xml);
    return got;
}

static void check_told(const struct weir_test_result *got, const char *wanted)
{
    if (!strstr(got->decisions, wanted))
        fprintf(stderr, "\nwanted: %s\n%s\n", wanted, got->decisions);
    CU_ASSERT(strstr(got->decisions, wanted) != NULL);
}

/* The first date at which it is said. */
static void check_date(const struct weir_test_result *got, const char *what, double wanted_s)
{
    char *text = weir_format("%.3f battery / note | h %s", wanted_s, what);
    check_told(got, text);
    free(text);
}
#define EMPTY   "is down: its battery is empty"
#define CHARGED "is up again: its battery is charged"

static void check_run(const char *props, const struct coming *jobs, const char *more, const struct line *lines,
                      double empty_s, double drawn_j, double left_j)
{
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(props, jobs, more, lines, way);
        if (isfinite(empty_s))
            check_date(&got, EMPTY, empty_s);
        else
            CU_ASSERT(!strstr(got.decisions, EMPTY));
        CHECK_NEAR(got.result.metrics.energy_j, drawn_j, 1e-6 * drawn_j);
        CHECK_NEAR(got.result.metrics.battery_left_j, left_j, 1e-6 * (1 + left_j));
        CHECK_NEAR(got.result.metrics.batteries_empty, isfinite(empty_s), 0);
        weir_test_result_fini(&got);
    }
}

static void an_idle_host(void)
{
    check_run(BATTERY("1kJ"), NULL, "", NULL, 1000 / 100., 1000, 0);
    check_run(BATTERY("1Wh") CHARGE("0.5"), NULL, "", NULL, 18, 1800, 0);
    check_run(BATTERY("4Wh"), NULL, "", NULL, INFINITY, 10000, 4 * 3600 - 10000);
    check_run(BATTERY("1kJ") CHARGE("0"), NULL, "", NULL, 0, 0, 0);
}

static void load_that_changes(void)
{
    /* 140 W until 10 s, 160 until 20, 140 until 30, 100 afterwards. */
    static const struct coming jobs[] = {{0, 30}, {10, 10}, {0, 0}};
    check_run(BATTERY("5kJ"), jobs, "", NULL, 30 + (5000 - 1400 - 1600 - 1400) / 100., 5000, 0);
    check_run(BATTERY("3700J"), jobs, "", NULL, 20 + (3700 - 1400 - 1600) / 140., 3700, 0);
    check_run(BATTERY("3001J"), jobs, "", NULL, 20 + 1 / 140., 3001, 0);
    check_run(BATTERY("12kJ"), jobs, "", NULL, INFINITY, 4400 + 7000, 600);
    /* Six on four cores: each gets two thirds, all cores are busy for 30 s. */
    static const struct coming six[] = {{0, 20}, {0, 20}, {0, 20}, {0, 20}, {0, 20}, {0, 20}, {0, 0}};
    check_run(BATTERY("7kJ"), six, "", NULL, 30 + (7000 - 6000) / 100., 7000, 0);
    check_run(BATTERY("5kJ"), six, "", NULL, 5000 / 200., 5000, 0);
}

static void slower_hosts_draw_less(void)
{
    /* A core at half of its speed from 5 to 15 s draws 10 W of its 20. */
    static const struct coming jobs[] = {{0, 50}, {0, 0}};
    check_run(BATTERY("3kJ"), jobs,
              ", \"faults\": [{\"host\": \"h\", \"at\": \"5s\", \"for\": \"10s\", \"speed\": 0.5}]", NULL,
              15 + (3000 - 700 - 1300) / 140., 3000, 0);
    /* Its other state from 10 s on: 70 W with a core at work, and 50 without one, from 10 + 40 / 0.5 s on. */
    static const struct line lines[] = {{0, STATE}, {-1, STATE}};
    check_run(BATTERY("3kJ"), jobs, "", lines, 10 + (3000 - 1400) / 70., 3000, 0);
    check_run(BATTERY("7500J"), jobs, "", lines, 90 + (7500 - 1400 - 5600) / 50. - 0.0, 7500, 0);
}

static void down_and_up_by_harvest(void)
{
    /* Idle it loses 40 W of 1 kJ: 25 s. Charging at 60 W takes 50/3 s, or half of that. */
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(BATTERY("1kJ") HARVEST("60"), NULL, "", NULL, way);
        double cycle_s = 25 + 50 / 3.;
        check_date(&got, EMPTY, 25);
        check_date(&got, CHARGED, cycle_s);
        check_date(&got, EMPTY, cycle_s + 25);
        check_date(&got, CHARGED, 2 * cycle_s);
        CHECK_NEAR(got.result.metrics.batteries_empty, 2, 0);
        CHECK_NEAR(got.result.metrics.energy_j, 100 * (100 - 2 * 50 / 3.), 1e-3);
        CHECK_NEAR(got.result.metrics.battery_left_j, 1000 - 40 * (100 - 2 * cycle_s), 1e-3);
        /* Windows: charging at 30 s, up at 50 s. */
        check_told(&got, "30.000 playing / note | h 0 300 J 0.3");
        check_told(&got, "50.000 playing / note | h 1 666.667 J 0.666667");
        CU_ASSERT(strstr(got.rows, "30 //h/battery 300") && strstr(got.rows, "30 //h/down 1"));
        CU_ASSERT(!strstr(got.rows, "//o/battery") && !strstr(got.rows, "50 //h/down"));
        weir_test_result_fini(&got);
        got = run(BATTERY("1kJ") HARVEST("60") RESUME("0.5"), NULL, "", NULL, way);
        check_date(&got, CHARGED, 25 + 25 / 3.);
        check_date(&got, EMPTY, 25 + 25 / 3. + 12.5);
        weir_test_result_fini(&got);
    }
}

static void a_full_battery_takes_no_more(void)
{
    /* 10 W more than it draws fill 400 J in 40 s; 40 W less with a core at work from 60 s on, for 5 s; full again. */
    static const struct coming jobs[] = {{60, 5}, {0, 0}};
    check_run(BATTERY("1kJ") CHARGE("0.6") HARVEST("110"), jobs, "", NULL, INFINITY, 100 * 100 + 5 * 40, 1000);
    /* At 90 s it has 1000 - 5 x 30 + 10 x 10 J without the end of the run: shorter by another job. */
    static const struct coming late[] = {{60, 5}, {90, 5}, {0, 0}};
    check_run(BATTERY("1kJ") CHARGE("0.6") HARVEST("110"), late, "", NULL, INFINITY, 100 * 100 + 10 * 40,
              1000 - 5 * 30 + 5 * 10);
}

static void faults(void)
{
    /* Down from 5 to 15 s at 5 W. */
    check_run(BATTERY("1kJ"), NULL, ", \"faults\": [{\"host\": \"h\", \"at\": \"5s\", \"for\": \"10s\"}]", NULL,
              15 + (1000 - 500 - 50) / 100., 1000, 0);
    /* It runs empty while it is down, and is not up when the fault is over. */
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got =
            run(BATTERY("525J") HARVEST("4"), NULL,
                ", \"faults\": [{\"host\": \"h\", \"at\": \"5s\", \"for\": \"60s\"}]", NULL, way);
        /* 525 - 5 x 96 J; 1 W is lost until 50 s. Then 4 W charge it for longer than there is. */
        check_date(&got, EMPTY, 5 + 45);
        CU_ASSERT(!strstr(got.decisions, CHARGED));
        CHECK_NEAR(got.result.metrics.energy_j, 500 + 45 * 5, 1e-3);
        CHECK_NEAR(got.result.metrics.battery_left_j, 50 * 4, 1e-3);
        CU_ASSERT(strstr(got.rows, "70 //h/down 1") && strstr(got.rows, "100 //h/down 1"));
        weir_test_result_fini(&got);
        /* Charged during another fault, it is up when that is over: empty at 10 s, 60 J at 60 W until 11 s. */
        got = run(BATTERY("1kJ") CHARGE("0.4") RESUME("0.06") HARVEST("60"), NULL,
                  ", \"faults\": [{\"host\": \"h\", \"at\": \"10.5s\", \"for\": \"20s\"}]", NULL, way);
        check_date(&got, EMPTY, 10);
        check_date(&got, "is still down: its battery is charged", 11);
        /* It gains 55 W until 30.5 s, is full at 60 + 55 t = 1000, and loses 40 W for 25 s: again empty at 55.5 s. */
        check_date(&got, EMPTY, 30.5 + 25);
        weir_test_result_fini(&got);
    }
}

static void sleep_and_boot(void)
{
    static const struct line sleeps[] = {{0, SLEEP}, {-1, SLEEP}};
    check_run(BATTERY("1100J"), NULL, "", sleeps, 10 + 100 / 5., 1100, 0);
    check_run(BATTERY("1100J") HARVEST("5"), NULL, "", sleeps, INFINITY, 1000 + 90 * 5, 1100 - 950);
    /* Woken at 30 s with 900 J: 9 s at 150 W are 1350. */
    static const struct line wakes[] = {{0, SLEEP}, {2, WAKE}, {-1, SLEEP}};
    check_run(BATTERY("2kJ"), NULL, "", wakes, 30 + 900 / 150., 2000, 0);
    check_run(BATTERY("3kJ"), NULL, "", wakes, 39 + (1900 - 1350) / 100., 3000, 0);
}

static void the_warm_up_does_not_count(void)
{
    struct weir_test_result got = run(BATTERY("1kJ"), NULL, ", \"warmup\": \"35s\"", NULL, 0);
    CHECK_NEAR(got.result.metrics.batteries_empty, 0, 0);
    weir_test_result_fini(&got);
    got = run("", NULL, "", NULL, 0);
    CU_ASSERT(isnan(got.result.metrics.batteries_empty) && isnan(got.result.metrics.battery_left_j));
    CU_ASSERT(!strstr(got.rows, "/battery"));
    weir_test_result_fini(&got);
}

static void jobs_come_back_with_their_host(void)
{
    /* 140 W with 40 of them harvested empty 1 kJ in 10 s, with 10 of 15 Gf done, which is lost. Charged after 25 s it
     * is up at 35 s; idle it loses 60 W until the job is there again, and works for 15 s from then on, if what is left
     * by then lasts so long: at most 1000 J, 10 s. So it never ends. With 4 kJ it ends before it is empty. */
    static const struct coming jobs[] = {{0, 15}, {0, 0}};
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got =
            run(BATTERY("1kJ") HARVEST("40"), jobs, ", \"recovery\": {\"place\": \"wait\"}", NULL, way);
        check_date(&got, EMPTY, 10);
        check_date(&got, CHARGED, 35);
        CHECK_NEAR(got.result.metrics.delivered, 0, 0);
        CU_ASSERT(got.result.metrics.restarts >= 1 && got.result.metrics.lost >= 1);
        weir_test_result_fini(&got);
        got = run(BATTERY("4kJ") HARVEST("40"), jobs, ", \"recovery\": {\"place\": \"wait\"}", NULL, way);
        CHECK_NEAR(got.result.metrics.delivered, 1, 0);
        check_date(&got, EMPTY, 15 + (4000 - 15 * 100) / 60.);
        weir_test_result_fini(&got);
    }
}

static void joules_of_jobs_end_with_the_battery(void)
{
    static const struct coming jobs[] = {{0, 30}, {0, 0}};
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(BATTERY("1400J"), jobs, ", \"energy_by_job\": true", NULL, way);
        check_date(&got, EMPTY, 10);
        CHECK_NEAR(got.result.metrics.energy_j, 1400, 1e-3);
        CHECK_NEAR(weir_test_job(&got, "j0")->energy_j, 1400, 1e-3);
        weir_test_result_fini(&got);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"an idle host", an_idle_host},
        {"load that changes", load_that_changes},
        {"slower hosts draw less", slower_hosts_draw_less},
        {"down and up by harvest", down_and_up_by_harvest},
        {"a full battery takes no more", a_full_battery_takes_no_more},
        {"faults", faults},
        {"sleep and boot", sleep_and_boot},
        {"the warm-up does not count", the_warm_up_does_not_count},
        {"jobs come back with their host", jobs_come_back_with_their_host},
        {"joules of jobs end with the battery", joules_of_jobs_end_with_the_battery},
        {0},
    };
    return weir_test_main("engine/batteries", cases, argc, argv);
}
