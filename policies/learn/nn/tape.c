#include "policies/learn/nn/tape.h"

#include <assert.h>
#include <string.h>

void nn_tape_init(struct nn_tape *tape, unsigned long long seed)
{
    *tape = (struct nn_tape){.stream = weir_stream_open(seed, "nn/dropout")};
}

void nn_tape_fini(struct nn_tape *tape)
{
    nn_arena_fini(&tape->arena);
    tape->newest = NULL;
}

void nn_tape_start(struct nn_tape *tape, bool training)
{
    nn_arena_reset(&tape->arena);
    tape->newest = NULL;
    tape->training = training;
}

nn_real *nn_tape_numbers(struct nn_tape *tape, size_t count)
{
    return nn_arena_take(&tape->arena, count * sizeof(nn_real));
}

struct nn_tensor *nn_tensor_of(struct nn_tape *tape, nn_real *value, nn_real *grad, int steps, int rows, int columns)
{
    assert(steps > 0 && rows > 0 && columns > 0);
    struct nn_tensor *tensor = nn_arena_take(&tape->arena, sizeof *tensor);
    *tensor = (struct nn_tensor){.value = value, .grad = grad, .steps = steps, .rows = rows, .columns = columns};
    return tensor;
}

struct nn_tensor *nn_input(struct nn_tape *tape, int steps, int rows, int columns)
{
    struct nn_tensor *tensor = nn_tensor_of(tape, NULL, NULL, steps, rows, columns);
    tensor->value = nn_tape_numbers(tape, nn_size(tensor));
    return tensor;
}

struct nn_tensor *nn_steps(struct nn_tape *tape, const struct nn_tensor *tensor, int first, int count)
{
    assert(first >= 0 && count > 0 && first + count <= tensor->steps);
    size_t skipped = (size_t)first * (size_t)tensor->rows * (size_t)tensor->columns;
    return nn_tensor_of(tape, tensor->value + skipped, tensor->grad ? tensor->grad + skipped : NULL, count,
                        tensor->rows, tensor->columns);
}

struct nn_node *nn_node_on(struct nn_tape *tape, const struct nn_op *op, struct nn_tensor *out, int count,
                           struct nn_tensor *const *in)
{
    assert(count <= NN_MAX_INPUTS);
    struct nn_node *node = nn_arena_take(&tape->arena, sizeof *node);
    *node = (struct nn_node){.op = op, .previous = tape->newest, .out = out};
    for (int i = 0; i < count; i++)
        node->in[i] = in[i];
    tape->newest = node;
    return node;
}

struct nn_node *nn_node_new(struct nn_tape *tape, const struct nn_op *op, int steps, int rows, int columns, int count,
                            struct nn_tensor *const *in)
{
    bool wanted = false;
    for (int i = 0; i < count; i++)
        wanted |= in[i] && in[i]->grad;
    struct nn_tensor *out = nn_input(tape, steps, rows, columns);
    if (tape->training && wanted) {
        size_t size = nn_size(out);
        out->grad = nn_tape_numbers(tape, size);
        memset(out->grad, 0, size * sizeof(nn_real));
    }
    return nn_node_on(tape, op, out, count, in);
}

struct nn_tensor *nn_run(struct nn_tape *tape, struct nn_node *node)
{
    node->op->forward(tape, node);
    return node->out;
}

void nn_backward(struct nn_tape *tape, struct nn_tensor *loss)
{
    assert(tape->training && nn_size(loss) == 1);
    if (!loss->grad)
        return; /* made of inputs only */
    loss->grad[0] = 1;
    for (struct nn_node *node = tape->newest; node; node = node->previous)
        if (node->out->grad)
            node->op->backward(tape, node);
}
