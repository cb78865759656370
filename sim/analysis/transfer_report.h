/* What `weir transfer` shows and writes. */
#ifndef WEIR_ANALYSIS_TRANSFER_REPORT_H
#define WEIR_ANALYSIS_TRANSFER_REPORT_H

#include <stdio.h>

#include "policies/learn/series/grid.h"
#include "policies/learn/transfer/compare.h"

struct transfer_source {
    char *name; /* of the file; owned */
    struct series_grid grid;
};

struct transfer_report {
    const char *title; /* file of the target */
    struct series_grid target;
    size_t known;
    struct transfer_source *sources; /* owned */
    int source_count;
    struct transfer_choice *choices;                  /* of all sources, nearest first; owned */
    const unsigned long long *seeds;                  /* of the results */
    struct transfer_result (*results)[TRANSFER_WAYS]; /* a row a seed; owned */
    int seed_count;
};

void transfer_report_fini(struct transfer_report *report);

/* The sources with their distances, and the errors: means over the seeds, with the standard deviation of SMAPE. */
void transfer_report_print(FILE *out, const struct transfer_report *report);

/* Writes sources.csv and transfer.csv (a row a seed and way) into a folder, which is made. Errors: WEIR_EINPUT. */
int transfer_report_write(const char *folder, const struct transfer_report *report);

#endif
