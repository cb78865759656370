/* The plan: what counts as a decision, free slots, scaling, and every refusal with its sentence. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

/* Hosts 0, 1 at the edge (2 slots each), 2 in the cloud without limit; job 0 with operators a (0, 1) and b (0). */
static struct weir_mock *world;
static struct weir_plan *plan;

static void begin(void)
{
    world = weir_mock_new();
    weir_mock_host(world, "edge-0", "north", WEIR_VIEW_EDGE, 2, 2);
    weir_mock_host(world, "edge-1", "north", WEIR_VIEW_EDGE, 2, 2);
    weir_mock_host(world, "cloud-0", "far", WEIR_VIEW_CLOUD, 8, 0);
    weir_mock_job(world, "stream", 0);
    weir_mock_operator(world, 0, "a", 1e6);
    weir_mock_operator(world, 0, "b", 1e6);
    weir_mock_deploy(world, 0, 0, 0);
    weir_mock_deploy(world, 0, 0, 1);
    weir_mock_deploy(world, 0, 1, 0);
    plan = weir_plan_new(weir_mock_view(world));
    weir_plan_author(plan, "first");
}

static void end(void)
{
    weir_plan_free(plan);
    free(world);
}

static int changes(void)
{
    int count;
    weir_plan_changes(plan, &count);
    return count;
}

static const struct weir_plan_change *change(int i)
{
    int count;
    return &weir_plan_changes(plan, &count)[i];
}

static struct weir_placement on(int host)
{
    return (struct weir_placement){.host = host, .weight = 1, .cpu_share = 1};
}

static void set(int op, int count, const int *hosts)
{
    struct weir_placement wish[16];
    for (int i = 0; i < count; i++)
        wish[i] = on(hosts[i]);
    weir_plan_set(plan, 0, op, wish, count, "wanted");
}
#define SET(op, ...) set(op, (int)(sizeof((int[]){__VA_ARGS__}) / sizeof(int)), (int[]){__VA_ARGS__})

static void check_refusal(int i, const char *wanted)
{
    weir_plan_check(plan);
    CU_ASSERT_FATAL(i < changes());
    const char *got = change(i)->refusal;
    if (wanted && got) {
        CU_ASSERT_STRING_EQUAL(got, wanted);
    } else {
        CU_ASSERT_PTR_EQUAL(got, wanted); /* both NULL */
    }
}

static void test_identical(void)
{
    begin();
    SET(0, 0, 1);
    SET(0, 1, 0); /* another order is the same */
    CU_ASSERT_EQUAL(changes(), 0);
    int count;
    const struct weir_placement *now = weir_plan_get(plan, 0, 0, &count);
    weir_plan_set(plan, 0, 0, now, count, "as it is"); /* borrowed from the plan itself */
    weir_plan_scale(plan, 0, 0, 2, "two");
    weir_plan_move(plan, 0, 1, 0, "there already");
    CU_ASSERT_EQUAL(changes(), 0);

    struct weir_placement wish[] = {on(1), on(0)};
    wish[0].weight = 2;
    weir_plan_set(plan, 0, 0, wish, 2, "weight %d", 2);
    CU_ASSERT_EQUAL(changes(), 1);
    CU_ASSERT_STRING_EQUAL(change(0)->why, "weight 2");
    wish[0].weight = 1;
    wish[1].cpu_share = 0.5;
    weir_plan_set(plan, 0, 0, wish, 2, "share");
    CU_ASSERT_EQUAL(changes(), 1);
    check_refusal(0, NULL);
    end();
}

static void test_last_word(void)
{
    begin();
    SET(1, 2);
    SET(0, 0);
    weir_plan_author(plan, "second");
    SET(1, 2); /* agrees: stays the first one's */
    CU_ASSERT_STRING_EQUAL(change(0)->policy, "first");
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 0), 1); /* a 1; b gone */
    SET(1, 1, 1);
    CU_ASSERT_EQUAL(changes(), 2);
    CU_ASSERT_STRING_EQUAL(change(0)->policy, "second");
    CU_ASSERT_EQUAL(change(0)->op, 1); /* in the order first changed */
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 1), 0);
    SET(1, 0); /* taken back: no decision, and the other change moves up */
    CU_ASSERT_EQUAL_FATAL(changes(), 1);
    CU_ASSERT_EQUAL(change(0)->op, 0);
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 1), 2);
    weir_plan_set(plan, 0, 0, change(0)->instances, change(0)->count, "itself");
    CU_ASSERT_EQUAL(changes(), 1);
    SET(1, 2);
    CU_ASSERT_EQUAL(changes(), 2);
    int count;
    CU_ASSERT_EQUAL(weir_plan_get(plan, 0, 1, &count)[0].host, 2);
    end();
}

