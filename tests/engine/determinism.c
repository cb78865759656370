/* The same inputs and seed give the same results to the last bit; another seed does not; arrivals are common to
 * policies. */
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

static const char scenario[] =
    "{\"platform\": \"\", \"duration\": \"120s\", \"window\": \"5s\", \"items_per_batch\": \"auto\","
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"count\": 2, \"source\": {\"host\": \"edge2\"},"
    "  \"source_bytes\": \"2kB\", \"backlog\": {\"capacity\": 2000, \"full\": \"drop-old\"},"
    "  \"load\": {\"kind\": \"bursts\", \"low\": \"20/s\", \"high\": \"400/s\", \"mean_low\": \"10s\","
    "             \"mean_high\": \"5s\"},"
    "  \"operators\": [{\"name\": \"a\", \"flops\": {\"mean\": \"4Mf\", \"distribution\": \"gamma\", \"cv\": 0.7},"
    "    \"bytes\": \"500B\", \"selectivity\": 0.7, \"max_parallelism\": 4},"
    "   {\"name\": \"b\", \"flops\": {\"mean\": \"6Mf\", \"distribution\": \"exponential\"}, \"bytes\": \"100B\","
    "    \"state\": \"2MB\", \"keys\": {\"count\": 50, \"skew\": 0.8}, \"max_parallelism\": 4,"
    "    \"placement\": {\"host\": \"cloud4\"}}]}]}}";

static void the_same_to_the_last_bit(void)
{
    struct weir_test_result a = weir_test_run(PLATFORM, scenario, "reactive", 7);
    struct weir_test_result b = weir_test_run(PLATFORM, scenario, "reactive", 7);
    CU_ASSERT_EQUAL_FATAL(a.code, WEIR_OK);
    CU_ASSERT(a.result.metrics.delivered > 1000);
    CU_ASSERT(a.result.metrics.decisions > 0);
    CU_ASSERT_EQUAL(memcmp(&a.result.metrics, &b.result.metrics, sizeof a.result.metrics), 0);
    CU_ASSERT_EQUAL(a.result.checksum, b.result.checksum);
    CU_ASSERT_STRING_EQUAL(a.decisions, b.decisions);
    weir_test_conservation(PLATFORM, scenario, &a);
    weir_test_result_fini(&a);
    weir_test_result_fini(&b);
}

/* Orders of service, cores that do not share, and quotas. */
static void the_same_in_any_order_of_service(void)
{
    static const char orders[] =
        "{\"platform\": \"\", \"duration\": \"60s\", \"cpu\": \"fifo\", \"workload\": {\"jobs\": [{\"name\": \"j\", "
        "\"source\": \"edge2\", \"kinds\": [{\"name\": \"x\", \"share\": 0.6, \"deadline\": \"500ms\"}, {\"name\": "
        "\"y\", "
        "\"share\": 0.4, \"priority\": 2, \"deadline\": \"200ms\"}], \"load\": {\"kind\": \"poisson\", \"rate\": "
        "\"40/s\"}, "
        "\"operators\": [{\"name\": \"a\", \"flops\": {\"mean\": \"30Mf\", \"distribution\": \"exponential\"}, "
        "\"order\": \"priority\", \"preempt\": true, \"parallelism\": 2, \"placement\": \"edge2\"}, {\"name\": \"b\", "
        "\"flops\": \"15Mf\", \"order\": \"edf\", \"expire\": true, \"placement\": \"cloud4\"}]}]}}";
    struct weir_test_result runs[3];
    for (int r = 0; r < 3; r++) {
        runs[r] = weir_test_run(PLATFORM, orders, "static", r < 2 ? 7 : 8);
        CU_ASSERT_EQUAL_FATAL(runs[r].code, WEIR_OK);
        weir_test_conservation(PLATFORM, orders, &runs[r]);
    }
    CU_ASSERT(runs[0].result.metrics.delivered > 1000 && runs[0].result.metrics.dropped > 0);
    CU_ASSERT_EQUAL(memcmp(&runs[0].result.metrics, &runs[1].result.metrics, sizeof runs[0].result.metrics), 0);
    CU_ASSERT_EQUAL(runs[0].result.checksum, runs[1].result.checksum);
    CU_ASSERT_NOT_EQUAL(runs[0].result.checksum, runs[2].result.checksum);
    for (int r = 0; r < 3; r++)
        weir_test_result_fini(&runs[r]);
}

