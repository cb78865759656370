/* The result of a run, from what was counted. */
#ifndef WEIR_ENGINE_RESULT_H
#define WEIR_ENGINE_RESULT_H

#include "sim/engine/flow/flow.h"

/* At the end of the run, while the clock stands there. The result must be empty. */
void weir_result_fill(struct weir_flow *flow, struct weir_result *result);

/* result_power.c: joules of jobs, and batteries. */
void weir_result_power(const struct weir_flow *flow, struct weir_result *result);

#endif
