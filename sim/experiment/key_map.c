#include "sim/experiment/key_map.h"

#include <stdlib.h>

#include "sim/base/memory.h"

/* Where a key is, or would be. */
static struct weir_key_slot *place(const struct weir_key_map *map, unsigned long long key)
{
    size_t at = (size_t)((key ^ key >> 32) * 0x9e3779b97f4a7c15ULL >> 20) & (map->capacity - 1);
    while (map->slots[at].number >= 0 && map->slots[at].key != key)
        at = (at + 1) & (map->capacity - 1);
    return &map->slots[at];
}

int64_t weir_key_map_get(const struct weir_key_map *map, unsigned long long key)
{
    return map->capacity ? place(map, key)->number : -1;
}

static void enlarge(struct weir_key_map *map)
{
    struct weir_key_map larger = {.count = map->count, .capacity = map->capacity ? 2 * map->capacity : 64};
    larger.slots = weir_alloc(larger.capacity, sizeof *larger.slots);
    for (size_t i = 0; i < larger.capacity; i++)
        larger.slots[i].number = -1;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].number >= 0)
            *place(&larger, map->slots[i].key) = map->slots[i];
    free(map->slots);
    *map = larger;
}

void weir_key_map_set(struct weir_key_map *map, unsigned long long key, int64_t number)
{
    if (4 * (map->count + 1) > 3 * map->capacity)
        enlarge(map);
    struct weir_key_slot *slot = place(map, key);
    map->count += slot->number < 0;
    *slot = (struct weir_key_slot){key, number};
}

void weir_key_map_fini(struct weir_key_map *map)
{
    free(map->slots);
    *map = (struct weir_key_map){0};
}
