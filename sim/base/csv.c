#include "sim/base/csv.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/text.h"

/* Days from 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant, days_from_civil). */
static int64_t days_since_1970(int year, int month, int day)
{
    year -= month <= 2;
    int era = (year >= 0 ? year : year - 399) / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int64_t)era * 146097 + day_of_era - 719468;
}

/* `count` digits as a number; false if there are fewer. */
static bool digits(const char **text, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, ++*text) {
        if (**text < '0' || **text > '9')
            return false;
        *value = *value * 10 + (**text - '0');
    }
    return true;
}

static bool letter(const char **text, const char *any_of)
{
    if (!**text || !strchr(any_of, **text))
        return false;
    ++*text;
    return true;
}

/* "YYYY-MM-DD HH:MM[:SS[.fff]]", a space or 'T' between, 'Z' perhaps at the end; UTC, seconds since 1970. */
static bool parse_date(const char *text, double *time_s)
{
    static const int days_in[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day, hour, minute, second = 0;
    double fraction = 0;
    if (!digits(&text, 4, &year) || !letter(&text, "-") || !digits(&text, 2, &month) || !letter(&text, "-") ||
        !digits(&text, 2, &day) || !letter(&text, " T") || !digits(&text, 2, &hour) || !letter(&text, ":") ||
        !digits(&text, 2, &minute))
        return false;
    if (letter(&text, ":")) {
        if (!digits(&text, 2, &second))
            return false;
        if (*text == '.' && !(text = weir_number_scan(text, &fraction)))
            return false;
    }
    letter(&text, "Zz");
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (*text || month < 1 || month > 12 || day < 1 || day > days_in[month - 1] + (month == 2 && leap) || hour > 23 ||
        minute > 59 || second > 60 || fraction >= 1)
        return false;
    *time_s = (double)(days_since_1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) + fraction;
    return true;
}

static bool parse_number(const char *text, double *value)
{
    const char *end = weir_number_scan(text, value);
    return end && *end == '\0' && isfinite(*value);
}

bool weir_time_scan(const char *text, double *time_s)
{
    return parse_number(text, time_s) || parse_date(text, time_s);
}

/* What is known of the columns once the first line was seen. */
struct layout {
    size_t time, value; /* positions */
    bool has_value;
    bool has_header;
    bool any; /* values may be missing or negative */
};

static int find_column(struct weir_csv_lines *lines, const char *name, size_t *column)
{
    for (size_t i = 0; i < lines->cell_count; i++)
        if (strcmp(lines->cells[i], name) == 0) {
            *column = i;
            return WEIR_OK;
        }
    struct weir_text list = {0};
    for (size_t i = 0; i < lines->cell_count && list.length < 400; i++)
        weir_text_addf(&list, "%s%s", i ? ", " : "", lines->cells[i]);
    const char *near = weir_nearest(name, (const char *const *)lines->cells, lines->cell_count);
    double time_s;
    int code;
    if (weir_time_scan(lines->cells[0], &time_s))
        code = weir_csv_error(lines, "there is no column \"%s\", because the file has no line of column names; add one",
                              name);
    else if (near)
        code = weir_csv_error(lines, "there is no column \"%s\"; did you mean \"%s\"? (columns: %s)", name, near,
                              weir_text_string(&list));
    else
        code = weir_csv_error(lines, "there is no column \"%s\"; columns are: %s", name, weir_text_string(&list));
    weir_text_fini(&list);
    return code;
}

/* Reads the layout off the first line. */
static int find_layout(struct weir_csv_lines *lines, const char *time_column, const char *value_column,
                       struct layout *layout)
{
    bool value_named = value_column && *value_column;
    int code = WEIR_OK;
    if (time_column)
        code = find_column(lines, time_column, &layout->time);
    if (!code && value_named)
        code = find_column(lines, value_column, &layout->value);
    if (code)
        return code;
    if (!value_named)
        layout->value = layout->time == 0 ? 1 : 0;
    else if (layout->value == layout->time)
        return weir_csv_error(lines, "column \"%s\" cannot be both time and value; name another", value_column);
    layout->has_value = value_named || (!value_column && lines->cell_count > 1);
    double time_s;
    layout->has_header = time_column || value_named || !weir_time_scan(lines->cells[layout->time], &time_s);
    return WEIR_OK;
}

static int read_value(struct weir_csv_lines *lines, const char *cell, bool any, double *value)
{
    char quoted[WEIR_QUOTE_SIZE];
    *value = NAN;
    if (any && (!*cell || strcasecmp(cell, "nan") == 0 || strcasecmp(cell, "na") == 0))
        return WEIR_OK;
    if (!*cell)
        return weir_csv_error(lines, "the value is missing; write a number, or take the line out");
    if (!parse_number(cell, value))
        return weir_csv_error(lines, "%s is not a number", weir_quote(cell, quoted));
    if (*value < 0 && !any)
        return weir_csv_error(lines, "the value %s is negative; it must be 0 or more", weir_quote(cell, quoted));
    return WEIR_OK;
}

/* One row, appended to the series. */
static int read_row(struct weir_csv_lines *lines, const struct layout *layout, struct weir_series *series,
                    size_t *capacities, double *last_s)
{
    char quoted[WEIR_QUOTE_SIZE];
    size_t needed = layout->has_value && layout->value > layout->time ? layout->value + 1 : layout->time + 1;
    if (lines->cell_count < needed)
        return weir_csv_error(lines, "the line has %zu column%s where %zu are needed", lines->cell_count,
                              lines->cell_count == 1 ? "" : "s", needed);
    const char *cell = lines->cells[layout->time];
    double time_s, value = 0;
    if (!weir_time_scan(cell, &time_s))
        return weir_csv_error(lines, "%s is not a time; write seconds or a date such as \"2024-05-01 12:30:00\"",
                              weir_quote(cell, quoted));
    if (series->count > 0 && time_s < *last_s)
        return weir_csv_error(lines, "time goes back (%s is %.15g s before the line above); sort the file by time",
                              weir_quote(cell, quoted), *last_s - time_s);
    if (series->count > 0 && layout->has_value && time_s == *last_s)
        return weir_csv_error(lines, "time %s is given twice; keep one line for each time", weir_quote(cell, quoted));
    if (layout->has_value) {
        int code = read_value(lines, lines->cells[layout->value], layout->any, &value);
        if (code)
            return code;
        series->value = weir_grow(series->value, series->count + 1, &capacities[1], sizeof *series->value);
        series->value[series->count] = value;
    }
    series->time_s = weir_grow(series->time_s, series->count + 1, &capacities[0], sizeof *series->time_s);
    if (series->count == 0)
        series->start_s = time_s;
    series->time_s[series->count++] = time_s - series->start_s;
    *last_s = time_s;
    return WEIR_OK;
}

static int read_series(const char *path, const char *time_column, const char *value_column, bool any,
                       struct weir_series *series)
{
    *series = (struct weir_series){0};
    struct weir_csv_lines lines;
    struct layout layout = {.any = any};
    size_t capacities[2] = {0, 0};
    double last_s = 0;
    bool more, first = true;
    int code = weir_csv_open(&lines, path);
    if (code)
        return code;
    while (!(code = weir_csv_next(&lines, &more)) && more) {
        if (first && (code = find_layout(&lines, time_column, value_column, &layout)))
            break;
        bool skip = first && layout.has_header;
        first = false;
        if (!skip && (code = read_row(&lines, &layout, series, capacities, &last_s)))
            break;
    }
    if (!code && series->count == 0)
        code = weir_error(WEIR_EINPUT, "%s: has no rows; it needs at least one line with a time", path);
    weir_csv_close(&lines);
    if (code)
        weir_series_fini(series);
    return code;
}

int weir_series_read(const char *path, const char *time_column, const char *value_column, struct weir_series *series)
{
    return read_series(path, time_column, value_column, false, series);
}

int weir_series_read_any(const char *path, const char *time_column, const char *value_column,
                         struct weir_series *series)
{
    return read_series(path, time_column, value_column, true, series);
}

void weir_series_fini(struct weir_series *series)
{
    free(series->time_s);
    free(series->value);
    *series = (struct weir_series){0};
}
