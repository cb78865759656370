/* Workflow files: every format tells the same workflow; how it becomes a job. */
#include "sim/model/workflow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/model/workload.h"
#include "tests/support/test.h"

#define HEFT "tests/input/workflows/heft"

static struct weir_workflow *need(const char *path, const struct weir_workflow_options *options)
{
    struct weir_workflow *workflow = NULL;
    if (weir_workflow_read(path, options ? options : &WEIR_WORKFLOW_OPTIONS, &workflow)) {
        fprintf(stderr, "\n%s\n", weir_error_message());
        exit(2);
    }
    return workflow;
}

static void formats_agree(void)
{
    static const char *const files[] = {".json", "-1.4.json", "-1.5.json", ".xml",
                                        ".yml",  ".dot",      ".txt",      ".tasks.csv"};
    static const char *const formats[] = {
        "weir JSON", "WfCommons JSON", "WfCommons JSON", "Pegasus DAX", "Pegasus", "DOT", "daggen nodes", "CSV"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = weir_format(HEFT "%s", files[i]);
        struct weir_workflow *workflow = need(path, NULL);
        struct weir_workflow_summary summary = weir_workflow_summarise(workflow);
        CU_ASSERT_STRING_EQUAL(workflow->format, formats[i]);
        CU_ASSERT(summary.tasks == 10 && summary.edges == 15 && summary.depth == 4 && summary.width == 5);
        CU_ASSERT(summary.roots == 1 && summary.sinks == 1 && summary.fan_in == 3 && summary.fan_out == 5);
        /* 14 + 13 + 11 + 13 + 12 + 13 + 7 + 5 + 18 + 21 s at 1 Gf/s; the longest way is 14 + 13 + 18 + 21 s. */
        CHECK_NEAR(summary.flops, 127e9, 1);
        CHECK_NEAR(summary.critical_flops, 66e9, 1);
        CU_ASSERT(summary.bytes == 29750 && summary.input_bytes == 0 && summary.output_bytes == 0);
        for (int f = 0; f < workflow->flow_count; f++)
            CU_ASSERT(workflow->flows[f].from < workflow->flows[f].to);
        weir_workflow_free(workflow);
        free(path);
    }
}

static void options_scale(void)
{
    struct weir_workflow_options options = {.reference_flops_per_s = 3e9, .data_factor = 0.5, .least_runtime_s = 6};
    struct weir_workflow *workflow = need(HEFT "-1.4.json", &options);
    struct weir_workflow_summary summary = weir_workflow_summarise(workflow);
    CHECK_NEAR(summary.flops, 3e9 * (127 + 1), 1); /* the task of 5 s takes 6 */
    CHECK_NEAR(summary.bytes, 29750 / 2.0, 1e-9);
    weir_workflow_free(workflow);
    /* Where work is given in flops there is no runtime to scale. */
    workflow = need(HEFT ".dot", &options);
    summary = weir_workflow_summarise(workflow);
    CHECK_NEAR(summary.flops, 127e9, 1);
    weir_workflow_free(workflow);
}

/* What is read from outside and left at the end is known from the files; an edge that both ends name is one; a file of
 * no bytes is a file; daggen's edges between the same tasks add up. */
static void files_and_edges(void)
{
    struct weir_workflow *workflow = need(
        weir_test_file("files.xml", "<adag><job id='a' name='cut' runtime='1'><uses file='in' link='input' size='7'/>"
                                    "<uses file='x' link='output' size='10'/><uses file='log' link='output' size='0'/>"
                                    "</job><job id='b' runtime='2'><uses name='x' link='input' size='10'/>"
                                    "<uses name='run' link='input' type='executable'/>"
                                    "<uses name='in' link='input' size='7'/><uses name='out' link='output' size='3'/>"
                                    "</job><child ref='b'><parent ref='a'/><parent ref='a'/></child></adag>"),
        NULL);
    struct weir_workflow_summary summary = weir_workflow_summarise(workflow);
    CU_ASSERT(summary.edges == 1 && summary.bytes == 10 && summary.input_bytes == 14 && summary.output_bytes == 3);
    CU_ASSERT_STRING_EQUAL(workflow->tasks[0].name, "cut_a");
    CU_ASSERT_STRING_EQUAL(workflow->tasks[1].name, "b");
    weir_workflow_free(workflow);
    workflow = need(
        weir_test_file("twice.dot", "digraph{1[size=5];2[size=\"1e3\"];1->2[size=4]; /* again */ 1->2[size=6]}"), NULL);
    summary = weir_workflow_summarise(workflow);
    CU_ASSERT(summary.edges == 1 && summary.bytes == 10 && summary.flops == 1005);
    weir_workflow_free(workflow);
}

