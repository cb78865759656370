#include "policies/learn/forecast/arma.h"

#include <math.h>
#include <string.h>

#include "policies/learn/forecast/simplex.h"
#include "sim/base/real.h"

/* Partial autocorrelations tanh(x) to the weights of a stationary autoregression. */
static void from_partial(const double *x, int count, double *weights)
{
    for (int k = 0; k < count; k++) {
        double r = weir_tanh(x[k]), before[ARMA_ORDER];
        memcpy(before, weights, (size_t)k * sizeof *before);
        for (int i = 0; i < k; i++)
            weights[i] = before[i] - r * before[k - 1 - i];
        weights[k] = r;
    }
}

void arma_set(struct arma *arma, const double *x)
{
    arma->c = x[0];
    from_partial(x + 1, arma->p, arma->phi);
    from_partial(x + 1 + arma->p, arma->q, arma->theta);
    for (int j = 0; j < arma->q; j++)
        arma->theta[j] = -arma->theta[j];
}

double arma_conditional(const struct arma *arma, const double *z, size_t count, size_t from)
{
    double errors[ARMA_ORDER] = {0}, sum = 0; /* newest first */
    for (size_t t = (size_t)arma->p; t < count; t++) {
        double error = z[t] - arma->c;
        for (int i = 0; i < arma->p; i++)
            error -= arma->phi[i] * (z[t - 1 - (size_t)i] - arma->c);
        for (int j = 0; j < arma->q; j++)
            error -= arma->theta[j] * errors[j];
        for (int j = arma->q - 1; j > 0; j--)
            errors[j] = errors[j - 1];
        errors[0] = error;
        if (t >= from)
            sum += error * error;
    }
    return sum / (double)(count - (from > (size_t)arma->p ? from : (size_t)arma->p));
}

/* Solves the n x n equations in place by elimination with pivots; false if they are singular. */
static bool solve(double *matrix, double *right, int n)
{
    for (int k = 0; k < n; k++) {
        int best = k;
        for (int i = k + 1; i < n; i++)
            if (fabs(matrix[i * n + k]) > fabs(matrix[best * n + k]))
                best = i;
        if (!(fabs(matrix[best * n + k]) > 1e-14))
            return false;
        for (int j = k; j < n && best != k; j++) {
            double swap = matrix[k * n + j];
            matrix[k * n + j] = matrix[best * n + j];
            matrix[best * n + j] = swap;
        }
        double swap = right[k];
        right[k] = right[best];
        right[best] = swap;
        for (int i = k + 1; i < n; i++) {
            double share = matrix[i * n + k] / matrix[k * n + k];
            for (int j = k; j < n && share != 0; j++)
                matrix[i * n + j] -= share * matrix[k * n + j];
            right[i] -= share * right[k];
        }
    }
    for (int k = n - 1; k >= 0; k--) {
        for (int j = k + 1; j < n; j++)
            right[k] -= matrix[k * n + j] * right[j];
        right[k] /= matrix[k * n + k];
    }
    return true;
}

/* T P T' for the companion matrix T: (T P)_ij = phi_i P_0j + P_(i+1)j. */
static void carry(const struct arma_filter *f, double p[ARMA_STATE][ARMA_STATE], double out[ARMA_STATE][ARMA_STATE])
{
    double half[ARMA_STATE][ARMA_STATE];
    for (int i = 0; i < f->size; i++)
        for (int j = 0; j < f->size; j++)
            half[i][j] = f->phi[i] * p[0][j] + (i + 1 < f->size ? p[i + 1][j] : 0);
    for (int i = 0; i < f->size; i++)
        for (int j = 0; j < f->size; j++)
            out[i][j] = f->phi[j] * half[i][0] + (j + 1 < f->size ? half[i][j + 1] : 0);
}

