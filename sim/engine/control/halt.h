/* Changes that stop more than the operator that they change ("rescale": "job"): the source of the job holds back, what
 * is inside goes on to the sink, and then nothing of the job moves until the last of its changes under way is done.
 * Whatever the rule, these functions say what a change stops. */
#ifndef WEIR_ENGINE_HALT_H
#define WEIR_ENGINE_HALT_H

#include "sim/engine/control/change.h"

/* Whether a change stops the whole job. */
static inline bool weir_change_halts(const struct weir_change *change)
{
    return change->controller->scenario->rescale == WEIR_RESCALE_JOB;
}

/* Nothing enters any more; `go` of the change is rung when something comes to rest that was inside. */
void weir_halt_begin(struct weir_change *change);
/* It need not be told of that any more. */
void weir_halt_drained(struct weir_change *change);
/* What it has stopped may go on, as far as no other change has stopped it, too. */
void weir_halt_end(struct weir_change *change);

/* Of what is to drain: whether nothing is left in it; whether what is left is on its way to it alone; and whether
 * something is in service. Items that it has processed so far. */
bool weir_halt_is_drained(const struct weir_change *change);
bool weir_halt_is_quiet(const struct weir_change *change);
bool weir_halt_serves(const struct weir_change *change);
uint64_t weir_halt_processed(const struct weir_change *change);

/* The step comes once all changes of the job that go with this one are as far: those that began at one date start
 * together, and those that stop the job let it go together. */
void weir_halt_meet(struct weir_change *change, void (*step)(struct weir_change *change));
/* A change of the job is further, or gone: others may have waited for it. */
void weir_halt_look(struct weir_controller *controller, const struct weir_run_job *job);

#endif
