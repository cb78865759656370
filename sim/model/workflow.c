/* Reading workflows: which format a file has, and what is common to all. */
#include "sim/model/workflow.h"

#include <libxml/tree.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/unpack.h"
#include "sim/base/yaml.h"
#include "sim/model/workflow_parts.h"
#include "sim/model/xml_read.h"

static int read_pegasus(struct weir_workflow_builder *builder, const struct weir_json *root)
{
    builder->workflow->format = "Pegasus";
    return weir_workflow_pegasus(builder, root);
}

static int read_yaml(struct weir_workflow_builder *builder, const struct weir_text *text, struct weir_json_doc **doc)
{
    int code = weir_yaml_parse(text->data, text->length, builder->path, doc);
    if (code)
        return code;
    struct weir_json root = weir_json_root(*doc);
    return read_pegasus(builder, &root);
}

static int read_json(struct weir_workflow_builder *builder, const struct weir_text *text, struct weir_json_doc **doc)
{
    struct weir_json child;
    int code = weir_json_parse(weir_text_string(text), builder->path, doc);
    if (code)
        return code;
    struct weir_json root = weir_json_root(*doc);
    if (weir_json_get(&root, "pegasus", &child))
        return read_pegasus(builder, &root);
    bool foreign = weir_json_get(&root, "workflow", &child);
    if (!foreign && !weir_json_get(&root, "tasks", &child))
        return weir_json_error(&root, "is no workflow: it has neither \"workflow\", as WfCommons files have, nor "
                                      "\"tasks\"");
    builder->workflow->format = foreign ? "WfCommons JSON" : "weir JSON";
    return foreign ? weir_workflow_wfcommons(builder, &root) : weir_workflow_plain(builder, &root);
}

static int read_xml(struct weir_workflow_builder *builder, const struct weir_text *text, xmlDocPtr *document)
{
    builder->workflow->format = "Pegasus DAX";
    int code = weir_xml_read(builder->path, text, document);
    return code ? code : weir_workflow_dax(builder, *document);
}

/* The first character that counts: after blanks and remarks of daggen's. */
static const char *first_word(const char *text)
{
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    for (;;) {
        text += strspn(text, " \t\r\n");
        if (strncmp(text, "//", 2) != 0 && *text != '#')
            return text;
        text += strcspn(text, "\n");
    }
}

static bool begins_with(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

/* Whether a line begins with the key that Pegasus's workflows have, or the text says that it is YAML. */
static bool is_yaml(const char *text)
{
    static const char *const keys[] = {"pegasus:", "\"pegasus\":", "'pegasus':"};
    if (begins_with(text, "---") || begins_with(text, "%YAML"))
        return true;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
            if (begins_with(line, keys[k]))
                return true;
    }
    return false;
}

/* Where the edges are of a table of tasks: X.edges.csv beside X.tasks.csv, packed or not. NULL if the file is not
 * called so. Owned. */
static char *edges_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *tasks = strstr(slash ? slash : path, "tasks.csv");
    if (!tasks || (strcmp(tasks, "tasks.csv") != 0 && strcmp(tasks, "tasks.csv.gz") != 0))
        return NULL;
    return weir_format("%.*sedges%s", (int)(tasks - path), path, tasks + strlen("tasks"));
}

static int read_tables(struct weir_workflow_builder *builder, const char *edges, struct weir_text *text)
{
    struct weir_workflow *workflow = builder->workflow;
    workflow->format = "CSV";
    int code = weir_workflow_tables(builder, edges);
    if (!code)
        code = weir_unpack_file(text, edges);
    if (!code)
        workflow->hash = weir_hash(workflow->hash, text->data, text->length);
    return code;
}

