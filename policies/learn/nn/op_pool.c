/* Operations that bring many steps down to fewer. */
#include <assert.h>
#include <string.h>

#include "policies/learn/nn/op_table.h"

struct nn_tensor *nn_max_pool(struct nn_tape *tape, struct nn_tensor *x, int size)
{
    assert(size > 0 && x->steps >= size);
    struct nn_node *node = nn_node_new(tape, &nn_ops[NN_OP_MAX_POOL], x->steps / size, x->rows, x->columns, 1, &x);
    node->option[0] = size;
    return nn_run(tape, node);
}

NN_OP_KERNEL(nn_max_pool_forward)
{
    int size = node->option[0];
    size_t step = (size_t)node->out->rows * (size_t)node->out->columns;
    for (int t = 0; t < node->out->steps; t++) {
        nn_real *restrict out = node->out->value + (size_t)t * step;
        const nn_real *x = node->in[0]->value + (size_t)(t * size) * step;
        memcpy(out, x, step * sizeof *out);
        for (int k = 1; k < size; k++)
            for (size_t i = 0; i < step; i++) {
                nn_real value = x[(size_t)k * step + i];
                out[i] = out[i] >= value ? out[i] : value; /* NaN wins */
            }
    }
}

NN_OP_KERNEL(nn_max_pool_backward)
{
    int size = node->option[0];
    size_t step = (size_t)node->out->rows * (size_t)node->out->columns;
    for (int t = 0; t < node->out->steps; t++) {
        const nn_real *out = node->out->value + (size_t)t * step, *x = node->in[0]->value + (size_t)(t * size) * step;
        nn_real *restrict left = node->out->grad + (size_t)t * step; /* what has not found its place yet */
        nn_real *restrict into = node->in[0]->grad + (size_t)(t * size) * step;
        for (int k = 0; k < size; k++)
            for (size_t i = 0; i < step; i++) {
                nn_real taken = x[(size_t)k * step + i] == out[i] ? left[i] : 0;
                into[(size_t)k * step + i] += taken;
                left[i] -= taken;
            }
    }
}

struct nn_tensor *nn_mean_steps(struct nn_tape *tape, struct nn_tensor *x)
{
    return nn_run(tape, nn_node_new(tape, &nn_ops[NN_OP_MEAN_STEPS], 1, x->rows, x->columns, 1, &x));
}

NN_OP_KERNEL(nn_mean_steps_forward)
{
    size_t step = nn_size(node->out);
    int steps = node->in[0]->steps;
    nn_real *restrict out = node->out->value, share = 1 / (nn_real)steps;
    memset(out, 0, step * sizeof *out);
    for (int t = 0; t < steps; t++)
        for (size_t i = 0; i < step; i++)
            out[i] += share * node->in[0]->value[(size_t)t * step + i];
}

NN_OP_KERNEL(nn_mean_steps_backward)
{
    size_t step = nn_size(node->out);
    int steps = node->in[0]->steps;
    nn_real share = 1 / (nn_real)steps;
    for (int t = 0; t < steps; t++) {
        nn_real *restrict into = node->in[0]->grad + (size_t)t * step;
        for (size_t i = 0; i < step; i++)
            into[i] += share * node->out->grad[i];
    }
}
