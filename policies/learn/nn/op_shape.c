/* Operations that put tensors together. */
#include <assert.h>
#include <string.h>

#include "policies/learn/nn/op_table.h"

struct nn_tensor *nn_join(struct nn_tape *tape, struct nn_tensor *a, struct nn_tensor *b)
{
    assert(a->steps == b->steps && a->rows == b->rows);
    struct nn_tensor *in[] = {a, b};
    return nn_run(tape, nn_node_new(tape, &nn_ops[NN_OP_JOIN], a->steps, a->rows, a->columns + b->columns, 2, in));
}

void nn_join_forward(struct nn_tape *tape, struct nn_node *node)
{
    size_t rows = (size_t)node->out->steps * (size_t)node->out->rows, wide = (size_t)node->out->columns, at = 0;
    for (int side = 0; side < 2; side++) {
        size_t columns = (size_t)node->in[side]->columns;
        for (size_t row = 0; row < rows; row++)
            memcpy(node->out->value + row * wide + at, node->in[side]->value + row * columns,
                   columns * sizeof(nn_real));
        at += columns;
    }
}

void nn_join_backward(struct nn_tape *tape, struct nn_node *node)
{
    size_t rows = (size_t)node->out->steps * (size_t)node->out->rows, wide = (size_t)node->out->columns, at = 0;
    for (int side = 0; side < 2; side++) {
        size_t columns = (size_t)node->in[side]->columns;
        nn_real *restrict into = node->in[side]->grad;
        for (size_t row = 0; into && row < rows; row++)
            for (size_t i = 0; i < columns; i++)
                into[row * columns + i] += node->out->grad[row * wide + at + i];
        at += columns;
    }
}

/* Each part is a node of its own, whose output is its place in the whole: there can be any number. */
struct nn_tensor *nn_stack(struct nn_tape *tape, struct nn_tensor *const *parts, int count)
{
    int steps = 0, at = 0;
    bool wanted = false;
    for (int i = 0; i < count; i++) {
        assert(parts[i]->rows == parts[0]->rows && parts[i]->columns == parts[0]->columns);
        steps += parts[i]->steps;
        wanted |= parts[i]->grad != NULL;
    }
    struct nn_tensor *whole = nn_input(tape, steps, parts[0]->rows, parts[0]->columns);
    if (tape->training && wanted) {
        whole->grad = nn_tape_numbers(tape, nn_size(whole));
        memset(whole->grad, 0, nn_size(whole) * sizeof *whole->grad);
    }
    for (int i = 0; i < count; i++) {
        struct nn_tensor *part = parts[i];
        struct nn_node *node = nn_node_on(tape, &nn_ops[NN_OP_STACK], nn_steps(tape, whole, at, part->steps), 1, &part);
        nn_run(tape, node);
        at += part->steps;
    }
    return whole;
}

void nn_stack_forward(struct nn_tape *tape, struct nn_node *node)
{
    memcpy(node->out->value, node->in[0]->value, nn_size(node->out) * sizeof *node->out->value);
}

void nn_stack_backward(struct nn_tape *tape, struct nn_node *node)
{
    nn_real *restrict into = node->in[0]->grad;
    for (size_t i = 0; into && i < nn_size(node->out); i++)
        into[i] += node->out->grad[i];
}
