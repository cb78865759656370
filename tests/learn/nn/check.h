/* Gradient checks: what the tape says against central differences, in double precision: for programs that link
 * weir_learn_double. */
#ifndef WEIR_TESTS_LEARN_NN_CHECK_H
#define WEIR_TESTS_LEARN_NN_CHECK_H

#include <math.h>
#include <stdio.h>

#include "policies/learn/nn/params.h"
#include "tests/support/test.h"

/* A function of parameters: computes a loss of one number on the tape. */
typedef struct nn_tensor *(*nn_checked)(struct nn_tape *tape, const struct nn_params *params, const void *with);

/* The seed is set anew each time, so that dropout drops the same. */
static inline double nn_check_value(nn_checked function, const struct nn_params *params, const void *with)
{
    struct nn_tape tape;
    nn_tape_init(&tape, 1);
    nn_tape_start(&tape, true);
    double value = function(&tape, params, with)->value[0];
    nn_tape_fini(&tape);
    return value;
}

/* The largest difference of a gradient, relative where the gradient is above 1. Also fails the test if it is above 1e-6
 * or if all gradients are 0. */
static inline double nn_check_gradients(const char *name, nn_checked function, struct nn_params *params,
                                        const void *with)
{
    struct nn_tape tape;
    nn_tape_init(&tape, 1);
    nn_tape_start(&tape, true);
    nn_params_clear_grads(params);
    nn_backward(&tape, function(&tape, params, with));
    double worst = 0, largest = 0;
    for (size_t i = 0; i < params->size; i++) {
        const double h = 1e-5;
        double kept = params->values[i];
        params->values[i] = kept + h;
        double above = nn_check_value(function, params, with);
        params->values[i] = kept - h;
        double below = nn_check_value(function, params, with);
        params->values[i] = kept;
        double wanted = (above - below) / (2 * h);
        worst = fmax(worst, fabs(params->grads[i] - wanted) / fmax(1, fabs(wanted)));
        largest = fmax(largest, fabs(wanted));
    }
    if (!(worst <= 1e-6) || largest == 0)
        printf("%s: gradients differ by %g, the largest is %g\n", name, worst, largest);
    CU_ASSERT(worst <= 1e-6);
    CU_ASSERT(largest > 0);
    nn_tape_fini(&tape);
    return worst;
}

#endif
