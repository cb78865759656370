/* Operations on each number by itself, and the error that is summed over them. */
#include <assert.h>

#include "policies/learn/nn/elementary.h"
#include "policies/learn/nn/op_table.h"

static struct nn_tensor *same_shape(struct nn_tape *tape, enum nn_op_kind kind, struct nn_tensor *x, nn_real number)
{
    struct nn_node *node = nn_node_new(tape, &nn_ops[kind], x->steps, x->rows, x->columns, 1, &x);
    node->number = number;
    return nn_run(tape, node);
}

struct nn_tensor *nn_add(struct nn_tape *tape, struct nn_tensor *a, struct nn_tensor *b)
{
    assert(a->steps == b->steps && a->rows == b->rows && a->columns == b->columns);
    struct nn_tensor *in[] = {a, b};
    return nn_run(tape, nn_node_new(tape, &nn_ops[NN_OP_ADD], a->steps, a->rows, a->columns, 2, in));
}

NN_OP_KERNEL(nn_add_forward)
{
    const nn_real *a = node->in[0]->value, *b = node->in[1]->value;
    nn_real *restrict out = node->out->value;
    size_t size = nn_size(node->out);
    for (size_t i = 0; i < size; i++)
        out[i] = a[i] + b[i];
}

/* into += factor * from. */
NN_KERNEL(static, void, accumulate, (nn_real *restrict into, const nn_real *restrict from, nn_real factor, size_t size),
          (into, from, factor, size))
{
    for (size_t i = 0; i < size; i++)
        into[i] += factor * from[i];
}

void nn_add_backward(struct nn_tape *tape, struct nn_node *node)
{
    for (int i = 0; i < 2; i++)
        if (node->in[i]->grad)
            accumulate(node->in[i]->grad, node->out->grad, 1, nn_size(node->out));
}

struct nn_tensor *nn_scale(struct nn_tape *tape, struct nn_tensor *x, double factor)
{
    return same_shape(tape, NN_OP_SCALE, x, (nn_real)factor);
}

NN_OP_KERNEL(nn_scale_forward)
{
    const nn_real *x = node->in[0]->value;
    nn_real *restrict out = node->out->value, factor = node->number;
    size_t size = nn_size(node->out);
    for (size_t i = 0; i < size; i++)
        out[i] = factor * x[i];
}

void nn_scale_backward(struct nn_tape *tape, struct nn_node *node)
{
    accumulate(node->in[0]->grad, node->out->grad, node->number, nn_size(node->out));
}

/* Functions of one number, and their slopes by their results. */
static inline nn_real relu_of(nn_real x)
{
    return x < 0 ? 0 : x; /* NaN stays */
}

static inline nn_real relu_slope(nn_real out)
{
    return out > 0 ? 1 : 0;
}

static inline nn_real tanh_slope(nn_real out)
{
    return 1 - out * out;
}

static inline nn_real sigmoid_slope(nn_real out)
{
    return out * (1 - out);
}

/* Inlined where the function is known, so that the loop becomes one over vectors. */
__attribute__((always_inline)) static inline void map(struct nn_node *node, nn_real (*function)(nn_real))
{
    const nn_real *x = node->in[0]->value;
    nn_real *restrict out = node->out->value;
    size_t size = nn_size(node->out);
    for (size_t i = 0; i < size; i++)
        out[i] = function(x[i]);
}

__attribute__((always_inline)) static inline void map_back(struct nn_node *node, nn_real (*slope)(nn_real))
{
    const nn_real *out = node->out->value, *grad = node->out->grad;
    nn_real *restrict into = node->in[0]->grad;
    size_t size = nn_size(node->out);
    for (size_t i = 0; i < size; i++)
        into[i] += grad[i] * slope(out[i]);
}

struct nn_tensor *nn_relu(struct nn_tape *tape, struct nn_tensor *x)
{
    return same_shape(tape, NN_OP_RELU, x, 0);
}

NN_OP_KERNEL(nn_relu_forward)
{
    map(node, relu_of);
}

