/* Why two runs of one world may part: two ends so near to each other that rounding decides which comes first. */
#ifndef WEIR_TESTS_SUPPORT_TIES_H
#define WEIR_TESTS_SUPPORT_TIES_H

#include <stdbool.h>

#include "sim/base/text.h"

/* Dates so far apart are near; such that are equal but for rounding (sim/engine/clock/clock.h) have one order in every
 * run and excuse nothing. */
#define WEIR_TEST_NEAR_S 1e-9

/* The spans of two runs (weir_test_result) on two-tier.xml. They part where a span has, for the first time, other dates
 * in one than in the other, by more than near. Two ends excuse that: of work, or of transfers on the wire or on their
 * way, of which one is at the date of the parting or where a span that parts there began, and the other is near.
 * Writes a line with the parting, and the two dates if there are such. */
bool weir_test_excuse(const char *left, const char *right, struct weir_text *text);

/* Whether the dates of the two runs have moved apart by rounding alone, until they part: some worlds double every
 * difference again and again. Then no date differs at once by more than some times the most that any before it did, and
 * that begins with rounding; a rule that the runs have not in common makes a jump. Writes a line with the first two
 * dates that are apart by more than 1e-12 s, and the most. */
bool weir_test_grown(const char *left, const char *right, struct weir_text *text);

#endif