/* Pegasus 5: what has no size is empty and told; checkpoints and executables are no data; who reads a file waits for
 * its one writer; a file that is both read and written makes no task wait for itself. */
static void pegasus_files(void)
{
    struct weir_remarks remarks = {0};
    weir_remarks_collect(&remarks);
    struct weir_workflow *workflow =
        need(weir_test_file("files.yaml",
                            "%YAML 1.1\n---\npegasus: '5.0'\njobs:\n"
                            "- {id: 1, name: cut, profiles: {pegasus: {runtime: 1.5}}, uses: [\n"
                            "   {lfn: in, type: input, metadata: {size: '7'}}, {lfn: x, type: output, size: 10},\n"
                            "   {lfn: state, type: checkpoint, size: 99}, {lfn: both, type: inout, size: 4}]}\n"
                            "- {id: 2, profiles: {pegasus: {runtime: '2'}}, uses: [\n"
                            "   {lfn: x, type: input}, {lfn: run, type: input, executable: true, size: 50},\n"
                            "   {lfn: out, type: output, size: 3}]}\n"),
             NULL);
    struct weir_workflow_summary summary = weir_workflow_summarise(workflow);
    CU_ASSERT(summary.edges == 1 && summary.bytes == 10 && summary.input_bytes == 7 && summary.output_bytes == 3);
    CHECK_NEAR(summary.flops, 3.5e9, 1);
    CU_ASSERT_STRING_EQUAL(workflow->tasks[0].name, "cut_1");
    CU_ASSERT_STRING_EQUAL(workflow->tasks[1].name, "2");
    weir_workflow_free(workflow);
    CU_ASSERT_FATAL(remarks.count == 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(remarks.sentence[0], "files are named 1 times without a size"));
    weir_remarks_collect(NULL);
    weir_remarks_fini(&remarks);
}

#define RUNTIME "profiles: {pegasus: {runtime: 1}}"

