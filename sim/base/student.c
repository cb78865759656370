#include "sim/base/student.h"

#include <math.h>

#include "sim/base/real.h"

#define ROOT_PI 0x1.c5bf891b4ef6bp+0

/* gamma(a + 1/2) / gamma(a). */
static double gamma_ratio(double a)
{
    double factor = 1;
    for (; a < 32; a++)
        factor *= a / (a + 0.5);
    /* in w = a - 1/4, the series has even powers only */
    double w = a - 0.25, z = 1 / (w * w);
    double series = z * (1.0 / 64 + z * (-19.0 / 8192 + z * (631.0 / 524288 + z * (-174317.0 / 134217728))));
    return factor * sqrt(w) * (1 + series);
}

/* The continued fraction of the incomplete beta function (DLMF 8.17.22), by the algorithm of Lentz. It converges
 * quickly for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double x, double a, double b)
{
    double d = 1 / (1 - (a + b) * x / (a + 1)), c = 1, value = d;
    for (int m = 1; m < 100000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / (1 + even * d);
        c = 1 + even / c;
        value *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / (1 + odd * d);
        c = 1 + odd / c;
        double change = d * c;
        value *= change;
        if (fabs(change - 1) < 1e-16)
            break;
    }
    return value;
}

double weir_student_above(double t, double n)
{
    /* half of I_x(n/2, 1/2), x = n / (n + t^2) (DLMF 8.17) */
    double a = n / 2, share = t / n * t, x = 1 / (1 + share), y = isinf(share) ? 1 : share / (1 + share);
    double front = weir_exp(-a * weir_log1p(share)) * sqrt(y) * gamma_ratio(a) / ROOT_PI;
    if (x < (a + 1) / (a + 2.5))
        return front / a * beta_fraction(x, a, 0.5) / 2;
    return 0.5 - front * beta_fraction(y, 0.5, a);
}

static double density(double t, double n)
{
    return gamma_ratio(n / 2) / (ROOT_PI * sqrt(n)) * weir_exp(-(n + 1) / 2 * weir_log1p(t / n * t));
}

double weir_student_quantile_above(double p, double n)
{
    double least = 0, most = 1;
    while (weir_student_above(most, n) > p)
        most *= 2;
    double t = most / 2;
    for (int step = 0; step < 200 && most - least > 1e-15 * most; step++) {
        double off = weir_student_above(t, n) - p;
        if (off > 0)
            least = t;
        else
            most = t;
        double next = t + off / density(t, n); /* Newton's, or else the middle */
        if (fabs(next - t) <= 1e-15 * t)
            break;
        t = next > least && next < most ? next : (least + most) / 2;
    }
    return t;
}
