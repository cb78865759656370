/* Results that follow a device, by arithmetic. The world: drive.h. */
#include <string.h>

#include "sim/api/policy.h"
#include "sim/base/error.h"
#include "tests/engine/drive.h"

static const struct weir_drive returns = {"",
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
                                          "100s",
                                          "1s",
                                          "0,car,0,0\n100,car,1000,0\n"};

/* Results of 200 kB come back from the cloud: 0.105 s of radio, 0.01 s + 20 ms to the cloud, 0.01 s there, 0.02 s +
 * 20 ms back, and 0.2 s + 5 ms of radio. That of the item of 51 s is at the access point at 51.185 s; when the handover
 * begins, 15 kB of it are sent. All of it is forwarded, in 0.02 s + 10 ms, and the rest goes from 52.2 s on: it is
 * there at 52.2 + 0.185 + 0.005 s, a second later than otherwise. The item of 52 s waits for 0.2 s. */
static void results_return(bool all)
{
    struct weir_test_result got = weir_drive_under(&returns, "static", all);
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
    struct weir_drive loses = returns;
    loses.mobility = "\"meanwhile\": \"lose\",";
    loses.job = "\"sink\": \"source\", \"slo\": \"1s\",";
    got = weir_drive_under(&loses, "static", all);
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
    struct weir_drive slow = returns;
    slow.flops = "40Mf";
    struct weir_test_result got = weir_drive_under(&slow, "static", all);
    double alone_s = 0.39 + 0.03;
    CHECK_NEAR(got.result.metrics.latency_mean_s, (99 * alone_s + 0.985 + 0.2) / 99, 1e-9);
    CHECK_NEAR(got.result.metrics.network_bytes, 99 * 300e3 + 200e3, 1e-3);
    weir_test_result_fini(&got);
    slow.mobility = "\"meanwhile\": \"lose\",";
    got = weir_drive_under(&slow, "static", all);
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
    struct weir_drive near = returns;
    near.place = "\"source\"";
    struct weir_test_result got = weir_drive_under(&near, "static", all);
    CHECK_NEAR(got.result.metrics.latency_mean_s, (51 * 0.32 + 1 + 0.2 + 48 * 0.37) / 99, 1e-9);
    CHECK_NEAR(got.result.metrics.network_bytes, 200e3 + 48 * 300e3, 1e-3);
    weir_test_result_fini(&got);
}

/* Results of 1.5 MB take 1.5 s each, one after the other, while one comes each second, the first at 1.315 s (0.13 s
 * more on the wire): that of item n has been sent by 1.315 + 1.5 n s, and 25 of them are there by 40 s. Alone each took
 * 1.82 s. */
static void results_wait_for_the_radio(bool all)
{
    struct weir_drive large = returns;
    large.out_bytes = "1.5MB";
    large.more = "\"warmup\": \"0s\",";
    large.duration = "40s";
    struct weir_test_result got = weir_drive_under(&large, "static", all);
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
    struct weir_drive viewer = returns;
    viewer.source = "cloud";
    viewer.end = "sink";
    viewer.job = "";
    struct weir_test_result got = weir_drive_under(&viewer, "static", all);
    CHECK_NEAR(got.result.metrics.handovers, 1, 0);
    CHECK_NEAR(got.result.metrics.latency_mean_s, (99 * 0.255 + 1 + 0.2) / 99, 1e-9);
    CHECK_NEAR(got.result.metrics.blocked_s, 0.2 / 99, 1e-9); /* behind the one before */
    CHECK_NEAR(got.result.metrics.network_bytes, 100 * 200e3, 1e-3);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.rows, "60 car//east/attached 1"));
    weir_test_result_fini(&got);
}

/* A service of 0.1 s: the result of the item of 51 s leaves the cloud at 51.235 s, for the east, where it is at 51.275
 * s and waits for the end of the handover: it is there at 52.405 s, 0.925 s later than otherwise. */
static void results_come_during_the_handover(bool all)
{
    struct weir_drive slow = returns;
    slow.flops = "100Mf";
    struct weir_test_result got = weir_drive_under(&slow, "static", all);
    CHECK_NEAR(got.result.metrics.latency_mean_s, (99 * 0.48 + 0.925 + 0.2) / 99, 1e-9);
    CHECK_NEAR(got.result.metrics.network_bytes, 99 * 300e3, 1e-3);
    weir_test_result_fini(&got);
    slow.mobility = "\"meanwhile\": \"lose\",";
    got = weir_drive_under(&slow, "static", all);
    CHECK_NEAR(got.result.metrics.handover_lost, 2, 0);
    CHECK_NEAR(got.result.metrics.lost, 1, 0);
    weir_test_result_fini(&got);
    /* Where a handover takes no time, nothing is lost of that. What comes to the old access point is: with a service of
     * 0.04 s that of 51 s is there at 51.215 s. */
    slow.handover = "0s";
    got = weir_drive_under(&slow, "static", all);
    CHECK_NEAR(got.result.metrics.handover_lost, 0, 0);
    weir_test_result_fini(&got);
    slow.flops = "40Mf";
    got = weir_drive_under(&slow, "static", all);
    CHECK_NEAR(got.result.metrics.handover_lost, 1, 0);
    CHECK_NEAR(got.result.metrics.lost, 1, 0);
    weir_test_result_fini(&got);
}

