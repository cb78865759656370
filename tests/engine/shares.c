/* Shares that a plan asks for, carried out to the last digit: of cores, of links along edges, and speeds by class. */
#include <math.h>
#include <string.h>

#include "sim/base/error.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

/* Items of 10 MB from the edge to A in the cloud over 100 Mbit/s and 10 ms; A takes 1 s. */
#define BIG_ITEMS(count, more)                                                                                         \
    "{\"platform\": \"\", \"duration\": \"200s\", \"window\": \"5s\", \"items_per_batch\": 1,"                         \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"source_bytes\": \"10MB\","                   \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\", \"count\": " count "},"                                 \
    "  \"operators\": [{\"name\": \"A\", \"flops\": \"1Gf\", \"placement\": \"cloud\"}]" more "}]}}"

static const char *why = "as the test wants";

static int arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    weir_plan_rate(plan, job, -1, 0, 1e6, "%s", why);
    return weir_plan_rate_get(plan, job, -1, 0) == 1e6 && isinf(weir_plan_rate_get(plan, job, 0, -1)) &&
                   weir_plan_rate_get(plan, job, -1, -1) == 0
               ? 0
               : weir_error(WEIR_ERUN, "the plan does not show what was asked for");
}

/* The view shows the limit; in the first window it is lifted. */
static int lifts(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    const struct weir_operator_view *op = &view->jobs[0].operators[0];
    double seen = op->upstream_rates[0];
    if (seen != (view->window == 0 ? 1e6 : INFINITY) || !isinf(op->downstream_rates[0]))
        return weir_error(WEIR_ERUN, "window %ld shows %g", view->window, seen);
    weir_plan_rate(plan, 0, -1, 0, INFINITY, "%s", why);
    return 0;
}

/* A and B before C: nothing has a limit. */
static int sees_none(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    for (int o = 0; o < view->jobs[0].operator_count; o++) {
        const struct weir_operator_view *op = &view->jobs[0].operators[o];
        for (int u = 0; u < op->upstream_count; u++)
            if (!isinf(op->upstream_rates[u]) || op->upstream_bytes[u] != (o < 2 ? 10 : 20 + op->upstream[u]))
                weir_plan_warn(plan, -1, "input %d of %d: %g bytes/s, %g bytes", u, o, op->upstream_rates[u],
                               op->upstream_bytes[u]);
        for (int d = 0; d < op->downstream_count && o < 2; d++)
            if (!isinf(op->downstream_rates[d]) || op->downstream_bytes[d] != 20 + o)
                weir_plan_warn(plan, -1, "output %d of %d: %g bytes/s, %g bytes", d, o, op->downstream_rates[d],
                               op->downstream_bytes[d]);
    }
    weir_plan_warn(plan, -1, "%d inputs", view->jobs[0].operators[2].upstream_count);
    return 0;
}

static const struct weir_policy looks = {
    .abi = WEIR_POLICY_ABI, .name = "looks", .summary = "Looks.", .source = "", .window_ends = sees_none};
static const struct weir_policy slow = {
    .abi = WEIR_POLICY_ABI, .name = "slow", .summary = "1 MB/s.", .source = "", .job_arrives = arrives};
static const struct weir_policy passing = {.abi = WEIR_POLICY_ABI,
                                           .name = "passing",
                                           .summary = "1 MB/s for a while.",
                                           .source = "",
                                           .job_arrives = arrives,
                                           .window_ends = lifts};
static int asks_too_little(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    weir_plan_rate(plan, job, -1, 0, 0.5, "%s", why);
    return 0;
}
static const struct weir_policy little = {
    .abi = WEIR_POLICY_ABI, .name = "little", .summary = "0.5 B/s.", .source = "", .job_arrives = asks_too_little};
static const struct weir_policy *const catalog[] = {&slow, &passing, &looks, &little, NULL};

