/* The use of hosts and links as a trace in Paje's format, as SimGrid's own would have it, from the books. */
#ifndef WEIR_ENGINE_PAJE_H
#define WEIR_ENGINE_PAJE_H

#include "sim/engine/control/controller.h"

/* Begins the file that the run's spec names, if it names one; ends the run with an error if that cannot be written. */
void weir_paje_begin(struct weir_controller *controller);
/* What the window that ends now has used, before the next one begins. */
void weir_paje_window(struct weir_controller *controller);
/* The file is whole then; of a run that has failed there is none. */
void weir_paje_end(struct weir_controller *controller);

#endif
