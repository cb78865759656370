/* Cores that work waits for, and quotas of processor time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

static struct weir_test_result run(const char *scenario)
{
    struct weir_test_result got = weir_test_run(PLATFORM, scenario, "static", 1);
    if (got.code != WEIR_OK)
        fprintf(stderr, "\n%s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(PLATFORM, scenario, &got);
    return got;
}

/* A job with one item for each of so many Mf. */
static char *jobs(const char *cpu, const char *host, const int *mflops, int count, const char *more)
{
    struct weir_text text = {0};
    weir_text_addf(&text, "{\"platform\": \"\", \"duration\": \"20s\", \"cpu\": \"%s\", \"workload\": {\"jobs\": [",
                   cpu);
    for (int j = 0; j < count; j++)
        weir_text_addf(&text,
                       "%s{\"name\": \"j%d\", \"source\": \"%s\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\","
                       " \"count\": 1}, \"operators\": [{\"name\": \"a\", \"flops\": \"%dMf\"%s}]}",
                       j ? ", " : "", j, host, mflops[j], more);
    weir_text_add(&text, "]}}");
    char *scenario = weir_format("%s", text.data);
    weir_text_fini(&text);
    return scenario;
}

/* 100, 200 and 300 ms of work that come at once. On one core each after the other: 100, 300, 600 ms; sharing: 300, 500,
 * 600. On two: 100, 200 and 100 + 300; sharing, 2/3 of a core each until 150 ms, then 2: 150, 250, and the third has
 * done 100 + 100 then: 350. */
static void cores_are_waited_for(void)
{
    static const int mflops[] = {100, 200, 300};
    static const struct {
        const char *cpu, *host;
        double done_s[3];
    } cases[] = {{"fifo", "edge", {0.1, 0.3, 0.6}},
                 {"share", "edge", {0.3, 0.5, 0.6}},
                 {"fifo", "edge2", {0.1, 0.2, 0.4}},
                 {"share", "edge2", {0.15, 0.25, 0.35}}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int all = 0; all < 2; all++) {
            char *scenario = jobs(cases[c].cpu, cases[c].host, mflops, 3, "");
            struct weir_test_result got = run(all ? weir_test_all(scenario) : scenario);
            for (int j = 0; j < 3; j++)
                CHECK_NEAR(got.result.jobs[j].latency_max_s, cases[c].done_s[j], 1e-9);
            weir_test_result_fini(&got);
            free(scenario);
        }
}

/* Work of one length on a core that never rests while there is any waits as long as in M/D/1, whoever goes first:
 * r / (2 m (1 - r)) and 1 / m of service together; under processor sharing it would be 1 / (m (1 - r)). */
static double takes(const struct weir_test_result *got)
{
    return got->result.metrics.latency_mean_s;
}
static void many_jobs_on_a_core(void)
{
    weir_test_seeds(
        "three jobs on a core that is waited for", PLATFORM,
        "{\"platform\": \"\", \"duration\": \"1500s\", \"warmup\": \"20s\", \"window\": \"100s\", \"cpu\": "
        "\"fifo\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"count\": 3, \"source\": \"edge\", "
        "\"load\": {\"kind\": \"poisson\", \"rate\": \"8/s\"}, \"operators\": [{\"name\": \"a\", \"flops\": "
        "\"30Mf\"}]}]}}",
        5, 1, takes, 0.03 + 0.72 * 0.03 / (2 * (1 - 0.72)), 0.05);
}

/* What waits for a core fails with its host, as what works does, and comes again. */
static void a_host_fails_with_its_line(void)
{
    struct weir_test_result got = run(
        "{\"platform\": \"\", \"duration\": \"20s\", \"cpu\": \"fifo\", \"faults\": [{\"host\": \"edge2\", \"at\": "
        "\"150ms\", \"for\": \"1s\"}], \"recovery\": {\"place\": \"wait\", \"restart\": \"0s\", \"detect\": \"1ms\"},"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"count\": 5, \"source\": \"edge\", \"load\": {\"kind\": "
        "\"constant\", \"rate\": \"1/s\", \"count\": 1}, \"operators\": [{\"name\": \"a\", \"flops\": \"100Mf\","
        " \"placement\": \"edge2\"}]}]}}");
    CHECK_NEAR(got.result.metrics.delivered, 5, 0);
    CHECK_NEAR(got.result.metrics.restarts, 5, 0);
    weir_test_result_fini(&got);
}

