/* Joules of hosts and links by arithmetic. With everything in SimGrid's hands, those of hosts are its plug-in's. */
#include <math.h>
#include <stdio.h>

#include "tests/engine/rooms/world.h"
#include "tests/support/test.h"

#define ZONE(content) "<zone id=\"z\" routing=\"Full\">" content "</zone>"
#define WATTS(values) "<prop id=\"wattage_per_state\" value=\"" values "\"/>"
#define FOUR_CORES                                                                                                     \
    ZONE("<host id=\"h\" speed=\"1Gf\" core=\"4\">" WATTS(                                                             \
        "100:120:200") "<prop id=\"wattage_off\" value=\"7\"/></host>")

static void the_middle_value_is_just_above_idle(void)
{
    /* 0 to 4 cores for a second each, then six works on four: 100, 140, 160, 180, 200 and 200 W. */
    static const struct world_step steps[] = {
        {1, ENERGY, .a = 0},      {1, WORK, .amount = 1e9}, {2, ENERGY, .a = 0},      {2, WORK, .amount = 1e9},
        {2, WORK, .amount = 1e9}, {3, ENERGY, .a = 0},      {3, WORK, .amount = 1e9}, {3, WORK, .amount = 1e9},
        {3, WORK, .amount = 1e9}, {4, ENERGY, .a = 0},      {4, WORK, .amount = 1e9}, {4, WORK, .amount = 1e9},
        {4, WORK, .amount = 1e9}, {4, WORK, .amount = 1e9}, {5, ENERGY, .a = 0},      {6, WORK, .amount = 1e9},
        {6, WORK, .amount = 1e9}, {6, WORK, .amount = 1e9}, {6, WORK, .amount = 1e9}, {6, WORK, .amount = 1e9},
        {6, WORK, .amount = 1e9}, {7, ENERGY, .a = 0},      {9, ENERGY, .a = 0}};
    CHECK_WORLD(FOUR_CORES, steps, 100, 2, 240, 3, 3, 400, 4, 4, 4, 580, 5, 5, 5, 5, 780, 7.5, 7.5, 7.5, 7.5, 7.5, 7.5,
                1080, 1080 + 100 + 150);
}

static void works_that_end_apart(void)
{
    /* On 4 cores 1, 2 and 3 s of work, half a core of it 4 s long: 120 W for 4 s and 80 W for 4 Gf/s that are done. */
    static const struct world_step steps[] = {{0, WORK, .amount = 1e9}, {0, WORK, .amount = 2e9},
                                              {0, WORK, .amount = 3e9}, {0, WORK, .amount = 2e9, .limit = 0.5},
                                              {2.5, ENERGY, .a = 0},    {5, ENERGY, .a = 0}};
    CHECK_WORLD(FOUR_CORES, steps, 1, 2, 3, 4, 300 + 80 * (1 + 2 + 2.5 + 1.25) / 4, 480 + 80 * 8 / 4. + 100);
}

static void shares_of_cores_count_as_such(void)
{
    /* Half a core: 120 + 80 / 8 = 130 W. Two of 0.3 on one core beside it: 120 + 80 x 1.1 / 4. */
    static const struct world_step steps[] = {{0, WORK, .amount = 1e9, .limit = 0.5},
                                              {1, ENERGY, .a = 0},
                                              {1, WORK, .amount = 0.3e9, .limit = 0.3},
                                              {1, WORK, .amount = 0.3e9, .limit = 0.3},
                                              {2, ENERGY, .a = 0}};
    CHECK_WORLD(FOUR_CORES, steps, 2, 130, 2, 2, 130 + 142);
    /* On one core they share: all of it. */
    static const char one[] = ZONE("<host id=\"h\" speed=\"1Gf\">" WATTS("100:120:200") "</host>");
    static const struct world_step contended[] = {
        {0, WORK, .amount = 1e9, .limit = 0.6}, {0.5, WORK, .amount = 1e9, .limit = 0.6}, {1.5, ENERGY, .a = 0}};
    CHECK_WORLD(one, contended, -1, -1, 0.5 * (120 + 80 * 0.6) + 200);
}

