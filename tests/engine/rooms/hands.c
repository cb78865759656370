/* What SimGrid gets: nothing that shares with nobody, and all that shares, once it does; and what options leave to it.
 */
#include <stdio.h>

#include "sim/base/error.h"
#include "tests/engine/rooms/world.h"
#include "tests/support/test.h"

#define ZONE(content)  "<zone id=\"z\" routing=\"Full\">" content "</zone>"
#define TWO_CORES      ZONE("<host id=\"h\" speed=\"1Gf\" core=\"2\"/><host id=\"g\" speed=\"1Gf\"/>")
#define LINK(id, more) "<link id=\"" id "\" bandwidth=\"10MBps\" latency=\"1ms\"" more "/>"
/* l from a to b, m from b to c; from a to c over both. */
#define IN_LINE(more, up)                                                                                              \
    ZONE("<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/><host id=\"c\" speed=\"1Gf\"/>" LINK("l", more)  \
             LINK("m", more) "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"" up "/></route>"                           \
                             "<route src=\"b\" dst=\"c\"><link_ctn id=\"m\"" up "/></route>"                           \
                             "<route src=\"a\" dst=\"c\"><link_ctn id=\"l\"" up "/><link_ctn id=\"m\"" up              \
                             "/></route>")

static void check_world(struct world world, int works, int transfers)
{
    static struct world_outcome outcome;
    world_run(&world, &outcome);
    if (outcome.code)
        printf("\n    %s\n", weir_error_message());
    CU_ASSERT_EQUAL(outcome.code, WEIR_OK);
    CHECK_NEAR((double)outcome.works, works, 0);
    CHECK_NEAR((double)outcome.transfers, transfers, 0);
}

/* As it is, and with everything in SimGrid's hands: then those that begin there. */
static void check(const char *platform, const struct world_step *steps, int count, int handed, int all)
{
    struct world world = {.platform = platform, .steps = steps, .count = count};
    bool work = steps[0].what == WORK;
    check_world(world, work ? handed : 0, work ? 0 : handed);
    world.all = true;
    check_world(world, work ? all : 0, work ? 0 : all);
}
#define CHECK(platform, steps, handed, all) check(platform, steps, COUNT(steps), handed, all)

/* How many transfers SimGrid is given, as it is. */
static void check_sent(const char *platform, const struct world_step *steps, int count, int sent)
{
    static struct world_outcome outcome;
    world_run(&(struct world){.platform = platform, .steps = steps, .count = count}, &outcome);
    CU_ASSERT_EQUAL(outcome.code, WEIR_OK);
    CHECK_NEAR(outcome.sent, sent, 0);
}
#define CHECK_SENT(platform, steps, sent) check_sent(platform, steps, COUNT(steps), sent)

static void works_that_fit(void)
{
    static const struct world_step two[] = {
        {0, WORK, .amount = 1e9}, {0.5, WORK, .amount = 1e9}, {0.5, WORK, .a = 1, .amount = 1e9}};
    CHECK(TWO_CORES, two, 0, 3);
    /* 1 + 0.3 + 0.3 + 0.4 of two cores, and shares that come and go. */
    static const struct world_step shares[] = {
        {0, WORK, .amount = 4e9},
        {0, WORK, .amount = 0.3e9, .limit = 0.3},
        {0, WORK, .amount = 0.3e9, .limit = 0.3},
        {0, WORK, .amount = 0.4e9, .limit = 0.4},
        {1.5, WORK, .amount = 0.1e9, .limit = 0.1},
        {2, WORK, .amount = 0.9e9, .limit = 0.9},
    };
    CHECK(TWO_CORES, shares, 0, 6);
    /* All that is on a host is looked at when it becomes slower. */
    static const struct world_step slower[] = {{0, WORK, .amount = 1e9}, {0.5, SLOW, .amount = 0.5}};
    CHECK(TWO_CORES, slower, 0, 1);
    /* What has nothing to do, or stands on a host that is down, begins nowhere. */
    static const struct world_step none[] = {
        {0, WORK, .amount = 0}, {0, DOWN, .a = 1}, {1, WORK, .a = 1, .amount = 1e9}, {2, UP, .a = 1}};
    CHECK(TWO_CORES, none, 0, 0);
}

