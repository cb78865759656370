/* Results at the sink of a job. */
#ifndef WEIR_ENGINE_DELIVER_H
#define WEIR_ENGINE_DELIVER_H

#include "sim/engine/flow/flow.h"

/* Index of a host among those that results of the job have come from. */
int weir_origin_of(struct weir_run_job *job, int host);

/* Results have reached the sink; or (the second) may leave it. The batch is consumed. */
void weir_count_delivery(struct weir_run_job *job, struct weir_batch *batch);
void weir_count_results(struct weir_run_job *job, struct weir_batch *batch);

#endif
