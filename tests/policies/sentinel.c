/* sentinel and its bound on a platform small enough to see through. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/policies/sentinel_world.h"

/* u_opt 0.6 of 100 MB/s is 180 requests of 20 MB a window. 150 in the north and 150 in the south are 0.5 of a server
 * each, which the program puts on as few servers as it takes, each for the viewers near to it. */
static void schedules(void)
{
    begin("{\"u_opt\": 0.6}");
    for (int w = 0; w < 5; w++)
        step(150, 150, 0);
    CU_ASSERT(told("detect: 4 of 4 servers are well"));
    CU_ASSERT(told("predict: 300.0 requests of 4 cells"));
    CU_ASSERT(told("effect: 0 of 16 servers"));
    for (int j = 0; j < JOBS; j++)
        CHECK_NEAR(on_servers(j), 1, 1e-6);
    CU_ASSERT(share(0, N1) + share(0, N2) + share(1, S1) + share(1, S2) >= 1);
    char *text = policy->explain(state, weir_mock_view(world));
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT(strstr(text, "4 servers, 2 regions, 2 categories") && strstr(text, "n1"));
    free(text);
    end();
}

/* A leak and a busy neighbour: memory and CPU climb together, far beyond what healthy servers have. Both rules see it,
 * and the server is left until it has seemed well for `hold` windows. */
static void leaves_a_sick_server(void)
{
    begin("{\"u_opt\": 0.6, \"learned\": false, \"hold\": 3, \"probe\": 0}");
    for (int e = SERVERS; e < HOSTS; e++)
        load[e] = 1;
    for (int w = 0; w < 20; w++)
        step(200, 200, 0);
    CU_ASSERT(told("4 of 4 servers are well"));
    for (int w = 1; w <= 6; w++) {
        report();
        world->hosts[N1].cpu += 0.15 * w;
        world->hosts[N1].memory_reported_bytes += 1e9 * w;
        close_window((const double[JOBS]){200, 200, 0});
    }
    CU_ASSERT(told("n1 (rules)"));
    for (int j = 0; j < JOBS; j++) {
        CHECK_NEAR(share(j, N1), 0, 0);
        CHECK_NEAR(on_servers(j), 1, 1e-6);
    }
    int waited = 0;
    for (; waited < 40 && strstr(weir_text_string(&notes), "n1"); waited++)
        step(200, 200, 0);
    CU_ASSERT(waited >= 3 && waited < 40); /* what it showed leaves the window of 12, and then 3 windows */
    end();
}

/* Windows until nothing is said of N1 any more. */
static int until_well(void)
{
    int waited = 0;
    for (; waited < 60 && strstr(weir_text_string(&notes), "n1 "); waited++)
        step(200, 200, 0);
    return waited;
}

/* The disk hangs: a tenth of the traffic that the CPU's work comes with, in one window. The net knows it at once, the
 * server gets next to nothing, and is well again when it has shown it at work for `hold` windows; or four times as
 * many in which it has nothing to do, which say less. */
static void tries_suspects(void)
{
    for (int busy = 0; busy < 2; busy++) {
        begin("{\"u_opt\": 0.6, \"warm\": 50, \"hold\": 2, \"probe\": 1}");
        for (int e = SERVERS; e < HOSTS; e++)
            load[e] = 1;
        for (int w = 0; w < 60; w++)
            step(200, 200, 0);
        CU_ASSERT(told("4 of 4 servers are well"));
        report();
        world->hosts[N1].disk_bytes_per_s /= 10;
        close_window((const double[JOBS]){200, 200, 0});
        CU_ASSERT(told("n1 (net)"));
        CU_ASSERT(share(0, N1) > 0);
        CHECK_NEAR(share(0, N1), 1.0 / 201, 1e-6);
        for (int j = 0; j < JOBS; j++)
            CHECK_NEAR(on_servers(j), 1, 1e-6);
        load[N1] = busy;
        CU_ASSERT_EQUAL(until_well(), busy ? 2 : 8);
        end();
    }
}

