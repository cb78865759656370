/* What makes a service longer than its items' work: how many instances the operator has, the state of its own, and how
 * long it has had no rest. It counts as it is when the service begins. */
#ifndef WEIR_ENGINE_PACE_H
#define WEIR_ENGINE_PACE_H

#include "sim/engine/flow/flow.h"

/* What a service of `count` items with so many flops of their own takes. */
double weir_pace_flops(struct weir_instance *instance, int count, double flops);

#endif
