/* load-balancer and sources that move: when operators follow along the edge, and where to they return. */
#include "tests/policies/load_balancer_world.h"

/* A second host of the edge, so far from the first, and as far from the cloud. */
static void begin_two(const char *more, double apart_s, double cloud_s)
{
    begin(cloud_s, more);
    weir_mock_host(world, "edge-1", "north", WEIR_VIEW_EDGE, 1, 0);
    world->latency_s[EDGE][THIRD] = world->latency_s[THIRD][EDGE] = apart_s;
    world->latency_s[THIRD][CLOUD] = world->latency_s[CLOUD][THIRD] = cloud_s;
}

/* The source goes to a host before the next window, which it has the most of. */
static int window_after_move(int to, double load)
{
    world->jobs[J].source_host = to;
    int changes = window(load);
    world->jobs[J].source_before = to;
    return changes;
}

/* 20/s stay 12.5 ms on either host, and M = 1.667 ms: it follows at once where the hosts are farther apart than that,
 * and only if its source has moved. */
static void test_follows(void)
{
    static const struct {
        const char *more;
        double apart_s;
        int moves;
    } rows[] = {
        {"3", 0.0016, 0},
        {"3", 0.0017, 1},
        {"3, \"follow\": false", 0.0017, 0},
        {"3, \"foresee\": false", 0.0017, 1},
        {"3, \"only_when_full\": true", 0.0017, 1}, /* which is a rule of leaving the edge */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin_two(rows[i].more, rows[i].apart_s, 1);
        CU_ASSERT_EQUAL(windows(3, 20), 0);
        CU_ASSERT_EQUAL(window_after_move(THIRD, 20), rows[i].moves);
        CU_ASSERT_EQUAL(host(J, 0), rows[i].moves ? THIRD : EDGE);
        CU_ASSERT_EQUAL(windows(3, 20), 0);
        end();
    }
    begin_two("1", 0.0017, 1); /* it has been there from the beginning */
    world->jobs[J].source_host = world->jobs[J].source_before = THIRD;
    CU_ASSERT_EQUAL(windows(5, 20), 0);
    end();
}

/* It follows later, too, when that has become worth it; but once for each move of the source. */
static void test_once_for_each_move(void)
{
    begin_two("3", 0.001, 1);
    CU_ASSERT_EQUAL(window_after_move(THIRD, 20), 0);
    world->latency_s[EDGE][THIRD] = world->latency_s[THIRD][EDGE] = 0.002;
    CU_ASSERT_EQUAL(window(20), 1);
    CU_ASSERT_EQUAL(host(J, 0), THIRD);
    world->jobs[J].source_host = world->jobs[J].source_before = EDGE; /* a move that was not told */
    CU_ASSERT_EQUAL(windows(5, 20), 0);
    CU_ASSERT_EQUAL(host(J, 0), THIRD);
    end();
}

/* Where the cloud is the best place, it is gone to as by whose source stays: after three windows, and with a way back,
 * to the host that is nearest to the source then. */
static void test_to_the_cloud_and_back(void)
{
    begin_two("3", 0.2, 0.010);
    world->hosts[THIRD].up = false;
    CU_ASSERT_EQUAL(window_after_move(THIRD, 20), 0);
    CU_ASSERT_EQUAL(window(20), 0);
    CU_ASSERT_EQUAL(window(20), 1);
    CU_ASSERT_EQUAL(host(J, 0), CLOUD);
    world->hosts[THIRD].up = true;
    world->latency_s[THIRD][CLOUD] = world->latency_s[CLOUD][THIRD] = 0.050;
    CU_ASSERT_EQUAL(windows(40, 20), 1);
    CU_ASSERT_EQUAL(host(J, 0), THIRD);
    end();
}

/* 90/s of the cloud's 400/s are claimed by the first of two operators, of which the second has next to none: beside 73
 * % nothing else fits below 95. */
