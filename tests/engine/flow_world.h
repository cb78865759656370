/* The flow of a scenario without anything that lets it go: no instances, no SimGrid, a clock that the test moves. */
#ifndef WEIR_TESTS_ENGINE_FLOW_WORLD_H
#define WEIR_TESTS_ENGINE_FLOW_WORLD_H

#include "sim/engine/flow/flow.h"

struct flow_world {
    struct weir_scenario *scenario;
    struct weir_clock clock;
    struct weir_books books; /* without hosts and links; the warm-up is over */
    struct weir_flow flow;
    struct weir_run_job *job; /* the first */
};

/* Of a run of 100 s with one job, "j", from edge to cloud of tests/input/valid/two-tier.xml: `more` stands in the
 * scenario before the workload, `job` in the job after its name. The seed is 1. Fails the test if it cannot be read. */
void flow_world_begin(struct flow_world *world, const char *more, const char *job);
void flow_world_end(struct flow_world *world);

/* A batch of so many items, all zero but for their ids, which count up from `id`; of no segment. */
struct weir_batch *flow_world_batch(struct flow_world *world, int count, uint64_t id);

/* How many batches of the pool are with nobody. */
int flow_world_idle_batches(const struct flow_world *world);

#endif
