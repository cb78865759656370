/* What plans ask for, told to the observer and carried out. */
#ifndef WEIR_ENGINE_PLANS_H
#define WEIR_ENGINE_PLANS_H

#include "sim/engine/control/controller.h"

/* Counts a decision and tells of it. */
void weir_tell_decision(struct weir_controller *controller, const char *policy, int job, const char *op,
                        const char *what, const char *why, const char *refusal);
/* Tells of something that became of a decision. */
void weir_tell_note(struct weir_controller *controller, const char *policy, int job, const char *op, const char *format,
                    ...) __attribute__((format(printf, 5, 6)));
/* An instance that belongs on one of its own hosts, such as `own`, starts on another: says so, and why. */
void weir_tell_elsewhere(struct weir_controller *controller, const struct weir_op *op, int own, int host);
void weir_plan_tell_change(struct weir_controller *controller, const struct weir_plan_change *change);
void weir_plan_tell_warnings(struct weir_controller *controller, const struct weir_plan *plan);

/* All changes and limits of a plan that is checked. */
void weir_plan_tell(struct weir_controller *controller, const struct weir_plan *plan);

/* Some time has passed since the plan was checked and told: refuses, with a note, changes that find no room any more.
 */
void weir_plan_check_again(struct weir_controller *controller, struct weir_plan *plan);

/* The changes of a plan and its limits, but those refused. */
void weir_plan_carry_out(struct weir_controller *controller, const struct weir_plan *plan);

#endif
