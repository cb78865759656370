/* Work on hosts by arithmetic, with what shares alone in SimGrid's hands and with everything there. */
#include <math.h>
#include <stdio.h>

#include "sim/base/error.h"
#include "tests/engine/rooms/world.h"
#include "tests/support/test.h"

#define ZONE(content) "<zone id=\"z\" routing=\"Full\">" content "</zone>"
#define ONE_CORE      ZONE("<host id=\"h\" speed=\"1Gf\"/>")
#define FOUR_CORES    ZONE("<host id=\"h\" speed=\"1Gf\" core=\"4\"/>")
#define TWO_HOSTS     ZONE("<host id=\"h\" speed=\"1Gf\"/><host id=\"g\" speed=\"2Gf\"/>")

static void alone(void)
{
    /* 2e9 flop on 2e9 flop/s, then on half of such a core. */
    static const struct world_step steps[] = {{1, WORK, .a = 1, .amount = 2e9},
                                              {3, WORK, .a = 1, .amount = 2e9, .limit = 0.5}};
    CHECK_WORLD(TWO_HOSTS, steps, 2, 5);
}

static void more_than_a_core(void)
{
    /* One and a half cores are no more than one, so that both have one of two. */
    static const struct world_step steps[] = {{0, WORK, .amount = 2e9, .limit = 1.5}, {0, WORK, .amount = 1e9}};
    CHECK_WORLD(ZONE("<host id=\"h\" speed=\"1Gf\" core=\"2\"/>"), steps, 2, 1);
}

static void less_than_a_flop(void)
{
    static const struct world_step steps[] = {{1, WORK, .amount = 0.5}, {2, WORK, .amount = 0}};
    CHECK_WORLD(ZONE("<host id=\"h\" speed=\"1f\"/>"), steps, 1.5, 2);
}

static void two_on_one_core(void)
{
    /* From 1 s on both have half of the core. The second ends at 2 s, when the first has 0.5 s left. */
    static const struct world_step steps[] = {{0, WORK, .amount = 2e9}, {1, WORK, .amount = 0.5e9}};
    CHECK_WORLD(ONE_CORE, steps, 2.5, 2);
}

static void those_on_another_host_share_nothing(void)
{
    static const struct world_step steps[] = {
        {0, WORK, .amount = 2e9}, {1, WORK, .amount = 0.5e9}, {1, WORK, .a = 1, .amount = 2e9}};
    CHECK_WORLD(TWO_HOSTS, steps, 2.5, 2, 2);
}

static void ten_on_four_cores(void)
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

static void shares_fill_a_core_to_the_brim(void)
{
    /* 0.3 + 0.3 + 0.4 of one core: nothing is shared. A tenth more, and the first 0.1 s are over: of what is left, the
     * largest gives way first. 0.3, 0.3, 0.3 and 0.1 of a core: 0.06, 0.06, 0.09 and 0.01e9 flop left after 0.1 s. The
     * last ends at 0.2 s; from then on 0.4 are free again: 0.06 - 0.03 left. */
    static const struct world_step steps[] = {{0, WORK, .amount = 0.09e9, .limit = 0.3},
                                              {0, WORK, .amount = 0.09e9, .limit = 0.3},
                                              {0, WORK, .amount = 0.13e9, .limit = 0.4},
                                              {0.1, WORK, .amount = 0.01e9, .limit = 0.1}};
    CHECK_WORLD(ONE_CORE, steps, 0.3, 0.3, 0.35, 0.2);
}

static void what_comes_when_there_is_room_again(void)
{
    /* Two share until 2 s, when the second ends and the first has 0.5 s left; a third beside it at 2.2 s, on two cores:
     * none waits. */
    static const struct world_step steps[] = {
        {0, WORK, .amount = 2e9}, {0, WORK, .amount = 2e9}, {0, WORK, .amount = 1e9}, {1.6, WORK, .amount = 1e9}};
    /* Three on two cores: 2/3 each; the third ends at 1.5 s, when the others have 1e9 left. The fourth beside them from
     * 1.6 s on: 0.9e9 left at 2/3 each: 1.35 s, at 2.95 s; then it has 0.1e9 left alone. */
    CHECK_WORLD(ZONE("<host id=\"h\" speed=\"1Gf\" core=\"2\"/>"), steps, 2.95, 2.95, 1.5, 3.05);
    static const struct world_step later[] = {{0, WORK, .amount = 2e9},
                                              {0, WORK, .amount = 2e9},
                                              {0, WORK, .amount = 1e9},
                                              {2.6, WORK, .amount = 0.25e9},
                                              {2.6, WORK, .amount = 0.25e9}};
    /* Those with 1e9 left end at 2.5 s. */
    CHECK_WORLD(ZONE("<host id=\"h\" speed=\"1Gf\" core=\"2\"/>"), later, 2.5, 2.5, 1.5, 2.85, 2.85);
}