static void works_that_do_not_fit(void)
{
    /* Three on two cores, and one on another host. */
    static const struct world_step three[] = {{0, WORK, .amount = 1e9},
                                              {0.5, WORK, .amount = 1e9},
                                              {0.75, WORK, .amount = 1e9},
                                              {0.5, WORK, .a = 1, .amount = 1e9}};
    CHECK(TWO_CORES, three, 3, 4);
    /* 0.01 too much. */
    static const struct world_step more[] = {
        {0, WORK, .amount = 4e9}, {0, WORK, .amount = 1e9, .limit = 0.6}, {0, WORK, .amount = 1e9, .limit = 0.41}};
    CHECK(TWO_CORES, more, 3, 3);
}

static void works_that_fit_again(void)
{
    /* The three are SimGrid's until they end, at 1.2, 3 and 3 s; the fourth fits beside two of them, the fifth does
     * not: those of ours go over, too. */
    static const struct world_step steps[] = {{0, WORK, .amount = 0.8e9},
                                              {0, WORK, .amount = 2.6e9},
                                              {0, WORK, .amount = 2.6e9, .limit = 0.9},
                                              {1.5, WORK, .amount = 0.01e9, .limit = 0.1},
                                              {4, WORK, .amount = 1e9},
                                              {4, WORK, .amount = 1e9}};
    CHECK(TWO_CORES, steps, 3, 6);
    static const struct world_step steps_more[] = {{0, WORK, .amount = 0.8e9},
                                                   {0, WORK, .amount = 2.6e9},
                                                   {0, WORK, .amount = 2.6e9, .limit = 0.9},
                                                   {1.5, WORK, .amount = 0.1e9, .limit = 0.1},
                                                   {1.6, WORK, .amount = 0.1e9, .limit = 0.1}};
    CHECK(TWO_CORES, steps_more, 5, 5);
}

static void transfers_alone(void)
{
    /* One after the other; in both directions of SPLITDUPLEX links; over different links; over FATPIPE links. */
    static const struct world_step one[] = {{0, TRANSFER, .b = 1, .amount = 1e6},
                                            {0.2, TRANSFER, .a = 1, .b = 0, .amount = 1e6},
                                            {0.2, TRANSFER, .a = 1, .b = 2, .amount = 1e6}};
    CHECK(IN_LINE("", ""), one, 0, 3);
    static const struct world_step both[] = {{0, TRANSFER, .b = 2, .amount = 1e6},
                                             {0, TRANSFER, .a = 2, .b = 0, .amount = 1e6}};
    CHECK(IN_LINE(" sharing_policy=\"SPLITDUPLEX\"", " direction=\"UP\""), both, 0, 2);
    CHECK(IN_LINE(" sharing_policy=\"FATPIPE\"", ""), both, 0, 2);
    /* Over no link there is nothing to share, whatever else is SimGrid's. */
    static const struct world_step within[] = {{0, TRANSFER, .b = 1, .amount = 1e6},
                                               {0, TRANSFER, .b = 1, .amount = 1e6}};
    CHECK("<zone id=\"z\" routing=\"Vivaldi\"><host id=\"a\" speed=\"1Gf\" coordinates=\"0 0 0\"/>"
          "<host id=\"b\" speed=\"1Gf\" coordinates=\"30 40 0\"/></zone>",
          within, 0, 0);
    static const struct world_step none[] = {
        {0, TRANSFER, .b = 1, .amount = 0}, {0, LINK_DOWN, .name = "l"}, {1, TRANSFER, .b = 1, .amount = 1e6}};
    CHECK(IN_LINE("", ""), none, 0, 0);
}

