/* Cases whose answer is known to the last digit. */
#include <math.h>
#include <string.h>

#include "sim/base/error.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

/* Source 1 per ms, A 0.5 ms on the edge, 1 kB over 100 Mbit/s (0.08 ms) and 10 ms, B 0.1 ms in the cloud. */
#define COMMON(batch)                                                                                                  \
    "{\"platform\": \"\", \"duration\": \"10s\", \"window\": \"1s\", \"items_per_batch\": " batch ","                  \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"},"                                   \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"1000/s\"},"                                                      \
    "  \"operators\": [{\"name\": \"A\", \"flops\": \"500kf\", \"bytes\": \"1kB\"},"                                   \
    "   {\"name\": \"B\", \"flops\": \"100kf\", \"bytes\": \"0B\", \"placement\": {\"host\": \"cloud\"}}]}]}}"

static void common_case(void)
{
    struct weir_test_result got = weir_test_run(PLATFORM, COMMON("1"), "static", 1);
    const struct weir_metrics *m = &got.result.metrics;
    /* 0.5 + 0.08 + 10 + 0.1 ms */
    CHECK_NEAR(m->latency_mean_s, 10.680e-3, 1e-8);
    CHECK_NEAR(m->latency_max_s, 10.680e-3, 1e-8);
    CHECK_NEAR(m->service_s, 0.6e-3, 1e-8);
    CHECK_NEAR(m->network_s, 10.08e-3, 1e-8);
    CHECK_NEAR(m->waiting_s, 0, 1e-9);
    CHECK_NEAR(m->blocked_s, 0, 1e-9);
    CHECK_NEAR(m->waiting_s + m->service_s + m->network_s + m->blocked_s, m->latency_mean_s, 1e-9);
    CHECK_NEAR(weir_test_op(&got, "j", "A")->busy, 0.5, 0.001);
    CHECK_NEAR(weir_test_op(&got, "j", "B")->busy, 0.1, 0.001);
    CHECK_NEAR(m->network_bytes, 1000 * m->delivered, 20000);
    weir_test_conservation(PLATFORM, COMMON("1"), &got);
    weir_test_result_fini(&got);
}

static void batches_change_nothing(void)
{
    /* The same in batches of 100, or of what comes in 50 ms: every item keeps its own clock. */
    const char *scenarios[] = {COMMON("100"), COMMON("\"auto\"")};
    for (int s = 0; s < 2; s++) {
        struct weir_test_result got = weir_test_run(PLATFORM, scenarios[s], "static", 1);
        CHECK_NEAR(got.result.metrics.latency_mean_s, 10.680e-3, 1e-6);
        CHECK_NEAR(got.result.metrics.latency_p99_s, 10.680e-3, 0.01 * 10.68e-3);
        weir_test_conservation(PLATFORM, scenarios[s], &got);
        weir_test_result_fini(&got);
    }
}

/* A's results are 1 kB, but 10 kB along the edge to B and nothing along that to C. */
static void edges_carry_their_own_sizes(void)
{
    static const char scenario[] =
        "{\"platform\": \"\", \"duration\": \"10s\", \"items_per_batch\": 1,"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"},"
        "  \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\", \"count\": 20},"
        "  \"operators\": [{\"name\": \"A\", \"flops\": \"500kf\", \"bytes\": \"1kB\"},"
        "   {\"name\": \"B\", \"flops\": \"100kf\", \"placement\": {\"host\": \"cloud\"}},"
        "   {\"name\": \"C\", \"flops\": \"100kf\", \"placement\": {\"host\": \"cloud\"}}],"
        "  \"edges\": [[\"source\", \"A\"], {\"from\": \"A\", \"to\": \"B\", \"bytes\": \"10kB\"},"
        "   {\"from\": \"A\", \"to\": \"C\", \"bytes\": \"0B\"}, [\"B\", \"sink\"], [\"C\", \"sink\"]]}]}}";
    struct weir_test_result got = weir_test_run(PLATFORM, scenario, "static", 1);
    const struct weir_metrics *m = &got.result.metrics;
    /* By B 0.5 + 0.8 + 10 + 0.1 ms, by C 0.5 + 10 + 0.1 ms; 20 items of 10 kB. An empty
     * transfer is one byte to SimGrid, 80 ns on the link that both share. */
    CHECK_NEAR(m->latency_max_s, 11.4e-3, 2e-7);
    CHECK_NEAR(m->latency_mean_s, (11.4e-3 + 10.6e-3) / 2, 2e-7);
    CHECK_NEAR(m->network_bytes, 200e3, 1e-6);
    weir_test_conservation(PLATFORM, scenario, &got);
    weir_test_result_fini(&got);
}

