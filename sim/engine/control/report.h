/* What the observer hears of a closed window. */
#ifndef WEIR_ENGINE_REPORT_H
#define WEIR_ENGINE_REPORT_H

#include "sim/engine/control/controller.h"

void weir_report_window(struct weir_controller *controller);
/* Rows of the hosts of an operator's instances, if they are others than those told last. */
void weir_report_placement(struct weir_controller *controller, int job, int op);

#endif
