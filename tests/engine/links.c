/* Links whose bandwidth changes while something is on the way: one item of 1 MB over a link of 1 MB/s and 100 ms, which
 * has a tenth of it for the first 5 s. 5 s at 0.1 MB/s, then (1 - 0.5) MB at 1 MB/s, then 100 ms of way: 5.6 s. Where
 * the latency is SimGrid's, it comes first: 100 ms, 4.9 s at 0.1 MB/s, then (1 - 0.49) MB at 1 MB/s: 5.51 s. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/one-link.xml"
#define TENTH    "{\"link\": \"way\", \"at\": \"0s\", \"for\": \"6s\", \"bandwidth\": 0.1}"

/* The item comes at 1 s. */
#define JOB(bytes, faults, options)                                                                                    \
    "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"1s\", \"items_per_batch\": 1,"                          \
    " \"faults\": [" faults "], \"simgrid\": {" options "},"                                                           \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"source_bytes\": \"" bytes "\","              \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\", \"start\": \"1s\", \"count\": 1},"                        \
    "  \"operators\": [{\"name\": \"a\", \"flops\": \"1f\", \"placement\": {\"host\": \"cloud\"}}]}]}}"

static double latency(const char *platform, const char *scenario)
{
    struct weir_test_result got = weir_test_run(platform, scenario, "static", 1);
    double latency_s = got.result.metrics.latency_max_s;
    if (got.code != WEIR_OK)
        printf("\n    %s\n", got.message);
    CU_ASSERT_EQUAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.delivered, 1, 0);
    weir_test_conservation(platform, scenario, &got);
    weir_test_result_fini(&got);
    return latency_s;
}

static void a_faster_link_speeds_up_what_is_under_way(void)
{
    CHECK_NEAR(latency(PLATFORM, JOB("1MB", TENTH, "")), 5.6, 1e-6);
    /* the same by a profile that SimGrid follows */
    CHECK_NEAR(latency("tests/input/valid/one-link-profile.xml", JOB("1MB", "", "")), 5.6, 1e-6);
    /* and with weir's own network model, named */
    CHECK_NEAR(
        latency(PLATFORM,
                JOB("1MB", TENTH,
                    "\"network/model\": \"CM02\", \"network/TCP-gamma\": 0, \"network/weight-S\": "
                    "0, \"network/crosstraffic\": 0, \"network/bandwidth-factor\": 1, \"network/latency-factor\": 1")),
        5.51, 1e-6);
}

static void a_slower_link_slows_it_down(void)
{
    /* 0.9 s of wire at 1 MB/s until 1.9 s, 0.1 MB left at 0.1 MB/s, and the way: 0.9 + 1 + 0.1 s */
    CHECK_NEAR(latency(PLATFORM, JOB("1MB", "{\"link\": \"way\", \"at\": \"1.9s\", \"bandwidth\": 0.1}", "")), 2, 1e-6);
}

/* A tenth of the packets is lost: a connection has at most 1460 B / 0.2 s sqrt(1.5 / 0.1) = 28.27 kB/s of payload,
 * whatever the link has. At 10 kB/s until 6 s, 5 s carry 50 kB of the 200 kB / 0.9 = 222.2 kB on the wire; the other
 * 172.2 kB go at 28.27 / 0.9 = 31.41 kB/s, 5.4823 s; the way takes 0.1 s, and what is lost last a round trip of 0.2 s.
 */
static void a_bound_of_its_own_stays(void)
{
    CHECK_NEAR(latency(PLATFORM, JOB("200kB",
                                     "{\"link\": \"way\", \"at\": \"0s\", \"for\": \"6s\", \"bandwidth\": 0.01},"
                                     "{\"link\": \"way\", \"at\": \"0s\", \"loss\": 0.1}",
                                     "")),
               5 + 5.48234 + 0.1 + 0.2, 1e-4);
}

/* From edge by way of hub to cloud; there is a way to hub only. */
static void where_there_is_no_way(void)
{
    static const char xml[] =
        "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
        "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\"><host id=\"edge\" speed=\"1Gf\"/><host id=\"hub\" "
        "speed=\"1Gf\"/>"
        "<host id=\"cloud\" speed=\"1Gf\"/><link id=\"l\" bandwidth=\"1MBps\" latency=\"1ms\"/>"
        "<route src=\"edge\" dst=\"hub\"><link_ctn id=\"l\"/></route></zone></platform>\n";
    struct weir_test_result got = weir_test_run(
        weir_test_file("parted.xml", xml),
        "{\"platform\": \"\", \"duration\": \"60s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\","
        " \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, \"operators\": ["
        "{\"name\": \"a\", \"flops\": \"1f\", \"placement\": {\"host\": \"hub\"}},"
        " {\"name\": \"b\", \"flops\": \"1f\", \"placement\": {\"host\": \"cloud\"}}]}]}}",
        "static", 1);
    CHECK_NEAR(got.code, WEIR_EENGINE, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.message, "there is no route from hub to cloud"));
    weir_test_result_fini(&got);
}

/* A way of 80 links of 1 ms. The 70th loses a packet of a hundred: a connection has at most
 * 1460 B / 0.16 s sqrt(1.5 / 0.01) = 111.8 kB/s, and 1010 of 1000 bytes go over every link. */
static void a_way_of_many_links(void)
{
    struct weir_text xml = {0};
    weir_text_add(&xml, "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                        "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\">\n"
                        "<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/>");
    for (int l = 0; l < 80; l++)
        weir_text_addf(&xml, "<link id=\"l%d\" bandwidth=\"100MBps\" latency=\"1ms\"/>", l);
    weir_text_add(&xml, "<route src=\"a\" dst=\"b\">");
    for (int l = 0; l < 80; l++)
        weir_text_addf(&xml, "<link_ctn id=\"l%d\"/>", l);
    weir_text_add(&xml, "</route></zone></platform>\n");
    struct weir_test_result got =
        weir_test_run(weir_test_file("long.xml", weir_text_string(&xml)),
                      "{\"duration\": \"30s\", \"warmup\": \"10s\", \"items_per_batch\": 1,"
                      " \"faults\": [{\"link\": \"l69\", \"at\": \"0s\", \"loss\": 0.01}],"
                      " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"a\", \"source_bytes\": \"1kB\","
                      "  \"load\": {\"kind\": \"constant\", \"rate\": \"300/s\"}, \"backlog\": {\"capacity\": 100},"
                      "  \"operators\": [{\"name\": \"o\", \"flops\": \"1kf\", \"placement\": \"b\"}]}]}}",
                      "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    double rate = 1460 / 0.16 * sqrt(1.5 / 0.01);
    CHECK_NEAR(got.result.metrics.throughput_per_s, rate / 1000, 0.02 * rate / 1000);
    CU_ASSERT_EQUAL(got.result.link_count, 80);
    for (int l = 1; l < got.result.link_count; l++)
        CHECK_NEAR(got.result.links[l].bytes, got.result.links[0].bytes, 1e-6);
    CHECK_NEAR(got.result.links[0].bytes, 30 * rate / 0.99, 0.03 * 30 * rate);
    weir_test_result_fini(&got);
    weir_text_fini(&xml);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"a faster link speeds up what is under way", a_faster_link_speeds_up_what_is_under_way},
        {"a slower link slows it down", a_slower_link_slows_it_down},
        {"a bound of its own stays", a_bound_of_its_own_stays},
        {"where there is no way", where_there_is_no_way},
        {"a way of many links", a_way_of_many_links},
        {0},
    };
    return weir_test_main("engine/links", cases, argc, argv);
}
