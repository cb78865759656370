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

void weir_recent_add(struct weir_recent *recent, double now_s, long count)
{
    while (recent->used && recent->ring[recent->first].date_s < now_s - recent->keep_s) {
        recent->first = (recent->first + 1) & (recent->size - 1);
        recent->used--;
    }
    if (recent->used == recent->size)
        enlarge(recent);
    recent->ring[(recent->first + recent->used++) & (recent->size - 1)] = (struct weir_recent_entry){now_s, count};
}

long weir_recent_count(const struct weir_recent *recent, double now_s, double back_s, long enough)
{
    long count = 0;
    for (unsigned i = recent->used; i-- > 0 && count < enough;) {
        const struct weir_recent_entry *entry = &recent->ring[(recent->first + i) & (recent->size - 1)];
        if (entry->date_s < now_s - back_s)
            break;
        count += entry->count;
    }
    return count;
}
