/* From tasks, edges and files as a format gives them to a workflow: sizes, order, checks. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/base/utf8.h"
#include "sim/model/workflow_parts.h"

const char *weir_build_keep(struct weir_workflow_builder *builder, const char *text, size_t length)
{
    char *copy = weir_format("%.*s", (int)length, text);
    builder->kept = weir_grow(builder->kept, builder->kept_count + 1, &builder->kept_capacity, sizeof *builder->kept);
    builder->kept[builder->kept_count++] = copy;
    return copy;
}

int weir_build_number(const char *what, const char *text, double *value)
{
    char shown[WEIR_QUOTE_SIZE];
    const char *end = weir_number_scan(text, value);
    if (!end || *end)
        return weir_error(WEIR_EINPUT, "%s must be a number, not %s", what, weir_quote(text, shown));
    return WEIR_OK;
}

int weir_build_fail_at(const struct weir_json *at)
{
    char *reason = weir_copy(weir_error_message());
    int code = weir_json_error(at, "%s", reason);
    free(reason);
    return code;
}

int weir_build_task(struct weir_workflow_builder *builder, const char *id, const char *kind, double flops)
{
    struct weir_workflow *workflow = builder->workflow;
    char shown[WEIR_QUOTE_SIZE];
    if (!*id)
        return weir_error(WEIR_EINPUT, "a task without a name; give it one");
    const char *fault = weir_name_fault(id), *kind_fault = kind && *kind ? weir_name_fault(kind) : NULL;
    if (fault || kind_fault)
        return weir_error(WEIR_EINPUT, "the name of task %s %s; choose another", weir_quote(fault ? id : kind, shown),
                          fault ? fault : kind_fault);
    if (strcmp(id, "source") == 0 || strcmp(id, "sink") == 0)
        return weir_error(WEIR_EINPUT, "\"%s\" is a reserved name; give the task another", id);
    if (weir_names_find(&builder->tasks, id) >= 0)
        return weir_error(WEIR_EINPUT, "task %s is there twice; give one of them another id", weir_quote(id, shown));
    if (workflow->task_count == WEIR_TASKS_AT_MOST)
        return weir_error(WEIR_EINPUT, "more than %d tasks are too many for a job; cut the workflow into several",
                          WEIR_TASKS_AT_MOST);
    if (!(flops >= 0) || isinf(flops))
        return weir_error(WEIR_EINPUT, "task %s has a work of %g flop; it must not be negative", weir_quote(id, shown),
                          flops);
    size_t needed = (size_t)workflow->task_count + 1;
    workflow->tasks = weir_grow(workflow->tasks, needed, &builder->task_capacity, sizeof *workflow->tasks);
    workflow->tasks[workflow->task_count] =
        (struct weir_task){.name = kind && *kind ? weir_format("%s_%s", kind, id) : weir_copy(id), .flops = flops};
    workflow->task_count++;
    return weir_names_add(&builder->tasks, id, 0, 0);
}

int weir_build_runtime(struct weir_workflow_builder *builder, double runtime_s, double *flops)
{
    double least_s = builder->options->least_runtime_s;
    if (!(runtime_s >= 0) || isinf(runtime_s))
        return weir_error(WEIR_EINPUT, "a runtime of %g s; it must not be negative", runtime_s);
    builder->zero_runtimes += runtime_s <= 0 && least_s <= 0;
    *flops = fmax(runtime_s, least_s) * builder->options->reference_flops_per_s;
    return WEIR_OK;
}

int weir_build_find(const struct weir_workflow_builder *builder, const char *what, const char *id)
{
    char shown[WEIR_QUOTE_SIZE];
    int index = weir_names_find(&builder->tasks, id);
    if (index >= 0)
        return index;
    const char *near = weir_names_nearest(&builder->tasks, id);
    if (near)
        return weir_error(WEIR_EINPUT, "%s %s is no task of the file; did you mean \"%s\"?", what,
                          weir_quote(id, shown), near);
    return weir_error(WEIR_EINPUT, "%s %s is no task of the file; add the task, or take the edge out", what,
                      weir_quote(id, shown));
}

int weir_build_size(const struct weir_workflow_builder *builder, double bytes)
{
    if (!(bytes >= 0) || isinf(bytes))
        return weir_error(WEIR_EINPUT, "a size of %g bytes; it must not be negative", bytes);
    return WEIR_OK;
}

int weir_build_flow(struct weir_workflow_builder *builder, int from, int to, double bytes)
{
    struct weir_workflow *workflow = builder->workflow;
    if (from == to)
        return weir_error(WEIR_EINPUT, "task \"%s\" waits for itself; take the edge out", workflow->tasks[from].name);
    if (workflow->flow_count == WEIR_FLOWS_AT_MOST)
        return weir_error(WEIR_EINPUT, "has more than %d edges", WEIR_FLOWS_AT_MOST);
    int code = weir_build_size(builder, bytes);
    if (code)
        return code;
    size_t needed = (size_t)workflow->flow_count + 1;
    workflow->flows = weir_grow(workflow->flows, needed, &builder->flow_capacity, sizeof *workflow->flows);
    workflow->flows[workflow->flow_count++] = (struct weir_flow){from, to, bytes * builder->options->data_factor};
    return WEIR_OK;
}

int weir_build_use(struct weir_workflow_builder *builder, int task, const char *file, bool writes, double bytes)
{
    int code = weir_build_size(builder, bytes);
    if (code)
        return code;
    int index = weir_names_find(&builder->files, file);
    if (index < 0)
        index = weir_names_add(&builder->files, file, 0, 0);
    builder->uses = weir_grow(builder->uses, builder->use_count + 1, &builder->use_capacity, sizeof *builder->uses);
    builder->uses[builder->use_count++] =
        (struct weir_file_use){task, index, writes, bytes * builder->options->data_factor};
    return WEIR_OK;
}

/* --- sizes --- */

