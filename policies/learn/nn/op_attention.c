/* Operations between rows: products of tensors, softmax; and what distributions need. */
#include <assert.h>
#include <math.h>

#include "policies/learn/nn/elementary.h"
#include "policies/learn/nn/op_table.h"
#include "policies/learn/nn/product.h"
#include "sim/base/real.h"

struct nn_tensor *nn_multiply(struct nn_tape *tape, struct nn_tensor *a, struct nn_tensor *b)
{
    assert(a->steps == b->steps && a->rows == b->rows && a->columns == b->columns);
    struct nn_tensor *in[] = {a, b};
    return nn_run(tape, nn_node_new(tape, &nn_ops[NN_OP_MULTIPLY], a->steps, a->rows, a->columns, 2, in));
}

void nn_multiply_forward(struct nn_tape *tape, struct nn_node *node)
{
    for (size_t i = 0; i < nn_size(node->out); i++)
        node->out->value[i] = node->in[0]->value[i] * node->in[1]->value[i];
}

void nn_multiply_backward(struct nn_tape *tape, struct nn_node *node)
{
    for (int side = 0; side < 2; side++) {
        nn_real *into = node->in[side]->grad;
        const nn_real *other = node->in[1 - side]->value;
        for (size_t i = 0; into && i < nn_size(node->out); i++)
            into[i] += node->out->grad[i] * other[i];
    }
}

struct nn_tensor *nn_matmul(struct nn_tape *tape, struct nn_tensor *a, struct nn_tensor *b, bool turned)
{
    int steps = a->steps > b->steps ? a->steps : b->steps;
    assert((a->steps == steps || a->steps == 1) && (b->steps == steps || b->steps == 1));
    assert(a->columns == (turned ? b->columns : b->rows));
    struct nn_tensor *in[] = {a, b};
    struct nn_node *node =
        nn_node_new(tape, &nn_ops[NN_OP_MATMUL], steps, a->rows, turned ? b->rows : b->columns, 2, in);
    node->option[0] = turned;
    return nn_run(tape, node);
}

/* Where the matrix of step t begins, in a tensor that may have one for all steps. */
static size_t at_step(const struct nn_tensor *tensor, int t)
{
    return tensor->steps == 1 ? 0 : (size_t)t * (size_t)tensor->rows * (size_t)tensor->columns;
}

void nn_matmul_forward(struct nn_tape *tape, struct nn_node *node)
{
    const struct nn_tensor *a = node->in[0], *b = node->in[1], *out = node->out;
    for (int t = 0; t < out->steps; t++)
        nn_product(false, node->option[0], out->rows, out->columns, a->columns, a->value + at_step(a, t), a->columns,
                   b->value + at_step(b, t), b->columns, false, out->value + at_step(out, t), out->columns);
}

void nn_matmul_backward(struct nn_tape *tape, struct nn_node *node)
{
    const struct nn_tensor *a = node->in[0], *b = node->in[1], *out = node->out;
    bool turned = node->option[0];
    for (int t = 0; t < out->steps; t++) {
        const nn_real *grad = out->grad + at_step(out, t);
        if (a->grad)
            nn_product(false, !turned, a->rows, a->columns, out->columns, grad, out->columns, b->value + at_step(b, t),
                       b->columns, true, a->grad + at_step(a, t), a->columns);
        if (b->grad && turned)
            nn_product(true, false, b->rows, b->columns, out->rows, grad, out->columns, a->value + at_step(a, t),
                       a->columns, true, b->grad + at_step(b, t), b->columns);
        if (b->grad && !turned)
            nn_product(true, false, b->rows, b->columns, out->rows, a->value + at_step(a, t), a->columns, grad,
                       out->columns, true, b->grad + at_step(b, t), b->columns);
    }
}

struct nn_tensor *nn_softmax(struct nn_tape *tape, struct nn_tensor *x)
{
    return nn_run(tape, nn_node_new(tape, &nn_ops[NN_OP_SOFTMAX], x->steps, x->rows, x->columns, 1, &x));
}

