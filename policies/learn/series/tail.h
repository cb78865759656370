/* The newest values of a series, in one row. */
#ifndef WEIR_LEARN_SERIES_TAIL_H
#define WEIR_LEARN_SERIES_TAIL_H

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

/* Keeps the `keep` newest values at least, and `keep` more before it makes room. Zero-initialised may be freed. */
struct series_tail {
    size_t keep;
    size_t count;   /* in `values`, at most 2 keep */
    double *values; /* oldest first; owned */
};

/* Replaces what is there by the last `keep` of `count` values; keep > 0. */
static inline void series_tail_set(struct series_tail *tail, size_t keep, const double *values, size_t count)
{
    size_t taken = count < keep ? count : keep;
    free(tail->values);
    *tail = (struct series_tail){.keep = keep, .count = taken};
    tail->values = (double *)weir_alloc(2 * keep, sizeof *tail->values);
    memcpy(tail->values, values + count - taken, taken * sizeof *values);
}

static inline void series_tail_push(struct series_tail *tail, double value)
{
    if (tail->count == 2 * tail->keep) {
        tail->count = tail->keep - 1;
        memmove(tail->values, tail->values + tail->keep + 1, tail->count * sizeof *tail->values);
    }
    tail->values[tail->count++] = value;
}

/* The newest `count` values, oldest first; there must be so many, and count <= keep. Valid until the next push. */
static inline const double *series_tail_last(const struct series_tail *tail, size_t count)
{
    return tail->values + tail->count - count;
}

static inline void series_tail_fini(struct series_tail *tail)
{
    free(tail->values);
    *tail = (struct series_tail){0};
}

#endif
