/* anomalies.csv: what was wrong with which host when. It follows from a scenario and a seed, whatever the policies do.
 */
#ifndef WEIR_EXPERIMENT_ANOMALY_FILE_H
#define WEIR_EXPERIMENT_ANOMALY_FILE_H

#include "sim/model/scenario.h"

/* Writes the file into a folder that exists; nothing if the scenario has no anomalies. Errors: WEIR_EINPUT. */
int weir_anomaly_file_write(const char *folder, const struct weir_scenario *scenario, unsigned long long seed);

#endif
