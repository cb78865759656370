#include "sim/engine/flow/recent.h"

#include <stdlib.h>

#include "sim/base/memory.h"

static void enlarge(struct weir_recent *recent)
{
    unsigned size = recent->size ? 2 * recent->size : 16;
    struct weir_recent_entry *ring = weir_alloc(size, sizeof *ring);
    for (unsigned i = 0; i < recent->used; i++)
        ring[i] = recent->ring[(recent->first + i) & (recent->size - 1)];
    free(recent->ring);
    recent->ring = ring;
    recent->size = size;
    recent->first = 0;
}

static struct weir_recent_entry *entry_at(const struct weir_recent *recent, unsigned i)
{
    return &recent->ring[(recent->first + i) & (recent->size - 1)];
}

void weir_recent_add(struct weir_recent *recent, double now_s, long count)
{
    while (recent->used && entry_at(recent, 0)->date_s < now_s - recent->keep_s) {
        recent->first = (recent->first + 1) & (recent->size - 1);
        recent->used--;
    }
    if (recent->used == recent->size)
        enlarge(recent);
    *entry_at(recent, recent->used++) = (struct weir_recent_entry){now_s, recent->total};
    recent->total += count;
}

long weir_recent_count(const struct weir_recent *recent, double now_s, double back_s)
{
    unsigned first = 0, end = recent->used; /* the first that is not too old lies from `first` to `end` */
    while (first < end) {
        unsigned middle = first + (end - first) / 2;
        if (entry_at(recent, middle)->date_s < now_s - back_s)
            first = middle + 1;
        else
            end = middle;
    }
    return first < recent->used ? recent->total - entry_at(recent, first)->before : 0;
}
