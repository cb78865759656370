/* A GRU layer over all steps as one operation: the products with the inputs, and those with the gradients of weights,
 * are one product for all steps; those with the state are one a step for all three gates together.
 * Gates of a row are r, z, n: three blocks of `units` columns. */
#include <assert.h>
#include <string.h>

#include "policies/learn/nn/elementary.h"
#include "policies/learn/nn/op_table.h"
#include "policies/learn/nn/product.h"

enum { X, WEIGHT_IN, WEIGHT_STATE, BIAS_IN, BIAS_STATE, START };

struct nn_tensor *nn_gru(struct nn_tape *tape, struct nn_tensor *x, struct nn_tensor *weight_in,
                         struct nn_tensor *weight_state, struct nn_tensor *bias_in, struct nn_tensor *bias_state,
                         enum nn_gru_reset reset)
{
    return nn_gru_from(tape, x, weight_in, weight_state, bias_in, bias_state, reset, NULL);
}

struct nn_tensor *nn_gru_from(struct nn_tape *tape, struct nn_tensor *x, struct nn_tensor *weight_in,
                              struct nn_tensor *weight_state, struct nn_tensor *bias_in, struct nn_tensor *bias_state,
                              enum nn_gru_reset reset, struct nn_tensor *start)
{
    int units = weight_state->rows;
    assert(weight_in->rows == x->columns && weight_in->columns == 3 * units && weight_state->columns == 3 * units);
    assert(nn_size(bias_in) == (size_t)(3 * units) && nn_size(bias_state) == (size_t)(3 * units));
    assert(!start || (start->steps == 1 && start->rows == x->rows && start->columns == units));
    struct nn_tensor *in[] = {x, weight_in, weight_state, bias_in, bias_state, start};
    struct nn_node *node = nn_node_new(tape, &nn_ops[NN_OP_GRU], x->steps, x->rows, units, 6, in);
    node->option[0] = reset;
    return nn_run(tape, node);
}

/* One step, reset after the product. gates: rows x 3 units, the products with the inputs, which become r, z, n. state:
 * the products with h_{t-1}, whose n part gets its bias. before and next: h_{t-1} and h_t. */
NN_KERNEL(static, void, step_after,
          (int rows, int units, nn_real *restrict gates, nn_real *restrict state, const nn_real *restrict bias_in,
           const nn_real *restrict bias_state, const nn_real *restrict before, nn_real *restrict next),
          (rows, units, gates, state, bias_in, bias_state, before, next))
{
    for (int i = 0; i < rows; i++) {
        nn_real *restrict g = gates + (size_t)i * (size_t)(3 * units);
        nn_real *restrict s = state + (size_t)i * (size_t)(3 * units);
        for (int j = 0; j < 2 * units; j++)
            g[j] = nn_sigmoid_of(g[j] + s[j] + (bias_in[j] + bias_state[j]));
        const nn_real *restrict h = before + (size_t)i * (size_t)units;
        nn_real *restrict out = next + (size_t)i * (size_t)units;
        for (int j = 0; j < units; j++) {
            nn_real product = s[2 * units + j] + bias_state[2 * units + j];
            nn_real n = nn_tanh_of(g[2 * units + j] + bias_in[2 * units + j] + g[j] * product);
            s[2 * units + j] = product;
            g[2 * units + j] = n;
            out[j] = n + g[units + j] * (h[j] - n);
        }
    }
}

/* Its way back. grad: by h_t. gates become the gradients by the sums of inputs, state by those of the state;
 * grad_before gets what goes to h_{t-1} past the products. */
NN_KERNEL(static, void, step_after_back,
          (int rows, int units, nn_real *restrict gates, nn_real *restrict state, const nn_real *restrict before,
           const nn_real *restrict grad, nn_real *restrict grad_before),
          (rows, units, gates, state, before, grad, grad_before))
{
    for (int i = 0; i < rows; i++) {
        nn_real *restrict g = gates + (size_t)i * (size_t)(3 * units);
        nn_real *restrict s = state + (size_t)i * (size_t)(3 * units);
        const nn_real *restrict h = before + (size_t)i * (size_t)units;
        const nn_real *restrict d = grad + (size_t)i * (size_t)units;
        nn_real *restrict d_before = grad_before + (size_t)i * (size_t)units;
        for (int j = 0; j < units; j++) {
            nn_real r = g[j], z = g[units + j], n = g[2 * units + j];
            nn_real by_n = d[j] * (1 - z) * (1 - n * n);
            nn_real by_z = d[j] * (h[j] - n) * z * (1 - z);
            nn_real by_r = by_n * s[2 * units + j] * r * (1 - r);
            d_before[j] += d[j] * z;
            g[j] = by_r;
            s[j] = by_r;
            g[units + j] = by_z;
            s[units + j] = by_z;
            g[2 * units + j] = by_n;
            s[2 * units + j] = by_n * r;
        }
    }
}

/* One step, reset before the product, in two halves: the gates r and z, and r h_{t-1} in `kept`; then, when its product
 * is in the n part of state, n and h_t. */
