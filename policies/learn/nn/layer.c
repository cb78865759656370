#include "policies/learn/nn/layer.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"

static int add(struct nn_params *params, const char *layer, const char *array, int rows, int columns, double bound,
               struct weir_stream *stream)
{
    char *name = weir_format("%s.%s", layer, array);
    int index = nn_params_add(params, name, rows, columns, bound, stream);
    free(name);
    return index;
}

void nn_dense_layer_add(struct nn_dense_layer *layer, struct nn_params *params, const char *name, int inputs,
                        int outputs, struct weir_stream *stream)
{
    double bound = 1 / sqrt(inputs);
    layer->weight = add(params, name, "weight", inputs, outputs, bound, stream);
    layer->bias = add(params, name, "bias", 1, outputs, bound, stream);
}

struct nn_tensor *nn_dense_layer_run(struct nn_tape *tape, const struct nn_params *params,
                                     const struct nn_dense_layer *layer, struct nn_tensor *x)
{
    return nn_dense(tape, x, nn_params_tensor(tape, params, layer->weight),
                    nn_params_tensor(tape, params, layer->bias));
}

void nn_dense_layer_ignore(const struct nn_dense_layer *layer, struct nn_params *params, int input)
{
    const struct nn_parameter *weight = &params->arrays[layer->weight];
    for (int output = 0; output < weight->columns; output++)
        params->values[weight->first + (size_t)(input * weight->columns + output)] = 0;
}

void nn_convolution_layer_add(struct nn_convolution_layer *layer, struct nn_params *params, const char *name,
                              int inputs, int outputs, const struct nn_convolution_shape *shape,
                              struct weir_stream *stream)
{
    double bound = 1 / sqrt(inputs * shape->kernel);
    layer->weight = add(params, name, "weight", inputs * shape->kernel, outputs, bound, stream);
    layer->bias = add(params, name, "bias", 1, outputs, bound, stream);
    layer->shape = *shape;
}

struct nn_tensor *nn_convolution_layer_run(struct nn_tape *tape, const struct nn_params *params,
                                           const struct nn_convolution_layer *layer, struct nn_tensor *x)
{
    return nn_convolution(tape, x, nn_params_tensor(tape, params, layer->weight),
                          nn_params_tensor(tape, params, layer->bias), &layer->shape);
}

void nn_gru_layer_add(struct nn_gru_layer *layer, struct nn_params *params, const char *name, int inputs, int units,
                      enum nn_gru_reset reset, struct weir_stream *stream)
{
    double bound = 1 / sqrt(units);
    layer->weight_in = add(params, name, "weight_in", inputs, 3 * units, bound, stream);
    layer->weight_state = add(params, name, "weight_state", units, 3 * units, bound, stream);
    layer->bias_in = add(params, name, "bias_in", 1, 3 * units, bound, stream);
    layer->bias_state = add(params, name, "bias_state", 1, 3 * units, bound, stream);
    layer->reset = reset;
}

struct nn_tensor *nn_gru_layer_run(struct nn_tape *tape, const struct nn_params *params,
                                   const struct nn_gru_layer *layer, struct nn_tensor *x)
{
    return nn_gru_layer_run_from(tape, params, layer, x, NULL);
}

struct nn_tensor *nn_gru_layer_run_from(struct nn_tape *tape, const struct nn_params *params,
                                        const struct nn_gru_layer *layer, struct nn_tensor *x, struct nn_tensor *start)
{
    return nn_gru_from(tape, x, nn_params_tensor(tape, params, layer->weight_in),
                       nn_params_tensor(tape, params, layer->weight_state),
                       nn_params_tensor(tape, params, layer->bias_in),
                       nn_params_tensor(tape, params, layer->bias_state), layer->reset, start);
}
