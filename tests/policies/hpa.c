/* The HorizontalPodAutoscaler: its rule against numbers reckoned by hand, those of the controller's own tests among
 * them, and the policy on views. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "policies/support/hpa.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

/* ---- from metrics to a recommendation ---- */

#define READY(use)                                                                                                     \
    {                                                                                                                  \
        WEIR_HPA_READY, use, 1                                                                                         \
    }
#define IGNORED(use)                                                                                                   \
    {                                                                                                                  \
        WEIR_HPA_IGNORED, use, 1                                                                                       \
    }
#define MISSING                                                                                                        \
    {                                                                                                                  \
        WEIR_HPA_MISSING, 0, 1                                                                                         \
    }

static void utilization(void)
{
    static const struct {
        struct weir_hpa_pod pods[4];
        int count, target, percent, wanted;
    } cases[] = {
        {{READY(0.9), READY(0.9), READY(0.9), READY(0.9)}, 4, 50, 90, 8}, /* 1.8 x 4 = 7.2 */
        {{READY(0.2)}, 1, 10, 20, 2},                                     /* twice the target: twice as many */
        {{READY(0.05), READY(0.05)}, 2, 10, 5, 1},                        /* half of it: half as many */
        {{READY(0.549), READY(0.549)}, 2, 50, 54, 2},                     /* 1.08 of it is within 0.1 */
        {{READY(0.56), READY(0.56)}, 2, 50, 56, 3},                       /* 1.12 is not: 2.24 */
        {{READY(0.459), READY(0.459)}, 2, 50, 45, 2},                     /* nor is 0.9 less than 0.9 */
        {{READY(0.1), {WEIR_HPA_READY, 0.3, 0.5}}, 2, 20, 26, 3},         /* 0.4 of 1.5 cores: 26 %; 1.3 x 2 = 2.6 */
        {{READY(0.15), READY(0), READY(0)}, 3, 80, 5, 1},                 /* 0.0625 x 3 = 0.19 */
        /* The tests of the controller: replica_calculator_test.go. */
        {{READY(0.4), READY(0.095), MISSING, MISSING}, 4, 100, 24, 3}, /* down: the missing use all: 62 %, 2.48 */
        {{IGNORED(0.1), READY(0.45), MISSING}, 3, 50, 45, 3},          /* 0.9, and with the missing 1.44: stay */
        {{IGNORED(0.3), READY(0.5), READY(0.7)}, 3, 30, 60, 4},        /* up: the unready use nothing: 40 %, 4 */
        {{READY(0.4), IGNORED(0.5), IGNORED(0.7)}, 3, 30, 40, 3},      /* 13 %, which would be down: stay */
        {{READY(1.9), MISSING}, 2, 100, 190, 2},                       /* 95 %: stay */
        {{READY(0.6), MISSING}, 2, 100, 60, 2},                        /* 80 %: 1.6 */
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        int percent,
            got = weir_hpa_utilization(cases[c].pods, cases[c].count, cases[c].target, 0.1, cases[c].count, &percent);
        if (got != cases[c].wanted || percent != cases[c].percent)
            fprintf(stderr, "\ncase %zu: %d %%, %d\n", c, percent, got);
        CU_ASSERT_EQUAL(got, cases[c].wanted);
        CU_ASSERT_EQUAL(percent, cases[c].percent);
    }
    static const struct weir_hpa_pod none[] = {IGNORED(0.5), MISSING};
    int percent;
    CU_ASSERT_EQUAL(weir_hpa_utilization(none, 2, 50, 0.1, 2, &percent), -1); /* no ready pod has a metric */
    CU_ASSERT_EQUAL(weir_hpa_utilization(none, 0, 50, 0.1, 0, &percent), -1);
}

/* AverageValue 10: 95 are for 10; of 9 each that is within 0.1, and of 10.5 x 10. */
static void average(void)
{
    CU_ASSERT_EQUAL(weir_hpa_average(95, 10, 0.1, 1), 10);
    CU_ASSERT_EQUAL(weir_hpa_average(95, 10, 0.1, 9), 9);
    CU_ASSERT_EQUAL(weir_hpa_average(105, 10, 0.1, 10), 10);
    CU_ASSERT_EQUAL(weir_hpa_average(112, 10, 0.1, 10), 12);
    CU_ASSERT_EQUAL(weir_hpa_average(0, 10, 0.1, 3), 0);
    CU_ASSERT_EQUAL(weir_hpa_average(INFINITY, 10, 0.1, 3), INT_MAX);
}

/* ---- from a recommendation to a number ---- */

