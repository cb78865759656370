/* Where instances are at first: the default placement of a scenario, for checks before the run. */
#ifndef WEIR_MODEL_INITIAL_H
#define WEIR_MODEL_INITIAL_H

#include "sim/model/scenario.h"

/* Hosts of the first instances, by job and operator, without faults and policies. */
struct weir_initial {
    int **hosts;    /* [job][all instances of its operators, one after the other] */
    int job_count;  /* as many jobs as were looked at */
    int *instances; /* [host]: how many there are */
};

/* Places the instances of the first `most` jobs, all jobs at once, each on the first host of its placement with a free
 * slot or core, as the engine does. Free with weir_initial_fini. */
void weir_initial_place(const struct weir_scenario *scenario, int most, struct weir_initial *initial);
void weir_initial_fini(struct weir_initial *initial);

/* Two hosts between which something may flow, from the first to the second. */
struct weir_pair {
    int from, to;
};

/* Pairs that stand for a whole platform: all of them, of at most 64 hosts; else of 64 hosts that are evenly apart in
 * the file, and of up to 1000 others with one of them. */
struct weir_pair *weir_platform_pairs(const struct weir_platform *platform, size_t *count);

#endif