static void test_slots(void)
{
    begin();
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 0), 0); /* 2 slots: a, b */
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 1), 1);
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 2), INT_MAX);
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 99), 0);
    weir_plan_move(plan, 0, 0, 2, "away");
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 0), 1);
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 1), 2);
    end();
}

static void test_nowhere(void)
{
    begin();
    struct weir_placement wish = on(2);
    weir_plan_set(plan, 5, 0, &wish, 1, "no such job");
    weir_plan_set(plan, 0, 9, &wish, 1, "no such operator");
    weir_plan_scale(plan, -1, 0, 3, "no such job");
    weir_plan_move(plan, 0, -1, 0, "no such operator");
    CU_ASSERT_EQUAL(changes(), 0);
    int count = 1;
    CU_ASSERT_PTR_NULL(weir_plan_get(plan, 0, 7, &count));
    CU_ASSERT_EQUAL(count, 0);
    end();
}

static void test_refusals(void)
{
    begin();
    SET(1, 99);
    check_refusal(0, "host 99 does not exist");
    SET(1, -1);
    check_refusal(0, "host -1 does not exist");
    SET(1, 2, 2, 2, 2, 2, 2, 2, 2, 2);
    check_refusal(0, "9 instances, at most 8 are allowed");
    weir_plan_set(plan, 0, 1, NULL, 0, "none");
    check_refusal(0, "no instances");
    SET(1, 1, 1);
    check_refusal(0, "host \"edge-1\" has no room for 2 more instances (2 slots, 1 in use)");
    SET(1, 0, 0);
    check_refusal(0, "host \"edge-0\" is full (2 slots, 2 in use)");
    SET(1, 1);
    check_refusal(0, NULL);

    world->hosts[2].up = false;
    SET(1, 2);
    check_refusal(0, "host \"cloud-0\" is down");
    world->hosts[2].up = true;
    check_refusal(0, NULL); /* checking again forgets the old refusal */
    world->operators[0][1].changing = true;
    check_refusal(0, "a change is under way");
    world->jobs[0].running = false;
    check_refusal(0, "job \"stream\" has departed");
    end();
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
        begin();
        struct weir_placement wish[] = {on(0), on(1)};
        wish[1].weight = rows[i].weight;
        wish[1].cpu_share = rows[i].share;
        weir_plan_set(plan, 0, 0, wish, 2, "figures");
        check_refusal(0, rows[i].refusal);
        end();
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
        begin();
        set(0, 1, (int[]){1});
        CU_ASSERT_EQUAL(weir_plan_check_finite(plan), WEIR_OK);
        struct weir_placement wish[] = {on(0), {1, rows[i].weight, rows[i].share}};
        weir_plan_set(plan, 0, 1, wish, 2, "figures");
        CU_ASSERT_EQUAL(weir_plan_check_finite(plan), rows[i].message ? WEIR_ERUN : WEIR_OK);
        if (rows[i].message)
            CHECK_MESSAGE(rows[i].message);
        end();
    }
}

/* Slots and memory are taken in the order of the changes; a refused one takes nothing. */
static void test_order(void)
{
    begin();
    SET(0, 2, 2); /* frees 0 and 1 */
    SET(1, 1, 1);
    check_refusal(0, NULL);
    check_refusal(1, NULL);
    end();

    begin();
    SET(1, 1, 1); /* before a leaves: 1 of 2 slots is taken */
    SET(0, 2, 2);
    check_refusal(0, "host \"edge-1\" has no room for 2 more instances (2 slots, 1 in use)");
    check_refusal(1, NULL);
    end();
}

static void test_memory(void)
{
    begin();
    world->operators[0][0].state_bytes = 100e6; /* 50 MB an instance */
    world->hosts[2].memory_bytes = 80e6;
    weir_mock_view(world);
    SET(0, 0, 2); /* 50 MB of 80 */
    check_refusal(0, NULL);
    SET(0, 2, 2);
    check_refusal(0, "host \"cloud-0\" has too little memory (100 MB of state more, 80 MB free)");
    world->hosts[2].memory_used_bytes = 40e6;
    SET(0, 0, 2);
    check_refusal(0, "host \"cloud-0\" has too little memory (50 MB of state more, 40 MB free)");
    SET(0, 0, 1, 2); /* 33.3 MB of 40 */
    check_refusal(0, NULL);
    end();
}

