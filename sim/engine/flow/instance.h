/* An instance of an operator: takes batches from its inbox, computes, and emits. */
#ifndef WEIR_ENGINE_INSTANCE_H
#define WEIR_ENGINE_INSTANCE_H

#include "sim/engine/flow/flow.h"

/* Prepares the parts of a new instance that ring. */
void weir_instance_init(struct weir_instance *instance);

/* A retiring instance may go once nothing can reach it any more; a shared inbox is left to the others. */
bool weir_instance_may_leave(const struct weir_instance *instance);

/* serve.c: the batch in service begins; true if it takes no time. */
bool weir_serve_begin(struct weir_instance *instance);
/* Its work is over, or has failed (ok false): counts it. What comes of it is returned, NULL if nothing does. */
struct weir_batch *weir_serve_end(struct weir_instance *instance, bool ok);
/* How many items come of one: the whole part of the selectivity, and one more by chance for the rest; chance falls on
 * the same items under every policy. Not of windows. */
int weir_results_of(const struct weir_op *op, uint64_t id);
/* The id of the number-th of them (0 first); the first is the item itself. */
uint64_t weir_result_id(const struct weir_op *op, uint64_t id, int number);

#endif