NN_KERNEL(static, void, step_before_gates,
          (int rows, int units, nn_real *restrict gates, const nn_real *restrict state, const nn_real *restrict bias_in,
           const nn_real *restrict bias_state, const nn_real *restrict before, nn_real *restrict kept),
          (rows, units, gates, state, bias_in, bias_state, before, kept))
{
    for (int i = 0; i < rows; i++) {
        nn_real *restrict g = gates + (size_t)i * (size_t)(3 * units);
        const nn_real *restrict s = state + (size_t)i * (size_t)(3 * units);
        for (int j = 0; j < 2 * units; j++)
            g[j] = nn_sigmoid_of(g[j] + s[j] + (bias_in[j] + bias_state[j]));
        for (int j = 0; j < units; j++)
            kept[(size_t)i * (size_t)units + (size_t)j] = g[j] * before[(size_t)i * (size_t)units + (size_t)j];
    }
}

NN_KERNEL(static, void, step_before_state,
          (int rows, int units, nn_real *restrict gates, const nn_real *restrict state, const nn_real *restrict bias_in,
           const nn_real *restrict bias_state, const nn_real *restrict before, nn_real *restrict next),
          (rows, units, gates, state, bias_in, bias_state, before, next))
{
    for (int i = 0; i < rows; i++) {
        nn_real *restrict g = gates + (size_t)i * (size_t)(3 * units);
        const nn_real *restrict s = state + (size_t)i * (size_t)(3 * units);
        const nn_real *restrict h = before + (size_t)i * (size_t)units;
        nn_real *restrict out = next + (size_t)i * (size_t)units;
        for (int j = 0; j < units; j++) {
            int at = 2 * units + j;
            nn_real n = nn_tanh_of(g[at] + s[at] + (bias_in[at] + bias_state[at]));
            g[at] = n;
            out[j] = n + g[units + j] * (h[j] - n);
        }
    }
}

/* The way back, likewise in two halves: first z and n, then r, when the gradient by r h_{t-1} is known. */
NN_KERNEL(static, void, step_before_state_back,
          (int rows, int units, nn_real *restrict gates, const nn_real *restrict before, const nn_real *restrict grad,
           nn_real *restrict grad_before),
          (rows, units, gates, before, grad, grad_before))
{
    for (int i = 0; i < rows; i++) {
        nn_real *restrict g = gates + (size_t)i * (size_t)(3 * units);
        const nn_real *restrict h = before + (size_t)i * (size_t)units;
        const nn_real *restrict d = grad + (size_t)i * (size_t)units;
        nn_real *restrict d_before = grad_before + (size_t)i * (size_t)units;
        for (int j = 0; j < units; j++) {
            nn_real z = g[units + j], n = g[2 * units + j];
            d_before[j] += d[j] * z;
            g[units + j] = d[j] * (h[j] - n) * z * (1 - z);
            g[2 * units + j] = d[j] * (1 - z) * (1 - n * n);
        }
    }
}

NN_KERNEL(static, void, step_before_gates_back,
          (int rows, int units, nn_real *restrict gates, const nn_real *restrict before,
           const nn_real *restrict grad_kept, nn_real *restrict grad_before),
          (rows, units, gates, before, grad_kept, grad_before))
{
    for (int i = 0; i < rows; i++) {
        nn_real *restrict g = gates + (size_t)i * (size_t)(3 * units);
        size_t row = (size_t)i * (size_t)units;
        for (int j = 0; j < units; j++) {
            nn_real r = g[j], d = grad_kept[row + (size_t)j];
            grad_before[row + (size_t)j] += d * r;
            g[j] = d * before[row + (size_t)j] * r * (1 - r);
        }
    }
}

void nn_gru_forward(struct nn_tape *tape, struct nn_node *node)
{
    const struct nn_tensor *x = node->in[X], *out = node->out;
    const nn_real *weight = node->in[WEIGHT_STATE]->value;
    const nn_real *bias_in = node->in[BIAS_IN]->value, *bias_state = node->in[BIAS_STATE]->value;
    int units = out->columns, wide = 3 * units, rows = x->rows;
    bool after = node->option[0] == NN_GRU_RESET_AFTER;
    size_t small = (size_t)rows * (size_t)units, large = 3 * small, steps = (size_t)x->steps;
    nn_real *gates = node->memo = nn_tape_numbers(tape, steps * large);
    /* after: products with the state of all steps; before: of one, and then r h of all */
    nn_real *state = nn_tape_numbers(tape, after ? steps * large : large);
    nn_real *kept = node->memo_more = after ? state : nn_tape_numbers(tape, steps * small);
    const struct nn_tensor *start = node->in[START];
    nn_real *zero = nn_tape_numbers(tape, small);
    memset(zero, 0, small * sizeof *zero);
    nn_product(false, false, x->steps * rows, wide, x->columns, x->value, x->columns, node->in[WEIGHT_IN]->value, wide,
               false, gates, wide);
    for (size_t t = 0; t < steps; t++) {
        nn_real *s = after ? state + t * large : state;
        const nn_real *before = t ? out->value + (t - 1) * small : start ? start->value : zero;
        if (t || start)
            nn_product(false, false, rows, after ? wide : 2 * units, units, before, units, weight, wide, false, s,
                       wide);
        else
            memset(s, 0, large * sizeof *s);
        if (after) {
            step_after(rows, units, gates + t * large, s, bias_in, bias_state, before, out->value + t * small);
            continue;
        }
        step_before_gates(rows, units, gates + t * large, s, bias_in, bias_state, before, kept + t * small);
        if (t || start)
            nn_product(false, false, rows, units, units, kept + t * small, units, weight + 2 * units, wide, false,
                       s + 2 * units, wide);
        step_before_state(rows, units, gates + t * large, s, bias_in, bias_state, before, out->value + t * small);
    }
}

