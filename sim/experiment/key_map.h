/* From keys of runs (64-bit hashes) to numbers: open addressing, 21 to 43 bytes a key. Zero-initialised is
 * empty. */
#ifndef WEIR_EXPERIMENT_KEY_MAP_H
#define WEIR_EXPERIMENT_KEY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct weir_key_map {
    struct weir_key_slot {
        unsigned long long key;
        int64_t number; /* less than 0: free */
    } * slots;
    size_t count, capacity; /* a power of two */
};

/* The number of a key, or -1. O(1). */
int64_t weir_key_map_get(const struct weir_key_map *map, unsigned long long key);

/* Sets the number (not negative) of a key, new or known. */
void weir_key_map_set(struct weir_key_map *map, unsigned long long key, int64_t number);

void weir_key_map_fini(struct weir_key_map *map);

#endif
