#include "sim/generate/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"

/* The slot that holds the pair, or the free one where it would go. */
static size_t slot_of(const struct weir_pairs *pairs, int from, int to)
{
    struct weir_stream mixed = weir_stream_at((uint64_t)from, (uint64_t)to);
    size_t slot = weir_stream_bits(&mixed) & (pairs->slot_count - 1);
    for (; pairs->slots[slot]; slot = (slot + 1) & (pairs->slot_count - 1)) {
        const struct weir_pair *pair = &pairs->pairs[pairs->slots[slot] - 1];
        if (pair->from == from && pair->to == to)
            break;
    }
    return slot;
}

static void enlarge(struct weir_pairs *pairs)
{
    free(pairs->slots);
    pairs->slot_count = pairs->slot_count ? 2 * pairs->slot_count : 64;
    pairs->slots = weir_alloc(pairs->slot_count, sizeof *pairs->slots);
    for (size_t i = 0; i < pairs->count; i++)
        pairs->slots[slot_of(pairs, pairs->pairs[i].from, pairs->pairs[i].to)] = (uint32_t)i + 1;
}

bool weir_pairs_has(const struct weir_pairs *pairs, int from, int to)
{
    return pairs->count && pairs->slots[slot_of(pairs, from, to)];
}

bool weir_pairs_add(struct weir_pairs *pairs, int from, int to)
{
    if (2 * (pairs->count + 1) > pairs->slot_count)
        enlarge(pairs);
    size_t slot = slot_of(pairs, from, to);
    if (pairs->slots[slot])
        return false;
    weir_pairs_append(pairs, from, to);
    pairs->slots[slot] = (uint32_t)pairs->count;
    return true;
}

void weir_pairs_append(struct weir_pairs *pairs, int from, int to)
{
    pairs->pairs = weir_grow(pairs->pairs, pairs->count + 1, &pairs->capacity, sizeof *pairs->pairs);
    pairs->pairs[pairs->count++] = (struct weir_pair){from, to};
}

void weir_pairs_fini(struct weir_pairs *pairs)
{
    free(pairs->pairs);
    free(pairs->slots);
    memset(pairs, 0, sizeof *pairs);
}