/* A job arrives: the default placement is no decision, takes slots, and is replaced for free. */
static void test_preset(void)
{
    begin();
    weir_plan_free(plan);
    world->operators[0][0].instance_count = world->operators[0][1].instance_count = 0;
    plan = weir_plan_new(weir_mock_view(world));
    struct weir_placement two[] = {on(0), on(0)}, one = on(1);
    weir_plan_preset(plan, 0, 0, two, 2);
    weir_plan_preset(plan, 0, 1, &one, 1);
    CU_ASSERT_EQUAL(changes(), 0);
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 0), 0);
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 1), 1);
    SET(0, 0, 0);
    CU_ASSERT_EQUAL(changes(), 0); /* as preset */
    SET(0, 1, 1);
    SET(1, 0); /* both swap: presets that are changed take nothing */
    check_refusal(0, NULL);
    check_refusal(1, NULL);
    SET(0, 1, 1, 1);
    check_refusal(0, "host \"edge-1\" has no room for 3 more instances (2 slots, 0 in use)");
    /* the refused one falls back to two on edge-0, which leaves no room there for the other */
    check_refusal(1, "host \"edge-0\" is full (2 slots, 2 in use)");
    weir_plan_preset(plan, 0, 0, &one, 1);
    CU_ASSERT_EQUAL(changes(), 1);
    CU_ASSERT_EQUAL(weir_plan_free_slots(plan, 1), 1);
    end();
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
    begin();
    weir_plan_scale(plan, 0, 0, 3, "more"); /* edge-0 is full, edge-1 has one slot left */
    CU_ASSERT_EQUAL(planned_on(0, 1), 2);
    weir_plan_scale(plan, 0, 0, 5, "more"); /* the tier is full: as many as fit, and never the cloud */
    CU_ASSERT_EQUAL(planned_on(0, 0), 1);
    CU_ASSERT_EQUAL(planned_on(0, 1), 2);
    CU_ASSERT_EQUAL(planned_on(0, 2), 0);
    end();

    begin();
    world->hosts[0].slots = world->hosts[1].slots = 0;
    world->hosts[0].cpu = 0.9;
    world->hosts[1].cpu = 0.2; /* 2 cores: 0.2 + 0.5 leaves a core to spare, 0.7 + 0.5 does not */
    weir_plan_scale(plan, 0, 1, 2, "more");
    CU_ASSERT_EQUAL(planned_on(1, 1), 1); /* not where it is but where a core is free */
    weir_plan_scale(plan, 0, 1, 3, "more");
    CU_ASSERT_EQUAL(planned_on(1, 1), 2); /* nowhere to spare: of its hosts, the one at 0.7 */
    world->hosts[1].up = false;
    weir_plan_scale(plan, 0, 1, 3, "more");
    CU_ASSERT_EQUAL(planned_on(1, 1), 0); /* off the host that is down */
    CU_ASSERT_EQUAL(planned_on(1, 0), 3);
    end();
}

static void test_scale_down(void)
{
    begin();
    SET(0, 2, 1, 2, 2);
    weir_plan_scale(plan, 0, 0, 2, "fewer"); /* from where most are */
    CU_ASSERT_EQUAL(planned_on(0, 2), 1);
    CU_ASSERT_EQUAL(planned_on(0, 1), 1);
    weir_plan_scale(plan, 0, 0, 0, "none");
    check_refusal(0, "no instances");
    end();

    begin(); /* one each on 0, 1 and 2: the one on the host that is down goes */
    SET(0, 0, 1, 2);
    world->hosts[1].up = false;
    weir_plan_scale(plan, 0, 0, 2, "fewer");
    CU_ASSERT_EQUAL(planned_on(0, 1), 0);
    for (int h = 0; h < 3; h++)
        world->hosts[h].up = false;
    weir_plan_scale(plan, 0, 1, 2, "nowhere to go");
    CU_ASSERT_EQUAL(changes(), 1); /* nothing asked for */
    end();
}

/* New instances: the mean weight, the share of the first. */
static void test_scale_weights(void)
{
    begin();
    struct weir_placement wish[] = {on(2), on(2)};
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
    end();
}

/* One that may have none: taken away, and moved, which leaves it so; started where the default placement is; with its
 * state out of memory meanwhile. One that must have two is refused one. */
