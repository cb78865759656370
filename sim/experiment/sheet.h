/* A CSV file of results in memory, cell by cell as text, so that numbers can be shown exactly as they stand there. */
#ifndef WEIR_EXPERIMENT_SHEET_H
#define WEIR_EXPERIMENT_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/text.h"

/* Zero-initialised is empty. */
struct weir_sheet {
    char *path;
    struct weir_text text; /* cells point into it */
    char **cells;          /* [row][column], the header first */
    size_t cell_count, cell_capacity;
    size_t column_count, row_count; /* rows without the header */
    bool is_cut;                    /* the last line has no end: it was left out */
};

/* Reads a file with a header, quoted as RFC 4180 says. Errors: WEIR_EINPUT with file and line for a file that cannot
 * be read, is empty, or has a row with more or fewer cells than the header; the sheet is empty then. */
int weir_sheet_read(const char *path, struct weir_sheet *sheet);

/* The same of a text; `name` is for messages. */
int weir_sheet_parse(const char *text, const char *name, struct weir_sheet *sheet);
void weir_sheet_fini(struct weir_sheet *sheet);

/* The number of a column by its name, -1 if there is none. */
int weir_sheet_column(const struct weir_sheet *sheet, const char *name);

/* A cell; "" of column -1. Borrowed. */
const char *weir_sheet_cell(const struct weir_sheet *sheet, size_t row, int column);

/* The cell as a number; NaN if it is empty or none. */
double weir_sheet_number(const struct weir_sheet *sheet, size_t row, int column);

#endif