static void two_values_and_performance_states(void)
{
    static const struct world_step steps[] = {{0, WORK, .amount = 1e9}, {1, ENERGY, .a = 0}, {2, ENERGY, .a = 0}};
    CHECK_WORLD(ZONE("<host id=\"h\" speed=\"1Gf\" core=\"4\">" WATTS("100:200") "</host>"), steps, 1, 125, 225);
    CHECK_WORLD(ZONE("<host id=\"h\" speed=\"5Gf,1Gf\" core=\"4\" pstate=\"1\">" WATTS("1:2:3,100:120:200") "</host>"),
                steps, 1, 140, 240);
    CHECK_WORLD(ZONE("<host id=\"h\" speed=\"1Gf,2Gf\" core=\"4\">" WATTS("100:120:200,1:2:3") "</host>"), steps, 1,
                140, 240);
    CHECK_WORLD(ZONE("<host id=\"h\" speed=\"1Gf\"/>"), steps, 1, 0, 0);
}

static void down_and_slower(void)
{
    /* 1 s idle, 2 s off at 7 W; half as fast, one core is an eighth of the load: 130 W; at full speed 140 W. */
    static const struct world_step steps[] = {{1, DOWN, .a = 0},          {3, UP, .a = 0},     {3, SLOW, .amount = 0.5},
                                              {3, WORK, .amount = 1.5e9}, {4, ENERGY, .a = 0}, {5, SLOW, .amount = 1},
                                              {6, ENERGY, .a = 0}};
    CHECK_WORLD(FOUR_CORES, steps, -1, -1, -1, 5.5, 100 + 14 + 130, -1, 100 + 14 + 260 + 70 + 50);
    /* It fails while six works are on it: 200 W until then. */
    static const struct world_step busy[] = {
        {0, WORK, .amount = 1e9}, {0, WORK, .amount = 1e9}, {0, WORK, .amount = 1e9}, {0, WORK, .amount = 1e9},
        {0, WORK, .amount = 1e9}, {0, WORK, .amount = 1e9}, {0.5, DOWN, .a = 0},      {1, ENERGY, .a = 0}};
    CHECK_WORLD(FOUR_CORES, busy, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, -1, 100 + 3.5);
}

static void shares_of_cores_that_become_slower(void)
{
    /* Two cores of 1 Gf/s, 2 W and 3 W for all that they do. A share of 0.7 does 0.35 Gf/s from 0.5 to 1 s, then 0.7.
     */
    static const char two[] = ZONE("<host id=\"h\" speed=\"1Gf\" core=\"2\">" WATTS("2:5") "</host>");
    static const struct world_step few[] = {{0.25, SLOW, .amount = 0.5},
                                            {0.5, WORK, .amount = 1e9, .limit = 0.7},
                                            {0.6, WORK, .amount = 1e8},
                                            {1, SLOW, .amount = 1},
                                            {5, ENERGY, .a = 0}};
    CHECK_WORLD(two, few, -1, 1 + 0.825 / 0.7, 0.8, -1, 10 + 3 * 1.1 / 2);
    /* Three that want 2.4 cores get two thirds of one each: 1/3 Gf of each by 0.5 s, 1/2 by 1 s. */
    static const struct world_step many[] = {{0, WORK, .amount = 1e9, .limit = 0.7},
                                             {0, WORK, .amount = 1e9, .limit = 0.8},
                                             {0, WORK, .amount = 1e9, .limit = 0.9},
                                             {0.5, SLOW, .amount = 0.5},
                                             {1, SLOW, .amount = 1},
                                             {5, ENERGY, .a = 0}};
    CHECK_WORLD(two, many, 1.75, 1.75, 1.75, -1, -1, 10 + 3 * 3.0 / 2);
}

static void profiles(void)
{
    static const struct world_step steps[] = {{0, WORK, .amount = 1.5e9}, {2, ENERGY, .a = 0}, {4, ENERGY, .a = 0}};
    /* 1 s at 140 W, then at half speed 1 s of 130 W; off from 3 s on. */
    CHECK_WORLD(ZONE("<host id=\"h\" speed=\"1Gf\" core=\"4\">" WATTS(
                    "100:120:200") "</host>"
                                   "<trace id=\"s\" periodicity=\"-1\">1 0.5\n10 1</trace><trace id=\"t\" "
                                   "periodicity=\"-1\">3 0\n9 1</trace>"
                                   "<trace_connect kind=\"SPEED\" trace=\"s\" element=\"h\"/>"
                                   "<trace_connect kind=\"HOST_AVAIL\" trace=\"t\" element=\"h\"/>"),
                steps, 2, 270, 370);
    /* Work that stands still is none. */
    CHECK_WORLD(ZONE("<host id=\"h\" speed=\"1Gf\" core=\"4\">" WATTS(
                    "100:120:200") "</host>"
                                   "<trace id=\"s\" periodicity=\"-1\">1 0\n3 1</trace>"
                                   "<trace_connect kind=\"SPEED\" trace=\"s\" element=\"h\"/>"),
                steps, 3.5, 240, 340 + 70 + 50);
}

