/* Who steers a run. */
#ifndef WEIR_ENGINE_STEER_H
#define WEIR_ENGINE_STEER_H

#include "sim/engine/control/controller.h"

/* Asks who steers, if anybody does, and does what is wished; `end`: only tells. */
void weir_steer(struct weir_controller *controller, bool end);

#endif
