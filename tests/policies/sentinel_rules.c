/* What sentinel makes of tiers, routes, uses, waiting requests and slots, on a platform small enough to see through. */
#include <stdio.h>
#include <string.h>

#include "tests/policies/sentinel_world.h"

/* A host more, a cloud beside the edge, at no distance from the north and with room for all. */
static int add_cloud(void)
{
    int cloud = weir_mock_host(world, "cloud", "north", WEIR_VIEW_CLOUD, 16, 0);
    for (int h = 0; h < cloud; h++)
        world->latency_s[cloud][h] = world->latency_s[h][cloud] = h == NORTH ? 0 : 20e-3;
    return cloud;
}

/* The tier of an operator's default placement is kept: on devices it stays, of the edge it never goes to the cloud,
 * however near, and of the cloud it never comes down. What is placed on the source alone goes anywhere. */
static void keeps_the_tier(void)
{
    enum { EDGE_ONLY, ON_DEVICES, IN_THE_CLOUD };
    begin("{\"u_opt\": 0.6}");
    int cloud = add_cloud();
    static const int edge[] = {N1, N2, S1, S2}, devices[] = {NORTH, SOUTH};
    int clouds[] = {cloud, cloud};
    const int *where[JOBS] = {edge, devices, clouds};
    static const int count[JOBS] = {4, 2, 2};
    for (int j = 0; j < JOBS; j++) {
        world->operators[j][0].where = where[j];
        world->operators[j][0].where_count = count[j];
    }
    weir_mock_operator(world, EDGE_ONLY, "decode", 1e6); /* of the same job, before the state: on devices */
    world->operators[EDGE_ONLY][1].where = devices;
    world->operators[EDGE_ONLY][1].where_count = 2;
    weir_mock_deploy(world, EDGE_ONLY, 1, NORTH);
    for (int w = 0; w < 5; w++)
        step(150, 150, 150);
    CHECK_NEAR(on_servers(EDGE_ONLY), 1, 1e-6);
    CHECK_NEAR(share(EDGE_ONLY, cloud), 0, 0);
    CHECK_NEAR(share(ON_DEVICES, S1), 1, 0); /* where the test has put it */
    CHECK_NEAR(share(IN_THE_CLOUD, cloud), 1, 1e-6);
    CU_ASSERT_EQUAL(world->operators[EDGE_ONLY][1].instances[0].host, NORTH);
    end();
    begin("{\"u_opt\": 0.6, \"categories\": 1, \"weigh\": \"capacity\"}");
    cloud = add_cloud();
    for (int w = 0; w < 5; w++)
        step(150, 150, 0);
    CU_ASSERT(share(0, cloud) > 0);
    end();
}

/* A job's results of a window: half of what comes from the host is late, or nothing. */
static void results(int job, int host, double late)
{
    int o = world->jobs[job].origin_count++;
    world->origins[job][o] = (struct weir_origin_view){host, 2, 2 * late, 0};
}

/* What goes from the south to the north is late. The other way is known to be fine: four servers of other pairs stay
 * safe. Where nothing is known of it, it counts as the first. What a cloud's results are like says nothing of the
 * edge's. */
static void alarms_by_pair(void)
{
    for (int known = 0; known < 3; known++) {
        begin("{\"u_opt\": 0.6}");
        int late_from = known == 2 ? add_cloud() : S1;
        for (int w = 0; w < 12; w++) {
            for (int j = 0; j < JOBS; j++)
                world->jobs[j].origin_count = 0;
            results(0, known == 2 ? NORTH : late_from, 0);
            if (known == 2)
                world->origins[0][0].host = late_from;
            world->origins[0][0].late_rate = 1;
            results(0, N1, 0);
            if (known == 1)
                results(1, N1, 0);
            step(250, 40, 0);
        }
        /* of 4 servers x 4 cells: both servers of one zone for both categories, or of two; of a cloud's 4, 2 */
        CU_ASSERT(told(known == 0   ? "effect: 8 of 16 servers"
                       : known == 1 ? "effect: 4 of 16 servers"
                                    : "effect: 2 of 20 servers"));
        end();
    }
}

/* Late across regions, and early within, at whatever use: u_opt is not for that. */
static void u_opt_is_of_the_use(void)
{
    for (int late = 0; late < 2; late++) {
        begin("{\"warm\": 300, \"forecaster\": \"last\", \"device_detection\": false}");
        for (int e = SERVERS; e < HOSTS; e++)
            load[e] = e == N1 ? 2 : 4; /* uses of 0.4 and 0.8 */
        for (int w = 0; w < 300; w++) {
            for (int j = 0; j < JOBS; j++) {
                world->jobs[j].origin_count = 0;
                world->jobs[j].latency_mean_s = j == 0 ? 9 : 1;
            }
            results(0, S1, 1); /* across */
            results(1, S1, late);
            results(2, N1, 0);
            step(100, 100, 100);
        }
        double by_late = -1;
        const char *said = strstr(weir_text_string(&notes), "by late results ");
        CU_ASSERT_PTR_NOT_NULL_FATAL(said);
        sscanf(said, "by late results %lf", &by_late);
        CU_ASSERT(late ? by_late > 0.5 && by_late < 0.8 : by_late == 1);
        end();
    }
}

