/* What the page needs of the inputs: jobs with their objectives and graphs, hosts with their tiers. */
#ifndef WEIR_REPORT_SCENARIO_DATA_H
#define WEIR_REPORT_SCENARIO_DATA_H

#include "sim/base/text.h"
#include "sim/report/results.h"

/* Adds an object made of the folder's scenario.json, or null; why it could not be read is told as a problem. */
void weir_scenario_data(struct weir_text *text, struct weir_results *results);

#endif
