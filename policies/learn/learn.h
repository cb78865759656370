/* The parts of policies that know nothing of the simulator, for policies and programs of users: forecasters, detectors,
 * k-means, assignment, the offloading game. docs/learn.md has an example of each.
 *
 * Arrays are in C's order: rows[count][width] has the `width` values of a row side by side. Functions that can fail
 * return 0 or a negative code (error.h), with one sentence in weir_error_message(); so do they for pointers that must
 * not be NULL, sizes and numbers out of range. What returns no code says in its comment what it returns then. Arrays
 * must have the lengths that comments give, and objects must not have been freed: that cannot be looked at.
 * Nothing here prints, ends the process (but for lack of memory) or has variables that are shared: threads may work
 * with objects of their own. The same input gives the same bits on every x86-64 processor. */
#ifndef WEIR_LEARN_LEARN_H
#define WEIR_LEARN_LEARN_H

#include "policies/learn/cluster/kmeans.h"
#include "policies/learn/detect/catalog.h"
#include "policies/learn/detect/detector.h"
#include "policies/learn/detect/rules.h"
#include "policies/learn/forecast/catalog.h"
#include "policies/learn/forecast/evaluate.h"
#include "policies/learn/forecast/forecaster.h"
#include "policies/learn/offload/decide.h"
#include "policies/learn/offload/network.h"
#include "policies/learn/offload/problem.h"
#include "policies/learn/optimise/assignment.h"
#include "sim/base/error.h"

/* The version of the library that a program runs with, as "1.2.3"; weir/learn/version.h has that of the headers. Within
 * a version of the soname (major and minor number before 1.0, the major number from then on) programs need not be built
 * anew. */
const char *weir_learn_version(void);

#endif
