/* The lines of the pipe protocol: the view as JSON, to the last bit, and answers as decisions. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/pipe/line.h"
#include "policies/pipe/message.h"
#include "policies/pipe/process.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

/* An edge host of 4 slots and a cloud; job "camera" with detect -> count, one instance each on the edge. */
static struct weir_mock *world_of_two(void)
{
    struct weir_mock *world = weir_mock_new();
    weir_mock_host(world, "edge-1", "north", WEIR_VIEW_EDGE, 2, 4);
    weir_mock_host(world, "cloud", "far", WEIR_VIEW_CLOUD, 16, 0);
    weir_mock_job(world, "camera \"1\"", 0);
    weir_mock_operator(world, 0, "detect", 1e6 / 3);
    weir_mock_operator(world, 0, "count", 1e5);
    weir_mock_deploy(world, 0, 0, 0);
    weir_mock_deploy(world, 0, 1, 0);
    world->operators[0][0].busy = 0.1 + 0.2; /* 0.30000000000000004 */
    world->operators[0][0].queued = 1e300;
    world->jobs[0].slo_s = INFINITY;
    world->jobs[0].ingress_rate = 400;
    weir_mock_job(world, "gone", 0);
    world->jobs[1].running = false;
    world->view.time_s = 1.0 / 3;
    weir_mock_view(world);
    return world;
}

/* The value at a path of keys and indexes, "view.jobs.0.name". */
static struct weir_json at_path(struct weir_json *chain, const char *path)
{
    char copy[200], *rest = copy, *part;
    snprintf(copy, sizeof copy, "%s", path);
    int depth = 0;
    while ((part = strsep(&rest, "."))) {
        struct weir_json child = {0};
        if (part[0] >= '0' && part[0] <= '9') {
            CU_ASSERT_FATAL(atoi(part) < weir_json_size(&chain[depth]));
            child = weir_json_at(&chain[depth], atoi(part));
        } else if (!weir_json_get(&chain[depth], part, &child)) {
            fprintf(stderr, "\nno %s in %s\n", part, path);
            CU_FAIL_FATAL("no such key");
        }
        chain[++depth] = child;
    }
    return chain[depth];
}

static double number_at(const struct weir_json_doc *doc, const char *path)
{
    struct weir_json chain[12] = {weir_json_root(doc)}, found = at_path(chain, path);
    double value = NAN;
    CU_ASSERT_EQUAL(weir_json_number(&found, -INFINITY, INFINITY, &value), WEIR_OK);
    return value;
}

static void check_text(const struct weir_json_doc *doc, const char *path, const char *wanted)
{
    struct weir_json chain[12] = {weir_json_root(doc)}, found = at_path(chain, path);
    char *text = weir_json_print(&found);
    if (strcmp(text, wanted) != 0)
        fprintf(stderr, "\n%s: got %s, wanted %s\n", path, text, wanted);
    CU_ASSERT_STRING_EQUAL(text, wanted);
    free(text);
}

