#include "sim/engine/flow/panes.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"

struct slot {
    uint64_t key;
    bool used;
    struct weir_pane *first;
};

struct heap {
    struct weir_pane_date *dates;
    size_t count, capacity;
};

struct weir_panes {
    struct slot *slots; /* open addressing; size is a power of two */
    size_t size, used;
    struct heap heaps[WEIR_KEY_GROUPS];
    double next_s;
    bool taken; /* next_s is to be found anew */
};

struct weir_panes *weir_panes_new(void)
{
    struct weir_panes *panes = weir_alloc(1, sizeof *panes);
    panes->size = 64;
    panes->slots = weir_alloc(panes->size, sizeof *panes->slots);
    panes->next_s = INFINITY;
    return panes;
}

static void free_one(struct weir_pane *pane, void *context)
{
    weir_panes_remove(context, pane);
}

void weir_panes_free(struct weir_panes *panes)
{
    if (!panes)
        return;
    weir_panes_each(panes, free_one, panes);
    for (int g = 0; g < WEIR_KEY_GROUPS; g++)
        free(panes->heaps[g].dates);
    free(panes->slots);
    free(panes);
}

static struct slot *slot_of(const struct weir_panes *panes, uint64_t key)
{
    struct weir_stream mixed = weir_stream_at(0x70616e65, key);
    size_t i = weir_stream_bits(&mixed) & (panes->size - 1);
    while (panes->slots[i].used && panes->slots[i].key != key)
        i = (i + 1) & (panes->size - 1);
    return &panes->slots[i];
}

struct weir_pane **weir_panes_of(struct weir_panes *panes, uint64_t key)
{
    if (2 * (panes->used + 1) > panes->size) {
        struct slot *old = panes->slots;
        size_t size = panes->size;
        panes->size *= 2;
        panes->slots = weir_alloc(panes->size, sizeof *panes->slots);
        for (size_t i = 0; i < size; i++)
            if (old[i].used)
                *slot_of(panes, old[i].key) = old[i];
        free(old);
    }
    struct slot *slot = slot_of(panes, key);
    panes->used += !slot->used;
    slot->used = true;
    slot->key = key;
    return &slot->first;
}

struct weir_pane *weir_panes_find(struct weir_panes *panes, uint64_t key, double start_s, double end_s)
{
    struct weir_pane *pane = *weir_panes_of(panes, key);
    while (pane && !(pane->start_s == start_s && pane->end_s == end_s))
        pane = pane->next;
    return pane;
}

struct weir_pane *weir_panes_add(struct weir_panes *panes, uint64_t key, double start_s, double end_s)
{
    struct weir_pane *pane = weir_alloc(1, sizeof *pane), **link = weir_panes_of(panes, key);
    *pane = (struct weir_pane){.key = key, .start_s = start_s, .end_s = end_s, .latest.birth = -INFINITY};
    while (*link && (*link)->start_s <= start_s)
        link = &(*link)->next;
    pane->next = *link;
    *link = pane;
    return pane;
}

void weir_panes_remove(struct weir_panes *panes, struct weir_pane *pane)
{
    struct weir_pane **link = weir_panes_of(panes, pane->key);
    while (*link != pane)
        link = &(*link)->next;
    *link = pane->next;
    free(pane->sides[0].items);
    free(pane->sides[1].items);
    free(pane);
}

void weir_pane_keep(struct weir_pane *pane, unsigned input, const struct weir_item *item)
{
    struct weir_pane_side *side = &pane->sides[input];
    WEIR_ONE_MORE(side->items, side->count, side->capacity);
    side->items[side->count++] = *item;
}

void weir_pane_take_in(struct weir_pane *into, const struct weir_pane *pane)
{
    for (unsigned input = 0; input < 2; input++)
        for (size_t i = 0; i < pane->sides[input].count; i++)
            weir_pane_keep(into, input, &pane->sides[input].items[i]);
}

void weir_panes_each(struct weir_panes *panes, void (*call)(struct weir_pane *pane, void *context), void *context)
{
    for (size_t i = 0; i < panes->size; i++)
        for (struct weir_pane *pane = panes->slots[i].first, *next; pane; pane = next) {
            next = pane->next;
            call(pane, context);
        }
}

static bool is_before(const struct weir_pane_date *a, const struct weir_pane_date *b)
{
    if (a->date_s != b->date_s)
        return a->date_s < b->date_s;
    return a->key != b->key ? a->key < b->key : a->start_s < b->start_s;
}

void weir_panes_date(struct weir_panes *panes, uint64_t group, const struct weir_pane *pane, double date_s)
{
    struct heap *heap = &panes->heaps[group];
    WEIR_ONE_MORE(heap->dates, heap->count, heap->capacity);
    struct weir_pane_date date = {date_s, pane->key, pane->start_s, pane->end_s};
    size_t place = heap->count++;
    for (; place && is_before(&date, &heap->dates[(place - 1) / 2]); place = (place - 1) / 2)
        heap->dates[place] = heap->dates[(place - 1) / 2];
    heap->dates[place] = date;
    panes->next_s = fmin(panes->next_s, date_s);
}

bool weir_panes_take_date(struct weir_panes *panes, uint64_t group, double until_s, struct weir_pane_date *date)
{
    struct heap *heap = &panes->heaps[group];
    if (!heap->count || heap->dates[0].date_s > until_s)
        return false;
    *date = heap->dates[0];
    struct weir_pane_date last = heap->dates[--heap->count];
    size_t place = 0;
    for (size_t child; (child = 2 * place + 1) < heap->count; place = child) {
        if (child + 1 < heap->count && is_before(&heap->dates[child + 1], &heap->dates[child]))
            child++;
        if (!is_before(&heap->dates[child], &last))
            break;
        heap->dates[place] = heap->dates[child];
    }
    heap->dates[place] = last;
    panes->taken = true;
    return true;
}

void weir_panes_forget_dates(struct weir_panes *panes)
{
    for (int g = 0; g < WEIR_KEY_GROUPS; g++)
        panes->heaps[g].count = 0;
    panes->next_s = INFINITY;
}

double weir_panes_next_s(struct weir_panes *panes)
{
    if (!panes->taken)
        return panes->next_s;
    panes->taken = false;
    panes->next_s = INFINITY;
    for (int g = 0; g < WEIR_KEY_GROUPS; g++)
        if (panes->heaps[g].count)
            panes->next_s = fmin(panes->next_s, panes->heaps[g].dates[0].date_s);
    return panes->next_s;
}
