/* WfCommons instances. Up to schema 1.4 a task has its runtime and its files with their sizes, and tasks refer to each
 * other by name; from 1.5 on these stand in lists of their own, and tasks refer by id. Dependencies may be given at
 * either end. */
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/workflow_parts.h"

/* Numbers by name: the sizes of files, the runtimes of tasks. */
struct numbers {
    struct weir_names names;
    double *values;
    size_t capacity;
};

struct reader {
    struct weir_workflow_builder *builder;
    bool split;              /* schema 1.5 and later */
    struct weir_names other; /* ids of tasks that are known by name */
    struct numbers sizes, runtimes;
};

static void numbers_fini(struct numbers *numbers)
{
    weir_names_fini(&numbers->names);
    free(numbers->values);
}

static int need_string(const struct weir_json *at, const char *key, struct weir_json *child, const char **value)
{
    int code = weir_json_need(at, key, child);
    return code ? code : weir_json_string(child, value);
}

/* The number under one of two keys, the second that of older schemas. */
static int need_number(const struct weir_json *at, const char *key, const char *old_key, struct weir_json *child,
                       double *value)
{
    if (!weir_json_get(at, key, child) && !weir_json_get(at, old_key, child))
        return weir_json_error(at, "the key \"%s\" is missing; add it", key);
    return weir_json_number(child, -DBL_MAX, DBL_MAX, value);
}

static int need_list(const struct weir_json *at, const char *key, struct weir_json *list)
{
    int code = weir_json_need(at, key, list);
    if (!code && !weir_json_is_array(list))
        code = weir_json_error(list, "must be a list");
    return code;
}

/* Reads [{"id": .., key: number}, ...]. */
static int read_numbers(const struct weir_json *list, const char *key, struct numbers *numbers)
{
    struct weir_json entry, child;
    for (bool more = weir_json_first(list, &entry); more; more = weir_json_next(&entry)) {
        const char *id = NULL;
        double value = 0;
        int code = need_string(&entry, "id", &child, &id);
        if (!code && weir_names_find(&numbers->names, id) >= 0)
            code = weir_json_error(&child, "\"%s\" is there twice; keep one", id);
        if (!code)
            code = need_number(&entry, key, key, &child, &value);
        if (code)
            return code;
        numbers->values =
            weir_grow(numbers->values, numbers->names.count + 1, &numbers->capacity, sizeof *numbers->values);
        numbers->values[weir_names_add(&numbers->names, id, 0, 0)] = value;
    }
    return WEIR_OK;
}

/* --- tasks --- */

static int add_task(struct reader *reader, const struct weir_json *at)
{
    struct weir_json id_at, runtime_at = *at;
    const char *id = NULL, *other = NULL;
    double runtime_s = 0, flops = 0;
    int code = need_string(at, reader->split ? "id" : "name", &id_at, &id);
    if (code)
        return code;
    if (reader->split) {
        int index = weir_names_find(&reader->runtimes.names, id);
        if (index < 0)
            return weir_json_error(&id_at,
                                   "task \"%s\" has no runtime; add it to workflow.execution.tasks, with "
                                   "\"runtimeInSeconds\"",
                                   id);
        runtime_s = reader->runtimes.values[index];
    } else {
        code = need_number(at, "runtimeInSeconds", "runtime", &runtime_at, &runtime_s);
    }
    if (code)
        return code;
    if (weir_build_runtime(reader->builder, runtime_s, &flops)) {
        weir_error_context("task \"%s\"", id);
        return weir_build_fail_at(&runtime_at);
    }
    int task = weir_build_task(reader->builder, id, NULL, flops);
    if (task < 0)
        return weir_build_fail_at(&id_at);
    if (!reader->split && !weir_json_opt_string(at, "id", &other) && other &&
        weir_names_find(&reader->other, other) < 0)
        weir_names_add(&reader->other, other, 0, task); /* the index stands in for the zone */
    return WEIR_OK;
}

/* --- files --- */

static int add_use(struct reader *reader, const struct weir_json *at, int task, const char *file, bool writes,
                   double bytes)
{
    if (weir_build_use(reader->builder, task, file, writes, bytes)) {
        weir_error_context("file \"%s\"", file);
        return weir_build_fail_at(at);
    }
    return WEIR_OK;
}

/* Schema 1.5: names of files, whose sizes stand elsewhere. */
static int read_named_files(struct reader *reader, const struct weir_json *at, const char *key, int task)
{
    struct weir_json list, entry;
    if (!weir_json_get(at, key, &list))
        return WEIR_OK;
    int code = need_list(at, key, &list);
    for (bool more = !code && weir_json_first(&list, &entry); more && !code; more = weir_json_next(&entry)) {
        const char *file = NULL;
        code = weir_json_string(&entry, &file);
        int index = code ? -1 : weir_names_find(&reader->sizes.names, file);
        if (!code && index < 0)
            code = weir_json_error(&entry,
                                   "file \"%s\" is not in workflow.specification.files, so that its size is missing; "
                                   "add it there",
                                   file);
        if (!code)
            code = add_use(reader, &entry, task, file, strcmp(key, "outputFiles") == 0, reader->sizes.values[index]);
    }
    return code;
}