static void the_view(void)
{
    struct weir_mock *world = world_of_two();
    world->jobs[0].late_rate = 1.5;
    world->jobs[0].origin_count = 1;
    world->origins[0][0] = (struct weir_origin_view){1, 2.5, 1.5, 1000};
    struct weir_plan *plan = weir_plan_new(&world->view);
    weir_plan_move(plan, 0, 1, 1, "another policy of the stack");
    struct weir_text text = {0};
    weir_pipe_add_event(&text, "job_arrives", 0, &world->view, plan, true, NULL);
    CU_ASSERT_PTR_EQUAL(strchr(weir_text_string(&text), '\n'), text.data + text.length - 1);
    struct weir_json_doc *doc;
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(weir_text_string(&text), "event", &doc), WEIR_OK);
    check_text(doc, "event", "\"job_arrives\"");
    check_text(doc, "job", "\"camera \\\"1\\\"\"");
    CU_ASSERT(number_at(doc, "view.time_s") == 1.0 / 3);
    CU_ASSERT(number_at(doc, "view.jobs.0.operators.0.flops_per_item") == 1e6 / 3);
    CU_ASSERT(number_at(doc, "view.jobs.0.operators.0.busy") == 0.1 + 0.2);
    CU_ASSERT(number_at(doc, "view.jobs.0.operators.0.queued") == 1e300);
    check_text(doc, "view.jobs.0.slo_s", "null");
    CU_ASSERT_PTR_NOT_NULL(strstr(weir_text_string(&text), "\"ingress_rate\":400.0,")); /* not taken for an integer */
    check_text(doc, "view.jobs.0.late_rate", "1.5");
    check_text(doc, "view.jobs.0.origins",
               "[{\"host\":\"cloud\",\"delivered_rate\":2.5,\"late_rate\":1.5,\"bytes_per_s\":1000}]");
    check_text(doc, "view.jobs.0.source_host", "\"edge-1\"");
    check_text(doc, "view.jobs.0.sink_host", "null");
    check_text(doc, "view.jobs.0.operators.0.upstream", "[\"source\"]");
    check_text(doc, "view.jobs.0.operators.0.downstream", "[\"count\"]");
    check_text(doc, "view.jobs.0.operators.1.downstream", "[\"sink\"]");
    check_text(doc, "view.jobs.0.operators.1.instances", "[{\"host\":\"edge-1\",\"weight\":1,\"cpu_share\":1}]");
    check_text(doc, "view.jobs.0.operators.1.planned", "[{\"host\":\"cloud\",\"weight\":1,\"cpu_share\":1}]");
    check_text(doc, "view.jobs.0.operators.1.where", "[\"edge-1\"]");
    check_text(doc, "view.jobs.0.operators.1.changing", "false");
    check_text(doc, "view.jobs.1", "{\"name\":\"gone\",\"running\":false}");
    check_text(doc, "view.hosts.0.tier", "\"edge\"");
    check_text(doc, "view.hosts.0.free_slots", "3"); /* 4 slots, 2 instances, of which one is to move away */
    check_text(doc, "view.hosts.1.free_slots", "null");
    check_text(doc, "view.routes.latency_s", "[[0,0.001],[0.001,0]]");
    check_text(doc, "view.routes.bytes_per_s", "[[null,100000000],[100000000,null]]");
    weir_json_free(doc);
    weir_text_fini(&text);
    weir_plan_free(plan);
    free(world);
}

/* What is named, and what nothing can be understood without; wrong names are refused. */
static void fields(void)
{
    static const char job[] = "{\"event\":\"window_ends\",\"view\":{\"time_s\":0.33333333333333331,\"window_s\":10.0,";
    static const struct {
        const char *names, *wanted;
    } cases[] = {
        {"job.backlog", "\"jobs\":[{\"name\":\"camera \\\"1\\\"\",\"running\":true,\"operators\":["
                        "{\"name\":\"detect\",\"changing\":false,\"planned\":[{\"host\":\"edge-1\"}]},"
                        "{\"name\":\"count\",\"changing\":false,\"planned\":[{\"host\":\"edge-1\"}]}],\"backlog\":0.0},"
                        "{\"name\":\"gone\",\"running\":false}]}}\n"},
        {"host.cores,operator.instances", "\"hosts\":[{\"name\":\"edge-1\",\"cores\":2,\"free_slots\":2},{\"name\":"
                                          "\"cloud\",\"cores\":16,\"free_slots\":null}],"
                                          "\"jobs\":[{\"name\":\"camera \\\"1\\\"\",\"running\":true,\"operators\":["
                                          "{\"name\":\"detect\",\"instances\":[{\"host\":\"edge-1\",\"weight\":1.0,"
                                          "\"cpu_share\":1.0}],\"changing\":false,"
                                          "\"planned\":[{\"host\":\"edge-1\",\"weight\":1.0,\"cpu_share\":1.0}]},"
                                          "{\"name\":\"count\",\"instances\":[{\"host\":\"edge-1\",\"weight\":1.0,"
                                          "\"cpu_share\":1.0}],\"changing\":false,"
                                          "\"planned\":[{\"host\":\"edge-1\",\"weight\":1.0,\"cpu_share\":1.0}]}]},"
                                          "{\"name\":\"gone\",\"running\":false}]}}\n"},
    };
    struct weir_mock *world = world_of_two();
    struct weir_plan *plan = weir_plan_new(&world->view);
    bool *wanted;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weir_text text = {0};
        CU_ASSERT_EQUAL_FATAL(weir_pipe_read_fields(cases[i].names, &wanted), WEIR_OK);
        weir_pipe_add_event(&text, "window_ends", -1, &world->view, plan, false, wanted);
        char *line = weir_format("%s%s", job, cases[i].wanted);
        if (strcmp(weir_text_string(&text), line) != 0)
            fprintf(stderr, "\n%s: got %swanted %s", cases[i].names, weir_text_string(&text), line);
        CU_ASSERT_STRING_EQUAL(weir_text_string(&text), line);
        free(line);
        free(wanted);
        weir_text_fini(&text);
    }
    CU_ASSERT_EQUAL(weir_pipe_read_fields("", &wanted), WEIR_OK);
    CU_ASSERT_PTR_NULL(wanted);
    CU_ASSERT_EQUAL(weir_pipe_read_fields("job.backlog,job.backlogs", &wanted), WEIR_EINPUT);
    CHECK_MESSAGE("\"fields\": there is no \"job.backlogs\" that is sent; did you mean \"job.backlog\"?");
    CU_ASSERT_PTR_NULL(wanted);
    CU_ASSERT_EQUAL(weir_pipe_read_fields("view.ends_s", &wanted), WEIR_EINPUT);
    CHECK_MESSAGE("there is no \"view.ends_s\" that is sent");
    weir_plan_free(plan);
    free(world);
}

