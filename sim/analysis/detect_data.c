#include "sim/analysis/detect_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/remark.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"

enum { NONE = -1 };

/* Which cell is what. */
struct places {
    struct weir_csv_names names;
    int label, by;
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
    weir_csv_times_fini(&data->times);
    *data = (struct detect_data){0};
}

/* The line of names, or their numbers. */
static int take_names(struct weir_csv_lines *lines, bool numbered, struct weir_csv_names *names)
{
    double number;
    size_t numbers = 0;
    for (size_t i = 0; i < lines->cell_count; i++) {
        const char *end = weir_number_scan(lines->cells[i], &number);
        numbers += end && !*end;
    }
    if (numbers == lines->cell_count && !numbered)
        return weir_csv_error(lines, "the first line holds numbers where it must name the columns; add such a line, or "
                                     "say that there is none by --no-header");
    for (size_t i = 0; i < lines->cell_count && !numbered; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(lines->cells[i], lines->cells[j]) == 0)
                return weir_csv_error(lines, "two columns are called \"%s\"; rename one", lines->cells[i]);
    weir_csv_names_take(names, lines, numbered);
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
        code = weir_csv_names_find(&places->names, lines, "--columns", name, &place);
        for (int n = 0; n < data->width && code == WEIR_OK; n++)
            if (places->dimension[n] == place)
                code = weir_error(WEIR_EUSAGE, "--columns: \"%s\" is there twice", name);
        if (code == WEIR_OK)
            add_dimension(data, places, name, place);
    }
    free(copy);
    return code;
}

/* All columns that are nothing else; one without a name in front is the numbers of rows that some programs write. */
static void take_dimensions(const struct weir_csv_lines *lines, struct detect_data *data, struct places *places)
{
    for (int i = 0; i < (int)places->names.count; i++) {
        const char *name = places->names.name[i];
        if (i == data->times.column || i == data->times.second || i == places->label || i == places->by)
            continue;
        if (i == 0 && (!*name || strcmp(name, "Unnamed: 0") == 0) && places->names.count > 1)
            weir_remark("%s: the first column (\"%s\") is left out, as the numbers of rows", lines->path, name);
        else
            add_dimension(data, places, name, i);
    }
}

/* Reads the line of names, and how times are written. */
static int find_places(struct weir_csv_lines *lines, const struct detect_layout *layout, struct detect_data *data,
                       struct places *places)
{
    int code = take_names(lines, layout->no_header, &places->names);
    if (code == WEIR_OK && layout->no_header)
        weir_csv_back(lines);
    data->times.wanted = layout->time;
    data->times.format = layout->time_format;
    data->times.option = "--time";
    lines->marked = false;
    if (code == WEIR_OK)
        code = weir_csv_times_find(&data->times, lines, &places->names, false);
    if (code == WEIR_OK && layout->label && !layout->labels)
        code = weir_csv_names_find(&places->names, lines, "--label", layout->label, &places->label);
    if (code == WEIR_OK && layout->by)
        code = weir_csv_names_find(&places->names, lines, "--by", layout->by, &places->by);
    if (code == WEIR_OK && layout->columns)
        code = find_dimensions(lines, layout->columns, data, places);
    else if (code == WEIR_OK)
        take_dimensions(lines, data, places);
    if (code == WEIR_OK && data->width == 0)
        code = weir_csv_error(lines, "no column of values is left; name dimensions there");
    data->timed = data->times.column != NONE;
    data->labelled = places->label != NONE || layout->labels;
    return code;
}

static int read_value(struct weir_csv_lines *lines, const char *name, char *cell, struct detect_data *data,
                      double *value)
{
    char quoted[WEIR_QUOTE_SIZE];
    double number;
    if (weir_csv_number(lines, cell, &number)) {
        *value = number;
        return WEIR_OK;
    }
    if (weir_csv_is_gap(cell)) {
        data->gaps++;
        return WEIR_OK;
    }
    return weir_csv_error(lines,
                          "column \"%s\": %s is not a number; write one, leave the cell empty for a gap, or choose "
                          "other columns by --columns",
                          name, weir_quote(cell, quoted));
}

