/* Where instances go by themselves, and what the state of operators takes of their hosts. */
#ifndef WEIR_ENGINE_PLACEMENT_H
#define WEIR_ENGINE_PLACEMENT_H

#include "sim/api/space.h"
#include "sim/engine/control/controller.h"

/* The host for one more instance, with so many bytes of state, in the room that there is: of the operator's default
 * placement, then of the nearest tier up, then any; -1 if none is up and has room. */
int weir_default_host(const struct weir_controller *controller, const struct weir_op *op,
                      const struct weir_space *space, double bytes);

/* The same among the hosts of the operator's default placement alone; -1 if none of them is up and has room. */
int weir_own_host(const struct weir_controller *controller, const struct weir_op *op, const struct weir_space *space,
                  double bytes);
/* One of them that is down, not asleep, and has a slot, for an instance that waits for it; -1 if there is none. */
int weir_down_host(const struct weir_controller *controller, const struct weir_op *op, const struct weir_space *space);

/* Whether instances that come and leave go from a tier to another: one gets more than it had, another one less. */
bool weir_tiers_cross(const struct weir_controller *controller, struct weir_instance *const *come, int come_count,
                      struct weir_instance *const *leave, int leave_count);

/* Brings the memory that the operator takes of its hosts up to date: an equal part of its state for each active
 * instance, and, while a change is under way, for each that will be there after it. */
void weir_state_lay(struct weir_controller *controller, struct weir_op *op);

/* Before the instances that leave do: if no other is active, the operator's state stays on their hosts, out of the
 * memory, in equal parts. */
void weir_state_leave(struct weir_op *op);

/* [host] state that each has beyond what it shall have when a change is done, bytes: every instance holds an equal part
 * of `before`, and will of `after`; with `before` 0 the hosts of those that left last hold it, and from one that is
 * down it comes out of a checkpoint, by no way. Owned by the caller. */
double *weir_state_surplus(const struct weir_controller *controller, const struct weir_op *op, int before, int after);

/* The job begins, with its instances as the plan has them, at once; those on hosts that are down are to start anew
 * (recovery.h). Returns how many these are. */
int weir_job_deploy(struct weir_run_job *job, const struct weir_plan *plan);
void weir_job_retire(struct weir_run_job *job);

#endif
