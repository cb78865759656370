/* What a platform earns and is fined: arithmetic by hand on two hosts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"
#define ACCOUNT                                                                                                        \
    "\"account\": {\"price_per_GB\": 0.01, \"fine_service\": 0.001, \"fine_device\": 0.003, \"hosts\": \"cloud\"},"

/* 50 requests/s from edge, served on cloud for 2 ms, 50 kB each back to edge over the backhaul of 12.5 MB/s. They take
 * 10 ms there, 2 ms, and 4 + 10 ms back. */
static struct weir_test_result run(const char *more, const char *slo, const char *op)
{
    char *text =
        weir_format("{\"duration\": \"60s\", \"warmup\": \"10s\", \"window\": \"10s\","
                    " \"items_per_batch\": 1, %s"
                    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"},"
                    "  \"source_bytes\": \"0B\", \"slo\": \"%s\","
                    "  \"load\": {\"kind\": \"constant\", \"rate\": \"50/s\"}, \"sink\": \"source\","
                    "  \"operators\": [{\"name\": \"a\", \"bytes\": \"50kB\", \"placement\": \"cloud\", %s}]}]}}",
                    more, slo, op);
    struct weir_test_result got = weir_test_run(PLATFORM, text, "static", 1);
    if (got.code)
        fprintf(stderr, "\n%s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    free(text);
    return got;
}
#define WORK "\"flops\": \"2Mf\""

/* The monitor shows it, and nothing else happens. */
#define ODD(at, length)                                                                                                \
    "\"anomalies\": [{\"host\": \"cloud\", \"at\": \"" at "\", \"for\": \"" length "\", \"cpu\": {\"offset\": 0.1}}],"

static void no_account_no_figures(void)
{
    struct weir_test_result without = run("", "1s", WORK), with = run(ACCOUNT, "1s", WORK);
    const struct weir_metrics *m = &without.result.metrics;
    CU_ASSERT(isnan(m->revenue) && isnan(m->utilisation) && isnan(m->anomaly_frequency) && isnan(m->income) &&
              isnan(m->fines) && isnan(m->device_anomalies) && isnan(m->service_anomalies));
    /* An account changes nothing else. */
    CU_ASSERT_EQUAL(m->latency_mean_s, with.result.metrics.latency_mean_s);
    CU_ASSERT_EQUAL(m->delivered, with.result.metrics.delivered);
    weir_test_result_fini(&without);
    weir_test_result_fini(&with);
}

static void well(void)
{
    /* U = 50 x 50 kB / 12.5 MB = 0.2; R = exp(-0.4^2 / 0.125) = exp(-1.28). 2500 results of 50 kB: 0.125 GB. */
    struct weir_test_result got = run(ACCOUNT, "1s", WORK);
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->utilisation, 0.2, 1e-3);
    CHECK_NEAR(m->revenue, exp(-1.28), 1e-3);
    CHECK_NEAR(m->income, 0.00125, 1e-6);
    CHECK_NEAR(m->anomaly_frequency + m->device_anomalies + m->service_anomalies + m->fines, 0, 0);
    weir_test_result_fini(&got);
}

static void something_is_wrong(void)
{
    /* Wrong from 20 to 25 s: half of one of five windows. 250 of 2500 results come in that time. */
    struct weir_test_result got = run(ACCOUNT ODD("20s", "5s"), "1s", WORK);
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->revenue, exp(-1.28) * 4.5 / 5, 1e-3);
    CHECK_NEAR(m->device_anomalies, 0.1, 0.001);
    CHECK_NEAR(m->service_anomalies, 0, 0);
    CHECK_NEAR(m->anomaly_frequency, m->device_anomalies, 0);
    CHECK_NEAR(m->fines, 0.003 * 250, 0.0031);
    CHECK_NEAR(m->income, 0.00125, 1e-6); /* still in time */
    weir_test_result_fini(&got);
}

