/* What `weir detect` shows and writes. */
#ifndef WEIR_ANALYSIS_DETECT_REPORT_H
#define WEIR_ANALYSIS_DETECT_REPORT_H

#include <stdio.h>

#include "policies/learn/detect/evaluate.h"
#include "sim/analysis/detect_data.h"

/* One detector and what it said of the samples that were judged, all series one after the other. */
struct detect_row {
    const char *label; /* as given on the command line */
    bool failed;       /* no result */
    size_t length;     /* of a window */
    double *score;
    bool *flagged;
    double fit_s, window_s; /* real time: of all fits, and of a window */
    char *about;            /* what was fitted, if it was fitted once; else NULL; owned */
    struct detect_measures measures;
};

struct detect_report {
    const struct detect_data *data;
    const size_t *from; /* [series]: the first sample that was judged */
    const size_t *ends; /* [series]: of the judged samples, as in evaluate.h */
    size_t learnt;      /* samples learnt from */
    struct detect_row *rows;
    int row_count;
};

/* The tables. */
void detect_report_print(FILE *out, const struct detect_report *report);

/* The same and what was fitted, as one JSON value. */
void detect_report_json(FILE *out, const struct detect_report *report);

/* The scores: a line for each judged sample. Errors: WEIR_EINPUT. */
int detect_report_write(const char *path, const struct detect_report *report);

#endif
