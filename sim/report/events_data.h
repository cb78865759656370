/* What happened in a run: decisions and anomalies, as lists of JSON without their brackets. */
#ifndef WEIR_REPORT_EVENTS_DATA_H
#define WEIR_REPORT_EVENTS_DATA_H

#include "sim/base/text.h"
#include "sim/report/results.h"

/* The decisions of a run: where there are too many, those of every second round, every fourth and so on; where one
 * round is too many by itself, the first of it. */
void weir_decisions_data(struct weir_text *text, struct weir_results *results, const struct weir_results_run *run,
                         size_t room, struct weir_text *notes);

/* The truth about anomalies: [[start, end, host, kind], ...], the same for all policies of a seed. */
void weir_anomalies_data(struct weir_text *text, struct weir_results *results, const struct weir_results_run *run);

#endif
