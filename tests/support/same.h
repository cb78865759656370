/* Results of two runs that should be the same but for rounding. */
#ifndef WEIR_TESTS_SUPPORT_SAME_H
#define WEIR_TESTS_SUPPORT_SAME_H

#include "sim/base/text.h"
#include "sim/engine/run.h"

/* How many figures of two results differ by more than `share` of the larger and by more than `least`: all of metrics,
 * latencies, jobs, operators, paths and links. Writes a line about each of the first ones. What only one of them has
 * (a path, a link) counts as a figure that differs. */
int weir_test_differences(const struct weir_result *left, const struct weir_result *right, double share, double least,
                          struct weir_text *text);

#endif