bool arma_filter_start(const struct arma *arma, struct arma_filter *filter)
{
    *filter = (struct arma_filter){.size = arma->p > arma->q + 1 ? arma->p : arma->q + 1};
    int n = filter->size, cells = n * n;
    for (int i = 0; i < n; i++) {
        filter->phi[i] = i < arma->p ? arma->phi[i] : 0;
        filter->r[i] = i == 0 ? 1 : i <= arma->q ? arma->theta[i - 1] : 0;
    }
    /* P = T P T' + R R': (I - T x T) vec P = vec R R' */
    double matrix[ARMA_STATE * ARMA_STATE * ARMA_STATE * ARMA_STATE], right[ARMA_STATE * ARMA_STATE];
    for (int row = 0; row < cells; row++) {
        int i = row / n, j = row % n;
        for (int column = 0; column < cells; column++) {
            int k = column / n, l = column % n;
            double left = k == 0 ? filter->phi[i] : 0, below = l == 0 ? filter->phi[j] : 0;
            left += k == i + 1;
            below += l == j + 1;
            matrix[row * cells + column] = (row == column) - left * below;
        }
        right[row] = filter->r[i] * filter->r[j];
    }
    if (!solve(matrix, right, cells))
        return false;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            filter->variance[i][j] = right[i * n + j];
    return filter->variance[0][0] > 0 && isfinite(filter->variance[0][0]);
}

/* The variance one value later; settled once it changes by no more than rounding does. */
static void update_variance(struct arma_filter *f)
{
    double next[ARMA_STATE][ARMA_STATE], change = 0;
    int n = f->size;
    f->last_variance = f->variance[0][0];
    for (int i = 0; i < n; i++)
        f->gain[i] = (f->phi[i] * f->variance[0][0] + (i + 1 < n ? f->variance[i + 1][0] : 0)) / f->last_variance;
    carry(f, f->variance, next);
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            next[i][j] += f->r[i] * f->r[j] - f->gain[i] * f->gain[j] * f->last_variance;
            change = fmax(change, fabs(next[i][j] - f->variance[i][j]));
            f->variance[i][j] = next[i][j];
        }
    }
    f->steady = change < 1e-15;
}

void arma_filter_ahead(const struct arma_filter *filter, double mean[ARMA_STATE])
{
    double first = mean[0];
    for (int i = 0; i < filter->size; i++)
        mean[i] = filter->phi[i] * first + (i + 1 < filter->size ? mean[i + 1] : 0);
}

double arma_filter_step(struct arma_filter *filter, double x)
{
    if (!filter->steady)
        update_variance(filter);
    double error = x - filter->mean[0];
    arma_filter_ahead(filter, filter->mean);
    for (int i = 0; i < filter->size; i++)
        filter->mean[i] += filter->gain[i] * error;
    return error;
}

double arma_log_likelihood(const struct arma *arma, const double *z, size_t count, double *variance)
{
    struct arma_filter filter;
    double logs = 0, sum = 0, settled = 0, n = (double)count;
    if (!arma_filter_start(arma, &filter))
        return -INFINITY;
    for (size_t t = 0; t < count; t++) {
        bool moving = !filter.steady;
        double error = arma_filter_step(&filter, z[t] - arma->c);
        if (moving)
            settled = weir_log(filter.last_variance);
        logs += settled;
        sum += error * error / filter.last_variance;
    }
    *variance = sum / n;
    return -0.5 * (n * weir_log(2 * M_PI * *variance) + logs + n);
}

struct attempt {
    struct arma arma; /* p and q */
    const double *z;
    size_t count;
};

static double conditional(const double *x, const void *with)
{
    const struct attempt *attempt = with;
    struct arma arma = attempt->arma;
    arma_set(&arma, x);
    return weir_log(arma_conditional(&arma, attempt->z, attempt->count, 0) + 1e-300);
}

static double exact(const double *x, const void *with)
{
    const struct attempt *attempt = with;
    struct arma arma = attempt->arma;
    double variance;
    arma_set(&arma, x);
    return -arma_log_likelihood(&arma, attempt->z, attempt->count, &variance) / (double)attempt->count;
}

void arma_fit(struct arma *arma, const double *z, size_t count, bool likelihood, size_t iterations)
{
    double x[1 + 2 * ARMA_ORDER] = {0};
    size_t n = 1 + (size_t)arma->p + (size_t)arma->q, most = iterations > 0 ? iterations : 200 * n;
    struct attempt attempt = {.arma = *arma, .z = z, .count = count};
    simplex_minimise(conditional, &attempt, x, n, 0.2, 1e-4, most);
    if (likelihood)
        simplex_minimise(exact, &attempt, x, n, 0.05, 1e-5, most);
    arma_set(arma, x);
}