static void links_by_their_use(void)
{
    /* 100 s of 10 W, and 10 W more for the 5 s that 5 MB take. */
    static const struct world_step steps[] = {{20, TRANSFER, .b = 1, .amount = 5e6},
                                              {22, ENERGY, .a = 0},
                                              {100, ENERGY, .a = 0},
                                              {100, TRANSFER, .b = 1, .amount = 5e6, .limit = 0.5e6},
                                              {100, TRANSFER, .a = 1, .b = 0, .amount = 1e6},
                                              {200, ENERGY, .a = 0}};
    static const char plain[] =
        ZONE("<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/>"
             "<link id=\"l\" bandwidth=\"1MBps\" latency=\"0ms\"><prop id=\"wattage_range\" value=\"10:20\"/></link>"
             "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>");
    CHECK_WORLD(plain, steps, 25, 240, 1050, 110, 102, 2110);
    /* A SPLITDUPLEX link idles once; each direction adds its use. */
    static const char duplex[] =
        ZONE("<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/>"
             "<link id=\"l\" bandwidth=\"1MBps\" latency=\"0ms\" sharing_policy=\"SPLITDUPLEX\">"
             "<prop id=\"wattage_range\" value=\"10:20\"/></link>"
             "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\" direction=\"UP\"/></route>");
    CHECK_WORLD(duplex, steps, 25, 240, 1050, 110, 101, 2110);
}

static void rates_that_change_because_of_others(void)
{
    /* Links of 100 and 60 Mbit/s in line; the flow over the narrow one slows down when another one comes over both, the
     * one over the wide one speeds up when that is over. Each link by the bytes it has carried. */
    static const char platform[] = ZONE(
        "<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/><host id=\"c\" speed=\"1Gf\"/>"
        "<link id=\"l\" bandwidth=\"100Mbps\" latency=\"1ms\"><prop id=\"wattage_range\" value=\"0:100\"/></link>"
        "<link id=\"m\" bandwidth=\"60Mbps\" latency=\"1ms\"><prop id=\"wattage_range\" value=\"0:10\"/></link>"
        "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route><route src=\"b\" dst=\"c\"><link_ctn id=\"m\"/></route>"
        "<route src=\"a\" dst=\"c\"><link_ctn id=\"l\"/><link_ctn id=\"m\"/></route>");
    static const struct world_step steps[] = {
        {0, TRANSFER, .a = 0, .b = 1, .amount = 50e6},   {0, TRANSFER, .a = 1, .b = 2, .amount = 15e6},
        {0, TRANSFER, .a = 0, .b = 2, .amount = 3.75e6}, {1, ENERGY, .a = 0},
        {1, RESIZE, .name = "l", .amount = 25e6},        {1.5, ENERGY, .a = 0}};
    /* 8.75 + 3.75 MB/s fill the wide one, 3.75 + 3.75 the narrow one. Then the wide one, twice as wide, is full again,
     * and the other one too. */
    CHECK_WORLD(platform, steps, -1, -1, 1, 110, -1, 165);
}

