/* What is under way for a job, as the watchdog is to know. */
#ifndef WEIR_ENGINE_UNDERWAY_H
#define WEIR_ENGINE_UNDERWAY_H

#include <stdbool.h>
#include <stdint.h>

/* What the watchdog knows of a job. Under way is what takes time: work, transfers, sleep. */
struct weir_watch {
    long under_way;
    uint64_t begun, begun_before; /* ever; and at the end of the window before */
    bool was_still;
};
static inline void weir_watch_begin(struct weir_watch *watch)
{
    watch->under_way++;
    watch->begun++;
}
static inline void weir_watch_end(struct weir_watch *watch)
{
    watch->under_way--;
}

#endif
