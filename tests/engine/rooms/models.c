/* Network models and other options of SimGrid: what they leave to it, and what comes of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/apart.h"
#include "sim/base/error.h"
#include "sim/engine/shares/shares.h"
#include "sim/model/probe.h"
#include "tests/engine/rooms/world.h"
#include "tests/support/test.h"

#define ZONE(content) "<zone id=\"z\" routing=\"Full\">" content "</zone>"
#define HOSTS                                                                                                          \
    "<host id=\"a\" speed=\"1Gf\" core=\"2\"/><host id=\"b\" speed=\"1Gf\"/><host id=\"c\" speed=\"1Gf\" core=\"8\"/>"
/* Two flows to c over 100 Mbit/s, each over a link of its own before that. */
#define TWO_WAYS(near, far)                                                                                            \
    ZONE(HOSTS "<link id=\"L\" bandwidth=\"100Mbps\" latency=\"0\"/>"                                                  \
               "<link id=\"ua\" bandwidth=\"10Gbps\" latency=\"" near "\"/>"                                           \
               "<link id=\"ub\" bandwidth=\"10Gbps\" latency=\"" far "\"/>"                                            \
               "<route src=\"a\" dst=\"c\"><link_ctn id=\"ua\"/><link_ctn id=\"L\"/></route>"                          \
               "<route src=\"b\" dst=\"c\"><link_ctn id=\"ub\"/><link_ctn id=\"L\"/></route>")

static struct world_outcome run(const struct world *world)
{
    static struct world_outcome outcome;
    world_run(world, &outcome);
    if (outcome.code)
        printf("\n    %s\n", weir_error_message());
    CU_ASSERT_EQUAL(outcome.code, WEIR_OK);
    return outcome;
}

static void latencies_are_simgrids(void)
{
    /* 10 ms of way and 1 MB at 12.5 MB/s; LV08 makes 13.01 times of the one and 0.97 of the other. */
    static const struct world_step steps[] = {{1, TRANSFER, .a = 0, .b = 2, .amount = 1e6}};
    struct world world = {.platform = TWO_WAYS("10ms", "20ms"), .steps = steps, .count = 1};
    CHECK_NEAR(run(&world).ends[0].end_s, 1.08, 1e-9);
    CU_ASSERT(!run(&world).latencies);
    world.rtt = true;
    CHECK_NEAR(run(&world).ends[0].end_s, 1.09, 1e-9);
    CU_ASSERT(run(&world).latencies);
    world.rtt = false;
    world.option = "network/model";
    world.value = "LV08";
    CHECK_NEAR(run(&world).ends[0].end_s, 1 + 13.01 * 0.01 + 1e6 / (0.97 * 12.5e6 / 1.05), 1e-6);
    CU_ASSERT(run(&world).latencies);
}

/* How much of the flows' weight is in their latency and, under LV08, in the bandwidths of their links. */
static double weight(double latency_s, double per_byte)
{
    return 1 / (latency_s + 20537 * per_byte * (1 / 12.5e6 + 1 / 1.25e9));
}

/* Both have bytes under way from 20 s on, so many that they end at 30 s if the near one has this share of the link. */
static void check_flows(struct world world, double near_s, double far_s, double share, double bytes_per_s)
{
    double factor = world.option ? 13.01 : world.rtt ? 1 : 0;
    const struct world_step steps[] = {
        {20 - factor * far_s, TRANSFER, .a = 1, .b = 2, .amount = 10 * bytes_per_s * (1 - share)},
        {20 - factor * near_s, TRANSFER, .a = 0, .b = 2, .amount = 10 * bytes_per_s * share}};
    world.steps = steps;
    world.count = COUNT(steps);
    struct world_outcome outcome = run(&world);
    CHECK_NEAR(outcome.ends[0].end_s, 30, 1e-6);
    CHECK_NEAR(outcome.ends[1].end_s, 30, 1e-6);
}

