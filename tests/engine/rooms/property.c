/* Random work and transfers, begun, stopped and failing, on hosts and links that change: both ways against an
 * independent simulation. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/random.h"
#include "tests/engine/rooms/maxmin.h"
#include "tests/support/test.h"

#define WORLDS 150
/* SimGrid ends what would end within 1e-9 s at once. */
#define APART_S 1e-8

static const char platform[] =
    "<zone id=\"z\" routing=\"Full\"><host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"2Gf\" core=\"2\"/>"
    "<host id=\"c\" speed=\"0.5Gf\" core=\"4\"/><host id=\"d\" speed=\"1Gf\" core=\"3\"/>"
    "<link id=\"l\" bandwidth=\"10MBps\" latency=\"1ms\"/><link id=\"m\" bandwidth=\"6MBps\" latency=\"300ms\"/>"
    "<link id=\"n\" bandwidth=\"15MBps\" latency=\"0\"/>"
    "<link id=\"f\" bandwidth=\"5MBps\" latency=\"20ms\" sharing_policy=\"FATPIPE\"/>"
    "<link id=\"o\" bandwidth=\"8MBps\" latency=\"3ms\"/>"
    "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>"
    "<route src=\"a\" dst=\"c\"><link_ctn id=\"l\"/><link_ctn id=\"m\"/></route>"
    "<route src=\"b\" dst=\"c\"><link_ctn id=\"m\"/><link_ctn id=\"f\"/></route>"
    "<route src=\"a\" dst=\"d\"><link_ctn id=\"l\"/><link_ctn id=\"n\"/><link_ctn id=\"o\"/></route>"
    "<route src=\"b\" dst=\"d\"><link_ctn id=\"n\"/></route>"
    "<route src=\"c\" dst=\"d\"><link_ctn id=\"f\"/></route></zone>";
static const struct maxmin_host hosts[] = {{1e9, 1}, {2e9, 2}, {0.5e9, 4}, {1e9, 3}};
static const struct maxmin_link links[] = {
    {"l", 10e6, false}, {"m", 6e6, false}, {"n", 15e6, false}, {"f", 5e6, true}, {"o", 8e6, false}};
static const struct maxmin_route routes[] = {{0, 1, {0}, 1},       {0, 2, {0, 1}, 2}, {1, 2, {1, 3}, 2},
                                             {0, 3, {0, 2, 4}, 3}, {1, 3, {2}, 1},    {2, 3, {3}, 1}};
static const struct maxmin the_same = {hosts, links, routes, COUNT(hosts), COUNT(links), COUNT(routes)};

static double between(struct weir_stream *draw, double least, double most)
{
    return least + (most - least) * weir_stream_uniform(draw);
}

static int below(struct weir_stream *draw, int count)
{
    return (int)weir_stream_below(draw, (uint64_t)count);
}

static struct world_step draw_step(struct weir_stream *draw, int number, double at_s)
{
    struct world_step step = {
        .at_s = at_s, .a = below(draw, COUNT(hosts)), .name = links[below(draw, COUNT(links))].name};
    int what = below(draw, 100);
    step.what = what < 40   ? WORK
                : what < 85 ? TRANSFER
                : what < 88 ? STOP
                : what < 91 ? SLOW
                : what < 94 ? RESIZE
                            : DOWN;
    switch (step.what) {
    case WORK:
        step.amount = between(draw, 0.05e9, 1.5e9);
        step.limit = below(draw, 3) ? 0 : between(draw, 0.1, 0.9);
        step.again = !below(draw, 4);
        break;
    case TRANSFER:
        step.b = (step.a + 1 + below(draw, COUNT(hosts) - 1)) % COUNT(hosts);
        step.amount = between(draw, 1, 8e6);
        step.limit = below(draw, 3) ? 0 : between(draw, 0.5e6, 6e6);
        step.again = !below(draw, 4);
        break;
    case STOP:
        step.a = number ? below(draw, number) : 0;
        break;
    case SLOW:
        step.amount = between(draw, 0.2, 1);
        break;
    case RESIZE:
        step.amount = between(draw, 2e6, 20e6);
        break;
    default: { /* a host goes down or comes up, or a link */
        static const enum world_what switches[] = {DOWN, UP, UP, LINK_DOWN, LINK_UP, LINK_UP};
        step.what = switches[below(draw, COUNT(switches))];
    }
    }
    return step;
}

/* The largest difference of an end; -1 if something else differs. */
static double difference(const struct world_outcome *a, const struct world_outcome *b, int count)
{
    double most = 0;
    for (int s = 0; s < count; s++) {
        if (a->ends[s].told != b->ends[s].told || a->ends[s].ok != b->ends[s].ok ||
            isinf(a->ends[s].end_s) != isinf(b->ends[s].end_s))
            return -1;
        if (!isinf(a->ends[s].end_s))
            most = fmax(most, fabs(a->ends[s].end_s - b->ends[s].end_s));
    }
    return most;
}

static void random_worlds(void)
{
    static struct world_step steps[STEPS_AT_MOST];
    static struct world_outcome right, got;
    double worst = 0;
    for (int w = 0; w < WORLDS; w++) {
        struct weir_stream draw = weir_stream_open((uint64_t)w, "rooms/property");
        int count = 5 + below(&draw, 120);
        double at_s = 0, every_s = between(&draw, 0.01, 0.3);
        for (int s = 0; s < count; s++) {
            at_s += weir_stream_exponential(&draw, every_s);
            steps[s] = draw_step(&draw, s, at_s);
        }
        struct world world = {.platform = platform, .steps = steps, .count = count};
        maxmin_run(&the_same, &world, &right);
        for (int all = 0; all < 2; all++) {
            world.all = all;
            world_run(&world, &got);
            if (got.code != WEIR_OK)
                printf("\n    world %d: %s\n", w, weir_error_message());
            CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
            double differs_s = difference(&got, &right, count);
            if (differs_s < 0 || differs_s > APART_S)
                printf("\n    world %d, %s: differs by %g s\n", w, all ? "all" : "shared", differs_s);
            CU_ASSERT(differs_s >= 0 && differs_s < APART_S);
            worst = fmax(worst, differs_s);
        }
    }
    printf("\n    at most %.2g s apart ... ", worst);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"random worlds", random_worlds},
        {0},
    };
    return weir_test_main("engine/rooms/property", cases, argc, argv);
}
