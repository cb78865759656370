/* Drawings (SVG) of the page of a calibration. */
#ifndef WEIR_REPORT_FIT_CHART_H
#define WEIR_REPORT_FIT_CHART_H

#include "sim/base/text.h"

/* Text of users inside HTML. */
void weir_fit_escape(struct weir_text *text, const char *string);

/* Two series of `count` values, `step_s` apart, NaN where there is none: measured as dots, simulated as a line, and
 * their difference below. */
void weir_fit_overlay(struct weir_text *text, const char *title, const double *measured, const double *simulated,
                      int count, double step_s);

/* The loss of each point that was tried, in order, on a logarithmic scale, and the least so far; `width` numbers a
 * point, the loss last. */
void weir_fit_losses(struct weir_text *text, const double *rows, int count, int width);

#endif
