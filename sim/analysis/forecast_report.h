/* What `weir forecast` shows and writes of its trials. */
#ifndef WEIR_ANALYSIS_FORECAST_REPORT_H
#define WEIR_ANALYSIS_FORECAST_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "policies/learn/forecast/evaluate.h"

/* One model and how it did. */
struct forecast_row {
    const char *label; /* as given on the command line */
    bool failed;       /* no result */
    char *about;       /* what was fitted; owned by the row */
    struct forecaster_result result;
};

struct forecast_report {
    const char *title; /* the file's name */
    double start_s, step_s;
    const double *values; /* all of the series */
    size_t count, train, horizon;
    struct forecast_row *rows;
    int row_count;
};

/* The tables for one step ahead and, if it is more, for the whole horizon: errors, that of the last value as 1. */
void forecast_report_print(FILE *out, const struct forecast_report *report);

/* Writes scores.csv, forecasts.csv, forecast.gp and, if gnuplot is there, forecast.svg into a folder, which is made.
 * Errors: WEIR_EINPUT if one cannot be written; a gnuplot that is missing or fails is none: *drawn says. */
int forecast_report_write(const char *folder, const struct forecast_report *report, bool *drawn);

#endif
