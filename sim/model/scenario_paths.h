/* The paths that --set may change in a scenario, a step at a time, as the completion of a shell wants them. */
#ifndef WEIR_MODEL_SCENARIO_PATHS_H
#define WEIR_MODEL_SCENARIO_PATHS_H

#include <stdio.h>

#include "sim/api/policy.h"

/* Writes, a line each, how a path that begins with `beginning` may go on: to the next '.', as in "costs." or
 * "workload.jobs[0].", or to its end, as in "duration=". Known are what is there, in the scenario and in its workload,
 * and the keys that may be added: those of scenarios, jobs, operators and loads, and the parameters of policies of the
 * catalogue. Without a scenario (NULL) only the keys at its top. Errors: WEIR_EINPUT for files that cannot be read. */
int weir_scenario_paths(const char *scenario, const char *beginning, const struct weir_policy *const *catalog,
                        FILE *out);

#endif
