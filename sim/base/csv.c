#include "sim/base/csv.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_lines.h"
#include "sim/base/csv_times.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/remark.h"
#include "sim/base/text.h"

enum { NONE = -1 };

const char *const weir_series_same_names[] = {"refuse", "add", "mean", NULL};

bool weir_time_scan(const char *text, double *time_s)
{
    const char *end = weir_number_scan(text, time_s);
    return (end && *end == '\0' && isfinite(*time_s)) || weir_date_scan(text, WEIR_DATE_NO_ORDER, time_s);
}

/* A file that is being read. */
struct reader {
    const struct weir_series_options *options;
    struct weir_csv_lines lines;
    struct weir_csv_names names;
    struct weir_csv_times times;
    int value; /* column, or NONE */
    size_t needed;
    struct weir_series *series;
    size_t capacities[2];
    double last_s;
    size_t same, back; /* rows of the time before, rows before it */
};

static bool is_time(const char *cell)
{
    double time_s;
    return weir_time_scan(cell, &time_s) || weir_date_needs_order(cell) || weir_date_clock(cell, &time_s);
}

/* Whether the first line holds values: none of its cells is a name of times, and one is a time or a number. */
static bool holds_values(const struct weir_csv_lines *lines)
{
    bool times = is_time(lines->cells[0]);
    for (size_t i = 0; i < lines->cell_count; i++) {
        if (weir_csv_times_name(lines->cells[i]))
            return false;
        double time_s;
        times = times || weir_date_scan(lines->cells[i], WEIR_DATE_NO_ORDER, &time_s);
    }
    return times;
}

/* The first line: names, or values that are read again. */
static int read_names(struct reader *r)
{
    const struct weir_series_options *o = r->options;
    bool more;
    weir_csv_mark(&r->lines);
    int code = weir_csv_next(&r->lines, &more);
    if (code || !more)
        return code ? code
                    : weir_error(WEIR_EINPUT, "%s: has no rows; it needs at least one line with a time", r->lines.path);
    bool values = holds_values(&r->lines);
    weir_csv_names_take(&r->names, &r->lines, o->no_header || values);
    if (r->names.numbered)
        weir_csv_back(&r->lines);
    else
        r->lines.marked = false;
    return code;
}

/* The first column that is no time, nor called as the number of a row or a part of a date is, and, by the first line of
 * values, holds a number; of several one that is called as values are. */
static int choose_value(struct reader *r)
{
    bool more = false;
    int first = NONE;
    bool skipped = false; /* a year or the like; a number in the first column is that of the row */
    weir_csv_mark(&r->lines);
    int code = weir_csv_next(&r->lines, &more);
    bool known = false;
    for (int i = 0; !code && more && i < (int)r->lines.cell_count && !known; i++) {
        double number;
        bool index = (size_t)i < r->names.count && weir_csv_index_name(r->names.name[i]);
        if (i == r->times.column || i == r->times.second || index) {
            skipped |= index && i > 0;
            continue;
        }
        first = first == NONE ? i : first;
        if (!weir_csv_number(&r->lines, r->lines.cells[i], &number))
            continue;
        known = (size_t)i < r->names.count && weir_csv_value_name(r->names.name[i]);
        if (known || r->value == NONE)
            r->value = i;
    }
    weir_csv_back(&r->lines);
    if (r->value == NONE)
        r->value = first;
    else if ((r->value != first || skipped) && r->names.count > (size_t)r->value)
        weir_remark("%s: column \"%s\" is taken as the value, the first that %s", r->lines.path,
                    r->names.name[r->value], known ? "is called so" : "holds numbers");
    return code;
}

static int find_columns(struct reader *r)
{
    const struct weir_series_options *o = r->options;
    r->times.wanted = o->time;
    r->times.format = o->time_format;
    r->value = NONE;
    int code = read_names(r);
    if (!code)
        code = weir_csv_times_find(&r->times, &r->lines, &r->names, true);
    if (!code && !o->events && o->value && *o->value) {
        code = weir_csv_names_find(&r->names, &r->lines, NULL, o->value, &r->value);
        if (!code && (r->value == r->times.column || r->value == r->times.second))
            code = weir_csv_error(&r->lines, "column \"%s\" cannot be both time and value; name another", o->value);
    } else if (!code && !o->events) {
        code = choose_value(r);
    }
    int last = r->times.column > r->times.second ? r->times.column : r->times.second;
    r->needed = (size_t)(r->value > last ? r->value : last) + 1;
    return code;
}

/* What may be done about rows of one time, where that can be said. */
#define WAYS_TO_UNITE ", or say what becomes of them (--same, \"same\": \"add\" or \"mean\", or \"values\": \"events\")"

