/* KEDA: what waits, none and some, and in the engine what that costs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "policies/support/lag.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "tests/support/run.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

extern const struct weir_policy weir_policy_keda;
static const struct weir_policy_env env = {.seed = 1, .stream = "policy/keda"};
static struct weir_mock *world;
static void *state;

/* source -> a -> b, an instance each; both may have none. */
static int begin(const char *params)
{
    world = weir_mock_new();
    state = weir_mock_state(&weir_policy_keda);
    struct weir_json_doc *doc;
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(params, "params", &doc), WEIR_OK);
    struct weir_json root = weir_json_root(doc);
    CU_ASSERT_EQUAL(weir_param_bind(weir_policy_keda.params, &root, NULL, state), WEIR_OK);
    weir_json_free(doc);
    weir_mock_host(world, "cloud", "far", WEIR_VIEW_CLOUD, 64, 0);
    weir_mock_job(world, "stream", 0);
    for (int o = 0; o < 2; o++) {
        weir_mock_operator(world, 0, o ? "b" : "a", 1e7);
        weir_mock_deploy(world, 0, o, 0);
        world->operators[0][o].min_instances = 0;
        world->operators[0][o].max_parallelism = 20;
    }
    return weir_policy_keda.create(state, &env);
}

static void end(void)
{
    weir_policy_keda.destroy(state);
    free(state);
    free(world);
}

/* A window with so much waiting at the source and at b; the instances of a after it. */
static int step(double backlog, double at_b)
{
    world->jobs[0].backlog = backlog;
    world->operators[0][1].queued = at_b;
    world->jobs[0].age_s = world->view.time_s + world->view.window_s;
    weir_mock_step(world, &weir_policy_keda, state);
    return world->operators[0][0].instance_count;
}

/* What waits for a: its input, what the source holds, and the backlog. For b: its own; and if a holds something for it,
 * what waits for a, at a's selectivity. */
static void lags(void)
{
    double lag[3];
    begin("{}");
    weir_mock_operator(world, 0, "c", 1e7);
    world->jobs[0].backlog = 100;
    world->operators[0][0].queued = 20;
    world->operators[0][0].held = 1;
    world->operators[0][1].queued = 3;
    world->operators[0][0].selectivity = 0.5;
    weir_lags(weir_mock_view(world)->jobs, lag);
    CHECK_NEAR(lag[0], 121, 1e-12);
    CHECK_NEAR(lag[1], 3, 1e-12);
    CHECK_NEAR(lag[2], 0, 0);
    world->operators[0][1].held = 2;
    weir_lags(weir_mock_view(world)->jobs, lag);
    CHECK_NEAR(lag[1], 3 + 2 + 0.5 * 121, 1e-12);
    CHECK_NEAR(lag[2], 0, 0);
    world->operators[0][1].processed_rate = 100; /* 100 x (0.04 + 0.05) = 9 are there on average, and 3 at the end */
    world->operators[0][1].waiting_s = 0.04;
    world->operators[0][1].service_s = 0.05;
    weir_lags(weir_mock_view(world)->jobs, lag);
    CHECK_NEAR(lag[1], 9 + 2 + 0.5 * 121, 1e-12);
    world->operators[0][1].waiting_s = NAN; /* nothing is known */
    weir_lags(weir_mock_view(world)->jobs, lag);
    CHECK_NEAR(lag[1], 3 + 2 + 0.5 * 121, 1e-12);
    world->operators[0][2].held = 1;
    weir_lags(weir_mock_view(world)->jobs, lag);
    CHECK_NEAR(lag[2], 1 + 65.5, 1e-12);
    end();
}

/* 95 wait, 10 for each: 10, of which 5 in the first 15 s, as 1 + 4; at 20 s nothing more, at 30 s 10. */
static void one_for_ten(void)
{
    CU_ASSERT_EQUAL(begin("{}"), WEIR_OK);
    CU_ASSERT_EQUAL(step(95, 0), 5);  /* at 10 s */
    CU_ASSERT_EQUAL(step(95, 0), 5);  /* at 20 s: 10 s later */
    CU_ASSERT_EQUAL(step(95, 0), 10); /* at 30 s */
    CU_ASSERT_EQUAL(step(1e6, 0), 10);
    CU_ASSERT_EQUAL(step(1e6, 0), 20); /* at 50 s: as many as there are partitions */
    end();
    CU_ASSERT_EQUAL(begin("{\"lagThreshold\": 50, \"maxReplicaCount\": 3}"), WEIR_OK);
    CU_ASSERT_EQUAL(step(90, 0), 2);
    CU_ASSERT_EQUAL(step(500, 0), 3); /* the 4 of the last 15 s are not used up */
    end();
}

/* With 12 partitions, 20 of 1000 at 100 each count as 12 x 100; for 11 that is 1.09 of what they take, within a tenth.
 * Idle consumers allowed, it is 1.8, and the limit is the parallelism. */
static void partitions(void)
{
    static const char *const params[] = {"{\"lagThreshold\": 100}",
                                         "{\"lagThreshold\": 100, \"allowIdleConsumers\": true}"};
    for (int p = 0; p < 2; p++) {
        CU_ASSERT_EQUAL(begin(params[p]), WEIR_OK);
        world->operators[0][0].max_parallelism = 12;
        for (int i = 1; i < 11; i++)
            weir_mock_deploy(world, 0, 0, 0);
        CU_ASSERT_EQUAL(step(2000, 0), p ? 12 : 11);
        end();
    }
}

