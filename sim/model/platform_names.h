/* Private to the readers: a set of names, each with the place where it was given. */
#ifndef WEIR_MODEL_PLATFORM_NAMES_H
#define WEIR_MODEL_PLATFORM_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct weir_name {
    const char *text; /* borrowed: it must outlive the set */
    int line;
    int zone; /* of a platform: index of the zone that holds what is named */
};

/* Entries in the order in which they were added, found by open addressing. Zero-initialised is empty. */
struct weir_names {
    struct weir_name *entries;
    size_t count, capacity;
    uint32_t *slots; /* index + 1 of an entry, 0 where free; a power of two of them */
    size_t slot_count;
};

/* The index of a name, -1 if it is not there. */
int weir_names_find(const struct weir_names *names, const char *text);

/* Adds a name; returns its index. It must not be there yet. */
int weir_names_add(struct weir_names *names, const char *text, int line, int zone);

/* The name nearest to a word, or NULL. Borrowed. */
const char *weir_names_nearest(const struct weir_names *names, const char *word);

void weir_names_fini(struct weir_names *names);

#endif
