/* Topologies as CSV: a file of nodes, and one of links. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/text.h"
#include "sim/generate/topology.h"

/* A file with a header, row by row. */
struct table {
    struct weir_csv_lines lines;
    char **header; /* owned, as are its names */
    size_t columns;
    int select;         /* column, -1: all rows are taken */
    const char *wanted; /* its value */
};

static void close_table(struct table *table)
{
    for (size_t i = 0; i < table->columns; i++)
        free(table->header[i]);
    free(table->header);
    weir_csv_close(&table->lines);
}

/* The number of a column; one that is not there is an error, or -1 if it is optional. */
static int column(const struct table *table, const char *option, const char *name, bool optional, int *number)
{
    *number = -1;
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->header[i], name) == 0)
            *number = (int)i;
    if (*number >= 0 || optional)
        return WEIR_OK;
    struct weir_text names = {0};
    for (size_t i = 0; i < table->columns && names.length < 200; i++)
        weir_text_addf(&names, "%s\"%s\"", i ? ", " : "", table->header[i]);
    int code = weir_csv_error(&table->lines, "there is no column \"%s\"; name it by --%s; there are %s", name, option,
                              weir_text_string(&names));
    weir_text_fini(&names);
    return code;
}

static int open_table(struct table *table, const char *path, const char *select)
{
    *table = (struct table){.select = -1};
    bool more;
    int code = weir_csv_open(&table->lines, path);
    if (code)
        return code;
    code = weir_csv_next(&table->lines, &more);
    if (!code && !more)
        code = weir_error(WEIR_EINPUT, "%s: is empty; the first line names the columns", path);
    if (!code) {
        table->columns = table->lines.cell_count;
        table->header = weir_alloc(table->columns, sizeof *table->header);
        for (size_t i = 0; i < table->columns; i++)
            table->header[i] = weir_copy(table->lines.cells[i]);
    }
    if (!code && select && *select) {
        const char *equals = strchr(select, '=');
        if (!equals) {
            code = weir_error(WEIR_EUSAGE, "--select: \"%s\" is not column=value", select);
        } else {
            char *name = weir_format("%.*s", (int)(equals - select), select);
            code = column(table, "select", name, false, &table->select);
            table->wanted = equals + 1;
            free(name);
        }
    }
    if (code)
        close_table(table);
    return code;
}

/* The next row that is selected. */
static int next_row(struct table *table, bool *more, char where[32])
{
    for (;;) {
        int code = weir_csv_next(&table->lines, more);
        if (code || !*more)
            return code;
        if (table->lines.cell_count != table->columns)
            return weir_csv_error(&table->lines, "has %zu cells; the first line has %zu", table->lines.cell_count,
                                  table->columns);
        snprintf(where, 32, "line %zu", table->lines.number);
        if (table->select < 0 || strcmp(table->lines.cells[table->select], table->wanted) == 0)
            return WEIR_OK;
    }
}

/* A number, NaN for an empty cell or an absent column. A unit makes it a quantity of the kind. */
static int number(const struct table *table, int at, enum weir_unit kind, double *value)
{
    *value = NAN;
    char quoted[WEIR_QUOTE_SIZE];
    const char *text = at >= 0 ? table->lines.cells[at] : "", *end;
    if (!*text)
        return WEIR_OK;
    end = weir_number_scan(text, value);
    if (end && !*end && isfinite(*value))
        return WEIR_OK;
    if (kind != WEIR_UNIT_NONE && weir_quantity_parse(kind, text, value) == WEIR_OK)
        return WEIR_OK;
    return weir_csv_error(&table->lines, "column \"%s\": %s is no number%s", table->header[at],
                          weir_quote(text, quoted), kind == WEIR_UNIT_BANDWIDTH ? " nor a bandwidth" : "");
}

static int read_nodes(struct table *table, const struct weir_topology_columns *columns, struct weir_topology *topology)
{
    int id, name, longitude, latitude;
    bool more;
    char where[32], row[32];
    int code = column(table, "id", columns->id, !*columns->id, &id);
    if (!code)
        code = column(table, "lon", columns->longitude, false, &longitude);
    if (!code)
        code = column(table, "lat", columns->latitude, false, &latitude);
    if (!code)
        code = column(table, "name", columns->name, true, &name);
    while (!code && !(code = next_row(table, &more, where)) && more) {
        double east, north;
        code = number(table, longitude, WEIR_UNIT_NONE, &east);
        if (!code)
            code = number(table, latitude, WEIR_UNIT_NONE, &north);
        snprintf(row, sizeof row, "%zu", topology->node_count + 1);
        if (!code)
            code = weir_topology_add_node(topology, where, id >= 0 ? table->lines.cells[id] : row,
                                          name >= 0 ? table->lines.cells[name] : NULL);
        if (!code && !isnan(east) && !isnan(north))
            code = weir_topology_set_place(topology, where, east, north);
    }
    if (!code && topology->node_count == 0)
        code = weir_error(WEIR_EINPUT, "%s: no nodes%s%s", topology->path, table->select < 0 ? "" : " with ",
                          table->select < 0 ? "" : columns->select);
    return code;
}

static int read_links(struct table *table, const struct weir_topology_columns *columns, struct weir_topology *topology)
{
    int from, to, length, bandwidth;
    bool more;
    char where[32];
    int code = column(table, "from", columns->from, false, &from);
    if (!code)
        code = column(table, "to", columns->to, false, &to);
    if (!code)
        code = column(table, "length", columns->length, true, &length);
    if (!code)
        code = column(table, "speed", columns->bandwidth, true, &bandwidth);
    while (!code && !(code = next_row(table, &more, where)) && more) {
        double length_km, bits_or_bytes;
        code = number(table, length, WEIR_UNIT_NONE, &length_km);
        if (!code)
            code = number(table, bandwidth, WEIR_UNIT_BANDWIDTH, &bits_or_bytes);
        if (code)
            break;
        /* A bare number is bit/s; a quantity has become bytes already. */
        double bare;
        const char *end = bandwidth >= 0 ? weir_number_scan(table->lines.cells[bandwidth], &bare) : NULL;
        code = weir_topology_add_link(topology, where, table->lines.cells[from], table->lines.cells[to], length_km,
                                      end && !*end ? bits_or_bytes / 8 : bits_or_bytes);
    }
    return code;
}

int weir_topology_read_csv(const char *nodes, const char *links, const struct weir_topology_columns *columns,
                           struct weir_topology *topology)
{
    struct table table;
    topology->path = nodes;
    int code = open_table(&table, nodes, columns->select);
    if (code)
        return code;
    code = read_nodes(&table, columns, topology);
    close_table(&table);
    if (code || !links || !*links)
        return code;
    topology->path = links;
    code = open_table(&table, links, columns->select);
    if (code)
        return code;
    code = read_links(&table, columns, topology);
    close_table(&table);
    topology->path = nodes;
    return code;
}
