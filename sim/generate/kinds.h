/* The kinds of generators, one file each; catalog.c puts them in order. */
#ifndef WEIR_GENERATE_KINDS_H
#define WEIR_GENERATE_KINDS_H

#include "sim/generate/generate.h"

extern const struct weir_generator weir_generator_diurnal;

#endif
