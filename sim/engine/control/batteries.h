/* What hosts draw, and their batteries hold, as policies and the observer see it. */
#ifndef WEIR_ENGINE_BATTERIES_H
#define WEIR_ENGINE_BATTERIES_H

#include "sim/engine/control/controller.h"

void weir_batteries_begin(struct weir_controller *controller);
void weir_batteries_end(struct weir_controller *controller);

/* The range of what a host draws, in its performance state. */
void weir_batteries_range(struct weir_controller *controller, int host);

/* A window closes: fills in what the view shows. */
void weir_batteries_view(struct weir_controller *controller);

/* The run is over: hosts that are down for an empty battery have been so until now, for who listens to spans. */
void weir_batteries_close(struct weir_controller *controller);

#endif
