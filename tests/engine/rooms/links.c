/* Transfers over links by arithmetic, with what shares alone in SimGrid's hands and with everything there. */
#include <math.h>
#include <stdio.h>

#include "sim/base/error.h"
#include "tests/engine/rooms/world.h"
#include "tests/support/test.h"

#define ZONE(content) "<zone id=\"z\" routing=\"Full\">" content "</zone>"
#define HOST(name)    "<host id=\"" name "\" speed=\"1Gf\"/>"

/* 100 Mbit/s is 12.5 MB/s. The latency is the caller's. */
#define ONE_LINK                                                                                                       \
    ZONE(HOST("a") HOST("b") "<link id=\"l\" bandwidth=\"100Mbps\" latency=\"10ms\"/>"                                 \
                             "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>")

static void alone(void)
{
    static const struct world_step steps[] = {{0, TRANSFER, .b = 1, .amount = 25e6},
                                              {3, TRANSFER, .a = 1, .b = 0, .amount = 25e6, .limit = 5e6}};
    CHECK_WORLD(ONE_LINK, steps, 2, 8);
}

static void two_on_one_link(void)
{
    /* 1 s alone for 12.5 MB; then halves: the second's 6.25 MB take 1 s, when the first has 6.25 MB left. */
    static const struct world_step steps[] = {{0, TRANSFER, .b = 1, .amount = 25e6},
                                              {1, TRANSFER, .b = 1, .amount = 6.25e6}};
    CHECK_WORLD(ONE_LINK, steps, 2.5, 2);
}

static void fractions_of_bytes(void)
{
    /* Of 1 MB a second, 0.3 s alone leave a third of a byte more than whole ones: SimGrid's payloads are whole. */
    static const struct world_step steps[] = {{0, TRANSFER, .b = 1, .amount = 10.25},
                                              {0.25, TRANSFER, .b = 1, .amount = 1.125}};
    /* 2.5 bytes of ten a second in 0.25 s, then halves: 1.125 take 0.225 s; 7.75 - 1.125 are left: 0.6625 s. */
    CHECK_WORLD(ZONE(HOST("a") HOST("b") "<link id=\"l\" bandwidth=\"10Bps\" latency=\"0\"/>"
                                         "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>"),
                steps, 0.25 + 0.225 + 0.6625, 0.25 + 0.225);
}

#define PARKING_LOT                                                                                                    \
    ZONE(HOST("a") HOST("b") HOST("c") "<link id=\"l\" bandwidth=\"100Mbps\" latency=\"1ms\"/>"                        \
                                       "<link id=\"m\" bandwidth=\"60Mbps\" latency=\"300ms\"/>"                       \
                                       "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>"                       \
                                       "<route src=\"b\" dst=\"c\"><link_ctn id=\"m\"/></route>"                       \
                                       "<route src=\"a\" dst=\"c\"><link_ctn id=\"l\"/><link_ctn id=\"m\"/></route>")

static void a_parking_lot(void)
{
    /* Over both 3.75 MB/s, over the wide one 8.75, over the narrow one 3.75. */
    static const struct world_step steps[] = {{0, TRANSFER, .a = 0, .b = 2, .amount = 3.75e6},
                                              {0, TRANSFER, .a = 0, .b = 1, .amount = 8.75e6},
                                              {0, TRANSFER, .a = 1, .b = 2, .amount = 3.75e6}};
    CHECK_WORLD(PARKING_LOT, steps, 1, 1, 1);
    /* The two that share nothing, until the third comes at 1 s: 12.5 and 7.5 MB are gone by then. */
    static const struct world_step later[] = {{0, TRANSFER, .a = 0, .b = 1, .amount = 21.25e6},
                                              {0, TRANSFER, .a = 1, .b = 2, .amount = 11.25e6},
                                              {1, TRANSFER, .a = 0, .b = 2, .amount = 3.75e6}};
    CHECK_WORLD(PARKING_LOT, later, 2, 2, 2);
}

