/* Checkpoints that cost something (recovery.checkpoints): barriers go through the job (flow/barrier.h), and each
 * instance that has passed one sends its state to the store, while it works on. */
#ifndef WEIR_ENGINE_CHECKPOINTS_H
#define WEIR_ENGINE_CHECKPOINTS_H

#include "sim/engine/control/controller.h"

/* Begins them, where the scenario has such. */
void weir_checkpoints_init(struct weir_controller *controller);
void weir_checkpoints_fini(struct weir_controller *controller);

/* Those of the job that are under way have failed: it goes back, or stands still for a change. */
void weir_checkpoints_give_up(struct weir_controller *controller, const struct weir_run_job *job);

#endif
