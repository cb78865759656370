/* The edge-to-cloud rule: when it moves, what it moves first, when it returns, and that it does not swing. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

extern const struct weir_policy weir_policy_load_balancer, weir_policy_ds2;
static const struct weir_policy_env env = {.seed = 1, .stream = "policy/load-balancer"};

enum { EDGE, CLOUD };
static struct weir_mock *world;
static void *state, *scaler; /* scaler: ds2 before it in the stack, or NULL */

/* One edge core of 1e9 flop/s at the source, a cloud of 16 cores of 4e9 behind `latency_s`; the operator "a" of 1e7
 * flop an item: mu = 100/s at the edge, 400/s in the cloud. Restart 1 s, H = 300 s: M = 1 / 600 = 1.67 ms. */
static void begin(double latency_s, const char *params)
{
    world = weir_mock_new();
    state = weir_mock_state(&weir_policy_load_balancer);
    scaler = NULL;
    if (params) {
        struct weir_json_doc *doc;
        CU_ASSERT_EQUAL_FATAL(weir_json_parse(params, "params", &doc), WEIR_OK);
        struct weir_json root = weir_json_root(doc);
        CU_ASSERT_EQUAL(weir_param_bind(weir_policy_load_balancer.params, &root, NULL, state), WEIR_OK);
        weir_json_free(doc);
    }
    weir_policy_load_balancer.create(state, &env);
    weir_mock_edge_and_cloud(world, latency_s);
}

static void end(void)
{
    weir_policy_load_balancer.destroy(state);
    if (scaler)
        weir_policy_ds2.destroy(scaler);
    free(scaler);
    free(state);
    free(world);
}

static int host(int op)
{
    return world->placed[0][op][0].host;
}

static void show(double load)
{
    world->jobs[0].ingress_rate = load;
    for (int o = 0; o < world->jobs[0].operator_count; o++) {
        double rate = world->hosts[host(o)].speed_flops_per_s / world->operators[0][o].flops_per_item;
        weir_mock_serve(world, 0, o, load, rate);
        if (world->operators[0][o].busy >= 1)
            world->operators[0][o].processed_rate = rate * world->operators[0][o].instance_count;
    }
}

/* One window at the load; returns the changes carried out. */
static int window(double load)
{
    show(load);
    if (!scaler)
        return weir_mock_step(world, &weir_policy_load_balancer, state);
    world->view.window++;
    world->view.time_s += world->view.window_s;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    weir_plan_author(plan, "ds2");
    weir_policy_ds2.window_ends(scaler, &world->view, plan);
    weir_plan_author(plan, "load-balancer");
    weir_policy_load_balancer.window_ends(state, &world->view, plan);
    int applied = weir_mock_apply(world, plan);
    weir_plan_free(plan);
    return applied;
}

static int windows(int count, double load)
{
    int changes = 0;
    for (int w = 0; w < count; w++)
        changes += window(load);
    return changes;
}

/* Cloud 10 ms away. eps = 1/(100 - l); M + C = 1.667 + 10 + 0.001 ms + 1/(400 - l):
 *     l = 30: 14.286 <= 14.370 ms: never;  l = 31: 14.493 > 14.378 ms: in the third window. */
static void test_threshold(void)
{
    begin(0.010, NULL);
    CU_ASSERT_EQUAL(windows(20, 30), 0);
    CU_ASSERT_EQUAL(windows(2, 31), 0);
    CU_ASSERT_EQUAL(windows(1, 31), 1);
    CU_ASSERT_EQUAL(host(0), CLOUD);
    end();

    begin(0.010, "{\"windows\": 1}");
    CU_ASSERT_EQUAL(windows(1, 31), 1);
    end();

    begin(0.010, NULL); /* a window below the threshold starts the count anew */
    for (int i = 0; i < 10; i++)
        CU_ASSERT_EQUAL(windows(2, 90) + windows(1, 30), 0);
    end();
}

/* 100 MB over 100 MB/s: D = 1 + 1 s, M = 4/600 = 6.67 ms. l = 40: 16.7 < 6.67 + 12.8 ms; l = 90: 100 ms. */
static void test_state_costs(void)
{
    begin(0.010, NULL);
    world->operators[0][0].state_bytes = 100e6;
    CU_ASSERT_EQUAL(windows(10, 40), 0);
    CU_ASSERT_EQUAL(windows(3, 90), 1);
    end();
}