/* The schedule puts all on one server. Of 200 requests a twentieth may go to those that it leaves idle, half a request
 * each: all three. Of 8 there is not one that may have so many. */
static void tries_the_idle(void)
{
    static const struct {
        const char *params;
        double each;
        int tried;
    } rows[] = {{"{\"u_opt\": 0.6, \"categories\": 1}", 100, 3},
                {"{\"u_opt\": 0.6, \"categories\": 1}", 4, 0},
                {"{\"u_opt\": 0.6, \"categories\": 1, \"probe_idle\": 0}", 100, 0}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        begin(rows[k].params);
        for (int w = 0; w < 3; w++)
            step(rows[k].each, rows[k].each, 0);
        CU_ASSERT(told(rows[k].tried ? ", 3 servers tried" : ", 0 servers tried"));
        int tried = 0;
        for (int j = 0; j < 2; j++) {
            for (int e = SERVERS; e < HOSTS; e++)
                tried += share(j, e) > 0.4 / 101 && share(j, e) < 0.6 / 101;
            CHECK_NEAR(on_servers(j), 1, 1e-6);
        }
        CU_ASSERT_EQUAL(tried, rows[k].tried);
        end();
    }
}

/* Where an operator may have one instance only, there is none to try others with, and the plan rests. */
static void no_room_to_try(void)
{
    begin("{\"u_opt\": 0.6, \"categories\": 1}");
    for (int j = 0; j < JOBS; j++)
        world->operators[j][0].max_parallelism = 1;
    for (int w = 0; w < 3; w++)
        step(100, 100, 0);
    CU_ASSERT_EQUAL(step(100, 100, 0), 0);
    CU_ASSERT(told(" 0 operators changed, 3 servers tried"));
    for (int j = 0; j < JOBS; j++)
        CU_ASSERT_EQUAL(world->operators[j][0].instance_count, 1);
    end();
}

/* Down: it gets nothing, and nothing it reports counts. All down: nothing can be done, and nothing is. */
static void servers_down(void)
{
    begin("{}");
    step(100, 100, 100);
    world->hosts[N1].up = false;
    step(100, 100, 100);
    for (int j = 0; j < JOBS; j++)
        CHECK_NEAR(share(j, N1), 0, 0);
    for (int e = SERVERS; e < HOSTS; e++)
        world->hosts[e].up = false;
    CU_ASSERT_EQUAL(step(100, 100, 100), 0);
    CU_ASSERT(told("0 of 4 servers are well; 4 down"));
    CU_ASSERT(told("300 without a server"));
    for (int e = SERVERS; e < HOSTS; e++)
        world->hosts[e].up = true;
    step(100, 100, 100);
    CU_ASSERT(told("4 of 4 servers are well"));
    end();
}

/* Something is wrong with all of them, as the oracle knows: those that are up are used all the same. */
static void no_healthy_server(void)
{
    CU_ASSERT_EQUAL_FATAL(begin_as(&weir_policy_oracle, "{}"), WEIR_OK);
    step(100, 100, 100);
    world->wrong_from_s[S2] = 0;
    world->wrong_until_s[S2] = 1e9;
    step(100, 100, 100);
    CU_ASSERT(told("3 of 4 servers will be well: s2"));
    for (int j = 0; j < JOBS; j++)
        CHECK_NEAR(share(j, S2), 0, 0);
    for (int e = SERVERS; e < HOSTS; e++)
        world->wrong_until_s[e] = 1e9;
    step(100, 100, 100);
    CU_ASSERT(told("0 of 4 servers will be well, so those that are up are used"));
    for (int j = 0; j < JOBS; j++)
        CHECK_NEAR(on_servers(j), 1, 1e-6);
    end();
}

