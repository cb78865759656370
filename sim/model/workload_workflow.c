/* A job whose operators are the tasks of a workflow file. */
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/workflow.h"
#include "sim/model/workload_parts.h"

/* What a job says of its workflow. */
struct wish {
    const char *file;
    struct weir_workflow_options options;
    bool staging;
    struct weir_where where; /* of all tasks that no rule is for */
    struct rule {
        const char *tasks; /* a pattern */
        struct weir_where where;
        bool used;
    } * rules;
    int rule_count;
};

static void wish_fini(struct wish *wish)
{
    for (int r = 0; r < wish->rule_count; r++)
        weir_where_fini(&wish->rules[r].where);
    free(wish->rules);
    weir_where_fini(&wish->where);
}

static int read_rules(const struct weir_json *at, const struct weir_platform *platform, struct wish *wish)
{
    struct weir_json list, entry, child;
    if (!weir_json_get(at, "rules", &list))
        return WEIR_OK;
    if (!weir_json_is_array(&list))
        return weir_json_error(&list, "must be a list such as [{\"tasks\": \"align*\", \"placement\": ...}]");
    wish->rules = weir_alloc((size_t)weir_json_size(&list), sizeof *wish->rules);
    for (bool more = weir_json_first(&list, &entry); more; more = weir_json_next(&entry)) {
        struct rule *rule = &wish->rules[wish->rule_count++];
        struct weir_rule_read read = {0};
        int code = weir_param_read(weir_rule_keys, &entry, &read);
        rule->tasks = read.tasks;
        if (!code && weir_json_get(&entry, "placement", &child))
            code = weir_where_read(&child, platform, true, &rule->where);
        if (code)
            return code;
    }
    return WEIR_OK;
}

/* "montage.json", or {"file": "montage.json", "reference_speed": "2Gf", ...}. */
static int read_wish(const struct weir_json *at, const struct weir_platform *platform, struct wish *wish)
{
    struct weir_workflow_read read = {0};
    struct weir_json child;
    wish->options = WEIR_WORKFLOW_OPTIONS;
    wish->where = (struct weir_where){.kind = WEIR_WHERE_SOURCE, .tier = -1};
    if (weir_json_is_string(at))
        return weir_json_string(at, &wish->file);
    int code = weir_param_read(weir_workflow_keys, at, &read);
    wish->file = read.file;
    wish->options = read.options;
    wish->staging = read.staging;
    if (!code && weir_json_get(at, "placement", &child))
        code = weir_where_read(&child, platform, true, &wish->where);
    return code ? code : read_rules(at, platform, wish);
}

/* --- from tasks to operators --- */

static struct weir_where copy_where(const struct weir_where *where)
{
    struct weir_where copy = *where;
    copy.name = weir_copy(where->name);
    return copy;
}

static const struct weir_where *where_of(struct wish *wish, const char *task)
{
    for (int r = 0; r < wish->rule_count; r++)
        if (fnmatch(wish->rules[r].tasks, task, 0) == 0) {
            wish->rules[r].used = true;
            return &wish->rules[r].where;
        }
    return &wish->where;
}

static void add_operator(struct weir_job *job, char *name, double flops, const struct weir_where *where)
{
    struct weir_operator *op = &job->operators[job->operator_count++];
    weir_operator_init(op);
    op->name = name;
    op->flops.mean = flops;
    op->where = copy_where(where);
}

static void add_edge(struct weir_job *job, int from, int to, double bytes)
{
    job->edges[job->edge_count++] = (struct weir_edge){.from = from, .to = to, .bytes = bytes};
}

/* A name for the operator that brings the ends together, which no task has. */
static char *end_name(const struct weir_workflow *workflow)
{
    char *name = weir_copy("end");
    for (int t = 0; t < workflow->task_count; t++)
        if (strcmp(workflow->tasks[t].name, name) == 0) {
            char *longer = weir_format("%s_", name);
            free(name);
            name = longer;
            t = -1;
        }
    return name;
}

static bool begins(const struct wish *wish, const struct weir_task *task)
{
    return !task->parents || (wish->staging && task->input_bytes > 0);
}

static bool ends(const struct wish *wish, const struct weir_task *task)
{
    return !task->children || (wish->staging && task->output_bytes > 0);
}

