#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "policies/learn/nn/isa.h"
#include "policies/learn/nn/params.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

#ifdef NN_DOUBLE
#define ROOT sqrt
#else
#define ROOT sqrtf
#endif

void nn_adam_init(struct nn_adam *adam, const struct nn_params *params, double rate)
{
    *adam = (struct nn_adam){.rate = rate, .b1 = 0.9, .b2 = 0.999, .epsilon = 1e-8, .size = params->size};
    adam->m = weir_alloc(params->size, sizeof *adam->m);
    adam->v = weir_alloc(params->size, sizeof *adam->v);
}

void nn_adam_fini(struct nn_adam *adam)
{
    free(adam->m);
    free(adam->v);
    *adam = (struct nn_adam){0};
}

struct step {
    nn_real b1, b2, rate, root_scale, epsilon;
};

NN_KERNEL(static, void, update,
          (const struct step *step, size_t size, nn_real *restrict values, nn_real *restrict grads, nn_real *restrict m,
           nn_real *restrict v),
          (step, size, values, grads, m, v))
{
    nn_real b1 = step->b1, b2 = step->b2, rate = step->rate, scale = step->root_scale, epsilon = step->epsilon;
    for (size_t i = 0; i < size; i++) {
        nn_real g = grads[i];
        m[i] = b1 * m[i] + (1 - b1) * g;
        v[i] = b2 * v[i] + (1 - b2) * (g * g);
        values[i] -= rate * m[i] / (scale * ROOT(v[i]) + epsilon);
        grads[i] = 0;
    }
}

void nn_adam_step(struct nn_adam *adam, struct nn_params *params)
{
    assert(adam->size == params->size);
    adam->step++;
    struct step step = {
        .b1 = (nn_real)adam->b1,
        .b2 = (nn_real)adam->b2,
        .rate = (nn_real)(adam->rate / (1 - weir_pow(adam->b1, (double)adam->step))),
        .root_scale = (nn_real)(1 / sqrt(1 - weir_pow(adam->b2, (double)adam->step))),
        .epsilon = (nn_real)adam->epsilon,
    };
    update(&step, params->size, params->values, params->grads, adam->m, adam->v);
}
