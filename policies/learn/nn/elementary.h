/* exp, sigmoid and tanh without branches, for loops that the compiler turns into vector instructions: the same
 * operations for an element in each build and on each processor. In float the error is at most 2e-7 (relative for exp,
 * absolute for the others); in double they are those of sim/base/real.h. NaN stays NaN. */
#ifndef WEIR_LEARN_NN_ELEMENTARY_H
#define WEIR_LEARN_NN_ELEMENTARY_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "policies/learn/nn/real.h"
#include "sim/base/real.h"

#ifdef NN_DOUBLE
static inline double nn_exp(double x)
{
    return weir_exp(x);
}
#else
static inline float nn_exp(float x)
{
    x = x > 88.0f ? 88.0f : x;
    x = x < -87.0f ? -87.0f : x;
    /* exp(x) = 2^n exp(r), |r| <= log(2) / 2; adding 1.5 * 2^23 rounds to an integer, which is then in the low bits */
    const float shift = 12582912.0f;
    float shifted = x * 1.44269504f + shift;
    uint32_t power;
    memcpy(&power, &shifted, sizeof power);
    float n = shifted - shift;
    float r = (x - n * 0.693359375f) - n * -2.12194440e-4f; /* log(2) in two parts */
    /* Taylor's series, to where a further term would be below half a unit in the last place */
    float sum = 1.0f / 5040;
    sum = sum * r + 1.0f / 720;
    sum = sum * r + 1.0f / 120;
    sum = sum * r + 1.0f / 24;
    sum = sum * r + 1.0f / 6;
    sum = sum * r + 0.5f;
    sum = sum * r + 1.0f;
    sum = sum * r + 1.0f;
    power = (power + 127u) << 23;
    float scale;
    memcpy(&scale, &power, sizeof scale);
    return sum * scale;
}
#endif

static inline nn_real nn_sigmoid_of(nn_real x)
{
    return 1 / (1 + nn_exp(-x));
}

static inline nn_real nn_tanh_of(nn_real x)
{
    return 1 - 2 / (1 + nn_exp(2 * x));
}

#endif
