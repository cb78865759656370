#include "policies/learn/transfer/discrepancy.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/nn/elementary.h"
#include "policies/learn/nn/product.h"
#include "sim/base/memory.h"

static double squared_distance(const nn_real *p, const nn_real *q, int columns)
{
    double sum = 0;
    for (int i = 0; i < columns; i++)
        sum += (double)(p[i] - q[i]) * (double)(p[i] - q[i]);
    return sum;
}

static int ascending(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return a < b ? -1 : a > b;
}

double transfer_bandwidth(const struct nn_tensor *a, const struct nn_tensor *b)
{
    int rows = a->rows + b->rows, columns = a->columns;
    size_t pairs = (size_t)rows * (size_t)(rows - 1) / 2, at = 0;
    double *squares = weir_alloc(pairs, sizeof *squares);
    for (int i = 0; i < rows; i++) {
        const nn_real *p = i < a->rows ? a->value + i * columns : b->value + (i - a->rows) * columns;
        for (int j = i + 1; j < rows; j++) {
            const nn_real *q = j < a->rows ? a->value + j * columns : b->value + (j - a->rows) * columns;
            squares[at++] = squared_distance(p, q, columns);
        }
    }
    qsort(squares, pairs, sizeof *squares, ascending);
    double median = (squares[(pairs - 1) / 2] + squares[pairs / 2]) / 2;
    free(squares);
    return median / 2 > 1e-8 ? median / 2 : 1e-8;
}

/* k of all pairs of rows: p's rows x q's rows. */
static nn_real *gram(struct nn_tape *tape, const struct nn_tensor *p, const struct nn_tensor *q, double s2)
{
    nn_real *kernel = nn_tape_numbers(tape, (size_t)p->rows * (size_t)q->rows);
    for (int i = 0; i < p->rows; i++)
        for (int j = 0; j < q->rows; j++) {
            double square = squared_distance(p->value + i * p->columns, q->value + j * q->columns, p->columns);
            kernel[i * q->rows + j] = nn_exp((nn_real)(-square / (2 * s2)));
        }
    return kernel;
}

/* From the gradient by the kernels to those by the points, which may be one tensor twice:
 * d k(p, q) / d p = -k (p - q) / s2. */
static void gram_back(struct nn_tensor *p, struct nn_tensor *q, const nn_real *kernel, const nn_real *grad,
                      nn_real factor, double s2)
{
    int columns = p->columns;
    for (int i = 0; i < p->rows; i++)
        for (int j = 0; j < q->rows; j++) {
            nn_real weight = factor * grad[i * q->rows + j] * kernel[i * q->rows + j] / (nn_real)s2;
            for (int c = 0; c < columns; c++) {
                nn_real pull = weight * (p->value[i * columns + c] - q->value[j * columns + c]);
                if (p->grad)
                    p->grad[i * columns + c] -= pull;
                if (q->grad)
                    q->grad[j * columns + c] += pull;
            }
        }
}

/* The bandwidths of a node, in its memo, since they are not whole numbers. */
static void keep_bandwidths(struct nn_tape *tape, struct nn_node *node, double s2_x, double s2_y)
{
    node->memo = nn_tape_numbers(tape, 2);
    node->memo[0] = (nn_real)s2_x;
    node->memo[1] = (nn_real)s2_y;
}

struct nn_tensor *transfer_mmd(struct nn_tape *tape, struct nn_tensor *a, struct nn_tensor *b, double s2)
{
    assert(a->steps == 1 && b->steps == 1 && a->columns == b->columns && s2 > 0);
    struct nn_tensor *in[] = {a, b};
    struct nn_node *node = nn_node_new(tape, &transfer_ops[TRANSFER_OP_MMD], 1, 1, 1, 2, in);
    keep_bandwidths(tape, node, s2, 1);
    return nn_run(tape, node);
}

/* The three parts: rows a with a, b with b, a with b; and what a kernel of each counts. */
static void mmd_parts(const struct nn_node *node, struct nn_tensor *parts[3][2], double weights[3])
{
    struct nn_tensor *a = node->in[0], *b = node->in[1];
    struct nn_tensor *all[3][2] = {{a, a}, {b, b}, {a, b}};
    memcpy(parts, all, sizeof all);
    weights[0] = 1.0 / a->rows / a->rows;
    weights[1] = 1.0 / b->rows / b->rows;
    weights[2] = -2.0 / a->rows / b->rows;
}

