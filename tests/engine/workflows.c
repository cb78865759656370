/* Workflows as jobs: on one core they take the sum of their work, on a host for each task and a network that costs
 * nothing the longest way. Small ones and drawn ones always; real ones where the shared data are there
 * (tests/data/workflow-reference.csv). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "sim/model/workflow.h"
#include "tests/generate/make.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

/* Each task on a host of its own. */
static int spread(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    for (int o = 0; o < view->jobs[job].operator_count; o++) {
        struct weir_placement own = {o % view->host_count, 1, 1};
        weir_plan_set(plan, job, o, &own, 1, "a host for each");
    }
    return 0;
}
static const struct weir_policy spread_policy = {
    .abi = WEIR_POLICY_ABI, .name = "spread", .summary = "A host for each task.", .source = "", .job_arrives = spread};

/* A cluster of hosts with links that hold 1 PB/s and cost no time. */
static const char *cluster(int hosts)
{
    char *text =
        weir_format("<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                    "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\"><cluster id=\"c\" prefix=\"h\""
                    " suffix=\"\" radical=\"0-%d\" speed=\"1Gf\" bw=\"1PBps\" lat=\"0us\"/></zone></platform>\n",
                    hosts - 1);
    char *name = weir_format("cluster-%d.xml", hosts);
    const char *path = weir_test_file(name, text);
    free(name);
    free(text);
    return path;
}

/* Runs one item of a workflow and returns how long it took. */
static double makespan(const char *path, const char *platform, const char *policy, const char *more)
{
    static const struct weir_policy *const catalog[] = {&spread_policy, NULL};
    char *scenario =
        weir_format("{\"platform\": \"\", \"duration\": \"100d\", \"window\": \"100d\", \"workload\": {\"jobs\": "
                    "[{\"name\": \"w\", \"source\": \"h0\", \"workflow\": {\"file\": \"%s\"%s}}]}}",
                    path, more);
    struct weir_test_result got = *policy ? weir_test_run_catalog(platform, scenario, policy, 1, catalog)
                                          : weir_test_run(platform, scenario, "static", 1);
    CU_ASSERT_EQUAL(got.code, WEIR_OK);
    if (got.code)
        fprintf(stderr, "\n%s: %s\n", path, got.message);
    CU_ASSERT_EQUAL(got.result.metrics.delivered, 1); /* however many ends it has */
    double latency_s = got.result.metrics.latency_max_s;
    if (!got.code)
        weir_test_conservation(platform, scenario, &got);
    weir_test_result_fini(&got);
    free(scenario);
    return latency_s;
}

static void check_both(const char *path, const char *dag)
{
    struct weir_workflow_options options = WEIR_WORKFLOW_OPTIONS;
    struct weir_workflow *workflow = NULL;
    options.dag = dag;
    CU_ASSERT_EQUAL_FATAL(weir_workflow_read(path, &options, &workflow), WEIR_OK);
    struct weir_workflow_summary summary = weir_workflow_summarise(workflow);
    weir_workflow_free(workflow);
    char *here = realpath(path, NULL), *more = dag ? weir_format(", \"dag\": \"%s\"", dag) : weir_copy("");
    double one_s = summary.flops / 1e9, critical_s = summary.critical_flops / 1e9;
    double got_one_s = makespan(here, cluster(1), "", more),
           got_critical_s = makespan(here, cluster(1100), "spread", more);
    if (fabs(got_one_s - one_s) > 1e-6 * one_s || fabs(got_critical_s - critical_s) > 1e-3 + 1e-6 * critical_s)
        fprintf(stderr, "\n%s %s\n", path, dag ? dag : "");
    CHECK_NEAR(got_one_s, one_s, 1e-6 * one_s);
    /* What network is left: some TB at most at 1 PB/s. */
    CHECK_NEAR(got_critical_s, critical_s, 1e-3 + 1e-6 * critical_s);
    free(here);
    free(more);
}

static void heft(void)
{
    check_both("tests/input/workflows/heft-1.5.json", NULL);
}

/* A root, a middle of many and an end; and a row. */
static void fans_and_rows(void)
{
    struct weir_text text = {0};
    weir_text_add(&text, "digraph G {\nroot [size=1e9]\nlast [size=2e9]\n");
    for (int t = 0; t < 1000; t++)
        weir_text_addf(&text, "m%d [size=%d]\nroot -> m%d [size=1000]\nm%d -> last [size=1000]\n", t, 1000000 * (t + 1),
                       t, t);
    weir_text_add(&text, "}\n");
    const char *path = weir_test_file("fan.dot", weir_text_string(&text));
    check_both(path, NULL); /* 1 + 500.5 + 2 s; 1 + 1 + 2 s */
    weir_text_fini(&text);
    weir_text_add(&text, "digraph G {\nt0 [size=1e9]\n");
    for (int t = 1; t < 1000; t++)
        weir_text_addf(&text, "t%d [size=1e9]\nt%d -> t%d [size=1]\n", t, t - 1, t);
    weir_text_add(&text, "}\n");
    check_both(weir_test_file("row.dot", weir_text_string(&text)), NULL);
    weir_text_fini(&text);
}

