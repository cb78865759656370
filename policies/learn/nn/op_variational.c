/* What variational nets need: bounded outputs, draws that gradients go through, and divergences of distributions. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "policies/learn/nn/elementary.h"
#include "policies/learn/nn/op_table.h"
#include "sim/base/real.h"

struct nn_tensor *nn_squash(struct nn_tape *tape, struct nn_tensor *x, double low, double high)
{
    assert(low < high);
    struct nn_node *node = nn_node_new(tape, &nn_ops[NN_OP_SQUASH], x->steps, x->rows, x->columns, 1, &x);
    node->memo = nn_tape_numbers(tape, 2);
    node->memo[0] = (nn_real)low;
    node->memo[1] = (nn_real)high;
    return nn_run(tape, node);
}

NN_OP_KERNEL(nn_squash_forward)
{
    const nn_real *x = node->in[0]->value;
    nn_real *restrict out = node->out->value, low = node->memo[0], range = node->memo[1] - low;
    size_t size = nn_size(node->out);
    for (size_t i = 0; i < size; i++)
        out[i] = low + range * nn_sigmoid_of(x[i]);
}

NN_OP_KERNEL(nn_squash_backward)
{
    const nn_real *out = node->out->value, *grad = node->out->grad;
    nn_real *restrict into = node->in[0]->grad, low = node->memo[0], high = node->memo[1], scale = 1 / (high - low);
    size_t size = nn_size(node->out);
    for (size_t i = 0; i < size; i++)
        into[i] += grad[i] * ((out[i] - low) * (high - out[i]) * scale);
}

struct nn_tensor *nn_gaussian_sample(struct nn_tape *tape, struct nn_tensor *mean, struct nn_tensor *log_variance)
{
    assert(mean->steps == log_variance->steps && mean->rows == log_variance->rows);
    assert(mean->columns == log_variance->columns);
    if (!tape->training)
        return mean;
    struct nn_tensor *in[] = {mean, log_variance};
    return nn_run(tape,
                  nn_node_new(tape, &nn_ops[NN_OP_GAUSSIAN_SAMPLE], mean->steps, mean->rows, mean->columns, 2, in));
}

void nn_gaussian_sample_forward(struct nn_tape *tape, struct nn_node *node)
{
    const nn_real *mean = node->in[0]->value, *log_variance = node->in[1]->value;
    size_t size = nn_size(node->out);
    nn_real *restrict off = node->memo = nn_tape_numbers(tape, size); /* from the mean */
    for (size_t i = 0; i < size; i++) {
        off[i] = (nn_real)weir_stream_normal(&tape->stream, 0, 1) * nn_exp(log_variance[i] / 2);
        node->out->value[i] = mean[i] + off[i];
    }
}

void nn_gaussian_sample_backward(struct nn_tape *tape, struct nn_node *node)
{
    const nn_real *grad = node->out->grad, *off = node->memo;
    nn_real *by_mean = node->in[0]->grad, *by_log_variance = node->in[1]->grad;
    size_t size = nn_size(node->out);
    for (size_t i = 0; by_mean && i < size; i++)
        by_mean[i] += grad[i];
    for (size_t i = 0; by_log_variance && i < size; i++)
        by_log_variance[i] += grad[i] * off[i] / 2;
}

enum { MEAN, LOG_VARIANCE, WEIGHTS, MEANS, LOG_VARIANCES };

struct nn_tensor *nn_mixture_divergence(struct nn_tape *tape, struct nn_tensor *mean, struct nn_tensor *log_variance,
                                        const struct nn_mixture *mixture)
{
    struct nn_tensor *weights = mixture->weights, *means = mixture->means, *log_variances = mixture->log_variances;
    assert(nn_size(mean) == nn_size(log_variance) && mean->columns == means->columns);
    assert(weights->steps == mean->steps && weights->rows == mean->rows && weights->columns == means->rows);
    assert(means->steps == 1 && nn_size(means) == nn_size(log_variances));
    struct nn_tensor *in[] = {mean, log_variance, weights, means, log_variances};
    return nn_run(tape, nn_node_new(tape, &nn_ops[NN_OP_MIXTURE_DIVERGENCE], 1, 1, 1, 5, in));
}

/* KL(N(mean, v) || N(mean', v')) summed over dimensions:
 *     sum_d [log v' - log v + (v + (mean - mean')^2) / v' - 1] / 2. precision is 1 / v'. */
static double divergence(int dimensions, const nn_real *mean, const nn_real *log_variance, const nn_real *variance,
                         const nn_real *other_mean, const nn_real *other_log_variance, const nn_real *precision)
{
    nn_real sum = 0;
    for (int d = 0; d < dimensions; d++) {
        nn_real off = mean[d] - other_mean[d];
        sum += other_log_variance[d] - log_variance[d] + (variance[d] + off * off) * precision[d] - 1;
    }
    return (double)sum / 2;
}

