/* Whether numbers of a list are all different. */
#ifndef WEIR_BASE_DISTINCT_H
#define WEIR_BASE_DISTINCT_H

#include <stddef.h>

/* The first position whose value stands at an earlier one, too; `count` if there is none. Takes n log n. */
size_t weir_first_repeated(const unsigned long long *values, size_t count);

#endif
