/* To which inbox an item goes: weighted round robin, by key, or by item for joins. */
#ifndef WEIR_ENGINE_ROUTE_H
#define WEIR_ENGINE_ROUTE_H

#include "sim/engine/flow/flow.h"

/* Items may be routed to the inbox from now on, or no longer. */
void weir_op_open_inbox(struct weir_op *op, struct weir_inbox *inbox);
void weir_op_close_inbox(struct weir_op *op, struct weir_inbox *inbox);

/* Of an operator with keys: builds the table of cumulated key weights, if they are skewed, and of the shares of the
 * hottest range. O(keys + groups x max_parallelism). */
void weir_op_init_keys(struct weir_op *op);

/* The key of an item, the group of a key, and the one of so many instances that has the group. The operator has keys.
 */
uint64_t weir_op_key_of(const struct weir_op *op, uint64_t id);
uint64_t weir_op_group_of(const struct weir_op *op, uint64_t key);
int weir_group_owner(uint64_t group, int instances);

/* Finds the inbox of a batch; cuts one whose items go to different inboxes into a list of pieces, one for each, in
 * front of those that followed it. The operator has an open inbox. *later_s becomes the time until that is decided. */
struct weir_batch *weir_route_pieces(const struct weir_sender *sender, struct weir_op *op, struct weir_batch *batch,
                                     double *later_s);

#endif