static int read_any(struct weir_workflow_builder *builder)
{
    struct weir_text text = {0};
    struct weir_json_doc *doc = NULL;
    xmlDocPtr document = NULL;
    char *edges = edges_of(builder->path);
    struct weir_workflow *workflow = builder->workflow;
    int code = weir_unpack_file(&text, builder->path);
    if (code)
        goto out;
    const char *word = first_word(weir_text_string(&text));
    workflow->hash = weir_hash(WEIR_HASH_START, text.data, text.length);
    if (edges) {
        code = read_tables(builder, edges, &text);
    } else if (weir_workflow_is_batch(word)) {
        workflow->format = "Alibaba batch_task";
        code = weir_workflow_batch(builder);
    } else if (builder->options->dag) {
        code =
            weir_error(WEIR_EINPUT, "%s: holds one workflow; \"dag\" is for tables that hold several", builder->path);
    } else if (*word == '{') {
        code = read_json(builder, &text, &doc);
    } else if (*word == '<') {
        code = read_xml(builder, &text, &document);
    } else if (begins_with(word, "digraph") || begins_with(word, "strict")) {
        workflow->format = "DOT";
        code = weir_workflow_dot(builder, text.data);
    } else if (weir_workflow_is_stg(word)) {
        workflow->format = "Standard Task Graph";
        code = weir_workflow_stg(builder, text.data);
    } else if (begins_with(word, "NODE")) {
        workflow->format = "daggen nodes";
        code = weir_workflow_nodes(builder, text.data);
    } else if (is_yaml(word)) {
        code = read_yaml(builder, &text, &doc);
    } else {
        code = weir_error(
            WEIR_EINPUT,
            "%s: is no workflow that weir can read; it takes WfCommons JSON, weir's own JSON, Pegasus's YAML and DAX, "
            "DOT, daggen's outputs, Standard Task Graphs, Alibaba's batch_task, and tables called "
            "NAME.tasks.csv",
            builder->path);
    }
    if (!code)
        code = weir_build_finish(builder);
out:
    free(edges);
    xmlFreeDoc(document);
    weir_json_free(doc);
    weir_text_fini(&text);
    return code;
}

int weir_workflow_read(const char *path, const struct weir_workflow_options *options, struct weir_workflow **workflow)
{
    struct weir_workflow_builder builder = {.path = path, .options = options};
    builder.workflow = weir_alloc(1, sizeof *builder.workflow);
    builder.workflow->path = weir_copy(path);
    int code = read_any(&builder);
    weir_names_fini(&builder.tasks);
    weir_names_fini(&builder.files);
    for (size_t i = 0; i < builder.kept_count; i++)
        free(builder.kept[i]);
    free(builder.kept);
    free(builder.uses);
    if (code) {
        weir_workflow_free(builder.workflow);
        builder.workflow = NULL;
    }
    *workflow = builder.workflow;
    return code;
}

void weir_workflow_free(struct weir_workflow *workflow)
{
    if (!workflow)
        return;
    for (int t = 0; t < workflow->task_count; t++)
        free(workflow->tasks[t].name);
    free(workflow->tasks);
    free(workflow->flows);
    free(workflow->path);
    free(workflow);
}

struct weir_workflow_summary weir_workflow_summarise(const struct weir_workflow *workflow)
{
    size_t n = (size_t)workflow->task_count;
    struct weir_workflow_summary summary = {.tasks = workflow->task_count, .edges = workflow->flow_count};
    /* Of the tasks before: level, and the work up to and without the task. */
    int *level = weir_alloc(n, sizeof *level), *width = weir_alloc(n, sizeof *width);
    double *before = weir_alloc(n, sizeof *before);
    for (int t = 0, f = 0; t < workflow->task_count; t++) {
        const struct weir_task *task = &workflow->tasks[t];
        double done = before[t] + task->flops;
        summary.flops += task->flops;
        summary.input_bytes += task->input_bytes;
        summary.output_bytes += task->output_bytes;
        summary.critical_flops = fmax(summary.critical_flops, done);
        summary.roots += !task->parents;
        summary.sinks += !task->children;
        summary.fan_in = task->parents > summary.fan_in ? task->parents : summary.fan_in;
        summary.fan_out = task->children > summary.fan_out ? task->children : summary.fan_out;
        summary.depth = level[t] + 1 > summary.depth ? level[t] + 1 : summary.depth;
        width[level[t]]++;
        summary.width = width[level[t]] > summary.width ? width[level[t]] : summary.width;
        for (; f < workflow->flow_count && workflow->flows[f].from == t; f++) {
            const struct weir_flow *flow = &workflow->flows[f];
            summary.bytes += flow->bytes;
            before[flow->to] = fmax(before[flow->to], done);
            level[flow->to] = level[t] + 1 > level[flow->to] ? level[t] + 1 : level[flow->to];
        }
    }
    free(level);
    free(width);
    free(before);
    return summary;
}
