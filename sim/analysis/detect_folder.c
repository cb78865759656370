/* The reports of hosts in the results of a run, with the truth about their anomalies. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/analysis/detect_data.h"
#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/run_folder.h"

#define SIGNALS "cpu,memory,disk,sent"

/* Checks the line of names against those that weir writes. */
static int check_head(struct weir_csv_lines *lines, const char *wanted)
{
    struct weir_text names = {0};
    for (size_t i = 0; i < lines->cell_count; i++)
        weir_text_addf(&names, "%s%s", i ? "," : "", lines->cells[i]);
    int code = WEIR_OK;
    if (strncmp(weir_text_string(&names), wanted, strlen(wanted)) != 0)
        code =
            weir_csv_error(lines, "the columns are not \"%s\", as weir writes them; give the folder of a run", wanted);
    weir_text_fini(&names);
    return code;
}

static int read_number(struct weir_csv_lines *lines, const char *cell, double *value)
{
    char quoted[WEIR_QUOTE_SIZE];
    const char *end = weir_number_scan(cell, value);
    if (!end || *end || !isfinite(*value))
        return weir_csv_error(lines, "%s is not a number; run it anew", weir_quote(cell, quoted));
    return WEIR_OK;
}

/* Whether a series has ever had an instance: by place. */
struct served {
    bool *has;
    size_t capacity;
};

/* Takes in a row of windows.csv. */
static int read_window(struct weir_csv_lines *lines, struct detect_data *data, struct served *served)
{
    enum { TIME_CELL, JOB, OPERATOR, HOST, METRIC, VALUE, CELLS };
    double time_s, value;
    if (lines->cell_count != CELLS)
        return weir_csv_error(lines, "the line has %zu cells instead of %d; run it anew", lines->cell_count, CELLS);
    char **cells = lines->cells;
    int column = 0;
    while (column < data->width && strcmp(cells[METRIC], data->columns[column]) != 0)
        column++;
    bool instances = strcmp(cells[METRIC], "instances") == 0;
    if (*cells[JOB] || *cells[OPERATOR] || !*cells[HOST] || (column == data->width && !instances))
        return WEIR_OK;
    int code = read_number(lines, cells[TIME_CELL], &time_s);
    if (code == WEIR_OK)
        code = read_number(lines, cells[VALUE], &value);
    if (code != WEIR_OK)
        return code;
    struct detect_series *series = detect_data_series(data, cells[HOST]);
    size_t place = (size_t)(series - data->series), known = served->capacity;
    served->has = weir_grow(served->has, place + 1, &served->capacity, sizeof *served->has);
    memset(served->has + known, 0, (served->capacity - known) * sizeof *served->has);
    served->has[place] = served->has[place] || (instances && value > 0);
    if (series->count == 0 || series->time_s[series->count - 1] != time_s) {
        detect_series_add(data, series);
        series->time_s[series->count - 1] = time_s;
    }
    if (column < data->width)
        series->rows[(series->count - 1) * (size_t)data->width + (size_t)column] = value;
    return WEIR_OK;
}

/* Leaves out the hosts that never had an instance: nothing can be told from what they report. */
static void drop_idle(struct detect_data *data, const struct served *served)
{
    struct detect_data idle = {.series = weir_alloc((size_t)data->count, sizeof *idle.series)};
    int kept = 0;
    for (int i = 0; i < data->count; i++)
        if (served->has[i])
            data->series[kept++] = data->series[i];
        else
            idle.series[idle.count++] = data->series[i];
    data->count = kept;
    data->last = 0;
    data->samples = 0;
    for (int i = 0; i < kept; i++)
        data->samples += data->series[i].count;
    detect_data_fini(&idle);
}

