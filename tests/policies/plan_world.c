#include "tests/policies/plan_world.h"

#include <stdlib.h>

#include "tests/support/test.h"

struct weir_mock *plan_world;
struct weir_plan *plan;

void plan_begin(void)
{
    plan_world = weir_mock_new();
    weir_mock_host(plan_world, "edge-0", "north", WEIR_VIEW_EDGE, 2, 2);
    weir_mock_host(plan_world, "edge-1", "north", WEIR_VIEW_EDGE, 2, 2);
    weir_mock_host(plan_world, "cloud-0", "far", WEIR_VIEW_CLOUD, 8, 0);
    weir_mock_job(plan_world, "stream", 0);
    weir_mock_operator(plan_world, 0, "a", 1e6);
    weir_mock_operator(plan_world, 0, "b", 1e6);
    weir_mock_deploy(plan_world, 0, 0, 0);
    weir_mock_deploy(plan_world, 0, 0, 1);
    weir_mock_deploy(plan_world, 0, 1, 0);
    plan = weir_plan_new(weir_mock_view(plan_world));
    weir_plan_author(plan, "first");
}

void plan_end(void)
{
    weir_plan_free(plan);
    free(plan_world);
}

int plan_changes(void)
{
    int count;
    weir_plan_changes(plan, &count);
    return count;
}

const struct weir_plan_change *plan_change(int i)
{
    int count;
    return &weir_plan_changes(plan, &count)[i];
}

struct weir_placement plan_on(int host)
{
    return (struct weir_placement){.host = host, .weight = 1, .cpu_share = 1};
}

void plan_set(int op, int count, const int *hosts)
{
    struct weir_placement wish[16];
    for (int i = 0; i < count; i++)
        wish[i] = plan_on(hosts[i]);
    weir_plan_set(plan, 0, op, wish, count, "wanted");
}

void plan_check_refusal(int i, const char *wanted)
{
    weir_plan_check(plan);
    CU_ASSERT_FATAL(i < plan_changes());
    const char *got = plan_change(i)->refusal;
    if (wanted && got) {
        CU_ASSERT_STRING_EQUAL(got, wanted);
    } else {
        CU_ASSERT_PTR_EQUAL(got, wanted); /* both NULL */
    }
}