/* No route to the south: its job stays where it is, and the north is served. */
static void region_out_of_reach(void)
{
    begin("{}");
    for (int e = SERVERS; e < HOSTS; e++)
        world->latency_s[e][SOUTH] = INFINITY;
    step(100, 50, 0);
    CU_ASSERT(told("50 without a server"));
    CHECK_NEAR(share(1, S1), 1, 0);
    CHECK_NEAR(on_servers(0), 1, 1e-6);
    end();
}

/* Nothing is predicted and nothing comes; then far more than all servers can take (1200 a window), then one. */
static void predictions_off(void)
{
    begin("{\"forecaster\": \"last\", \"warm\": 12}");
    for (int w = 0; w < 15; w++)
        step(0, 0, 0);
    CU_ASSERT(told("predict: 0.0 requests of 4 cells"));
    for (int j = 0; j < JOBS; j++)
        CHECK_NEAR(on_servers(j), 1, 1e-6);
    step(1e5, 1e5, 1e5);
    CU_ASSERT(told("predict: 300000.0 requests"));
    CU_ASSERT(told("0 without a server"));
    step(1, 0, 0);
    CU_ASSERT(told("predict: 1.0 requests"));
    for (int j = 0; j < JOBS; j++)
        CHECK_NEAR(on_servers(j), 1, 1e-6);
    end();
}

/* A search of one node, in no time: what it found counts, and post-scheduling gives the rest. */
static void limit_reached(void)
{
    begin("{\"nodes\": 1, \"time_limit\": \"1ms\", \"gap\": 0, \"u_opt\": 0.7}");
    for (int w = 0; w < 3; w++)
        step(333 + 10 * w, 210, 77);
    CU_ASSERT(told("assign: "));
    CU_ASSERT(told("0 without a server"));
    for (int j = 0; j < JOBS; j++)
        CHECK_NEAR(on_servers(j), 1, 1e-6);
    end();
}

/* Samples that are no numbers, and windows that never closed, speak for nobody and against nobody. */
static void telemetry_gap(void)
{
    begin("{\"learned\": false}");
    for (int e = SERVERS; e < HOSTS; e++)
        load[e] = 1;
    for (int w = 0; w < 14; w++)
        step(100, 100, 0);
    for (int w = 0; w < 3; w++) {
        report();
        world->hosts[N1].cpu = world->hosts[N1].sent_bytes_per_s = NAN;
        close_window((const double[JOBS]){100, 100, 0});
        CU_ASSERT(told("4 of 4 servers are well"));
    }
    world->view.window += 100;
    world->view.time_s += 6000;
    step(100, 100, 0);
    CU_ASSERT(told("4 of 4 servers are well") && told("rules unsure of 4"));
    end();
}

/* 29 categories of three jobs, two of which differ: two. */
static void more_categories_than_jobs(void)
{
    begin("{\"categories\": 29}");
    step(10, 10, 10);
    CU_ASSERT(told("of 4 cells"));
    end();
    begin("{\"categories\": 1}");
    step(10, 10, 10);
    CU_ASSERT(told("of 2 cells"));
    end();
}

/* Half of what crosses is late: the route is unsafe unless nobody looks. */
static void ablations(void)
{
    for (int looks = 0; looks < 2; looks++) {
        begin(looks ? "{\"u_opt\": 0.6}"
                    : "{\"service_detection\": false, \"device_detection\": false, \"u_opt\": 0.6}");
        for (int w = 0; w < 12; w++) {
            world->origins[0][0] = (struct weir_origin_view){S1, 2, 1, 0};
            world->origins[0][1] = (struct weir_origin_view){N1, 2, 0, 0};
            world->jobs[0].origin_count = 2;
            step(250, 40, 0);
        }
        CU_ASSERT(told(looks ? "effect: 8 of 16 servers" : "effect: 0 of 16 servers"));
        CU_ASSERT(told(looks ? "detect: 4 of 4 servers are well; 0 down" : "detect: 4 of 4 servers are up"));
        if (looks)
            CHECK_NEAR(share(0, N1) + share(0, N2), 1, 1e-6);
        end();
    }
    begin("{\"rules\": false, \"learned\": false}");
    step(10, 10, 10);
    CU_ASSERT(told("rules unsure of 4") && !strstr(weir_text_string(&notes), "no net yet"));
    end();
    begin("{}");
    step(10, 10, 10);
    CU_ASSERT(told("no net yet") && !strstr(weir_text_string(&notes), " ms"));
    end();
    begin("{\"clock\": true, \"in_cycle\": true}");
    step(10, 10, 10);
    CU_ASSERT(told(" ms"));
    end();
}

