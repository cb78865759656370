/* Joins that wait for an item from every input: a table from the item's id to what has come of it. It belongs to the
 * operator, so that a rescale cannot part partners. */
#ifndef WEIR_ENGINE_JOIN_H
#define WEIR_ENGINE_JOIN_H

#include "sim/engine/flow/flow.h"

struct weir_join *weir_join_new(void);
void weir_join_free(struct weir_join *join);
/* Puts the items in and returns the batch of those that are complete, NULL if there are none; consumes the batch. */
struct weir_batch *weir_join_match(struct weir_op *op, struct weir_batch *batch);
/* Empties it; returns how many items were in it. */
uint64_t weir_join_clear(struct weir_run_job *job, struct weir_join *join);
uint64_t weir_join_pending(const struct weir_join *join); /* items put in that still wait; NULL: 0 */

#endif