static void test_none(void)
{
    int count;
    begin();
    world->operators[0][0].min_instances = 0;
    world->operators[0][0].state_bytes = 8e9;
    weir_plan_scale(plan, 0, 0, 0, "none");
    check_refusal(0, NULL);
    world->operators[0][0].instance_count = 0;
    end();
    begin();
    world->operators[0][0].min_instances = world->operators[0][0].instance_count = 0;
    weir_plan_move(plan, 0, 0, 2, "away");
    CU_ASSERT_EQUAL(changes(), 0);
    world->where[0][0][0] = 2;
    weir_plan_scale(plan, 0, 0, 2, "some");
    const struct weir_placement *now = weir_plan_get(plan, 0, 0, &count);
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT(now[0].host == 2 && now[0].weight == 1 && now[0].cpu_share == 1);
    check_refusal(0, NULL);
    end();
    begin();
    world->operators[0][0].min_instances = 2;
    SET(0, 1);
    check_refusal(0, "1 instances, at least 2 are needed");
    end();
}

static const struct weir_plan_rate_change *rate(int i, int *count)
{
    return &weir_plan_rates(plan, count)[i];
}

static void rates(void)
{
    int count;
    begin();
    CU_ASSERT_EQUAL(weir_plan_rate_get(plan, 0, -1, 0), INFINITY);
    CU_ASSERT_EQUAL(weir_plan_rate_get(plan, 0, 1, -1), INFINITY);
    CU_ASSERT_EQUAL(weir_plan_rate_get(plan, 0, -1, 1), 0); /* no such edge */
    CU_ASSERT_EQUAL(weir_plan_rate_get(plan, 0, 0, -1), 0);
    CU_ASSERT_EQUAL(weir_plan_rate_get(plan, 0, -1, -1), 0);
    CU_ASSERT_EQUAL(weir_plan_rate_get(plan, 5, -1, 0), 0);
    CU_ASSERT_EQUAL(weir_plan_rate_get(plan, 0, 7, 0), 0);
    weir_plan_rate(plan, 0, -1, 1, 1e6, "no such edge");
    weir_plan_rate(plan, 3, -1, 0, 1e6, "no such job");
    weir_plan_rate(plan, 0, -1, 0, INFINITY, "as it is");
    weir_plan_rate(plan, 0, 0, 1, 1e6, "a %d", 1);
    weir_plan_rate(plan, 0, 1, -1, 3e6, "b");
    weir_plan_author(plan, "second");
    weir_plan_rate(plan, 0, 0, 1, 2e6, "c");
    weir_plan_rate(plan, 0, 1, -1, INFINITY, "taken back");
    weir_plan_rate(plan, 0, -1, 0, 0.5, "d");
    CU_ASSERT_EQUAL(rate(0, &count)->bytes_per_s, 2e6);
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT_STRING_EQUAL(rate(0, &count)->policy, "second");
    CU_ASSERT_STRING_EQUAL(rate(0, &count)->why, "c");
    CU_ASSERT_EQUAL(weir_plan_rate_get(plan, 0, 0, 1), 2e6);
    weir_plan_check(plan);
    weir_plan_check(plan);
    CU_ASSERT_PTR_NULL(rate(0, &count)->refusal);
    CU_ASSERT_STRING_EQUAL(rate(1, &count)->refusal, "a rate of 0.5 bytes/s; it must be at least 1");
    CU_ASSERT_EQUAL(changes(), 0);
    CU_ASSERT_EQUAL(weir_plan_check_finite(plan), WEIR_OK);
    weir_plan_rate(plan, 0, -1, 0, NAN, "e");
    CU_ASSERT_EQUAL(weir_plan_check_finite(plan), WEIR_ERUN);
    CHECK_MESSAGE("rate from the source to a of stream is nan; it must be a number, or infinity for no limit");
    world->jobs[0].running = false;
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(rate(0, &count)->refusal, "job \"stream\" has departed");
    weir_plan_reset(plan);
    weir_plan_rates(plan, &count);
    CU_ASSERT_EQUAL(count, 0);
    end();
}

static const struct weir_plan_power_change *power(int i, int *count)
{
    return &weir_plan_powers(plan, count)[i];
}

