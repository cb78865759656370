/* Accurate online support vector regression with weighted samples: after every insert, forget and change of weights the
 * state is the exact minimum, found by following the solution from one set of active samples to the next (Ma, Theiler
 * and Perkins 2003; with a penalty and a tube for each sample Hu, Kang and Zheng 2019; keys aosvr-2003, hu-2019).
 *
 * Samples i with inputs x_i, target y_i, penalty C_i and half tube width eps_i:
 *     min over theta  1/2 theta' K theta + sum eps_i |theta_i| - y' theta,   sum theta_i = 0,  -C_i <= theta_i <= C_i
 *     f(x) = sum theta_i k(x_i, x) + b,   k(x, z) = exp(-gamma |x - z|^2),   K_ij = k(x_i, x_j) + (i = j) jitter
 * The jitter keeps K positive definite where inputs repeat; 1e-6 is enough for series of whole numbers. */
#ifndef WEIR_LEARN_SVR_H
#define WEIR_LEARN_SVR_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/text.h"

struct svr_settings {
    int inputs;    /* length of x, at least 1 */
    int capacity;  /* most samples at once, at least 2 */
    double gamma;  /* of the kernel, above 0 */
    double jitter; /* not negative; 1e-6 unless inputs never repeat */
};

struct svr;

/* Owned by the caller. NULL with WEIR_EINPUT if a setting is out of range. O(capacity^2) memory. */
struct svr *svr_new(const struct svr_settings *settings);
void svr_free(struct svr *svr); /* NULL is fine */

/* Takes in a sample as the newest. Errors: WEIR_EINPUT if a number is not finite, C or eps is not above 0, or there is
 * no room (nothing has changed then); WEIR_ERUN if no minimum is found even with more jitter.
 * O(events * count * margin), where events are the samples that change their set on the way. */
int svr_insert(struct svr *svr, const double *x, double y, double c, double eps);

/* Forgets a sample: 0 is the oldest, count - 1 the newest. Errors: WEIR_EINPUT if there is none, WEIR_ERUN as above. */
int svr_forget(struct svr *svr, int age);

/* Moves all samples to new C and eps, arrays of count, oldest first. Errors as those of svr_insert. */
int svr_reweight(struct svr *svr, const double *c, const double *eps);

/* f(x); 0 without samples. O(count). */
double svr_predict(const struct svr *svr, const double *x);

int svr_count(const struct svr *svr);
int svr_capacity(const struct svr *svr);

enum svr_set { SVR_MARGIN, SVR_ERROR, SVR_REMAINING };

/* A sample as it stands. */
struct svr_sample {
    const double *x; /* borrowed, valid until the next change */
    double y, c, eps, theta;
    double h; /* f(x) - y, jitter included */
    enum svr_set set;
};
struct svr_sample svr_sample_at(const struct svr *svr, int age);

double svr_bias(const struct svr *svr);

/* The largest violation of the optimality conditions, in units of theta or y, from scratch: 0 is the exact minimum.
 * O(count^2). */
double svr_kkt(const struct svr *svr);

/* Counts since svr_new: changes of set, and solutions that were begun anew because rounding had spoilt them. */
struct svr_counts {
    long events, rebuilds;
};
struct svr_counts svr_counts_of(const struct svr *svr);

/* Appends the regression as bytes of this machine; svr_load takes them from *bytes and goes on as if nothing had
 * happened. NULL with WEIR_EINPUT if they are cut short or belong to other settings. */
void svr_save(const struct svr *svr, struct weir_text *to);
struct svr *svr_load(const struct svr_settings *settings, const char **bytes, size_t *left);

/* Weights by age, of sample i = 1 (oldest) to n (newest); C_i = C mu_i, eps_i = eps nu_i:
 *     exponential  mu = lambda^(n - i),                            nu = min(mu^(-1/2), widest)
 *     linear       mu = lambda + (1 - lambda) (i - 1) / (n - 1),   nu = 1 / mu
 *     sigmoid      mu = 2 / (1 + exp(a - 2 a i / n)),              nu = 1 / mu            (Tay and Cao 2002) */
enum svr_ageing { SVR_UNIFORM, SVR_EXPONENTIAL, SVR_LINEAR, SVR_SIGMOID };
struct svr_weights {
    enum svr_ageing ageing;
    double c, eps;
    double rate;   /* lambda, above 0 and at most 1, or a of the sigmoid */
    double widest; /* of the exponential, at least 1 */
};
/* Fills c[count] and eps[count], oldest first. */
void svr_weigh(const struct svr_weights *weights, int count, double *c, double *eps);

/* A step of a window that slides: forgets the oldest sample if there is no room, takes in the newest, and weighs all
 * anew. Errors as those of svr_insert. */
int svr_slide(struct svr *svr, const struct svr_weights *weights, const double *x, double y);

#endif
