/* Several sources of a job that move, by arithmetic and against lists of their items. Two access points a kilometre
 * apart, with 10 MB/s and 10 ms between them. A device changes at 512 m, for 24 m of hysteresis. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"
#include "tests/support/worlds.h"

static const char xml[] =
    "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
    "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\">"
    "<host id=\"west\" speed=\"1Gf\"><prop id=\"tier\" value=\"edge\"/><prop id=\"place\" value=\"0 0\"/></host>"
    "<host id=\"east\" speed=\"1Gf\"><prop id=\"tier\" value=\"edge\"/><prop id=\"place\" value=\"1000 0\"/></host>"
    "<host id=\"cloud\" speed=\"1Gf\"><prop id=\"tier\" value=\"cloud\"/></host>"
    "<link id=\"between\" bandwidth=\"10MBps\" latency=\"10ms\"/><link id=\"far\" bandwidth=\"10MBps\" "
    "latency=\"20ms\"/><route src=\"west\" dst=\"east\"><link_ctn id=\"between\"/></route>"
    "<route src=\"west\" dst=\"cloud\"><link_ctn id=\"far\"/></route>"
    "<route src=\"east\" dst=\"cloud\"><link_ctn id=\"far\"/></route></zone></platform>\n";

/* Left at 10 m/s, right at 20 m/s: they change at 51.2 s and at 25.6 s. */
#define TRACKS(left, right) "time,id,x,y\n0," left ",0,0\n100," left ",1000,0\n0," right ",0,0\n50," right ",1000,0\n"
#define BY_NAME             "{\"jobs\": \"pair\", \"tracks\": \"tracks.csv\"}"

/* Owned: 100 s of two sources, on what is in `op`. */
static char *scenario_of(const char *more, const char *mobility, const char *devices, const char *left,
                         const char *right, const char *op)
{
    return weir_format("{\"duration\": \"100s\", \"window\": \"10s\", %s \"mobility\": {\"hysteresis\": 24, %s "
                       "\"devices\": [%s]}, \"workload\": {\"jobs\": [{\"name\": \"pair\", \"sources\": ["
                       "{\"name\": \"left\", \"source\": {\"host\": \"west\"}, %s}, "
                       "{\"name\": \"right\", \"source\": {\"host\": \"west\"}, %s}], \"operators\": [%s]}]}}",
                       more, mobility, devices, left, right, op);
}