static void transfers_that_share(void)
{
    /* Both directions of a link, and one over another link. */
    static const struct world_step two[] = {{0, TRANSFER, .b = 1, .amount = 1e6},
                                            {0.05, TRANSFER, .a = 1, .b = 0, .amount = 1e6, .limit = 1e6},
                                            {0.05, TRANSFER, .a = 1, .b = 2, .amount = 1e6}};
    CHECK(IN_LINE("", ""), two, 2, 3);
    CHECK_SENT(IN_LINE("", ""), two, 0); /* a link divides alone */
    /* Over both links: those over either go with it. */
    static const struct world_step three[] = {{0, TRANSFER, .b = 1, .amount = 1e6},
                                              {0, TRANSFER, .a = 1, .b = 2, .amount = 1e6},
                                              {0.05, TRANSFER, .b = 2, .amount = 1e6}};
    CHECK(IN_LINE("", ""), three, 3, 3);
    CHECK_SENT(IN_LINE("", ""), three, 3);
    /* Over both, when the second is used already. */
    static const struct world_step second[] = {{0, TRANSFER, .a = 1, .b = 2, .amount = 1e6},
                                               {0.05, TRANSFER, .b = 2, .amount = 1e6}};
    CHECK(IN_LINE("", ""), second, 2, 2);
    /* Those over m share it; l has room, so that m divides alone, and what comes over l later has it to itself. */
    static const struct world_step late[] = {{0, TRANSFER, .b = 2, .amount = 1e6},
                                             {0.05, TRANSFER, .a = 1, .b = 2, .amount = 2e6},
                                             {0.2, TRANSFER, .a = 1, .b = 2, .amount = 1e6},
                                             {0.2, TRANSFER, .a = 0, .b = 1, .amount = 1e6}};
    CHECK(IN_LINE("", ""), late, 3, 4);
    CHECK_SENT(IN_LINE("", ""), late, 0);
}

static void transfers_with_room(void)
{
    /* 5 + 3 + 2 MB/s of 10, over one link and over both; what has a link to itself beside them. */
    static const struct world_step fit[] = {{0, TRANSFER, .b = 1, .amount = 4e6, .limit = 5e6},
                                            {0.1, TRANSFER, .b = 2, .amount = 3e6, .limit = 3e6},
                                            {0.2, TRANSFER, .a = 1, .b = 0, .amount = 1e6, .limit = 2e6},
                                            {0.2, TRANSFER, .a = 1, .b = 2, .amount = 1e6, .limit = 7e6}};
    CHECK(IN_LINE("", ""), fit, 0, 4);
    /* 0.01 MB/s too much for l; m has room for both over it. */
    static const struct world_step more[] = {{0, TRANSFER, .b = 1, .amount = 4e6, .limit = 5e6},
                                             {0.1, TRANSFER, .b = 2, .amount = 3e6, .limit = 5.01e6},
                                             {0.2, TRANSFER, .a = 1, .b = 2, .amount = 1e6, .limit = 4e6}};
    CHECK(IN_LINE("", ""), more, 2, 3);
    /* The same, but the first has ended: there is room again. */
    static const struct world_step later[] = {{0, TRANSFER, .b = 1, .amount = 4e6, .limit = 5e6},
                                              {0.81, TRANSFER, .b = 2, .amount = 3e6, .limit = 5.01e6}};
    CHECK(IN_LINE("", ""), later, 0, 2);
    /* Slow links before a wide one, which has room for 2 + 2 + 6 of 10 MB/s; and for a moment has not. */
    static const struct world_step slow[] = {{0, TRANSFER, .b = 2, .amount = 1e6},
                                             {0.1, TRANSFER, .a = 3, .b = 2, .amount = 1e6},
                                             {0.2, TRANSFER, .a = 1, .b = 2, .amount = 1e6, .limit = 6e6}};
    static const struct world_step narrower[] = {{0, TRANSFER, .b = 2, .amount = 1e6},
                                                 {0.1, TRANSFER, .a = 3, .b = 2, .amount = 1e6},
                                                 {0.2, RESIZE, .name = "m", .amount = 3e6},
                                                 {0.25, RESIZE, .name = "m", .amount = 10e6},
                                                 {0.3, TRANSFER, .a = 1, .b = 2, .amount = 1e6, .limit = 6e6}};
#define TWO_INTO_ONE                                                                                                   \
    ZONE("<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/><host id=\"c\" speed=\"1Gf\"/>"                  \
         "<host id=\"d\" speed=\"1Gf\"/><link id=\"k\" bandwidth=\"2MBps\" latency=\"1ms\"/>"                          \
         "<link id=\"l\" bandwidth=\"2MBps\" latency=\"1ms\"/>" LINK(                                                  \
             "m", "") "<route src=\"a\" dst=\"c\"><link_ctn id=\"l\"/><link_ctn id=\"m\"/></route>"                    \
                      "<route src=\"d\" dst=\"c\"><link_ctn id=\"k\"/><link_ctn id=\"m\"/></route>"                    \
                      "<route src=\"b\" dst=\"c\"><link_ctn id=\"m\"/></route>")
    CHECK(TWO_INTO_ONE, slow, 0, 3);
    CHECK(TWO_INTO_ONE, narrower, 2, 3);
}

