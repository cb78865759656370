/* Who holds whom back, in result.json. */
#ifndef WEIR_EXPERIMENT_RECORD_HELD_H
#define WEIR_EXPERIMENT_RECORD_HELD_H

#include "sim/experiment/held.h"

struct cJSON;

/* Adds "bottlenecks", an object a job of the result in its order; docs/results.md has the keys. */
void weir_record_bottlenecks(struct cJSON *root, const struct weir_result *result, const struct weir_held *held);

#endif
