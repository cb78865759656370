/* gCO2 of what hosts and links draw: power times intensity, step by step, by hand. Each case runs twice: as it is, and
 * with everything in SimGrid's hands. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

/* n in north draws 100 W idle and 140 W with one of four cores busy; s in south 50 W or 50 W. The link of north draws
 * 10 W, 20 W when it is full. */
#define PLATFORM                                                                                                       \
    "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"                        \
    "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\">\n"                                                     \
    "<host id=\"n\" speed=\"1Gf\" core=\"4\"><prop id=\"wattage_per_state\" value=\"100:120:200\"/>"                   \
    "<prop id=\"region\" value=\"north\"/></host>"                                                                     \
    "<host id=\"s\" speed=\"1Gf\"><prop id=\"wattage_per_state\" value=\"50:50\"/>"                                    \
    "<prop id=\"region\" value=\"south\"/></host>"                                                                     \
    "<link id=\"l\" bandwidth=\"1MBps\" latency=\"0ms\" sharing_policy=\"SPLITDUPLEX\">"                               \
    "<prop id=\"wattage_range\" value=\"10:20\"/><prop id=\"region\" value=\"north\"/></link>"                         \
    "<route src=\"n\" dst=\"s\"><link_ctn id=\"l\" direction=\"UP\"/></route></zone></platform>\n"

/* An item of 30 Gf on n at 0 s: 140 W until 30 s, then 100 W. */
#define SCENARIO                                                                                                       \
    "{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"20s\", %s \"workload\": {\"jobs\": [{\"name\": "       \
    "\"j\", \"source\": \"n\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/h\", \"count\": 1},"                   \
    " \"operators\": [{\"name\": \"op\", \"flops\": \"30Gf\"}]}]}}"

static struct weir_test_result run(const char *more, int way)
{
    char *text = weir_format(SCENARIO, more);
    struct weir_test_result got = weir_test_run_traced(weir_test_file("carbon.xml", PLATFORM),
                                                       way ? weir_test_all(text) : text, "static", 1, weir_catalog);
    CU_ASSERT_EQUAL(got.code, WEIR_OK);
    if (got.code)
        fprintf(stderr, "\n%s\n", got.message);
    free(text);
    return got;
}

/* Grams of a run, where a joule at an intensity of 1 g/kWh is 1 / 3.6e6 g. */
static void check_grams(const char *carbon, double j_times_intensity)
{
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(carbon, way);
        CHECK_NEAR(got.result.metrics.carbon_g, j_times_intensity / 3.6e6, 1e-9 * j_times_intensity / 3.6e6);
        weir_test_result_fini(&got);
    }
}

static void one_intensity(void)
{
    /* n: 30 s x 140 W + 70 s x 100 W = 11200 J; s: 5000 J; the link: 1000 J. */
    check_grams("\"carbon\": [{\"intensity\": 400}],", (11200 + 5000 + 1000) * 400.);
    check_grams("\"carbon\": [{\"region\": \"north\", \"intensity\": 400}],", (11200 + 1000) * 400.);
    check_grams("\"carbon\": [{\"region\": \"s*\", \"intensity\": 10}, {\"intensity\": 400}],",
                (11200 + 1000) * 400. + 5000 * 10.);
    /* The first rule for a region holds. */
    check_grams("\"carbon\": [{\"intensity\": 400}, {\"region\": \"south\", \"intensity\": 10}],",
                (11200 + 5000 + 1000) * 400.);
}

/* Rows of 25 s: 100, 200, 400 g/kWh; the last holds until 75 s. */
static const char steps[] = "time,intensity\n0,100\n25,200\n50,400\n";

static char *by_file(const char *more)
{
    return weir_format("\"carbon\": [{\"region\": \"north\", \"file\": \"%s\"%s}],",
                       weir_test_file("carbon.csv", steps), more);
}

/* What n and its link draw between two dates. */
static double north_j(double from_s, double until_s)
{
    double busy_s = fmax(0, fmin(until_s, 30) - fmin(from_s, 30));
    return (until_s - from_s) * (100 + 10) + busy_s * 40;
}

