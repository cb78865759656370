/* SimGrid's options that are known to leave results right, and their values. */
#ifndef WEIR_MODEL_SIMGRID_OPTIONS_H
#define WEIR_MODEL_SIMGRID_OPTIONS_H

#include <stdbool.h>

/* What is wrong with an option, as a sentence that goes on after its name; NULL if it is known and its value may be
 * passed on. *known is whether it is in the table: what is not may be right, but nothing is known of it. Owned. */
char *weir_simgrid_fault(const char *key, const char *value, bool *known);

/* Whether an option writes a file, by a name of its own: it is taken in no case, as runs that go on at once would write
 * over each other, outside the results. */
bool weir_simgrid_writes(const char *key);

#endif