/* Schema 1.4: [{"name": .., "link": "input", "sizeInBytes": ..}]. */
static int read_own_files(struct reader *reader, const struct weir_json *at, int task)
{
    static const char *const links[] = {"input", "output", NULL};
    struct weir_json list, entry, child;
    if (!weir_json_get(at, "files", &list))
        return WEIR_OK;
    int code = need_list(at, "files", &list);
    for (bool more = !code && weir_json_first(&list, &entry); more && !code; more = weir_json_next(&entry)) {
        const char *file = NULL;
        double bytes = 0;
        int link = 0;
        code = need_string(&entry, weir_json_get(&entry, "name", &child) ? "name" : "id", &child, &file);
        if (!code)
            code = weir_json_need(&entry, "link", &child);
        if (!code)
            code = weir_json_choice(&child, links, &link);
        if (!code)
            code = need_number(&entry, "sizeInBytes", "size", &child, &bytes);
        if (!code)
            code = add_use(reader, &entry, task, file, link == 1, bytes);
    }
    return code;
}

/* --- dependencies --- */

static int find_task(const struct reader *reader, const char *what, const char *id)
{
    int other = weir_names_find(&reader->other, id);
    if (other >= 0 && weir_names_find(&reader->builder->tasks, id) < 0)
        return reader->other.entries[other].zone;
    return weir_build_find(reader->builder, what, id);
}

static int read_relatives(struct reader *reader, const struct weir_json *at, const char *key, const char *what,
                          int task)
{
    struct weir_json list, entry;
    if (!weir_json_get(at, key, &list))
        return WEIR_OK;
    int code = need_list(at, key, &list);
    for (bool more = !code && weir_json_first(&list, &entry); more && !code; more = weir_json_next(&entry)) {
        const char *id = NULL;
        code = weir_json_string(&entry, &id);
        if (code)
            break;
        int relative = find_task(reader, what, id);
        bool is_parent = strcmp(key, "parents") == 0;
        if (relative < 0 ||
            weir_build_flow(reader->builder, is_parent ? relative : task, is_parent ? task : relative, 0))
            code = weir_build_fail_at(&entry);
    }
    return code;
}

static int read_tasks(struct reader *reader, const struct weir_json *tasks)
{
    struct weir_json entry;
    int code = WEIR_OK;
    for (bool more = weir_json_first(tasks, &entry); more && !code; more = weir_json_next(&entry))
        code = add_task(reader, &entry);
    for (bool more = !code && weir_json_first(tasks, &entry); more && !code; more = weir_json_next(&entry)) {
        code = read_relatives(reader, &entry, "parents", "parent", entry.index);
        if (!code)
            code = read_relatives(reader, &entry, "children", "child", entry.index);
        if (!code)
            code = reader->split ? read_named_files(reader, &entry, "inputFiles", entry.index)
                                 : read_own_files(reader, &entry, entry.index);
        if (!code && reader->split)
            code = read_named_files(reader, &entry, "outputFiles", entry.index);
    }
    return code;
}

/* Schema 1.5: workflow.specification and workflow.execution. */
static int read_split(struct reader *reader, const struct weir_json *workflow)
{
    struct weir_json specification, execution, list;
    int code = weir_json_need(workflow, "specification", &specification);
    if (!code && !weir_json_get(workflow, "execution", &execution))
        code = weir_json_error(workflow, "the key \"execution\" is missing, so no task has a runtime; take an instance "
                                         "that was executed");
    if (!code)
        code = need_list(&execution, "tasks", &list);
    if (!code)
        code = read_numbers(&list, "runtimeInSeconds", &reader->runtimes);
    if (!code && weir_json_get(&specification, "files", &list))
        code = need_list(&specification, "files", &list);
    if (!code && weir_json_get(&specification, "files", &list))
        code = read_numbers(&list, "sizeInBytes", &reader->sizes);
    if (!code)
        code = need_list(&specification, "tasks", &list);
    return code ? code : read_tasks(reader, &list);
}

int weir_workflow_wfcommons(struct weir_workflow_builder *builder, const struct weir_json *root)
{
    static const char *const versions[] = {"1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", NULL};
    struct reader reader = {.builder = builder};
    struct weir_json child, workflow, list;
    int version = 0;
    builder->by_files = true;
    int code = weir_json_need(root, "schemaVersion", &child);
    if (!code)
        code = weir_json_choice(&child, versions, &version);
    if (!code)
        code = weir_json_need(root, "workflow", &workflow);
    if (code)
        return code;
    reader.split = weir_json_get(&workflow, "specification", &list);
    if (reader.split)
        code = read_split(&reader, &workflow);
    else if (!(code = need_list(&workflow, weir_json_get(&workflow, "jobs", &list) ? "jobs" : "tasks", &list)))
        code = read_tasks(&reader, &list);
    numbers_fini(&reader.sizes);
    numbers_fini(&reader.runtimes);
    weir_names_fini(&reader.other);
    return code;
}