static void in_the_course_of_time(void)
{
    /* 25 s x 150 W; 5 s x 150 W + 20 s x 110 W; 25 s x 110 W; and the first row again. */
    char *carbon = by_file("");
    check_grams(carbon, 3750 * 100. + 2950 * 200. + 2750 * 400. + 2750 * 100.);
    free(carbon);
    carbon = by_file(", \"repeat\": false");
    check_grams(carbon, 3750 * 100. + 2950 * 200. + 5500 * 400.);
    free(carbon);
    /* The run begins 60 s after the first row: 15 s of 400, 25 of 100, 25 of 200, 25 of 400, 10 of 100. */
    carbon = by_file(", \"start\": \"60s\"");
    check_grams(carbon, north_j(0, 15) * 400 + north_j(15, 40) * 100 + north_j(40, 65) * 200 + north_j(65, 90) * 400 +
                            north_j(90, 100) * 100);
    free(carbon);
    /* Two rounds and 10 s later it is the same as 10 s later: 15 s of 100 and so on. */
    carbon = by_file(", \"start\": \"160s\"");
    check_grams(carbon, north_j(0, 15) * 100 + north_j(15, 40) * 200 + north_j(40, 65) * 400 + north_j(65, 90) * 100 +
                            north_j(90, 100) * 200);
    free(carbon);
    /* Half as fast: rows of 50 s. */
    carbon = by_file(", \"speedup\": 0.5");
    check_grams(carbon, north_j(0, 50) * 100 + north_j(50, 100) * 200);
    free(carbon);
}

static void the_warm_up_does_not_count(void)
{
    char *carbon = by_file(""), *more = weir_format("%s \"warmup\": \"30s\",", carbon);
    /* From 30 s on: 20 s at 200, 25 s at 400, 25 s at 100, all of 110 W. */
    check_grams(more, 110 * (20 * 200. + 25 * 400. + 25 * 100.));
    free(more);
    free(carbon);
}

static void a_link_that_carries(void)
{
    /* 5 MB over the link for 5 s: 20 W instead of 10 W. */
    const char *text =
        "{\"platform\": \"\", \"duration\": \"100s\", \"carbon\": [{\"region\": \"north\", \"intensity\": 360}],"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"n\", \"source_bytes\": \"5MB\","
        " \"load\": {\"kind\": \"constant\", \"rate\": \"1/h\", \"count\": 1},"
        " \"operators\": [{\"name\": \"op\", \"placement\": \"s\"}]}]}}";
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got =
            weir_test_run(weir_test_file("carbon.xml", PLATFORM), way ? weir_test_all(text) : text, "static", 1);
        CU_ASSERT_EQUAL(got.code, WEIR_OK);
        CHECK_NEAR(got.result.metrics.carbon_g, (100 * 100 + 95 * 10 + 5 * 20) * 1e-4, 1e-7);
        weir_test_result_fini(&got);
    }
}

/* The value of a row "time job/op/host/metric value"; NaN: there is none. */
static double row(const struct weir_test_result *got, const char *name)
{
    const char *at = strstr(got->rows, name);
    return at ? strtod(at + strlen(name), NULL) : NAN;
}

static void windows_tell_it(void)
{
    char *carbon = by_file("");
    struct weir_test_result got = run(carbon, 0);
    /* 20 s x 150 W at 100; then 5 s x 150 at 100, 5 s x 150 at 200 and 10 s x 110 at 200; at the last end row 1 holds.
     */
    CHECK_NEAR(row(&got, "20 ///carbon "), 3000 * 100 / 3.6e6, 1e-6);
    CHECK_NEAR(row(&got, "40 ///carbon "), (750 * 100 + 750 * 200 + 1100 * 200) / 3.6e6, 1e-6);
    CHECK_NEAR(row(&got, "20 //n/carbon_intensity "), 100, 0);
    CHECK_NEAR(row(&got, "40 //n/carbon_intensity "), 200, 0);
    CHECK_NEAR(row(&got, "80 //n/carbon_intensity "), 100, 0);
    CU_ASSERT(isnan(row(&got, "20 //s/carbon_intensity ")));
    weir_test_result_fini(&got);
    free(carbon);
}

static void without_it(void)
{
    struct weir_test_result without = run("", 0), with = run("\"carbon\": [{\"intensity\": 400}],", 0);
    CU_ASSERT(isnan(without.result.metrics.carbon_g));
    CHECK_NEAR(without.result.metrics.energy_j, with.result.metrics.energy_j, 1e-9);
    weir_test_result_fini(&without);
    weir_test_result_fini(&with);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"one intensity", one_intensity},
        {"in the course of time", in_the_course_of_time},
        {"the warm-up does not count", the_warm_up_does_not_count},
        {"a link that carries", a_link_that_carries},
        {"windows tell it", windows_tell_it},
        {"without it", without_it},
        {0},
    };
    return weir_test_main("engine/carbon", cases, argc, argv);
}
