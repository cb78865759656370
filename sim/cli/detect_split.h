/* What is learnt from and what is judged: the data of `weir detect`, cut in two. */
#ifndef WEIR_CLI_DETECT_SPLIT_H
#define WEIR_CLI_DETECT_SPLIT_H

#include "sim/cli/detect_data.h"

struct detect_split {
    /* How; set by the caller. Paths and layout are borrowed. */
    const char *path, *train; /* train: a file of its own to learn from, or NULL */
    struct detect_layout layout;
    double share, until_s; /* the first part, or the samples before a time */
    bool until, clean, pool;

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

/* Scales each series to the range of what is learnt from it, so that one detector may serve all. */
void detect_split_scale(struct detect_split *split);

void detect_split_fini(struct detect_split *split);

#endif
