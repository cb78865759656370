/* What every policy must do, whatever it decides: run it on a policy of yours, too. */
#ifndef WEIR_TESTS_POLICIES_CONFORMANCE_H
#define WEIR_TESTS_POLICIES_CONFORMANCE_H

#include "sim/api/policy.h"

/* Runs all cases as CUnit assertions of the test at hand; a failure prints the policy and the case. The policy must
 * work with its defaults. */
void weir_conformance(const struct weir_policy *policy);

#endif
