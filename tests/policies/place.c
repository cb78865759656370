/* Placing a job that arrives: nearest, random, cloud-only, edge-only. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"
#include "tests/support/view.h"

extern const struct weir_policy weir_policy_nearest, weir_policy_random, weir_policy_cloud_only, weir_policy_edge_only;

enum { PHONE, EDGE_A, EDGE_B, EDGE_C, CLOUD_A, CLOUD_B };
static struct weir_mock *world;

/* A phone in the north with the source; edges A (north), B (north) and C (south); two clouds of 4 and 8 cores. The job
 * has two operators, two instances each, by default all on the phone, which has room for one. */
static void begin(void)
{
    world = weir_mock_new();
    weir_mock_host(world, "phone", "north", WEIR_VIEW_DEVICE, 1, 1);
    weir_mock_host(world, "edge-a", "north", WEIR_VIEW_EDGE, 1, 1);
    weir_mock_host(world, "edge-b", "north", WEIR_VIEW_EDGE, 2, 2);
    weir_mock_host(world, "edge-c", "south", WEIR_VIEW_EDGE, 4, 0);
    weir_mock_host(world, "cloud-a", "far", WEIR_VIEW_CLOUD, 4, 0);
    weir_mock_host(world, "cloud-b", "far", WEIR_VIEW_CLOUD, 8, 0);
    for (int h = 0; h < 6; h++)
        world->latency_s[PHONE][h] = 0.001 * (h + 1);
    world->latency_s[PHONE][EDGE_C] = 0.0005; /* the south is nearer than it looks */
    weir_mock_job(world, "stream", PHONE);
    weir_mock_operator(world, 0, "a", 1e7);
    weir_mock_operator(world, 0, "b", 1e7);
}

/* The hosts where the policy, with its first parameter set to `tier`, puts the four instances; counts on each. */
static void place(const struct weir_policy *policy, int tier, unsigned long long seed, int *on)
{
    struct weir_policy_env env = {.seed = seed, .stream = "policy/place"};
    void *state = weir_mock_state(policy);
    if (policy->params)
        *(int *)state = tier;
    if (policy->create)
        policy->create(state, &env);
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    weir_plan_author(plan, policy->name);
    struct weir_placement preset[2] = {{.host = PHONE, .weight = 1, .cpu_share = 1},
                                       {.host = PHONE, .weight = 1, .cpu_share = 1}};
    for (int o = 0; o < 2; o++)
        weir_plan_preset(plan, 0, o, preset, 2);
    CU_ASSERT_EQUAL(policy->job_arrives(state, &world->view, 0, plan), 0);
    memset(on, 0, WEIR_MOCK_HOSTS * sizeof *on);
    for (int o = 0; o < 2; o++) {
        int count;
        const struct weir_placement *placed = weir_plan_get(plan, 0, o, &count);
        CU_ASSERT_EQUAL(count, 2);
        for (int i = 0; i < count; i++)
            on[placed[i].host]++;
    }
    weir_plan_check(plan);
    int changes;
    const struct weir_plan_change *change = weir_plan_changes(plan, &changes);
    for (int i = 0; i < changes; i++)
        CU_ASSERT_PTR_NULL(change[i].refusal);
    weir_plan_free(plan);
    free(state);
}

static void test_nearest(void)
{
    int on[WEIR_MOCK_HOSTS];
    begin();
    place(&weir_policy_nearest, 0, 1, on); /* any tier: 1 on the phone itself, then edge-c without limit */
    CU_ASSERT_EQUAL(on[PHONE], 1);
    CU_ASSERT_EQUAL(on[EDGE_C], 3);
    world->hosts[EDGE_C].up = false;
    place(&weir_policy_nearest, 0, 1, on); /* slots 1, 1, 2 */
    CU_ASSERT_EQUAL(on[PHONE], 1);
    CU_ASSERT_EQUAL(on[EDGE_A], 1);
    CU_ASSERT_EQUAL(on[EDGE_B], 2);
    place(&weir_policy_nearest, 3, 1, on); /* cloud: the nearer one */
    CU_ASSERT_EQUAL(on[CLOUD_A], 4);
    world->latency_s[PHONE][CLOUD_A] = INFINITY; /* no route */
    place(&weir_policy_nearest, 3, 1, on);
    CU_ASSERT_EQUAL(on[CLOUD_B], 4);
    free(world);
}

