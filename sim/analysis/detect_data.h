/* What `weir detect` works on: samples of several dimensions, of one or several series, perhaps with the truth. */
#ifndef WEIR_ANALYSIS_DETECT_DATA_H
#define WEIR_ANALYSIS_DETECT_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/csv_times.h"

/* How the truth is written, as far as it was seen. */
struct detect_words {
    bool zero, minus, word; /* 0, -1, "Normal" or the like */
};

struct detect_series {
    char *name; /* "" if there is but one */
    size_t count;
    double *rows;   /* [count][width], oldest first; NaN is a gap */
    double *time_s; /* [count]; NULL without times */
    bool *truth;    /* [count]; NULL without labels */
    size_t *place;  /* [count]: of the sample in its file, from 0 */
    size_t capacity[4];
};

struct detect_data {
    const char *path; /* borrowed */
    char **columns;   /* names of the dimensions */
    int width;
    struct detect_series *series;
    int count;
    int last;             /* the series that was asked for last: files go round through them */
    size_t samples, gaps; /* of all series; values that are missing */
    bool timed, labelled;
    struct weir_csv_times times; /* how they are written */
    struct detect_words words;
};

/* How to read a CSV. NULL: not given. */
struct detect_layout {
    const char *time;  /* column of times, or two; NULL: one whose name says so (sim/base/csv_times.h), if there is */
    const char *label; /* column of the truth: 0 or 1, 1 or -1, or a word */
    const char
        *labels;    /* file of the truth: one for each sample, in its column `label` or its only one, or intervals */
    const char *by; /* column that names the series */
    const char *columns; /* dimensions, by comma; else all other columns */
    const char *time_format;
    bool no_header, sort;
};

/* Reads a CSV with a line of column names, plain or gzip; empty cells, NaN and NA are gaps. Refused with file:line and
 * the remedy: a line with more or fewer cells, text in a column of numbers, labels that are none, time that does
 * not move on in a series, a column that is missing or there twice. Errors: WEIR_EINPUT; *data is then empty. */
int detect_data_read(const char *path, const struct detect_layout *layout, struct detect_data *data);

/* Reads one label: 0, false, no, normal, benign and the like, or 1, -1, true, yes, anomaly, attack and the like. What
 * 1 means is open until detect_label_signs. Errors: WEIR_EINPUT. */
int detect_label_read(struct weir_csv_lines *lines, const char *cell, struct detect_words *words, bool *truth);

/* Where labels are 1 and -1, -1 is the anomaly. Errors: WEIR_EINPUT if there is 0 or a word, too. */
int detect_label_signs(struct detect_data *data);

/* Reads the file of the truth: a label for each sample of the data, or intervals in columns start and end, both ends
 * included: in times as the data has them or, without times, numbers of samples from 0; of the series that a column
 * `by` names, or of all. Errors: WEIR_EINPUT. */
int detect_labels_read(const struct detect_layout *layout, struct detect_data *data);

/* Reads the results of a run: what hosts that ever had an instance reported in each window (windows.csv), by default
 * their use of CPU, memory, disk and upload, and, if the scenario has anomalies, the truth (anomalies.csv): a window is
 * anomalous if at least half of it is. Errors: WEIR_EINPUT; *data is then empty. */
int detect_folder_read(const char *path, const struct detect_layout *layout, struct detect_data *data);

/* The series of this name, made if there is none. */
struct detect_series *detect_data_series(struct detect_data *data, const char *name);

/* Appends a sample, of gaps, and returns its row. */
double *detect_series_add(struct detect_data *data, struct detect_series *series);

/* Writes the samples as a CSV: time, series, dimensions, label, as far as there are. Errors: WEIR_EINPUT. */
int detect_data_write(const char *path, const struct detect_data *data);

void detect_data_fini(struct detect_data *data);

#endif