/* The table in docs/platform.md. */
static void two_flows_under_each(void)
{
    struct world near_far = {.platform = TWO_WAYS("2ms", "201ms")}, none_some = {.platform = TWO_WAYS("0ms", "1ms")};
    check_flows(near_far, 0.002, 0.201, 0.5, 12.5e6);
    check_flows(none_some, 0, 0.001, 0.5, 12.5e6);
    near_far.rtt = none_some.rtt = true;
    check_flows(near_far, 0.002, 0.201, weight(0.002, 0) / (weight(0.002, 0) + weight(0.201, 0)), 12.5e6);
    /* SimGrid takes a way without latency for one of a second. */
    check_flows(none_some, 0, 0.001, weight(1, 0) / (weight(1, 0) + weight(0.001, 0)), 12.5e6);
    near_far = (struct world){.platform = TWO_WAYS("2ms", "201ms"), .option = "network/model", .value = "LV08"};
    none_some = near_far;
    none_some.platform = TWO_WAYS("0ms", "1ms");
    check_flows(near_far, 0.002, 0.201, weight(0.002, 1) / (weight(0.002, 1) + weight(0.201, 1)), 0.97 * 12.5e6 / 1.05);
    check_flows(none_some, 0, 0.001, weight(1, 0) / (weight(1, 0) + weight(0.001, 1)), 0.97 * 12.5e6 / 1.05);
}

/* 10 ms of way; nothing goes from 1 to 2 s, and from 10.5 to 11 s, but for latencies. */
static void a_link_without_bandwidth(void)
{
    static const struct world_step steps[] = {{0, TRANSFER, .a = 0, .b = 1, .amount = 12.5e6},
                                              {1.5, TRANSFER, .a = 0, .b = 1, .amount = 2.5e6},
                                              {1.995, TRANSFER, .a = 0, .b = 1, .amount = 1.25e6},
                                              {10, TRANSFER, .a = 0, .b = 1, .amount = 12.5e6},
                                              {10.495, TRANSFER, .a = 1, .b = 0, .amount = 1e6}};
    struct world world = {.platform = ZONE(HOSTS "<link id=\"l\" bandwidth=\"100Mbps\" latency=\"10ms\""
                                                 " bandwidth_file=\"0.profile\"/>"
                                                 "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>"),
                          .profiles = {"1 0\n2 12500000\n10.5 0\n11 12500000\n"},
                          .steps = steps,
                          .count = COUNT(steps),
                          .rtt = true};
    struct world_outcome outcome = run(&world);
    /* 0.125 MB of the first are left at 2 s. Two share until 2.005 s, then three; then two, from 2.2125 s on one. */
    double first_s = 2.005 + 3 * (0.125 - 0.03125) / 12.5, third_s = first_s + 2 * (1.25 - 0.09375) / 12.5;
    CHECK_NEAR(outcome.ends[0].end_s, first_s, 1e-9);
    CHECK_NEAR(outcome.ends[2].end_s, third_s, 1e-9);
    CHECK_NEAR(outcome.ends[1].end_s, third_s + (2.5 - 0.125 - (1.25 - 0.09375)) / 12.5, 1e-9);
    /* 0.49 s of the fourth by 10.5 s; the fifth has nothing yet. */
    CHECK_NEAR(outcome.ends[4].end_s, 11 + 2 * 1 / 12.5, 1e-9);
    CHECK_NEAR(outcome.ends[3].end_s, 11.16 + (12.5 - 0.49 * 12.5 - 1) / 12.5, 1e-9);
}

static void options_that_are_simgrids(void)
{
    /* Two works on one core, and one on another host, by other algorithms of SimGrid's. */
    static const struct world_step steps[] = {
        {0, WORK, .a = 1, .amount = 2e9}, {1, WORK, .a = 1, .amount = 0.5e9}, {1, WORK, .a = 2, .amount = 2e9}};
    struct world world = {.platform = TWO_WAYS("0ms", "1ms"), .steps = steps, .count = COUNT(steps)};
    static const char *const options[][2] = {{"cpu/optim", "Full"},
                                             {"cpu/solver", "fairbottleneck"},
                                             {"network/optim", "Full"},
                                             {"host/model", "ptask_L07"}};
    for (int o = 0; o < COUNT(options); o++) {
        world.option = options[o][0];
        world.value = options[o][1];
        struct world_outcome outcome = run(&world);
        CHECK_NEAR(outcome.ends[0].end_s, 2.5, 1e-8);
        CHECK_NEAR(outcome.ends[1].end_s, 2, 1e-8);
        CHECK_NEAR(outcome.ends[2].end_s, 3, 1e-8);
    }
}

static void integrated_profiles(void)
{
    /* SimGrid's TI is for single cores. */
    static const struct world_step steps[] = {
        {0, WORK, .amount = 2e9}, {1, WORK, .amount = 0.5e9}, {9, SLOW, .amount = 0.5}, {10, WORK, .amount = 1}};
    struct world world = {.platform = ZONE("<host id=\"a\" speed=\"1Gf\"/>"),
                          .steps = steps,
                          .count = 2,
                          .option = "cpu/optim",
                          .value = "TI"};
    CHECK_NEAR(run(&world).ends[0].end_s, 2.5, 1e-8);
    CHECK_NEAR(run(&world).ends[1].end_s, 2, 1e-8);
    struct world_outcome outcome;
    world.count = 4;
    world_run(&world, &outcome);
    CU_ASSERT_EQUAL(outcome.code, WEIR_EINPUT);
    CHECK_MESSAGE("host a is to become slower or faster, which SimGrid's cpu/optim TI cannot bear");
}

