/* What is learnt from and what is judged: the data of `weir detect`, cut in two. */
#ifndef WEIR_ANALYSIS_DETECT_SPLIT_H
#define WEIR_ANALYSIS_DETECT_SPLIT_H

#include "policies/learn/detect/detector.h"
#include "sim/analysis/detect_data.h"

struct detect_split {
    /* How; set by the caller. Paths and layout are borrowed. */
    const char *path, *train; /* train: a file of its own to learn from, or NULL */
    struct detect_layout layout;
    double share;      /* the first part, */
    const char *until; /* or the samples before a time, or NULL */
    double until_s;
    bool clean, pool, fleet;

    struct detect_data data, past; /* past: of `train` */
    size_t *from, *ends;           /* [series]: see detect_report.h */
    size_t learnt;                 /* samples to learn from */
    struct detect_learn {          /* [series]: the first `count` samples of a series of data or past */
        const struct detect_series *series;
        size_t count;
    } * learn;
};

/* Reads and cuts the data. Errors: WEIR_EINPUT, also if there is nothing to learn from, to judge or, with labels, to
 * find. Free it after an error, too. */
int detect_split_read(struct detect_split *split);

/* Appends the pasts of a series: all of what is learnt from it or, with `clean`, its healthy stretches. Rows are
 * borrowed. */
void detect_split_pasts(const struct detect_split *split, int series, struct detector_past **pasts, int *count,
                        size_t *capacity);

/* Brings the series to one measure, so that one detector may serve all: each to the range of what is learnt from it or,
 * with `fleet`, as detect/signals.h does. */
void detect_split_scale(struct detect_split *split);

void detect_split_fini(struct detect_split *split);

#endif
