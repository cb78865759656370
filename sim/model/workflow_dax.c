/* Pegasus DAX, versions 2 and 3: <job> with <uses>, <child> with <parent>. */
#include <libxml/tree.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/model/workflow_parts.h"
#include "sim/model/xml_read.h"

static int fail_at(const struct weir_workflow_builder *builder, const xmlNode *node)
{
    weir_error_context("%s:%d", builder->path, weir_xml_line(node));
    return WEIR_EINPUT;
}

static bool is(const xmlNode *node, const char *name)
{
    return strcmp((const char *)node->name, name) == 0;
}

/* The runtime of a job: an attribute, or a profile of Pegasus's. */
static const char *find_runtime(const xmlNode *job)
{
    const char *text = weir_xml_attribute(job, "runtime", NULL);
    for (const xmlNode *node = weir_xml_element(job->children); node && !text; node = weir_xml_element(node->next))
        if (is(node, "profile") && strcmp(weir_xml_attribute(node, "key", ""), "runtime") == 0 && node->children)
            text = (const char *)node->children->content;
    return text;
}

static int read_job(struct weir_workflow_builder *builder, const xmlNode *job)
{
    const char *id = weir_xml_attribute(job, "id", NULL), *runtime = find_runtime(job);
    double runtime_s = 0, flops = 0;
    if (!id)
        return weir_error(WEIR_EINPUT, "a <job> without id; give it one");
    if (!runtime)
        return weir_error(WEIR_EINPUT, "job \"%s\" has no runtime; add the attribute runtime, in seconds", id);
    int code = weir_build_number("runtime", runtime, &runtime_s);
    if (!code)
        code = weir_build_runtime(builder, runtime_s, &flops);
    if (code) {
        weir_error_context("job \"%s\"", id);
        return code;
    }
    int task = weir_build_task(builder, id, weir_xml_attribute(job, "name", NULL), flops);
    return task < 0 ? task : WEIR_OK;
}

static int read_use(struct weir_workflow_builder *builder, const xmlNode *use, int task)
{
    const char *file = weir_xml_attribute(use, "file", weir_xml_attribute(use, "name", NULL));
    const char *link = weir_xml_attribute(use, "link", ""), *size = weir_xml_attribute(use, "size", NULL);
    double bytes = 0;
    bool reads = strcmp(link, "input") == 0 || strcmp(link, "inout") == 0;
    bool writes = strcmp(link, "output") == 0 || strcmp(link, "inout") == 0;
    if (!file)
        return weir_error(WEIR_EINPUT, "<uses> names no file; add the attribute file");
    if (strcmp(link, "none") == 0 || strcmp(weir_xml_attribute(use, "type", ""), "executable") == 0)
        return WEIR_OK;
    if (!reads && !writes)
        return weir_error(WEIR_EINPUT, "file \"%s\" needs a link, \"input\" or \"output\"", file);
    if (!size)
        return weir_error(WEIR_EINPUT, "file \"%s\" has no size; add the attribute size, in bytes", file);
    int code = weir_build_number("size", size, &bytes);
    if (!code && reads)
        code = weir_build_use(builder, task, file, false, bytes);
    if (!code && writes)
        code = weir_build_use(builder, task, file, true, bytes);
    if (code)
        weir_error_context("file \"%s\"", file);
    return code;
}

static int read_child(struct weir_workflow_builder *builder, const xmlNode *child)
{
    int task = weir_build_find(builder, "child", weir_xml_attribute(child, "ref", ""));
    if (task < 0)
        return fail_at(builder, child);
    for (const xmlNode *node = weir_xml_element(child->children); node; node = weir_xml_element(node->next)) {
        if (!is(node, "parent"))
            continue;
        int parent = weir_build_find(builder, "parent", weir_xml_attribute(node, "ref", ""));
        if (parent < 0 || weir_build_flow(builder, parent, task, 0))
            return fail_at(builder, node);
    }
    return WEIR_OK;
}

static int read_files(struct weir_workflow_builder *builder, const xmlNode *job, int task)
{
    for (const xmlNode *node = weir_xml_element(job->children); node; node = weir_xml_element(node->next))
        if (is(node, "uses") && read_use(builder, node, task))
            return fail_at(builder, node);
    return WEIR_OK;
}

int weir_workflow_dax(struct weir_workflow_builder *builder, struct _xmlDoc *document)
{
    const xmlNode *root = xmlDocGetRootElement(document), *node;
    int code = WEIR_OK;
    builder->by_files = true;
    if (!root || !is(root, "adag"))
        return weir_error(WEIR_EINPUT, "%s: is XML, but no DAX: its first element is <%s>, not <adag>", builder->path,
                          root ? (const char *)root->name : "");
    for (node = weir_xml_element(root->children); node && !code; node = weir_xml_element(node->next)) {
        if (is(node, "dag") || is(node, "dax"))
            code = weir_error(WEIR_EINPUT, "<%s> is a workflow inside another; put its jobs here", node->name);
        else if (is(node, "job"))
            code = read_job(builder, node);
        if (code)
            return fail_at(builder, node);
    }
    int task = 0;
    for (node = weir_xml_element(root->children); node && !code; node = weir_xml_element(node->next)) {
        if (is(node, "job"))
            code = read_files(builder, node, task++);
        else if (is(node, "child"))
            code = read_child(builder, node);
    }
    return code;
}
