/* Lines of a CSV file, plain or gzip, cut into cells; what csv.c and the readers of tables stand on. */
#ifndef WEIR_BASE_CSV_LINES_H
#define WEIR_BASE_CSV_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/text.h"

struct weir_unpack;

struct weir_csv_lines {
    const char *path;
    struct weir_unpack *file;
    char *block;           /* bytes read ahead */
    size_t used, filled;   /* of block */
    size_t number;         /* of the line, from 1 */
    struct weir_text line; /* cut into cells in place */
    char separator;        /* 0 until the first line was seen */
    char **cells;          /* borrowed from line */
    size_t cell_count, cell_capacity;
};

/* Errors: WEIR_EINPUT; nothing is to be closed after an error. */
int weir_csv_open(struct weir_csv_lines *lines, const char *path);
void weir_csv_close(struct weir_csv_lines *lines);

/* Reads the next line that is neither blank nor a '#' remark into cells, which have neither surrounding blanks nor
 * quotes; *more is false at the end of the file. Errors: WEIR_EINPUT with file and line, also for a damaged or
 * truncated gzip file. */
int weir_csv_next(struct weir_csv_lines *lines, bool *more);

/* "path:line: sentence"; returns WEIR_EINPUT. */
int weir_csv_error(const struct weir_csv_lines *lines, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
