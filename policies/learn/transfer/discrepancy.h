/* How unlike two samples are, as operations of nets, so that training can bring them together. Samples are rows of
 * features: 1 x n x d and 1 x m x d, n and m at least 1. Kernels are k(p, q) = exp(-|p - q|^2 / (2 s2)). */
#ifndef WEIR_LEARN_TRANSFER_DISCREPANCY_H
#define WEIR_LEARN_TRANSFER_DISCREPANCY_H

#include "policies/learn/nn/tape.h"

enum transfer_op_kind { TRANSFER_OP_MMD, TRANSFER_OP_CMMD, TRANSFER_OP_COUNT };
extern const struct nn_op transfer_ops[TRANSFER_OP_COUNT];

/* s2 by the usual rule: 2 s2 is the median of the squared distances of all pairs of rows of both; at least 1e-8. No
 * gradient goes through it. */
double transfer_bandwidth(const struct nn_tensor *a, const struct nn_tensor *b);

/* Squared maximum mean discrepancy [gretton-2012]:
 *     1/n^2 sum k(a_i, a_j) + 1/m^2 sum k(b_i, b_j) - 2/(n m) sum k(a_i, b_j). */
struct nn_tensor *transfer_mmd(struct nn_tape *tape, struct nn_tensor *a, struct nn_tensor *b, double s2);

/* Squared conditional discrepancy of outputs y given features x [ren-2016]: with I. = (K. + ridge 1)^-1,
 *     tr(Ka Ia La Ia) + tr(Kb Ib Lb Ib) - 2 tr(Kab' Ia Lab Ib),
 * K the kernels of features (s2_x), L those of outputs (s2_y). ridge > 0; about 0.1 times the number of rows. */
struct nn_tensor *transfer_cmmd(struct nn_tape *tape, struct nn_tensor *a, struct nn_tensor *ya, struct nn_tensor *b,
                                struct nn_tensor *yb, double s2_x, double s2_y, double ridge);

#endif
