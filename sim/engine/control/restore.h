/* The state of a job that is started again, fetched from where its checkpoints lie (recovery.store). */
#ifndef WEIR_ENGINE_RESTORE_H
#define WEIR_ENGINE_RESTORE_H

#include "sim/engine/control/moves.h"

struct weir_fetch; /* of an operator */
struct weir_restore {
    struct weir_fetch *ops;
    int count, under_way; /* operators; NULL and 0: nothing is fetched */
    bool failed;          /* some of it cannot be had */
    struct weir_soon *end;
    const struct weir_run_job *job;
    unsigned failures; /* of the hosts of instances that start anew, when it began */
};

/* Each instance of the operators with state that will be there, those that start anew or all (recovery.local), fetches
 * an equal part of it, all at once. `end` is listed when all of it is there, or some of it cannot be had. */
void weir_restore_begin(struct weir_restore *restore, struct weir_controller *controller, struct weir_run_job *job,
                        struct weir_soon *end);
/* A host on which an instance was to start anew has failed meanwhile. */
bool weir_restore_lost(const struct weir_restore *restore);
/* What is under way is given up. */
void weir_restore_fini(struct weir_restore *restore);

#endif
