/* What happens in a run, as rows of windows.csv and decisions.csv. */
#ifndef WEIR_EXPERIMENT_RECORDER_H
#define WEIR_EXPERIMENT_RECORDER_H

#include <stdio.h>

#include "sim/engine/run.h"

/* Hears how far a run is, 0 to 1. */
typedef void (*weir_run_progress)(void *context, double fraction);

/* Where the rows go. */
struct weir_recorder {
    FILE *windows, *decisions;
    weir_run_progress progress; /* may be NULL */
    void *context;
};

/* Writes the headers of both files and fills in an observer, which points to the recorder. */
void weir_recorder_begin(struct weir_recorder *recorder, struct weir_observer *observer);

#endif
