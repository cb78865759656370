/* A graph that is learnt, and what is seen of it: the matrix of a graph between rows, rows of tables, yes or no. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "policies/learn/nn/elementary.h"
#include "policies/learn/nn/op_table.h"
#include "policies/learn/nn/product.h"
#include "sim/base/real.h"

struct nn_tensor *nn_adaptive_graph(struct nn_tape *tape, struct nn_tensor *from, struct nn_tensor *to)
{
    assert(from->steps == 1 && to->steps == 1 && from->columns == to->columns);
    struct nn_tensor *in[] = {from, to};
    return nn_run(tape, nn_node_new(tape, &nn_ops[NN_OP_ADAPTIVE_GRAPH], 1, from->rows, to->rows, 2, in));
}

/* Sum of a[i] b[i] in 16 parts, so that it can be a sum of vectors in each build. */
__attribute__((always_inline)) static inline nn_real dot(const nn_real *restrict a, const nn_real *restrict b, int size)
{
    nn_real part[16] = {0}, sum = 0;
    int i = 0;
    for (; i + 16 <= size; i += 16)
        for (int k = 0; k < 16; k++)
            part[k] += a[i + k] * b[i + k];
    for (; i < size; i++)
        sum += a[i] * b[i];
    for (int k = 0; k < 16; k++)
        sum += part[k];
    return sum;
}

/* softmax(relu(x)) in place; returns what the numbers below 0 have become. */
NN_KERNEL(static, nn_real, soften, (nn_real *restrict x, int size, const nn_real *restrict ones), (x, size, ones))
{
    nn_real largest = 0;
    for (int i = 0; i < size; i++)
        largest = x[i] > largest ? x[i] : largest;
    for (int i = 0; i < size; i++)
        x[i] = nn_exp((x[i] < 0 ? 0 : x[i]) - largest);
    nn_real share = 1 / dot(x, ones, size);
    for (int i = 0; i < size; i++)
        x[i] *= share;
    return nn_exp(-largest) * share;
}

void nn_adaptive_graph_forward(struct nn_tape *tape, struct nn_node *node)
{
    const struct nn_tensor *from = node->in[0], *to = node->in[1], *out = node->out;
    nn_real *ones = nn_tape_numbers(tape, (size_t)out->columns);
    for (int i = 0; i < out->columns; i++)
        ones[i] = 1;
    nn_product(false, true, out->rows, out->columns, from->columns, from->value, from->columns, to->value, to->columns,
               false, out->value, out->columns);
    node->memo = nn_tape_numbers(tape, (size_t)out->rows);
    for (int row = 0; row < out->rows; row++)
        node->memo[row] = soften(out->value + (size_t)row * (size_t)out->columns, out->columns, ones);
}

/* From the gradient of a row to that of the products, in place; those at the least value were cut off at 0. */
NN_KERNEL(static, void, harden, (nn_real *restrict grad, const nn_real *restrict out, nn_real least, int size),
          (grad, out, least, size))
{
    nn_real mean = dot(out, grad, size);
    for (int i = 0; i < size; i++)
        grad[i] = out[i] > least ? out[i] * (grad[i] - mean) : 0;
}

void nn_adaptive_graph_backward(struct nn_tape *tape, struct nn_node *node)
{
    struct nn_tensor *from = node->in[0], *to = node->in[1], *out = node->out;
    for (int row = 0; row < out->rows; row++) {
        size_t first = (size_t)row * (size_t)out->columns;
        harden(out->grad + first, out->value + first, node->memo[row], out->columns);
    }
    if (from->grad)
        nn_product(false, false, from->rows, from->columns, out->columns, out->grad, out->columns, to->value,
                   to->columns, true, from->grad, from->columns);
    if (to->grad)
        nn_product(true, false, to->rows, to->columns, out->rows, out->grad, out->columns, from->value, from->columns,
                   true, to->grad, to->columns);
}

struct nn_tensor *nn_graph_mix(struct nn_tape *tape, struct nn_tensor *graph, struct nn_tensor *x)
{
    int nodes = graph->rows, columns = (int)(nn_size(x) / (size_t)nodes);
    assert(graph->columns == nodes && x->steps == 1 && x->rows % nodes == 0);
    struct nn_tensor *wide = nn_tensor_of(tape, x->value, x->grad, 1, nodes, columns);
    struct nn_tensor *mixed = nn_scale(tape, nn_add(tape, nn_matmul(tape, graph, wide, false), wide), 0.5);
    return nn_tensor_of(tape, mixed->value, mixed->grad, 1, x->rows, x->columns);
}

