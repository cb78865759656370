/* Reverse-mode differentiation. Each operation computes its output at once and leaves a node on the tape; nn_backward
 * walks the tape back and adds up gradients. All memory of a step comes from the tape's arena: nn_tape_start gives it
 * back, and after the first steps no step allocates.
 *
 *     nn_tape_start(&tape, true);
 *     struct nn_tensor *x = nn_input(&tape, 24, 16, 1);        fill x->value
 *     struct nn_tensor *loss = nn_squared_error(&tape, nn_dense(&tape, ...), y);
 *     nn_backward(&tape, loss);
 *     nn_adam_step(&adam, &params);
 *
 * Shapes that do not fit are programming errors: assertions say so. */
#ifndef WEIR_LEARN_NN_TAPE_H
#define WEIR_LEARN_NN_TAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "policies/learn/nn/arena.h"
#include "policies/learn/nn/real.h"
#include "sim/base/random.h"

/* Numbers in order of steps, rows, columns; columns of a row are neighbours. In a series of windows a step is a point
 * of time, a row a window (sample) and a column a feature; a matrix has one step; a number is 1 x 1 x 1. */
struct nn_tensor {
    nn_real *value;
    nn_real *grad; /* of the loss by each value, added up; NULL where no gradient is wanted */
    int steps, rows, columns;
};

static inline size_t nn_size(const struct nn_tensor *tensor)
{
    return (size_t)tensor->steps * (size_t)tensor->rows * (size_t)tensor->columns;
}

#define NN_MAX_INPUTS 6

struct nn_tape;

/* One operation that was carried out. */
struct nn_node {
    const struct nn_op *op;
    struct nn_node *previous;
    struct nn_tensor *out;
    struct nn_tensor *in[NN_MAX_INPUTS]; /* those that an operation does without are NULL */
    int option[4];                       /* as the operation says */
    nn_real number;                      /* likewise */
    nn_real *memo;                       /* what the forward pass keeps for the backward pass */
    nn_real *memo_more;
    const int *which; /* rows that the operation takes; in the arena */
};

/* A row of a table of operations: nn_ops is the table of this folder, and other parts may have their own. */
struct nn_op {
    const char *name;
    void (*forward)(struct nn_tape *tape, struct nn_node *node);
    /* Adds to in[i]->grad where that is not NULL; out->grad may be overwritten. */
    void (*backward)(struct nn_tape *tape, struct nn_node *node);
};

struct nn_tape {
    struct nn_arena arena;
    struct nn_node *newest;
    bool training;             /* gradients are wanted and dropout drops */
    struct weir_stream stream; /* of dropout */
};

/* Opens the tape; the seed is that of dropout. */
void nn_tape_init(struct nn_tape *tape, unsigned long long seed);
void nn_tape_fini(struct nn_tape *tape);

/* Forgets all tensors of the step before. `training`: whether a backward pass will follow. */
void nn_tape_start(struct nn_tape *tape, bool training);

/* Memory for `count` numbers until the next start, not zeroed. */
nn_real *nn_tape_numbers(struct nn_tape *tape, size_t count);

/* A tensor without gradient, its values not set yet; until the next start. */
struct nn_tensor *nn_input(struct nn_tape *tape, int steps, int rows, int columns);

/* A tensor on memory of others. grad may be NULL. */
struct nn_tensor *nn_tensor_of(struct nn_tape *tape, nn_real *value, nn_real *grad, int steps, int rows, int columns);

/* The steps first..first+count-1 of a tensor, sharing its values and gradients. */
struct nn_tensor *nn_steps(struct nn_tape *tape, const struct nn_tensor *tensor, int first, int count);

/* A new node whose output has this shape; gradients are wanted if the tape trains and an input wants them. The caller
 * sets options and calls nn_run, which carries it out. For those who add operations. */
struct nn_node *nn_node_new(struct nn_tape *tape, const struct nn_op *op, int steps, int rows, int columns, int count,
                            struct nn_tensor *const *in);
/* The same, its output being a tensor that is there, with its gradients. */
struct nn_node *nn_node_on(struct nn_tape *tape, const struct nn_op *op, struct nn_tensor *out, int count,
                           struct nn_tensor *const *in);
struct nn_tensor *nn_run(struct nn_tape *tape, struct nn_node *node);

/* Gradients of `loss` (1 x 1 x 1) by all that it was computed from, added to what is there. Once for a tape. */
void nn_backward(struct nn_tape *tape, struct nn_tensor *loss);

#endif
