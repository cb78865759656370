/* The tables of a sweep as JSON for the page. */
#ifndef WEIR_REPORT_SWEEP_DATA_H
#define WEIR_REPORT_SWEEP_DATA_H

#include "sim/base/text.h"
#include "sim/report/results.h"

/* Adds an object with parameters, configurations, means and paired differences; at most about `room` bytes. What is
 * left out for that is added to `notes`, a JSON string and a comma each. */
void weir_sweep_data(struct weir_text *text, struct weir_results *results, size_t room, struct weir_text *notes);

#endif
