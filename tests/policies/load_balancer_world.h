/* A cloud host and one of the edge, and a job under load-balancer alone. For the files load_balancer_*.c. */
#ifndef WEIR_TESTS_POLICIES_LOAD_BALANCER_WORLD_H
#define WEIR_TESTS_POLICIES_LOAD_BALANCER_WORLD_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

extern const struct weir_policy weir_policy_load_balancer;
static const struct weir_policy_env env = {.seed = 1, .stream = "policy/load-balancer"};

enum { CLOUD, EDGE, THIRD };
enum { IDLE, J, OTHER, MORE }; /* jobs */
static struct weir_mock *world;
static void *state;

/* As in load_balancer.c: 100/s an instance at the edge, 400/s in the cloud, M = 1.667 ms; it moves in the first window
 * that says so. */
static void begin(double latency_s, const char *more)
{
    char params[160];
    struct weir_json_doc *doc;
    world = weir_mock_new();
    state = weir_mock_state(&weir_policy_load_balancer);
    snprintf(params, sizeof params, "{\"windows\": %s}", *more ? more : "1");
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(params, "params", &doc), WEIR_OK);
    struct weir_json root = weir_json_root(doc);
    CU_ASSERT_EQUAL(weir_param_bind(weir_policy_load_balancer.params, &root, NULL, state), WEIR_OK);
    weir_json_free(doc);
    weir_policy_load_balancer.create(state, &env);
    weir_mock_host(world, "cloud-0", "far", WEIR_VIEW_CLOUD, 16, 0);
    weir_mock_host(world, "edge-0", "north", WEIR_VIEW_EDGE, 1, 0);
    world->hosts[CLOUD].speed_flops_per_s = 4e9;
    world->latency_s[EDGE][CLOUD] = world->latency_s[CLOUD][EDGE] = latency_s;
    world->restart_s = 1;
    weir_mock_job(world, "idle", CLOUD); /* others in its place would be seen */
    weir_mock_operator(world, IDLE, "z", 1e3);
    world->jobs[IDLE].running = false;
    world->operators[IDLE][0].max_parallelism = 1;
    weir_mock_job(world, "stream", EDGE);
    weir_mock_operator(world, J, "a", 1e7);
    world->operators[J][0].selectivity = 2;
    weir_mock_deploy(world, J, 0, EDGE);
}

static void end(void)
{
    weir_policy_load_balancer.destroy(state);
    free(state);
    free(world);
}

static int host(int job, int op)
{
    return world->placed[job][op][0].host;
}

static inline int count(int op)
{
    return world->operators[J][op].instance_count;
}

/* All operators of all jobs serve the load, as fast as their hosts are. */
static void show(double load)
{
    for (int j = 0; j < world->view.job_count; j++) {
        world->jobs[j].ingress_rate = load;
        for (int o = 0; o < world->jobs[j].operator_count; o++) {
            double rate = world->hosts[host(j, o)].speed_flops_per_s / world->operators[j][o].flops_per_item;
            weir_mock_serve(world, j, o, load, rate * world->placed[j][o][0].cpu_share);
            world->operators[j][o].latency_s = 0;
        }
    }
}

static int window(double load)
{
    show(load);
    return weir_mock_step(world, &weir_policy_load_balancer, state);
}

static inline int windows(int number, double load)
{
    int changes = 0;
    for (int w = 0; w < number; w++)
        changes += window(load);
    return changes;
}

#endif