/* Each root is fed by the source. A single end leads to the sink; several meet in an operator without work, at the
 * sink's place, so that an item is delivered once, when all of them are done. */
static void make_graph(const struct weir_workflow *workflow, struct wish *wish, struct weir_job *job)
{
    size_t n = (size_t)workflow->task_count;
    int end_count = 0;
    job->operators = weir_alloc(n + 1, sizeof *job->operators);
    job->edges = weir_alloc((size_t)workflow->flow_count + 2 * n + 1, sizeof *job->edges);
    for (int t = 0; t < workflow->task_count; t++) {
        const struct weir_task *task = &workflow->tasks[t];
        add_operator(job, weir_copy(task->name), task->flops, where_of(wish, task->name));
        job->operators[t].join_all = task->parents + begins(wish, task) > 1;
        double root_bytes = task->parents ? 0 : job->source_bytes;
        if (begins(wish, task))
            add_edge(job, -1, t, root_bytes + (wish->staging ? task->input_bytes : 0));
        end_count += ends(wish, task);
    }
    for (int f = 0; f < workflow->flow_count; f++)
        add_edge(job, workflow->flows[f].from, workflow->flows[f].to, workflow->flows[f].bytes);
    int end = -1;
    if (end_count > 1) {
        const struct weir_where at_source = {.kind = WEIR_WHERE_SOURCE, .tier = -1};
        end = job->operator_count;
        add_operator(job, end_name(workflow), 0, job->sink.kind == WEIR_WHERE_ANY ? &at_source : &job->sink);
        job->operators[end].join_all = true;
    }
    for (int t = 0; t < workflow->task_count; t++)
        if (ends(wish, &workflow->tasks[t]))
            add_edge(job, t, end, wish->staging ? workflow->tasks[t].output_bytes : 0);
    if (end >= 0)
        add_edge(job, end, -1, 0);
}

static int check_rules(const struct weir_json *at, const struct wish *wish, const struct weir_workflow *workflow)
{
    struct weir_json list, entry;
    if (!wish->rule_count || !weir_json_get(at, "rules", &list))
        return WEIR_OK;
    for (bool more = weir_json_first(&list, &entry); more; more = weir_json_next(&entry))
        if (!wish->rules[entry.index].used)
            return weir_json_error(&entry, "no task is left for \"%s\"; the first task is \"%s\"",
                                   wish->rules[entry.index].tasks, workflow->tasks[0].name);
    return WEIR_OK;
}

int weir_workload_read_workflow(const struct weir_json *job_at, const char *file, const struct weir_platform *platform,
                                struct weir_job *job, unsigned long long *hash)
{
    static const char *const instead[] = {"operators", "edges"};
    struct weir_json at, child;
    struct weir_workflow *workflow = NULL;
    struct wish wish = {0};
    char *path = NULL;
    weir_json_get(job_at, "workflow", &at);
    for (size_t i = 0; i < sizeof instead / sizeof *instead; i++)
        if (weir_json_get(job_at, instead[i], &child))
            return weir_json_error(&child, "the workflow says what the %s are; leave one of them out", instead[i]);
    int code = read_wish(&at, platform, &wish);
    if (code)
        goto out;
    path = weir_path_beside(file, wish.file);
    if (weir_workflow_read(path, &wish.options, &workflow)) {
        char *reason = weir_copy(weir_error_message());
        code = weir_json_error(&at, "%s", reason);
        free(reason);
        goto out;
    }
    *hash = weir_hash(*hash, &workflow->hash, sizeof workflow->hash);
    make_graph(workflow, &wish, job);
    code = check_rules(&at, &wish, workflow);
out:
    weir_workflow_free(workflow);
    wish_fini(&wish);
    free(path);
    return code;
}

int weir_workload_one_item(struct weir_load **load)
{
    struct weir_json_doc *doc = NULL;
    int code = weir_json_parse("{\"kind\": \"constant\", \"rate\": \"1/s\", \"count\": 1}", "one item", &doc);
    if (code)
        return code;
    struct weir_json root = weir_json_root(doc);
    code = weir_load_read(&root, "", load);
    weir_json_free(doc);
    return code;
}