#define QUOTA(times, arrive, rate, flops)                                                                              \
    "{\"platform\": \"\", \"duration\": \"40s\", " times "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": "    \
    "\"edge\", \"arrive\": \"" arrive "\", \"load\": {\"kind\": \"constant\", \"rate\": \"" rate                       \
    "\"}, \"operators\": "                                                                                             \
    "[{\"name\": \"a\", \"flops\": \"" flops "\", \"cpu_quota\": {\"quota\": \"50ms\"}}]}]}}"

/* 50 ms in 100 ms, measured: tasks of 10 ms each 20 ms take 10.2 ms (median), as five fit into each period, where half
 * a core would make it 20; tasks of 60 ms each 200 ms take 69.7 ms. With p ms of the period over when such a task comes
 * it uses 50 ms by p + 50, waits until 100, and works 10 more: 110 - p, or 60 from p = 50 to 90. 69.7 is p = 40.3. */
static void a_quota_is_a_bucket(void)
{
    static const struct {
        const char *scenario;
        double least_s, mean_s, most_s;
    } cases[] = {
        {QUOTA("", "0s", "50/s", "10Mf"), 0.01, 0.01, 0.01},
        {QUOTA("", "0s", "5/s", "60Mf"), 0.11, 0.11, 0.11},
        {QUOTA("", "40.3ms", "5/s", "60Mf"), 0.0697, 0.0697, 0.0697},
        {QUOTA("", "60ms", "5/s", "60Mf"), 0.06, 0.06, 0.06},
        /* 130 ms from p = 20: 50 by 70, 50 from 100 to 150, 30 from 200 on */
        {QUOTA("", "20ms", "1/s", "130Mf"), 0.21, 0.21, 0.21},
        /* From p = 90 on not all of the rest fits into the next period: 110 again. So all p alike it is 77.5 on
         * average; here 199 of 200 that are 0.5 ms apart, as 200.5 ms are no multiple of periods, all but 99.75. */
        {QUOTA("\"warmup\": \"0s\", ", "0.25ms", "4.987531172069825/s", "60Mf"), 0.06, (200 * 0.0775 - 0.11) / 199,
         0.11},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int all = 0; all < 2; all++) {
            struct weir_test_result got = run(all ? weir_test_all(cases[c].scenario) : cases[c].scenario);
            CHECK_NEAR(got.result.latency_s[0], cases[c].least_s, 1e-5);
            CHECK_NEAR(got.result.metrics.latency_mean_s, cases[c].mean_s, 1e-9);
            CHECK_NEAR(got.result.metrics.latency_max_s, cases[c].most_s, 1e-9);
            weir_test_result_fini(&got);
        }
}

/* It is processor time that counts. Two tasks of 60 ms on one core: sharing it, each has used its 50 ms at 100 ms, when
 * there is more: both end at 120. One after the other: 0 to 50 the first, 50 to 100 the second; then 110 and 120. With
 * half a core each the same as sharing. On two cores 50, then 100 to 110. */
static void a_quota_is_of_processor_time(void)
{
    static const int mflops[] = {60, 60};
    static const struct {
        const char *cpu, *host;
        double done_s[2];
    } cases[] = {{"share", "edge", {0.12, 0.12}}, {"fifo", "edge", {0.11, 0.12}}, {"fifo", "edge2", {0.11, 0.11}}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int all = 0; all < 2; all++) {
            char *scenario = jobs(cases[c].cpu, cases[c].host, mflops, 2,
                                  ", \"cpu_quota\": {\"quota\": \"50ms\", \"period\": \"100ms\"}");
            struct weir_test_result got = run(all ? weir_test_all(scenario) : scenario);
            for (int j = 0; j < 2; j++)
                CHECK_NEAR(got.result.jobs[j].latency_max_s, cases[c].done_s[j], 1e-9);
            weir_test_result_fini(&got);
            free(scenario);
        }
}