/* Takes the scenario over. */
static struct weir_test_result run(char *scenario, const char *policy, bool all)
{
    const struct weir_policy *const *catalog = policy[0] == 'c' ? weir_test_chaos : weir_catalog;
    struct weir_test_result got = weir_test_run_traced(weir_test_file("cells.xml", xml),
                                                       all ? weir_test_all(scenario) : scenario, policy, 1, catalog);
    if (got.code != WEIR_OK)
        printf("\n    %s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(weir_test_file("cells.xml", xml), scenario, &got);
    free(scenario);
    return got;
}

static const struct weir_source_total *source_of(const struct weir_test_result *got, const char *name)
{
    static const struct weir_source_total none;
    for (int s = 0; s < got->result.source_count; s++)
        if (strcmp(got->result.sources[s].name, name) == 0)
            return &got->result.sources[s];
    CU_FAIL("no such source in the result");
    return &none;
}

#define LOAD(bytes, start)                                                                                             \
    "\"source_bytes\": \"" bytes "\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\", \"start\": \"" start "\"}"
#define RADIO "\"handover\": \"1s\", \"latency\": \"5ms\", \"rates\": [{\"rate\": \"1MBps\"}],"
#define SEE   "{\"name\": \"see\", \"flops\": \"10Mf\", \"placement\": {\"host\": \"west\"}}"

/* Left sends 100 kB each second from 1 s on: 0.1 s on the radio link and its 5 ms, 10 ms of work; once it is in the
 * east, 10 ms for its bytes and 10 ms more. That of 52 s waits until 52.2 s. Right sends 200 kB from 1.3 s on: 0.2 s,
 * and 20 + 10 ms more from the east; that of 26.3 s waits until 26.6 s. No two are on a link at once. */
static void check_merge(const struct weir_test_result *got)
{
    const struct weir_metrics *m = &got->result.metrics;
    CHECK_NEAR(m->handovers, 2, 0);
    CHECK_NEAR(m->interrupted_s, 2, 1e-9);
    CHECK_NEAR(source_of(got, "left")->latency_mean_s, (51 * 0.115 + 48 * 0.135 + 0.2) / 99, 1e-9);
    CHECK_NEAR(source_of(got, "right")->latency_mean_s, (25 * 0.215 + 74 * 0.245 + 0.3) / 99, 1e-9);
    CHECK_NEAR(m->latency_max_s, 0.245 + 0.3, 1e-6);
    /* Left: 42 to 51 s and 52 to 61 s; right: 16.3 to 25.3 s and 26.3 to 35.3 s. */
    CHECK_NEAR(m->latency_before_s, (0.115 + 0.215) / 2, 1e-9);
    CHECK_NEAR(m->latency_after_s, (0.135 + 0.2 / 10 + 0.245 + 0.3 / 10) / 2, 1e-9);
    CHECK_NEAR(m->network_bytes, 48 * 100e3 + 74 * 200e3, 1e-3);
    CU_ASSERT_PTR_NOT_NULL(strstr(got->rows, "30 pair/left//device_x 300"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got->rows, "30 pair/right//device_x 600"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got->rows, "30 pair/left/west/attached 1"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got->rows, "30 pair/right/east/attached 1"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got->rows, "30 pair/left//handovers 0"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got->rows, "30 pair/right//handovers 1"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got->rows, "60 pair/left//handovers 1"));
}

static void each_crosses_at_its_date(void)
{
    static const char *const tracks[] = {TRACKS("pair/left", "pair/right"), TRACKS("x", "y")};
    static const char *const devices[] = {BY_NAME, /* by the names of the tracks, or their order */
                                          "{\"jobs\": \"pair/right\", \"tracks\": \"tracks.csv\", \"track\": \"y\"}, "
                                          "{\"jobs\": [\"pa?r/l*\"], \"tracks\": \"tracks.csv\", \"track\": \"x\"}"};
    for (int c = 0; c < 6; c++) {
        weir_test_file("tracks.csv", tracks[c % 3 > 0]);
        struct weir_test_result got =
            run(scenario_of("", RADIO, devices[c % 3 == 2], LOAD("100kB", "1s"), LOAD("200kB", "1300ms"), SEE),
                "static", c >= 3);
        check_merge(&got);
        weir_test_result_fini(&got);
    }
}

/* What would be sent meanwhile is lost: one item of each. */
static void each_loses_its_own(void)
{
    weir_test_file("tracks.csv", TRACKS("pair/left", "pair/right"));
    struct weir_test_result got = run(
        scenario_of("", RADIO "\"meanwhile\": \"lose\",", BY_NAME, LOAD("100kB", "1s"), LOAD("200kB", "1300ms"), SEE),
        "static", false);
    CHECK_NEAR(got.result.metrics.handover_lost, 2, 0);
    CHECK_NEAR((double)source_of(&got, "left")->dropped_at_source, 1, 0);
    CHECK_NEAR((double)source_of(&got, "right")->dropped_at_source, 1, 0);
    CHECK_NEAR((double)source_of(&got, "left")->delivered, 98, 0);
    weir_test_result_fini(&got);
}

/* The first source stands still: the job's place, for policies, is its; and only right has rows of a device. */
static void one_stands_still(void)
{
    weir_test_file("tracks.csv", TRACKS("pair/left", "pair/right"));
    struct weir_test_result got = run(scenario_of("", RADIO, "{\"jobs\": \"pair/right\", \"tracks\": \"tracks.csv\"}",
                                                  LOAD("100kB", "1s"), LOAD("200kB", "1300ms"), SEE),
                                      "nearest", false);
    CHECK_NEAR(got.result.metrics.handovers, 1, 0);
    CHECK_NEAR(got.result.metrics.migrations, 0, 0);
    CHECK_NEAR(source_of(&got, "left")->latency_mean_s, 0.01, 1e-9);
    CHECK_NEAR(source_of(&got, "right")->latency_mean_s, (25 * 0.215 + 74 * 0.245 + 0.3) / 99, 1e-9);
    CU_ASSERT_PTR_NULL(strstr(got.rows, "pair/left//device_x"));
    weir_test_result_fini(&got);
    /* With it right would have followed: the first source is the one that moves. */
    weir_test_file("tracks.csv", TRACKS("pair/right", "pair/left"));
    got = run(scenario_of("", RADIO, "{\"jobs\": \"pair/left\", \"tracks\": \"tracks.csv\"}", LOAD("100kB", "1s"),
                          LOAD("200kB", "1300ms"), SEE),
              "nearest", false);
    CHECK_NEAR(got.result.metrics.migrations, 1, 0);
    weir_test_result_fini(&got);
}

/* Each sends 1 MB a second to an operator of its own in the west: 0.1 s and 10 ms from the east, and 0.2 s while both
 * are there, from 52 s on. */
static void they_share_a_link(void)
{
    weir_test_file("tracks.csv", TRACKS("pair/left", "pair/right"));
    for (int all = 0; all < 2; all++) {
        struct weir_test_result got = run(
            scenario_of("", "", BY_NAME, LOAD("1MB", "1s"), LOAD("1MB", "1s"),
                        "{\"name\": \"a\", \"placement\": {\"host\": \"west\"}}, {\"name\": \"b\", \"placement\": "
                        "{\"host\": \"west\"}}], \"edges\": [[\"left\", \"a\"], [\"right\", \"b\"], [\"a\", \"sink\"], "
                        "[\"b\", \"sink\"]"),
            "static", all);
        CHECK_NEAR(source_of(&got, "left")->latency_mean_s, 48 * 0.21 / 99, 1e-9);
        CHECK_NEAR(source_of(&got, "right")->latency_mean_s, (26 * 0.11 + 48 * 0.21) / 99, 1e-9);
        CU_ASSERT(got.result.shared_transfers > 0);
        weir_test_result_fini(&got);
    }
}

/* Policies see where each is and was: right has changed in the window that ends at 30 s, left in that of 60 s, which is
 * the job's source, too. */
static int tell_places(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    const struct weir_job_view *job = &view->jobs[0];
    for (int s = 0; s < job->source_count; s++)
        weir_plan_note(plan, 0, "%s at %s, was at %s, %g/s", job->sources[s].name,
                       view->hosts[job->sources[s].host].name, view->hosts[job->sources[s].before].name,
                       job->sources[s].delivered_rate);
    weir_plan_note(plan, 0, "at %s, was at %s", view->hosts[job->source_host].name,
                   view->hosts[job->source_before].name);
    return WEIR_OK;
}

static void policies_see_where_each_is(void)
{
    static const struct weir_policy policy = {
        .abi = WEIR_POLICY_ABI, .name = "teller", .summary = "Tells.", .source = "", .window_ends = tell_places};
    static const struct weir_policy *const catalog[] = {&policy, NULL};
    weir_test_file("tracks.csv", TRACKS("pair/left", "pair/right"));
    char *scenario = scenario_of("", RADIO, BY_NAME, LOAD("100kB", "1s"), LOAD("200kB", "1300ms"), SEE);
    struct weir_test_result got =
        weir_test_run_catalog(weir_test_file("cells.xml", xml), scenario, "teller", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    static const char *const notes[] = {"20.000 teller pair/ note | right at west, was at west, 1/s",
                                        "30.000 teller pair/ note | left at west, was at west",
                                        "30.000 teller pair/ note | right at east, was at west",
                                        "40.000 teller pair/ note | right at east, was at east",
                                        "60.000 teller pair/ note | left at east, was at west",
                                        "60.000 teller pair/ note | at east, was at west",
                                        "70.000 teller pair/ note | left at east, was at east"};
    for (size_t n = 0; n < sizeof notes / sizeof *notes; n++)
        CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, notes[n]));
    weir_test_result_fini(&got);
    free(scenario);
}

