#include "sim/engine/clock/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Bytes of the record of an alarm that its ringing needs, before and behind it. */
#define AHEAD  (2 * WEIR_LINE)
#define BEHIND (6 * WEIR_LINE)

/* More than any sound run rings at one date. */
#define RUNG_AT_MOST 200000000ul

void weir_clock_init(struct weir_clock *clock)
{
    memset(clock, 0, sizeof *clock);
    clock->rung_at_most = RUNG_AT_MOST;
    clock->slot_count = 1; /* slot 0 says that an alarm is not set */
}

void weir_clock_fini(struct weir_clock *clock)
{
    free(clock->heap);
    free(clock->alarms);
    free(clock->places);
    free(clock->idle_slots);
    free(clock->message);
    memset(clock, 0, sizeof *clock);
}

static inline void put(struct weir_clock *clock, size_t place, struct weir_event event)
{
    clock->heap[place] = event;
    clock->places[event.slot] = (uint32_t)place;
}

static void sift_up(struct weir_clock *clock, size_t place, struct weir_event event)
{
    while (place > 1) {
        size_t parent = (place + 2) / 4;
        if (!weir_event_before(&event, &clock->heap[parent]))
            break;
        put(clock, place, clock->heap[parent]);
        place = parent;
    }
    put(clock, place, event);
}

static void sift_down(struct weir_clock *clock, size_t place, struct weir_event event)
{
    for (;;) {
        size_t child = 4 * (place - 1) + 2, end = child + 4;
        if (child > clock->count)
            break;
        if (end > clock->count + 1)
            end = clock->count + 1;
        size_t least = child;
        for (size_t c = child + 1; c < end; c++)
            if (weir_event_before(&clock->heap[c], &clock->heap[least]))
                least = c;
        if (!weir_event_before(&clock->heap[least], &event))
            break;
        put(clock, place, clock->heap[least]);
        place = least;
    }
    put(clock, place, event);
}

static void grow(struct weir_clock *clock)
{
    size_t capacity = clock->slot_capacity ? 2 * clock->slot_capacity : 64;
    clock->alarms = weir_resize(clock->alarms, capacity, sizeof(struct weir_alarm *));
    clock->places = weir_resize(clock->places, capacity, sizeof *clock->places);
    clock->idle_slots = weir_resize(clock->idle_slots, capacity, sizeof *clock->idle_slots);
    clock->heap = weir_resize(clock->heap, capacity + 1, sizeof *clock->heap);
    clock->slot_capacity = capacity;
}

static uint32_t take_slot(struct weir_clock *clock)
{
    if (clock->idle_count)
        return clock->idle_slots[--clock->idle_count];
    if (clock->slot_count >= clock->slot_capacity)
        grow(clock);
    return (uint32_t)clock->slot_count++;
}

static void take_out(struct weir_clock *clock, size_t place)
{
    struct weir_event last = clock->heap[clock->count--];
    if (place > clock->count)
        return;
    if (place > 1 && weir_event_before(&last, &clock->heap[(place + 2) / 4]))
        sift_up(clock, place, last);
    else
        sift_down(clock, place, last);
}

void weir_alarm_stop(struct weir_clock *clock, struct weir_alarm *alarm)
{
    if (!alarm->slot)
        return;
    take_out(clock, clock->places[alarm->slot]);
    clock->idle_slots[clock->idle_count++] = alarm->slot;
    alarm->slot = 0;
}

/* It rings as if it were early_s before others of its date. */
static inline void set(struct weir_clock *clock, struct weir_alarm *alarm, double date_s, double early_s)
{
    if (!(date_s < INFINITY)) {
        weir_alarm_stop(clock, alarm);
        return;
    }
    if (date_s < clock->now_s)
        date_s = clock->now_s;
    alarm->date_s = date_s;
    struct weir_event event = {date_s - early_s, clock->number++, alarm->slot};
    if (alarm->slot) {
        size_t place = clock->places[alarm->slot];
        if (place > 1 && weir_event_before(&event, &clock->heap[(place + 2) / 4]))
            sift_up(clock, place, event);
        else
            sift_down(clock, place, event);
        return;
    }
    if (clock->hole) { /* mostly what rings sets the next one: one walk through the heap instead of two */
        clock->hole = false;
        event.slot = alarm->slot = clock->heap[1].slot;
        clock->alarms[event.slot] = alarm;
        sift_down(clock, 1, event);
        return;
    }
    event.slot = alarm->slot = take_slot(clock);
    clock->alarms[event.slot] = alarm;
    sift_up(clock, ++clock->count, event);
}

void weir_alarm_set(struct weir_clock *clock, struct weir_alarm *alarm, double date_s)
{
    set(clock, alarm, date_s, 0);
}

void weir_alarm_set_first(struct weir_clock *clock, struct weir_alarm *alarm, double date_s)
{
    set(clock, alarm, date_s, weir_clock_tie_s(date_s));
}

void weir_soon_drop(struct weir_clock *clock, struct weir_soon *soon)
{
    if (!soon->listed)
        return;
    struct weir_soon *before_it = NULL;
    for (struct weir_soon *s = clock->soon_first; s != soon; s = s->next)
        before_it = s;
    if (before_it)
        before_it->next = soon->next;
    else
        clock->soon_first = soon->next;
    if (clock->soon_last == soon)
        clock->soon_last = before_it;
    soon->listed = false;
}

static inline void count_one(struct weir_clock *clock)
{
    if (++clock->rung <= clock->rung_at_most || clock->over)
        return;
    clock->rung = 0;
    if (clock->stuck)
        clock->stuck(clock->stuck_context);
}

void weir_clock_ring_soon(struct weir_clock *clock)
{
    struct weir_soon *soon;
    while ((soon = clock->soon_first) && !clock->over) {
        clock->soon_first = soon->next;
        if (!soon->next)
            clock->soon_last = NULL;
        soon->listed = false;
        count_one(clock);
        soon->ring(soon);
    }
}

/* The last event takes the empty first place. */
static void fill_hole(struct weir_clock *clock)
{
    clock->hole = false;
    clock->idle_slots[clock->idle_count++] = clock->heap[1].slot;
    take_out(clock, 1);
}

void weir_clock_ring(struct weir_clock *clock)
{
    if (!clock->soon_first) {
        if (clock->hole)
            fill_hole(clock);
        struct weir_event first = clock->heap[1];
        struct weir_alarm *alarm = clock->alarms[first.slot];
        if (alarm->date_s > clock->now_s) {
            clock->now_s = alarm->date_s;
            clock->rung = 0;
        }
        clock->heap[1].date_s = -INFINITY; /* nothing moves before it */
        clock->hole = true;
        alarm->slot = 0;
        const struct weir_event *next = weir_clock_peek(clock);
        clock->then_s = next ? next->date_s : INFINITY;
        if (next) /* while this one rings, the record of the next one comes into the cache */
            weir_prefetch((const char *)clock->alarms[next->slot] - AHEAD, BEHIND + AHEAD);
        count_one(clock);
        alarm->ring(alarm);
    }
    if (clock->soon_first)
        weir_clock_ring_soon(clock);
}

void weir_clock_move(struct weir_clock *clock, double date_s)
{
    if (date_s <= clock->now_s)
        return;
    clock->now_s = date_s;
    clock->rung = 0;
}

void weir_clock_end(struct weir_clock *clock)
{
    clock->over = true;
}

void weir_clock_fail(struct weir_clock *clock, int code, const char *format, ...)
{
    clock->over = true;
    if (clock->code)
        return;
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    clock->code = code;
    clock->message = weir_copy(text);
}
