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
    char *block;         /* bytes read ahead */
    size_t size;         /* of block */
    size_t used, filled; /* of block */
    size_t number;       /* of the line, from 1 */
    bool marked;         /* there is a place to go back to */
    size_t mark, mark_number;
    size_t most_cells;     /* no more are cut; 0: all of them */
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

/* The next line as it stands, blank ones and remarks too, which the caller may cut up; *line is NULL at the end. Errors
 * as of weir_csv_next. */
int weir_csv_line(struct weir_csv_lines *lines, char **line);

/* Remembers the place behind the line read last, and goes back there, once. All that is read meanwhile is kept. */
void weir_csv_mark(struct weir_csv_lines *lines);
void weir_csv_back(struct weir_csv_lines *lines);

/* Whether a cell says that a value is missing: empty, NaN, NA, N/A, null, None, NaT, "?" or "-", in any case. */
bool weir_csv_is_gap(const char *cell);

/* A finite number, with a decimal comma too where commas do not divide cells. The cell may be changed by that. */
bool weir_csv_number(const struct weir_csv_lines *lines, char *cell, double *value);

/* The names of columns. */
struct weir_csv_names {
    char **name; /* [count], owned */
    size_t count;
    bool numbered; /* the file has no line of names: they are "1", "2" and so on */
};

/* Takes the names from the line read last or, if `numbered`, counts its cells. */
void weir_csv_names_take(struct weir_csv_names *names, const struct weir_csv_lines *lines, bool numbered);
void weir_csv_names_fini(struct weir_csv_names *names);

/* The column of that name or, if there is none, of that number, from 1. `option` is how the user says it, such as
 * "--value", or NULL. Errors: WEIR_EINPUT with the near name, or with those there are. */
int weir_csv_names_find(const struct weir_csv_names *names, const struct weir_csv_lines *lines, const char *option,
                        const char *wanted, int *column);

/* "path:line: sentence"; returns WEIR_EINPUT. */
int weir_csv_error(const struct weir_csv_lines *lines, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
