/* Sources that move, by arithmetic. Two access points a kilometre apart and a cloud; a link of 10 MB/s and 10 ms
 * between the two, and of 10 MB/s and 20 ms to the cloud. A car goes from one to the other at 10 m/s. With 24 m of
 * hysteresis it changes at 512 m, at 51.2 s, which takes a second. Items of 100 kB come each second from 1 s on: 0.1 s
 * at the radio link's 1 MB/s, and its 5 ms; a service takes 10 ms. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

static const char xml[] =
    "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
    "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\">"
    "<host id=\"west\" speed=\"1Gf\"><prop id=\"tier\" value=\"edge\"/><prop id=\"place\" value=\"0 0\"/></host>"
    "<host id=\"east\" speed=\"1Gf\"><prop id=\"tier\" value=\"edge\"/><prop id=\"place\" value=\"1000 0\"/></host>"
    "<host id=\"cloud\" speed=\"1Gf\"><prop id=\"tier\" value=\"cloud\"/></host>"
    "<link id=\"between\" bandwidth=\"10MBps\" latency=\"10ms\"/><link id=\"far\" bandwidth=\"10MBps\" "
    "latency=\"20ms\"/>"
    "<route src=\"west\" dst=\"east\"><link_ctn id=\"between\"/></route>"
    "<route src=\"west\" dst=\"cloud\"><link_ctn id=\"far\"/></route>"
    "<route src=\"east\" dst=\"cloud\"><link_ctn id=\"far\"/></route></zone></platform>\n";

/* What differs from case to case. */
struct drive {
    const char *mobility; /* more keys of it */
    const char *rates;
    const char *bytes;
    const char *place, *state; /* of the operator */
    const char *more;          /* of the scenario */
    const char *source, *end;  /* of the job; which of its ends moves */
    const char *job;           /* more keys of the job */
    const char *flops, *out_bytes;
    const char *duration;
};

static struct weir_test_result drive_under(const struct drive *drive, const char *policy, bool all)
{
    weir_test_file("car.csv", "time,id,x,y\n0,car,0,0\n100,car,1000,0\n");
    char *scenario = weir_format(
        "{\"duration\": \"%s\", \"window\": \"10s\", %s \"mobility\": {\"hysteresis\": 24, \"handover\": \"1s\", "
        "\"latency\": \"5ms\", \"rates\": [%s], %s \"devices\": [{\"jobs\": \"car\", \"tracks\": "
        "\"car.csv\", \"end\": \"%s\"}]}, \"workload\": {\"jobs\": [{\"name\": \"car\", \"source\": {\"host\": "
        "\"%s\"}, %s \"source_bytes\": \"%s\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\", \"start\": "
        "\"1s\"}, \"operators\": [{\"name\": \"see\", \"flops\": \"%s\", \"bytes\": \"%s\", \"placement\": "
        "%s, \"state\": \"%s\"}]}]}}",
        drive->duration, drive->more, drive->rates, drive->mobility, drive->end, drive->source, drive->job,
        drive->bytes, drive->flops, drive->out_bytes, drive->place, drive->state);
    struct weir_test_result got = weir_test_run_traced(
        weir_test_file("cells.xml", xml), all ? weir_test_all(scenario) : scenario, policy, 1, weir_catalog);
    if (got.code != WEIR_OK)
        printf("\n    %s\n", got.message);
    CU_ASSERT_EQUAL(got.code, WEIR_OK);
    weir_test_conservation(weir_test_file("cells.xml", xml), scenario, &got);
    free(scenario);
    return got;
}

static const struct drive stays = {
    "", "{\"rate\": \"1MBps\"}", "100kB", "\"source\"", "1MB", "", "west", "source", "", "10Mf", "0B", "100s"};