static void mmd_forward(struct nn_tape *tape, struct nn_node *node)
{
    struct nn_tensor *parts[3][2];
    double weights[3], value = 0;
    mmd_parts(node, parts, weights);
    for (int k = 0; k < 3; k++) {
        const nn_real *kernel = gram(tape, parts[k][0], parts[k][1], (double)node->memo[0]);
        double sum = 0;
        for (int i = 0; i < parts[k][0]->rows * parts[k][1]->rows; i++)
            sum += (double)kernel[i];
        value += weights[k] * sum;
    }
    node->out->value[0] = (nn_real)value;
}

static void mmd_backward(struct nn_tape *tape, struct nn_node *node)
{
    struct nn_tensor *parts[3][2];
    double weights[3], s2 = (double)node->memo[0];
    mmd_parts(node, parts, weights);
    for (int k = 0; k < 3; k++) {
        int size = parts[k][0]->rows * parts[k][1]->rows;
        nn_real *ones = nn_tape_numbers(tape, (size_t)size);
        for (int i = 0; i < size; i++)
            ones[i] = 1;
        gram_back(parts[k][0], parts[k][1], gram(tape, parts[k][0], parts[k][1], s2), ones,
                  node->out->grad[0] * (nn_real)weights[k], s2);
    }
}

/* A matrix on the tape. */
struct matrix {
    int rows, columns;
    nn_real *values;
};

static struct matrix matrix_new(struct nn_tape *tape, int rows, int columns)
{
    return (struct matrix){rows, columns, nn_tape_numbers(tape, (size_t)rows * (size_t)columns)};
}

static struct matrix times(struct nn_tape *tape, struct matrix a, struct matrix b)
{
    struct matrix out = matrix_new(tape, a.rows, b.columns);
    nn_product(false, false, a.rows, b.columns, a.columns, a.values, a.columns, b.values, b.columns, false, out.values,
               b.columns);
    return out;
}

/* a' b, and a b'. */
static struct matrix turned_times(struct nn_tape *tape, struct matrix a, struct matrix b)
{
    struct matrix out = matrix_new(tape, a.columns, b.columns);
    nn_product(true, false, a.columns, b.columns, a.rows, a.values, a.columns, b.values, b.columns, false, out.values,
               b.columns);
    return out;
}

static struct matrix times_turned(struct nn_tape *tape, struct matrix a, struct matrix b)
{
    struct matrix out = matrix_new(tape, a.rows, b.rows);
    nn_product(false, true, a.rows, b.rows, a.columns, a.values, a.columns, b.values, b.columns, false, out.values,
               b.rows);
    return out;
}

/* (k + ridge 1)^-1 of a kernel's matrix, which is then positive definite: Gauss and Jordan, without looking for pivots.
 */
static struct matrix inverse(struct nn_tape *tape, struct matrix k, double ridge)
{
    int n = k.rows;
    double *work = weir_alloc((size_t)n * (size_t)(2 * n), sizeof *work);
    struct matrix out = matrix_new(tape, n, n);
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++)
            work[i * 2 * n + j] = (double)k.values[i * n + j] + (i == j ? ridge : 0);
        work[i * 2 * n + n + i] = 1;
    }
    for (int p = 0; p < n; p++) {
        double *pivot = work + p * 2 * n, scale = 1 / pivot[p];
        for (int j = p; j < 2 * n; j++)
            pivot[j] *= scale;
        for (int i = 0; i < n; i++) {
            double *row = work + i * 2 * n, factor = row[p];
            for (int j = p; i != p && j < 2 * n; j++)
                row[j] -= factor * pivot[j];
        }
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            out.values[i * n + j] = (nn_real)work[i * 2 * n + n + j];
    free(work);
    return out;
}

static double dot(struct matrix a, struct matrix b)
{
    double sum = 0;
    for (int i = 0; i < a.rows * a.columns; i++)
        sum += (double)a.values[i] * (double)b.values[i];
    return sum;
}

/* What both passes need: kernels and inverses; a sandwich is I. M I. */
struct conditional {
    struct matrix ka, kb, kab, la, lb, lab, ia, ib;
    struct matrix sandwich_a, sandwich_b, sandwich_ab; /* Ia La Ia, Ib Lb Ib, Ia Lab Ib */
};

enum { A, YA, B, YB };

static struct matrix kernel_of(struct nn_tape *tape, const struct nn_node *node, int p, int q)
{
    double s2 = (double)node->memo[p == YA || p == YB];
    return (struct matrix){node->in[p]->rows, node->in[q]->rows, gram(tape, node->in[p], node->in[q], s2)};
}

static struct matrix sandwich(struct nn_tape *tape, struct matrix left, struct matrix middle, struct matrix right)
{
    return times(tape, times(tape, left, middle), right);
}