/* Left stands still and sends at 0.5, 1.5, ... s, right at 0.7, 1.7, ... s; windows of 5 s close when right's next
 * item comes, 1 s after their latest. Right is interrupted from 25.6 to 31.6 s: its items of 25.7 to 30.7 s come at
 * 31.61 s together, and close the windows that end at 25 and 30 s; from then on each takes 10 ms more. The last window
 * closes with its latest item, that of 99.7 s. */
#define COUNT(more)  "{\"name\": \"n\", \"placement\": {\"host\": \"west\"}, \"window\": {\"size\": \"5s\"" more "}}"
#define STILL(start) LOAD("0B", start)
static void the_interrupted_one_holds_windows_back(bool all)
{
    const char *right = "{\"jobs\": \"pair/right\", \"tracks\": \"tracks.csv\"}", *six = "\"handover\": \"6s\",";
    weir_test_file("tracks.csv", TRACKS("pair/left", "pair/right"));
    struct weir_test_result got =
        run(scenario_of("", six, right, STILL("500ms"), STILL("700ms"), COUNT("")), "static", all);
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->delivered, 20, 0);
    CHECK_NEAR(m->latency_max_s, 31.61 - 24.7, 1e-6);
    CHECK_NEAR(m->latency_mean_s, (4 * 1.0 + (31.61 - 24.7) + (31.61 - 29.7) + 13 * 1.01 + 0.01) / 20, 1e-9);
    CHECK_NEAR((double)source_of(&got, "right")->late, 0, 0);
    weir_test_result_fini(&got);
    /* Idle after 2 s, at 26.7 s, it holds nothing back: that of 25 s closes then, that of 30 s with left's of 30.5 s,
     * whose latest item was left's of 29.5 s. Right's five of that window are late. */
    got = run(scenario_of("", six, right, STILL("500ms"), STILL("700ms"), COUNT(", \"idle_timeout\": \"2s\"")),
              "static", all);
    m = &got.result.metrics;
    CHECK_NEAR(m->delivered, 20, 0);
    CHECK_NEAR(m->latency_mean_s, (4 * 1.0 + 2.0 + 1.0 + 13 * 1.01 + 0.01) / 20, 1e-9);
    CHECK_NEAR((double)source_of(&got, "right")->late, 5, 0);
    CHECK_NEAR((double)source_of(&got, "left")->late, 0, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.rows, "40 pair/right//late_rate 0.5"));
    weir_test_result_fini(&got);
}