/* The operator stays in the west. Before, an item takes 0.1 + 0.005 + 0.01 s. The one that comes at 52 s waits for the
 * end of the handover at 52.2 s; from then on each takes 0.01 s + 10 ms more. Items of 10 s before 51.2 s: 42 to 51 s;
 * after it: 52 to 61 s. */
static void operators_stay(bool all)
{
    struct weir_test_result got = drive_under(&stays, "static", all);
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->handovers, 1, 0);
    CHECK_NEAR(m->interrupted_s, 1, 1e-9);
    CHECK_NEAR(m->handover_lost, 0, 0);
    CHECK_NEAR(m->latency_p50_s, 0.115, 0.115 * 0.01); /* of a histogram */
    CHECK_NEAR(m->latency_max_s, 0.2 + 0.115 + 0.02, 1e-6);
    CHECK_NEAR(m->latency_before_s, 0.115, 1e-9);
    CHECK_NEAR(m->latency_after_s, 0.135 + 0.2 / 10, 1e-9);
    CHECK_NEAR(m->latency_mean_s, (51 * 0.115 + 48 * 0.135 + 0.2) / 99, 1e-9); /* 1 to 99 s */
    CHECK_NEAR(m->network_bytes, 48 * 100e3, 1e-3);                            /* 52 to 99 s */
    CHECK_NEAR(m->network_s, (51 * 0.105 + 48 * 0.125 + 0.2) / 99, 1e-9);
    CHECK_NEAR(m->state_moved_bytes, 0, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.rows, "50 car///device_x 500"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.rows, "60 car//east/attached 1"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.rows, "60 car///handovers 1"));
    weir_test_result_fini(&got);
}

/* The warm-up ends in the midst of the handover of 51.2 to 52.2 s: it is none of those after it, but half a second of
 * it is. */
static void half_before_the_warm_up(bool all)
{
    struct drive late = stays;
    late.more = "\"warmup\": \"51700ms\",";
    struct weir_test_result got = drive_under(&late, "static", all);
    CHECK_NEAR(got.result.metrics.handovers, 0, 0);
    CHECK_NEAR(got.result.metrics.interrupted_s, 0.5, 1e-9);
    weir_test_result_fini(&got);
}

/* They follow at the end of the window, at 60 s: the new instance starts in 1 s, the old one is drained then; 0.2 s to
 * write the checkpoint, 1 MB in 0.1 s + 10 ms, 0.2 s to restore it. Items of 52 to 61 s went to the west; that of 61 s
 * comes to its access point at 61.105 s and waits for the end of the pause, at 61.51 s, where it is then. */
static void operators_follow(const char *policy, bool all)
{
    struct weir_test_result got = drive_under(&stays, policy, all);
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->migrations, 1, 0);
    CHECK_NEAR(m->state_moved_bytes, 1e6, 0);
    CHECK_NEAR(m->paused_s, 0.2 + 0.11 + 0.2, 1e-9);
    CHECK_NEAR(m->network_bytes, 9 * 100e3 + 1e6, 1e-3); /* 52 to 60 s */
    CHECK_NEAR(m->latency_mean_s, (51 * 0.115 + 9 * 0.135 + 0.2 + 39 * 0.115 + (61.51 - 61.105)) / 99, 1e-9);
    weir_test_result_fini(&got);
}

/* 300 kB take 0.3 s: of that of 51 s a third is left for the other side, and goes from 52.2 s on; that of 52 s follows.
 * Each then takes 0.03 s + 10 ms to the west. */