/* A FATPIPE link of 10 MB/s that draws 100 W when the fastest flow over it has all of it; a has 4 MB/s to it, b 6. */
static void fatpipes_by_their_fastest_flow(void)
{
    static const char platform[] =
        ZONE("<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/><host id=\"c\" speed=\"1Gf\"/>"
             "<link id=\"u\" bandwidth=\"4MBps\" latency=\"1ms\"/><link id=\"v\" bandwidth=\"6MBps\" latency=\"1ms\"/>"
             "<link id=\"F\" bandwidth=\"10MBps\" latency=\"1ms\" sharing_policy=\"FATPIPE\">"
             "<prop id=\"wattage_range\" value=\"7:107\"/></link>"
             "<route src=\"a\" dst=\"c\"><link_ctn id=\"u\"/><link_ctn id=\"F\"/></route>"
             "<route src=\"b\" dst=\"c\"><link_ctn id=\"v\"/><link_ctn id=\"F\"/></route>");
    static const struct world_step apart[] = {{0, TRANSFER, .a = 0, .b = 2, .amount = 12e6},
                                              {1, TRANSFER, .a = 1, .b = 2, .amount = 6e6},
                                              {1.5, ENERGY, .a = 0},
                                              {4, ENERGY, .a = 0}};
    /* 40 W for a second, 60 W for a second, 40 W for a second. */
    CHECK_WORLD(platform, apart, 3, 2, 10.5 + 40 + 30, 28 + 40 + 60 + 40);
    static const struct world_step shared[] = {{0, TRANSFER, .a = 1, .b = 2, .amount = 6e6},
                                               {0, TRANSFER, .a = 1, .b = 2, .amount = 3e6},
                                               {0, TRANSFER, .a = 0, .b = 2, .amount = 10e6},
                                               {1.25, RESIZE, .name = "v", .amount = 10e6},
                                               {2, RESIZE, .name = "u", .amount = 8e6},
                                               {2, STOP, .a = 0},
                                               {3, ENERGY, .a = 0}};
    /* 3, 3 and 4 MB/s by 1 s; then 6 and 4; from 1.25 s on 10 and 4, until 0.15 s later only 4 are left; 8 from 2 s on
     * for the last 2 MB. */
    CHECK_WORLD(platform, shared, 1.4, 1, 2.25, -1, -1, -1, 21 + 40 + 15 + 15 + 24 + 20);
}

/* 10 B/s and 10 W: what is stopped before SimGrid has had it has carried nothing; the other one half of its bytes. */
static void what_is_stopped_at_once_draws_nothing(void)
{
    static const struct world_step steps[] = {{0, TRANSFER, .b = 1, .amount = 10},
                                              {0.5, WORK, .amount = 0, .then = 2},
                                              {INFINITY, TRANSFER, .b = 1, .amount = 10, .then = 3},
                                              {INFINITY, STOP, .a = 2, .then = 4},
                                              {INFINITY, ENERGY, .a = 0},
                                              {2, ENERGY, .a = 0},
                                              {3, TRANSFER, .b = 1, .amount = 10, .way_s = 5},
                                              {5, STOP, .a = 6}, /* on its way: all of it was on the wire */
                                              {6, ENERGY, .a = 0}};
    CHECK_WORLD(
        ZONE("<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/>"
             "<link id=\"l\" bandwidth=\"10Bps\" latency=\"0ms\"><prop id=\"wattage_range\" value=\"0:10\"/></link>"
             "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>"),
        steps, 1, 0.5, INFINITY, -1, 5, 10, INFINITY, -1, 20);
}

static void a_link_without_bandwidth_is_idle(void)
{
    static const struct world_step steps[] = {{0, TRANSFER, .b = 1, .amount = 2e6},
                                              {0.5, TRANSFER, .b = 1, .amount = 1e6},
                                              {2, ENERGY, .a = 0},
                                              {6, ENERGY, .a = 0}};
    struct world world = {.platform =
                              ZONE("<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/>"
                                   "<link id=\"l\" bandwidth=\"1MBps\" latency=\"0ms\" bandwidth_file=\"0.profile\">"
                                   "<prop id=\"wattage_range\" value=\"10:20\"/></link>"
                                   "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>"),
                          .profiles = {"1 0\n2 1000000\n"},
                          .steps = steps,
                          .count = COUNT(steps)};
    /* A second of 20 W, one of 10, two of 20, two of 10. */
    world_check(world, (const double[]){4, 3.5, 30, 90});
    world.rtt = true;
    static struct world_outcome outcome;
    world_run(&world, &outcome);
    CHECK_NEAR(outcome.ends[2].end_s, 30, 1e-8);
    CHECK_NEAR(outcome.ends[3].end_s, 90, 1e-7); /* a thousandth of a byte crawls through */
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"the middle value is just above idle", the_middle_value_is_just_above_idle},
        {"works that end apart", works_that_end_apart},
        {"shares of cores count as such", shares_of_cores_count_as_such},
        {"two values, and performance states", two_values_and_performance_states},
        {"down and slower", down_and_slower},
        {"shares of cores that become slower", shares_of_cores_that_become_slower},
        {"profiles", profiles},
        {"links by their use", links_by_their_use},
        {"rates that change because of others", rates_that_change_because_of_others},
        {"FATPIPE links by their fastest flow", fatpipes_by_their_fastest_flow},
        {"what is stopped at once draws nothing", what_is_stopped_at_once_draws_nothing},
        {"a link without bandwidth is idle", a_link_without_bandwidth_is_idle},
        {0},
    };
    return weir_test_main("engine/rooms/energy", cases, argc, argv);
}