void nn_softmax_forward(struct nn_tape *tape, struct nn_node *node)
{
    int columns = node->out->columns;
    for (size_t row = 0; row < nn_size(node->out) / (size_t)columns; row++) {
        const nn_real *x = node->in[0]->value + row * (size_t)columns;
        nn_real *out = node->out->value + row * (size_t)columns, largest = x[0], sum = 0;
        for (int i = 1; i < columns; i++)
            largest = x[i] > largest ? x[i] : largest;
        for (int i = 0; i < columns; i++)
            sum += out[i] = nn_exp(x[i] - largest);
        for (int i = 0; i < columns; i++)
            out[i] /= sum;
    }
}

void nn_softmax_backward(struct nn_tape *tape, struct nn_node *node)
{
    int columns = node->out->columns;
    for (size_t row = 0; row < nn_size(node->out) / (size_t)columns; row++) {
        const nn_real *out = node->out->value + row * (size_t)columns, *grad = node->out->grad + row * (size_t)columns;
        nn_real *into = node->in[0]->grad + row * (size_t)columns, mean = 0;
        for (int i = 0; i < columns; i++)
            mean += out[i] * grad[i];
        for (int i = 0; i < columns; i++)
            into[i] += out[i] * (grad[i] - mean);
    }
}

struct nn_tensor *nn_gumbel_softmax(struct nn_tape *tape, struct nn_tensor *logits, double temperature)
{
    struct nn_tensor *noise = nn_input(tape, logits->steps, logits->rows, logits->columns);
    assert(temperature > 0);
    for (size_t i = 0; i < nn_size(noise); i++)
        noise->value[i] = (nn_real)-weir_log(-weir_log(weir_stream_uniform(&tape->stream)));
    return nn_softmax(tape, nn_scale(tape, nn_add(tape, logits, noise), 1 / temperature));
}

struct nn_tensor *nn_gaussian_error(struct nn_tape *tape, struct nn_tensor *mean, struct nn_tensor *log_variance,
                                    struct nn_tensor *wanted)
{
    assert(nn_size(mean) == nn_size(log_variance) && nn_size(mean) == nn_size(wanted));
    struct nn_tensor *in[] = {mean, log_variance, wanted};
    return nn_run(tape, nn_node_new(tape, &nn_ops[NN_OP_GAUSSIAN_ERROR], 1, 1, 1, 3, in));
}

void nn_gaussian_error_forward(struct nn_tape *tape, struct nn_node *node)
{
    const nn_real *mean = node->in[0]->value, *log_variance = node->in[1]->value, *wanted = node->in[2]->value;
    size_t size = nn_size(node->in[0]);
    double sum = 0;
    for (size_t i = 0; i < size; i++) {
        double off = (double)(wanted[i] - mean[i]);
        sum += (double)log_variance[i] + off * off * weir_exp(-(double)log_variance[i]) + weir_log(2 * M_PI);
    }
    node->out->value[0] = (nn_real)(sum / 2 / (double)size);
}

void nn_gaussian_error_backward(struct nn_tape *tape, struct nn_node *node)
{
    struct nn_tensor *mean = node->in[0], *log_variance = node->in[1], *wanted = node->in[2];
    size_t size = nn_size(mean);
    double each = (double)node->out->grad[0] / (double)size;
    for (size_t i = 0; i < size; i++) {
        double off = (double)(wanted->value[i] - mean->value[i]), precision = weir_exp(-(double)log_variance->value[i]);
        if (mean->grad)
            mean->grad[i] -= (nn_real)(each * off * precision);
        if (wanted->grad)
            wanted->grad[i] += (nn_real)(each * off * precision);
        if (log_variance->grad)
            log_variance->grad[i] += (nn_real)(each / 2 * (1 - off * off * precision));
    }
}