/* Ways of 2 and 201 ms, and of none: half of the link each. */
static void long_ways_cost_no_bandwidth(void)
{
    static const struct world_step steps[] = {{0, TRANSFER, .a = 0, .b = 2, .amount = 6.25e6},
                                              {0, TRANSFER, .a = 1, .b = 2, .amount = 6.25e6}};
    CHECK_WORLD(ZONE(HOST("a") HOST("b")
                         HOST("c") "<link id=\"L\" bandwidth=\"100Mbps\" latency=\"1ms\"/>"
                                   "<link id=\"ua\" bandwidth=\"10Gbps\" latency=\"1ms\"/>"
                                   "<link id=\"ub\" bandwidth=\"10Gbps\" latency=\"200ms\"/>"
                                   "<route src=\"a\" dst=\"c\"><link_ctn id=\"ua\"/><link_ctn id=\"L\"/></route>"
                                   "<route src=\"b\" dst=\"c\"><link_ctn id=\"ub\"/><link_ctn id=\"L\"/></route>"),
                steps, 1, 1);
    CHECK_WORLD(ZONE(HOST("a") HOST("b")
                         HOST("c") "<link id=\"L\" bandwidth=\"100Mbps\" latency=\"0\"/>"
                                   "<link id=\"ua\" bandwidth=\"10Gbps\" latency=\"0\"/>"
                                   "<link id=\"ub\" bandwidth=\"10Gbps\" latency=\"1ms\"/>"
                                   "<route src=\"a\" dst=\"c\"><link_ctn id=\"ua\"/><link_ctn id=\"L\"/></route>"
                                   "<route src=\"b\" dst=\"c\"><link_ctn id=\"ub\"/><link_ctn id=\"L\"/></route>"),
                steps, 1, 1);
}

static void a_fatpipe_never_shares(void)
{
    static const struct world_step steps[] = {{0, TRANSFER, .b = 1, .amount = 12.5e6},
                                              {0, TRANSFER, .b = 1, .amount = 12.5e6},
                                              {0.5, TRANSFER, .b = 1, .amount = 12.5e6},
                                              {0.75, RESIZE, .name = "l", .amount = 6.25e6}};
    CHECK_WORLD(ZONE(HOST("a")
                         HOST("b") "<link id=\"l\" bandwidth=\"100Mbps\" latency=\"1ms\" sharing_policy=\"FATPIPE\"/>"
                                   "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>"),
                steps, 1.25, 1.25, 2.25, -1);
    /* Before a link that is shared it bounds each, not the sum: the second has what the first leaves. */
    static const struct world_step before[] = {{0, TRANSFER, .a = 0, .b = 1, .amount = 2e6},
                                               {0, TRANSFER, .a = 2, .b = 1, .amount = 8e6}};
    CHECK_WORLD(ZONE(HOST("a") HOST("b")
                         HOST("c") "<link id=\"f\" bandwidth=\"2MBps\" latency=\"1ms\" sharing_policy=\"FATPIPE\"/>"
                                   "<link id=\"l\" bandwidth=\"10MBps\" latency=\"1ms\"/>"
                                   "<route src=\"a\" dst=\"b\"><link_ctn id=\"f\"/><link_ctn id=\"l\"/></route>"
                                   "<route src=\"c\" dst=\"b\"><link_ctn id=\"l\"/></route>"),
                before, 1, 1);
}

static void directions_share_or_not(void)
{
    static const struct world_step steps[] = {{0, TRANSFER, .a = 0, .b = 1, .amount = 12.5e6},
                                              {0, TRANSFER, .a = 1, .b = 0, .amount = 12.5e6}};
    CHECK_WORLD(ONE_LINK, steps, 2, 2);
    CHECK_WORLD(
        ZONE(HOST("a") HOST("b") "<link id=\"l\" bandwidth=\"100Mbps\" latency=\"1ms\" sharing_policy=\"SPLITDUPLEX\"/>"
                                 "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\" direction=\"UP\"/></route>"),
        steps, 1, 1);
}

