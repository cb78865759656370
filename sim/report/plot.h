/* Figures for papers: a gnuplot script made of results, and what gnuplot makes of it. */
#ifndef WEIR_REPORT_PLOT_H
#define WEIR_REPORT_PLOT_H

#include <stdbool.h>

enum weir_plot_format { WEIR_PLOT_PDF, WEIR_PLOT_SVG, WEIR_PLOT_PNG };
extern const char *const weir_plot_formats[]; /* "pdf", "svg", "png", NULL */

/* Axes with a logarithmic scale; AUTO: the x axis of a distribution, and no other. */
enum weir_plot_log { WEIR_PLOT_LOG_AUTO, WEIR_PLOT_LOG_NONE, WEIR_PLOT_LOG_X, WEIR_PLOT_LOG_Y, WEIR_PLOT_LOG_XY };
extern const char *const weir_plot_logs[]; /* "auto", "none", "x", "y", "xy", NULL */

/* Where the values of a sweep lie: AUTO where they are on the axis if all are numbers, else side by side. */
enum weir_plot_spacing { WEIR_PLOT_SPACING_AUTO, WEIR_PLOT_SPACING_VALUE, WEIR_PLOT_SPACING_EVEN };
extern const char *const weir_plot_spacings[]; /* "auto", "value", "even", NULL */

/* Points of type: the default, and what may be asked for. */
#define WEIR_PLOT_FONT_PT    7.5
#define WEIR_PLOT_FONT_LEAST 4
#define WEIR_PLOT_FONT_MOST  24

struct weir_plot_spec {
    const char *folder; /* of weir run, compare or sweep */
    const char *metric; /* of summary.csv; over time, of the jobs' rows of windows.csv, or "instances" */
    const char *over;   /* "policy": means with intervals as bars; "time"; "share": the distribution of latencies (the
                         * metric is not used then); of a sweep: a parameter, the end of its name suffices. NULL:
                         * "policy", and the first parameter of a sweep */
    enum weir_plot_format format;
    const char *output; /* the figure; NULL: FOLDER/METRIC.FORMAT, or FOLDER/METRIC-over-WHAT.FORMAT */
    bool script_only;   /* do not call gnuplot */

    const char *const *policies; /* labels, in the order in which they are drawn, NULL-terminated; NULL: all */
    const char *const *names;    /* "LABEL=TEXT": what a policy is called in the figure, NULL-terminated; may be NULL */
    enum weir_plot_log log;
    enum weir_plot_spacing spacing;
    const char *title, *x_title, *y_title; /* NULL: no title; what the axes show, and its unit */
    const char *unit;                      /* of the metric, as in "ms"; NULL: one in which the numbers are short */
    const char *time_unit;                 /* of the axis over time: s, min, h or d; NULL: by the length of the run */
    int columns;                           /* width in columns of a journal: 1 (8.5 cm) or 2 (17.8 cm); 0: 1 */
    double font_pt;                        /* 0: WEIR_PLOT_FONT_PT */
};

/* Writes the script beside the figure (its ending becomes .gp) and calls gnuplot. *figure is the figure's path, *script
 * the script's; both owned, and set whenever the script was written, also if gnuplot is not there. Errors: WEIR_EUSAGE
 * for an unknown metric, parameter, policy or unit (with the near one), and for a scale that the figure's axes cannot
 * have; WEIR_EINPUT for a folder without results, a file that cannot be written, a gnuplot that is not there or fails.
 * *problems tells what is missing or wrong in the folder, and how many values a logarithmic axis has no place for, a
 * line each; owned, NULL if the folder cannot be read. */
int weir_plot(const struct weir_plot_spec *spec, char **figure, char **script, char **problems);

#endif
