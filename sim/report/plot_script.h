/* The text of a gnuplot script. */
#ifndef WEIR_REPORT_PLOT_SCRIPT_H
#define WEIR_REPORT_PLOT_SCRIPT_H

#include "sim/base/text.h"
#include "sim/report/plot.h"

/* Terminal, output, size, fonts, grid, title, line types that differ in grey. */
void weir_script_begin(struct weir_text *script, const struct weir_plot_spec *spec, const char *figure);

/* A string in single quotes, in which gnuplot replaces nothing; those in it become curly. */
void weir_script_string(struct weir_text *script, const char *string);

/* The size of the unit in which a metric is drawn: `wanted`, or if that is NULL one in which `largest` is short; *name
 * is its name, borrowed. `unit` is that of the metric. Errors: WEIR_EUSAGE, with the units that there are. */
int weir_script_unit(const char *unit, const char *wanted, double largest, double *size, const char **name);

/* "set ylabel 'latency p99 (ms)'", or another axis; an underline in the name becomes a blank. */
void weir_script_label(struct weir_text *script, const char *axis, const char *name, const char *unit);

/* Calls gnuplot with a script. Errors: WEIR_EINPUT with what it said. */
int weir_script_run(const char *script);

#endif
