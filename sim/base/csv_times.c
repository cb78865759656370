#include "sim/base/csv_times.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/csv_times_parts.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/remark.h"

enum { NONE = -1, NAME = 24 };

/* Units that a name may end with, and units of numbers as the user says them. */
static const struct unit {
    const char *name;
    double per_s;
    const char *called;
} units[] = {{"s", 1, "seconds"},
             {"ms", 1e3, "milliseconds"},
             {"us", 1e6, "microseconds"},
             {"ns", 1e9, "nanoseconds"},
             {NULL, 0, NULL}};

/* A name in small letters and digits alone, cut. */
static void plain_name(const char *name, char plain[NAME])
{
    size_t length = 0;
    for (; *name && length < NAME - 1; name++)
        if (isalnum((unsigned char)*name))
            plain[length++] = (char)tolower((unsigned char)*name);
    plain[length] = '\0';
}

static bool is_one_of(const char *plain, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(plain, *list) == 0)
            return true;
    return false;
}

/* The unit at a name's end, behind something that is no letter: time_ms, "time (ms)"; NULL if there is none. */
static const struct unit *unit_of(const char *name)
{
    size_t length = strlen(name);
    while (length > 0 && (name[length - 1] == ')' || name[length - 1] == ']'))
        length--;
    for (const struct unit *u = units; u->name; u++) {
        size_t tail = strlen(u->name);
        if (length > tail && strncmp(name + length - tail, u->name, tail) == 0 &&
            !isalpha((unsigned char)name[length - tail - 1]))
            return u;
    }
    return NULL;
}

static const char *const date_names[] = {"date", "day", NULL};
static const char *const clock_names[] = {"time", "hour", "hours", "hr", "timeofday", NULL};
static const char *const time_names[] = {"timestamp",     "datetime",    "date",         "time",   "ts",    "ds",
                                         "datetimeutc",   "dateutc",     "timeutc",      "offset", "epoch", "unixtime",
                                         "unixtimestamp", "dateandtime", "timestamputc", NULL};

bool weir_csv_times_name(const char *name)
{
    char plain[NAME];
    plain_name(name, plain);
    const struct unit *unit = unit_of(name);
    if (unit && strlen(plain) > strlen(unit->name))
        plain[strlen(plain) - strlen(unit->name)] = '\0';
    return is_one_of(plain, time_names);
}

bool weir_csv_index_name(const char *name)
{
    static const char *const index_names[] = {"",        "index", "id",     "row",       "rowid",     "unnamed0",
                                              "year",    "month", "day",    "week",      "quarter",   "hour",
                                              "weekday", "date",  "minute", "dayofweek", "dayofyear", NULL};
    static const char *const endings[] = {"_id", "-id", " id"};
    char plain[NAME];
    size_t length = strlen(name);
    plain_name(name, plain);
    for (size_t e = 0; e < sizeof endings / sizeof *endings; e++)
        if (length > 3 && strcasecmp(name + length - 3, endings[e]) == 0)
            return true;
    return is_one_of(plain, index_names);
}

bool weir_csv_value_name(const char *name)
{
    static const char *const value_names[] = {"value", "values", "count", "counts", "requests", "rate", NULL};
    char plain[NAME];
    plain_name(name, plain);
    return is_one_of(plain, value_names);
}

static bool is_named(const char *name, const char *const *list)
{
    char plain[NAME];
    plain_name(name, plain);
    return is_one_of(plain, list);
}

/* The column that the user names, or the two. */
static int find_wanted(struct weir_csv_times *times, struct weir_csv_lines *lines, const struct weir_csv_names *names)
{
    int code = weir_csv_names_find(names, lines, times->option, times->wanted, &times->column);
    const char *comma = strchr(times->wanted, ',');
    if (!code || !comma)
        return code;
    char *first = weir_format("%.*s", (int)(comma - times->wanted), times->wanted);
    code = weir_csv_names_find(names, lines, times->option, first, &times->column);
    free(first);
    return code ? code : weir_csv_names_find(names, lines, times->option, comma + 1, &times->second);
}

/* By name: a date and a time of day, or the first name that says time. */
static void find_named(struct weir_csv_times *times, const struct weir_csv_lines *lines,
                       const struct weir_csv_names *names)
{
    int date = NONE, clock = NONE;
    size_t count = names->count < lines->cell_count ? names->count : lines->cell_count;
    for (size_t i = 0; i < count; i++) {
        if (times->column == NONE && weir_csv_times_name(names->name[i]))
            times->column = (int)i;
        if (date == NONE && is_named(names->name[i], date_names))
            date = (int)i;
        if (clock == NONE && is_named(names->name[i], clock_names))
            clock = (int)i;
    }
    if (date == NONE || clock == NONE || (times->column != date && times->column != clock))
        return;
    double day_s, clock_s;
    const char *day = lines->cells[date];
    if ((weir_date_scan(day, WEIR_DATE_NO_ORDER, &day_s) || weir_date_needs_order(day) ||
         weir_date_digits(day, &day_s)) &&
        !strchr(day, ':') && weir_csv_times_hour(lines->cells[clock], &clock_s)) {
        times->column = date;
        times->second = clock;
        weir_remark("%s: columns \"%s\" and \"%s\" are taken together as the time", lines->path, names->name[date],
                    names->name[clock]);
    }
}

