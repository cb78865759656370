#include "tests/learn/nn/operations.h"

#include <math.h>

struct nn_tensor *nn_test_series(struct nn_tape *tape, const struct nn_params *params, int index)
{
    struct nn_tensor *x = nn_params_tensor(tape, params, index);
    return nn_tensor_of(tape, x->value, x->grad, STEPS, ROWS, COLUMNS);
}

struct nn_tensor *nn_test_judge(struct nn_tape *tape, struct nn_tensor *out)
{
    struct nn_tensor *target = nn_input(tape, out->steps, out->rows, out->columns);
    for (size_t i = 0; i < nn_size(target); i++)
        target->value[i] = (nn_real)sin((double)(3 * i + 1));
    return nn_squared_error(tape, out, target);
}

static struct nn_tensor *run_add(struct nn_tape *tape, const struct nn_params *params,
                                 const struct nn_test_operation *operation)
{
    /* x twice: gradients add up */
    struct nn_tensor *x = nn_test_series(tape, params, 0);
    return nn_add(tape, nn_add(tape, x, nn_test_series(tape, params, 1)), x);
}

static struct nn_tensor *run_scale(struct nn_tape *tape, const struct nn_params *params,
                                   const struct nn_test_operation *operation)
{
    return nn_scale(tape, nn_test_series(tape, params, 0), -2.5);
}

static struct nn_tensor *run_simple(struct nn_tape *tape, const struct nn_params *params,
                                    const struct nn_test_operation *operation)
{
    struct nn_tensor *x = nn_test_series(tape, params, 0);
    switch (operation->kind) {
    case NN_OP_RELU:
        return nn_relu(tape, x);
    case NN_OP_TANH:
        return nn_tanh(tape, x);
    case NN_OP_SIGMOID:
        return nn_sigmoid(tape, x);
    case NN_OP_MEAN_STEPS:
        return nn_mean_steps(tape, x);
    case NN_OP_DROPOUT:
        return nn_dropout(tape, x, 0.3);
    default:
        return nn_max_pool(tape, x, operation->number);
    }
}

static struct nn_tensor *run_steps(struct nn_tape *tape, const struct nn_params *params,
                                   const struct nn_test_operation *operation)
{
    struct nn_tensor *x = nn_tanh(tape, nn_test_series(tape, params, 0));
    return nn_add(tape, nn_steps(tape, x, 5, 2), nn_steps(tape, x, 1, 2));
}

static struct nn_tensor *run_error(struct nn_tape *tape, const struct nn_params *params,
                                   const struct nn_test_operation *operation)
{
    return nn_squared_error(tape, nn_test_series(tape, params, 0), nn_test_series(tape, params, 1));
}

static struct nn_tensor *run_multiply(struct nn_tape *tape, const struct nn_params *params,
                                      const struct nn_test_operation *operation)
{
    return nn_multiply(tape, nn_test_series(tape, params, 0), nn_test_series(tape, params, 1));
}

/* x y', y' y of one step with all of x, and x with all of those: both may have a step for all. */
static struct nn_tensor *run_matmul(struct nn_tape *tape, const struct nn_params *params,
                                    const struct nn_test_operation *operation)
{
    struct nn_tensor *x = nn_test_series(tape, params, 0), *y = nn_test_series(tape, params, 1);
    struct nn_tensor *square = nn_matmul(tape, x, y, true); /* rows x rows */
    if (operation->number == 0)
        return square;
    if (operation->number == 1)
        return nn_matmul(tape, nn_steps(tape, square, 2, 1), x, false);
    return nn_matmul(tape, square, nn_steps(tape, y, 3, 1), false);
}

static struct nn_tensor *run_softmax(struct nn_tape *tape, const struct nn_params *params,
                                     const struct nn_test_operation *operation)
{
    struct nn_tensor *x = nn_test_series(tape, params, 0);
    return operation->number ? nn_gumbel_softmax(tape, x, 0.7) : nn_softmax(tape, x);
}

