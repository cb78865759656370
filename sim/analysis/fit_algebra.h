/* Small symmetric matrices, n x n with n at most FIT_KEYS, row after row. */
#ifndef WEIR_ANALYSIS_FIT_ALGEBRA_H
#define WEIR_ANALYSIS_FIT_ALGEBRA_H

/* Eigenvalues, ascending, and eigenvectors: vector[k * n + i] is element i of the k-th, of length 1. Jacobi's method;
 * the matrix is destroyed. */
void fit_eigen(double *matrix, int n, double *value, double *vector);

/* x' matrix y */
double fit_form(const double *matrix, int n, const double *x, const double *y);

#endif
