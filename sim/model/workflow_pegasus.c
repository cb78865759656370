/* Pegasus's abstract workflows since version 5, in YAML or JSON: jobs with what they use, and jobDependencies. What its
 * own tools write has dependencies for every file that one job writes and another reads; those written by hand may
 * leave them to the files, as Pegasus does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/workflow_parts.h"

/* A word, a number taken for its digits: identifiers and sizes may be either. */
static int read_word(struct weir_workflow_builder *builder, const struct weir_json *at, const char **word)
{
    double number;
    char digits[32];
    if (!weir_json_is_number(at))
        return weir_json_string(at, word);
    int code = weir_json_number(at, -1e300, 1e300, &number);
    if (!code)
        *word = weir_build_keep(builder, digits, (size_t)snprintf(digits, sizeof digits, "%.17g", number));
    return code;
}

static int need_word(struct weir_workflow_builder *builder, const struct weir_json *at, const char *key,
                     struct weir_json *child, const char **word)
{
    int code = weir_json_need(at, key, child);
    return code ? code : read_word(builder, child, word);
}

/* A number that may be written as a word. */
static int read_number(struct weir_workflow_builder *builder, const struct weir_json *at, const char *what,
                       double *value)
{
    const char *word = NULL;
    int code = read_word(builder, at, &word);
    if (!code && weir_build_number(what, word, value))
        code = weir_build_fail_at(at);
    return code;
}

/* A list under a key that may be absent. */
static int opt_list(const struct weir_json *at, const char *key, struct weir_json *list, bool *there)
{
    *there = weir_json_get(at, key, list) && !weir_json_is_null(list);
    return *there && !weir_json_is_array(list) ? weir_json_error(list, "must be a list") : WEIR_OK;
}

/* The runtime of a job in seconds: a profile of Pegasus's, as in DAX. */
static int read_runtime(struct weir_workflow_builder *builder, const struct weir_json *job, const char *id,
                        double *flops)
{
    struct weir_json profiles, pegasus, runtime;
    double runtime_s = 0;
    if (!weir_json_get(job, "profiles", &profiles) || !weir_json_get(&profiles, "pegasus", &pegasus) ||
        !weir_json_get(&pegasus, "runtime", &runtime))
        return weir_json_error(job,
                               "job \"%s\" has no runtime; add profiles: {pegasus: {runtime: SECONDS}}, measured by "
                               "pegasus-statistics",
                               id);
    int code = read_number(builder, &runtime, "runtime", &runtime_s);
    if (!code && weir_build_runtime(builder, runtime_s, flops))
        code = weir_build_fail_at(&runtime);
    return code;
}

static int read_job(struct weir_workflow_builder *builder, const struct weir_json *job)
{
    struct weir_json child;
    const char *id = NULL, *type = "job", *name = NULL;
    double flops = 0;
    int code = need_word(builder, job, "id", &child, &id);
    if (!code)
        code = weir_json_opt_string(job, "type", &type);
    if (!code && strcmp(type, "job") != 0)
        return weir_json_error(job, "is of type \"%s\", a workflow inside another; put its jobs here", type);
    if (!code)
        code = weir_json_opt_string(job, "name", &name);
    if (!code)
        code = read_runtime(builder, job, id, &flops);
    if (!code && weir_build_task(builder, id, name, flops) < 0)
        code = weir_build_fail_at(job);
    return code;
}

/* The size of a file: its own key, or what its metadata say. Without one it is empty, which is a remark in the end. */
static int read_size(struct weir_workflow_builder *builder, const struct weir_json *use, double *bytes)
{
    struct weir_json metadata, size;
    if (!weir_json_get(use, "size", &size) &&
        !(weir_json_get(use, "metadata", &metadata) && weir_json_get(&metadata, "size", &size))) {
        builder->bare_files++;
        return WEIR_OK;
    }
    return read_number(builder, &size, "size", bytes);
}

