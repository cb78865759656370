/* The state of an operator on its way between hosts, as a change of its instances needs it. */
#ifndef WEIR_ENGINE_MOVES_H
#define WEIR_ENGINE_MOVES_H

#include "sim/engine/control/controller.h"

struct weir_move;

struct weir_moves {
    struct weir_controller *controller;
    struct weir_op *op;
    struct weir_soon *end; /* listed when all have ended, or one cannot be had */
    bool failed;           /* the latter */
    bool is_checkpoint;    /* it is a copy, and the operator works on */
    struct weir_move *list;
    size_t count, capacity, under_way;
    double begun_s;
};

/* Adds what goes from one host to another. */
void weir_moves_add(struct weir_moves *moves, int from, int to, double bytes);
/* Adds what evens out what each host has beyond what it shall have, which is 0 afterwards, but for `least` bytes. */
void weir_moves_even(struct weir_moves *moves, double *surplus, size_t hosts, double least);
/* They all begin at once. One that fails is tried again; if it still fails a window later, they have failed. With none,
 * the end is listed at once. */
void weir_moves_begin(struct weir_moves *moves);
/* Those under way are given up. */
void weir_moves_fini(struct weir_moves *moves);

#endif
