/* Links that several routes lead over: what becomes of one concerns all of them. */
#include "tests/engine/rooms/world.h"
#include "tests/support/test.h"

#define ZONE(content) "<zone id=\"z\" routing=\"Full\">" content "</zone>"
#define HOST(name)    "<host id=\"" name "\" speed=\"1Gf\"/>"

/* a and b lead to c over one link; each has another one before it, as wide. */
#define TWO_TO_C(more)                                                                                                 \
    ZONE(HOST("a") HOST("b") HOST("c") "<link id=\"k\" bandwidth=\"100Mbps\" latency=\"10ms\"/>"                       \
                                       "<link id=\"l\" bandwidth=\"100Mbps\" latency=\"10ms\"" more "/>"               \
                                       "<link id=\"m\" bandwidth=\"100Mbps\" latency=\"10ms\"/>"                       \
                                       "<route src=\"a\" dst=\"c\"><link_ctn id=\"k\"/><link_ctn id=\"l\"/></route>"   \
                                       "<route src=\"b\" dst=\"c\"><link_ctn id=\"m\"/><link_ctn id=\"l\"/></route>")

static void all_fail(void)
{
    static const struct world_step steps[] = {{0, TRANSFER, .b = 2, .amount = 25e6},
                                              {0, TRANSFER, .a = 1, .b = 2, .amount = 25e6},
                                              {0, TRANSFER, .a = 1, .b = 2, .amount = 25e6},
                                              {1, LINK_DOWN, .name = "l"},
                                              {3, LINK_UP, .name = "l"},
                                              {4, TRANSFER, .a = 1, .b = 2, .amount = 12.5e6}};
    CHECK_WORLD(TWO_TO_C(""), steps, 1, 1, 1, -1, -1, 5);
}

/* Those of the second route have half of the link as before, whatever its latency has become. */
static void all_are_delayed(void)
{
    static const struct world_step steps[] = {{0, TRANSFER, .b = 2, .amount = 12.5e6},
                                              {0, TRANSFER, .a = 1, .b = 2, .amount = 25e6}};
    world_check((struct world){.platform = TWO_TO_C(" latency_file=\"0.profile\""),
                               .profiles = {"1 1\n"},
                               .steps = steps,
                               .count = COUNT(steps)},
                (const double[]){2, 3});
}

/* What is alone on the second route has all of the link as it becomes, if that is the narrowest; what is not, its share
 * of it: 20 MB in the first two seconds, the rest at 20 MB/s; 5 MB/s each from 6 s on. */
static void all_see_how_wide_it_is(void)
{
    static const struct world_step steps[] = {
        {0, TRANSFER, .b = 2, .amount = 1e3},          {1, TRANSFER, .a = 1, .b = 2, .amount = 30e6},
        {3, RESIZE, .name = "l", .amount = 20e6},      {5, TRANSFER, .a = 1, .b = 2, .amount = 20e6},
        {5, TRANSFER, .a = 1, .b = 2, .amount = 20e6}, {6, RESIZE, .name = "l", .amount = 10e6}};
    CHECK_WORLD(ZONE(HOST("a") HOST("b") HOST("c") "<link id=\"k\" bandwidth=\"50MBps\" latency=\"1ms\"/>"
                                                   "<link id=\"l\" bandwidth=\"10MBps\" latency=\"1ms\"/>"
                                                   "<link id=\"m\" bandwidth=\"50MBps\" latency=\"1ms\"/>"
                                                   "<route src=\"a\" dst=\"c\"><link_ctn id=\"k\"/>"
                                                   "<link_ctn id=\"l\"/></route><route src=\"b\" dst=\"c\">"
                                                   "<link_ctn id=\"m\"/><link_ctn id=\"l\"/></route>"),
                steps, 1e-4, 3.5, -1, 8, 8, -1);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"all fail", all_fail},
                                      {"all are delayed", all_are_delayed},
                                      {"all see how wide it is", all_see_how_wide_it_is},
                                      {0}};
    return weir_test_main("engine/rooms/crossing", cases, argc, argv);
}