static int by_task(const void *a, const void *b)
{
    const struct weir_file_use *x = a, *y = b;
    if (x->task != y->task)
        return x->task < y->task ? -1 : 1;
    if (x->writes != y->writes)
        return x->writes - y->writes;
    return (x->file > y->file) - (x->file < y->file);
}

static bool same_use(const struct weir_file_use *a, const struct weir_file_use *b)
{
    return a->task == b->task && a->writes == b->writes && a->file == b->file;
}

/* Sorts the uses, each once; begins[2 task + writes] is the first of a task's, with one more at the end. */
static size_t *sort_uses(struct weir_workflow_builder *builder)
{
    size_t kinds = 2 * (size_t)builder->workflow->task_count, kept = 0, use = 0;
    size_t *begins = weir_alloc(kinds + 1, sizeof *begins);
    if (builder->use_count)
        qsort(builder->uses, builder->use_count, sizeof *builder->uses, by_task);
    for (size_t i = 0; i < builder->use_count; i++)
        if (!kept || !same_use(&builder->uses[kept - 1], &builder->uses[i]))
            builder->uses[kept++] = builder->uses[i];
    builder->use_count = kept;
    for (size_t kind = 0; kind <= kinds; kind++) {
        while (use < kept && 2 * (size_t)builder->uses[use].task + builder->uses[use].writes < kind)
            use++;
        begins[kind] = use;
    }
    return begins;
}

/* What a flow carries: the files that the parent writes and the child reads, at the size at which they are written. */
static double shared_bytes(const struct weir_workflow_builder *builder, const size_t *begins,
                           const struct weir_flow *flow)
{
    size_t out = begins[2 * (size_t)flow->from + 1], out_end = begins[2 * (size_t)flow->from + 2];
    size_t in = begins[2 * (size_t)flow->to], in_end = begins[2 * (size_t)flow->to + 1];
    double bytes = 0;
    while (out < out_end && in < in_end) {
        int written = builder->uses[out].file, read = builder->uses[in].file;
        if (written == read)
            bytes += builder->uses[out].bytes;
        out += written <= read;
        in += read <= written;
    }
    return bytes;
}

static void fill_from_files(struct weir_workflow_builder *builder)
{
    struct weir_workflow *workflow = builder->workflow;
    size_t *begins = sort_uses(builder);
    bool *written = weir_alloc(builder->files.count, sizeof *written);
    bool *read = weir_alloc(builder->files.count, sizeof *read);
    for (size_t i = 0; i < builder->use_count; i++)
        *(builder->uses[i].writes ? &written[builder->uses[i].file] : &read[builder->uses[i].file]) = true;
    for (size_t i = 0; i < builder->use_count; i++) {
        const struct weir_file_use *use = &builder->uses[i];
        if (use->writes && !read[use->file])
            workflow->tasks[use->task].output_bytes += use->bytes;
        else if (!use->writes && !written[use->file])
            workflow->tasks[use->task].input_bytes += use->bytes;
    }
    for (int f = 0; f < workflow->flow_count; f++)
        workflow->flows[f].bytes = shared_bytes(builder, begins, &workflow->flows[f]);
    free(begins);
    free(written);
    free(read);
}

/* --- order --- */