static void the_hello(void)
{
    struct weir_text text = {0};
    weir_pipe_add_hello(&text, ULLONG_MAX, "policy/0/exec", "{\"high\":0.7}");
    CU_ASSERT_STRING_EQUAL(weir_text_string(&text), "{\"hello\":{\"abi\":5,\"seed\":18446744073709551615,"
                                                    "\"stream\":\"policy/0/exec\",\"params\":{\"high\":0.7}}}\n");
    weir_text_fini(&text);
}

#define JOB "\"job\": \"camera \\\"1\\\"\", "

/* What an answer makes of the plan: "job/op host*weight*share ...: why". */
static void decisions(void)
{
    static const struct {
        const char *answer, *wanted;
    } cases[] = {
        {"{}", ""},
        {"{\"plan\": []}", ""},
        {"{\"# note\": 1, \"plan\": [{" JOB "\"op\": \"count\", \"scale\": 2, \"why\": \"100 %d\"}]}",
         "0/1 0*1*1 0*1*1: 100 %d\n"},
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"scale\": 1}]}", ""}, /* as it is */
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"scale\": 0, \"why\": \"none\"}]}", "0/1: none\n"},
        {"{\"plan\": [{" JOB "\"op\": \"detect\", \"move\": \"cloud\"}]}", "0/0 1*1*1: \n"},
        {"{\"plan\": [{" JOB
         "\"op\": \"detect\", \"instances\": [{\"host\": \"cloud\", \"weight\": 0.30000000000000004},"
         " {\"host\": \"edge-1\", \"cpu_share\": 0.5}], \"why\": \"x\"}]}",
         "0/0 1*0.30000000000000004*1 0*1*0.5: x\n"},
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"move\": \"cloud\"}, {" JOB
         "\"op\": \"detect\", \"instances\": []}]}",
         "0/1 1*1*1: \n0/0: \n"},
        {"{\"plan\": [{" JOB "\"op\": \"source\", \"to\": \"detect\", \"rate\": 2.5e6, \"why\": \"w\"}, {" JOB
         "\"op\": \"count\", \"to\": \"sink\", \"rate\": 0}]}",
         "0/-1 > 0 at 2500000: w\n0/1 > -1 at 0: \n"},
        {"{\"plan\": [{" JOB "\"op\": \"detect\", \"to\": \"count\", \"rate\": null}]}", ""}, /* as it is */
        {"{\"plan\": [{\"sleep\": \"cloud\", \"why\": \"idle\"}]}", "1 sleeps: idle\n"},
        {"{\"plan\": [{\"wake\": \"cloud\"}]}", ""}, /* it is awake */
        {"{\"plan\": [{\"host\": \"cloud\", \"pstate\": 2, \"why\": \"idle\"}]}", "1 in state 2: idle\n"},
        {"{\"plan\": [{\"host\": \"cloud\", \"pstate\": 0}]}", ""}, /* as it is */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weir_mock *world = world_of_two();
        struct weir_plan *plan = weir_plan_new(&world->view);
        struct weir_text text = {0};
        int count;
        CU_ASSERT_EQUAL(weir_pipe_read_answer(cases[i].answer, &world->view, plan), WEIR_OK);
        const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
        for (int c = 0; c < count; c++) {
            weir_text_addf(&text, "%d/%d", changes[c].job, changes[c].op);
            for (int k = 0; k < changes[c].count; k++)
                weir_text_addf(&text, " %d*%.17g*%.17g", changes[c].instances[k].host, changes[c].instances[k].weight,
                               changes[c].instances[k].cpu_share);
            weir_text_addf(&text, ": %s\n", changes[c].why);
        }
        const struct weir_plan_rate_change *rates = weir_plan_rates(plan, &count);
        for (int r = 0; r < count; r++)
            weir_text_addf(&text, "%d/%d > %d at %.17g: %s\n", rates[r].job, rates[r].from, rates[r].to,
                           rates[r].bytes_per_s, rates[r].why);
        const struct weir_plan_power_change *powers = weir_plan_powers(plan, &count);
        for (int p = 0; p < count; p++)
            weir_text_addf(&text, "%d %s: %s\n", powers[p].host, powers[p].sleeps ? "sleeps" : "wakes", powers[p].why);
        const struct weir_plan_pstate_change *states = weir_plan_pstates(plan, &count);
        for (int p = 0; p < count; p++)
            weir_text_addf(&text, "%d in state %d: %s\n", states[p].host, states[p].pstate, states[p].why);
        CU_ASSERT_STRING_EQUAL(weir_text_string(&text), cases[i].wanted);
        weir_text_fini(&text);
        weir_plan_free(plan);
        free(world);
    }
}

