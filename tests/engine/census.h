/* What random worlds contain, and that it bites: for each feature how many worlds show it in their results. */
#ifndef WEIR_TESTS_ENGINE_CENSUS_H
#define WEIR_TESTS_ENGINE_CENSUS_H

#include "tests/support/run.h"

/* One more world, with the scenario as it was run on a platform file, and its result; `counts` has a count for each of
 * weir_census_table. */
void weir_census_add(int *counts, const char *platform, const char *scenario, const struct weir_test_result *got);

/* Prints all counts, and fails the test where one is below its least share of the worlds. Some features only
 * failing worlds have, or such with watts. */
void weir_census_check(const int *counts, int worlds, bool failing, bool drawing);

#define WEIR_CENSUS_MOST 32

#endif
