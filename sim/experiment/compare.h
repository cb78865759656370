/* A comparison: policies x seeds of a scenario, each run in a process of its own, in one folder:
 *   runs/<policy>/seed-<n>/{result.json, windows.csv, decisions.csv}
 *   summary.csv  runs.csv  scenario.json
 * docs/results.md describes the files. */
#ifndef WEIR_EXPERIMENT_COMPARE_H
#define WEIR_EXPERIMENT_COMPARE_H

#include "sim/experiment/pool.h"
#include "sim/experiment/summary.h"

struct weir_compare_spec {
    const struct weir_scenario *scenario;
    const char *const *sets; /* those the scenario was read with; NULL-terminated or NULL */
    const struct weir_stack *stacks;
    int stack_count; /* > 0 */
    const unsigned long long *seeds;
    int seed_count; /* > 0 */
    const struct weir_policy *const *catalog;
    const char *folder;
    bool resume;    /* keep finished runs whose key is the same, run the others; not beside runs of another engine */
    bool force;     /* remove the runs that are there and run all */
    bool bootstrap; /* intervals of the summary */
    struct weir_pool_options pool;
};

/* Runs what is to be run and writes the summary of all. The runs that succeeded are kept and summed up even if others
 * fail; the code is that of the first failure then, and *summary is set (NULL if there is no run at all). After an
 * interruption (*interrupted) finished runs are kept, no summary is written, and the message says how to go on.
 * Errors: WEIR_EINPUT for a folder with finished runs without resume or force, equal labels or seeds, a stack that
 * weir_stack_check refuses; and those of the runs. Free *summary with weir_summary_free. */
int weir_compare(const struct weir_compare_spec *spec, struct weir_summary **summary, bool *interrupted);

#endif
