/* What hosts and links draw, to the last joule. Three watt values of a host are: idle, just above idle, all cores busy;
 * between the last two the draw grows with the flops that it does, as a share of what it could at full speed. Each case
 * runs twice: as it is, and with everything in SimGrid's hands. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM(body)                                                                                                 \
    "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"                        \
    "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\">\n" body "</zone></platform>\n"

/* h is measured; what works on o draws nothing. */
#define FOUR_CORES                                                                                                     \
    PLATFORM("<host id=\"h\" speed=\"1Gf\" core=\"4\"><prop id=\"wattage_per_state\" value=\"100:120:200\"/></host>"   \
             "<host id=\"o\" speed=\"1Gf\"/><link id=\"l\" bandwidth=\"1GBps\" latency=\"1us\"/>"                      \
             "<route src=\"h\" dst=\"o\"><link_ctn id=\"l\"/></route>")

/* Joules of a run in one way (0) or the other. */
static double joules(const char *xml, const char *scenario, const char *policy, int way)
{
    const char *platform = weir_test_file("energy.xml", xml), *text = way ? weir_test_all(scenario) : scenario;
    struct weir_test_result got = weir_test_run(platform, text, policy, 1);
    CU_ASSERT_EQUAL(got.code, WEIR_OK);
    double energy_j = got.result.metrics.energy_j;
    weir_test_result_fini(&got);
    return energy_j;
}

static void check_joules(const char *xml, const char *scenario, double wanted_j)
{
    for (int way = 0; way < 2; way++)
        CHECK_NEAR(joules(xml, scenario, "static", way), wanted_j, 1e-6 * wanted_j);
}

/* So many jobs on h, each with one item of so much work at 0 s. */
static char *jobs(int count, const char *flops, const char *duration, const char *more)
{
    struct weir_text text = {0};
    weir_text_addf(&text, "{\"platform\": \"\", \"duration\": \"%s\"%s, \"workload\": {\"jobs\": [", duration, more);
    for (int j = 0; j < count || j == 0; j++)
        weir_text_addf(&text,
                       "%s{\"name\": \"j%d\", \"source\": \"%s\","
                       " \"load\": {\"kind\": \"constant\", \"rate\": \"1/h\", \"count\": 1},"
                       " \"operators\": [{\"name\": \"op\", \"flops\": \"%s\"}]}",
                       j ? ", " : "", j, count ? "h" : "o", flops);
    weir_text_addf(&text, "]}}");
    char *scenario = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
    return scenario;
}

static void cores_that_work(void)
{
    /* 120 + (200 - 120) x busy / 4 W, but 100 W with none; 5 and 8 share four. */
    static const double watts[] = {100, 140, 160, 180, 200, 200, 200};
    static const int busy[] = {0, 1, 2, 3, 4, 5, 8};
    for (int b = 0; b < 7; b++) {
        char *scenario = jobs(busy[b], "100Gf", "60s", "");
        check_joules(FOUR_CORES, scenario, 60 * watts[b]);
        free(scenario);
    }
}

static void work_that_ends(void)
{
    /* 30 of 100 s with three cores busy. */
    char *scenario = jobs(3, "30Gf", "100s", "");
    check_joules(FOUR_CORES, scenario, 30 * 180 + 70 * 100);
    free(scenario);
    /* Six of 20 Gf on four cores: all at two thirds of a core, for 30 s. */
    scenario = jobs(6, "20Gf", "100s", "");
    check_joules(FOUR_CORES, scenario, 30 * 200 + 70 * 100);
    free(scenario);
}

static void what_the_warmup_draws_does_not_count(void)
{
    char *scenario = jobs(3, "30Gf", "100s", ", \"warmup\": \"20s\"");
    check_joules(FOUR_CORES, scenario, 10 * 180 + 70 * 100);
    free(scenario);
}

static void many_short_items(void)
{
    /* 100/s of 5 ms: a core is busy half of the time, and the host draws 100 or 140 W. */
    check_joules(FOUR_CORES,
                 "{\"platform\": \"\", \"duration\": \"100s\", \"workload\": {\"jobs\": [{\"name\": \"j\","
                 " \"source\": \"h\", \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"
                 " \"operators\": [{\"name\": \"op\", \"flops\": \"5Mf\"}]}]}}",
                 50 * 100 + 50 * 140);
}

