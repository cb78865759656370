/* The plan: what counts as a decision, free slots, scaling, and every refusal with its sentence. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "tests/policies/plan_world.h"
#include "tests/support/test.h"

static void test_identical(void)
{
    plan_begin();
    PLAN_SET(0, 0, 1);
    PLAN_SET(0, 1, 0); /* another order is the same */
    CU_ASSERT_EQUAL(plan_changes(), 0);
    int count;
    const struct weir_placement *now = weir_plan_get(plan, 0, 0, &count);
    weir_plan_set(plan, 0, 0, now, count, "as it is"); /* borrowed from the plan itself */
    weir_plan_scale(plan, 0, 0, 2, "two");
    weir_plan_move(plan, 0, 1, 0, "there already");
    CU_ASSERT_EQUAL(plan_changes(), 0);

    struct weir_placement wish[] = {plan_on(1), plan_on(0)};
    wish[0].weight = 2;
    weir_plan_set(plan, 0, 0, wish, 2, "weight %d", 2);
    CU_ASSERT_EQUAL(plan_changes(), 1);
    CU_ASSERT_STRING_EQUAL(plan_change(0)->why, "weight 2");
    wish[0].weight = 1;
    wish[1].cpu_share = 0.5;
    weir_plan_set(plan, 0, 0, wish, 2, "share");
    CU_ASSERT_EQUAL(plan_changes(), 1);
    plan_check_refusal(0, NULL);
    plan_end();
}

static void test_last_word(void)
{
    plan_begin();
    PLAN_SET(1, 2);
    PLAN_SET(0, 0);
    weir_plan_author(plan, "second");
    PLAN_SET(1, 2); /* agrees: stays the first one's */
    CU_ASSERT_STRING_EQUAL(plan_change(0)->policy, "first");
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 0), 1); /* a 1; b gone */
    PLAN_SET(1, 1, 1);
    CU_ASSERT_EQUAL(plan_changes(), 2);
    CU_ASSERT_STRING_EQUAL(plan_change(0)->policy, "second");
    CU_ASSERT_EQUAL(plan_change(0)->op, 1); /* in the order first changed */
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 1), 0);
    PLAN_SET(1, 0); /* taken back: no decision, and the other change moves up */
    CU_ASSERT_EQUAL_FATAL(plan_changes(), 1);
    CU_ASSERT_EQUAL(plan_change(0)->op, 0);
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 1), 2);
    weir_plan_set(plan, 0, 0, plan_change(0)->instances, plan_change(0)->count, "itself");
    CU_ASSERT_EQUAL(plan_changes(), 1);
    PLAN_SET(1, 2);
    CU_ASSERT_EQUAL(plan_changes(), 2);
    int count;
    CU_ASSERT_EQUAL(weir_plan_get(plan, 0, 1, &count)[0].host, 2);
    plan_end();
}

static void test_slots(void)
{
    plan_begin();
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 0), 0); /* 2 slots: a, b */
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 1), 1);
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 2), INT_MAX);
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 99), 0);
    weir_plan_move(plan, 0, 0, 2, "away");
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 0), 1);
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 1), 2);
    plan_end();
}

static void test_nowhere(void)
{
    plan_begin();
    struct weir_placement wish = plan_on(2);
    weir_plan_set(plan, 5, 0, &wish, 1, "no such job");
    weir_plan_set(plan, 0, 9, &wish, 1, "no such operator");
    weir_plan_scale(plan, -1, 0, 3, "no such job");
    weir_plan_move(plan, 0, -1, 0, "no such operator");
    CU_ASSERT_EQUAL(plan_changes(), 0);
    int count = 1;
    CU_ASSERT_PTR_NULL(weir_plan_get(plan, 0, 7, &count));
    CU_ASSERT_EQUAL(count, 0);
    plan_end();
}

