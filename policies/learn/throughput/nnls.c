/* Non-negative least squares of few columns: least squares by QR for every subset of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/throughput/throughput.h"
#include "sim/base/memory.h"

/* Columns nearer than this to a combination of others, for columns of length 1, add nothing. */
#define LEAST_PIVOT 1e-11
/* A larger subset must lower the square of the residual by at least this share of it. */
#define LEAST_GAIN 1e-14

static double product(const double *one, const double *two, size_t rows)
{
    double sum = 0;
    for (size_t i = 0; i < rows; i++)
        sum += one[i] * two[i];
    return sum;
}

/* Least squares of the columns whose bits are set; q holds the columns and is overwritten, by columns. False if they
 * depend on each other or a weight is negative. Gram and Schmidt, each column twice, which is as good as Householder.
 */
static bool solve(double *q, const double *b, size_t rows, int columns, unsigned subset, double *x)
{
    double r[THROUGHPUT_TERMS][THROUGHPUT_TERMS] = {0}, largest = 0;
    for (int c = 0; c < columns; c++) {
        if (!(subset >> c & 1))
            continue;
        double *column = q + (size_t)c * rows;
        for (int pass = 0; pass < 2; pass++)
            for (int p = 0; p < c; p++) {
                if (!(subset >> p & 1))
                    continue;
                double along = product(q + (size_t)p * rows, column, rows);
                r[p][c] += along;
                for (size_t i = 0; i < rows; i++)
                    column[i] -= along * q[(size_t)p * rows + i];
            }
        double length = sqrt(product(column, column, rows));
        largest = fmax(largest, length);
        if (!(length > LEAST_PIVOT * largest))
            return false;
        r[c][c] = length;
        for (size_t i = 0; i < rows; i++)
            column[i] /= length;
    }
    for (int c = columns - 1; c >= 0; c--) {
        x[c] = 0;
        if (!(subset >> c & 1))
            continue;
        double sum = product(q + (size_t)c * rows, b, rows);
        for (int k = c + 1; k < columns; k++)
            sum -= r[c][k] * x[k];
        x[c] = sum / r[c][c];
        if (x[c] < 0)
            return false;
    }
    return true;
}

/* |A x - b|^2 with A by columns. */
static double residual(const double *a, const double *b, size_t rows, int columns, const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < rows; i++) {
        double off = -b[i];
        for (int c = 0; c < columns; c++)
            off += a[(size_t)c * rows + i] * x[c];
        sum += off * off;
    }
    return sum;
}

double throughput_nnls(const double *a, const double *b, size_t rows, int columns, double *x)
{
    double length[THROUGHPUT_TERMS], best = product(b, b, rows),
                                     *unit = weir_alloc(2 * rows * (size_t)columns, sizeof *unit);
    double *q = unit + rows * (size_t)columns, solution[THROUGHPUT_TERMS];
    for (int c = 0; c < columns; c++) {
        double *column = unit + (size_t)c * rows;
        for (size_t i = 0; i < rows; i++)
            column[i] = a[i * (size_t)columns + (size_t)c];
        length[c] = sqrt(product(column, column, rows));
        for (size_t i = 0; i < rows && length[c] > 0; i++)
            column[i] /= length[c];
        x[c] = 0;
    }
    for (int size = 1; size <= columns && (size_t)size <= rows; size++)
        for (unsigned subset = 1; subset < 1u << columns; subset++) {
            if (__builtin_popcount(subset) != size)
                continue;
            memcpy(q, unit, rows * (size_t)columns * sizeof *q);
            if (!solve(q, b, rows, columns, subset, solution))
                continue;
            double square = residual(unit, b, rows, columns, solution);
            if (square < best * (1 - LEAST_GAIN)) {
                best = square;
                memcpy(x, solution, (size_t)columns * sizeof *x);
            }
        }
    for (int c = 0; c < columns; c++)
        x[c] /= length[c] > 0 ? length[c] : 1;
    free(unit);
    return sqrt(best);
}