static void many_items_of_half_a_flop(void)
{
    /* The same on cores of 100 f: nothing is taken for whole flops. */
    check_joules(
        PLATFORM(
            "<host id=\"h\" speed=\"100f\" core=\"4\"><prop id=\"wattage_per_state\" value=\"100:120:200\"/></host>"),
        "{\"platform\": \"\", \"duration\": \"100s\", \"workload\": {\"jobs\": [{\"name\": \"j\","
        " \"source\": \"h\", \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"
        " \"operators\": [{\"name\": \"op\", \"flops\": \"0.5f\"}]}]}}",
        50 * 100 + 50 * 140);
}

static void a_slow_host_draws_less(void)
{
    /* Half of its speed from 20 to 60 s: an item of 50 Gf has 20 Gf done by 20 s, 40 by 60 s, 50 by 70 s. While it is
     * slow a core does 0.5 of the 4 Gf/s that the host could: 120 + 80 / 8 W. */
    char *scenario = jobs(1, "50Gf", "100s",
                          ", \"faults\": [{\"host\": \"h\", \"at\": \"20s\", \"for\": \"40s\","
                          " \"speed\": 0.5}]");
    check_joules(FOUR_CORES, scenario, 30 * 140 + 40 * 130 + 30 * 100);
    free(scenario);
}

static void a_host_that_is_down_draws_nothing(void)
{
    /* Idle, down from 20 to 50 s. */
    const char *down = ", \"faults\": [{\"host\": \"h\", \"at\": \"20s\", \"for\": \"30s\"}]";
    char *scenario = jobs(0, "1Gf", "100s", down);
    check_joules(FOUR_CORES, scenario, 70 * 100);
    free(scenario);
    /* Busy with an item of 50 Gf, which begins anew some time after 50 s: 20 s for nothing, and 50 s. */
    char *more = weir_format("%s, \"recovery\": {\"place\": \"wait\"}", down);
    scenario = jobs(1, "50Gf", "200s", more);
    check_joules(FOUR_CORES, scenario, 70 * 140 + (200 - 30 - 70) * 100);
    free(scenario);
    /* Six on four cores: 20 s for nothing, and 75 s. */
    scenario = jobs(6, "50Gf", "200s", more);
    check_joules(FOUR_CORES, scenario, 95 * 200 + (200 - 30 - 95) * 100);
    free(scenario);
    free(more);
}

/* ---- a share of a core ---- */

static int halve(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    struct weir_placement half = {0, 1, 0.5};
    weir_plan_set(plan, job, 0, &half, 1, "half a core");
    return 0;
}
static const struct weir_policy halving = {
    .abi = WEIR_POLICY_ABI, .name = "halving", .summary = "Half a core.", .source = "", .job_arrives = halve};

static void a_share_of_a_core_draws_its_share(void)
{
    const struct weir_policy *const catalog[] = {&halving, NULL};
    const char *platform = weir_test_file("energy.xml", FOUR_CORES);
    char *scenario = jobs(1, "30Gf", "100s", "");
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got =
            weir_test_run_catalog(platform, way ? weir_test_all(scenario) : scenario, "halving", 1, catalog);
        CU_ASSERT_EQUAL(got.code, WEIR_OK);
        /* 0.5 of 4 Gf/s for 60 s: 130 W */
        CHECK_NEAR(got.result.metrics.energy_j, 60 * 130 + 40 * 100, 0.01);
        weir_test_result_fini(&got);
    }
    free(scenario);
}

/* ---- by job ---- */

/* Joules of job j<number>, and what is no job's. */
static void check_by_job(const char *scenario, const double *wanted_j, int count, double idle_j)
{
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = weir_test_run(weir_test_file("energy.xml", FOUR_CORES),
                                                    way ? weir_test_all(scenario) : scenario, "static", 1);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        double sum_j = got.result.metrics.energy_idle_j;
        for (int j = 0; j < count; j++) {
            char name[16];
            snprintf(name, sizeof name, "j%d", j);
            CHECK_NEAR(weir_test_job(&got, name)->energy_j, wanted_j[j], 1e-6 * wanted_j[j]);
            sum_j += weir_test_job(&got, name)->energy_j;
        }
        CHECK_NEAR(got.result.metrics.energy_idle_j, idle_j, 1e-6 * (1 + idle_j));
        CHECK_NEAR(sum_j, got.result.metrics.energy_j, 1e-9 * sum_j);
        weir_test_result_fini(&got);
    }
}

