/* Jobs that arrive, and are placed. */
#ifndef WEIR_ENGINE_ARRIVALS_H
#define WEIR_ENGINE_ARRIVALS_H

#include <math.h>

#include "sim/engine/control/controller.h"

/* The next jobs arrive now: one, or all of this date if a policy takes those of a date together. */
void weir_jobs_arrive(struct weir_controller *controller);
void weir_arrivals_fini(struct weir_controller *controller);

/* When the next one does; infinity if none is left. */
static inline double weir_next_job_s(const struct weir_controller *controller)
{
    const struct weir_flow *flow = controller->flow;
    return controller->arrived_jobs < flow->job_count ? flow->jobs[controller->arrived_jobs].spec->arrive_s : INFINITY;
}

#endif