static void limits(void)
{
    /* 2.5 MB/s leave 10 to the other; it has all when the first is over, at 2 s, with 5 MB left. */
    static const struct world_step steps[] = {{0, TRANSFER, .b = 1, .amount = 5e6, .limit = 2.5e6},
                                              {0, TRANSFER, .b = 1, .amount = 25e6}};
    CHECK_WORLD(ONE_LINK, steps, 2, 2.4);
}

static void a_link_that_becomes_faster_or_slower(void)
{
    static const struct world_step one[] = {{0, TRANSFER, .b = 1, .amount = 25e6},
                                            {1, RESIZE, .name = "l", .amount = 1.25e6},
                                            {2, RESIZE, .name = "l", .amount = 12.5e6}};
    CHECK_WORLD(ONE_LINK, one, 2.9, -1, -1);
    /* Slow at first: what starts then is not held at that. */
    static const struct world_step two[] = {{0, RESIZE, .name = "l", .amount = 1.25e6},
                                            {0, TRANSFER, .b = 1, .amount = 6.25e6},
                                            {0, TRANSFER, .b = 1, .amount = 6.875e6, .limit = 6e6},
                                            {1, RESIZE, .name = "l", .amount = 12.5e6}};
    /* 0.625 MB of each by 1 s; then 6.5 and 6 MB/s: 5.625 MB take 0.8654 s, when 6.25 - 0.8654 x 6 are left. */
    CHECK_WORLD(ONE_LINK, two, -1, 1 + 5.625 / 6.5, 1 + 6.25 / 6, -1);
    /* Both directions of a SPLITDUPLEX link. */
    static const struct world_step both[] = {{0, TRANSFER, .a = 0, .b = 1, .amount = 12.5e6},
                                             {0, TRANSFER, .a = 1, .b = 0, .amount = 12.5e6},
                                             {0.5, RESIZE, .name = "l", .amount = 6.25e6}};
    CHECK_WORLD(
        ZONE(HOST("a") HOST("b") "<link id=\"l\" bandwidth=\"100Mbps\" latency=\"1ms\" sharing_policy=\"SPLITDUPLEX\"/>"
                                 "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\" direction=\"UP\"/></route>"),
        both, 1.5, 1.5, -1);
}

static void check_profiles(const struct world_step *steps, int count, const double *wanted_s)
{
    world_check(
        (struct world){.platform = ZONE(HOST("a") HOST("b") "<link id=\"l\" bandwidth=\"100Mbps\" latency=\"10ms\""
                                                            " bandwidth_file=\"0.profile\" state_file=\"1.profile\"/>"
                                                            "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>"),
                       .profiles = {"1 1250000\n2 12500000\n", "4 0\n5 1\n"},
                       .steps = steps,
                       .count = count},
        wanted_s);
}

static void a_link_without_bandwidth(void)
{
    static const struct world_step steps[] = {{0, TRANSFER, .b = 1, .amount = 12.5e6},
                                              {0, TRANSFER, .b = 1, .amount = 12.5e6, .limit = 2.5e6},
                                              {1.5, TRANSFER, .b = 1, .amount = 2.5e6},
                                              {1.75, ENERGY, .a = 0},
                                              {10, TRANSFER, .b = 1, .amount = 12.5e6}};
    /* 10 and 2.5 MB/s until 1 s; from 2 s on 5, 2.5 and 5 MB/s until the two are through at 2.5 s. */
    world_check(
        (struct world){.platform = ZONE(HOST("a") HOST("b") "<link id=\"l\" bandwidth=\"100Mbps\" latency=\"10ms\""
                                                            " bandwidth_file=\"0.profile\"/>"
                                                            "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>"),
                       .profiles = {"1 0\n2 12500000\n10.5 0\n11 12500000\n"},
                       .steps = steps,
                       .count = COUNT(steps)},
        (const double[]){2.5, 6, 2.5, -1, 11.5});
}

