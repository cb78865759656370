/* Calls of the policies' hooks. A hook that fails, or plans with numbers that are not finite, ends the run. */
#ifndef WEIR_ENGINE_HOOKS_H
#define WEIR_ENGINE_HOOKS_H

#include "sim/engine/control/controller.h"

/* Ask all policies in turn. Jobs that arrive together are one decision for a policy that takes them so; others are
 * asked for each. */
void weir_hook_jobs_arrive(struct weir_controller *controller, const int *jobs, int count, struct weir_plan *plan);
void weir_hook_window_ends(struct weir_controller *controller, struct weir_plan *plan);
/* Asks one policy where an item goes. */
double weir_hook_route(struct weir_controller *controller, const struct weir_used_policy *used,
                       struct weir_routing *item);
void weir_hook_job_departs(struct weir_controller *controller, int job);
/* Asks the policies what they have decided, if somebody listens; true if the run shall end. */
bool weir_hook_explain(struct weir_controller *controller);

#endif
