/* Student's distribution of t, with n > 0 degrees of freedom. */
#ifndef WEIR_BASE_STUDENT_H
#define WEIR_BASE_STUDENT_H

/* Probability of more than t, t >= 0; relative error below 1e-11, however far out t is, up to some 10^4 degrees,
 * and n times 1e-17 beyond. */
double weir_student_above(double t, double n);

/* The t >= 0 above which the probability is p, 0 < p <= 1/2. */
double weir_student_quantile_above(double p, double n);

#endif
