/* The clock of a run: events by date, and what is to happen at once. It knows nothing of SimGrid.
 *
 * Events of one date ring in the order in which they were set, after those that were set to come first. What is listed
 * as soon comes before them, first in first out, so that a chain of calls becomes a chain of events and no state is
 * seen half made. */
#ifndef WEIR_ENGINE_CLOCK_H
#define WEIR_ENGINE_CLOCK_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Something that happens at a date; part of the record that it happens to, which must outlive it or stop it. Zeroed but
 * for `ring`, it is not set. */
struct weir_alarm {
    void (*ring)(struct weir_alarm *alarm);
    double date_s;
    unsigned slot; /* 0: not set */
};

/* Something that happens at the present date, after what goes on. Zeroed but for `ring`, it is not listed. */
struct weir_soon {
    void (*ring)(struct weir_soon *soon);
    struct weir_soon *next;
    bool listed;
};

/* An event in the heap: 16 bytes, four children to a line of the cache. */
struct weir_event {
    double date_s;   /* of one that comes first at its date, less what rounding may be */
    uint32_t number; /* in the order of setting; it may wrap around */
    uint32_t slot;
};

static inline bool weir_event_before(const struct weir_event *a, const struct weir_event *b)
{
    return a->date_s < b->date_s || (a->date_s == b->date_s && (int32_t)(a->number - b->number) < 0);
}

struct weir_clock {
    double now_s;
    double then_s;           /* of the event after the one that rings, as it begins to ring; it may be a little early */
    struct weir_event *heap; /* [1 ..], its children are at 4 (i - 1) + 2 .. + 5 */
    size_t count;
    bool hole;                  /* the first place is that of the alarm that rang last, and stands empty */
    struct weir_alarm **alarms; /* by slot */
    uint32_t *places;           /* in the heap, by slot */
    uint32_t *idle_slots;
    size_t slot_count, slot_capacity, idle_count;
    uint32_t number;
    struct weir_soon *soon_first, *soon_last;
    /* How many events may ring at one date; beyond it `stuck` is called, once. */
    unsigned long rung, rung_at_most;
    void (*stuck)(void *context);
    void *stuck_context;
    /* The run is over: nothing rings any more. */
    bool over;
    int code;      /* of the error that ended it; WEIR_OK */
    char *message; /* owned */
};

void weir_clock_init(struct weir_clock *clock);
void weir_clock_fini(struct weir_clock *clock);

/* Sets an alarm, anew if it is set; a date before the present is the present one. Infinity stops it. */
void weir_alarm_set(struct weir_clock *clock, struct weir_alarm *alarm, double date_s);
/* The same; at its date, and at dates that are the same but for rounding, it rings before the others. */
void weir_alarm_set_first(struct weir_clock *clock, struct weir_alarm *alarm, double date_s);
void weir_alarm_stop(struct weir_clock *clock, struct weir_alarm *alarm);
static inline bool weir_alarm_is_set(const struct weir_alarm *alarm)
{
    return alarm->slot != 0;
}

/* Lists it, unless it is listed. */
static inline void weir_soon(struct weir_clock *clock, struct weir_soon *soon)
{
    if (soon->listed)
        return;
    soon->listed = true;
    soon->next = NULL;
    if (clock->soon_last)
        clock->soon_last->next = soon;
    else
        clock->soon_first = soon;
    clock->soon_last = soon;
}
void weir_soon_drop(struct weir_clock *clock, struct weir_soon *soon);

/* The event that comes next; NULL if there is none. Its date may be a little early: its alarm has the exact one. */
static inline const struct weir_event *weir_clock_peek(const struct weir_clock *clock)
{
    if (!clock->hole)
        return clock->count ? &clock->heap[1] : NULL;
    const struct weir_event *least = NULL;
    for (size_t place = 2; place <= 5 && place <= clock->count; place++)
        if (!least || weir_event_before(&clock->heap[place], least))
            least = &clock->heap[place];
    return least;
}

static inline bool weir_clock_any(const struct weir_clock *clock)
{
    return clock->count > (clock->hole ? 1 : 0);
}

/* The alarm that rings next; NULL if there is none. */
static inline struct weir_alarm *weir_clock_first(const struct weir_clock *clock)
{
    const struct weir_event *first = weir_clock_peek(clock);
    return first ? clock->alarms[first->slot] : NULL;
}

/* Dates that differ by no more are the same, but for rounding. */
static inline double weir_clock_tie_s(double date_s)
{
    return 1e-12 + 8 * DBL_EPSILON * date_s;
}

/* The date of the next event: the present one if something is listed as soon; infinity if there is none. */
static inline double weir_clock_next_s(const struct weir_clock *clock)
{
    if (clock->soon_first)
        return clock->now_s;
    const struct weir_alarm *first = weir_clock_first(clock);
    return first ? first->date_s : INFINITY;
}

/* Rings what is listed as soon. */
void weir_clock_ring_soon(struct weir_clock *clock);

/* Moves on to the next event and rings it, and all that is to happen soon then. There must be one. */
void weir_clock_ring(struct weir_clock *clock);

/* Time passes until a date no later than the next event. */
void weir_clock_move(struct weir_clock *clock, double date_s);

/* Ends the run; the first error is kept. */
void weir_clock_end(struct weir_clock *clock);
void weir_clock_fail(struct weir_clock *clock, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The record that a part is in. */
#define WEIR_RECORD(part, type, member) ((type *)((char *)(part)-offsetof(type, member)))

#endif
