/* The state of an operator on its way between hosts, as a change of its instances needs it. */
#ifndef WEIR_ENGINE_MOVES_H
#define WEIR_ENGINE_MOVES_H

#include "sim/engine/control/controller.h"

struct weir_move;

struct weir_moves {
    struct weir_controller *controller;
    struct weir_op *op;
    unsigned epoch;        /* of the job: a failure ends the moves that fail then */
    struct weir_soon *end; /* listed when all have ended */
    struct weir_move *list;
    size_t count, capacity, under_way;
    double begun_s;
};

/* The job has gone back to a checkpoint since that epoch. */
static inline bool weir_job_went_back(const struct weir_run_job *job, unsigned epoch)
{
    return job->segments && job->segments->epoch != epoch;
}

/* Adds what goes from one host to another. */
void weir_moves_add(struct weir_moves *moves, int from, int to, double bytes);
/* They all begin at once. Those that fail are tried again. With none, the end is listed at once. */
void weir_moves_begin(struct weir_moves *moves);
void weir_moves_fini(struct weir_moves *moves);

#endif