static void one_after_the_other(void)
{
    /* The first begins anew when it is done, beside the second: 1 s, then both half until the second ends. */
    static const struct world_step steps[] = {{0, WORK, .amount = 1e9, .again = true}, {0.5, WORK, .amount = 1e9}};
    /* 0.5 s alone, then halves: the first ends at 1.5 s and begins anew; the second has 0.5e9 left, ends at 2.5 s; the
     * first has then 0.5e9 left, alone. */
    CHECK_WORLD(ONE_CORE, steps, 3, 2.5);
}

static void nothing_to_do(void)
{
    static const struct world_step steps[] = {{1, WORK, .amount = 0}, {0, WORK, .amount = 2e9}};
    CHECK_WORLD(ONE_CORE, steps, 1, 2);
}

static void stopped(void)
{
    /* Alone, and among others; the one that stays has the core again. */
    static const struct world_step steps[] = {{0, WORK, .amount = 1e9},
                                              {0.5, STOP, .a = 0},
                                              {1, WORK, .amount = 1e9},
                                              {1, WORK, .amount = 1e9},
                                              {2, STOP, .a = 2}};
    CHECK_WORLD(ONE_CORE, steps, INFINITY, -1, INFINITY, 2.5, -1);
}

static void stopped_as_it_begins(void)
{
    /* At one date: begun, handed over, and stopped before SimGrid has it. */
    static const struct world_step steps[] = {
        {0, WORK, .amount = 1e9}, {0.5, WORK, .amount = 1e9}, {0.5, STOP, .a = 1}, {0.5, STOP, .a = 1}};
    CHECK_WORLD(ONE_CORE, steps, 1, INFINITY, -1, -1);
}

static void stopped_by_who_ends_with_it(void)
{
    static const char platform[] =
        ZONE("<host id=\"h\" speed=\"1Gf\"/><host id=\"g\" speed=\"2Gf\"/><host id=\"i\" speed=\"1Gf\"/>");
    /* Three on three hosts end at one date; who began first stops the second, which is not told, and begins something
     * that ends at once, after the third. */
    static const struct world_step steps[] = {{0, WORK, .a = 0, .amount = 1e9, .then = 3},
                                              {0, WORK, .a = 1, .amount = 2e9},
                                              {0, WORK, .a = 2, .amount = 1e9},
                                              {INFINITY, STOP, .a = 1, .then = 4},
                                              {INFINITY, WORK, .a = 0, .amount = 0}};
    CHECK_WORLD(platform, steps, 1, INFINITY, 1, -1, 1);
    /* The third is stopped: the second is told, and what ends at once comes after it. */
    static const struct world_step last[] = {{0, WORK, .a = 0, .amount = 1e9, .then = 3},
                                             {0, WORK, .a = 1, .amount = 2e9},
                                             {0, WORK, .a = 2, .amount = 1e9},
                                             {INFINITY, STOP, .a = 2, .then = 4},
                                             {INFINITY, WORK, .a = 0, .amount = 0}};
    CHECK_WORLD(platform, last, 1, 1, INFINITY, -1, 1);
}

static void failures_end_all(void)
{
    static const struct world_step steps[] = {{0, WORK, .amount = 1e9}, {0.5, WORK, .amount = 1e9},
                                              {0.75, DOWN, .a = 0},     {0.8, WORK, .amount = 1e9},
                                              {0.9, DOWN, .a = 0},      {1, UP, .a = 0},
                                              {1, WORK, .amount = 1e9}};
    struct world_outcome outcome;
    for (int all = 0; all < 2; all++) {
        world_run(&(struct world){.platform = ONE_CORE, .steps = steps, .count = COUNT(steps), .all = all}, &outcome);
        CU_ASSERT_EQUAL(outcome.code, WEIR_OK);
        CU_ASSERT(!outcome.ends[0].ok && outcome.ends[0].told == 1);
        CU_ASSERT(!outcome.ends[1].ok && outcome.ends[1].told == 1);
        CU_ASSERT(!outcome.ends[3].ok && outcome.ends[3].told == 1);
        CU_ASSERT(outcome.ends[6].ok);
        CU_ASSERT_EQUAL(outcome.failures, 1);
    }
    CHECK_WORLD(ONE_CORE, steps, 0.75, 0.75, -1, 0.8, -1, -1, 2);
}

