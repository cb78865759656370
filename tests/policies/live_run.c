/* Live streams in whole runs: requests take their servers as they come, who decides is charged for each, and nothing is
 * lost. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/same.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

/* Two streams of 40 requests a second each, 30 ms of a core: 2.4 cores of the 8 that there are. A host fails. */
static const char scenario[] =
    "{\"platform\": \"\", \"duration\": \"60s\", \"warmup\": \"20s\", \"window\": \"2s\", \"items_per_batch\": 1, %s"
    " \"faults\": [{\"host\": \"cloud4\", \"at\": \"30.3s\", \"for\": \"5s\"}], \"recovery\": {\"place\": \"drop\"},"
    " \"workload\": {\"jobs\": [{\"name\": \"a\", \"source\": \"edge\", \"sink\": \"source\", \"load\": {\"kind\":"
    " \"poisson\", \"rate\": \"40/s\"}, \"operators\": [{\"name\": \"serve\", \"flops\": \"30Mf\", \"bytes\": \"10kB\","
    " \"max_parallelism\": 8}]}, {\"name\": \"b\", \"source\": \"cloud\", \"sink\": \"source\", \"load\": {\"kind\":"
    " \"poisson\", \"rate\": \"40/s\"}, \"operators\": [{\"name\": \"serve\", \"flops\": \"30Mf\", \"bytes\": \"10kB\","
    " \"max_parallelism\": 8}]}]}}";

static struct weir_test_result run(const char *text, const char *policy)
{
    struct weir_test_result got = weir_test_run(PLATFORM, text, policy, 3);
    if (got.code != WEIR_OK)
        fprintf(stderr, "\n%s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(PLATFORM, text, &got);
    return got;
}

static void conserved_and_repeated(void)
{
    static const char *const policies[] = {
        "{\"name\": \"sentinel\", \"warm\": 12}", "oracle", "origin", "gp", "greedy", "mf"};
    char *text = weir_format(scenario, "\"decision_host\": \"edge\",");
    for (size_t p = 0; p < sizeof policies / sizeof *policies; p++) {
        struct weir_test_result one = run(text, policies[p]), two = run(text, policies[p]);
        const struct weir_metrics *m = &one.result.metrics;
        CU_ASSERT(m->delivered > 2000);
        CU_ASSERT(m->choices > 1000 && m->choices <= m->emitted + 100);
        /* A request takes some operations of the 1e9 a second, and waits for itself at least. */
        CU_ASSERT(m->choosing_s > 4e-9 * m->choices && m->choosing_s < 1e-6 * m->choices);
        CU_ASSERT(m->choice_s >= m->choosing_s / m->choices);
        CU_ASSERT_EQUAL(one.result.checksum, two.result.checksum);
        weir_test_result_fini(&two);
        weir_test_result_fini(&one);
    }
    free(text);
}

/* Detection within the cycle is done while the first request of a window waits, and those that come meanwhile with it;
 * ahead of it, nobody waits for it. 20 windows count. */
static void detection_in_the_cycle(void)
{
    char *text = weir_format(scenario, "\"decision_host\": \"edge\",");
    struct weir_test_result ahead = run(text, "{\"name\": \"sentinel\", \"warm\": 12}");
    struct weir_test_result inside = run(text, "{\"name\": \"sentinel\", \"warm\": 12, \"in_cycle\": true}");
    /* The rules alone: 912 operations for each of the 4 servers, 3 while one is down, on 1e9 a second. */
    double more = (inside.result.metrics.choosing_s - ahead.result.metrics.choosing_s) / 20;
    CU_ASSERT(more > 3 * 912e-9);
    CU_ASSERT(inside.result.metrics.choice_s > ahead.result.metrics.choice_s);
    weir_test_result_fini(&inside);
    weir_test_result_fini(&ahead);
    free(text);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"conserved and repeated", conserved_and_repeated}, {"detection in the cycle", detection_in_the_cycle}, {0}};
    return weir_test_main("policies/live_run", cases, argc, argv);
}
