#include "policies/learn/nn/isa.h"

static enum nn_isa limit = NN_ISA_COUNT;

enum nn_isa nn_isa(void)
{
#ifdef NN_WIDER
    if (limit >= NN_ISA_AVX512F && __builtin_cpu_supports("avx512f"))
        return NN_ISA_AVX512F;
    if (limit >= NN_ISA_AVX2 && __builtin_cpu_supports("avx2"))
        return NN_ISA_AVX2;
#endif
    return NN_ISA_DEFAULT;
}

void nn_isa_limit(enum nn_isa widest)
{
    limit = widest;
}