/* Polled at 10, 30, 60 s, ...: nothing waits from 20 s on, it was active at 10 s, and 300 s are over at 310: gone at
 * 330 s. Something waits at 345 s: it is seen at 360 s. b, which never was active, goes at 10 s, since
 * initialCooldownPeriod is 0. */
static void to_none_and_back(void)
{
    CU_ASSERT_EQUAL(begin("{}"), WEIR_OK);
    CU_ASSERT_EQUAL(step(5, 0), 1);
    CU_ASSERT_EQUAL(world->operators[0][1].instance_count, 0);
    while (world->view.time_s < 320)
        CU_ASSERT_EQUAL(step(0, 0), 1);
    CU_ASSERT_EQUAL(step(0, 0), 0);
    CU_ASSERT_EQUAL(step(0, 0), 0);
    CU_ASSERT_EQUAL(step(7, 0), 0);
    CU_ASSERT_EQUAL(step(7, 0), 1); /* at 360 s */
    CHECK_NEAR(world->view.time_s, 360, 0);
    end();
    /* 20 items are not enough to be active, nor to be left. */
    CU_ASSERT_EQUAL(begin("{\"activationLagThreshold\": 20, \"cooldownPeriod\": 60, \"initialCooldownPeriod\": 100,"
                          " \"scaleUp.selectPolicy\": \"Disabled\"}"),
                    WEIR_OK);
    while (world->view.time_s < 110)
        CU_ASSERT_EQUAL(step(20, 0), 1);
    CU_ASSERT_EQUAL(step(20, 0), 0); /* at 120 s: never active, for more than 100 s */
    while (world->view.time_s < 190)
        CU_ASSERT_EQUAL(step(20, 0), 0);
    CU_ASSERT_EQUAL(step(21, 0), 0); /* at 200 s it is not polled */
    CU_ASSERT_EQUAL(step(21, 0), 1); /* at 210 s */
    while (world->view.time_s < 260)
        CU_ASSERT_EQUAL(step(20, 0), 1);
    CU_ASSERT_EQUAL(step(20, 0), 1); /* at 270 s: just 60 s */
    CU_ASSERT_EQUAL(step(20, 0), 1);
    CU_ASSERT_EQUAL(step(20, 0), 1);
    CU_ASSERT_EQUAL(step(20, 0), 0); /* at 300 s */
    end();
}

/* With a least of 2 there are never fewer; an operator that must have one keeps it. */
static void the_least(void)
{
    CU_ASSERT_EQUAL(begin("{\"minReplicaCount\": 2}"), WEIR_OK);
    CU_ASSERT_EQUAL(step(0, 0), 2);
    for (int w = 0; w < 60; w++)
        CU_ASSERT_EQUAL(step(0, 0), 2);
    end();
    CU_ASSERT_EQUAL(begin("{}"), WEIR_OK);
    world->operators[0][0].min_instances = 1;
    for (int w = 0; w < 60; w++)
        CU_ASSERT_EQUAL(step(0, 0), 1);
    end();
    CU_ASSERT_EQUAL(begin("{\"minReplicaCount\": 7, \"maxReplicaCount\": 6}"), WEIR_EINPUT);
    CU_ASSERT_STRING_EQUAL(weir_error_message(), "\"minReplicaCount\" (7) must not be above \"maxReplicaCount\" (6)");
    end();
}

/* In the engine: 100 items from 0 s on at 10/s, and 100 from 600 s on. a is left at 330 s and b, which comes after it,
 * too: active at 30 s at the latest, so gone between 310 and 350 s. At 600 s something waits; a is asked for at 600 or
 * 630 s and starts in 5 s, b at the next poll after that; nothing is lost, and the longest waits are those. */
static void in_the_engine(void)
{
    const char *scenario =
        "{\"platform\": \"\", \"duration\": \"900s\", \"window\": \"10s\", \"items_per_batch\": 1,"
        " \"costs\": {\"start\": \"5s\"}, \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge2\","
        " \"load\": {\"kind\": \"steps\", \"arrivals\": \"even\", \"steps\": [{\"at\": \"0s\", \"rate\": \"10/s\"},"
        " {\"at\": \"10s\", \"rate\": \"0/s\"}, {\"at\": \"601s\", \"rate\": \"10/s\"}, {\"at\": \"611s\", \"rate\": "
        "\"0/s\"}]},"
        " \"operators\": [{\"name\": \"a\", \"flops\": \"200Mf\", \"min_instances\": 0},"
        " {\"name\": \"b\", \"flops\": \"10Mf\", \"min_instances\": 0, \"state\": \"1MB\"}]}]}}";
    struct weir_test_result got = weir_test_run("tests/input/valid/two-tier.xml", scenario, "keda", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation("tests/input/valid/two-tier.xml", scenario, &got);
    CHECK_NEAR(got.result.metrics.delivered, 200, 1);
    CU_ASSERT(strstr(got.decisions, "keda j/a 0 -> 1 instances") != NULL);
    CU_ASSERT(strstr(got.decisions, "keda j/b 0 -> 1 instances") != NULL);
    CHECK_NEAR(got.result.metrics.refused, 0, 0);
    /* 630 - 601 + 5 for a; the next poll for b, at 660 s, and 5 s to start, and the state */
    CU_ASSERT(got.result.metrics.latency_max_s > 29 + 5 && got.result.metrics.latency_max_s < 59 + 5 + 20 + 1);
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"lags", lags},
        {"one for ten", one_for_ten},
        {"partitions", partitions},
        {"to none and back", to_none_and_back},
        {"the least", the_least},
        {"in the engine", in_the_engine},
        {0},
    };
    return weir_test_main("policies/keda", cases, argc, argv);
}
