/* Instruction sets that kernels are compiled for. All give the same bits: an element's operations, and the order of a
 * sum, are the same in each, and multiplications and additions are never fused. */
#ifndef WEIR_LEARN_NN_ISA_H
#define WEIR_LEARN_NN_ISA_H

/* NN_WIDER: there is more than the compiler's own default. Neither debug nor sanitised builds need it. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__OPTIMIZE__) &&                        \
    !defined(__SANITIZE_ADDRESS__)
#define NN_WIDER
#endif

enum nn_isa { NN_ISA_DEFAULT, NN_ISA_AVX, NN_ISA_AVX2, NN_ISA_AVX512F, NN_ISA_COUNT };

/* The widest that the processor has and nn_isa_limit allows. */
enum nn_isa nn_isa(void);

/* For tests: from now on nothing above `widest`. NN_ISA_COUNT: no limit. */
void nn_isa_limit(enum nn_isa widest);

#endif
