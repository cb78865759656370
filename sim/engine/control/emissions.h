/* gCO2 of what hosts and links draw: the integral of power times intensity. Nothing where the scenario has no
 * "carbon". */
#ifndef WEIR_ENGINE_EMISSIONS_H
#define WEIR_ENGINE_EMISSIONS_H

#include "sim/engine/control/controller.h"

void weir_emissions_init(struct weir_controller *controller);
void weir_emissions_fini(struct weir_controller *controller);

/* Brings books->carbon_g up to date, and goes to the intensities of now. measure.c sets it to 0 at the end of the
 * warm-up. */
void weir_emissions_settle(struct weir_controller *controller);

/* Fills in what the view shows of it. */
void weir_emissions_view(struct weir_controller *controller);

#endif
