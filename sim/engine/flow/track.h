/* The time of a server on the items' own clock: which stretches are still free.
 *
 * SimGrid serves whole batches one after another, but the items of two batches that came by different ways interleave:
 * an item of the second batch may well have been served between two of the first. So what is free between the items
 * served is remembered for as long as an item may still claim it. */
#ifndef WEIR_ENGINE_TRACK_H
#define WEIR_ENGINE_TRACK_H

#include <math.h>

/* A gap shorter than this is no gap, and what is left of work that is shorter is none: only rounding. */
#define WEIR_TRACK_SHORTEST_S 1e-12

struct weir_gap {
    double start_s, end_s;
};

/* The gaps in order; the last one is open-ended. Zero-initialised is free from time 0 on. */
struct weir_track {
    struct weir_gap *gaps;
    int count, capacity;
    int cursor;   /* the first gap that may serve the next item */
    double at_s;  /* of the item served last */
    double lag_s; /* how far the items' clocks were behind SimGrid's, at most */
};

void weir_track_fini(struct weir_track *track);

/* Forgets what lies before the date: the server is free from then on. */
void weir_track_reset(struct weir_track *track, double free_s);

/* Call before a batch whose first item came at at_s, at the simulated time now_s: forgets gaps that nobody can claim
 * any more. */
void weir_track_begin(struct weir_track *track, double at_s, double now_s);

/* Takes work_s of free time from at_s on, in pieces if need be; returns when it is done. */
double weir_track_take_any(struct weir_track *track, double at_s, double work_s);

/* The same; quick when the item comes behind all that was served, and the server is busy or has been idle since. */
static inline double weir_track_take(struct weir_track *track, double at_s, double work_s)
{
    struct weir_gap *gap = &track->gaps[track->cursor];
    if (track->cursor + 1 < track->count || at_s < track->at_s || track->count == track->capacity)
        return weir_track_take_any(track, at_s, work_s);
    track->at_s = at_s;
    double idle_s = at_s - gap->start_s;
    if (idle_s <= 0)
        return gap->start_s += work_s;
    double end_s = at_s + work_s;
    if (idle_s > WEIR_TRACK_SHORTEST_S) {
        gap->end_s = at_s; /* what comes next in this batch comes later: on to the next gap */
        *++gap = (struct weir_gap){end_s, INFINITY};
        track->count++;
        track->cursor++;
    } else {
        gap->start_s = end_s;
    }
    return end_s;
}

/* The server stands still until the date, from its last work on. */
void weir_track_block(struct weir_track *track, double until_s);

/* When the server is free for good. */
double weir_track_free_s(const struct weir_track *track);

#endif
