/* Hosts that become slow, and links that become narrow or lose packets: what items take then; and
 * what is not sent again. */
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/engine/failing.h"

static void slow_hosts(void)
{
    /* b takes 3 ms; for the 1000 items that it begins in [10, 20) s twice as long, since the least share holds, and for
     * the 500 in [20, 25) s 4 ms: 15.188 + 1000 / 4000 * 3 + 500 / 4000 * 1 ms. */
    struct weir_test_result got = run(JOB("{\"host\": \"cloud4\", \"at\": \"15s\", \"for\": \"10s\", \"speed\": 0.75},"
                                          "{\"host\": \"cloud4\", \"at\": \"10s\", \"for\": \"10s\", \"speed\": 0.5}",
                                          "", ""));
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->latency_mean_s, 16.063e-3, 1e-6);
    CHECK_NEAR(m->latency_max_s, 18.188e-3, 1e-6);
    CHECK_NEAR(m->delivered, 4000, 0);
    CHECK_NEAR(m->replayed + m->lost + m->restarts, 0, 0);
    weir_test_result_fini(&got);
}

/* Gives each instance half a core. */
static int halve(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    for (int o = 0; o < view->jobs[job].operator_count; o++) {
        int count;
        const struct weir_placement *now = weir_plan_get(plan, job, o, &count);
        struct weir_placement half = {now[0].host, 1, 0.5};
        weir_plan_set(plan, job, o, &half, 1, "half a core");
    }
    return WEIR_OK;
}

static const struct weir_policy half_policy = {.abi = WEIR_POLICY_ABI, .name = "half", .job_arrives = halve};

static void shares_of_slow_cores(void)
{
    /* b on half a core of half the speed takes 3 * 4 = 12 ms, more than the 10 ms between items: of 4000 in 40 s, that
     * takes 48 s, and the last waits for 8 s. With a whole core of the 4 it would take 6 ms, and not wait. */
    const struct weir_policy *const catalog[] = {&half_policy, NULL};
    const char *scenario = JOB("{\"host\": \"cloud4\", \"at\": \"0s\", \"speed\": 0.5}", "", "");
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, scenario, "half", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(weir_test_op(&got, "j", "b")->service_s, 12e-3, 1e-6);
    CHECK_NEAR(got.result.metrics.latency_max_s, 8, 0.05);
    weir_test_result_fini(&got);
}

static void narrow_links(void)
{
    /* 1 kB at 1 Mbit/s takes 8 ms instead of 0.08, for the 1000 items that reach the wire in [10, 20) s:
     * 15.188 + 1000 / 4000 * 7.92 ms. */
    struct weir_test_result got =
        run(JOB("{\"link\": \"backhaul\", \"at\": \"10s\", \"for\": \"10s\", \"bandwidth\": 0.01}", "", ""));
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->latency_mean_s, 17.168e-3, 1e-6);
    CHECK_NEAR(m->latency_max_s, 23.108e-3, 1e-6);
    CHECK_NEAR(m->delivered, 4000, 0);
    CHECK_NEAR(m->replayed + m->lost + m->restarts, 0, 0);
    weir_test_result_fini(&got);
}

static void lossy_links(void)
{
    /* A tenth of the 1000 items that take the wire in [10, 20) s is lost and comes a round trip of 20 ms later; the one
     * behind such an item, 10 ms after it and not lost itself, waits for it for 10 ms: 0.1 * 20 + 0.9 * 0.1 * 10 =
     * 2.9 ms; and each takes 0.08 / 0.9 ms of the wire. The standard error is about 0.2 ms. */
    struct weir_test_result got =
        run(JOB("{\"link\": \"backhaul\", \"at\": \"10s\", \"for\": \"10s\", \"loss\": 0.1}", "", ""));
    struct weir_test_result without = run(JOB("", "", ""));
    const struct weir_metrics *m = &got.result.metrics, *before = &without.result.metrics;
    CHECK_NEAR(m->network_s - before->network_s, (2.9e-3 + 0.0089e-3) / 4, 0.8e-3 / 4);
    CHECK_NEAR(m->delivered, 4000, 0);
    CHECK_NEAR(m->replayed + m->lost + m->restarts, 0, 0);
    weir_test_result_fini(&got);
    weir_test_result_fini(&without);
    /* One connection gets 1460 B / 20 ms * sqrt(1.5 / 0.01) = 894 kB/s of 12.5 MB/s, whatever the batch. */
    static const char *const batches[] = {"1", "50", "1000"};
    for (int b = 0; b < 3; b++) {
        char *text =
            weir_format("{\"duration\": \"15s\", \"warmup\": \"5s\", \"items_per_batch\": %s,"
                        " \"faults\": [{\"link\": \"backhaul\", \"at\": \"0s\", \"loss\": 0.01}],"
                        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"source_bytes\": \"1kB\","
                        "  \"load\": {\"kind\": \"constant\", \"rate\": \"2000/s\"},"
                        "  \"operators\": [{\"name\": \"b\", \"flops\": \"1kf\", \"placement\": {\"host\": \"cloud4\"},"
                        "   \"capacity\": 2000}]}]}}",
                        batches[b]);
        got = run(text);
        CHECK_NEAR(got.result.metrics.throughput_per_s, 894, 18);
        weir_test_result_fini(&got);
        free(text);
    }
}

/* 100 MB take 8 s of the wire. The host of c fails at 2 s, so that what is on it then is stale from 2.5 s on, when the
 * item is played again; at 3 s it fails as well, as the link does. At 5 s the new one goes, within a second, and
 * nothing before it. */
static void what_is_stale_is_not_sent_again(void)
{
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"recovery\": {\"delivery\": "
            "\"at-least-once\","
            " \"restart\": \"0s\", \"detect\": \"500ms\", \"checkpoint_interval\": \"50s\", \"place\": \"wait\"},"
            " \"faults\": [{\"host\": \"cloud\", \"at\": \"2s\", \"for\": \"100ms\"}, {\"link\": \"backhaul\", \"at\": "
            "\"3s\", \"for\": \"2s\"}],"
            " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"source_bytes\": \"100MB\","
            "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/h\", \"count\": 1}, \"operators\": ["
            "  {\"name\": \"b\", \"flops\": \"1Mf\", \"placement\": {\"host\": \"cloud4\"}},"
            "  {\"name\": \"c\", \"flops\": \"1Mf\", \"placement\": {\"host\": \"cloud\"}}]}]}}");
    CHECK_NEAR(got.result.metrics.restarts, 1, 0);
    CHECK_NEAR(got.result.metrics.delivered, 1, 0);
    /* 8 s of wire, 10 ms and 100 us of way, twice 1 ms of work */
    CHECK_NEAR(got.result.metrics.latency_max_s, 5 + 8 + 10e-3 + 100e-6 + 2e-3, 1e-6);
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"slow hosts", slow_hosts},
        {"shares of slow cores", shares_of_slow_cores},
        {"narrow links", narrow_links},
        {"lossy links, many items", lossy_links},
        {"what is stale is not sent again", what_is_stale_is_not_sent_again},
        {0},
    };
    return weir_test_main("engine/slowdowns", cases, argc, argv);
}
