/* A set of pairs of small numbers, such as the edges of a graph, in the order in which they were added. */
#ifndef WEIR_GENERATE_PAIRS_H
#define WEIR_GENERATE_PAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct weir_pair {
    int from, to;
};

/* Zero-initialised is empty. */
struct weir_pairs {
    struct weir_pair *pairs;
    size_t count, capacity;
    uint32_t *slots; /* index + 1, 0 where free; open addressing over a power of two */
    size_t slot_count;
};

/* True if the pair was not there yet. */
bool weir_pairs_add(struct weir_pairs *pairs, int from, int to);
bool weir_pairs_has(const struct weir_pairs *pairs, int from, int to);

/* Adds a pair that is not looked up: for mere lists. Not to be mixed with the two above. */
void weir_pairs_append(struct weir_pairs *pairs, int from, int to);

void weir_pairs_fini(struct weir_pairs *pairs);

#endif
