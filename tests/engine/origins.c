/* Where results come from, which of them are late, what is truly wrong with hosts, and notes of policies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

enum { EDGE, EDGE2, CLOUD }; /* hosts in the order of the platform file */

/* Half on an edge host, half on the sink's own. */
static int place(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    const struct weir_placement two[] = {{EDGE2, 1, 1}, {CLOUD, 1, 1}};
    weir_plan_set(plan, job, 0, two, 2, "half and half");
    return WEIR_OK;
}

static int tell(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    const struct weir_job_view *job = &view->jobs[0];
    for (int i = 0; i < job->origin_count; i++) {
        const struct weir_origin_view *origin = &job->origins[i];
        weir_plan_note(plan, 0, "from %s: %g/s, late %g/s, %g B/s", view->hosts[origin->host].name,
                       origin->delivered_rate, origin->late_rate, origin->bytes_per_s);
    }
    weir_plan_note(plan, -1, "late %g of %g", job->late_rate, job->delivered_rate);
    weir_plan_note(plan, -1, "wrong: edge2 %.9g then %.9g, edge %.9g", view->anomalous(view, EDGE2, 0, view->time_s),
                   view->anomalous(view, EDGE2, view->time_s, view->time_s + 10),
                   view->anomalous(view, EDGE, view->time_s, view->time_s));
    return WEIR_OK;
}

static const struct weir_policy policy = {
    .abi = WEIR_POLICY_ABI, .name = "teller", .job_arrives = place, .window_ends = tell};
static const struct weir_policy *const catalog[] = {&policy, NULL};

static struct weir_test_result run(const char *more)
{
    char *text =
        weir_format("{\"duration\": \"60s\", \"window\": \"10s\", \"items_per_batch\": 1, %s"
                    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"},"
                    "  \"source_bytes\": \"0B\", \"slo\": \"20ms\","
                    "  \"load\": {\"kind\": \"constant\", \"rate\": \"50/s\"}, \"sink\": {\"host\": \"cloud\"},"
                    "  \"operators\": [{\"name\": \"a\", \"flops\": \"2Mf\", \"bytes\": \"1kB\"}]}]}}",
                    more);
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, text, "teller", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.warnings, 0, 0);
    free(text);
    return got;
}

/* The note of a window's end that begins so. */
static const char *note(const struct weir_test_result *got, const char *start)
{
    const char *found = strstr(got->decisions, start);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    return found;
}

static void results_have_origins(void)
{
    /* From 20 to 30 s edge2 does a tenth of 1 Gflop/s: an item takes 20 ms there and 10 ms on the link, more than the
     * 20 ms allowed; else 2 + 10. The cloud's items take 10 ms on the link and 2 ms. Half of 50/s come from each, 1 kB
     * an item. What was under way at 20 s may be late already, and at 30 s still is on its way. */
    struct weir_test_result got = run("\"anomalies\": [{\"kind\": \"slow\", \"host\": \"edge2\", \"at\": \"20s\","
                                      " \"for\": \"10s\", \"speed\": 0.1}],");
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "20.000 teller j/ note | from edge2: 25/s, late 0/s, 25000 B/s"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "20.000 teller j/ note | from cloud: 25/s, late 0/s, 25000 B/s"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "20.000 teller / note | late 0 of 50"));
    double rate, late, bytes_per_s, late_of_job;
    CU_ASSERT_EQUAL(sscanf(note(&got, "30.000 teller j/ note | from edge2"),
                           "30.000 teller j/ note | from edge2: %lf/s, late %lf/s, %lf B/s", &rate, &late,
                           &bytes_per_s),
                    3);
    CHECK_NEAR(rate, 25, 0.2);
    CHECK_NEAR(late, 25, 0.2);
    CHECK_NEAR(bytes_per_s, 1000 * rate, 1e-9);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "30.000 teller j/ note | from cloud: 25/s, late 0/s, 25000 B/s"));
    CU_ASSERT_EQUAL(sscanf(note(&got, "30.000 teller / note | late"), "30.000 teller / note | late %lf", &late_of_job),
                    1);
    CHECK_NEAR(late_of_job, late, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "50.000 teller j/ note | from edge2: 25/s, late 0/s, 25000 B/s"));
    weir_test_result_fini(&got);
}

static void the_truth_is_known(void)
{
    /* Wrong from 5 to 12 s by two anomalies that overlap, from 20 to 22 s by one that shows nothing and does nothing
     * else, from 31 to 35 s because the host is slow by a fault: until 10 s 5 of 10, in the 10 s after it 2 of 10. */
    struct weir_test_result got =
        run("\"anomalies\": ["
            "{\"kind\": \"slow\", \"host\": \"edge2\", \"at\": \"5s\", \"for\": \"5s\", \"speed\": 0.9},"
            "{\"kind\": \"erratic\", \"host\": \"edge2\", \"at\": \"8s\", \"for\": \"4s\"},"
            "{\"kind\": \"erratic\", \"host\": \"edge2\", \"at\": \"20s\", \"for\": \"2s\"}],"
            "\"faults\": [{\"host\": \"edge2\", \"at\": \"31s\", \"for\": \"4s\", \"speed\": 0.9},"
            "             {\"link\": \"backhaul\", \"at\": \"40s\", \"for\": \"4s\", \"bandwidth\": 0.9}],");
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "10.000 teller / note | wrong: edge2 0.5 then 0.2, edge 0"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "20.000 teller / note | wrong: edge2 0.35 then 0.2, edge 0"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "30.000 teller / note | wrong: edge2 0.3 then 0.4, edge 0"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "40.000 teller / note | wrong: edge2 0.325 then 0, edge 0"));
    weir_test_result_fini(&got);
}

static void hosts_that_are_down_are_wrong(void)
{
    struct weir_test_result got = run("\"faults\": [{\"host\": \"edge2\", \"at\": \"24s\", \"for\": \"3s\"}],"
                                      "\"recovery\": {\"checkpoint_interval\": \"5s\"},");
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "20.000 teller / note | wrong: edge2 0 then 0.3, edge 0"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "30.000 teller / note | wrong: edge2 0.1 then 0, edge 0"));
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"results have origins", results_have_origins},
        {"the truth is known", the_truth_is_known},
        {"hosts that are down are wrong", hosts_that_are_down_are_wrong},
        {0},
    };
    return weir_test_main("engine/origins", cases, argc, argv);
}
