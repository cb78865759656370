/* The rules of device detection as sentinel scales them, against arithmetic, and what the net has to say to them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "policies/sentinel/sentinel.h"
#include "tests/policies/sentinel_world.h"

static const double turn[] = {1, 0, -1, 0}; /* whose variance over 12 samples is 1/2 wherever they begin */

static const struct sentinel_device *n1(void)
{
    return &((struct sentinel *)state)->devices.servers[N1 - SERVERS];
}

/* A window in which the upload of all servers is 0.2 of the uplink and a tenth of that more or less in turn; disk and
 * CPU go with it, those of N1 the other way by `much` of as much. */
static void turning(double much)
{
    for (int e = SERVERS; e < HOSTS; e++) {
        double now = 0.1 * turn[world->view.window & 3], other = e == N1 ? -much * now : now;
        world->hosts[e].sent_bytes_per_s = 0.2 * 1e8 * (1 + now);
        world->hosts[e].disk_bytes_per_s = 0.2 * 1e8 * (1 + other);
        world->hosts[e].cpu = 0.01 * (1 + other);
        world->hosts[e].memory_reported_bytes = 1e6 * (e == N1 ? 1 - now : 1 + now); /* of 16 GB: nothing */
    }
    close_window((const double[JOBS]){60, 60, 0});
}

/* Turned about, CPU and disk have a correlation of -1 with the upload in place of 1: two pairs off by 2, so that the
 * norm is sqrt(2 (2^2 + 2^2)) = 4, and over the four signals 1, above theta_r. Their variances are much^2 of the
 * healthy ones. With theta_v 0.4 rule A wants them below 0.6 or above 1.4 times these, in two of four signals. */
static void scaled_by_the_healthy_spread(void)
{
    static const struct {
        double square;
        enum detect_verdict verdict;
    } rows[] = {{1, DETECT_UNSURE},     {1.38, DETECT_UNSURE}, {1.42, DETECT_ANOMALOUS},
                {40, DETECT_ANOMALOUS}, {0.62, DETECT_UNSURE}, {0.58, DETECT_ANOMALOUS}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        begin("{\"learned\": false, \"u_opt\": 0.6}");
        for (int w = 0; w < 32; w++)
            turning(-1); /* as the others */
        CU_ASSERT_EQUAL(n1()->verdict, DETECT_HEALTHY);
        CHECK_NEAR(n1()->evidence.correlation, 0, 1e-6);
        for (int w = 0; w < 12; w++)
            turning(sqrt(rows[k].square));
        CU_ASSERT_EQUAL(n1()->verdict, rows[k].verdict);
        CHECK_NEAR(n1()->evidence.correlation, 1, 1e-6);
        CHECK_NEAR(n1()->evidence.deviating, rows[k].verdict == DETECT_ANOMALOUS ? 0.5 : 0, 0);
        CU_ASSERT_EQUAL(strstr(weir_text_string(&notes), "n1 (rules)") != NULL, rows[k].verdict == DETECT_ANOMALOUS);
        end();
    }
}

/* The healthy CPU is 0.02 and 0.04 in turn, its deviation 0.01; the disk does not change, and has what a request makes:
 * 0.5 of the upload's 0.06; the upload has 0.1, which is more than 0.06; and the memory the range of healthy servers.
 */
static void the_spread(void)
{
    struct sentinel_class class = {.low = {0, 0.1, 0, 0}, .high = {0, 0.4, 0, 0}, .by_upload = {0.1, 9, 0.5, 1}};
    struct sentinel_devices devices = {.classes = &class, .class_count = 1};
    struct sentinel_device device = {.one = 0.06};
    double healthy[SENTINEL_SAMPLES][SENTINEL_SIGNALS], spread[SENTINEL_SIGNALS];
    for (int t = 0; t < SENTINEL_SAMPLES; t++) {
        healthy[t][0] = t % 2 ? 0.04 : 0.02;
        healthy[t][1] = t % 2 ? 0.21 : 0.2;
        healthy[t][2] = 0.3;
        healthy[t][3] = t % 2 ? 0.6 : 0.4;
    }
    static const double expected[] = {0.01, 0.3, 0.03, 0.1};
    sentinel_spread(&devices, &device, healthy[0], spread);
    for (int n = 0; n < SENTINEL_SIGNALS; n++)
        CHECK_NEAR(spread[n], expected[n], 1e-12);
}

/* A server with little to do beside three with nothing: what is idle is no measure for it. */
static void idle_servers_are_no_measure(void)
{
    begin("{\"learned\": false, \"u_opt\": 0.6}");
    load[N1] = 0.1;
    for (int w = 0; w < 30; w++)
        step(10, 0, 0);
    CU_ASSERT_EQUAL(n1()->verdict, DETECT_HEALTHY);
    end();
}

/* CPU and disk go wild for six windows, and are well again. The rules see it until it has left their 12 samples, and
 * the server is held for two windows more; the net, that all is over. */
static void over_is_over(void)
{
    int waited[2];
    for (int learned = 0; learned < 2; learned++) {
        begin(learned ? "{\"warm\": 50, \"u_opt\": 0.6}" : "{\"warm\": 50, \"u_opt\": 0.6, \"learned\": false}");
        for (int e = SERVERS; e < HOSTS; e++)
            load[e] = 1;
        for (int w = 0; w < 60; w++)
            step(200, 200, 0);
        CU_ASSERT(told("4 of 4 servers are well"));
        for (int w = 0; w < 6; w++) {
            report();
            world->hosts[N1].cpu *= w % 2 ? 5 : 0.2;
            world->hosts[N1].disk_bytes_per_s *= w % 2 ? 0.2 : 5;
            close_window((const double[JOBS]){200, 200, 0});
        }
        CU_ASSERT(told("n1 (rules)")); /* what is strange now needs no net */
        for (waited[learned] = 0; waited[learned] < 40 && strstr(weir_text_string(&notes), "n1 "); waited[learned]++)
            step(200, 200, 0);
        end();
    }
    CU_ASSERT(waited[0] >= 10 && waited[0] <= 14);
    CU_ASSERT(waited[1] >= 2 && waited[1] <= 4);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"scaled by the healthy spread", scaled_by_the_healthy_spread},
        {"the spread", the_spread},
        {"idle servers are no measure", idle_servers_are_no_measure},
        {"over is over", over_is_over},
        {0},
    };
    return weir_test_main("sentinel_detect", cases, argc, argv);
}
