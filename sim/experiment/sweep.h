/* A sweep: the runs of a plan, each in a process of its own, their results in packs, their figures in tables.
 * docs/sweep.md describes the folder:
 *   packs/NAME.pack   results, many to a file
 *   study.json  scenario.json   the inputs
 *   stderr/KEY.txt    what a run wrote to stdout and stderr, if that is anything
 *   plan.bin          keys of the runs, for parts that run elsewhere
 *   summary.csv  aggregate.csv  pairs.csv  failures.csv  runs.sqlite */
#ifndef WEIR_EXPERIMENT_SWEEP_H
#define WEIR_EXPERIMENT_SWEEP_H

#include "sim/experiment/pack.h"
#include "sim/experiment/pool.h"
#include "sim/experiment/sweep_plan.h"

struct weir_sweep {
    const struct weir_sweep_plan *plan;
    const char *folder;
    struct weir_pool_options pool;
    bool force;         /* remove what is there and run all */
    const char *series; /* metrics of windows.csv that go into runs.sqlite, divided by commas, or "all"; NULL: none */
    int part, parts;    /* run the part-th of so many parts (from 1 on) and make no tables; parts 0: run all */
};

/* The runs of a part: from *first on, up to before *end. */
void weir_sweep_part(const struct weir_sweep_plan *plan, int part, int parts, int *first, int *end);

/* Runs what has no result yet, then (unless it is a part) makes the tables. Failed runs do not stop the others; the
 * code is that of the first of them in the plan's order. A finished run is kept whatever happens afterwards. Errors:
 * WEIR_EINPUT for a folder that cannot be written, and those of the runs. */
int weir_sweep_run(const struct weir_sweep *sweep, bool *interrupted);

/* Makes the tables of what is there. Errors: WEIR_ERUN if runs are missing or have failed (the tables are made all the
 * same), WEIR_EINPUT. */
int weir_sweep_collect(const struct weir_sweep *sweep);

/* Writes the files of one run, given by its number (from 1 on) or key, to folder/extracted/KEY; *extracted is that
 * folder, owned. */
int weir_sweep_extract(const struct weir_sweep *sweep, const char *run, char **extracted);

/* What is still to be done in which of `parts` parts; *left is owned, one count a part. */
int weir_sweep_left(const struct weir_sweep *sweep, int parts, int **left);

/* --- shared by sweep*.c --- */

/* What runs in the child: the record of run number `run` is left in `memory`. */
struct weir_sweep_unit {
    const struct weir_sweep *sweep;
    int run, memory;
    int pack; /* descriptor that the child closes */
    char *name, *words, *words_are;
};
int weir_sweep_work(void *unit, struct weir_pool_line *line);

/* Counts of distinct runs. */
struct weir_sweep_counts {
    int done, failed, missing;
    int first_failed; /* in the plan's order, -1: none */
};

/* Writes the tables from the packs. */
int weir_sweep_tables(const struct weir_sweep *sweep, struct weir_pack_index *index, struct weir_sweep_counts *counts);

/* Whether a run is to be made: it has no result, and no run before it has the same inputs. */
bool weir_sweep_is_wanted(const struct weir_sweep_plan *plan, const struct weir_pack_index *index, int run);

/* Removes tables, which would be of other runs than those that will be there, and by force the packs. */
void weir_sweep_remove_old(const struct weir_sweep *sweep);

/* Keeps study and scenario in the folder, so that the sweep can be repeated from there. */
int weir_sweep_keep_inputs(const struct weir_sweep *sweep);

/* Refuses a folder with results of another engine, unless they are to be removed; to be called before anything in it is
 * touched. Errors: WEIR_EINPUT. */
int weir_sweep_check(const struct weir_sweep *sweep);

/* Reads the packs of the folder. Errors: WEIR_EINPUT, also for results of another engine. */
int weir_sweep_index(const struct weir_sweep *sweep, struct weir_pack_index *index);

#endif
