/* The thresholds of reactive: when it grows, when it shrinks, what it waits for. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

extern const struct weir_policy weir_policy_reactive;
static const struct weir_policy_env env = {.seed = 1, .stream = "policy/reactive"};

static struct weir_mock *world;
static void *state;

/* Operators a -> b, one instance each on a host without limits. */
static void begin_with(const char *params)
{
    world = weir_mock_new();
    state = weir_mock_state(&weir_policy_reactive);
    if (params) {
        struct weir_json_doc *doc;
        CU_ASSERT_EQUAL_FATAL(weir_json_parse(params, "params", &doc), WEIR_OK);
        struct weir_json root = weir_json_root(doc);
        CU_ASSERT_EQUAL(weir_param_bind(weir_policy_reactive.params, &root, NULL, state), WEIR_OK);
        weir_json_free(doc);
    }
    weir_mock_host(world, "cloud", "far", WEIR_VIEW_CLOUD, 64, 0);
    weir_mock_job(world, "stream", 0);
    for (int o = 0; o < 2; o++) {
        weir_mock_operator(world, 0, o ? "b" : "a", 1e7);
        weir_mock_deploy(world, 0, o, 0);
    }
}

static void begin(const char *params)
{
    begin_with(params);
    CU_ASSERT_EQUAL(weir_policy_reactive.create(state, &env), WEIR_OK);
}

static void end(void)
{
    weir_policy_reactive.destroy(state);
    free(state);
    free(world);
}

/* Both operators serve 100/s an instance; steps the windows. Returns the changes. */
static int run(int windows, double load_a, double load_b)
{
    int changes = 0;
    for (int w = 0; w < windows; w++) {
        weir_mock_serve(world, 0, 0, load_a, 100);
        weir_mock_serve(world, 0, 1, load_b, 100);
        world->operators[0][0].queued = world->operators[0][1].queued = 0;
        changes += weir_mock_step(world, &weir_policy_reactive, state);
    }
    return changes;
}

static int instances(int op)
{
    return world->operators[0][op].instance_count;
}

/* Busy 0.9 > 0.8: grows in the second window, not the first; then not before 30 s have passed. */
static void test_up(void)
{
    begin(NULL);
    CU_ASSERT_EQUAL(run(1, 90, 50), 0);
    CU_ASSERT_EQUAL(run(1, 90, 50), 1); /* at 20 s */
    CU_ASSERT_EQUAL(instances(0), 2);
    CU_ASSERT_EQUAL(instances(1), 1);
    CU_ASSERT_EQUAL(run(2, 190, 50), 0); /* 30, 40 s: cool-down */
    CU_ASSERT_EQUAL(run(1, 190, 50), 1); /* 50 s */
    CU_ASSERT_EQUAL(instances(0), 3);
    end();
}

/* A quiet window in between starts the count anew. */
static void test_in_a_row(void)
{
    begin(NULL);
    for (int i = 0; i < 5; i++) {
        CU_ASSERT_EQUAL(run(1, 90, 50), 0);
        CU_ASSERT_EQUAL(run(1, 50, 50), 0);
    }
    end();
}

/* Down after five windows below 0.3, one at a time, never below min_instances. */
static void test_down(void)
{
    begin("{\"cooldown\": \"0s\", \"min_instances\": 2, \"stabilization\": \"0s\"}");
    weir_mock_deploy(world, 0, 0, 0);
    weir_mock_deploy(world, 0, 0, 0);
    CU_ASSERT_EQUAL(instances(0), 3);
    CU_ASSERT_EQUAL(run(4, 30, 50), 0); /* busy 0.1 */
    CU_ASSERT_EQUAL(run(1, 30, 50), 1);
    CU_ASSERT_EQUAL(instances(0), 2);
    CU_ASSERT_EQUAL(run(20, 30, 50), 0);
    end();
}

/* Busy 0.25 of 4 would be 1.0 on 1: a step that large is not taken. */
static void test_no_overshoot(void)
{
    begin("{\"step\": 3, \"cooldown\": \"0s\", \"stabilization\": \"0s\"}");
    for (int i = 1; i < 4; i++)
        weir_mock_deploy(world, 0, 0, 0);
    CU_ASSERT_EQUAL(run(20, 100, 50), 0);
    CU_ASSERT_EQUAL(run(5, 60, 50), 1); /* 0.15 x 4 = 0.6 < 0.8 */
    CU_ASSERT_EQUAL(instances(0), 1);
    end();
}

static int run_waiting(int windows, double queued, double backpressured)
{
    int changes = 0;
    for (int w = 0; w < windows; w++) {
        weir_mock_serve(world, 0, 0, 50, 100);
        weir_mock_serve(world, 0, 1, 50, 100);
        world->operators[0][0].queued = queued;
        world->operators[0][0].backpressured = backpressured;
        changes += weir_mock_step(world, &weir_policy_reactive, state);
    }
    return changes;
}

