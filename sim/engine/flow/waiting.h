/* Lines of waiters: first come, first served. Who is woken stays in line until it acts or leaves. */
#ifndef WEIR_ENGINE_WAITING_H
#define WEIR_ENGINE_WAITING_H

#include "sim/engine/flow/flow.h"

/* Takes its place at the end, or keeps the one it has in this line; it leaves any other. `need` items of room are what
 * it waits for. */
void weir_wait_in(struct weir_waiters *line, struct weir_waiter *waiter, int need);
void weir_wait_over(struct weir_waiter *waiter);
/* One takes the place of another, who leaves. */
void weir_wait_instead(struct weir_waiter *waiter, struct weir_waiter *of);

/* Whether it is its turn: it is the first, or nobody waits. */
static inline bool weir_wait_turn(const struct weir_waiters *line, const struct weir_waiter *waiter)
{
    return !line->first || line->first == waiter;
}

void weir_waiters_wake_first(struct weir_clock *clock, const struct weir_waiters *line);
void weir_waiters_wake_all(struct weir_clock *clock, const struct weir_waiters *line);
int weir_waiters_count(const struct weir_waiters *line);

#endif
