/* A platform tried in SimGrid, in processes of their own: does it load, and is there a way between hosts. */
#ifndef WEIR_EXPERIMENT_PROBE_H
#define WEIR_EXPERIMENT_PROBE_H

#include "sim/engine/run.h"
#include "sim/experiment/preview.h"

/* Tries the platform alone. Pairs of hosts without a route, and hosts that are down at the start, are remarks. Errors:
 * WEIR_EENGINE with what SimGrid said. */
int weir_probe_platform(const struct weir_platform *platform, bool *interrupted);

/* Tries the platform of a scenario, with its options of SimGrid. A pair between which its jobs send as they begin must
 * have a route; of those between which policies may make them send, the ones without are a remark. `remarks` false:
 * only the former. Fills in the links of the preview. Errors: WEIR_EINPUT for a pair without a route, WEIR_EENGINE. */
int weir_probe_scenario(const struct weir_scenario *scenario, struct weir_preview *preview, bool remarks,
                        bool *interrupted);

#endif