/* 600 items at 100/s are 6 s of work > 5 s; 400 are 4 s. One that is blocked itself does not grow. */
static void test_backlog(void)
{
    begin(NULL);
    CU_ASSERT_EQUAL(run_waiting(10, 400, 0), 0);
    CU_ASSERT_EQUAL(run_waiting(2, 600, 0), 1);
    CU_ASSERT_EQUAL(instances(0), 2);
    end();

    begin(NULL);
    run_waiting(2, 600, 0.5);
    CU_ASSERT_EQUAL(instances(0), 1);
    CU_ASSERT_EQUAL(instances(1), 2); /* a is blocked by b, which is busy 0.5 */
    end();
}

/* Idle, but 150 items at 2 x 100/s are 0.75 s of work, above a tenth of 5 s: nothing is dropped; 90 are 0.45 s. */
static void test_down_queue(void)
{
    begin("{\"stabilization\": \"0s\"}");
    weir_mock_deploy(world, 0, 0, 0);
    for (int w = 0; w < 20; w++) {
        weir_mock_serve(world, 0, 0, 20, 100);
        world->operators[0][0].queued = w < 10 ? 150 : 90;
        weir_mock_step(world, &weir_policy_reactive, state);
        CU_ASSERT_EQUAL(instances(0), w < 14 ? 2 : 1); /* the fifth window after 10 */
    }
    end();
}

static void test_source_blocked(void)
{
    begin(NULL);
    world->jobs[0].source_backpressured = 0.5;
    CU_ASSERT_EQUAL(run(10, 20, 20), 0); /* not busy: not the cause */
    CU_ASSERT_EQUAL(run(2, 60, 20), 1);
    CU_ASSERT_EQUAL(instances(0), 2);
    end();
}

static void test_limits(void)
{
    begin("{\"max_instances\": 3, \"step\": 5, \"for_windows\": 1, \"cooldown\": \"0s\"}");
    run(10, 10000, 50);
    CU_ASSERT_EQUAL(instances(0), 3);
    end();

    begin("{\"step\": 5, \"for_windows\": 1, \"cooldown\": \"0s\"}");
    run(10, 10000, 50);
    CU_ASSERT_EQUAL(instances(0), 8); /* the operator's max_parallelism */
    end();
}

static void test_create(void)
{
    begin_with("{\"low\": 0.9}");
    CU_ASSERT_EQUAL(weir_policy_reactive.create(state, &env), WEIR_EINPUT);
    CHECK_MESSAGE("\"low\" (0.9) must be below \"high\" (0.8)");
    end();
    begin_with("{\"min_instances\": 5, \"max_instances\": 4}");
    CU_ASSERT_EQUAL(weir_policy_reactive.create(state, &env), WEIR_EINPUT);
    CHECK_MESSAGE("\"min_instances\" (5) must not be above \"max_instances\" (4)");
    end();
}

/* "low" is below "high"; "min_instances" at most "max_instances", where that is given. */
static void test_bounds_of_create(void)
{
    static const struct {
        const char *params;
        bool taken;
    } rows[] = {{"{\"low\": 0.8}", false},
                {"{\"low\": 0.79}", true},
                {"{\"high\": 0.3}", false},
                {"{\"high\": 0.31}", true},
                {"{\"min_instances\": 2, \"max_instances\": 1}", false},
                {"{\"min_instances\": 9, \"max_instances\": 8}", false},
                {"{\"min_instances\": 8, \"max_instances\": 8}", true},
                {"{\"min_instances\": 8}", true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct weir_json_doc *doc;
        state = weir_mock_state(&weir_policy_reactive);
        CU_ASSERT_EQUAL_FATAL(weir_json_parse(rows[i].params, "params", &doc), WEIR_OK);
        struct weir_json root = weir_json_root(doc);
        CU_ASSERT_EQUAL(weir_param_bind(weir_policy_reactive.params, &root, NULL, state), WEIR_OK);
        weir_json_free(doc);
        int got = weir_policy_reactive.create(state, &env);
        CU_ASSERT_EQUAL(got >= 0, rows[i].taken);
        double low = 0, high = 0;
        if (got && sscanf(weir_error_message(), "\"low\" (%lf) must be below \"high\" (%lf)", &low, &high) == 2)
            CU_ASSERT(low >= high && low > 0.29 && high < 0.81);
        int least, most;
        if (got && sscanf(weir_error_message(), "\"min_instances\" (%d) must not be above \"max_instances\" (%d)",
                          &least, &most) == 2)
            CU_ASSERT(least == most + 1);
        weir_policy_reactive.destroy(state);
        free(state);
    }
}

static void test_reason(void)
{
    begin("{\"for_windows\": 1}");
    weir_mock_serve(world, 0, 0, 93, 100);
    world->view.time_s = 10;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    weir_policy_reactive.window_ends(state, &world->view, plan);
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT_STRING_EQUAL(changes[0].why, "busy 0.93 > 0.80 for 1 windows: 2 instances");
    weir_plan_free(plan);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"up", test_up},
        {"in_a_row", test_in_a_row},
        {"down", test_down},
        {"no_overshoot", test_no_overshoot},
        {"backlog", test_backlog},
        {"down_queue", test_down_queue},
        {"source_blocked", test_source_blocked},
        {"limits", test_limits},
        {"create", test_create},
        {"bounds_of_create", test_bounds_of_create},
        {"reason", test_reason},
        {0},
    };
    return weir_test_main("reactive", cases, argc, argv);
}
