/* How the cells of a column of times are written. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_times_parts.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/remark.h"

enum { NONE = -1 };

static bool scan_number(const char *text, double *value)
{
    const char *end = weir_number_scan(text, value);
    return end && *end == '\0' && isfinite(*value);
}

bool weir_csv_times_hour(const char *cell, double *time_s)
{
    double number;
    if (weir_date_clock(cell, time_s))
        return true;
    if (!scan_number(cell, &number) || number != floor(number) || number < 0)
        return false;
    size_t length = strcspn(cell, ".");
    if (length >= 3) { /* 930 is 9:30 */
        *time_s = floor(number / 100) * 3600 + fmod(number, 100) * 60;
        return number <= 2400 && fmod(number, 100) < 60;
    }
    *time_s = number * 3600;
    return number <= 24;
}

/* One cell by one form. */
static bool scan_form(const struct weir_csv_times *times, enum weir_time_form form, const char *text, double *time_s)
{
    double number;
    switch (form) {
    case WEIR_TIME_NUMBERS:
        if (!scan_number(text, &number))
            return false;
        *time_s = number / times->per_s;
        return true;
    case WEIR_TIME_YEARS: {
        char date[16] = "";
        if (!scan_number(text, &number) || number != floor(number) || number < 1000 || number > 9999)
            return false;
        for (int i = 0; i < 4; i++)
            date[i] = text[i];
        memcpy(date + 4, "-01-01", 7);
        return weir_date_scan(date, WEIR_DATE_NO_ORDER, time_s);
    }
    case WEIR_TIME_DIGITS:
        return weir_date_digits(text, time_s);
    case WEIR_TIME_DATES:
        return weir_date_scan(text, WEIR_DATE_NO_ORDER, time_s);
    case WEIR_TIME_DAY_FIRST:
        return weir_date_scan(text, WEIR_DATE_DAY_FIRST, time_s);
    case WEIR_TIME_MONTH_FIRST:
        return weir_date_scan(text, WEIR_DATE_MONTH_FIRST, time_s);
    case WEIR_TIME_CLOCK:
        return weir_date_clock(text, time_s);
    case WEIR_TIME_FORMAT:
        return weir_date_format(text, times->format, time_s);
    case WEIR_TIME_UNKNOWN:
        break;
    }
    return false;
}

/* A date and a time of day in two columns, or a time in one. */
static bool scan_cells(struct weir_csv_times *times, enum weir_time_form form, const struct weir_csv_lines *lines,
                       double *time_s)
{
    double inner_s;
    if (times->second == NONE || form == WEIR_TIME_FORMAT)
        return scan_form(times, form, weir_csv_times_text(times, lines), time_s);
    if ((size_t)times->column >= lines->cell_count || (size_t)times->second >= lines->cell_count)
        return false;
    if (!scan_form(times, form, lines->cells[times->column], time_s) ||
        !weir_csv_times_hour(lines->cells[times->second], &inner_s))
        return false;
    *time_s += inner_s;
    return true;
}

/* Two ways to read a column, and what speaks for either. */
struct reading {
    enum weir_time_form form;
    size_t right, wrong, back, uneven;
    double last_s, step_s;
};

static void weigh(struct weir_csv_times *times, const struct weir_csv_lines *lines, struct reading *r)
{
    double time_s;
    if (!scan_cells(times, r->form, lines, &time_s)) {
        r->wrong++;
        return;
    }
    if (r->right++ > 0) {
        double step_s = time_s - r->last_s;
        r->back += step_s < 0;
        r->uneven += r->right > 2 && step_s != r->step_s;
        r->step_s = step_s;
    }
    r->last_s = time_s;
}

/* Reads on to the end of the file, or until one of the readings is wrong and `until_wrong` says that this decides. */
static int weigh_all(struct weir_csv_times *times, struct weir_csv_lines *lines, struct reading r[2], bool until_wrong)
{
    bool more = true;
    int code = WEIR_OK;
    while (!code && more) {
        weigh(times, lines, &r[0]);
        weigh(times, lines, &r[1]);
        if (until_wrong && (r[0].wrong == 0) != (r[1].wrong == 0))
            break;
        code = weir_csv_next(lines, &more);
    }
    return code;
}

