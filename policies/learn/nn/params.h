/* The parameters of a model: named arrays in one block, so that an optimiser, a copy, a check and a file each are one
 * loop. */
#ifndef WEIR_LEARN_NN_PARAMS_H
#define WEIR_LEARN_NN_PARAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "policies/learn/nn/file.h"
#include "policies/learn/nn/tape.h"

struct nn_parameter {
    char *name;
    int rows, columns;
    size_t first; /* place in the block */
};

/* Zero-initialised is empty and valid. */
struct nn_params {
    nn_real *values, *grads;
    size_t size; /* numbers */
    struct nn_parameter *arrays;
    size_t count;
    size_t value_capacity, grad_capacity, array_capacity;
};

void nn_params_fini(struct nn_params *params);

/* Adds rows x columns numbers, drawn uniformly from -bound..bound, and gives their index. The name is copied;
 * "gru.0.bias_in", for example. */
int nn_params_add(struct nn_params *params, const char *name, int rows, int columns, double bound,
                  struct weir_stream *stream);

/* The array as a tensor 1 x rows x columns on the tape, whose gradients are added to those of the block. */
struct nn_tensor *nn_params_tensor(struct nn_tape *tape, const struct nn_params *params, int index);

void nn_params_clear_grads(struct nn_params *params);

/* Values of one set of parameters into another of the same arrays. */
void nn_params_copy(struct nn_params *to, const struct nn_params *from);

/* Whether all values are finite. */
bool nn_params_finite(const struct nn_params *params);

/* Puts all arrays into a file, each under its name; and sets all values from one, where each array must be there in its
 * shape. Errors: WEIR_EINPUT. */
void nn_params_put(const struct nn_params *params, struct nn_file *file);
int nn_params_get(struct nn_params *params, const struct nn_file *file);

/* Adam [kingma-2015]: for each value with gradient g, m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, and the value
 * less rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon). */
struct nn_adam {
    double rate, b1, b2, epsilon;
    long step; /* t */
    size_t size;
    nn_real *m, *v;
};

/* b1 0.9, b2 0.999, epsilon 1e-8. The parameters keep their arrays from then on. */
void nn_adam_init(struct nn_adam *adam, const struct nn_params *params, double rate);
void nn_adam_fini(struct nn_adam *adam);

/* One step, after which the gradients are cleared. */
void nn_adam_step(struct nn_adam *adam, struct nn_params *params);

#endif