static void test_refusals(void)
{
    plan_begin();
    PLAN_SET(1, 99);
    plan_check_refusal(0, "host 99 does not exist");
    PLAN_SET(1, -1);
    plan_check_refusal(0, "host -1 does not exist");
    PLAN_SET(1, 2, 2, 2, 2, 2, 2, 2, 2, 2);
    plan_check_refusal(0, "9 instances, at most 8 are allowed");
    weir_plan_set(plan, 0, 1, NULL, 0, "none");
    plan_check_refusal(0, "no instances");
    PLAN_SET(1, 1, 1);
    plan_check_refusal(0, "host \"edge-1\" has no room for 2 more instances (2 slots, 1 in use)");
    PLAN_SET(1, 0, 0);
    plan_check_refusal(0, "host \"edge-0\" is full (2 slots, 2 in use)");
    PLAN_SET(1, 1);
    plan_check_refusal(0, NULL);

    plan_world->hosts[2].up = false;
    PLAN_SET(1, 2);
    plan_check_refusal(0, "host \"cloud-0\" is down");
    plan_world->hosts[2].up = true;
    plan_check_refusal(0, NULL); /* checking again forgets the old refusal */
    plan_world->operators[0][1].changing = true;
    plan_check_refusal(0, "a change is under way");
    plan_world->jobs[0].running = false;
    plan_check_refusal(0, "job \"stream\" has departed");
    plan_end();
}

static void test_figures(void)
{
    static const struct {
        double weight, share;
        const char *refusal;
    } rows[] = {
        {NAN, 1, "weight of instance 2 is nan; it must be from 1e-09 to 1e+09"},
        {INFINITY, 1, "weight of instance 2 is inf; it must be from 1e-09 to 1e+09"},
        {0, 1, "weight of instance 2 is 0; it must be from 1e-09 to 1e+09"},
        {1e-300, 1, "weight of instance 2 is 1e-300; it must be from 1e-09 to 1e+09"},
        {1e308, 1, "weight of instance 2 is 1e+308; it must be from 1e-09 to 1e+09"},
        {-1, 1, "weight of instance 2 is -1; it must be from 1e-09 to 1e+09"},
        {7, 1, NULL},
        {1, NAN, "CPU share of instance 2 is nan; it must be above 0 and at most 1"},
        {1, 1.5, "CPU share of instance 2 is 1.5; it must be above 0 and at most 1"},
        {1, 0, "CPU share of instance 2 is 0; it must be above 0 and at most 1"},
        {1, 0.25, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        plan_begin();
        struct weir_placement wish[] = {plan_on(0), plan_on(1)};
        wish[1].weight = rows[i].weight;
        wish[1].cpu_share = rows[i].share;
        weir_plan_set(plan, 0, 0, wish, 2, "figures");
        plan_check_refusal(0, rows[i].refusal);
        plan_end();
    }
}

/* A number that is none is no wish to refuse but an error of who wrote it. */
static void test_finite(void)
{
    static const struct {
        double weight, share;
        const char *message;
    } rows[] = {
        {1e308, -5, NULL}, /* refused, later */
        {NAN, INFINITY, "weight of instance 2 of stream/b is nan; every number of a plan must be finite"},
        {-INFINITY, 1, "weight of instance 2 of stream/b is -inf; every number"},
        {1, INFINITY, "cpu_share of instance 2 of stream/b is inf; every number"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        plan_begin();
        plan_set(0, 1, (int[]){1});
        CU_ASSERT_EQUAL(weir_plan_check_finite(plan), WEIR_OK);
        struct weir_placement wish[] = {plan_on(0), {1, rows[i].weight, rows[i].share}};
        weir_plan_set(plan, 0, 1, wish, 2, "figures");
        CU_ASSERT_EQUAL(weir_plan_check_finite(plan), rows[i].message ? WEIR_ERUN : WEIR_OK);
        if (rows[i].message)
            CHECK_MESSAGE(rows[i].message);
        plan_end();
    }
}

/* Slots and memory are taken in the order of the changes; a refused one takes nothing. */
static void test_order(void)
{
    plan_begin();
    PLAN_SET(0, 2, 2); /* frees 0 and 1 */
    PLAN_SET(1, 1, 1);
    plan_check_refusal(0, NULL);
    plan_check_refusal(1, NULL);
    plan_end();

    plan_begin();
    PLAN_SET(1, 1, 1); /* before a leaves: 1 of 2 slots is taken */
    PLAN_SET(0, 2, 2);
    plan_check_refusal(0, "host \"edge-1\" has no room for 2 more instances (2 slots, 1 in use)");
    plan_check_refusal(1, NULL);
    plan_end();
}

static void test_memory(void)
{
    plan_begin();
    plan_world->operators[0][0].state_bytes = 100e6; /* 50 MB an instance */
    plan_world->hosts[2].memory_bytes = 80e6;
    weir_mock_view(plan_world);
    PLAN_SET(0, 0, 2); /* 50 MB of 80 */
    plan_check_refusal(0, NULL);
    PLAN_SET(0, 2, 2);
    plan_check_refusal(0, "host \"cloud-0\" has too little memory (100 MB of state more, 80 MB free)");
    plan_world->hosts[2].memory_used_bytes = 40e6;
    PLAN_SET(0, 0, 2);
    plan_check_refusal(0, "host \"cloud-0\" has too little memory (50 MB of state more, 40 MB free)");
    PLAN_SET(0, 0, 1, 2); /* 33.3 MB of 40 */
    plan_check_refusal(0, NULL);
    plan_end();
}

/* A job arrives: the default placement is no decision, takes slots, and is replaced for free. */
static void test_preset(void)
{
    plan_begin();
    weir_plan_free(plan);
    plan_world->operators[0][0].instance_count = plan_world->operators[0][1].instance_count = 0;
    plan = weir_plan_new(weir_mock_view(plan_world));
    struct weir_placement two[] = {plan_on(0), plan_on(0)}, one = plan_on(1);
    weir_plan_preset(plan, 0, 0, two, 2);
    weir_plan_preset(plan, 0, 1, &one, 1);
    CU_ASSERT_EQUAL(plan_changes(), 0);
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 0), 0);
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 1), 1);
    PLAN_SET(0, 0, 0);
    CU_ASSERT_EQUAL(plan_changes(), 0); /* as preset */
    PLAN_SET(0, 1, 1);
    PLAN_SET(1, 0); /* both swap: presets that are changed take nothing */
    plan_check_refusal(0, NULL);
    plan_check_refusal(1, NULL);
    PLAN_SET(0, 1, 1, 1);
    plan_check_refusal(0, "host \"edge-1\" has no room for 3 more instances (2 slots, 0 in use)");
    /* the refused one falls back to two on edge-0, which leaves no room there for the other */
    plan_check_refusal(1, "host \"edge-0\" is full (2 slots, 2 in use)");
    weir_plan_preset(plan, 0, 0, &one, 1);
    CU_ASSERT_EQUAL(plan_changes(), 1);
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 1), 1);
    plan_end();
}