static void slower_alone(void)
{
    /* 0.5 s at full speed, 1 s at a quarter: 0.25e9 left at 1.5 s. */
    static const struct world_step steps[] = {
        {0, WORK, .amount = 1e9}, {0.5, SLOW, .amount = 0.25}, {1.5, SLOW, .amount = 1}};
    CHECK_WORLD(ONE_CORE, steps, 1.75, -1, -1);
}

static void slower_together(void)
{
    /* Halves of a core, 0.25e9 done of each at 0.5 s; then of a quarter of it: 0.125e9 more at 1.5 s; 0.625e9 left of
     * each, at half a core 1.25 s. */
    static const struct world_step steps[] = {
        {0, WORK, .amount = 1e9}, {0, WORK, .amount = 1e9}, {0.5, SLOW, .amount = 0.25}, {1.5, SLOW, .amount = 1}};
    CHECK_WORLD(ONE_CORE, steps, 2.75, 2.75, -1, -1);
}

static void faster_than_was_foreseen(void)
{
    /* A tenth of the speed until 1 s, when each has 0.45e9 left, at half a core 0.9 s; our event at 1.95 s is behind
     * that, though it was before the end as it was known until 1 s. */
    static const struct world_step steps[] = {{0, SLOW, .amount = 0.1},
                                              {0, WORK, .amount = 0.5e9},
                                              {0, WORK, .amount = 0.5e9},
                                              {1, SLOW, .amount = 1},
                                              {1.95, ENERGY, .a = 0}};
    CHECK_WORLD(ONE_CORE, steps, -1, 1.9, 1.9, -1, -1);
}

static void events_at_the_date_of_an_end(void)
{
    /* Ours rings before what has ended there is told; those behind it do not. */
    static const struct world_step steps[] = {{0, WORK, .amount = 1e9},
                                              {0, WORK, .amount = 1e9, .again = true},
                                              {2, ENERGY, .a = 0},
                                              {2.5, ENERGY, .a = 0},
                                              {3, WORK, .amount = 1e9}};
    CHECK_WORLD(ONE_CORE, steps, 2, 3, -1, -1, 4);
}

static void slower_with_shares(void)
{
    /* One is held at 0.1 core, the other two have 0.45 each; at half the speed all have half of that. */
    static const struct world_step steps[] = {{0, WORK, .amount = 0.15e9, .limit = 0.1},
                                              {0, WORK, .amount = 0.45e9},
                                              {0, WORK, .amount = 0.9e9},
                                              {0.5, SLOW, .amount = 0.5},
                                              {1.5, SLOW, .amount = 1}};
    /* 1 s of full speed is over at 1.5 s: the second ends. The first has 0.05e9 left and 0.5 s to go, the third has
     * 0.45e9 left and 0.9 core, the whole one from 2 s on: it is over by then. */
    CHECK_WORLD(ONE_CORE, steps, 2, 1.5, 2, -1, -1);
    /* Slow before anything begins, in an idle time of SimGrid's. */
    static const struct world_step before[] = {
        {1, SLOW, .amount = 0.5}, {2, WORK, .amount = 0.5e9}, {2, WORK, .amount = 0.5e9}};
    CHECK_WORLD(ONE_CORE, before, -1, 4, 4);
}

/* 1 at first, half from 1 s on, back at 3 s; down from 5 to 6 s. */
#define PROFILES                                                                                                       \
    ZONE("<host id=\"h\" speed=\"1Gf\"/><host id=\"g\" speed=\"2Gf\"/>"                                                \
         "<trace id=\"s\" periodicity=\"-1\">0 1\n1 0.5\n3 1</trace>"                                                  \
         "<trace id=\"t\" periodicity=\"-1\">5 0\n6 1</trace>"                                                         \
         "<trace_connect kind=\"SPEED\" trace=\"s\" element=\"h\"/>"                                                   \
         "<trace_connect kind=\"HOST_AVAIL\" trace=\"t\" element=\"h\"/>")

static void ends_of_one_date_are_told_in_order(void)
{
    /* The first that began is the first to be told, though its end was foreseen anew by a host that slowed and
     * quickened, and is later by a last bit: 0.05 s, 0.05 s at half of the speed and 0.2 s; 0.15 s at 2 Gf/s. */
    static const struct world_step steps[] = {{0, WORK, .amount = 0.275e9},
                                              {0.05, SLOW, .a = 0, .amount = 0.5},
                                              {0.1, SLOW, .a = 0, .amount = 1},
                                              {0.15, WORK, .a = 1, .amount = 0.3e9}};
    static struct world_outcome outcome;
    for (int all = 0; all < 2; all++) {
        world_run(&(struct world){.platform = TWO_HOSTS, .steps = steps, .count = COUNT(steps), .all = all}, &outcome);
        CU_ASSERT_EQUAL(outcome.code, WEIR_OK);
        CHECK_NEAR(outcome.ends[0].end_s, 0.3, 1e-9);
        CHECK_NEAR(outcome.ends[3].end_s, 0.3, 1e-9);
        CHECK_NEAR(outcome.ends[0].turn, 1, 0);
        CHECK_NEAR(outcome.ends[3].turn, 2, 0);
    }
}

