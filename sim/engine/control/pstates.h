/* Hosts that policies set to another performance state. */
#ifndef WEIR_ENGINE_PSTATES_H
#define WEIR_ENGINE_PSTATES_H

#include "sim/engine/control/controller.h"

void weir_pstates_init(struct weir_controller *controller);
void weir_pstates_fini(struct weir_controller *controller);

/* What a plan asks for, told to the observer; and carried out, before hosts go to sleep. */
void weir_pstates_tell(struct weir_controller *controller, const struct weir_plan *plan);
void weir_pstates_carry_out(struct weir_controller *controller, const struct weir_plan *plan);

/* Flops that a host could have done since the window began, at the speeds that it had; and a new window begins. */
double weir_pstates_could(const struct weir_controller *controller, int host, double window_s);
void weir_pstates_next_window(struct weir_controller *controller);

#endif
