#include "sim/engine/flow/again.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"

struct slot {
    uint64_t key; /* of id and operator */
    double birth_s;
    unsigned epoch, count; /* how often it came in the last play in which it came; count 0: empty */
    unsigned before;       /* and at most in those before */
};

struct weir_again {
    struct slot *slots; /* open addressing; size is a power of two */
    size_t size, used;
};

struct weir_again *weir_again_new(void)
{
    struct weir_again *again = weir_alloc(1, sizeof *again);
    again->size = 64;
    again->slots = weir_alloc(again->size, sizeof *again->slots);
    return again;
}

void weir_again_free(struct weir_again *again)
{
    if (!again)
        return;
    free(again->slots);
    free(again);
}

static struct slot *find(const struct weir_again *again, uint64_t key)
{
    size_t i = key & (again->size - 1);
    while (again->slots[i].count && again->slots[i].key != key)
        i = (i + 1) & (again->size - 1);
    return &again->slots[i];
}

/* Into slots of another number; those of items before the date are left out. */
static void refill(struct weir_again *again, size_t size, double before_s)
{
    struct slot *old = again->slots;
    size_t old_size = again->size;
    again->slots = weir_alloc(size, sizeof *again->slots);
    again->size = size;
    again->used = 0;
    for (size_t i = 0; i < old_size; i++) {
        if (!old[i].count || old[i].birth_s < before_s)
            continue;
        *find(again, old[i].key) = old[i];
        again->used++;
    }
    free(old);
}

bool weir_again_item(struct weir_again *again, unsigned epoch, uint64_t id, int op, double birth_s)
{
    if (2 * (again->used + 1) > again->size)
        refill(again, 2 * again->size, -INFINITY);
    struct weir_stream mixed = weir_stream_at((uint64_t)op + 1, id);
    uint64_t key = weir_stream_bits(&mixed);
    struct slot *slot = find(again, key);
    if (!slot->count) {
        *slot = (struct slot){.key = key, .birth_s = birth_s, .epoch = epoch};
        again->used++;
    }
    if (slot->epoch != epoch) {
        slot->before = slot->count > slot->before ? slot->count : slot->before;
        slot->epoch = epoch;
        slot->count = 0;
    }
    return ++slot->count <= slot->before;
}

void weir_again_forget(struct weir_again *again, double before_s)
{
    size_t kept = 0, size = 64;
    for (size_t i = 0; i < again->size; i++)
        kept += again->slots[i].count && again->slots[i].birth_s >= before_s;
    while (size < 4 * kept)
        size *= 2;
    refill(again, size, before_s);
}
