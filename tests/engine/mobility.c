/* Sources that move, and access points that fail, by arithmetic. The world: drive.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "tests/engine/drive.h"

/* The operator stays in the west. Before, an item takes 0.1 + 0.005 + 0.01 s. The one that comes at 52 s waits for the
 * end of the handover at 52.2 s; from then on each takes 0.01 s + 10 ms more. Items of 10 s before 51.2 s: 42 to 51 s;
 * after it: 52 to 61 s. */
static void operators_stay(bool all)
{
    struct weir_test_result got = weir_drive_under(&weir_drive_stays, "static", all);
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
    struct weir_drive late = weir_drive_stays;
    late.more = "\"warmup\": \"51700ms\",";
    struct weir_test_result got = weir_drive_under(&late, "static", all);
    CHECK_NEAR(got.result.metrics.handovers, 0, 0);
    CHECK_NEAR(got.result.metrics.interrupted_s, 0.5, 1e-9);
    weir_test_result_fini(&got);
}

/* They follow at the end of the window, at 60 s: the new instance starts in 1 s, the old one is drained then; 0.2 s to
 * write the checkpoint, 1 MB in 0.1 s + 10 ms, 0.2 s to restore it. Items of 52 to 61 s went to the west; that of 61 s
 * comes to its access point at 61.105 s and waits for the end of the pause, at 61.51 s, where it is then. */
static void operators_follow(const char *policy, bool all)
{
    struct weir_test_result got = weir_drive_under(&weir_drive_stays, policy, all);
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
    struct weir_drive large = weir_drive_stays;
    large.bytes = "300kB";
    struct weir_test_result got = weir_drive_under(&large, "static", all);
    double more_s = 0.005 + 0.04 + 0.01;
    CHECK_NEAR(got.result.metrics.latency_max_s, 52.3 - 51 + more_s, 1e-6);
    CHECK_NEAR(got.result.metrics.latency_after_s, (9 * (0.3 + more_s) + 0.6 + more_s) / 10, 1e-9);
    weir_test_result_fini(&got);
    /* Lost instead: that of 51 s at 51.2 s, that of 52 s as it comes. */
    large.mobility = "\"meanwhile\": \"lose\",";
    got = weir_drive_under(&large, "static", all);
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
    struct weir_drive far = weir_drive_stays;
    far.rates = "{\"within\": 450, \"rate\": \"1MBps\"}";
    far.place = "{\"host\": \"cloud\"}";
    struct weir_test_result got = weir_drive_under(&far, "static", all);
    double sum_s = 0, rest_s = 0.005 + 0.03 + 0.01;
    for (int item = 1; item <= 99; item++) {
        double alone_s = item + 0.1, behind_s = item < 45 ? 0 : 55 + 0.1 * (item - 44);
        sum_s += fmax(alone_s, behind_s) - item + rest_s;
    }
    CHECK_NEAR(got.result.metrics.latency_mean_s, sum_s / 99, 1e-9);
    CHECK_NEAR(got.result.metrics.latency_max_s, 10.1 + rest_s, 1e-6);
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
        struct weir_drive fails = weir_drive_stays;
        char *faults =
            weir_format("\"faults\": [{\"host\": \"west\", \"at\": \"30s\", \"for\": \"%s\"}],", cases[c].down);
        fails.place = "{\"host\": \"cloud\"}";
        fails.more = faults;
        struct weir_test_result got = weir_drive_under(&fails, "static", all);
        CHECK_NEAR(got.result.metrics.handovers, cases[c].handovers, 0);
        CHECK_NEAR(got.result.metrics.interrupted_s, cases[c].handovers, 1e-9);
        CHECK_NEAR(got.result.metrics.latency_mean_s, (99 * 0.145 + cases[c].waits_s) / 99, 1e-9);
        weir_test_result_fini(&got);
        fails.mobility = "\"when_down\": \"stay\",";
        got = weir_drive_under(&fails, "static", all);
        CHECK_NEAR(got.result.metrics.handovers, 1, 0);
        weir_test_result_fini(&got);
        free(faults);
    }
}

static void staying(void)
{
    weir_both_ways(operators_stay);
    weir_both_ways(half_before_the_warm_up);
}
static void following(void)
{
    operators_follow("nearest", false);
    operators_follow("nearest", true);
    operators_follow("load-balancer", false);
}
static void under_way(void)
{
    weir_both_ways(what_is_under_way_goes_on);
}
static void reach(void)
{
    weir_both_ways(out_of_reach);
}
static void failing(void)
{
    weir_both_ways(access_points_fail);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"operators stay", staying},
        {"operators follow", following},
        {"what is under way goes on, or is lost", under_way},
        {"out of reach", reach},
        {"access points fail", failing},
        {0},
    };
    return weir_test_main("mobility", cases, argc, argv);
}