static struct conditional conditional_of(struct nn_tape *tape, const struct nn_node *node)
{
    struct conditional c = {
        .ka = kernel_of(tape, node, A, A),
        .kb = kernel_of(tape, node, B, B),
        .kab = kernel_of(tape, node, A, B),
        .la = kernel_of(tape, node, YA, YA),
        .lb = kernel_of(tape, node, YB, YB),
        .lab = kernel_of(tape, node, YA, YB),
    };
    c.ia = inverse(tape, c.ka, (double)node->number);
    c.ib = inverse(tape, c.kb, (double)node->number);
    c.sandwich_a = sandwich(tape, c.ia, c.la, c.ia);
    c.sandwich_b = sandwich(tape, c.ib, c.lb, c.ib);
    c.sandwich_ab = sandwich(tape, c.ia, c.lab, c.ib);
    return c;
}

struct nn_tensor *transfer_cmmd(struct nn_tape *tape, struct nn_tensor *a, struct nn_tensor *ya, struct nn_tensor *b,
                                struct nn_tensor *yb, double s2_x, double s2_y, double ridge)
{
    assert(a->steps == 1 && b->steps == 1 && a->columns == b->columns && ya->columns == yb->columns);
    assert(a->rows == ya->rows && b->rows == yb->rows && s2_x > 0 && s2_y > 0 && ridge > 0);
    struct nn_tensor *in[] = {a, ya, b, yb};
    struct nn_node *node = nn_node_new(tape, &transfer_ops[TRANSFER_OP_CMMD], 1, 1, 1, 4, in);
    keep_bandwidths(tape, node, s2_x, s2_y);
    node->number = (nn_real)ridge;
    return nn_run(tape, node);
}

static void cmmd_forward(struct nn_tape *tape, struct nn_node *node)
{
    struct conditional c = conditional_of(tape, node);
    /* kernels and sandwiches are symmetric, so that the traces are sums of products place by place */
    node->out->value[0] = (nn_real)(dot(c.ka, c.sandwich_a) + dot(c.kb, c.sandwich_b) - 2 * dot(c.kab, c.sandwich_ab));
}

/* Gradient by K of one side: S - (S K I) - (S K I)' + 2 cross, S being its sandwich and I its inverse. */
static struct matrix by_side(struct nn_tape *tape, struct matrix s, struct matrix k, struct matrix i,
                             struct matrix cross)
{
    struct matrix ski = sandwich(tape, s, k, i), out = matrix_new(tape, s.rows, s.rows);
    int n = s.rows;
    for (int r = 0; r < n; r++)
        for (int q = 0; q < n; q++)
            out.values[r * n + q] =
                s.values[r * n + q] - ski.values[r * n + q] - ski.values[q * n + r] + 2 * cross.values[r * n + q];
    return out;
}

static void cmmd_backward(struct nn_tape *tape, struct nn_node *node)
{
    struct conditional c = conditional_of(tape, node);
    struct nn_tensor *a = node->in[A], *b = node->in[B], *ya = node->in[YA], *yb = node->in[YB];
    nn_real grad = node->out->grad[0];
    double s2_x = (double)node->memo[0], s2_y = (double)node->memo[1];
    struct matrix pab = sandwich(tape, c.ia, c.kab, c.ib);
    struct matrix cross_a = times_turned(tape, pab, times(tape, c.ia, c.lab)); /* Ia Kab Ib Lab' Ia */
    struct matrix cross_b = turned_times(tape, times(tape, c.lab, c.ib), pab); /* Ib Lab' Ia Kab Ib */
    gram_back(a, a, c.ka.values, by_side(tape, c.sandwich_a, c.ka, c.ia, cross_a).values, grad, s2_x);
    gram_back(b, b, c.kb.values, by_side(tape, c.sandwich_b, c.kb, c.ib, cross_b).values, grad, s2_x);
    gram_back(a, b, c.kab.values, c.sandwich_ab.values, -2 * grad, s2_x);
    if (ya->grad || yb->grad) {
        gram_back(ya, ya, c.la.values, sandwich(tape, c.ia, c.ka, c.ia).values, grad, s2_y);
        gram_back(yb, yb, c.lb.values, sandwich(tape, c.ib, c.kb, c.ib).values, grad, s2_y);
        gram_back(ya, yb, c.lab.values, pab.values, -2 * grad, s2_y);
    }
}

const struct nn_op transfer_ops[TRANSFER_OP_COUNT] = {
    [TRANSFER_OP_MMD] = {"mmd", mmd_forward, mmd_backward},
    [TRANSFER_OP_CMMD] = {"cmmd", cmmd_forward, cmmd_backward},
};
