/* Layers: an operation with its parameters. Weights start uniform in +-1/sqrt(k), k being the inputs of one output (of
 * a GRU, its units), biases likewise. */
#ifndef WEIR_LEARN_NN_LAYER_H
#define WEIR_LEARN_NN_LAYER_H

#include "policies/learn/nn/ops.h"
#include "policies/learn/nn/params.h"

/* Indices into the parameters. `name` is put before those of the arrays: "NAME.weight", "NAME.bias". */
struct nn_dense_layer {
    int weight, bias;
};
void nn_dense_layer_add(struct nn_dense_layer *layer, struct nn_params *params, const char *name, int inputs,
                        int outputs, struct weir_stream *stream);
struct nn_tensor *nn_dense_layer_run(struct nn_tape *tape, const struct nn_params *params,
                                     const struct nn_dense_layer *layer, struct nn_tensor *x);

/* Sets the weights of an input to 0: one that the samples may never show, and that then counts for nothing. */
void nn_dense_layer_ignore(const struct nn_dense_layer *layer, struct nn_params *params, int input);

struct nn_convolution_layer {
    int weight, bias;
    struct nn_convolution_shape shape;
};
void nn_convolution_layer_add(struct nn_convolution_layer *layer, struct nn_params *params, const char *name,
                              int inputs, int outputs, const struct nn_convolution_shape *shape,
                              struct weir_stream *stream);
struct nn_tensor *nn_convolution_layer_run(struct nn_tape *tape, const struct nn_params *params,
                                           const struct nn_convolution_layer *layer, struct nn_tensor *x);

/* "NAME.weight_in", "NAME.weight_state", "NAME.bias_in", "NAME.bias_state". */
struct nn_gru_layer {
    int weight_in, weight_state, bias_in, bias_state;
    enum nn_gru_reset reset;
};
void nn_gru_layer_add(struct nn_gru_layer *layer, struct nn_params *params, const char *name, int inputs, int units,
                      enum nn_gru_reset reset, struct weir_stream *stream);
struct nn_tensor *nn_gru_layer_run(struct nn_tape *tape, const struct nn_params *params,
                                   const struct nn_gru_layer *layer, struct nn_tensor *x);
struct nn_tensor *nn_gru_layer_run_from(struct nn_tape *tape, const struct nn_params *params,
                                        const struct nn_gru_layer *layer, struct nn_tensor *x, struct nn_tensor *start);

#endif
