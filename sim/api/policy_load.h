/* Policies from shared objects. Not public: what a shared object needs is in policy.h. */
#ifndef WEIR_API_POLICY_LOAD_H
#define WEIR_API_POLICY_LOAD_H

#include <stdbool.h>

#include "sim/api/policy.h"

/* The variable of the environment that refuses all code that is not weir's, if it is set to something but 0. */
#define WEIR_NO_CODE "WEIR_NO_CODE"
bool weir_code_refused(void);

/* Whether the name of a policy is the path of a shared object: it has a slash or ends in ".so". */
bool weir_policy_is_path(const char *name);

/* Loads the shared object and gives the struct it exports as WEIR_POLICY_SYMBOL, checked: interface number, name, table
 * of parameters. It stays loaded until the process ends, and loading it again gives the same struct. Code of the object
 * may run (constructors). Errors: WEIR_EINPUT with the path and what is wrong. */
int weir_policy_load(const char *path, const struct weir_policy **policy);

/* The checks alone; `path` is for the messages. */
int weir_policy_check(const struct weir_policy *policy, const char *path);

#endif