/* A host that is slowed by us goes on while SimGrid divides two links: 2 s at 1 Gf/s, and 1 Gf at half of it. */
static void slower_while_simgrid_divides(void)
{
    static const struct world_step steps[] = {{0, WORK, .amount = 3e9},
                                              {2, SLOW, .a = 0, .amount = 0.5},
                                              {2, TRANSFER, .a = 0, .b = 2, .amount = 5e6},
                                              {2, TRANSFER, .a = 0, .b = 1, .amount = 10e6},
                                              {2, TRANSFER, .a = 1, .b = 2, .amount = 10e6},
                                              {5, WORK, .amount = 1e9}};
    /* The long one has 5 of 10 MB/s on both links for a second; then each of the others has 10 MB/s for half a second.
     */
    CHECK_WORLD(ZONE("<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/><host id=\"c\" speed=\"1Gf\"/>"
                     "<link id=\"l\" bandwidth=\"10MBps\" latency=\"1ms\"/>"
                     "<link id=\"m\" bandwidth=\"10MBps\" latency=\"1ms\"/>"
                     "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route>"
                     "<route src=\"b\" dst=\"c\"><link_ctn id=\"m\"/></route>"
                     "<route src=\"a\" dst=\"c\"><link_ctn id=\"l\"/><link_ctn id=\"m\"/></route>"),
                steps, 4, -1, 3, 3.5, 3.5, 7);
}

/* Whole cores and parts of them are counted each by themselves, however often a host has been idle. */
static void busy_again_and_again(void)
{
    static const struct world_step steps[] = {{0, WORK, .amount = 1e9},
                                              {2, WORK, .amount = 0.5e9, .limit = 0.5},
                                              {4, WORK, .amount = 1e9},
                                              {4, WORK, .amount = 1e9},
                                              {7, WORK, .amount = 0.5e9, .limit = 0.5},
                                              {7, WORK, .amount = 0.5e9, .limit = 0.5},
                                              {9, WORK, .amount = 1e9},
                                              {9, WORK, .amount = 1e9},
                                              {12, WORK, .amount = 0.6e9, .limit = 0.6},
                                              {12, WORK, .amount = 1e9},
                                              {15, WORK, .amount = 1e9}};
    CHECK_WORLD(ONE_CORE, steps, 1, 3, 6, 6, 8, 8, 11, 11, 13.2, 13.6, 16);
}

static void profiles_of_hosts(void)
{
    static const struct world_step one[] = {{0, WORK, .amount = 1.5e9},
                                            {4.5, WORK, .amount = 1e9},
                                            {5.5, WORK, .amount = 1e9},
                                            {6, WORK, .amount = 1e9},
                                            {0.25, WORK, .a = 1, .amount = 20e9}};
    CHECK_WORLD(PROFILES, one, 2, 5, 5.5, 7, 10.25);
    static const struct world_step two[] = {
        {0.5, WORK, .amount = 1e9}, {0.5, WORK, .amount = 1e9}, {4.5, WORK, .amount = 1e9}, {4.5, WORK, .amount = 1e9}};
    /* 0.25e9 of each by 1 s, 0.5e9 more by 3 s, the rest of 0.25e9 by 3.5 s. */
    CHECK_WORLD(PROFILES, two, 3.5, 3.5, 5, 5);
}

static void a_profile_that_nobody_uses_is_followed(void)
{
    /* The host comes up at 6 s while nothing is in SimGrid's hands, and what begins at that date goes. */
    static const struct world_step steps[] = {{2, WORK, .amount = 0.5e9},
                                              {5.75, WORK, .amount = 1e9},
                                              {6.25, WORK, .amount = 1e9},
                                              {6.5, WORK, .amount = 1e9}};
    struct world_outcome outcome;
    world_run(&(struct world){.platform = PROFILES, .steps = steps, .count = COUNT(steps)}, &outcome);
    CU_ASSERT(!outcome.ends[1].ok && outcome.ends[2].ok);
    CU_ASSERT_EQUAL(outcome.failures, 1);
    CHECK_WORLD(PROFILES, steps, 3, 5.75, 8, 8.25);
}

