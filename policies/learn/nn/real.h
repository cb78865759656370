/* The number type of the nets: float, or double in the build that checks gradients (-DNN_DOUBLE, library
 * weir_learn_double). A program links one of the two. */
#ifndef WEIR_LEARN_NN_REAL_H
#define WEIR_LEARN_NN_REAL_H

#ifdef NN_DOUBLE
typedef double nn_real;
#else
typedef float nn_real;
#endif

#endif
