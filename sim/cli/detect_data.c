#include "sim/cli/detect_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/csv.h"
#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"

enum { NONE = -1 };

/* Which cell is what. */
struct places {
    size_t cells;
    int time, label, by;
    int *dimension; /* [width] */
};

struct detect_series *detect_data_series(struct detect_data *data, const char *name)
{
    for (int k = 0; k < data->count; k++) {
        int i = (data->last + k) % data->count;
        if (strcmp(data->series[i].name, name) == 0) {
            data->last = i;
            return &data->series[i];
        }
    }
    data->series = weir_resize(data->series, (size_t)data->count + 1, sizeof *data->series);
    data->series[data->count] = (struct detect_series){.name = weir_copy(name)};
    return &data->series[data->count++];
}

double *detect_series_add(struct detect_data *data, struct detect_series *series)
{
    size_t i = series->count++, width = (size_t)data->width;
    series->rows = weir_grow(series->rows, series->count * width, &series->capacity[0], sizeof *series->rows);
    series->place = weir_grow(series->place, series->count, &series->capacity[1], sizeof *series->place);
    if (data->timed)
        series->time_s = weir_grow(series->time_s, series->count, &series->capacity[2], sizeof *series->time_s);
    if (data->labelled) {
        series->truth = weir_grow(series->truth, series->count, &series->capacity[3], sizeof *series->truth);
        series->truth[i] = false;
    }
    series->place[i] = data->samples++;
    for (size_t n = 0; n < width; n++)
        series->rows[i * width + n] = NAN;
    return series->rows + i * width;
}

void detect_data_fini(struct detect_data *data)
{
    for (int i = 0; i < data->count; i++) {
        struct detect_series *s = &data->series[i];
        free(s->name);
        free(s->rows);
        free(s->time_s);
        free(s->truth);
        free(s->place);
    }
    for (int n = 0; n < data->width; n++)
        free(data->columns[n]);
    free(data->columns);
    free(data->series);
    *data = (struct detect_data){0};
}

static int find_column(struct weir_csv_lines *lines, const char *flag, const char *name, int *place)
{
    for (size_t i = 0; i < lines->cell_count; i++)
        if (strcmp(lines->cells[i], name) == 0) {
            *place = (int)i;
            return WEIR_OK;
        }
    const char *near = weir_nearest(name, (const char *const *)lines->cells, lines->cell_count);
    if (near)
        return weir_csv_error(lines, "there is no column \"%s\" (--%s); did you mean \"%s\"?", name, flag, near);
    return weir_csv_error(lines, "there is no column \"%s\" (--%s); the first line names those there are", name, flag);
}

static int check_names(struct weir_csv_lines *lines)
{
    double number;
    size_t numbers = 0;
    for (size_t i = 0; i < lines->cell_count; i++) {
        const char *end = weir_number_scan(lines->cells[i], &number);
        numbers += end && !*end;
    }
    if (numbers == lines->cell_count)
        return weir_csv_error(lines, "the first line holds numbers where it must name the columns; add such a line");
    for (size_t i = 0; i < lines->cell_count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(lines->cells[i], lines->cells[j]) == 0)
                return weir_csv_error(lines, "two columns are called \"%s\"; rename one", lines->cells[i]);
    return WEIR_OK;
}

static void add_dimension(struct detect_data *data, struct places *places, const char *name, int place)
{
    places->dimension = weir_resize(places->dimension, (size_t)data->width + 1, sizeof *places->dimension);
    data->columns = weir_resize(data->columns, (size_t)data->width + 1, sizeof *data->columns);
    places->dimension[data->width] = place;
    data->columns[data->width++] = weir_copy(name);
}

/* Dimensions by name. */
static int find_dimensions(struct weir_csv_lines *lines, const char *list, struct detect_data *data,
                           struct places *places)
{
    char *copy = weir_copy(list), *rest = copy;
    int code = WEIR_OK, place = NONE;
    for (char *name; code == WEIR_OK && (name = strsep(&rest, ","));) {
        code = find_column(lines, "columns", name, &place);
        for (int n = 0; n < data->width && code == WEIR_OK; n++)
            if (places->dimension[n] == place)
                code = weir_error(WEIR_EUSAGE, "--columns: \"%s\" is there twice", name);
        if (code == WEIR_OK)
            add_dimension(data, places, name, place);
    }
    free(copy);
    return code;
}

