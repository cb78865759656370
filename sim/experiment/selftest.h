/* weir tests itself: runs whose answer is known, by arithmetic or by queueing theory, against what it simulates. */
#ifndef WEIR_EXPERIMENT_SELFTEST_H
#define WEIR_EXPERIMENT_SELFTEST_H

#include <stdbool.h>

#include "sim/experiment/pool.h"

/* One figure of a case. It holds if |simulated - expected| <= tolerance. */
struct weir_selftest_row {
    const char *group; /* "exact", "theory" */
    const char *name;  /* of the case */
    const char *op;    /* the operator that it is about; "": the whole run */
    const char *quantity, *unit;
    double expected, simulated;
    double tolerance;
    bool is_interval; /* simulated is a mean over seeds, tolerance the half width of its confidence interval */
    bool passed;
};

struct weir_selftest {
    struct weir_selftest_row *rows;
    int row_count;
    int run_count, failed;            /* rows that do not hold */
    struct weir_selftest_case *cases; /* own the names of the rows */
    int case_count;
};

/* Level of the confidence intervals: so high because many are looked at together. */
#define WEIR_SELFTEST_LEVEL 0.999

/* Runs the cases of a group ("exact", "theory"; NULL: all) in a pool with these options. Platforms and scenarios are
 * written to a temporary folder, which is removed. Errors: WEIR_EUSAGE if there is no such group, WEIR_EINPUT if there
 * is no such folder, those of weir_pool_run. A row that does not hold is no error. *got is to be given to
 * weir_selftest_fini in any case. */
int weir_selftest_run(const struct weir_pool_options *options, const char *group, struct weir_selftest *got,
                      bool *interrupted);
void weir_selftest_fini(struct weir_selftest *got);

#endif