/* 1/2/2024: the first number above 12 decides, else that times do not go back, else that they are evenly apart. */
static int settle_order(struct weir_csv_times *times, struct weir_csv_lines *lines)
{
    struct reading r[2] = {{.form = WEIR_TIME_DAY_FIRST}, {.form = WEIR_TIME_MONTH_FIRST}};
    size_t first_line = lines->number;
    char *first = weir_copy(weir_csv_times_text(times, lines));
    int code = weigh_all(times, lines, r, true), chosen = NONE;
    if (!code && r[0].wrong && r[1].wrong)
        chosen = r[1].wrong < r[0].wrong; /* the cell that is none is told when it is read */
    else if (!code && (r[0].wrong || r[1].wrong))
        chosen = r[0].wrong != 0;
    else if (!code && (r[0].back == 0) != (r[1].back == 0))
        chosen = r[0].back != 0;
    else if (!code && r[0].right == 1 && r[1].right == 1 && r[0].last_s == r[1].last_s)
        chosen = 0;
    else if (!code && r[0].right > 2 && (r[0].uneven == 0) != (r[1].uneven == 0))
        chosen = r[0].uneven != 0;
    else if (!code && r[0].uneven == 0 && r[1].uneven == 0 && r[0].step_s == r[1].step_s && r[0].last_s == r[1].last_s)
        chosen = 0; /* both say the same */
    if (!code && chosen == NONE) {
        lines->number = first_line;
        code = weir_csv_error(
            lines,
            "\"%s\" may have the day or the month first, and no line of the file decides it; say which by "
            "a time format (--time-format, \"time_format\"): %%d/%%m/%%Y or %%m/%%d/%%Y, with "
            "%%H:%%M:%%S if there is a time of day",
            first);
    } else if (!code) {
        times->form = r[chosen].form;
        weir_remark("%s: \"%s\" is taken with the %s first", lines->path, first, chosen ? "month" : "day");
    }
    free(first);
    return code;
}

/* 20240131: dates if nearly all are such, or numbers. */
static int settle_digits(struct weir_csv_times *times, struct weir_csv_lines *lines)
{
    struct reading r[2] = {{.form = WEIR_TIME_DIGITS}, {.form = WEIR_TIME_NUMBERS}};
    char *first = weir_copy(weir_csv_times_text(times, lines));
    int code = weigh_all(times, lines, r, false);
    bool dates = r[0].right >= 9 * r[0].wrong;
    if (!code && dates) {
        times->form = WEIR_TIME_DIGITS;
        weir_remark("%s: \"%s\" is taken as a date in digits; if it is a number of seconds, say --time-format s",
                    lines->path, first);
    }
    free(first);
    return code;
}

