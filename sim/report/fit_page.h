/* The page of a calibration: what was fitted, what cannot be told apart, and measured beside simulated series. One file
 * of HTML with drawings in it, without scripts. */
#ifndef WEIR_REPORT_FIT_PAGE_H
#define WEIR_REPORT_FIT_PAGE_H

#include "sim/analysis/fit.h"

/* Writes FOLDER/report.html. Errors: WEIR_EINPUT. */
int weir_fit_page(const struct fit_problem *problem, const struct fit_answer *answer, const char *folder);

#endif
