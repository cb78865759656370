/* Failures survived: a detector, checkpoints, and jobs that go back to their last one. */
#ifndef WEIR_ENGINE_RECOVERY_H
#define WEIR_ENGINE_RECOVERY_H

#include "sim/engine/control/controller.h"

void weir_recovery_init(struct weir_controller *controller);
void weir_recovery_fini(struct weir_controller *controller);

/* The job goes back, or will once the detector has noticed. */
bool weir_recovery_due(const struct weir_run_job *job);

#endif
