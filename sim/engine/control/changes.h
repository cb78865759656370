/* Jobs and plans carried out: instances start and stop, state moves, and it all takes its time. */
#ifndef WEIR_ENGINE_CHANGES_H
#define WEIR_ENGINE_CHANGES_H

#include "sim/engine/control/controller.h"

/* The job begins, with its instances as the plan has them, at once. */
void weir_job_deploy(struct weir_run_job *job, const struct weir_plan *plan);
void weir_job_retire(struct weir_run_job *job);

/* A change of an operator begins; nothing if one is under way. */
void weir_change_begin(struct weir_controller *controller, const struct weir_plan_change *wish);

/* Drops the changes that the end of the run has cut short. */
void weir_changes_fini(struct weir_controller *controller);

#endif
