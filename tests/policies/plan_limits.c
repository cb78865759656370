/* The plan: rates of edges, hosts that sleep and wake, performance states; what is refused, with its sentence. */
#include <math.h>
#include <string.h>

#include "sim/base/error.h"
#include "tests/policies/plan_world.h"
#include "tests/support/test.h"

static const struct weir_plan_rate_change *rate(int i, int *count)
{
    return &weir_plan_rates(plan, count)[i];
}

static void rates(void)
{
    int count;
    plan_begin();
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
    CU_ASSERT_EQUAL(plan_changes(), 0);
    CU_ASSERT_EQUAL(weir_plan_check_finite(plan), WEIR_OK);
    weir_plan_rate(plan, 0, -1, 0, NAN, "e");
    CU_ASSERT_EQUAL(weir_plan_check_finite(plan), WEIR_ERUN);
    CHECK_MESSAGE("rate from the source to a of stream is nan; it must be a number, or infinity for no limit");
    plan_world->jobs[0].running = false;
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(rate(0, &count)->refusal, "job \"stream\" has departed");
    weir_plan_reset(plan);
    weir_plan_rates(plan, &count);
    CU_ASSERT_EQUAL(count, 0);
    plan_end();
}

static const struct weir_plan_power_change *power(int i, int *count)
{
    return &weir_plan_powers(plan, count)[i];
}

static void powers(void)
{
    int count;
    plan_begin();
    for (int h = 0; h < 3; h++)
        plan_world->hosts[h].may_sleep = true;
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
    PLAN_SET(1, 2);
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(power(0, &count)->refusal, "host \"cloud-0\" has 0 instances, and 1 are planned there");
    plan_world->hosts[2].may_sleep = false;
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(power(0, &count)->refusal,
                           "host \"cloud-0\" has a source, a sink or something else that must not stop");
    plan_world->hosts[2].up = false;
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(power(0, &count)->refusal, "host \"cloud-0\" is down");
    plan_world->hosts[2].boot_s = 4;
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(power(0, &count)->refusal, "host \"cloud-0\" boots");
    plan_check_refusal(0, "host \"cloud-0\" boots");
    plan_world->hosts[2].asleep = true;
    weir_plan_check(plan);
    plan_check_refusal(0, "host \"cloud-0\" sleeps; wake it first");
    weir_plan_reset(plan);
    weir_plan_sleep(plan, 2, "as it is");
    power(0, &count);
    CU_ASSERT_EQUAL(count, 0);
    weir_plan_wake(plan, 2, "needed");
    weir_plan_check(plan);
    CU_ASSERT_PTR_NULL(power(0, &count)->refusal);
    CU_ASSERT(count == 1 && !power(0, &count)->sleeps);
    plan_end();
}

static const struct weir_plan_pstate_change *state(int i, int *count)
{
    return &weir_plan_pstates(plan, count)[i];
}

static void states(void)
{
    static const double speeds[] = {2e9, 1e9, 0};
    int count;
    plan_begin();
    plan_world->hosts[2].pstate = 1;
    plan_world->hosts[2].pstate_count = 3;
    plan_world->hosts[2].pstate_flops_per_s = speeds;
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
    plan_world->hosts[2].up = false;
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(state(1, &count)->refusal, "host \"cloud-0\" is down");
    plan_world->hosts[2].boot_s = 4;
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(state(1, &count)->refusal, "host \"cloud-0\" boots");
    plan_world->hosts[2].asleep = true;
    weir_plan_check(plan);
    CU_ASSERT_STRING_EQUAL(state(1, &count)->refusal, "host \"cloud-0\" sleeps");
    weir_plan_reset(plan);
    state(0, &count);
    CU_ASSERT_EQUAL(count, 0);
    plan_end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"rates", rates},
        {"powers", powers},
        {"states", states},
        {0},
    };
    return weir_test_main("plan_limits", cases, argc, argv);
}