/* Attempts, hedges, breakers, several items at once; barriers and uploads, a failure, a change of instances. */
static void the_same_in_calls_and_checkpoints(void)
{
    static const char calls[] =
        "{\"platform\": \"\", \"duration\": \"60s\", \"rescale\": \"cooperative\", \"faults\": [{\"host\": \"edge\", "
        "\"at\": \"31s\", \"for\": \"1s\"}], \"recovery\": {\"store\": \"cloud\", \"checkpoint_interval\": \"5s\"}, "
        "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge2\", \"load\": {\"kind\": \"poisson\", "
        "\"rate\": "
        "\"40/s\"}, \"operators\": [{\"name\": \"a\", \"flops\": {\"mean\": \"20Mf\", \"distribution\": "
        "\"exponential\"}, "
        "\"state\": \"1MB\", \"parallelism\": 2, \"concurrency\": 2, \"placement\": {\"tier\": \"edge\"}, \"fails\": "
        "0.2, "
        "\"retry\": {\"attempts\": 3, \"delay\": \"50ms\", \"jitter\": 1}, \"hedge\": {\"after\": \"30ms\"}, "
        "\"breaker\": "
        "{\"failures\": 3, \"open\": \"200ms\"}}, {\"name\": \"b\", \"flops\": \"15Mf\", \"unacked\": 3, "
        "\"placement\": "
        "\"cloud4\"}]}]}}";
    static const char checkpoints[] = "{\"platform\": \"\", \"duration\": \"60s\", \"faults\": [{\"host\": \"edge\", "
                                      "\"at\": \"31s\", \"for\": \"1s\"}], "
                                      "\"recovery\": {\"store\": \"cloud\", \"checkpoint_interval\": \"5s\", "
                                      "\"checkpoints\": {\"incremental\": true}}, "
                                      "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge2\", \"load\": "
                                      "{\"kind\": \"poisson\", \"rate\": "
                                      "\"60/s\"}, \"operators\": [{\"name\": \"a\", \"flops\": {\"mean\": \"20Mf\", "
                                      "\"distribution\": \"exponential\"}, "
                                      "\"state\": {\"size\": \"1MB\", \"update\": \"1kB\"}, \"parallelism\": 2, "
                                      "\"placement\": {\"tier\": \"edge\"}}, "
                                      "{\"name\": \"b\", \"flops\": \"15Mf\", \"placement\": \"cloud4\"}]}]}}";
    for (int s = 0; s < 2; s++) {
        struct weir_test_result runs[2];
        for (int r = 0; r < 2; r++) {
            runs[r] = weir_test_run(PLATFORM, s ? checkpoints : calls, "reactive", 7);
            CU_ASSERT_EQUAL_FATAL(runs[r].code, WEIR_OK);
            weir_test_conservation(PLATFORM, s ? checkpoints : calls, &runs[r]);
        }
        const struct weir_metrics *m = &runs[0].result.metrics;
        CU_ASSERT(m->restarts == 1 &&
                  (s ? m->checkpoints > 3 : m->hedges > 100 && m->rejected > 10 && m->retries > 100));
        CU_ASSERT_EQUAL(memcmp(m, &runs[1].result.metrics, sizeof *m), 0);
        CU_ASSERT_EQUAL(runs[0].result.checksum, runs[1].result.checksum);
        for (int r = 0; r < 2; r++)
            weir_test_result_fini(&runs[r]);
    }
}

static void also_while_others_work(void)
{
    pid_t burner = fork();
    if (burner == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* it must not burn on when the test is killed */
        for (volatile unsigned long i = 0;;)
            i = i + 1;
    }
    struct weir_test_result busy = weir_test_run(PLATFORM, scenario, "reactive", 7);
    kill(burner, SIGKILL);
    waitpid(burner, NULL, 0);
    struct weir_test_result quiet = weir_test_run(PLATFORM, scenario, "reactive", 7);
    CU_ASSERT_EQUAL(busy.result.checksum, quiet.result.checksum);
    weir_test_result_fini(&busy);
    weir_test_result_fini(&quiet);
}

static void another_seed_differs(void)
{
    struct weir_test_result a = weir_test_run(PLATFORM, scenario, "static", 7);
    struct weir_test_result b = weir_test_run(PLATFORM, scenario, "static", 8);
    CU_ASSERT_NOT_EQUAL(a.result.checksum, b.result.checksum);
    CU_ASSERT_NOT_EQUAL(a.result.jobs[0].arrivals_hash, b.result.jobs[0].arrivals_hash);
    weir_test_result_fini(&a);
    weir_test_result_fini(&b);
}

static void policies_see_the_same_arrivals(void)
{
    struct weir_test_result a = weir_test_run(PLATFORM, scenario, "static", 7);
    struct weir_test_result b = weir_test_run(PLATFORM, scenario, "ds2+load-balancer", 7);
    CU_ASSERT_NOT_EQUAL(a.result.checksum, b.result.checksum);
    for (int j = 0; j < 2; j++) {
        CU_ASSERT_EQUAL(a.result.jobs[j].arrived, b.result.jobs[j].arrived);
        CU_ASSERT_EQUAL(a.result.jobs[j].arrivals_hash, b.result.jobs[j].arrivals_hash);
    }
    CU_ASSERT_NOT_EQUAL(a.result.jobs[0].arrivals_hash, a.result.jobs[1].arrivals_hash);
    weir_test_result_fini(&a);
    weir_test_result_fini(&b);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"the same to the last bit", the_same_to_the_last_bit},
        {"the same in any order of service", the_same_in_any_order_of_service},
        {"the same in calls and checkpoints", the_same_in_calls_and_checkpoints},
        {"also while others work", also_while_others_work},
        {"another seed differs", another_seed_differs},
        {"policies see the same arrivals", policies_see_the_same_arrivals},
        {0},
    };
    return weir_test_main("engine/determinism", cases, argc, argv);
}
