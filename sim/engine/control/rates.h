/* Limits of transfers along edges, as plans ask for them. */
#ifndef WEIR_ENGINE_RATES_H
#define WEIR_ENGINE_RATES_H

#include "sim/engine/control/controller.h"

void weir_rates_tell(struct weir_controller *controller, const struct weir_plan *plan);
void weir_rates_carry_out(struct weir_controller *controller, const struct weir_plan *plan);

#endif