static void wifi_shares_air_time(void)
{
    /* 8 MB/s of air for both; one over the wire besides. */
    static const struct world_step steps[] = {{0, TRANSFER, .a = 0, .b = 2, .amount = 12e6},
                                              {1, TRANSFER, .a = 1, .b = 2, .amount = 4e6}};
    /* 8 MB by 1 s, then 4 MB/s each. */
    CHECK_WORLD("<zone id=\"w\" routing=\"Full\"><zone id=\"air\" routing=\"Wifi\"><prop id=\"access_point\" "
                "value=\"r\"/><host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/><router id=\"r\"/>"
                "<link id=\"w\" sharing_policy=\"WIFI\" bandwidth=\"8MBps\" latency=\"0s\"/></zone>"
                "<zone id=\"wire\" routing=\"Full\"><host id=\"c\" speed=\"1Gf\"/></zone>"
                "<link id=\"l\" bandwidth=\"100MBps\" latency=\"1ms\"/>"
                "<zoneRoute src=\"air\" dst=\"wire\" gw_src=\"r\" gw_dst=\"c\"><link_ctn id=\"l\"/></zoneRoute></zone>",
                steps, 2, 2);
}

static void transfers_that_never_end(void)
{
    static const struct world_step steps[] = {
        {1, TRANSFER, .a = 0, .b = 2, .amount = 1e6}, {2, TRANSFER, .a = 1, .b = 2, .amount = 1e6},
        {11.19, STILL, .amount = 1e-3, .limit = 10},  {12.5, STILL, .amount = 1e-3, .limit = 10},
        {11.21, STILL, .amount = 1e-3, .limit = 10},  {12.5, STILL, .amount = 12.5, .limit = 10},
        {12.5, STILL, .amount = 12.6, .limit = 10}};
    struct world world = {.platform = TWO_WAYS("10ms", "20ms"),
                          .steps = steps,
                          .count = COUNT(steps),
                          .until_s = 20,
                          .option = "network/bandwidth-factor",
                          .value = "1e-300"};
    /* 20 latencies of 10 ms and 10 s later the first is noticed; it has two thirds of what there is. */
    struct world_outcome outcome = run(&world);
    CU_ASSERT_EQUAL(outcome.ends[2].end_s, 0);
    CU_ASSERT_EQUAL(outcome.ends[3].end_s, 1);
    CU_ASSERT_EQUAL(outcome.ends[4].end_s, 1);
    /* Of a link that carries less than a million times the least, nothing is said. */
    CU_ASSERT_EQUAL(outcome.ends[5].end_s, 1);
    CU_ASSERT_EQUAL(outcome.ends[6].end_s, 0);
    CU_ASSERT_STRING_EQUAL(
        outcome.text, "a transfer of 1e+06 bytes from a to c does not get on at 12.5 s: it is under way since 1 s, its "
                      "hosts and links are up, and SimGrid moves it at 8.33e-294 bytes/s; check the options of "
                      "\"simgrid\"");
    world.value = "1e-5"; /* 62 bytes/s are meant to be so */
    CU_ASSERT_EQUAL(run(&world).ends[3].end_s, 0);
}

static void latencies_take_their_time(void)
{
    /* 10 ms that a scenario makes a second of: nothing moves until 2 s, and nothing is said of it. */
    static const struct world_step steps[] = {{1, TRANSFER, .a = 0, .b = 2, .amount = 1e6},
                                              {1.5, STILL, .amount = 1e-3, .limit = 0.1},
                                              {1.99, STILL, .amount = 1e-3, .limit = 0.1}};
    struct world world = {.platform = TWO_WAYS("10ms", "20ms"),
                          .steps = steps,
                          .count = COUNT(steps),
                          .option = "network/latency-factor",
                          .value = "100"};
    struct world_outcome outcome = run(&world);
    CHECK_NEAR(outcome.ends[0].end_s, 2.08, 1e-9);
    CHECK_NEAR(outcome.ends[1].end_s, 0, 0);
    CHECK_NEAR(outcome.ends[2].end_s, 0, 0);
}

