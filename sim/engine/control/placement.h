/* Where instances go by themselves. */
#ifndef WEIR_ENGINE_PLACEMENT_H
#define WEIR_ENGINE_PLACEMENT_H

#include "sim/engine/control/controller.h"

/* The host for one more instance beside those planned (a count a host): of the operator's default placement, then of
 * the nearest tier up, then any; -1 if none is up and free. */
int weir_default_host(const struct weir_controller *controller, const struct weir_op *op, const int *planned);

#endif
