/* The truth about samples: labels beside them, labels in a file, intervals in a file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/analysis/detect_data.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/remark.h"
#include "sim/base/text.h"

enum { NONE = -1 };

static bool is_one_of(const char *cell, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(cell, *words) == 0)
            return true;
    return false;
}

int detect_label_read(struct weir_csv_lines *lines, const char *cell, struct detect_words *words, bool *truth)
{
    static const char *const good[] = {"false", "no",   "normal", "healthy", "benign", "no attack",
                                       "none",  "good", "ok",     "f",       "n",      NULL};
    static const char *const bad[] = {
        "true",  "yes",    "anomaly", "anomalous", "abnormal", "attack", "malicious", "outlier",
        "fault", "faulty", "a ttack", "t",         "y",        NULL}; /* "A ttack" is in a set that many use */
    char quoted[WEIR_QUOTE_SIZE];
    double value;
    const char *end = weir_number_scan(cell, &value);
    if (end && !*end && (value == 0 || value == 1 || value == -1)) {
        words->zero = words->zero || value == 0;
        words->minus = words->minus || value == -1;
        *truth = value == 1;
        return WEIR_OK;
    }
    words->word = true;
    *truth = is_one_of(cell, bad);
    if (*truth || is_one_of(cell, good))
        return WEIR_OK;
    return weir_csv_error(lines,
                          "the label %s is neither 0 nor 1; write 1 for an anomaly and 0 else (1 and -1, true and "
                          "false, Normal and Attack are known, too)",
                          weir_quote(cell, quoted));
}

int detect_label_signs(struct detect_data *data)
{
    if (!data->words.minus)
        return WEIR_OK;
    if (data->words.zero || data->words.word)
        return weir_error(WEIR_EINPUT, "%s: there are labels -1 and others than 1; write 1 for an anomaly and 0 else",
                          data->path);
    for (int s = 0; s < data->count; s++)
        for (size_t i = 0; i < data->series[s].count; i++)
            data->series[s].truth[i] = !data->series[s].truth[i];
    weir_remark("%s: of the labels 1 and -1, -1 is taken as the anomaly", data->path);
    return WEIR_OK;
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
    return detect_label_signs(data);
}

/* Labels in column `place`, a line a sample, from the next line on. */
static int read_list(struct weir_csv_lines *lines, const char *path, int place, struct detect_data *data)
{
    bool *truth = NULL, more = true;
    size_t count = 0, capacity = 0;
    int code = WEIR_OK;
    while (code == WEIR_OK && (code = weir_csv_next(lines, &more)) == WEIR_OK && more) {
        truth = weir_grow(truth, count + 1, &capacity, sizeof *truth);
        if ((size_t)place >= lines->cell_count)
            code = weir_csv_error(lines, "the line has no cell in the column of the labels");
        else
            code = detect_label_read(lines, lines->cells[place], &data->words, &truth[count++]);
    }
    if (code == WEIR_OK)
        code = share_labels(path, truth, count, data);
    free(truth);
    return code;
}

/* An interval from its first to its last sample, both included. */
static size_t cover(const struct detect_data *data, struct detect_series *series, double start, double end)
{
    size_t covered = 0;
    for (size_t i = 0; i < series->count; i++) {
        double at = data->timed ? series->time_s[i] : (double)series->place[i];
        if (at >= start && at <= end) {
            series->truth[i] = true;
            covered++;
        }
    }
    return covered;
}

static int read_end(struct weir_csv_lines *lines, struct detect_data *data, const char *cell, double *at)
{
    char quoted[WEIR_QUOTE_SIZE];
    const char *end = weir_number_scan(cell, at);
    if (data->timed ? weir_csv_times_scan(&data->times, cell, at) : end && !*end)
        return WEIR_OK;
    return weir_csv_error(lines, "%s is not %s, as an end of an interval must be", weir_quote(cell, quoted),
                          data->timed ? "a time" : "the number of a sample");
}

static int read_intervals(struct weir_csv_lines *lines, const char *path, const int place[3], struct detect_data *data)
{
    bool more;
    int code = WEIR_OK;
    size_t intervals = 0, empty = 0;
    while (code == WEIR_OK && (code = weir_csv_next(lines, &more)) == WEIR_OK && more) {
        double ends[2];
        size_t covered = 0;
        for (int k = 0; k < 3 && code == WEIR_OK; k++)
            if (place[k] >= (int)lines->cell_count)
                code = weir_csv_error(lines, "the line has %zu cells, too few for an interval", lines->cell_count);
        for (int k = 0; k < 2 && code == WEIR_OK; k++)
            code = read_end(lines, data, lines->cells[place[k]], &ends[k]);
        if (code == WEIR_OK && ends[1] < ends[0])
            code = weir_csv_error(lines, "the interval ends before it begins; exchange its ends");
        for (int s = 0; s < data->count && code == WEIR_OK; s++)
            if (place[2] == NONE || strcmp(data->series[s].name, lines->cells[place[2]]) == 0)
                covered += cover(data, &data->series[s], ends[0], ends[1]);
        intervals++;
        empty += covered == 0;
    }
    if (code == WEIR_OK && empty > 0)
        weir_remark("%s: %zu of %zu intervals cover no sample of %s", path, empty, intervals, data->path);
    return code;
}

/* A column by one of several names; NONE if there is none. */
static int find_any(const struct weir_csv_lines *lines, const char *const *names)
{
    for (size_t i = 0; i < lines->cell_count; i++)
        if (is_one_of(lines->cells[i], names))
            return (int)i;
    return NONE;
}

int detect_labels_read(const struct detect_layout *layout, struct detect_data *data)
{
    static const char *const starts[] = {"start", "start_time", "starttime", "begin", "from", "start_timestamp", NULL};
    static const char *const ends[] = {"end", "end_time", "endtime", "stop", "to", "until", "end_timestamp", NULL};
    struct weir_csv_lines lines;
    struct detect_words words = {0};
    int code = weir_csv_open(&lines, layout->labels), place[3] = {NONE, NONE, NONE}, column = 0;
    bool more = false, label;
    if (code != WEIR_OK)
        return code;
    weir_csv_mark(&lines);
    code = weir_csv_next(&lines, &more);
    struct weir_csv_names names = {0};
    if (code != WEIR_OK || !more)
        goto out;
    weir_csv_names_take(&names, &lines, false);
    place[0] = find_any(&lines, starts);
    place[1] = find_any(&lines, ends);
    if (layout->by)
        place[2] = find_any(&lines, (const char *const[]){layout->by, NULL});
    if (layout->label)
        code = weir_csv_names_find(&names, &lines, "--label", layout->label, &column);
    else if (place[0] == NONE || place[1] == NONE) {
        if (lines.cell_count > 1)
            code = weir_csv_error(&lines,
                                  "it has %zu columns; name that of the labels by --label, or call two of them start "
                                  "and end, for intervals",
                                  lines.cell_count);
        else if (detect_label_read(&lines, lines.cells[0], &words, &label) == WEIR_OK)
            weir_csv_back(&lines); /* no line of names */
    }
    lines.marked = false;
    if (code == WEIR_OK && !layout->label && place[0] != NONE && place[1] != NONE)
        code = read_intervals(&lines, layout->labels, place, data);
    else if (code == WEIR_OK)
        code = read_list(&lines, layout->labels, column, data);
out:
    weir_csv_names_fini(&names);
    weir_csv_close(&lines);
    return code;
}
