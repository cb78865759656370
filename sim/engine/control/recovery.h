/* Failures survived: a detector, checkpoints, and jobs that go back to their last one. */
#ifndef WEIR_ENGINE_RECOVERY_H
#define WEIR_ENGINE_RECOVERY_H

#include "sim/engine/control/controller.h"

void weir_recovery_init(struct weir_controller *controller);
void weir_recovery_fini(struct weir_controller *controller);

/* A job arrives whose operators have instances that wait for their hosts (op->anew): its source collects until these
 * are up, and the instances start then. */
void weir_recovery_await(struct weir_controller *controller, struct weir_run_job *job);

/* The job will not be started again. */
bool weir_recovery_gave_up(const struct weir_controller *controller, int job);

/* The job goes back, or will once the detector has noticed. */
bool weir_recovery_due(const struct weir_run_job *job);

#endif
