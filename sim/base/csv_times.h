/* The column of times of a CSV, or the two of date and time of day: which it is, how it is written, and its cells. */
#ifndef WEIR_BASE_CSV_TIMES_H
#define WEIR_BASE_CSV_TIMES_H

#include <stdbool.h>

#include "sim/base/csv_lines.h"
#include "sim/base/date.h"

enum weir_time_form {
    WEIR_TIME_UNKNOWN,
    WEIR_TIME_NUMBERS, /* in units of 1 / per_s seconds */
    WEIR_TIME_YEARS,
    WEIR_TIME_DIGITS,      /* 20240131, 20240131123015 */
    WEIR_TIME_DATES,       /* of weir_date_scan, whatever the order */
    WEIR_TIME_DAY_FIRST,   /* 31/1/2024 */
    WEIR_TIME_MONTH_FIRST, /* 1/31/2024 */
    WEIR_TIME_CLOCK,       /* 12:30:15 */
    WEIR_TIME_FORMAT       /* as the user says */
};

/* Zero-initialised, but for the wishes. */
struct weir_csv_times {
    /* Wishes, borrowed; NULL: none. */
    const char *wanted; /* a column's name or number, or two of them divided by a comma */
    const char *format; /* of strptime, or "s", "ms", "us", "ns" for numbers */
    const char *option; /* how the user names the column, for messages: "--time", "\"time\"" */
    /* Found. */
    int column, second; /* -1: none */
    enum weir_time_form form;
    double per_s; /* of numbers */
    /* The day that was read last, and the cells of two columns as one. */
    char day[10];
    double day_s;
    struct weir_text both;
};

/* Finds the column by the wish, else by its name (timestamp, datetime, date, time, ts and their like, also with a unit
 * behind it as in time_ms), else the first that holds dates, else the first of all. "date" and "time" or "hour" beside
 * each other are one time. Then finds out how its cells are written, reading on as far as that takes, and goes back to
 * where the lines stood. Whatever may surprise is told as a remark. `need` false: no column is no error, and column -1;
 * nor is then a column taken without a name that says time. Lines stand before the first line of values.
 * Errors: WEIR_EINPUT for a column that is not there, a format that is none, or times that may be read in two ways. */
int weir_csv_times_find(struct weir_csv_times *times, struct weir_csv_lines *lines, const struct weir_csv_names *names,
                        bool need);

/* Whether a name is one of those that columns of times have. */
bool weir_csv_times_name(const char *name);

/* Whether a name is one of those that numbers of rows have, or parts of dates: none, index, id, zone_id, row, "Unnamed:
 * 0"; year, month, day, hour. */
bool weir_csv_index_name(const char *name);
/* Whether a column is called as values are: value, count, requests, rate. */
bool weir_csv_value_name(const char *name);

/* The time of the line read last, in seconds. Errors: WEIR_EINPUT if it is none, with what would be one. */
int weir_csv_times_read(struct weir_csv_times *times, struct weir_csv_lines *lines, double *time_s);

/* A time that is written as those of the column, or seconds. */
bool weir_csv_times_scan(struct weir_csv_times *times, const char *text, double *time_s);

/* The text of the time of the line read last, for messages. Borrowed. */
const char *weir_csv_times_text(struct weir_csv_times *times, const struct weir_csv_lines *lines);

/* What times of the form are called: "dates", "milliseconds". */
const char *weir_csv_times_describe(const struct weir_csv_times *times);

void weir_csv_times_fini(struct weir_csv_times *times);

#endif