static void interrupted(void)
{
    the_interrupted_one_holds_windows_back(false);
    the_interrupted_one_holds_windows_back(true);
}

/* Pairs of one key in windows of 10 s, of the lists of items: 300 of left at 5/s, 120 of right at 2/s. */
static int pairs_of_lists(unsigned keys)
{
    static const int counts[2] = {300, 120};
    static const double rates[2] = {5, 2};
    uint64_t stream = weir_stream_key(1, "key/pair/w");
    unsigned here[2][6][16] = {0};
    int pairs = 0;
    for (int s = 0; s < 2; s++)
        for (int i = 0; i < counts[s]; i++) {
            struct weir_stream draw = weir_stream_at(stream, (uint64_t)i | (uint64_t)s << 48);
            here[s][(int)((i / rates[s] + 1e-9) / 10)][weir_stream_below(&draw, keys)]++;
        }
    for (int w = 0; w < 6; w++)
        for (unsigned key = 0; key < keys; key++)
            pairs += (int)(here[0][w][key] * here[1][w][key]);
    return pairs;
}

/* Both wander to and fro, under plans that change at random and hosts that fail: the pairs are those of the lists. */
static void pairs_of_wanderers(void)
{
    static const char *const more[] = {
        "", "\"faults\": [{\"host\": \"east\", \"at\": \"23.3s\", \"for\": \"2s\"}, {\"host\": \"west\", \"at\": "
            "\"41.2s\", \"for\": \"1s\"}], \"recovery\": {\"place\": \"wait\", \"delivery\": \"exactly-once\", "
            "\"checkpoint_interval\": \"4s\", \"detect\": \"500ms\"}, "};
    const char *wander = "{\"jobs\": \"pair\", \"model\": \"random-waypoint\", \"area\": [0, 0, 1000, 10], "
                         "\"speed\": [50, 200]}";
    int wanted = pairs_of_lists(5);
    CU_ASSERT(wanted > 0);
    for (int c = 0; c < 6; c++) {
        struct weir_test_result got =
            run(scenario_of(
                    more[c % 2], "\"handover\": \"300ms\", \"latency\": \"3ms\",", wander,
                    "\"source_bytes\": \"1kB\", \"load\": {\"kind\": \"constant\", \"rate\": \"5/s\", \"count\": 300}",
                    "\"source_bytes\": \"2kB\", \"load\": {\"kind\": \"constant\", \"rate\": \"2/s\", \"count\": 120}",
                    "{\"name\": \"w\", \"keys\": 5, \"join\": \"window\", \"window\": {\"size\": \"10s\", "
                    "\"out_of_orderness\": \"8s\"}, \"parallelism\": 2, \"max_parallelism\": 4}"),
                c / 2 ? "chaos" : "static", c / 2 == 2);
        if ((int)got.result.metrics.delivered != wanted)
            printf("\n    case %d: %g pairs, wanted %d ", c, got.result.metrics.delivered, wanted);
        CHECK_NEAR(got.result.metrics.delivered, wanted, 0);
        CU_ASSERT(got.result.metrics.handovers > 10);
        CU_ASSERT_EQUAL(got.result.metrics.restarts > 0, c % 2);
        /* They do not move alike. */
        CU_ASSERT_PTR_NULL(strstr(got.rows, "10 pair/left//device_x 500\n"));
        weir_test_result_fini(&got);
    }
}