static void all_on_a_way_are_looked_at(void)
{
    /* The second is younger than 10 s; the first, begun before it on the same way, is not. */
    static const struct world_step steps[] = {{1, TRANSFER, .a = 0, .b = 2, .amount = 1e6},
                                              {5, TRANSFER, .a = 0, .b = 2, .amount = 2e6},
                                              {12, STILL, .amount = 1e-3, .limit = 10}};
    struct world world = {.platform = TWO_WAYS("10ms", "20ms"),
                          .steps = steps,
                          .count = COUNT(steps),
                          .until_s = 20,
                          .option = "network/bandwidth-factor",
                          .value = "1e-300"};
    struct world_outcome outcome = run(&world);
    CHECK_NEAR(outcome.ends[2].end_s, 1, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(outcome.text, "a transfer of 1e+06 bytes from a to c"));
}

struct probed {
    const char *name, *xml, *message;
    size_t missing; /* pairs without a route */
    bool failed;    /* the transfer over the first that has one */
};

static int probe(void *context)
{
    const struct probed *probed = context;
    struct weir_platform *platform;
    int code = weir_platform_read(weir_test_file(probed->name, probed->xml), &platform);
    if (code != WEIR_OK)
        return code;
    struct weir_probe_state state = {0};
    struct weir_probe asked = {.platform = platform, .state = &state};
    asked.pairs = weir_platform_pairs(platform, &asked.pair_count);
    code = weir_shares_probe(&asked);
    if (code == WEIR_OK && (state.missing != probed->missing || state.failed != probed->failed))
        code = weir_error(WEIR_ECHECK, "%zu pairs missing of %zu, first %d to %d, %s", state.missing, asked.pair_count,
                          state.from, state.to, state.failed ? "failed" : "not failed");
    free((void *)asked.pairs);
    weir_platform_free(platform);
    return code;
}

#define PLATFORM(content)                                                                                              \
    "<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\"><platform "                    \
    "version=\"4.1\">" ZONE(content) "</platform>"

static void platforms_probed(void)
{
    static struct probed cases[] = {
        {"sound.xml",
         PLATFORM(HOSTS "<link id=\"l\" bandwidth=\"1MBps\" latency=\"1ms\"/>"
                        "<route src=\"a\" dst=\"c\"><link_ctn id=\"l\"/></route>"),
         NULL, 4, false},
        {"one.xml", PLATFORM("<host id=\"a\" speed=\"1Gf\"/>"), NULL, 0, false},
        {"parted.xml", PLATFORM(HOSTS), NULL, 6, false},
        {"down.xml",
         PLATFORM(HOSTS "<link id=\"l\" bandwidth=\"1MBps\" latency=\"1ms\"/>"
                        "<route src=\"a\" dst=\"c\"><link_ctn id=\"l\"/></route>"
                        "<trace id=\"t\" periodicity=\"-1\">0 0\n9 1</trace>"
                        "<trace_connect kind=\"HOST_AVAIL\" trace=\"t\" element=\"c\"/>"),
         NULL, 4, true},
        {"first.xml", /* over the first route of all */
         PLATFORM(HOSTS "<link id=\"l\" bandwidth=\"1MBps\" latency=\"1ms\"/>"
                        "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>"
                        "<trace id=\"t\" periodicity=\"-1\">0 0\n9 1</trace>"
                        "<trace_connect kind=\"HOST_AVAIL\" trace=\"t\" element=\"b\"/>"),
         NULL, 4, true},
    };
    weir_test_folder();
    for (int c = 0; c < COUNT(cases); c++) {
        int code = weir_apart(probe, &cases[c], 60, WEIR_EENGINE);
        CU_ASSERT_EQUAL(code, cases[c].message ? WEIR_EENGINE : WEIR_OK);
        if (cases[c].message)
            CHECK_MESSAGE(cases[c].message);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"latencies are SimGrid's", latencies_are_simgrids},
        {"two flows under each", two_flows_under_each},
        {"a link without bandwidth", a_link_without_bandwidth},
        {"options that are SimGrid's", options_that_are_simgrids},
        {"integrated profiles", integrated_profiles},
        {"Wi-Fi shares air time", wifi_shares_air_time},
        {"transfers that never end", transfers_that_never_end},
        {"latencies take their time", latencies_take_their_time},
        {"all on a way are looked at", all_on_a_way_are_looked_at},
        {"platforms probed", platforms_probed},
        {0},
    };
    return weir_test_main("engine/rooms/models", cases, argc, argv);
}
