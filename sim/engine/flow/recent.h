/* How much happened lately: dates with counts, in order, for as long as somebody may ask. */
#ifndef WEIR_ENGINE_RECENT_H
#define WEIR_ENGINE_RECENT_H

struct weir_recent_entry {
    double date_s;
    long before; /* all that happened before it */
};
struct weir_recent {
    struct weir_recent_entry *ring; /* the size is a power of two */
    unsigned first, used, size;
    long total;
    double keep_s; /* who asks looks back no further */
};

void weir_recent_add(struct weir_recent *recent, double now_s, long count);

/* How much happened within the last back_s (at most keep_s): a search in the dates, however many there are. */
long weir_recent_count(const struct weir_recent *recent, double now_s, double back_s);

#endif