static int by_ends(const void *a, const void *b)
{
    const struct weir_flow *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

static void sort_flows(struct weir_workflow *workflow)
{
    if (workflow->flow_count)
        qsort(workflow->flows, (size_t)workflow->flow_count, sizeof *workflow->flows, by_ends);
}

static int merge_flows(struct weir_workflow_builder *builder)
{
    struct weir_workflow *workflow = builder->workflow;
    int kept = 0;
    sort_flows(workflow);
    for (int f = 0; f < workflow->flow_count; f++) {
        if (!kept || by_ends(&workflow->flows[kept - 1], &workflow->flows[f]) != 0)
            workflow->flows[kept++] = workflow->flows[f];
        else if (builder->adds_up)
            workflow->flows[kept - 1].bytes += workflow->flows[f].bytes;
        else if (!builder->by_files)
            return weir_error(WEIR_EINPUT, "%s: the edge %s -> %s is there twice; keep one", builder->path,
                              workflow->tasks[workflow->flows[f].from].name,
                              workflow->tasks[workflow->flows[f].to].name);
    }
    workflow->flow_count = kept;
    for (int f = 0; f < kept; f++) {
        workflow->tasks[workflow->flows[f].from].children++;
        workflow->tasks[workflow->flows[f].to].parents++;
    }
    return WEIR_OK;
}

/* Names a circle among the tasks that still wait for some: each of them has a parent among them. */
static int circle_error(const struct weir_workflow_builder *builder, const int *waits)
{
    const struct weir_workflow *workflow = builder->workflow;
    int n = workflow->task_count, current = 0, count = 0;
    int *parent = weir_alloc((size_t)n, sizeof *parent), *walk = weir_alloc((size_t)n + 1, sizeof *walk);
    bool *seen = weir_alloc((size_t)n, sizeof *seen);
    for (int f = 0; f < workflow->flow_count; f++)
        if (waits[workflow->flows[f].from] > 0)
            parent[workflow->flows[f].to] = workflow->flows[f].from;
    while (waits[current] <= 0)
        current++;
    for (; !seen[current]; current = parent[current]) {
        seen[current] = true;
        walk[count++] = current;
    }
    struct weir_text circle = {0};
    weir_text_add(&circle, workflow->tasks[current].name);
    do
        weir_text_addf(&circle, " -> %s", workflow->tasks[walk[--count]].name);
    while (walk[count] != current && circle.length < 300);
    int code = weir_error(WEIR_EINPUT, "%s: the tasks wait for each other in a circle: %s%s; take an edge out",
                          builder->path, weir_text_string(&circle), walk[count] != current ? " -> ..." : "");
    weir_text_fini(&circle);
    free(parent);
    free(walk);
    free(seen);
    return code;
}

/* Kahn's order, roots first as they stand in the file; remaps the flows. */
static int sort_tasks(struct weir_workflow_builder *builder)
{
    struct weir_workflow *workflow = builder->workflow;
    int n = workflow->task_count, placed = 0, queued = 0, code = WEIR_OK;
    int *waits = weir_alloc((size_t)n, sizeof *waits), *order = weir_alloc((size_t)n, sizeof *order);
    int *first = weir_alloc((size_t)n + 1, sizeof *first), *place = weir_alloc((size_t)n, sizeof *place);
    struct weir_task *sorted = NULL;
    for (int t = 0, f = 0; t < n; t++) {
        while (f < workflow->flow_count && workflow->flows[f].from < t)
            f++;
        first[t] = f;
        if (!(waits[t] = workflow->tasks[t].parents))
            order[queued++] = t;
    }
    first[n] = workflow->flow_count;
    for (; placed < queued; placed++) {
        int task = order[placed];
        place[task] = placed;
        for (int f = first[task]; f < first[task + 1]; f++)
            if (--waits[workflow->flows[f].to] == 0)
                order[queued++] = workflow->flows[f].to;
    }
    if (placed < n) {
        code = circle_error(builder, waits);
        goto out;
    }
    sorted = weir_alloc((size_t)n, sizeof *sorted);
    for (int t = 0; t < n; t++)
        sorted[place[t]] = workflow->tasks[t];
    free(workflow->tasks);
    workflow->tasks = sorted;
    for (int f = 0; f < workflow->flow_count; f++) {
        workflow->flows[f].from = place[workflow->flows[f].from];
        workflow->flows[f].to = place[workflow->flows[f].to];
    }
    sort_flows(workflow);
out:
    free(waits);
    free(order);
    free(first);
    free(place);
    return code;
}

static void remark(const struct weir_workflow_builder *builder)
{
    int tasks = builder->workflow->task_count;
    if (builder->zero_runtimes)
        weir_remark("%s: %d of %d tasks have a runtime of zero, too short to be measured, and take no time; "
                    "\"least_runtime\" (--least-runtime) gives them one",
                    builder->path, builder->zero_runtimes, tasks);
    if (builder->bare_tasks)
        weir_remark("%s: %d of %d tasks have no size, or are named by edges alone; they take no time", builder->path,
                    builder->bare_tasks, tasks);
    if (builder->bare_edges)
        weir_remark("%s: %d edges have no size, and nothing flows along them", builder->path, builder->bare_edges);
    if (builder->bare_files)
        weir_remark(
            "%s: files are named %d times without a size, in \"uses\", and are taken as empty there; add \"size\"",
            builder->path, builder->bare_files);
}

int weir_build_finish(struct weir_workflow_builder *builder)
{
    if (!builder->workflow->task_count)
        return weir_error(WEIR_EINPUT, "%s: has no tasks", builder->path);
    remark(builder);
    int code = merge_flows(builder);
    if (!code && builder->by_files)
        fill_from_files(builder);
    return code ? code : sort_tasks(builder);
}
