/* Work and transfers in our own hands until something is shared, or all in SimGrid's: random worlds give the same, to
 * 1e-9 of each figure. The worlds change plans and rates at random, give shares of cores, fail, and have windows, joins
 * and drops; their hosts and links are contended. A world may be left out only if two dates excuse it, or if rounding
 * has grown in it step by step (tests/support/ties.h), and at most 2 % of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/engine/census.h"
#include "tests/support/run.h"
#include "tests/support/same.h"
#include "tests/support/test.h"
#include "tests/support/ties.h"
#include "tests/support/worlds.h"

#if defined(WEIR_LONG)
#define WORLDS 500
#elif defined(__SANITIZE_ADDRESS__)
#define WORLDS 2
#else
#define WORLDS 16
#endif

/* Differences that rounding of dates may make where a figure is about 0. */
#define LEAST 1e-12

/* two-tier.xml with watts, and a link that never shares. */
static const char xml[] =
    "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
    "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\">"
    "<host id=\"edge\" speed=\"1Gf\"><prop id=\"tier\" value=\"edge\"/>"
    "<prop id=\"wattage_per_state\" value=\"3:4:6\"/></host>"
    "<host id=\"edge2\" speed=\"1Gf\" core=\"2\"><prop id=\"tier\" value=\"edge\"/>"
    "<prop id=\"wattage_per_state\" value=\"2:5\"/><prop id=\"wattage_off\" value=\"1\"/></host>"
    "<host id=\"cloud\" speed=\"1Gf\"><prop id=\"tier\" value=\"cloud\"/><prop id=\"price_per_core_s\" "
    "value=\"0.5\"/></host>"
    "<host id=\"cloud4\" speed=\"1Gf\" core=\"4\"><prop id=\"tier\" value=\"cloud\"/>"
    "<prop id=\"wattage_per_state\" value=\"100:120:200\"/></host>"
    "<link id=\"backhaul\" bandwidth=\"100Mbps\" latency=\"10ms\" sharing_policy=\"SPLITDUPLEX\">"
    "<prop id=\"wattage_range\" value=\"5:9\"/></link>"
    "<link id=\"local\" bandwidth=\"1Gbps\" latency=\"100us\"><prop id=\"wattage_range\" value=\"1:3\"/></link>"
    "<link id=\"rack\" bandwidth=\"1Gbps\" latency=\"100us\" sharing_policy=\"FATPIPE\">"
    "<prop id=\"wattage_range\" value=\"1:4\"/></link>"
    "<route src=\"edge\" dst=\"cloud\"><link_ctn id=\"backhaul\" direction=\"UP\"/></route>"
    "<route src=\"edge2\" dst=\"cloud\"><link_ctn id=\"backhaul\" direction=\"UP\"/></route>"
    "<route src=\"edge\" dst=\"cloud4\"><link_ctn id=\"backhaul\" direction=\"UP\"/></route>"
    "<route src=\"edge2\" dst=\"cloud4\"><link_ctn id=\"backhaul\" direction=\"UP\"/></route>"
    "<route src=\"edge\" dst=\"edge2\"><link_ctn id=\"local\"/></route>"
    "<route src=\"cloud\" dst=\"cloud4\"><link_ctn id=\"rack\"/></route></zone></platform>\n";

/* Worlds that are compared. Where hosts draw power and all is SimGrid's, its clock stops at every event, and so rounds
 * otherwise. Many worlds double a difference of dates every half second, from 1e-16 s on, so that they must be short:
 * in one of 500 it comes to 1e-9 s within 16 s. */
struct set {
    struct weir_test_worlds worlds;
    bool draws, singly; /* singly: items never move in batches, so that not everything is there */
    int count;
};
#define DURATION       "\"15s\"" /* each as long as what it takes the place of */
#define DRAWN_DURATION "\"8s\" "

