/* One run into one folder: result.json, windows.csv or windows.csv.gz, decisions.csv. The folder appears whole:
 * everything is written to
 * "<folder>.partial", synced and renamed, so that a folder with a result.json is a finished run. */
#ifndef WEIR_EXPERIMENT_RUN_FOLDER_H
#define WEIR_EXPERIMENT_RUN_FOLDER_H

#include "sim/engine/run.h"
#include "sim/experiment/pool.h"
#include "sim/experiment/trace_file.h"

/* Runs spec in this process (its observer hears decisions and spans; with a control the run is no longer one of its
 * inputs alone, and has another key) and leaves the files in `folder`, in place of an older run
 * there. The line (NULL: none) hears how far it is and when code of users runs. Errors: those of weir_run; WEIR_EINPUT
 * if the files cannot be written. */
int weir_run_into(const char *folder, const struct weir_run_spec *spec, struct weir_pool_line *line);

/* The same, with a trace; NULL: none. If the run fails there is no trace. */
int weir_run_traced(const char *folder, const struct weir_run_spec *spec, struct weir_pool_line *line,
                    const struct weir_trace_options *trace);

/* The path of a CSV file of a run, which may be compressed: NAME.gz if that is there and NAME is not. Owned. */
char *weir_run_file(const char *folder, const char *name);

/* The file beside the folder in which a pool keeps what a run writes to stdout and stderr. Owned. */
char *weir_run_words(const char *folder);
/* Whether a path is that of such a file. */
bool weir_run_is_words(const char *path);

/* Moves it into the folder of the finished run, as stderr.txt; that of a run that has failed stays beside. */
void weir_run_keep_words(const char *folder);

/* Whether results may take the place of what is in a folder: nothing, or files of a run and its report. Errors:
 * WEIR_EINPUT, with the first that is neither. */
int weir_run_look(const char *folder);

/* Removes the files of a run, finished or partial, what it wrote to stderr, and its folder; nothing else that may be
 * there. */
void weir_run_remove(const char *folder);

/* The same, but what it wrote to stderr stays: of a run that has failed. */
void weir_run_remove_results(const char *folder);

/* Removes what an unfinished run left of "<folder>.partial"; what it wrote to stderr stays. */
void weir_run_remove_partial(const char *folder);

#endif