/* Attention of x to y as a whole. */
static struct nn_tensor *run_attention(struct nn_tape *tape, const struct nn_params *params,
                                       const struct nn_test_operation *operation)
{
    struct nn_tensor *x = nn_test_series(tape, params, 0), *y = nn_test_series(tape, params, 1);
    struct nn_tensor *weights = nn_softmax(tape, nn_scale(tape, nn_matmul(tape, x, y, true), 1 / sqrt(COLUMNS)));
    return nn_matmul(tape, weights, y, false);
}

static struct nn_tensor *run_gaussian(struct nn_tape *tape, const struct nn_params *params,
                                      const struct nn_test_operation *operation)
{
    struct nn_tensor *x = nn_test_series(tape, params, 0), *y = nn_test_series(tape, params, 1);
    return nn_gaussian_error(tape, x, y, nn_scale(tape, nn_add(tape, x, y), 0.3));
}

static struct nn_tensor *run_squash(struct nn_tape *tape, const struct nn_params *params,
                                    const struct nn_test_operation *operation)
{
    return nn_squash(tape, nn_test_series(tape, params, 0), -3, 2);
}

/* y's first two steps, x and y once more, beside x's. */
static struct nn_tensor *run_together(struct nn_tape *tape, const struct nn_params *params,
                                      const struct nn_test_operation *operation)
{
    struct nn_tensor *x = nn_test_series(tape, params, 0), *y = nn_tanh(tape, nn_test_series(tape, params, 1));
    struct nn_tensor *parts[] = {nn_steps(tape, y, 0, 2), nn_relu(tape, x), y};
    struct nn_tensor *all = nn_stack(tape, parts, 3);
    return operation->kind == NN_OP_STACK ? all : nn_join(tape, nn_steps(tape, all, 5, STEPS), x);
}

static struct nn_tensor *run_sample(struct nn_tape *tape, const struct nn_params *params,
                                    const struct nn_test_operation *operation)
{
    return nn_gaussian_sample(tape, nn_test_series(tape, params, 0), nn_test_series(tape, params, 1));
}

/* Of 5 components, whose means are the first rows of y, and whose log variances the last ones of x. */
static struct nn_tensor *run_mixture(struct nn_tape *tape, const struct nn_params *params,
                                     const struct nn_test_operation *operation)
{
    struct nn_tensor *x = nn_test_series(tape, params, 0), *y = nn_test_series(tape, params, 1);
    struct nn_tensor *means = nn_tensor_of(tape, y->value, y->grad, 1, 5, COLUMNS);
    struct nn_tensor *logs = nn_tensor_of(tape, x->value + 16 * COLUMNS, x->grad + 16 * COLUMNS, 1, 5, COLUMNS);
    struct nn_tensor *weights = nn_softmax(tape, nn_matmul(tape, x, means, true));
    struct nn_mixture mixture = {weights, means, logs};
    return nn_mixture_divergence(tape, nn_add(tape, x, y), nn_tanh(tape, y), &mixture);
}

static struct nn_tensor *run_categorical(struct nn_tape *tape, const struct nn_params *params,
                                         const struct nn_test_operation *operation)
{
    struct nn_tensor *y = nn_test_series(tape, params, 1);
    struct nn_tensor *prior = operation->number ? nn_tensor_of(tape, y->value, y->grad, 1, 1, COLUMNS) : NULL;
    return nn_categorical_divergence(tape, nn_test_series(tape, params, 0), prior);
}

/* A GRU two steps at a time, and from a state that is y's first step through a product. */
static struct nn_tensor *run_gru_from(struct nn_tape *tape, const struct nn_params *params,
                                      const struct nn_test_operation *operation)
{
    struct nn_tensor *x = nn_test_series(tape, params, 0), *y = nn_test_series(tape, params, 1);
    const struct nn_gru_layer layer = {2, 3, 4, 5, (enum nn_gru_reset)operation->number};
    struct nn_tensor *start =
        nn_dense(tape, nn_steps(tape, y, 0, 1), nn_tensor_of(tape, y->value, y->grad, 1, COLUMNS, UNITS), NULL);
    struct nn_tensor *first = nn_gru_layer_run_from(tape, params, &layer, nn_steps(tape, x, 0, 2), start);
    struct nn_tensor *then =
        nn_gru_layer_run_from(tape, params, &layer, nn_steps(tape, x, 2, 3), nn_steps(tape, first, 1, 1));
    struct nn_tensor *parts[] = {first, then};
    return nn_stack(tape, parts, 2);
}