static const char *const batches[] = {"1", "1", "1", "1", "1", "1", "1", "\"auto\"", "7"};
#define AGREEING .batches = batches, .batch_count = sizeof batches / sizeof *batches, .most_bytes = 60000
static const struct set plain = {{.name = "agreeing worlds", AGREEING}, .count = WORLDS};
static const struct set failing = {{.name = "agreeing worlds that fail", AGREEING, .failures = true}, .count = WORLDS};
static const struct set halting = {{.name = "agreeing worlds that halt", AGREEING, .more = "\"rescale\": \"job\", "},
                                   .count = WORLDS / 4};
static const struct set drawing = {
    {.name = "agreeing worlds with watts", AGREEING}, .draws = true, .count = WORLDS / 2};
static const struct set both = {
    {.name = "agreeing worlds with watts that fail", AGREEING, .failures = true}, .draws = true, .count = WORLDS / 2};

static const char *const singly[] = {"1"};
#define MOVING(name_, more_, end_)                                                                                     \
    {                                                                                                                  \
        .name = (name_), .batches = singly, .batch_count = 1, .most_bytes = 60000, .failures = true,                   \
        .more = "\"mobility\": {\"places\": \"places.csv\", \"handover\": \"50ms\", \"latency\": \"2ms\", " more_      \
                "\"rates\": [{\"within\": 30, \"rate\": \"20MBps\"}, {\"rate\": \"1MBps\"}], "                         \
                "\"devices\": [{\"jobs\": \"*\", \"model\": \"random-waypoint\", \"area\": [0, 0, 100, 100], "         \
                "\"speed\": [10, 40], \"end\": \"" end_ "\"}]}, "                                                      \
    }
static const struct set moving = {MOVING("agreeing worlds that move", "", "source"), .singly = true,
                                  .count = WORLDS / 2};
static const struct set followed = {MOVING("agreeing worlds with results that follow", "\"hysteresis\": 5, ", "both"),
                                    .singly = true, .count = WORLDS / 2};
static const struct set losing = {MOVING("agreeing worlds with results that follow, or are lost",
                                         "\"meanwhile\": \"lose\", \"when_down\": \"stay\", ", "sink"),
                                  .singly = true, .count = WORLDS / 4};

static const char *platform_of(const struct set *set)
{
    return set->draws ? weir_test_file("watts.xml", xml) : WEIR_TEST_WORLDS_PLATFORM;
}

/* By itself SimGrid takes ends that are less than 1e-9 s apart for one, at the date of the first: a transfer that would
 * end 0.85 ns after a work ends with it, and all that follows is 0.85 ns early. That is its own, and no more than it
 * says, so here it has ends apart that are. */
#define FINELY "\"simgrid\": {\"surf/precision\": \"1e-12\"}"

/* Owned. */
static char *scenario_of(const struct set *set, unsigned number, const char *way)
{
    struct weir_text text = {0};
    weir_test_world(&text, &set->worlds, number);
    char *duration = strstr(text.data, "\"20s\"");
    if (duration)
        memcpy(duration, set->draws ? DRAWN_DURATION : DURATION, sizeof DURATION - 1);
    char *scenario = weir_format("{\"activities\": \"%s\", " FINELY ", %s", way, text.data + 1);
    weir_text_fini(&text);
    return scenario;
}

static struct weir_test_result run_world(const struct set *set, unsigned number, const char *way, bool traced)
{
    char *scenario = scenario_of(set, number, way);
    struct weir_test_result got = (traced ? weir_test_run_traced : weir_test_run_catalog)(
        platform_of(set), scenario, "chaos-shares", number, weir_test_chaos);
    free(scenario);
    return got;
}

/* Whether two dates excuse that the runs of a world differ. */
static bool is_excused(const struct set *set, unsigned number)
{
    struct weir_test_result shared = run_world(set, number, "shared", true);
    struct weir_test_result all = run_world(set, number, "all", true);
    struct weir_text text = {0};
    bool excused = weir_test_excuse(shared.spans, all.spans, &text) || weir_test_grown(shared.spans, all.spans, &text);
    fprintf(stderr, "%s %u: %s\n", set->worlds.name, number, text.data);
    weir_text_fini(&text);
    weir_test_result_fini(&shared);
    weir_test_result_fini(&all);
    return excused;
}