static void what_is_under_way_goes_on(bool all)
{
    struct drive large = stays;
    large.bytes = "300kB";
    struct weir_test_result got = drive_under(&large, "static", all);
    double more_s = 0.005 + 0.04 + 0.01;
    CHECK_NEAR(got.result.metrics.latency_max_s, 52.3 - 51 + more_s, 1e-6);
    CHECK_NEAR(got.result.metrics.latency_after_s, (9 * (0.3 + more_s) + 0.6 + more_s) / 10, 1e-9);
    weir_test_result_fini(&got);
    /* Lost instead: that of 51 s at 51.2 s, that of 52 s as it comes. */
    large.mobility = "\"meanwhile\": \"lose\",";
    got = drive_under(&large, "static", all);
    CHECK_NEAR(got.result.metrics.handover_lost, 2, 0);
    CHECK_NEAR(got.result.metrics.dropped, 2, 0);
    CHECK_NEAR(got.result.metrics.delivered, 97, 0);
    CHECK_NEAR(got.result.metrics.latency_max_s, 0.3 + more_s, 1e-6);
    weir_test_result_fini(&got);
}

/* Beyond 450 m nothing gets through, from 45 to 55 s. The items of 45 to 54 s are sent one after the other from 55 s
 * on, and then those of 55 and 56 s, until the link has caught up: item k of them is sent at 55 + 0.1 (k + 1) s. To the
 * cloud it takes 0.01 s + 20 ms more. */
static void out_of_reach(bool all)
{
    struct drive far = stays;
    far.rates = "{\"within\": 450, \"rate\": \"1MBps\"}";
    far.place = "{\"host\": \"cloud\"}";
    struct weir_test_result got = drive_under(&far, "static", all);
    double sum_s = 0, rest_s = 0.005 + 0.03 + 0.01;
    for (int item = 1; item <= 99; item++) {
        double alone_s = item + 0.1, behind_s = item < 45 ? 0 : 55 + 0.1 * (item - 44);
        sum_s += fmax(alone_s, behind_s) - item + rest_s;
    }
    CHECK_NEAR(got.result.metrics.latency_mean_s, sum_s / 99, 1e-9);
    CHECK_NEAR(got.result.metrics.latency_max_s, 10.1 + rest_s, 1e-6);
    weir_test_result_fini(&got);
}

static const struct drive returns = {"",
                                     "{\"rate\": \"1MBps\"}",
                                     "100kB",
                                     "{\"host\": \"cloud\"}",
                                     "0B",
                                     "",
                                     "west",
                                     "source",
                                     "\"sink\": \"source\",",
                                     "10Mf",
                                     "200kB",
                                     "100s"};

/* Results of 200 kB come back from the cloud: 0.105 s of radio, 0.01 s + 20 ms to the cloud, 0.01 s there, 0.02 s +
 * 20 ms back, and 0.2 s + 5 ms of radio. That of the item of 51 s is at the access point at 51.185 s; when the handover
 * begins, 15 kB of it are sent. All of it is forwarded, in 0.02 s + 10 ms, and the rest goes from 52.2 s on: it is
 * there at 52.2 + 0.185 + 0.005 s, a second later than otherwise. The item of 52 s waits for 0.2 s. */
static void results_return(bool all)
{
    struct weir_test_result got = drive_under(&returns, "static", all);
    const struct weir_metrics *m = &got.result.metrics;
    double alone_s = 0.105 + 0.03 + 0.01 + 0.04 + 0.205;
    CHECK_NEAR(m->delivered, 99, 0);
    CHECK_NEAR(m->latency_mean_s, (99 * alone_s + 1 + 0.2) / 99, 1e-9);
    CHECK_NEAR(m->latency_max_s, alone_s + 1, 1e-6);
    CHECK_NEAR(m->network_s, (99 * (alone_s - 0.01) + 1 + 0.2) / 99, 1e-9);
    CHECK_NEAR(m->blocked_s, 0, 1e-9);
    CHECK_NEAR(m->network_bytes, 99 * 300e3 + 200e3, 1e-3);
    CHECK_NEAR(m->handovers, 1, 0);
    weir_test_result_fini(&got);
    /* Lost instead: that result, half sent, and the item of 52 s, which comes to the device during the handover. */
    struct drive loses = returns;
    loses.mobility = "\"meanwhile\": \"lose\",";
    loses.job = "\"sink\": \"source\", \"slo\": \"1s\",";
    got = drive_under(&loses, "static", all);
    CHECK_NEAR(got.result.metrics.slo_violations, 2.0 / 98, 1e-9); /* of those due before 100 s */
    CHECK_NEAR(got.result.metrics.delivered, 97, 0);
    CHECK_NEAR(got.result.metrics.handover_lost, 2, 0);
    CHECK_NEAR(got.result.metrics.lost, 1, 0);
    CHECK_NEAR(got.result.metrics.dropped, 1, 0);
    CHECK_NEAR(got.result.metrics.latency_max_s, alone_s, 1e-6);
    weir_test_result_fini(&got);
}