void nn_mixture_divergence_forward(struct nn_tape *tape, struct nn_node *node)
{
    const struct nn_tensor *mean = node->in[MEAN], *means = node->in[MEANS];
    const nn_real *log_variance = node->in[LOG_VARIANCE]->value, *log_variances = node->in[LOG_VARIANCES]->value;
    int dimensions = mean->columns, components = means->rows;
    size_t rows = (size_t)mean->steps * (size_t)mean->rows, size = nn_size(mean), prior_size = nn_size(means);
    nn_real *variance = node->memo = nn_tape_numbers(tape, size + rows * (size_t)components);
    nn_real *each = variance + size; /* the divergence from each component */
    nn_real *precision = node->memo_more = nn_tape_numbers(tape, prior_size);
    for (size_t i = 0; i < size; i++)
        variance[i] = nn_exp(log_variance[i]);
    for (size_t i = 0; i < prior_size; i++)
        precision[i] = nn_exp(-log_variances[i]);
    double sum = 0;
    for (size_t row = 0; row < rows; row++)
        for (int k = 0; k < components; k++) {
            size_t at = row * (size_t)dimensions, prior = (size_t)k * (size_t)dimensions,
                   cell = row * (size_t)components;
            double one = divergence(dimensions, mean->value + at, log_variance + at, variance + at,
                                    means->value + prior, log_variances + prior, precision + prior);
            each[cell + (size_t)k] = (nn_real)one;
            sum += one * (double)node->in[WEIGHTS]->value[cell + (size_t)k];
        }
    node->out->value[0] = (nn_real)(sum / (double)rows);
}

void nn_mixture_divergence_backward(struct nn_tape *tape, struct nn_node *node)
{
    const struct nn_tensor *mean = node->in[MEAN], *weights = node->in[WEIGHTS], *means = node->in[MEANS];
    struct nn_tensor *log_variance = node->in[LOG_VARIANCE], *log_variances = node->in[LOG_VARIANCES];
    size_t dimensions = (size_t)mean->columns, components = (size_t)means->rows;
    size_t rows = (size_t)mean->steps * (size_t)mean->rows;
    const nn_real *variance = node->memo, *each = node->memo + nn_size(mean);
    nn_real share = node->out->grad[0] / (nn_real)rows;
    for (size_t row = 0; row < rows; row++)
        for (size_t k = 0; k < components; k++) {
            nn_real weight = share * weights->value[row * components + k];
            if (weights->grad)
                weights->grad[row * components + k] += share * each[row * components + k];
            for (size_t d = 0; d < dimensions; d++) {
                size_t at = row * dimensions + d, prior = k * dimensions + d;
                nn_real precision = node->memo_more[prior], off = mean->value[at] - means->value[prior];
                if (mean->grad)
                    mean->grad[at] += weight * off * precision;
                if (means->grad)
                    means->grad[prior] -= weight * off * precision;
                if (log_variance->grad)
                    log_variance->grad[at] += weight / 2 * (variance[at] * precision - 1);
                if (log_variances->grad)
                    log_variances->grad[prior] += weight / 2 * (1 - (variance[at] + off * off) * precision);
            }
        }
}

struct nn_tensor *nn_categorical_divergence(struct nn_tape *tape, struct nn_tensor *logits, struct nn_tensor *prior)
{
    assert(!prior || nn_size(prior) == (size_t)logits->columns);
    struct nn_tensor *in[] = {logits, prior};
    return nn_run(tape, nn_node_new(tape, &nn_ops[NN_OP_CATEGORICAL_DIVERGENCE], 1, 1, 1, 2, in));
}

/* Logarithms of a softmax. */
static void log_softmax(const nn_real *logits, int columns, nn_real *out)
{
    double sum = 0, largest = (double)logits[0];
    for (int i = 1; i < columns; i++)
        largest = fmax(largest, (double)logits[i]);
    for (int i = 0; i < columns; i++)
        sum += weir_exp((double)logits[i] - largest);
    for (int i = 0; i < columns; i++)
        out[i] = (nn_real)((double)logits[i] - largest - weir_log(sum));
}

void nn_categorical_divergence_forward(struct nn_tape *tape, struct nn_node *node)
{
    const struct nn_tensor *logits = node->in[0], *prior = node->in[1];
    int columns = logits->columns;
    size_t rows = nn_size(logits) / (size_t)columns;
    nn_real *logs = node->memo = nn_tape_numbers(tape, nn_size(logits));
    nn_real *prior_logs = node->memo_more = nn_tape_numbers(tape, (size_t)columns);
    double sum = 0;
    for (int i = 0; i < columns; i++)
        prior_logs[i] = prior ? prior->value[i] : 0;
    log_softmax(prior_logs, columns, prior_logs);
    for (size_t row = 0; row < rows; row++) {
        nn_real *log_of = logs + row * (size_t)columns;
        log_softmax(logits->value + row * (size_t)columns, columns, log_of);
        for (int i = 0; i < columns; i++)
            sum += weir_exp((double)log_of[i]) * (double)(log_of[i] - prior_logs[i]);
    }
    node->out->value[0] = (nn_real)(sum / (double)rows);
}

void nn_categorical_divergence_backward(struct nn_tape *tape, struct nn_node *node)
{
    struct nn_tensor *logits = node->in[0], *prior = node->in[1];
    int columns = logits->columns;
    size_t rows = nn_size(logits) / (size_t)columns;
    const nn_real *prior_logs = node->memo_more;
    double share = (double)node->out->grad[0] / (double)rows;
    for (size_t row = 0; row < rows; row++) {
        const nn_real *log_of = node->memo + row * (size_t)columns;
        double all = 0; /* the row's divergence */
        for (int i = 0; i < columns; i++)
            all += weir_exp((double)log_of[i]) * (double)(log_of[i] - prior_logs[i]);
        for (int i = 0; i < columns; i++) {
            double p = weir_exp((double)log_of[i]);
            if (logits->grad)
                logits->grad[row * (size_t)columns + (size_t)i] +=
                    (nn_real)(share * p * ((double)(log_of[i] - prior_logs[i]) - all));
            if (prior && prior->grad)
                prior->grad[i] += (nn_real)(share * (weir_exp((double)prior_logs[i]) - p));
        }
    }
}