static const struct weir_hpa_behavior defaults = {.up = {0, WEIR_HPA_MAX, 4, 15, 100, 15},
                                                  .down = {300, WEIR_HPA_MAX, 0, 15, 100, 15}};

/* 20 are wanted of 1: 4 more or twice as many in 15 s, whichever is more: 5, and 10 after 15 s (5 + 5 > 5 + 4), 20.
 * Within the 15 s nothing more: 5 began as 1. */
static void up_by_policies(void)
{
    struct weir_hpa_memory memory = {0};
    CU_ASSERT_EQUAL(weir_hpa_normalize(&defaults, &memory, 15, 1, 20, 1, 100), 5);
    weir_hpa_scaled(&defaults, &memory, 15, 1, 5);
    CU_ASSERT_EQUAL(weir_hpa_normalize(&defaults, &memory, 25, 5, 20, 1, 100), 5);
    CU_ASSERT_EQUAL(weir_hpa_normalize(&defaults, &memory, 30, 5, 20, 1, 100), 10);
    weir_hpa_scaled(&defaults, &memory, 30, 5, 10);
    CU_ASSERT_EQUAL(weir_hpa_normalize(&defaults, &memory, 45, 10, 20, 1, 18), 18); /* the most */
    weir_hpa_scaled(&defaults, &memory, 45, 10, 12);                                /* there was room for two */
    /* 4 and 100 % of the 10 that there were 15 s ago: 14 or 20. */
    CU_ASSERT_EQUAL(weir_hpa_normalize(&defaults, &memory, 50, 12, 30, 1, 100), 20);
    weir_hpa_memory_fini(&memory);

    struct weir_hpa_behavior least = defaults;
    least.up.select = WEIR_HPA_MIN; /* of 5 and 2 */
    CU_ASSERT_EQUAL(weir_hpa_normalize(&least, &memory, 15, 1, 20, 1, 100), 2);
    weir_hpa_memory_fini(&memory);
    least.up.select = WEIR_HPA_DISABLED;
    CU_ASSERT_EQUAL(weir_hpa_normalize(&least, &memory, 15, 1, 20, 1, 100), 1);
    weir_hpa_memory_fini(&memory);
    least.up = (struct weir_hpa_scaling){0, WEIR_HPA_MAX, 0, 15, 10, 60}; /* 10 % of 5 is 0.5: rounded up */
    CU_ASSERT_EQUAL(weir_hpa_normalize(&least, &memory, 15, 5, 20, 1, 100), 6);
    weir_hpa_memory_fini(&memory);
}

/* 10 of which 4 are needed from 15 s on: the 10 that were there count for 300 s; then 4 at once. A window that asks for
 * 7 at 200 s holds it there until 500 s. */
static void down_after_the_window(void)
{
    struct weir_hpa_memory memory = {0};
    int replicas = 10;
    for (double now_s = 0; now_s <= 600; now_s += 15) {
        int wanted = weir_hpa_normalize(&defaults, &memory, now_s, replicas, now_s == 195 ? 7 : 4, 1, 100);
        weir_hpa_scaled(&defaults, &memory, now_s, replicas, wanted);
        replicas = wanted;
        CU_ASSERT_EQUAL(replicas, now_s < 300 ? 10 : now_s < 195 + 300 ? 7 : 4);
    }
    weir_hpa_memory_fini(&memory);
    /* 2 of them or 10 % in a minute: the more of it, then the less. */
    struct weir_hpa_behavior slow = {.up = defaults.up, .down = {0, WEIR_HPA_MAX, 2, 60, 10, 60}};
    CU_ASSERT_EQUAL(weir_hpa_normalize(&slow, &memory, 0, 50, 1, 1, 100), 45);
    weir_hpa_scaled(&slow, &memory, 0, 50, 45);
    CU_ASSERT_EQUAL(weir_hpa_normalize(&slow, &memory, 45, 45, 1, 1, 100), 45); /* of 50 still */
    CU_ASSERT_EQUAL(weir_hpa_normalize(&slow, &memory, 60, 45, 1, 1, 100), 40); /* 40.5 */
    weir_hpa_memory_fini(&memory);
    slow.down.select = WEIR_HPA_MIN;
    CU_ASSERT_EQUAL(weir_hpa_normalize(&slow, &memory, 0, 50, 1, 1, 100), 48);
    CU_ASSERT_EQUAL(weir_hpa_normalize(&slow, &memory, 0, 50, 1, 49, 100), 49); /* the least */
    weir_hpa_memory_fini(&memory);
}