static int read_use(struct weir_workflow_builder *builder, const struct weir_json *use, int task)
{
    static const char *const types[] = {"none", "input", "output", "inout", "checkpoint", NULL};
    enum { NONE, INPUT, OUTPUT, INOUT, CHECKPOINT };
    struct weir_json child;
    const char *file = NULL;
    int type = NONE;
    double bytes = 0;
    bool executable = false;
    int code = need_word(builder, use, "lfn", &child, &file);
    if (!code)
        code = weir_json_need(use, "type", &child);
    if (!code)
        code = weir_json_choice(&child, types, &type);
    if (!code)
        code = weir_json_opt_bool(use, "executable", &executable);
    if (code || executable || type == NONE || type == CHECKPOINT)
        return code;
    code = read_size(builder, use, &bytes);
    if (!code && type != OUTPUT && weir_build_use(builder, task, file, false, bytes))
        code = weir_build_fail_at(use);
    if (!code && type != INPUT && weir_build_use(builder, task, file, true, bytes))
        code = weir_build_fail_at(use);
    return code;
}

static int read_uses(struct weir_workflow_builder *builder, const struct weir_json *job, int task)
{
    struct weir_json list, use;
    bool there;
    int code = opt_list(job, "uses", &list, &there);
    for (bool more = !code && there && weir_json_first(&list, &use); more && !code; more = weir_json_next(&use))
        code = read_use(builder, &use, task);
    return code;
}

static int read_dependency(struct weir_workflow_builder *builder, const struct weir_json *at)
{
    struct weir_json list, child;
    const char *id = NULL;
    bool there;
    int code = need_word(builder, at, "id", &child, &id);
    int parent = code ? -1 : weir_build_find(builder, "parent", id);
    if (!code && parent < 0)
        code = weir_build_fail_at(&child);
    if (!code)
        code = opt_list(at, "children", &list, &there);
    for (bool more = !code && there && weir_json_first(&list, &child); more && !code; more = weir_json_next(&child)) {
        code = read_word(builder, &child, &id);
        int task = code ? -1 : weir_build_find(builder, "child", id);
        if (!code && (task < 0 || weir_build_flow(builder, parent, task, 0)))
            code = weir_build_fail_at(&child);
    }
    return code;
}

/* Who reads a file waits for the one that writes it, said or not. Of files with several writers jobDependencies must
 * say. */
static int add_implied(struct weir_workflow_builder *builder)
{
    enum { NOBODY = -1, SEVERAL = -2 };
    int *writer = weir_alloc(builder->files.count, sizeof *writer), code = WEIR_OK;
    for (size_t f = 0; f < builder->files.count; f++)
        writer[f] = NOBODY;
    for (size_t u = 0; u < builder->use_count; u++) {
        const struct weir_file_use *use = &builder->uses[u];
        if (use->writes)
            writer[use->file] = writer[use->file] == NOBODY || writer[use->file] == use->task ? use->task : SEVERAL;
    }
    for (size_t u = 0; u < builder->use_count && !code; u++) {
        const struct weir_file_use *use = &builder->uses[u];
        if (!use->writes && writer[use->file] >= 0 && writer[use->file] != use->task)
            code = weir_build_flow(builder, writer[use->file], use->task, 0);
    }
    if (code)
        weir_error_context("%s", builder->path);
    free(writer);
    return code;
}

int weir_workflow_pegasus(struct weir_workflow_builder *builder, const struct weir_json *root)
{
    struct weir_json jobs, entry;
    bool there;
    int code = weir_json_need(root, "jobs", &jobs);
    if (!code && !weir_json_is_array(&jobs))
        code = weir_json_error(&jobs, "must be a list");
    builder->by_files = true;
    for (bool more = !code && weir_json_first(&jobs, &entry); more && !code; more = weir_json_next(&entry))
        code = read_job(builder, &entry);
    for (bool more = !code && weir_json_first(&jobs, &entry); more && !code; more = weir_json_next(&entry))
        code = read_uses(builder, &entry, entry.index);
    if (!code)
        code = opt_list(root, "jobDependencies", &jobs, &there);
    for (bool more = !code && there && weir_json_first(&jobs, &entry); more && !code; more = weir_json_next(&entry))
        code = read_dependency(builder, &entry);
    return code ? code : add_implied(builder);
}