#define DIVIDED ", \"energy_by_job\": true"

static void what_jobs_do_is_theirs(void)
{
    /* A flop draws 80 W / 4 Gf/s = 20 J/Gf above 120 W. One job of one item: all is its own. */
    double one[] = {30 * 140 + 70 * 100};
    char *scenario = jobs(1, "30Gf", "100s", DIVIDED);
    check_by_job(scenario, one, 1, 0);
    free(scenario);
    /* Three alike: a third each. */
    double three[] = {(30 * 180 + 70 * 100) / 3., (30 * 180 + 70 * 100) / 3., (30 * 180 + 70 * 100) / 3.};
    scenario = jobs(3, "30Gf", "100s", DIVIDED);
    check_by_job(scenario, three, 3, 0);
    free(scenario);
    /* What is in work at the end of the warm-up: 10 s of it are after. */
    double after[] = {10 * 140 + 70 * 100};
    scenario = jobs(1, "30Gf", "100s", DIVIDED ", \"warmup\": \"20s\"");
    check_by_job(scenario, after, 1, 0);
    free(scenario);
    /* Nothing is on h: the source is on o, and so is what works. */
    double none[] = {0};
    scenario = jobs(0, "30Gf", "100s", DIVIDED);
    check_by_job(scenario, none, 1, 100 * 100);
    free(scenario);
}

static const char uneven[] =
    "{\"platform\": \"\", \"duration\": \"100s\", \"warmup\": \"%s\", \"costs\": {\"stop\": \"0s\"}, "
    "\"energy_by_job\": true,"
    " \"workload\": {\"jobs\": [{\"name\": \"j0\", \"source\": \"h\","
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/h\", \"count\": 1},"
    "  \"operators\": [{\"name\": \"a\", \"flops\": \"10Gf\", \"parallelism\": 3, \"max_parallelism\": 3}]},"
    " {\"name\": \"j1\", \"source\": \"h\", \"arrive\": \"20s\", \"depart\": \"75s\","
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/h\", \"count\": 1},"
    "  \"operators\": [{\"name\": \"b\", \"flops\": \"40Gf\"}]}]}}";

static void the_rest_is_divided_by_instances(void)
{
    /* j0 has three instances, whose one item takes 10 s; j1 has one, which comes at 20 s with 40 Gf, and is served
     * until 60 s; it leaves at the first end of a window after 70 s, 80 s. Before just above idle is idle or 120 W. */
    char *scenario = weir_format(uneven, "0s");
    double wanted[] = {
        10 * 140 + 10 * 100 + 0.75 * (40 * 120 + 20 * 100) + 20 * 100, /* alone, three of four, alone */
        40 * 20 + 0.25 * (40 * 120 + 20 * 100),
    };
    check_by_job(scenario, wanted, 2, 0);
    free(scenario);
    /* After 40 s: what is in work then is divided there, too. */
    double after[] = {0.75 * (20 * 120 + 20 * 100) + 20 * 100, 20 * 20 + 0.25 * (20 * 120 + 20 * 100)};
    scenario = weir_format(uneven, "40s");
    check_by_job(scenario, after, 2, 0);
    free(scenario);
}

static void without_the_key_joules_are_not_divided(void)
{
    char *scenario = jobs(1, "30Gf", "100s", "");
    struct weir_test_result got = weir_test_run(weir_test_file("energy.xml", FOUR_CORES), scenario, "static", 1);
    CU_ASSERT(isnan(got.result.metrics.energy_idle_j) && isnan(weir_test_job(&got, "j0")->energy_j));
    weir_test_result_fini(&got);
    free(scenario);
}

static void work_that_fails_is_its_jobs(void)
{
    /* Two of 50 Gf; h is down from 20 to 50 s; they begin anew, together, and each has done 20 + 50 Gf: half of all. */
    char *scenario = jobs(2, "50Gf", "200s",
                          DIVIDED ", \"faults\": [{\"host\": \"h\", \"at\": \"20s\", \"for\": \"30s\"}],"
                                  " \"recovery\": {\"place\": \"wait\"}");
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = weir_test_run(weir_test_file("energy.xml", FOUR_CORES),
                                                    way ? weir_test_all(scenario) : scenario, "static", 1);
        double all_j = 70 * 160 + (200 - 30 - 70) * 100, j0 = weir_test_job(&got, "j0")->energy_j;
        CHECK_NEAR(j0, weir_test_job(&got, "j1")->energy_j, 1e-6 * all_j);
        CHECK_NEAR(got.result.metrics.energy_j, all_j, 1e-6 * all_j);
        /* While they restart they have no instances, and the idle host is nobody's. */
        CHECK_NEAR(2 * j0 + got.result.metrics.energy_idle_j, all_j, 1e-6 * all_j);
        CU_ASSERT(j0 >= (20 + 50) * 160 / 2. - 0.01);
        weir_test_result_fini(&got);
    }
    free(scenario);
}

