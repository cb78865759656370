/* The inverse of the margin's bordered kernel, which grows and shrinks by one row at a time. */
#include <math.h>
#include <string.h>

#include "policies/learn/svr/state.h"
#include "sim/base/error.h"

/* A Schur complement below this is no longer told from 0. */
#define LEAST_PIVOT 1e-13

void svr_inverse_apply(const struct svr *svr, const double *in, double *out)
{
    int rows = svr->margin_count + 1;
    for (int r = 0; r < rows; r++)
        out[r] = 0;
    for (int k = 0; k < rows; k++) {
        const double *row = svr->inverse + (long)k * svr->stride;
        double factor = in[k];
        for (int r = 0; r < rows; r++)
            out[r] += factor * row[r];
    }
}

void svr_margin_times(const struct svr *svr, const double *times, double *out)
{
    int k = 0, count = svr->count;
    for (; k + 1 < svr->margin_count; k += 2) { /* two rows at a time: half the passes over out */
        const double *one = svr->kernel + (long)svr->margin[k] * svr->stride;
        const double *two = svr->kernel + (long)svr->margin[k + 1] * svr->stride;
        double first = times[k], second = times[k + 1];
        for (int i = 0; i < count; i++)
            out[i] += first * one[i] + second * two[i];
    }
    if (k < svr->margin_count) {
        const double *row = svr->kernel + (long)svr->margin[k] * svr->stride;
        for (int i = 0; i < count; i++)
            out[i] += times[k] * row[i];
    }
}

int svr_margin_add(struct svr *svr, int place)
{
    int rows = svr->margin_count + 1, stride = svr->stride;
    const double *kernel = svr->kernel + (long)place * stride;
    double *inverse = svr->inverse;
    if (svr->margin_count == 0) {
        inverse[0] = -kernel[place];
        inverse[1] = inverse[stride] = 1;
        inverse[stride + 1] = 0;
    } else {
        double *u = svr->column, pivot = kernel[place];
        svr->vector[0] = 1;
        for (int k = 1; k < rows; k++)
            svr->vector[k] = kernel[svr->margin[k - 1]];
        svr_inverse_apply(svr, svr->vector, u);
        for (int k = 0; k < rows; k++) {
            pivot -= svr->vector[k] * u[k]; /* gamma_kk = K_kk + v' beta, beta = -R v */
            u[k] = -u[k];
        }
        if (!(pivot > LEAST_PIVOT))
            return WEIR_ERUN;
        u[rows] = 1;
        for (int k = 0; k <= rows; k++)
            inverse[(long)k * stride + rows] = inverse[(long)rows * stride + k] = 0;
        for (int r = 0; r <= rows; r++) {
            double factor = u[r] / pivot, *row = inverse + (long)r * stride;
            for (int k = 0; k <= rows; k++)
                row[k] += factor * u[k];
        }
    }
    svr->margin[svr->margin_count++] = place;
    svr->set[place] = SVR_MARGIN;
    return WEIR_OK;
}

int svr_margin_drop(struct svr *svr, int place)
{
    int at = 0, rows = svr->margin_count + 1, stride = svr->stride;
    double *inverse = svr->inverse;
    while (svr->margin[at] != place)
        at++;
    memmove(svr->margin + at, svr->margin + at + 1, (size_t)(svr->margin_count - at - 1) * sizeof *svr->margin);
    svr->margin_count--;
    if (svr->margin_count == 0)
        return WEIR_OK;
    int k = at + 1;
    double *column = svr->column, pivot = inverse[(long)k * stride + k];
    if (!(fabs(pivot) > LEAST_PIVOT))
        return WEIR_ERUN;
    memcpy(column, inverse + (long)k * stride, (size_t)rows * sizeof *column);
    for (int r = 0, to = 0; r < rows; r++) {
        if (r == k)
            continue;
        double factor = column[r] / pivot;
        double *from = inverse + (long)r * stride, *row = inverse + (long)to++ * stride;
        for (int i = 0; i < k; i++)
            row[i] = from[i] - factor * column[i];
        for (int i = k + 1; i < rows; i++)
            row[i - 1] = from[i] - factor * column[i];
    }
    return WEIR_OK;
}

/* Cholesky in place, lower triangle, rows and columns 1 .. n of the inverse's memory; then the inverse of K_SS, and
 * the border by blocks: with k = K^-1 1 and s = 1' k, [-1/s, k'/s; k/s, K^-1 - k k'/s]. */
int svr_inverse_rebuild(struct svr *svr)
{
    int n = svr->margin_count;
    long stride = svr->stride;
    double *a = svr->inverse + stride + 1; /* [n][n] */
    if (n == 0)
        return WEIR_OK;
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++)
            a[i * stride + j] = svr->kernel[svr->margin[i] * stride + svr->margin[j]];
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            double sum = a[i * stride + j];
            for (int k = 0; k < j; k++)
                sum -= a[i * stride + k] * a[j * stride + k];
            if (i == j && !(sum > LEAST_PIVOT))
                return WEIR_ERUN;
            a[i * stride + j] = i == j ? sqrt(sum) : sum / a[j * stride + j];
        }
    for (int j = 0; j < n; j++) { /* L^-1 */
        a[j * stride + j] = 1 / a[j * stride + j];
        for (int i = j + 1; i < n; i++) {
            double sum = 0;
            for (int k = j; k < i; k++)
                sum -= a[i * stride + k] * a[k * stride + j];
            a[i * stride + j] = sum / a[i * stride + i];
        }
    }
    for (int i = 0; i < n; i++) /* L^-T L^-1, into the upper triangle; row i of it needs rows i and below of L^-1 */
        for (int j = i; j < n; j++) {
            double sum = 0;
            for (int k = j; k < n; k++)
                sum += a[k * stride + i] * a[k * stride + j];
            if (j > i)
                a[i * stride + j] = sum;
            else
                svr->vector[i] = sum;
        }
    for (int i = 0; i < n; i++) {
        a[i * stride + i] = svr->vector[i];
        for (int j = 0; j < i; j++)
            a[i * stride + j] = a[j * stride + i];
    }
    double s = 0, *k = svr->vector;
    for (int i = 0; i < n; i++) {
        k[i] = 0;
        for (int j = 0; j < n; j++)
            k[i] += a[i * stride + j];
        s += k[i];
    }
    svr->inverse[0] = -1 / s;
    for (int i = 0; i < n; i++) {
        svr->inverse[i + 1] = svr->inverse[(i + 1) * stride] = k[i] / s;
        for (int j = 0; j < n; j++)
            a[i * stride + j] -= k[i] * k[j] / s;
    }
    return WEIR_OK;
}