static void inputs_and_outputs_are_shown(void)
{
    struct weir_test_result got = weir_test_run_catalog(
        PLATFORM,
        "{\"platform\": \"\", \"duration\": \"10s\", \"window\": \"5s\", \"workload\": {\"jobs\": [{\"name\": \"j\","
        " \"source\": \"edge\", \"source_bytes\": \"10B\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
        " \"operators\": [{\"name\": \"A\", \"flops\": \"1kf\", \"bytes\": \"20B\"}, {\"name\": \"B\", \"flops\": "
        "\"1kf\","
        " \"bytes\": \"21B\"}, {\"name\": \"C\", \"flops\": \"1kf\", \"join\": \"all\"}], \"edges\": ["
        "{\"from\": \"source\", \"to\": \"A\"}, {\"from\": \"source\", \"to\": \"B\"}, {\"from\": \"A\", \"to\": "
        "\"C\"},"
        " {\"from\": \"B\", \"to\": \"C\"}, {\"from\": \"C\", \"to\": \"sink\"}]}]}}",
        "looks", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.warnings, 1, 0); /* of what there is, at the end of the one window before the last */
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "2 inputs"));
    if (got.result.metrics.warnings != 1)
        printf("\n%s", got.decisions);
    weir_test_result_fini(&got);
}

/* Less than 1 byte/s is refused, and counted so: 10 MB at 12.5 MB/s, 10 ms of way, 1 s of work. */
static void too_little_is_refused(void)
{
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, BIG_ITEMS("1", ""), "little", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.decisions, 1, 0);
    CHECK_NEAR(got.result.metrics.refused, 1, 0);
    CHECK_NEAR(got.result.metrics.latency_max_s, 0.8 + 0.01 + 1, 1e-9);
    weir_test_result_fini(&got);
}

static void a_rate_is_kept(void)
{
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, BIG_ITEMS("1", ""), "slow", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    /* 10 MB at 1 MB/s = 10 s, 10 ms of way, 1 s of work */
    CHECK_NEAR(got.result.metrics.latency_mean_s, 11.01, 1e-8);
    CHECK_NEAR(got.result.metrics.network_s, 10.01, 1e-8);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "slow j/source to A: no limit -> 1 MBps | as the test wants"));
    weir_test_conservation(PLATFORM, BIG_ITEMS("1", ""), &got);
    weir_test_result_fini(&got);
}

static void a_rate_may_be_lifted(void)
{
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, BIG_ITEMS("2", ""), "passing", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    /* The first is on its way when the limit goes at 5 s, and keeps its pace: 11.01 s. The second, at 60 s, has 12.5
     * MB/s: 0.8 + 0.01 + 1 s. */
    CHECK_NEAR(got.result.metrics.latency_max_s, 11.01, 1e-8);
    CHECK_NEAR(got.result.metrics.latency_mean_s, (11.01 + 1.81) / 2, 1e-8);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "passing j/source to A: 1 MBps -> no limit"));
    weir_test_result_fini(&got);
}

/* 40 items a second of 100 kB: 4 MB/s towards a limit of 1 MB/s. */
static void transfers_go_one_after_the_other(void)
{
    static const char scenario[] =
        "{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"10s\", \"items_per_batch\": 1,"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"source_bytes\": \"100kB\","
        "  \"load\": {\"kind\": \"constant\", \"rate\": \"40/s\"},"
        "  \"operators\": [{\"name\": \"A\", \"flops\": \"1Mf\", \"placement\": \"cloud\"}]}]}}";
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, scenario, "slow", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    /* One in 0.1 s: the n-th is there at 0.1 n + 0.01 + 0.001 s, 999 of them by 100 s. */
    CHECK_NEAR((double)weir_test_job(&got, "j")->delivered, 999, 1);
    CHECK_NEAR(got.result.metrics.network_bytes, 999 * 1e5, 2e5);
    weir_test_conservation(PLATFORM, scenario, &got);
    weir_test_result_fini(&got);
}

/* Two edges from one host to one host, each with a limit of its own: neither waits for the other. */
static int two_rates(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    weir_plan_rate(plan, job, 0, 2, 1e6, "%s", why);
    weir_plan_rate(plan, job, 1, 2, 2e6, "%s", why);
    return 0;
}
static const struct weir_policy both = {
    .abi = WEIR_POLICY_ABI, .name = "both", .summary = "A rate an edge.", .source = "", .job_arrives = two_rates};

