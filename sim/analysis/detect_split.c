#include "sim/analysis/detect_split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "policies/learn/detect/signals.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static int read_file(const struct detect_split *split, const char *path, const struct detect_layout *layout,
                     struct detect_data *data)
{
    if (!is_folder(path))
        return detect_data_read(path, layout, data);
    if (split->layout.time || split->layout.label || split->layout.labels || split->layout.by ||
        split->layout.time_format || split->layout.no_header || split->layout.sort)
        return weir_error(WEIR_EUSAGE,
                          "%s: results of a run have their own times, labels and hosts; leave --time, "
                          "--time-format, --no-header, --sort, --label, --labels and --by out",
                          path);
    return detect_folder_read(path, layout, data);
}

/* The file to learn from: its columns are those of the data, in their order. */
static int read_past(struct detect_split *split)
{
    struct weir_text names = {0};
    struct detect_layout layout = split->layout;
    for (int n = 0; n < split->data.width; n++)
        weir_text_addf(&names, "%s%s", n ? "," : "", split->data.columns[n]);
    layout.columns = weir_text_string(&names);
    layout.labels = NULL;
    if (!split->clean)
        layout.label = NULL;
    int code = read_file(split, split->train, &layout, &split->past);
    weir_text_fini(&names);
    return code;
}

/* What is learnt from for a series that is to be cut before `from`, or that has one of its name in the other file. */
static int find_learn(const struct detect_split *split, const struct detect_series *series, size_t from,
                      struct detect_learn *learn)
{
    *learn = (struct detect_learn){series, from};
    if (split->train) {
        *learn = (struct detect_learn){0};
        for (int i = 0; i < split->past.count && !learn->series; i++)
            if (strcmp(split->past.series[i].name, series->name) == 0)
                *learn = (struct detect_learn){&split->past.series[i], split->past.series[i].count};
    }
    if (!learn->series)
        return weir_error(WEIR_EINPUT, "%s: it has no samples of \"%s\", which is in %s; add some", split->train,
                          series->name, split->path);
    if (learn->count == 0)
        return weir_error(WEIR_EINPUT,
                          "%s: no sample%s%s is left to learn from; move --train-share or --train-until, or give "
                          "--train",
                          split->path, *series->name ? " of " : "", series->name);
    return WEIR_OK;
}

/* Decides where each series is cut. */
static int cut(struct detect_split *split)
{
    size_t judged = 0, series_count = (size_t)split->data.count;
    int code = WEIR_OK;
    split->from = weir_alloc(series_count, sizeof *split->from);
    split->ends = weir_alloc(series_count, sizeof *split->ends);
    split->learn = weir_alloc(series_count, sizeof *split->learn);
    for (int s = 0; s < split->data.count && code == WEIR_OK; s++) {
        const struct detect_series *series = &split->data.series[s];
        size_t from = 0;
        if (split->until)
            while (from < series->count && series->time_s[from] < split->until_s)
                from++;
        else if (!split->train)
            from = (size_t)floor(split->share * (double)series->count);
        code = find_learn(split, series, from, &split->learn[s]);
        judged += series->count - from;
        split->from[s] = from;
        split->ends[s] = judged;
        split->learnt += split->learn[s].count;
    }
    if (code == WEIR_OK && judged == 0)
        return weir_error(WEIR_EINPUT, "%s: no sample is left to judge; move --train-share or --train-until",
                          split->path);
    return code;
}

/* Labels of what is learnt from, if they are needed. */
static int check_clean(const struct detect_split *split)
{
    const struct detect_data *learnt = split->train ? &split->past : &split->data;
    if (split->clean && !learnt->labelled)
        return weir_error(WEIR_EUSAGE, "--clean: it needs the labels of what is learnt from; give --label");
    return WEIR_OK;
}

static int check_labels(const struct detect_split *split)
{
    if (!split->data.labelled)
        return WEIR_OK;
    for (int s = 0; s < split->data.count; s++)
        for (size_t i = split->from[s]; i < split->data.series[s].count; i++)
            if (split->data.series[s].truth[i])
                return WEIR_OK;
    return weir_error(WEIR_EINPUT,
                      "%s: no sample to judge is labelled an anomaly, so nothing can be found; move --train-share or "
                      "--train-until, or leave the labels out",
                      split->path);
}