static int read_windows(const char *path, const char *columns, struct detect_data *data)
{
    struct weir_csv_lines lines;
    struct served served = {0};
    char *list = weir_copy(columns), *rest = list;
    bool more, first = true;
    for (char *name; (name = strsep(&rest, ","));) {
        data->columns = weir_resize(data->columns, (size_t)data->width + 1, sizeof *data->columns);
        data->columns[data->width++] = weir_copy(name);
    }
    free(list);
    int code = weir_csv_open(&lines, path);
    if (code != WEIR_OK)
        return weir_error_context("not the folder of a run (`weir run -o DIR`)");
    while ((code = weir_csv_next(&lines, &more)) == WEIR_OK && more) {
        code = first ? check_head(&lines, "time,job,operator,host,metric,value") : read_window(&lines, data, &served);
        first = false;
        if (code != WEIR_OK)
            break;
    }
    weir_csv_close(&lines);
    if (code == WEIR_OK && data->count > 0)
        drop_idle(data, &served);
    if (code == WEIR_OK && data->count == 0)
        code = weir_error(WEIR_EINPUT,
                          "%s: it has no reports of hosts that serve; let the scenario record \"hosts\": true", path);
    free(served.has);
    return code;
}

/* Takes in an anomaly: the share of each window that it covers. covered: by series, then sample. */
static void cover(const struct detect_series *series, double from_s, double until_s, double *covered)
{
    for (size_t i = 0; i < series->count; i++) {
        double end_s = series->time_s[i];
        double begin_s = i > 0 ? series->time_s[i - 1] : series->count > 1 ? 2 * end_s - series->time_s[1] : 0;
        if (begin_s < until_s && end_s > from_s)
            covered[i] += (fmin(end_s, until_s) - fmax(begin_s, from_s)) / (end_s - begin_s);
    }
}

static int read_anomaly(struct weir_csv_lines *lines, const struct detect_data *data, double **covered)
{
    double from_s, until_s;
    if (lines->cell_count < 3)
        return weir_csv_error(lines, "the line has %zu cells instead of 10; run it anew", lines->cell_count);
    int code = read_number(lines, lines->cells[0], &from_s);
    if (code == WEIR_OK)
        code = read_number(lines, lines->cells[1], &until_s);
    for (int s = 0; s < data->count && code == WEIR_OK; s++)
        if (strcmp(data->series[s].name, lines->cells[2]) == 0)
            cover(&data->series[s], from_s, until_s, covered[s]);
    return code;
}

/* A window is anomalous if at least half of it is. */
static int read_truth(const char *path, struct detect_data *data)
{
    struct weir_csv_lines lines;
    bool more, first = true;
    double **covered = weir_alloc((size_t)data->count, sizeof *covered);
    for (int s = 0; s < data->count; s++)
        covered[s] = weir_alloc(data->series[s].count, sizeof **covered);
    int code = weir_csv_open(&lines, path);
    if (code == WEIR_OK) {
        while ((code = weir_csv_next(&lines, &more)) == WEIR_OK && more) {
            code = first ? check_head(&lines, "start,end,host") : read_anomaly(&lines, data, covered);
            first = false;
            if (code != WEIR_OK)
                break;
        }
        weir_csv_close(&lines);
    }
    for (int s = 0; s < data->count; s++) {
        for (size_t i = 0; i < data->series[s].count && code == WEIR_OK; i++)
            data->series[s].truth[i] = covered[s][i] >= 0.5;
        free(covered[s]);
    }
    free(covered);
    return code;
}

int detect_folder_read(const char *path, const struct detect_layout *layout, struct detect_data *data)
{
    char *windows = weir_run_file(path, "windows.csv"), *anomalies = weir_format("%s/anomalies.csv", path);
    *data = (struct detect_data){.path = path, .timed = true, .labelled = weir_file_exists(anomalies)};
    int code = read_windows(windows, layout->columns ? layout->columns : SIGNALS, data);
    if (code == WEIR_OK && data->labelled)
        code = read_truth(anomalies, data);
    for (int s = 0; s < data->count && code == WEIR_OK; s++)
        for (size_t i = 0; i < data->series[s].count * (size_t)data->width; i++)
            data->gaps += isnan(data->series[s].rows[i]);
    free(windows);
    free(anomalies);
    if (code != WEIR_OK)
        detect_data_fini(data);
    return code;
}
