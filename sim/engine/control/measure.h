/* What is counted while a run goes on. */
#ifndef WEIR_ENGINE_MEASURE_H
#define WEIR_ENGINE_MEASURE_H

#include "sim/engine/control/controller.h"

void weir_measure_flush(struct weir_controller *controller); /* times, areas and costs up to now */
void weir_measure_warm(struct weir_controller *controller);  /* the warm-up ends */
void weir_measure_next_window(struct weir_controller *controller);

#endif