/* Three items, of 48, 49 and 50 s, with results of 6 MB, which come to the west at 48.765, 49.765 and 50.765 s: 0.145 s
 * after the item, 0.6 s on the wire and 20 ms. Of the first 2.435 MB are sent by 51.2 s. Then all three are to be
 * forwarded, each in 0.6 s + 10 ms, and the car turns round: it is back, at 488 m, at 52.3 s.
 *
 * The first comes to the east at 51.81 s, and from 52.2 to 52.3 s 0.1 MB of it are sent; 3.465 MB are left. The second
 * is on the wire until then, with 1 MB left; the third waits in the west, where the car is, and is sent first,
 * from 53.3 s on, until 59.3 s. The first goes back over the same link: 1 MB while the second comes in, by 52.5 s, and
 * the rest by 53.0 s. It is in the west at 53.01 s, and is sent from 59.3 s to 62.765 s. The second, in the east
 * at 52.51 s, is on the wire from 53.0 to 53.6 s, and sent until 68.765 s. */
static void results_come_back_with_the_car(bool all)
{
    struct weir_drive turns = returns;
    turns.track = "0,car,0,0\n51.25,car,512.5,0\n52.75,car,477.5,0\n";
    turns.job = "\"sink\": \"source\", \"arrive\": \"47s\", \"depart\": \"50500ms\",";
    turns.out_bytes = "6MB";
    struct weir_test_result got = weir_drive_under(&turns, "static", all);
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->handovers, 2, 0);
    CHECK_NEAR(m->delivered, 3, 0);
    CHECK_NEAR(m->latency_mean_s, (62.77 - 48 + 68.77 - 49 + 59.305 - 50) / 3, 1e-6); /* two flows share in SimGrid */
    CHECK_NEAR(m->latency_max_s, 68.77 - 49, 1e-3);
    CHECK_NEAR(m->network_bytes, 3 * 100e3 + 3 * 6e6 + 4 * 6e6, 1); /* the third is not forwarded */
    weir_test_result_fini(&got);
    /* Where a handover takes no time, 0.49 MB of the first are sent in the east from 51.81 s on, and 3.075 MB are left.
     * The third is sent from 52.3 to 58.3 s, the first until 61.375 s, the second until 67.375 s. */
    turns.handover = "0s";
    got = weir_drive_under(&turns, "static", all);
    CHECK_NEAR(got.result.metrics.latency_mean_s, (61.38 - 48 + 67.38 - 49 + 58.305 - 50) / 3, 1e-6);
    weir_test_result_fini(&got);
}

/* What policies see of the sink at the ends of windows: the west, and from 60 s on the east. A run with a policy that
 * does not see that fails. */
static int see(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    (void)state;
    (void)plan;
    int host = view->jobs[0].sink_host, wanted = view->time_s < 55 ? 0 : 1;
    return host == wanted ? WEIR_OK : weir_error(WEIR_EENGINE, "at %g s results go to host %d", view->time_s, host);
}
static void policies_see_where_results_go(void)
{
    static const struct weir_policy seer = {
        .abi = WEIR_POLICY_ABI, .name = "seer", .summary = "Looks.", .source = "", .window_ends = see};
    static const struct weir_policy *const catalog[] = {&seer, NULL};
    struct weir_test_result got = weir_drive_with(&returns, "seer", false, catalog);
    CU_ASSERT_EQUAL(got.code, WEIR_OK);
    weir_test_result_fini(&got);
}

static void returning(void)
{
    weir_both_ways(results_return);
    weir_both_ways(results_come_too_late);
    weir_both_ways(results_come_during_the_handover);
    weir_both_ways(results_of_the_old_place);
}
static void waiting(void)
{
    weir_both_ways(results_wait_for_the_radio);
}
static void turning(void)
{
    weir_both_ways(results_come_back_with_the_car);
}
static void sink_alone(void)
{
    weir_both_ways(only_the_sink_moves);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"results return to the device", returning},
        {"results wait for the radio link", waiting},
        {"results come back with the device", turning},
        {"only the sink moves", sink_alone},
        {"policies see where results go", policies_see_where_results_go},
        {0},
    };
    return weir_test_main("following", cases, argc, argv);
}
