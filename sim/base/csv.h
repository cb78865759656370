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
    double start_s; /* the first timestamp (seconds since 1970, or the file's own zero) */
    size_t gaps;    /* values that are missing */
    char *about;    /* one line: which columns, how many rows, from when to when, how far apart */
};

/* What becomes of several rows of one time. */
enum weir_series_same {
    WEIR_SAME_REFUSE,
    WEIR_SAME_ADD,
    WEIR_SAME_MEAN,
};
extern const char *const weir_series_same_names[]; /* "refuse", "add", "mean", NULL */

/* How to read a series; zero is the default of everything. Texts are borrowed, "" is as NULL. */
struct weir_series_options {
    const char *time;        /* column of the times, or two of date and time of day divided by a comma */
    const char *value;       /* column of the values */
    const char *time_format; /* of strptime, or s, ms, us, ns for numbers */
    bool events;             /* the times alone count, an item each; they may coincide */
    bool any;                /* values of any sign; missing ones become NaN */
    bool no_header;          /* the first line is no line of names: columns are "1", "2" and so on */
    bool sort;               /* by time, rows of one time in the order of the file */
    enum weir_series_same same;
    bool as_it_is; /* whoever reads it has no way to say `sort` or `same`, so that no message offers them */
};

/* Reads a CSV with a line of names or without. Without `time` the column is found by its name or its content
 * (sim/base/csv_times.h); without `value` it is the first other one that is called as values are, else the first
 * that holds numbers, ids and parts of dates left out. Separator comma, semicolon or tab, seen from the first line;
 * with the last two, numbers may have a decimal comma. Missing values (weir_csv_is_gap) become NaN or, unless `any`,
 * the value before (at the beginning, the one behind), which is a remark. Refused with file:line: no rows, text where a
 * number belongs, a negative value unless `any`, time going back unless `sort`, one time twice (unless events, or
 * `same`), a missing column (naming those there). What was taken for what goes to weir_remark if it may surprise.
 * Errors: WEIR_EINPUT. *series is zeroed after an error. */
int weir_series_load(const char *path, const struct weir_series_options *options, struct weir_series *series);

/* The same with the columns alone; a value_column of "" means events. */
int weir_series_read(const char *path, const char *time_column, const char *value_column, struct weir_series *series);
void weir_series_fini(struct weir_series *series);

/* A time without a file around: seconds, or a date (weir_date_scan). False if the text is none. */
bool weir_time_scan(const char *text, double *time_s);

#endif
