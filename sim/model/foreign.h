/* Code that is not weir's and that a scenario would run: shared objects and programs of policies. Nothing of it runs
 * here. */
#ifndef WEIR_MODEL_FOREIGN_H
#define WEIR_MODEL_FOREIGN_H

#include "sim/model/scenario.h"

/* Whether a policy of a stack is code of others. */
bool weir_foreign_is(const struct weir_policy_use *use);

/* What code the stacks run, each once: "./mine.so, python3 mine.py"; NULL if none. Owned. */
char *weir_foreign_list(const struct weir_stack *stacks, int count);

/* Looks at the file of a policy: a shared object must be there, be one for this machine, and export the symbol of
 * policies by its dynamic segment; a program must be there, as far as its command can be read without a shell. Errors:
 * WEIR_EINPUT. */
int weir_foreign_look(const struct weir_policy_use *use);

#endif
