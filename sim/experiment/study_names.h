/* Names of what a study varies, for readers of study.json. */
#ifndef WEIR_EXPERIMENT_STUDY_NAMES_H
#define WEIR_EXPERIMENT_STUDY_NAMES_H

#include "sim/base/json.h"
#include "sim/experiment/study.h"

/* Takes the key "as" of an object, if it is there, as the name of the column. Errors: WEIR_EINPUT for one that cannot
 * name a column of a table, or that another has. */
int weir_study_opt_name(const struct weir_json *at, const struct weir_study *study, struct weir_study_column *column);

/* Takes an object of paths and names. Errors: also for a path that is not varied. */
int weir_study_read_names(const struct weir_json *at, struct weir_study *study);

#endif
