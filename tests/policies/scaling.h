/* Runs of autoscalers on their defaults, for tests of what size they end at. */
#ifndef WEIR_TESTS_POLICIES_SCALING_H
#define WEIR_TESTS_POLICIES_SCALING_H

#include "tests/support/run.h"

/* The autoscalers under test. */
extern const char *const scalers[];
enum { SCALERS = 3 };

/* The path of a platform: a device s and a host h with so many cores of 1 Gf, 10 Gbit/s between them. Owned. */
char *scaling_platform(int cores);

/* Runs "jobs", the rest of a scenario's object, for so long. */
struct weir_test_result scaling_run(const char *on, const char *duration, const char *jobs, const char *policy,
                                    int seed);

/* What the decisions say: how many changes of an operator were carried out from a time to another, and its size at the
 * latter, if it began with `size`. */
struct changes {
    int count, size;
};
struct changes scaling_changes(const struct weir_test_result *got, const char *op, int size, double from_s,
                               double until_s);
int scaling_size(const struct weir_test_result *got, const char *op, int size);

#endif
