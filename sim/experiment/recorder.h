/* What happens in a run, as rows of windows.csv and decisions.csv, and as a trace. */
#ifndef WEIR_EXPERIMENT_RECORDER_H
#define WEIR_EXPERIMENT_RECORDER_H

#include <stdio.h>

#include "sim/engine/run.h"
#include "sim/experiment/held.h"
#include "sim/experiment/pool.h"
#include "sim/experiment/rows.h"
#include "sim/experiment/trace_file.h"

/* Where the rows go; NULL: nowhere. */
struct weir_recorder {
    struct weir_rows *windows;
    FILE *decisions;
    struct weir_held *held; /* hears the use of links */
    struct weir_trace_file *trace;
    struct weir_pool_line *line; /* hears how far the run is and when code of users runs; NULL: none */
};

/* Writes the headers of both files and fills in an observer, which points to the recorder. */
void weir_recorder_begin(struct weir_recorder *recorder, struct weir_observer *observer);

#endif
