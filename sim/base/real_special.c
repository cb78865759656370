/* The error function and the gamma function. */
#include "sim/base/real.h"

#include <math.h>
#include <stddef.h>

#include "sim/base/real_parts.h"

/* (1 + 2 x) exp(x^2) erfc(x) as Chebyshev polynomials of (x - 3.75) / (x + 3.75). */
static const double erfcx_terms[] = {
    0x1.2d75d0246cee8p+0,   -0x1.2cd0564f8c1b7p-8,  -0x1.59159e8868995p-4,  0x1.e50c3e7c7dccep-5,
    -0x1.b4c68f4569326p-6,  0x1.295e991a7d82dp-7,   -0x1.3c4c54f8d419dp-9,  0x1.014ed1572209ap-11,
    -0x1.221e6f70130b5p-14, 0x1.15c3f597f0492p-18,  0x1.9f8f03ca86fc1p-21,  -0x1.d601c320c8f9cp-23,
    0x1.71e1efca86cf9p-27,  0x1.36bf2885524c9p-28,  -0x1.aa4d7b1cdf20ap-31, -0x1.15df59ca6082bp-34,
    0x1.f8af0a9aa6d31p-36,  0x1.b61b723941781p-43,  -0x1.0fc16c00b50f2p-40, 0x1.24f6a772cbc36p-45,
    0x1.2d8b49ab5f72bp-45,  -0x1.0cb63a80de2c5p-49, -0x1.6884628ace07ap-50, 0x1.561b105822235p-54,
    0x1.d3744857e262bp-55,  -0x1.4a219c71bb4d2p-59, -0x1.42cb7ae4cd5ap-59,
};
#define TWO_OVER_ROOT_PI 0x1.20dd750429b6dp+0

/* exp(x^2) erfc(x), x >= 0: Clenshaw's sum. */
static double scaled_erfc(double x)
{
    double t = (x - 3.75) / (x + 3.75), newer = 0, older = 0;
    for (size_t i = sizeof erfcx_terms / sizeof *erfcx_terms; i-- > 1;) {
        double sum = erfcx_terms[i] + (2 * t * newer - older);
        older = newer;
        newer = sum;
    }
    return (erfcx_terms[0] + (t * newer - older)) / (1 + 2 * x);
}

/* erfc(x), x >= 0. */
static double upper(double x)
{
    if (x > 28)
        return 0;
    struct parts square = product_of(x, x);
    return weir_exp_of_parts((struct parts){-square.high, -square.low}) * scaled_erfc(x);
}

/* erf(x), |x| < 0.5: Taylor's series. */
static double near(double x)
{
    if (fabs(x) < 0x1p-60)
        return TWO_OVER_ROOT_PI * x;
    double z = -x * x, term = x, sum = 0;
    for (int n = 1; n < 16; n++) {
        term *= z / n;
        sum += term / (2 * n + 1);
    }
    return TWO_OVER_ROOT_PI * x + TWO_OVER_ROOT_PI * sum;
}

double weir_erf(double x)
{
    if (isnan(x))
        return x;
    if (fabs(x) < 0.5)
        return near(x);
    if (fabs(x) >= 6) /* what is left to 1 is less than half of a last digit */
        return copysign(1, x);
    return copysign(1 - upper(fabs(x)), x);
}

double weir_erfc(double x)
{
    if (isnan(x))
        return x;
    if (fabs(x) < 0.5)
        return 1 - near(x);
    return x > 0 ? upper(x) : 2 - upper(-x);
}

double weir_gamma(double x)
{
    if (!(x > 0))
        return x == 0 ? INFINITY : NAN;
    if (x > 172)
        return INFINITY;
    double below = 1; /* gamma(x + n) = x (x + 1) ... (x + n - 1) gamma(x) */
    for (; x < 10; x++)
        below *= x;
    /* Stirling's series */
    double z = 1 / (x * x);
    double series =
        (1.0 / 12 +
         z * (-1.0 / 360 +
              z * (1.0 / 1260 + z * (-1.0 / 1680 + z * (1.0 / 1188 + z * (-691.0 / 360360 + z * (1.0 / 156))))))) /
        x;
    double root = weir_pow(x, x / 2 - 0.25); /* its square might overflow where the whole does not */
    return 0x1.40d931ff62706p+1 * root * weir_exp_of_parts(sum_of(-x, series)) * root /
           below; /* the first is sqrt(2 pi) */
}