static void edges_have_rates_of_their_own(void)
{
    static const char scenario[] =
        "{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"10s\", \"items_per_batch\": 1,"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\","
        "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\", \"count\": 1},"
        "  \"operators\": [{\"name\": \"A\", \"flops\": \"0f\", \"bytes\": \"4MB\"},"
        "   {\"name\": \"B\", \"flops\": \"0f\", \"bytes\": \"6MB\"},"
        "   {\"name\": \"C\", \"flops\": \"1Gf\", \"join\": \"all\", \"placement\": \"cloud\"}],"
        "  \"edges\": [[\"source\", \"A\"], [\"source\", \"B\"], [\"A\", \"C\"], [\"B\", \"C\"], [\"C\", "
        "\"sink\"]]}]}}";
    const struct weir_policy *const own[] = {&both, NULL};
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, scenario, "both", 1, own);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    /* 4 MB at 1 MB/s and 6 MB at 2 MB/s side by side: 4 s, not 7; 10 ms; 1 s. */
    CHECK_NEAR(got.result.metrics.latency_mean_s, 5.01, 1e-8);
    weir_test_conservation(PLATFORM, scenario, &got);
    weir_test_result_fini(&got);
}

/* Two jobs on one core: what the second gets, it takes from the first when it arrives. */
static int third(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    struct weir_placement more = {2, 1, 0.75}, less = {2, 1, 0.25};
    if (job == 1) {
        weir_plan_set(plan, 0, 0, &less, 1, "%s", why);
        weir_plan_set(plan, 1, 0, &more, 1, "%s", why);
    }
    return 0;
}
static const struct weir_policy takes = {
    .abi = WEIR_POLICY_ABI, .name = "takes", .summary = "Takes.", .source = "", .job_arrives = third};

static void an_arrival_changes_the_shares_of_others(void)
{
    static const char scenario[] =
        "{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"100s\", \"items_per_batch\": 1,"
        " \"workload\": {\"jobs\": ["
        " {\"name\": \"a\", \"source\": \"cloud\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\", \"start\": "
        "\"20s\", \"count\": 1}, \"operators\": [{\"name\": \"A\", \"flops\": \"1Gf\"}]},"
        " {\"name\": \"b\", \"arrive\": \"10s\", \"source\": \"cloud\", \"load\": {\"kind\": \"constant\", "
        "\"rate\": \"1/min\", \"start\": \"10s\", \"count\": 1}, \"operators\": [{\"name\": \"B\", \"flops\": "
        "\"3Gf\"}]}]}}";
    const struct weir_policy *const own[] = {&takes, NULL};
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, scenario, "takes", 1, own);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    /* 1 Gf at 0.25 Gf/s and 3 Gf at 0.75 Gf/s: 4 s each. Shared as SimGrid would: 2 s and 4 s. */
    CHECK_NEAR(weir_test_job(&got, "a")->latency_mean_s, 4, 1e-8);
    CHECK_NEAR(weir_test_job(&got, "b")->latency_mean_s, 4, 1e-8);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "takes a/A 1 -> 1 instances: 1 on cloud at 0.25 of a core"));
    weir_test_result_fini(&got);
}

static void a_move_of_another_job_pays(void)
{
    static const char scenario[] =
        "{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"100s\", \"items_per_batch\": 1,"
        " \"costs\": {\"start\": \"2s\"}, \"workload\": {\"jobs\": ["
        " {\"name\": \"a\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
        "  \"operators\": [{\"name\": \"A\", \"flops\": \"1Mf\"}]},"
        " {\"name\": \"b\", \"arrive\": \"10.5s\", \"source\": \"cloud\", \"load\": {\"kind\": \"constant\", "
        "\"rate\": \"1/min\"}, \"operators\": [{\"name\": \"B\", \"flops\": \"1Mf\"}]}]}}";
    const struct weir_policy *const own[] = {&takes, NULL};
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, scenario, "takes", 1, own);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CU_ASSERT_EQUAL(got.result.metrics.migrations, 1);
    /* Items up to 12 s are served at the edge in 1 ms, those from 13 s on in the cloud over 10 ms at a quarter of a
     * core: 13 x 1 ms and 87 x (10 + 4) ms, in 100 items (an empty item is a byte, 80 ns). */
    CHECK_NEAR(weir_test_job(&got, "a")->latency_mean_s, (13 * 1e-3 + 87 * 14e-3) / 100, 2e-7);
    weir_test_result_fini(&got);
}

/* ---- classes ---- */

