/* Instruction sets that kernels are compiled for. All give the same bits: an element's operations, and the order of a
 * sum, are the same in each, and multiplications and additions are never fused. */
#ifndef WEIR_LEARN_NN_ISA_H
#define WEIR_LEARN_NN_ISA_H

/* NN_WIDER: there is more than the compiler's own default. Neither debug nor sanitised builds need it. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__OPTIMIZE__) &&                        \
    !defined(__SANITIZE_ADDRESS__)
#define NN_WIDER
#endif

enum nn_isa { NN_ISA_DEFAULT, NN_ISA_AVX2, NN_ISA_AVX512F, NN_ISA_COUNT };

/* The widest that the processor has and nn_isa_limit allows. */
enum nn_isa nn_isa(void);

/* For tests: from now on nothing above `widest`. NN_ISA_COUNT: no limit. */
void nn_isa_limit(enum nn_isa widest);

/* Begins a function whose loops are compiled for each set; nn_isa() chooses when it is called. Its body follows.
 *     NN_KERNEL(static, void, twice, (float *x, int n), (x, n))
 *     {
 *         for ... */
#ifdef NN_WIDER
#define NN_KERNEL(linkage, type, name, parameters, arguments)                                                          \
    static inline __attribute__((always_inline)) type name##_body parameters;                                          \
    __attribute__((target("avx512f"))) static type name##_avx512f parameters                                           \
    {                                                                                                                  \
        return name##_body arguments;                                                                                  \
    }                                                                                                                  \
    __attribute__((target("avx2"))) static type name##_avx2 parameters                                                 \
    {                                                                                                                  \
        return name##_body arguments;                                                                                  \
    }                                                                                                                  \
    linkage type name parameters                                                                                       \
    {                                                                                                                  \
        switch (nn_isa()) {                                                                                            \
        case NN_ISA_AVX512F:                                                                                           \
            return name##_avx512f arguments;                                                                           \
        case NN_ISA_AVX2:                                                                                              \
            return name##_avx2 arguments;                                                                              \
        default:                                                                                                       \
            return name##_body arguments;                                                                              \
        }                                                                                                              \
    }                                                                                                                  \
    static inline type name##_body parameters
#else
#define NN_KERNEL(linkage, type, name, parameters, arguments) linkage type name parameters
#endif

/* The same for a half of an operation. */
#define NN_OP_KERNEL(name) NN_KERNEL(, void, name, (struct nn_tape * tape, struct nn_node * node), (tape, node))

#endif