static void wifi_is_simgrids(void)
{
    static const struct world_step one[] = {{0, TRANSFER, .a = 0, .b = 1, .amount = 1e6}};
    CHECK("<zone id=\"w\" routing=\"Full\"><zone id=\"air\" routing=\"Wifi\"><prop id=\"access_point\" value=\"r\"/>"
          "<host id=\"a\" speed=\"1Gf\"/><router id=\"r\"/>"
          "<link id=\"w\" sharing_policy=\"WIFI\" bandwidth=\"8MBps\" latency=\"0s\"/></zone>"
          "<zone id=\"wire\" routing=\"Full\"><host id=\"c\" speed=\"1Gf\"/></zone>"
          "<link id=\"l\" bandwidth=\"100MBps\" latency=\"1ms\"/>"
          "<zoneRoute src=\"air\" dst=\"wire\" gw_src=\"r\" gw_dst=\"c\"><link_ctn id=\"l\"/></zoneRoute></zone>",
          one, 1, 1);
}

static void options_leave_them_to_simgrid(void)
{
    /* One work and one transfer, each alone. */
    static const struct world_step steps[] = {{0, WORK, .amount = 1e6}, {0, TRANSFER, .b = 1, .amount = 1e6}};
    static const struct {
        const char *option, *value;
        int works, transfers;
        bool latencies;
    } cases[] = {{"network/model", "LV08", 0, 1, true},   {"network/optim", "Full", 0, 1, true},
                 {"cpu/optim", "Full", 1, 0, false},      {"host/model", "default", 1, 1, true},
                 {"tracing/precision", "9", 1, 1, false}, {"maxmin/precision", "1e-6", 0, 0, false}};
    for (int c = 0; c < COUNT(cases); c++) {
        struct world world = {.platform = IN_LINE("", ""),
                              .steps = steps,
                              .count = COUNT(steps),
                              .option = cases[c].option,
                              .value = cases[c].value};
        static struct world_outcome outcome;
        check_world(world, cases[c].works, cases[c].transfers);
        world_run(&world, &outcome);
        CU_ASSERT_EQUAL(outcome.latencies, cases[c].latencies);
    }
    check_world((struct world){.platform = IN_LINE("", ""), .steps = steps, .count = COUNT(steps), .rtt = true}, 0, 1);
    /* Over a link that is crossed twice. */
    check_world(
        (struct world){.platform = ZONE("<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/>" LINK(
                           "l", "") "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/><link_ctn id=\"l\"/></route>"),
                       .steps = steps,
                       .count = COUNT(steps)},
        0, 1);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"works that fit", works_that_fit},
        {"works that do not fit", works_that_do_not_fit},
        {"works that fit again", works_that_fit_again},
        {"transfers alone", transfers_alone},
        {"transfers that share", transfers_that_share},
        {"transfers with room", transfers_with_room},
        {"Wi-Fi is SimGrid's", wifi_is_simgrids},
        {"options leave them to SimGrid", options_leave_them_to_simgrid},
        {0},
    };
    return weir_test_main("engine/rooms/hands", cases, argc, argv);
}