static void pegasus_refused(void)
{
    static const char *const cases[][2] = {
        {"jobs: []", "has no tasks"},
        {"jobs: {a: 1}", "jobs: must be a list"},
        {"name: x", "the key \"jobs\" is missing"},
        {"jobs: [{id: a}]", "jobs[0]: job \"a\" has no runtime; add profiles"},
        {"jobs: [{id: a, " RUNTIME "}, {id: a, " RUNTIME "}]", "jobs[1]: "},
        {"jobs: [{id: a, profiles: {pegasus: {runtime: 1m}}}]", "jobs[0].profiles.pegasus.runtime: "},
        {"jobs: [{id: a, profiles: {pegasus: {runtime: -1}}}]", "jobs[0].profiles.pegasus.runtime: "},
        {"jobs: [{id: a, type: dax, file: b.yml}]", "jobs[0]: is of type \"dax\", a workflow inside another"},
        {"jobs: [{id: a, " RUNTIME ", uses: [{type: input}]}]", "jobs[0].uses[0]: the key \"lfn\" is missing"},
        {"jobs: [{id: a, " RUNTIME ", uses: [{lfn: f, type: inptu}]}]", "jobs[0].uses[0].type: "},
        {"jobs: [{id: a, " RUNTIME ", uses: [{lfn: f, type: input, size: -3}]}]", "jobs[0].uses[0]: "},
        {"jobs: [{id: a, " RUNTIME "}]\njobDependencies: [{id: b, children: [a]}]", "jobDependencies[0].id: "},
        {"jobs: [{id: a, " RUNTIME "}]\njobDependencies: [{id: a, children: [c]}]", "jobDependencies[0].children[0]: "},
        {"jobs: [{id: a, " RUNTIME ", uses: [{lfn: x, type: input}, {lfn: y, type: output}]},"
         " {id: b, " RUNTIME ", uses: [{lfn: y, type: input}, {lfn: x, type: output}]}]",
         "wait for each other in a circle"},
        {"jobs: [{id: a, id: b}]", "jobs[0]"},
        {"jobs: [", "is no YAML"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *text = weir_format("pegasus: '5.0'\n%s\n", cases[c][0]);
        struct weir_workflow *workflow = NULL;
        CU_ASSERT_EQUAL(weir_workflow_read(weir_test_file("refused.yml", text), &WEIR_WORKFLOW_OPTIONS, &workflow),
                        WEIR_EINPUT);
        CU_ASSERT_PTR_NULL(workflow);
        CHECK_MESSAGE(cases[c][1]);
        free(text);
    }
}

static void one_of_several(void)
{
    const char *path = weir_test_file("several.tasks.csv", "dag,task,flop\nx,1,10\ny,1,20\ny,2,30\n");
    weir_test_file("several.edges.csv", "dag,src,dst,bytes\ny,1,2,5\n");
    struct weir_workflow_options options = WEIR_WORKFLOW_OPTIONS;
    struct weir_workflow *workflow;
    CU_ASSERT_EQUAL(weir_workflow_read(path, &options, &workflow), WEIR_EINPUT);
    CHECK_MESSAGE("holds several workflows; say which by \"dag\"");
    options.dag = "y";
    workflow = need(path, &options);
    CU_ASSERT(workflow->task_count == 2 && workflow->flow_count == 1 && workflow->tasks[1].flops == 30);
    weir_workflow_free(workflow);
    options.dag = "z";
    CU_ASSERT_EQUAL(weir_workflow_read(path, &options, &workflow), WEIR_EINPUT);
    CHECK_MESSAGE("has no workflow \"z\" in its column dag");
    CU_ASSERT_PTR_NULL(workflow);
}

/* Ten thousand tasks in a row and side by side take no time to speak of; one more is refused. */
static void many_tasks(void)
{
    for (int n = WEIR_TASKS_AT_MOST; n <= WEIR_TASKS_AT_MOST + 1; n++) {
        struct weir_text text = {0};
        weir_text_add(&text, "digraph G {\n");
        for (int t = 0; t < n; t++)
            weir_text_addf(&text, "t%d [size=1]\n", t);
        for (int t = 1; t < n; t++)
            weir_text_addf(&text, "t0 -> t%d [size=1]\nt%d -> t%d [size=1]\n", t, t - 1, t);
        weir_text_add(&text, "}\n");
        struct weir_workflow *workflow = NULL;
        int code =
            weir_workflow_read(weir_test_file("many.dot", weir_text_string(&text)), &WEIR_WORKFLOW_OPTIONS, &workflow);
        if (n <= WEIR_TASKS_AT_MOST) {
            struct weir_workflow_summary summary = weir_workflow_summarise(workflow);
            CU_ASSERT(summary.depth == n && summary.fan_out == n - 1);
        } else {
            CU_ASSERT_EQUAL(code, WEIR_EINPUT);
            CHECK_MESSAGE("many.dot:10002: more than 10000 tasks are too many for a job");
        }
        weir_workflow_free(workflow);
        weir_text_fini(&text);
    }
}

/* --- as a job --- */

static struct weir_platform *platform(void)
{
    static struct weir_platform *read;
    if (!read && weir_platform_read("tests/input/valid/two-tier.xml", &read)) {
        fprintf(stderr, "\n%s\n", weir_error_message());
        exit(2);
    }
    return read;
}

/* The workload of one job with these keys; NULL if it is refused. Single quotes are double ones. */
static struct weir_workload *read_job(const char *keys)
{
    char *json = weir_format("{'jobs':[{'name':'w','source':'edge',%s}]}", keys);
    for (char *c = json; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    struct weir_json_doc *doc = NULL;
    struct weir_workload *workload = NULL;
    if (!weir_json_parse(json, "test.json", &doc)) {
        struct weir_json root = weir_json_root(doc);
        weir_workload_read(&root, "tests/input/workflows/test.json", platform(), &workload);
    }
    weir_json_free(doc);
    free(json);
    return workload;
}

/* What an item is along the edge between two operators; -1 if there is none. */
static double bytes_along(const struct weir_job *job, int from, int to)
{
    for (int e = 0; e < job->edge_count; e++)
        if (job->edges[e].from == from && job->edges[e].to == to)
            return job->edges[e].bytes;
    return -1;
}

static void a_job_of_tasks(void)
{
    struct weir_workload *workload = read_job("'workflow':'heft.json','source_bytes':'9B'");
    CU_ASSERT_PTR_NOT_NULL_FATAL(workload);
    const struct weir_job *job = workload->jobs;
    CU_ASSERT(job->operator_count == 10 && job->edge_count == 15 + 2);
    CU_ASSERT(bytes_along(job, -1, 0) == 9 && bytes_along(job, 9, -1) == 0);
    CU_ASSERT_STRING_EQUAL(job->operators[0].name, "T1");
    CU_ASSERT(job->operators[0].flops.mean == 14e9 && !job->operators[0].join_all && job->operators[9].join_all);
    CU_ASSERT(job->operators[3].where.kind == WEIR_WHERE_SOURCE && job->operators[3].parallelism == 1);
    CU_ASSERT(workload->files_hash != 0);
    struct weir_arrivals arrivals = weir_arrivals_open(job->load, 1, "a"); /* one item, at once */
    CU_ASSERT_EQUAL(weir_arrivals_next(&arrivals), 0);
    CU_ASSERT(isinf(weir_arrivals_next(&arrivals)));
    weir_workload_free(workload);
    workload = read_job("'load':{'kind':'constant','rate':'1/min','count':3},'workflow':{'file':'heft.dot',"
                        "'placement':{'tier':'cloud'},'rules':[{'tasks':'1','placement':'edge2'},"
                        "{'tasks':'1*','placement':'source'}]}");
    CU_ASSERT_PTR_NOT_NULL_FATAL(workload);
    const struct weir_operator *ops = workload->jobs[0].operators;
    CU_ASSERT(ops[0].where.kind == WEIR_WHERE_HOST && ops[1].where.kind == WEIR_WHERE_TIER);
    CU_ASSERT(ops[9].where.kind == WEIR_WHERE_SOURCE); /* task 10 */
    weir_workload_free(workload);
}

/* a reads 7 bytes from outside and leaves 3 of its 13; b and c are ends. */
#define FORK                                                                                                           \
    "{\"tasks\": [{\"name\": \"a\", \"flops\": \"1Mf\", \"input\": \"7B\", \"output\": \"3B\"},"                       \
    " {\"name\": \"end\", \"flops\": \"2Mf\", \"output\": \"4B\"}, {\"name\": \"c\", \"flops\": \"0f\", \"input\": "   \
    "\"5B\"}],"                                                                                                        \
    " \"edges\": [[\"a\", \"end\", \"10B\"], {\"from\": \"a\", \"to\": \"c\"}]}"

static void several_ends_meet(void)
{
    char *keys = weir_format("'workflow':'%s','sink':'cloud'", weir_test_file("fork.json", FORK));
    struct weir_workload *workload = read_job(keys);
    CU_ASSERT_PTR_NOT_NULL_FATAL(workload);
    const struct weir_job *job = workload->jobs;
    /* source -> a, a -> end and c, both -> end_ -> sink */
    CU_ASSERT(job->operator_count == 4 && job->edge_count == 1 + 2 + 2 + 1);
    CU_ASSERT_STRING_EQUAL(job->operators[3].name, "end_");
    CU_ASSERT(job->operators[3].join_all && job->operators[3].flops.mean == 0);
    CU_ASSERT_STRING_EQUAL(job->operators[3].where.name, "cloud");
    CU_ASSERT(bytes_along(job, 1, 3) == 0 && bytes_along(job, 0, 1) == 10 && !job->operators[2].join_all);
    weir_workload_free(workload);
    free(keys);
    /* With staging c is fed by the source too, and a leaves something. */
    keys =
        weir_format("'source_bytes':'1B','workflow':{'file':'%s','staging':true}", weir_test_file("fork.json", FORK));
    workload = read_job(keys);
    CU_ASSERT_PTR_NOT_NULL_FATAL(workload);
    job = workload->jobs;
    CU_ASSERT(job->operator_count == 4 && job->edge_count == 2 + 2 + 3 + 1);
    CU_ASSERT(bytes_along(job, -1, 0) == 8 && bytes_along(job, -1, 2) == 5 && job->operators[2].join_all);
    CU_ASSERT(bytes_along(job, 0, 3) == 3 && bytes_along(job, 1, 3) == 4 && bytes_along(job, 2, 3) == 0);
    CU_ASSERT_EQUAL(job->operators[3].where.kind, WEIR_WHERE_SOURCE);
    weir_workload_free(workload);
    free(keys);
}

static void content_counts(void)
{
    unsigned long long hashes[2];
    for (int i = 0; i < 2; i++) {
        const char *path = weir_test_file("content.json", i ? "{\"tasks\":[{\"name\":\"a\",\"flops\":\"2f\"}]}"
                                                            : "{\"tasks\":[{\"name\":\"a\",\"flops\":\"1f\"}]}");
        char *keys = weir_format("'workflow':'%s'", path);
        struct weir_workload *workload = read_job(keys);
        CU_ASSERT_PTR_NOT_NULL_FATAL(workload);
        hashes[i] = workload->files_hash;
        weir_workload_free(workload);
        free(keys);
    }
    CU_ASSERT(hashes[0] != hashes[1]);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"formats agree", formats_agree},
        {"options scale", options_scale},
        {"files and edges", files_and_edges},
        {"files of Pegasus", pegasus_files},
        {"Pegasus refused", pegasus_refused},
        {"one of several", one_of_several},
        {"many tasks", many_tasks},
        {"a job of tasks", a_job_of_tasks},
        {"several ends meet", several_ends_meet},
        {"content counts", content_counts},
        {0},
    };
    int failed = weir_test_main("model/workflow", cases, argc, argv);
    weir_platform_free(platform());
    return failed;
}
