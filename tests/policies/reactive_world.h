/* A job of two operators on one host under reactive alone. For the files reactive_rules.c and reactive_reach.c. */
#ifndef WEIR_TESTS_POLICIES_REACTIVE_WORLD_H
#define WEIR_TESTS_POLICIES_REACTIVE_WORLD_H

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

/* Operators a -> b of 100/s an instance on a host of 64 cores; `count` instances of a, two of b. */
static void begin(const char *params, int count)
{
    struct weir_json_doc *doc;
    world = weir_mock_new();
    state = weir_mock_state(&weir_policy_reactive);
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(params, "params", &doc), WEIR_OK);
    struct weir_json root = weir_json_root(doc);
    CU_ASSERT_EQUAL(weir_param_bind(weir_policy_reactive.params, &root, NULL, state), WEIR_OK);
    weir_json_free(doc);
    CU_ASSERT_EQUAL(weir_policy_reactive.create(state, &env), WEIR_OK);
    weir_mock_host(world, "cloud", "far", WEIR_VIEW_CLOUD, 64, 0);
    weir_mock_job(world, "stream", 0);
    for (int o = 0; o < 2; o++) {
        weir_mock_operator(world, 0, o ? "b" : "a", 1e7);
        for (int i = 0; i < (o ? 2 : count); i++)
            weir_mock_deploy(world, 0, o, 0);
    }
}

static void end(void)
{
    weir_policy_reactive.destroy(state);
    free(state);
    free(world);
}

/* What a shows in each window; b is busy 0.5, so that it neither grows nor shrinks by itself. */
struct shown {
    double busy, queued, backpressured, source_blocked;
};

static int window(const struct shown *shown)
{
    struct weir_operator_view *a = &world->operators[0][0], *b = &world->operators[0][1];
    weir_mock_serve(world, 0, 0, 100 * shown->busy * a->instance_count, 100);
    weir_mock_serve(world, 0, 1, 50 * b->instance_count, 100);
    a->busy = shown->busy;
    a->queued = shown->queued;
    a->backpressured = shown->backpressured;
    world->jobs[0].source_backpressured = shown->source_blocked;
    world->jobs[0].ingress_rate = a->processed_rate;
    weir_mock_step(world, &weir_policy_reactive, state);
    return a->instance_count;
}

/* Of k instances after so many windows, in which nothing changes but at the last. */
static inline int after(const char *params, int k, int windows, const struct shown *shown)
{
    begin(params, k);
    int got = k;
    for (int w = 0; w < windows; w++) {
        CU_ASSERT_EQUAL(got, k);
        got = window(shown);
    }
    end();
    return got;
}

#endif
