/* Hosts that policies send to sleep and wake. */
#ifndef WEIR_ENGINE_SLEEP_H
#define WEIR_ENGINE_SLEEP_H

#include "sim/engine/control/controller.h"

/* Which hosts must not sleep: those with sources, sinks, access points, the store of checkpoints, and who decides. */
void weir_sleep_init(struct weir_controller *controller);
void weir_sleep_fini(struct weir_controller *controller);

/* What a plan asks for, told to the observer; and carried out, after all else that the plan asks for. */
void weir_sleep_tell(struct weir_controller *controller, const struct weir_plan *plan);
void weir_sleep_carry_out(struct weir_controller *controller, const struct weir_plan *plan);

/* Fills in what the view shows of it. */
void weir_sleep_view(struct weir_controller *controller);

#endif