/* l = 20: W + 1/mu = 12.5 ms, C = 12.63 ms, M = 1.67 ms: stays. Measured 500 ms: the excess of 487.5 ms is a quarter of
 * that in the cloud, 500 > 1.67 + 12.6 + 121.9 ms. Measured 14.5 ms: 14.5 < 14.3 + 0.5 ms. */
static void test_measured(void)
{
    static const struct {
        const char *params;
        double latency_s, backpressured;
        int moves;
    } rows[] = {
        {NULL, 0.5, 0, 1},   {"{\"measured\": false}", 0.5, 0, 0}, {NULL, 0.0145, 0, 0}, {NULL, INFINITY, 0, 0},
        {NULL, 0.5, 0.2, 0}, /* blocked: not its own doing */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(0.010, rows[i].params);
        int changes = 0;
        for (int w = 0; w < 5; w++) {
            world->jobs[0].ingress_rate = 20;
            weir_mock_serve(world, 0, 0, 20, host(0) == EDGE ? 100 : 400);
            world->operators[0][0].latency_s = rows[i].latency_s;
            world->operators[0][0].backpressured = rows[i].backpressured;
            changes += weir_mock_step(world, &weir_policy_load_balancer, state);
        }
        CU_ASSERT_EQUAL(changes, rows[i].moves);
        end();
    }
}

/* Below an overloaded edge the cloud gets the instances that keep it at 0.8: 1000/s over 0.8 x 400/s = 3.1 -> 4. */
static void test_count_and_reason(void)
{
    begin(0.010, "{\"windows\": 1}");
    world->jobs[0].ingress_rate = 1000;
    weir_mock_serve(world, 0, 0, 1000, 100);
    world->view.time_s = 10;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    weir_policy_load_balancer.window_ends(state, &world->view, plan);
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT_EQUAL(changes[0].count, 4);
    /* C = 10.001 ms + 1/400 + W(1000, 400, 4) = 0.533 ms (Erlang C): 13.0 ms */
    CU_ASSERT_STRING_EQUAL(changes[0].why,
                           "0.0147 s there, migration included, instead of overload for 1 windows: to cloud-0");
    weir_plan_free(plan);
    end();
}

/* Where nothing is better, nothing moves: no cloud up, no slot, cloud busy, no load. */
static void test_nowhere(void)
{
    begin(0.010, NULL);
    world->hosts[CLOUD].up = false;
    CU_ASSERT_EQUAL(windows(5, 200), 0);
    world->hosts[CLOUD].up = true;
    world->hosts[CLOUD].cpu = 0.97;
    CU_ASSERT_EQUAL(windows(5, 200), 0);
    world->hosts[CLOUD].cpu = 0;
    world->bytes_per_s = 1000; /* 20 000 B/s asked for */
    CU_ASSERT_EQUAL(windows(5, 200), 0);
    world->bytes_per_s = 1e8;
    CU_ASSERT_EQUAL(windows(5, 0), 0);
    CU_ASSERT_EQUAL(windows(3, 200), 1);
    end();
}

/* Cloud 50 ms away: C at 10/s = 50 + 2.56 ms, 0.7 C = 36.8 ms > eps = 1/90 = 11.1 ms. Moved at 30 s: back at 330 s. */
static void test_return(void)
{
    begin(0.050, NULL);
    CU_ASSERT_EQUAL(windows(3, 90), 1);
    CU_ASSERT_EQUAL(host(0), CLOUD);
    CU_ASSERT_EQUAL(windows(29, 10), 0); /* to 320 s */
    CU_ASSERT_EQUAL(windows(1, 10), 1);
    CU_ASSERT_EQUAL(host(0), EDGE);
    end();

    /* 0.7 C at 75/s = 0.7 x (50 + 3.08) = 37.2 ms < eps = 1/25 = 40 ms: stays; at 70/s 1/30 = 33.3 < 37.1 ms */
    begin(0.050, NULL);
    windows(3, 90);
    CU_ASSERT_EQUAL(windows(60, 75), 0);
    CU_ASSERT_EQUAL(windows(3, 70), 1);
    end();

    begin(0.050, NULL); /* no room: the core is 30 % busy, 60/s would take 60 % more, over 80 % */
    windows(3, 90);
    world->hosts[EDGE].cpu = 0.3;
    CU_ASSERT_EQUAL(windows(60, 60), 0);
    world->hosts[EDGE].cpu = 0.1;
    CU_ASSERT_EQUAL(windows(3, 60), 1);
    end();

    begin(0.050, NULL); /* what it did not move stays in the cloud */
    world->placed[0][0][0].host = CLOUD;
    CU_ASSERT_EQUAL(windows(60, 10), 0);
    end();
}