/* Reads the line of names. */
static int find_places(struct weir_csv_lines *lines, const struct detect_layout *layout, struct detect_data *data,
                       struct places *places)
{
    static const char *const times[] = {"time", "timestamp", "date", "offset_s", NULL};
    int code = check_names(lines);
    if (code == WEIR_OK && layout->time)
        code = find_column(lines, "time", layout->time, &places->time);
    if (code == WEIR_OK && layout->label && !layout->labels)
        code = find_column(lines, "label", layout->label, &places->label);
    if (code == WEIR_OK && layout->by)
        code = find_column(lines, "by", layout->by, &places->by);
    for (const char *const *t = times; *t && !layout->time; t++)
        if (strcasecmp(lines->cells[0], *t) == 0)
            places->time = 0;
    places->cells = lines->cell_count;
    if (code == WEIR_OK && layout->columns)
        code = find_dimensions(lines, layout->columns, data, places);
    for (int i = 0; i < (int)lines->cell_count && code == WEIR_OK && !layout->columns; i++)
        if (i != places->time && i != places->label && i != places->by)
            add_dimension(data, places, lines->cells[i], i);
    if (code == WEIR_OK && data->width == 0)
        code = weir_csv_error(lines, "no column of values is left; name dimensions there");
    data->timed = places->time != NONE;
    data->labelled = places->label != NONE || layout->labels;
    return code;
}

static int read_label(struct weir_csv_lines *lines, const char *cell, bool *truth)
{
    char quoted[WEIR_QUOTE_SIZE];
    double value;
    const char *end = weir_number_scan(cell, &value);
    if (!end || *end || (value != 0 && value != 1))
        return weir_csv_error(lines, "the label %s is neither 0 nor 1; write 1 for an anomaly and 0 else",
                              weir_quote(cell, quoted));
    *truth = value == 1;
    return WEIR_OK;
}

static int read_value(struct weir_csv_lines *lines, const char *name, const char *cell, struct detect_data *data,
                      double *value)
{
    char quoted[WEIR_QUOTE_SIZE];
    if (!*cell || strcasecmp(cell, "nan") == 0 || strcasecmp(cell, "na") == 0) {
        data->gaps++;
        return WEIR_OK;
    }
    const char *end = weir_number_scan(cell, value);
    if (!end || *end || !isfinite(*value))
        return weir_csv_error(lines,
                              "column \"%s\": %s is not a number; write one, leave the cell empty for a gap, or choose "
                              "other columns by --columns",
                              name, weir_quote(cell, quoted));
    return WEIR_OK;
}

static int read_sample(struct weir_csv_lines *lines, const struct places *places, struct detect_data *data)
{
    char quoted[WEIR_QUOTE_SIZE];
    if (lines->cell_count != places->cells)
        return weir_csv_error(lines,
                              "the line has %zu cell%s, and the first one names %zu columns; complete it or take "
                              "it out",
                              lines->cell_count, lines->cell_count == 1 ? "" : "s", places->cells);
    struct detect_series *series = detect_data_series(data, places->by == NONE ? "" : lines->cells[places->by]);
    double *row = detect_series_add(data, series);
    size_t i = series->count - 1;
    if (places->time != NONE) {
        const char *cell = lines->cells[places->time];
        if (!weir_time_scan(cell, &series->time_s[i]))
            return weir_csv_error(lines, "%s is not a time; write seconds or a date such as \"2024-05-01 12:30:00\"",
                                  weir_quote(cell, quoted));
        if (i > 0 && series->time_s[i] <= series->time_s[i - 1])
            return weir_csv_error(lines, "the time %s is not after the one before%s; sort the file by time%s",
                                  weir_quote(cell, quoted), places->by == NONE ? "" : " of the same series",
                                  places->by == NONE ? ", or name the column of the series by --by" : "");
    }
    int code = places->label == NONE ? WEIR_OK : read_label(lines, lines->cells[places->label], &series->truth[i]);
    for (int n = 0; n < data->width && code == WEIR_OK; n++)
        code = read_value(lines, data->columns[n], lines->cells[places->dimension[n]], data, &row[n]);
    return code;
}

