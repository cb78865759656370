#include "sim/base/distinct.h"

#include <stdlib.h>

#include "sim/base/memory.h"

struct placed {
    unsigned long long value;
    size_t at;
};

static int by_value(const void *a, const void *b)
{
    const struct placed *left = a, *right = b;
    if (left->value != right->value)
        return left->value < right->value ? -1 : 1;
    return (left->at > right->at) - (left->at < right->at);
}

size_t weir_first_repeated(const unsigned long long *values, size_t count)
{
    struct placed *sorted = weir_alloc(count, sizeof *sorted);
    size_t first = count;
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct placed){values[i], i};
    if (count)
        qsort(sorted, count, sizeof *sorted, by_value);
    for (size_t i = 1; i < count; i++)
        if (sorted[i].value == sorted[i - 1].value && sorted[i].at < first)
            first = sorted[i].at;
    free(sorted);
    return first;
}
