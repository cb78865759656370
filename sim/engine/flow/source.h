/* The source of a job: lets items in as they arrive. What cannot be sent on waits in the backlog, as in a broker. */
#ifndef WEIR_ENGINE_SOURCE_H
#define WEIR_ENGINE_SOURCE_H

#include "sim/engine/flow/flow.h"

/* Puts what was sent back before the backlog. */
void weir_source_unsend(struct weir_run_job *job, const struct weir_arrival *arrivals, size_t count);
/* When the item came, or comes, that it sends next; INFINITY: none comes. */
double weir_source_next_s(const struct weir_run_job *job);
/* It looks at its backlog and sends what it can. */
void weir_source_go(struct weir_run_job *job);

/* Nothing more comes of a source of the job, by its number, and nothing waits there. */
bool weir_source_has_ended(const struct weir_run_job *job, int source);

#endif
