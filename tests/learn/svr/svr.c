/* Online support vector regression: small cases by hand, weighted samples, near-singular kernels, bad input. */
#include "policies/learn/svr/svr.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/random.h"
#include "tests/support/test.h"

static struct svr *make(int inputs, int capacity, double gamma)
{
    return svr_new(&(struct svr_settings){.inputs = inputs, .capacity = capacity, .gamma = gamma, .jitter = 1e-6});
}

/* Two samples far apart (k = 0): f(x_1) = theta_1 (1 + jitter) + b with theta_2 = -theta_1. Targets 0 and 2, eps 0.5:
 * b = 1, theta = -+0.5 / (1 + 1e-6), edges at 0.5 and 1.5. With C = 0.2 both stop at their bound. */
static void by_hand(void)
{
    static const double bounds[] = {10, 0.2};
    for (int i = 0; i < 2; i++) {
        struct svr *svr = make(1, 4, 1);
        double theta = fmin(bounds[i], 0.5 / (1 + 1e-6)), near = 0, far = 100;
        CHECK_NEAR(svr_predict(svr, &near), 0, 0);
        CU_ASSERT(svr_insert(svr, &near, 0, bounds[i], 0.5) == 0);
        CHECK_NEAR(svr_predict(svr, &far), 0, 0);
        CU_ASSERT(svr_insert(svr, &far, 2, bounds[i], 0.5) == 0);
        CHECK_NEAR(svr_sample_at(svr, 0).theta, -theta, 1e-12);
        CHECK_NEAR(svr_sample_at(svr, 1).theta, theta, 1e-12);
        CHECK_NEAR(svr_predict(svr, &far) - svr_predict(svr, &near), 2 * theta, 1e-12);
        CHECK_NEAR(svr_kkt(svr), 0, 1e-12);
        CU_ASSERT(svr_forget(svr, 0) == 0 && svr_count(svr) == 1);
        CHECK_NEAR(svr_sample_at(svr, 0).theta, 0, 0);
        CU_ASSERT(fabs(svr_predict(svr, &far) - 2) <= 0.5 + 1e-12);
        CU_ASSERT(svr_forget(svr, 0) == 0 && svr_count(svr) == 0);
        svr_free(svr);
    }
}

/* The lines of the reference, operation by operation. */
static void reference(void)
{
    static const double at[4][2] = {{0, 0}, {1, -1}, {-1.5, 0.5}, {0.3, 1.7}};
    FILE *file = fopen("tests/data/svr-reference.csv", "r");
    CU_ASSERT_FATAL(file != NULL);
    struct svr *svr = make(2, 60, 1.5);
    double c[60], eps[60], v[5], wanted[4];
    int compared = 0;
    for (char line[512], op[16]; fgets(line, sizeof line, file);) {
        if (sscanf(line, "insert,%lf,%lf,%lf,%lf,%lf", &v[0], &v[1], &v[2], &v[3], &v[4]) == 5) {
            CU_ASSERT(svr_insert(svr, v, v[2], v[3], v[4]) == 0);
        } else if (sscanf(line, "forget,%lf", &v[0]) == 1) {
            CU_ASSERT(svr_forget(svr, (int)v[0]) == 0);
        } else if (sscanf(line, "age,%lf", &v[0]) == 1) {
            svr_weigh(&(struct svr_weights){SVR_EXPONENTIAL, 10, 0.1, v[0], 4}, svr_count(svr), c, eps);
            CU_ASSERT(svr_reweight(svr, c, eps) == 0);
        }
        const char *rest = line;
        for (int comma = 0; comma < 6 && rest; comma++)
            rest = strchr(rest, ',') ? strchr(rest, ',') + 1 : NULL;
        if (line[0] == '#' || !rest || sscanf(line, "%15[a-z]", op) != 1 ||
            sscanf(rest, "%lf,%lf,%lf,%lf", &wanted[0], &wanted[1], &wanted[2], &wanted[3]) != 4)
            continue;
        for (int k = 0; k < 4; k++)
            CHECK_NEAR(svr_predict(svr, at[k]), wanted[k], 1e-9);
        compared++;
    }
    CU_ASSERT(compared == 24);
    svr_free(svr);
    fclose(file);
}

/* The conditions of the optimum, from the samples alone, and the duality gap:
 *     primal 1/2 theta' K theta + sum C_i max(0, |h_i| - eps_i), dual y' theta - eps' |theta| - 1/2 theta' K theta. */