/* Attention that is learnt, to all rows of y with gradients to both; and through a graph to x in its last step. */
static struct nn_tensor *run_graph(struct nn_tape *tape, const struct nn_params *params,
                                   const struct nn_test_operation *operation)
{
    struct nn_tensor *x = nn_params_tensor(tape, params, 0), *y = nn_params_tensor(tape, params, 1);
    struct nn_tensor *graph = nn_adaptive_graph(tape, x, y);
    return operation->number ? nn_graph_mix(tape, graph, nn_tanh(tape, y)) : graph;
}

/* A row twice, and rows that are not looked up. */
static struct nn_tensor *run_lookup(struct nn_tape *tape, const struct nn_params *params,
                                    const struct nn_test_operation *operation)
{
    static const int which[] = {3, 20, 3, 0, 7};
    return nn_lookup(tape, nn_tanh(tape, nn_params_tensor(tape, params, 0)), which, 5);
}

static struct nn_tensor *run_cross_entropy(struct nn_tape *tape, const struct nn_params *params,
                                           const struct nn_test_operation *operation)
{
    struct nn_tensor *logits = nn_test_series(tape, params, 0), *wanted = nn_input(tape, STEPS, ROWS, COLUMNS);
    struct nn_tensor *weights = nn_input(tape, STEPS, ROWS, COLUMNS);
    for (size_t i = 0; i < nn_size(wanted); i++) {
        wanted->value[i] = (nn_real)(i % 3) / 2;
        weights->value[i] = 1 + (nn_real)(i % 5);
    }
    return nn_cross_entropy(tape, nn_scale(tape, logits, 3), wanted, operation->number ? weights : NULL,
                            operation->number ? 4 : 1);
}

static struct nn_tensor *run_layer(struct nn_tape *tape, const struct nn_params *params,
                                   const struct nn_test_operation *operation)
{
    /* the layer's parameters follow the two series */
    struct nn_tensor *x = nn_test_series(tape, params, 0);
    if (operation->kind == NN_OP_DENSE)
        return nn_dense_layer_run(tape, params, &(struct nn_dense_layer){2, 3}, x);
    if (operation->kind == NN_OP_GRU)
        return nn_gru_layer_run(tape, params, &(struct nn_gru_layer){2, 3, 4, 5, operation->number}, x);
    const int *more = operation->more;
    struct nn_convolution_layer layer = {2, 3, {more[0], more[1], more[2], more[3]}};
    return nn_convolution_layer_run(tape, params, &layer, x);
}

