#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/model/workload.h"
#include "tests/support/test.h"

/* Two sites with a device and an edge host each, and two cloud hosts. */
static struct weir_host hosts[] = {
    {.name = "cam-1", .region = "site-1", .tier = WEIR_TIER_DEVICE, .cores = 1, .slots = 2},
    {.name = "edge-1", .region = "site-1", .tier = WEIR_TIER_EDGE, .cores = 4, .slots = 4},
    {.name = "cam-2", .region = "site-2", .tier = WEIR_TIER_DEVICE, .cores = 1, .slots = 2},
    {.name = "edge-2", .region = "site-2", .tier = WEIR_TIER_EDGE, .cores = 4, .slots = 4},
    {.name = "cloud-1", .region = "west", .tier = WEIR_TIER_CLOUD, .cores = 32},
    {.name = "cloud-2", .region = "east", .tier = WEIR_TIER_CLOUD, .cores = 32},
};
enum { CAM_1, EDGE_1, CAM_2, EDGE_2, CLOUD_1, CLOUD_2, HOSTS };

static struct weir_platform *platform(void)
{
    static struct weir_platform *read;
    if (!read) {
        const char *head = "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                           "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\">";
        char *text = weir_copy(head);
        for (int i = 0; i < HOSTS; i++) {
            char *longer =
                weir_format("%s<host id=\"%s\" speed=\"1Gf\" core=\"%d\"><prop id=\"tier\" value=\"%s\"/>"
                            "<prop id=\"region\" value=\"%s\"/>",
                            text, hosts[i].name, hosts[i].cores, weir_tier_names[hosts[i].tier], hosts[i].region);
            free(text);
            text = hosts[i].slots ? weir_format("%s<prop id=\"slots\" value=\"%d\"/></host>", longer, hosts[i].slots)
                                  : weir_format("%s</host>", longer);
            free(longer);
        }
        char *whole = weir_format("%s</zone></platform>\n", text);
        if (weir_platform_read(weir_test_file("world.xml", whole), &read)) {
            fprintf(stderr, "%s\n", weir_error_message());
            exit(2);
        }
        free(whole);
        free(text);
    }
    return read;
}

