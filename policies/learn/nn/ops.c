#include "policies/learn/nn/ops.h"

#include "policies/learn/nn/op_table.h"

#define ROW(name)                                                                                                      \
    {                                                                                                                  \
#name, nn_##name##_forward, nn_##name##_backward                                                               \
    }

const struct nn_op nn_ops[NN_OP_COUNT] = {
    [NN_OP_ADD] = ROW(add),
    [NN_OP_SCALE] = ROW(scale),
    [NN_OP_RELU] = ROW(relu),
    [NN_OP_TANH] = ROW(tanh),
    [NN_OP_SIGMOID] = ROW(sigmoid),
    [NN_OP_DENSE] = ROW(dense),
    [NN_OP_CONVOLUTION] = ROW(convolution),
    [NN_OP_MAX_POOL] = ROW(max_pool),
    [NN_OP_MEAN_STEPS] = ROW(mean_steps),
    [NN_OP_DROPOUT] = ROW(dropout),
    [NN_OP_GRU] = ROW(gru),
    [NN_OP_SQUARED_ERROR] = ROW(squared_error),
    [NN_OP_MULTIPLY] = ROW(multiply),
    [NN_OP_MATMUL] = ROW(matmul),
    [NN_OP_SOFTMAX] = ROW(softmax),
    [NN_OP_GAUSSIAN_ERROR] = ROW(gaussian_error),
    [NN_OP_SQUASH] = ROW(squash),
    [NN_OP_JOIN] = ROW(join),
    [NN_OP_STACK] = ROW(stack),
    [NN_OP_GAUSSIAN_SAMPLE] = ROW(gaussian_sample),
    [NN_OP_MIXTURE_DIVERGENCE] = ROW(mixture_divergence),
    [NN_OP_CATEGORICAL_DIVERGENCE] = ROW(categorical_divergence),
    [NN_OP_ADAPTIVE_GRAPH] = ROW(adaptive_graph),
    [NN_OP_LOOKUP] = ROW(lookup),
    [NN_OP_CROSS_ENTROPY] = ROW(cross_entropy),
};
