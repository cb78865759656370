#include "sim/experiment/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/files.h"

static void add_cell(struct weir_sheet *sheet, char *cell)
{
    sheet->cells = weir_grow(sheet->cells, sheet->cell_count + 1, &sheet->cell_capacity, sizeof *sheet->cells);
    sheet->cells[sheet->cell_count++] = cell;
}

/* Cuts one cell out in place; returns what ended it: ',', '\n' or 0. *at moves behind it. */
static char cut_cell(char **at, char **cell, size_t *line)
{
    char *from = *at, *to = from;
    *cell = from;
    if (*from == '"') {
        for (from++; *from; from++) {
            if (*from == '"' && from[1] != '"')
                break;
            from += *from == '"';
            *line += *from == '\n';
            *to++ = *from;
        }
        from += *from == '"';
    }
    while (*from && *from != ',' && *from != '\n')
        *to++ = *from++;
    char end = *from;
    if (end)
        from++;
    if (to > *cell && to[-1] == '\r' && end == '\n')
        to--;
    *to = '\0';
    *at = from;
    return end;
}

static int cut_rows(struct weir_sheet *sheet)
{
    size_t line = 1;
    for (char *at = sheet->text.data; at && *at;) {
        size_t first = sheet->cell_count, first_line = line;
        char end = ',';
        while (end == ',') {
            char *cell;
            end = cut_cell(&at, &cell, &line);
            add_cell(sheet, (char *)weir_csv_unguard(cell));
        }
        line++;
        size_t width = sheet->cell_count - first;
        if (!end) { /* the header may do without */
            sheet->is_cut = first > 0;
            sheet->cell_count = first > 0 ? first : width;
        }
        if (!first)
            sheet->column_count = width;
        else if (end && width != sheet->column_count)
            return weir_error(WEIR_EINPUT, "%s:%zu: the row has %zu cells, the header %zu", sheet->path, first_line,
                              width, sheet->column_count);
    }
    if (!sheet->column_count)
        return weir_error(WEIR_EINPUT, "%s: is empty", sheet->path);
    sheet->row_count = sheet->cell_count / sheet->column_count - 1;
    return WEIR_OK;
}

int weir_sheet_read(const char *path, struct weir_sheet *sheet)
{
    *sheet = (struct weir_sheet){.path = weir_copy(path)};
    int code = weir_text_read_file(&sheet->text, path);
    if (code == WEIR_OK)
        code = cut_rows(sheet);
    if (code != WEIR_OK)
        weir_sheet_fini(sheet);
    return code;
}

int weir_sheet_parse(const char *text, const char *name, struct weir_sheet *sheet)
{
    *sheet = (struct weir_sheet){.path = weir_copy(name)};
    weir_text_add(&sheet->text, text);
    int code = cut_rows(sheet);
    if (code != WEIR_OK)
        weir_sheet_fini(sheet);
    return code;
}

void weir_sheet_fini(struct weir_sheet *sheet)
{
    free(sheet->path);
    free(sheet->cells);
    weir_text_fini(&sheet->text);
    *sheet = (struct weir_sheet){0};
}

int weir_sheet_column(const struct weir_sheet *sheet, const char *name)
{
    for (size_t c = 0; c < sheet->column_count; c++)
        if (strcmp(sheet->cells[c], name) == 0)
            return (int)c;
    return -1;
}

const char *weir_sheet_cell(const struct weir_sheet *sheet, size_t row, int column)
{
    return column < 0 ? "" : sheet->cells[(row + 1) * sheet->column_count + (size_t)column];
}

double weir_sheet_number(const struct weir_sheet *sheet, size_t row, int column)
{
    const char *cell = weir_sheet_cell(sheet, row, column);
    char *end;
    double value = strtod(cell, &end);
    return *cell && !*end ? value : NAN;
}