static void powers(void)
{
    int count;
    begin();
    for (int h = 0; h < 3; h++)
        world->hosts[h].may_sleep = true;
    weir_plan_sleep(plan, -1, "no such host");
    weir_plan_wake(plan, 3, "no such host");
    weir_plan_wake(plan, 0, "as it is");
    power(0, &count);
    CU_ASSERT_EQUAL(count, 0);
    weir_plan_sleep(plan, 2, "idle for %d windows", 3);
    weir_plan_sleep(plan, 0, "it has instances");
    weir_plan_author(plan, "second");
    weir_plan_wake(plan, 0, "taken back");
    CU_ASSERT_STRING_EQUAL(power(0, &count)->why, "idle for 3 windows");
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT(power(0, &count)->host == 2 && power(0, &count)->sleeps);
    weir_plan_sleep(plan, 0, "it has instances");
    weir_plan_check(plan);
    weir_plan_check(plan);
    CU_ASSERT_PTR_NULL(power(0, &count)->refusal);
    CU_ASSERT_STRING_EQUAL(power(1, &count)->refusal, "host \"edge-0\" has 2 instances, and 2 are planned there");
    CU_ASSERT_STRING_EQUAL(power(1, &count)->policy, "second");
    /* Placed there in the same plan; without may_sleep; down; booting. */
    SET(1, 2);
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(power(0, &count)->refusal, "host \"cloud-0\" has 0 instances, and 1 are planned there");
    world->hosts[2].may_sleep = false;
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(power(0, &count)->refusal,
                           "host \"cloud-0\" has a source, a sink or something else that must not stop");
    world->hosts[2].up = false;
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(power(0, &count)->refusal, "host \"cloud-0\" is down");
    world->hosts[2].boot_s = 4;
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(power(0, &count)->refusal, "host \"cloud-0\" boots");
    check_refusal(0, "host \"cloud-0\" boots");
    world->hosts[2].asleep = true;
    weir_plan_check(plan);
    check_refusal(0, "host \"cloud-0\" sleeps; wake it first");
    weir_plan_reset(plan);
    weir_plan_sleep(plan, 2, "as it is");
    power(0, &count);
    CU_ASSERT_EQUAL(count, 0);
    weir_plan_wake(plan, 2, "needed");
    weir_plan_check(plan);
    CU_ASSERT_PTR_NULL(power(0, &count)->refusal);
    CU_ASSERT(count == 1 && !power(0, &count)->sleeps);
    end();
}

static const struct weir_plan_pstate_change *state(int i, int *count)
{
    return &weir_plan_pstates(plan, count)[i];
}

static void states(void)
{
    static const double speeds[] = {2e9, 1e9, 0};
    int count;
    begin();
    world->hosts[2].pstate = 1;
    world->hosts[2].pstate_count = 3;
    world->hosts[2].pstate_flops_per_s = speeds;
    weir_plan_pstate(plan, -1, 0, "no such host");
    weir_plan_pstate(plan, 3, 0, "no such host");
    weir_plan_pstate(plan, 2, 1, "as it is");
    state(0, &count);
    CU_ASSERT_EQUAL(count, 0);
    weir_plan_pstate(plan, 2, 2, "first");
    weir_plan_pstate(plan, 0, 1, "edge");
    weir_plan_author(plan, "second");
    weir_plan_pstate(plan, 2, 0, "busy %.1f", 0.5); /* replaces the first */
    weir_plan_check(plan);
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(state(0, &count)->refusal, "host \"edge-0\" has no performance state but 0");
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT_PTR_NULL(state(1, &count)->refusal);
    CU_ASSERT_STRING_EQUAL(state(1, &count)->why, "busy 0.5");
    CU_ASSERT_STRING_EQUAL(state(1, &count)->policy, "second");
    CU_ASSERT(state(1, &count)->host == 2 && state(1, &count)->pstate == 0);
    weir_plan_pstate(plan, 2, 1, "taken back");
    state(0, &count);
    CU_ASSERT_EQUAL(count, 1);
    /* One of no speed, and others that there are not; down, booting, asleep. */
    static const char *const wanted[] = {[2] = "host \"cloud-0\" computes nothing in performance state 2",
                                         [3] = "host \"cloud-0\" has the performance states 0 to 2, and not 3"};
    for (int p = 2; p < 4; p++) {
        weir_plan_pstate(plan, 2, p, "try");
        weir_plan_check(plan);
        CU_ASSERT_STRING_EQUAL(state(1, &count)->refusal, wanted[p]);
    }
    world->hosts[2].up = false;
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(state(1, &count)->refusal, "host \"cloud-0\" is down");
    world->hosts[2].boot_s = 4;
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(state(1, &count)->refusal, "host \"cloud-0\" boots");
    world->hosts[2].asleep = true;
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(state(1, &count)->refusal, "host \"cloud-0\" sleeps");
    weir_plan_reset(plan);
    state(0, &count);
    CU_ASSERT_EQUAL(count, 0);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"powers", powers},
        {"states", states},
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
        {"rates", rates},
        {0},
    };
    return weir_test_main("plan", cases, argc, argv);
}
