/* The room of inputs, and who waits for it. */
#ifndef WEIR_ENGINE_ROOM_H
#define WEIR_ENGINE_ROOM_H

#include "sim/engine/clock/clock.h"

struct weir_recent;
struct weir_waiters;

/* Who waits for room, in the order of coming: a sender, or a connection. */
struct weir_waiter {
    struct weir_waiters *in; /* NULL: it does not wait */
    struct weir_waiter *next, *before;
    int need;              /* items of room */
    struct weir_soon wake; /* its turn may have come */
};
struct weir_waiters {
    struct weir_waiter *first, *last;
};

/* The room of one input edge. Promised: to items on their way. */
struct weir_room {
    long used, promised;
    int capacity;
    int most;      /* ever used */
    int low;       /* once it was full it has no room until it holds no more than this; -1: that is no matter */
    int limit;     /* the capacity; below 0: it was full, and holds more than the watermark */
    double full_s; /* when it was full last; -INFINITY: never */
    struct weir_recent *taken; /* when items were taken out, where a connection asks; NULL: nobody does */
    struct weir_waiters waiters;
};

#endif
