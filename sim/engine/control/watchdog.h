/* Tells a stalled simulation from an idle one. */
#ifndef WEIR_ENGINE_WATCHDOG_H
#define WEIR_ENGINE_WATCHDOG_H

#include "sim/engine/control/controller.h"

void weir_watchdog_init(struct weir_controller *controller);
/* A window ends: a job that stood still through it ends the run with an error. */
void weir_watchdog_window(struct weir_controller *controller);

#endif