static void a_profile_and_faults(void)
{
    /* Down by its profile from 5 to 6 s, by a fault from 5.5 to 7 s: two failures in one. */
    static const struct world_step steps[] = {
        {5.5, DOWN, .a = 0}, {6.5, WORK, .amount = 1e9}, {7, UP, .a = 0}, {7, WORK, .amount = 1e9}};
    CHECK_WORLD(PROFILES, steps, -1, 6.5, -1, 8);
    static const struct world_step slow[] = {{0, SLOW, .amount = 0.5}};
    struct world_outcome outcome;
    world_run(&(struct world){.platform = PROFILES, .steps = slow, .count = 1}, &outcome);
    CU_ASSERT_EQUAL(outcome.code, WEIR_EINPUT);
    CHECK_MESSAGE("host h has a profile of its speed, and cannot be slowed besides");
}

static void a_host_without_speed(void)
{
    /* From 1 to 3 s nothing gets on. */
    static const char platform[] = ZONE("<host id=\"h\" speed=\"1Gf\" core=\"2\"/>"
                                        "<trace id=\"s\" periodicity=\"-1\">1 0\n3 1</trace>"
                                        "<trace_connect kind=\"SPEED\" trace=\"s\" element=\"h\"/>");
    static const struct world_step one[] = {
        {0.5, WORK, .amount = 1e9}, {2, WORK, .amount = 1e9, .limit = 0.5}, {2.5, ENERGY, .a = 0}};
    CHECK_WORLD(platform, one, 3.5, 5, -1);
    static const struct world_step many[] = {{0, WORK, .amount = 1e9},
                                             {0, WORK, .amount = 1e9},
                                             {0, WORK, .amount = 1.4e9, .limit = 0.4},
                                             {2, WORK, .amount = 0.3e9},
                                             {2.5, ENERGY, .a = 0}};
    /* 0.8, 0.8 and 0.4 of 2 cores until 1 s; from 3 s on 0.5333 each and 0.4; 0.2 last 0.375 s, when 0.1e9 of the
     * fourth and 0.85e9 of the third are left, and all of what they may have is theirs. */
    CHECK_WORLD(platform, many, 3.375, 3.375, 3.375 + 0.85 / 0.4, 3.475, -1);
}

static void the_end_of_the_run(void)
{
    /* In the middle of all: nothing is told, and our clock is where it was ended. */
    static const struct world_step steps[] = {
        {0, WORK, .amount = 1e12}, {1, WORK, .amount = 1e12}, {2, WORK, .a = 1, .amount = 1e12}};
    for (int all = 0; all < 2; all++) {
        struct world_outcome outcome;
        world_run(
            &(struct world){.platform = TWO_HOSTS, .steps = steps, .count = COUNT(steps), .until_s = 3, .all = all},
            &outcome);
        CU_ASSERT_EQUAL(outcome.code, WEIR_OK);
        CHECK_NEAR(outcome.over_s, 3, 0);
        for (int s = 0; s < 3; s++)
            CU_ASSERT_EQUAL(outcome.ends[s].told, 0);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"alone", alone},
        {"more than a core", more_than_a_core},
        {"more than a core", more_than_a_core},
        {"less than a flop", less_than_a_flop},
        {"two on one core", two_on_one_core},
        {"those on another host share nothing", those_on_another_host_share_nothing},
        {"ten on four cores", ten_on_four_cores},
        {"shares fill a core to the brim", shares_fill_a_core_to_the_brim},
        {"what comes when there is room again", what_comes_when_there_is_room_again},
        {"one after the other", one_after_the_other},
        {"nothing to do", nothing_to_do},
        {"stopped", stopped},
        {"stopped as it begins", stopped_as_it_begins},
        {"stopped by who ends with it", stopped_by_who_ends_with_it},
        {"failures end all", failures_end_all},
        {"slower alone", slower_alone},
        {"slower together", slower_together},
        {"slower with shares", slower_with_shares},
        {"faster than was foreseen", faster_than_was_foreseen},
        {"events at the date of an end", events_at_the_date_of_an_end},
        {"ends of one date are told in order", ends_of_one_date_are_told_in_order},
        {"slower while SimGrid divides", slower_while_simgrid_divides},
        {"busy again and again", busy_again_and_again},
        {"profiles of hosts", profiles_of_hosts},
        {"a profile that nobody uses is followed", a_profile_that_nobody_uses_is_followed},
        {"a profile and faults", a_profile_and_faults},
        {"a host without speed", a_host_without_speed},
        {"the end of the run", the_end_of_the_run},
        {0},
    };
    return weir_test_main("engine/rooms/hosts", cases, argc, argv);
}
