/* The policies that come with weir, in the order in which they are listed. */
#ifndef WEIR_POLICIES_CATALOG_H
#define WEIR_POLICIES_CATALOG_H

#include "sim/api/policy.h"

/* Ends with NULL. */
extern const struct weir_policy *const weir_catalog[];

#endif