static int read_time(struct weir_csv_lines *lines, const struct detect_layout *layout, struct detect_data *data,
                     struct detect_series *series)
{
    char quoted[WEIR_QUOTE_SIZE];
    size_t i = series->count - 1;
    int code = weir_csv_times_read(&data->times, lines, &series->time_s[i]);
    if (code == WEIR_OK && i > 0 && series->time_s[i] <= series->time_s[i - 1] && !layout->sort)
        code = weir_csv_error(lines, "the time %s is not after the one before%s; sort the file by time (--sort)%s",
                              weir_quote(weir_csv_times_text(&data->times, lines), quoted),
                              layout->by ? " of the same series" : "",
                              layout->by ? "" : ", or name the column of the series by --by");
    return code;
}

static int read_sample(struct weir_csv_lines *lines, const struct detect_layout *layout, const struct places *places,
                       struct detect_data *data)
{
    if (lines->cell_count != places->names.count)
        return weir_csv_error(lines,
                              "the line has %zu cell%s, and the first one names %zu columns; complete it or take "
                              "it out",
                              lines->cell_count, lines->cell_count == 1 ? "" : "s", places->names.count);
    struct detect_series *series = detect_data_series(data, places->by == NONE ? "" : lines->cells[places->by]);
    double *row = detect_series_add(data, series);
    int code = data->timed ? read_time(lines, layout, data, series) : WEIR_OK;
    if (code == WEIR_OK && places->label != NONE)
        code = detect_label_read(lines, lines->cells[places->label], &data->words, &series->truth[series->count - 1]);
    for (int n = 0; n < data->width && code == WEIR_OK; n++)
        code = read_value(lines, data->columns[n], lines->cells[places->dimension[n]], data, &row[n]);
    return code;
}

/* A sample and where it stands, to be sorted. */
struct sample {
    double time_s;
    size_t place;
};

static int by_time(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;
    if (x->time_s != y->time_s)
        return x->time_s < y->time_s ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Puts the samples of a series in the order of time. */
static int sort_series(const struct detect_data *data, struct detect_series *series)
{
    size_t n = series->count, width = (size_t)data->width;
    struct sample *order = weir_alloc(n, sizeof *order);
    struct detect_series old = *series;
    for (size_t i = 0; i < n; i++)
        order[i] = (struct sample){series->time_s[i], i};
    qsort(order, n, sizeof *order, by_time);
    series->rows = weir_alloc(n * width, sizeof *series->rows);
    series->time_s = weir_alloc(n, sizeof *series->time_s);
    series->place = weir_alloc(n, sizeof *series->place);
    series->truth = old.truth ? weir_alloc(n, sizeof *series->truth) : NULL;
    int code = WEIR_OK;
    char date[WEIR_DATE_SIZE];
    for (size_t i = 0; i < n; i++) {
        size_t from = order[i].place;
        memcpy(series->rows + i * width, old.rows + from * width, width * sizeof *old.rows);
        series->time_s[i] = old.time_s[from];
        series->place[i] = old.place[from];
        if (old.truth)
            series->truth[i] = old.truth[from];
        if (i > 0 && series->time_s[i] == series->time_s[i - 1] && code == WEIR_OK)
            code = weir_error(WEIR_EINPUT, "%s: the time %s is there twice in one series; keep one sample of each time",
                              data->path, weir_date_show(series->time_s[i], date));
    }
    free(old.rows);
    free(old.time_s);
    free(old.truth);
    free(old.place);
    free(order);
    return code;
}

int detect_data_read(const char *path, const struct detect_layout *layout, struct detect_data *data)
{
    struct places places = {.label = NONE, .by = NONE};
    struct weir_csv_lines lines;
    bool more, first = true;
    *data = (struct detect_data){.path = path};
    int code = weir_csv_open(&lines, path);
    if (code != WEIR_OK)
        return code;
    weir_csv_mark(&lines);
    while ((code = weir_csv_next(&lines, &more)) == WEIR_OK && more) {
        code = first ? find_places(&lines, layout, data, &places) : read_sample(&lines, layout, &places, data);
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
    for (int s = 0; s < data->count && code == WEIR_OK && layout->sort && data->timed; s++)
        code = sort_series(data, &data->series[s]);
    if (code == WEIR_OK && layout->labels)
        code = detect_labels_read(layout, data);
    else if (code == WEIR_OK && data->labelled)
        code = detect_label_signs(data);
    free(places.dimension);
    weir_csv_names_fini(&places.names);
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
