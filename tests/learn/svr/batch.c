/* Online support vector regression against libsvm, which solves each problem by itself from the start. libsvm keeps its
 * kernel in single precision: 6e-8 of each theta, so C stays below 3. */
#include <libsvm/svm.h>
#include <math.h>
#include <stdlib.h>

#include "policies/learn/svr/svr.h"
#include "sim/base/random.h"
#include "tests/support/test.h"

enum { MOST = 50, INPUTS = 3, OPERATIONS = 5000, EVERY = 10 };

struct problem {
    double x[MOST][INPUTS], y[MOST];
    int count;
    double c, eps, gamma;
};

static void quiet(const char *text)
{
}

static double distance(const double *x, const double *z)
{
    double sum = 0;
    for (int k = 0; k < INPUTS; k++)
        sum += (x[k] - z[k]) * (x[k] - z[k]);
    return sum;
}

/* f without its bias, which the dual problem does not fix when no theta is between its bounds, of the samples. */
static double solve(const struct problem *problem, double jitter, double *f)
{
    struct svm_node node[MOST][MOST + 2], *rows[MOST];
    double y[MOST];
    for (int i = 0; i < problem->count; i++) {
        node[i][0] = (struct svm_node){0, i + 1};
        for (int j = 0; j < problem->count; j++)
            node[i][j + 1] = (struct svm_node){j + 1, exp(-problem->gamma * distance(problem->x[i], problem->x[j])) +
                                                          (i == j ? jitter : 0)};
        node[i][problem->count + 1] = (struct svm_node){-1, 0};
        rows[i] = node[i];
        y[i] = problem->y[i];
    }
    struct svm_problem all = {.l = problem->count, .y = y, .x = rows};
    struct svm_parameter how = {.svm_type = EPSILON_SVR,
                                .kernel_type = PRECOMPUTED,
                                .cache_size = 10,
                                .eps = 1e-10,
                                .C = problem->c,
                                .p = problem->eps};
    struct svm_model *model = svm_train(&all, &how);
    double objective = 0;
    for (int i = 0; i < problem->count; i++) {
        f[i] = 0;
        for (int s = 0; s < model->l; s++)
            f[i] += model->sv_coef[0][s] * node[i][(int)model->SV[s][0].value].value;
    }
    for (int s = 0; s < model->l; s++) {
        int i = (int)model->SV[s][0].value - 1;
        double theta = model->sv_coef[0][s];
        objective += theta * (f[i] / 2 - problem->y[i]) + problem->eps * fabs(theta);
    }
    svm_free_and_destroy_model(&model);
    return objective;
}

static void compare(const struct problem *problem, const struct svr *svr, double jitter, double *worst)
{
    double wanted[MOST], got[MOST], mean[2] = {0}, objective = 0;
    double least = solve(problem, jitter, wanted);
    for (int i = 0; i < problem->count; i++) {
        struct svr_sample sample = svr_sample_at(svr, i);
        CHECK_NEAR(sample.y, problem->y[i], 0); /* the same samples, in the order of their age */
        got[i] = sample.h + sample.y - svr_bias(svr);
        objective += sample.theta * (got[i] / 2 - sample.y) + sample.eps * fabs(sample.theta);
        mean[0] += wanted[i] / problem->count;
        mean[1] += got[i] / problem->count;
    }
    for (int i = 0; i < problem->count; i++)
        worst[0] = fmax(worst[0], fabs(got[i] - mean[1] - wanted[i] + mean[0]));
    worst[1] = fmax(worst[1], fabs(objective - least));
    worst[2] = fmax(worst[2], svr_kkt(svr));
}

static void operate(struct problem *problem, struct svr *svr, struct weir_stream *draw)
{
    double choice = weir_stream_uniform(draw);
    if (problem->count >= 2 && (choice < 0.4 || problem->count == MOST)) {
        int at = choice < 0.2 ? 0 : (int)weir_stream_below(draw, (uint64_t)problem->count);
        for (int i = at; i + 1 < problem->count; i++) {
            for (int k = 0; k < INPUTS; k++)
                problem->x[i][k] = problem->x[i + 1][k];
            problem->y[i] = problem->y[i + 1];
        }
        problem->count--;
        CU_ASSERT(svr_forget(svr, at) == 0);
    } else if (choice < 0.5) {
        double c[MOST], eps[MOST];
        problem->c = 0.1 + 2.9 * weir_stream_uniform(draw);
        problem->eps = 0.02 + 0.3 * weir_stream_uniform(draw);
        for (int i = 0; i < problem->count; i++) {
            c[i] = problem->c;
            eps[i] = problem->eps;
        }
        CU_ASSERT(svr_reweight(svr, c, eps) == 0);
    } else {
        double *x = problem->x[problem->count], *y = &problem->y[problem->count];
        for (int k = 0; k < INPUTS; k++)
            x[k] = 4 * weir_stream_uniform(draw) - 2;
        *y = sin(2 * x[0]) + x[1] / 2 + weir_stream_normal(draw, 0, 0.3) + (weir_stream_uniform(draw) < 0.05 ? 4 : 0);
        problem->count++;
        CU_ASSERT(svr_insert(svr, x, *y, problem->c, problem->eps) == 0);
    }
}

static void random_operations(void)
{
    struct weir_stream draw = weir_stream_open(1, "svr");
    struct svr_settings settings = {.inputs = INPUTS, .capacity = MOST, .gamma = 1, .jitter = 1e-6};
    struct problem problem = {.c = 1, .eps = 0.1, .gamma = settings.gamma};
    struct svr *svr = svr_new(&settings);
    double worst[3] = {0};
    svm_set_print_string_function(quiet);
    for (int t = 1; t <= OPERATIONS; t++) {
        operate(&problem, svr, &draw);
        if (t % EVERY == 0 && problem.count > 2)
            compare(&problem, svr, settings.jitter, worst);
    }
    CHECK_NEAR(worst[0], 0, 1e-6); /* f */
    CHECK_NEAR(worst[1], 0, 1e-6); /* objective */
    CHECK_NEAR(worst[2], 0, 1e-9); /* conditions of the optimum */
    CU_ASSERT(svr_counts_of(svr).rebuilds == 0);
    svr_free(svr);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"random_operations", random_operations}, {0}};
    return weir_test_main("learn/svr/batch", cases, argc, argv);
}
