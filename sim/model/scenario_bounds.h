/* What a run of a scenario will take, told before it. */
#ifndef WEIR_MODEL_SCENARIO_BOUNDS_H
#define WEIR_MODEL_SCENARIO_BOUNDS_H

#include "sim/model/scenario.h"

struct weir_needs {
    double items;        /* that the sources give, on average */
    double memory_bytes; /* about, beside the platform */
};

/* By arithmetic, as the jobs stand at first. */
void weir_scenario_needs(const struct weir_scenario *scenario, struct weir_needs *needs);

/* Refuses more items than can be simulated, and more memory than twice what the machine has; remarks what is much.
 * Errors: WEIR_EINPUT. */
int weir_scenario_check_bounds(const struct weir_scenario *scenario);

#endif
