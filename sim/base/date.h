/* Dates and times of day as files have them, in seconds since 1970-01-01 00:00 UTC. */
#ifndef WEIR_BASE_DATE_H
#define WEIR_BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>

/* Which comes first where day and month are numbers before the year: 3/4/2024. */
enum weir_date_order {
    WEIR_DATE_NO_ORDER, /* such dates are refused */
    WEIR_DATE_DAY_FIRST,
    WEIR_DATE_MONTH_FIRST
};

/* Reads a date with or without a time of day:
 *   2024-01-31, 2024/1/31, 2024.01.31, 2024-01 (its first day), 2024-Jan-31, 31.1.2024, 31-Jan-2024, 31 January 2024,
 *   Jan 31, 2024, 20240131T1200, and by `order` 31/1/2024, 31-1-2024, 1/31/2024; a weekday in front is left out;
 *   then 12, 12:30, 12:30:15, 12:30:15.25 (or ,25), 1230, 123015, 12:30 PM, behind a blank, 'T', '_', ':' or ", ";
 *   then Z, UTC, GMT, +02, +0200 or +02:00; without any of these it is taken as UTC;
 *   and the year behind it all, as ctime has it: Wed Jan 31 12:30:15 2024.
 * False if it is none of these, or no day of the calendar. */
bool weir_date_scan(const char *text, enum weir_date_order order, double *time_s);

/* Whether the order of day and month is what decides: two numbers of one or two digits before a year, divided by '/' or
 * '-'. */
bool weir_date_needs_order(const char *text);

/* Reads 20240131, 2024013112, 202401311230 or 20240131123015, of the years 1900 to 2100, and nothing else. */
bool weir_date_digits(const char *text, double *time_s);

/* Reads a time of day or a lapse: 12:30, 12:30:15, 100:00:00.5; with AM or PM too. Seconds since its beginning. */
bool weir_date_clock(const char *text, double *time_s);

/* Reads text by a format of strptime, in which %f is the digits of a fraction of a second. What the format leaves out
 * is that of 1970-01-01 00:00 UTC. False if it does not fit to the end, or is no day of the calendar. */
bool weir_date_format(const char *text, const char *format, double *time_s);

/* "2024-01-31 12:30:15", with a fraction if there is one; the time alone if it is too far away for a calendar. Returns
 * `buffer`. */
#define WEIR_DATE_SIZE 48
const char *weir_date_show(double time_s, char buffer[WEIR_DATE_SIZE]);

#endif