/* Gradients by the weights and biases and by the inputs, from those by the sums before the gates. */
static void weights_back(struct nn_node *node, const nn_real *gates, const nn_real *state, bool after)
{
    const struct nn_tensor *x = node->in[X], *weight_in = node->in[WEIGHT_IN], *weight = node->in[WEIGHT_STATE];
    const struct nn_tensor *out = node->out;
    int units = out->columns, wide = 3 * units, rows = x->steps * x->rows, later = rows - x->rows;
    size_t large = (size_t)x->rows * (size_t)wide, small = (size_t)x->rows * (size_t)units;
    if (weight->grad && later > 0) { /* without start, h before the first step is 0 */
        int columns = after ? wide : 2 * units;
        const nn_real *by_state = after ? state : gates;
        nn_product(true, false, units, columns, later, out->value, units, by_state + large, wide, true, weight->grad,
                   wide);
        if (!after)
            nn_product(true, false, units, units, later, node->memo_more + small, units, gates + large + 2 * units,
                       wide, true, weight->grad + 2 * units, wide);
    }
    if (weight->grad && node->in[START]) {
        nn_product(true, false, units, after ? wide : 2 * units, x->rows, node->in[START]->value, units,
                   after ? state : gates, wide, true, weight->grad, wide);
        if (!after)
            nn_product(true, false, units, units, x->rows, node->memo_more, units, gates + 2 * units, wide, true,
                       weight->grad + 2 * units, wide);
    }
    if (node->in[BIAS_IN]->grad)
        nn_add_column_sums(node->in[BIAS_IN]->grad, gates, (size_t)rows, wide, wide);
    if (node->in[BIAS_STATE]->grad)
        nn_add_column_sums(node->in[BIAS_STATE]->grad, after ? state : gates, (size_t)rows, wide, wide);
    if (weight_in->grad)
        nn_product(true, false, x->columns, wide, rows, x->value, x->columns, gates, wide, true, weight_in->grad, wide);
    if (x->grad)
        nn_product(false, true, rows, x->columns, wide, gates, wide, weight_in->value, wide, true, x->grad, x->columns);
}

void nn_gru_backward(struct nn_tape *tape, struct nn_node *node)
{
    const struct nn_tensor *x = node->in[X], *out = node->out;
    const nn_real *weight = node->in[WEIGHT_STATE]->value;
    int units = out->columns, wide = 3 * units, rows = x->rows;
    bool after = node->option[0] == NN_GRU_RESET_AFTER;
    size_t small = (size_t)rows * (size_t)units, large = 3 * small;
    nn_real *zero = nn_tape_numbers(tape, 3 * small), *nowhere = zero + small, *grad_kept = nowhere + small;
    const struct nn_tensor *start = node->in[START];
    memset(zero, 0, 2 * small * sizeof *zero);
    nn_real *turned = nn_tape_numbers(tape, (size_t)wide * (size_t)units); /* 3 units x units, for all steps */
    nn_turn(units, wide, weight, wide, turned, units);
    for (size_t t = (size_t)x->steps; t-- > 0;) {
        nn_real *gates = node->memo + t * large;
        const nn_real *before = t ? out->value + (t - 1) * small : start ? start->value : zero;
        const nn_real *grad = out->grad + t * small;
        nn_real *grad_before = t ? out->grad + (t - 1) * small : start && start->grad ? start->grad : nowhere;
        if (after) {
            nn_real *state = node->memo_more + t * large;
            step_after_back(rows, units, gates, state, before, grad, grad_before);
            if (t || start)
                nn_product(false, false, rows, units, wide, state, wide, turned, units, true, grad_before, units);
            continue;
        }
        step_before_state_back(rows, units, gates, before, grad, grad_before);
        nn_product(false, false, rows, units, units, gates + 2 * units, wide, turned + 2 * units * units, units, false,
                   grad_kept, units);
        step_before_gates_back(rows, units, gates, before, grad_kept, grad_before);
        if (t || start)
            nn_product(false, false, rows, units, 2 * units, gates, wide, turned, units, true, grad_before, units);
    }
    weights_back(node, node->memo, node->memo_more, after);
}
