/* Operators with an order of service: items come to wait by rank, and where the operator preempts, one of higher rank
 * takes the place of one in service, which goes on later where it was. */
#ifndef WEIR_ENGINE_ORDER_H
#define WEIR_ENGINE_ORDER_H

#include "sim/engine/flow/flow.h"

/* The items of a batch come to wait in an inbox with ranks. Those whose deadline has passed are dropped at once. It is
 * no longer the caller's. */
void weir_order_enqueue(struct weir_inbox *inbox, struct weir_batch *batch);

/* If the first that waits should go before something that its instances serve, one of them is to look. */
void weir_order_look(struct weir_inbox *inbox);

/* An instance begins to serve what was taken last; returns the flops that are left of `flops`. */
double weir_order_begin(struct weir_instance *instance, double flops);

/* The item in service goes back to those that wait if one of them should go before it. */
void weir_order_yield(struct weir_instance *instance);

#endif
