/* The operations. Shapes are written steps x rows x columns; see tape.h. Each has a row in nn_ops, and each row a
 * gradient check in tests/learn/nn. */
#ifndef WEIR_LEARN_NN_OPS_H
#define WEIR_LEARN_NN_OPS_H

#include "policies/learn/nn/tape.h"

enum nn_op_kind {
    NN_OP_ADD,
    NN_OP_SCALE,
    NN_OP_RELU,
    NN_OP_TANH,
    NN_OP_SIGMOID,
    NN_OP_DENSE,
    NN_OP_CONVOLUTION,
    NN_OP_MAX_POOL,
    NN_OP_MEAN_STEPS,
    NN_OP_DROPOUT,
    NN_OP_GRU,
    NN_OP_SQUARED_ERROR,
    NN_OP_MULTIPLY,
    NN_OP_MATMUL,
    NN_OP_SOFTMAX,
    NN_OP_GAUSSIAN_ERROR,
    NN_OP_SQUASH,
    NN_OP_JOIN,
    NN_OP_STACK,
    NN_OP_GAUSSIAN_SAMPLE,
    NN_OP_MIXTURE_DIVERGENCE,
    NN_OP_CATEGORICAL_DIVERGENCE,
    NN_OP_ADAPTIVE_GRAPH,
    NN_OP_LOOKUP,
    NN_OP_CROSS_ENTROPY,
    NN_OP_COUNT
};
extern const struct nn_op nn_ops[NN_OP_COUNT];

/* a + b, of one shape. */
struct nn_tensor *nn_add(struct nn_tape *tape, struct nn_tensor *a, struct nn_tensor *b);

/* factor * x. */
struct nn_tensor *nn_scale(struct nn_tape *tape, struct nn_tensor *x, double factor);

/* max(x, 0), its gradient at 0 being 0; tanh(x); 1 / (1 + exp(-x)). */
struct nn_tensor *nn_relu(struct nn_tape *tape, struct nn_tensor *x);
struct nn_tensor *nn_tanh(struct nn_tape *tape, struct nn_tensor *x);
struct nn_tensor *nn_sigmoid(struct nn_tape *tape, struct nn_tensor *x);

/* Each row times `weight` (1 x columns of x x outputs) plus `bias` (1 x 1 x outputs, may be NULL). */
struct nn_tensor *nn_dense(struct nn_tape *tape, struct nn_tensor *x, struct nn_tensor *weight, struct nn_tensor *bias);

/* Convolution along the steps, for each row by itself:
 *     out[t] = bias + sum_{j < kernel} x[t + j * dilation - before] weight[j],    x is 0 outside its steps.
 * weight: 1 x (kernel * columns of x) x outputs, one block of rows a j; bias: 1 x 1 x outputs. There are
 * steps + before + after - (kernel - 1) * dilation steps of output, at least one. before = (kernel - 1) * dilation and
 * after = 0 is the causal convolution: no output sees a later step. kernel = steps without padding makes one step that
 * is a dense layer of all inputs. */
struct nn_convolution_shape {
    int kernel, dilation, before, after; /* dilation 0 counts as 1 */
};
struct nn_tensor *nn_convolution(struct nn_tape *tape, struct nn_tensor *x, struct nn_tensor *weight,
                                 struct nn_tensor *bias, const struct nn_convolution_shape *shape);

/* The largest of `size` neighbouring steps, then of the next `size`; what is left over at the end is left out. The
 * gradient goes to the first of equal ones. */
struct nn_tensor *nn_max_pool(struct nn_tape *tape, struct nn_tensor *x, int size);

/* Mean over the steps: 1 x rows x columns. */
struct nn_tensor *nn_mean_steps(struct nn_tape *tape, struct nn_tensor *x);

/* While training, each number is 0 with probability `share`, 0 <= share < 1, and x / (1 - share) else; x itself when
 * not training or where share is 0. The share is taken to the nearest 1/65536. */
struct nn_tensor *nn_dropout(struct nn_tape *tape, struct nn_tensor *x, double share);

/* Where the reset gate r of a GRU enters. Both with sigmoid gates r and z, each made of x_t and h_{t-1}:
 *     h_t = (1 - z) n + z h_{t-1},       h_{-1} = 0
 *     after:  n = tanh(x W_n + b_n + r (h_{t-1} U_n + c_n))     as common libraries have it [cho-2014, in the form
 *                                                               that needs one product less a step]
 *     before: n = tanh(x W_n + b_n + (r h_{t-1}) U_n + c_n)     [armah-2025], whose update gate u is 1 - z
 * Trained weights of one do not fit the other. */
enum nn_gru_reset { NN_GRU_RESET_AFTER, NN_GRU_RESET_BEFORE };

/* One GRU layer over all steps: steps x rows x units. weight_in: 1 x columns x 3 units, weight_state: 1 x units x 3
 * units, biases 1 x 1 x 3 units; their columns are the gates r, z, n in this order. */
struct nn_tensor *nn_gru(struct nn_tape *tape, struct nn_tensor *x, struct nn_tensor *weight_in,
                         struct nn_tensor *weight_state, struct nn_tensor *bias_in, struct nn_tensor *bias_state,
                         enum nn_gru_reset reset);

/* The same with a state h_{-1} of its own, 1 x rows x units (NULL: 0): for nets whose input of a step depends on the
 * state before it, and that take a step at a time. */
