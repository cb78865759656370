/* What bytes cost that go from host to host: rules and their order, by hand. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define HOST(name, tier, region)                                                                                       \
    "<host id=\"" name "\" speed=\"1Gf\"><prop id=\"tier\" value=\"" tier "\"/><prop id=\"region\" value=\"" region    \
    "\"/><prop id=\"price_per_core_s\" value=\"0.001\"/></host>"
#define ROUTE(from, to) "<route src=\"" from "\" dst=\"" to "\"><link_ctn id=\"l\"/></route>"
#define PLATFORM                                                                                                       \
    "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"                        \
    "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\">\n" HOST("d", "device", "home")                         \
        HOST("e", "edge", "home") HOST("f", "edge", "west")                                                            \
            HOST("c", "cloud", "west") "<link id=\"l\" bandwidth=\"1GBps\" latency=\"1ms\"/>" ROUTE("d", "e")          \
                ROUTE("d", "f") ROUTE("d", "c") ROUTE("e", "f") ROUTE("e", "c") ROUTE("f", "c") "</zone></platform>\n"

/* Ten items in 100 s: d to e 10 x 4 MB, e to f 10 x 2 MB, f to c 10 x 1 MB, c to d 10 x 500 kB; in GB: */
#define DE 0.04
#define EF 0.02
#define FC 0.01
#define CD 0.005
#define SCENARIO                                                                                                       \
    "{\"platform\": \"\", \"duration\": \"100s\", %s \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": "         \
    "{\"host\": \"d\"}, \"source_bytes\": \"4MB\", \"sink\": \"source\","                                              \
    " \"load\": {\"kind\": \"constant\", \"rate\": \"0.1/s\", \"count\": 10},"                                         \
    " \"operators\": [{\"name\": \"x\", \"flops\": \"1Mf\", \"bytes\": \"2MB\", \"placement\": \"e\"},"                \
    "  {\"name\": \"y\", \"flops\": \"1Mf\", \"bytes\": \"1MB\", \"placement\": \"f\"},"                               \
    "  {\"name\": \"z\", \"flops\": \"1Mf\", \"bytes\": \"500kB\", \"placement\": \"c\"}]}]}}"

static struct weir_metrics run(const char *more)
{
    char *text = weir_format(SCENARIO, more);
    struct weir_test_result got = weir_test_run(weir_test_file("traffic.xml", PLATFORM), text, "static", 1);
    CU_ASSERT_EQUAL(got.code, WEIR_OK);
    if (got.code)
        fprintf(stderr, "\n%s\n", got.message);
    struct weir_metrics metrics = got.result.metrics;
    weir_test_result_fini(&got);
    free(text);
    return metrics;
}

static void check_cost(const char *rules, double wanted)
{
    char *more = weir_format("\"traffic\": [%s],", rules);
    struct weir_metrics metrics = run(more);
    CHECK_NEAR(metrics.traffic_cost, wanted, 1e-12);
    /* Three hosts of a core have an instance for 100 s. */
    CHECK_NEAR(metrics.bill, 3 * 100 * 0.001 + wanted, 1e-9);
    free(more);
}

static void by_tier_and_region(void)
{
    check_cost("{\"price_per_GB\": 2}", 2 * (DE + EF + FC + CD));
    check_cost("{\"from_tier\": \"device\", \"to_tier\": \"edge\", \"price_per_GB\": 3}", 3 * DE);
    check_cost("{\"from_tier\": \"cloud\", \"price_per_GB\": 90}", 90 * CD);
    check_cost("{\"to_tier\": \"cloud\", \"price_per_GB\": 7}", 7 * FC);
    check_cost("{\"from_region\": \"home\", \"to_region\": [\"west\"], \"price_per_GB\": 5}", 5 * EF);
    check_cost("{\"from_region\": \"h*\", \"from_tier\": \"edge\", \"price_per_GB\": 5}", 5 * EF);
}

static void both_ways(void)
{
    check_cost("{\"from_region\": \"west\", \"to_region\": \"home\", \"price_per_GB\": 5}", 5 * CD);
    check_cost("{\"from_region\": \"west\", \"to_region\": \"home\", \"both\": true, \"price_per_GB\": 5}",
               5 * (CD + EF));
}

static void only_where_the_ends_differ(void)
{
    check_cost("{\"between\": \"regions\", \"price_per_GB\": 20}", 20 * (EF + CD));
    check_cost("{\"between\": \"tiers\", \"price_per_GB\": 20}", 20 * (DE + FC + CD));
}

static void the_first_that_fits_holds(void)
{
    check_cost("{\"from_tier\": \"device\", \"price_per_GB\": 0}, {\"between\": \"regions\", \"price_per_GB\": 20},"
               " {\"price_per_GB\": 1}",
               20 * (EF + CD) + FC);
}

static void the_warm_up_is_free(void)
{
    /* Items come every 10 s; what they send by 45 s does not count: the last five or, if the first comes at 0 s, five
     * of ten are left. */
    struct weir_metrics metrics = run("\"warmup\": \"45s\", \"traffic\": [{\"price_per_GB\": 2}],");
    CHECK_NEAR(metrics.traffic_cost, 2e-9 * metrics.network_bytes, 1e-15);
    CU_ASSERT(metrics.network_bytes > 0 && metrics.network_bytes < 75e6);
}

static void without_prices(void)
{
    struct weir_metrics metrics = run("");
    CU_ASSERT(isnan(metrics.traffic_cost) && isnan(metrics.bill));
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"by tier and region", by_tier_and_region},
        {"both ways", both_ways},
        {"only where the ends differ", only_where_the_ends_differ},
        {"the first that fits holds", the_first_that_fits_holds},
        {"the warm-up is free", the_warm_up_is_free},
        {"without prices", without_prices},
        {0},
    };
    return weir_test_main("engine/traffic", cases, argc, argv);
}
