/* The halves of the operations, for the table in ops.c. */
#ifndef WEIR_LEARN_NN_OP_TABLE_H
#define WEIR_LEARN_NN_OP_TABLE_H

#include "policies/learn/nn/isa.h"
#include "policies/learn/nn/ops.h"

#define NN_OP_HALVES(name)                                                                                             \
    void nn_##name##_forward(struct nn_tape *tape, struct nn_node *node);                                              \
    void nn_##name##_backward(struct nn_tape *tape, struct nn_node *node)

NN_OP_HALVES(add);
NN_OP_HALVES(scale);
NN_OP_HALVES(relu);
NN_OP_HALVES(tanh);
NN_OP_HALVES(sigmoid);
NN_OP_HALVES(dense);
NN_OP_HALVES(convolution);
NN_OP_HALVES(max_pool);
NN_OP_HALVES(mean_steps);
NN_OP_HALVES(dropout);
NN_OP_HALVES(gru);
NN_OP_HALVES(squared_error);
NN_OP_HALVES(multiply);
NN_OP_HALVES(matmul);
NN_OP_HALVES(softmax);
NN_OP_HALVES(gaussian_error);
NN_OP_HALVES(squash);
NN_OP_HALVES(join);
NN_OP_HALVES(stack);
NN_OP_HALVES(gaussian_sample);
NN_OP_HALVES(mixture_divergence);
NN_OP_HALVES(categorical_divergence);
NN_OP_HALVES(adaptive_graph);
NN_OP_HALVES(lookup);
NN_OP_HALVES(cross_entropy);

/* What several operations need: bias_grad += sums of the columns of a rows x columns matrix. */
void nn_add_column_sums(nn_real *bias_grad, const nn_real *matrix, size_t rows, int columns, int stride);

/* Each row of a rows x columns matrix = bias, or 0 where bias is NULL. */
void nn_fill_rows(nn_real *matrix, const nn_real *bias, size_t rows, int columns);

#endif
