#include "sim/analysis/fit_algebra.h"

#include <math.h>
#include <string.h>

enum { SWEEPS = 60 };

/* Turns rows and columns p and q so that matrix[p][q] becomes 0. */
static void turn(double *matrix, int n, double *vector, int p, int q)
{
    double off = matrix[p * n + q];
    if (off == 0)
        return;
    double theta = (matrix[q * n + q] - matrix[p * n + p]) / (2 * off);
    double t = copysign(1, theta) / (fabs(theta) + sqrt(theta * theta + 1)), c = 1 / sqrt(t * t + 1), s = t * c;
    for (int k = 0; k < n; k++) {
        double a = matrix[k * n + p], b = matrix[k * n + q];
        matrix[k * n + p] = c * a - s * b;
        matrix[k * n + q] = s * a + c * b;
    }
    for (int k = 0; k < n; k++) {
        double a = matrix[p * n + k], b = matrix[q * n + k], x = vector[p * n + k], y = vector[q * n + k];
        matrix[p * n + k] = c * a - s * b;
        matrix[q * n + k] = s * a + c * b;
        vector[p * n + k] = c * x - s * y;
        vector[q * n + k] = s * x + c * y;
    }
}

static void swap(double *a, double *b, int count)
{
    for (int i = 0; i < count; i++) {
        double kept = a[i];
        a[i] = b[i];
        b[i] = kept;
    }
}

void fit_eigen(double *matrix, int n, double *value, double *vector)
{
    memset(vector, 0, (size_t)(n * n) * sizeof *vector);
    for (int i = 0; i < n; i++)
        vector[i * n + i] = 1;
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (int p = 0; p < n; p++)
            for (int q = p + 1; q < n; q++)
                turn(matrix, n, vector, p, q);
    for (int i = 0; i < n; i++)
        value[i] = matrix[i * n + i];
    for (int i = 0; i < n; i++) {
        int least = i;
        for (int k = i + 1; k < n; k++)
            if (value[k] < value[least])
                least = k;
        if (least != i) {
            swap(&value[i], &value[least], 1);
            swap(&vector[i * n], &vector[least * n], n);
        }
    }
}

double fit_form(const double *matrix, int n, const double *x, const double *y)
{
    double sum = 0;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++)
            sum += x[a] * matrix[a * n + b] * y[b];
    return sum;
}
