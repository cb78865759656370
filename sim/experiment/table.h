/* The table of a comparison on a terminal: policies as rows, metrics as columns, units in the header. */
#ifndef WEIR_EXPERIMENT_TABLE_H
#define WEIR_EXPERIMENT_TABLE_H

#include <stdio.h>

#include "sim/experiment/summary.h"

#define WEIR_TABLE_COLUMNS 64

/* Rows of weir_metric_table to be shown. */
struct weir_columns {
    const struct weir_metric *metrics[WEIR_TABLE_COLUMNS];
    int count;
};

/* The columns named in "a,b,c"; NULL means the usual ones, without energy and cost where all policies have none.
 * Errors: WEIR_EUSAGE with the near name. */
int weir_columns_choose(const char *names, const struct weir_summary *summary, struct weir_columns *columns);

/* Prints the table, in parts of at most `width` characters one below the other. The best value of a column has a `*`,
 * and is bold if `bold`; with more than one seed, values have the half width of their interval. Notes below say so. */
void weir_table_print(FILE *out, const struct weir_summary *summary, const struct weir_columns *columns, bool bold,
                      int width);

/* A value of a metric with its unit, such as "10.72 ms". Returns `buffer`. */
const char *weir_metric_show(const struct weir_metric *metric, double value, char *buffer, size_t size);

#endif
