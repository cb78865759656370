/* For csv_times*.c alone. */
#ifndef WEIR_BASE_CSV_TIMES_PARTS_H
#define WEIR_BASE_CSV_TIMES_PARTS_H

#include "sim/base/csv_times.h"

/* Finds the form by the line read last and, where that leaves it open, by those behind it. */
int weir_csv_times_settle(struct weir_csv_times *times, struct weir_csv_lines *lines,
                          const struct weir_csv_names *names);

/* A time of day in a column of its own: 12:30, 12, 24, 1230 (0:00 to 24:00), in seconds. */
bool weir_csv_times_hour(const char *cell, double *time_s);

#endif
