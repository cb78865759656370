#include "sim/model/platform_names.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"

/* The slot that holds the name, or the free one where it would go. */
static size_t slot_of(const struct weir_names *names, const char *text)
{
    size_t mask = names->slot_count - 1;
    size_t slot = (size_t)weir_hash_string(WEIR_HASH_START, text) & mask;
    while (names->slots[slot] && strcmp(names->entries[names->slots[slot] - 1].text, text) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

int weir_names_find(const struct weir_names *names, const char *text)
{
    if (names->count == 0)
        return -1;
    return (int)names->slots[slot_of(names, text)] - 1;
}

static void rehash(struct weir_names *names)
{
    free(names->slots);
    names->slot_count = names->slot_count ? 2 * names->slot_count : 16;
    names->slots = weir_alloc(names->slot_count, sizeof *names->slots);
    for (size_t i = 0; i < names->count; i++)
        names->slots[slot_of(names, names->entries[i].text)] = (uint32_t)i + 1;
}

int weir_names_add(struct weir_names *names, const char *text, int line, int zone)
{
    if (2 * (names->count + 1) > names->slot_count)
        rehash(names);
    names->entries = weir_grow(names->entries, names->count + 1, &names->capacity, sizeof *names->entries);
    size_t index = names->count++;
    names->entries[index] = (struct weir_name){.text = text, .line = line, .zone = zone};
    names->slots[slot_of(names, text)] = (uint32_t)index + 1;
    return (int)index;
}

const char *weir_names_nearest(const struct weir_names *names, const char *word)
{
    const char **all = weir_alloc(names->count, sizeof *all);
    for (size_t i = 0; i < names->count; i++)
        all[i] = names->entries[i].text;
    const char *nearest = weir_nearest(word, all, names->count);
    free(all);
    return nearest;
}

void weir_names_fini(struct weir_names *names)
{
    free(names->entries);
    free(names->slots);
    memset(names, 0, sizeof *names);
}