struct nn_tensor *nn_gru_from(struct nn_tape *tape, struct nn_tensor *x, struct nn_tensor *weight_in,
                              struct nn_tensor *weight_state, struct nn_tensor *bias_in, struct nn_tensor *bias_state,
                              enum nn_gru_reset reset, struct nn_tensor *start);

/* Mean of (a - b)^2 over all numbers, of one shape: 1 x 1 x 1. */
struct nn_tensor *nn_squared_error(struct nn_tape *tape, struct nn_tensor *a, struct nn_tensor *b);

/* a * b, number by number, of one shape. */
struct nn_tensor *nn_multiply(struct nn_tape *tape, struct nn_tensor *a, struct nn_tensor *b);

/* For each step the matrix product of a and b, or with `turned` of a and b' ; one of them may have a single step, which
 * then goes with each of the other's. A graph convolution is the product of a graph's normalised matrix (1 x nodes x
 * nodes) with a dense layer of the nodes' features; attention of queries q to keys k with values v is the product of
 * softmax(q k' / sqrt(columns)) with v. */
struct nn_tensor *nn_matmul(struct nn_tape *tape, struct nn_tensor *a, struct nn_tensor *b, bool turned);

/* exp(x) of each row, divided by its sum. */
struct nn_tensor *nn_softmax(struct nn_tape *tape, struct nn_tensor *x);

/* softmax((logits + g) / temperature), g drawn from Gumbel's distribution by the tape's stream: near a draw of one
 * column a row, with gradients [jang-2017]. */
struct nn_tensor *nn_gumbel_softmax(struct nn_tape *tape, struct nn_tensor *logits, double temperature);

/* Mean of -log N(wanted; mean, exp(log_variance)) over all numbers, of one shape: 1 x 1 x 1. */
struct nn_tensor *nn_gaussian_error(struct nn_tape *tape, struct nn_tensor *mean, struct nn_tensor *log_variance,
                                    struct nn_tensor *wanted);

/* low + (high - low) / (1 + exp(-x)): between the two, whatever x is. */
struct nn_tensor *nn_squash(struct nn_tape *tape, struct nn_tensor *x, double low, double high);

/* The columns of a, then those of b; their steps and rows are the same. */
struct nn_tensor *nn_join(struct nn_tape *tape, struct nn_tensor *a, struct nn_tensor *b);

/* The steps of all parts, one after the other; at least one part, their rows and columns are the same. */
struct nn_tensor *nn_stack(struct nn_tape *tape, struct nn_tensor *const *parts, int count);

/* A draw of N(mean, exp(log_variance)) by the tape's stream, with gradients by both [kingma-2014]; the mean itself when
 * not training. Of one shape. */
struct nn_tensor *nn_gaussian_sample(struct nn_tape *tape, struct nn_tensor *mean, struct nn_tensor *log_variance);

/* Divergence of q = N(mean, diag exp(log_variance)) from components N_k softly assigned with weights c: the mean over
 * steps and rows of
 *     sum_k c_k KL(q || N_k) = E_q[log q - log prod_k N_k^{c_k}],  the product not normalised,
 * which by convexity is at least KL(q || sum_k c_k N_k): 1 x 1 x 1. mean, log_variance: columns d; weights: columns K,
 * of the same steps and rows; means, log_variances of the components: 1 x K x d. */
struct nn_mixture {
    struct nn_tensor *weights, *means, *log_variances;
};
struct nn_tensor *nn_mixture_divergence(struct nn_tape *tape, struct nn_tensor *mean, struct nn_tensor *log_variance,
                                        const struct nn_mixture *mixture);

/* KL(Cat(softmax(logits)) || Cat(softmax(prior))), the mean over steps and rows: 1 x 1 x 1. prior: 1 x 1 x columns, or
 * NULL for the uniform one. */
struct nn_tensor *nn_categorical_divergence(struct nn_tape *tape, struct nn_tensor *logits, struct nn_tensor *prior);

/* A graph learnt with the rest: softmax(relu(from to')) of the rows, from and to being 1 x nodes x numbers that stand
 * for a node: 1 x nodes x nodes [wu-2019]. */
struct nn_tensor *nn_adaptive_graph(struct nn_tape *tape, struct nn_tensor *from, struct nn_tensor *to);

/* A graph convolution without its weights, which are a dense layer: D^-1/2 (A + I) D^-1/2 x [kipf-2017] of a graph
 * whose rows sum to 1, as those above: D is 2 then, and the result (A x + x) / 2. x is 1 x (nodes * batch) x columns,
 * the rows of a node being neighbours. */
struct nn_tensor *nn_graph_mix(struct nn_tape *tape, struct nn_tensor *graph, struct nn_tensor *x);

/* Rows of a table (1 x rows x columns): out[i] = table[which[i]], 1 x count x columns. `which` is copied. */
struct nn_tensor *nn_lookup(struct nn_tape *tape, struct nn_tensor *table, const int *which, int count);

/* Mean, weighted where `weights` is not NULL, of -y log p - caution (1 - y) log(1 - p), p = sigmoid(logits), y =
 * wanted, 0..1: 1 x 1 x 1. No gradient goes to wanted and weights. */
struct nn_tensor *nn_cross_entropy(struct nn_tape *tape, struct nn_tensor *logits, struct nn_tensor *wanted,
                                   struct nn_tensor *weights, double caution);

#endif
