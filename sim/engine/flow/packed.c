#include "sim/engine/flow/packed.h"

#include <stdlib.h>

#include "sim/base/memory.h"

/* What a batch of one says besides its item, in one word; a batch for which that has no room, or of more items, waits
 * as it is. The other fields of a batch mean nothing while it waits in an input. */
#define PATH_BITS    11
#define EDGE_BITS    9
#define EPOCH_BITS   15
#define SEGMENT_BITS 28

struct packed {
    union {
        struct weir_item item; /* but for its path */
        struct weir_batch *batch;
    };
};
_Static_assert(sizeof(struct packed) == 64, "a line of the cache");

/* In place of an item's path. */
struct word {
    uint64_t whole : 1, path : PATH_BITS, edge : EDGE_BITS, epoch : EPOCH_BITS, segment : SEGMENT_BITS;
};
_Static_assert(sizeof(struct word) == sizeof(uint64_t), "a word");

#define PAGE_ITEMS 63
struct weir_pack_page {
    _Alignas(WEIR_LINE) struct weir_pack_page *next;
    struct packed items[PAGE_ITEMS];
};

static bool fits(const struct weir_batch *batch)
{
    return batch->count == 1 && batch->items[0].path >> PATH_BITS == 0 && batch->edge >> EDGE_BITS == 0 &&
           batch->epoch >> EPOCH_BITS == 0 && batch->segment >> SEGMENT_BITS == 0;
}

static uint64_t bits_of(struct word word)
{
    union {
        struct word word;
        uint64_t bits;
    } both = {.word = word};
    return both.bits;
}

static struct word word_of(uint64_t bits)
{
    union {
        uint64_t bits;
        struct word word;
    } both = {.bits = bits};
    return both.word;
}

static struct packed *next_place(struct weir_packed *packed)
{
    if (!packed->last || packed->filled == PAGE_ITEMS) {
        struct weir_pack_page *page = weir_alloc_lines(sizeof *page);
        page->next = NULL;
        if (packed->last)
            packed->last->next = page;
        else
            packed->first = page;
        packed->last = page;
        packed->filled = 0;
    }
    packed->count++;
    return &packed->last->items[packed->filled++];
}

void weir_packed_put(struct weir_inbox *inbox, struct weir_batch *batch)
{
    if (!inbox->packed)
        inbox->packed = weir_alloc(1, sizeof *inbox->packed);
    struct packed *place = next_place(inbox->packed);
    if (!fits(batch)) {
        place->batch = batch;
        place->item.path = bits_of((struct word){.whole = 1});
        return;
    }
    place->item = batch->items[0];
    place->item.path = bits_of((struct word){
        .path = batch->items[0].path, .edge = batch->edge, .epoch = batch->epoch, .segment = batch->segment});
    batch->segments = NULL; /* it counts as alive until its item is released */
    weir_batch_release(&inbox->job->flow->pool, batch);
}

static struct weir_batch *unpack(const struct weir_inbox *inbox, const struct packed *place)
{
    struct word word = word_of(place->item.path);
    if (word.whole)
        return place->batch;
    struct weir_batch *batch = weir_batch_new(&inbox->job->flow->pool, 1);
    batch->items[0] = place->item;
    batch->items[0].path = word.path;
    batch->count = 1;
    batch->edge = word.edge;
    batch->epoch = word.epoch;
    batch->segment = word.segment;
    batch->segments = inbox->job->segments;
    return batch;
}

struct weir_batch *weir_packed_take(struct weir_inbox *inbox)
{
    struct weir_packed *packed = inbox->packed;
    struct weir_batch *batch = unpack(inbox, &packed->first->items[packed->taken++]);
    packed->count--;
    if (packed->taken == PAGE_ITEMS && packed->first->next) {
        struct weir_pack_page *page = packed->first;
        packed->first = page->next;
        packed->taken = 0;
        free(page);
    } else if (!packed->count) { /* the page is as new */
        packed->taken = packed->filled = 0;
    }
    return batch;
}

void weir_packed_free(struct weir_inbox *inbox)
{
    if (!inbox->packed)
        return;
    for (struct weir_pack_page *page = inbox->packed->first, *next; page; page = next) {
        next = page->next;
        free(page);
    }
    free(inbox->packed);
}