/* The same twice, with a net that is trained on the way. */
static void deterministic(void)
{
    char *first = NULL;
    for (int run = 0; run < 2; run++) {
        struct weir_text all = {0};
        begin("{\"warm\": 30, \"refit\": \"20min\"}");
        for (int e = SERVERS; e < HOSTS; e++)
            load[e] = 1;
        for (int w = 0; w < 60; w++) {
            step(100 + 20 * sin(w), 150 + w, 30);
            weir_text_add(&all, weir_text_string(&notes));
        }
        end();
        CU_ASSERT(strstr(weir_text_string(&all), "upkeep") != NULL);
        CU_ASSERT(strstr(weir_text_string(&all), "warning") == NULL);
        if (run == 0)
            first = weir_copy(weir_text_string(&all));
        else
            CU_ASSERT_STRING_EQUAL(weir_text_string(&all), first);
        weir_text_fini(&all);
    }
    free(first);
}

/* A day and a half by the hour: what crosses is late from noon to three. After a day a net has learnt it, and the
 * second noon finds the routes across unsafe before anything is late. */
static void learns_the_hours(void)
{
    begin("{\"warm\": 12, \"u_opt\": 0.6, \"device_detection\": false}");
    world->view.window_s = 3600;
    for (int hour = 0; hour < 36; hour++) {
        bool noon = hour % 24 >= 12 && hour % 24 < 15;
        for (int j = 0; j < JOBS; j++) {
            int near = world->jobs[j].source_host == NORTH ? N1 : S1, far = near == N1 ? S1 : N1;
            for (int e = 0; e < 2; e++) {
                world->origins[j][e] = (struct weir_origin_view){near + e, 1, 0, 0};
                world->origins[j][2 + e] = (struct weir_origin_view){far + e, 1, noon ? 0.9 : 0, 0};
            }
            world->jobs[j].origin_count = 4;
        }
        step(3600, 3600, 3600);
        if (hour == 11)
            CU_ASSERT(told("effect: 0 of 16 servers, regions and categories unsafe, by the table"));
        if (hour == 13)
            CU_ASSERT(told("effect: 8 of 16"));
        if (hour == 30 || hour == 35)
            CU_ASSERT(told(hour == 30 ? "effect: 0 of 16 servers, regions and categories unsafe, by the net"
                                      : "effect: 8 of 16 servers, regions and categories unsafe, by the net"));
    }
    CU_ASSERT(strstr(weir_text_string(&notes), "warning") == NULL);
    end();
}

static void wrong_forecaster(void)
{
    CU_ASSERT_EQUAL(begin_as(&weir_policy_sentinel, "{\"forecaster\": \"sesonal\"}"), WEIR_EINPUT);
    CHECK_MESSAGE("seasonal");
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"schedules", schedules},
        {"leaves a sick server", leaves_a_sick_server},
        {"tries suspects", tries_suspects},
        {"tries the idle", tries_the_idle},
        {"no room to try", no_room_to_try},
        {"servers down", servers_down},
        {"no healthy server", no_healthy_server},
        {"region out of reach", region_out_of_reach},
        {"predictions off", predictions_off},
        {"limit reached", limit_reached},
        {"telemetry gap", telemetry_gap},
        {"more categories than jobs", more_categories_than_jobs},
        {"ablations", ablations},
        {"deterministic", deterministic},
        {"learns the hours", learns_the_hours},
        {"wrong forecaster", wrong_forecaster},
        {0},
    };
    return weir_test_main("sentinel", cases, argc, argv);
}
