/* Alibaba's cluster traces, table batch_task: a task a line, whose name carries the graph. M1 is the first task of its
 * job, R3_1_2 the third, which waits for the first and the second; others, such as task_xyz, wait for none. Nothing is
 * said of data; how long a task took is from its start to its end. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/model/workflow_parts.h"

/* Columns of the trace of 2018, which has no line of names; that of 2017 has others. */
enum { TASK, INSTANCES, JOB, TYPE, STATUS, START, END, COLUMNS };

bool weir_workflow_is_batch(const char *text)
{
    size_t length = strcspn(text, "\r\n");
    int commas = 0;
    for (size_t i = 0; i < length; i++)
        commas += text[i] == ',';
    if (commas < COLUMNS - 1 || commas > 10)
        return false;
    const char *job = strchr(strchr(text, ',') + 1, ',') + 1;
    return strncmp(text, "task_name,", 10) == 0 || strncmp(job, "j_", 2) == 0;
}

/* The number of a task in its job: the digits behind the letters in front; NULL if the name carries no graph. */
static const char *number_of(const char *name)
{
    const char *at = name;
    while (isalpha((unsigned char)*at))
        at++;
    size_t digits = strspn(at, "0123456789");
    return at > name && digits > 0 && (at[digits] == '\0' || at[digits] == '_') ? at : NULL;
}

struct table {
    struct weir_workflow_builder *builder;
    struct weir_csv_lines lines;
    const char *job;
};

/* The id of a task: its number, or its name. */
static const char *id_of(struct table *table, const char *name)
{
    const char *number = number_of(name);
    return number ? weir_build_keep(table->builder, number, strcspn(number, "_"))
                  : weir_build_keep(table->builder, name, strlen(name));
}

static int add_task(struct table *table)
{
    char **cells = table->lines.cells;
    double start_s = 0, end_s = 0, flops = 0;
    int code = weir_build_number("the start", cells[START], &start_s);
    if (!code)
        code = weir_build_number("the end", cells[END], &end_s);
    if (!code && strcmp(cells[STATUS], "Terminated") != 0)
        return weir_error(WEIR_EINPUT, "task %s did not end well (%s); choose another job", cells[TASK], cells[STATUS]);
    if (!code)
        code = weir_build_runtime(table->builder, end_s - start_s, &flops);
    if (code)
        return code;
    const char *name = cells[TASK], *number = number_of(name);
    char kind[32] = "";
    for (size_t i = 0; number && i + 1 < sizeof kind && name + i < number; i++)
        kind[i] = name[i];
    int task = weir_build_task(table->builder, id_of(table, name), number ? kind : NULL, flops);
    return task < 0 ? task : WEIR_OK;
}

static int add_edges(struct table *table)
{
    const char *name = table->lines.cells[TASK], *number = number_of(name);
    int code = WEIR_OK, task = weir_build_find(table->builder, "task", id_of(table, name));
    if (task < 0 || !number)
        return task < 0 ? task : WEIR_OK;
    for (const char *at = strchr(number, '_'); at && !code; at = strchr(at, '_')) {
        size_t digits = strspn(++at, "0123456789");
        if (digits == 0) /* a part of the name that is no number, as in M2_Stg1 */
            continue;
        int parent = weir_build_find(table->builder, "predecessor", weir_build_keep(table->builder, at, digits));
        code = parent < 0 ? parent : weir_build_flow(table->builder, parent, task, 0);
    }
    return code;
}

/* Whether the line is of the job that is wanted; the only one, if none is named. */
static int choose(struct table *table, bool *ours)
{
    const char *job;
    if (table->lines.cell_count < COLUMNS)
        return weir_error(WEIR_EINPUT, "has %zu cells; %d are expected: task, instances, job, type, status, start, end",
                          table->lines.cell_count, COLUMNS);
    job = table->lines.cells[JOB];
    *ours = strcmp(table->lines.cells[TASK], "task_name") != 0;
    if (!*ours)
        return WEIR_OK;
    if (!table->job)
        table->job = weir_build_keep(table->builder, job, strlen(job));
    *ours = strcmp(job, table->job) == 0;
    if (!*ours && !table->builder->options->dag)
        return weir_error(WEIR_EINPUT, "holds several jobs, such as %s and %s; say which by \"dag\" (--dag)",
                          table->job, job);
    return WEIR_OK;
}

static int read_rows(struct weir_workflow_builder *builder, int (*read)(struct table *table))
{
    struct table table = {.builder = builder, .job = builder->options->dag};
    bool more = true, ours = false;
    int code = weir_csv_open(&table.lines, builder->path);
    if (code)
        return code;
    while (!code && !(code = weir_csv_next(&table.lines, &more)) && more) {
        code = choose(&table, &ours);
        if (!code && ours)
            code = read(&table);
        if (code)
            weir_error_context("%s:%zu", builder->path, table.lines.number);
    }
    weir_csv_close(&table.lines);
    return code;
}

int weir_workflow_batch(struct weir_workflow_builder *builder)
{
    builder->adds_up = true;
    int code = read_rows(builder, add_task);
    if (!code && !builder->workflow->task_count && builder->options->dag)
        code = weir_error(WEIR_EINPUT, "%s: has no job \"%s\"", builder->path, builder->options->dag);
    return code ? code : read_rows(builder, add_edges);
}
