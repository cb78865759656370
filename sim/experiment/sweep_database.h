/* runs.sqlite: a sweep's runs, means, pairs and (if wanted) series as tables of SQLite. docs/sweep.md describes them.
 *
 * It is written as "runs.sqlite.partial" and renamed at the end, as all results are. */
#ifndef WEIR_EXPERIMENT_SWEEP_DATABASE_H
#define WEIR_EXPERIMENT_SWEEP_DATABASE_H

#include "sim/base/stats.h"
#include "sim/experiment/sweep.h"

struct weir_sweep_database;

/* Begins an empty one in the sweep's folder. Errors of all that follow: WEIR_EINPUT, with what SQLite says. */
int weir_sweep_database_begin(const struct weir_sweep *sweep, struct weir_sweep_database **database);

/* A run's row. Of one that failed, `record` is absent and there are its code and message; of one that is missing,
 * neither. */
int weir_sweep_database_run(struct weir_sweep_database *database, int run, const struct weir_record *record, int code,
                            const char *message);

/* The rows of a run's windows.csv whose metric is wanted. */
int weir_sweep_database_series(struct weir_sweep_database *database, int run, const char *windows);

/* A mean over seeds (b NULL), or the mean difference of two policies with its p-value. */
int weir_sweep_database_mean(struct weir_sweep_database *database, int configuration, const char *a, const char *b,
                             const struct weir_metric *metric, const struct weir_moments *moments);

/* Corrects the p-values of each metric for their number (holm-1979), and writes the rows of pairs.csv in their order.
 */
int weir_sweep_database_pairs(struct weir_sweep_database *database, FILE *file);

/* Frees it, after an error (`code`) without a trace; else the file has its name then. Returns the code. */
int weir_sweep_database_end(struct weir_sweep_database *database, int code);

#endif
