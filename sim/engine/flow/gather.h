/* Operators that serve items in batches: an instance takes what waits, at most so many, once there are so many, or the
 * first of them has waited long enough; a batch takes its own work and that of its items, and all of it is done at its
 * end. Items move one by one all the same. */
#ifndef WEIR_ENGINE_GATHER_H
#define WEIR_ENGINE_GATHER_H

#include "sim/engine/flow/flow.h"

/* Whether the instance should serve what waits in its inbox now: a batch is full, has waited long enough, or nothing
 * more is to come for it. */
bool weir_gather_ready(const struct weir_instance *instance);
/* When it should at the latest; INFINITY: nothing waits. */
double weir_gather_due_s(const struct weir_instance *instance);

/* The work of a batch beside that of its items. */
double weir_gather_flops(const struct weir_op *op, const struct weir_batch *batch);
/* The items of a batch at the end of their service: their times; and one by one, as a list that is yet to be sent. */
void weir_gather_served(const struct weir_instance *instance, struct weir_batch *batch);
struct weir_batch *weir_gather_split(struct weir_op *op, struct weir_batch *results);
/* The first of that list is about to be sent: it is its sender's from now on. */
void weir_gather_sends(struct weir_op *op, struct weir_batch *result);

/* Instances that wait for a batch look again. */
void weir_gather_look(struct weir_op *op);

#endif
