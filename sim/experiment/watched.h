/* A run that is recorded and looked at: what happens goes to two observers, and two controls hear of its windows. */
#ifndef WEIR_EXPERIMENT_WATCHED_H
#define WEIR_EXPERIMENT_WATCHED_H

#include "sim/engine/run.h"

struct weir_watched {
    struct weir_observer recorder, observer;
    struct weir_control held, control;
    const struct weir_observer *other_observer;
    const struct weir_control *other_control;
};

/* Makes spec's observer, which hears of decisions and spans only, and its control, which may steer, hear beside those
 * of the recording; `is_held`: there is a control of the recording. *observed is the run that they all hear; it points
 * into `watched`. */
void weir_watched_begin(struct weir_watched *watched, const struct weir_run_spec *spec,
                        const struct weir_observer *recorder, const struct weir_control *held, bool is_held,
                        struct weir_run_spec *observed);

#endif
