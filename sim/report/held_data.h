/* Who holds whom back, of a run's result.json. */
#ifndef WEIR_REPORT_HELD_DATA_H
#define WEIR_REPORT_HELD_DATA_H

#include "sim/base/text.h"
#include "sim/report/results.h"

/* Adds {"bottlenecks": [...], "operators": {job: {operator: [...]}}}: verdicts as result.json has them, those of the
 * jobs first in which somebody waits longest, and of each operator of these jobs [busy, backpressured, queue_mean,
 * arrived, emitted, dropped], all to the last bit. Returns how many jobs were left out. */
size_t weir_held_data(struct weir_text *text, const struct weir_results_run *run, size_t most);

#endif