/* A service of 0.04 s: the result of the item of 51 s leaves the cloud at 51.175 s, for the west, and comes there at
 * 51.215 s, when the car is gone. It is forwarded, in 0.02 s + 10 ms, and sent from 52.2 s on: it is there at 52.405 s,
 * 0.985 s later than otherwise. */
static void results_come_too_late(bool all)
{
    struct drive slow = returns;
    slow.flops = "40Mf";
    struct weir_test_result got = drive_under(&slow, "static", all);
    double alone_s = 0.39 + 0.03;
    CHECK_NEAR(got.result.metrics.latency_mean_s, (99 * alone_s + 0.985 + 0.2) / 99, 1e-9);
    CHECK_NEAR(got.result.metrics.network_bytes, 99 * 300e3 + 200e3, 1e-3);
    weir_test_result_fini(&got);
    slow.mobility = "\"meanwhile\": \"lose\",";
    got = drive_under(&slow, "static", all);
    CHECK_NEAR(got.result.metrics.handover_lost, 2, 0);
    CHECK_NEAR(got.result.metrics.lost, 1, 0);
    CHECK_NEAR(got.result.metrics.network_bytes, 97 * 300e3 + 300e3, 1e-3); /* nothing is forwarded */
    weir_test_result_fini(&got);
}

/* The operator stays in the west. An item and its result take 0.105 + 0.01 + 0.205 s before; after it 0.01 s + 10 ms
 * and 0.02 s + 10 ms more. The result of the item of 51 s is sent from 51.115 s on, 85 kB of it in the west, and the
 * rest from 52.2 s on: it is there at 52.32 s, a second later. */
static void results_of_the_old_place(bool all)
{
    struct drive near = returns;
    near.place = "\"source\"";
    struct weir_test_result got = drive_under(&near, "static", all);
    CHECK_NEAR(got.result.metrics.latency_mean_s, (51 * 0.32 + 1 + 0.2 + 48 * 0.37) / 99, 1e-9);
    CHECK_NEAR(got.result.metrics.network_bytes, 200e3 + 48 * 300e3, 1e-3);
    weir_test_result_fini(&got);
}

/* Results of 1.5 MB take 1.5 s each, one after the other, while one comes each second, the first at 1.315 s (0.13 s
 * more on the wire): that of item n has been sent by 1.315 + 1.5 n s, and 25 of them are there by 40 s. Alone each took
 * 1.82 s. */
static void results_wait_for_the_radio(bool all)
{
    struct drive large = returns;
    large.out_bytes = "1.5MB";
    large.more = "\"warmup\": \"0s\",";
    large.duration = "40s";
    struct weir_test_result got = drive_under(&large, "static", all);
    CHECK_NEAR(got.result.metrics.delivered, 25, 0);
    CHECK_NEAR(got.result.metrics.latency_mean_s, 1.32 + 0.5 * 13, 1e-9);
    CHECK_NEAR(got.result.metrics.blocked_s, 1.32 + 0.5 * 13 - 1.82, 1e-9);
    weir_test_result_fini(&got);
}

/* A source in the cloud, and results that go to the car: 0.01 + 0.04 + 0.205 s each. That of 51 s is sent from 51.05 s
 * on, 150 kB of it before the handover and the rest from 52.2 s on: it is there a second later. That of 52 s, at the
 * east at 52.05 s, waits until 52.25 s. */
