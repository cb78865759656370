/* What waits far back in an input, packed: 64 bytes an item, where a batch of one takes 128. */
#ifndef WEIR_ENGINE_PACKED_H
#define WEIR_ENGINE_PACKED_H

#include "sim/engine/flow/flow.h"

/* Items that an input edge holds before those that come are packed: so few are within the cache. */
#define WEIR_LOOSE_ITEMS 32

struct weir_packed {
    struct weir_pack_page *first, *last;
    unsigned taken, filled; /* places of the first page that are empty again; of the last one that are not */
    size_t count;
};

static inline bool weir_inbox_has_packed(const struct weir_inbox *inbox)
{
    return inbox->packed && inbox->packed->count;
}

/* Puts a batch behind all that is packed; it is no longer the caller's. */
void weir_packed_put(struct weir_inbox *inbox, struct weir_batch *batch);

/* Takes the oldest out; there must be one. */
struct weir_batch *weir_packed_take(struct weir_inbox *inbox);

void weir_packed_free(struct weir_inbox *inbox);

#endif
