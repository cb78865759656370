/* Rows of a CSV file, written quickly, and compressed if wanted. One writer at a time; what goes wrong is told at the
 * end. */
#ifndef WEIR_EXPERIMENT_ROWS_H
#define WEIR_EXPERIMENT_ROWS_H

#include <stdbool.h>
#include <stdio.h>

struct weir_rows;

/* Rows go to a file that stays the caller's, as gzip has it if `gzip`. */
struct weir_rows *weir_rows_new(FILE *file, bool gzip);

/* Text as it stands. */
void weir_rows_text(struct weir_rows *rows, const char *text);
/* A field: as weir_csv_field writes it. */
void weir_rows_field(struct weir_rows *rows, const char *text);
/* A number: as %.10g has it, nothing for NaN and infinity. */
void weir_rows_number(struct weir_rows *rows, double value);

/* Writes what is left to the file (which is neither flushed nor closed), and frees the rows. NULL is none. Errors: the
 * file's, where they are looked for by ferror; memory that is missing ends the process. */
void weir_rows_end(struct weir_rows *rows);

#endif
