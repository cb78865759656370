/* Joules of links against SimGrid's own plug-in, driven by actors of SimGrid: the same where the rates over a link
 * change with transfers over that link alone. Where others change them, the plug-in takes the rate at the end of an
 * interval for that of all of it, and what is right is known by arithmetic. */
#include <math.h>
#include <simgrid/actor.h>
#include <simgrid/engine.h>
#include <simgrid/host.h>
#include <simgrid/link.h>
#include <simgrid/mailbox.h>
#include <simgrid/plugins/energy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/base/apart.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/engine/rooms/world.h"
#include "tests/support/test.h"

#define ZONE(content) "<zone id=\"z\" routing=\"Full\">" content "</zone>"
#define HOSTS         "<host id=\"h0\" speed=\"1Gf\"/><host id=\"h1\" speed=\"1Gf\"/><host id=\"h2\" speed=\"1Gf\"/>"
#define LINK(name, bandwidth, more, watts)                                                                             \
    "<link id=\"" name "\" bandwidth=\"" bandwidth "\" latency=\"1us\"" more                                           \
    "><prop id=\"wattage_range\" value=\"" watts "\"/></link>"
#define ROUTE(from, to, links) "<route src=\"" from "\" dst=\"" to "\">" links "</route>"
#define OVER(link)             "<link_ctn id=\"" link "\"/>"

/* What the plug-in is to count. Only TRANSFER steps, and as the last one ENERGY. */
struct counted {
    const struct world *world;
    double *joules;
};

static const struct world *played;

static const struct world_step *step_of(const char *number)
{
    return &played->steps[strtol(number, NULL, 10)];
}

static void send(int argc, char *argv[])
{
    static int payload;
    const struct world_step *step = step_of(argv[1]);
    sg_actor_sleep_until(step->at_s);
    sg_mailbox_put(sg_mailbox_by_name(argv[1]), &payload, (long)step->amount);
}

static void receive(int argc, char *argv[])
{
    sg_mailbox_get(sg_mailbox_by_name(argv[1]));
}

static void wait(int argc, char *argv[])
{
    sg_actor_sleep_until(step_of(argv[1])->at_s);
}

static void act(const char *host, xbt_main_func_t code, const char *number)
{
    const char *const arguments[] = {"actor", number, NULL};
    sg_actor_start_(sg_actor_init("actor", sg_host_by_name(host)), code, 2, arguments);
}

static int count(void *context)
{
    const struct counted *counted = context;
    char *argv[] = {
        "plugin",
        "--log=root.thres:error",
        "--cfg=network/model:CM02",
        "--cfg=network/latency-factor:0",
        "--cfg=network/bandwidth-factor:1",
        "--cfg=network/crosstraffic:0",
        "--cfg=network/TCP-gamma:0",
#if defined(__SANITIZE_ADDRESS__)
        "--cfg=contexts/factory:thread",
#endif
        NULL
    };
    int argc = COUNT(argv) - 1;
    played = counted->world;
    char *text = weir_format("<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">"
                             "<platform version=\"4.1\">%s</platform>",
                             played->platform);
    simgrid_init(&argc, argv);
    sg_link_energy_plugin_init();
    simgrid_load_platform(weir_test_file("plugin.xml", text));
    free(text);
    for (int s = 0; s < played->count; s++) {
        char number[16], from[16], to[16];
        snprintf(number, sizeof number, "%d", s);
        snprintf(from, sizeof from, "h%d", played->steps[s].a);
        snprintf(to, sizeof to, "h%d", played->steps[s].b);
        act(from, played->steps[s].what == TRANSFER ? send : wait, number);
        if (played->steps[s].what == TRANSFER)
            act(to, receive, number);
    }
    simgrid_run();
    size_t links = sg_link_count();
    sg_link_t *all = sg_link_list();
    for (size_t l = 0; l < links; l++)
        if (strncmp(sg_link_get_name(all[l]), "__", 2) != 0) /* the loopback */
            *counted->joules += sg_link_get_consumed_energy(all[l]);
    free(all);
    return WEIR_OK;
}