/* The workload that a text with single quotes describes; NULL if it is refused. */
static struct weir_workload *read_text(const char *text)
{
    char *json = weir_copy(text);
    for (char *c = json; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    struct weir_json_doc *doc = NULL;
    struct weir_workload *workload = NULL;
    int code = weir_json_parse(json, "test.json", &doc);
    if (!code) {
        struct weir_json root = weir_json_root(doc);
        code = weir_workload_read(&root, "tests/input/valid/test.json", platform(), &workload);
    }
    CU_ASSERT_EQUAL(code, workload ? WEIR_OK : WEIR_EINPUT);
    weir_json_free(doc); /* nothing of the document is kept */
    free(json);
    return workload;
}

/* A workload of one job with more keys, which must be right. */
#define SOURCE(name) "{'name':'" name "','source':'edge-1','load':{'kind':'constant','rate':'1/s'}}"
#define MANY(more)   "{'jobs':[{'name':'j','sources':[" SOURCE("s") "," SOURCE("t") "]," more "}]}"
#define JOB(more)    "{'jobs':[{'name':'j','load':{'kind':'constant','rate':'1/s'}," more "}]}"
static struct weir_workload *need(const char *text)
{
    struct weir_workload *workload = read_text(text);
    if (!workload) {
        fprintf(stderr, "\n%s\n", weir_error_message());
        exit(2);
    }
    return workload;
}

static void defaults(void)
{
    struct weir_workload *workload = need(JOB("'source':'edge-1','operators':[{'name':'a'},{'name':'b'}]"));
    CU_ASSERT_EQUAL_FATAL(workload->job_count, 1);
    const struct weir_job *job = &workload->jobs[0];
    CU_ASSERT_STRING_EQUAL(job->name, "j");
    CU_ASSERT(job->arrive_s == 0 && isinf(job->depart_s) && isinf(job->slo_s) && job->source_bytes == 0);
    CU_ASSERT(job->source_host == EDGE_1 && job->sink_host == -1 && job->sink.kind == WEIR_WHERE_ANY);
    CU_ASSERT(job->backlog_capacity == 0 && job->backlog_full == WEIR_BACKLOG_DROP_NEW && !job->is_copy);
    CU_ASSERT_EQUAL_FATAL(job->operator_count, 2);
    const struct weir_operator *op = &job->operators[0];
    CU_ASSERT(op->flops.mean == 0 && op->flops.spread == WEIR_SPREAD_CONSTANT && op->selectivity == 1);
    CU_ASSERT(op->state_bytes == 0 && op->state_bytes_per_item == 0 && isinf(op->state_max_bytes));
    CU_ASSERT(!op->join_all && op->window_s == 0 && op->keys == 0 && !op->shared_queue);
    CU_ASSERT(op->input_capacity == 1000 && op->parallelism == 1);
    CU_ASSERT(op->min_instances == 1 && op->max_parallelism == 16);
    CU_ASSERT(op->where.kind == WEIR_WHERE_SOURCE);
    /* a chain: source -> a -> b -> sink */
    CU_ASSERT_EQUAL_FATAL(job->edge_count, 3);
    for (int e = 0; e < 3; e++) {
        CU_ASSERT(job->edges[e].from == e - 1 && job->edges[e].to == (e < 2 ? e : -1));
        CU_ASSERT_EQUAL(job->edges[e].full, WEIR_FULL_BLOCK);
    }
    weir_workload_free(workload);
}

static void every_key(void)
{
    struct weir_workload *workload = need(
        JOB("'arrive':'10s','depart':'1h','source':{'region':'site-2','tier':'edge'},'source_bytes':'2kB',"
            "'sink':{'tier':'cloud'},'slo':'500ms','backlog':{'capacity':50,'full':'drop-old'},'operators':["
            "{'name':'a','flops':{'mean':'20Mf','distribution':'gamma','cv':0.5},'bytes':'200B','selectivity':0.5,"
            "'keys':{'count':1000,'skew':0.8},'state':{'size':'1MB','per_key':'1kB','per_item':'100B','max':'1GB'},"
            "'parallelism':2,'max_parallelism':8,'placement':{'region':'west'},'capacity':20},"
            "{'name':'b','flops':{'mean':'1Mf','distribution':'exponential'},'window':'10s','queue':'shared',"
            "'parallelism':20,'min_instances':0,'placement':'cloud-2','state':'5kB'}],"
            "'edges':[['source','a'],{'from':'a','to':'b','full':'shed','share':0.3},['b','sink']]"));
    const struct weir_job *job = &workload->jobs[0];
    CU_ASSERT(job->arrive_s == 10 && job->depart_s == 3600 && job->source_bytes == 2000 && job->slo_s == 0.5);
    CU_ASSERT(job->source_host == EDGE_2 && job->sink_host == CLOUD_1);
    CU_ASSERT(job->backlog_capacity == 50 && job->backlog_full == WEIR_BACKLOG_DROP_OLD);
    const struct weir_operator *a = &job->operators[0], *b = &job->operators[1];
    CU_ASSERT(a->flops.mean == 20e6 && a->flops.cv == 0.5 && a->flops.spread == WEIR_SPREAD_GAMMA);
    CU_ASSERT(a->out_bytes == 200 && a->selectivity == 0.5 && a->keys == 1000 && a->key_skew == 0.8);
    CU_ASSERT_EQUAL(a->state_bytes, 2e6); /* 1 MB + 1000 keys * 1 kB */
    CU_ASSERT(a->state_bytes_per_item == 100 && a->state_max_bytes == 1e9);
    CU_ASSERT(a->parallelism == 2 && a->max_parallelism == 8 && a->input_capacity == 20);
    CU_ASSERT(a->where.kind == WEIR_WHERE_REGION && a->where.tier == -1 && strcmp(a->where.name, "west") == 0);
    CU_ASSERT(b->flops.cv == 1 && b->window_s == 10 && b->shared_queue && b->state_bytes == 5000);
    CU_ASSERT(b->parallelism == 20 && b->min_instances == 0 &&
              b->max_parallelism == 20); /* at least as many as at the start */
    CU_ASSERT(b->where.kind == WEIR_WHERE_HOST);
    CU_ASSERT(job->edges[1].full == WEIR_FULL_SHED && job->edges[1].shed_share == 0.3);
    weir_workload_free(workload);
}

static void operators_are_in_topological_order(void)
{
    /* in the file: d c b a; edges source -> a -> b, c -> d. In order, the earlier in the file first: a, c, b, d. */
    struct weir_workload *workload = need(
        JOB("'source':'edge-1','operators':[{'name':'d','join':'all'},{'name':'c'},{'name':'b'},{'name':'a'}],'edges':"
            "[['source','a'],['a','b'],['a','c'],['b','d'],['c','d'],['d','sink']]"));
    const struct weir_job *job = &workload->jobs[0];
    static const char *const order[] = {"a", "c", "b", "d"};
    static const int from[] = {-1, 0, 0, 2, 1, 3}, to[] = {0, 2, 1, 3, 3, -1};
    for (int i = 0; i < 4; i++)
        CU_ASSERT_STRING_EQUAL(job->operators[i].name, order[i]);
    for (int e = 0; e < 6; e++)
        CU_ASSERT(job->edges[e].from == from[e] && job->edges[e].to == to[e]);
    CU_ASSERT(job->operators[3].join_all);
    weir_workload_free(workload);
    /* a source may feed several operators, a join follow a join */
    workload =
        need(JOB("'source':'edge-1','operators':[{'name':'a'},{'name':'b'},{'name':'c','join':'all'},{'name':'d',"
                 "'join':'all'}],'edges':[['source','a'],['source','b'],['source','d'],['a','c'],['b','c'],"
                 "['c','d'],['d','sink']]"));
    weir_workload_free(workload);
    /* behind the join anything goes */
    workload = need(JOB("'source':'edge-1','operators':[{'name':'a'},{'name':'b'},{'name':'c','join':'all',"
                        "'selectivity':0.5},{'name':'d','window':'1s','selectivity':0.1}],'edges':[['source','a'],"
                        "['source','b'],['a','c'],['b','c'],{'from':'c','to':'d','full':'drop-new'},['d','sink']]"));
    weir_workload_free(workload);
}

static void templates_spread(void)
{
    struct weir_workload *workload = need(
        "{'jobs':[{'name':'late','arrive':'3s','source':'cloud-1','load':{'kind':'constant','rate':'1/s'},"
        "'operators':[{'name':'x'}]},"
        "{'name':'t','count':5,'arrive':'1s','arrive_every':'1s','source':{'tier':'edge'},'sink':{'tier':'device'},"
        "'load':{'kind':'poisson','rate':'1/s'},'operators':[{'name':'x','placement':{'tier':'edge'}}]}]}");
    /* t-0 at 1 s, t-1 at 2 s, then late and t-2 at 3 s in the order of the file */
    static const char *const names[] = {"t-0", "t-1", "late", "t-2", "t-3", "t-4"};
    static const int source[] = {EDGE_1, EDGE_2, CLOUD_1, EDGE_1, EDGE_2, EDGE_1};
    static const int sink[] = {CAM_1, CAM_2, -1, CAM_1, CAM_2, CAM_1};
    static const double arrive_s[] = {1, 2, 3, 3, 4, 5};
    CU_ASSERT_EQUAL_FATAL(workload->job_count, 6);
    CU_ASSERT_EQUAL(workload->load_count, 2);
    for (int i = 0; i < 6; i++) {
        const struct weir_job *job = &workload->jobs[i];
        CU_ASSERT_STRING_EQUAL(job->name, names[i]);
        CU_ASSERT(job->source_host == source[i] && job->sink_host == sink[i] && job->arrive_s == arrive_s[i]);
        CU_ASSERT(i == 2 || job->load == workload->jobs[0].load);
        CU_ASSERT_STRING_EQUAL(job->operators[0].name, "x");
    }
    weir_workload_free(workload);
    /* all copies on one host */
    workload = need(JOB("'count':3,'source':'edge-2','operators':[{'name':'x'}]"));
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(workload->jobs[i].source_host, EDGE_2);
    weir_workload_free(workload);
    /* results go back to the source of each copy, not to that of the first */
    workload = need(JOB("'count':4,'source':{'tier':'edge'},'sink':'source','operators':[{'name':'x'}]"));
    for (int i = 0; i < 4; i++)
        CU_ASSERT(workload->jobs[i].sink_host == workload->jobs[i].source_host &&
                  workload->jobs[i].source_host == (i % 2 ? EDGE_2 : EDGE_1));
    weir_workload_free(workload);
}

static void many_copies_are_cheap(void)
{
    struct weir_workload *workload = need(JOB("'count':100000,'source':{'tier':'edge'},'operators':[{'name':'x'}]"));
    CU_ASSERT_EQUAL(workload->job_count, 100000);
    CU_ASSERT_STRING_EQUAL(workload->jobs[99999].name, "j-99999");
    CU_ASSERT_EQUAL(workload->jobs[99999].operators, workload->jobs[0].operators); /* shared */
    weir_workload_free(workload);
}

/* An edge carries what its operator emits, or what it says itself. */
static void edges_have_sizes(void)
{
    struct weir_workload *workload =
        need(JOB("'source':'edge-1','source_bytes':'7B','operators':[{'name':'b','bytes':'20B'},{'name':'a',"
                 "'bytes':'10B'},{'name':'c'}],'edges':[['source','a'],{'from':'source','to':'b','bytes':'5B'},"
                 "{'from':'a','to':'c','bytes':'0B'},['b','c'],['a','b'],['c','sink']]"));
    const struct weir_job *job = workload->jobs;
    static const double wanted[] = {7, 5, 0, 20, 10, 0};
    CU_ASSERT_EQUAL_FATAL(job->edge_count, 6);
    for (int e = 0; e < job->edge_count; e++)
        CU_ASSERT_EQUAL(job->edges[e].bytes, wanted[e]);
    weir_workload_free(workload);
    workload = need(JOB("'source':'edge-1','source_bytes':'7B','operators':[{'name':'a','bytes':'10B'}]"));
    CU_ASSERT(workload->jobs[0].edges[0].bytes == 7 && workload->jobs[0].edges[1].bytes == 10);
    weir_workload_free(workload);
}

static void where_in_order(void)
{
    static const struct {
        struct weir_where where;
        int source, count, wanted[HOSTS];
    } cases[] = {
        {{WEIR_WHERE_ANY, NULL, -1}, EDGE_2, 1, {EDGE_2}},
        {{WEIR_WHERE_SOURCE, NULL, -1}, CAM_1, 1, {CAM_1}},
        {{WEIR_WHERE_SOURCE, NULL, -1}, -1, 0, {0}},
        {{WEIR_WHERE_HOST, "cloud-2", -1}, CAM_1, 1, {CLOUD_2}},
        {{WEIR_WHERE_REGION, "site-2", -1}, CAM_1, 2, {CAM_2, EDGE_2}},
        {{WEIR_WHERE_REGION, "site-2", WEIR_TIER_EDGE}, CAM_1, 1, {EDGE_2}},
        {{WEIR_WHERE_TIER, NULL, WEIR_TIER_EDGE}, CAM_1, 2, {EDGE_1, EDGE_2}},
        {{WEIR_WHERE_TIER, NULL, WEIR_TIER_EDGE}, CAM_2, 2, {EDGE_2, EDGE_1}}, /* its own region first */
        {{WEIR_WHERE_TIER, NULL, WEIR_TIER_EDGE}, -1, 2, {EDGE_1, EDGE_2}},
        {{WEIR_WHERE_TIER, NULL, WEIR_TIER_CLOUD}, CAM_2, 2, {CLOUD_1, CLOUD_2}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int found[HOSTS] = {0}, none;
        int count = weir_where_hosts(&cases[i].where, platform(), cases[i].source, found, HOSTS);
        CU_ASSERT_EQUAL(count, cases[i].count);
        for (int h = 0; h < count; h++)
            CU_ASSERT_EQUAL(found[h], cases[i].wanted[h]);
        CU_ASSERT_EQUAL(weir_where_hosts(&cases[i].where, platform(), cases[i].source, &none, 0), cases[i].count);
    }
}

#define OPS(list) "'source':'edge-1','operators':[" list "]"
static void mistakes_are_told(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"[]", "test.json: expected an object"},
        {"{}", "test.json: the key \"jobs\" is missing"},
        {"{'jobs':[]}", "test.json: jobs: must be a list of at least one job"},
        {"{'jobs':{}}", "must be a list of at least one job"},
        {"{'jobs':[3]}", "jobs[0]: expected an object, got the number 3"},
        {"{'jobs':[{'name':''}]}", "jobs[0].name: must not be empty"},
        {JOB("'source':3,'operators':[{'name':'a'}]"), "jobs[0].source: expected an object"},
        {JOB("'source':{},'operators':[{'name':'a'}]"), "source: must name a \"host\", a \"region\" or a \"tier\""},
        {JOB("'source':{'host':'edge-3'},'operators':[{'name':'a'}]"), "has no host \"edge-3\"; did you mean \"edge-"},
        {JOB("'source':{'region':'nord'},'operators':[{'name':'a'}]"),
         "has no region \"nord\"; the first is \"site-1\""},
        {JOB("'source':'edge-1','operators':'a'"), "operators: must be a list"},
        {JOB(OPS("{'name':'source'}")), "operators[0].name: \"source\" is a reserved name"},
        {JOB(OPS("{'name':'a','keys':0}")), "operators[0].keys: 0 is too small"},
        {JOB(OPS("{'name':'a','keys':{'skew':1}}")), "the key \"count\" is missing"},
        {JOB(OPS("{'name':'a','keys':5,'queue':'shared'}")), "a shared queue cannot keep keys apart"},
        {JOB(OPS("{'name':'a','flops':{'mean':'1Mf','cv':0.5}}")), "the constant distribution has no \"cv\""},
        {JOB(OPS("{'name':'a','flops':{'mean':'1Mf','distribution':'exponential','cv':2}}")),
         "exponential distribution is 1"},
        {JOB(OPS("{'name':'a','flops':{'mean':'1Mf','distribution':'normal','cv':0.6}}")),
         "0.6 is out of range for the normal"},
        {JOB(OPS("{'name':'a','flops':{'mean':'1Mf','distribution':'gama','cv':0.6}}")), "did you mean \"gamma\"?"},
        {JOB(OPS("{'name':'a','capacity':0}")), "capacity: 0 is too small"},
        {JOB(OPS("{'name':'a','window':'0s'}")), "window: \"0s\" is zero; it must be more than 0"},
        {JOB(OPS("{'name':'a','window':{}}")), "operators[0].window: tumbling windows need a \"size\""},
        {JOB(OPS("{'name':'a','window':{'size':'1s','gap':'1s'}}")), "window.gap: tumbling windows have no \"gap\""},
        {JOB(OPS("{'name':'a','window':{'type':'sliding','size':'1s'}}")), "sliding windows need a \"slide\""},
        {JOB(OPS("{'name':'a','window':{'type':'sliding','size':'1s','slide':'2s'}}")),
         "window.slide: 2 s is more than the \"size\" (1 s)"},
        {JOB(OPS("{'name':'a','window':{'type':'session','size':'1s'}}")), "session windows have no \"size\""},
        {JOB(OPS("{'name':'a','selectivity':2,'window':{'size':'1s'}}")),
         "operators[0].selectivity: windows in event time"},
        {JOB(OPS("{'name':'a','queue':'shared','window':{'size':'1s'}}")), "a shared queue cannot keep keys apart"},
        {JOB(OPS("{'name':'a','join':'window','window':'1s'}")), "a join in windows needs a \"window\" in event time"},
        {JOB(OPS("{'name':'a','join':'interval'}")), "the key \"interval\" is missing"},
        {JOB(OPS("{'name':'a','interval':{'lower':'0s','upper':'1s'}}")), "is of a \"join\": \"interval\""},
        {JOB(OPS("{'name':'a','join':'interval','interval':{'lower':'2s','upper':'1s'}}")),
         "interval: \"lower\" (2 s) is above \"upper\" (1 s)"},
        {JOB(OPS("{'name':'a','join':'interval','interval':{'lower':'0s','upper':'1s'}}")),
         "operator \"a\" joins two inputs by key, and has 1"},
        {JOB("'sources':[],'operators':[{'name':'a'}]"), "jobs[0].load: stands beside \"sources\"; give it to each"},
        {MANY("'operators':[{'name':'a'}],'workflow':'w.json'"), "a workflow has one \"source\""},
        {MANY("'operators':[{'name':'a'}],'backlog':{'capacity':1}"), "jobs[0].backlog: stands beside \"sources\""},
        {MANY("'operators':[{'name':'a'}],'edges':[['s','a'],['a','sink']]"), "source \"t\" leads nowhere"},
        {MANY("'operators':[{'name':'a'}],'edges':[['s','a'],['u','a'],['a','sink']]"),
         "edges[1][0]: there is no operator \"u\""},
        {MANY("'operators':[{'name':'s'}]"), "a source and an operator are called \"s\""},
        {MANY("'operators':[{'name':'a','join':'all'}]"), "which several sources do not have; join by key"},
        {MANY("'operators':[{'name':'a','batch':{'items':2},'join':'window','window':{'size':'1s'}}]"),
         "operator \"a\" joins by key and has a \"batch\""},
        {JOB(OPS("{'name':'a','max_parallelism':0}")), "max_parallelism: 0 is too small"},
        {JOB(OPS("{'name':'a','parallelism':0}")),
         "parallelism: 0 is below \"min_instances\" (1); raise one or lower the other"},
        {JOB(OPS("{'name':'a','parallelism':2,'min_instances':3}")), "parallelism: 2 is below \"min_instances\" (3)"},
        {JOB(OPS("{'name':'a','min_instances':17,'max_parallelism':16}")),
         "min_instances: 17 is above \"max_parallelism\" (16)"},
        {JOB(OPS("{'name':'a','min_instances':-1}")), "min_instances: -1 is"},
        {JOB(OPS("{'name':'a'}") ",'edges':[]"), "edges: must be a list such as [[\"source\", \"a\"], ...]"},
        {JOB(OPS("{'name':'a'}") ",'edges':[['a','sink']]"), "operator \"a\" has no input"},
        {JOB(OPS("{'name':'a'}") ",'edges':[['sink','a'],['a','sink']]"), "nothing flows out of the sink"},
        {JOB(OPS("{'name':'a'}") ",'edges':[['source','a'],['a','snk']]"),
         "edges[1][1]: there is no operator \"snk\"; did you mean \"sink\"?"},
        {JOB(OPS("{'name':'a'}") ",'edges':[{'from':'source','to':'a','share':0.5},['a','sink']]"),
         "\"share\" is for \"full\": \"shed\" alone"},
        {JOB(OPS("{'name':'a'},{'name':'b'},{'name':'c'}") ",'edges':[['source','a'],['a','b'],['b','c'],['c','b'],['c'"
                                                           ",'sink']]"),
         "in a circle: b -> c -> b"},
        {JOB(OPS(
             "{'name':'a'},{'name':'b'},{'name':'c'},{'name':'d','join':'all'}") ",'edges':[['source','a'],['source','"
                                                                                 "b'],['a','c'],['b','c'],['c','d'],['"
                                                                                 "a','d'],['d','sink']]"),
         "operator \"c\", which merges several inputs"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weir_workload *workload = read_text(cases[i].text);
        CU_ASSERT_PTR_NULL(workload);
        CHECK_MESSAGE(cases[i].message);
        weir_workload_free(workload);
    }
}

/* Copies of a template with several sources: each source goes round its own hosts. */
static void copies_of_several_sources(void)
{
    struct weir_workload *workload =
        need("{'jobs':[{'name':'j','count':5,'arrive_every':'2s','sink':'source','sources':["
             "{'name':'s','source':{'tier':'edge'},'load':{'kind':'constant','rate':'1/s'}},"
             "{'name':'t','source':'cloud-1','source_bytes':'3kB','load':{'kind':'constant','rate':'2/s'}}],"
             "'operators':[{'name':'a'}]}]}");
    CU_ASSERT_EQUAL_FATAL(workload->job_count, 5);
    for (int j = 0; j < 5; j++) {
        const struct weir_job *job = &workload->jobs[j], *first = &workload->jobs[0];
        int edge = workload->jobs[j % 2].sources[0].host;
        CU_ASSERT_EQUAL_FATAL(job->source_count, 2);
        CU_ASSERT(job->sources[0].host == edge && job->source_host == edge && job->sink_host == edge);
        CU_ASSERT_EQUAL(job->sources[1].host, CLOUD_1);
        CU_ASSERT(job->sources[1].load == first->sources[1].load && job->load == job->sources[0].load);
        CU_ASSERT(job->sources[1].source_bytes == 3000 && job->arrive_s == 2 * j && job->is_copy == (j > 0));
        CU_ASSERT_STRING_EQUAL(job->sources[1].name, "t");
    }
    CU_ASSERT_NOT_EQUAL(workload->jobs[0].source_host, workload->jobs[1].source_host);
    weir_workload_free(workload);
}

static const struct weir_case cases[] = {
    {"defaults", defaults},
    {"copies_of_several_sources", copies_of_several_sources},
    {"every_key", every_key},
    {"operators_are_in_topological_order", operators_are_in_topological_order},
    {"templates_spread", templates_spread},
    {"many_copies_are_cheap", many_copies_are_cheap},
    {"edges_have_sizes", edges_have_sizes},
    {"where_in_order", where_in_order},
    {"mistakes_are_told", mistakes_are_told},
    {0},
};

int main(int argc, char **argv)
{
    int failed = weir_test_main("model/workload", cases, argc, argv);
    weir_platform_free(platform());
    return failed;
}
