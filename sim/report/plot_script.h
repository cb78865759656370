/* The text of a gnuplot script. */
#ifndef WEIR_REPORT_PLOT_SCRIPT_H
#define WEIR_REPORT_PLOT_SCRIPT_H

#include "sim/base/text.h"
#include "sim/report/plot.h"

/* Terminal, output, fonts, grid, line types that differ in grey. */
void weir_script_begin(struct weir_text *script, enum weir_plot_format format, const char *figure);

/* A string in single quotes, in which gnuplot replaces nothing; those in it become curly. */
void weir_script_string(struct weir_text *script, const char *string);

/* The size of the unit in which values up to `largest` are drawn; *name is its name. Units are those of metrics. */
double weir_script_unit(const char *unit, double largest, const char **name);

/* "set ylabel 'latency p99 (ms)'", or another axis; an underline in the name becomes a blank. */
void weir_script_label(struct weir_text *script, const char *axis, const char *name, const char *unit);

/* Calls gnuplot with a script. Errors: WEIR_EINPUT with what it said. */
int weir_script_run(const char *script);

#endif
