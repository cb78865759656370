/* Instances that serve several items at once (concurrency): each has workers beside itself, which take from its input,
 * serve, and send on each by itself, but are known to nobody else. A worker is an instance with a leader. */
#ifndef WEIR_ENGINE_WORKERS_H
#define WEIR_ENGINE_WORKERS_H

#include "sim/engine/flow/flow.h"

/* The instance takes items from now on; the first of its workers is itself. */
void weir_workers_init(struct weir_instance *leader);
void weir_workers_fini(struct weir_instance *leader);

/* Calls `each` for the instances of an operator that take items, or did, and their workers. */
void weir_workers_each(struct weir_op *op, void (*each)(struct weir_instance *instance, void *context), void *context);

/* Whether none but the leader serves or holds something. They have left, and look. */
bool weir_workers_rest(const struct weir_instance *leader);
void weir_workers_look(struct weir_instance *leader);

/* A worker has nothing in hand: true if it is to do no more, since its leader is not there any more, or leaves as soon
 * as all its workers rest. */
bool weir_worker_stops(struct weir_instance *instance);

#endif