/* Both sources stand in the west, and results of 200 kB go to a device of their own, which changes at 51.2 s. In the
 * west that takes 10 ms of work, 0.2 s on the radio link and its 5 ms; in the east 20 + 10 ms more. At 51.2 s 190 kB of
 * the result of 51 s are sent; it goes to the east, and the last 10 kB are sent at 52.2 s: 1.215 s. Behind it, one
 * after the other: those of 51.3 s (until 52.41 s, 1.115 s), of 52 s (52.61 s) and of 52.3 s (52.81 s). */
static void sink_has_its_own_device(void)
{
    static const char see[] =
        "{\"name\": \"see\", \"flops\": \"10Mf\", \"bytes\": \"200kB\", \"placement\": {\"host\": \"west\"}}";
    static const char *const sink =
        "{\"jobs\": \"pair\", \"end\": \"sink\", \"tracks\": \"tracks.csv\", \"track\": \"x\"}";
    weir_test_file("tracks.csv", TRACKS("x", "y"));
    for (int all = 0; all < 2; all++) {
        struct weir_test_result got =
            run(scenario_of("", RADIO, sink, LOAD("1kB", "1s"), LOAD("1kB", "1300ms"), see), "static", all);
        CHECK_NEAR(got.result.metrics.handovers, 1, 0);
        CHECK_NEAR(source_of(&got, "left")->latency_mean_s, (50 * 0.215 + 1.215 + 0.615 + 47 * 0.245) / 99, 1e-9);
        CHECK_NEAR(source_of(&got, "right")->latency_mean_s, (50 * 0.215 + 1.115 + 0.515 + 47 * 0.245) / 99, 1e-9);
        CHECK_NEAR(got.result.metrics.network_bytes, (1 + 48 + 49) * 200e3, 1e-3);
        CU_ASSERT_PTR_NOT_NULL(strstr(got.rows, "30 pair//west/attached 1"));
        CU_ASSERT_PTR_NOT_NULL(strstr(got.rows, "60 pair//east/attached 1"));
        CU_ASSERT_PTR_NULL(strstr(got.rows, "pair/left//device_x"));
        weir_test_result_fini(&got);
    }
    /* A source moves, too, by another track. */
    char *devices = weir_format("%s, {\"jobs\": \"pair/right\", \"tracks\": \"tracks.csv\", \"track\": \"y\"}", sink);
    struct weir_test_result got =
        run(scenario_of("", RADIO, devices, LOAD("1kB", "1s"), LOAD("1kB", "1300ms"), see), "static", false);
    CHECK_NEAR(got.result.metrics.handovers, 2, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.rows, "30 pair///device_x 300"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.rows, "30 pair/right//device_x 600"));
    weir_test_result_fini(&got);
    free(devices);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"each crosses at its date", each_crosses_at_its_date},
        {"each loses its own", each_loses_its_own},
        {"one stands still", one_stands_still},
        {"policies see where each is", policies_see_where_each_is},
        {"they share a link", they_share_a_link},
        {"the interrupted one holds windows back", interrupted},
        {"pairs of wanderers", pairs_of_wanderers},
        {"the sink has its own device", sink_has_its_own_device},
        {0},
    };
    return weir_test_main("engine/mobility_sources", cases, argc, argv);
}