/* Numbers: of what, by how large the first is. */
static int settle_numbers(struct weir_csv_times *times, struct weir_csv_lines *lines,
                          const struct weir_csv_names *names, const char *text, double number)
{
    static const struct {
        double least, per_s;
        const char *called;
    } sizes[] = {{1e17, 1e9, "nanoseconds"}, {1e14, 1e6, "microseconds"}, {1e11, 1e3, "milliseconds"}};
    const char *name = names->numbered ? "" : names->name[times->column];
    double time_s;
    times->form = WEIR_TIME_NUMBERS;
    if (weir_date_digits(text, &time_s)) {
        int code = settle_digits(times, lines);
        if (code || times->form == WEIR_TIME_DIGITS)
            return code;
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (fabs(number) >= sizes[i].least) {
            times->per_s = sizes[i].per_s;
            weir_remark("%s: times such as %s are taken as %s since 1970", lines->path, text, sizes[i].called);
            return WEIR_OK;
        }
    bool year = number == floor(number) && number >= 1800 && number <= 2200 && strlen(text) == 4;
    if (year && (strcmp(name, "year") == 0 || strcmp(name, "Year") == 0 || strcmp(name, "YEAR") == 0)) {
        times->form = WEIR_TIME_YEARS;
        weir_remark("%s: \"%s\" is taken as a year", lines->path, text);
    } else if (year) {
        weir_remark("%s: the time %s is taken as %s seconds; if it is a year, say --time-format %%Y", lines->path, text,
                    text);
    } else if (number == floor(number) && number >= 0 && number <= 1 && !names->numbered &&
               !weir_csv_times_name(name) && !times->wanted && strcmp(name, "t") != 0) {
        weir_remark(
            "%s: the first column (\"%s\") is taken as the time, in seconds; if it holds the numbers of rows, name "
            "the column of times",
            lines->path, names->name[times->column]);
    }
    return WEIR_OK;
}

int weir_csv_times_settle(struct weir_csv_times *times, struct weir_csv_lines *lines,
                          const struct weir_csv_names *names)
{
    const char *text = (size_t)times->column < lines->cell_count ? lines->cells[times->column] : "";
    double number, time_s;
    if (weir_date_needs_order(text) ||
        (weir_date_scan(text, WEIR_DATE_DAY_FIRST, &time_s) && !weir_date_scan(text, WEIR_DATE_NO_ORDER, &time_s)) ||
        (weir_date_scan(text, WEIR_DATE_MONTH_FIRST, &time_s) && !weir_date_scan(text, WEIR_DATE_NO_ORDER, &time_s)))
        return settle_order(times, lines);
    if (weir_date_scan(text, WEIR_DATE_NO_ORDER, &time_s)) {
        times->form = WEIR_TIME_DATES;
        return WEIR_OK;
    }
    if (times->second == NONE && weir_date_clock(text, &time_s)) {
        times->form = WEIR_TIME_CLOCK;
        return WEIR_OK;
    }
    if (times->second != NONE && weir_date_digits(text, &time_s)) {
        times->form = WEIR_TIME_DIGITS;
        return WEIR_OK;
    }
    if (scan_number(text, &number)) {
        char *copy = weir_copy(text);
        int code = settle_numbers(times, lines, names, copy, number);
        free(copy);
        return code;
    }
    times->form = WEIR_TIME_DATES; /* it is none, which is told when it is read */
    return WEIR_OK;
}

/* Two digits at `text`; -1 if there are none. */
static inline int two(const char *text)
{
    unsigned tens = (unsigned char)text[0] - '0', ones;
    if (tens > 9 || (ones = (unsigned char)text[1] - '0') > 9)
        return -1;
    return (int)(tens * 10 + ones);
}

/* "2024-01-31 12:30" or "2024-01-31T12:30:15", of the day that was read last, which spares the calendar. */
static bool scan_same_day(const struct weir_csv_times *times, const char *text, double *time_s)
{
    if (!*times->day || strncmp(text, times->day, sizeof times->day) != 0 || (text[10] != ' ' && text[10] != 'T'))
        return false;
    int hour = two(text + 11), minute, second = 0;
    if (hour < 0 || hour > 23 || text[13] != ':' || (minute = two(text + 14)) < 0 || minute > 59)
        return false;
    if (text[16] == ':' && ((second = two(text + 17)) < 0 || second > 59 || text[19]))
        return false;
    if (text[16] && text[16] != ':')
        return false;
    *time_s = times->day_s + hour * 3600 + minute * 60 + second;
    return true;
}

/* Keeps the day of a time that was read, if it is written as such. */
static void keep_day(struct weir_csv_times *times, const char *text)
{
    double day_s;
    char day[sizeof times->day + 1] = "";
    if (strlen(text) < sizeof times->day)
        return;
    memcpy(day, text, sizeof times->day);
    if (day[4] == '-' && day[7] == '-' && weir_date_scan(day, WEIR_DATE_NO_ORDER, &day_s)) {
        memcpy(times->day, text, sizeof times->day);
        times->day_s = day_s;
    }
}

int weir_csv_times_read(struct weir_csv_times *times, struct weir_csv_lines *lines, double *time_s)
{
    char quoted[WEIR_QUOTE_SIZE];
    if (times->form == WEIR_TIME_DATES && times->second == NONE && (size_t)times->column < lines->cell_count) {
        const char *text = lines->cells[times->column];
        if (scan_same_day(times, text, time_s))
            return WEIR_OK;
        if (weir_date_scan(text, WEIR_DATE_NO_ORDER, time_s)) {
            keep_day(times, text);
            return WEIR_OK;
        }
    } else if (scan_cells(times, times->form, lines, time_s)) {
        return WEIR_OK;
    }
    const char *text = weir_quote(weir_csv_times_text(times, lines), quoted);
    if (times->form == WEIR_TIME_FORMAT)
        return weir_csv_error(lines, "%s is not a time of the format \"%s\"", text, times->format);
    if (times->form == WEIR_TIME_DAY_FIRST || times->form == WEIR_TIME_MONTH_FIRST)
        return weir_csv_error(lines, "%s is not a time with the %s first, as others of the column are", text,
                              times->form == WEIR_TIME_DAY_FIRST ? "day" : "month");
    if (times->form == WEIR_TIME_DIGITS || times->form == WEIR_TIME_YEARS || times->form == WEIR_TIME_CLOCK)
        return weir_csv_error(lines, "%s is not a time such as the others of the column, %s", text,
                              weir_csv_times_describe(times));
    return weir_csv_error(lines,
                          "%s is not a time; write seconds or a date such as \"2024-05-01 12:30:00\", or say how times "
                          "are written (--time-format, \"time_format\")",
                          text);
}

bool weir_csv_times_scan(struct weir_csv_times *times, const char *text, double *time_s)
{
    return scan_form(times, times->form, text, time_s) || weir_date_scan(text, WEIR_DATE_NO_ORDER, time_s) ||
           scan_number(text, time_s);
}