/* Graphs with several roots and ends, drawn edge by edge. */
static void drawn(void)
{
    for (unsigned w = 0; w < 40; w++) {
        struct weir_stream s = weir_stream_at(weir_stream_key(2026, "workflows"), w);
        struct weir_text text = {0};
        unsigned n = 2 + (unsigned)weir_stream_below(&s, 40);
        weir_text_add(&text, "digraph G {\n");
        for (unsigned t = 0; t < n; t++) {
            weir_text_addf(&text, "t%u [size=%.0f]\n", t, weir_stream_exponential(&s, 1e9));
            for (unsigned p = 0; p < t; p++)
                if (weir_stream_uniform(&s) < 0.1)
                    weir_text_addf(&text, "t%u -> t%u [size=%.0f]\n", p, t, weir_stream_exponential(&s, 1e6));
        }
        weir_text_add(&text, "}\n");
        check_both(weir_test_file("drawn.dot", weir_text_string(&text)), NULL);
        weir_text_fini(&text);
    }
}

/* What `weir generate` makes. */
static void generated(void)
{
    static const char *const lines[] = {"dag --n 60 --density 2 --jump 2",
                                        "dag --n 40 --law daggen --density 0.5 --work mixed",
                                        "dag --n 100 --fat 0.8 --ccr 1", "chain --model resnet-50", "chain --n 30"};
    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++)
        for (unsigned long long seed = 1; seed <= 4; seed++) {
            char *text = make(lines[l], seed);
            CU_ASSERT_PTR_NOT_NULL_FATAL(text);
            check_both(weir_test_file("generated.json", text), NULL);
            free(text);
        }
}

/* A row of items: with an item a minute and less work than that, each takes as long as the first. */
static void items_in_a_row(void)
{
    char *here = realpath("tests/input/workflows/heft.json", NULL);
    char *text = weir_format(
        "{\"platform\": \"\", \"duration\": \"1h\", \"workload\": {\"jobs\": [{\"name\": \"w\", \"source\": \"edge2\","
        " \"workflow\": {\"file\": \"%s\", \"reference_speed\": \"0.1Gf\"}, \"arrive\": \"2min\","
        " \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\", \"count\": 5}}]}}",
        here);
    struct weir_test_result got = weir_test_run("tests/input/valid/two-tier.xml", text, "static", 1);
    const struct weir_metrics *m = &got.result.metrics;
    CU_ASSERT_EQUAL(m->delivered, 5);
    CU_ASSERT(m->latency_max_s < 12.7 && m->latency_max_s >= 6.6); /* two cores of 1 Gf/s for 12.7 Gf */
    CHECK_NEAR(m->latency_mean_s, m->latency_max_s, 1e-6);
    weir_test_conservation("tests/input/valid/two-tier.xml", text, &got);
    weir_test_result_fini(&got);
    free(text);
    free(here);
}

/* What flows takes its time: 1 s, then 12.5 MB over 100 Mbit/s and 10 ms, then 2 s. With staging 25 MB come before that
 * the same way, and 12.5 MB go back to the sink. */
static void data_takes_time(void)
{
    const char *path =
        weir_test_file("pair.json", "{\"tasks\": [{\"name\": \"a\", \"flops\": \"1Gf\", \"input\": \"25MB\"},"
                                    " {\"name\": \"b\", \"flops\": \"2Gf\", \"output\": \"12.5MB\"}],"
                                    " \"edges\": [[\"a\", \"b\", \"12.5MB\"]]}");
    static const struct {
        const char *more;
        double wanted_s;
    } cases[] = {{"", 4.01},
                 {", \"data_factor\": 2", 5.01},
                 {", \"staging\": true", 4.01 + 2.01},
                 {", \"staging\": true, \"data_factor\": 0.5", 3.51 + 1.01}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *text =
            weir_format("{\"platform\": \"\", \"duration\": \"1h\", \"workload\": {\"jobs\": [{\"name\": \"w\","
                        " \"source\": \"edge\", \"workflow\": {\"file\": \"%s\", \"placement\": \"cloud\", \"rules\":"
                        " [{\"tasks\": \"%s\", \"placement\": \"edge\"}]%s}}]}}",
                        path, strstr(cases[c].more, "staging") ? "b" : "a", cases[c].more);
        struct weir_test_result got = weir_test_run("tests/input/valid/two-tier.xml", text, "static", 1);
        CU_ASSERT_EQUAL(got.code, WEIR_OK);
        CHECK_NEAR(got.result.metrics.latency_max_s, cases[c].wanted_s, 1e-6);
        weir_test_result_fini(&got);
        free(text);
    }
}

static void real_ones(void)
{
    char *folder = weir_test_shared("workflows");
    if (!folder)
        return;
    struct weir_csv_lines lines;
    bool more = false;
    CU_ASSERT_FATAL(!weir_csv_open(&lines, "tests/data/workflow-reference.csv") && !weir_csv_next(&lines, &more));
    while (!weir_csv_next(&lines, &more) && more) {
        const char *name = lines.cells[0];
        bool dax = strncmp(name, "dax_", 4) == 0;
        char *path = dax ? weir_format("%s/dax/%s.xml.gz", folder, name + 4)
                         : weir_format("%s/wfinstances/%s.json.gz", folder, name);
        check_both(path, NULL);
        free(path);
    }
    weir_csv_close(&lines);
    char *path = weir_format("%s/daggen_synthetic/tasks.csv.gz", folder);
    for (int d = 8; d <= 120; d += 16) {
        char dag[8];
        snprintf(dag, sizeof dag, "%d", d);
        check_both(path, dag);
    }
    free(path);
    free(folder);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"heft", heft},
        {"fans and rows", fans_and_rows},
        {"drawn", drawn},
        {"generated", generated},
        {"items in a row", items_in_a_row},
        {"data takes time", data_takes_time},
        {"real ones", real_ones},
        {0},
    };
    return weir_test_main("engine/workflows", cases, argc, argv);
}