static void wrong_answers(void)
{
    static const struct {
        const char *answer, *message;
    } cases[] = {
        {"", "the program's answer"},
        {"{", "the program's answer:1:2"},
        {"{} {}", "the program's answer:1:4"},
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"scale\": 2, \"why\": \"caf\xe9\"}]}", "the byte e9 is not UTF-8"},
        {"{\"a\xc3\": 1}", "the program's answer:1:4: the byte c3 is not UTF-8"},
        {"{\"plan\": [], \"plan\": []}", "plan"},
        {"17", "must be an object such as {}"},
        {"{\"plan\": {}}", "plan: must be a list of decisions"},
        {"{\"plan\": [7]}", "plan[0]"},
        {"{\"plan\": [{}]}", "plan[0]: the key \"job\" is missing"},
        {"{\"plan\": [{" JOB "\"scale\": 2}]}", "plan[0]: the key \"op\" is missing"},
        {"{\"plan\": [{\"job\": \"camera\", \"op\": \"count\", \"scale\": 2}]}", "there is no job \"camera\""},
        {"{\"plan\": [{" JOB "\"op\": \"cuont\", \"scale\": 2}]}", "no operator \"cuont\"; did you mean \"count\"?"},
        {"{\"plan\": [{" JOB "\"op\": \"count\"}]}", "must have one of"},
        {"{\"plan\": [{\"slep\": \"cloud\"}]}", "unknown key \"slep\"; did you mean \"sleep\"?"},
        {"{\"plan\": [{\"sleep\": \"cloud\", \"wake\": \"cloud\"}]}", "must have one of \"sleep\" and \"wake\""},
        {"{\"plan\": [{\"pstate\": 1}]}", "plan[0]: the key \"host\" is missing"},
        {"{\"plan\": [{\"host\": \"cloud\", \"pstate\": 1.5}]}", "plan[0].pstate"},
        {"{\"plan\": [{\"host\": \"cloud\", \"pstate\": -1}]}", "plan[0].pstate"},
        {"{\"plan\": [{\"host\": \"cluod\", \"pstate\": 1}]}", "there is no host \"cluod\"; did you mean \"cloud\"?"},
        {"{\"plan\": [{\"wake\": \"clod\"}]}", "there is no host \"clod\"; did you mean \"cloud\"?"},
        {"{\"plan\": [{\"sleep\": \"cloud\", " JOB "\"op\": \"count\"}]}", "\"job\""},
        {"{\"plan\": [{" JOB "\"op\": \"detect\", \"rate\": 5}]}", "plan[0]: the key \"to\" is missing"},
        {"{\"plan\": [{" JOB "\"op\": \"source\", \"to\": \"count\", \"rate\": 5}]}", "no edge from source to count"},
        {"{\"plan\": [{" JOB "\"op\": \"source\", \"to\": \"source\", \"rate\": 5}]}", "no operator \"source\""},
        {"{\"plan\": [{" JOB "\"op\": \"sink\", \"to\": \"count\", \"rate\": 5}]}", "no operator \"sink\""},
        {"{\"plan\": [{" JOB "\"op\": \"source\", \"scale\": 5}]}", "no operator \"source\""},
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"to\": \"sink\", \"scale\": 5}]}", "belongs to a \"rate\""},
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"to\": \"sink\", \"rate\": \"5\"}]}", "plan[0].rate"},
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"scale\": 1.5}]}", "plan[0].scale"},
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"scale\": 1e12}]}", "plan[0].scale"},
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"move\": 0}]}", "plan[0].move"},
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"move\": \"edge-2\"}]}", "there is no host \"edge-2\"; did you mean"},
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"instances\": 2}]}", "must be a list such as"},
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"instances\": [{\"host\": \"cloud\", \"wieght\": 2}]}]}",
         "\"weight\""},
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"instances\": [{\"host\": \"cloud\", \"weight\": null}]}]}",
         "weight"},
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"scale\": NaN}]}", "JSON has no NaN"},
        {"{\"plan\": [{" JOB "\"op\": \"count\", \"scale\": -Infinity}]}", "JSON has no NaN"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weir_mock *world = world_of_two();
        struct weir_plan *plan = weir_plan_new(&world->view);
        CU_ASSERT_EQUAL(weir_pipe_read_answer(cases[i].answer, &world->view, plan), WEIR_ERUN);
        CHECK_MESSAGE(cases[i].message);
        weir_plan_free(plan);
        free(world);
    }
    struct weir_mock *world = world_of_two();
    CU_ASSERT_EQUAL(weir_pipe_read_answer("{\"plan\": []}", &world->view, NULL), WEIR_OK);
    CU_ASSERT_EQUAL(weir_pipe_read_answer("{\"plan\": [{}]}", &world->view, NULL), WEIR_ERUN);
    CHECK_MESSAGE("must be empty: the departure of a job leaves nothing to decide");
    free(world);
}