/* A passes 1000/s on to B, which takes 1.5 ms and has room for 10. */
#define OVERLOAD(edge)                                                                                                 \
    "{\"platform\": \"\", \"duration\": \"20s\", \"warmup\": \"2s\", \"window\": \"1s\", \"items_per_batch\": 1,"      \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"},"                                   \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"1000/s\"},"                                                      \
    "  \"operators\": [{\"name\": \"A\", \"flops\": \"100kf\", \"bytes\": \"1kB\", \"capacity\": 10},"                 \
    "   {\"name\": \"B\", \"flops\": \"1500kf\", \"capacity\": 10, \"placement\": {\"host\": \"cloud\"}}],"            \
    "  \"edges\": [[\"source\", \"A\"], {\"from\": \"A\", \"to\": \"B\"" edge "}, [\"B\", \"sink\"]]}]}}"

static void backpressure_reaches_the_source(void)
{
    struct weir_test_result got = weir_test_run(PLATFORM, OVERLOAD(""), "static", 1);
    const struct weir_job_total *job = weir_test_job(&got, "j");
    const struct weir_operator_total *b = weir_test_op(&got, "j", "B");
    /* B's rate is 1 / 1.5 ms = 666.7/s; what the source cannot send waits with it: 333.3/s x 20 s. */
    CHECK_NEAR(got.result.metrics.throughput_per_s, 1000 / 1.5, 1);
    CHECK_NEAR((double)job->backlog, 1000 / 3.0 * 20, 60);
    CU_ASSERT(b->queue_max <= 10);
    CU_ASSERT_EQUAL(b->dropped, 0);
    CHECK_NEAR(b->busy, 1, 0.001);
    CU_ASSERT(weir_test_op(&got, "j", "A")->backpressured > 0.85); /* A works 0.067 of the time */
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->waiting_s + m->service_s + m->network_s + m->blocked_s, m->latency_mean_s, 1e-9);
    weir_test_conservation(PLATFORM, OVERLOAD(""), &got);
    weir_test_result_fini(&got);
}

static void drop_new_loses_a_third(void)
{
    struct weir_test_result got = weir_test_run(PLATFORM, OVERLOAD(", \"full\": \"drop-new\""), "static", 1);
    const struct weir_operator_total *b = weir_test_op(&got, "j", "B");
    /* 1000 come, 666.7 are served: a third is lost, nothing waits at the source. */
    CHECK_NEAR((double)b->dropped / (double)(b->dropped + b->arrived), 1 / 3.0, 0.003);
    CU_ASSERT(weir_test_job(&got, "j")->backlog < 10);
    CU_ASSERT(b->queue_max <= 10);
    weir_test_conservation(PLATFORM, OVERLOAD(", \"full\": \"drop-new\""), &got);
    weir_test_result_fini(&got);
}

static void drop_old_keeps_the_newest(void)
{
    struct weir_test_result newest = weir_test_run(PLATFORM, OVERLOAD(", \"full\": \"drop-old\""), "static", 1);
    struct weir_test_result oldest = weir_test_run(PLATFORM, OVERLOAD(", \"full\": \"drop-new\""), "static", 1);
    const struct weir_operator_total *b = weir_test_op(&newest, "j", "B");
    CHECK_NEAR((double)b->dropped / (double)(b->dropped + b->arrived), 1 / 3.0, 0.003);
    /* drop-new: an item waits for the 10 before it, 15 ms less the time since they came. drop-old: the oldest go, and
     * who is served came at most 10 arrivals = 10 ms ago. */
    CU_ASSERT(newest.result.metrics.latency_mean_s < oldest.result.metrics.latency_mean_s - 3e-3);
    weir_test_conservation(PLATFORM, OVERLOAD(", \"full\": \"drop-old\""), &newest);
    weir_test_result_fini(&newest);
    weir_test_result_fini(&oldest);
}

static void shed_keeps_the_queue_short(void)
{
    const char *scenario = OVERLOAD(", \"full\": \"shed\", \"share\": 0.5");
    struct weir_test_result got = weir_test_run(PLATFORM, scenario, "static", 1);
    const struct weir_operator_total *b = weir_test_op(&got, "j", "B");
    CHECK_NEAR((double)b->dropped / (double)(b->dropped + b->arrived), 1 / 3.0, 0.01);
    CU_ASSERT(b->queue_mean < 8);
    weir_test_conservation(PLATFORM, scenario, &got);
    weir_test_result_fini(&got);
}

/* Two operators of load 0.6 on one host. */
#define TWO(host)                                                                                                      \
    "{\"platform\": \"\", \"duration\": \"20s\", \"window\": \"1s\", \"items_per_batch\": 1,"                          \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"" host "\"},"                               \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"                                                       \
    "  \"operators\": [{\"name\": \"A\", \"flops\": \"6Mf\"}, {\"name\": \"B\", \"flops\": \"6Mf\"}]}]}}"

static void cores_are_shared(void)
{
    struct weir_test_result one = weir_test_run(PLATFORM, TWO("edge"), "static", 1);
    /* 100/s x 12 ms = 1.2 cores of work on one: 83.3/s come through. */
    CHECK_NEAR(one.result.metrics.throughput_per_s, 1 / 12e-3, 2.5);
    struct weir_test_result two = weir_test_run(PLATFORM, TWO("edge2"), "static", 1);
    CHECK_NEAR(two.result.metrics.throughput_per_s, 100, 0.5);
    CHECK_NEAR(two.result.metrics.latency_mean_s, 12e-3, 1e-8);
    weir_test_result_fini(&one);
    weir_test_result_fini(&two);
}

