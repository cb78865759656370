/* The keys of studies, as those of scenarios are (sim/model/scenario_keys.h). */
#ifndef WEIR_EXPERIMENT_STUDY_KEYS_H
#define WEIR_EXPERIMENT_STUDY_KEYS_H

#include <stdbool.h>

#include "sim/base/param.h"

/* What their rows are bound to. */
struct weir_study_read {
    bool results_alone;
};
struct weir_sample_read {
    bool independent; /* else a latin hypercube */
    long runs, seed;
};

extern const struct weir_param weir_study_keys[];
extern const struct weir_param weir_choices_keys[]; /* an object in "grid" */
extern const struct weir_param weir_sample_keys[];
extern const struct weir_param weir_range_keys[]; /* an object in "ranges"; of struct weir_study_column */

#endif
