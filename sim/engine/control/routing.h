/* Policies that route items as they come. */
#ifndef WEIR_ENGINE_ROUTING_H
#define WEIR_ENGINE_ROUTING_H

#include "sim/engine/control/controller.h"

/* Who routes has changed: the engine by itself costs nothing more than without this. */
void weir_routing_update(struct weir_controller *controller);
void weir_routing_fini(struct weir_controller *controller);

#endif