struct nn_tensor *nn_lookup(struct nn_tape *tape, struct nn_tensor *table, const int *which, int count)
{
    assert(table->steps == 1);
    struct nn_node *node = nn_node_new(tape, &nn_ops[NN_OP_LOOKUP], 1, count, table->columns, 1, &table);
    int *kept = nn_arena_take(&tape->arena, (size_t)count * sizeof *kept);
    memcpy(kept, which, (size_t)count * sizeof *kept);
    node->which = kept;
    return nn_run(tape, node);
}

void nn_lookup_forward(struct nn_tape *tape, struct nn_node *node)
{
    size_t columns = (size_t)node->out->columns;
    for (int row = 0; row < node->out->rows; row++) {
        assert(node->which[row] >= 0 && node->which[row] < node->in[0]->rows);
        memcpy(node->out->value + (size_t)row * columns, node->in[0]->value + (size_t)node->which[row] * columns,
               columns * sizeof(nn_real));
    }
}

void nn_lookup_backward(struct nn_tape *tape, struct nn_node *node)
{
    size_t columns = (size_t)node->out->columns;
    for (int row = 0; row < node->out->rows; row++) {
        nn_real *restrict into = node->in[0]->grad + (size_t)node->which[row] * columns;
        const nn_real *grad = node->out->grad + (size_t)row * columns;
        for (size_t i = 0; i < columns; i++)
            into[i] += grad[i];
    }
}

struct nn_tensor *nn_cross_entropy(struct nn_tape *tape, struct nn_tensor *logits, struct nn_tensor *wanted,
                                   struct nn_tensor *weights, double caution)
{
    assert(nn_size(logits) == nn_size(wanted) && (!weights || nn_size(weights) == nn_size(logits)) && caution > 0);
    assert(!wanted->grad && (!weights || !weights->grad));
    struct nn_tensor *in[] = {logits, wanted, weights};
    struct nn_node *node = nn_node_new(tape, &nn_ops[NN_OP_CROSS_ENTROPY], 1, 1, 1, 3, in);
    node->number = (nn_real)caution;
    return nn_run(tape, node);
}

/* log(1 + exp(x)). */
static double softplus(double x)
{
    return fmax(x, 0) + weir_log1p(weir_exp(-fabs(x)));
}

static double weight_sum(const struct nn_node *node)
{
    size_t size = nn_size(node->in[0]);
    double sum = 0;
    for (size_t i = 0; node->in[2] && i < size; i++)
        sum += (double)node->in[2]->value[i];
    return node->in[2] ? sum : (double)size;
}

void nn_cross_entropy_forward(struct nn_tape *tape, struct nn_node *node)
{
    const nn_real *x = node->in[0]->value, *y = node->in[1]->value, *weights = node->in[2] ? node->in[2]->value : NULL;
    double sum = 0, caution = (double)node->number;
    for (size_t i = 0; i < nn_size(node->in[0]); i++) {
        double yes = (double)y[i] * softplus(-(double)x[i]), no = (1 - (double)y[i]) * softplus((double)x[i]);
        sum += (weights ? (double)weights[i] : 1) * (yes + caution * no);
    }
    node->out->value[0] = (nn_real)(sum / weight_sum(node));
}

void nn_cross_entropy_backward(struct nn_tape *tape, struct nn_node *node)
{
    const nn_real *x = node->in[0]->value, *y = node->in[1]->value, *weights = node->in[2] ? node->in[2]->value : NULL;
    double each = (double)node->out->grad[0] / weight_sum(node), caution = (double)node->number;
    for (size_t i = 0; i < nn_size(node->in[0]); i++) {
        double p = 1 / (1 + weir_exp(-(double)x[i]));
        double slope = caution * (1 - (double)y[i]) * p - (double)y[i] * (1 - p);
        node->in[0]->grad[i] += (nn_real)(each * (weights ? (double)weights[i] : 1) * slope);
    }
}