/* 100 windows of loads that swing faster than k windows: nothing; slower: a round trip takes at least H = 300 s. */
static void test_no_ping_pong(void)
{
    begin(0.050, NULL);
    int changes = 0;
    for (int w = 0; w < 100; w++)
        changes += window(w % 2 ? 90 : 10);
    CU_ASSERT_EQUAL(changes, 0);
    end();

    begin(0.050, NULL);
    double left_s = 0;
    changes = 0;
    for (int w = 0; w < 100; w++) {
        bool at_edge = host(0) == EDGE;
        changes += window(w / 5 % 2 ? 90 : 10);
        if (at_edge && host(0) == CLOUD)
            left_s = world->view.time_s;
        else if (!at_edge && host(0) == EDGE)
            CU_ASSERT(world->view.time_s - left_s >= 300);
    }
    CU_ASSERT(changes >= 2); /* it did move */
    CU_ASSERT(changes <= 7); /* 1000 s hold three round trips and a departure */
    end();
}

/* Two operators beyond their rates: one a window, the more overloaded first. b needs 2e7 flop: 50/s. */
static void test_greatest_gain(void)
{
    begin(0.010, NULL);
    weir_mock_operator(world, 0, "b", 2e7);
    weir_mock_deploy(world, 0, 1, EDGE);
    CU_ASSERT_EQUAL(windows(2, 150), 0);
    CU_ASSERT_EQUAL(windows(1, 150), 1);
    CU_ASSERT_EQUAL(host(0), EDGE);
    CU_ASSERT_EQUAL(host(1), CLOUD);
    CU_ASSERT_EQUAL(windows(1, 150), 1);
    CU_ASSERT_EQUAL(host(0), CLOUD);
    end();

    begin(0.010, "{\"moves_per_window\": 2}");
    weir_mock_operator(world, 0, "b", 2e7);
    weir_mock_deploy(world, 0, 1, EDGE);
    CU_ASSERT_EQUAL(windows(3, 150), 2);
    end();
}

/* Two alike, both fed by the source, but for 100 MB of state of the first, which makes its move cost 6.7 and not 1.7
 * ms: the second goes first. */
static void test_gain_after_migration(void)
{
    begin(0.010, "{\"windows\": 1}");
    weir_mock_operator(world, 0, "b", 1e7);
    weir_mock_deploy(world, 0, 1, EDGE);
    world->upstream[0][1][0] = -1;
    world->downstream[0][0][0] = -1;
    world->operators[0][0].state_bytes = 100e6;
    CU_ASSERT_EQUAL(window(60), 1);
    CU_ASSERT_EQUAL(host(0), EDGE);
    CU_ASSERT_EQUAL(host(1), CLOUD);
    end();
}

/* Both fed by the source, of 100 and 1000/s: back from a cloud 50 ms away they gain 52.9 - 25 and 50.3 - 1.1 ms. */
static void test_greatest_gain_of_returns(void)
{
    begin(0.050, "{\"windows\": 1, \"moves_per_window\": 2}");
    weir_mock_operator(world, 0, "b", 1e6);
    weir_mock_deploy(world, 0, 1, EDGE);
    world->upstream[0][1][0] = -1;
    world->downstream[0][0][0] = -1;
    CU_ASSERT_EQUAL(window(1100), 2);
    world->hosts[EDGE].up = false;
    CU_ASSERT_EQUAL(windows(40, 60), 0);
    world->hosts[EDGE].up = true;
    world->hosts[EDGE].slots = 1; /* for the first of them */
    CU_ASSERT_EQUAL(window(60), 1);
    CU_ASSERT_EQUAL(host(0), CLOUD);
    CU_ASSERT_EQUAL(host(1), EDGE);
    end();
}