#define GPU_PLATFORM                                                                                                   \
    "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"                        \
    "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\"><prop id=\"speed_gpu\" value=\"2Gf\"/>\n"           \
    "<host id=\"fast\" speed=\"1Gf\"><prop id=\"speed_gpu\" value=\"%s\"/></host><host id=\"other\" speed=\"1Gf\"/>\n" \
    "</zone></platform>\n"

static int shows_speed(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    const struct weir_operator_view *plain = &view->jobs[job].operators[0], *gpu = &view->jobs[job].operators[1];
    bool good = plain->work_class == WEIR_VIEW_CPU && gpu->work_class == WEIR_VIEW_GPU &&
                weir_view_speed(&view->hosts[0], plain) == 1e9 && weir_view_speed(&view->hosts[0], gpu) == 8e9 &&
                weir_view_speed(&view->hosts[1], gpu) == 2e9;
    struct weir_placement half = {0, 1, 0.5};
    weir_plan_set(plan, job, 1, &half, 1, "%s", why);
    return good ? 0 : weir_error(WEIR_ERUN, "the view shows other speeds");
}
static const struct weir_policy half = {
    .abi = WEIR_POLICY_ABI, .name = "half", .summary = "Half of a core.", .source = "", .job_arrives = shows_speed};

#define GPU_JOB                                                                                                        \
    "{\"platform\": \"\", \"duration\": \"20s\", \"window\": \"10s\", \"items_per_batch\": 1,"                         \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"fast\","                                               \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\", \"count\": 1},"                                         \
    "  \"operators\": [{\"name\": \"A\", \"flops\": \"1Gf\"},"                                                         \
    "   {\"name\": \"B\", \"flops\": \"8Gf\", \"class\": \"gpu\"}]}]}}"

static void a_class_has_a_speed_of_its_own(void)
{
    char platform[700];
    snprintf(platform, sizeof platform, GPU_PLATFORM, "8Gf");
    const char *path = weir_test_file("gpu.xml", platform);
    struct weir_test_result got = weir_test_run(path, GPU_JOB, "static", 1);
    /* 1 Gf at 1 Gf/s + 8 Gf at 8 Gf/s; the host is busy 2 s of the 40 s of both. */
    CHECK_NEAR(got.result.metrics.latency_mean_s, 2, 1e-8);
    CHECK_NEAR(got.result.metrics.cpu_edge, 2.0 / 40, 1e-9);
    weir_test_result_fini(&got);
    const struct weir_policy *const own[] = {&half, NULL};
    got = weir_test_run_catalog(path, GPU_JOB, "half", 1, own);
    CU_ASSERT_EQUAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.latency_mean_s, 3, 1e-8); /* 1 s + 8 Gf at half of 8 Gf/s */
    weir_test_result_fini(&got);
}

static void wrong_speeds(void)
{
    char platform[700];
    snprintf(platform, sizeof platform, GPU_PLATFORM, "8");
    struct weir_platform *none = NULL;
    CU_ASSERT_EQUAL(weir_platform_read(weir_test_file("gpu-bare.xml", platform), &none), WEIR_EINPUT);
    CHECK_MESSAGE("gpu-bare.xml:4: speed_gpu");
    snprintf(platform, sizeof platform, GPU_PLATFORM, "0Gf");
    CU_ASSERT_EQUAL(weir_platform_read(weir_test_file("gpu-none.xml", platform), &none), WEIR_EINPUT);
    CHECK_MESSAGE("speed_gpu \"0Gf\" is not above 0; leave it out for that of all");
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"inputs and outputs are shown", inputs_and_outputs_are_shown},
        {"a rate is kept", a_rate_is_kept},
        {"too little is refused", too_little_is_refused},
        {"a rate may be lifted", a_rate_may_be_lifted},
        {"transfers go one after the other", transfers_go_one_after_the_other},
        {"edges have rates of their own", edges_have_rates_of_their_own},
        {"an arrival changes the shares of others", an_arrival_changes_the_shares_of_others},
        {"a move of another job pays", a_move_of_another_job_pays},
        {"a class has a speed of its own", a_class_has_a_speed_of_its_own},
        {"wrong speeds", wrong_speeds},
        {0},
    };
    return weir_test_main("engine/shares", cases, argc, argv);
}
