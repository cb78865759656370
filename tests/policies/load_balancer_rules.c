/* The bounds of load-balancer, each at both of its sides, by hand. The formulas: docs/policies/load-balancer.md. */
#include "tests/policies/load_balancer_world.h"

/* A cloud host is full beyond 95 %; moves of this window count in it: 90/400 of its core. */
static void test_cores(void)
{
    static const struct {
        double cpu;
        int first, second;
    } rows[] = {{0.95, 1, 1}, {0.95, 1, 1}, {0.951, 0, 0}, {0.951, 0, 0},
                {0.72, 2, 0}, {0.72, 2, 0}, {0.73, 1, 1},  {0.73, 1, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(0.010, "");
        weir_mock_job(world, "other", EDGE);
        weir_mock_operator(world, OTHER, "c", 1e7);
        weir_mock_deploy(world, OTHER, 0, EDGE);
        world->hosts[CLOUD].cores = (int)i % 2; /* none told: one */
        world->hosts[CLOUD].cpu = rows[i].cpu;
        CU_ASSERT_EQUAL(window(90), rows[i].first);
        CU_ASSERT_EQUAL(window(90), rows[i].second);
        end();
    }
}

/* l = 20, k instances at the edge, W + 1/mu = 12.5, 10.101 and 10.0 ms of 1, 2 and 5; M + C = 14.299 ms. What is
 * measured above it counts in the cloud k x 100/400 times, at most once: it moves beyond 14.899 and 18.498 ms, and
 * never with five. Not if it is blocked more than 10 %, nor below the formula, nor if nothing was processed. */
static void test_excess(void)
{
    static const struct {
        int k;
        double latency_s, blocked, load;
        int moves;
    } rows[] = {{1, 0.0148, 0, 20, 0}, {1, 0.0150, 0, 20, 1},    {2, 0.0184, 0, 20, 0},    {2, 0.0186, 0, 20, 1},
                {5, 1, 0, 20, 0},      {1, 0.0150, 0.10, 20, 1}, {1, 0.0150, 0.11, 20, 0}, {1, 0.001, 0, 31, 1},
                {1, 0.001, 0, 30, 0},  {1, INFINITY, 0, 31, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(0.010, "");
        for (int k = 1; k < rows[i].k; k++)
            weir_mock_deploy(world, J, 0, EDGE);
        show(rows[i].load);
        world->operators[J][0].latency_s = rows[i].latency_s;
        world->operators[J][0].backpressured = rows[i].blocked;
        CU_ASSERT_EQUAL(weir_mock_step(world, &weir_policy_load_balancer, state), rows[i].moves);
        end();
    }
    begin(0.010, "");
    show(20);
    world->operators[J][0].processed_rate = 0;
    world->operators[J][0].latency_s = 0.5;
    CU_ASSERT_EQUAL(weir_mock_step(world, &weir_policy_load_balancer, state), 0);
    end();
}

/* A policy before has planned otherwise than what was measured: two instances, or one elsewhere. */
static void test_planned_otherwise(void)
{
    for (int k = 0; k < 3; k++) {
        begin(0.010, "");
        weir_mock_host(world, "edge-1", "north", WEIR_VIEW_EDGE, 1, 0);
        show(20);
        world->operators[J][0].latency_s = 0.5;
        struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
        struct weir_placement placed[] = {{.host = k == 2 ? THIRD : EDGE, .weight = 1, .cpu_share = 1},
                                          {.host = EDGE, .weight = 1, .cpu_share = 1}};
        weir_plan_author(plan, "other");
        weir_plan_set(plan, J, 0, placed, k == 1 ? 2 : 1, "so");
        weir_plan_author(plan, "load-balancer");
        weir_policy_load_balancer.window_ends(state, &world->view, plan);
        weir_mock_apply(world, plan);
        CU_ASSERT_EQUAL(host(J, 0), k == 0 ? CLOUD : k == 1 ? EDGE : THIRD);
        weir_plan_free(plan);
        end();
    }
}

/* only_when_full: 150/s need two instances, 100/s one; what the edge can give are the planned one and free slots of
 * hosts that are up, at most max_parallelism. It stays as long as fewer are needed than that. */
static void test_full(void)
{
    static const struct {
        double load;
        int slots, other, most, moves; /* other: slots of another edge host, -1: it is down, 0: none */
    } rows[] = {{150, 2, 0, 8, 1}, {150, 3, 0, 8, 0}, {150, 2, 1, 8, 0}, {150, 2, -1, 8, 1}, {150, 3, 0, 2, 1},
                {150, 3, 0, 3, 0}, {100, 1, 0, 8, 1}, {100, 2, 0, 8, 0}, {150, 1, 1, 8, 1},  {150, 1, 2, 8, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(0.010, "1, \"only_when_full\": true");
        world->hosts[EDGE].slots = rows[i].slots;
        if (rows[i].other)
            weir_mock_host(world, "edge-1", "north", WEIR_VIEW_EDGE, 4, abs(rows[i].other));
        world->hosts[THIRD].up = rows[i].other > 0;
        world->operators[J][0].max_parallelism = rows[i].most;
        CU_ASSERT_EQUAL(window(rows[i].load), rows[i].moves);
        end();
    }
}

/* What costs no work moves for the sake of its ways alone, if anything comes: its items come from the cloud, 10 ms
 * away. */
static void test_costs_nothing(void)
{
    for (int load = 0; load <= 50; load += 50) {
        begin(0.010, "");
        world->operators[J][0].flops_per_item = 0;
        world->jobs[J].source_host = world->jobs[J].source_before = CLOUD;
        CU_ASSERT_EQUAL(window(load), load > 0);
        CU_ASSERT_EQUAL(host(J, 0), load ? CLOUD : EDGE);
        end();
    }
}

/* One of an item in two seconds, and a cloud that is as fast: 0.25/s stay, of which nothing else is foreseen. At 0.45/s
 * two instances there are quicker than one at 90 %. */
static void test_slow_ones(void)
{
    for (int more = 0; more < 2; more++) {
        begin(0.010, "");
        world->operators[J][0].flops_per_item = 2e9;
        world->hosts[CLOUD].speed_flops_per_s = 1e9;
        CU_ASSERT_EQUAL(window(more ? 0.45 : 0.25), more);
        end();
    }
}

/* What is measured above the formula counts in the cloud once at most: from five instances (500/s, 10.2 ms) to one
 * there (400/s, no way: 1.7 + 5 ms), and 100 ms of it in either place. */
static void test_excess_once(void)
{
    begin(0, "");
    for (int k = 1; k < 5; k++)
        weir_mock_deploy(world, J, 0, EDGE);
    show(200);
    world->operators[J][0].latency_s = 0.11;
    CU_ASSERT_EQUAL(weir_mock_step(world, &weir_policy_load_balancer, state), 1);
    end();
}

/* It takes three windows in a row to return, too, once it may. */
static void test_returns_in_patience(void)
{
    begin(0.050, "3");
    CU_ASSERT_EQUAL(windows(2, 98), 0);
    CU_ASSERT_EQUAL(windows(40, 98), 1);
    CU_ASSERT_EQUAL(windows(2, 10), 0);
    CU_ASSERT_EQUAL(window(98), 0);
    CU_ASSERT_EQUAL(windows(2, 10), 0);
    CU_ASSERT_EQUAL(window(10), 1);
    CU_ASSERT_EQUAL(host(J, 0), EDGE);
    end();
}

/* The second operator takes 90/400 of the cloud's core, the first next to nothing: there is none left for another. */
static void test_claims_its_own(void)
{
    begin(0.010, "");
    world->operators[J][0].flops_per_item = 1e3;
    world->operators[J][0].selectivity = 1;
    world->placed[J][0][0].host = CLOUD;
    weir_mock_operator(world, J, "b", 1e7);
    weir_mock_deploy(world, J, 1, EDGE);
    weir_mock_job(world, "other", EDGE);
    weir_mock_operator(world, OTHER, "c", 1e7);
    weir_mock_deploy(world, OTHER, 0, EDGE);
    world->hosts[CLOUD].cores = 1;
    world->hosts[CLOUD].cpu = 0.73;
    CU_ASSERT_EQUAL(window(90), 1);
    CU_ASSERT_EQUAL(host(J, 1), CLOUD);
    CU_ASSERT_EQUAL(host(OTHER, 0), EDGE);
    end();
}

/* Of two operators alike, 90/s each, one that is being changed stays, whichever it is, and the other moves. */
static void test_changing(void)
{
    for (int o = 0; o < 2; o++) {
        begin(0.010, "1, \"moves_per_window\": 2");
        weir_mock_operator(world, J, "b", 1e7);
        weir_mock_deploy(world, J, 1, EDGE);
        world->operators[J][0].selectivity = 1;
        world->operators[J][o].changing = true;
        CU_ASSERT_EQUAL(window(90), 1);
        CU_ASSERT_EQUAL(host(J, o), EDGE);
        CU_ASSERT_EQUAL(host(J, !o), CLOUD);
        end();
    }
}

/* Of cloud hosts the one of least latency; ties go to the first. */
static void test_which(void)
{
    static const struct {
        double latency_s, speed, cpu;
        int slots, used, tier, up, to;
    } rows[] = {
        {0.005, 4e9, 0, 0, 0, WEIR_VIEW_CLOUD, 1, THIRD}, {0.010, 4e9, 0, 0, 0, WEIR_VIEW_CLOUD, 1, CLOUD},
        {0.005, 1e9, 0, 0, 0, WEIR_VIEW_CLOUD, 1, CLOUD}, {0.005, 4e9, 0, 1, 1, WEIR_VIEW_CLOUD, 1, CLOUD},
        {0.005, 4e9, 0, 1, 0, WEIR_VIEW_CLOUD, 1, THIRD}, {0.005, 4e9, 0, 0, 0, WEIR_VIEW_EDGE, 1, CLOUD},
        {0.005, 4e9, 0, 0, 0, WEIR_VIEW_CLOUD, 0, CLOUD}, {0.005, 4e9, 0.96, 0, 0, WEIR_VIEW_CLOUD, 1, CLOUD},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(0.010, "");
        weir_mock_host(world, "third", "far", (enum weir_view_tier)rows[i].tier, 16, rows[i].slots);
        world->hosts[THIRD].speed_flops_per_s = rows[i].speed;
        world->hosts[THIRD].cpu = rows[i].cpu;
        world->hosts[THIRD].up = rows[i].up;
        world->latency_s[EDGE][THIRD] = world->latency_s[THIRD][EDGE] = rows[i].latency_s;
        weir_mock_job(world, "other", EDGE);
        weir_mock_operator(world, OTHER, "c", 1e7);
        for (int k = 0; k < rows[i].used; k++)
            weir_mock_deploy(world, OTHER, 0, THIRD);
        world->jobs[OTHER].running = false;
        CU_ASSERT_EQUAL(window(90), 1);
        CU_ASSERT_EQUAL(host(J, 0), rows[i].to);
        end();
    }
}

/* Instances there keep below `load` = 0.8 of 400/s: 320/s each; at most max_parallelism and the free slots. */
static void test_how_many(void)
{
    static const struct {
        const char *more;
        double load, share;
        int slots, most, got; /* 0: it stays, since not even the cloud would keep up */
    } rows[] = {
        {"", 640, 1, 0, 8, 2},   {"", 641, 1, 0, 8, 3},  {"", 3000, 1, 0, 8, 8}, {"", 3200, 1, 0, 8, 0},
        {"", 1900, 1, 5, 8, 5},  {"", 2000, 1, 5, 8, 0}, {"", 1900, 1, 9, 5, 5}, {"1, \"load\": 0.5", 640, 1, 0, 8, 4},
        {"", 640, 0.5, 0, 8, 4}, /* half of a core: 200/s */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(0.010, rows[i].more);
        world->hosts[CLOUD].slots = rows[i].slots;
        world->operators[J][0].max_parallelism = rows[i].most;
        world->placed[J][0][0].cpu_share = rows[i].share;
        CU_ASSERT_EQUAL(window(rows[i].load), rows[i].got > 0);
        CU_ASSERT_EQUAL(host(J, 0), rows[i].got ? CLOUD : EDGE);
        CU_ASSERT_EQUAL(count(0), rows[i].got ? rows[i].got : 1);
        CHECK_NEAR(world->placed[J][0][0].cpu_share, rows[i].share, 0);
        CHECK_NEAR(world->placed[J][0][0].weight, 1, 0);
        end();
    }
}

/* The greatest gain first: 40/s of 50/s and of 100/s in either order; equal ones in the order of the job. */
static void test_order(void)
{
    static const struct {
        double flops[2], load;
        int first;
    } rows[] = {
        {{1e7, 2e7}, 40, 1}, {{2e7, 1e7}, 40, 0}, {{1e7, 1e7}, 150, 0}, {{1e7, 2e7}, 150, 1}, {{2e7, 1e7}, 150, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(0.010, "");
        weir_mock_operator(world, J, "b", 1e7);
        weir_mock_deploy(world, J, 1, EDGE);
        world->operators[J][0].selectivity = 1;
        for (int o = 0; o < 2; o++)
            world->operators[J][o].flops_per_item = rows[i].flops[o];
        CU_ASSERT_EQUAL(window(rows[i].load), 1);
        CU_ASSERT_EQUAL(host(J, rows[i].first), CLOUD);
        CU_ASSERT_EQUAL(host(J, !rows[i].first), EDGE);
        end();
    }
    begin(0.010, "1, \"moves_per_window\": 2"); /* three instances each, and five slots */
    weir_mock_operator(world, J, "b", 1e7);
    weir_mock_deploy(world, J, 1, EDGE);
    world->operators[J][0].selectivity = 1;
    world->hosts[CLOUD].slots = 5;
    CU_ASSERT_EQUAL(window(900), 1);
    CU_ASSERT_EQUAL(host(J, 0), CLOUD);
    CU_ASSERT_EQUAL(window(900), 0); /* two would not keep up */
    world->hosts[CLOUD].slots = 6;
    CU_ASSERT_EQUAL(window(900), 1);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"cores", test_cores},
        {"excess", test_excess},
        {"planned_otherwise", test_planned_otherwise},
        {"full", test_full},
        {"costs nothing", test_costs_nothing},
        {"slow ones", test_slow_ones},
        {"excess once", test_excess_once},
        {"returns in patience", test_returns_in_patience},
        {"claims its own", test_claims_its_own},
        {"changing", test_changing},
        {"which", test_which},
        {"how_many", test_how_many},
        {"order", test_order},
        {0},
    };
    return weir_test_main("policies/load_balancer_rules", cases, argc, argv);
}