static void profiles_of_links(void)
{
    /* A tenth from 1 to 2 s, down from 4 to 5 s. */
    static const struct world_step steps[] = {{0, TRANSFER, .b = 1, .amount = 25e6},
                                              {3.5, TRANSFER, .b = 1, .amount = 25e6},
                                              {3.75, TRANSFER, .b = 1, .amount = 25e6, .limit = 1e6},
                                              {4.5, TRANSFER, .b = 1, .amount = 12.5e6},
                                              {5, TRANSFER, .b = 1, .amount = 12.5e6}};
    check_profiles(steps, COUNT(steps), (const double[]){2.9, 4, 4, 4.5, 6});
    /* SimGrid has nothing to do when the profile slows the link down; then it has two that share. */
    static const struct world_step late[] = {{0.5, TRANSFER, .b = 1, .amount = 7.5e6},
                                             {1.5, TRANSFER, .b = 1, .amount = 3.3125e6}};
    /* 6.25 MB by 1 s, 0.625 MB more by 1.5 s, when 0.625 MB are left; halves of a tenth: 0.3125 MB of each by 2 s;
     * halves of all: 0.05 s for the first, and the second has 2.6875 MB left. */
    check_profiles(late, COUNT(late), (const double[]){2.05, 2.05 + 2.6875 / 12.5});
    /* One fails, and fails again when it is begun anew at once. */
    static const struct world_step again[] = {{3.5, TRANSFER, .b = 1, .amount = 25e6, .again = true}};
    check_profiles(again, COUNT(again), (const double[]){4});
}

/* 10 ms, from 1 s on 1 s. */
static void check_delays(const struct world_step *steps, int count, const double *wanted_s)
{
    world_check(
        (struct world){.platform = ZONE(HOST("a") HOST("b") "<link id=\"l\" bandwidth=\"100Mbps\" latency=\"10ms\""
                                                            " latency_file=\"0.profile\"/>"
                                                            "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>"),
                       .profiles = {"1 1\n"},
                       .steps = steps,
                       .count = count},
        wanted_s);
}

static void profiles_of_latencies(void)
{
    /* Who shares the link has half of it all the same, or what the other's limit leaves. Alone for 0.5 s, halves until
     * 0.75 s, 5.75 MB/s each until 1.25 s: 1.8125 and 8.0625 MB left; 4.5 MB/s each; then the second has what the
     * limits leave. At 9 s a tenth gets lost, and a round trip is of 2 s. */
    static const struct world_step steps[] = {{0, TRANSFER, .b = 1, .amount = 12.5e6},
                                              {0.5, TRANSFER, .b = 1, .amount = 12.5e6},
                                              {1.25, TRANSFER, .b = 1, .amount = 2.5e6, .limit = 2.5e6},
                                              {0.75, TRANSFER, .b = 1, .amount = 2.5e6, .limit = 1e6},
                                              {9, LOSE, .name = "l", .amount = 0.1},
                                              {9, TRANSFER, .b = 1, .amount = 1e5}};
    double first = 1.25 + 1.8125 / 4.5, left = 8.0625 - 1.8125 - 9 * (2.25 - first);
    check_delays(steps, COUNT(steps),
                 (const double[]){first, 2.25 + left / 11.5, 2.25, 3.25, -1, 9 + 1e5 / (1460 / 2. * sqrt(15))});
    /* Nothing else happens. */
    static const struct world_step two[] = {{0, TRANSFER, .b = 1, .amount = 12.5e6},
                                            {0, TRANSFER, .b = 1, .amount = 12.5e6}};
    check_delays(two, COUNT(two), (const double[]){2, 2});
}

static void lost_packets(void)
{
    /* A tenth is lost: 1 / 0.9 of the bytes on the wire; a connection gets 1460 B / 20 ms sqrt(1.5 / 0.1) of payload.
     * What fits a round trip goes at once. */
    static const struct world_step steps[] = {{0, LOSE, .name = "l", .amount = 0.1},
                                              {0, TRANSFER, .b = 1, .amount = 1e6},
                                              {10, TRANSFER, .b = 1, .amount = 4500},
                                              {20, LOSE, .name = "l", .amount = 0},
                                              {20, TRANSFER, .b = 1, .amount = 12.5e6}};
    double most = 1460 / 0.02 * sqrt(15);
    CHECK_WORLD(ONE_LINK, steps, -1, 1e6 / most, 10 + 4500 / 0.9 / 12.5e6, -1, 21);
}