/* 1 MiB each way is more than any pipe holds. */
static void long_lines(void)
{
    struct weir_process process = {0};
    size_t size = (size_t)1 << 20;
    char *line = malloc(size + 1);
    memset(line, 'x', size - 1);
    line[size - 1] = '\n';
    line[size] = '\0';
    const char *answer = NULL;
    CU_ASSERT_EQUAL(weir_process_start(&process, "cat", ""), WEIR_OK);
    for (int i = 0; i < 3; i++) {
        line[i] = 'y';
        CU_ASSERT_EQUAL(weir_process_ask(&process, line, size, 30, &answer), WEIR_OK);
        CU_ASSERT(answer && strlen(answer) == size - 1 && strncmp(answer, line, size - 1) == 0);
    }
    weir_process_stop(&process, "bye\n", 5);
    CU_ASSERT_FALSE(process.running);
    weir_process_stop(&process, "bye\n", 5); /* nothing runs any more */
    free(line);
}

/* The folder is where the program runs; one that is not there is told by its exit code. */
static void folders(void)
{
    struct weir_process process = {0};
    const char *answer = NULL;
    CU_ASSERT_EQUAL(weir_process_start(&process, "read -r line; pwd; read -r line", "/"), WEIR_OK);
    CU_ASSERT_EQUAL(weir_process_ask(&process, "a\n", 2, 30, &answer), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(answer, "/");
    weir_process_stop(&process, NULL, 0);
    CU_ASSERT_EQUAL(weir_process_start(&process, "true", "/no/such/folder"), WEIR_OK);
    CU_ASSERT_EQUAL(weir_process_ask(&process, "a\n", 2, 30, &answer), WEIR_ERUN);
    CHECK_MESSAGE("ended with code 126 before it answered");
    weir_process_stop(&process, NULL, 0);
}

/* Whoever writes to a program that has gone gets an error and no SIGPIPE. */
static void gone(void)
{
    struct weir_process process = {0};
    const char *answer = NULL;
    CU_ASSERT_EQUAL(weir_process_start(&process, "read -r line; echo one; exit 5", ""), WEIR_OK);
    CU_ASSERT_EQUAL(weir_process_ask(&process, "a\n", 2, 30, &answer), WEIR_OK);
    CU_ASSERT_EQUAL(weir_process_ask(&process, "b\n", 2, 30, &answer), WEIR_ERUN);
    CHECK_MESSAGE("the program ended with code 5 before it answered");
    CU_ASSERT_PTR_NULL(answer);
    weir_process_stop(&process, "bye\n", 5);
}

/* Answers in pieces: a line is there when its end has come, and nothing may follow in the same breath. */
static void pieces(void)
{
    static const struct {
        const char *pieces[4], *line, *message;
    } cases[] = {
        {{"{}\n"}, "{}", NULL},
        {{"{", "}", "\n"}, "{}", NULL},
        {{"\n"}, "", NULL},
        {{"{\"plan\"", ": []}"}, NULL, NULL},
        {{"{}\n{}\n"}, NULL, "answered twice: \"{}\""},
        {{"{", "}\n{\"pl"}, NULL, "answered twice: \"{\"pl\""},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct weir_pipe_answer answer = {0};
        const char *line = NULL;
        int code = WEIR_OK;
        weir_pipe_answer_add(&answer, "of the event before", 19);
        weir_pipe_answer_begin(&answer);
        for (int p = 0; p < 4 && cases[c].pieces[p] && !code; p++) {
            CU_ASSERT_PTR_NULL(line);
            weir_pipe_answer_add(&answer, cases[c].pieces[p], strlen(cases[c].pieces[p]));
            code = weir_pipe_answer_take(&answer, &line);
        }
        CU_ASSERT_EQUAL(code, cases[c].message ? WEIR_ERUN : WEIR_OK);
        CU_ASSERT_EQUAL(line != NULL, cases[c].line != NULL);
        if (line && cases[c].line)
            CU_ASSERT_STRING_EQUAL(line, cases[c].line);
        if (cases[c].message)
            CHECK_MESSAGE(cases[c].message);
        weir_pipe_answer_fini(&answer);
    }
}

/* Of what a program complains, the lines that tell what went wrong. The numbers in brackets say why: [1] the last
 * three; [2] from the script's line on; [3] the script's line, the one after it, and the last two. */
static void complaints(void)
{
    static const struct {
        const char *written, *kept;
    } cases[] = {
        {"", ""},
        {"one\ntwo\n\n  \n", "one | two"}, /* [1] */
        {"one\ntwo\nthree\nfour\n", "two | three | four"},
        {"Error: x\r\n\r\n", "Error: x"},
        {" 10%\r 20%\r", "10% | 20%"},
        {"\033[31mred\033[0m\n\t", "[31mred[0m"},
        {"one\n  tw", "one | tw"},
        {"caf\xc3\xa9, caf\xe9\n", "caf\xc3\xa9, caf?"},
        {"Traceback:\n  File \"/home/mine.py\", line 9, in <module>\n    go()\n  File \"/home/mine.py\", line 3, in "
         "go\n"
         "    return buzy\n           ^^^^\nNameError: buzy\n", /* [2] */
         "File \"/home/mine.py\", line 3, in go | return buzy | NameError: buzy"},
        {"File \"mine.py\", line 3\n  read(x)\nFile \"json.py\", line 1\n  a\nFile \"json.py\", line 2\n  b\nE: "
         "wrong\n",
         "File \"mine.py\", line 3 | read(x) | ... | b | E: wrong"}, /* [3] */
        {"mine.pyc\nan undermine.py\n1\n2\n3\n", "1 | 2 | 3"},       /* other names */
        {"python3: a\nb\nc\nd\n", "b | c | d"},                      /* no file of the user */
    };
    struct weir_pipe_complaint complaint = {0};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        weir_pipe_complaint_add(&complaint, cases[c].written, strlen(cases[c].written));
        char *text = weir_pipe_complaint(&complaint, "python3 -u 'tools/mine.py' 3");
        CU_ASSERT_STRING_EQUAL(text, cases[c].kept);
        free(text);
        weir_pipe_complaint_fini(&complaint);
    }
    /* 240 characters of a line are enough, and the last lines are seen however much came before. */
    for (int i = 0; i < 300000; i++)
        weir_pipe_complaint_add(&complaint, i == 299000 ? "\n" : "x", 1);
    char *text = weir_pipe_complaint(&complaint, "./mine");
    CU_ASSERT_EQUAL(strlen(text), 240 + 3 + 240);
    free(text);
    weir_pipe_complaint_fini(&complaint);
}

