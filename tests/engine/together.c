/* Jobs that arrive at one date: one call for all of them for a policy that takes them so, one by one for others. */
#include <string.h>

#include "sim/base/error.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

static int instances_of(const struct weir_view *view, int job)
{
    return job < view->job_count ? view->jobs[job].operators[0].instance_count : -1;
}

static int all_arrive(void *state, const struct weir_view *view, const int *jobs, int count, struct weir_plan *plan)
{
    for (int k = 0; k < count; k++)
        weir_plan_set(plan, jobs[k], 0, &(struct weir_placement){jobs[k] % view->host_count, 1, 0.5}, 1,
                      "all %d+%d of %d, deployed %d %d %d", jobs[0], count, view->job_count, instances_of(view, 0),
                      instances_of(view, 1), instances_of(view, 2));
    return WEIR_OK;
}

static int one_arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    weir_plan_set(plan, job, 0, &(struct weir_placement){job % view->host_count, 1, 0.25}, 1,
                  "one %d of %d, deployed %d %d %d", job, view->job_count, instances_of(view, 0), instances_of(view, 1),
                  instances_of(view, 2));
    return WEIR_OK;
}

static const struct weir_policy all_policy = {.abi = WEIR_POLICY_ABI,
                                              .name = "all",
                                              .summary = "All at once.",
                                              .source = "",
                                              .job_arrives = one_arrives, /* not asked */
                                              .jobs_arrive = all_arrive};
static const struct weir_policy one_policy = {
    .abi = WEIR_POLICY_ABI, .name = "one", .summary = "One by one.", .source = "", .job_arrives = one_arrives};
static const struct weir_policy *const catalog[] = {&all_policy, &one_policy, NULL};

/* Two at 0 s and one at 7 s. */
static const char world[] =
    "{\"platform\": \"\", \"duration\": \"20s\", \"window\": \"5s\", \"workload\": {\"jobs\": ["
    " {\"name\": \"a\", \"count\": 2, \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
    "  \"operators\": [{\"name\": \"o\", \"flops\": \"1Mf\"}]},"
    " {\"name\": \"b\", \"arrive\": \"7s\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": "
    "\"1/s\"},"
    "  \"operators\": [{\"name\": \"o\", \"flops\": \"1Mf\"}]}]}}";

static void expect(const char *policy, const char *const *said, int decisions)
{
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, world, policy, 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(PLATFORM, world, &got);
    for (; *said; said++) {
        if (!strstr(got.decisions, *said))
            fprintf(stderr, "\n%s: no \"%s\" in\n%s", policy, *said, got.decisions);
        CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, *said));
    }
    CHECK_NEAR(got.result.metrics.decisions, decisions, 0);
    CHECK_NEAR(got.result.metrics.refused, 0, 0);
    weir_test_result_fini(&got);
}

static void together(void)
{
    static const char *const said[] = {"0.000 all a-0/o 0 -> 1 instances", "| all 0+2 of 2, deployed 0 0 -1 |",
                                       "0.000 all a-1/o 0 -> 1 instances", "7.000 all b/o 0 -> 1 instances",
                                       "| all 2+1 of 3, deployed 1 1 0 |", NULL};
    expect("all", said, 3);
}

/* The second sees the first deployed. */
static void one_by_one(void)
{
    static const char *const said[] = {"0.000 one a-0/o", "| one 0 of 1, deployed 0 -1 -1 |",
                                       "| one 1 of 2, deployed 1 0 -1 |", "| one 2 of 3, deployed 1 1 0 |", NULL};
    expect("one", said, 3);
}

/* In a stack with one that takes them together, the other is asked for each, in one plan: its wishes replace those
 * before. */
static void stacked(void)
{
    static const char *const said[] = {"0.000 one a-0/o", "| one 0 of 2, deployed 0 0 -1 |",
                                       "| one 1 of 2, deployed 0 0 -1 |", "| one 2 of 3, deployed 1 1 0 |", NULL};
    expect("all+one", said, 3);
}

/* Objectives are no dates of arrival: two come at 7 s with one of 9 s, another at 8 s with one of 1 s. The more come
 * together, the less each gets of its host: 1 Mf at 1 Gf/s take 1 ms alone and 2 and 3 ms in two and three; b is 10 ms
 * away. */
static int share_out(void *state, const struct weir_view *view, const int *jobs, int count, struct weir_plan *plan)
{
    for (int k = 0; k < count; k++)
        weir_plan_set(plan, jobs[k], 0, &(struct weir_placement){jobs[k], 1, 1.0 / count}, 1, "one of %d", count);
    return WEIR_OK;
}

static void by_date_alone(void)
{
    static const struct weir_policy shares = {
        .abi = WEIR_POLICY_ABI, .name = "shares", .summary = "Shares out.", .source = "", .jobs_arrive = share_out};
    static const struct weir_policy *const only[] = {&shares, NULL};
    static const char jobs[] =
        "{\"platform\": \"\", \"duration\": \"20s\", \"window\": \"5s\", \"workload\": {\"jobs\": ["
        " {\"name\": \"a\", \"count\": 2, \"arrive\": \"7s\", \"slo\": \"9s\", \"source\": \"edge\","
        "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, \"operators\": [{\"name\": \"o\", \"flops\": "
        "\"1Mf\"}]},"
        " {\"name\": \"b\", \"arrive\": \"8s\", \"slo\": \"1s\", \"source\": \"edge\","
        "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, \"operators\": [{\"name\": \"o\", \"flops\": "
        "\"1Mf\"}]}]}}";
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, jobs, "shares", 1, only);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(weir_test_job(&got, "a-0")->latency_mean_s, 2e-3, 1e-9);
    CHECK_NEAR(weir_test_job(&got, "b")->latency_mean_s, 11e-3, 1e-9);
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"together", together},
                                             {"one by one", one_by_one},
                                             {"stacked", stacked},
                                             {"by date alone", by_date_alone},
                                             {0}};
    return weir_test_main("engine/together", cases, argc, argv);
}