static void links_that_fail(void)
{
    static const struct world_step steps[] = {
        {0, TRANSFER, .b = 1, .amount = 25e6},   {1, LINK_DOWN, .name = "l"},
        {1.5, TRANSFER, .b = 1, .amount = 25e6}, {2, LINK_UP, .name = "l"},
        {2, TRANSFER, .b = 1, .amount = 12.5e6}, {4, TRANSFER, .b = 1, .amount = 12.5e6},
        {4, TRANSFER, .b = 1, .amount = 12.5e6}, {5, LINK_DOWN, .name = "l"}};
    struct world_outcome outcome;
    for (int all = 0; all < 2; all++) {
        world_run(&(struct world){.platform = ONE_LINK, .steps = steps, .count = COUNT(steps), .all = all}, &outcome);
        static const bool ok[] = {false, false, false, false, true, false, false};
        for (int s = 0; s < COUNT(ok); s++)
            CU_ASSERT_EQUAL(outcome.ends[s].ok, ok[s]);
    }
    CHECK_WORLD(ONE_LINK, steps, 1, -1, 1.5, -1, 3, 5, 5, -1);
}

/* Each change is told once, whoever knows of it first; what was so before is none. */
static void changes_are_told_once(void)
{
    static const struct world_step steps[] = {
        {0, TRANSFER, .b = 1, .amount = 12.5e6},    {0, TRANSFER, .b = 1, .amount = 12.5e6},
        {0.5, RESIZE, .name = "l", .amount = 10e6}, {0.6, RESIZE, .name = "l", .amount = 10e6},
        {2.5, LOSE, .name = "l", .amount = 0.1},    {3.5, RESIZE, .name = "l", .amount = 5e6},
        {5, TRANSFER, .b = 1, .amount = 1e6}};
    struct world world = {.platform =
                              ZONE(HOST("a") HOST("b") "<link id=\"l\" bandwidth=\"100Mbps\" latency=\"10ms\""
                                                       " bandwidth_file=\"0.profile\"/>"
                                                       "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>"),
                          .profiles = {"1 5000000\n3 5000000\n4 12500000\n"},
                          .steps = steps,
                          .count = COUNT(steps)};
    static struct world_outcome outcome;
    for (int all = 0; all < 2; all++) {
        world.all = all;
        world_run(&world, &outcome);
        CU_ASSERT_EQUAL(outcome.code, WEIR_OK);
        /* To 10 and by the profile to 5 MB/s, the loss, and back to 12.5 MB/s; to 10 and to 5 MB/s again are none. */
        CHECK_NEAR(outcome.changes, 4, 0);
    }
}

static void a_link_that_changes_while_it_is_down(void)
{
    /* Half of it from then on, also for two that share it. */
    static const struct world_step steps[] = {{0, LINK_DOWN, .name = "l"},
                                              {0.5, RESIZE, .name = "l", .amount = 6.25e6},
                                              {1, LINK_UP, .name = "l"},
                                              {1, TRANSFER, .b = 1, .amount = 6.25e6},
                                              {1, TRANSFER, .b = 1, .amount = 6.25e6}};
    CHECK_WORLD(ONE_LINK, steps, -1, -1, -1, 3, 3);
}

static void hosts_that_fail(void)
{
    /* Whatever goes from or to it. */
    static const struct world_step steps[] = {
        {0, TRANSFER, .a = 0, .b = 1, .amount = 25e6},   {0, TRANSFER, .a = 1, .b = 2, .amount = 25e6},
        {0, TRANSFER, .a = 0, .b = 2, .amount = 37.5e6}, {0.5, DOWN, .a = 1},
        {0.5, TRANSFER, .a = 1, .b = 2, .amount = 1},    {1, UP, .a = 1}};
    /* Alone on both: 7.5 MB/s for 35.625 MB that are left of it. */
    CHECK_WORLD(PARKING_LOT, steps, 0.5, 0.5, 0.5 + (37.5 - 3.75 / 2) / 7.5, -1, 0.5, -1);
    static const struct world_step one[] = {{0, TRANSFER, .a = 0, .b = 1, .amount = 25e6}, {0.5, DOWN, .a = 0}};
    CHECK_WORLD(ONE_LINK, one, 0.5, -1);
}