/* Hands each sample its label, by its place in the file. */
static int share_labels(const char *path, const bool *truth, size_t count, struct detect_data *data)
{
    if (count != data->samples)
        return weir_error(WEIR_EINPUT, "%s: it has %zu labels, and %s has %zu samples; there must be one for each",
                          path, count, data->path, data->samples);
    for (int s = 0; s < data->count; s++)
        for (size_t i = 0; i < data->series[s].count; i++)
            data->series[s].truth[i] = truth[data->series[s].place[i]];
    return WEIR_OK;
}

static int read_labels(const struct detect_layout *layout, struct detect_data *data)
{
    struct weir_csv_lines lines;
    bool *truth = NULL, more, first = true;
    size_t count = 0, capacity = 0;
    double number;
    int place = 0, code = weir_csv_open(&lines, layout->labels);
    if (code != WEIR_OK)
        return code;
    while ((code = weir_csv_next(&lines, &more)) == WEIR_OK && more) {
        const char *end = weir_number_scan(lines.cells[0], &number);
        bool names = first && (layout->label || !end || *end);
        if (names && layout->label)
            code = find_column(&lines, "label", layout->label, &place);
        if (first && !layout->label && lines.cell_count > 1)
            code = weir_csv_error(&lines, "it has %zu columns; name that of the labels by --label", lines.cell_count);
        first = false;
        if (code == WEIR_OK && (size_t)place >= lines.cell_count)
            code = weir_csv_error(&lines, "the line has no cell in the column of the labels");
        if (code == WEIR_OK && !names) {
            truth = weir_grow(truth, count + 1, &capacity, sizeof *truth);
            code = read_label(&lines, lines.cells[place], &truth[count++]);
        }
        if (code != WEIR_OK)
            break;
    }
    weir_csv_close(&lines);
    if (code == WEIR_OK)
        code = share_labels(layout->labels, truth, count, data);
    free(truth);
    return code;
}

int detect_data_read(const char *path, const struct detect_layout *layout, struct detect_data *data)
{
    struct places places = {.time = NONE, .label = NONE, .by = NONE};
    struct weir_csv_lines lines;
    bool more, first = true;
    *data = (struct detect_data){.path = path};
    int code = weir_csv_open(&lines, path);
    if (code != WEIR_OK)
        return code;
    while ((code = weir_csv_next(&lines, &more)) == WEIR_OK && more) {
        code = first ? find_places(&lines, layout, data, &places) : read_sample(&lines, &places, data);
        first = false;
        if (code != WEIR_OK)
            break;
    }
    weir_csv_close(&lines);
    if (code == WEIR_OK && data->samples == 0)
        code = weir_error(WEIR_EINPUT,
                          "%s: it has no samples; a line of column names and a line for each sample are "
                          "needed",
                          path);
    if (code == WEIR_OK && layout->labels)
        code = read_labels(layout, data);
    free(places.dimension);
    if (code != WEIR_OK)
        detect_data_fini(data);
    return code;
}

int detect_data_write(const char *path, const struct detect_data *data)
{
    char number[32];
    FILE *file = weir_file_begin(path);
    if (!file)
        return WEIR_EINPUT;
    fprintf(file, "%sseries", data->timed ? "time," : "");
    for (int n = 0; n < data->width; n++) {
        fputc(',', file);
        weir_csv_field(file, data->columns[n]);
    }
    fputs(data->labelled ? ",label\n" : "\n", file);
    for (int s = 0; s < data->count; s++) {
        const struct detect_series *series = &data->series[s];
        for (size_t i = 0; i < series->count; i++) {
            if (series->time_s)
                fprintf(file, "%s,", weir_number(series->time_s[i], number));
            weir_csv_field(file, series->name);
            for (int n = 0; n < data->width; n++)
                fprintf(file, ",%s", weir_number(series->rows[i * (size_t)data->width + (size_t)n], number));
            if (series->truth)
                fprintf(file, ",%d", series->truth[i]);
            fputc('\n', file);
        }
    }
    return weir_file_commit(file, path);
}
