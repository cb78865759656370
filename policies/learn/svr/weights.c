/* Weights by age, and the window that slides with them. */
#include <math.h>
#include <stdlib.h>

#include "policies/learn/svr/svr.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

void svr_weigh(const struct svr_weights *weights, int count, double *c, double *eps)
{
    for (int k = 0; k < count; k++) {
        double mu = 1, nu = 1, rate = weights->rate;
        switch (weights->ageing) {
        case SVR_UNIFORM:
            break;
        case SVR_EXPONENTIAL:
            mu = weir_pow(rate, count - 1 - k);
            nu = fmin(1 / sqrt(mu), weights->widest);
            break;
        case SVR_LINEAR:
            mu = rate + (1 - rate) * k / (count > 1 ? count - 1 : 1);
            nu = 1 / mu;
            break;
        case SVR_SIGMOID:
            mu = 2 / (1 + weir_exp(rate - 2 * rate * (k + 1) / count));
            nu = 1 / mu;
            break;
        }
        c[k] = weights->c * mu;
        eps[k] = weights->eps * nu;
    }
}

int svr_slide(struct svr *svr, const struct svr_weights *weights, const double *x, double y)
{
    int capacity = svr_capacity(svr), code = WEIR_OK;
    if (svr_count(svr) == capacity && (code = svr_forget(svr, 0)) != WEIR_OK)
        return code;
    int count = svr_count(svr) + 1;
    double *c = weir_alloc(2 * (size_t)count, sizeof *c), *eps = c + count;
    svr_weigh(weights, count, c, eps);
    code = svr_insert(svr, x, y, c[count - 1], eps[count - 1]);
    if (code == WEIR_OK && weights->ageing != SVR_UNIFORM)
        code = svr_reweight(svr, c, eps);
    free(c);
    return code;
}