static int read_value(struct reader *r, char *cell, double *value)
{
    char quoted[WEIR_QUOTE_SIZE];
    *value = NAN;
    if (weir_csv_number(&r->lines, cell, value))
        return *value >= 0 || r->options->any
                   ? WEIR_OK
                   : weir_csv_error(&r->lines, "the value %s is negative; it must be 0 or more",
                                    weir_quote(cell, quoted));
    *value = NAN;
    if (weir_csv_is_gap(cell)) {
        r->series->gaps++;
        return WEIR_OK;
    }
    return weir_csv_error(&r->lines, "%s is not a number (column \"%s\"); write one, or name another column of values",
                          weir_quote(cell, quoted), r->names.name[r->value]);
}

/* What the time of a row says about the row before it. */
static int check_order(struct reader *r, double time_s)
{
    char quoted[WEIR_QUOTE_SIZE];
    if (time_s < r->last_s) {
        r->back++;
        if (!r->options->sort)
            return weir_csv_error(&r->lines,
                                  "time goes back (%s is %.15g s before the line above); sort the file by time%s",
                                  weir_quote(weir_csv_times_text(&r->times, &r->lines), quoted), r->last_s - time_s,
                                  r->options->as_it_is ? "" : ", or have it sorted (--sort, \"sort\": true)");
    }
    if (time_s == r->last_s && r->value != NONE && !r->options->sort) {
        r->same++;
        if (r->options->same == WEIR_SAME_REFUSE)
            return weir_csv_error(&r->lines, "time %s is given twice; keep one line for each time%s",
                                  weir_quote(weir_csv_times_text(&r->times, &r->lines), quoted),
                                  r->options->as_it_is ? "" : WAYS_TO_UNITE);
    }
    return WEIR_OK;
}

/* One row, appended to the series; times as they stand. */
static int read_row(struct reader *r)
{
    struct weir_series *series = r->series;
    double time_s, value = 0;
    if (r->lines.cell_count < r->needed)
        return weir_csv_error(&r->lines, "the line has %zu column%s where %zu are needed", r->lines.cell_count,
                              r->lines.cell_count == 1 ? "" : "s", r->needed);
    int code = weir_csv_times_read(&r->times, &r->lines, &time_s);
    if (!code && series->count > 0)
        code = check_order(r, time_s);
    if (!code && r->value != NONE)
        code = read_value(r, r->lines.cells[r->value], &value);
    if (code)
        return code;
    if (r->value != NONE) {
        series->value = weir_grow(series->value, series->count + 1, &r->capacities[1], sizeof *series->value);
        series->value[series->count] = value;
    }
    series->time_s = weir_grow(series->time_s, series->count + 1, &r->capacities[0], sizeof *series->time_s);
    series->time_s[series->count++] = r->last_s = time_s;
    return WEIR_OK;
}

struct row {
    double time_s, value;
    size_t place;
};

static int by_time(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->time_s != y->time_s)
        return x->time_s < y->time_s ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static int sort_rows(struct reader *r)
{
    struct weir_series *series = r->series;
    struct row *rows = weir_alloc(series->count, sizeof *rows);
    for (size_t i = 0; i < series->count; i++)
        rows[i] = (struct row){series->time_s[i], series->value ? series->value[i] : 0, i};
    qsort(rows, series->count, sizeof *rows, by_time);
    int code = WEIR_OK;
    char date[WEIR_DATE_SIZE];
    for (size_t i = 0; i < series->count; i++) {
        series->time_s[i] = rows[i].time_s;
        if (series->value)
            series->value[i] = rows[i].value;
        bool same = i > 0 && series->value && rows[i].time_s == rows[i - 1].time_s;
        r->same += same;
        if (same && r->options->same == WEIR_SAME_REFUSE && !code)
            code = weir_error(WEIR_EINPUT, "%s: time %s is given twice; keep one line for each time" WAYS_TO_UNITE,
                              r->lines.path, weir_date_show(rows[i].time_s, date));
    }
    free(rows);
    if (r->back > 0)
        weir_remark("%s: %zu of %zu rows were not in the order of time and are sorted", r->lines.path, r->back,
                    series->count);
    return code;
}

/* Rows of one time become one; what is missing does not count. */
static void merge_rows(struct reader *r)
{
    struct weir_series *series = r->series;
    size_t kept = 0;
    for (size_t i = 0, end; i < series->count; i = end) {
        double sum = 0;
        size_t known = 0;
        for (end = i; end < series->count && series->time_s[end] == series->time_s[i]; end++)
            if (!isnan(series->value[end])) {
                sum += series->value[end];
                known++;
            }
        series->time_s[kept] = series->time_s[i];
        series->value[kept++] = known == 0 ? NAN : r->options->same == WEIR_SAME_MEAN ? sum / (double)known : sum;
    }
    weir_remark("%s: %zu rows of a time that others have too are %s", r->lines.path, r->same,
                r->options->same == WEIR_SAME_MEAN ? "averaged with them" : "added to them");
    series->count = kept;
}