/* A task that preempts uses the quota of the one that it stops: of kinds with shares of a half and deadlines of 1 s and
 * 10 s, served by deadline, all work is 60 ms of each 200, and what is done is the same. */
static void preempting_within_a_quota(void)
{
    for (int all = 0; all < 2; all++) {
        const char *scenario =
            "{\"platform\": \"\", \"duration\": \"60s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": "
            "\"edge\", \"load\": {\"kind\": \"poisson\", \"rate\": \"8/s\", \"count\": 300}, \"kinds\": [{\"name\": "
            "\"x\", \"share\": 0.5, \"deadline\": \"1s\"}, {\"name\": \"y\", \"share\": 0.5, \"deadline\": \"10s\"}],"
            " \"operators\": [{\"name\": \"a\", \"flops\": \"50Mf\", \"order\": \"edf\", \"preempt\": true,"
            " \"cpu_quota\": {\"quota\": \"50ms\", \"period\": \"100ms\"}}]}]}}";
        struct weir_test_result got = run(all ? weir_test_all(scenario) : scenario);
        CHECK_NEAR(got.result.metrics.delivered, 300, 0);
        CHECK_NEAR(got.result.metrics.cpu_edge * 60 * 3, 300 * 0.05, 1e-6); /* three cores at the edge */
        CU_ASSERT(got.result.kinds[0].latency_mean_s < 0.8 * got.result.kinds[1].latency_mean_s);
        weir_test_result_fini(&got);
    }
}

/* A period's quota counts what was used in it at less than a core. Four tasks of 40 ms share a core from 90 ms on, and
 * end at 250 ms. The first has used a quarter of the 50 ms since 200 ms, 12.5; the second behind it, of its job alone,
 * works for the other 37.5 ms until 287.5, and 2.5 more from 300 on. */
static void a_quota_is_of_its_period(void)
{
    for (int all = 0; all < 2; all++) {
        const char *scenario =
            "{\"platform\": \"\", \"duration\": \"20s\", \"cpu\": \"share\", \"workload\": {\"jobs\": [{\"name\": "
            "\"j\","
            " \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"1000000/s\", \"start\": \"90ms\", "
            "\"count\": 2}, \"operators\": [{\"name\": \"a\", \"flops\": \"40Mf\", \"cpu_quota\": {\"quota\": "
            "\"50ms\"}}]}, {\"name\": \"k\", \"count\": 3, \"source\": \"edge\", \"load\": {\"kind\": \"constant\", "
            "\"rate\": \"1/s\", \"start\": \"90ms\", \"count\": 1}, \"operators\": [{\"name\": \"a\", \"flops\": "
            "\"40Mf\"}]}]}}";
        struct weir_test_result got = run(all ? weir_test_all(scenario) : scenario);
        CHECK_NEAR(got.result.jobs[0].latency_max_s, 0.3025 - 0.09, 1.1e-6); /* it comes 1 us after the first */
        CHECK_NEAR(got.result.jobs[0].latency_mean_s, (0.3025 + 0.25) / 2 - 0.09, 1.1e-6);
        for (int j = 1; j < 4; j++)
            CHECK_NEAR(got.result.jobs[j].latency_max_s, 0.25 - 0.09, 1e-9);
        weir_test_result_fini(&got);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"cores are waited for", cores_are_waited_for},
                                      {"many jobs on a core, many items", many_jobs_on_a_core},
                                      {"a host fails with its line", a_host_fails_with_its_line},
                                      {"a quota is a bucket", a_quota_is_a_bucket},
                                      {"a quota is of processor time", a_quota_is_of_processor_time},
                                      {"preempting within a quota", preempting_within_a_quota},
                                      {"a quota is of its period", a_quota_is_of_its_period},
                                      {0}};
    return weir_test_main("engine/cpu", cases, argc, argv);
}