NN_OP_KERNEL(nn_relu_backward)
{
    map_back(node, relu_slope);
}

struct nn_tensor *nn_tanh(struct nn_tape *tape, struct nn_tensor *x)
{
    return same_shape(tape, NN_OP_TANH, x, 0);
}

NN_OP_KERNEL(nn_tanh_forward)
{
    map(node, nn_tanh_of);
}

NN_OP_KERNEL(nn_tanh_backward)
{
    map_back(node, tanh_slope);
}

struct nn_tensor *nn_sigmoid(struct nn_tape *tape, struct nn_tensor *x)
{
    return same_shape(tape, NN_OP_SIGMOID, x, 0);
}

NN_OP_KERNEL(nn_sigmoid_forward)
{
    map(node, nn_sigmoid_of);
}

NN_OP_KERNEL(nn_sigmoid_backward)
{
    map_back(node, sigmoid_slope);
}

struct nn_tensor *nn_dropout(struct nn_tape *tape, struct nn_tensor *x, double share)
{
    assert(share >= 0 && share < 1);
    int cells = (int)(share * 65536 + 0.5);
    if (!tape->training || cells == 0)
        return x;
    struct nn_node *node = nn_node_new(tape, &nn_ops[NN_OP_DROPOUT], x->steps, x->rows, x->columns, 1, &x);
    node->option[0] = cells < 65535 ? cells : 65535;
    return nn_run(tape, node);
}

void nn_dropout_forward(struct nn_tape *tape, struct nn_node *node)
{
    size_t size = nn_size(node->out);
    const nn_real *x = node->in[0]->value;
    nn_real *restrict out = node->out->value;
    nn_real *restrict mask = node->memo = nn_tape_numbers(tape, (size + 3) / 4 * 4);
    unsigned limit = (unsigned)node->option[0];
    nn_real kept = (nn_real)65536 / (nn_real)(65536 - node->option[0]);
    for (size_t i = 0; i < size; i += 4) { /* 16 bits a number */
        unsigned long long bits = weir_stream_bits(&tape->stream);
        for (int j = 0; j < 4; j++)
            mask[i + (size_t)j] = (bits >> (16 * j) & 0xffff) < limit ? 0 : kept;
    }
    for (size_t i = 0; i < size; i++)
        out[i] = mask[i] * x[i];
}

NN_OP_KERNEL(nn_dropout_backward)
{
    const nn_real *mask = node->memo, *grad = node->out->grad;
    nn_real *restrict into = node->in[0]->grad;
    size_t size = nn_size(node->out);
    for (size_t i = 0; i < size; i++)
        into[i] += mask[i] * grad[i];
}

struct nn_tensor *nn_squared_error(struct nn_tape *tape, struct nn_tensor *a, struct nn_tensor *b)
{
    assert(a->steps == b->steps && a->rows == b->rows && a->columns == b->columns);
    struct nn_tensor *in[] = {a, b};
    return nn_run(tape, nn_node_new(tape, &nn_ops[NN_OP_SQUARED_ERROR], 1, 1, 1, 2, in));
}

void nn_squared_error_forward(struct nn_tape *tape, struct nn_node *node)
{
    const nn_real *a = node->in[0]->value, *b = node->in[1]->value;
    size_t size = nn_size(node->in[0]);
    double sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += (double)(a[i] - b[i]) * (double)(a[i] - b[i]);
    node->out->value[0] = (nn_real)(sum / (double)size);
}

void nn_squared_error_backward(struct nn_tape *tape, struct nn_node *node)
{
    size_t size = nn_size(node->in[0]);
    nn_real factor = 2 * node->out->grad[0] / (nn_real)size;
    for (int side = 0; side < 2; side++) {
        nn_real *restrict into = node->in[side]->grad;
        const nn_real *mine = node->in[side]->value, *other = node->in[1 - side]->value;
        for (size_t i = 0; into && i < size; i++)
            into[i] += factor * (mine[i] - other[i]);
    }
}