static bool is_date(const char *cell)
{
    double time_s;
    return weir_date_scan(cell, WEIR_DATE_NO_ORDER, &time_s) || weir_date_needs_order(cell);
}

/* By what the first line of values holds. */
static void find_by_content(struct weir_csv_times *times, const struct weir_csv_lines *lines,
                            const struct weir_csv_names *names)
{
    size_t count = names->count < lines->cell_count ? names->count : lines->cell_count;
    times->column = 0;
    for (size_t i = 1; i < count && !is_date(lines->cells[0]); i++)
        if (is_date(lines->cells[i])) {
            times->column = (int)i;
            weir_remark("%s: column \"%s\" is taken as the time, because it holds dates", lines->path, names->name[i]);
            return;
        }
}

/* A format that strptime cannot be asked with. */
static int check_format(struct weir_csv_times *times, const struct weir_csv_lines *lines)
{
    const char *format = times->format;
    for (const struct unit *u = units; u->name; u++)
        if (strcmp(format, u->name) == 0) {
            times->form = WEIR_TIME_NUMBERS;
            times->per_s = u->per_s;
            return WEIR_OK;
        }
    if (!strchr(format, '%') || strstr(format, "%s") || strlen(format) > 100)
        return weir_csv_error(
            lines,
            "\"%s\" is no format of times; write one of strptime such as \"%%d.%%m.%%Y %%H:%%M\", or s, "
            "ms, us or ns for numbers",
            format);
    times->form = WEIR_TIME_FORMAT;
    return WEIR_OK;
}

int weir_csv_times_find(struct weir_csv_times *times, struct weir_csv_lines *lines, const struct weir_csv_names *names,
                        bool need)
{
    bool more = false;
    int code = WEIR_OK;
    times->column = times->second = NONE;
    times->per_s = 1;
    if (times->wanted && *times->wanted)
        code = find_wanted(times, lines, names);
    if (!code && times->format && *times->format)
        code = check_format(times, lines);
    if (code)
        return code;
    weir_csv_mark(lines);
    code = weir_csv_next(lines, &more);
    if (!code && more) {
        if (times->column == NONE)
            find_named(times, lines, names);
        if (times->column == NONE && need)
            find_by_content(times, lines, names);
        if (times->column != NONE && times->form == WEIR_TIME_UNKNOWN)
            code = weir_csv_times_settle(times, lines, names);
    }
    if (!code || code == WEIR_EINPUT) /* the lines are read again, and an error of a cell is told there */
        weir_csv_back(lines);
    if (times->column != NONE && times->form == WEIR_TIME_NUMBERS && !(times->format && *times->format)) {
        const struct unit *unit = unit_of(names->name[times->column]);
        if (unit && unit->per_s != 1 && times->per_s == 1)
            weir_remark("%s: times are taken as %s, as the name of column \"%s\" says", lines->path, unit->called,
                        names->name[times->column]);
        if (unit && times->per_s == 1)
            times->per_s = unit->per_s;
    }
    return code;
}

const char *weir_csv_times_describe(const struct weir_csv_times *times)
{
    static const char *const called[] = {
        [WEIR_TIME_UNKNOWN] = "times",
        [WEIR_TIME_YEARS] = "years",
        [WEIR_TIME_DIGITS] = "dates in digits",
        [WEIR_TIME_DATES] = "dates",
        [WEIR_TIME_DAY_FIRST] = "dates, the day before the month",
        [WEIR_TIME_MONTH_FIRST] = "dates, the month before the day",
        [WEIR_TIME_CLOCK] = "hours and minutes",
        [WEIR_TIME_FORMAT] = "dates as the format says",
    };
    for (const struct unit *u = units; u->name && times->form == WEIR_TIME_NUMBERS; u++)
        if (u->per_s == times->per_s)
            return u->called;
    return called[times->form];
}

const char *weir_csv_times_text(struct weir_csv_times *times, const struct weir_csv_lines *lines)
{
    size_t count = lines->cell_count;
    const char *first = (size_t)times->column < count ? lines->cells[times->column] : "";
    if (times->second == NONE)
        return first;
    times->both.length = 0;
    weir_text_addf(&times->both, "%s %s", first, (size_t)times->second < count ? lines->cells[times->second] : "");
    return times->both.data;
}

void weir_csv_times_fini(struct weir_csv_times *times)
{
    weir_text_fini(&times->both);
}