static void the_warm_up_is_left_out(void)
{
    struct weir_test_result got = run(ACCOUNT ODD("2s", "7s"), "1s", WORK);
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->revenue, exp(-1.28), 1e-3);
    CHECK_NEAR(m->anomaly_frequency, 0, 0);
    weir_test_result_fini(&got);
}

static void late_results(void)
{
    /* 26 ms are more than 20: all are late, but those from a host that is not well count as that. */
    struct weir_test_result got = run(ACCOUNT ODD("20s", "5s"), "20ms", WORK);
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->device_anomalies, 0.1, 0.001);
    CHECK_NEAR(m->service_anomalies, 0.9, 0.001);
    CHECK_NEAR(m->anomaly_frequency, 1, 1e-12);
    CHECK_NEAR(m->fines, 0.003 * 250 + 0.001 * 2250, 0.0031);
    CHECK_NEAR(m->income, 0, 0);
    weir_test_result_fini(&got);
}

static void dropped_items(void)
{
    /* 40 ms an item: 25 of 50/s are served, the others dropped in the input of cloud. Wrong from 20 to 25 s of the 50 s
     * measured: a tenth of both. The others count as service anomalies where they were dropped: 0.9 x 0.5. */
    struct weir_test_result got =
        run(ACCOUNT ODD("20s", "5s"), "10s",
            "\"flops\": \"40Mf\", \"capacity\": 5}], \"edges\": [{\"from\": \"source\", \"to\": \"a\", \"full\": "
            "\"drop-old\"}, {\"from\": \"a\", \"to\": \"sink\"");
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->dropped, 1250, 5);
    CHECK_NEAR(m->device_anomalies, 0.1, 0.002);
    CHECK_NEAR(m->service_anomalies, 0.45, 0.002);
    CHECK_NEAR(m->utilisation, 0.1, 1e-3);
    weir_test_result_fini(&got);
}

static void dropped_at_the_source(void)
{
    /* Likewise, but what does not fit waits at the source and is dropped there, which is no fault of cloud's: 0.5. Of
     * the half that is served a tenth comes from it while something is wrong: 0.05. */
    struct weir_test_result got =
        run(ACCOUNT ODD("20s", "5s"), "10s",
            "\"flops\": \"40Mf\", \"capacity\": 1}], \"backlog\": {\"capacity\": 1, \"full\": \"drop-old\"}, "
            "\"edges\": [[\"source\", \"a\"], {\"from\": \"a\", \"to\": \"sink\"");
    const struct weir_metrics *m = &got.result.metrics;
    CHECK_NEAR(m->device_anomalies, 0.05, 0.002);
    CHECK_NEAR(m->service_anomalies, 0.5, 0.004);
    weir_test_result_fini(&got);
}

static void on_its_own_host(void)
{
    /* What is used where it is made takes nothing of the uplink: U = 0, R = exp(-2.88). */
    char *text =
        weir_copy("{\"duration\": \"60s\", " ACCOUNT " \"workload\": {\"jobs\": [{\"name\": \"j\","
                  " \"source\": {\"host\": \"edge\"}, \"sink\": {\"host\": \"cloud\"},"
                  " \"load\": {\"kind\": \"constant\", \"rate\": \"50/s\"},"
                  " \"operators\": [{\"name\": \"a\", \"bytes\": \"50kB\", \"placement\": \"cloud\", " WORK "}]}]}}");
    struct weir_test_result got = weir_test_run(PLATFORM, text, "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.utilisation, 0, 0);
    CHECK_NEAR(got.result.metrics.revenue, exp(-2.88), 1e-12);
    CHECK_NEAR(got.result.metrics.income, 0.0015, 1e-6);
    weir_test_result_fini(&got);
    free(text);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"no account, no figures", no_account_no_figures},
        {"well", well},
        {"something is wrong", something_is_wrong},
        {"the warm-up is left out", the_warm_up_is_left_out},
        {"late results", late_results},
        {"dropped items", dropped_items},
        {"dropped at the source", dropped_at_the_source},
        {"on its own host", on_its_own_host},
        {0},
    };
    return weir_test_main("engine/account", cases, argc, argv);
}
