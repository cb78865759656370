/* The number type of the nets: float, or double in the build that checks gradients (-DNN_DOUBLE, library
 * weir_learn_double). A program links one of the two. */
#ifndef WEIR_LEARN_NN_REAL_H
#define WEIR_LEARN_NN_REAL_H

#ifdef NN_DOUBLE
typedef double nn_real;
#else
typedef float nn_real;
#endif

/* For loops over elements: compiled for several vector widths, of which the processor's own is taken when the program
 * starts. The operations of an element are the same in each, so that the results are equal to the last bit. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__OPTIMIZE__) &&                        \
    !defined(__SANITIZE_ADDRESS__)
#define NN_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define NN_WIDE
#endif

#endif