static double off_optimum(const struct svr *svr, double gamma, int inputs)
{
    int count = svr_count(svr);
    double gap = 0, sum = 0, worst = 0;
    for (int i = 0; i < count; i++) {
        struct svr_sample one = svr_sample_at(svr, i);
        double f = 0;
        for (int j = 0; j < count; j++) {
            struct svr_sample two = svr_sample_at(svr, j);
            double square = 0;
            for (int k = 0; k < inputs; k++)
                square += (one.x[k] - two.x[k]) * (one.x[k] - two.x[k]);
            f += two.theta * (exp(-gamma * square) + (i == j ? 1e-6 : 0));
        }
        double h = f + svr_bias(svr) - one.y;
        gap += one.theta * f + one.c * fmax(0, fabs(h) - one.eps) - one.y * one.theta + one.eps * fabs(one.theta);
        sum += one.theta;
        worst = fmax(worst, fmax(fabs(one.theta) - one.c, fabs(h - one.h)));
    }
    return fmax(worst, fmax(fabs(sum), fabs(gap)));
}

static void weighted_operations(void)
{
    struct weir_stream draw = weir_stream_open(2, "svr");
    struct svr *svr = make(3, 50, 1.3);
    double worst = 0, c[50], eps[50];
    for (int t = 0; t < 5000; t++) {
        int count = svr_count(svr);
        double choice = weir_stream_uniform(&draw);
        if (count >= 2 && (choice < 0.35 || count == 50)) {
            CU_ASSERT(svr_forget(svr, choice < 0.2 ? 0 : (int)weir_stream_below(&draw, (uint64_t)count)) == 0);
        } else if (choice < 0.45) {
            for (int i = 0; i < count; i++) {
                c[i] = svr_sample_at(svr, i).c * (0.5 + 1.1 * weir_stream_uniform(&draw));
                eps[i] = fmin(0.6, fmax(0.01, svr_sample_at(svr, i).eps * (0.6 + 0.9 * weir_stream_uniform(&draw))));
            }
            CU_ASSERT(svr_reweight(svr, c, eps) == 0);
        } else {
            double x[3];
            for (int k = 0; k < 3; k++)
                x[k] = 4 * weir_stream_uniform(&draw) - 2;
            double y = sin(2 * x[0]) + x[1] / 2 + weir_stream_normal(&draw, 0, 0.3) + (choice > 0.97 ? 4 : 0);
            CU_ASSERT(svr_insert(svr, x, y, pow(10, 2.3 * weir_stream_uniform(&draw) - 1),
                                 0.02 + 0.28 * weir_stream_uniform(&draw)) == 0);
        }
        worst = fmax(worst, svr_kkt(svr));
        if (t % 5 == 0)
            worst = fmax(worst, off_optimum(svr, 1.3, 3));
    }
    CHECK_NEAR(worst, 0, 1e-8);
    CU_ASSERT(svr_counts_of(svr).rebuilds == 0);
    svr_free(svr);
}

/* Smooth series, small gamma, inputs that repeat: kernels of hardly any rank. */
static void near_singular(void)
{
    static const double gammas[] = {20, 1, 0.05};
    struct svr_weights weights = {SVR_EXPONENTIAL, 10, 0.01, 0.98, 4};
    for (int g = 0; g < 6; g++) {
        struct weir_stream draw = weir_stream_open(3, "svr");
        struct svr *svr = make(6, 100, gammas[g / 2]);
        double z[406], worst = 0;
        for (int t = 0; t < 406; t++) {
            z[t] = 0.5 + 0.35 * sin(2 * 3.141592653589793 * t / 48) + weir_stream_normal(&draw, 0, 0.02);
            z[t] = g % 2 ? round(10 * z[t]) / 10 : z[t];
        }
        for (int t = 0; t < 400; t++) {
            CU_ASSERT(svr_slide(svr, &weights, z + t, z[t + 6]) == 0);
            worst = fmax(worst, svr_kkt(svr));
        }
        CHECK_NEAR(worst, 0, 1e-8);
        CU_ASSERT(svr_count(svr) == 100 && svr_counts_of(svr).rebuilds == 0);
        svr_free(svr);
    }
}

/* Without jitter the same inputs over and over have no inverse: the solution is begun anew with jitter. */
static void recovers(void)
{
    struct weir_stream draw = weir_stream_open(3, "svr");
    struct svr_weights weights = {SVR_EXPONENTIAL, 10, 0.01, 0.98, 4};
    struct svr *svr = svr_new(&(struct svr_settings){.inputs = 6, .capacity = 100, .gamma = 20, .jitter = 0});
    double z[706], worst = 0;
    for (int t = 0; t < 706; t++)
        z[t] = round(5 + 3.5 * sin(2 * 3.141592653589793 * t / 48) + weir_stream_normal(&draw, 0, 0.2)) / 10;
    for (int t = 0; t < 700; t++) {
        CU_ASSERT(svr_slide(svr, &weights, z + t, z[t + 6]) == 0);
        worst = fmax(worst, svr_kkt(svr));
    }
    CHECK_NEAR(worst, 0, 1e-8);
    CU_ASSERT(svr_counts_of(svr).rebuilds > 0);
    svr_free(svr);
}