static int planned_on(int op, int host)
{
    int count, found = 0;
    const struct weir_placement *now = weir_plan_get(plan, 0, op, &count);
    for (int i = 0; i < count; i++)
        found += now[i].host == host;
    return found;
}

static void test_scale_up(void)
{
    plan_begin();
    weir_plan_scale(plan, 0, 0, 3, "more"); /* edge-0 is full, edge-1 has one slot left */
    CU_ASSERT_EQUAL(planned_on(0, 1), 2);
    weir_plan_scale(plan, 0, 0, 5, "more"); /* the tier is full: as many as fit, and never the cloud */
    CU_ASSERT_EQUAL(planned_on(0, 0), 1);
    CU_ASSERT_EQUAL(planned_on(0, 1), 2);
    CU_ASSERT_EQUAL(planned_on(0, 2), 0);
    plan_end();

    plan_begin();
    plan_world->hosts[0].slots = plan_world->hosts[1].slots = 0;
    plan_world->hosts[0].cpu = 0.9;
    plan_world->hosts[1].cpu = 0.2; /* 2 cores: 0.2 + 0.5 leaves a core to spare, 0.7 + 0.5 does not */
    weir_plan_scale(plan, 0, 1, 2, "more");
    CU_ASSERT_EQUAL(planned_on(1, 1), 1); /* not where it is but where a core is free */
    weir_plan_scale(plan, 0, 1, 3, "more");
    CU_ASSERT_EQUAL(planned_on(1, 1), 2); /* nowhere to spare: of its hosts, the one at 0.7 */
    plan_world->hosts[1].up = false;
    weir_plan_scale(plan, 0, 1, 3, "more");
    CU_ASSERT_EQUAL(planned_on(1, 1), 0); /* off the host that is down */
    CU_ASSERT_EQUAL(planned_on(1, 0), 3);
    plan_end();
}