/* Sums over worlds. */
struct sums {
    double items, works[2], transfers[2]; /* delivered; SimGrid's, as it is and with everything there */
    int left_out, counts[WEIR_CENSUS_MOST];
};

static void add(struct sums *sums, const struct weir_result *shared, const struct weir_result *all)
{
    sums->items += shared->metrics.delivered;
    sums->works[0] += (double)shared->shared_works;
    sums->works[1] += (double)all->shared_works;
    sums->transfers[0] += (double)shared->shared_transfers;
    sums->transfers[1] += (double)all->shared_transfers;
}

static void compare_world(const struct set *set, unsigned number, struct sums *sums)
{
    struct weir_test_result shared = run_world(set, number, "shared", false);
    struct weir_test_result all = run_world(set, number, "all", false);
    struct weir_text text = {0};
    CU_ASSERT_EQUAL(shared.code, WEIR_OK);
    CU_ASSERT_EQUAL(all.code, WEIR_OK);
    if (shared.code || all.code)
        fprintf(stderr, "\n%s %u: shared: %s; all: %s\n", set->worlds.name, number, shared.message, all.message);
    int differences = weir_test_differences(&shared.result, &all.result, 1e-9, LEAST, &text);
    if (differences) {
        fprintf(stderr, "\n%s %u: %d figures differ:\n%s", set->worlds.name, number, differences, text.data);
        bool left_out = is_excused(set, number);
        CU_ASSERT(left_out);
        sums->left_out += left_out;
    }
    add(sums, &shared.result, &all.result);
    char *scenario = scenario_of(set, number, "shared");
    weir_census_add(sums->counts, platform_of(set), scenario, &shared);
    free(scenario);
    weir_text_fini(&text);
    weir_test_result_fini(&shared);
    weir_test_result_fini(&all);
}

/* The two ways are two: much of what is SimGrid's in the one is not in the other. */
static void compare_worlds(const struct set *set)
{
    struct sums sums = {0};
    for (int w = 0; w < set->count; w++)
        compare_world(set, (unsigned)w, &sums);
    printf("\n    %d worlds, %.0f items delivered, %.0f %% of works and %.0f %% of transfers shared, %d left out ",
           set->count, sums.items, 100 * sums.works[0] / sums.works[1], 100 * sums.transfers[0] / sums.transfers[1],
           sums.left_out);
    CU_ASSERT(sums.left_out <= 0.02 * set->count);
    if (set->count < 8 || set->singly) /* too few to contain everything */
        return;
    CU_ASSERT(sums.items > 100.0 * set->count);
    CU_ASSERT(sums.works[0] > 0.1 * sums.works[1] && sums.works[0] < 0.9 * sums.works[1]);
    CU_ASSERT(sums.transfers[0] > 0.1 * sums.transfers[1] && sums.transfers[0] < 0.9 * sums.transfers[1]);
    weir_census_check(sums.counts, set->count, set->worlds.failures, set->draws);
}

static void worlds_agree(void)
{
    compare_worlds(&plain);
}

static void failing_worlds_agree(void)
{
    compare_worlds(&halting);
    compare_worlds(&failing);
}

static void worlds_with_watts_agree(void)
{
    compare_worlds(&drawing);
    compare_worlds(&both);
}

static void moving_worlds_agree(void)
{
    weir_test_file("places.csv", "host,x,y\nedge,20,20\nedge2,80,30\ncloud4,50,90\n");
    compare_worlds(&moving);
    compare_worlds(&followed);
    compare_worlds(&losing);
}

/* Work of o0 ends at 2 s in one run, at 3 s in the other, and a transfer is on the wire until `end_s` in both. */
static bool excuses(double end_s)
{
    struct weir_text left = {0}, right = {0}, text = {0};
    weir_text_addf(&left, "1 2 0 edge - j o0 0\n1 %.17g 2 edge cloud j o1 0\n", end_s + 10e-3);
    weir_text_addf(&right, "1 3 0 edge - j o0 0\n1 %.17g 2 edge cloud j o1 0\n", end_s + 10e-3);
    bool excused = weir_test_excuse(left.data, right.data, &text);
    weir_text_fini(&left);
    weir_text_fini(&right);
    weir_text_fini(&text);
    return excused;
}

