/* Elementary functions of double whose results are the same bits on every processor and under every C library: made of
 * + - * / and roots, which IEEE 754 rounds in one way, of tables, and of operations on bits, and built without fused
 * operations. Those of a C library are not: they take other paths with and without fused multiply-add, and change from
 * release to release. Everything of weir that reaches a result calls these (scripts/check-layers sees to it). Functions
 * that round exactly (sqrt, fabs, floor, ceil, fmod, ldexp, frexp, ...) are the C library's.
 *
 * Errors are given in units in the last place of the result, and are those of results that are not subnormal. NaN gives
 * NaN; other special values give what C's Annex F says. errno and the floating-point exceptions mean nothing. */
#ifndef WEIR_BASE_REAL_H
#define WEIR_BASE_REAL_H

double weir_exp(double x); /* error below 0.55 */

double weir_log(double x);   /* error below 0.51, as in the next two */
double weir_log2(double x);  /* exact for powers of 2 */
double weir_log10(double x); /* exact for powers of 10 */
double weir_log1p(double x); /* log(1 + x); error below 0.7 */

double weir_pow(double x, double y); /* error below 0.56; exact where the result is a double */

/* Any angle, in radians. Error below 0.8. */
double weir_sin(double x);
double weir_cos(double x);

/* Angle of (x, y) in -pi to pi. Error below 1.1. */
double weir_atan2(double y, double x);
double weir_asin(double x); /* error below 2.2 */
double weir_tanh(double x); /* error below 5 */

double weir_erf(double x);   /* error below 4 */
double weir_erfc(double x);  /* 1 - erf(x); error below 8 */
double weir_gamma(double x); /* the gamma function, x > 0; error below 32 */

#endif
