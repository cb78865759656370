/* Who decides in a run, and what becomes of it: the face of the room for run. Everything here happens in handlers of
 * alarms, on the stack of the process. */
#ifndef WEIR_ENGINE_CONTROL_H
#define WEIR_ENGINE_CONTROL_H

#include "sim/engine/control/policies.h"
#include "sim/engine/flow/flow.h"

struct weir_controller;

/* What a controller works with; all of it must outlive it. */
struct weir_control_parts {
    const struct weir_run_spec *spec;
    struct weir_clock *clock;
    struct weir_shares *shares;
    struct weir_books *books;
    struct weir_flow *flow;
    struct weir_policies *policies; /* who steers may have them replaced */
    /* Called at the end of the run, while the clock stands there, unless it has failed or was ended early. */
    void (*finish)(void *context);
    void *context;
};

/* Everything is set to begin at 0 s: faults, the detector, checkpoints, the controller itself. */
struct weir_controller *weir_controller_new(const struct weir_control_parts *parts);
void weir_controller_free(struct weir_controller *controller);

/* After the run, however it ended: what went on then ends there for who listens to spans, and a trace of use is whole,
 * or fails the run. */
void weir_controller_close(struct weir_controller *controller);

#endif