static void only_the_sink_moves(bool all)
{
    struct drive viewer = returns;
    viewer.source = "cloud";
    viewer.end = "sink";
    viewer.job = "";
    struct weir_test_result got = drive_under(&viewer, "static", all);
    CHECK_NEAR(got.result.metrics.handovers, 1, 0);
    CHECK_NEAR(got.result.metrics.latency_mean_s, (99 * 0.255 + 1 + 0.2) / 99, 1e-9);
    CHECK_NEAR(got.result.metrics.blocked_s, 0.2 / 99, 1e-9); /* behind the one before */
    CHECK_NEAR(got.result.metrics.network_bytes, 100 * 200e3, 1e-3);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.rows, "60 car//east/attached 1"));
    weir_test_result_fini(&got);
}

/* The west fails at 30 s, when the car is at 300 m: it goes to the east. The west is up again at a date: the car comes
 * back then if it is 24 m nearer, and goes to the east for good at 51.2 s. Items of 100 kB take 0.1 s at the radio and
 * 0.045 s to the end of their service in the cloud; that of the beginning of a handover waits for 1 s, and the next for
 * 0.1 s behind it. */
static void access_points_fail(bool all)
{
    static const struct {
        const char *down;
        double handovers, waits_s;
    } cases[] = {
        {"10s", 3, 1.1 + 1.1 + 0.2},   /* back at 40 s, at 400 m */
        {"18.7s", 3, 1.1 + 0.7 + 0.2}, /* at 48.7 s, at 487 m: 26 m nearer. That of 49 s waits for 49.7 s */
        {"18.9s", 1, 1.1},             /* at 48.9 s, 22 m nearer: it stays in the east, and is there at 51.2 s */
        {"30s", 1, 1.1},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct drive fails = stays;
        char *faults =
            weir_format("\"faults\": [{\"host\": \"west\", \"at\": \"30s\", \"for\": \"%s\"}],", cases[c].down);
        fails.place = "{\"host\": \"cloud\"}";
        fails.more = faults;
        struct weir_test_result got = drive_under(&fails, "static", all);
        CHECK_NEAR(got.result.metrics.handovers, cases[c].handovers, 0);
        CHECK_NEAR(got.result.metrics.interrupted_s, cases[c].handovers, 1e-9);
        CHECK_NEAR(got.result.metrics.latency_mean_s, (99 * 0.145 + cases[c].waits_s) / 99, 1e-9);
        weir_test_result_fini(&got);
        fails.mobility = "\"when_down\": \"stay\",";
        got = drive_under(&fails, "static", all);
        CHECK_NEAR(got.result.metrics.handovers, 1, 0);
        weir_test_result_fini(&got);
        free(faults);
    }
}

static void both_ways(void (*check)(bool all))
{
    check(false);
    check(true);
}
static void staying(void)
{
    both_ways(operators_stay);
    both_ways(half_before_the_warm_up);
}
static void following(void)
{
    operators_follow("nearest", false);
    operators_follow("nearest", true);
    operators_follow("load-balancer", false);
}
static void under_way(void)
{
    both_ways(what_is_under_way_goes_on);
}
static void reach(void)
{
    both_ways(out_of_reach);
}
static void returning(void)
{
    both_ways(results_return);
    both_ways(results_come_too_late);
    both_ways(results_of_the_old_place);
    both_ways(results_wait_for_the_radio);
    both_ways(only_the_sink_moves);
}
static void failing(void)
{
    both_ways(access_points_fail);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"operators stay", staying},
        {"operators follow", following},
        {"what is under way goes on, or is lost", under_way},
        {"out of reach", reach},
        {"results return to the device", returning},
        {"access points fail", failing},
        {0},
    };
    return weir_test_main("mobility", cases, argc, argv);
}
