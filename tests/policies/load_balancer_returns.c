/* When load-balancer takes operators back to the edge, and where to; and which windows count. */
#include "tests/policies/load_balancer_world.h"

/* From a cloud 50 ms away, where it went at 10 s, back 300 s later: C = 50.001 + 1/(400 - l) ms, eps = 1/(100 - l). */
static void test_returns(void)
{
    static const struct {
        const char *more;
        double load, cpu;
        int cores, slots, others, most, home_up, cloud_up, got; /* got: instances at the edge, 0: none */
    } rows[] = {
        {"", 60, 0.20, 1, 0, 0, 8, 1, 1, 1}, /* 0.2 + 0.6 of its core */
        {"", 60, 0.21, 1, 0, 0, 8, 1, 1, 0},
        {"", 60, 0.61, 2, 0, 0, 8, 1, 1, 0}, /* 1.22 + 0.6 of 1.6 */
        {"", 60, 0.50, 2, 0, 0, 8, 1, 1, 1},
        {"", 0, 0.99, 1, 0, 0, 8, 1, 1, 1}, /* without load it takes no core */
        {"", 150, 0, 4, 0, 0, 8, 1, 1, 2},  /* 150 / 80 -> 2: 22.9 < 0.7 x 54 ms */
        {"", 150, 0, 4, 1, 0, 8, 1, 1, 0},  /* one would not keep up */
        {"", 150, 0, 4, 0, 0, 1, 1, 1, 0},
        {"", 150, 0, 1, 0, 0, 8, 1, 1, 0}, /* 1.5 cores */
        {"", 60, 0, 1, 2, 2, 8, 1, 1, 0},  /* no slot */
        {"", 60, 0, 1, 2, 1, 8, 1, 1, 1},
        {"", 10, 0, 1, 0, 0, 8, 0, 1, 0},
        {"", 73, 0, 1, 0, 0, 8, 1, 1, 1},                         /* 37.04 < 0.7 x 53.06 = 37.14 ms */
        {"", 74, 0, 1, 0, 0, 8, 1, 1, 0},                         /* 38.46 > 37.15 */
        {"", 74, 0, 1, 0, 0, 8, 1, 0, 1},                         /* nothing is slower than a host that is down */
        {"1, \"return_ratio\": 0.5", 61, 0, 1, 0, 0, 8, 1, 1, 1}, /* 25.64 < 26.48 */
        {"1, \"return_ratio\": 0.5", 63, 0, 1, 0, 0, 8, 1, 1, 0}, /* 27.03 > 26.48 */
        {"1, \"load\": 0.5", 51, 0, 1, 0, 0, 8, 1, 1, 0},
        {"1, \"load\": 0.5", 50, 0, 1, 0, 0, 8, 1, 1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(0.050, rows[i].more);
        weir_mock_job(world, "other", EDGE);
        weir_mock_operator(world, OTHER, "c", 1e7);
        world->jobs[OTHER].running = false;
        CU_ASSERT_EQUAL(window(98), 1);
        CU_ASSERT_EQUAL(host(J, 0), CLOUD);
        for (int k = 0; k < rows[i].others; k++)
            weir_mock_deploy(world, OTHER, 0, EDGE);
        world->hosts[EDGE].cores = rows[i].cores;
        world->hosts[EDGE].slots = rows[i].slots;
        world->hosts[EDGE].cpu = rows[i].cpu;
        world->hosts[EDGE].up = rows[i].home_up;
        world->hosts[CLOUD].up = rows[i].cloud_up;
        world->operators[J][0].max_parallelism = rows[i].most;
        CU_ASSERT_EQUAL(windows(29, rows[i].load), 0); /* to 300 s */
        CU_ASSERT_EQUAL(window(rows[i].load), rows[i].got > 0);
        CU_ASSERT_EQUAL(host(J, 0), rows[i].got ? EDGE : CLOUD);
        CU_ASSERT_EQUAL(count(0), rows[i].got ? rows[i].got : 1);
        end();
    }
}

/* Of the three instances that 190/s ask for at the edge there is room for two, and M/M/2 has 103 ms: less than 0.7 x
 * 0.5 s. */
static void test_returns_to_little_room(void)
{
    begin(0.050, "");
    CU_ASSERT_EQUAL(window(98), 1);
    world->latency_s[EDGE][CLOUD] = world->latency_s[CLOUD][EDGE] = 0.5;
    world->hosts[EDGE].cores = 4;
    world->hosts[EDGE].slots = 2;
    CU_ASSERT_EQUAL(windows(30, 190), 1);
    CU_ASSERT_EQUAL(host(J, 0), EDGE);
    CU_ASSERT_EQUAL(count(0), 2);
    end();
}

/* M = D^2 / 2H with H = 100 s is 5 ms: at 31/s it stays, at 45/s 18.2 > 17.8 ms; back 100 s after. */
static void test_horizon(void)
{
    begin(0.010, "1, \"horizon\": \"100s\"");
    CU_ASSERT_EQUAL(windows(3, 43), 0); /* 17.54 < 17.80 */
    CU_ASSERT_EQUAL(window(45), 1);     /* at 40 s */
    world->latency_s[EDGE][CLOUD] = world->latency_s[CLOUD][EDGE] = 0.050;
    CU_ASSERT_EQUAL(windows(9, 10), 0);
    CU_ASSERT_EQUAL(window(10), 1); /* at 140 s */
    CU_ASSERT_EQUAL(host(J, 0), EDGE);
    CU_ASSERT_EQUAL(windows(3, 95), 1); /* and away again at once */
    CU_ASSERT_EQUAL(host(J, 0), CLOUD);
    end();
}

/* It returns to the host that it left, not to the source's. */
static void test_home(void)
{
    begin(0.050, "");
    weir_mock_host(world, "edge-1", "north", WEIR_VIEW_EDGE, 1, 0);
    world->latency_s[THIRD][CLOUD] = world->latency_s[CLOUD][THIRD] = 0.050;
    world->placed[J][0][0].host = THIRD;
    CU_ASSERT_EQUAL(window(98), 1);
    CU_ASSERT_EQUAL(host(J, 0), CLOUD);
    CU_ASSERT_EQUAL(windows(30, 10), 1);
    CU_ASSERT_EQUAL(host(J, 0), THIRD);
    end();
}

/* Windows in which it is changed count for nothing; jobs that depart are forgotten; others are left alone. */
static void test_windows(void)
{
    begin(0.010, "3");
    CU_ASSERT_EQUAL(windows(2, 90), 0);
    world->operators[J][0].changing = true;
    CU_ASSERT_EQUAL(window(90), 0);
    world->operators[J][0].changing = false;
    CU_ASSERT_EQUAL(windows(2, 90), 0);
    CU_ASSERT_EQUAL(window(90), 1);
    end();

    begin(0.010, ""); /* what has no instance cannot be moved */
    world->operators[J][0].instance_count = 0;
    CU_ASSERT_EQUAL(windows(3, 90), 0);
    end();

    begin(0.050, "");
    CU_ASSERT_EQUAL(window(98), 1);
    weir_policy_load_balancer.job_departs(state, &world->view, J);
    CU_ASSERT_EQUAL(windows(40, 10), 0); /* what it did not move stays */
    end();

    begin(0.010, "");
    weir_mock_job(world, "bare", EDGE);
    weir_mock_job(world, "other", EDGE);
    weir_mock_operator(world, MORE, "c", 1e7);
    weir_mock_deploy(world, MORE, 0, EDGE);
    world->jobs[J].running = false;
    CU_ASSERT_EQUAL(window(90), 1);
    CU_ASSERT_EQUAL(host(J, 0), EDGE);
    CU_ASSERT_EQUAL(host(MORE, 0), CLOUD);
    end();
}

/* 10 items in the window are enough to believe what was measured: 1.1/s, hardly more than 1/s; 9 are not. */
static void test_few(void)
{
    static const double loads[] = {0.9, 1};
    for (int k = 0; k < 2; k++) {
        begin(0.010, "");
        show(loads[k]);
        world->operators[J][0].true_rate = 1.1;
        CU_ASSERT_EQUAL(weir_mock_step(world, &weir_policy_load_balancer, state), k);
        end();
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"returns", test_returns},
        {"returns_to_little_room", test_returns_to_little_room},
        {"horizon", test_horizon},
        {"home", test_home},
        {"windows", test_windows},
        {"few", test_few},
        {0},
    };
    return weir_test_main("policies/load_balancer_returns", cases, argc, argv);
}