static const double ones[] = {1, 1};

/* 3000 requests of 40 Mflop in 60 s are 2 Gflop/s, two cores of 1 Gflop/s and more with 0.8 of each. Another 3000 that
 * wait are as many again; the weights stay, the instances do not. */
static void room_for_what_waits(void)
{
    begin("{\"u_opt\": 1, \"categories\": 1, \"device_detection\": false}");
    for (int e = SERVERS; e < HOSTS; e++) {
        world->hosts[e].speed_flops_per_s = 1e9;
        world->hosts[e].cores = 8;
    }
    for (int j = 0; j < JOBS; j++)
        world->operators[j][0].downstream_bytes = ones;
    for (int e = N2; e < HOSTS; e++)
        world->hosts[e].up = false;
    for (int w = 0; w < 8; w++)
        step(3000, 0, 0);
    CU_ASSERT_EQUAL(world->operators[0][0].instance_count, 3);
    world->operators[0][0].queued = 3000;
    step(3000, 0, 0);
    CU_ASSERT_EQUAL(world->operators[0][0].instance_count, 5);
    end();
}

/* The same with two slots: the server near by has room for one instance beside the others, the next one for the rest.
 */
static void spills_where_slots_are(void)
{
    begin("{\"u_opt\": 1, \"categories\": 1, \"device_detection\": false}");
    for (int e = SERVERS; e < HOSTS; e++) {
        world->hosts[e].speed_flops_per_s = 1e9;
        world->hosts[e].cores = 8;
    }
    for (int j = 0; j < JOBS; j++)
        world->operators[j][0].downstream_bytes = ones;
    world->hosts[N1].slots = 3; /* two of which jobs 0 and 2 have */
    world->hosts[N1].instances = 2;
    for (int e = S1; e < HOSTS; e++)
        world->hosts[e].up = false;
    for (int w = 0; w < 8; w++)
        step(3000, 0, 0);
    CU_ASSERT(share(0, N2) > 0.1);
    CHECK_NEAR(share(0, N1) + share(0, N2), 1, 1e-6);
    end();
}

/* 90 requests in the north and 30 in the south: by equation 14 each server has three of the north to one of the south;
 * else fewer of them cross regions. */
static void deals_as_equation_14(void)
{
    double crosses[2] = {0};
    for (int near = 0; near < 2; near++) {
        begin(near ? "{\"u_opt\": 0.3, \"probe\": 0, \"categories\": 1}"
                   : "{\"u_opt\": 0.3, \"probe\": 0, \"categories\": 1, \"expand\": \"proportional\"}");
        world->operators[2][0].downstream_bytes = world->operators[0][0].downstream_bytes;
        for (int w = 0; w < 3; w++)
            step(90, 30, 0);
        for (int e = SERVERS; e < HOSTS; e++) {
            double of_north = 90 * share(0, e), of_south = 30 * share(1, e);
            crosses[near] += e < S1 ? of_south : of_north;
            if (!near)
                CHECK_NEAR(of_north - 3 * of_south, 0, 3); /* whole requests */
        }
        end();
    }
    CU_ASSERT(crosses[1] < 0.7 * crosses[0]);
}

/* Requests that rise by a quarter each window are expected to go on rising; those that jump about are not. */
static void sees_a_trend(void)
{
    begin("{}");
    double north = 100;
    for (int w = 0; w < 16; w++, north *= 1.25)
        step(north, 0, 0);
    double said = -1, came = north / 1.25;
    sscanf(strstr(weir_text_string(&notes), "predict: "), "predict: %lf", &said);
    CU_ASSERT(said > came && said < 1.25 * came); /* the mean of the newest is 0.83 of what came */
    end();
    begin("{}");
    for (int w = 0; w < 40; w++)
        step(w % 2 ? 120 : 80, 0, 0);
    sscanf(strstr(weir_text_string(&notes), "predict: "), "predict: %lf", &said);
    CU_ASSERT(said > 85 && said < 115);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"keeps the tier", keeps_the_tier},
        {"alarms by pair", alarms_by_pair},
        {"u_opt is of the use", u_opt_is_of_the_use},
        {"room for what waits", room_for_what_waits},
        {"spills where slots are", spills_where_slots_are},
        {"deals as equation 14", deals_as_equation_14},
        {"sees a trend", sees_a_trend},
        {0},
    };
    return weir_test_main("sentinel_rules", cases, argc, argv);
}
