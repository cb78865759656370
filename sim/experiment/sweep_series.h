/* Which series of windows.csv are wanted in runs.sqlite. */
#ifndef WEIR_EXPERIMENT_SWEEP_SERIES_H
#define WEIR_EXPERIMENT_SWEEP_SERIES_H

#include <stdbool.h>

struct weir_sweep_series {
    char *text, **names; /* names point into text */
    bool *seen;          /* [name] */
    int count;           /* 0: all are wanted */
};

/* Takes a list of metrics divided by commas, or "all". */
void weir_sweep_series_init(struct weir_sweep_series *series, const char *list);
bool weir_sweep_series_wants(struct weir_sweep_series *series, const char *metric);
/* The first name that has not been seen; NULL if there is none. */
const char *weir_sweep_series_unseen(const struct weir_sweep_series *series);
void weir_sweep_series_fini(struct weir_sweep_series *series);

#endif
