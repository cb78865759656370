/* A study: a base scenario and what is varied in it, read from study.json (docs/sweep.md). Nothing is multiplied out:
 * configurations are computed from their number when they are asked for.
 *
 * A column is one thing that is varied: a path of the scenario as --set has it, or an XPath (it begins with '/') that
 * selects attributes of the platform. Configurations are numbered so that the entries of "list" change slowest, then
 * the keys of "grid" in their order, then the samples. */
#ifndef WEIR_EXPERIMENT_STUDY_H
#define WEIR_EXPERIMENT_STUDY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/quantity.h"
#include "sim/model/scenario.h"

#define WEIR_STUDY_RUNS 10000000 /* at most */

/* A value as JSON and as tables show it (strings without quotes). NULL, NULL: the base scenario's. */
struct weir_study_value {
    char *json, *shown;
};

enum weir_column_kind { WEIR_COLUMN_LIST, WEIR_COLUMN_GRID, WEIR_COLUMN_SAMPLE };

struct weir_study_column {
    enum weir_column_kind kind;
    char *path;
    char *name; /* by which results call it: what "as" says, or the path */
    bool is_xpath;
    struct weir_study_value *values; /* of a list: one an entry; of a grid: one a choice */
    int value_count;
    /* Of a sample: its range, the unit written behind both ends, and, of a latin hypercube, which stratum a run takes.
     */
    double min, max;
    bool is_log, is_integer;
    char *unit;
    uint32_t *strata;
};

struct weir_study {
    char *path, *name;
    char *scenario;          /* path of the base scenario, as seen from here */
    char *policies, *seeds;  /* "policies=...", "seeds=...": sets that replace the scenario's; NULL: they stay */
    bool keep_files;         /* windows.csv and decisions.csv of each run, too */
    unsigned long long hash; /* of the file */
    struct weir_study_column *columns;
    int column_count;
    int list_count, grid_count, sample_count; /* each at least 1 */
    unsigned long long sample_seed;
};

/* Errors: WEIR_EINPUT with file, place and remedy. Whether paths exist in the scenario is known when a configuration is
 * read. */
int weir_study_read(const char *path, struct weir_study **study);
void weir_study_free(struct weir_study *study);

/* Number of configurations; at most WEIR_STUDY_RUNS. */
int weir_study_count(const struct weir_study *study);

/* The value of a column in a configuration; owned by the caller. */
struct weir_study_value weir_study_value(const struct weir_study *study, int column, int configuration);
void weir_study_value_fini(struct weir_study_value *value);

/* What the values of a column are. Of numbers with a unit, in one kind of unit, tables have a second column, in SI. */
enum weir_study_type { WEIR_STUDY_TEXT, WEIR_STUDY_NUMBER, WEIR_STUDY_QUANTITY };
struct weir_study_kind {
    enum weir_study_type type;
    enum weir_unit unit; /* of a quantity */
};
struct weir_study_kind weir_study_kind(const struct weir_study *study, int column);

/* A value of a column that is of this kind, as a number, in SI of a quantity; NaN of text and of no value. */
double weir_study_number(struct weir_study_kind kind, const struct weir_study_value *value);

/* "duration=60s, //link[@id='a']/@latency=5ms", for people. Owned. */
char *weir_study_describe(const struct weir_study *study, int configuration);

/* What a configuration changes in the base scenario; owned. `changes` points into it. */
struct weir_study_changes {
    struct weir_scenario_changes changes;
    char **sets; /* NULL-terminated */
    struct weir_platform_edit *edits;
    struct weir_study_value *values;
    int value_count;
};
void weir_study_change(const struct weir_study *study, int configuration, struct weir_study_changes *made);
void weir_study_changes_fini(struct weir_study_changes *made);

#endif