/* Up after the lowest of two minutes. */
static void up_after_a_window(void)
{
    struct weir_hpa_behavior slow = defaults;
    struct weir_hpa_memory memory = {0};
    slow.up.window_s = 120;
    for (double now_s = 0; now_s <= 300; now_s += 15) {
        int wanted = weir_hpa_normalize(&slow, &memory, now_s, 3, now_s == 150 ? 4 : 5, 1, 100);
        CU_ASSERT_EQUAL(wanted, now_s < 120 ? 3 : now_s < 150 || now_s >= 150 + 120 ? 5 : 4);
    }
    weir_hpa_memory_fini(&memory);
}

static void due(void)
{
    double due_s = 0;
    bool wanted[] = {true, true, true, false, true, true}; /* at 10, 20, ... with 15 s: 0, 15, 30, -, 45, 60 are over */
    for (int w = 0; w < 6; w++)
        CU_ASSERT_EQUAL(weir_hpa_due(&due_s, 10 * (w + 1), 15), wanted[w]);
    due_s = 0;
    CU_ASSERT(weir_hpa_due(&due_s, 600, 15)); /* late: once, not forty times */
    CU_ASSERT_FALSE(weir_hpa_due(&due_s, 610, 15));
}

/* ---- the policy ---- */

extern const struct weir_policy weir_policy_hpa;
static const struct weir_policy_env env = {.seed = 1, .stream = "policy/hpa"};
static struct weir_mock *world;
static void *state;

static int begin(const char *params, int cores)
{
    world = weir_mock_new();
    state = weir_mock_state(&weir_policy_hpa);
    struct weir_json_doc *doc;
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(params, "params", &doc), WEIR_OK);
    struct weir_json root = weir_json_root(doc);
    CU_ASSERT_EQUAL(weir_param_bind(weir_policy_hpa.params, &root, NULL, state), WEIR_OK);
    weir_json_free(doc);
    weir_mock_host(world, "cloud", "far", WEIR_VIEW_CLOUD, cores, 0);
    weir_mock_host(world, "other", "far", WEIR_VIEW_CLOUD, cores, 0);
    weir_mock_job(world, "stream", 0);
    weir_mock_operator(world, 0, "a", 1e7);
    for (int i = 0; i < 4; i++)
        weir_mock_deploy(world, 0, 0, 0);
    return weir_policy_hpa.create(state, &env);
}

static void end(void)
{
    weir_policy_hpa.destroy(state);
    free(state);
    free(world);
}

static int step(double busy)
{
    for (int i = 0; i < WEIR_MOCK_INSTANCES; i++)
        world->busy[0][0][i] = busy;
    weir_mock_step(world, &weir_policy_hpa, state);
    return world->operators[0][0].instance_count;
}

/* 90 % of 80 % for 4: 4.5, at the first window's end; then 72 % is within a tenth. */
static void grows_in_proportion(void)
{
    CU_ASSERT_EQUAL(begin("{}", 64), WEIR_OK);
    CU_ASSERT_EQUAL(step(0.9), 5);
    CU_ASSERT_EQUAL(step(0.72), 5);
    /* 4 x 0.15 / 0.8 = 0.94 for 5: one, but not before 300 s after the 5 that 72 % asked for, at 20 s: at 330 s, since
     * it looks at the ends after 15, 30, ... 315 (320), 330 s */
    for (int w = 2; w < 31; w++)
        CU_ASSERT_EQUAL(step(0.15), 5);
    CU_ASSERT_EQUAL(step(0.15), 1); /* at 320 s: the recommendation of 20 s is 300 s old */
    end();
}

/* One that starts is left out, and counts as idle when more are wanted: 3 at 96 % are 1.2, 4 at 72 % stay. One whose
 * host is down is missing: 3 at 40 % are 0.5, and with it at 100 %: 55 % of 80 %, 0.6875 x 4 = 2.75. */
static void starting_and_missing(void)
{
    CU_ASSERT_EQUAL(begin("{\"scaleDown.stabilizationWindowSeconds\": 0}", 64), WEIR_OK);
    world->ready_s[0][0][3] = -1;
    CU_ASSERT_EQUAL(step(0.96), 4);
    world->ready_s[0][0][3] = 5; /* half a window */
    CU_ASSERT_EQUAL(step(0.96), 4);
    world->ready_s[0][0][3] = 10;
    world->view.time_s = 29;
    CU_ASSERT_EQUAL(step(0.96), 5);
    end();
    CU_ASSERT_EQUAL(begin("{\"scaleDown.stabilizationWindowSeconds\": 0}", 64), WEIR_OK);
    world->placed[0][0][3].host = 1;
    world->hosts[1].up = false;
    CU_ASSERT_EQUAL(step(0.4), 3);
    end();
    /* Nothing is known of any: nothing is done. */
    CU_ASSERT_EQUAL(begin("{\"scaleDown.stabilizationWindowSeconds\": 0}", 64), WEIR_OK);
    CU_ASSERT_EQUAL(step(NAN), 4);
    end();
}