static void test_claims_its_input(void)
{
    static const struct {
        double cpu;
        int moves;
    } rows[] = {{0.72, 2}, {0.73, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(0.010, "1");
        weir_mock_operator(world, J, "b", 1e3);
        weir_mock_deploy(world, J, 1, EDGE);
        weir_mock_job(world, "other", EDGE);
        weir_mock_operator(world, OTHER, "c", 1e7);
        weir_mock_deploy(world, OTHER, 0, EDGE);
        world->operators[J][0].selectivity = 0.01;
        world->hosts[CLOUD].cores = 1;
        world->hosts[CLOUD].cpu = rows[i].cpu;
        show(90);
        weir_mock_serve(world, J, 1, 0.9, 1e6);
        CU_ASSERT_EQUAL(weir_mock_step(world, &weir_policy_load_balancer, state), rows[i].moves);
        CU_ASSERT_EQUAL(host(J, 1), EDGE);
        end();
    }
}

/* Less than one item a second uses cores, too. Going: 0.4 of the cloud's 0.5/s are 0.8 of its core, so that the second
 * job stays if anything else is there. Returning: 0.4 of the edge's 0.5/s are all that `load` has of a core. */
static void test_less_than_one(void)
{
    for (int busy = 0; busy < 2; busy++) {
        begin(0.010, "1");
        weir_mock_job(world, "other", EDGE);
        weir_mock_operator(world, OTHER, "c", 8e9);
        weir_mock_deploy(world, OTHER, 0, EDGE);
        world->operators[J][0].flops_per_item = 8e9;
        world->hosts[CLOUD].cores = 1;
        world->hosts[CLOUD].cpu = busy ? 0.2 : 0.1;
        CU_ASSERT_EQUAL(window(0.4), busy ? 1 : 2);
        end();
        begin(0.050, "1");
        world->operators[J][0].flops_per_item = 2e9;
        CU_ASSERT_EQUAL(window(0.49), 1);
        world->latency_s[EDGE][CLOUD] = world->latency_s[CLOUD][EDGE] = 100;
        world->hosts[EDGE].cpu = busy ? 0.01 : 0;
        CU_ASSERT_EQUAL(windows(31, 0.4), !busy);
        end();
    }
}

/* With half a core each, 45/s want two instances of 50/s at the edge again. */
static void test_returns_with_its_share(void)
{
    begin(0.050, "1");
    world->placed[J][0][0].cpu_share = 0.5;
    CU_ASSERT_EQUAL(window(49), 1);
    CU_ASSERT_EQUAL(host(J, 0), CLOUD);
    world->latency_s[EDGE][CLOUD] = world->latency_s[CLOUD][EDGE] = 1;
    world->hosts[EDGE].cores = 2;
    CU_ASSERT_EQUAL(windows(31, 45), 1);
    CU_ASSERT_EQUAL(host(J, 0), EDGE);
    CU_ASSERT_EQUAL(count(0), 2);
    CHECK_NEAR(world->placed[J][0][0].cpu_share, 0.5, 0);
    end();
}

/* Items of 1 MB over 100 MB/s: the cloud does not take more than 100/s. What is foreseen of the source within the two
 * windows of patience counts, and no more. */
static void test_source_foreseen(void)
{
    static const struct {
        const char *more;
        double per_s[3];
        int moves;
    } rows[] = {
        {"2", {90, 99, 99}, 1},
        {"2", {90, 101, 99}, 0},
        {"2", {90, 99, 101}, 1},
        {"2, \"foresee\": false", {101, 101, 101}, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(0.010, rows[i].more);
        world->operators[J][0].in_bytes = 1e6;
        int moves = 0;
        for (int w = 0; w < 2; w++) {
            show(90);
            world->view.window++;
            world->view.time_s += world->view.window_s;
            struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
            weir_plan_foresee(plan, J, -1, rows[i].per_s, 3);
            weir_plan_author(plan, "load-balancer");
            weir_policy_load_balancer.window_ends(state, &world->view, plan);
            moves += weir_mock_apply(world, plan);
            weir_plan_free(plan);
        }
        CU_ASSERT_EQUAL(moves, rows[i].moves);
        end();
    }
}

/* A window in which it is changed breaks the row of three. */
static void test_a_change_breaks_the_row(void)
{
    begin(0.010, "3");
    CU_ASSERT_EQUAL(window(90), 0);
    world->operators[J][0].changing = true;
    CU_ASSERT_EQUAL(window(90), 0);
    world->operators[J][0].changing = false;
    CU_ASSERT_EQUAL(windows(2, 90), 0);
    CU_ASSERT_EQUAL(window(90), 1);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"follows", test_follows},
        {"once for each move", test_once_for_each_move},
        {"to the cloud and back", test_to_the_cloud_and_back},
        {"claims its input", test_claims_its_input},
        {"less than one", test_less_than_one},
        {"returns with its share", test_returns_with_its_share},
        {"source foreseen", test_source_foreseen},
        {"a change breaks the row", test_a_change_breaks_the_row},
        {0},
    };
    return weir_test_main("policies/load_balancer_follows", cases, argc, argv);
}
