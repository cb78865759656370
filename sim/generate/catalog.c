/* The kinds in the order in which they are listed. */
#include "sim/generate/generate.h"
#include "sim/generate/kinds.h"

const struct weir_generator *const weir_generators[] = {
    &weir_generator_diurnal,
    NULL,
};