/* The value before stands in for what is missing; at the beginning, the one behind. */
static int hold_values(struct reader *r)
{
    struct weir_series *series = r->series;
    size_t first = 0;
    while (first < series->count && isnan(series->value[first]))
        first++;
    if (first == series->count)
        return weir_error(WEIR_EINPUT, "%s: column \"%s\" has no value at all; name another column of values",
                          r->lines.path, r->names.name[r->value]);
    for (size_t i = 0; i < series->count; i++)
        if (isnan(series->value[i]))
            series->value[i] = series->value[i < first ? first : i - 1];
    weir_remark("%s: %zu of %zu values are missing; each is taken as the one before it", r->lines.path, series->gaps,
                series->count);
    return WEIR_OK;
}

/* The step that most rows have, and whether all have it. */
static double find_step(const struct weir_series *series, size_t *others)
{
    double step_s = series->time_s[1] - series->time_s[0];
    size_t votes = 0, count = series->count - 1;
    for (size_t i = 0; i < count; i++) { /* the majority vote of Boyer and Moore */
        double d = series->time_s[i + 1] - series->time_s[i];
        step_s = votes == 0 ? d : step_s;
        votes = d == step_s ? votes + 1 : votes - 1;
    }
    *others = 0;
    for (size_t i = 0; i < count; i++)
        *others += series->time_s[i + 1] - series->time_s[i] != step_s;
    return step_s;
}

/* Says what was read. */
static void describe(struct reader *r)
{
    struct weir_series *series = r->series;
    struct weir_text text = {0};
    char from[WEIR_DATE_SIZE], to[WEIR_DATE_SIZE], step[40];
    const char *second = r->times.second == NONE ? NULL : r->names.name[r->times.second];
    double last_s = series->start_s + series->time_s[series->count - 1];
    bool numbers = r->times.form == WEIR_TIME_NUMBERS && fabs(series->start_s) < 1e8;
    weir_text_addf(&text, "time \"%s\"%s%s%s as %s, ", r->names.name[r->times.column], second ? " and \"" : "",
                   second ? second : "", second ? "\"" : "", weir_csv_times_describe(&r->times));
    if (r->value == NONE)
        weir_text_add(&text, "no values; ");
    else
        weir_text_addf(&text, "value \"%s\"; ", r->names.name[r->value]);
    if (numbers)
        weir_text_addf(&text, "%zu row%s, %.15g s to %.15g s", series->count, series->count == 1 ? "" : "s",
                       series->start_s, last_s);
    else
        weir_text_addf(&text, "%zu row%s, %s to %s UTC", series->count, series->count == 1 ? "" : "s",
                       weir_date_show(series->start_s, from), weir_date_show(last_s, to));
    size_t others = 0;
    double step_s = series->count > 1 ? find_step(series, &others) : 0;
    if (series->count > 1 && 2 * others < series->count)
        weir_text_addf(&text, ", %s apart", weir_quantity_show(WEIR_UNIT_TIME, step_s, step, sizeof step));
    if (series->count > 1 && others > 0)
        weir_text_addf(&text, 2 * others < series->count ? " but for %zu" : ", at uneven distances", others);
    if (series->gaps > 0)
        weir_text_addf(&text, "; %zu values missing", series->gaps);
    series->about = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
}

/* Order, rows of one time, gaps, and times from the first one. */
static int finish(struct reader *r)
{
    struct weir_series *series = r->series;
    if (series->count == 0)
        return weir_error(WEIR_EINPUT, "%s: has no rows; it needs at least one line with a time", r->lines.path);
    int code = r->options->sort ? sort_rows(r) : WEIR_OK;
    if (!code && r->same > 0 && series->value)
        merge_rows(r);
    if (!code && series->gaps > 0 && !r->options->any)
        code = hold_values(r);
    if (code)
        return code;
    series->start_s = series->time_s[0];
    for (size_t i = 0; i < series->count; i++)
        series->time_s[i] -= series->start_s;
    describe(r);
    return WEIR_OK;
}

int weir_series_load(const char *path, const struct weir_series_options *options, struct weir_series *series)
{
    *series = (struct weir_series){0};
    struct reader r = {.options = options, .series = series};
    bool more = true;
    int code = weir_csv_open(&r.lines, path);
    if (code)
        return code;
    code = find_columns(&r);
    r.lines.most_cells = r.needed;
    while (!code && !(code = weir_csv_next(&r.lines, &more)) && more)
        code = read_row(&r);
    if (!code)
        code = finish(&r);
    weir_csv_close(&r.lines);
    weir_csv_names_fini(&r.names);
    weir_csv_times_fini(&r.times);
    if (code)
        weir_series_fini(series);
    return code;
}

int weir_series_read(const char *path, const char *time_column, const char *value_column, struct weir_series *series)
{
    const struct weir_series_options options = {
        .time = time_column, .value = value_column, .events = value_column && !*value_column};
    return weir_series_load(path, &options, series);
}

void weir_series_fini(struct weir_series *series)
{
    free(series->time_s);
    free(series->value);
    free(series->about);
    *series = (struct weir_series){0};
}
