/* Hosts and links by arithmetic, with what shares alone in SimGrid's hands and with everything there. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "tests/engine/rooms/world.h"
#include "tests/support/test.h"

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

#define ONE_CORE   "<zone id=\"z\" routing=\"Full\"><host id=\"h\" speed=\"1Gf\"/></zone>"
#define FOUR_CORES "<zone id=\"z\" routing=\"Full\"><host id=\"h\" speed=\"1Gf\" core=\"4\"/></zone>"

#define CHECK_WORLD(xml, steps, ...)                                                                                   \
    world_check((struct world){.platform = (xml), .steps = (steps), .count = COUNT(steps)},                            \
                (const double[COUNT(steps)]){__VA_ARGS__})

static void two_works_on_one_core(void)
{
    /* From 1 s on both have half of the core. The second ends at 2 s, when the first has 0.5 s left. */
    static const struct world_step steps[] = {{0, WORK, .a = 0, .amount = 2e9}, {1, WORK, .a = 0, .amount = 0.5e9}};
    CHECK_WORLD(ONE_CORE, steps, 2.5, 2);
}

static void ten_works_on_four_cores(void)
{
    /* Two are held at 0.1 core; the other eight share 3.8 cores: 0.475 each. */
    static const struct world_step steps[] = {{0, WORK, .amount = 0.475e9},
                                              {0, WORK, .amount = 0.475e9},
                                              {0, WORK, .amount = 0.475e9},
                                              {0, WORK, .amount = 0.475e9},
                                              {0, WORK, .amount = 0.475e9},
                                              {0, WORK, .amount = 0.475e9},
                                              {0, WORK, .amount = 0.475e9},
                                              {0, WORK, .amount = 0.475e9},
                                              {0, WORK, .amount = 0.2e9, .limit = 0.1},
                                              {0, WORK, .amount = 0.1e9, .limit = 0.1}};
    CHECK_WORLD(FOUR_CORES, steps, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1);
}

/* 100 Mbit/s is 12.5 MB/s. */
#define ONE_LINK                                                                                                       \
    "<zone id=\"z\" routing=\"Full\"><host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/>"                     \
    "<link id=\"l\" bandwidth=\"12.5MBps\" latency=\"10ms\"/>"                                                         \
    "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route></zone>"

static void two_transfers_on_one_link(void)
{
    /* 1 s alone for 12.5 MB; then halves: the second's 6.25 MB take 1 s, when the first has 6.25 MB left. */
    static const struct world_step steps[] = {{0, TRANSFER, .a = 0, .b = 1, .amount = 25e6},
                                              {1, TRANSFER, .a = 0, .b = 1, .amount = 6.25e6}};
    CHECK_WORLD(ONE_LINK, steps, 2.5, 2);
}

#define PARKING_LOT                                                                                                    \
    "<zone id=\"z\" routing=\"Full\"><host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/>"                     \
    "<host id=\"c\" speed=\"1Gf\"/>"                                                                                   \
    "<link id=\"l\" bandwidth=\"100Mbps\" latency=\"1ms\"/><link id=\"m\" bandwidth=\"60Mbps\" "                       \
    "latency=\"300ms\"/><route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>"                                       \
    "<route src=\"b\" dst=\"c\"><link_ctn id=\"m\"/></route>"                                                          \
    "<route src=\"a\" dst=\"c\"><link_ctn id=\"l\"/><link_ctn id=\"m\"/></route></zone>"

static void a_parking_lot(void)
{
    /* Over both 3.75 MB/s, over the wide one 8.75, over the narrow one 3.75. */
    static const struct world_step steps[] = {{0, TRANSFER, .a = 0, .b = 2, .amount = 3.75e6},
                                              {0, TRANSFER, .a = 0, .b = 1, .amount = 8.75e6},
                                              {0, TRANSFER, .a = 1, .b = 2, .amount = 3.75e6}};
    CHECK_WORLD(PARKING_LOT, steps, 1, 1, 1);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"two works on one core", two_works_on_one_core},
        {"ten works on four cores", ten_works_on_four_cores},
        {"two transfers on one link", two_transfers_on_one_link},
        {"a parking lot", a_parking_lot},
        {0},
    };
    return weir_test_main("engine/rooms/shares", cases, argc, argv);
}