static void scale(double *rows, size_t count, const double *low, const double *range, size_t width)
{
    for (size_t i = 0; i < count * width; i++)
        rows[i] = (rows[i] - low[i % width]) / range[i % width];
}

/* Scales a series to the range of what is learnt from it; a range of 0 is taken as the largest absolute value, or 1. */
static void scale_series(struct detect_split *split, int s)
{
    size_t width = (size_t)split->data.width;
    const struct detect_learn *learn = &split->learn[s];
    double *low = weir_alloc(width, sizeof *low), *range = weir_alloc(width, sizeof *range);
    for (size_t n = 0; n < width; n++) {
        double least = INFINITY, most = -INFINITY;
        for (size_t i = 0; i < learn->count; i++) { /* fmin and fmax pass over NaN */
            least = fmin(least, learn->series->rows[i * width + n]);
            most = fmax(most, learn->series->rows[i * width + n]);
        }
        double largest = fmax(fabs(least), fabs(most));
        low[n] = least > most ? 0 : least;
        range[n] = most > least ? most - least : isfinite(largest) && largest > 0 ? largest : 1;
    }
    if (learn->series != &split->data.series[s])
        scale(learn->series->rows, learn->count, low, range, width);
    scale(split->data.series[s].rows, split->data.series[s].count, low, range, width);
    free(low);
    free(range);
}

int detect_split_read(struct detect_split *split)
{
    int code = read_file(split, split->path, &split->layout, &split->data);
    if (code == WEIR_OK && split->until && !split->data.timed)
        code = weir_error(WEIR_EINPUT, "%s: --train-until needs a column of times; name it by --time", split->path);
    if (code == WEIR_OK && split->until && !weir_csv_times_scan(&split->data.times, split->until, &split->until_s))
        code =
            weir_error(WEIR_EUSAGE,
                       "--train-until: \"%s\" is no time; write it as the file has times, or seconds, or a date such "
                       "as \"2024-05-01 12:30:00\"",
                       split->until);
    if (code == WEIR_OK && split->train)
        code = read_past(split);
    if (code == WEIR_OK)
        code = check_clean(split);
    if (code == WEIR_OK)
        code = cut(split);
    if (code == WEIR_OK)
        code = check_labels(split);
    return code;
}

void detect_split_pasts(const struct detect_split *split, int series, struct detector_past **pasts, int *count,
                        size_t *capacity)
{
    size_t width = (size_t)split->data.width;
    const struct detect_learn *learn = &split->learn[series];
    for (size_t from = 0, end; from < learn->count; from = end + 1) {
        for (end = from; end < learn->count && !(split->clean && learn->series->truth[end]); end++)
            continue;
        if (end == from)
            continue;
        *pasts = weir_grow(*pasts, (size_t)*count + 1, capacity, sizeof **pasts);
        (*pasts)[(*count)++] = (struct detector_past){learn->series->rows + from * width, end - from, from};
    }
}

static void measure_series(struct detect_split *split, int s)
{
    struct detect_signals signals;
    struct detector_past *pasts = NULL;
    size_t capacity = 0;
    int count = 0;
    const struct detect_learn *learn = &split->learn[s];
    detect_split_pasts(split, s, &pasts, &count, &capacity);
    detect_signals_learn(&signals, split->data.width, pasts, count);
    if (learn->series != &split->data.series[s])
        detect_signals_apply(&signals, learn->series->rows, learn->count);
    detect_signals_apply(&signals, split->data.series[s].rows, split->data.series[s].count);
    detect_signals_fini(&signals);
    free(pasts);
}

void detect_split_scale(struct detect_split *split)
{
    for (int s = 0; s < split->data.count; s++)
        if (split->fleet)
            measure_series(split, s);
        else
            scale_series(split, s);
}

void detect_split_fini(struct detect_split *split)
{
    detect_data_fini(&split->data);
    detect_data_fini(&split->past);
    free(split->from);
    free(split->ends);
    free(split->learn);
}