/* A bare connection at 99 % of the link: 1 kB at 12 375/s over 100 Mbit/s. */
#define FULL_LINK                                                                                                      \
    "{\"platform\": \"\", \"duration\": \"5s\", \"warmup\": \"1s\", \"window\": \"1s\", \"items_per_batch\": 1,"       \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"1kB\","        \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"12375/s\"},"                                                     \
    "  \"operators\": [{\"name\": \"B\", \"flops\": \"10kf\", \"placement\": {\"host\": \"cloud\"}}]}]}}"

static void a_connection_is_a_fifo(void)
{
    struct weir_test_result got = weir_test_run(PLATFORM, FULL_LINK, "static", 1);
    /* Evenly spaced, so no item waits for another: 0.08 + 10 + 0.01 ms. */
    CHECK_NEAR(got.result.metrics.throughput_per_s, 12375, 12);
    CHECK_NEAR(got.result.metrics.latency_mean_s, 10.09e-3, 2e-6);
    weir_test_result_fini(&got);
}

/* A policy that gives every instance half a core. */
static int halve(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    for (int o = 0; o < view->jobs[job].operator_count; o++) {
        int count;
        const struct weir_placement *now = weir_plan_get(plan, job, o, &count);
        struct weir_placement half = {now[0].host, 1, 0.5};
        weir_plan_set(plan, job, o, &half, 1, "half a core each");
    }
    return 0;
}
static const struct weir_policy half_policy = {
    .abi = WEIR_POLICY_ABI, .name = "half", .summary = "Half a core.", .source = "", .job_arrives = halve};

/* 120 items/s over two links that take 50/s each, and 1 s of way. */
#define LONG_LINKS                                                                                                     \
    "{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"10s\", \"items_per_batch\": 2,"                        \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"source\", \"source_bytes\": \"100kB\","                \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"120/s\"},"                                                       \
    "  \"operators\": [{\"name\": \"A\", \"flops\": \"1Mf\", \"parallelism\": 2, \"placement\": {\"tier\": "           \
    "\"cloud\"}}]}]}}"

static void a_long_link_stays_full(void)
{
    struct weir_test_result got = weir_test_run("tests/input/valid/long-links.xml", LONG_LINKS, "static", 1);
    /* The first two items leave at 1/120 s; the n-th on a link is through at 1/120 + 0.02 n + 1 + 0.001 s, for n <=
     * 4949 by 100 s. A transfer too late by one delay of the link would cost 50. */
    CHECK_NEAR((double)weir_test_job(&got, "j")->delivered, 2 * 4949, 2);
    weir_test_conservation("tests/input/valid/long-links.xml", LONG_LINKS, &got);
    weir_test_result_fini(&got);
}

static void a_share_of_a_core_is_kept(void)
{
    const struct weir_policy *const catalog[] = {&half_policy, NULL};
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, COMMON("1"), "half", 1, catalog);
    CU_ASSERT_EQUAL(got.code, WEIR_OK);
    /* A takes 1 ms at half a core, B 0.2 ms: 1 + 10.08 + 0.2 ms */
    CHECK_NEAR(got.result.metrics.latency_p50_s, 11.28e-3, 0.01 * 11.28e-3);
    CHECK_NEAR(weir_test_op(&got, "j", "B")->service_s, 0.2e-3, 1e-8);
    weir_test_result_fini(&got);
}

/* The one item comes on the very date on which a window ends and looks at the backlog. */
static void the_last_item_may_come_with_a_window(void)
{
    static const char scenario[] =
        "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"j\","
        " \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\", \"start\": \"10s\", \"count\": "
        "1},"
        " \"operators\": [{\"name\": \"A\", \"flops\": \"4Gf\"}]}]}}";
    struct weir_test_result got = weir_test_run(PLATFORM, scenario, "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(weir_test_job(&got, "j")->latency_mean_s, 4, 1e-9);
    weir_test_conservation(PLATFORM, scenario, &got);
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"common case", common_case},
        {"batches change nothing", batches_change_nothing},
        {"edges carry their own sizes", edges_carry_their_own_sizes},
        {"backpressure reaches the source, many items", backpressure_reaches_the_source},
        {"drop-new loses a third, many items", drop_new_loses_a_third},
        {"drop-old keeps the newest, many items", drop_old_keeps_the_newest},
        {"shed keeps the queue short, many items", shed_keeps_the_queue_short},
        {"cores are shared", cores_are_shared},
        {"a connection is a FIFO, many items", a_connection_is_a_fifo},
        {"a long link stays full", a_long_link_stays_full},
        {"a share of a core is kept", a_share_of_a_core_is_kept},
        {"the last item may come with a window", the_last_item_may_come_with_a_window},
        {0},
    };
    return weir_test_main("engine/exact", cases, argc, argv);
}
