/* What the kinds of figures share. Private to plot*.c. */
#ifndef WEIR_REPORT_PLOT_PARTS_H
#define WEIR_REPORT_PLOT_PARTS_H

#include "sim/report/plot_script.h"
#include "sim/report/results.h"

/* A figure that is being made. */
struct weir_plotting {
    const struct weir_plot_spec *spec;
    struct weir_results *results;
    struct weir_text *script;
    int *chosen; /* policies, by number in the results' labels */
    int chosen_count;
    bool log_x, log_y;
    double least; /* the smallest value above 0 on the y axis; INFINITY: none yet */
    int lost;     /* values that a logarithmic axis has no place for */
};

/* Refuses what is none of some names, with the near one, or the first of them. */
int weir_plot_unknown(const char *what, const char *word, const char *const *names, size_t count);

/* The unit of a metric in a summary. Errors: WEIR_EUSAGE for one that is not there. */
int weir_plot_find_metric(const struct weir_sheet *sheet, const char *metric, const char **unit);
/* The largest mean of a metric, whatever its sign. */
double weir_plot_largest(const struct weir_sheet *sheet, const char *metric);

/* Takes note of a point for the ranges of logarithmic axes. */
void weir_plot_see(struct weir_plotting *plot, double x, double y);

/* What a policy is called in the figure. Borrowed. */
const char *weir_plot_name(const struct weir_plotting *plot, int policy);

/* Scales and ranges: the y axis from 0 or, if it is logarithmic, from a power of ten on, which is `floor` in the
 * script; the x axis as `x_range` says, as in "[0:*]", of which a logarithmic one takes no 0. */
void weir_plot_axes(struct weir_plotting *plot, const char *x_range);
/* The titles of the axes: those of the user, else these. */
void weir_plot_titles(struct weir_plotting *plot, const char *x, const char *x_unit, const char *y, const char *y_unit);
/* "plot $line0 using 1:2 with lines title '...', ..." of the policies that have a block of data. */
void weir_plot_lines(struct weir_plotting *plot, const char *style);
/* The style of lines with intervals, none of which goes below a logarithmic axis. */
const char *weir_plot_interval_style(const struct weir_plotting *plot);

/* A parameter of a sweep: its name in words ("uplink latency" for //link[@id='uplink']/@latency), and its values as
 * numbers. */
char *weir_plot_plain_path(const char *path, char **labels, int label_count); /* owned */
struct weir_plot_values {
    const char **texts; /* as in the table, in the order of their first rows; borrowed from it */
    double *numbers;    /* in `unit`; NaN if they are not numbers */
    int count;
    bool are_numbers;
    char unit[32]; /* "ms", "" of bare numbers */
};
void weir_plot_values(const struct weir_sheet *sheet, int column, struct weir_plot_values *values);
void weir_plot_values_fini(struct weir_plot_values *values);

/* The kinds. Errors as of weir_plot. */
int weir_plot_bars(struct weir_plotting *plot);
int weir_plot_time(struct weir_plotting *plot);
int weir_plot_share(struct weir_plotting *plot);
int weir_plot_sweep(struct weir_plotting *plot);

#endif
