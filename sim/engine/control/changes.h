/* Plans carried out: instances start and stop, state moves, and it all takes its time. */
#ifndef WEIR_ENGINE_CHANGES_H
#define WEIR_ENGINE_CHANGES_H

#include "sim/engine/control/controller.h"

/* A change of an operator is under way, of a plan or because its instances are to start anew after a failure. */
static inline bool weir_op_changing(const struct weir_op *op)
{
    return op->changing || op->anew_count > 0;
}

/* A change of an operator begins; not if one is under way, nor if all hosts on which it would start something are down.
 */
void weir_change_begin(struct weir_controller *controller, const struct weir_plan_change *wish);

/* The detector looks at what the changes of a job start: what is lost with its host is left out, and if nothing else is
 * left, the change is given up. */
void weir_changes_look(struct weir_controller *controller, const struct weir_run_job *job);

/* All changes of a job are given up: its operators go on as they were. */
void weir_changes_give_up(struct weir_controller *controller, const struct weir_run_job *job, const char *why);

/* Drops the changes that the end of the run has cut short. */
void weir_changes_fini(struct weir_controller *controller);

#endif
