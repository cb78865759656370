/* Regions of a platform, as rules of a scenario name them. */
#ifndef WEIR_MODEL_REGIONS_H
#define WEIR_MODEL_REGIONS_H

#include "sim/base/json.h"
#include "sim/model/platform.h"

/* Marks the hosts and the links [platform's] whose region a name or pattern at `at`, or one of a list of them, selects;
 * marks that are there stay. `links` may be NULL. Errors: WEIR_EINPUT with the place: something else, an empty list, or
 * one that selects nothing. */
int weir_regions_mark(const struct weir_json *at, const struct weir_platform *platform, bool *hosts, bool *links);

#endif
