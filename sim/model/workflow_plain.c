/* weir's own JSON: {"tasks": [{"name": "a", "flops": "2Gf"}], "edges": [["a", "b", "1MB"]]}. */
#include <float.h>

#include "sim/base/error.h"
#include "sim/model/workflow_parts.h"

static int read_task(struct weir_workflow_builder *builder, const struct weir_json *at)
{
    static const char *const keys[] = {"name", "flops", "runtime", "input", "output", NULL};
    struct weir_json name_at, work_at;
    const char *name = NULL;
    double flops = 0, runtime_s = 0;
    int code = weir_json_only(at, keys);
    if (!code)
        code = weir_json_need(at, "name", &name_at);
    if (!code)
        code = weir_json_string(&name_at, &name);
    if (code)
        return code;
    bool has_flops = weir_json_get(at, "flops", &work_at);
    if (weir_json_get(at, "runtime", &work_at) == has_flops)
        return weir_json_error(at, "task \"%s\" needs its work: either \"flops\" or \"runtime\"", name);
    if (has_flops) {
        code = weir_json_opt_quantity(at, "flops", WEIR_UNIT_FLOPS, 0, DBL_MAX, &flops);
    } else {
        code = weir_json_quantity(&work_at, WEIR_UNIT_TIME, 0, DBL_MAX, &runtime_s);
        if (!code && weir_build_runtime(builder, runtime_s, &flops))
            code = weir_build_fail_at(&work_at);
    }
    if (code)
        return code;
    int index = weir_build_task(builder, name, NULL, flops);
    if (index < 0)
        return weir_build_fail_at(&name_at);
    struct weir_task *task = &builder->workflow->tasks[index];
    code = weir_json_opt_quantity(at, "input", WEIR_UNIT_BYTES, 0, DBL_MAX, &task->input_bytes);
    if (!code)
        code = weir_json_opt_quantity(at, "output", WEIR_UNIT_BYTES, 0, DBL_MAX, &task->output_bytes);
    task->input_bytes *= builder->options->data_factor;
    task->output_bytes *= builder->options->data_factor;
    return code;
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