static void only_what_is_near_excuses(void)
{
    CU_ASSERT_TRUE(excuses(2 + 5e-10));
    CU_ASSERT_TRUE(excuses(2 - 5e-10));
    CU_ASSERT_FALSE(excuses(2)); /* one date: it has one order */
    CU_ASSERT_FALSE(excuses(2 + 5e-9));
    CU_ASSERT_FALSE(excuses(3 + 5e-10)); /* after they have parted */
}

/* A hundred works, each of which is `growth` times as far apart in the two runs as the one before, or `jump` in the
 * 50th. */
static bool is_grown(double growth, double jump_s)
{
    struct weir_text left = {0}, right = {0}, text = {0};
    double apart_s = 1e-15;
    for (int s = 0; s < 100; s++, apart_s = fmin(apart_s * growth, 2e-9)) {
        weir_text_addf(&left, "%d %d.5 0 edge - j o0 0\n", s, s);
        weir_text_addf(&right, "%d %.17g 0 edge - j o0 0\n", s, s + 0.5 + (s == 50 ? fmax(jump_s, apart_s) : apart_s));
    }
    bool grown = weir_test_grown(left.data, right.data, &text);
    weir_text_fini(&left);
    weir_text_fini(&right);
    weir_text_fini(&text);
    return grown;
}

static void only_what_has_grown_is_rounding(void)
{
    CU_ASSERT_TRUE(is_grown(1.5, 0));
    CU_ASSERT_FALSE(is_grown(1, 0));     /* what differs then has another cause */
    CU_ASSERT_FALSE(is_grown(1, 2e-12)); /* a jump */
    CU_ASSERT_FALSE(is_grown(1, 1e-6));
    CU_ASSERT_FALSE(is_grown(1e3, 0));
}

/* Work of 999999.5 flops at 1 Gf/s ends 0.5 ns before 125 kB over 125 MB/s do, which began with it; then the item is
 * 0.1 ms on its way, and 1 ms in service. */
static void what_simgrid_takes_for_one(void)
{
    static const char *const ways[] = {"\"shared\"", "\"all\"", "\"all\", " FINELY};
    for (int w = 0; w < 3; w++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"3s\", \"window\": \"1s\", \"activities\": %s, \"workload\": "
            "{\"jobs\": "
            "[{\"name\": \"j\", \"source\": \"edge2\", \"source_bytes\": \"125kB\", \"load\": {\"kind\": \"constant\", "
            "\"rate\": \"1/s\", \"start\": \"1s\", \"count\": 1}, \"operators\": [{\"name\": \"a\", \"flops\": "
            "\"1Mf\", "
            "\"placement\": \"edge\"}]}, {\"name\": \"k\", \"source\": \"cloud4\", \"load\": {\"kind\": \"constant\", "
            "\"rate\": \"1/s\", \"start\": \"1s\", \"count\": 1}, \"operators\": [{\"name\": \"b\", \"flops\": "
            "\"999999.5f\", \"placement\": \"cloud4\"}]}]}}",
            ways[w]);
        struct weir_test_result got = weir_test_run(WEIR_TEST_WORLDS_PLATFORM, scenario, "static", 1);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        CHECK_NEAR(weir_test_job(&got, "j")->latency_mean_s, 2.1e-3 - (w == 1) * 0.5e-9, 1e-12);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"worlds agree", worlds_agree},
                                      {"failing worlds agree", failing_worlds_agree},
                                      {"moving worlds agree, many items", moving_worlds_agree},
                                      {"worlds with watts agree", worlds_with_watts_agree},
                                      {"what SimGrid takes for one", what_simgrid_takes_for_one},
                                      {"only what is near excuses", only_what_is_near_excuses},
                                      {"only what has grown is rounding", only_what_has_grown_is_rounding},
                                      {0}};
    return weir_test_main("engine/agreement", cases, argc, argv);
}