const struct nn_test_operation nn_test_operations[] = {
    {NN_OP_ADD, "add", run_add, 0, {0}},
    {NN_OP_SCALE, "scale", run_scale, 0, {0}},
    {NN_OP_RELU, "relu", run_simple, 0, {0}},
    {NN_OP_TANH, "tanh", run_simple, 0, {0}},
    {NN_OP_SIGMOID, "sigmoid", run_simple, 0, {0}},
    {NN_OP_MEAN_STEPS, "mean of steps", run_simple, 0, {0}},
    {NN_OP_DROPOUT, "dropout", run_simple, 0, {0}},
    {NN_OP_MAX_POOL, "max pool of 2, one step left over", run_simple, 2, {0}},
    {NN_OP_MAX_POOL, "max pool of 3", run_simple, 3, {0}},
    {NN_OP_ADD, "steps of a tensor", run_steps, 0, {0}},
    {NN_OP_SQUARED_ERROR, "squared error", run_error, 0, {0}},
    {NN_OP_MULTIPLY, "multiply", run_multiply, 0, {0}},
    {NN_OP_MATMUL, "matrix product, turned", run_matmul, 0, {0}},
    {NN_OP_MATMUL, "matrix product, one step before all", run_matmul, 1, {0}},
    {NN_OP_MATMUL, "matrix product, one step after all", run_matmul, 2, {0}},
    {NN_OP_SOFTMAX, "softmax", run_softmax, 0, {0}},
    {NN_OP_SOFTMAX, "Gumbel softmax", run_softmax, 1, {0}},
    {NN_OP_SOFTMAX, "attention", run_attention, 0, {0}},
    {NN_OP_GAUSSIAN_ERROR, "Gaussian error", run_gaussian, 0, {0}},
    {NN_OP_SQUASH, "squash", run_squash, 0, {0}},
    {NN_OP_STACK, "stack", run_together, 0, {0}},
    {NN_OP_JOIN, "join", run_together, 0, {0}},
    {NN_OP_GAUSSIAN_SAMPLE, "Gaussian sample", run_sample, 0, {0}},
    {NN_OP_MIXTURE_DIVERGENCE, "divergence from a mixture", run_mixture, 0, {0}},
    {NN_OP_CATEGORICAL_DIVERGENCE, "divergence of categories from even ones", run_categorical, 0, {0}},
    {NN_OP_CATEGORICAL_DIVERGENCE, "divergence of categories", run_categorical, 1, {0}},
    {NN_OP_DENSE, "dense", run_layer, 0, {0}},
    {NN_OP_CONVOLUTION, "convolution", run_layer, 0, {3, 1, 0, 0}},
    {NN_OP_CONVOLUTION, "convolution, padded", run_layer, 0, {3, 0, 1, 1}},
    {NN_OP_CONVOLUTION, "convolution, causal, dilated", run_layer, 0, {3, 2, 4, 0}},
    {NN_OP_CONVOLUTION, "convolution over all steps", run_layer, 0, {STEPS, 1, 0, 0}},
    {NN_OP_CONVOLUTION, "convolution, padded by more than there is", run_layer, 0, {2, 9, 9, 1}},
    {NN_OP_GRU, "GRU, reset after", run_layer, NN_GRU_RESET_AFTER, {0}},
    {NN_OP_GRU, "GRU, reset before", run_layer, NN_GRU_RESET_BEFORE, {0}},
    {NN_OP_GRU, "GRU from a state, reset after", run_gru_from, NN_GRU_RESET_AFTER, {0}},
    {NN_OP_GRU, "GRU from a state, reset before", run_gru_from, NN_GRU_RESET_BEFORE, {0}},
    {NN_OP_ADAPTIVE_GRAPH, "adaptive graph", run_graph, 0, {0}},
    {NN_OP_ADAPTIVE_GRAPH, "graph convolution", run_graph, 1, {0}},
    {NN_OP_LOOKUP, "rows of a table", run_lookup, 0, {0}},
    {NN_OP_CROSS_ENTROPY, "cross entropy", run_cross_entropy, 0, {0}},
    {NN_OP_CROSS_ENTROPY, "cross entropy, weighted", run_cross_entropy, 1, {0}},
};

const size_t nn_test_operation_count = sizeof nn_test_operations / sizeof *nn_test_operations;

struct nn_tensor *nn_test_judged(struct nn_tape *tape, const struct nn_params *params, const void *with)
{
    const struct nn_test_operation *operation = with;
    struct nn_tensor *out = operation->run(tape, params, operation);
    return nn_size(out) == 1 ? out : nn_test_judge(tape, out);
}

void nn_test_add_params(const struct nn_test_operation *operation, struct nn_params *params)
{
    struct weir_stream stream = weir_stream_open(11, operation->name);
    nn_params_add(params, "x", STEPS * ROWS, COLUMNS, 1.5, &stream);
    nn_params_add(params, "y", STEPS * ROWS, COLUMNS, 1.5, &stream);
    struct nn_dense_layer dense;
    struct nn_gru_layer gru;
    struct nn_convolution_layer convolution;
    const int *more = operation->more;
    struct nn_convolution_shape shape = {more[0], more[1], more[2], more[3]};
    if (operation->kind == NN_OP_DENSE)
        nn_dense_layer_add(&dense, params, "dense", COLUMNS, UNITS, &stream);
    else if (operation->kind == NN_OP_GRU)
        nn_gru_layer_add(&gru, params, "gru", COLUMNS, UNITS, (enum nn_gru_reset)operation->number, &stream);
    else if (operation->kind == NN_OP_CONVOLUTION)
        nn_convolution_layer_add(&convolution, params, "convolution", COLUMNS, UNITS, &shape, &stream);
}
