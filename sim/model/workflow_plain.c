/* weir's own JSON: {"tasks": [{"name": "a", "flops": "2Gf"}], "edges": [["a", "b", "1MB"]]}. */
#include <float.h>

#include "sim/base/error.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/workflow_parts.h"

static int read_task(struct weir_workflow_builder *builder, const struct weir_json *at)
{
    struct weir_task_read read = {0};
    struct weir_json name_at, work_at;
    int code = weir_param_read(weir_task_keys, at, &read);
    if (code)
        return code;
    double flops = read.flops;
    bool has_flops = weir_json_get(at, "flops", &work_at);
    if (weir_json_get(at, "runtime", &work_at) == has_flops)
        return weir_json_error(at, "task \"%s\" needs its work: either \"flops\" or \"runtime\"", read.name);
    if (!has_flops && weir_build_runtime(builder, read.runtime_s, &flops))
        return weir_build_fail_at(&work_at);
    int index = weir_build_task(builder, read.name, NULL, flops);
    if (index < 0 && weir_json_get(at, "name", &name_at))
        return weir_build_fail_at(&name_at);
    struct weir_task *task = &builder->workflow->tasks[index];
    task->input_bytes = read.input_bytes * builder->options->data_factor;
    task->output_bytes = read.output_bytes * builder->options->data_factor;
    return WEIR_OK;
}

static int find_end(const struct weir_workflow_builder *builder, const struct weir_json *at, int *index)
{
    const char *name = NULL;
    int code = weir_json_string(at, &name);
    if (code)
        return code;
    *index = weir_build_find(builder, "task", name);
    return *index < 0 ? weir_build_fail_at(at) : WEIR_OK;
}

static int read_edge(struct weir_workflow_builder *builder, const struct weir_json *at)
{
    static const char *const keys[] = {"from", "to", "bytes", NULL};
    struct weir_json from_at, to_at, bytes_at;
    int code = WEIR_OK, from = 0, to = 0, size = weir_json_size(at);
    double bytes = 0;
    bool has_bytes;
    if (weir_json_is_array(at)) {
        if (size != 2 && size != 3)
            return weir_json_error(at, "an edge is two tasks and what flows between them, as in "
                                       "[\"first\", \"second\", \"1MB\"]");
        from_at = weir_json_at(at, 0);
        to_at = weir_json_at(at, 1);
        if ((has_bytes = size == 3))
            bytes_at = weir_json_at(at, 2);
    } else {
        code = weir_json_only(at, keys);
        if (!code)
            code = weir_json_need(at, "from", &from_at);
        if (!code)
            code = weir_json_need(at, "to", &to_at);
        has_bytes = weir_json_get(at, "bytes", &bytes_at);
    }
    if (!code)
        code = find_end(builder, &from_at, &from);
    if (!code)
        code = find_end(builder, &to_at, &to);
    if (!code && has_bytes)
        code = weir_json_quantity(&bytes_at, WEIR_UNIT_BYTES, 0, DBL_MAX, &bytes);
    if (!code && weir_build_flow(builder, from, to, bytes))
        code = weir_build_fail_at(at);
    return code;
}

int weir_workflow_plain(struct weir_workflow_builder *builder, const struct weir_json *root)
{
    static const char *const keys[] = {"tasks", "edges", NULL};
    struct weir_json list, entry;
    int code = weir_json_only(root, keys);
    if (!code)
        code = weir_json_need(root, "tasks", &list);
    if (!code && !weir_json_is_array(&list))
        code = weir_json_error(&list, "must be a list of tasks");
    for (bool more = !code && weir_json_first(&list, &entry); more && !code; more = weir_json_next(&entry))
        code = read_task(builder, &entry);
    if (code || !weir_json_get(root, "edges", &list))
        return code;
    if (!weir_json_is_array(&list))
        return weir_json_error(&list, "must be a list of edges; leave it out if there are none");
    for (bool more = weir_json_first(&list, &entry); more && !code; more = weir_json_next(&entry))
        code = read_edge(builder, &entry);
    return code;
}
