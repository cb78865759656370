/* Figures for papers: a gnuplot script made of results, and what gnuplot makes of it. */
#ifndef WEIR_REPORT_PLOT_H
#define WEIR_REPORT_PLOT_H

#include <stdbool.h>

enum weir_plot_format { WEIR_PLOT_PDF, WEIR_PLOT_SVG, WEIR_PLOT_PNG };
extern const char *const weir_plot_formats[]; /* "pdf", "svg", "png", NULL */

struct weir_plot_spec {
    const char *folder; /* of weir run, compare or sweep */
    const char *metric; /* of summary.csv; over time, of the jobs' rows of windows.csv, or "instances" */
    const char *over;   /* "policy": means with intervals as bars; "time"; "share": the distribution of latencies (the
                         * metric is not used then); of a sweep: a parameter, the end of its name suffices. NULL:
                         * "policy", and the first parameter of a sweep */
    enum weir_plot_format format;
    const char *output; /* the figure; NULL: FOLDER/METRIC.FORMAT, or FOLDER/METRIC-over-WHAT.FORMAT */
    bool script_only;   /* do not call gnuplot */
};

/* Writes the script beside the figure (its ending becomes .gp) and calls gnuplot. *figure is the figure's path, *script
 * the script's; both owned, and set whenever the script was written, also if gnuplot is not there. Errors: WEIR_EINPUT
 * for a folder without results, an unknown metric or parameter (with the near one), a file that cannot be written, a
 * gnuplot that is not there or fails. *problems tells what is missing or wrong in the folder, a line
 * each; owned, NULL if the folder cannot be read. */
int weir_plot(const struct weir_plot_spec *spec, char **figure, char **script, char **problems);

#endif
