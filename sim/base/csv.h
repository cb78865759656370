/* Reads time series from CSV files, plain or gzip. */
#ifndef WEIR_BASE_CSV_H
#define WEIR_BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>

/* A series: times in seconds from the first one, not decreasing; values, or NULL for a file of bare timestamps. */
struct weir_series {
    size_t count;
    double *time_s;
    double *value;
    double start_s; /* the first timestamp as it stood in the file (epoch seconds, or the file's own zero) */
};

/* Reads a CSV with a header or without. `time_column` and `value_column` name columns, or NULL: the first column is
 * the time, the second, if any, the value; a
 * value_column of "" takes the times alone (one event a line) and leaves the other columns unread. Times are seconds as
 * numbers, or dates "YYYY-MM-DD HH:MM[:SS[.fff]]" with a space or 'T' (optional 'Z'), read as UTC. Separator comma,
 * semicolon or tab, seen from the first line. Refused with file:line: no rows, text where a number belongs, NaN, a
 * negative value, time going back (equal times are allowed for bare timestamps only), a missing column (naming those
 * there). Errors: WEIR_EINPUT. *series is zeroed after an error. */
int weir_series_read(const char *path, const char *time_column, const char *value_column, struct weir_series *series);

/* The same for values of any sign, of which some may be missing: an empty value, "NaN" or "NA" in any case, becomes
 * NaN.
 */
int weir_series_read_any(const char *path, const char *time_column, const char *value_column,
                         struct weir_series *series);
void weir_series_fini(struct weir_series *series);

/* A time as such files have it, seconds or a date, in seconds. False if the text is none. */
bool weir_time_scan(const char *text, double *time_s);

#endif