/* ---- links ----
 * A link of 1 MB/s that draws 10 W, and 20 W when it is full. */

#define LINK(sharing, direction)                                                                                       \
    PLATFORM("<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/>"                                            \
             "<link id=\"l\" bandwidth=\"1MBps\" latency=\"0ms\" sharing_policy=\"" sharing "\">"                      \
             "<prop id=\"wattage_range\" value=\"10:20\"/></link>"                                                     \
             "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"" direction "/></route>")
#define DUPLEX LINK("SPLITDUPLEX", " direction=\"UP\"")

#define SENDS(name, from, to, bytes)                                                                                   \
    "{\"name\": \"" name "\", \"source\": \"" from "\", \"source_bytes\": \"" bytes "\","                              \
    " \"load\": {\"kind\": \"constant\", \"rate\": \"1/h\", \"count\": 1},"                                            \
    " \"operators\": [{\"name\": \"op\", \"placement\": \"" to "\"}]}"
#define OVER(jobs) "{\"platform\": \"\", \"duration\": \"100s\", \"workload\": {\"jobs\": [" jobs "]}}"

static void links_draw(void)
{
    /* 5 MB: 5 s of 20 W and 95 s of 10 W. */
    check_joules(DUPLEX, OVER(SENDS("j", "a", "b", "5MB")), 1050);
    check_joules(LINK("SHARED", ""), OVER(SENDS("j", "a", "b", "5MB")), 1050);
    /* The other direction, too. */
    check_joules(DUPLEX, OVER(SENDS("j", "b", "a", "5MB")), 1050);
    /* Two flows in one direction: 8 s of 20 W. */
    check_joules(DUPLEX, OVER(SENDS("j", "a", "b", "5MB") "," SENDS("k", "a", "b", "3MB")), 1080);
    check_joules(LINK("SHARED", ""), OVER(SENDS("j", "a", "b", "5MB") "," SENDS("k", "b", "a", "3MB")), 1080);
}

static void a_link_with_less_bandwidth_is_full_for_longer(void)
{
    /* Half of it from 2 to 4 s: 2 MB, 1 MB, and 2 MB until 6 s; alone, or as two flows. */
#define HALVED(jobs)                                                                                                   \
    "{\"platform\": \"\", \"duration\": \"100s\", \"faults\": [{\"link\": \"l\", \"at\": \"2s\", \"for\": \"2s\","     \
    " \"bandwidth\": 0.5}], \"workload\": {\"jobs\": [" jobs "]}}"
    check_joules(DUPLEX, HALVED(SENDS("j", "a", "b", "5MB")), 1060);
    check_joules(LINK("SHARED", ""), HALVED(SENDS("j", "a", "b", "3MB") "," SENDS("k", "b", "a", "2MB")), 1060);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"cores that work", cores_that_work},
        {"work that ends", work_that_ends},
        {"what the warm-up draws does not count", what_the_warmup_draws_does_not_count},
        {"many short items, many items", many_short_items},
        {"items of half a flop", many_items_of_half_a_flop},
        {"a slow host draws less", a_slow_host_draws_less},
        {"a host that is down draws nothing", a_host_that_is_down_draws_nothing},
        {"a share of a core draws its share", a_share_of_a_core_draws_its_share},
        {"what jobs do is theirs", what_jobs_do_is_theirs},
        {"the rest is divided by instances", the_rest_is_divided_by_instances},
        {"work that fails is its job's", work_that_fails_is_its_jobs},
        {"without the key joules are not divided", without_the_key_joules_are_not_divided},
        {"links draw", links_draw},
        {"a link with less bandwidth is full for longer", a_link_with_less_bandwidth_is_full_for_longer},
        {0},
    };
    return weir_test_main("engine/energy", cases, argc, argv);
}