/* By the plug-in. */
static double plugin_j(const struct world *world)
{
    double *joules = mmap(NULL, sizeof *joules, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct counted counted = {world, joules};
    *joules = 0;
    weir_test_folder();
    CU_ASSERT_EQUAL(weir_apart(count, &counted, 60, WEIR_EENGINE), WEIR_OK);
    double got = *joules;
    munmap(joules, sizeof *joules);
    return got;
}

/* Both ways of ours, and the plug-in. */
static void check_joules(const char *platform, const struct world_step *steps, int number, double ours_j, double its_j)
{
    static struct world_outcome outcome;
    struct world world = {.platform = platform, .steps = steps, .count = number};
    CHECK_NEAR(plugin_j(&world), its_j, 1e-6 * its_j);
    for (int all = 0; all < 2; all++) {
        world.all = all;
        world_run(&world, &outcome);
        CU_ASSERT_EQUAL(outcome.code, WEIR_OK);
        CHECK_NEAR(outcome.ends[number - 1].end_s, ours_j, 1e-6 * ours_j);
    }
}

static void the_same_over_one_link(void)
{
    /* 1 MB/s: 4 MB and 1 MB that begin together, 3 MB later; 10 W idle, 10 W more for 8 of 20 s. */
    static const struct world_step steps[] = {{0, TRANSFER, .b = 1, .amount = 4e6},
                                              {0, TRANSFER, .b = 1, .amount = 1e6},
                                              {9, TRANSFER, .b = 1, .amount = 3e6},
                                              {20, ENERGY, .a = 0}};
    static const char shared[] = ZONE(HOSTS LINK("l", "1MBps", "", "10:20") ROUTE("h0", "h1", OVER("l")));
    check_joules(shared, steps, COUNT(steps), 280, 280);
}

static void the_same_over_a_fatpipe(void)
{
    /* 4 MB/s for 3 s, 6 MB/s for the second one; 100 W at 10 MB/s, for the faster of the two. */
    static const char platform[] = ZONE(
        HOSTS
        "<link id=\"u\" bandwidth=\"4MBps\" latency=\"1us\"/><link id=\"v\" bandwidth=\"6MBps\" latency=\"1us\"/>" LINK(
            "f", "10MBps", " sharing_policy=\"FATPIPE\"", "7:107") ROUTE("h0", "h2", OVER("u") OVER("f"))
            ROUTE("h1", "h2", OVER("v") OVER("f")));
    static const struct world_step steps[] = {{0, TRANSFER, .a = 0, .b = 2, .amount = 12e6},
                                              {1, TRANSFER, .a = 1, .b = 2, .amount = 6e6},
                                              {5, ENERGY, .a = 0}};
    check_joules(platform, steps, COUNT(steps), 35 + 40 + 60 + 40, 35 + 40 + 60 + 40);
}

static void other_links_change_the_rates(void)
{
    /* 4 MB over l, 100 W at 10 MB/s, and m, 4 MB/s: half of that from 0.5 s on, for another flow over m alone. So they
     * take 0.5 s of 40 W and 1 s of 20 W; the plug-in takes 1.5 s of 20 W. */
    static const char platform[] =
        ZONE(HOSTS LINK("l", "10MBps", "", "0:100") "<link id=\"m\" bandwidth=\"4MBps\" latency=\"1us\"/>" ROUTE(
            "h0", "h2", OVER("l") OVER("m")) ROUTE("h1", "h2", OVER("m")));
    static const struct world_step steps[] = {{0, TRANSFER, .a = 0, .b = 2, .amount = 4e6},
                                              {0.5, TRANSFER, .a = 1, .b = 2, .amount = 8e6},
                                              {5, ENERGY, .a = 0}};
    check_joules(platform, steps, COUNT(steps), 40, 30);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"the same over one link", the_same_over_one_link},
        {"the same over a FATPIPE link", the_same_over_a_fatpipe},
        {"other links change the rates", other_links_change_the_rates},
        {0},
    };
    return weir_test_main("engine/rooms/link_plugin", cases, argc, argv);
}
