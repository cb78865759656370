/* Two CSV tables: X.tasks.csv (id; runtime_s in seconds, or flop; name, if there is one) and X.edges.csv (src, dst,
 * bytes). A column dag tells several workflows in one pair of tables apart. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/workflow_parts.h"

/* Columns by name; several names mean the same. */
enum { ID, NAME, RUNTIME, FLOPS, FROM, TO, BYTES, DAG, COLUMNS };
static const struct {
    int column;
    const char *name;
} names[] = {{ID, "id"},      {ID, "task"},     {NAME, "name"},   {RUNTIME, "runtime_s"},
             {FLOPS, "flop"}, {FLOPS, "flops"}, {FROM, "src"},    {FROM, "from"},
             {TO, "dst"},     {TO, "to"},       {BYTES, "bytes"}, {DAG, "dag"}};

struct table {
    struct weir_workflow_builder *builder;
    struct weir_csv_lines lines;
    int at[COLUMNS]; /* -1: not there */
    long rows;       /* of the workflow that is read */
};

static int open_table(struct table *table, const char *path)
{
    bool more = false;
    int code = weir_csv_open(&table->lines, path);
    if (!code)
        code = weir_csv_next(&table->lines, &more);
    if (!code && !more)
        code = weir_error(WEIR_EINPUT, "%s: is empty; a line with the names of the columns is expected", path);
    for (int column = 0; column < COLUMNS; column++)
        table->at[column] = -1;
    for (size_t c = 0; !code && more && c < table->lines.cell_count; c++)
        for (size_t n = 0; n < sizeof names / sizeof *names; n++)
            if (strcmp(table->lines.cells[c], names[n].name) == 0)
                table->at[names[n].column] = (int)c;
    return code;
}

static int need_column(const struct table *table, int column, const char *words)
{
    return table->at[column] >= 0 ? WEIR_OK : weir_csv_error(&table->lines, "has no column %s; add it", words);
}

/* The cell of a column in the present line, "" if there is none. */
static const char *cell(const struct table *table, int column)
{
    int at = table->at[column];
    return at >= 0 && (size_t)at < table->lines.cell_count ? table->lines.cells[at] : "";
}

/* A line of another workflow in the same table is passed over. */
static int read_rows(struct table *table, int (*read)(struct table *table))
{
    const char *dag = table->builder->options->dag;
    bool more = true;
    if (table->at[DAG] >= 0 && !dag)
        return weir_csv_error(&table->lines, "holds several workflows; say which by \"dag\" (--dag)");
    if (table->at[DAG] < 0 && dag)
        return weir_csv_error(&table->lines, "has no column dag, so it holds one workflow; leave \"dag\" out");
    for (;;) {
        int code = weir_csv_next(&table->lines, &more);
        if (code || !more)
            return code;
        if (dag && strcmp(cell(table, DAG), dag) != 0)
            continue;
        table->rows++;
        if (read(table)) {
            weir_error_context("%s:%zu", table->lines.path, table->lines.number);
            return WEIR_EINPUT;
        }
    }
}

static const char *keep(struct table *table, int column)
{
    const char *text = cell(table, column);
    return weir_build_keep(table->builder, text, strlen(text));
}

static int read_task(struct table *table)
{
    double runtime_s = 0, flops = 0;
    bool timed = table->at[RUNTIME] >= 0;
    int code = weir_build_number(timed ? "runtime_s" : "flop", cell(table, timed ? RUNTIME : FLOPS),
                                 timed ? &runtime_s : &flops);
    if (!code && timed)
        code = weir_build_runtime(table->builder, runtime_s, &flops);
    if (code)
        return code;
    int task = weir_build_task(table->builder, keep(table, ID), cell(table, NAME), flops);
    return task < 0 ? task : WEIR_OK;
}

static int read_edge(struct table *table)
{
    double bytes = 0;
    int code = weir_build_number("bytes", cell(table, BYTES), &bytes);
    if (code)
        return code;
    int from = weir_build_find(table->builder, "task", cell(table, FROM));
    int to = from < 0 ? from : weir_build_find(table->builder, "task", cell(table, TO));
    return to < 0 ? to : weir_build_flow(table->builder, from, to, bytes);
}

static int read_tasks(struct weir_workflow_builder *builder)
{
    struct table table = {.builder = builder};
    int code = open_table(&table, builder->path);
    if (!code)
        code = need_column(&table, ID, "id");
    if (!code && table.at[FLOPS] < 0)
        code = need_column(&table, RUNTIME, "runtime_s or flop");
    if (!code)
        code = read_rows(&table, read_task);
    if (!code && !table.rows && builder->options->dag)
        code = weir_error(WEIR_EINPUT, "%s: has no workflow \"%s\" in its column dag", builder->path,
                          builder->options->dag);
    weir_csv_close(&table.lines);
    return code;
}

static int read_edges(struct weir_workflow_builder *builder, const char *path)
{
    struct table table = {.builder = builder};
    int code = open_table(&table, path);
    if (!code)
        code = need_column(&table, FROM, "src");
    if (!code)
        code = need_column(&table, TO, "dst");
    if (!code)
        code = need_column(&table, BYTES, "bytes");
    if (!code)
        code = read_rows(&table, read_edge);
    weir_csv_close(&table.lines);
    return code;
}

int weir_workflow_tables(struct weir_workflow_builder *builder, const char *edges)
{
    builder->adds_up = true;
    int code = read_tasks(builder);
    return code ? code : read_edges(builder, edges);
}