/* An item with its candidates, and answers to it. */
static void items(void)
{
    struct weir_mock *world = world_of_two();
    static const struct weir_candidate candidates[] = {{0, 1, 2.5, 3, 4, 5}, {1, 2, 1, 0, 0, 0}};
    struct weir_routing item = {.time_s = 0.1 + 0.2,
                                .op = 1,
                                .from = 0,
                                .host = 1,
                                .bytes = 1e5,
                                .candidates = candidates,
                                .count = 2,
                                .choice = -1};
    struct weir_text text = {0};
    weir_pipe_add_item(&text, &world->view, &item);
    CU_ASSERT_STRING_EQUAL(
        weir_text_string(&text),
        "{\"event\":\"route\",\"time_s\":0.30000000000000004,\"job\":\"camera \\\"1\\\"\",\"op\":"
        "\"count\",\"from\":\"detect\",\"host\":\"cloud\",\"bytes\":100000.0,\"choice\":null,"
        "\"candidates\":[{\"host\":\"edge-1\",\"instances\":1,\"weight\":2.5,\"waiting\":3,\"coming\":4,"
        "\"serving\":5},{\"host\":\"cloud\",\"instances\":2,\"weight\":1.0,\"waiting\":0,\"coming\":0,"
        "\"serving\":0}]}\n");
    weir_text_fini(&text);
    static const struct {
        const char *answer;
        int choice;
        double flops;
        const char *wrong;
    } cases[] = {{"{}", -1, 7, NULL},
                 {"{\"route\": 1}", 1, 7, NULL},
                 {"{\"route\": 0, \"flops\": 1e3}", 0, 1007, NULL},
                 {"{\"route\": 2}", -1, 7, "route"},
                 {"{\"route\": -1}", -1, 7, "route"},
                 {"{\"route\": 0.5}", -1, 7, "route"},
                 {"{\"flops\": -1}", -1, 7, "flops"},
                 {"{\"plan\": []}", -1, 7, "unknown key \"plan\""},
                 {"[0]", -1, 7, "must be an object such as {} or {\"route\": 0}"},
                 {"{\"flops\": NaN}", -1, 7, "JSON has no NaN"}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        item.choice = -1;
        item.flops = 7;
        int code = weir_pipe_read_choice(cases[c].answer, &item);
        CU_ASSERT_EQUAL(code, cases[c].wrong ? WEIR_ERUN : WEIR_OK);
        CU_ASSERT_EQUAL(item.choice, cases[c].choice);
        CU_ASSERT_EQUAL(item.flops, cases[c].flops);
        if (cases[c].wrong)
            CHECK_MESSAGE(cases[c].wrong);
    }
    free(world);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"the view", the_view},
        {"fields", fields},
        {"the hello", the_hello},
        {"items", items},
        {"decisions", decisions},
        {"wrong answers", wrong_answers},
        {"pieces", pieces},
        {"complaints", complaints},
        {"long lines", long_lines},
        {"folders", folders},
        {"gone", gone},
        {0},
    };
    return weir_test_main("pipe", cases, argc, argv);
}
