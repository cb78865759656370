/* A run's result.json: written once, read by --resume and by the summary. docs/results.md describes the format. */
#ifndef WEIR_EXPERIMENT_RECORD_H
#define WEIR_EXPERIMENT_RECORD_H

#include <stdbool.h>

#include "sim/engine/run.h"

/* as "1.2.3" */
const char *weir_version(void);

/* The stack in one line: name and parameters of each policy in turn, as JSON. Owned. */
char *weir_stack_text(const struct weir_stack *stack);

/* Identity of a run: a hash of its inputs, stack, seed, and the versions of weir and its engine. Equal keys stand for
 * equal results. */
unsigned long long weir_run_key(const struct weir_scenario *scenario, const struct weir_stack *stack,
                                unsigned long long seed);

#define WEIR_ENGINE_NAME 48 /* bytes of weir_engine_version(), its end included */

/* What the summary needs of a run. */
struct weir_record {
    bool present;                  /* false: not run, or failed */
    bool sealed;                   /* the text has a seal, which is right (seal.h); else an older weir made it */
    char engine[WEIR_ENGINE_NAME]; /* that made it; "": not known */
    unsigned long long key;
    struct weir_metrics metrics;
    double wall_s, decision_wall_s, items_per_wall_s;
};

/* The files that may be beside a result.json, NULL at the end. */
extern const char *const weir_record_files[];

struct weir_held;

/* The content of result.json, with a seal and a line end; it names the files that are in `folder` (NULL: none), and who
 * holds each job back by what was `held` (NULL: not told). Owned; NULL after an error. Errors: WEIR_EINPUT for a file
 * that cannot be read. */
char *weir_record_print(const struct weir_run_spec *spec, const struct weir_result *result,
                        const struct weir_held *held, const char *folder);

/* Reads folder/result.json. A metric that this weir does not know is passed over; one that is absent or null is NaN.
 * Errors: WEIR_EINPUT, also for a text that is not what its seal says; record->present is false then. */
int weir_record_read(const char *folder, struct weir_record *record);

/* The same from the content of a result.json; `name` is for messages. */
int weir_record_parse(const char *text, const char *name, struct weir_record *record);

/* Whether folder/result.json has its seal and all files beside it that it names are as they were written. Errors:
 * WEIR_EINPUT, with the first file that is not. */
int weir_record_verify(const char *folder);

/* Refuses to go on in a folder with results of another engine than this one: what they would be compared with may
 * differ by the engine alone. "" passes. Errors: WEIR_EINPUT. */
int weir_record_same_engine(const char *folder, const char *engine);

/* The value of a row of weir_metric_table. */
double weir_metric_value(const struct weir_metrics *metrics, const struct weir_metric *metric);

/* Number of rows of weir_metric_table. */
int weir_metric_count(void);

#endif
