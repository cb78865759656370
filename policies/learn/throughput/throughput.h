/* How much a group of m equal workers sustains, and how many of them a forecast load needs (Imai et al. 2017; Hu, Kang
 * and Zheng 2019, section 5 and algorithm 1; keys imai-2017, hu-2019). The time for a record has four terms with
 * weights that are not negative: serial work, parallel work, input and output to each worker, exchange between all:
 *     t(m) = w0 + w1/m + w2 m + w3 m^2,   sustainable throughput 1/t(m),   for a window of length T: T/t(m)
 * The terms are those that the paper names; their exponents are weir's reading of them. */
#ifndef WEIR_LEARN_THROUGHPUT_H
#define WEIR_LEARN_THROUGHPUT_H

#include <stdbool.h>
#include <stddef.h>

enum { THROUGHPUT_TERMS = 4 };

struct throughput {
    double weight[THROUGHPUT_TERMS]; /* seconds a record; not all 0 */
};

/* What was observed at saturation: records per second of m workers. */
struct throughput_sample {
    int workers; /* at least 1 */
    double per_s;
};

enum throughput_error {
    THROUGHPUT_OF_RATE, /* least squares of the relative error of the rate: sum (v_i phi(m_i) w - 1)^2 */
    THROUGHPUT_OF_TIME  /* of the error of the time: sum (phi(m_i) w - 1/v_i)^2 */
};

/* Fits the weights by non-negative least squares, exactly: of all subsets of the terms, the best whose solution has no
 * negative weight. Ties go to fewer terms. Errors: WEIR_EINPUT without samples, with workers below 1, or with rates
 * that are not finite and above 0. O(count). */
int throughput_fit(struct throughput *model, const struct throughput_sample *samples, size_t count,
                   enum throughput_error error);

/* Records per second of m workers; 0 if m < 1. */
double throughput_per_s(const struct throughput *model, int workers);

/* The number of workers, 1 to `most`, that sustains most; the least of equal ones. O(most). */
int throughput_best(const struct throughput *model, int most);

/* The least number of workers that sustains `per_s`; if none does, throughput_best, and *enough (unless NULL) is false.
 * O(most). */
int throughput_workers(const struct throughput *model, double per_s, int most, bool *enough);

/* TWRES: the number of workers for the next window.
 *     overload to come (load > what `workers` sustain): the least number that sustains it;
 *     else, if the last window's mean response time was above its limit: one more;
 *     else: the least number that sustains the load (some are given back).
 * `per_s` is the forecast load, headroom included; never more than the best number of workers. */
int throughput_twres(const struct throughput *model, int workers, double per_s, double response_s, double limit_s,
                     int most);

/* Non-negative least squares, min |A x - b|, for few columns by trying all subsets of them. A is [rows * columns], by
 * rows; columns at most THROUGHPUT_TERMS; x is [columns]. Returns |A x - b|. */
double throughput_nnls(const double *a, const double *b, size_t rows, int columns, double *x);

#endif