/* Four that are always busy on two cores have half a core each: 50 % of 80 %, and no more are asked for. */
static void no_more_than_the_cores(void)
{
    CU_ASSERT_EQUAL(begin("{}", 2), WEIR_OK);
    for (int w = 0; w < 20; w++)
        CU_ASSERT_EQUAL(step(1), 4);
    end();
}

/* Of the two operators on three cores each instance has half a core: 50 % of 80 %. */
static void others_use_the_cores_too(void)
{
    CU_ASSERT_EQUAL(begin("{}", 3), WEIR_OK);
    weir_mock_operator(world, 0, "b", 1e7);
    for (int i = 0; i < 2; i++) {
        weir_mock_deploy(world, 0, 1, 0);
        world->busy[0][1][i] = 1;
    }
    for (int w = 0; w < 20; w++)
        CU_ASSERT_EQUAL(step(1), 4);
    CU_ASSERT_EQUAL(world->operators[0][1].instance_count, 2);
    end();
}

/* 1, 0.5, 0.5 and 0.5 are 62 % of 50 %: 1.24 x 4 = 4.96. Without the first it is 50 %. */
static void each_counts(void)
{
    CU_ASSERT_EQUAL(begin("{\"averageUtilization\": 50}", 64), WEIR_OK);
    static const double busy[] = {1, 0.5, 0.5, 0.5};
    for (int i = 0; i < 4; i++)
        world->busy[0][0][i] = busy[i];
    weir_mock_step(world, &weir_policy_hpa, state);
    CU_ASSERT_EQUAL(world->operators[0][0].instance_count, 5);
    end();
}

/* Of the share that it has: 0.45 of half a core is 90 %. */
static void shares_are_requests(void)
{
    CU_ASSERT_EQUAL(begin("{}", 64), WEIR_OK);
    for (int i = 0; i < 4; i++)
        world->placed[0][0][i].cpu_share = 0.5;
    CU_ASSERT_EQUAL(step(0.9), 5);
    end();
}

static void limits(void)
{
    CU_ASSERT_EQUAL(begin("{\"maxReplicas\": 3}", 64), WEIR_OK);
    CU_ASSERT_EQUAL(step(0.8), 3); /* at once */
    end();
    CU_ASSERT_EQUAL(begin("{\"minReplicas\": 6}", 64), WEIR_OK);
    CU_ASSERT_EQUAL(step(0.8), 6);
    end();
    CU_ASSERT_EQUAL(begin("{\"minReplicas\": 6, \"maxReplicas\": 3}", 64), WEIR_EINPUT);
    CU_ASSERT_STRING_EQUAL(weir_error_message(), "\"minReplicas\" (6) must not be above \"maxReplicas\" (3)");
    end();
    CU_ASSERT_EQUAL(begin("{}", 64), WEIR_OK); /* max_parallelism 8 */
    CU_ASSERT_EQUAL(step(5), 8);
    world->operators[0][0].instance_count = 0; /* switched off */
    CU_ASSERT_EQUAL(step(5), 0);
    end();
    /* While a change is under way it looks, remembers, and does nothing. */
    CU_ASSERT_EQUAL(begin("{}", 64), WEIR_OK);
    world->operators[0][0].changing = true;
    for (int i = 0; i < 4; i++)
        world->busy[0][0][i] = 0.9;
    world->view.time_s = 10;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    int wishes;
    CU_ASSERT_EQUAL(weir_policy_hpa.window_ends(state, &world->view, plan), WEIR_OK);
    weir_plan_changes(plan, &wishes);
    CU_ASSERT_EQUAL(wishes, 0);
    weir_plan_free(plan);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"utilization", utilization},
        {"average", average},
        {"up by policies", up_by_policies},
        {"down after the window", down_after_the_window},
        {"up after a window", up_after_a_window},
        {"due", due},
        {"grows in proportion", grows_in_proportion},
        {"starting and missing", starting_and_missing},
        {"no more than the cores", no_more_than_the_cores},
        {"others use the cores, too", others_use_the_cores_too},
        {"each counts", each_counts},
        {"shares are requests", shares_are_requests},
        {"limits", limits},
        {0},
    };
    return weir_test_main("policies/hpa", cases, argc, argv);
}
