/* Operations that are matrix products: dense layers and convolutions; and pooling. */
#include <assert.h>
#include <string.h>

#include "policies/learn/nn/op_table.h"
#include "policies/learn/nn/product.h"

NN_KERNEL(, void, nn_add_column_sums,
          (nn_real *restrict bias_grad, const nn_real *restrict matrix, size_t rows, int columns, int stride),
          (bias_grad, matrix, rows, columns, stride))
{
    for (size_t i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
            bias_grad[j] += matrix[i * (size_t)stride + (size_t)j];
}

void nn_fill_rows(nn_real *matrix, const nn_real *bias, size_t rows, int columns)
{
    size_t bytes = (size_t)columns * sizeof *matrix;
    for (size_t i = 0; i < rows; i++) {
        if (bias)
            memcpy(matrix + i * (size_t)columns, bias, bytes);
        else
            memset(matrix + i * (size_t)columns, 0, bytes);
    }
}

struct nn_tensor *nn_dense(struct nn_tape *tape, struct nn_tensor *x, struct nn_tensor *weight, struct nn_tensor *bias)
{
    assert(weight->steps == 1 && weight->rows == x->columns && (!bias || nn_size(bias) == (size_t)weight->columns));
    struct nn_tensor *in[] = {x, weight, bias};
    return nn_run(tape, nn_node_new(tape, &nn_ops[NN_OP_DENSE], x->steps, x->rows, weight->columns, 3, in));
}

void nn_dense_forward(struct nn_tape *tape, struct nn_node *node)
{
    const struct nn_tensor *x = node->in[0], *weight = node->in[1];
    int rows = x->steps * x->rows;
    nn_fill_rows(node->out->value, node->in[2] ? node->in[2]->value : NULL, (size_t)rows, weight->columns);
    nn_product(false, false, rows, weight->columns, x->columns, x->value, x->columns, weight->value, weight->columns,
               true, node->out->value, weight->columns);
}

void nn_dense_backward(struct nn_tape *tape, struct nn_node *node)
{
    const struct nn_tensor *x = node->in[0], *weight = node->in[1], *bias = node->in[2];
    int rows = x->steps * x->rows, outputs = weight->columns;
    const nn_real *grad = node->out->grad;
    if (bias && bias->grad)
        nn_add_column_sums(bias->grad, grad, (size_t)rows, outputs, outputs);
    if (weight->grad)
        nn_product(true, false, x->columns, outputs, rows, x->value, x->columns, grad, outputs, true, weight->grad,
                   outputs);
    if (x->grad)
        nn_product(false, true, rows, x->columns, outputs, grad, outputs, weight->value, outputs, true, x->grad,
                   x->columns);
}

enum { CONVOLUTION_KERNEL, CONVOLUTION_DILATION, CONVOLUTION_BEFORE };

struct nn_tensor *nn_convolution(struct nn_tape *tape, struct nn_tensor *x, struct nn_tensor *weight,
                                 struct nn_tensor *bias, const struct nn_convolution_shape *shape)
{
    int dilation = shape->dilation ? shape->dilation : 1;
    int steps = x->steps + shape->before + shape->after - (shape->kernel - 1) * dilation;
    assert(shape->kernel > 0 && steps > 0 && weight->steps == 1 && weight->rows == shape->kernel * x->columns);
    assert(!bias || nn_size(bias) == (size_t)weight->columns);
    struct nn_tensor *in[] = {x, weight, bias};
    struct nn_node *node = nn_node_new(tape, &nn_ops[NN_OP_CONVOLUTION], steps, x->rows, weight->columns, 3, in);
    node->option[CONVOLUTION_KERNEL] = shape->kernel;
    node->option[CONVOLUTION_DILATION] = dilation;
    node->option[CONVOLUTION_BEFORE] = shape->before;
    return nn_run(tape, node);
}

/* Where tap j of a convolution meets steps that are there: `count` steps, from `out` of the output and `in` of the
 * input on. */
struct overlap {
    int out, in, count;
};

static struct overlap overlap_of(const struct nn_node *node, int j)
{
    int ahead = j * node->option[CONVOLUTION_DILATION] - node->option[CONVOLUTION_BEFORE];
    struct overlap overlap = {.out = ahead < 0 ? -ahead : 0};
    overlap.in = overlap.out + ahead;
    int left_in = node->in[0]->steps - overlap.in, left_out = node->out->steps - overlap.out;
    overlap.count = left_in < left_out ? left_in : left_out;
    return overlap;
}

void nn_convolution_forward(struct nn_tape *tape, struct nn_node *node)
{
    const struct nn_tensor *x = node->in[0], *weight = node->in[1], *out = node->out;
    int inputs = x->columns, outputs = out->columns;
    nn_fill_rows(out->value, node->in[2] ? node->in[2]->value : NULL, (size_t)out->steps * (size_t)out->rows, outputs);
    for (int j = 0; j < node->option[CONVOLUTION_KERNEL]; j++) {
        struct overlap overlap = overlap_of(node, j);
        if (overlap.count > 0)
            nn_product(false, false, overlap.count * x->rows, outputs, inputs,
                       x->value + (size_t)overlap.in * (size_t)(x->rows * inputs), inputs,
                       weight->value + (size_t)j * (size_t)(inputs * outputs), outputs, true,
                       out->value + (size_t)overlap.out * (size_t)(x->rows * outputs), outputs);
    }
}

void nn_convolution_backward(struct nn_tape *tape, struct nn_node *node)
{
    const struct nn_tensor *x = node->in[0], *weight = node->in[1], *bias = node->in[2], *out = node->out;
    int inputs = x->columns, outputs = out->columns;
    if (bias && bias->grad)
        nn_add_column_sums(bias->grad, out->grad, (size_t)out->steps * (size_t)out->rows, outputs, outputs);
    for (int j = 0; j < node->option[CONVOLUTION_KERNEL]; j++) {
        struct overlap overlap = overlap_of(node, j);
        if (overlap.count <= 0)
            continue;
        int rows = overlap.count * x->rows;
        size_t in = (size_t)overlap.in * (size_t)(x->rows * inputs), tap = (size_t)j * (size_t)(inputs * outputs);
        const nn_real *grad = out->grad + (size_t)overlap.out * (size_t)(x->rows * outputs);
        if (weight->grad)
            nn_product(true, false, inputs, outputs, rows, x->value + in, inputs, grad, outputs, true,
                       weight->grad + tap, outputs);
        if (x->grad)
            nn_product(false, true, rows, inputs, outputs, grad, outputs, weight->value + tap, outputs, true,
                       x->grad + in, inputs);
    }
}