static void extremes(void)
{
    struct svr *svr = make(2, 30, 1);
    struct svr_weights weights = {SVR_UNIFORM, 10, 0.1, 1, 1};
    for (int t = 0; t < 100; t++) { /* a constant series, and one outlier of 1e6 */
        double x[2] = {1, 1}, y = t == 50 ? 1e6 : 1;
        CU_ASSERT(svr_slide(svr, &weights, x, y) == 0);
        CU_ASSERT(isfinite(svr_predict(svr, x)));
    }
    CHECK_NEAR(svr_predict(svr, (double[]){1, 1}), 1, 0.1 + 1e-9); /* the outlier is forgotten */
    svr_free(svr);
}

static void weights(void)
{
    /* n = 3. Exponential 0.25: mu 1/16, 1/4, 1, nu min(4, 3), 2, 1. Linear 0.5: mu 0.5, 0.75, 1. Sigmoid a = 3:
     * mu 2/(1 + e), 2/(1 + 1/e), 2/(1 + e^-3). */
    static const struct {
        struct svr_weights weights;
        double mu[3], nu[3];
    } cases[] = {{{SVR_UNIFORM, 2, 0.1, 1, 1}, {1, 1, 1}, {1, 1, 1}},
                 {{SVR_EXPONENTIAL, 2, 0.1, 0.25, 3}, {0.0625, 0.25, 1}, {3, 2, 1}},
                 {{SVR_LINEAR, 2, 0.1, 0.5, 1}, {0.5, 0.75, 1}, {2, 4. / 3, 1}},
                 {{SVR_SIGMOID, 2, 0.1, 3, 1},
                  {0.53788284273999, 1.46211715726001, 1.90514825364487},
                  {1.85914091422952, 0.68393972058572, 0.52489353418393}}};
    double c[3], eps[3];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        svr_weigh(&cases[i].weights, 3, c, eps);
        for (int k = 0; k < 3; k++) {
            CHECK_NEAR(c[k], 2 * cases[i].mu[k], 1e-13);
            CHECK_NEAR(eps[k], 0.1 * cases[i].nu[k], 1e-13);
        }
    }
    svr_weigh(&cases[2].weights, 1, c, eps);
    CHECK_NEAR(c[0], 1, 0); /* the only one is the oldest too */
}

static void bad_input(void)
{
    static const struct svr_settings settings[] = {
        {0, 10, 1, 0}, {1, 1, 1, 0}, {1, 10, 0, 0}, {1, 10, NAN, 0}, {1, 10, 1, -1}};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        CU_ASSERT(svr_new(&settings[i]) == NULL);
        CHECK_MESSAGE("support vector regression needs inputs");
    }
    struct svr *svr = make(1, 2, 1);
    double x = 1, bad = NAN, ones[] = {1, 1}, none[] = {1, 0};
    CU_ASSERT(svr_insert(svr, &bad, 1, 1, 1) < 0);
    CHECK_MESSAGE("input 0 of a sample is not a finite number");
    CU_ASSERT(svr_insert(svr, &x, INFINITY, 1, 1) < 0);
    CHECK_MESSAGE("needs a finite target");
    CU_ASSERT(svr_insert(svr, &x, 1, 0, 1) < 0);
    CHECK_MESSAGE("C (0) above 0");
    CU_ASSERT(svr_insert(svr, &x, 1, 1, 0) < 0);
    CHECK_MESSAGE("eps (0) above 0");
    CU_ASSERT(svr_forget(svr, 0) < 0);
    CHECK_MESSAGE("no sample 0 among 0");
    CU_ASSERT(svr_reweight(svr, ones, ones) == 0); /* nothing to weigh */
    CU_ASSERT(svr_insert(svr, &x, 1, 1, 1) == 0 && svr_insert(svr, &x, 1, 1, 1) == 0);
    CU_ASSERT(svr_insert(svr, &x, 1, 1, 1) < 0);
    CHECK_MESSAGE("no room for more than 2 samples");
    CU_ASSERT(svr_reweight(svr, ones, none) < 0);
    CHECK_MESSAGE("sample 1 needs");
    CU_ASSERT(svr_count(svr) == 2);
    svr_free(svr);
    svr_free(NULL);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"by_hand", by_hand},
                                             {"reference", reference},
                                             {"weighted_operations", weighted_operations},
                                             {"near_singular", near_singular},
                                             {"recovers", recovers},
                                             {"extremes", extremes},
                                             {"weights", weights},
                                             {"bad_input", bad_input},
                                             {0}};
    return weir_test_main("learn/svr", cases, argc, argv);
}