static void test_random(void)
{
    int on[WEIR_MOCK_HOSTS], again[WEIR_MOCK_HOSTS], seen[WEIR_MOCK_HOSTS] = {0};
    bool differs = false;
    begin();
    world->hosts[EDGE_B].up = false;
    for (unsigned long long seed = 0; seed < 200; seed++) {
        place(&weir_policy_random, 0, seed, on);
        place(&weir_policy_random, 0, seed, again);
        CU_ASSERT_EQUAL(memcmp(on, again, sizeof on), 0);
        CU_ASSERT(on[PHONE] <= 1 && on[EDGE_A] <= 1); /* slots */
        for (int h = 0; h < WEIR_MOCK_HOSTS; h++)
            seen[h] += on[h];
        place(&weir_policy_random, 0, seed + 1, again);
        differs |= memcmp(on, again, sizeof on) != 0;
        place(&weir_policy_random, 3, seed, on);
        CU_ASSERT_EQUAL(on[CLOUD_A] + on[CLOUD_B], 4);
    }
    CU_ASSERT(differs);
    CU_ASSERT_EQUAL(seen[EDGE_B], 0); /* down */
    CU_ASSERT(seen[PHONE] > 50 && seen[EDGE_A] > 50 && seen[EDGE_C] > 100 && seen[CLOUD_A] > 100 &&
              seen[CLOUD_B] > 100);
    free(world);
}

/* Fewest instances per core, 4 and 8 cores: 0/4 = 0/8: a, the first of equals; 1/4 > 0/8: b; 1/4 > 1/8: b; 1/4 = 2/8:
 * a. So 2 and 2. */
static void test_cloud_only(void)
{
    int on[WEIR_MOCK_HOSTS];
    begin();
    place(&weir_policy_cloud_only, 0, 1, on);
    CU_ASSERT_EQUAL(on[CLOUD_A], 2);
    CU_ASSERT_EQUAL(on[CLOUD_B], 2);
    world->hosts[CLOUD_A].slots = 1;
    place(&weir_policy_cloud_only, 0, 1, on);
    CU_ASSERT_EQUAL(on[CLOUD_A], 1);
    CU_ASSERT_EQUAL(on[CLOUD_B], 3);
    world->hosts[CLOUD_A].up = world->hosts[CLOUD_B].up = false;
    place(&weir_policy_cloud_only, 0, 1, on); /* no cloud: the default placement stays */
    CU_ASSERT_EQUAL(on[PHONE], 4);
    free(world);
}

/* The north has 1 + 2 slots, the fourth goes south. */
static void test_edge_only(void)
{
    int on[WEIR_MOCK_HOSTS];
    begin();
    place(&weir_policy_edge_only, 0, 1, on);
    CU_ASSERT_EQUAL(on[EDGE_A], 1);
    CU_ASSERT_EQUAL(on[EDGE_B], 2);
    CU_ASSERT_EQUAL(on[EDGE_C], 1);
    weir_mock_operator(world, 0, "other", 1e7); /* another's instance takes the slot of edge-a */
    weir_mock_deploy(world, 0, 2, EDGE_A);
    place(&weir_policy_edge_only, 0, 1, on);
    CU_ASSERT_EQUAL(on[EDGE_A], 0);
    CU_ASSERT_EQUAL(on[EDGE_B], 2);
    CU_ASSERT_EQUAL(on[EDGE_C], 2);
    free(world);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"nearest", test_nearest},
        {"random", test_random},
        {"cloud_only", test_cloud_only},
        {"edge_only", test_edge_only},
        {0},
    };
    return weir_test_main("place", cases, argc, argv);
}
