/* Reading one run of a results folder. Private to results*.c. */
#ifndef WEIR_REPORT_RESULTS_RUN_H
#define WEIR_REPORT_RESULTS_RUN_H

#include "sim/report/results.h"

/* Adds the run in a folder, or a problem; a file beside its result.json that is not as it was written is a problem,
 * too, and not used. */
void weir_results_add_run(struct weir_results *results, const char *folder);
void weir_results_run_fini(struct weir_results_run *run);

/* The number of a policy's label, which is new if no run had it. */
int weir_results_label(struct weir_results *results, const char *label);

#endif