/* Behind ds2: while the edge has slots ds2 scales and nothing moves; when it has none left, the operator moves. */
static void test_behind_ds2(void)
{
    begin(0.500, NULL); /* a cloud so far away that only an overloaded edge is worse */
    scaler = weir_mock_state(&weir_policy_ds2);
    weir_policy_ds2.create(scaler, &env);
    world->hosts[EDGE].slots = 3;
    world->hosts[EDGE].cores = 4;
    CU_ASSERT_EQUAL(windows(1, 200), 1); /* 1.2 x 200/100 = 2.4 -> 3 */
    CU_ASSERT_EQUAL(world->operators[0][0].instance_count, 3);
    CU_ASSERT_EQUAL(windows(10, 200), 0);
    CU_ASSERT_EQUAL(windows(2, 500), 0); /* wants 6, has 3 slots */
    CU_ASSERT_EQUAL(windows(1, 500), 1);
    CU_ASSERT_EQUAL(host(0), CLOUD);
    CU_ASSERT_EQUAL(world->operators[0][0].instance_count, 2); /* 500 / (0.8 x 400) = 1.6 -> 2 */
    end();
}

/* only_when_full: at 90/s the edge is slower than the cloud, but has more instances to give until it has none. */
static void test_only_when_full(void)
{
    begin(0.010, "{\"only_when_full\": true}");
    world->hosts[EDGE].slots = 2;
    CU_ASSERT_EQUAL(windows(10, 90), 0); /* 1 needed, 2 can be had */
    world->hosts[EDGE].slots = 1;
    CU_ASSERT_EQUAL(windows(3, 90), 1);
    end();
}

/* The host of the operator is down: no latency is worse. */
static void test_host_down(void)
{
    begin(0.010, NULL);
    world->hosts[EDGE].up = false;
    CU_ASSERT_EQUAL(windows(3, 5), 1);
    CU_ASSERT_EQUAL(host(0), CLOUD);
    CU_ASSERT_EQUAL(windows(60, 5), 0);
    end();
}

/* The numbers of the reasons: 1/(100 - 90) > 1/600 + 0.010 + 1/(400 - 90) s, and on the way back at 10/s. */
static void test_told(void)
{
    double edge, migration, cloud, ratio;
    int windows_there;
    begin(0.010, "{\"windows\": 2}");
    for (int back = 0; back < 2; back++) {
        if (back)
            world->latency_s[EDGE][CLOUD] = world->latency_s[CLOUD][EDGE] = 0.050;
        for (int w = back ? 30 : 2; w > 1; w--)
            window(back ? 10 : 90);
        show(back ? 10 : 90);
        world->view.time_s += 10;
        struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
        weir_policy_load_balancer.window_ends(state, &world->view, plan);
        int changes;
        const struct weir_plan_change *change = weir_plan_changes(plan, &changes);
        CU_ASSERT_EQUAL_FATAL(changes, 1);
        if (back) {
            CU_ASSERT_EQUAL(sscanf(change->why, "edge %lf s < %lf x cloud %lf s for %d windows", &edge, &ratio, &cloud,
                                   &windows_there),
                            4);
            CHECK_NEAR(edge, 1.0 / 90, 1e-4);
            CHECK_NEAR(ratio, 0.7, 0);
            CHECK_NEAR(cloud, 0.050001 + 1.0 / 390, 1e-4);
            CU_ASSERT_EQUAL(windows_there, 30);
        } else {
            CU_ASSERT_EQUAL(sscanf(change->why, "edge %lf s > migration %lf s + cloud %lf s for %d windows", &edge,
                                   &migration, &cloud, &windows_there),
                            4);
            CHECK_NEAR(edge, 0.1, 1e-4);
            CHECK_NEAR(migration, 1.0 / 600, 1e-5);
            CHECK_NEAR(cloud, 0.010001 + 1.0 / 310, 1e-4);
            CU_ASSERT_EQUAL(windows_there, 2);
        }
        weir_mock_apply(world, plan);
        weir_plan_free(plan);
    }
    CU_ASSERT_EQUAL(host(0), EDGE);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"threshold", test_threshold},
        {"state_costs", test_state_costs},
        {"measured", test_measured},
        {"count_and_reason", test_count_and_reason},
        {"nowhere", test_nowhere},
        {"return", test_return},
        {"no_ping_pong", test_no_ping_pong},
        {"greatest_gain", test_greatest_gain},
        {"behind_ds2", test_behind_ds2},
        {"only_when_full", test_only_when_full},
        {"host_down", test_host_down},
        {"gain_after_migration", test_gain_after_migration},
        {"greatest_gain_of_returns", test_greatest_gain_of_returns},
        {"told", test_told},
        {0},
    };
    return weir_test_main("load-balancer", cases, argc, argv);
}