static void what_is_on_its_way_fails_with_it(void)
{
    /* 1 s on the wire, 2 s on the way: the first is there at 3 s; the link fails at 3.5 s under the second. */
    static const struct world_step steps[] = {{0, TRANSFER, .b = 1, .amount = 12.5e6, .way_s = 2},
                                              {1, TRANSFER, .b = 1, .amount = 12.5e6, .way_s = 2},
                                              {3.5, LINK_DOWN, .name = "l"},
                                              {4, LINK_UP, .name = "l"},
                                              {4, TRANSFER, .b = 1, .amount = 12.5e6, .way_s = 2},
                                              {6, DOWN, .a = 1},
                                              {7, UP, .a = 1}};
    CHECK_WORLD(ONE_LINK, steps, 3, 3.5, -1, -1, 6, -1, -1);
}

static void stopped(void)
{
    static const struct world_step steps[] = {{0, TRANSFER, .b = 1, .amount = 25e6},
                                              {0.5, STOP, .a = 0},
                                              {1, TRANSFER, .b = 1, .amount = 12.5e6},
                                              {1, TRANSFER, .b = 1, .amount = 12.5e6},
                                              {2, STOP, .a = 2},
                                              {4, TRANSFER, .b = 1, .amount = 12.5e6, .way_s = 2},
                                              {6, STOP, .a = 5},
                                              {6, LINK_DOWN, .name = "l"}};
    CHECK_WORLD(ONE_LINK, steps, INFINITY, -1, INFINITY, 2.5, -1, INFINITY, -1, -1);
}

static void nothing_to_send(void)
{
    static const struct world_step steps[] = {{1, TRANSFER, .b = 1, .amount = 0},
                                              {0, TRANSFER, .b = 1, .amount = 25e6}};
    CHECK_WORLD(ONE_LINK, steps, 1, 2);
}

static void a_link_that_is_crossed_twice(void)
{
    /* Half of it, alone and with one that crosses it once: rates are alike, a third each. */
    static const char platform[] =
        ZONE(HOST("a") HOST("b") HOST("c") "<link id=\"l\" bandwidth=\"12MBps\" latency=\"0\"/>"
                                           "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/><link_ctn id=\"l\"/></route>"
                                           "<route src=\"a\" dst=\"c\"><link_ctn id=\"l\"/></route>");
    static const struct world_step steps[] = {{0, TRANSFER, .b = 1, .amount = 12e6},
                                              {1, TRANSFER, .a = 0, .b = 2, .amount = 6e6}};
    /* 6 MB by 1 s; then 4 MB/s each: both end at 2.5 s. */
    CHECK_WORLD(platform, steps, 2.5, 2.5);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"alone", alone},
        {"two on one link", two_on_one_link},
        {"fractions of bytes", fractions_of_bytes},
        {"a parking lot", a_parking_lot},
        {"long ways cost no bandwidth", long_ways_cost_no_bandwidth},
        {"a fatpipe never shares", a_fatpipe_never_shares},
        {"directions share or not", directions_share_or_not},
        {"limits", limits},
        {"a link that becomes faster or slower", a_link_that_becomes_faster_or_slower},
        {"profiles of links", profiles_of_links},
        {"a link without bandwidth", a_link_without_bandwidth},
        {"profiles of latencies", profiles_of_latencies},
        {"lost packets", lost_packets},
        {"links that fail", links_that_fail},
        {"changes are told once", changes_are_told_once},
        {"a link that changes while it is down", a_link_that_changes_while_it_is_down},
        {"hosts that fail", hosts_that_fail},
        {"what is on its way fails with it", what_is_on_its_way_fails_with_it},
        {"stopped", stopped},
        {"nothing to send", nothing_to_send},
        {"a link that is crossed twice", a_link_that_is_crossed_twice},
        {0},
    };
    return weir_test_main("engine/rooms/links", cases, argc, argv);
}