static void test_scale_down(void)
{
    plan_begin();
    PLAN_SET(0, 2, 1, 2, 2);
    weir_plan_scale(plan, 0, 0, 2, "fewer"); /* from where most are */
    CU_ASSERT_EQUAL(planned_on(0, 2), 1);
    CU_ASSERT_EQUAL(planned_on(0, 1), 1);
    weir_plan_scale(plan, 0, 0, 0, "none");
    plan_check_refusal(0, "no instances");
    plan_end();

    plan_begin(); /* one each on 0, 1 and 2: the one on the host that is down goes */
    PLAN_SET(0, 0, 1, 2);
    plan_world->hosts[1].up = false;
    weir_plan_scale(plan, 0, 0, 2, "fewer");
    CU_ASSERT_EQUAL(planned_on(0, 1), 0);
    for (int h = 0; h < 3; h++)
        plan_world->hosts[h].up = false;
    weir_plan_scale(plan, 0, 1, 2, "nowhere to go");
    CU_ASSERT_EQUAL(plan_changes(), 1); /* nothing asked for */
    plan_end();
}

/* New instances: the mean weight, the share of the first. */
static void test_scale_weights(void)
{
    plan_begin();
    struct weir_placement wish[] = {plan_on(2), plan_on(2)};
    wish[0].weight = 3;
    wish[0].cpu_share = 0.5;
    weir_plan_set(plan, 0, 0, wish, 2, "weights");
    weir_plan_scale(plan, 0, 0, 3, "more");
    int count;
    const struct weir_placement *now = weir_plan_get(plan, 0, 0, &count);
    CU_ASSERT_EQUAL_FATAL(count, 3);
    CHECK_NEAR(now[2].weight, 2, 0); /* (3 + 1) / 2 */
    CHECK_NEAR(now[2].cpu_share, 0.5, 0);
    weir_plan_move(plan, 0, 0, 1, "back");
    now = weir_plan_get(plan, 0, 0, &count);
    CU_ASSERT_EQUAL(count, 3);
    CU_ASSERT_EQUAL(now[0].host, 1);
    CHECK_NEAR(now[0].weight, 3, 0);
    plan_end();
}

/* One that may have none: taken away, and moved, which leaves it so; started where the default placement is; with its
 * state out of memory meanwhile. One that must have two is refused one. */
static void test_none(void)
{
    int count;
    plan_begin();
    plan_world->operators[0][0].min_instances = 0;
    plan_world->operators[0][0].state_bytes = 8e9;
    weir_plan_scale(plan, 0, 0, 0, "none");
    plan_check_refusal(0, NULL);
    plan_world->operators[0][0].instance_count = 0;
    plan_end();
    plan_begin();
    plan_world->operators[0][0].min_instances = plan_world->operators[0][0].instance_count = 0;
    weir_plan_move(plan, 0, 0, 2, "away");
    CU_ASSERT_EQUAL(plan_changes(), 0);
    plan_world->where[0][0][0] = 2;
    weir_plan_scale(plan, 0, 0, 2, "some");
    const struct weir_placement *now = weir_plan_get(plan, 0, 0, &count);
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT(now[0].host == 2 && now[0].weight == 1 && now[0].cpu_share == 1);
    plan_check_refusal(0, NULL);
    plan_end();
    plan_begin();
    plan_world->operators[0][0].min_instances = 2;
    PLAN_SET(0, 1);
    plan_check_refusal(0, "1 instances, at least 2 are needed");
    plan_end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"identical", test_identical},
        {"last_word", test_last_word},
        {"slots", test_slots},
        {"nowhere", test_nowhere},
        {"refusals", test_refusals},
        {"figures", test_figures},
        {"finite", test_finite},
        {"order", test_order},
        {"memory", test_memory},
        {"preset", test_preset},
        {"scale_up", test_scale_up},
        {"scale_down", test_scale_down},
        {"scale_weights", test_scale_weights},
        {"none", test_none},
        {0},
    };
    return weir_test_main("plan", cases, argc, argv);
}
